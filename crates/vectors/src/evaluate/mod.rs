//! How good are these vectors? Analogies answered, and similarities compared with people's.
//!
//! An [`EvaluationSet`] is a file of either kind, told by its content:
//! - questions "`a` is to `b` as `c` is to `d`", four words a line, in sections that begin with `: name`;
//! - pairs of words with a number that says how alike people find them, apart by tabs, commas or spaces.
//!
//! The rules, and so the figures, are those of gensim 4.4's `evaluate_word_analogies` and `evaluate_word_pairs`:
//! - Only the [`restrict`](EvaluateOptions::restrict) most frequent words take part, as questions and as answers. (gensim
//!   takes the file's first, which are the same where they stand in falling order of their counts, or have none.)
//! - Words are compared in upper case unless [`case_sensitive`](EvaluateOptions::case_sensitive); of words that differ
//!   in case only, the vector of the most frequent stands for all.
//! - A question or pair with a word that takes no part is left out and counted, or counts as missed
//!   ([`count_unknown`](EvaluateOptions::count_unknown)).
//! - An answer is right if the best word that is none of `a`, `b`, `c` (in any case) is `d`.
//!
//! Where gensim skips a line of another number of fields in silence, the file is refused here with the line's number.
//!
//! ```
//! use rapidvec_vectors::evaluate::{EvaluateOptions, EvaluationSet};
//! use rapidvec_vectors::{AnalogyMethod, Numbers, WordVectors};
//!
//! let mut vocabulary = rapidvec_core::Vocabulary::new();
//! ["man", "king", "woman", "queen"].map(|word| vocabulary.add(word));
//! let numbers = vec![1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]; // 4 words x 3 numbers
//! let vectors = WordVectors::new(vocabulary, 3, Numbers::F32(numbers))?;
//! let options = EvaluateOptions::default();
//!
//! let questions = ": royal\nMan King Woman Queen\nman king aunt queen\n";
//! let EvaluationSet::Analogies(analogies) = EvaluationSet::read(questions.as_bytes(), "royal")? else { panic!() };
//! let report = vectors.evaluate_analogies(&analogies, AnalogyMethod::Add, &options)?;
//! assert_eq!((report.total.correct, report.total.asked, report.total.unknown), (1, 1, 1));
//!
//! let pairs = "man,woman,7\nking,queen,8\nman,king,2\n";
//! let EvaluationSet::Pairs(pairs) = EvaluationSet::read(pairs.as_bytes(), "pairs")? else { panic!() };
//! assert!(vectors.evaluate_pairs(&pairs, &options)?.spearman.is_some_and(|rho| rho.coefficient > 0.8));
//! # Ok::<(), rapidvec_vectors::Error>(())
//! ```

mod analogies;
mod block;
pub(crate) mod error;
mod known;
mod pairs;
mod read;
mod scan;
pub mod statistics;

pub use analogies::{AnalogyReport, SectionScore};
pub use known::EvaluateOptions;
pub use pairs::PairReport;
pub use read::{Analogies, EvaluationSet, Section, WordPairs};
