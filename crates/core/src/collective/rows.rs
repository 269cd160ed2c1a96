//! Changes of rows, merged by the rows' owners.
//!
//! Rank `id mod N` owns row `id`. Every rank sends each owner the rows that it has changed; the owner adds the changes in the order of
//! ranks, counts the ranks, and sends both to all. So what is sent depends on the rows that changed, and all ranks get the same bits.

use super::error::CollectiveError;
use super::link::Link;
use std::collections::BTreeMap;

/// Changes of some rows of a matrix: ascending ids, and a row of numbers for each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowChanges {
    /// The rows.
    pub ids: Vec<u32>,
    /// Their changes, row after row.
    pub numbers: Vec<f32>,
}

/// Summed changes of some rows: ascending ids, by how many ranks each was changed, and a row of sums for each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowSums {
    /// The rows that a rank has changed.
    pub ids: Vec<u32>,
    /// How many ranks have.
    pub ranks: Vec<u32>,
    /// The sums of their changes, row after row.
    pub numbers: Vec<f32>,
}

/// The shape of the rows that are merged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Rows of the matrix.
    pub rows: usize,
    /// Numbers in a row.
    pub size: usize,
    /// Ranks of the group.
    pub ranks: usize,
}

impl Shape {
    fn change_bytes(self) -> u64 {
        4 + 4 * self.size as u64
    }

    /// Bytes of all rows that a rank may own.
    pub fn most_bytes(self, of_each: u64) -> u64 {
        (self.rows.div_ceil(self.ranks) as u64).saturating_mul(of_each)
    }

    pub fn most_change_bytes(self) -> u64 {
        self.most_bytes(self.change_bytes())
    }

    pub fn most_sum_bytes(self) -> u64 {
        self.most_bytes(4 + self.change_bytes())
    }

    fn owner(self, id: u32) -> usize {
        id as usize % self.ranks
    }
}

impl RowChanges {
    /// What each owner is sent: for each row its id and its numbers.
    pub(super) fn to_owners(&self, shape: Shape) -> Vec<Vec<u8>> {
        let mut messages = vec![Vec::new(); shape.ranks];
        for (&id, row) in self.ids.iter().zip(self.numbers.chunks_exact(shape.size.max(1))) {
            let message = &mut messages[shape.owner(id)];
            message.extend(id.to_le_bytes());
            message.extend(row.iter().flat_map(|number| number.to_le_bytes()));
        }
        messages
    }
}

/// What an owner has received so far: for each row the number of ranks, and the sums.
#[derive(Debug, Default)]
pub(super) struct Owned(BTreeMap<u32, (u32, Vec<f32>)>);

impl Owned {
    /// Adds the changes of a rank. They have to be added in the order of ranks.
    pub fn add(&mut self, shape: Shape, owner: usize, bytes: &[u8], from: Wrong) -> Result<(), CollectiveError> {
        let mut next = 0;
        let records = bytes.chunks_exact(shape.change_bytes() as usize);
        if !records.remainder().is_empty() {
            return Err(from.wrong("whole rows", format!("{} bytes", bytes.len())));
        }
        for record in records {
            let (id, numbers) = split(record);
            check(id, next, shape, owner, &from)?;
            next = id as usize + 1;
            match self.0.get_mut(&id) {
                Some((ranks, sums)) => {
                    *ranks += 1;
                    sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
                }
                None => drop(self.0.insert(id, (1, numbers.collect()))),
            }
        }
        Ok(())
    }

    /// What all ranks are sent: for each row its id, the number of ranks, and the sums.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (id, (ranks, sums)) in &self.0 {
            bytes.extend(id.to_le_bytes());
            bytes.extend(ranks.to_le_bytes());
            bytes.extend(sums.iter().flat_map(|sum| sum.to_le_bytes()));
        }
        bytes
    }
}

