//! Starts a run; everything that can be checked is checked before the text is read.

use super::args::{Args, Device, TrainerName};
use super::device::{self, Chosen};
use super::flags::Flags;
use super::run::{self, Run};
use super::signals::Signals;
use super::{outputs, resume, together};
use crate::commands::corpus::Choice;
use crate::commands::default_model::DEFAULT_OUTPUT;
use crate::commands::open::OpenArgs;
use crate::commands::vocab_args;
use crate::output::{UsageError, messages, note, thousands};
use anyhow::{Context, bail};
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::corpus::{Corpus, CorpusOptions, CorpusReport};
use rapidvec::error::Error;
use rapidvec::vectors::format::{Format, recognise_file};
use rapidvec::{CpuTrainer, Pretrained, Runs, Session, Started, Vocabulary, WordId, read_vocabulary};
use rapidvec_textbook::TextbookTrainer;
use std::path::Path;
use std::sync::Arc;

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    let signals = Signals::listen();
    if let Some(engine) = args.gang.engine {
        return together::run(&args, engine, &signals);
    }
    if let Some(path) = &args.resume {
        return resume::run(&args, path, &signals);
    }
    let choice = Choice::parse(&args.corpus)?;
    let only_cpu = [("--runs", args.word2vec.runs.is_some()), ("--compass", args.word2vec.compass.is_some())];
    if let Some((flag, _)) = only_cpu.into_iter().find(|(_, given)| *given && args.device != Device::Cpu) {
        return Err(UsageError(messages::argument_conflict(flag, "--device")).into());
    }
    match args.trainer(&choice)? {
        TrainerName::Textbook => match device::choose(&args, false)? {
            Chosen::Cpu => start::<TextbookTrainer>(&args, choice, &signals),
            #[cfg(feature = "gpu")]
            Chosen::Gpu => start::<rapidvec_gpu::GpuTextbookTrainer>(&args, choice, &signals),
        },
        TrainerName::Word2vec => match device::choose(&args, args.word2vec.hierarchical_softmax)? {
            Chosen::Cpu => start::<CpuTrainer>(&args, choice, &signals),
            #[cfg(feature = "gpu")]
            Chosen::Gpu => start::<rapidvec_gpu::GpuTrainer>(&args, choice, &signals),
        },
    }
}

fn start<T: Flags>(args: &Args, choice: Choice, signals: &Signals) -> anyhow::Result<()> {
    let own = &args.word2vec;
    let base = own.update.as_deref().map(updated).transpose()?;
    let config = config::<T>(args, base.as_ref())?;
    let output = args.output.clone().unwrap_or_else(|| DEFAULT_OUTPUT.into());
    outputs::check(args, &output, &choice, false)?;
    let init = own.init.as_deref().map(pretrained).transpose()?;
    let compass = own.compass.as_deref().map(pretrained).transpose()?;
    for known in [&base, &init, &compass].into_iter().flatten() {
        known.check_size(T::vector_size(&config)).map_err(with_vector_size)?;
    }
    let mut options = args.reading.with_phrases(T::corpus_options(args))?;
    if let (Some(record), None) = (base.as_ref().and_then(Pretrained::corpus), own.min_count) {
        options = options.min_count(record.min_count);
    }
    let text = Text::read::<T>(args, &choice, options, base.as_ref())?;
    let config = T::for_text(args, config, &text.corpus)?;
    let held_out = read_held_out::<T>(args, &config, &text.options, text.corpus.vocabulary())?;
    let mut session = match &base {
        Some(base) => {
            let (session, started) = Session::<T>::update(&config, &text.corpus, base, args.threads)?;
            report_started(base, &started, session.vocabulary());
            session
        }
        None => match own.runs {
            Some(count) => {
                Session::start_runs(&config, Runs::of(count).keep(own.keep_runs), &text.corpus, args.threads)?
            }
            None => Session::start(&config, &text.corpus, args.threads)?,
        },
    };
    if let Some(init) = &init {
        let started = session.init_from(init)?;
        report_started(init, &started, session.vocabulary());
        if own.freeze {
            session.freeze(&started.ids)?;
        }
    }
    if let Some(compass) = &compass {
        let others = session.follow(compass)?;
        report_followed(compass, &others, session.vocabulary());
    }
    drop((base, init, compass));
    session.describe_corpus(CorpusRecord::new(&text.corpus, choice.names(), &text.options));
    let run = Run { args, signals, output, held_out, corpus_again: choice.is_stdin(), resumed: None };
    run::run(session, &text.corpus, &config, run)
}

fn config<T: Flags>(args: &Args, base: Option<&Pretrained>) -> anyhow::Result<T::Config> {
    let before = base.map(Pretrained::config::<T>).transpose().map_err(Error::from)?.flatten();
    if let (Some(before), Some(model)) = (base.and_then(|base| base.config::<CpuTrainer>().ok()?), args.settings.model)
        && before.model != model
    {
        note(messages::other_model(before.model, model));
    }
    let mut args = args.clone();
    if let (Some(base), None) = (base, args.settings.vector_size) {
        args.settings.vector_size = Some(base.vector_size());
    }
    let config = T::of_flags(&args, before)?;
    T::validate(&config).map_err(Error::from)?;
    Ok(config)
}

