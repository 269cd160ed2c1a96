//! Tokens become numbers, in the order in which they come.

use super::super::encoder::EOS;
use super::super::options::LineEnd;
use super::super::spill::{Store, Stored};
use super::super::{CorpusError, CorpusOptions};
use super::table::{Key, Number, Table};
use crate::error::Result;
use rapidvec_core::EOS_ID;
use std::sync::Arc;

/// Tokens that are looked up together: the lines of all are asked for before the first is used.
pub(super) const AHEAD: usize = 16;

/// Distinct tokens that there may be: so few that those that are looked up together have numbers, whatever they are.
const MOST_TOKENS: Number = Number::MAX - AHEAD as Number;

/// Numbers kept together.
const BLOCK: usize = 1 << 16;

/// Takes the sentences of a text token by token, exactly as they are: empty tokens and white space are not special, as they
/// are for [`CorpusBuilder`](crate::corpus::CorpusBuilder).
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
    pub(super) table: Table,
    /// Tokens that are not text: their numbers, names and counts.
    pub(super) others: Vec<(Number, String, u64)>,
    pub(super) store: Arc<Store>,
    pub(super) options: CorpusOptions,
    pub(super) pieces: Vec<Piece>,
    /// The block under way: numbers, and a mark after each sentence that has tokens.
    block: Vec<Number>,
    /// The sentence under way has tokens.
    is_open: bool,
    pub(super) stopped_at_limit: bool,
    pub(super) tokens: u64,
    pub(super) sentences: u64,
    pub(super) name: String,
}

/// Part of the text, as numbers of the feed's table.
#[derive(Debug)]
pub(super) struct Piece {
    /// Which of the text's pieces it is.
    pub place: usize,
    /// The number of the first token that the feed has not seen before.
    pub first: Number,
    pub blocks: Vec<Stored>,
}

impl Feed {
    /// A feed without sentences. Of the options only `max_tokens`, `line_end`, `memory_limit`, `temporary_folder` and `threads` apply.
    pub fn new(options: &CorpusOptions) -> Self {
        Self::with_store(options, Arc::new(options.store()))
    }

    pub(super) fn with_store(options: &CorpusOptions, store: Arc<Store>) -> Self {
        Self {
            table: Table::default(),
            others: Vec::new(),
            store,
            options: options.clone(),
            pieces: vec![Piece { place: 0, first: 0, blocks: Vec::new() }],
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
            let mut keys = [Key::default(); AHEAD];
            for (key, token) in keys.iter_mut().zip(tokens) {
                *key = self.table.key(token.as_bytes());
            }
            self.next_number()?; // there are then enough for all of these
            let Self { table, others, block, .. } = self;
            block.extend(tokens.iter().zip(&keys).map(|(token, key)| {
                let next = (table.len() + others.len()) as Number;
                table.count(token.as_bytes(), key, 1, next)
            }));
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
    pub(super) fn next_number(&self) -> Result<Number> {
        let number = Number::try_from(self.len()).ok().filter(|&number| number < MOST_TOKENS);
        number.ok_or_else(|| CorpusError::TooManyWords { name: self.name.clone(), max: MOST_TOKENS as usize }.into())
    }

    #[inline]
    fn store_full_block(&mut self) -> Result<()> {
        if self.block.len() >= BLOCK { self.store_block() } else { Ok(()) }
    }

    pub(super) fn store_block(&mut self) -> Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let stored = self.store.put(&self.block)?;
        self.pieces.last_mut().expect("a feed begins with a piece").blocks.push(stored);
        self.block.clear();
        Ok(())
    }

    /// Begins the piece at this place of the text. A feed's pieces begin in rising order.
    pub(super) fn begin(&mut self, place: usize) -> Result<()> {
        self.store_block()?;
        self.pieces.push(Piece { place, first: self.len() as Number, blocks: Vec::new() });
        Ok(())
    }
}
