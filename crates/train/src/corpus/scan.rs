//! Finds where the words of a block begin and end, testing eight bytes at once.
//!
//! A word that fits 16 bytes is passed on as one number, its bytes followed by zeros (a text has no NUL): it is hashed and
//! compared in a few instructions. `stops` marks which of eight bytes may end a word; they are examined individually only
//! if they are not plain spaces.
//!
//! Words and lines are those that the [module](super) defines.

use std::ops::ControlFlow;

/// The longest word, in bytes, that is passed on as a number.
pub(super) const SHORT_BYTES: usize = 16;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

/// Receives words and line ends in their order. `Break` ends the scan.
pub(super) trait Sink {
    /// A word of at most [`SHORT_BYTES`]: its bytes from the lowest, zeros after them.
    fn short(&mut self, word: u128) -> ControlFlow<()>;
    /// A longer word.
    fn long(&mut self, word: &[u8]) -> ControlFlow<()>;
    /// The end of a line.
    fn end_line(&mut self) -> ControlFlow<()>;
}

/// How a scan ended, and what it saw on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Scanned {
    /// The position of the NUL at which the scan stopped.
    pub nul: Option<usize>,
    /// There are bytes after the last line end.
    pub open: bool,
    /// Words cut at the longest length.
    pub cut: u64,
    /// Words with conjoining Hangul jamo.
    pub jamo: u64,
}

/// Finds words and lines in `padded`: UTF-8, followed by [`SHORT_BYTES`] line feeds that are not part of it. Words longer
/// than `word_bytes` (16 or more) are cut there, at the edge of a character.
pub(super) fn scan(padded: &[u8], word_bytes: usize, sink: &mut impl Sink) -> Scanned {
    let end = padded.len() - SHORT_BYTES;
    let mut scan = Scan { bytes: padded, end, line: 0, word_bytes, seen: Scanned::default() };
    let _enough = scan.run(sink);
    scan.seen.open = scan.line < end;
    scan.seen
}

struct Scan<'a> {
    bytes: &'a [u8],
    end: usize,
    /// Where the current line begins.
    line: usize,
    word_bytes: usize,
    seen: Scanned,
}

