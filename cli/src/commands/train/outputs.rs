//! The files a run writes: checked before the text is read, and named in the command that resumes.

use super::args::{Args, Device};
use super::log;
use crate::commands::convert;
use crate::commands::corpus::Choice;
use crate::output::{Language, Place, UsageError, messages, shell_words};
use rapidvec::corpus::CorpusError;
use rapidvec::error::Error;
use std::path::{Path, PathBuf};

/// Checks that everything can be read and written, and that no input is overwritten. Missing inputs are reported first.
pub fn check(args: &Args, output: &Path, choice: &Choice, resumed: bool) -> anyhow::Result<()> {
    let valid = args.valid.as_ref().map(|name| Choice::parse(std::slice::from_ref(name))).transpose()?;
    let read: Vec<&Choice> = [Some(choice), valid.as_ref()].into_iter().flatten().collect();
    check_inputs(args, &read)?;
    let own = resumed && args.resume.as_deref() == Some(output);
    // A text that would be overwritten is reported with a better reason below.
    if !own
        && !choice.reads(output)
        && let Some(help) = convert::instead(output)
    {
        return Err(UsageError(help).into());
    }
    Place::named(output).check_file(args.force || own)?;
    if let Some(path) = &args.log {
        Place::named(path).check_file(args.force || resumed && log::is_log(path))?;
    }
    if let Some(path) = &args.plot {
        Place::named(path).check_file(args.force || resumed)?;
    }
    check_apart(args, output, &read)
}

fn check_inputs(args: &Args, read: &[&Choice]) -> anyhow::Result<()> {
    if let Some(path) = read.iter().find_map(|choice| choice.missing()) {
        return Err(Error::from(CorpusError::Missing { path: path.to_owned() }).into());
    }
    if read.iter().filter(|choice| choice.is_stdin()).count() > 1 {
        return Err(UsageError(messages::stdin_once()).into());
    }
    let folders = [("data-dir", &args.reading.data_dir), ("temporary-folder", &args.word2vec.temporary_folder)];
    for (flag, folder) in folders {
        if let Some(folder) = folder.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(UsageError(messages::no_folder(flag, folder.display())).into());
        }
    }
    Ok(())
}

/// Checks that output files differ from each other and from input files.
fn check_apart(args: &Args, output: &Path, read: &[&Choice]) -> anyhow::Result<()> {
    let written: Vec<&PathBuf> = [&args.log, &args.plot].into_iter().flatten().collect();
    let mut places: Vec<PathBuf> = written.iter().map(|path| place(path)).chain([place(output)]).collect();
    places.sort();
    if places.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(UsageError(messages::outputs_differ()).into());
    }
    if let Some(path) =
        places.iter().find(|path| read.iter().any(|choice| choice.would_read(path) && !choice.reads(path)))
    {
        return Err(UsageError(messages::output_among_texts(path.display())).into());
    }
    let own = &args.word2vec;
    let models = [&args.resume, &own.init, &own.compass, &own.update, &own.vocab];
    written.iter().try_for_each(|path| Place::File(path).check_unread(models.into_iter().flatten()))?;
    let overwritten = written.iter().map(|path| path.as_path()).chain([output]);
    match overwritten.into_iter().find(|path| read.iter().any(|choice| choice.reads(path))) {
        Some(path) => Err(UsageError(messages::input_not_output(path.display())).into()),
        None => Ok(()),
    }
}

/// A file's canonical path. Its folder exists: that was checked before.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(path.file_name().unwrap_or_default())
}

/// The command that resumes a run. `corpus_again`: the text has to be named, since the checkpoint does not name it.
pub fn resume_command(args: &Args, model: &Path, corpus_again: bool) -> String {
    let mut words = vec![program(), "train".to_owned()];
    words.extend(args.corpus.iter().filter(|_| corpus_again).cloned());
    let mut flag = |name: &str, value: Option<String>| {
        words.extend(value.into_iter().flat_map(|value| [format!("--{name}"), value]));
    };
    let path = |path: &Path| path.to_string_lossy().into_owned();
    flag("resume", Some(path(model)));
    let data_dir = args.reading.data_dir.clone().or_else(|| std::env::var_os("RAPIDVEC_DATA").map(PathBuf::from));
    flag("data-dir", data_dir.as_deref().filter(|folder| folder.is_dir()).map(path));
    flag("valid", args.valid.clone());
    flag("log", args.log.as_deref().map(path));
    flag("plot", args.plot.as_deref().map(path));
    flag("threads", (args.threads != 0).then(|| args.threads.to_string()));
    flag("device", (args.device == Device::Gpu).then(|| "gpu".to_owned()));
    flag("windows-in-flight", args.word2vec.windows_in_flight.map(|windows| windows.to_string()));
    flag("engine", args.gang.engine.map(|_| "env".to_owned()));
    flag("kernel", args.word2vec.kernel.clone());
    flag("temporary-folder", args.word2vec.temporary_folder.as_deref().map(path));
    flag("checkpoint-every", args.other_checkpoint_every());
    flag("lang", Language::chosen().map(|language| language.name().to_owned()));
    shell_words(words)
}

/// The program's name as the user typed it, so that a printed command can be typed unchanged.
pub fn program() -> String {
    std::env::args_os().next().map_or_else(|| "rapidvec".to_owned(), |name| name.to_string_lossy().into_owned())
}
