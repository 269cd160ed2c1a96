//! What a model's metadata tell, as types.

use crate::corpus::{Corpus, CorpusOptions, InvalidUtf8, LineCorpus, LineOptions, Preparation};
use crate::error::TrainError;
use rapidvec_core::Vocabulary;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Points of the loss history that a model keeps at most; a checkpoint keeps all.
pub const MAX_POINTS: usize = 10_000;

/// What a model was trained on, and how to find it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusRecord {
    /// The corpus's name.
    pub name: String,
    /// Where it came from, as the user named it: data sets, paths, `-` for standard input.
    pub sources: Vec<String>,
    /// Its tokens.
    pub tokens: u64,
    /// [`LineCorpus::fingerprint`]: by this it is recognised.
    pub fingerprint: String,
    /// The limit it was read with.
    pub max_tokens: Option<usize>,
    /// What was done with bytes that are no UTF-8.
    #[serde(with = "Policy")]
    pub invalid_utf8: InvalidUtf8,
    /// What was done to the text first. Left out where it is nothing, as in files of before there was a choice.
    #[serde(default, skip_serializing_if = "Preparation::is_plain")]
    pub preparation: Preparation,
    /// The most different words that were counted at a time, for the fast trainer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_vocab: Option<usize>,
    /// Whether its words were given beforehand instead of counted: it is read again with those of the model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_vocabulary: bool,
}

impl CorpusRecord {
    /// Describes a corpus that was read from `sources` with `options`.
    pub fn new(corpus: &LineCorpus, sources: Vec<String>, options: &LineOptions) -> Self {
        Self {
            name: corpus.name.clone(),
            sources,
            tokens: corpus.ids.len() as u64,
            fingerprint: corpus.fingerprint(),
            max_tokens: options.max_tokens,
            invalid_utf8: options.invalid_utf8,
            preparation: options.preparation.clone(),
            max_vocab: None,
            given_vocabulary: false,
        }
    }

    /// Describes text that the fast trainer learns from.
    pub fn of_sentences(sentences: &Corpus, sources: Vec<String>, options: &CorpusOptions) -> Self {
        Self {
            name: sentences.name().to_owned(),
            sources,
            tokens: sentences.report().tokens,
            fingerprint: sentences.fingerprint(),
            max_tokens: options.max_tokens.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
            invalid_utf8: options.invalid_utf8,
            preparation: options.preparation.clone(),
            max_vocab: Some(options.max_vocab),
            given_vocabulary: options.vocabulary.is_some(),
        }
    }

    /// The options to read it again with.
    pub fn options(&self) -> LineOptions {
        let preparation = self.preparation.clone();
        LineOptions { max_tokens: self.max_tokens, invalid_utf8: self.invalid_utf8, preparation }
    }

    /// The options to read it again with for the fast trainer, that of a checkpoint with this `vocabulary` and this `min_count`.
    pub fn count_options(&self, vocabulary: &Arc<Vocabulary>, min_count: u64, threads: usize) -> CorpusOptions {
        let plain = CorpusOptions::default();
        CorpusOptions {
            min_count,
            max_vocab: self.max_vocab.unwrap_or(plain.max_vocab),
            max_tokens: self.max_tokens.map(|most| most as u64),
            invalid_utf8: self.invalid_utf8,
            preparation: self.preparation.clone(),
            threads,
            vocabulary: self.given_vocabulary.then(|| Arc::clone(vocabulary)),
            ..plain
        }
    }

    /// Whether a text is the one that is described: training on with another would spoil the model in silence.
    ///
    /// # Errors
    /// [`TrainError::Mismatch`].
    pub fn check_sentences(&self, sentences: &Corpus) -> Result<(), TrainError> {
        self.check(sentences.fingerprint(), sentences.report().tokens, sentences.name())
    }

    /// The same for a corpus of the textbook's trainer.
    ///
    /// # Errors
    /// [`TrainError::Mismatch`].
    pub fn check_corpus(&self, corpus: &LineCorpus) -> Result<(), TrainError> {
        self.check(corpus.fingerprint(), corpus.ids.len() as u64, &corpus.name)
    }

    fn check(&self, fingerprint: String, tokens: u64, name: &str) -> Result<(), TrainError> {
        if fingerprint == self.fingerprint {
            return Ok(());
        }
        Err(TrainError::Mismatch {
            what: "a corpus with fingerprint",
            expected: format!("{} ({} tokens)", self.fingerprint, self.tokens),
            got: format!("{fingerprint} ({tokens} tokens); was {name} changed since?"),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "InvalidUtf8", rename_all = "kebab-case")]
enum Policy {
    Error,
    Replace,
    SkipLine,
}

/// The loss on other text after an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HeldOutLoss {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The mean loss.
    pub loss: f64,
}

/// How the finished model is stored, and what else the user asked of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Storage {
    /// Vectors in half precision.
    pub half: bool,
    /// With the trainer's state, so that training can go further.
    pub keep_state: bool,
    /// On one thread, where the fast trainer repeats to the bit: a run that goes on keeps to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_thread: bool,
}
