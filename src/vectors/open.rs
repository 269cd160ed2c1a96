//! Opening a file of any format that is known.
#![forbid(unsafe_code)]

use super::WordVectors;
use super::format::fasttext::FastTextModel;
use super::format::pickle::{self, TextbookVectors};
use super::format::safetensors::ModelFile;
use super::format::{Format, OpenOptions, OpenReport, recognise};
use super::mapped::Bytes;
use crate::error::{FormatError, Result};
use std::path::Path;
use std::sync::Arc;

impl WordVectors {
    /// Opens a file of word vectors; its format is recognised by content.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if the file cannot be read; [`FormatError`] or
    /// [`PickleError`](crate::error::PickleError) if it is no whole file of a known format, or a vector is not finite.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &OpenOptions::default()).map(|(vectors, _)| vectors)
    }

    /// Opens a file of word vectors as `options` say, and tells what was done with what could not be taken as it stood.
    ///
    /// # Errors
    /// As [`WordVectors::open`], for what `options` do not allow.
    pub fn open_with(path: impl AsRef<Path>, options: &OpenOptions) -> Result<(Self, OpenReport)> {
        let mut report = OpenReport::default();
        let bytes = Bytes::map(path.as_ref())?;
        let vectors = match recognise(&bytes)? {
            Format::Safetensors => Self::from_model(ModelFile::from_shared(Arc::new(bytes))?)?,
            Format::Pickle => {
                let TextbookVectors { vocabulary, vector_size, vectors } = pickle::read(&bytes)?;
                Self::new(vocabulary, vector_size, vectors)?
            }
            Format::FastText => FastTextModel::from_shared(&Arc::new(bytes), options, &mut report)?.into_vectors()?,
            other => return Err(FormatError::Unrecognised { got: other.name() }.into()),
        };
        Ok((vectors, report))
    }
}
