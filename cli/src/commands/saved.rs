//! Word vectors that a command makes from others, written to a file.

use super::convert::unknown_ending;
use super::open;
use crate::output::{Place, UsageError, messages, say, thousands};
use rapidvec::vectors::format::Format;
use rapidvec::vectors::{SaveOptions, WordVectors};
use std::path::Path;

/// The format of the file at `path`, by its extension.
pub fn format_of(path: &Path) -> Result<Format, UsageError> {
    Format::of_ending(path).ok_or_else(|| unknown_ending(path))
}

/// Writes the vectors, and says so.
pub fn save(
    vectors: &WordVectors,
    path: &Path,
    format: Format,
    options: &SaveOptions,
    force: bool,
) -> anyhow::Result<()> {
    let (writer, _) = vectors.writer(format, options).map_err(|error| open::name_file(path, error))?;
    Place::File(path).write(force, |out| writer.write_to(out))?;
    say(messages::vectors_saved(thousands(vectors.len() as u64), vectors.vector_size(), path.display()));
    Ok(())
}
