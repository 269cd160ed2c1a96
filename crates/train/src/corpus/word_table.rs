//! Distinct words, numbered in the order in which they came: the table that every word of a text is looked up in.
//!
//! A word of at most 16 bytes is its own key; of a longer one the key says where it is. A word takes 16 bytes for the
//! key (and those of a long word), 8 in a slot of the table, which is filled to 7/8 at most.

use super::scan::{SHORT_BYTES, short};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use rapidvec_core::Vocabulary;
use std::hash::BuildHasher;

/// The number of a word in its table. No word has `u32::MAX`.
pub(super) type Number = u32;

/// Where pruned or rare words go.
pub(super) const DROPPED: Number = Number::MAX;

/// The highest byte of a long word's key. UTF-8 has no such byte.
const LONG: u128 = 0xff << 120;
const LENGTH_SHIFT: u32 = 64;

/// Words by number, and numbers by word. The hash's seed is random for each table, so that words cannot be chosen to collide; no
/// number depends on it.
#[derive(Debug, Default)]
pub(super) struct WordTable {
    slots: HashTable<Slot>,
    keys: Vec<u128>,
    /// The bytes of long words.
    long: Vec<u8>,
    hasher: RandomState,
}

/// A word in the table; part of its hash avoids most comparisons with other words' keys.
#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    number: Number,
}

impl WordTable {
    /// The words of a vocabulary under their ids.
    pub fn of(vocabulary: &Vocabulary) -> Self {
        let mut table = Self::default();
        for word in vocabulary.words() {
            match short(word.as_bytes()) {
                Some(word) => table.add_short(word),
                None => table.add_long(word.as_bytes()),
            };
        }
        table
    }

    /// The number of words.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The number of a short word, a new one if the word is new.
    #[inline]
    pub fn add_short(&mut self, word: u128) -> Number {
        let hash = self.hasher.hash_one(word);
        self.find_key(hash, word).unwrap_or_else(|| self.insert(hash, word))
    }

    /// The number of a long word, a new one if the word is new.
    pub fn add_long(&mut self, word: &[u8]) -> Number {
        let hash = self.hasher.hash_one(word);
        self.find_bytes(hash, word).unwrap_or_else(|| {
            let key = LONG | (word.len() as u128) << LENGTH_SHIFT | self.long.len() as u128;
            self.long.extend_from_slice(word);
            self.insert(hash, key)
        })
    }

    /// The number of a short word in the table.
    #[inline]
    pub fn find_short(&self, word: u128) -> Option<Number> {
        self.find_key(self.hasher.hash_one(word), word)
    }

    /// The number of a long word in the table.
    pub fn find_long(&self, word: &[u8]) -> Option<Number> {
        self.find_bytes(self.hasher.hash_one(word), word)
    }

    #[inline]
    fn find_key(&self, hash: u64, key: u128) -> Option<Number> {
        let same = |slot: &Slot| slot.hash == part(hash) && self.keys[slot.number as usize] == key;
        self.slots.find(hash, same).map(|slot| slot.number)
    }

    fn find_bytes(&self, hash: u64, word: &[u8]) -> Option<Number> {
        let same = |slot: &Slot| {
            slot.hash == part(hash)
                && place(self.keys[slot.number as usize]).is_some_and(|place| &self.long[place] == word)
        };
        self.slots.find(hash, same).map(|slot| slot.number)
    }

    #[inline(never)]
    fn insert(&mut self, hash: u64, key: u128) -> Number {
        let number = self.keys.len() as Number; // far below 2^32: tables are pruned before they grow so large
        self.keys.push(key);
        let Self { slots, keys, long, hasher } = self;
        let rehash = |slot: &Slot| hash_key(hasher, keys[slot.number as usize], long);
        slots.insert_unique(hash, Slot { hash: part(hash), number }, rehash);
        number
    }

    /// Adds the words of another table. Returns the number each of them has in this one.
    pub fn absorb(&mut self, other: &Self) -> Vec<Number> {
        let add = |&key: &u128| match place(key) {
            None => self.add_short(key),
            Some(place) => self.add_long(&other.long[place]),
        };
        other.keys.iter().map(add).collect()
    }

    /// Keeps only the words that `keep` accepts, and returns the new number of each: [`DROPPED`] for the others.
    pub fn retain(&mut self, keep: impl Fn(Number) -> bool) -> Vec<Number> {
        let mut kept = Self::default();
        let numbers = 0..self.len() as Number;
        let renumber = |number: Number| match self.keys[number as usize] {
            _ if !keep(number) => DROPPED,
            key => match place(key) {
                None => kept.add_short(key),
                Some(place) => kept.add_long(&self.long[place]),
            },
        };
        let map = numbers.map(renumber).collect();
        *self = kept;
        map
    }

    /// Writes a word to the end of `bytes`.
    pub fn write(&self, number: Number, bytes: &mut Vec<u8>) {
        let key = self.keys[number as usize];
        match place(key) {
            Some(place) => bytes.extend_from_slice(&self.long[place]),
            None => bytes.extend_from_slice(&key.to_le_bytes()[..short_length(key)]),
        }
    }
}

/// Where the bytes of a long word are; `None` for the key of a short one.
#[inline]
fn place(key: u128) -> Option<std::ops::Range<usize>> {
    (key & LONG == LONG).then(|| {
        let start = key as u64 as usize;
        start..start + ((key & !LONG) >> LENGTH_SHIFT) as usize
    })
}

fn short_length(key: u128) -> usize {
    SHORT_BYTES - (key.leading_zeros() / 8) as usize
}

/// The bits that neither choose the place in the table (the lowest) nor the mark in it (the highest seven).
#[inline]
fn part(hash: u64) -> u32 {
    (hash >> 25) as u32
}

fn hash_key(hasher: &RandomState, key: u128, long: &[u8]) -> u64 {
    match place(key) {
        None => hasher.hash_one(key),
        Some(place) => hasher.hash_one(&long[place]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use foldhash::fast::FixedState;
    use std::collections::BTreeSet;

    #[test]
    fn chosen_words_do_not_collide() {
        const BITS: u64 = 0x3ff;
        // They end in the same bits under a known seed.
        let chosen: Vec<_> =
            (0..).filter(|&word: &u128| FixedState::default().hash_one(word) & BITS == 0).take(3000).collect();
        let table = WordTable::default();
        let places: BTreeSet<_> = chosen.iter().map(|word| table.hasher.hash_one(word) & BITS).collect();
        // 3000 random places of 1024: all but a twentieth are taken.
        assert!(places.len() > 900, "{} places", places.len());
    }
}
