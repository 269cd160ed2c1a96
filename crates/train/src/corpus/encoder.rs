//! Turns the words and line ends of a block into ids, marks and counts.

use super::options::LineEnd;
use super::scan::{SHORT_BYTES, Sink, short};
use super::vocab_builder::Lexicon;
use rapidvec_core::EOS_ID;
use std::ops::ControlFlow;

/// The word that a line end is under [`LineEnd::Word`].
pub const EOS: &str = "<eos>";

/// [`EOS`] as the scan passes words on.
const SHORT_EOS: u128 = u128::from_le_bytes(*b"<eos>\0\0\0\0\0\0\0\0\0\0\0");

/// The lines of a block. The first one may have begun in an earlier block, the last one may continue in the next: these are
/// decided when all blocks are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lines {
    /// Lines with words that begin and end in the block.
    pub full: u64,
    /// Lines without words that begin and end in the block.
    pub empty: u64,
    /// The line that began earlier ends here; whether it has words in this block.
    pub first: Option<bool>,
    /// The line that does not end here has words in this block.
    pub last: bool,
}

impl Lines {
    /// The number of line ends.
    pub fn ends(&self) -> u64 {
        self.full + self.empty + u64::from(self.first.is_some())
    }

    /// Whether the line that does not end here has words, those in earlier blocks included; `before`: whether it had any there.
    pub fn leave_words_open(&self, before: bool) -> bool {
        self.last || before && self.ends() == 0
    }
}

/// What the block before left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Carried {
    /// The first line of the block began in an earlier one.
    pub continues_line: bool,
    /// It had words there, as far as this thread knows.
    pub has_words: bool,
}

/// Ids of the current block.
pub(super) struct Encoder<'l, L> {
    lexicon: &'l mut L,
    line_end: LineEnd,
    /// Ids and marks of this block.
    pub ids: Vec<u32>,
    pub lines: Lines,
    /// The current line, if it began in an earlier block.
    carried: Carried,
    /// Tokens of this block.
    pub tokens: u64,
    /// Tokens when the line began.
    line_from: u64,
    /// Tokens of this block that the lexicon lacks.
    pub unknown: u64,
    /// Line ends of this block that are words.
    pub line_end_words: u64,
    /// The maximum number of tokens of this block.
    max_tokens: u64,
    /// There was at least one more token.
    pub stopped: bool,
}

impl<'l, L: Lexicon> Encoder<'l, L> {
    /// `ids` is a buffer to reuse.
    pub fn new(lexicon: &'l mut L, line_end: LineEnd, mut ids: Vec<u32>, carried: Carried, max_tokens: u64) -> Self {
        ids.clear();
        Self {
            lexicon,
            line_end,
            ids,
            lines: Lines::default(),
            carried,
            tokens: 0,
            line_from: 0,
            unknown: 0,
            line_end_words: 0,
            max_tokens,
            stopped: false,
        }
    }

    /// Ends the block. `is_open`: it has bytes after its last line end; `ends_source`: nothing of its source follows.
    pub fn finish(&mut self, is_open: bool, ends_source: bool) {
        if !self.stopped && ends_source && (is_open || self.carried.continues_line) {
            let _full = self.end_line();
        } else if !self.stopped {
            self.lines.last = self.tokens > self.line_from;
        }
        // The last sentence ends here, but its line does not: the rest of the line is not read.
        if self.stopped && self.line_end == LineEnd::Mark {
            self.push_mark(self.carried.continues_line);
        }
    }

    #[inline]
    fn take_token(&mut self) -> ControlFlow<()> {
        if self.tokens == self.max_tokens {
            self.stopped = true;
            return ControlFlow::Break(());
        }
        self.tokens += 1;
        ControlFlow::Continue(())
    }

    #[inline]
    fn put(&mut self, number: Option<u32>) -> ControlFlow<()> {
        match number {
            Some(number) => self.ids.push(number),
            None => self.unknown += 1,
        }
        ControlFlow::Continue(())
    }

    /// A mark ends what has ids; whether an earlier block has some of this line is not known here.
    fn push_mark(&mut self, continues_line: bool) {
        if continues_line || self.ids.last().is_some_and(|last| *last != EOS_ID) {
            self.ids.push(EOS_ID);
        }
    }

    fn push_line_end_word(&mut self) -> ControlFlow<()> {
        self.take_token()?;
        if let Some(number) = self.lexicon.short(SHORT_EOS) {
            self.ids.push(number);
            self.line_end_words += 1;
        }
        ControlFlow::Continue(())
    }
}

impl<L: Lexicon> Sink for Encoder<'_, L> {
    #[inline]
    fn short(&mut self, word: u128) -> ControlFlow<()> {
        self.take_token()?;
        let number = self.lexicon.short(word);
        self.put(number)
    }

    fn long(&mut self, word: &[u8]) -> ControlFlow<()> {
        self.take_token()?;
        let number = self.lexicon.long(word);
        self.put(number)
    }

    fn end_line(&mut self) -> ControlFlow<()> {
        let has_words = self.tokens > self.line_from;
        let Carried { continues_line, has_words: had_words } = self.carried;
        if self.line_end == LineEnd::Mark {
            self.push_mark(continues_line);
        } else if has_words || continues_line && had_words {
            self.push_line_end_word()?;
        }
        self.line_from = self.tokens;
        self.carried.continues_line = false;
        match (continues_line, has_words) {
            (true, _) => self.lines.first = Some(has_words),
            (false, true) => self.lines.full += 1,
            (false, false) => self.lines.empty += 1,
        }
        ControlFlow::Continue(())
    }
}

/// Stands for a space within a token while it is text. It is a noncharacter, which text for interchange does not contain.
pub(super) const INNER_SPACE: char = '\u{fdd0}';

const INNER_SPACE_BYTES: &[u8] = "\u{fdd0}".as_bytes();

/// Restores the inner spaces of tokens before they reach the encoder.
pub(super) struct WithInnerSpaces<'s, S> {
    pub sink: &'s mut S,
    pub buffer: Vec<u8>,
}

impl<S: Sink> Sink for WithInnerSpaces<'_, S> {
    fn short(&mut self, word: u128) -> ControlFlow<()> {
        let length = SHORT_BYTES - (word.leading_zeros() / 8) as usize;
        self.long(&word.to_le_bytes()[..length])
    }

    fn long(&mut self, mut word: &[u8]) -> ControlFlow<()> {
        self.buffer.clear();
        while let Some(at) = word.windows(INNER_SPACE_BYTES.len()).position(|bytes| bytes == INNER_SPACE_BYTES) {
            self.buffer.extend_from_slice(&word[..at]);
            self.buffer.push(b' ');
            word = &word[at + INNER_SPACE_BYTES.len()..];
        }
        self.buffer.extend_from_slice(word);
        match short(&self.buffer) {
            Some(word) => self.sink.short(word),
            None => self.sink.long(&self.buffer),
        }
    }

    fn end_line(&mut self) -> ControlFlow<()> {
        self.sink.end_line()
    }
}
