//! Trains with other processes, started by any launcher.

use super::args::{Args, Device, TrainerName};
use super::display::Unit;
use super::flags::Flags;
use super::gang_settings::Engine;
use super::launched::Launched;
use super::outputs::{self, resume_command};
use super::run::stopped_at;
use super::signals::Signals;
use super::summary;
use super::watcher::Watcher;
use super::word2vec::method;
use crate::commands::corpus::{Choice, with_flags};
use crate::commands::default_model::DEFAULT_OUTPUT;
use crate::output::{UsageError, messages, note, say, set_quiet, thousands};
use anyhow::Context;
use rapidvec::checkpoint::Checkpoint;
use rapidvec::corpus::CorpusOptions;
use rapidvec::distributed::collective::{Group, Waits};
use rapidvec::distributed::{Costs, Gang, GangSession, Resumed, SharedText, SyncPlan};
use rapidvec::error::{CoreError, Error};
use rapidvec::{Checkpoints, CpuTrainer, Observer, Stopped, Trainer};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Processes of a job may read parts of different sizes, so they are patient.
const WAITS: Waits = Waits { start: Duration::from_secs(300), answer: Duration::from_secs(1_800) };

/// Trains with the processes that the environment names.
pub fn run(args: &Args, engine: Engine, signals: &Signals) -> anyhow::Result<()> {
    if engine == Engine::Ray {
        return Err(UsageError(messages::ray_needs_python()).into());
    }
    let launched = Launched::from_env()?;
    check(args)?;
    if launched.seat.rank > 0 {
        set_quiet(true); // the first process speaks for all
    }
    let gang = Group::at_root(&launched.root, launched.seat, &launched.token, WAITS);
    let gang = Gang::from(gang.map_err(|error| Error::from(CoreError::from(error)))?);
    let (session, output) = match &args.resume {
        Some(path) => (resumed(args, path, gang)?, args.output.clone().unwrap_or_else(|| path.clone())),
        None => started(args, gang)?,
    };
    train(args, session, &output, signals)
}

/// Refuses what processes cannot do together.
fn check(args: &Args) -> Result<(), UsageError> {
    let own = &args.word2vec;
    let refused = [
        ("workers", args.gang.workers.is_some()),
        ("valid", args.valid.is_some()),
        ("init", own.init.is_some()),
        ("update", own.update.is_some()),
        ("vocab", own.vocab.is_some()),
        ("plot", args.plot.is_some()),
        ("device", args.device != Device::Cpu),
        ("trainer textbook", args.settings.trainer == Some(TrainerName::Textbook)),
    ];
    match refused.iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(UsageError(messages::argument_conflict(format_args!("--{flag}"), "--engine env"))),
        None => Ok(()),
    }
}

fn started(args: &Args, mut gang: Gang) -> anyhow::Result<(GangSession, PathBuf)> {
    let output = args.output.clone().unwrap_or_else(|| DEFAULT_OUTPUT.into());
    let config = CpuTrainer::of_flags(args, None)?;
    CpuTrainer::validate(&config).map_err(Error::from)?;
    let options = args.reading.with_phrases(CpuTrainer::corpus_options(args))?;
    if gang.is_first() {
        let choice = texts(&args.corpus)?;
        args.trainer(&choice)?;
        outputs::check(args, &output, &choice, false)?;
        choice.note_skipped(&options.preparation);
    }
    let text = read(&mut gang, &args.corpus, &options)?;
    let session = GangSession::start(gang, text, &config, args.threads, args.gang.plan(SyncPlan::default()))?;
    Ok((session, output))
}

fn resumed(args: &Args, path: &Path, mut gang: Gang) -> anyhow::Result<GangSession> {
    let opened = if gang.is_first() { Checkpoint::open(path).map(Some) } else { Ok(None) };
    let told = Resumed::tell(&mut gang, opened).with_context(|| messages::cannot_resume(path.display()));
    let mut resumed = told?;
    CpuTrainer::check_against(args, &resumed.config)?;
    resumed.set_plan(args.gang.plan(resumed.plan()));
    resumed.config.epochs = args.settings.epochs.unwrap_or(resumed.config.epochs);
    let names = if args.corpus.is_empty() { &resumed.record.sources } else { &args.corpus };
    let names = names.clone();
    if gang.is_first() {
        let output = args.output.clone().unwrap_or_else(|| path.to_owned());
        outputs::check(args, &output, &texts(&names)?, true)?;
    }
    let threads = if resumed.one_thread() && args.threads == 0 { 1 } else { args.threads };
    let options = resumed.record.count_options(&resumed.vocabulary, threads).vocabulary(resumed.vocabulary.clone());
    let options = options.temporary_folder(args.word2vec.temporary_folder.clone());
    let options = args.reading.with_phrases_again(options, &resumed.record)?;
    let text = read(&mut gang, &names, &options)?;
    Ok(GangSession::resume(gang, text, resumed, threads)?)
}

