//! How text is counted and encoded.

use super::phrases::Phrases;
use super::prepare::Preparation;
use super::spill::Store;
use super::utf8::InvalidUtf8;
use crate::config::ConfigError;
use crate::error::Result;
use rapidvec_core::memory::available_memory;
use rapidvec_core::{Vocabulary, threads_of};
use std::path::PathBuf;
use std::sync::Arc;

/// What the end of a line becomes. A line without words never leaves a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// The mark [`EOS_ID`](rapidvec_core::EOS_ID), which ends a sentence and is not a word.
    #[default]
    Mark,
    /// The word [`EOS`](super::EOS), which is counted and has an id like any other; if a given vocabulary lacks it, nothing.
    /// Only one thread reads then: whether a line has words may depend on the block before.
    Word,
}

/// Which word has which id, where no vocabulary is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WordOrder {
    /// By descending count; words of equal count in the order of their first occurrence.
    #[default]
    ByCount,
    /// In the order of their first occurrence.
    ByAppearance,
}

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
    /// The maximum number of distinct words: the rarest beyond it are dropped ([`Pruned`](super::Pruned)). While counting it
    /// bounds the tables of all threads together, in which frequent words occur several times; they may exceed it by the
    /// words of one block (256 KiB) per thread. A word takes about 40 bytes while it is counted. Default 50 million.
    pub max_vocab: usize,
    /// Stop after this many tokens of the text, line ends included where they are words; only one thread reads then. `None`:
    /// read all of it.
    pub max_tokens: Option<u64>,
    /// What to do with bytes that are not valid UTF-8.
    pub invalid_utf8: InvalidUtf8,
    /// What is done to the text before its words are counted.
    pub preparation: Preparation,
    /// Phrases to be read as one word each, after the preparation. Tokens are counted as they are then. Empty: none.
    pub phrases: Phrases,
    /// The number of threads; 0 means one per core.
    pub threads: usize,
    /// The maximum number of bytes of ids in memory, half of it during counting, half of it afterwards; the rest goes to
    /// a temporary file. `None`: half of the available memory.
    pub memory_limit: Option<u64>,
    /// The folder of the temporary file. `None`: the system's temporary folder, which may be a disk in memory.
    pub temporary_folder: Option<PathBuf>,
    /// What the end of a line becomes.
    pub line_end: LineEnd,
    /// Which word has which id.
    pub order: WordOrder,
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
            phrases: Phrases::default(),
            threads: 0,
            memory_limit: None,
            temporary_folder: None,
            line_end: LineEnd::Mark,
            order: WordOrder::ByCount,
            vocabulary: None,
        }
    }
}

impl CorpusOptions {
    /// Reads text as the textbook does: every word, ids in order of appearance, each line end the word `<eos>`.
    ///
    /// ```
    /// use rapidvec::corpus::{Corpus, CorpusOptions};
    ///
    /// let corpus = Corpus::from_text("book", "you say goodbye\nand i say hello .", &CorpusOptions::textbook())?;
    /// assert_eq!(corpus.ids().to_vec(), [0, 1, 2, 3, 4, 5, 1, 6, 7, 3]); // 3 is <eos>
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    pub fn textbook() -> Self {
        Self { min_count: 1, line_end: LineEnd::Word, order: WordOrder::ByAppearance, ..Self::default() }
    }
}

rapidvec_core::setters!(CorpusOptions {
    min_count: u64,
    max_vocab: usize,
    max_tokens: impl Into<Option<u64>>,
    invalid_utf8: InvalidUtf8,
    preparation: Preparation,
    phrases: Phrases,
    threads: usize,
    memory_limit: impl Into<Option<u64>>,
    temporary_folder: impl Into<Option<PathBuf>>,
    line_end: LineEnd,
    order: WordOrder,
    vocabulary: impl Into<Option<Arc<Vocabulary>>>,
});

/// The maximum of `max_vocab`: numbers have 32 bits, and a block may add some words.
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
        if self.max_tokens.is_some() || self.line_end == LineEnd::Word { 1 } else { self.workers() }
    }

    /// Threads for everything else.
    pub(super) fn workers(&self) -> usize {
        threads_of(self.threads).min(1_024)
    }

    /// The maximum number of bytes of ids in memory.
    pub(super) fn memory(&self) -> u64 {
        self.memory_limit.unwrap_or_else(|| available_memory().map_or(u64::MAX, |bytes| bytes / 2))
    }

    /// Where ids go while they are counted.
    pub(super) fn store(&self) -> Store {
        Store::new(self.memory() / 2, self.folder())
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.temporary_folder.clone().unwrap_or_else(std::env::temp_dir)
    }
}