/// A model to continue.
fn updated(path: &Path) -> anyhow::Result<Pretrained> {
    let cannot = || messages::cannot_update(path.display());
    let format = recognise_file(path).with_context(cannot)?;
    if format != Format::Safetensors {
        let got = format.name();
        bail!("{}: --update needs a rapidvec model, got {got}; --init starts from vectors in any format", cannot());
    }
    Pretrained::model(path).with_context(cannot)
}

/// Vectors to start from; prints what was dropped or repaired when they were opened.
fn pretrained(path: &Path) -> anyhow::Result<Pretrained> {
    let cannot = || messages::cannot_start_from(path.display());
    match recognise_file(path).with_context(cannot)? {
        Format::Safetensors => Pretrained::model(path).with_context(cannot),
        _ => {
            let vectors = OpenArgs::default().vectors(path).with_context(cannot)?;
            Ok(Pretrained::of(&path.display().to_string(), &vectors))
        }
    }
}

fn with_vector_size(error: rapidvec::TrainError) -> anyhow::Error {
    match error {
        rapidvec::TrainError::VectorSize { got, .. } => anyhow::anyhow!("{error}; use --vector-size {got}"),
        error => Error::from(error).into(),
    }
}

fn report_followed(compass: &Pretrained, others: &[WordId], vocabulary: &Vocabulary) {
    let [found, all] = [vocabulary.len() - others.len(), vocabulary.len()].map(|count| thousands(count as u64));
    note(messages::words_follow(found, all, compass.name()));
    if let Some(first) = others.iter().min_by_key(|id| std::cmp::Reverse(vocabulary.count(**id))) {
        note(messages::words_without_compass(thousands(others.len() as u64), vocabulary.word(*first)));
    }
}

fn report_started(known: &Pretrained, started: &Started, vocabulary: &Vocabulary) {
    if started.without_output {
        note(messages::output_weights_unused(known.name()));
    }
    let [found, all] = [started.ids.len(), vocabulary.len()].map(|count| thousands(count as u64));
    note(messages::words_start_from(found, all, known.name()));
}

/// A text that was read, and how.
struct Text {
    corpus: Corpus,
    options: CorpusOptions,
}

impl Text {
    fn read<T: Flags>(
        args: &Args,
        choice: &Choice,
        options: CorpusOptions,
        base: Option<&Pretrained>,
    ) -> anyhow::Result<Self> {
        let name = choice.names().join(" ");
        let (words, first) = match base {
            Some(base) => {
                let (words, report) = merge(args, choice, &options, base)?;
                (Some(Arc::new(words)), Some(report))
            }
            None => (args.word2vec.vocab.as_deref().map(read_vocabulary).transpose()?.map(Arc::new), None),
        };
        let options = options.vocabulary(words);
        let corpus = vocab_args::read(choice, &args.reading, &options)?;
        if let Some(first) = first {
            first.check_unchanged(corpus.report(), &name).map_err(Error::from)?;
        }
        T::report_reading(&name, &options, &corpus);
        Ok(Self { corpus, options })
    }
}

/// The words of a model and the frequent new ones of a text, and the counts of the text.
fn merge(
    args: &Args,
    choice: &Choice,
    options: &CorpusOptions,
    base: &Pretrained,
) -> anyhow::Result<(Vocabulary, CorpusReport)> {
    if !choice.can_be_read_again() {
        return Err(UsageError(messages::update_reads_twice()).into());
    }
    let all = options.clone().min_count(1);
    let (new, report) = vocab_args::count(choice, &args.reading, &all)?;
    vocab_args::note_pruned(&choice.names().join(" "), &all, &report);
    let (both, added) = base.extended_by(&new, options.min_count);
    note(messages::new_words(thousands(added as u64), thousands(base.words().len() as u64)));
    Ok((both, report))
}

/// The text of `--valid`, encoded with the words of the first.
pub fn read_held_out<T: Flags>(
    args: &Args,
    config: &T::Config,
    options: &CorpusOptions,
    vocabulary: &Arc<Vocabulary>,
) -> anyhow::Result<Option<Corpus>> {
    let Some(name) = &args.valid else { return Ok(None) };
    let choice = Choice::parse(std::slice::from_ref(name))?;
    let options = options.clone().max_tokens(None).vocabulary(Arc::clone(vocabulary));
    let text = vocab_args::read(&choice, &args.reading, &options)?;
    crate::commands::corpus::print_notes(text.name(), text.report());
    T::check_held_out(config, &text).with_context(|| format!("--valid {name}"))?;
    Ok(Some(text))
}
