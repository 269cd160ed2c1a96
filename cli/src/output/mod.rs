//! What users see: results on stdout, errors and notes on stderr, exit codes. One output form a file.

mod answer;
mod chart;
mod comparison;
mod evaluation;
mod exit;
mod facts;
mod form;
mod histogram;
mod json;
mod language;
mod losses;
pub mod map;
mod progress;
mod stream;
mod table;
mod text;
mod tsv;
mod width;
mod words;

pub use answer::{Answer, Query};
pub use chart::Charts;
pub use comparison::{Comparison, comparisons};
pub use evaluation::{Evaluation, Measured};
pub use exit::{INTERRUPTED, Interrupted, UsageError, message, report};
pub use facts::Facts;
pub use form::{FactsForm, Form, ScoresForm};
pub use histogram::Histogram;
pub use language::Language;
pub use losses::LossCurve;
pub use progress::{Progress, ProgressMode};
pub use stream::{note, say, to_stdout};
pub use text::{shell_words, thousands};
pub use words::WordsForm;
