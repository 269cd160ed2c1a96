//! `quickvec verify MODEL`: is every byte what was written?

use super::open;
use crate::output::to_stdout;
use quickvec::vectors::format::safetensors::ModelFile;
use quickvec::vectors::format::{Format, recognise_file};
use quickvec::{Error, WordVectors};
use std::path::{Path, PathBuf};

/// Check a model from its first byte to its last
///
/// Compares every tensor with its checksum and looks at every number. A file that is damaged ends with exit code 1.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let checked = check(&args.model).map_err(|error| open::name_file(&args.model, error))?;
    to_stdout(|out| writeln!(out, "{}: OK, {checked}", args.model.display()))
}

/// What was checked, in words.
fn check(path: &Path) -> Result<String, Error> {
    let (vectors, how) = match recognise_file(path)? {
        Format::Safetensors => {
            let model = ModelFile::open(path)?;
            model.verify()?; // large files are not verified on opening
            model.check_finite()?;
            let how = format!("the checksums of {} tensors and the header are right", model.tensors().count());
            (WordVectors::from_model(model)?, how)
        }
        _ => {
            let vectors = WordVectors::open(path)?;
            vectors.check_finite()?; // nor are the numbers of large mapped ones
            (vectors, "read to the end; this format has no checksums".to_owned())
        }
    };
    Ok(format!("{} words, vector size {}; {how}", vectors.len(), vectors.vector_size()))
}
