//! Numbers and arguments as users read them.

/// `929,589`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// So many of something: `(s)` in its name is an s, or nothing behind a 1.
pub fn counted(count: u64, what: &str) -> String {
    format!("{} {}", thousands(count), what.replace("(s)", if count == 1 { "" } else { "s" }))
}

/// Arguments as a POSIX shell reads them.
pub fn shell_words<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let quoted: Vec<_> = words.into_iter().map(|word| quote(word.as_ref())).collect();
    quoted.join(" ")
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
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
        let what = "pipe(s) or device(s): left out";
        assert_eq!(counted(1, what), "1 pipe or device: left out");
        assert_eq!(counted(0, what), "0 pipes or devices: left out");
        assert_eq!(counted(1200, "word(s)"), "1,200 words");
    }

    #[test]
    fn a_shell_gets_back_what_was_given() {
        assert_eq!(shell_words(["a/b-1.txt", "my file", "it's", ""]), r"a/b-1.txt 'my file' 'it'\''s' ''");
    }
}
