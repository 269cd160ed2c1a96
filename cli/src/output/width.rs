//! How many columns a word takes on a terminal.
//!
//! Korean, Chinese and Japanese characters and emoji take two, marks that join the character before them none, all
//! others one. Source: East Asian Width `W` and `F` of Unicode (Standard Annex 11), whole blocks at a time. Limit: the few
//! dozen wide symbols (such as the hourglass) in blocks of narrow ones count as narrow.

use std::ops::RangeInclusive;

const WIDE: [RangeInclusive<u32>; 16] = [
    0x1100..=0x115f,   // Hangul Jamo, leading consonants
    0x2e80..=0x303e,   // radicals, punctuation
    0x3041..=0x33ff,   // kana, compatibility Jamo, units
    0x3400..=0x4dbf,   // ideographs, extension A
    0x4e00..=0x9fff,   // ideographs
    0xa000..=0xa4cf,   // Yi
    0xa960..=0xa97f,   // Hangul Jamo, extended A
    0xac00..=0xd7a3,   // Hangul syllables
    0xf900..=0xfaff,   // compatibility ideographs
    0xfe10..=0xfe19,   // vertical punctuation
    0xfe30..=0xfe6f,   // vertical and small forms
    0xff01..=0xff60,   // full-width forms
    0xffe0..=0xffe6,   // full-width currency
    0x16fe0..=0x1b2fb, // Tangut, Khitan, further kana
    0x1f300..=0x1faff, // emoji
    0x20000..=0x3fffd, // ideographs, extensions B and later
];

const JOINED: [RangeInclusive<u32>; 7] = [
    0x0300..=0x036f, // accents
    0x1160..=0x11ff, // Hangul Jamo, vowels and final consonants
    0x1ab0..=0x1aff, // accents, extended
    0x200b..=0x200f, // zero-width space and joiners, direction marks
    0x20d0..=0x20ff, // accents for symbols
    0xfe00..=0xfe0f, // variation selectors
    0xd7b0..=0xd7ff, // Hangul Jamo, extended B
];

/// Columns that `text`, which has no control characters, takes.
pub fn width(text: &str) -> usize {
    text.chars().map(of_char).sum()
}

fn of_char(character: char) -> usize {
    let within = |blocks: &[RangeInclusive<u32>]| blocks.iter().any(|block| block.contains(&u32::from(character)));
    match character {
        '\0'..='\u{2ff}' => 1, // the usual case first
        _ if within(&JOINED) => 0,
        _ if within(&WIDE) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `W` and `F` in Python 3.11's `unicodedata.east_asian_width` (Unicode 14) are two columns.
    #[test]
    fn counts_columns() {
        let widths =
            [("", 0), ("you", 3), ("né", 2), ("안녕", 4), ("日本語", 6), ("ｱ", 1), ("Ａ", 2), ("ю", 1), ("🙂", 2)];
        for (text, expected) in widths {
            assert_eq!(width(text), expected, "{text}");
        }
    }

    #[test]
    fn the_two_ways_to_write_a_syllable_take_the_same_columns() {
        assert_eq!(width("\u{1112}\u{1161}\u{11ab}"), width("한"));
        assert_eq!(width("e\u{301}"), width("é"));
    }
}
