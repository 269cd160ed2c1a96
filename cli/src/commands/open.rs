//! What all commands that open a model share.

use quickvec::{Error, WordVectors};
use std::path::Path;

/// Opens the word vectors at `path`; an error names the file.
pub fn vectors(path: &Path) -> anyhow::Result<WordVectors> {
    WordVectors::open(path).map_err(|error| name_file(path, error))
}

/// Adds the file's name to an error of the library, unless its message has it.
pub fn name_file(path: &Path, error: impl Into<Error>) -> anyhow::Error {
    let error = error.into();
    let named = matches!(error, Error::Io { .. } | Error::Output(_));
    let error = anyhow::Error::new(error);
    if named { error } else { error.context(path.display().to_string()) }
}
