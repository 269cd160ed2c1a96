//! How a file of vectors is opened, and what was changed or dropped.

use crate::Numbers;
use rapidvec_core::Vocabulary;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// What to do with a word that is not valid UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvalidWord {
    /// Reject the file, with the position of the word.
    #[default]
    Error,
    /// Put U+FFFD in place of invalid bytes, as `String::from_utf8_lossy` does.
    Replace,
    /// Drop the word and its vector.
    Skip,
}

/// Which of a model's two matrices, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matrix {
    /// The vectors of the words.
    #[default]
    Input,
    /// The vectors of the words as contexts (word2vec's `syn1neg`).
    Output,
    /// The sum of both, that of the output vectors times a weight.
    Joined,
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Joined => "joined",
        })
    }
}

/// How to open a file of vectors.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OpenOptions {
    /// Take only this many of the first vectors. `None`: all, and then the file must hold exactly as many as it declares.
    pub limit: Option<usize>,
    /// Drop words whose vectors hold NaN or infinity, instead of rejecting the file.
    pub allow_nan: bool,
    /// What to do with words that are not valid UTF-8.
    pub invalid_word: InvalidWord,
    /// A file with the words of a matrix that has none: one a line, in the order of the rows; or the projector's
    /// metadata, whose first column has the words.
    pub words: Option<PathBuf>,
    /// The file of an archive to open, if it has several: its name, or the end of it after a slash.
    pub member: Option<String>,
    /// Which matrix gives the vectors. `None`: the one that the model was trained to give, for most models the input matrix.
    pub matrix: Option<Matrix>,
    /// The weight of the output vectors in joined ones. `None`: that of the model, or [`JOIN_WEIGHT`](crate::JOIN_WEIGHT).
    pub join_weight: Option<f32>,
    /// Take only the words of this language, which ConceptNet Numberbatch labels `/c/en/word`, and drop the labels.
    pub language: Option<String>,
}

/// What was changed or dropped; all 0 if nothing was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct OpenReport {
    /// Duplicate words: the first vector was kept.
    pub duplicates: u64,
    /// Words dropped for NaN or infinity in their vectors ([`OpenOptions::allow_nan`]).
    pub not_finite: u64,
    /// Words that were not valid UTF-8: replaced or dropped ([`OpenOptions::invalid_word`]).
    pub invalid_words: u64,
    /// Rows left out because the file does not name their words.
    pub unnamed: u64,
    /// Words dropped because they are of another language than [`OpenOptions::language`].
    pub other_languages: u64,
    /// Whether there is an empty word; it was kept.
    pub empty_words: u64,
    /// The file has more vectors than [`OpenOptions::limit`].
    pub stopped_at_limit: bool,
    /// A text's first line numbers or names its columns; it was skipped.
    pub column_header: bool,
    /// The file has n-grams of a kind that is not known here; words outside the vocabulary have no vectors.
    pub ngrams_left_out: bool,
    /// A text's last line has no line end, so its last number may be cut short.
    pub unfinished: bool,
}

/// What a reader found: words, and V x D numbers in the order of their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorTable {
    /// The V words; counts are 0 if the file has none.
    pub vocabulary: Vocabulary,
    /// Numbers per word: D.
    pub vector_size: usize,
    /// Row after row, all of them finite.
    pub numbers: Numbers,
}
