//! Joins the phrases of a sentence in memory.

use super::super::scan::{SHORT_BYTES, Sink, short};
use super::joiner::{Joiner, Waiting};
use super::list::Phrases;
use std::ops::ControlFlow;

impl Phrases {
    /// The words of a sentence, phrases joined.
    ///
    /// ```
    /// use rapidvec::corpus::Phrases;
    ///
    /// let phrases = Phrases::of_lines("new york\nnew york times")?;
    /// assert_eq!(phrases.join(["the", "new", "york", "times", "in", "new", "york"]), ["the", "new_york_times", "in", "new_york"]);
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    pub fn join<T: AsRef<str>>(&self, sentence: impl IntoIterator<Item = T>) -> Vec<String> {
        let (mut words, mut passes) = (Words(Vec::new()), Waiting::of(self));
        let mut joiner = Joiner { passes: &mut passes, phrases: self, sink: &mut words };
        for word in sentence {
            let word = word.as_ref().as_bytes();
            // Short words are padded with NUL, so one with a NUL of its own must not be taken for one.
            let _never = match short(word).filter(|_| !word.contains(&0)) {
                Some(word) => joiner.short(word),
                None => joiner.long(word),
            };
        }
        let _never = joiner.finish();
        words.0
    }
}

struct Words(Vec<String>);

impl Sink for Words {
    fn short(&mut self, word: u128) -> ControlFlow<()> {
        let length = SHORT_BYTES - (word.leading_zeros() / 8) as usize;
        self.long(&word.to_le_bytes()[..length])
    }

    fn long(&mut self, word: &[u8]) -> ControlFlow<()> {
        self.0.push(String::from_utf8_lossy(word).into_owned());
        ControlFlow::Continue(())
    }

    fn end_line(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
