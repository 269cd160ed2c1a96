//! Lower case: the standard library's, but `İ` becomes a plain `i`.
//!
//! `str::to_lowercase` makes two characters of `İ` (U+0130): `i` and a combining dot above. `i̇stanbul` then looks like
//! `istanbul` but is another word. Here the dot is removed, even if it is a separate character in the text.

/// A combining dot above.
const DOT_ABOVE: char = '\u{307}';

/// `text` in lower case.
///
/// ```
/// assert_eq!(rapidvec_core::to_lowercase("İstanbul ΟΔΟΣ"), "istanbul οδος");
/// ```
pub fn to_lowercase(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    push_lowercase(text, &mut lower);
    lower
}

/// Appends `text` in lower case to `out`.
pub fn push_lowercase(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else if text.contains(['Σ', DOT_ABOVE]) {
        // The lower case of a sigma depends on its neighbours: the standard library has the rule.
        out.push_str(&text.to_lowercase().replace("i\u{307}", "i"));
    } else {
        text.chars().for_each(|character| push_lower(character, out));
    }
}

fn push_lower(character: char, out: &mut String) {
    if character.is_ascii() {
        out.push(character.to_ascii_lowercase());
    } else if has_no_case(character) {
        out.push(character);
    } else if character == 'İ' {
        out.push('i');
    } else {
        out.extend(character.to_lowercase());
    }
}

/// Chinese, Japanese, Korean and their neighbours in Unicode: no letter there has a case.
fn has_no_case(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_lowered_as_in_the_standard_library() {
        for text in
            ["The CAT", "ÉCOLE École", "ΟΔΟΣ ΣΑΣ ὈΔΥΣΣΕΎΣ", "Привет МИР", "東京 TOKYO 한국 ｶﾅ ＡＢＣ", "ǅ Ⓐ Ⅷ", ""]
        {
            assert_eq!(to_lowercase(text), text.to_lowercase());
        }
    }

    #[test]
    fn a_dotted_capital_i_becomes_a_plain_i_however_it_is_written() {
        for text in ["İSTANBUL", "I\u{307}stanbul", "i\u{307}stanbul", "İstanbul"] {
            assert_eq!(to_lowercase(text), "istanbul");
        }
        assert_eq!(to_lowercase("İΣ e\u{307}"), "iς e\u{307}");
    }

    #[test]
    fn the_scripts_that_are_skipped_have_no_case() {
        for character in ('\u{2e80}'..='\u{a63f}').chain('\u{ac00}'..='\u{d7ff}') {
            assert!(character.to_lowercase().eq([character]), "{character:?}");
        }
    }
}
