//! How text is counted and encoded, and what is told about it afterwards.

use crate::config::ConfigError;
use crate::corpus::CorpusError;
use crate::corpus::prepare::Preparation;
use crate::corpus::read::{InvalidUtf8, LineReport};
use crate::error::Result;
use rapidvec_core::memory::available_memory;
use rapidvec_core::{Vocabulary, threads_of};
use std::path::PathBuf;
use std::sync::Arc;

/// How to read text into a [`Corpus`](super::Corpus).
///
/// ```
/// use rapidvec::corpus::CorpusOptions;
///
/// let options = CorpusOptions::default().min_count(1).threads(2);
/// assert_eq!((options.min_count, options.threads), (1, 2));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CorpusOptions {
    /// Drop words seen fewer times than this. Not applied to a given `vocabulary`. Default 5.
    pub min_count: u64,
    /// The maximum number of distinct words held while counting, in the tables of all threads together; frequent words are in
    /// every table. Beyond it the rarest words are dropped ([`Pruned`]). A word takes about 40 bytes while it is counted.
    /// Default 50 million.
    pub max_vocab: usize,
    /// Stop after this many words of the text; one thread reads then. `None`: read all of it.
    pub max_tokens: Option<u64>,
    /// What to do with bytes that are not valid UTF-8.
    pub invalid_utf8: InvalidUtf8,
    /// What is done to the text before its words are counted.
    pub preparation: Preparation,
    /// The number of threads; 0 means one per core.
    pub threads: usize,
    /// The maximum number of bytes of ids held in memory, half of it while counting, half of it afterwards; the rest goes to
    /// a temporary file. `None`: half of the available memory.
    pub memory_limit: Option<u64>,
    /// The folder of the temporary file. `None`: the system's temporary folder, which may be a disk in memory.
    pub temporary_folder: Option<PathBuf>,
    /// Encode with the ids of this vocabulary and drop the words it lacks. `None`: count the words of the text.
    pub vocabulary: Option<Arc<Vocabulary>>,
}

impl Default for CorpusOptions {
    fn default() -> Self {
        Self {
            min_count: 5,
            max_vocab: 50_000_000,
            max_tokens: None,
            invalid_utf8: InvalidUtf8::Error,
            preparation: Preparation::default(),
            threads: 0,
            memory_limit: None,
            temporary_folder: None,
            vocabulary: None,
        }
    }
}

/// Builder methods, one for each field.
impl CorpusOptions {
    /// Sets [`min_count`](Self#structfield.min_count).
    pub fn min_count(self, min_count: u64) -> Self {
        Self { min_count, ..self }
    }

    /// Sets [`max_vocab`](Self#structfield.max_vocab).
    pub fn max_vocab(self, max_vocab: usize) -> Self {
        Self { max_vocab, ..self }
    }

    /// Sets [`max_tokens`](Self#structfield.max_tokens).
    pub fn max_tokens(self, max_tokens: impl Into<Option<u64>>) -> Self {
        Self { max_tokens: max_tokens.into(), ..self }
    }

    /// Sets [`invalid_utf8`](Self#structfield.invalid_utf8).
    pub fn invalid_utf8(self, invalid_utf8: InvalidUtf8) -> Self {
        Self { invalid_utf8, ..self }
    }

    /// Sets [`preparation`](Self#structfield.preparation).
    pub fn preparation(self, preparation: Preparation) -> Self {
        Self { preparation, ..self }
    }

