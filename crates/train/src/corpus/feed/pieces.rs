//! A text that several threads feed, in pieces, becomes the corpus that one feed would make of it.
//!
//! Each thread has its own feed and takes the next piece whenever it is free. Each feed numbers its tokens in the order in which
//! they came to it. At the end all tokens come into one table, and the pieces are gone through in the order of the text: a piece names
//! the tokens that its feed had not seen before, and those of them that no earlier piece had get the next ids.

use super::super::CorpusOptions;
use super::super::concat::{Part, Whole, concatenate, pack_parts, renumber_block};
use super::super::read::Parts;
use super::super::renumber::Selection;
use super::super::report::CorpusReport;
use super::super::spill::{Store, Stored};
use super::super::text::Corpus;
use super::table::{Key, Number, Table};
use super::tokens::{AHEAD, Feed};
use crate::error::{Error, Result};
use rapidvec_core::Vocabulary;
use rapidvec_core::parallel::{map, try_map, with_others};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// A number that no token has yet.
const NONE: Number = Number::MAX;

/// How far the threads of [`Feed::in_pieces`] have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedProgress {
    /// Sentences of the pieces that are read.
    pub sentences: u64,
    /// Tokens of these pieces.
    pub tokens: u64,
    /// Distinct tokens that one of the threads has met.
    pub distinct: usize,
}

/// What the threads share.
struct Shared<R> {
    read: R,
    pieces: usize,
    next: AtomicUsize,
    is_over: AtomicBool,
    sentences: AtomicU64,
    tokens: AtomicU64,
}

impl<R: Fn(&mut Feed, usize) -> Result<()>> Shared<R> {
    /// Reads pieces as long as there are any.
    fn work(&self, mut feed: Feed, look: &mut dyn FnMut(FeedProgress) -> ControlFlow<()>) -> Result<Feed> {
        while !self.is_over.load(Ordering::Relaxed) && !feed.is_full() {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            if place >= self.pieces {
                break;
            }
            let (sentences, tokens) = (feed.sentences, feed.tokens);
            if let Err(error) = feed.begin(place).and_then(|()| (self.read)(&mut feed, place)) {
                self.is_over.store(true, Ordering::Relaxed);
                return Err(error);
            }
            self.sentences.fetch_add(feed.sentences - sentences, Ordering::Relaxed);
            self.tokens.fetch_add(feed.tokens - tokens, Ordering::Relaxed);
            if look(self.progress(&feed)).is_break() {
                self.is_over.store(true, Ordering::Relaxed);
            }
        }
        feed.store_block()?;
        Ok(feed)
    }

    fn progress(&self, feed: &Feed) -> FeedProgress {
        let [sentences, tokens] = [&self.sentences, &self.tokens].map(|sum| sum.load(Ordering::Relaxed));
        FeedProgress { sentences, tokens, distinct: feed.len() }
    }
}

impl Feed {
    /// The corpus: every token is a word, ids in the order in which the tokens came.
    ///
    /// # Errors
    /// A temporary file is needed and cannot be written.
    pub fn finish(self) -> Result<Corpus> {
        self.ended()?.finish()
    }

    /// The corpus in the words that `options` leave: what [`Corpus::selected`] would make of that of [`finish`](Self::finish), sooner; phrases are
    /// [joined](Corpus::joined) before.
    ///
    /// # Errors
    /// An option is out of range; no word is left; a temporary file is needed and cannot be written.
    pub fn finish_selected(self, options: &CorpusOptions) -> Result<Corpus> {
        self.ended()?.finish_selected(options)
    }

    fn ended(mut self) -> Result<Feeds> {
        self.store_block()?;
        Ok(Feeds(vec![self]))
    }

    /// Reads a text in `pieces` pieces, several at once on the threads that the options allow: `read` feeds one piece of whole sentences.
    /// The result is that of reading them one after the other. Between two of its pieces the calling thread calls `look`, which says
    /// whether to continue.
    ///
    /// ```
    /// use rapidvec::corpus::{CorpusOptions, Feed};
    /// use std::ops::ControlFlow;
    ///
    /// let text = [["you", "say"], ["goodbye", "and"], ["i", "say"]];
    /// let read = |feed: &mut Feed, piece: usize| feed.push(&text[piece]).and_then(|()| feed.end_sentence());
    /// let feeds = Feed::in_pieces(&CorpusOptions::default(), text.len(), read, &mut |_| ControlFlow::Continue(()))?;
    /// let corpus = feeds.finish()?;
    /// assert_eq!(corpus.vocabulary().words().collect::<Vec<_>>(), ["you", "say", "goodbye", "and", "i"]);
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// What `read` returns; a temporary file is needed and cannot be written.
    pub fn in_pieces(
        options: &CorpusOptions,
        pieces: usize,
        read: impl Fn(&mut Self, usize) -> Result<()> + Sync,
        look: &mut dyn FnMut(FeedProgress) -> ControlFlow<()>,
    ) -> Result<Feeds> {
        // Only reading in order shows which tokens come first.
        let threads = if options.max_tokens.is_some() { 1 } else { options.workers().min(pieces).max(1) };
        let store = Arc::new(options.store());
        let feed = || Self::with_store(options, Arc::clone(&store));
        let [sentences, tokens] = [0, 0].map(AtomicU64::new);
        let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
        let shared = Shared { read, pieces, next, is_over, sentences, tokens };
        let feeds = with_others(
            threads,
            || shared.work(feed(), look),
            |_| shared.work(feed(), &mut |_| ControlFlow::Continue(())),
        );
        feeds.into_iter().collect::<Result<_>>().map(Feeds)
    }
}

