//! Processes are threads of one process.

use super::collective::{Door, Group, Seat, Token, Waits};
use super::*;
use crate::checkpoint::Checkpoint;
use crate::corpus::{Corpus, CorpusOptions, Sources};
use crate::error::{Error, Result, TrainError};
use crate::observer::Observer;
use crate::progress::{LossPoint, Progress, Until};
use crate::session::{Checkpoints, Session};
use crate::trainer::{Stopped, Trainer};
use crate::{Config, CpuTrainer, NGrams};
use rapidvec_core::{Matrix, Purpose, Rng};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Runs `work` in as many processes.
fn gang<T: Send>(size: usize, work: impl Fn(Gang) -> T + Sync) -> Vec<T> {
    let (work, token) = (&work, &Token::new("a token of the tests").unwrap());
    let doors: Vec<Door> = (0..size).map(|_| Door::open("127.0.0.1:0").unwrap()).collect();
    let addresses: &Vec<String> = &doors.iter().map(|door| door.address().to_string()).collect();
    let waits = Waits { start: Duration::from_secs(30), answer: Duration::from_secs(30) };
    std::thread::scope(|scope| {
        let start = |(rank, door): (usize, Door)| {
            let seat = Seat { rank, size };
            scope.spawn(move || work(Group::of_list(&door, addresses, seat, token, waits).unwrap().into()))
        };
        let threads: Vec<_> = doors.into_iter().enumerate().map(start).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Lines of random words, frequent and rare; many are as frequent as others.
    fn text(&self, name: &str, lines: usize) -> String {
        self.text_of(name, lines, 400)
    }

    /// The same of up to so many distinct words.
    fn text_of(&self, name: &str, lines: usize, most: u32) -> String {
        let mut rng = Rng::stream(5, Purpose::Map, lines as u64);
        let mut text = String::new();
        for _ in 0..lines {
            let word = |rng: &mut Rng| format!("w{}", rng.below(1 + rng.clone().below(most)));
            let words: Vec<String> = (0..3 + rng.below(20)).map(|_| word(&mut rng)).collect();
            text += &words.join(" ");
            text.push('\n');
        }
        fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }
}

fn read(gang: &mut Gang, names: &[String], options: &CorpusOptions) -> Result<SharedText> {
    SharedText::read(gang, names, options, &mut |_| ControlFlow::Continue(()))
}

fn options() -> CorpusOptions {
    CorpusOptions::default().threads(1)
}

#[test]
fn words_and_ids_are_those_of_one_process_that_reads_everything() {
    let place = Place::new();
    let names = [place.text("a", 300), place.text("b", 7), place.text("c", 900)];
    fs::write(place.path("d"), "only here, only here, only here\n\n\n").unwrap();
    let names = [&names[..], &[place.path("d").display().to_string()]].concat();
    for options in [options().min_count(3), options().min_count(1)] {
        let alone = Corpus::read(&Sources::find(&names).unwrap().list, &options).unwrap();
        for size in [1, 2, 3, 5, 40] {
            let parts = gang(size, |mut gang| read(&mut gang, &names, &options).unwrap());
            let mut ids = Vec::new();
            let mut counts = vec![0; alone.vocabulary().len()];
            for SharedText { corpus, counted, record } in &parts {
                assert_eq!(corpus.vocabulary(), alone.vocabulary(), "{size}");
                ids.extend(corpus.ids().iter());
                counts.iter_mut().zip(corpus.counts()).for_each(|(sum, count)| *sum += count);
                let counted = counted.unwrap();
                assert_eq!((counted.tokens, record.tokens), (alone.report().tokens, alone.report().tokens));
                assert_eq!(counted.words, alone.report().distinct_words);
                assert_eq!((&record.sources, &record.fingerprint), (&names.to_vec(), &parts[0].record.fingerprint));
            }
            assert!(ids == alone.ids().to_vec() && counts == alone.counts(), "{size}");
            let words = alone.vocabulary().clone();
            let again =
                gang(size, |mut gang| read(&mut gang, &names, &options.clone().vocabulary(words.clone())).unwrap());
            for (first, again) in parts.iter().zip(&again) {
                assert_eq!(first.corpus.ids().to_vec(), again.corpus.ids().to_vec());
                assert_eq!(first.record.fingerprint, again.record.fingerprint);
            }
        }
    }
}

#[test]
fn an_error_of_one_process_is_known_to_all() {
    let place = Place::new();
    let names = [place.path("missing").display().to_string()];
    let errors = gang(3, |mut gang| read(&mut gang, &names, &options()).unwrap_err().to_string());
    assert!(errors[0].starts_with("there is no file"), "{}", errors[0]);
    assert!(errors[1..].iter().all(|error| *error == format!("worker 0 failed: {}", errors[0])));
    fs::write(place.path("rare"), "a b c\nd e f\n").unwrap();
    let names = [place.path("rare").display().to_string()];
    let errors = gang(2, |mut gang| read(&mut gang, &names, &options()).unwrap_err().to_string());
    assert!(errors.iter().all(|error| error.contains("most frequent") || error.contains("5")), "{errors:?}");
    let limited = gang(2, |mut gang| read(&mut gang, &names, &options().max_tokens(4)).unwrap_err().to_string());
    assert_eq!(limited[1], "several workers cannot train with a limit of tokens");
}

/// Differences of rows that were used little are added in full, those of rows used much are averaged; only those within reach.
#[test]
fn differences_are_summed_or_averaged() {
    let text = "the king and the queen\nthe man and the woman\n".repeat(20);
    let corpus = Corpus::from_text("tale", &text, &options()).unwrap();
    let config = Config::skip_gram().vector_size(3);
    for (reach, size, rate) in [(6, 2, 1e9), (2, 2, 1e9), (6, 1, 1e9), (6, 3, 1e9), (6, 3, 0.0), (2, 2, 0.0)] {
        let matrices = gang(size, |mut gang| {
            let mut trainer = CpuTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
            (0..6).for_each(|row| trainer.set_input(row, &[8.0; 3]));
            let uses = trainer.uses(corpus.counts(), 4.5, 200);
            let mut bases = sync::Bases::of(&mut gang, &trainer, uses, 0).unwrap();
            let rank = gang.seat().rank as u32;
            trainer.set_input(0, &[10.0 + rank as f32, 8.0, 8.0]);
            trainer.set_input(1 + rank, &[9.0; 3]);
            bases.synchronise(&mut gang, &mut trainer, reach, sync::Now { ids: 100, rate }).unwrap();
            trainer.w_in().clone()
        });
        let sum = (0..size).map(|rank| 2.0 + rank as f32).sum::<f32>();
        let first = 8.0 + if rate > 0.0 { sum / size as f32 } else { sum };
        for (rank, matrix) in matrices.iter().enumerate() {
            assert_eq!((matrix.row(0)[0], matrix.row(0)[1]), (first, 8.0));
            let row = |row: usize| matrix.row(row)[0];
            assert_eq!(row(1), 9.0, "learned by the first process alone");
            assert_eq!(row(2), if size > 1 && (reach > 2 || rank == 1) { 9.0 } else { 8.0 }, "{reach} {size} {rank}");
            assert_eq!(row(5), 8.0);
        }
    }
}

/// Stops at this many words.
struct StopAt(u64);

impl Observer for StopAt {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        if now.words >= self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[derive(Default)]
struct Events {
    epochs: Vec<usize>,
    losses: Vec<LossPoint>,
    last: Option<Progress>,
}

impl Observer for Events {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        assert!(self.last.is_none_or(|last| now.words + 20_000 > last.words), "{now:?} after {:?}", self.last);
        self.last = Some(*now);
        ControlFlow::Continue(())
    }

    fn loss(&mut self, point: &LossPoint) {
        self.losses.push(*point);
    }

    fn epoch_end(&mut self, end: &crate::EpochEnd) {
        self.epochs.push(end.epoch);
    }
}

const PLAN: SyncPlan = SyncPlan { period: Period::Words(2_100), full_every: 3 };

fn policy(path: &Path) -> Checkpoints {
    Checkpoints::to(path).interval(Duration::from_nanos(1)).overwrite(true)
}

fn start(mut gang: Gang, names: &[String], config: &Config, plan: SyncPlan) -> GangSession {
    let text = read(&mut gang, names, &options()).unwrap();
    GangSession::start(gang, text, config, 1, plan).unwrap()
}

fn resume(mut gang: Gang, names: &[String], path: &Path) -> Result<GangSession> {
    let opened = if gang.is_first() { Checkpoint::open(path).map(Some) } else { Ok(None) };
    let resumed = Resumed::tell(&mut gang, opened)?;
    let text = read(&mut gang, names, &options().vocabulary(resumed.vocabulary.clone()))?;
    GangSession::resume(gang, text, resumed, 1)
}

fn matrices(session: &GangSession) -> Vec<Matrix> {
    let crate::Matrices { input, words, nodes, ngrams, positions } = session.trainer().matrices();
    [Some(input), words, nodes, ngrams, positions].into_iter().flatten().cloned().collect()
}

#[test]
fn a_run_gives_the_same_bits_every_time_also_if_it_was_stopped_and_every_process_has_them() {
    let place = Place::new();
    let names = [place.text_of("text", 6_000, 12_000)]; // more than are synchronised every time
    let subwords = NGrams::default().buckets(500);
    for (number, (size, config)) in [
        (2, Config::skip_gram()),
        (3, Config::cbow().hierarchical_softmax().subwords(subwords)),
        (2, { Config { position_weights: true, ..Config::cbow().both_objectives(2) } }),
    ]
    .into_iter()
    .enumerate()
    {
        let config = config.vector_size(12).epochs(2);
        let [path, other] = ["whole", "stopped"].map(|name| place.path(&format!("{name}{number}")));
        let whole = gang(size, |gang| {
            let mut session = start(gang, &names, &config, PLAN);
            session.set_checkpoints(policy(&path));
            let mut events = Events::default();
            assert_eq!(session.run(&mut events).unwrap(), Stopped::Finished);
            assert_eq!(events.epochs, [1, 2]);
            assert_eq!(events.losses, session.history());
            assert!(events.losses.len() > 5 && events.losses.iter().all(|point| point.loss > 0.0));
            let last = events.last.unwrap();
            assert!(last.is_finished() && last.words == last.total_words(), "{last:?}");
            let costs = session.costs();
            assert!(costs.rounds[0] > 2 * costs.rounds[1] && costs.rounds[1] > 0 && costs.sent > 0, "{costs:?}");
            matrices(&session)
        });
        assert!(whole.iter().all(|matrices| *matrices == whole[0]));
        gang(size, |gang| {
            let rank = gang.seat().rank;
            let mut session = start(gang, &names, &config, PLAN);
            session.set_checkpoints(policy(&other).keep_state(false));
            // Any process may stop all.
            let stop = if rank == 1 { 20_000 } else { u64::MAX };
            assert_eq!(session.run(&mut StopAt(stop)).unwrap(), Stopped::Interrupted);
            assert!(!session.progress().is_finished());
        });
        assert_eq!(Checkpoint::open(&other).unwrap().workers(), Some(size as u64));
        let resumed = gang(size, |gang| {
            let mut session = resume(gang, &names, &other).unwrap();
            session.set_checkpoints(policy(&other));
            assert_eq!(session.run(&mut ()).unwrap(), Stopped::Finished);
            matrices(&session)
        });
        assert!(resumed == whole, "case {number}");
        assert!(fs::read(&path).unwrap() == fs::read(&other).unwrap(), "case {number}");
    }
}

#[test]
fn processes_that_work_by_time_end_together_and_learn() {
    let place = Place::new();
    let names = [place.text("text", 4_000)];
    let config = Config::skip_gram().vector_size(10).epochs(3);
    let plan = SyncPlan { period: Period::Seconds(0.02), full_every: 4 };
    let path = place.path("model");
    let all = gang(3, |gang| {
        let mut session = start(gang, &names, &config, plan);
        session.set_checkpoints(policy(&path));
        session.run(&mut ()).unwrap();
        matrices(&session)
    });
    assert!(all.iter().all(|matrices| *matrices == all[0]));
    let mut alone = Session::<CpuTrainer>::start(
        &config,
        &Corpus::read(&Sources::find(&names).unwrap().list, &options()).unwrap(),
        1,
    )
    .unwrap();
    alone.run_until(Until::End, &mut ()).unwrap();
    let norm = |matrix: &Matrix| matrix.to_vec().iter().map(|x| f64::from(x * x)).sum::<f64>();
    let (together, alone) = (norm(&all[0][1]), norm(&alone.trainer().weights().output));
    assert!(together > 0.2 * alone, "{together} {alone}");
    let model = crate::WordVectors::open(&path).unwrap();
    assert_eq!(model.len(), all[0][0].rows());
}

#[test]
fn a_checkpoint_is_resumed_by_as_many_processes_with_the_same_text() {
    let place = Place::new();
    let (names, other) = ([place.text("text", 1_000)], [place.text("other", 1_001)]);
    let path = place.path("model");
    gang(2, |gang| {
        let mut session = start(gang, &names, &Config::skip_gram().vector_size(5), PLAN);
        session.set_checkpoints(policy(&path));
        assert_eq!(session.run(&mut StopAt(1)).unwrap(), Stopped::Interrupted);
    });
    let errors = |size, names: &[String]| gang(size, |gang| resume(gang, names, &path).unwrap_err().to_string());
    let expected = "the checkpoint was made with a number of workers of 2, got 3";
    let of_three = errors(3, &names);
    assert_eq!(
        of_three,
        [expected.to_owned(), format!("worker 0 failed: {expected}"), format!("worker 0 failed: {expected}")]
    );
    let of_other = errors(2, &other);
    assert!(of_other.iter().all(|error| error.contains("a text with fingerprint")), "{of_other:?}");
    let corpus = Corpus::read(&Sources::find(&names).unwrap().list, &options()).unwrap();
    let checkpoint = Checkpoint::open(&path).unwrap();
    let config = checkpoint.config::<CpuTrainer>().unwrap();
    let alone = Session::<CpuTrainer>::resume(&checkpoint, &config, &corpus, 1).unwrap_err().to_string();
    assert_eq!(alone, "the checkpoint was made with a number of workers of 2, got one process");
}

#[test]
fn a_process_that_fails_or_leaves_ends_the_run_of_all() {
    let place = Place::new();
    let names = [place.text("text", 1_000)];
    let errors = gang(2, |gang| {
        let rank = gang.seat().rank;
        let mut session = start(gang, &names, &Config::skip_gram().vector_size(5), PLAN);
        if rank == 1 {
            session.trainer_mut().set_input(0, &[f32::INFINITY; 5]);
            session.trainer_mut().set_output(1, &[f32::NAN; 5]);
        }
        session.run(&mut ()).unwrap_err()
    });
    assert!(matches!(&errors[1], Error::Train(TrainError::Diverged { .. })), "{}", errors[1]);
    assert!(errors[0].to_string().starts_with("worker 1 failed: training diverged"), "{}", errors[0]);
    let errors = gang(2, |gang| {
        let rank = gang.seat().rank;
        let mut session = start(gang, &names, &Config::skip_gram().vector_size(5), PLAN);
        if rank == 1 { None } else { Some(session.run(&mut ()).unwrap_err().to_string()) }
    });
    assert!(errors[0].as_ref().unwrap().starts_with("worker 0: rank 1 is gone"), "{errors:?}");
}
