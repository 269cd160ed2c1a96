//! Makes a corpus of tokens in memory, without changing them.

mod table;
#[cfg(test)]
mod tests;

use super::concat::{Part, pack_parts};
use super::encoder::EOS;
use super::options::LineEnd;
use super::read::Parts;
use super::report::CorpusReport;
use super::spill::{Store, Stored};
use super::text::Corpus;
use super::{CorpusError, CorpusOptions};
use crate::error::Result;
use rapidvec_core::{EOS_ID, Vocabulary};
use std::sync::Arc;
use table::{Number, Table};

/// Tokens that are looked up together: the lines of all are asked for before the first is used.
const AHEAD: usize = 16;

/// Numbers kept together.
const BLOCK: usize = 1 << 16;

/// Takes the sentences of a text token by token, exactly as they are: empty tokens and white space are not special, as they
/// are for [`CorpusBuilder`](super::CorpusBuilder).
///
/// Made for bindings: it does not copy known tokens, and it takes tokens that are not text, which the binding distinguishes
/// and names.
///
/// ```
/// use rapidvec::corpus::{CorpusOptions, Feed};
///
/// let mut feed = Feed::new(&CorpusOptions::default());
/// feed.push(&["New York", "", "New York"])?;
/// feed.end_sentence()?;
/// let corpus = feed.finish()?;
/// assert_eq!(corpus.vocabulary().words().collect::<Vec<_>>(), ["New York", ""]); // in the order in which they came
/// assert_eq!(corpus.counts(), [2, 1]);
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug)]
pub struct Feed {
    table: Table,
    /// Tokens that are not text: their numbers, names and counts.
    others: Vec<(Number, String, u64)>,
    store: Store,
    options: CorpusOptions,
    blocks: Vec<Stored>,
    /// The block under way: numbers, and a mark after each sentence that has tokens.
    block: Vec<Number>,
    /// The sentence under way has tokens.
    is_open: bool,
    stopped_at_limit: bool,
    tokens: u64,
    sentences: u64,
    name: String,
}

impl Feed {
    /// A feed without sentences. Of the options only `max_tokens`, `line_end`, `memory_limit`, `temporary_folder` and `threads` apply.
    pub fn new(options: &CorpusOptions) -> Self {
        Self {
            table: Table::default(),
            others: Vec::new(),
            store: options.store(),
            options: options.clone(),
            blocks: Vec::new(),
            block: Vec::with_capacity(BLOCK),
            is_open: false,
            stopped_at_limit: false,
            tokens: 0,
            sentences: 0,
            name: "sentences".to_owned(),
        }
    }

    /// Distinct tokens so far.
    pub fn len(&self) -> usize {
        self.table.len() + self.others.len()
    }

    /// Whether there are no tokens yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tokens so far.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Sentences that have ended, those without tokens included.
    pub fn sentences(&self) -> u64 {
        self.sentences
    }

    /// Whether `max_tokens` is reached: further tokens change nothing.
    pub fn is_full(&self) -> bool {
        self.options.max_tokens.is_some_and(|most| self.tokens >= most)
    }

    /// How many of `tokens` tokens fit within `max_tokens`.
    fn room(&mut self, tokens: usize) -> usize {
        let Some(most) = self.options.max_tokens else { return tokens };
        let room = usize::try_from(most - self.tokens).map_or(tokens, |room| room.min(tokens));
        self.stopped_at_limit |= room < tokens;
        room
    }

    /// Appends tokens to the sentence under way. Fastest with 16 or more at a time.
    ///
    /// # Errors
    /// A temporary file is needed and cannot be written; there are 4 billion distinct tokens.
    pub fn push(&mut self, tokens: &[&str]) -> Result<()> {
        let tokens = &tokens[..self.room(tokens.len())];
        for tokens in tokens.chunks(AHEAD) {
            let mut hashes = [0; AHEAD];
            for (hash, token) in hashes.iter_mut().zip(tokens) {
                *hash = self.table.hash(token.as_bytes());
                self.table.prefetch(*hash);
            }
            for (token, hash) in tokens.iter().zip(hashes) {
                let next = self.next_number()?;
                self.block.push(self.table.count(token.as_bytes(), hash, next));
            }
            self.tokens += tokens.len() as u64;
            self.is_open = true;
            self.store_full_block()?;
        }
        Ok(())
    }

