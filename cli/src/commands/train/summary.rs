//! After training: neighbours of a few words, and the next command.

use super::args::Args;
use super::outputs::program;
use super::queries;
use crate::commands::corpus::is_data_set;
use crate::output::{ProgressMode, is_quiet, messages, say, shell_words};
use rapidvec::checkpoint::Summary;
use rapidvec::error::Error;
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::safetensors::ModelFile;
use rapidvec_textbook::TextbookTrainer;
use std::path::Path;

/// Shows what the model at `path` learned, and the next command.
pub fn show(args: &Args, path: &Path) -> anyhow::Result<()> {
    say(messages::saved(path.display()));
    if args.progress == ProgressMode::None || is_quiet() {
        return Ok(());
    }
    let model = ModelFile::open(path)?;
    let summary = Summary::of(&model).map_err(Error::from)?;
    let vectors = WordVectors::from_model(model).map_err(Error::from)?;
    // In models of other texts the chapter's words may be meaningless.
    let is_textbook = summary.config.is_some_and(|config| config.is_of::<TextbookTrainer>());
    let is_chapter = is_textbook || summary.corpus.is_some_and(|corpus| is_data_set(&corpus.sources));
    let next = if is_chapter { queries::chapter(&vectors)? } else { queries::words(&vectors)? };
    let path = path.to_string_lossy().into_owned();
    let next = shell_words([program(), "similar".to_owned(), path, next]);
    say(format_args!("\n{}", messages::next(next)));
    Ok(())
}
