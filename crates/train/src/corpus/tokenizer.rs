//! Pieces of text become words and line ends.
//!
//! A piece may end anywhere between two characters, also inside a word or between `\r` and `\n`: what is unfinished is
//! kept until the next piece, at most [`MAX_WORD_BYTES`] of it. A word that lies within its piece is never copied.

use super::encoder::{EOS, Encoder};
use std::ops::ControlFlow;

/// Longer words are cut here, or up to three bytes earlier, so that no character is split. Real words stay far below;
/// a file without any space must not become one word of its own size.
pub const MAX_WORD_BYTES: usize = 1_000;

/// Why reading ends before the text does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stop {
    /// As many tokens as were asked for.
    Full,
    /// A NUL byte, so many bytes into the piece.
    Nul(usize),
}

/// What a byte may be to the scanner.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// Part of a word.
    Word,
    /// White space within a line.
    Space,
    LineFeed,
    CarriageReturn,
    Nul,
    /// The first byte of a character that is white space or Hangul jamo, or of one beside them.
    Look,
}

/// All Unicode white space beyond ASCII starts with one of the four `Look` bytes; so do the conjoining jamo (0xe1).
const CLASS: [Class; 256] = {
    let mut table = [Class::Word; 256];
    table[0] = Class::Nul;
    table[b' ' as usize] = Class::Space;
    table[b'\t' as usize] = Class::Space;
    table[0x0b] = Class::Space;
    table[0x0c] = Class::Space;
    table[b'\n' as usize] = Class::LineFeed;
    table[b'\r' as usize] = Class::CarriageReturn;
    table[0xc2] = Class::Look;
    table[0xe1] = Class::Look;
    table[0xe2] = Class::Look;
    table[0xe3] = Class::Look;
    table
};

/// Finds words and lines in one source and hands them to the encoder.
pub(super) struct Tokenizer<'e> {
    pub encoder: &'e mut Encoder,
    /// The line under way, from 1.
    pub line: u64,
    /// The start of a word whose end has not come yet.
    word: String,
    /// The word under way is over the limit.
    cut: bool,
    /// The word under way has conjoining jamo.
    jamo: bool,
    /// The line under way has a byte, a word, a fault.
    started: bool,
    has_words: bool,
    skipped: bool,
    /// The piece before ended in `\r`: a `\n` now belongs to it.
    after_cr: bool,
}

impl<'e> Tokenizer<'e> {
    pub fn new(encoder: &'e mut Encoder) -> Self {
        Self {
            encoder,
            line: 1,
            word: String::new(),
            cut: false,
            jamo: false,
            started: false,
            has_words: false,
            skipped: false,
            after_cr: false,
        }
    }

    /// Takes the next piece.
    pub fn text(&mut self, text: &str) -> ControlFlow<Stop> {
        let bytes = text.as_bytes();
        let (mut start, mut at) = (0, 0);
        while let Some(&byte) = bytes.get(at) {
            let class = CLASS[byte as usize];
            if class == Class::Word {
                at += 1;
                continue;
            }
            let length = if class == Class::Look { self.look(&text[at..]) } else { Some(1) };
            if let Some(length) = length {
                self.separator(class, text, start..at)?;
                start = at + length;
            }
            at += length.unwrap_or(if byte < 0xe0 { 2 } else { 3 });
        }
        self.keep(&text[start..]);
        if let Some(&last) = bytes.last() {
            self.after_cr = last == b'\r';
            self.started = !matches!(last, b'\r' | b'\n');
        }
        ControlFlow::Continue(())
    }

    /// Bytes that are no UTF-8: the line they are in is to be skipped.
    pub fn skip_line(&mut self) {
        self.skipped = true;
        self.started = true;
        self.after_cr = false;
    }

    /// The source is over: its last line may lack a newline.
    pub fn finish(&mut self) -> ControlFlow<Stop> {
        self.end_word("")?;
        if self.started { self.end_line() } else { ControlFlow::Continue(()) }
    }

    /// How long the white space is that `text` starts with, if it does.
    fn look(&mut self, text: &str) -> Option<usize> {
        let first = text.chars().next()?;
        self.jamo |= ('\u{1100}'..='\u{11ff}').contains(&first);
        first.is_whitespace().then(|| first.len_utf8())
    }

    /// A separator ends the word at `word`; perhaps also the line.
    #[inline]
    fn separator(&mut self, class: Class, text: &str, word: std::ops::Range<usize>) -> ControlFlow<Stop> {
        let at = word.end;
        if class == Class::Nul {
            return ControlFlow::Break(Stop::Nul(at));
        }
        let second_half = class == Class::LineFeed && self.follows_cr(text, at);
        self.end_word(&text[word])?;
        match class {
            Class::LineFeed if second_half => ControlFlow::Continue(()),
            Class::LineFeed | Class::CarriageReturn => self.end_line(),
            _ => ControlFlow::Continue(()),
        }
    }

    fn follows_cr(&self, text: &str, at: usize) -> bool {
        at.checked_sub(1).map_or(self.after_cr, |before| text.as_bytes()[before] == b'\r')
    }

    /// `rest` is the end of the word under way, or all of it, or empty.
    #[inline]
    fn end_word(&mut self, rest: &str) -> ControlFlow<Stop> {
        if self.word.is_empty() && rest.len() <= MAX_WORD_BYTES {
            return if rest.is_empty() { ControlFlow::Continue(()) } else { self.emit(rest) };
        }
        self.keep(rest);
        let word = std::mem::take(&mut self.word);
        self.emit(&word)?;
        self.word = word; // keeps its memory for the next one
        self.word.clear();
        ControlFlow::Continue(())
    }

    /// Adds to the word under way, up to the limit.
    fn keep(&mut self, part: &str) {
        let room = MAX_WORD_BYTES - self.word.len();
        if self.cut {
            return;
        }
        self.cut = part.len() > room;
        let end = (0..=room.min(part.len())).rev().find(|&end| part.is_char_boundary(end));
        self.word.push_str(&part[..end.unwrap_or(0)]);
    }

    #[inline]
    fn emit(&mut self, word: &str) -> ControlFlow<Stop> {
        let (cut, jamo) = (std::mem::take(&mut self.cut), std::mem::take(&mut self.jamo));
        self.has_words = true;
        if self.skipped {
            return ControlFlow::Continue(());
        }
        self.encoder.word(word)?;
        let report = &mut self.encoder.report;
        report.words_cut += u64::from(cut);
        report.decomposed_hangul += u64::from(jamo);
        report.literal_eos += u64::from(word == EOS);
        ControlFlow::Continue(())
    }

    fn end_line(&mut self) -> ControlFlow<Stop> {
        let has_words = std::mem::take(&mut self.has_words);
        if std::mem::take(&mut self.skipped) {
            self.encoder.skip_line();
        } else if has_words {
            self.encoder.end_line()?;
        } else {
            self.encoder.empty_line();
        }
        self.line += 1;
        self.started = false;
        ControlFlow::Continue(())
    }
}
