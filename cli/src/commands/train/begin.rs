//! A run from its start: everything that can be refused is refused before the corpus is read.

use super::args::{Args, Recipe};
use super::corpus::{self, Choice};
use super::keeping::Keeping;
use super::session::Session;
use super::signals::Signals;
use super::{engine, log, memory, resume};
use crate::commands::convert;
use crate::commands::counting;
use crate::output::{Place, UsageError, note, say, thousands};
use rapidvec::ModelKind;
use rapidvec::checkpoint::{CorpusRecord, Storage};
use rapidvec::corpus::{Corpus, CorpusError, CorpusOptions};
use rapidvec::error::{Error, TrainError};
use rapidvec_textbook::{Config as TextbookConfig, TextbookTrainer};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub const DEFAULT_OUTPUT: &str = "model.safetensors";

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let signals = Signals::listen()?;
    match &args.resume {
        Some(path) => resume::run(&args, path, &signals),
        None => {
            let choice = Choice::parse(&args.corpus)?;
            match args.recipe(&choice)? {
                Recipe::Textbook => train(&args, choice, &signals),
                Recipe::Word2vec => engine::begin(&args, choice, &signals),
            }
        }
    }
}

fn train(args: &Args, choice: Choice, signals: &Signals) -> anyhow::Result<()> {
    let config = args.settings.config();
    config.validate().map_err(Error::from)?;
    let output = args.output.clone().unwrap_or_else(|| DEFAULT_OUTPUT.into());
    check_outputs(args, &output, &choice, false)?;
    let options = args.reading.options(CorpusOptions::textbook());
    let corpus = counting::read(&choice, &args.reading, &options)?;
    let record = CorpusRecord::new(&corpus, choice.names(), &options);
    let prepared = Prepared::new(args, &config, &options, &corpus, 0)?;
    let ids = corpus.ids().to_vec();
    let trainer = TextbookTrainer::new(&config, &ids, corpus.counts(), args.threads)?;
    prepared.tell(&config, &corpus, &trainer);
    signals.training_begins();
    let storage = Storage { half: args.half, keep_state: args.keep_state, one_thread: false };
    Session {
        keeping: Keeping::new(args, signals, output, storage, choice.is_stdin()),
        config: &config,
        record: &record,
        vocabulary: corpus.vocabulary(),
        held_out: Vec::new(),
        valid: prepared.valid,
        trainer,
    }
    .run()
}

/// Checks that everything that will be written can be, and that nothing is written over what is read.
pub fn check_outputs(args: &Args, output: &Path, choice: &Choice, resumed: bool) -> anyhow::Result<()> {
    let own = resumed && args.resume.as_deref() == Some(output);
    // A text that would be lost has a better reason, below.
    if !own
        && !choice.reads(output)
        && let Some(help) = convert::instead(output)
    {
        return Err(UsageError(help).into());
    }
    if let Some(folder) = args.reading.data_dir.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(UsageError(format!("--data-dir {}: there is no such folder", folder.display())).into());
    }
    if let Some(folder) = args.engine.temporary_folder.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(UsageError(format!("--temporary-folder {}: there is no such folder", folder.display())).into());
    }
    Place::named(output).check_file("a model", args.force || own)?;
    if let Some(path) = &args.log {
        Place::named(path).check_file("a log", args.force || resumed && log::is_log(path))?;
    }
    if let Some(path) = &args.plot {
        Place::named(path).check_file("a plot", args.force || resumed)?;
    }
    let written: Vec<&PathBuf> = [&args.log, &args.plot].into_iter().flatten().collect();
    let mut places: Vec<PathBuf> = written.iter().map(|path| place(path)).chain([place(output)]).collect();
    places.sort();
    if places.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(UsageError("--output, --log and --plot must be different files".into()).into());
    }
    let valid = args.valid.as_ref().map(|name| Choice::parse(std::slice::from_ref(name))).transpose()?;
    // It is read last, when much of the work before the first step is done.
    if let Some(path) = valid.as_ref().and_then(Choice::missing) {
        return Err(Error::from(CorpusError::Missing { path: path.to_owned() }).into());
    }
    let read: Vec<&Choice> = [Some(choice), valid.as_ref()].into_iter().flatten().collect();
    if let Some(path) =
        places.iter().find(|path| read.iter().any(|choice| choice.would_read(path) && !choice.reads(path)))
    {
        let why = "lies among the texts, and a resumed run would take it for one of them; write it elsewhere";
        return Err(UsageError(format!("{} {why}", path.display())).into());
    }
    let models = [&args.resume, &args.engine.init, &args.engine.update, &args.engine.vocab];
    written.iter().try_for_each(|path| Place::File(path).check_unread(models.into_iter().flatten()))?;
    let overwritten = written.iter().map(|path| path.as_path()).chain([output]);
    match overwritten.into_iter().find(|path| read.iter().any(|choice| choice.reads(path))) {
        Some(path) => Err(UsageError(format!("{} is read and cannot be written too", path.display())).into()),
        None if read.iter().filter(|choice| choice.is_stdin()).count() > 1 => {
            Err(UsageError("standard input (-) can be read only once".into()).into())
        }
        None => Ok(()),
    }
}

