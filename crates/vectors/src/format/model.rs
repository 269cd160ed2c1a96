//! Opens a model, and names what is not one.

use super::recognise::{Format, recognise_file};
use super::safetensors::ModelFile;
use crate::error::{FormatError, Result};
use std::path::Path;

/// Opens the rapidvec model at `path`, as [`ModelFile::open`].
///
/// # Errors
/// As [`ModelFile::open`]; [`FormatError::NeedsModel`] for word vectors in another format.
pub fn open_model(path: &Path) -> Result<ModelFile> {
    ModelFile::open(path).or_else(|error| match recognise_file(path)? {
        Format::Safetensors => Err(error),
        other => Err(FormatError::NeedsModel { got: other.name() }.into()),
    })
}
