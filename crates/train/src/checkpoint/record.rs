//! What a model's metadata hold, as types.

use crate::corpus::{Corpus, CorpusOptions, InvalidUtf8, LineEnd, Phrases, Preparation};
use crate::error::TrainError;
use crate::progress::{LossPoint, Progress};
use rapidvec_core::Vocabulary;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The maximum number of points of the loss history in a model; a checkpoint holds all of them.
const MAX_POINTS: usize = 10_000;

/// What a model was trained on, and how to find it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusRecord {
    /// The corpus's name.
    pub name: String,
    /// Where it came from, as the user named it: data sets, paths, `-` for standard input.
    pub sources: Vec<String>,
    /// Its tokens.
    pub tokens: u64,
    /// [`Corpus::fingerprint`], by which it is recognised.
    pub fingerprint: String,
    /// The limit it was read with.
    pub max_tokens: Option<usize>,
    /// What was done with bytes that are not valid UTF-8.
    pub invalid_utf8: InvalidUtf8,
    /// How the text was prepared. Not stored if it was not prepared; older files do not have it either.
    #[serde(default, skip_serializing_if = "Preparation::is_plain")]
    pub preparation: Preparation,
    /// The phrases that were read as one word each. Not stored if there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrases: Option<PhrasesRecord>,
    /// The maximum number of distinct words counted at a time, for the word2vec trainer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_vocab: Option<usize>,
    /// Whether the vocabulary was given instead of counted; the text is then read again with the model's words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_vocabulary: bool,
    /// Words seen fewer times were dropped.
    pub min_count: u64,
}

impl CorpusRecord {
    /// Describes a corpus that was read with the default options.
    pub fn of(corpus: &Corpus) -> Self {
        Self::new(corpus, vec![corpus.name().to_owned()], &CorpusOptions::default())
    }

    /// Describes a corpus that was read from `sources` with `options`.
    pub fn new(corpus: &Corpus, sources: Vec<String>, options: &CorpusOptions) -> Self {
        Self {
            name: corpus.name().to_owned(),
            sources,
            tokens: corpus.report().tokens,
            fingerprint: corpus.fingerprint(),
            max_tokens: options.max_tokens.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
            invalid_utf8: options.invalid_utf8,
            preparation: options.preparation.clone(),
            phrases: PhrasesRecord::of(&options.phrases),
            // The textbook keeps every word.
            max_vocab: (options.line_end == LineEnd::Mark).then_some(options.max_vocab),
            // After pruning, only the vocabulary says which words are left.
            given_vocabulary: options.vocabulary.is_some() || corpus.report().pruned.counted_again,
            min_count: options.min_count,
        }
    }

    /// The options to read it again with for the textbook's trainer.
    pub fn options(&self) -> CorpusOptions {
        self.read_as(CorpusOptions::textbook())
    }

    /// The options to read it again with, for a checkpoint with this `vocabulary`.
    pub fn count_options(&self, vocabulary: &Arc<Vocabulary>, threads: usize) -> CorpusOptions {
        let plain = CorpusOptions::default();
        let max_vocab = self.max_vocab.unwrap_or(plain.max_vocab);
        let given = self.given_vocabulary.then(|| Arc::clone(vocabulary));
        self.read_as(plain.min_count(self.min_count).max_vocab(max_vocab).threads(threads).vocabulary(given))
    }

    fn read_as(&self, options: CorpusOptions) -> CorpusOptions {
        let max_tokens = self.max_tokens.map(|limit| limit as u64);
        options.max_tokens(max_tokens).invalid_utf8(self.invalid_utf8).preparation(self.preparation.clone())
    }

    /// Checks that a text is the one described: continuing with another would silently spoil the model.
    ///
    /// # Errors
    /// [`TrainError::Mismatch`].
    pub fn check(&self, corpus: &Corpus) -> Result<(), TrainError> {
        self.compare(corpus.fingerprint(), corpus.report().tokens, corpus.name())
    }

    /// As [`check`](Self::check), for a text that another record describes.
    ///
    /// # Errors
    /// [`TrainError::Mismatch`].
    pub(crate) fn check_same(&self, text: &Self) -> Result<(), TrainError> {
        self.compare(text.fingerprint.clone(), text.tokens, &text.name)
    }