    /// Sets [`threads`](Self#structfield.threads).
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Sets [`memory_limit`](Self#structfield.memory_limit).
    pub fn memory_limit(self, bytes: impl Into<Option<u64>>) -> Self {
        Self { memory_limit: bytes.into(), ..self }
    }

    /// Sets [`temporary_folder`](Self#structfield.temporary_folder).
    pub fn temporary_folder(self, folder: impl Into<Option<PathBuf>>) -> Self {
        Self { temporary_folder: folder.into(), ..self }
    }

    /// Sets [`vocabulary`](Self#structfield.vocabulary).
    pub fn vocabulary(self, vocabulary: impl Into<Option<Arc<Vocabulary>>>) -> Self {
        Self { vocabulary: vocabulary.into(), ..self }
    }
}

/// The most different words that may be counted: numbers are 32 bits, and a block may bring some more.
const MAX_VOCAB: usize = 4_000_000_000;

impl CorpusOptions {
    pub(super) fn validate(&self) -> Result<()> {
        if self.max_tokens == Some(0) {
            let (expected, got) = ("at least 1", "0".into());
            return Err(ConfigError::OutOfRange { name: "max-tokens", expected, got }.into());
        }
        if !(1..=MAX_VOCAB).contains(&self.max_vocab) {
            let (expected, got) = ("from 1 to 4000000000", self.max_vocab.to_string());
            return Err(ConfigError::OutOfRange { name: "max-vocab", expected, got }.into());
        }
        self.preparation.validate()
    }

    /// Threads that count.
    pub(super) fn counters(&self) -> usize {
        if self.max_tokens.is_some() { 1 } else { self.workers() }
    }

    /// Threads for all the rest.
    pub(super) fn workers(&self) -> usize {
        threads_of(self.threads).min(1_024)
    }

    /// Bytes of ids that may lie in memory.
    pub(super) fn memory(&self) -> u64 {
        self.memory_limit.unwrap_or_else(|| available_memory().map_or(u64::MAX, |bytes| bytes / 2))
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.temporary_folder.clone().unwrap_or_else(std::env::temp_dir)
    }
}

/// How far reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadProgress {
    /// Bytes of text read, unpacked where the text is compressed.
    pub bytes: u64,
    /// Bytes there are, if all texts are plain files.
    pub total: Option<u64>,
    /// Words read.
    pub tokens: u64,
}

/// What happened while text was counted and encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CorpusReport {
    /// What became of the bytes. Here `lines` are those with a word, also where none of its words was kept, and `<eos>` is
    /// a word like any other (`literal_eos` stays 0).
    pub read: LineReport,
    /// Words read.
    pub tokens: u64,
    /// Words kept: ids without the marks between sentences.
    pub kept: u64,
    /// Corpus kept: lines with a word that was kept. 0 where words were only counted.
    pub sentences: u64,
    /// Different words seen, as far as they were not pruned.
    pub different_words: u64,
    /// Different words left out for being seen less than `min_count` times.
    pub rare_words: u64,
    /// How often those were seen together.
    pub rare_tokens: u64,
    /// What was forgotten for want of room.
    pub pruned: Pruned,
    /// Words of the text that read `</s>`, which some files of vectors use for the end of a sentence. Kept as words.
    pub literal_sentence_end: u64,
    /// Bytes of ids that went through a temporary file.
    pub spilled_bytes: u64,
}

impl CorpusReport {
    /// Refuses what the text called `name` was read to a second time, if it has another number of words by then.
    ///
    /// # Errors
    /// [`CorpusError::Changed`].
    pub fn check_unchanged(&self, again: &Self, name: &str) -> Result<(), CorpusError> {
        if self.tokens == again.tokens {
            return Ok(());
        }
        let [expected, got] = [self, again].map(|report| format!("{} words", report.tokens));
        Err(CorpusError::Changed { path: name.into(), expected, got })
    }
}

/// What was forgotten because there were more different words than [`CorpusOptions::max_vocab`].
///
/// Which words these are depends on how the threads happened to share the text; with one thread it does not. Where the text is in files, it is
/// then read once more in the words that are left: their counts and the ids are those of the text, and whoever has the
/// vocabulary can have them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Pruned {
    /// How often words were pruned.
    pub rounds: u64,
    /// Words forgotten; one that came back and was forgotten again counts again.
    pub words: u64,
    /// How often those had been seen together.
    pub tokens: u64,
    /// No word's count is too low by more than this, if it was not counted again. A word seen more often than this cannot have been lost.
    pub undercount: u64,
    /// Whether the words that were left were counted again, from the start: then their counts are right.
    pub counted_again: bool,
}