/// What several threads have fed: all pieces of a text.
#[derive(Debug)]
pub struct Feeds(Vec<Feed>);

/// Everything that was fed, in one vocabulary.
struct Merged {
    /// Blocks in the order of the text, each with the index of its feed.
    blocks: Vec<(Stored, usize)>,
    /// The ids of each feed's numbers; empty where they are the numbers themselves.
    ids: Vec<Arc<[Number]>>,
    vocabulary: Vocabulary,
    store: Arc<Store>,
    options: CorpusOptions,
    name: String,
    report: CorpusReport,
}

impl Feeds {
    /// The corpus, as [`Feed::finish`].
    ///
    /// # Errors
    /// A temporary file is needed and cannot be written.
    pub fn finish(self) -> Result<Corpus> {
        let Merged { blocks, ids, vocabulary, store, options, name, report } = self.merged()?;
        let parts = blocks.into_iter().map(|(block, feed)| match ids.get(feed) {
            Some(ids) => Part::renumbered(block, Arc::clone(ids)),
            None => Part::whole(block),
        });
        let (threads, words) = (options.workers(), vocabulary.len());
        let (ids, spilled) = pack_parts(threads, parts.collect(), words, &store, store.limit(), options.folder())?;
        let report = CorpusReport { spilled_bytes: store.spilled() + spilled, ..report };
        Ok(Parts { ids, vocabulary: Arc::new(vocabulary), counts: None, name, report }.into())
    }

    /// The corpus in the words that `options` leave: what [`Corpus::selected`] would make of that of [`finish`](Self::finish), sooner; phrases are
    /// [joined](Corpus::joined) before.
    ///
    /// # Errors
    /// An option is out of range; no word is left; a temporary file is needed and cannot be written.
    pub fn finish_selected(self, options: &CorpusOptions) -> Result<Corpus> {
        if !options.phrases.is_empty() {
            return self.finish()?.joined(options)?.selected(options);
        }
        let are_distinct = self.0.iter().all(|feed| feed.others.is_empty());
        let Merged { blocks, ids: of_feeds, vocabulary: all, store, options: fed, name, report } = self.merged()?;
        let selection = Selection::of(&all, all.counts(), &name, options, are_distinct)?;
        let threads = fed.workers();
        let selected = |numbers: &Arc<[Number]>| numbers.iter().map(|&id| selection.ids[id as usize]).collect();
        let of_feeds: Vec<Vec<_>> = map(threads, &of_feeds, selected);
        let blocks = try_map(threads, blocks, |(mut block, feed)| {
            let outline = renumber_block(&mut block, of_feeds.get(feed).unwrap_or(&selection.ids), &store)?;
            Ok::<_, Error>((block, outline))
        })?;
        let words = selection.vocabulary.len();
        let Whole { ids, sentences, is_open, spilled } =
            concatenate(threads, blocks.into_iter(), words, &store, store.limit(), fed.folder())?;
        let counts = selection.counts(all.counts());
        let kept = counts.iter().sum();
        let report = CorpusReport {
            kept,
            sentences: sentences + u64::from(is_open),
            unknown_words: report.tokens - kept,
            spilled_bytes: store.spilled() + spilled,
            ..report
        };
        let vocabulary = Arc::clone(&selection.vocabulary);
        selection.concluded(Parts { ids, vocabulary, counts: Some(counts), name, report }).map(Corpus::from)
    }

    fn merged(self) -> Result<Merged> {
        let Self(mut feeds) = self;
        let threads = feeds[0].options.workers();
        let ids = if feeds.len() > 1 { merge(threads, &mut feeds)? } else { Vec::new() };
        let vocabulary = vocabulary(&feeds[0]);
        let report = report(&feeds, &vocabulary);
        let (store, options, name) = (Arc::clone(&feeds[0].store), feeds[0].options.clone(), feeds[0].name.clone());
        let mut blocks = Vec::new();
        for (index, feed) in feeds.into_iter().enumerate() {
            for piece in feed.pieces {
                blocks.extend(piece.blocks.into_iter().map(|block| (piece.place, block, index)));
            }
        }
        blocks.sort_by_key(|&(place, ..)| place);
        let blocks = blocks.into_iter().map(|(_, block, feed)| (block, feed)).collect();
        Ok(Merged { blocks, ids, vocabulary, store, options, name, report })
    }
}

