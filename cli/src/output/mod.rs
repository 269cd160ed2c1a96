//! What users see: results on stdout, errors and notes on stderr, exit codes. One output form a file.

mod answer;
mod exit;
mod facts;
mod form;
mod json;
mod stream;
mod table;
mod tsv;
mod width;

pub use answer::{Answer, Query};
pub use exit::{Interrupted, report};
pub use facts::Facts;
pub use form::{FactsForm, Form};
pub use stream::{note, to_stdout};
