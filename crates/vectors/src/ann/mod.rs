//! An approximate index: most of the nearest words, without looking at all of them.
//!
//! A graph that joins near words, on several levels (HNSW, Malkov and Yashunin 2018, by the `usearch` library): a search starts
//! at the top, goes from word to nearer word, and keeps the best `expansion_search` it has met. Candidates are scored
//! exactly before they are returned, so every similarity is right; what may be missing is a word. How many are, on this
//! very model, [`ApproximateIndex::measure`] tells.
//!
//! An index holds a copy of the vectors (unit length, f32) and about 150 bytes a word. It belongs to one model: a file that was
//! made of other vectors is refused. Limit: at most 4 billion words, and all of it in memory.

mod distance;
mod file;
mod graph;
mod measure;

pub use measure::Measured;

use super::search::{Neighbour, unit, widened};
use super::threads::in_threads;
use super::word_vectors::WordVectors;
use crate::error::{IndexError, Result};
use distance::compare_by_our_kernel;
use rapidvec_core::{WordId, cores};
use std::sync::atomic::{AtomicUsize, Ordering};
use usearch::{Index, MetricKind, ScalarKind};

/// Words that a thread takes at a time while an index is built.
const SHARE: usize = 256;

/// How an index is built and searched. More of anything finds more and takes longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexOptions {
    /// Neighbours that a word is joined with, twice as many on the lowest level.
    pub connectivity: u32,
    /// Candidates kept while a word is added.
    pub expansion_add: u32,
    /// Candidates kept in a search.
    pub expansion_search: u32,
}

impl Default for IndexOptions {
    fn default() -> Self {
        // A search that keeps 40 finds 0.98 of the nearest ten (64: 0.99), among a million made-up words and among 59,000 trained ones.
        Self { connectivity: 16, expansion_add: 128, expansion_search: 40 }
    }
}

/// An index over one model's words. `vectors` in its methods are always those it was built or opened with.
pub struct ApproximateIndex {
    index: Index,
    options: IndexOptions,
}

impl std::fmt::Debug for ApproximateIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApproximateIndex").field("words", &self.len()).field("options", &self.options).finish()
    }
}

impl ApproximateIndex {
    /// Builds an index over all words, with all cores. Takes minutes for a million words.
    ///
    /// # Errors
    /// [`IndexError::Library`] if memory is lacking; [`NotFinite`](crate::error::QueryError::NotFinite) if a vector holds NaN or infinity.
    pub fn build(vectors: &WordVectors, options: IndexOptions) -> Result<Self> {
        let index = empty(vectors.vector_size(), options)?;
        index.reserve_capacity_and_threads(vectors.len(), cores()).map_err(library)?;
        let next = AtomicUsize::new(0);
        let add = |id: usize| -> Result<()> {
            let unit = vectors.unit(id as WordId)?;
            Ok(index.add(id as u64, &unit).map_err(library)?)
        };
        let shares = in_threads(vectors.len().div_ceil(SHARE), || -> Result<()> {
            loop {
                let start = next.fetch_add(SHARE, Ordering::Relaxed);
                if start >= vectors.len() {
                    return Ok(());
                }
                (start..vectors.len().min(start + SHARE)).try_for_each(add)?;
            }
        });
        shares.into_iter().collect::<Result<()>>()?;
        Ok(Self { index, options })
    }

    /// How many words it holds.
    pub fn len(&self) -> usize {
        self.index.size()
    }

    /// Whether it holds none; never so for an index of a model.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How it was built.
    pub fn options(&self) -> IndexOptions {
        self.options
    }

    /// From now on keeps so many candidates in a search, whatever [`IndexOptions::expansion_search`] was.
    pub fn keep_in_search(&mut self, candidates: u32) {
        self.index.change_expansion_search(candidates as usize);
        self.options.expansion_search = candidates;
    }

    /// As [`WordVectors::most_similar`], but some of the words may be missing.
    ///
    /// # Errors
    /// The same, and [`IndexError::Library`].
    pub fn most_similar(&self, vectors: &WordVectors, word: &str, top: usize) -> Result<Vec<Neighbour>> {
        let unit = unit(vectors.vector_of(word)?);
        self.nearest(vectors, &unit, top, &vectors.ids_of(&[word]))
    }

    /// As [`WordVectors::most_similar_to`], but some of the words may be missing.
    ///
    /// # Errors
    /// The same, and [`IndexError::Library`].
    pub fn most_similar_to(
        &self,
        vectors: &WordVectors,
        vector: &[f32],
        top: usize,
        left_out: &[WordId],
    ) -> Result<Vec<Neighbour>> {
        vectors.check_vector(vector)?;
        self.nearest(vectors, &unit(widened(vector)), top, left_out)
    }

    /// As [`WordVectors::most_similar_weighted`], but some of the words may be missing.
    ///
    /// # Errors
    /// The same, and [`IndexError::Library`].
    pub fn most_similar_weighted(
        &self,
        vectors: &WordVectors,
        words: &[(&str, f32)],
        top: usize,
    ) -> Result<Vec<Neighbour>> {
        let (sum, ids) = vectors.weighted_sum(words)?;
        self.nearest(vectors, &unit(sum), top, &ids)
    }

    fn nearest(&self, vectors: &WordVectors, unit: &[f32], top: usize, left_out: &[WordId]) -> Result<Vec<Neighbour>> {
        if top == 0 {
            return Ok(Vec::new());
        }
        let wanted = top.saturating_add(left_out.len()).min(vectors.len());
        let found = self.index.search(unit, wanted).map_err(library)?;
        let mut neighbours = Vec::with_capacity(found.keys.len());
        for key in found.keys {
            let id = WordId::try_from(key).map_err(|_| IndexError::Damaged { what: "a word's id is too large" })?;
            if (id as usize) < vectors.len() && !left_out.contains(&id) {
                let row = vectors.finite(id)?;
                let similarity = super::search::cosine(&widened(unit), &row);
                neighbours.push(Neighbour { word: vectors.vocabulary().word(id).to_owned(), id, similarity });
            }
        }
        neighbours.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.id.cmp(&b.id)));
        neighbours.truncate(top);
        Ok(neighbours)
    }
}

fn empty(vector_size: usize, options: IndexOptions) -> Result<Index, IndexError> {
    let mut index = Index::new(&usearch::IndexOptions {
        dimensions: vector_size,
        metric: MetricKind::IP, // of unit vectors: 1 - cosine, and 1 from a zero vector
        quantization: ScalarKind::F32,
        connectivity: options.connectivity as usize,
        expansion_add: options.expansion_add as usize,
        expansion_search: options.expansion_search as usize,
        multi: false,
    })
    .map_err(library)?;
    compare_by_our_kernel(&mut index);
    Ok(index)
}

fn library(error: impl std::fmt::Display) -> IndexError {
    IndexError::Library { message: error.to_string() }
}

#[cfg(test)]
mod tests;
