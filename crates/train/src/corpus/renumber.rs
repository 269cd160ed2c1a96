//! Rewrites a corpus in other ids.

use super::concat::{Part, pack_parts};
use super::error::CorpusError;
use super::options::{CorpusOptions, WordOrder};
use super::packed_ids::PackedIds;
use super::prepare::{Normalization, Preparation};
use super::read::Parts;
use super::report::CorpusReport;
use super::text::Corpus;
use crate::error::Result;
use rapidvec_core::{EOS_ID, Ids, Vocabulary, WordId, pack, width};
use std::borrow::Cow;
use std::sync::Arc;

/// Ids rewritten at a time.
const CHUNK: usize = 1 << 16;

impl Corpus {
    /// The same text in the ids of another vocabulary: id `i` becomes `ids[i]`; if that is [`EOS_ID`], the word is dropped,
    /// and a sentence with its last word. [`counts`](Self::counts) are those of the remaining text.
    ///
    /// Works in place, without a second copy of the text, if this is its only handle and the new vocabulary is not larger.
    ///
    /// ```
    /// use rapidvec::corpus::{Corpus, CorpusOptions};
    /// use rapidvec::{EOS_ID, Vocabulary};
    ///
    /// let corpus = Corpus::from_text("book", "you say goodbye\nand\n", &CorpusOptions::textbook())?;
    /// let mut words = Vocabulary::new();
    /// ["goodbye", "you"].map(|word| words.add(word));
    /// let ids: Vec<_> = corpus.vocabulary().words().map(|word| words.id(word).unwrap_or(EOS_ID)).collect();
    /// let corpus = corpus.renumbered(&ids, words.into())?;
    /// assert_eq!(corpus.ids().to_vec(), [1, 0]);
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// A temporary file is needed and cannot be written.
    ///
    /// # Panics
    /// If `ids` is shorter than the vocabulary.
    pub fn renumbered(self, ids: &[WordId], vocabulary: Arc<Vocabulary>) -> Result<Self> {
        renumbered(self, ids, vocabulary).map(Self::from)
    }
}

fn renumbered(corpus: Corpus, ids: &[WordId], vocabulary: Arc<Vocabulary>) -> Result<Parts> {
    let mut counts = vec![0; vocabulary.len()];
    for (&id, count) in ids.iter().zip(corpus.counts()) {
        counts.get_mut(id as usize).into_iter().for_each(|sum| *sum += count);
    }
    let (report, name) = (*corpus.report(), corpus.name().to_owned());
    let new_width = width(vocabulary.len());
    let (ids, sentences) = match corpus.into_bytes() {
        Ok((mut bytes, old_width)) if new_width <= old_width => {
            let (length, sentences) = rewrite_in_place(&mut bytes, old_width, ids, new_width);
            bytes.truncate(length);
            (PackedIds::in_memory(bytes, new_width), sentences)
        }
        Ok((bytes, old_width)) => rewrite(Ids::packed(&bytes, old_width), ids, vocabulary.len())?,
        Err(corpus) => rewrite(corpus.ids(), ids, vocabulary.len())?,
    };
    let kept = counts.iter().sum();
    let report = CorpusReport { kept, sentences, unknown_words: report.tokens - kept, ..report };
    Ok(Parts { ids, vocabulary, counts: Some(counts), name, report })
}

impl Corpus {
    /// The text with the words that `options` keep, in their order, as if it had been read with these options. For texts that
    /// were read with every word, such as a [`Feed`](super::Feed)'s. Of the options only `min_count`, `max_vocab`, `order` and
    /// `vocabulary` apply, and, to each word, `lower` and `normalize` of the preparation.
    ///
    /// ```
    /// use rapidvec::corpus::{CorpusOptions, Feed};
    ///
    /// let options = CorpusOptions::default().min_count(2);
    /// let mut feed = Feed::new(&options);
    /// feed.push(&["the", "cat", "and", "the", "dog", "and", "the", "bird"])?;
    /// let corpus = feed.finish()?.selected(&options)?;
    /// assert_eq!(corpus.vocabulary().words().collect::<Vec<_>>(), ["the", "and"]);
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// An option is out of range; no word is left; a temporary file is needed and cannot be written.
    pub fn selected(self, options: &CorpusOptions) -> Result<Self> {
        let selection = Selection::of(self.vocabulary(), self.counts(), self.name(), options, false)?;
        let parts = renumbered(self, &selection.ids, Arc::clone(&selection.vocabulary))?;
        selection.concluded(parts).map(Self::from)
    }
}

