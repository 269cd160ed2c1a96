//! Escapes words in XML, HTML, and JSON inside HTML. A word is only data, whatever characters it contains.

use serde::Serialize;

/// The maximum length of a drawn name in characters; longer names are cut, and shown in full on hover.
const LONGEST: usize = 40;

/// Text of an element or an attribute of XML or HTML. Characters that XML cannot represent are escaped as in Rust.
pub fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => escaped.extend(character.escape_unicode()),
            _ if character.is_control() => escaped.extend(character.escape_default()),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A name as it is drawn: of limited length, without invisible characters.
pub fn shown(word: &str) -> String {
    let visible: String = word.chars().take(LONGEST + 1).map(visible).collect();
    if visible.chars().count() <= LONGEST {
        return if visible.is_empty() { "∅".to_owned() } else { visible };
    }
    visible.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// Replaces control characters and those that change the direction of the text.
fn visible(character: char) -> char {
    match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{fffe}' | '\u{ffff}' => {
            '\u{fffd}'
        }
        _ if character.is_control() => '\u{fffd}',
        _ => character,
    }
}

/// JSON that is safe inside a `<script>`: nothing in it ends the element, begins a comment or ends a line of
/// JavaScript.
pub fn json(value: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(value)?;
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // These occur in strings only, where \u is allowed. The last ones could make the source look different from its meaning.
            '<' | '>' | '&' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(character)))
            }
            _ => escaped.push(character),
        }
    }
    Ok(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_any_word() {
        assert_eq!(xml("<b a=\"1\" c='2'>&"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
        assert_eq!(xml("a\0\u{1b}[2J\u{ffff}\t안"), r"a\u{0}\u{1b}[2J\u{ffff}\t안");
    }

    #[test]
    fn names_are_short_and_visible() {
        assert_eq!(shown("toyota"), "toyota");
        assert_eq!(shown(""), "∅");
        assert_eq!(shown("a\u{202e}b\n"), "a\u{fffd}b\u{fffd}");
        assert_eq!(shown(&"x".repeat(40)).chars().count(), 40);
        let cut = shown(&"x".repeat(41));
        assert!(cut.chars().count() == 40 && cut.ends_with('…'));
    }

    #[test]
    fn json_in_a_page_ends_nothing_and_means_the_same() {
        let words = ["</script><script>alert(1)</script>", "<!--", "]]>", "\u{2028}", "\u{202e}", "&lt;", "안\\\"\n"];
        let written = json(&words).unwrap();
        assert!(!written.contains(['<', '>', '&', '\u{2028}', '\u{202e}', '\n']), "{written}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&written).unwrap(), words);
    }
}
