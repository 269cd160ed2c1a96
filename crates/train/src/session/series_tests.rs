use crate::config::Config;
use crate::corpus::{Corpus, CorpusOptions};
use crate::error::Error;
use crate::session::{Checkpoints, Runs, Session};
use crate::{ConfigError, CpuTrainer, NGrams, Observer, Progress, Stopped, TrainError, Trainer, Until, Word2Vec};
use rapidvec_vectors::measure::MeasureError;
use rapidvec_vectors::{ModelVectors, WordVectors};
use std::ops::ControlFlow;
use std::path::Path;

fn corpus() -> Corpus {
    let text: String = (0..9_000_u32).map(|i| format!("w{} w{} w{}\n", i % 37, i * i % 41, i * 7 % 37)).collect();
    Corpus::from_text("numbers", &text, &CorpusOptions::default()).unwrap()
}

fn config() -> Config {
    Config::cbow().vector_size(10).epochs(2).seed(5).joined(1.5)
}

fn started(config: &Config, runs: Runs) -> Session<CpuTrainer> {
    Session::start_runs(config, runs, &corpus(), 1).unwrap()
}

/// Counts runs, and stops at the first progress after `stop` blocks of one of them.
#[derive(Default)]
struct Stop {
    at: Option<(usize, u64)>,
    run: usize,
    begun: Vec<(usize, usize)>,
}

impl Observer for Stop {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        match self.at {
            Some((run, block)) if self.run == run && now.block >= block => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn run_begins(&mut self, run: usize, runs: usize, _: &Progress) {
        self.run = run;
        self.begun.push((run, runs));
    }
}

#[test]
fn the_model_is_the_mean_of_the_models_of_each_seed() {
    let mut session = started(&config(), Runs::of(3).keep(true));
    let mut seen = Stop::default();
    assert_eq!(session.run(&mut seen).unwrap(), Stopped::Finished);
    assert_eq!(session.run(&mut ()).unwrap(), Stopped::Finished, "a finished series stays as it is");
    assert_eq!(seen.begun, [(1, 3), (2, 3), (3, 3)]);
    let model = session.into_model().unwrap();
    let run = |seed| Word2Vec { config: config().seed(seed), threads: 1, ..Word2Vec::cbow() }.train(&corpus()).unwrap();
    let alone = [5, 6, 7].map(|seed| {
        let path = tempfile::NamedTempFile::new().unwrap();
        run(seed).save(path.path()).unwrap();
        WordVectors::open(path.path()).unwrap()
    });
    let mean = WordVectors::average(&alone, 1).unwrap().vectors;
    for (a, b) in mean.rows().to_f32().iter().zip(model.vectors().rows().to_f32()) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
    // The kept vectors have the cosines of each run, within half precision, and lie in the space of the mean.
    for (kept, alone) in model.vectors().run_rows().iter().zip(&alone) {
        let kept = WordVectors::from_rows(model.vectors().vocabulary().clone(), kept.clone()).unwrap();
        let [a, b] = [&kept, alone].map(|vectors| vectors.similarity("w3", "w4").unwrap());
        assert!((a - b).abs() < 2e-3, "{a} {b}");
        let length: f32 = kept.vector("w3").unwrap().iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 5e-3, "{length}");
        let near: f32 = kept.vector("w3").unwrap().iter().zip(mean.vector("w3").unwrap()).map(|(a, b)| a * b).sum();
        assert!(near > 0.0, "{near}");
    }
    assert_eq!(model.metadata()["runs"], r#"{"count":3}"#);
    assert!(model.metadata()["config"].contains(r#""seed":5"#), "{}", model.metadata()["config"]);
}

/// Saves a series to `path`, stopped wherever `stops` say and resumed.
fn saved(path: &Path, config: &Config, half: bool, stops: &[(usize, u64)]) -> Vec<u8> {
    let mut session = started(config, Runs::of(3).keep(true));
    session.set_checkpoints(Checkpoints::to(path).half(half).overwrite(true));
    for &stop in stops {
        let mut stop = Stop { at: Some(stop), ..Stop::default() };
        assert_eq!(session.run(&mut stop).unwrap(), Stopped::Interrupted, "{:?}", stop.at);
        drop(session);
        let checkpoint = crate::checkpoint::Checkpoint::open(path).unwrap();
        let config = checkpoint.config::<CpuTrainer>().unwrap();
        session = Session::resume(&checkpoint, &config, &corpus(), 1).unwrap();
        assert_eq!(session.run_of_runs(), Some((stop.run, 3)));
        session.set_checkpoints(Checkpoints::to(path).half(half).overwrite(true));
    }
    assert_eq!(session.run(&mut ()).unwrap(), Stopped::Finished);
    std::fs::read(path).unwrap()
}

#[test]
fn a_series_that_is_stopped_in_any_run_ends_with_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        (config(), false),
        (config().bootstrap(true), true),
        (Config::skip_gram().vector_size(10).epochs(2).hierarchical_softmax(), false),
        (Config::cbow().vector_size(10).epochs(2).shuffle(false).bootstrap(true), false),
    ];
    for (config, half) in settings {
        let straight = saved(&folder.path().join("straight"), &config, half, &[]);
        let stops = [(1, 3), (2, 1), (2, 9), (3, 2)];
        let stopped = saved(&folder.path().join("stopped"), &config, half, &stops);
        assert!(straight == stopped, "{config:?}");
    }
}

#[test]
fn a_saved_series_is_one_model_with_both_matrices_and_the_vectors_of_its_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mean");
    saved(&path, &config(), false, &[]);
    let opened = WordVectors::open(&path).unwrap();
    assert_eq!(opened.run_rows().len(), 3);
    assert!(opened.output().is_some());
    let input = opened.take(ModelVectors::default()).unwrap();
    assert!(input.run_rows().is_empty(), "they are those of the joined vectors");
    // It can be trained further.
    let pretrained = crate::Pretrained::model(&path).unwrap();
    let mut session = Session::<CpuTrainer>::start(&config(), &corpus(), 1).unwrap();
    assert_eq!(session.init_from(&pretrained).unwrap().ids.len(), opened.len());
    assert_eq!(session.run(&mut ()).unwrap(), Stopped::Finished);
}

