//! Cuts a text into pieces of whole lines, for several threads.

use rapidvec_core::parallel::{self, cores};
use std::ops::Range;

/// The minimum size: smaller pieces are not worth a task.
const LEAST: usize = 64 << 10;
/// Pieces per thread: with several, threads finish at nearly the same time.
const PER_THREAD: usize = 8;

/// Some whole lines of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// Their range in the text.
    pub bytes: Range<usize>,
    /// Lines before it.
    pub first: usize,
    /// Lines in it.
    pub lines: usize,
}

/// Cuts `text`, whose last line has no line end, at line ends.
pub(super) fn pieces(text: &[u8]) -> Vec<Piece> {
    cut(text, (text.len() / (PER_THREAD * cores())).max(LEAST))
}

fn cut(text: &[u8], length: usize) -> Vec<Piece> {
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let least = (start + length).min(text.len());
        let end = text[least..].iter().position(|&b| b == b'\n').map_or(text.len(), |more| least + more + 1);
        ranges.push(start..end);
        start = end;
    }
    let lines: Vec<usize> = parallel::map(cores(), &ranges, |range| line_ends(&text[range.clone()]));
    let mut first = 0;
    let mut pieces: Vec<_> = ranges
        .into_iter()
        .zip(lines)
        .map(|(bytes, lines)| {
            first += lines;
            Piece { bytes, first: first - lines, lines }
        })
        .collect();
    if let Some(last) = pieces.last_mut().filter(|last| text[last.bytes.clone()].last() != Some(&b'\n')) {
        last.lines += 1;
    }
    pieces
}

fn line_ends(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_all_lines_in_order_whatever_their_size() {
        for text in ["", "a", "a\nbb\n\nccc\n\n\ndddddddd\ne", "\n\n\na", "a\n\n"] {
            for length in 1..12 {
                let pieces = cut(text.as_bytes(), length);
                let joined: String = pieces.iter().map(|piece| &text[piece.bytes.clone()]).collect();
                assert_eq!(joined, text);
                let lines = if text.ends_with('\n') { text.matches('\n').count() } else { text.lines().count() };
                assert_eq!(pieces.iter().map(|piece| piece.lines).sum::<usize>(), lines, "{text:?} {length}");
                for two in pieces.windows(2) {
                    assert_eq!((two[0].bytes.end, two[0].first + two[0].lines), (two[1].bytes.start, two[1].first));
                }
            }
        }
    }
}
