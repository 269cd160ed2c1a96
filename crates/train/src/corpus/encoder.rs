//! Words become ids: the end of the road from text to numbers.
//!
//! Either the vocabulary grows (training text: the next new word gets the next id) or it is fixed (held-out text: words
//! it does not know are left out and counted).

use super::read::{InvalidUtf8, LineOptions, LineReport};
use super::tokenizer::Stop;
use rapidvec_core::{Vocabulary, WordId};
use std::ops::ControlFlow;

/// The token at the end of every line that has a word.
pub const EOS: &str = "<eos>";

/// Ids so far, and the counts of what happened on the way.
pub(super) struct Encoder {
    pub ids: Vec<WordId>,
    pub vocabulary: Vocabulary,
    pub report: LineReport,
    /// Tokens that came from line ends, not from the text.
    pub marks: u64,
    grows: bool,
    max_tokens: usize,
    /// Where a line waits until it is known to be UTF-8 throughout.
    held: Option<HeldLine>,
}

/// A line whose words may yet have to be forgotten. It costs 4 bytes a token and its different words, like the corpus.
#[derive(Default)]
struct HeldLine {
    ids: Vec<WordId>,
    words: Vocabulary,
    /// Counts before the line began.
    report: LineReport,
}

impl Encoder {
    /// Adds to `vocabulary` where it `grows`, else leaves out what it does not know.
    pub fn new(vocabulary: Vocabulary, grows: bool, options: &LineOptions) -> Self {
        Self {
            ids: Vec::new(),
            vocabulary,
            report: LineReport::default(),
            marks: 0,
            grows,
            max_tokens: options.max_tokens.unwrap_or(usize::MAX),
            held: matches!(options.invalid_utf8, InvalidUtf8::SkipLine).then(HeldLine::default),
        }
    }

    /// Takes the next word of the line.
    pub fn word(&mut self, word: &str) -> ControlFlow<Stop> {
        let Some(line) = &mut self.held else { return self.put(word) };
        line.ids.push(line.words.add(word));
        ControlFlow::Continue(())
    }

    /// Ends a line that had words.
    pub fn end_line(&mut self) -> ControlFlow<Stop> {
        if let Some(line) = self.held.take() {
            self.held = Some(HeldLine::default());
            line.ids.iter().try_for_each(|&id| self.put(line.words.word(id)))?;
        }
        self.end_mark()?;
        self.report.lines += 1;
        self.remember_report();
        ControlFlow::Continue(())
    }

    /// Ends a line without words.
    pub fn empty_line(&mut self) {
        self.report.empty_lines += 1;
        self.remember_report();
    }

    /// Ends a line that was not UTF-8 throughout: forgets its words and what was counted in it.
    pub fn skip_line(&mut self) {
        let line = self.held.take().unwrap_or_default();
        let invalid_utf8 = self.report.invalid_utf8;
        self.report = LineReport { invalid_utf8, skipped_lines: line.report.skipped_lines + 1, ..line.report };
        self.held = Some(HeldLine::default());
        self.remember_report();
    }

    fn remember_report(&mut self) {
        if let Some(line) = &mut self.held {
            line.report = self.report;
        }
    }

    fn put(&mut self, word: &str) -> ControlFlow<Stop> {
        self.room_for_one()?;
        if self.grows || self.vocabulary.id(word).is_some() {
            self.ids.push(self.vocabulary.add(word));
        } else {
            self.report.unknown_words += 1;
        }
        ControlFlow::Continue(())
    }

    /// A vocabulary without [`EOS`] was made from text without line ends: then lines leave no mark.
    fn end_mark(&mut self) -> ControlFlow<Stop> {
        self.room_for_one()?;
        if self.grows || self.vocabulary.id(EOS).is_some() {
            self.ids.push(self.vocabulary.add(EOS));
            self.marks += 1;
        }
        ControlFlow::Continue(())
    }

    fn room_for_one(&mut self) -> ControlFlow<Stop> {
        if self.ids.len() < self.max_tokens {
            return ControlFlow::Continue(());
        }
        self.report.stopped_at_limit = true;
        ControlFlow::Break(Stop::Full)
    }
}