impl Scan<'_> {
    fn run(&mut self, sink: &mut impl Sink) -> ControlFlow<()> {
        let mut at = 0;
        loop {
            let (low, high);
            let first = self.eight(at);
            let found = stops(first);
            let mut stop = at + (found.trailing_zeros() / 8) as usize;
            if found != 0 {
                (low, high) = (first & below(found), 0);
            } else {
                let second = self.eight(at + 8);
                let found = stops(second);
                stop = at + 8 + (found.trailing_zeros() / 8) as usize;
                (low, high) = (first, second & below(found));
                if found == 0 {
                    at = self.slow(at, at + SHORT_BYTES, sink)?;
                    continue;
                }
            }
            if self.bytes[stop] != b' ' {
                if stop == self.end && stop == at {
                    return ControlFlow::Continue(());
                }
                at = self.slow(at, stop, sink)?;
                continue;
            }
            if stop > at {
                sink.short(u128::from(high) << 64 | u128::from(low))?;
            }
            at = stop + 1;
        }
    }

    fn eight(&self, at: usize) -> u64 {
        let bytes = self.bytes[at..at + 8].try_into().expect("a range of eight bytes has eight");
        u64::from_le_bytes(bytes)
    }

    /// Passes on a word that reaches from `start` at least to `at`, and its separator. Returns where to continue.
    #[inline(never)]
    fn slow(&mut self, start: usize, mut at: usize, sink: &mut impl Sink) -> ControlFlow<(), usize> {
        let mut jamo = false;
        let separator = loop {
            match self.look(at, &mut jamo) {
                Some(length) => break length,
                None => at = self.next_stop(at + 1),
            }
        };
        if at > start {
            self.seen.jamo += u64::from(jamo && self.keeps_jamo(start, at));
            self.word(start, at, sink)?;
        }
        if at == self.end {
            return ControlFlow::Continue(at);
        }
        match self.bytes[at] {
            0 => {
                self.seen.nul = Some(at);
                ControlFlow::Break(())
            }
            byte @ (b'\n' | b'\r') => {
                let pair = byte == b'\r' && at + 1 < self.end && self.bytes[at + 1] == b'\n';
                self.line = at + 1 + usize::from(pair);
                sink.end_line()?;
                ControlFlow::Continue(self.line)
            }
            _ => ControlFlow::Continue(at + separator),
        }
    }

    /// Whether a word from `start` to `stop` that has jamo still has some when it is cut.
    fn keeps_jamo(&self, start: usize, stop: usize) -> bool {
        let is_jamo = |bytes: &[u8]| matches!(bytes, [0xe1, 0x84..=0x87, ..]);
        let kept = &self.bytes[start..stop.min(start + self.word_bytes)];
        kept.len() == stop - start || kept.windows(3).any(is_jamo)
    }

    /// The first byte from `at` on that may end a word.
    fn next_stop(&self, mut at: usize) -> usize {
        // Eight at a time as long as there are eight; the padding ends with a stop.
        while at + 8 <= self.bytes.len() {
            let found = stops(self.eight(at));
            if found != 0 {
                return at + (found.trailing_zeros() / 8) as usize;
            }
            at += 8;
        }
        at.min(self.end)
    }

    /// The length of the separator at `at`, if there is one. Records jamo.
    fn look(&self, at: usize, jamo: &mut bool) -> Option<usize> {
        let [first, second, third, ..] = self.bytes[at..] else { return Some(1) };
        match [first, second, third] {
            [0 | b'\t'..=b'\r' | b' ', ..] => Some(1),
            [0xc2, 0x85 | 0xa0, _] => Some(2),
            [0xe1, 0x9a, 0x80] => Some(3),
            [0xe1, 0x84..=0x87, _] => {
                *jamo = true;
                None
            }
            [0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf] | [0xe2, 0x81, 0x9f] | [0xe3, 0x80, 0x80] => Some(3),
            _ => None,
        }
    }

    fn word(&mut self, start: usize, mut stop: usize, sink: &mut impl Sink) -> ControlFlow<()> {
        if stop - start > self.word_bytes {
            stop = start + self.word_bytes;
            while stop > start && self.bytes[stop] & 0xc0 == 0x80 {
                stop -= 1;
            }
            self.seen.cut += 1;
        }
        let word = &self.bytes[start..stop];
        match short(word) {
            Some(word) => sink.short(word),
            None => sink.long(word),
        }
    }
}

/// A word as a number, if it is short enough.
pub(super) fn short(word: &[u8]) -> Option<u128> {
    let mut bytes = [0; SHORT_BYTES];
    bytes.get_mut(..word.len())?.copy_from_slice(word);
    Some(u128::from_le_bytes(bytes))
}

/// The bits below the lowest byte that `found` marks. It must mark one.
fn below(found: u64) -> u64 {
    // The mark is the highest bit of its byte: what lies below the lowest mark has seven bits of that byte too many.
    (found.wrapping_sub(1) & !found) >> 7
}

/// Marks (0x80) the bytes that may end a word: ASCII up to the space, and first bytes of characters that are white space or
/// Hangul jamo, or of their neighbours.
fn stops(bytes: u64) -> u64 {
    let ascii = !((bytes | HIGH) - 0x21 * ONES) & !bytes & HIGH;
    if bytes & HIGH == 0 { ascii } else { ascii | leads(bytes) }
}

/// Marks 0xc2 and 0xe1 to 0xe3.
fn leads(bytes: u64) -> u64 {
    let low = bytes & !HIGH;
    let at_least = |least: u64| (low + (0x80 - least) * ONES) & HIGH;
    let (two, three) = (at_least(0x42) & !at_least(0x43), at_least(0x61) & !at_least(0x64));
    (two | three) & bytes & HIGH
}