impl RowSums {
    /// Merges what all owners sent, in the order of ranks.
    pub(super) fn of_owners(
        shape: Shape,
        messages: &[Vec<u8>],
        links: &[Option<Link>],
    ) -> Result<Self, CollectiveError> {
        let each = 4 + shape.change_bytes() as usize;
        let mut places = Vec::new();
        for (owner, message) in messages.iter().enumerate() {
            let from = Wrong { rank: owner, link: links[owner].as_ref() };
            if message.len() % each != 0 {
                return Err(from.wrong("whole rows", format!("{} bytes", message.len())));
            }
            let mut next = 0;
            for record in message.chunks_exact(each) {
                let (id, _) = split(record);
                check(id, next, shape, owner, &from)?;
                next = id as usize + 1;
                places.push((id, record));
            }
        }
        places.sort_unstable_by_key(|(id, _)| *id);
        let mut sums = Self { numbers: Vec::with_capacity(places.len() * shape.size), ..Self::default() };
        for (id, record) in places {
            let (ranks, numbers) = split(&record[4..]);
            sums.ids.push(id);
            sums.ranks.push(ranks);
            sums.numbers.extend(numbers);
        }
        Ok(sums)
    }
}

/// Who sent what is checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrong<'l> {
    pub rank: usize,
    pub link: Option<&'l Link>,
}

impl Wrong<'_> {
    fn wrong(&self, expected: impl Into<String>, got: String) -> CollectiveError {
        let rank = self.link.map_or(self.rank, |link| link.rank);
        CollectiveError::Message { rank, expected: expected.into(), got }
    }
}

/// The number that begins a record, and the others.
fn split(record: &[u8]) -> (u32, impl Iterator<Item = f32>) {
    let (first, numbers) = record.split_at(4);
    let first = u32::from_le_bytes([first[0], first[1], first[2], first[3]]);
    (first, numbers.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)))
}

/// Checks that a row exists, belongs to `owner`, and that ids ascend.
fn check(id: u32, next: usize, shape: Shape, owner: usize, from: &Wrong) -> Result<(), CollectiveError> {
    if (next..shape.rows).contains(&(id as usize)) && shape.owner(id) == owner {
        return Ok(());
    }
    let (rows, ranks) = (shape.rows, shape.ranks);
    Err(from.wrong(format!("a row from {next} to {rows} that is {owner} modulo {ranks}"), format!("row {id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { rows: 10, size: 2, ranks: 3 };
    const FROM: Wrong = Wrong { rank: 2, link: None };

    fn changes(ids: &[u32]) -> RowChanges {
        RowChanges { ids: ids.to_vec(), numbers: ids.iter().flat_map(|&id| [id as f32, 0.5]).collect() }
    }

    #[test]
    fn an_owner_adds_the_rows_of_all_ranks_and_counts_these() {
        let [first, second] = [changes(&[1, 2, 4]), changes(&[4, 7])];
        let mut owned = Owned::default();
        for changes in [&first, &second] {
            owned.add(SHAPE, 1, &changes.to_owners(SHAPE)[1], FROM).unwrap();
        }
        let messages = [Vec::new(), owned.to_bytes(), Vec::new()];
        let sums = RowSums::of_owners(SHAPE, &messages, &[const { None }; 3]).unwrap();
        assert_eq!((sums.ids, sums.ranks), (vec![1, 4, 7], vec![1, 2, 1]));
        assert_eq!(sums.numbers, [1.0, 0.5, 8.0, 1.0, 7.0, 0.5]);
    }

    #[test]
    fn refuses_rows_that_do_not_exist_are_not_the_owners_or_do_not_ascend() {
        let record = |id: u32| [id.to_le_bytes(), [0; 4], [0; 4]].concat();
        for (bytes, got) in [
            (record(13), "row 13"),
            (record(2), "row 2"),
            ([record(4), record(1)].concat(), "row 1"),
            ([record(4), record(4)].concat(), "row 4"),
            (record(1)[..11].to_vec(), "11 bytes"),
        ] {
            let error = Owned::default().add(SHAPE, 1, &bytes, FROM).unwrap_err().to_string();
            assert!(error.starts_with(&format!("rank 2 sent {got}, expected ")), "{error}");
        }
        let messages = [Vec::new(), vec![0; 17], Vec::new()];
        assert!(RowSums::of_owners(SHAPE, &messages, &[const { None }; 3]).is_err());
    }
}
