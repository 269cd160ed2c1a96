//! An approximate index: most of the nearest words, without looking at all of them.
//!
//! A graph that links near words, on several levels (HNSW, Malkov and Yashunin 2018, by the `usearch` library): a search starts
//! at the top, moves from each word to a nearer one, and keeps the best `expansion_search` words it has seen. Candidates are
//! scored exactly before they are returned, so every score is exact; but a word may be missing.
//! [`ApproximateIndex::measure`] measures how many are missing on a given model.
//!
//! An index holds a copy of the vectors (unit length, f32) and about 150 bytes per word. It belongs to one model: a file
//! built from other vectors is rejected. Limits: at most 4 billion words, all in memory.

mod distance;
pub(crate) mod error;
mod file;
mod graph;

use super::search::error::QueryError;
use super::search::top_k::Scored;
use super::unit::{cosine, unit, widened};
use super::word_vectors::WordVectors;
use crate::error::Result;
use distance::compare_by_our_kernel;
use error::IndexError;
use rapidvec_core::WordId;
use rapidvec_core::parallel::{cores, try_map};
use usearch::{Index, MetricKind, ScalarKind};

/// Words that a thread adds at a time while an index is built.
const SHARE: usize = 256;

/// How an index is built and searched. Larger values find more and take longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexOptions {
    /// Neighbours that a word is linked to, twice as many on the lowest level.
    pub connectivity: u32,
    /// Candidates kept while a word is added.
    pub expansion_add: u32,
    /// Candidates kept in a search.
    pub expansion_search: u32,
}

impl Default for IndexOptions {
    fn default() -> Self {
        // With 40 candidates a search finds 0.98 of the nearest ten (with 64: 0.99), among a million synthetic and among 59,000
        // trained words.
        Self { connectivity: 16, expansion_add: 128, expansion_search: 40 }
    }
}

/// An index of one model's words: see [`Search::index`](crate::Search::index). `vectors` in its methods are always those it
/// was built or opened with.
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
    /// Builds an index of all words, on all cores. Takes minutes for a million words.
    ///
    /// # Errors
    /// [`IndexError::Library`] if there is not enough memory; [`QueryError::NotFinite`] if a vector holds NaN or infinity.
    pub fn build(vectors: &WordVectors, options: IndexOptions) -> Result<Self, QueryError> {
        let index = empty(vectors.vector_size(), options)?;
        index.reserve_capacity_and_threads(vectors.len(), cores()).map_err(library)?;
        let add = |id: usize| -> Result<(), QueryError> {
            let unit = unit(vectors.finite(id as WordId)?);
            Ok(index.add(id as u64, &unit).map_err(library)?)
        };
        let share = |first: usize| (first..vectors.len().min(first + SHARE)).try_for_each(add);
        try_map(cores(), (0..vectors.len()).step_by(SHARE), share)?;
        Ok(Self { index, options })
    }

    /// The number of words in the index.
    pub fn len(&self) -> usize {
        self.index.size()
    }

    /// Whether the index has no words; never the case for an index of a model.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How it was built.
    pub fn options(&self) -> IndexOptions {
        self.options
    }

    /// Changes [`IndexOptions::expansion_search`] for later searches.
    pub fn keep_in_search(&mut self, candidates: u32) {
        self.index.change_expansion_search(candidates as usize);
        self.options.expansion_search = candidates;
    }

    /// The words nearest to a unit vector (or the zero vector), best first.
    pub(crate) fn nearest(
        &self,
        vectors: &WordVectors,
        unit: &[f32],
        k: usize,
        excluded: &[WordId],
    ) -> Result<Vec<Scored>, QueryError> {
        if k == 0 {
            return Ok(Vec::new());
        }
        let wanted = k.saturating_add(excluded.len()).min(vectors.len());
        let found = self.index.search(unit, wanted).map_err(library)?;
        let mut hits = Vec::with_capacity(found.keys.len());
        for key in found.keys {
            let id =
                WordId::try_from(key).map_err(|_| IndexError::Damaged { what: "the id of a word is too large" })?;
            if (id as usize) < vectors.len() && !excluded.contains(&id) {
                hits.push(Scored { score: cosine(&widened(unit), &vectors.finite(id)?), id });
            }
        }
        hits.sort_unstable_by(|a, b| b.cmp(a));
        hits.truncate(k);
        Ok(hits)
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