/// The words of a text that options leave.
pub(super) struct Selection<'a> {
    pub vocabulary: Arc<Vocabulary>,
    /// The id of each word of the text; [`EOS_ID`] for those that are dropped.
    pub ids: Vec<WordId>,
    options: &'a CorpusOptions,
    /// Words of the text after preparation, and the most that one of them occurs.
    distinct: usize,
    most: u64,
}

impl<'a> Selection<'a> {
    /// Of the words of a text with their counts. If it is known that no word is there twice, and that these are the counts of
    /// the vocabulary itself, words need no look at their letters.
    pub fn of(
        all: &Vocabulary,
        counts: &[u64],
        name: &str,
        options: &'a CorpusOptions,
        are_distinct: bool,
    ) -> Result<Self> {
        options.validate()?;
        let Preparation { lower, normalize, .. } = options.preparation;
        let (words, numbers) = if are_distinct && !lower && normalize == Normalization::None {
            (Cow::Borrowed(all), (0..all.len() as WordId).collect())
        } else {
            let (words, numbers) = prepared(all, counts, name, options)?;
            (Cow::Owned(words), numbers)
        };
        let (vocabulary, ids) = match &options.vocabulary {
            Some(given) => (Arc::clone(given), words.words().map(|word| given.id(word).unwrap_or(EOS_ID)).collect()),
            None => frequent(&words, options),
        };
        let ids = numbers.iter().map(|&number| ids[number as usize]).collect();
        let most = words.counts().iter().copied().max().unwrap_or(0);
        Ok(Self { vocabulary, ids, options, distinct: words.len(), most })
    }

    /// How often each word that is left occurs in a text whose words have these counts.
    pub fn counts(&self, all: &[u64]) -> Vec<u64> {
        let mut counts = vec![0; self.vocabulary.len()];
        for (&id, count) in self.ids.iter().zip(all) {
            counts.get_mut(id as usize).into_iter().for_each(|sum| *sum += count);
        }
        counts
    }

    /// A text that was rewritten by this, with the report of one that was read so.
    ///
    /// # Errors
    /// No word is left.
    pub fn concluded(self, mut parts: Parts) -> Result<Parts> {
        if parts.report.kept == 0 {
            return Err(self.none_left(parts).into());
        }
        if self.options.vocabulary.is_none() {
            // The vocabulary has these counts already.
            parts.counts = None;
            let report = &mut parts.report;
            report.distinct_words = self.distinct as u64;
            report.rare_words = report.distinct_words - parts.vocabulary.len() as u64;
            report.rare_tokens = std::mem::take(&mut report.unknown_words);
        }
        Ok(parts)
    }

    /// The error if no word of a text is left.
    fn none_left(&self, parts: Parts) -> CorpusError {
        let (name, tokens, empty_lines) = (parts.name, parts.report.tokens, parts.report.lines);
        if tokens == 0 {
            return CorpusError::Empty { name, empty_lines, skipped_lines: 0, missing_fields: 0 };
        }
        if self.options.vocabulary.is_some() {
            return CorpusError::AllUnknown { name, unknown_words: tokens };
        }
        let (words, min_count, most) = (self.distinct as u64, self.options.min_count, self.most);
        CorpusError::AllRare { name, words, tokens, min_count, most }
    }
}

