//! How text is counted and encoded, and what is told about it afterwards.

use crate::config::ConfigError;
use crate::corpus::CorpusError;
use crate::corpus::prepare::Preparation;
use crate::corpus::read::{InvalidUtf8, LineReport};
use crate::error::Result;
use rapidvec_core::memory::available_memory;
use rapidvec_core::{Vocabulary, threads_of};
use std::path::PathBuf;

/// How to read text into [`Corpus`](super::Corpus).
#[derive(Debug, Clone, PartialEq)]
pub struct CorpusOptions<'v> {
    /// Words seen less often are left out. Not applied to a `vocabulary` that is given.
    pub min_count: u64,
    /// Different words that are kept at any one time while counting, in the tables of all threads together: frequent words are in
    /// each. When there are more, the rarest are forgotten ([`Pruned`] tells). A word costs some 40 bytes while it is counted.
    pub max_vocab: usize,
    /// Stop after so many words of the text. Then one thread reads. `None`: read all.
    pub max_tokens: Option<u64>,
    /// What to do with bytes that are not UTF-8.
    pub invalid_utf8: InvalidUtf8,
    /// What is done to the text before its words are counted.
    pub preparation: Preparation,
    /// Threads; 0: one for each core.
    pub threads: usize,
    /// Bytes of ids that may lie in memory, half of them while they are counted, half of them then; what is over goes to
    /// a temporary file. `None`: half of the memory that is available.
    pub memory_limit: Option<u64>,
    /// Where the temporary file goes. `None`: where the system puts such files, which may be a disk in memory.
    pub temporary_folder: Option<PathBuf>,
    /// Encode with the ids of this vocabulary, and leave out the words that it does not have.
    pub vocabulary: Option<&'v Vocabulary>,
}

impl Default for CorpusOptions<'_> {
    /// `min_count` 5, at most 50 million different words, all the rest as plain as it can be.
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

/// The most different words that may be counted: numbers are 32 bits, and a block may bring some more.
const MAX_VOCAB: usize = 4_000_000_000;

impl CorpusOptions<'_> {
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
