//! Trains until the end or a signal, and reports the result.

use super::args::Args;
use super::display::Unit;
use super::flags::Flags;
use super::outputs::resume_command;
use super::plot;
use super::rescue::rescue;
use super::signals::Signals;
use super::summary;
use super::watcher::Watcher;
use crate::output::{Interrupted, messages, note, save_chart, say, thousands};
use rapidvec::atomic_file::Existing;
use rapidvec::corpus::Corpus;
use rapidvec::error::Error;
use rapidvec::{Checkpoints, Progress, Session, Stopped, Trainer};
use std::path::{Path, PathBuf};

/// The file where a resumed run was saved before, if it is not `output`.
pub type Resumed = Option<(PathBuf, u64)>;

/// Everything of a run but its session.
pub struct Run<'a> {
    pub args: &'a Args,
    pub signals: &'a Signals,
    pub output: PathBuf,
    pub held_out: Option<Corpus>,
    /// Whether the command that resumes has to name the text.
    pub corpus_again: bool,
    pub resumed: Resumed,
}

/// Trains to the end, or until a signal; saves; shows what was learned.
pub fn run<T: Flags>(mut session: Session<T>, corpus: &Corpus, config: &T::Config, run: Run) -> anyhow::Result<()> {
    let Run { args, signals, ref output, .. } = run;
    session.trainer_mut().apply(args)?;
    say_memory(&session, config, corpus, args.threads);
    say(session.trainer().describe(corpus));
    signals.training_begins();
    let is_own = args.resume.as_deref() == Some(output);
    let policy = Checkpoints::to(output).interval(args.checkpoint_every).overwrite(args.force || is_own);
    session.set_checkpoints(policy.keep_state(args.keep_state).half(args.half));
    if let Some(text) = run.held_out.clone() {
        session.set_held_out(text, &mut signals.observer())?;
    }
    let mut watcher = Watcher::new(args, signals, &session)?;
    let outcome = session.run(&mut watcher);
    let logged = watcher.finish();
    let stopped = outcome.map_err(|error| failed(&session, error, &run))?;
    if let Some(path) = &args.plot {
        save_chart(&plot::chart(&session), path, Existing::Replace)?;
    }
    logged?;
    let model = session.saved().map_or(output.as_path(), |(path, _)| path).to_owned();
    match stopped {
        Stopped::Finished => {
            warn_if_loss_rose(session.trainer());
            drop(session); // frees the matrices: the model is mapped next
            summary::show(args, &model)
        }
        _ => Err(interrupted(&session, &run, &model)),
    }
}

/// The line with the estimate of memory.
fn say_memory<T: Flags>(session: &Session<T>, config: &T::Config, corpus: &Corpus, threads: usize) {
    /// Bytes of the program itself and its libraries that are in memory while it trains.
    const PROGRAM: u64 = 6_000_000;
    let ids = if corpus.is_spilled() { 0 } else { corpus.ids().size() as u64 };
    let words = 40 * corpus.vocabulary().len() as u64;
    let all = Session::<T>::memory_needed(config, corpus, threads) + session.memory_of_runs() + ids + words + PROGRAM;
    say(messages::training_memory(thousands(all.div_ceil(1_000_000))));
}

/// The error of a failed run, and what was saved of it.
fn failed<T: Flags>(session: &Session<T>, error: Error, run: &Run) -> anyhow::Error {
    let saved = session.saved().map(|(path, block)| (path.to_owned(), block));
    // It may have been removed since.
    let saved = saved.as_ref().or(run.resumed.as_ref()).filter(|(path, _)| path.exists());
    let left = || match saved {
        Some((path, block)) => messages::last_checkpoint(T::UNIT.block(), block, path.display()),
        None => messages::nothing_was_saved(),
    };
    match error {
        Error::Train(error) => anyhow::anyhow!("{error}{}", left()),
        error if session.trainer().progress().is_finished() => {
            let rescued = rescue(session, &run.output, run.args.keep_state);
            let left = rescued.map_or_else(left, |path| messages::is_elsewhere(path.display()));
            anyhow::Error::new(error).context(messages::model_not_saved() + &left)
        }
        error => anyhow::Error::new(error).context(messages::checkpoint_not_saved()),
    }
}

/// Prints how to resume.
fn interrupted<T: Flags>(session: &Session<T>, run: &Run, model: &Path) -> anyhow::Error {
    if let Some((run, runs)) = session.run_of_runs() {
        say(messages::stopped_in_run(run, runs));
    }
    stopped_at(&session.trainer().progress(), T::UNIT, model, resume_command(run.args, model, run.corpus_again))
}

/// Prints where a run stopped, what was saved, and the command that resumes it.
pub fn stopped_at(now: &Progress, unit: Unit, model: &Path, command: String) -> anyhow::Error {
    let epoch = (now.epochs_done() + 1).min(now.epochs);
    let [block, blocks] = [now.block % now.blocks_per_epoch.max(1), now.blocks_per_epoch].map(thousands);
    say(messages::stopped(epoch, now.epochs, unit.block(), block, blocks));
    say(messages::saved(model.display()));
    say(messages::to_resume(command));
    Interrupted.into()
}

/// Warns if training made the model worse; it fails only if the model is worse than guessing.
fn warn_if_loss_rose(trainer: &impl Trainer) {
    let losses = trainer.history().iter().filter(|point| point.pairs > 0).map(|point| point.loss);
    if let Some((first, last)) = rise(losses) {
        note(messages::loss_rose(format_args!("{first:.4}"), format_args!("{last:.4}")));
    }
}

/// The first and the last loss, if the last is more than twice the first.
fn rise(mut losses: impl DoubleEndedIterator<Item = f64>) -> Option<(f64, f64)> {
    let first = losses.next()?;
    let last = losses.next_back()?;
    (last > 2.0 * first).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_rose_if_it_more_than_doubled() {
        let rise = |losses: &[f64]| rise(losses.iter().copied());
        assert_eq!(rise(&[2.0, 9.0, 1.0, 4.5]), Some((2.0, 4.5)));
        assert_eq!([rise(&[2.0, 9.0, 3.9]), rise(&[2.0]), rise(&[])], [None; 3]);
    }
}
