//! The processes of a job, and what they do together.

use super::door::{self, Door, Meeting};
use super::error::CollectiveError;
use super::hello::Hello;
use super::link::{Kind, Link, Tag, pass};
use super::ring::Ring;
use super::rows::{Owned, RowChanges, RowSums, Shape, Wrong};
use super::token::Token;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Which of how many processes this one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// From 0.
    pub rank: usize,
    /// How many there are.
    pub size: usize,
}

impl Seat {
    fn check(self) -> Result<(), CollectiveError> {
        let Self { rank, size } = self;
        if rank < size && u32::try_from(size).is_ok() {
            return Ok(());
        }
        Err(CollectiveError::NoSuchRank { rank, size })
    }
}

/// How long processes wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Until all have started.
    pub start: Duration,
    /// Until another answers. It has to be longer than any of them works between two operations.
    pub answer: Duration,
}

impl Default for Waits {
    /// Five minutes each.
    fn default() -> Self {
        Self { start: Duration::from_secs(300), answer: Duration::from_secs(300) }
    }
}

/// The most bytes that the addresses of all ranks may take.
const MOST_ADDRESS_BYTES: u64 = 1 << 24;

/// Processes that have met.
#[derive(Debug)]
pub struct Group {
    seat: Seat,
    /// By rank; none to itself.
    links: Vec<Option<Link>>,
    operations: u32,
    sent: u64,
}

impl Group {
    /// Meets the other ranks of a list of addresses, whose entry `seat.rank` is that of `door`.
    ///
    /// # Errors
    /// [`CollectiveError`].
    pub fn of_list(
        door: &Door,
        addresses: &[String],
        seat: Seat,
        token: &Token,
        waits: Waits,
    ) -> Result<Self, CollectiveError> {
        seat.check()?;
        if addresses.len() != seat.size {
            return Err(CollectiveError::Addresses { expected: seat.size, got: addresses.len() });
        }
        let mut group = Self::alone(seat);
        group.meet(&meeting(seat, token, waits), door, addresses, 0)?;
        Ok(group)
    }

    /// Meets the other ranks at the address of rank 0, such as `10.0.0.7:29500`.
    ///
    /// # Errors
    /// [`CollectiveError`].
    pub fn at_root(root: &str, seat: Seat, token: &Token, waits: Waits) -> Result<Self, CollectiveError> {
        seat.check()?;
        let (meeting, mut group) = (meeting(seat, token, waits), Self::alone(seat));
        match seat {
            Seat { size: 1, .. } => {}
            Seat { rank: 0, .. } => group.be_root(&meeting, &Door::open(root)?)?,
            _ => group.go_to_root(&meeting, root)?,
        }
        Ok(group)
    }

    fn alone(seat: Seat) -> Self {
        Self { seat, links: (0..seat.size).map(|_| None).collect(), operations: 0, sent: 0 }
    }

    /// Accepts all others, and tells them of each other.
    fn be_root(&mut self, meeting: &Meeting, door: &Door) -> Result<(), CollectiveError> {
        let others: Vec<usize> = (1..meeting.size).collect();
        let mut addresses = vec![door.address().to_string(); meeting.size];
        for (link, place) in door.accept(meeting, &others)? {
            let rank = link.rank;
            addresses[rank] = place.to_string();
            self.links[rank] = Some(link);
        }
        let (tag, list) = (self.tag(Kind::Addresses), addresses.join("\n"));
        self.others().try_for_each(|link| link.send(tag, list.as_bytes()))
    }

