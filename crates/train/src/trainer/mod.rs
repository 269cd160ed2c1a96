//! What every trainer can do. Sessions, checkpoints and front ends rely on this trait alone.

mod error;

pub use crate::progress::Until;
pub use error::TrainError;

use crate::checkpoint::{StateReader, StateWriter};
use crate::corpus::Corpus;
use crate::error::FormatError;
use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{LossPoint, Progress};
use rapidvec_core::{Matrix, Vocabulary, WordId};
use rapidvec_vectors::format::RowsView;
use rapidvec_vectors::format::safetensors::SubwordParts;
use rapidvec_vectors::{ModelVectors, NGrams, Numbers, Rows, Subwords};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::fmt::Debug;

/// Why [`Trainer::run`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// All epochs are done.
    Finished,
    /// What [`Until`] asks for is done, and epochs are left.
    Reached,
    /// The observer stopped it.
    Interrupted,
}

/// Both matrices of a model. Borrowed if the trainer holds them as they are, copied if it has to compute them.
#[derive(Debug, Clone)]
pub struct Weights<'a> {
    /// The word vectors, V x D.
    pub input: Cow<'a, Matrix>,
    /// The output vectors: V x D, or (V - 1) x D for hierarchical softmax, one row for each inner node of the tree.
    pub output: Cow<'a, Matrix>,
}

/// The rows of n-grams of a model with subwords, borrowed from its trainer.
#[derive(Debug, Clone)]
pub struct SubwordWeights<'a> {
    /// Which n-grams words have.
    pub ngrams: NGrams,
    /// The buckets that have a row, ascending.
    pub buckets: Vec<u32>,
    /// The row of each of them in `rows`.
    pub order: Vec<u32>,
    /// The rows of n-grams, N x D.
    pub rows: &'a Matrix,
    /// The rows that words have of their own, V x D.
    pub words: &'a Matrix,
}

impl SubwordWeights<'_> {
    /// As a writer takes them.
    pub fn parts(&self) -> SubwordParts<'_> {
        SubwordParts {
            ngrams: self.ngrams,
            buckets: Some(Cow::Borrowed(&self.buckets)),
            rows: RowsView::of_matrix(self.rows, self.rows.rows()).pick(Some(self.order.clone())),
            words: Some(RowsView::of_matrix(self.words, self.words.rows())),
        }
    }

    /// A copy, for [`WordVectors`](crate::WordVectors).
    ///
    /// # Errors
    /// [`FormatError`] if there is no word.
    pub fn to_subwords(&self) -> Result<Subwords, FormatError> {
        let size = self.rows.cols();
        let mut numbers = Vec::with_capacity(self.order.len() * size);
        self.order.iter().for_each(|&row| self.rows.push_row(row as usize, &mut numbers));
        let rows = Rows::new_or_none(self.order.len(), size, Numbers::F32(numbers))?;
        let words = Rows::new(self.words.rows(), size, Numbers::F32(self.words.to_vec()))?;
        Ok(Subwords::of_buckets(self.ngrams, self.buckets.clone(), rows)?.with_words(words))
    }
}

/// Trains a model on a corpus.
///
/// Shapes: V words, D numbers per vector.
pub trait Trainer: Sized {
    /// The settings that, with the corpus, decide what is learned.
    type Config: Clone + Debug + PartialEq + Serialize + DeserializeOwned;

    /// The name of the trainer, as model files record it: `word2vec`, `textbook`.
    const NAME: &'static str;

    /// A trainer with random weights. `counts[id]` is the number of times each word occurs; this is `corpus.counts()` unless
    /// the counts of other text are to be included. `threads` 0 means one per core.
    ///
    /// # Errors
    /// [`ConfigError`](crate::ConfigError) for a setting out of range; [`TrainError`] for a corpus that cannot be trained on.
    fn new(config: &Self::Config, corpus: &Corpus, counts: &[u64], threads: usize) -> Result<Self>;

    /// An estimate of the bytes that training needs, without the corpus and the vocabulary, for `words` distinct words and
    /// a corpus of `ids` ids.
    fn memory_needed(config: &Self::Config, words: usize, ids: usize, threads: usize) -> u64;

