//! Numbers, words and arguments as users read them.

use super::language::message::plural;
use unicode_width::UnicodeWidthStr;

/// `929,589`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// `1 word`, `1,200 words`: every `(s)` in the name becomes an s, or nothing after a 1.
pub fn counted(count: u64, what: &str) -> String {
    plural(&format!("{} {what}", thousands(count)))
}

/// The number of columns of `text`, which has no control characters, on a terminal.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` with spaces after it, up to that many columns.
pub fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` with its control characters escaped: words of a file must not steer a terminal.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() { shown.extend(character.escape_default()) } else { shown.push(character) }
    }
    shown
}

/// `text` as a field of a table with tabs: backslash, tab, line feed and carriage return are escaped.
pub fn field(text: &str) -> String {
    text.replace('\\', r"\\").replace('\t', r"\t").replace('\n', r"\n").replace('\r', r"\r")
}

/// Quotes arguments for a POSIX shell.
pub fn shell_words<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let quoted: Vec<_> = words.into_iter().map(|word| quote(word.as_ref())).collect();
    quoted.join(" ")
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    if word.contains(char::is_control) {
        // A terminal would obey them.
        let escape = |c: char| if c.is_control() || "\\'".contains(c) { escaped(c) } else { c.to_string() };
        return format!("$'{}'", word.chars().map(escape).collect::<String>());
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A character inside `$'...'`: its bytes, which all shells read alike.
fn escaped(c: char) -> String {
    c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0, 999, 1_000, 929_589, u64::MAX].map(thousands);
        assert_eq!(shown, ["0", "999", "1,000", "929,589", "18,446,744,073,709,551,615"]);
    }

    #[test]
    fn one_of_something_is_not_many() {
        assert_eq!((counted(1, "word(s)"), counted(1200, "word(s)")), ("1 word".to_owned(), "1,200 words".to_owned()));
    }

    #[test]
    fn a_word_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\n안\u{9b}"), r"a\u{1b}[2Jb\n안\u{9b}");
    }

    #[test]
    fn a_word_cannot_break_its_line() {
        assert_eq!(field("a\tb\\n\nc\r"), r"a\tb\\n\nc\r");
        assert_eq!(field("안녕 you"), "안녕 you");
    }

    /// `W` and `F` in Python 3.11's `unicodedata.east_asian_width` (Unicode 14) are two columns.
    #[test]
    fn widths_are_columns() {
        let widths =
            [("", 0), ("you", 3), ("né", 2), ("안녕", 4), ("日本語", 6), ("ｱ", 1), ("Ａ", 2), ("ю", 1), ("🙂", 2)];
        for (text, expected) in widths {
            assert_eq!(width(text), expected, "{text}");
        }
        assert_eq!(width("\u{1112}\u{1161}\u{11ab}"), width("한"), "both ways to write a syllable");
        assert_eq!(width("e\u{301}"), width("é"));
        assert_eq!(padded("안녕", 6), "안녕  ");
    }

    #[test]
    fn a_shell_gets_back_what_was_given() {
        assert_eq!(shell_words(["a/b-1.txt", "my file", "it's", ""]), r"a/b-1.txt 'my file' 'it'\''s' ''");
        assert_eq!(shell_words(["a\u{1b}[2J", "\u{7}'\\"]), r"$'a\x1b[2J' $'\x07\x27\x5c'");
    }
}