/// A file's place, whatever way its folder is written. The folder exists: that was checked before.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(path.file_name().unwrap_or_default())
}

/// What is known before the first step.
pub struct Prepared {
    /// Held-out text.
    pub valid: Option<Corpus>,
    megabytes: u64,
}

impl Prepared {
    /// Reads held-out text by the same `options`, and checks that training fits the machine beside what it `holds` of its matrices already, in
    /// bytes.
    pub fn new(
        args: &Args,
        config: &TextbookConfig,
        options: &CorpusOptions,
        corpus: &Corpus,
        holds: u64,
    ) -> anyhow::Result<Self> {
        corpus::print_notes(corpus.name(), corpus.report());
        let valid = read_valid(args, config, options, corpus)?;
        let tokens = corpus.ids().len() + valid.as_ref().map_or(0, |valid| valid.ids().len());
        let megabytes = memory::check(config, corpus.vocabulary().len(), tokens, holds).map_err(Error::from)?;
        Ok(Self { valid, megabytes })
    }

    /// The line before the first step.
    pub fn tell(&self, config: &TextbookConfig, corpus: &Corpus, trainer: &TextbookTrainer) {
        let examples = corpus.ids().len() - 2 * config.window;
        let pairs = match config.model {
            ModelKind::Cbow => examples,
            ModelKind::SkipGram => examples * 2 * config.window,
        };
        let [tokens, words, pairs] =
            [corpus.ids().len(), corpus.vocabulary().len(), pairs].map(|n| thousands(n as u64));
        let threads = match trainer.threads() {
            1 => "1 thread".to_owned(),
            threads => format!("{threads} threads"),
        };
        say(format_args!(
            "{}: {tokens} tokens, {words} words, {pairs} pairs an epoch; {threads}, about {} MB of memory",
            corpus.name(),
            self.megabytes
        ));
        if trainer.batch_size() < config.batch_size {
            let (used, asked) = (trainer.batch_size(), config.batch_size);
            note(format_args!("there are only {used} examples: batches have {used} instead of {asked}"));
        }
    }
}

fn read_valid(
    args: &Args,
    config: &TextbookConfig,
    options: &CorpusOptions,
    corpus: &Corpus,
) -> anyhow::Result<Option<Corpus>> {
    let Some(name) = &args.valid else { return Ok(None) };
    let choice = Choice::parse(std::slice::from_ref(name))?;
    let options = options.clone().max_tokens(None).vocabulary(Arc::clone(corpus.vocabulary()));
    let valid = counting::read(&choice, &args.reading, &options)?;
    corpus::print_notes(valid.name(), valid.report());
    if valid.ids().len() < 2 * config.window + 1 {
        let short = TrainError::CorpusTooShort { tokens: valid.ids().len(), window: config.window };
        return Err(anyhow::Error::new(short).context(format!("--valid {name}")));
    }
    Ok(Some(valid))
}