    /// Checks that these are the phrases it was read with: others would give other words.
    ///
    /// # Errors
    /// [`TrainError::Mismatch`].
    pub fn check_phrases(&self, phrases: &Phrases) -> Result<(), TrainError> {
        let given = PhrasesRecord::of(phrases);
        let [expected, got] = [&self.phrases, &given].map(|record| record.as_ref().map(|record| &record.fingerprint));
        if expected == got {
            return Ok(());
        }
        let shown =
            |record: &Option<PhrasesRecord>| record.as_ref().map_or_else(|| "none".to_owned(), PhrasesRecord::shown);
        Err(TrainError::Mismatch {
            what: "phrases with fingerprint",
            expected: shown(&self.phrases),
            got: shown(&given),
        })
    }

    fn compare(&self, fingerprint: String, tokens: u64, name: &str) -> Result<(), TrainError> {
        if fingerprint == self.fingerprint {
            return Ok(());
        }
        Err(TrainError::Mismatch {
            what: "a text with fingerprint",
            expected: format!("{} ({} tokens)", self.fingerprint, self.tokens),
            got: format!("{fingerprint} ({tokens} tokens): {name} is another text, or has changed since"),
        })
    }
}

/// The phrases that a text was read with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhrasesRecord {
    /// Their files, as the user named them.
    pub files: Vec<String>,
    /// How many there are.
    pub phrases: usize,
    /// [`Phrases::fingerprint`], by which they are recognised.
    pub fingerprint: String,
}

impl PhrasesRecord {
    fn of(phrases: &Phrases) -> Option<Self> {
        let record =
            || Self { files: phrases.files().to_vec(), phrases: phrases.len(), fingerprint: phrases.fingerprint() };
        (!phrases.is_empty()).then(record)
    }

    fn shown(&self) -> String {
        format!("{} ({} phrases)", self.fingerprint, self.phrases)
    }
}

/// The runs that a model is the mean of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsRecord {
    /// How many.
    pub count: usize,
}

/// Where a series of runs was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeriesRecord {
    /// How many runs the model is to be the mean of.
    pub count: usize,
    /// Whether their vectors are kept.
    pub keep: bool,
    /// The runs that are finished.
    pub done: usize,
}

/// How far a model was trained. Without times, since those are never the same twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// Whole epochs done.
    pub epochs: usize,
    /// Blocks done, over all epochs.
    pub blocks: u64,
    /// Blocks in an epoch.
    pub blocks_per_epoch: u64,
    /// Words processed, over all epochs.
    pub words: u64,
    /// Average losses: epoch (from 1), blocks of it done, loss. Evenly thinned to 10,000 at most.
    pub losses: Vec<(usize, u64, f64)>,
    /// Losses on held-out text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_out: Vec<HeldOutLoss>,
}

impl Trained {
    /// Epochs begun.
    pub fn begun(&self) -> u64 {
        self.blocks.div_ceil(self.blocks_per_epoch.max(1))
    }

    /// The record of a run at this point.
    pub fn new(progress: &Progress, history: &[LossPoint], held_out: &[HeldOutLoss]) -> Self {
        let every = history.len().div_ceil(MAX_POINTS).max(1);
        Self {
            epochs: progress.epochs_done(),
            blocks: progress.block,
            blocks_per_epoch: progress.blocks_per_epoch,
            words: progress.words,
            losses: history.iter().step_by(every).map(|point| (point.epoch, point.block, point.loss)).collect(),
            held_out: held_out.to_vec(),
        }
    }
}

/// The loss on held-out text after an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HeldOutLoss {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The mean loss.
    pub loss: f64,
}

/// How the finished model is stored, and how it was trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Storage {
    /// Vectors in half precision.
    pub half: bool,
    /// With the trainer's state, so that training can continue.
    pub keep_state: bool,
    /// Trained on one thread, so the run can be repeated bit for bit: a resumed run uses one thread too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_thread: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_history_is_thinned_in_a_model() {
        let progress = Progress {
            block: 40,
            blocks_per_epoch: 4,
            words: 400,
            words_per_epoch: 40,
            epochs: 10,
            learning_rate: 0.1,
            seconds: 1.0,
            loss: None,
        };
        let point = |block| LossPoint {
            epoch: 1,
            block,
            words: 10 * block,
            seconds: 0.0,
            loss: block as f64,
            pairs: 1,
            learning_rate: 0.1,
        };
        let trained = Trained::new(&progress, &(0..25_000).map(point).collect::<Vec<_>>(), &[]);
        assert_eq!((trained.losses.len(), trained.losses[1].1), (8_334, 3));
        assert_eq!(trained.epochs, 10);
    }
}
