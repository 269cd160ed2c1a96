//! Evaluation of vectors by analogies and by human similarity judgements.
//!
//! An [`EvaluationSet`] is a file of either kind, recognised by its content:
//! - questions "`a` is to `b` as `c` is to `d`", four words per line, in sections that begin with `: name`;
//!   or lines of a word and the words related to it (`king<tab>queen/lady`), each asked with every other, as in BATS;
//! - pairs of words with a human similarity score, in a table of any delimiter.
//!
//! The rules, and so the scores, are those of gensim 4.4's `evaluate_word_analogies` and `evaluate_word_pairs`:
//! - Only the [`restrict`](EvaluateOptions::restrict) most frequent words are used, in questions and as answers. (gensim
//!   takes the first words of the file, which are the same if they are sorted by descending count, or have no counts.)
//! - Words are compared in upper case unless [`case_sensitive`](EvaluateOptions::case_sensitive); of words that differ
//!   only in case, the vector of the most frequent represents all.
//! - A question or pair with an unknown word is skipped and counted, or counts as wrong
//!   ([`count_unknown`](EvaluateOptions::count_unknown)).
//! - An answer is correct if the best word other than `a`, `b`, `c` (in any case) is `d`.
//!
//! gensim silently skips a line with another number of fields; here the file is rejected, with the number of the line.
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
mod interval;
mod known;
mod pairs;
mod read;
pub(crate) mod scan;
pub mod statistics;
mod table;

pub use analogies::{AnalogyReport, SectionScore};
pub use known::EvaluateOptions;
pub use pairs::PairReport;
pub use read::{Analogies, EvaluationSet, Section, WordPairs};
pub use table::Columns;

use crate::search::AnalogyMethod;
use crate::search::error::QueryError;
use crate::word_vectors::WordVectors;

impl WordVectors {
    /// Answers all questions, each by a scan of all candidates: see the [module](self).
    ///
    /// With [`AnalogyMethod::Add`] counts equal those of gensim 4.4's `evaluate_word_analogies`. Between words whose scores
    /// differ by less than the rounding of f32 either may be the answer.
    ///
    /// # Errors
    /// [`QueryError::NotFinite`] if a vector holds NaN or infinity: the file is damaged.
    pub fn evaluate_analogies(
        &self,
        analogies: &Analogies,
        method: AnalogyMethod,
        options: &EvaluateOptions,
    ) -> Result<AnalogyReport, QueryError> {
        analogies::evaluate(self, analogies, method, options)
    }

    /// Compares cosines with human judgements: see the [module](self). Correlations equal those of gensim 4.4's
    /// `evaluate_word_pairs` up to the rounding of its f32.
    ///
    /// # Errors
    /// [`QueryError::NotFinite`] if a vector holds NaN or infinity: the file is damaged.
    pub fn evaluate_pairs(&self, pairs: &WordPairs, options: &EvaluateOptions) -> Result<PairReport, QueryError> {
        pairs::evaluate(self, pairs, options)
    }
}