    /// Makes room for a token that is not text, under the name that its word gets. It is counted by [`push_other`](Self::push_other)
    /// with the index that is returned. The feed does not know it from another of the same name.
    ///
    /// # Errors
    /// There are 4 billion distinct tokens.
    pub fn add_other(&mut self, name: String) -> Result<usize> {
        let number = self.next_number()?;
        self.others.push((number, name, 0));
        Ok(self.others.len() - 1)
    }

    /// Appends a token that is not text.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    ///
    /// # Panics
    /// If [`add_other`](Self::add_other) did not return this index.
    pub fn push_other(&mut self, index: usize) -> Result<()> {
        if self.room(1) == 0 {
            return Ok(());
        }
        let (number, _, count) = &mut self.others[index];
        *count += 1;
        self.block.push(*number);
        self.tokens += 1;
        self.is_open = true;
        self.store_full_block()
    }

    /// Ends the sentence, by a mark or by the word that the option `line_end` wants; one without tokens leaves no trace.
    ///
    /// # Errors
    /// A temporary file is needed and cannot be written.
    pub fn end_sentence(&mut self) -> Result<()> {
        self.sentences += 1;
        if std::mem::take(&mut self.is_open) {
            match self.options.line_end {
                LineEnd::Mark => self.block.push(EOS_ID),
                LineEnd::Word => self.push(&[EOS])?,
            }
            self.is_open = false;
        }
        self.store_full_block()
    }

    /// The number of the next new token.
    #[inline]
    fn next_number(&self) -> Result<Number> {
        let number = Number::try_from(self.len()).ok().filter(|&number| number < Number::MAX - 1);
        number
            .ok_or_else(|| CorpusError::TooManyWords { name: self.name.clone(), max: Number::MAX as usize - 1 }.into())
    }

    #[inline]
    fn store_full_block(&mut self) -> Result<()> {
        if self.block.len() >= BLOCK { self.store_block() } else { Ok(()) }
    }

    fn store_block(&mut self) -> Result<()> {
        self.blocks.push(self.store.put(&self.block)?);
        self.block.clear();
        Ok(())
    }

    /// The corpus: every token is a word, ids in the order in which the tokens came.
    ///
    /// # Errors
    /// A temporary file is needed and cannot be written.
    pub fn finish(mut self) -> Result<Corpus> {
        self.store_block()?;
        let vocabulary = self.vocabulary();
        let Self { store, options, blocks, tokens, sentences, stopped_at_limit, name, .. } = self;
        let parts = blocks.into_iter().map(Part::whole).collect();
        let (memory, folder) = (store.limit(), options.folder());
        let (ids, spilled) = pack_parts(options.workers(), parts, vocabulary.len(), &store, memory, folder)?;
        let report = CorpusReport {
            tokens,
            kept: tokens,
            sentences,
            lines: sentences,
            distinct_words: vocabulary.len() as u64,
            stopped_at_limit,
            spilled_bytes: store.spilled() + spilled,
            ..CorpusReport::default()
        };
        Ok(Parts { ids, vocabulary: Arc::new(vocabulary), counts: None, name, report }.into())
    }

    /// The distinct tokens by number.
    fn vocabulary(&self) -> Vocabulary {
        let mut entries = self.table.entries();
        entries.extend(self.others.iter().map(|(number, name, count)| (*number, name.as_bytes(), *count)));
        entries.sort_by_key(|&(number, ..)| number); // two sorted runs: a merge
        let mut text = Vec::with_capacity(entries.iter().map(|(_, token, _)| token.len()).sum());
        let (mut ends, mut counts) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
        for (_, token, count) in entries {
            text.extend_from_slice(token);
            ends.push(text.len() as u64);
            counts.push(count);
        }
        let text = String::from_utf8(text).expect("every token came as a `str`");
        Vocabulary::from_arena(text, ends, counts).expect("each token ends where it was written")
    }
}
