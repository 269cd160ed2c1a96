//! The default model of the commands that query: the one that `rapidvec train` writes.

use crate::output::{UsageError, messages};
use std::path::Path;

/// Where `train` writes by default.
pub const DEFAULT_OUTPUT: &str = "model.safetensors";

/// The file that was named, or `model.safetensors` in the current folder.
///
/// # Errors
/// No file was named, and there is no such file.
pub fn or_default(named: Option<&Path>) -> Result<&Path, UsageError> {
    let default = Path::new(DEFAULT_OUTPUT);
    match named {
        Some(path) => Ok(path),
        None if default.exists() => Ok(default),
        None => Err(UsageError(messages::no_default_model(DEFAULT_OUTPUT))),
    }
}
