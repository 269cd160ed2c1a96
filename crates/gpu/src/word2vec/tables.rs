//! What random numbers are compared with, as the shaders read it.

use rapidvec::Sampling;

/// For each word the largest number with which an occurrence stays; the lowest bit says that its vector is not trained.
pub fn keep(sampling: &Sampling, words: usize) -> Vec<u32> {
    let limit = |word: usize| sampling.keep.map_or(u32::MAX, |keep| keep[word]);
    let is_frozen = |word: usize| sampling.frozen.is_some_and(|frozen| frozen[word]);
    (0..words).map(|word| limit(word) & !1 | u32::from(is_frozen(word))).collect()
}

/// The alias table: for each column the bits below which it keeps its own word, and the other word.
pub fn alias(sampling: &Sampling) -> Vec<[u32; 2]> {
    sampling.negatives.map_or_else(Vec::new, |(table, _)| table.columns().collect())
}