    /// Connects to rank 0, which knows the others.
    fn go_to_root(&mut self, meeting: &Meeting, root: &str) -> Result<(), CollectiveError> {
        let unreachable = |source| CollectiveError::Unreachable { rank: 0, address: root.to_owned(), source };
        let stream = door::dial(root, meeting.deadline).map_err(unreachable)?;
        // Its address in the network that leads to rank 0 is the one at which others reach this process.
        let own = stream.local_addr().map_err(unreachable)?;
        let door = Door::open(&SocketAddr::new(own.ip(), 0).to_string())?;
        let hello = Hello { rank: meeting.rank, size: meeting.size, port: door.address().port() };
        let link = door::greet(meeting, 0, root, stream, hello)?;
        let link = link.with_patience(meeting.wait)?;
        let tag = self.tag(Kind::Addresses);
        let list = link.receive(tag, MOST_ADDRESS_BYTES)?;
        let addresses: Vec<String> = String::from_utf8_lossy(&list).lines().map(str::to_owned).collect();
        if addresses.len() != meeting.size {
            return Err(CollectiveError::Addresses { expected: meeting.size, got: addresses.len() });
        }
        self.links[0] = Some(link.with_patience(meeting.patience)?);
        self.meet(meeting, &door, &addresses, 1)
    }

    /// Connects to the ranks from `first` to this one, and accepts those after it.
    fn meet(
        &mut self,
        meeting: &Meeting,
        door: &Door,
        addresses: &[String],
        first: usize,
    ) -> Result<(), CollectiveError> {
        let port = door.address().port();
        for (rank, address) in addresses.iter().enumerate().take(meeting.rank).skip(first) {
            self.links[rank] = Some(door::connect(meeting, rank, address, port)?);
        }
        let after: Vec<usize> = (meeting.rank + 1..meeting.size).collect();
        for (link, _) in door.accept(meeting, &after)? {
            let rank = link.rank;
            self.links[rank] = Some(link);
        }
        Ok(())
    }

    /// Which of how many processes this one is.
    pub fn seat(&self) -> Seat {
        self.seat
    }

    /// Bytes of numbers, rows and messages that this rank has sent.
    pub fn bytes_sent(&self) -> u64 {
        self.sent
    }

    fn tag(&mut self, kind: Kind) -> Tag {
        self.operations = self.operations.wrapping_add(1);
        Tag { kind, operation: self.operations }
    }

    fn link(&self, rank: usize) -> &Link {
        self.links[rank % self.seat.size].as_ref().expect("a group has a link to every other rank")
    }

    fn others(&self) -> impl Iterator<Item = &Link> {
        self.links.iter().flatten()
    }

    /// Replaces `numbers`, of which every rank has as many, by their sums over all ranks.
    ///
    /// # Errors
    /// [`CollectiveError`].
    pub fn sum(&mut self, numbers: &mut [f32]) -> Result<(), CollectiveError> {
        let Tag { operation, .. } = self.tag(Kind::Numbers);
        let Seat { rank, size } = self.seat;
        if size == 1 {
            return Ok(());
        }
        self.sent += (2 * size_of_val(numbers) * (size - 1) / size) as u64;
        let ring = Ring { rank, size, left: self.link(rank + size - 1), right: self.link(rank + 1) };
        ring.sum(operation, numbers)
    }

    /// Adds up the changes that ranks made to some rows of a matrix of `rows` x `size`, and gets the sums of all rows that any rank has
    /// changed.
    ///
    /// # Errors
    /// [`CollectiveError`].
    ///
    /// # Panics
    /// If there are not `size` numbers for each row, or ids do not ascend or are too high.
    pub fn merge_rows(&mut self, rows: usize, size: usize, changes: &RowChanges) -> Result<RowSums, CollectiveError> {
        assert_eq!(changes.numbers.len(), changes.ids.len() * size, "a row of {size} numbers for each id");
        assert!(changes.ids.is_sorted_by(|a, b| a < b) && changes.ids.last().is_none_or(|&id| (id as usize) < rows));
        let shape = Shape { rows, size, ranks: self.seat.size };
        let tag = self.tag(Kind::Changes);
        let messages = self.exchange(tag, &changes.to_owners(shape), shape.most_change_bytes())?;
        let mut owned = Owned::default();
        for (rank, message) in messages.iter().enumerate() {
            let from = Wrong { rank, link: self.links[rank].as_ref() };
            owned.add(shape, self.seat.rank, message, from)?;
        }
        drop(messages);
        let (tag, sums) = (self.tag(Kind::Sums), owned.to_bytes());
        drop(owned);
        let messages = self.exchange_one(tag, &sums, shape.most_sum_bytes())?;
        RowSums::of_owners(shape, &messages, &self.links)
    }