    /// The bytes that training needs for the words themselves, in addition to [`memory_needed`](Self::memory_needed), such as for their n-grams.
    fn memory_of_words(config: &Self::Config, words: &Vocabulary, threads: usize) -> u64 {
        let _ = (config, words, threads);
        0
    }

    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`ConfigError`](crate::ConfigError).
    fn validate(config: &Self::Config) -> Result<(), crate::ConfigError>;

    /// Numbers per vector.
    fn vector_size(config: &Self::Config) -> usize;

    /// Which rows are the word vectors of the finished model.
    fn output_vectors(config: &Self::Config) -> ModelVectors {
        let _ = config;
        ModelVectors::default()
    }

    /// The settings of the run that comes `later` runs after this one, if the model is the mean of several: the same with another seed.
    ///
    /// # Errors
    /// [`TrainError::Unsupported`] if such runs cannot be averaged.
    fn of_run(config: &Self::Config, later: i64) -> Result<Self::Config, TrainError> {
        let _ = (config, later);
        Err(TrainError::Unsupported { trainer: Self::NAME, what: "several runs" })
    }

    /// Takes the settings of another trainer that are not part of its [`Config`](Self::Config), such as its kernels.
    fn work_like(&mut self, other: &Self) {
        let _ = other;
    }

    /// Trains until `until`, or until `observer` stops it. Does nothing if all epochs are done.
    ///
    /// # Errors
    /// [`TrainError`] if the loss is not finite or a thread failed; the weights are then useless.
    fn run(&mut self, until: Until, observer: &mut dyn Observer) -> Result<Stopped>;

    /// The settings.
    fn config(&self) -> &Self::Config;

    /// Threads in use.
    fn threads(&self) -> usize;

    /// The device it trains on, if that is not the CPU. Model files record it.
    fn device(&self) -> Option<String> {
        None
    }

    /// How far training is.
    fn progress(&self) -> Progress;

    /// Whether the rows of the output matrix belong to words, instead of the nodes of a tree.
    fn has_output_per_word(&self) -> bool {
        true
    }

    /// The loss of an untrained model, if known; a run with a higher loss has diverged.
    fn guessing_loss(&self) -> Option<f64> {
        None
    }

    /// All average losses so far.
    fn history(&self) -> &[LossPoint];

    /// The weights as they are now.
    fn weights(&self) -> Weights<'_>;

    /// The rows of n-grams, if words have them. [`weights`](Self::weights) has the vectors that are composed of them.
    fn subwords(&self) -> Option<SubwordWeights<'_>> {
        None
    }

    /// The weights of the positions in a window, 2W x D, if there are any.
    fn position_weights(&self) -> Option<&Matrix> {
        None
    }

    /// Takes the rows of n-grams that another model has, and the own rows of the words that both have (the id here, the id there).
    /// Returns whether it did; it does not if the n-grams are not the same.
    fn set_subwords(&mut self, from: &Subwords, known: &[(WordId, WordId)]) -> bool {
        let _ = (from, known);
        false
    }

    /// Takes the weights of positions that another model has. Returns whether it did; it does not if there are not as many here.
    fn set_position_weights(&mut self, from: &Rows) -> bool {
        let _ = from;
        false
    }

    /// Overwrites the vector of a word with D numbers.
    ///
    /// # Panics
    /// If there is no such word, or `row` has another length.
    fn set_input(&mut self, id: WordId, row: &[f32]);

    /// Overwrites a row of the output matrix with D numbers.
    ///
    /// # Panics
    /// If there is no such row, or `row` has another length.
    fn set_output(&mut self, row_id: u32, row: &[f32]);

    /// Keeps the vectors of these words unchanged; they still help to train the others.
    ///
    /// # Errors
    /// [`TrainError::Unsupported`] if this trainer cannot do that.
    ///
    /// # Panics
    /// If there is no such word.
    fn freeze(&mut self, ids: &[WordId]) -> Result<(), TrainError> {
        let _ = ids;
        Err(TrainError::Unsupported { trainer: Self::NAME, what: "frozen vectors" })
    }

    /// The same for the output vectors of words.
    ///
    /// # Errors
    /// [`TrainError::Unsupported`] if this trainer cannot do that.
    ///
    /// # Panics
    /// If there is no such word.
    fn freeze_output(&mut self, ids: &[WordId]) -> Result<(), TrainError> {
        let _ = ids;
        Err(TrainError::Unsupported { trainer: Self::NAME, what: "frozen output vectors" })
    }

    /// The average loss on other text, encoded with this vocabulary; nothing is learned from it. The same weights and text
    /// give the same bits. `None` if the text has no pair, its loss is not finite, or `observer` stopped it.
    ///
    /// # Errors
    /// [`TrainError::Worker`] if a thread failed.
    fn held_out_loss(&mut self, text: &Corpus, observer: &mut dyn Observer) -> Result<Option<f64>>;

    /// Adds everything that a later run needs to continue, apart from the stored weights and the loss history.
    ///
    /// # Errors
    /// [`FormatError`](crate::error::FormatError) if the state cannot be written.
    fn save_state<'a>(&'a self, out: &mut StateWriter<'a>) -> Result<()>;

    /// Restores what [`save_state`](Self::save_state) wrote, with the weights and the loss history. Called on a new trainer of
    /// the same corpus and settings; the number of epochs may differ.
    ///
    /// # Errors
    /// [`TrainError::Damaged`], [`TrainError::Mismatch`] or [`FormatError`](crate::error::FormatError) if the state does not
    /// belong to this trainer.
    fn load_state(&mut self, from: &StateReader) -> Result<()>;
}
