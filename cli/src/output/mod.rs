//! What users see: results on stdout, errors and notes on stderr, exit codes. One output form a file.

mod answer;
mod evaluation;
mod exit;
mod facts;
mod form;
mod json;
mod language;
mod progress;
mod stream;
mod table;
mod text;
mod tsv;
mod width;

pub use answer::{Answer, Query};
pub use evaluation::{Evaluation, Measured};
pub use exit::{INTERRUPTED, Interrupted, UsageError, report};
pub use facts::Facts;
pub use form::{FactsForm, Form, ScoresForm};
pub use language::Language;
pub use progress::{Progress, ProgressMode};
pub use stream::{note, say, to_stdout};
pub use text::{shell_words, thousands};
