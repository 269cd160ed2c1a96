//! Every message of the program, in English and in Korean: a function each, named for what it says.
//!
//! To add one, write both sentences below; both take the same values. Numbers come in as they are shown
//! ([`thousands`](crate::output::thousands)), paths as they were given.

#![allow(dead_code)] // commands take their messages from here one by one

use super::Language;

/// Functions that return the message in the language in use, and the list of all for the tests.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident($($value:ident),*) { en: $en:literal, ko: $ko:literal $(,)? })*) => {
        $(
            $(#[$doc])*
            pub fn $name($($value: impl std::fmt::Display),*) -> String {
                match Language::current() {
                    Language::En => plural(&format!($en)),
                    Language::Ko => format!($ko),
                }
            }
        )*

        /// Name, English, Korean.
        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $en, $ko)),*];
    };
}

messages! {
    // ---- Words before a message ----
    error() { en: "error", ko: "오류" }
    warning() { en: "warning", ko: "경고" }
    note() { en: "note", ko: "참고" }

    // ---- Progress ----
    epoch_of(epoch, epochs) { en: "epoch {epoch} of {epochs}", ko: "에폭 {epoch}/{epochs}" }
    of_all(percent) { en: "{percent}% of all", ko: "전체의 {percent}%" }
    loss(loss) { en: "loss {loss}", ko: "손실 {loss}" }
    left(time) { en: "{time} left", ko: "{time} 남음" }
    /// The chapter's line.
    chapter_line(epoch, iteration, iterations, seconds, loss) {
        en: "| epoch {epoch} |  iter {iteration} / {iterations} | time {seconds}[s] | loss {loss}",
        ko: "| 에폭 {epoch} |  반복 {iteration} / {iterations} | 시간 {seconds}[s] | 손실 {loss}",
    }
    held_out_loss(epoch, loss) {
        en: "| epoch {epoch} | held-out loss {loss}",
        ko: "| 에폭 {epoch} | 검증 손실 {loss}",
    }

    // ---- Models ----
    no_default_model(name) {
        en: "no model was named, and there is no {name} here; name a model, or train one with `rapidvec train`",
        ko: "모델을 지정하지 않았고 현재 폴더에 {name} 파일도 없습니다. 모델을 지정하거나 `rapidvec train`으로 학습하세요",
    }

    // ---- Maps ----
    laying_out(words) { en: "laying out {words} word(s)", ko: "단어 {words}개 배치 중" }
    map_saved(path, words) { en: "saved {path}: {words} word(s)", ko: "{path}에 저장했습니다. 단어 {words}개" }
    map_saved_without_names(path, words, hidden) {
        en: "saved {path}: {words} word(s), {hidden} of them without room for a name",
        ko: "{path}에 저장했습니다. 단어 {words}개 중 {hidden}개는 자리가 없어 이름을 표시하지 않았습니다",
    }
    words_is_a_list(path, shown, number) {
        en: "--words takes a file, and there is no file {path}; to draw the {shown} most frequent words, use --top {number}",
        ko: "--words에는 파일을 지정해야 하는데 {path} 파일이 없습니다. 빈도가 높은 단어 {shown}개를 그리려면 --top {number}을 쓰세요",
    }
    unknown_words(unknown, all, words) {
        en: "{unknown} of {all} words are unknown: {words}",
        ko: "단어 {all}개 중 {unknown}개가 모델에 없습니다: {words}",
    }
}

/// Replaces every `(s)`: nothing if the number before it is 1, else an s.
pub(in crate::output) fn plural(text: &str) -> String {
    let mut parts = text.split("(s)");
    let mut done = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let number = done.split(' ').rfind(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        if number != Some("1") {
            done.push('s');
        }
        done += part;
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The values that a sentence shows, without how they are formatted.
    fn values(sentence: &str) -> BTreeSet<&str> {
        let braced = sentence.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        braced.map(|value| value.split(':').next().unwrap_or(value)).collect()
    }

    #[test]
    fn one_of_something_is_not_many() {
        let what = "pipe(s) or device(s): left out";
        assert_eq!(plural(&format!("1 {what}")), "1 pipe or device: left out");
        assert_eq!(plural(&format!("0 {what}")), "0 pipes or devices: left out");
        assert_eq!(plural("m.txt: 1,200 word(s), 1 line(s)"), "m.txt: 1,200 words, 1 line");
    }

    #[test]
    fn every_message_is_in_both_languages_and_shows_the_same_values() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        for (name, english, korean) in ALL {
            assert!(!english.is_empty() && !english.contains(is_hangul), "{name}: {english}");
            assert!(korean.contains(is_hangul), "{name}: {korean}");
            assert_eq!(values(english), values(korean), "{name}");
        }
    }
}
