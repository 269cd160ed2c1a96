//! Letters in lower case, and composed.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Writes `text` in lower case to `out`, unless it is so already: then `false`.
///
/// As `str::to_lowercase`, the Greek final sigma included.
pub(super) fn lower(text: &str, out: &mut String) -> bool {
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
    } else if text.contains('Σ') {
        // Its small letter depends on what is around it: the standard library knows the rule.
        out.push_str(&text.to_lowercase());
    } else {
        text.chars().for_each(|character| push_lower(character, out));
    }
    out != text
}

fn push_lower(character: char, out: &mut String) {
    if character.is_ascii() {
        out.push(character.to_ascii_lowercase());
    } else if has_no_case(character) {
        out.push(character);
    } else {
        out.extend(character.to_lowercase());
    }
}

/// Chinese, Japanese, Korean and their neighbours in Unicode: no letter there has a case.
fn has_no_case(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}')
}

/// Writes `text` composed (NFC) to `out`, unless it is so already: then `false`.
pub(super) fn compose(text: &str, out: &mut String) -> bool {
    if text.is_ascii() || is_composed(text) {
        return false;
    }
    out.reserve(text.len());
    // Line ends stand alone in every form, so that lines can be composed one by one.
    for line in text.split_inclusive('\n') {
        if is_composed(line) {
            out.push_str(line);
        } else {
            out.extend(line.nfc());
        }
    }
    out != text
}

/// Whether the quick check can tell that this is NFC already. Most text is, and most of it can be told faster yet.
fn is_composed(text: &str) -> bool {
    let mut rest = text;
    loop {
        // All below U+0300 is composed whatever it stands beside: lead bytes up to 0xcb.
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

/// Hangul syllables and the common ideographs and kana: composed, and nothing before them joins them.
fn stands_alone(character: char) -> bool {
    matches!(character, '\u{ac00}'..='\u{d7a3}' | '\u{4e00}'..='\u{9fff}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}')
}
