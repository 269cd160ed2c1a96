//! A connection to another process of the group, over which messages go both ways.

use super::error::CollectiveError;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::time::Duration;

/// Bytes that are written before some are read: fewer than any system keeps for a connection, so that processes that all write never wait for
/// each other.
pub(super) const PIECE: usize = 1 << 15;

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The addresses of all.
    Addresses,
    /// Part of a sum of numbers.
    Numbers,
    /// Changed rows, to their owner.
    Changes,
    /// Sums of rows, from their owner.
    Sums,
    /// Bytes of the caller.
    Bytes,
}

/// What begins every message: its kind, and which operation of the group it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    pub kind: Kind,
    pub operation: u32,
}

const HEADER: usize = 4 + 4 + 8;

impl Tag {
    fn header(self, length: u64) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(&(self.kind as u32).to_le_bytes());
        bytes[4..8].copy_from_slice(&self.operation.to_le_bytes());
        bytes[8..].copy_from_slice(&length.to_le_bytes());
        bytes
    }

    fn named(header: &[u8; HEADER]) -> String {
        let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let all = [Kind::Addresses, Kind::Numbers, Kind::Changes, Kind::Sums, Kind::Bytes];
        match all.get(number(0) as usize) {
            Some(kind) => format!("{kind:?} of operation {}", number(4)),
            None => "something that is not a message".to_owned(),
        }
    }
}

/// A connection to another rank.
#[derive(Debug)]
pub(super) struct Link {
    pub rank: usize,
    stream: TcpStream,
    patience: Duration,
}

impl Link {
    /// Both sides wait at most `patience` for each other.
    pub fn new(rank: usize, stream: TcpStream, patience: Duration) -> Result<Self, CollectiveError> {
        let link = Self { rank, stream, patience };
        let set = link.stream.set_nonblocking(false).and_then(|()| link.stream.set_nodelay(true));
        let set = set.and_then(|()| link.stream.set_read_timeout(Some(patience)));
        set.and_then(|()| link.stream.set_write_timeout(Some(patience))).map_err(|error| link.failed(error))?;
        Ok(link)
    }

    /// The same connection, with another patience.
    pub fn with_patience(self, patience: Duration) -> Result<Self, CollectiveError> {
        Self::new(self.rank, self.stream, patience)
    }

    pub fn failed(&self, source: io::Error) -> CollectiveError {
        match source.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                CollectiveError::Slow { rank: self.rank, seconds: self.patience.as_secs() }
            }
            _ => CollectiveError::Lost { rank: self.rank, source },
        }
    }

    pub fn write(&self, bytes: &[u8]) -> Result<(), CollectiveError> {
        (&self.stream).write_all(bytes).map_err(|error| self.failed(error))
    }

    pub fn read(&self, bytes: &mut [u8]) -> Result<(), CollectiveError> {
        (&self.stream).read_exact(bytes).map_err(|error| self.failed(error))
    }

    /// Announces a message of so many bytes.
    pub fn begin(&self, tag: Tag, length: u64) -> Result<(), CollectiveError> {
        self.write(&tag.header(length))
    }

    /// The length of the message that begins, which may be in `lengths`.
    pub fn expect(&self, tag: Tag, lengths: Range<u64>) -> Result<usize, CollectiveError> {
        let mut header = [0; HEADER];
        self.read(&mut header)?;
        let [.., a, b, c, d, e, f, g, h] = header;
        let length = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        if header != tag.header(length) {
            return Err(self.wrong(Tag::named(&tag.header(0)), Tag::named(&header)));
        }
        match usize::try_from(length) {
            Ok(length) if lengths.contains(&(length as u64)) => Ok(length),
            _ if lengths.end - lengths.start == 1 => {
                Err(self.wrong(format!("{} bytes", lengths.start), format!("{length} bytes")))
            }
            _ => Err(self.wrong(format!("at most {} bytes", lengths.end - 1), format!("{length} bytes"))),
        }
    }

    pub fn wrong(&self, expected: String, got: String) -> CollectiveError {
        CollectiveError::Message { rank: self.rank, expected, got }
    }

    /// Sends a message.
    pub fn send(&self, tag: Tag, bytes: &[u8]) -> Result<(), CollectiveError> {
        self.begin(tag, bytes.len() as u64)?;
        self.write(bytes)
    }

    /// Receives a message of at most `most` bytes. Memory is taken as they arrive.
    pub fn receive(&self, tag: Tag, most: u64) -> Result<Vec<u8>, CollectiveError> {
        let length = self.expect(tag, 0..most.saturating_add(1))?;
        let mut bytes = Vec::new();
        while bytes.len() < length {
            self.extend(&mut bytes, length)?;
        }
        Ok(bytes)
    }

    /// Appends the next piece of a message that has `length` bytes in all.
    fn extend(&self, bytes: &mut Vec<u8>, length: usize) -> Result<(), CollectiveError> {
        let from = bytes.len();
        bytes.resize(length.min(from + PIECE), 0);
        self.read(&mut bytes[from..])
    }
}

/// Sends `out` to one rank and receives a message of at most `most` bytes from another, or the same, at once.
pub(super) fn pass(tag: Tag, to: &Link, out: &[u8], from: &Link, most: u64) -> Result<Vec<u8>, CollectiveError> {
    to.begin(tag, out.len() as u64)?;
    let length = from.expect(tag, 0..most.saturating_add(1))?;
    let mut bytes = Vec::new();
    let write = |range: Range<usize>| to.write(&out[range]);
    alternate(out.len(), length, PIECE, write, |_| from.extend(&mut bytes, length))?;
    Ok(bytes)
}

/// Writes `out` units and reads `into`, in pieces of at most `piece`, by turns.
pub(super) fn alternate(
    out: usize,
    into: usize,
    piece: usize,
    mut write: impl FnMut(Range<usize>) -> Result<(), CollectiveError>,
    mut read: impl FnMut(Range<usize>) -> Result<(), CollectiveError>,
) -> Result<(), CollectiveError> {
    for start in (0..out.max(into)).step_by(piece) {
        if start < out {
            write(start..(start + piece).min(out))?;
        }
        if start < into {
            read(start..(start + piece).min(into))?;
        }
    }
    Ok(())
}
