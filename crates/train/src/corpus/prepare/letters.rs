//! Letters in lower case, and composed.

use rapidvec_core::push_lowercase;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Writes `text` in lower case to `out`; returns `false`, and writes nothing, if it is in lower case already.
pub(super) fn lower(text: &str, out: &mut String) -> bool {
    push_lowercase(text, out);
    out != text
}

/// Writes `text` composed (NFC) to `out`; returns `false`, and writes nothing, if it is composed already.
pub(super) fn compose(text: &str, out: &mut String) -> bool {
    if text.is_ascii() || is_composed(text) {
        return false;
    }
    out.reserve(text.len());
    // No form changes line ends, so lines can be composed separately.
    for line in text.split_inclusive('\n') {
        if is_composed(line) {
            out.push_str(line);
        } else {
            out.extend(line.nfc());
        }
    }
    out != text
}

/// Whether the quick check says that this is NFC already. Most text is, and for most of it a faster check suffices.
fn is_composed(text: &str) -> bool {
    let mut rest = text;
    loop {
        // Everything below U+0300 (lead bytes up to 0xcb) is composed, whatever surrounds it.
        let Some(at) = rest.bytes().position(|byte| byte >= 0xcc) else { return true };
        rest = &rest[at..];
        let end = rest.bytes().position(|byte| byte < 0xcc && !(0x80..0xc0).contains(&byte)).unwrap_or(rest.len());
        let run = &rest[..end];
        if !run.chars().all(stands_alone) && is_nfc_quick(run.chars()) != IsNormalized::Yes {
            return false;
        }
        rest = &rest[end..];
    }
}

/// Hangul syllables and the common ideographs and kana: composed, and they never combine with what comes before.
fn stands_alone(character: char) -> bool {
    matches!(character, '\u{ac00}'..='\u{d7a3}' | '\u{4e00}'..='\u{9fff}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}')
}