#[test]
fn a_run_on_drawn_pieces_leaves_out_some_passages_and_another_seed_others() {
    // A passage of 3,000 words has ten words of its own; a piece has 2,048 ids at most.
    let passage = |i: usize| (0..300).map(move |line| (0..10).map(|k| format!("p{i}w{} ", (k * line) % 10)).collect());
    let text: Vec<String> = (0..40).flat_map(passage).collect();
    let corpus = Corpus::from_text("passages", &text.join("\n"), &CorpusOptions::default()).unwrap();
    let untouched = |seed| {
        let config = Config::cbow().vector_size(10).epochs(2).seed(seed).bootstrap(true);
        let mut trainer = CpuTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
        trainer.run(Until::End, &mut ()).unwrap();
        assert!(trainer.progress().is_finished());
        let first = |id: &usize| trainer.w_in().row(*id) == CpuTrainer::first_row(&config, *id);
        (0..corpus.vocabulary().len()).filter(first).collect::<Vec<_>>()
    };
    let share = untouched(1).len() as f64 / corpus.vocabulary().len() as f64;
    assert!((0.02..0.5).contains(&share), "{share}");
    assert_eq!(untouched(1), untouched(1));
    assert_ne!(untouched(1), untouched(2));
}

#[test]
fn what_cannot_be_averaged_is_refused_before_training() {
    let refused = |config: Config, runs| Session::<CpuTrainer>::start_runs(&config, runs, &corpus(), 1).unwrap_err();
    for runs in [0, 1, 1_001] {
        let error = refused(config(), Runs::of(runs));
        assert!(matches!(error, Error::Config(ConfigError::OutOfRange { name: "runs", .. })), "{error}");
    }
    let subwords = Config::cbow().vector_size(10).subwords(NGrams::default());
    let weighted = Config::cbow().vector_size(10).position_weights(true);
    for config in [subwords, weighted] {
        let error = refused(config, Runs::of(3));
        assert!(matches!(error, Error::Train(TrainError::Unsupported { .. })), "{error}");
    }
    let error = refused(config().vector_size(100), Runs::of(3));
    assert!(matches!(error, Error::Measure(MeasureError::FewShared { expected: 100, .. })), "{error}");
}

#[test]
fn a_series_cannot_be_resumed_with_other_settings() {
    let path = tempfile::NamedTempFile::new().unwrap();
    let mut session = started(&config(), Runs::of(2));
    session.run(&mut Stop { at: Some((2, 1)), ..Stop::default() }).unwrap();
    session.save_to(path.path(), true).unwrap();
    let checkpoint = crate::checkpoint::Checkpoint::open(path.path()).unwrap();
    let config = checkpoint.config::<CpuTrainer>().unwrap();
    let refused = Session::<CpuTrainer>::resume(&checkpoint, &config.epochs(9), &corpus(), 1).unwrap_err();
    assert!(matches!(refused, Error::Train(TrainError::Mismatch { .. })), "{refused}");
}