fn report(feeds: &[Feed], vocabulary: &Vocabulary) -> CorpusReport {
    let tokens = feeds.iter().map(|feed| feed.tokens).sum();
    let sentences = feeds.iter().map(|feed| feed.sentences).sum();
    CorpusReport {
        tokens,
        kept: tokens,
        sentences,
        lines: sentences,
        distinct_words: vocabulary.len() as u64,
        stopped_at_limit: feeds.iter().any(|feed| feed.stopped_at_limit),
        ..CorpusReport::default()
    }
}

/// A distinct token of a feed.
#[derive(Clone, Copy)]
struct Entry<'a> {
    token: &'a [u8],
    count: u64,
    is_text: bool,
}

/// The tokens of a table and those stored elsewhere, by number.
fn entries<'a>(table: &'a Table, others: &'a [(Number, String, u64)]) -> Vec<Entry<'a>> {
    let none = Entry { token: &[], count: 0, is_text: true };
    let mut entries = vec![none; table.len() + others.len()];
    for (number, token, count) in table.entries() {
        entries[number as usize] = Entry { token, count, is_text: true };
    }
    for (number, name, count) in others {
        entries[*number as usize] = Entry { token: name.as_bytes(), count: *count, is_text: false };
    }
    entries
}

/// Brings the tokens of all feeds to the first, by their ids. Returns the id of each number of each feed.
fn merge(threads: usize, feeds: &mut [Feed]) -> Result<Vec<Arc<[Number]>>> {
    let (first, rest) = feeds.split_first_mut().expect("there is at least one feed");
    let mut numbers: Vec<Vec<Number>> = vec![(0..first.len() as Number).collect()];
    for entries in map(threads, rest.iter(), |feed| entries(&feed.table, &feed.others)) {
        numbers.push(absorb(first, &entries)?);
    }
    let ids = ids(feeds, &numbers);
    let first = &mut feeds[0];
    first.table.renumber(&ids);
    first.others.iter_mut().for_each(|(number, ..)| *number = ids[*number as usize]);
    let of_feed = |numbers: Vec<Number>| numbers.into_iter().map(|number| ids[number as usize]).collect();
    Ok(map(threads, numbers, of_feed))
}

/// Counts another feed's tokens; the number that each of them has here.
fn absorb(feed: &mut Feed, entries: &[Entry]) -> Result<Vec<Number>> {
    let mut numbers = Vec::with_capacity(entries.len());
    for entries in entries.chunks(AHEAD) {
        let mut keys = [Key::default(); AHEAD];
        for (key, entry) in keys.iter_mut().zip(entries) {
            *key = feed.table.key(entry.token);
        }
        for (entry, key) in entries.iter().zip(&keys) {
            let next = feed.next_number()?;
            if entry.is_text {
                numbers.push(feed.table.count(entry.token, key, entry.count, next));
            } else {
                let name = String::from_utf8_lossy(entry.token).into_owned();
                feed.others.push((next, name, entry.count));
                numbers.push(next);
            }
        }
    }
    Ok(numbers)
}

/// The id of each number of the first feed: its place among the tokens in the order in which the text first has them.
fn ids(feeds: &[Feed], numbers: &[Vec<Number>]) -> Vec<Number> {
    let mut pieces = Vec::new();
    for (feed, numbers) in feeds.iter().zip(numbers) {
        let ends = feed.pieces[1..].iter().map(|piece| piece.first as usize).chain([numbers.len()]);
        pieces.extend(
            feed.pieces.iter().zip(ends).map(|(piece, end)| (piece.place, &numbers[piece.first as usize..end])),
        );
    }
    pieces.sort_by_key(|&(place, _)| place);
    let (mut ids, mut next) = (vec![NONE; feeds[0].len()], 0);
    for &number in pieces.iter().flat_map(|(_, new)| *new) {
        let id = &mut ids[number as usize];
        if *id == NONE {
            *id = next;
            next += 1;
        }
    }
    ids
}

fn vocabulary(feed: &Feed) -> Vocabulary {
    let entries = entries(&feed.table, &feed.others);
    let mut text = Vec::with_capacity(entries.iter().map(|entry| entry.token.len()).sum());
    let (mut ends, mut counts) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
    for Entry { token, count, .. } in entries {
        text.extend_from_slice(token);
        ends.push(text.len() as u64);
        counts.push(count);
    }
    let text = String::from_utf8(text).expect("every token came as a `str`");
    Vocabulary::from_arena(text, ends, counts).expect("each token ends where it was written")
}
