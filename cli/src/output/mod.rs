//! What users see: results on stdout, errors on stderr, exit codes.

mod exit;
mod language;
mod progress;
mod text;

pub use exit::{INTERRUPTED, Interrupted, UsageError, report};
pub use language::Language;
pub use progress::{Progress, ProgressMode};
pub use text::{say, shell_words, thousands};
