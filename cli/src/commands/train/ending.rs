//! What a run leaves behind, and what it says when it is over.

use super::args::Args;
use super::queries;
use crate::output::{ProgressMode, say, shell_words};
use rapidvec::vectors::WordVectors;
use std::path::{Path, PathBuf};

/// Files that a run writes.
pub struct Outputs {
    pub model: PathBuf,
    pub log: Option<PathBuf>,
    pub plot: Option<PathBuf>,
}

/// What to type to go on. `corpus_again`: the corpus has to be named, since the checkpoint cannot tell it.
pub fn resume_command(args: &Args, outputs: &Outputs, corpus_again: bool) -> String {
    let mut words = vec![program(), "train".to_owned()];
    words.extend(args.corpus.iter().filter(|_| corpus_again).cloned());
    let mut flag = |name: &str, value: Option<String>| {
        words.extend(value.into_iter().flat_map(|value| [format!("--{name}"), value]));
    };
    let path = |path: &Path| path.to_string_lossy().into_owned();
    flag("resume", Some(path(&outputs.model)));
    flag("data-dir", args.reading.data_dir.as_deref().map(path));
    flag("valid", args.valid.clone());
    flag("log", outputs.log.as_deref().map(path));
    flag("plot", outputs.plot.as_deref().map(path));
    flag("threads", (args.threads != 0).then(|| args.threads.to_string()));
    flag("kernel", args.engine.kernel.map(|kernel| kernel.name().to_owned()));
    flag("temporary-folder", args.engine.temporary_folder.as_deref().map(path));
    flag("checkpoint-every", args.other_checkpoint_every());
    shell_words(words)
}

/// What a finished model is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ask {
    /// What the chapter asks.
    Chapter,
    /// The neighbours of a few of its words.
    Words,
    Nothing,
}

impl Ask {
    /// The chapter's words are those of its own corpora; of any other text they may say nothing.
    pub fn of(args: &Args, is_chapter: bool) -> Self {
        match (args.progress, is_chapter) {
            (ProgressMode::None, _) => Self::Nothing,
            (_, true) => Self::Chapter,
            (_, false) => Self::Words,
        }
    }
}

/// What a finished model knows, and what to type next.
pub fn show(path: &Path, ask: Ask) -> anyhow::Result<()> {
    say(format_args!("saved {}", path.display()));
    if ask == Ask::Nothing {
        return Ok(());
    }
    let vectors = WordVectors::open(path)?;
    let word = match ask {
        Ask::Chapter => queries::chapter(&vectors)?,
        _ => queries::words(&vectors)?,
    };
    let model = path.to_string_lossy().into_owned();
    let next = shell_words([program(), "similar".to_owned(), model, word]);
    say(format_args!("\nnext: {next}"));
    Ok(())
}

/// As the user called it, so that a command can be typed as it is printed.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "rapidvec".to_owned())
}
