//! Where a process accepts the connections of others, and how it connects to them.

use super::error::{CollectiveError, Refusal};
use super::hello::{Hello, answer, of_answer};
use super::link::Link;
use super::token::Token;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::thread;
use std::time::{Duration, Instant};

/// Connections that have not said who they are. Further ones push out the oldest.
const STRANGERS: usize = 256;

/// How long a process waits before it tries or looks again.
const PAUSE: Duration = Duration::from_millis(5);

/// An address at which a process accepts connections.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
}

/// Who meets, and how long they wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meeting<'t> {
    pub rank: usize,
    pub size: usize,
    pub token: &'t Token,
    pub deadline: Instant,
    /// From the start to the deadline.
    pub wait: Duration,
    /// How long ranks that have met wait for each other.
    pub patience: Duration,
}

impl Door {
    /// Opens a door at `address`, such as `10.0.0.7:0`; port 0 is any that is free.
    ///
    /// # Errors
    /// [`CollectiveError::Listen`].
    pub fn open(address: &str) -> Result<Self, CollectiveError> {
        let listen = |source| CollectiveError::Listen { address: address.to_owned(), source };
        let places: Vec<SocketAddr> = address.to_socket_addrs().map_err(listen)?.collect();
        let listener = TcpListener::bind(&places[..]).or_else(|error| match (error.kind(), places.first()) {
            // The name may be that of a gateway in front of this machine.
            (ErrorKind::AddrNotAvailable, Some(place)) => {
                TcpListener::bind((IpAddr::V4(Ipv4Addr::UNSPECIFIED), place.port()))
            }
            _ => Err(error),
        });
        let listener = listener.map_err(listen)?;
        let local = listener.set_nonblocking(true).and_then(|()| listener.local_addr()).map_err(listen)?;
        Ok(Self { listener, address: local })
    }

    /// Where others connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts all of the `wanted` ranks; with each comes the address of its own door.
    pub(super) fn accept(
        &self,
        meeting: &Meeting,
        wanted: &[usize],
    ) -> Result<Vec<(Link, SocketAddr)>, CollectiveError> {
        let mut found: Vec<(Link, SocketAddr)> = Vec::new();
        let mut strangers: Vec<Stranger> = Vec::new();
        let (mut refused, mut last) = (0, None);
        while found.len() < wanted.len() {
            while let Ok((stream, from)) = self.listener.accept() {
                if strangers.len() == STRANGERS {
                    strangers.remove(0);
                }
                strangers.extend(Stranger::new(stream, from));
            }
            for mut stranger in std::mem::take(&mut strangers) {
                let is_open = |rank: usize| wanted.contains(&rank) && found.iter().all(|(link, _)| link.rank != rank);
                match stranger.listen(meeting, is_open) {
                    Ok(None) => strangers.push(stranger),
                    Ok(Some(hello)) => {
                        if let Some(known) = stranger.let_in(hello, meeting) {
                            found.push(known);
                        }
                    }
                    Err(Some(refusal)) => {
                        (refused, last) = (refused + 1, Some(refusal));
                        stranger.turn_away(refusal);
                    }
                    Err(None) => {} // it has left
                }
            }
            if Instant::now() >= meeting.deadline && found.len() < wanted.len() {
                let missing = |rank: &usize| found.iter().all(|(link, _)| link.rank != *rank);
                let ranks = wanted.iter().copied().filter(missing).collect();
                let (size, seconds) = (meeting.size, meeting.wait.as_secs());
                return Err(CollectiveError::Missing { ranks, size, seconds, refused, last });
            }
            thread::sleep(PAUSE);
        }
        Ok(found)
    }
}

/// A connection that has not said who it is.
struct Stranger {
    stream: TcpStream,
    from: SocketAddr,
    heard: Vec<u8>,
}

impl Stranger {
    fn new(stream: TcpStream, from: SocketAddr) -> Option<Self> {
        stream.set_nonblocking(true).ok()?;
        Some(Self { stream, from, heard: Vec::new() })
    }

    /// Its hello, as soon as all of it is there. An error without a reason if it has left.
    fn listen(&mut self, meeting: &Meeting, is_open: impl Fn(usize) -> bool) -> Result<Option<Hello>, Option<Refusal>> {
        loop {
            let length = Hello::length(&self.heard)?;
            if self.heard.len() == length {
                break;
            }
            let mut bytes = vec![0; length - self.heard.len()];
            match self.stream.read(&mut bytes) {
                Ok(0) => return Err(None),
                Ok(read) => self.heard.extend(&bytes[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(None),
            }
        }
        let hello = Hello::parse(&self.heard, meeting.token)?;
        match hello {
            Hello { size, .. } if size != meeting.size => Err(Some(Refusal::Size)),
            Hello { rank, .. } if !is_open(rank) => Err(Some(Refusal::Rank)),
            hello => Ok(Some(hello)),
        }
    }

    fn let_in(self, hello: Hello, meeting: &Meeting) -> Option<(Link, SocketAddr)> {
        let place = SocketAddr::new(self.from.ip(), hello.port);
        let link = Link::new(hello.rank, self.stream, meeting.patience).ok()?;
        link.write(&[answer(None)]).ok()?; // it has left: it may come again
        Some((link, place))
    }

    fn turn_away(mut self, refusal: Refusal) {
        let _ = self.stream.write_all(&[answer(Some(refusal))]); // it may have left
    }
}

/// Connects to rank `rank` at `address`, and says that this one's door is at `port`; tries again until the deadline, since the other may
/// not have started yet.
pub(super) fn connect(meeting: &Meeting, rank: usize, address: &str, port: u16) -> Result<Link, CollectiveError> {
    let unreachable = |source| CollectiveError::Unreachable { rank, address: address.to_owned(), source };
    let stream = dial(address, meeting.deadline).map_err(unreachable)?;
    let hello = Hello { rank: meeting.rank, size: meeting.size, port };
    greet(meeting, rank, address, stream, hello)
}

/// Says hello over a connection to rank `rank`.
pub(super) fn greet(
    meeting: &Meeting,
    rank: usize,
    address: &str,
    stream: TcpStream,
    hello: Hello,
) -> Result<Link, CollectiveError> {
    let left = meeting.deadline.saturating_duration_since(Instant::now()).max(PAUSE);
    let link = Link::new(rank, stream, left)?;
    link.write(&hello.to_bytes(meeting.token))?;
    let mut byte = [0];
    link.read(&mut byte)?;
    of_answer(byte[0]).map_err(|reason| CollectiveError::Refused { rank, address: address.to_owned(), reason })?;
    link.with_patience(meeting.patience)
}

/// Connects to `address`, again and again until the deadline.
pub(super) fn dial(address: &str, deadline: Instant) -> io::Result<TcpStream> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now()).max(PAUSE);
        let places = address.to_socket_addrs()?;
        let mut error = io::Error::new(ErrorKind::NotFound, "the name has no address");
        for place in places {
            match TcpStream::connect_timeout(&place, left) {
                Ok(stream) => return Ok(stream),
                Err(failed) => error = failed,
            }
        }
        if Instant::now() + PAUSE >= deadline {
            return Err(error);
        }
        thread::sleep(10 * PAUSE);
    }
}
