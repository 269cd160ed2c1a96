//! Detects words with punctuation: in raw text split at white space, `King,` and `"Hello` are separate words.

/// Whether `word` begins or ends with punctuation and has letters or digits.
///
/// Clitics (`'s`) and abbreviations (`u.s.`), which tokenized corpora have, do not count.
///
/// ```
/// use rapidvec::corpus::carries_punctuation;
///
/// assert!(carries_punctuation("King,") && carries_punctuation("“Hello"));
/// assert!(!carries_punctuation("King") && !carries_punctuation("'s") && !carries_punctuation("u.s.") && !carries_punctuation("..."));
/// ```
pub fn carries_punctuation(word: &str) -> bool {
    let mut rest = word.chars();
    let (Some(first), Some(last)) = (rest.next(), rest.next_back()) else { return false };
    let is_abbreviation = last == '.' && rest.clone().any(|character| character == '.');
    let begins = is_punctuation(first) && !matches!(first, '\'' | '’' | '.');
    let ends = is_punctuation(last) && !is_abbreviation;
    (begins || ends) && word.chars().any(char::is_alphanumeric)
}

fn is_punctuation(character: char) -> bool {
    matches!(character, '!' | '"' | '\'' | '(' | ')' | ',' | '.' | ':' | ';' | '?' | '[' | ']' | '{' | '}')
        || matches!(character, '«' | '»' | '¿' | '¡' | '\u{2013}'..='\u{201f}' | '…')
        || matches!(character, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '！' | '（' | '）' | '，' | '：' | '；' | '？')
}