/// The files that names mean; processes cannot share a data set.
fn texts(names: &[String]) -> anyhow::Result<Choice> {
    match Choice::parse(names)? {
        Choice::Texts(texts) => Ok(Choice::Texts(texts)),
        other => Err(UsageError(messages::argument_conflict(other.names().join(" "), "--engine env")).into()),
    }
}

fn read(gang: &mut Gang, names: &[String], options: &CorpusOptions) -> anyhow::Result<SharedText> {
    let text = SharedText::read(gang, names, options, &mut |_| ControlFlow::Continue(())).map_err(with_flags)?;
    if let Some(counted) = &text.counted {
        let rare = match counted.dropped {
            0 => String::new(),
            dropped => messages::dropped_rare(thousands(dropped), options.min_count),
        };
        say(messages::counted_words(thousands(counted.tokens), thousands(counted.words)) + &rare);
    }
    Ok(text)
}

fn train(args: &Args, mut session: GangSession, output: &Path, signals: &Signals) -> anyhow::Result<()> {
    session.trainer_mut().apply(args)?;
    say(describe(&session));
    signals.training_begins();
    let is_own = args.resume.as_deref() == Some(output);
    let policy = Checkpoints::to(output).interval(args.checkpoint_every).overwrite(args.force || is_own);
    session.set_checkpoints(policy.keep_state(args.keep_state).half(args.half));
    let outcome = if session.gang().is_first() {
        let mut watcher = Watcher::of(args, signals, Unit::Words, &session.progress(), session.history(), &[])?;
        let outcome = session.run(&mut watcher);
        watcher.finish()?;
        outcome
    } else {
        session.run(&mut signals.observer() as &mut dyn Observer)
    };
    let stopped = outcome.map_err(|error| failed(&session, error))?;
    say_costs(&session.costs());
    let model = session.saved().map_or(output, |(path, _)| path).to_owned();
    match stopped {
        Stopped::Finished if session.gang().is_first() => {
            drop(session);
            summary::show(args, &model)
        }
        Stopped::Finished => Ok(()),
        _ => {
            let command = resume_command(args, &model, !args.corpus.is_empty());
            Err(stopped_at(&session.progress(), Unit::Words, &model, command))
        }
    }
}

fn describe(session: &GangSession) -> String {
    let (trainer, size) = (session.trainer(), session.gang().seat().size);
    let config = Trainer::config(trainer);
    let [kept, words] = [session.progress().words_per_epoch, session.vocabulary().len() as u64].map(thousands);
    let run = messages::word2vec_run(
        session.corpus_name(),
        kept,
        words,
        method(config),
        config.vector_size,
        super::flags::threads(trainer),
        trainer.kernels(),
    );
    format!("{run}; {}", messages::workers(size))
}

/// What is left of a run that failed.
fn failed(session: &GangSession, error: Error) -> anyhow::Error {
    let left = match session.saved().filter(|(path, _)| path.exists()) {
        Some((path, block)) => messages::last_checkpoint(Unit::Words.block(), block, path.display()),
        None if session.gang().is_first() => messages::nothing_was_saved(),
        None => String::new(),
    };
    anyhow::anyhow!("{error}{left}")
}

fn say_costs(costs: &Costs) {
    let Costs { training, waiting, synchronising, rounds, sent } = *costs;
    let all = (training + waiting + synchronising).as_secs_f64().max(1e-9);
    let percent = |part: Duration| format!("{:.1}", 100.0 * part.as_secs_f64() / all);
    let [synchronised, full] = rounds.map(thousands);
    let megabytes = thousands(sent.div_ceil(1_000_000));
    note(messages::sync_costs(synchronised, full, percent(synchronising), percent(waiting), megabytes));
}
