//! MurmurHash2 (64A) and MurmurHash3 (x64, 128 bits), by Austin Appleby, who placed them in the public domain.

use std::collections::HashMap;
use std::sync::LazyLock;

/// spaCy's seed for words.
const SEED: u64 = 1;

/// The names of spaCy's symbols, whose hashes are their places in this list.
static SYMBOLS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("symbols.txt").lines().collect());

static PLACES: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| SYMBOLS.iter().copied().zip(0..).collect());

/// The key of a word in spaCy's tables.
pub(super) fn key(word: &str) -> u64 {
    PLACES.get(word).copied().unwrap_or_else(|| murmur2(word.as_bytes(), SEED))
}

/// The symbol that has this key; spaCy's lists of words do not name it.
pub(super) fn symbol(key: u64) -> Option<&'static str> {
    SYMBOLS.get(usize::try_from(key).ok()?).copied().filter(|name| !name.is_empty())
}

fn murmur2(bytes: &[u8], seed: u64) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    const R: u32 = 47;
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(M);
    let (chunks, rest) = bytes.as_chunks();
    for chunk in chunks {
        let k = u64::from_le_bytes(*chunk).wrapping_mul(M);
        hash = (hash ^ (k ^ k >> R).wrapping_mul(M)).wrapping_mul(M);
    }
    if !rest.is_empty() {
        hash = (hash ^ little_endian(rest)).wrapping_mul(M);
    }
    hash = (hash ^ hash >> R).wrapping_mul(M);
    hash ^ hash >> R
}

/// The four parts of the hash of an n-gram, the lowest first.
pub(super) fn murmur3(bytes: &[u8], seed: u32) -> [u32; 4] {
    const C: [u64; 2] = [0x87c3_7b91_1142_53d5, 0x4cf5_ad43_2745_937f];
    let mixed = |k: u64, turn: u32, lane: usize| k.wrapping_mul(C[lane]).rotate_left(turn).wrapping_mul(C[1 - lane]);
    let mut h = [u64::from(seed); 2];
    let (chunks, rest) = bytes.as_chunks::<16>();
    for chunk in chunks {
        let (low, high) = chunk.split_at(8);
        h[0] ^= mixed(little_endian(low), 31, 0);
        h[0] = h[0].rotate_left(27).wrapping_add(h[1]).wrapping_mul(5).wrapping_add(0x52dc_e729);
        h[1] ^= mixed(little_endian(high), 33, 1);
        h[1] = h[1].rotate_left(31).wrapping_add(h[0]).wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    let (low, high) = rest.split_at(rest.len().min(8));
    h[1] ^= mixed(little_endian(high), 33, 1);
    h[0] ^= mixed(little_endian(low), 31, 0);
    h = h.map(|x| x ^ bytes.len() as u64);
    h[0] = h[0].wrapping_add(h[1]);
    h[1] = h[1].wrapping_add(h[0]);
    h = h.map(finished);
    h[0] = h[0].wrapping_add(h[1]);
    h[1] = h[1].wrapping_add(h[0]);
    [h[0] as u32, (h[0] >> 32) as u32, h[1] as u32, (h[1] >> 32) as u32]
}

fn finished(mut k: u64) -> u64 {
    k = (k ^ k >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    k = (k ^ k >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    k ^ k >> 33
}

/// Up to eight bytes as a number.
fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}
