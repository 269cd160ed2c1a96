//! The sum of a vector over all ranks, by a ring.
//!
//! The vector is cut into N parts. Each travels once around the ring while it is summed up, and once more as the sum, so a rank sends
//! `2 (N - 1) / N` times its length, whatever N is. Part `c` is added in the order of ranks `c, c + 1, .., c - 1`: the same bits on all
//! ranks, and for the same numbers always.

use super::error::CollectiveError;
use super::link::{Kind, Link, PIECE, Tag, alternate};
use std::ops::Range;

/// Numbers that are sent before some are received.
const NUMBERS: usize = PIECE / size_of::<f32>();

/// A rank between its neighbours.
pub(super) struct Ring<'l> {
    pub rank: usize,
    pub size: usize,
    pub left: &'l Link,
    pub right: &'l Link,
}

impl Ring<'_> {
    /// Replaces `numbers`, of which every rank has as many, by their sums.
    pub fn sum(&self, operation: u32, numbers: &mut [f32]) -> Result<(), CollectiveError> {
        let mut buffer = vec![0; PIECE];
        let tag = Tag { kind: Kind::Numbers, operation };
        let mut parts = self.parts(numbers);
        for step in 0..self.size - 1 {
            self.step(tag, &mut parts, self.behind(step), &mut buffer, |own, arrived| *own += arrived)?;
        }
        for step in 0..self.size - 1 {
            self.step(tag, &mut parts, self.behind(step) + 1, &mut buffer, |own, arrived| *own = arrived)?;
        }
        Ok(())
    }

    /// The rank `step` places to the left.
    fn behind(&self, step: usize) -> usize {
        self.rank + self.size - step
    }

    fn parts<'n>(&self, numbers: &'n mut [f32]) -> Vec<&'n mut [f32]> {
        let (length, mut rest) = (numbers.len() as u128, numbers);
        let start = |part: usize| (length * part as u128 / self.size as u128) as usize;
        let mut parts = Vec::with_capacity(self.size);
        for part in 0..self.size {
            let (first, others) = rest.split_at_mut(start(part + 1) - start(part));
            parts.push(first);
            rest = others;
        }
        parts
    }

    /// Sends part `part` to the right, while the one before it arrives from the left.
    fn step(
        &self,
        tag: Tag,
        parts: &mut [&mut [f32]],
        part: usize,
        buffer: &mut [u8],
        put: impl Fn(&mut f32, f32),
    ) -> Result<(), CollectiveError> {
        let pair = [part % self.size, (part + self.size - 1) % self.size];
        let [out, into] = parts.get_disjoint_mut(pair).expect("a ring of two or more has two different parts");
        let bytes = |part: &[f32]| size_of_val(part) as u64;
        self.right.begin(tag, bytes(out))?;
        self.left.expect(tag, bytes(into)..bytes(into) + 1)?;
        let (lengths, buffer) = ((out.len(), into.len()), std::cell::RefCell::new(buffer));
        let write = |range: Range<usize>| {
            let buffer = &mut *buffer.borrow_mut();
            self.right.write(to_bytes(&out[range], buffer))
        };
        let read = |range: Range<usize>| {
            let buffer = &mut buffer.borrow_mut()[..range.len() * size_of::<f32>()];
            self.left.read(buffer)?;
            let arrived = buffer.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            into[range].iter_mut().zip(arrived).for_each(|(own, arrived)| put(own, arrived));
            Ok(())
        };
        alternate(lengths.0, lengths.1, NUMBERS, write, read)
    }
}

/// Numbers as they are sent, in the front of `buffer`.
fn to_bytes<'b>(numbers: &[f32], buffer: &'b mut [u8]) -> &'b [u8] {
    let bytes = &mut buffer[..size_of_val(numbers)];
    bytes.as_chunks_mut().0.iter_mut().zip(numbers).for_each(|(place, number)| *place = number.to_le_bytes());
    bytes
}