    /// Sends each rank the message of its number, and receives one from each, in the order of ranks.
    fn exchange(&mut self, tag: Tag, out: &[Vec<u8>], most: u64) -> Result<Vec<Vec<u8>>, CollectiveError> {
        self.exchange_with(tag, |rank| &out[rank], most)
    }

    /// Sends all ranks the same message, and receives one from each, in the order of ranks.
    fn exchange_one(&mut self, tag: Tag, out: &[u8], most: u64) -> Result<Vec<Vec<u8>>, CollectiveError> {
        self.exchange_with(tag, |_| out, most)
    }

    fn exchange_with<'o>(
        &mut self,
        tag: Tag,
        out: impl Fn(usize) -> &'o [u8],
        most: u64,
    ) -> Result<Vec<Vec<u8>>, CollectiveError> {
        let Seat { rank, size } = self.seat;
        let mut received = vec![Vec::new(); size];
        received[rank] = out(rank).to_vec();
        for distance in 1..size {
            let (to, from) = ((rank + distance) % size, (rank + size - distance) % size);
            self.sent += out(to).len() as u64;
            received[from] = pass(tag, self.link(to), out(to), self.link(from), most)?;
        }
        Ok(received)
    }

    /// The bytes of all ranks, at most `most` of each, on all ranks.
    ///
    /// # Errors
    /// [`CollectiveError`].
    pub fn all_gather(&mut self, bytes: &[u8], most: u64) -> Result<Vec<Vec<u8>>, CollectiveError> {
        let tag = self.tag(Kind::Bytes);
        self.exchange_one(tag, bytes, most)
    }

    /// Sends each rank its own bytes, `out[rank]`; what each sent to this one, at most `most` bytes, in the order of ranks.
    ///
    /// # Errors
    /// [`CollectiveError`].
    ///
    /// # Panics
    /// If there is not a message for each rank.
    pub fn all_to_all(&mut self, out: &[Vec<u8>], most: u64) -> Result<Vec<Vec<u8>>, CollectiveError> {
        assert_eq!(out.len(), self.seat.size, "a message for each rank");
        let tag = self.tag(Kind::Bytes);
        self.exchange(tag, out, most)
    }

    /// The bytes of all ranks, at most `most` of each, on rank 0; nothing on the others.
    ///
    /// # Errors
    /// [`CollectiveError`].
    pub fn gather(&mut self, bytes: &[u8], most: u64) -> Result<Vec<Vec<u8>>, CollectiveError> {
        let tag = self.tag(Kind::Bytes);
        if self.seat.rank > 0 {
            self.link(0).send(tag, bytes)?;
            self.sent += bytes.len() as u64;
            return Ok(Vec::new());
        }
        let others = self.others().map(|link| link.receive(tag, most));
        std::iter::once(Ok(bytes.to_vec())).chain(others).collect()
    }

    /// The bytes of rank 0, at most `most`, on all ranks; those of the others are not used.
    ///
    /// # Errors
    /// [`CollectiveError`].
    pub fn broadcast(&mut self, bytes: &[u8], most: u64) -> Result<Vec<u8>, CollectiveError> {
        let tag = self.tag(Kind::Bytes);
        if self.seat.rank > 0 {
            return self.link(0).receive(tag, most);
        }
        self.others().try_for_each(|link| link.send(tag, bytes))?;
        self.sent += (bytes.len() * (self.seat.size - 1)) as u64;
        Ok(bytes.to_vec())
    }

    /// Waits until all ranks are here.
    ///
    /// # Errors
    /// [`CollectiveError`].
    pub fn barrier(&mut self) -> Result<(), CollectiveError> {
        self.all_gather(&[], 0).map(drop)
    }
}

fn meeting<'t>(seat: Seat, token: &'t Token, waits: Waits) -> Meeting<'t> {
    let Seat { rank, size } = seat;
    let deadline = Instant::now() + waits.start;
    Meeting { rank, size, token, deadline, wait: waits.start, patience: waits.answer }
}
