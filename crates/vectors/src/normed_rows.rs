//! The rows of a model with the inverse of their lengths, and exact arithmetic on single rows.

use super::storage::Rows;
use super::unit::{cosine, dot, widened};
use rapidvec_core::WordId;
use std::io;
use std::sync::OnceLock;

/// Rows, and `1 / |row|` for each once a scan has calculated it: see [`scan`](super::search::scan).
#[derive(Debug)]
pub(crate) struct NormedRows {
    rows: Rows,
    /// Whether rows may hold NaN or infinity: such a row then has no score, instead of being an error.
    is_unchecked: bool,
    norms: OnceLock<Vec<f32>>,
}

/// Why rows cannot be used.
#[derive(Debug)]
pub(crate) enum RowError {
    /// A row holds NaN or infinity.
    NotFinite { id: WordId, got: f32 },
    /// The file can no longer be read.
    Unreadable(io::Error),
}

impl RowError {
    /// The row, by which errors are ordered; an error of the whole file comes first.
    pub fn id(&self) -> Option<WordId> {
        match self {
            RowError::NotFinite { id, .. } => Some(*id),
            RowError::Unreadable(_) => None,
        }
    }
}

impl NormedRows {
    pub fn new(rows: Rows) -> Self {
        Self { rows, is_unchecked: false, norms: OnceLock::new() }
    }

    /// Rows some of which may hold NaN or infinity. The cosine with such a row is NaN, and it is never an answer.
    pub fn unchecked(rows: Rows) -> Self {
        Self { rows, is_unchecked: true, norms: OnceLock::new() }
    }

    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    pub fn norms(&self) -> &OnceLock<Vec<f32>> {
        &self.norms
    }

    pub fn vector_size(&self) -> usize {
        self.rows.vector_size()
    }

    /// Row `id` in f64; finite unless these are [unchecked](Self::unchecked) rows.
    ///
    /// # Errors
    /// [`RowError::NotFinite`].
    pub fn finite(&self, id: WordId) -> Result<Vec<f64>, RowError> {
        let wide = self.wide(id);
        match wide.iter().find(|x| !x.is_finite()) {
            Some(&got) if !self.is_unchecked => Err(RowError::NotFinite { id, got: got as f32 }),
            _ => Ok(wide),
        }
    }

    /// Row `id` in f64, finite or not.
    pub fn wide(&self, id: WordId) -> Vec<f64> {
        widened(&self.rows.row(id as usize).expect("ids come from the vocabulary of these rows"))
    }

    /// The cosine of a vector and row `id`, calculated in f64: no finite row overflows.
    pub fn exact_cosine(&self, vector: &[f32], id: WordId) -> f32 {
        cosine(&widened(vector), &self.wide(id))
    }

    /// The dot product of a vector and row `id`, calculated in f64. May be infinite, never NaN for a finite row.
    pub fn exact_dot(&self, vector: &[f32], id: WordId) -> f32 {
        dot(&widened(vector), &self.wide(id)) as f32
    }
}
