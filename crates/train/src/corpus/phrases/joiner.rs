//! Joins phrases while words pass by.
//!
//! From left to right, the longest phrase that begins at a word is joined; its words are used up. Then the next pass gets what this
//! one passes on. A phrase ends at the end of its line.

use super::super::scan::{Sink, short};
use super::super::word_table::Number;
use super::join_table::{JoinTable, Node, ROOT};
use super::list::Phrases;
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// Joins the phrases of every pass on their way to a sink.
pub(in super::super) struct Joiner<'j, 's, S> {
    pub passes: &'j mut [Waiting],
    pub phrases: &'j Phrases,
    pub sink: &'s mut S,
}

/// The words of one pass of which it is not yet known whether they are a phrase.
#[derive(Debug, Default)]
pub(in super::super) struct Waiting {
    words: VecDeque<Number>,
    /// How far along they lead.
    node: Node,
    /// The longest phrase they begin with: how many words it has, and the word they become.
    found: Option<(usize, Number)>,
    /// The spelling of a word that leaves.
    spelling: Vec<u8>,
}

impl Waiting {
    /// For the passes of `phrases`.
    pub fn of(phrases: &Phrases) -> Vec<Self> {
        phrases.passes().map(|_| Self::default()).collect()
    }

    /// What the words that wait become next, if `next` does not continue them: the word that leaves. The words behind it are left
    /// to be looked at again.
    fn settle(&mut self) -> Option<Number> {
        let first = self.words.pop_front()?;
        let leaving = match self.found.take() {
            Some((length, joined)) => {
                self.words.drain(..length - 1);
                joined
            }
            None => first,
        };
        self.node = ROOT;
        Some(leaving)
    }

    /// Adds a word to those that wait, if it continues them.
    fn step(&mut self, table: &JoinTable, word: Number) -> bool {
        let Some(node) = table.next(self.node, word) else { return false };
        self.words.push_back(word);
        self.node = node;
        if let Some(joined) = table.joined(node) {
            self.found = Some((self.words.len(), joined));
        }
        true
    }
}

/// A word as the scan passes it on.
#[derive(Clone, Copy)]
enum Word<'w> {
    Short(u128),
    Long(&'w [u8]),
}

impl<'w> Word<'w> {
    fn of(bytes: &'w [u8]) -> Self {
        short(bytes).map_or(Word::Long(bytes), Word::Short)
    }
}

impl<S: Sink> Joiner<'_, '_, S> {
    /// Passes on a word that comes to the pass at `place`.
    #[inline]
    fn push(&mut self, place: usize, word: Word) -> ControlFlow<()> {
        let phrases = self.phrases;
        let Some(pass) = phrases.passes().nth(place) else {
            return match word {
                Word::Short(word) => self.sink.short(word),
                Word::Long(word) => self.sink.long(word),
            };
        };
        let number = match word {
            Word::Short(word) => pass.table().find_short(word),
            Word::Long(word) => pass.table().find_long(word),
        };
        match number {
            Some(number) if pass.table().begins(number) || !self.passes[place].words.is_empty() => {
                self.known(place, number)
            }
            _ => {
                self.flush(place)?;
                self.push(place + 1, word)
            }
        }
    }

    /// A word that is in some phrase of the pass at `place`.
    fn known(&mut self, place: usize, number: Number) -> ControlFlow<()> {
        let phrases = self.phrases;
        let Some(pass) = phrases.passes().nth(place) else { return ControlFlow::Continue(()) };
        let table = pass.table();
        loop {
            if self.passes[place].step(table, number) {
                return ControlFlow::Continue(());
            }
            if self.passes[place].words.is_empty() {
                return self.leave(place, table, number);
            }
            self.settle(place, table)?;
        }
    }

    /// Lets one word of those that wait leave, and looks at the others again.
    fn settle(&mut self, place: usize, table: &JoinTable) -> ControlFlow<()> {
        let Some(leaving) = self.passes[place].settle() else { return ControlFlow::Continue(()) };
        self.leave(place, table, leaving)?;
        // The words behind it lead somewhere else from the start.
        let again = std::mem::take(&mut self.passes[place].words);
        again.into_iter().try_for_each(|word| self.known(place, word))
    }

    fn leave(&mut self, place: usize, table: &JoinTable, word: Number) -> ControlFlow<()> {
        let mut spelling = std::mem::take(&mut self.passes[place].spelling);
        spelling.clear();
        table.words().write(word, &mut spelling);
        let flow = self.push(place + 1, Word::of(&spelling));
        self.passes[place].spelling = spelling;
        flow
    }

    /// Lets all words of the pass at `place` leave.
    fn flush(&mut self, place: usize) -> ControlFlow<()> {
        if self.passes[place].words.is_empty() {
            return ControlFlow::Continue(());
        }
        let phrases = self.phrases;
        let Some(pass) = phrases.passes().nth(place) else { return ControlFlow::Continue(()) };
        while !self.passes[place].words.is_empty() {
            self.settle(place, pass.table())?;
        }
        ControlFlow::Continue(())
    }

    /// Lets all words of all passes leave: the text ends, or is cut, here.
    pub fn finish(&mut self) -> ControlFlow<()> {
        (0..self.passes.len()).try_for_each(|place| self.flush(place))
    }
}

impl<S: Sink> Sink for Joiner<'_, '_, S> {
    #[inline]
    fn short(&mut self, word: u128) -> ControlFlow<()> {
        self.push(0, Word::Short(word))
    }

    fn long(&mut self, word: &[u8]) -> ControlFlow<()> {
        self.push(0, Word::Long(word))
    }

    fn end_line(&mut self) -> ControlFlow<()> {
        self.finish()?;
        self.sink.end_line()
    }
}