/// The distinct words after preparation, with their counts, and which of them each word becomes.
pub(super) fn prepared(
    all: &Vocabulary,
    all_counts: &[u64],
    name: &str,
    options: &CorpusOptions,
) -> Result<(Vocabulary, Vec<WordId>)> {
    let Preparation { lower, normalize, .. } = options.preparation;
    let preparation = Preparation { lower, normalize, ..Preparation::default() };
    let (mut words, mut counts, mut numbers) = (Vocabulary::with_capacity(all.len(), 0), Vec::new(), Vec::new());
    let (mut worker, mut report) = (preparation.worker()?, CorpusReport::default());
    for (word, &count) in all.words().zip(all_counts) {
        let number = words.add(worker.prepare(word, name, 1, &mut report).text);
        counts.resize(words.len(), 0);
        counts[number as usize] += count;
        numbers.push(number);
    }
    Ok((words.with_counts(counts), numbers))
}

/// The words that are frequent enough, in their order, and the id of each word; [`EOS_ID`] for the others.
fn frequent(words: &Vocabulary, options: &CorpusOptions) -> (Arc<Vocabulary>, Vec<WordId>) {
    let mut kept = words.by_descending_count(); // words of equal count in the order in which they came
    let enough = kept.partition_point(|&id| words.count(id) >= options.min_count.max(1));
    kept.truncate(enough.min(options.max_vocab));
    if options.order == WordOrder::ByAppearance {
        kept.sort_unstable();
    }
    let mut ids = vec![EOS_ID; words.len()];
    kept.iter().zip(0..).for_each(|(&number, id)| ids[number as usize] = id);
    (Arc::new(words.of_ids(&kept)), ids)
}

/// Turns old ids into new ones, without dropped words and without marks that have no word before them.
struct Rewriter<'a> {
    ids: &'a [WordId],
    is_open: bool,
    sentences: u64,
}

impl<'a> Rewriter<'a> {
    fn new(ids: &'a [WordId]) -> Self {
        Self { ids, is_open: false, sentences: 0 }
    }

    /// Appends the new ids of the old ids `from` to `to`.
    fn rewrite(&mut self, from: Ids, to: &mut Vec<WordId>) {
        for old in from.iter() {
            let new = if old == EOS_ID { EOS_ID } else { self.ids[old as usize] };
            if new != EOS_ID {
                self.is_open = true;
            } else if old == EOS_ID && self.is_open {
                self.is_open = false;
                self.sentences += 1;
            } else {
                continue;
            }
            to.push(new);
        }
    }
}

/// Rewrites packed ids in place, with no more bytes each. Returns how many bytes and sentences are left.
fn rewrite_in_place(bytes: &mut [u8], old_width: usize, ids: &[WordId], new_width: usize) -> (usize, u64) {
    let mut rewriter = Rewriter::new(ids);
    let (mut read, mut written, mut new) = (0, 0, Vec::with_capacity(CHUNK));
    while read < bytes.len() {
        let end = bytes.len().min(read + CHUNK * old_width);
        rewriter.rewrite(Ids::packed(&bytes[read..end], old_width), &mut new);
        read = end;
        let place = written..written + new.len() * new_width;
        written = place.end;
        pack(&new, new_width, &mut bytes[place]);
        new.clear();
    }
    (written, rewriter.sentences + u64::from(rewriter.is_open))
}

/// Rewrites ids to new memory.
fn rewrite(old: Ids, ids: &[WordId], words: usize) -> Result<(PackedIds, u64)> {
    let options = CorpusOptions::default();
    let (store, mut rewriter) = (options.store(), Rewriter::new(ids));
    let mut parts = Vec::new();
    for start in (0..old.len()).step_by(CHUNK) {
        let mut new = Vec::with_capacity(CHUNK);
        rewriter.rewrite(old.slice(start..old.len().min(start + CHUNK)), &mut new);
        parts.push(Part::whole(store.put(&new)?));
    }
    let (packed, _) = pack_parts(options.workers(), parts, words, &store, store.limit(), options.folder())?;
    Ok((packed, rewriter.sentences + u64::from(rewriter.is_open)))
}
