//! What users see: results on stdout, errors on stderr, exit codes.

mod exit;

pub use exit::{Interrupted, report};
