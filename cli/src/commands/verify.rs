//! `rapidvec verify MODEL...`: check every byte.

use super::open;
use crate::output::{counted, report, to_stdout};
use rapidvec::Error;
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::safetensors::ModelFile;
use rapidvec::vectors::format::{Format, recognise_file};
use std::path::{Path, PathBuf};

/// Check every byte of models against their checksums
///
/// Also checks every number. All files are checked, even if one is damaged; the exit code is 1 if any is damaged.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec verify model.safetensors
  rapidvec verify models/*.safetensors")]
pub struct Args {
    /// Files of word vectors; their formats are recognised by content
    #[arg(required = true, value_name = "MODEL")]
    models: Vec<PathBuf>,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let mut failed = None;
    for model in &args.models {
        match check(model) {
            Ok(checked) => to_stdout(|out| writeln!(out, "{}: OK, {checked}", model.display()))?,
            Err(error) => {
                // The last one is returned as the program's error.
                if let Some(before) = failed.replace(open::name_file(model, error)) {
                    report(&before);
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// What was checked, in words.
fn check(path: &Path) -> Result<String, Error> {
    let (vectors, how) = match recognise_file(path)? {
        Format::Safetensors => {
            let model = ModelFile::open(path)?;
            model.verify()?; // large files are not verified on opening
            let how = format!("checksums of {} tensors and of the header match", model.tensors().count());
            model.check_finite()?; // nor are their numbers checked
            (WordVectors::from_model(model)?, how)
        }
        _ => {
            let vectors = WordVectors::open(path)?;
            vectors.check_finite()?; // nor are the numbers of large mapped files
            (vectors, "read to the end (this format has no checksums)".to_owned())
        }
    };
    Ok(format!("{}, vector size {}; {how}", counted(vectors.len() as u64, "word(s)"), vectors.vector_size()))
}
