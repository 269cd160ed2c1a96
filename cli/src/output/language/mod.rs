//! The language of messages, English or Korean, and every message in both.
//!
//! A sentence and its translation are next to each other in [`message`]; [`errors`] translates the library's errors and
//! [`usage`] the argument parser's. Help texts are English only.

mod errors;
mod files;
pub mod message;
mod usage;

use clap::ValueEnum;
use std::sync::OnceLock;

pub use errors::translated;
pub use usage::translated as translated_usage;

/// A language that messages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// Korean
    Ko,
}

/// The value of `--lang`.
static CHOSEN: OnceLock<Language> = OnceLock::new();
/// The language of the locale.
static LOCALE: OnceLock<Language> = OnceLock::new();

impl Language {
    /// Sets the language of all messages from now on.
    pub fn use_from_now_on(self) {
        let _ = CHOSEN.set(self); // once, by `main`
    }

    /// The language of messages: that of `--lang`, or of the locale.
    pub fn current() -> Self {
        #[cfg(test)]
        if let Some(language) = tests::SPOKEN.get() {
            return language;
        }
        *CHOSEN.get().unwrap_or_else(|| LOCALE.get_or_init(Self::of_locale))
    }

    /// The language that `--lang` chose.
    pub fn chosen() -> Option<Self> {
        CHOSEN.get().copied()
    }

    /// The value of `--lang`.
    pub fn name(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ko => "ko",
        }
    }

    /// From the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set.
    pub fn of_locale() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default();
        let is_korean = locale.split(['_', '.', '-', '@']).next() == Some("ko");
        if is_korean { Language::Ko } else { Language::En }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        /// The language of a test, whatever the locale is.
        pub static SPOKEN: Cell<Option<Language>> = const { Cell::new(Some(Language::En)) };
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let of = |set: &[(&str, &str)]| {
            let set: Vec<_> = set.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
            Language::of(move |name| set.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone()))
        };
        assert_eq!(of(&[]), Language::En);
        assert_eq!(of(&[("LANG", "ko_KR.UTF-8")]), Language::Ko);
        assert_eq!(of(&[("LANG", "kok_IN.UTF-8")]), Language::En, "Konkani");
        assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "ko_KR.UTF-8")]), Language::En);
        assert_eq!(of(&[("LC_ALL", ""), ("LC_MESSAGES", "ko"), ("LANG", "en")]), Language::Ko);
    }
}
