//! A text as sentences of ids: the type [`Corpus`].

use super::options::CorpusOptions;
use super::read::{Parts, read_reader, read_sources};
use super::report::{CorpusReport, ReadProgress};
use super::source::Source;
use crate::error::Result;
use rapidvec_core::{Ids, Vocabulary};
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

/// A text as sentences of ids, with the vocabulary that maps ids to words.
///
/// Cheap to clone: clones share the ids and the words.
///
/// ```
/// use rapidvec::EOS_ID;
/// use rapidvec::corpus::{Corpus, CorpusOptions};
///
/// let options = CorpusOptions::default().min_count(2);
/// let corpus = Corpus::from_text("book", "you say goodbye\nand i say hello you say", &options)?;
/// assert_eq!(corpus.vocabulary().words().collect::<Vec<_>>(), ["say", "you"]); // by descending count
/// assert_eq!(corpus.ids().to_vec(), [1, 0, EOS_ID, 0, 1, 0, EOS_ID]);
/// assert_eq!((corpus.report().tokens, corpus.report().rare_words), (9, 4));
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Corpus {
    parts: Arc<Parts>,
}

impl From<Parts> for Corpus {
    fn from(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }
}

impl Corpus {
    /// Reads sources one after the other.
    ///
    /// # Errors
    /// An option is out of range; a source is missing, a folder, not valid UTF-8, corrupt, or changed while it was read; all
    /// of them together hold no word, none of the given vocabulary, or none that is frequent enough; a temporary file is
    /// needed and cannot be written.
    pub fn read(sources: &[Source], options: &CorpusOptions) -> Result<Self> {
        Self::read_watched(sources, options, &mut |_| ControlFlow::Continue(()))
    }

    /// As [`read`](Self::read); `watch` is called with the progress after every block, from the calling thread. `Break` ends
    /// reading.
    ///
    /// # Errors
    /// As [`read`](Self::read); [`CorpusError::Interrupted`](super::CorpusError::Interrupted) if `watch` ends it.
    pub fn read_watched(
        sources: &[Source],
        options: &CorpusOptions,
        watch: &mut dyn FnMut(&ReadProgress) -> ControlFlow<()>,
    ) -> Result<Self> {
        read_sources(sources, options, watch).map(Self::from)
    }

    /// Reads a string in memory; `name` is its name in messages.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn from_text(name: &str, text: &str, options: &CorpusOptions) -> Result<Self> {
        Self::from_reader(name, text.as_bytes(), options)
    }

    /// Reads `reader` once, to its end; `name` is its name in messages.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn from_reader(name: &str, reader: impl Read + Send, options: &CorpusOptions) -> Result<Self> {
        read_reader(name, reader, options).map(Self::from)
    }

    /// The text: ids, with [`EOS_ID`](rapidvec_core::EOS_ID) after each sentence.
    pub fn ids(&self) -> Ids<'_> {
        self.parts.ids.get()
    }

    /// Words by id. A given vocabulary is returned as it was, with its own counts.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.parts.vocabulary
    }

    /// The number of occurrences of each word in this text, by id: the vocabulary's counts, unless it was given.
    pub fn counts(&self) -> &[u64] {
        self.parts.counts.as_deref().unwrap_or(self.parts.vocabulary.counts())
    }

    /// The words with [`counts`](Self::counts): a copy only if the vocabulary was given.
    pub fn counted_vocabulary(&self) -> Arc<Vocabulary> {
        match &self.parts.counts {
            Some(counts) => Arc::new(self.parts.vocabulary.with_counts(counts.clone())),
            None => Arc::clone(&self.parts.vocabulary),
        }
    }

    /// Where the text came from: paths joined by ` + ` (of more than four, the first and a number), or `stdin`.
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// What was dropped, cut or replaced while reading.
    pub fn report(&self) -> &CorpusReport {
        &self.parts.report
    }

    /// The packed ids and their width, if they are in memory and this is the only handle to them.
    pub(super) fn into_bytes(self) -> Result<(Vec<u8>, usize), Self> {
        let Parts { ids, vocabulary, counts, name, report } =
            Arc::try_unwrap(self.parts).map_err(|parts| Self { parts })?;
        ids.into_bytes().map_err(|ids| Parts { ids, vocabulary, counts, name, report }.into())
    }

    /// Whether the ids are in a temporary file instead of in memory.
    pub fn is_spilled(&self) -> bool {
        self.parts.ids.is_mapped()
    }

    /// 16 hexadecimal digits over ids and words (XXH3, 64 bits), by which a checkpoint recognises its text.
    ///
    /// The name is not part of it: a text that moved is the same text.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Xxh3::new();
        let (text, ends) = self.vocabulary().arena();
        // Lengths first, so that no two texts give the same bytes; all numbers little-endian on any machine.
        for length in [self.ids().len(), ends.len(), text.len()] {
            hasher.update(&(length as u64).to_le_bytes());
        }
        hash_numbers(&mut hasher, self.ids().iter(), |id| id.to_le_bytes());
        hash_numbers(&mut hasher, ends.iter().copied(), |end| end.to_le_bytes());
        hasher.update(text.as_bytes());
        format!("{:016x}", hasher.digest())
    }
}

/// Feeds numbers to the hasher in blocks: one call per number would take ten times as long.
fn hash_numbers<T, const N: usize>(
    hasher: &mut Xxh3,
    numbers: impl Iterator<Item = T>,
    to_bytes: impl Fn(T) -> [u8; N],
) {
    let mut block = Vec::with_capacity(1024 * N);
    for number in numbers {
        block.extend(to_bytes(number));
        if block.len() == 1024 * N {
            hasher.update(&block);
            block.clear();
        }
    }
    hasher.update(&block);
}
