//! Words and line ends of a block become ids, marks and counts.

use super::scan::Sink;
use super::vocab_builder::Lexicon;
use rapidvec_core::EOS_ID;
use std::ops::ControlFlow;

/// What a block says of its lines. The first one may have begun in an earlier block, the last one may go on in the next:
/// these are judged when all blocks are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lines {
    /// Lines with words that begin and end in the block.
    pub full: u64,
    /// Lines without.
    pub empty: u64,
    /// The line that had begun before ends here; whether it has words in this block.
    pub first: Option<bool>,
    /// The line that does not end here has words in this block.
    pub last: bool,
}

impl Lines {
    /// Line ends.
    pub fn ends(&self) -> u64 {
        self.full + self.empty + u64::from(self.first.is_some())
    }
}

/// Ids of a block under way.
pub(super) struct Encoder<'l, L> {
    pub lexicon: &'l mut L,
    /// Ids and marks of this block.
    pub ids: Vec<u32>,
    pub lines: Lines,
    /// The line under way began in an earlier block.
    continues: bool,
    /// Words of this block.
    pub tokens: u64,
    /// Words when the line began.
    line_from: u64,
    /// Words of this block that the lexicon does not have.
    pub unknown: u64,
    /// Words that this block may have.
    most: u64,
    /// There was one more.
    pub stopped: bool,
}

impl<'l, L: Lexicon> Encoder<'l, L> {
    /// `ids` is memory to be used.
    pub fn new(lexicon: &'l mut L, mut ids: Vec<u32>, continues: bool, most: u64) -> Self {
        ids.clear();
        let lines = Lines::default();
        Self { lexicon, ids, lines, continues, tokens: 0, line_from: 0, unknown: 0, most, stopped: false }
    }

    /// The block is over, and its last line goes on in the next one.
    pub fn leave_open(&mut self) {
        self.lines.last = self.tokens > self.line_from;
    }

    /// Whether the line is still the one that an earlier block began.
    pub fn continues(&self) -> bool {
        self.continues
    }

    /// Ends the last sentence, but not its line: there is more of it that is not read.
    pub fn break_off(&mut self) {
        if self.continues || self.ids.last().is_some_and(|last| *last != EOS_ID) {
            self.ids.push(EOS_ID);
        }
    }

    #[inline]
    fn room(&mut self) -> ControlFlow<()> {
        if self.tokens == self.most {
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
}

impl<L: Lexicon> Sink for Encoder<'_, L> {
    #[inline]
    fn short(&mut self, word: u128) -> ControlFlow<()> {
        self.room()?;
        let number = self.lexicon.short(word);
        self.put(number)
    }

    fn long(&mut self, word: &[u8]) -> ControlFlow<()> {
        self.room()?;
        let number = self.lexicon.long(word);
        self.put(number)
    }

    fn end_line(&mut self) {
        let has_words = self.tokens > self.line_from;
        self.line_from = self.tokens;
        let goes_on = std::mem::take(&mut self.continues);
        match (goes_on, has_words) {
            (true, _) => self.lines.first = Some(has_words),
            (false, true) => self.lines.full += 1,
            (false, false) => self.lines.empty += 1,
        }
        // A mark ends what has ids; what an earlier block has is not known here.
        if goes_on || self.ids.last().is_some_and(|last| *last != EOS_ID) {
            self.ids.push(EOS_ID);
        }
    }
}
