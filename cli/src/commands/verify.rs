//! `rapidvec verify MODEL...`: check every byte.

use super::open;
use crate::output::{messages, report, thousands, to_stdout};
use anyhow::anyhow;
use rapidvec::Error;
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::safetensors::ModelFile;
use rapidvec::vectors::format::{Format, OpenOptions, recognise_file};
use std::path::{Path, PathBuf};

/// Check every byte of models against their checksums
///
/// Also checks every number. All files are checked, even if one is damaged; the exit code is 1 if any is damaged, or may be
/// cut short (a text whose last line has no line end).
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
            Ok(checked) => to_stdout(|out| writeln!(out, "{}", messages::verified(model.display(), checked)))?,
            Err(error) => {
                // The last one is returned as the program's error.
                if let Some(before) = failed.replace(error) {
                    report(&before);
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// What was checked, in words.
fn check(path: &Path) -> anyhow::Result<String> {
    let is_ours = recognise_file(path).is_ok_and(|format| format == Format::Safetensors);
    let read = if is_ours { check_model(path) } else { check_other(path) };
    let (vectors, how) = read.map_err(|error| open::name_file(path, error))?;
    let how = how.ok_or_else(|| anyhow!(messages::maybe_cut(path.display())))?;
    Ok(messages::checked_words(thousands(vectors.len() as u64), vectors.vector_size(), how))
}

fn check_model(path: &Path) -> Result<(WordVectors, Option<String>), Error> {
    let model = ModelFile::open(path)?;
    model.verify()?; // large files are not verified on opening
    let how = messages::checksums_match(model.tensors().count());
    model.check_finite()?; // nor are their numbers checked
    Ok((WordVectors::from_model(model)?, Some(how)))
}

/// `None` if the end may be missing.
fn check_other(path: &Path) -> Result<(WordVectors, Option<String>), Error> {
    let (vectors, mut report) = WordVectors::open_with(path, &OpenOptions::default())?;
    vectors.check_finite()?; // those of large mapped files are not checked on opening
    let is_finished = !std::mem::take(&mut report.unfinished);
    open::show(path, &report);
    Ok((vectors, is_finished.then(messages::read_to_the_end)))
}
