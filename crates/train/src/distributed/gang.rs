//! The processes that train together, and how they exchange what is not a matrix.

use super::error::GangError;
use crate::error::{Error, Result};
use rapidvec_core::collective::{CollectiveError, Group, RowChanges, RowSums, Seat};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most bytes of a message that is not a matrix: words and states.
const MOST: u64 = 1 << 40;

/// The processes that train together.
#[derive(Debug)]
pub struct Gang {
    group: Group,
}

impl From<Group> for Gang {
    fn from(group: Group) -> Self {
        Self { group }
    }
}

impl Gang {
    /// Which of how many processes this one is.
    pub fn seat(&self) -> Seat {
        self.group.seat()
    }

    /// Whether this process writes the files.
    pub fn is_first(&self) -> bool {
        self.seat().rank == 0
    }

    /// Bytes that this process has sent.
    pub fn bytes_sent(&self) -> u64 {
        self.group.bytes_sent()
    }

    fn explained<T>(&self, result: Result<T, CollectiveError>) -> Result<T> {
        result.map_err(|source| GangError::Collective { worker: self.seat().rank, source }.into())
    }

    /// What this process did, unless another one failed meanwhile: its error then.
    ///
    /// # Errors
    /// This process's own; that of the first process that failed; [`GangError::Collective`].
    pub fn agree<T>(&mut self, own: Result<T>) -> Result<T> {
        let reason = own.as_ref().err().map(Error::to_string);
        let reasons: Vec<Option<String>> = self.share("the outcome", &reason)?;
        let done = own?;
        match reasons.into_iter().enumerate().find_map(|(worker, reason)| Some((worker, reason?))) {
            Some((worker, reason)) => Err(GangError::Worker { worker, reason }.into()),
            None => Ok(done),
        }
    }

    /// What each process has, on all of them.
    pub fn share<T: Serialize + DeserializeOwned>(&mut self, what: &'static str, own: &T) -> Result<Vec<T>> {
        let bytes = self.to_bytes(what, own)?;
        let all = self.group.all_gather(&bytes, MOST);
        parsed(what, &self.explained(all)?)
    }

    /// What each process has, on the first one.
    pub fn collect<T: Serialize + DeserializeOwned>(&mut self, what: &'static str, own: &T) -> Result<Vec<T>> {
        let bytes = self.to_bytes(what, own)?;
        let all = self.group.gather(&bytes, MOST);
        parsed(what, &self.explained(all)?)
    }

    /// What the first process has, on all of them; `own` of the others is not used.
    pub fn tell<T: Serialize + DeserializeOwned>(&mut self, what: &'static str, own: Option<&T>) -> Result<T> {
        let bytes = own.map_or(Ok(Vec::new()), |own| self.to_bytes(what, own))?;
        let bytes = self.tell_bytes(&bytes)?;
        read(what, 0, &bytes)
    }

    fn to_bytes(&self, what: &'static str, own: &impl Serialize) -> Result<Vec<u8>> {
        let unreadable = |error: serde_json::Error| GangError::Unreadable {
            worker: self.seat().rank,
            what,
            reason: error.to_string(),
        };
        Ok(serde_json::to_vec(own).map_err(unreadable)?)
    }

    /// The bytes of the first process, on all of them.
    pub fn tell_bytes(&mut self, own: &[u8]) -> Result<Vec<u8>> {
        let told = self.group.broadcast(own, MOST);
        self.explained(told)
    }

    /// The bytes of each process, on the first one.
    pub fn collect_bytes(&mut self, own: &[u8]) -> Result<Vec<Vec<u8>>> {
        let all = self.group.gather(own, MOST);
        self.explained(all)
    }

    /// The bytes of each process, at most `most`, on all of them.
    pub fn share_bytes(&mut self, own: &[u8], most: u64) -> Result<Vec<Vec<u8>>> {
        let all = self.group.all_gather(own, most);
        self.explained(all)
    }

    /// Sends each process its own bytes; what each sent to this one.
    pub fn deal_bytes(&mut self, out: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
        let all = self.group.all_to_all(out, MOST);
        self.explained(all)
    }

    /// See [`Group::sum`].
    pub fn sum(&mut self, numbers: &mut [f32]) -> Result<()> {
        let summed = self.group.sum(numbers);
        self.explained(summed)
    }

    /// See [`Group::merge_rows`].
    pub fn merge_rows(&mut self, rows: usize, size: usize, changes: &RowChanges) -> Result<RowSums> {
        let merged = self.group.merge_rows(rows, size, changes);
        self.explained(merged)
    }
}

fn parsed<T: DeserializeOwned>(what: &'static str, all: &[Vec<u8>]) -> Result<Vec<T>> {
    all.iter().enumerate().map(|(worker, bytes)| read(what, worker, bytes)).collect()
}

fn read<T: DeserializeOwned>(what: &'static str, worker: usize, bytes: &[u8]) -> Result<T> {
    let unreadable = |error: serde_json::Error| GangError::Unreadable { worker, what, reason: error.to_string() };
    Ok(serde_json::from_slice(bytes).map_err(unreadable)?)
}
