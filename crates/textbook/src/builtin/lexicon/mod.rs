//! The words of the built-in corpus: who acts, what is done, what it is done with.
//!
//! A phrase is a verb in its base form and what follows it; a word in capitals is filled in later (`HIS` by the subject's
//! pronoun, others from [`CHOICES`](super::phrases::CHOICES)). Each entry has phrases of its own, so that it can be told
//! from its neighbours; tense, number and gender come from the sentence around it and are shared by all.

mod business;
mod people;
mod qualities;
mod things;
mod verbs;

pub use business::{BUSINESS, INDICATORS, MOVEMENTS, TRADES, Trade};
pub use people::{NAMES, ROLES, Role};
pub use qualities::{QUALITIES, Quality};
pub use things::{KINDS, Kind, Noun};
pub use verbs::{IRREGULAR, VERBS};

/// Phrases, each opening with a verb in its base form.
pub type Phrases = &'static [&'static str];
