//! What n-grams consist of: letters, or the jamo of Hangul.
//!
//! A Hangul syllable is a block of an initial consonant, a vowel, and a final consonant or none. With jamo as units (Park et al. 2018,
//! "Subword-level Word Vector Representations for Korean"), words that share a stem but differ inside a syllable, such as 가다 and
//! 갔다, share n-grams. Every syllable becomes three units: a missing final has a mark of its own, so that the units of two syllables never
//! run into each other. Initial and final consonants are different units. All other characters are units themselves.
//!
//! The units are Unicode's conjoining jamo of the syllable's composed form (NFC); the mark is U+11A7, which stands before the
//! first final consonant in Unicode's formula and is no character itself. A word gives the same units composed or decomposed.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// What n-grams consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Units {
    /// Characters, as in fastText.
    #[default]
    Letters,
    /// Initial, medial and final of Hangul syllables; other characters as they are.
    Jamo,
}

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Letters => "letters",
            Self::Jamo => "jamo",
        })
    }
}

impl Units {
    pub(crate) fn is_letters(&self) -> bool {
        *self == Self::Letters
    }

    /// The units of `word`, as UTF-8. A word that is not valid UTF-8 stays as it is.
    pub(crate) fn of(self, word: &[u8]) -> Cow<'_, [u8]> {
        match (self, std::str::from_utf8(word)) {
            (Self::Jamo, Ok(text)) if !text.is_ascii() => Cow::Owned(jamo(text).into_bytes()),
            _ => Cow::Borrowed(word),
        }
    }
}

/// Unicode, section 3.12: the syllables, and the first initial, medial and (before the first) final.
const SYLLABLES: std::ops::RangeInclusive<u32> = 0xac00..=0xd7a3;
const INITIAL: u32 = 0x1100;
const MEDIAL: u32 = 0x1161;
const FINAL: u32 = 0x11a7;
const MEDIALS: u32 = 21;
const FINALS: u32 = 28;

/// The text with each Hangul syllable as three jamo.
fn jamo(text: &str) -> String {
    let mut units = String::with_capacity(3 * text.len());
    for c in text.nfc() {
        if SYLLABLES.contains(&(c as u32)) {
            let syllable = c as u32 - SYLLABLES.start();
            let parts = [
                INITIAL + syllable / (MEDIALS * FINALS),
                MEDIAL + syllable / FINALS % MEDIALS,
                FINAL + syllable % FINALS,
            ];
            units.extend(parts.into_iter().filter_map(char::from_u32));
        } else {
            units.push(c);
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syllable_is_three_jamo_and_an_empty_final_has_a_mark() {
        assert_eq!(jamo("각"), "\u{1100}\u{1161}\u{11a8}");
        assert_eq!(jamo("가"), "\u{1100}\u{1161}\u{11a7}");
        assert_eq!(jamo("힣a가"), "\u{1112}\u{1175}\u{11c2}a\u{1100}\u{1161}\u{11a7}");
        assert_eq!(jamo("ㅋㅋ é 漢"), "ㅋㅋ é 漢");
        let decomposed: String = "한국어".nfd().collect();
        assert_eq!(jamo(&decomposed), jamo("한국어"));
    }

    #[test]
    fn letters_and_words_that_are_not_utf8_stay() {
        assert_eq!(Units::Letters.of("한국".as_bytes()), "한국".as_bytes());
        assert_eq!(Units::Jamo.of(b"caf\xe9"), &b"caf\xe9"[..]);
        assert_eq!(Units::Jamo.of(b"cafe"), &b"cafe"[..]);
    }
}
