//! The table of distinct tokens: one cache line per token, with all that a repeated token needs.
//!
//! Tokens access the table in an order that no cache can predict. If slot, key and count are stored apart, each token waits
//! for memory three times; here only once, and not at all if its line was prefetched some tokens earlier. A line holds a token
//! of up to [`INLINE`] bytes; longer ones are stored elsewhere.
//!
//! Most tokens have at most sixteen bytes, so that two numbers and the length say which token it is, and tokens are compared
//! without a loop over their bytes.
//!
//! A line's home is the upper bits of its token's hash, and their number grows with the table: a table of twice the lines is
//! written in one pass, without computing a hash again.

use foldhash::fast::RandomState;
use rapidvec_core::kernels::{large_pages, prefetch};
use std::hash::{BuildHasher, Hasher};

/// The number of a distinct token: they are numbered in the order in which they came.
pub(super) type Number = u32;

/// Bytes of a token that fit in its line.
const INLINE: usize = 28;

/// The number that marks an empty line.
const EMPTY: Number = Number::MAX;

/// Lines of a new table: a power of two, as in every table.
const FIRST_LINES: usize = 1 << 6;

/// A token on its way to the table: what of it is compared first, and its hash.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Key {
    /// The upper half chooses the line.
    hash: u64,
    ends: [u64; 2],
}

/// The first and the last eight bytes of a token, or of a shorter one what there is of it: tokens of the same length, up to 16
/// bytes, that are alike in this are the same.
#[inline]
fn ends(token: &[u8]) -> [u64; 2] {
    if let (Some(&first), Some(&last)) = (token.first_chunk(), token.last_chunk()) {
        [u64::from_le_bytes(first), u64::from_le_bytes(last)]
    } else if let (Some(&first), Some(&last)) = (token.first_chunk(), token.last_chunk()) {
        [u32::from_le_bytes(first).into(), u32::from_le_bytes(last).into()]
    } else if let (Some(&first), Some(&last)) = (token.first(), token.last()) {
        [u64::from(first) << 8 | u64::from(last), token[token.len() / 2].into()]
    } else {
        [0, 0]
    }
}

/// Both halves of a product, so that every bit of both numbers counts.
#[inline]
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// A distinct token, or room for one.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line {
    /// The upper half of the token's hash.
    hash: u32,
    number: Number,
    count: u64,
    ends: [u64; 2],
    /// Bytes of the token.
    length: u32,
    /// The bytes, or, if there are too many, where they begin in `long`: 8 bytes, little-endian.
    bytes: [u8; INLINE],
}

impl Line {
    // Its length is that of no token, so that it is none's.
    const NONE: Self = Self { hash: 0, number: EMPTY, count: 0, ends: [0; 2], length: u32::MAX, bytes: [0; INLINE] };

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

    #[inline]
    fn is(&self, token: &[u8], key: &Key, long: &[u8]) -> bool {
        let is_alike =
            self.hash == (key.hash >> 32) as u32 && self.ends == key.ends && self.length as usize == token.len();
        is_alike && (token.len() <= 16 || self.token(long) == token)
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
    /// Of the hashes of tokens of at most 16 bytes.
    seeds: [u64; 2],
}

impl Default for Table {
    fn default() -> Self {
        let (lines, hasher) = (vec![Line::NONE; FIRST_LINES], RandomState::default());
        let seeds = [0u64, 1].map(|seed| hasher.hash_one(seed));
        Self { lines, tokens: 0, long: Vec::new(), hasher, seeds }
    }
}

impl Table {
    /// Distinct tokens so far.
    pub fn len(&self) -> usize {
        self.tokens
    }

    /// The key of a token, whose line is asked for.
    #[inline(always)]
    pub fn key(&self, token: &[u8]) -> Key {
        let ends = ends(token);
        let hash = if token.len() <= 16 {
            let [first, last] = self.seeds;
            folded(folded(ends[0] ^ first, ends[1] ^ last) ^ token.len() as u64, first)
        } else {
            self.hash_long(token)
        };
        prefetch(&self.lines[self.home((hash >> 32) as u32)]);
        Key { hash, ends }
    }

    #[inline(never)]
    fn hash_long(&self, token: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(token);
        hasher.finish()
    }

    /// Where the search for a token with this upper half of a hash starts. The number of lines is a power of two, up to 2^32.
    #[inline]
    fn home(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.lines.len() as u64) >> 32) as usize
    }

    /// Counts a token `times` times. Returns its number, which is `next` if the token is new.
    #[inline(always)]
    pub fn count(&mut self, token: &[u8], key: &Key, times: u64, next: Number) -> Number {
        let mut at = self.home((key.hash >> 32) as u32);
        loop {
            let line = &mut self.lines[at];
            if line.is(token, key, &self.long) {
                line.count += times;
                return line.number;
            }
            if line.number == EMPTY {
                self.insert(at, token, key, times, next);
                return next;
            }
            at = (at + 1) & (self.lines.len() - 1);
        }
    }

    #[inline(never)]
    fn insert(&mut self, at: usize, token: &[u8], key: &Key, times: u64, number: Number) {
        let (hash, length) = ((key.hash >> 32) as u32, token.len() as u32);
        let mut line = Line { hash, number, count: times, ends: key.ends, length, ..Line::NONE };
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
            let mut at = self.home(line.hash);
            while self.lines[at].number != EMPTY {
                at = (at + 1) & mask;
            }
            self.lines[at] = *line;
        }
    }

    /// Gives each token the number that `numbers` has for its own.
    pub fn renumber(&mut self, numbers: &[Number]) {
        let filled = self.lines.iter_mut().filter(|line| line.number != EMPTY);
        filled.for_each(|line| line.number = numbers[line.number as usize]);
    }

    /// Each token with its number and count, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = (Number, &[u8], u64)> {
        let filled = self.lines.iter().filter(|line| line.number != EMPTY);
        filled.map(|line| (line.number, line.token(&self.long), line.count))
    }
}
