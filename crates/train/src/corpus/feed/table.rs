//! The table of distinct tokens: one cache line per token, with all that a repeated token needs.
//!
//! Tokens access the table in an order that no cache can predict. If slot, key and count are stored apart, each token waits
//! for memory three times; here only once, and not at all if its line was prefetched some tokens earlier. A line holds a token
//! of up to [`INLINE`] bytes; longer ones are stored elsewhere.

use foldhash::fast::RandomState;
use rapidvec_core::kernels::{large_pages, prefetch};
use std::hash::{BuildHasher, Hasher};

/// The number of a distinct token: they are numbered in the order in which they came.
pub(super) type Number = u32;

/// Bytes of a token that fit in its line.
const INLINE: usize = 44;

/// The number that marks an empty line.
const EMPTY: Number = Number::MAX;

/// Lines of a new table: a power of two, as in every table.
const FIRST_LINES: usize = 1 << 6;

/// A distinct token, or room for one.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line {
    /// The upper half of the token's hash; the lower one says where its line is.
    hash: u32,
    number: Number,
    count: u64,
    /// Bytes of the token.
    length: u32,
    /// The bytes, or, if there are too many, where they begin in `long`: 8 bytes, little-endian.
    bytes: [u8; INLINE],
}

impl Line {
    const NONE: Self = Self { hash: 0, number: EMPTY, count: 0, length: 0, bytes: [0; INLINE] };

    fn token<'a>(&'a self, long: &'a [u8]) -> &'a [u8] {
        let length = self.length as usize;
        match self.bytes.get(..length) {
            Some(token) => token,
            None => {
                let [b0, b1, b2, b3, b4, b5, b6, b7, ..] = self.bytes;
                let start = u64::from_le_bytes([b0, b1, b2, b3, b4, b5, b6, b7]) as usize;
                &long[start..start + length]
            }
        }
    }
}

/// Distinct tokens with their numbers and counts. The seeds of its hashes differ in each process, so that an attacker
/// cannot choose tokens that slow it down; no result depends on them.
#[derive(Debug)]
pub(super) struct Table {
    lines: Vec<Line>,
    /// Tokens in the table.
    tokens: usize,
    /// The bytes of long tokens.
    long: Vec<u8>,
    hasher: RandomState,
}

impl Default for Table {
    fn default() -> Self {
        let lines = vec![Line::NONE; FIRST_LINES];
        Self { lines, tokens: 0, long: Vec::new(), hasher: RandomState::default() }
    }
}

impl Table {
    /// Distinct tokens so far.
    pub fn len(&self) -> usize {
        self.tokens
    }

    #[inline]
    pub fn hash(&self, token: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(token);
        hasher.finish()
    }

    /// Prefetches the line where a token with this hash is likely to be.
    #[inline]
    pub fn prefetch(&self, hash: u64) {
        prefetch(&self.lines[self.home(hash)]);
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        hash as usize & (self.lines.len() - 1)
    }

    /// Counts a token. Returns its number, which is `next` if the token is new.
    #[inline]
    pub fn count(&mut self, token: &[u8], hash: u64, next: Number) -> Number {
        let (short_hash, length) = ((hash >> 32) as u32, token.len() as u32);
        let mut at = self.home(hash);
        loop {
            let line = &mut self.lines[at];
            if line.number == EMPTY {
                self.insert(at, token, hash, next);
                return next;
            }
            if line.hash == short_hash && line.length == length && line.token(&self.long) == token {
                line.count += 1;
                return line.number;
            }
            at = (at + 1) & (self.lines.len() - 1);
        }
    }

    #[inline(never)]
    fn insert(&mut self, at: usize, token: &[u8], hash: u64, number: Number) {
        let mut line = Line { hash: (hash >> 32) as u32, number, count: 1, length: token.len() as u32, ..Line::NONE };
        match line.bytes.get_mut(..token.len()) {
            Some(place) => place.copy_from_slice(token),
            None => {
                line.bytes[..8].copy_from_slice(&(self.long.len() as u64).to_le_bytes());
                self.long.extend_from_slice(token);
            }
        }
        self.lines[at] = line;
        self.tokens += 1;
        // Three quarters full: a line is then rarely far from its home.
        if self.tokens * 4 > self.lines.len() * 3 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let bigger = large_pages::filled(self.lines.len() * 2, Line::NONE);
        let before = std::mem::replace(&mut self.lines, bigger);
        let mask = self.lines.len() - 1;
        for line in before.iter().filter(|line| line.number != EMPTY) {
            let mut at = self.home(self.hash(line.token(&self.long)));
            while self.lines[at].number != EMPTY {
                at = (at + 1) & mask;
            }
            self.lines[at] = *line;
        }
    }

    /// Each token with its number and count, by ascending number.
    pub fn entries(&self) -> Vec<(Number, &[u8], u64)> {
        let filled = self.lines.iter().filter(|line| line.number != EMPTY);
        let mut entries: Vec<_> = filled.map(|line| (line.number, line.token(&self.long), line.count)).collect();
        entries.sort_unstable_by_key(|&(number, ..)| number);
        entries
    }
}
