use super::*;
use crate::config::Config;
use crate::corpus::CorpusOptions;
use crate::{CpuTrainer, SaveEvent, Word2Vec};
use rapidvec_vectors::format::Format;
use rapidvec_vectors::{NGrams, SaveOptions, WordVectors};
use std::time::Duration;

fn corpus() -> Corpus {
    let text = "the king saw the queen and the man saw the woman .\n".repeat(3_000);
    Corpus::from_text("tale", &text, &CorpusOptions::default()).unwrap()
}

fn config() -> Config {
    Config::skip_gram().vector_size(20).epochs(4)
}

fn session() -> Session<CpuTrainer> {
    Session::start(&config(), &corpus(), 1).unwrap()
}

/// Stops after some blocks, and counts what it sees.
#[derive(Default)]
struct Seen {
    stop_after: Option<u64>,
    points: usize,
    epochs: Vec<EpochEnd>,
    saved: Vec<String>,
}

impl Observer for Seen {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        match self.stop_after {
            Some(blocks) if now.block >= blocks => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn loss(&mut self, _: &LossPoint) {
        self.points += 1;
    }

    fn epoch_end(&mut self, epoch: &EpochEnd) {
        self.epochs.push(*epoch);
    }

    fn saved(&mut self, event: &SaveEvent) {
        self.saved.push(match event {
            SaveEvent::Saved(path) => path.file_name().unwrap().to_str().unwrap().to_owned(),
            SaveEvent::Moved { .. } => "moved".to_owned(),
            other => format!("{other:?}"),
        });
    }
}

#[test]
fn a_run_reports_every_epoch_with_its_held_out_loss() {
    let mut session = session();
    let mut seen = Seen::default();
    session.set_held_out(corpus(), &mut seen).unwrap();
    assert_eq!(session.run(&mut seen).unwrap(), Stopped::Finished);
    assert_eq!(seen.epochs.iter().map(|end| end.epoch).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(seen.epochs.iter().all(|end| end.loss.is_some() && end.held_out.is_some() && end.last.is_some()));
    assert_eq!(seen.points, session.trainer().history().len());
    assert_eq!(session.held_out().len(), 4);
    let model = session.into_model().unwrap();
    assert_eq!(model.trained().held_out.len(), 4);
}

#[test]
fn a_stopped_run_resumes_to_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut straight = session();
    straight.set_checkpoints(Checkpoints::to(path("straight")));
    straight.run(&mut ()).unwrap();

    let mut stopped = session();
    stopped.set_checkpoints(Checkpoints::to(path("stopped")).interval(Duration::ZERO));
    let mut seen = Seen { stop_after: Some(1), ..Seen::default() };
    assert_eq!(stopped.run(&mut seen).unwrap(), Stopped::Interrupted);
    assert_eq!(seen.saved, ["stopped"]);
    let block = stopped.saved().unwrap().1;
    drop(stopped);

    let checkpoint = Checkpoint::open(&path("stopped")).unwrap();
    let mut resumed = Session::<CpuTrainer>::resume(&checkpoint, &config(), &corpus(), 1).unwrap();
    assert_eq!(resumed.trainer().progress().block, block);
    resumed.set_checkpoints(Checkpoints::to(path("stopped")).overwrite(true));
    assert_eq!(resumed.run(&mut ()).unwrap(), Stopped::Finished);
    assert!(std::fs::read(path("stopped")).unwrap() == std::fs::read(path("straight")).unwrap());
}

#[test]
fn checkpoints_are_saved_as_often_as_requested_and_are_models() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m");
    let mut session = session();
    session.set_checkpoints(Checkpoints::to(&path).interval(Duration::from_nanos(1)).keep_state(true));
    let mut seen = Seen::default();
    session.run(&mut seen).unwrap();
    assert!(seen.saved.len() >= 4, "{:?}", seen.saved);
    assert!(Checkpoint::open(&path).is_ok(), "the finished model has its state");
    assert_eq!(WordVectors::open(&path).unwrap().most_similar("king", 3).unwrap().len(), 3);
}

/// TRIALS 1: two runs with one output name, and a file written there meanwhile.
#[test]
fn a_file_of_another_program_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    for (there_before, overwrite) in [(true, false), (false, false), (false, true)] {
        let _ = std::fs::remove_file(&path);
        let mut session = session();
        if there_before {
            std::fs::write(&path, "other").unwrap();
        }
        session.set_checkpoints(Checkpoints::to(&path).overwrite(overwrite));
        std::fs::write(&path, "other").unwrap();
        let mut seen = Seen::default();
        session.run(&mut seen).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"other");
        let (kept, _) = session.saved().unwrap();
        assert_ne!(kept, path);
        assert!(WordVectors::open(kept).is_ok() && seen.saved.contains(&"moved".to_owned()), "{:?}", seen.saved);
    }
    // What was there at the start may be replaced if that is wanted, and one's own file always.
    let mut session = session();
    session.set_checkpoints(Checkpoints::to(&path).overwrite(true).interval(Duration::from_nanos(1)));
    session.run(&mut ()).unwrap();
    assert_eq!(session.saved().unwrap().0, path);
    assert!(WordVectors::open(&path).is_ok());
}

#[test]
fn a_run_without_a_pair_or_worse_than_guessing_saves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m");
    let lines = "king\nqueen\n".repeat(100);
    let single = Corpus::from_text("single", &lines, &CorpusOptions::default()).unwrap();
    let mut session = Session::<CpuTrainer>::start(&config(), &single, 1).unwrap();
    session.set_checkpoints(Checkpoints::to(&path));
    assert!(matches!(session.run(&mut ()), Err(Error::Train(TrainError::NothingTrained))));
    let wild = config().learning_rate(90.0);
    let mut session = Session::<CpuTrainer>::start(&wild, &corpus(), 1).unwrap();
    session.set_checkpoints(Checkpoints::to(&path));
    let outcome = session.run(&mut ());
    assert!(matches!(outcome, Err(Error::Train(TrainError::Diverged { .. }))), "{outcome:?}");
    assert!(!path.exists());
}

#[test]
fn a_run_that_diverges_stops_at_the_end_of_its_epoch_and_leaves_the_checkpoint_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m");
    let mut session = Session::<CpuTrainer>::start(&config().epochs(20), &corpus(), 1).unwrap();
    session.set_checkpoints(Checkpoints::to(&path).interval(Duration::from_nanos(1)));
    let good = 2 * session.trainer().progress().blocks_per_epoch;
    session.run(&mut Seen { stop_after: Some(good), ..Seen::default() }).unwrap();
    let before = std::fs::read(&path).unwrap();
    for id in 0..session.vocabulary().len() as u32 {
        session.trainer_mut().set_input(id, &[100.0; 20]);
        session.trainer_mut().set_output(id, &[-100.0 + id as f32; 20]);
    }
    let mut seen = Seen::default();
    let outcome = session.run(&mut seen);
    assert!(matches!(outcome, Err(Error::Train(TrainError::Diverged { epoch: 3, .. }))), "{outcome:?}");
    assert!(seen.epochs.is_empty() && std::fs::read(&path).unwrap() == before);
    assert!(seen.saved.iter().all(|event| event.starts_with("Failed")), "{:?}", seen.saved);
}

#[test]
fn known_vectors_are_started_from_and_kept_if_frozen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base");
    Word2Vec { config: config(), ..Word2Vec::default() }.threads(1).train(&corpus()).unwrap().save(&path).unwrap();
    let base = Pretrained::open(&path).unwrap();
    let mut session = session();
    let started = session.init_from(&base).unwrap();
    assert_eq!((started.ids.len(), started.without_output), (8, false));
    session.freeze(&started.ids).unwrap();
    session.run(&mut ()).unwrap();
    let model = session.into_model().unwrap();
    let before = WordVectors::open(&path).unwrap();
    assert_eq!(model.vectors().vector("king"), before.vector("king"));

    let other = Session::<CpuTrainer>::start(&config().vector_size(10), &corpus(), 1).unwrap().init_from(&base);
    assert!(matches!(other, Err(Error::Train(TrainError::VectorSize { expected: 10, got: 20, .. }))));
    assert_eq!(base.config::<CpuTrainer>().unwrap(), Some(config()));
}

#[test]
fn a_model_continues_with_new_words() {
    let base = Word2Vec { config: config(), ..Word2Vec::default() }.train(&corpus()).unwrap();
    let known = Pretrained::of("base", base.vectors());
    let text = "the prince saw the princess\n".repeat(50);
    let options = CorpusOptions::default();
    let new = Corpus::from_text("new", &text, &options).unwrap();
    let (words, added) = known.extended_by(new.vocabulary(), 5);
    assert_eq!(added, 2);
    let corpus = Corpus::from_text("new", &text, &options.vocabulary(Arc::new(words))).unwrap();
    let (mut session, started) = Session::<CpuTrainer>::update(&config(), &corpus, &known, 1).unwrap();
    assert_eq!(started.ids.len(), 8);
    session.run(&mut ()).unwrap();
    let model = session.into_model().unwrap();
    assert!(model.vectors().len() == 10 && model.vectors().vector("prince").is_some());
}

#[test]
fn a_model_in_memory_is_the_model_that_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let weighted = Config::cbow().vector_size(20).subwords(NGrams::default().buckets(500)).position_weights(true);
    for config in [config(), config().hierarchical_softmax(), weighted] {
        let mut session = Session::<CpuTrainer>::start(&config, &corpus(), 1).unwrap();
        session.run(&mut ()).unwrap();
        session.save_to(&path("a"), false).unwrap();
        session.into_model().unwrap().save(path("b")).unwrap();
        assert!(std::fs::read(path("a")).unwrap() == std::fs::read(path("b")).unwrap());
    }
}

fn with_ngrams() -> Config {
    config().subwords(NGrams::default().buckets(500))
}

fn bits(numbers: Vec<f32>) -> Vec<u32> {
    numbers.into_iter().map(f32::to_bits).collect()
}

#[test]
fn a_model_with_subwords_knows_words_it_never_saw() {
    let model = Word2Vec { config: with_ngrams(), ..Word2Vec::default() }.train(&corpus()).unwrap();
    let vectors = model.vectors();
    assert!(vectors.id("queens").is_none() && vectors.is_composed("queens") && !vectors.is_composed("queen"));
    assert_eq!(vectors.most_similar("queens", 1).unwrap().first().map(|(word, _)| word), Some("queen"));
}

/// Also through a file of fastText, and through our own: nothing is lost.
#[test]
fn a_run_starts_from_the_rows_of_words_and_of_ngrams() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let model = Word2Vec { config: with_ngrams(), ..Word2Vec::default() }.train(&corpus()).unwrap();
    model.save(path("ours")).unwrap();
    WordVectors::open(path("ours")).unwrap().save(path("bin"), Format::FastText, &SaveOptions::default()).unwrap();
    for name in ["ours", "bin"] {
        let mut session = Session::<CpuTrainer>::start(&with_ngrams(), &corpus(), 1).unwrap();
        let started = session.init_from(&Pretrained::open(&path(name)).unwrap()).unwrap();
        assert_eq!((started.ids.len(), started.without_output), (8, false), "{name}");
        let weights = session.trainer().weights();
        assert_eq!(bits(weights.input.to_vec()), bits(model.vectors().rows().to_f32()), "{name}");
        assert_eq!(bits(weights.output.to_vec()), bits(model.output().to_vec()), "{name}");
        let own = session.trainer().subwords().unwrap().to_subwords().unwrap();
        let expected = model.vectors().subwords().unwrap();
        assert_eq!(bits(own.rows().to_f32()), bits(expected.rows().to_f32()), "{name}");
        assert_eq!(bits(own.words().unwrap().to_f32()), bits(expected.words().unwrap().to_f32()), "{name}");
    }
}

/// Vectors without n-grams, or with others.
#[test]
fn a_run_with_subwords_starts_from_the_vectors_of_any_file() {
    let model = Word2Vec { config: config(), ..Word2Vec::default() }.train(&corpus()).unwrap();
    let other = with_ngrams().subwords(NGrams::default().buckets(400));
    let with_other = Word2Vec { config: other, ..Word2Vec::default() }.train(&corpus()).unwrap();
    for model in [model, with_other] {
        let mut session = Session::<CpuTrainer>::start(&with_ngrams(), &corpus(), 1).unwrap();
        session.init_from(&Pretrained::of("model", model.vectors())).unwrap();
        let (got, expected) = (session.trainer().weights().input.to_vec(), model.vectors().rows().to_f32());
        assert!(got.iter().zip(&expected).all(|(got, expected)| (got - expected).abs() < 1e-5));
    }
}

#[test]
fn a_model_with_subwords_continues_with_new_words_and_their_ngrams() {
    let base = Word2Vec { config: with_ngrams(), ..Word2Vec::default() }.train(&corpus()).unwrap();
    let known = Pretrained::of("base", base.vectors());
    let text = "the prince saw the queens\n".repeat(50);
    let options = CorpusOptions::default();
    let new = Corpus::from_text("new", &text, &options).unwrap();
    let (words, _) = known.extended_by(new.vocabulary(), 5);
    let corpus = Corpus::from_text("new", &text, &options.vocabulary(Arc::new(words))).unwrap();
    let (session, _) = Session::<CpuTrainer>::update(&with_ngrams(), &corpus, &known, 1).unwrap();
    let (before, now) = (base.vectors(), session.into_model().unwrap());
    for word in ["king", "queen", "the"] {
        assert_eq!(now.vectors().vector(word), before.vector(word), "{word}");
    }
    let [old, new] = [before, now.vectors()].map(|vectors| vectors.subwords().unwrap().rows().len());
    assert!(new > old, "{new} rows of n-grams, {old} before");
    assert!(now.vectors().id("queens").is_some());
}

#[test]
fn the_estimate_of_memory_has_the_ngrams_that_are_used() {
    let needed = |config: &Config| Session::<CpuTrainer>::memory_needed(config, &corpus(), 1);
    let wide = |config: Config| config.vector_size(1_000);
    let rows = |config: &Config| {
        CpuTrainer::new(config, &corpus(), corpus().counts(), 1).unwrap().subwords().unwrap().rows.rows()
    };
    let config = wide(with_ngrams());
    let more = needed(&config) - needed(&wide(config.clone().subwords(None)));
    assert!(more as usize > 4 * 1_000 * rows(&config), "{more} bytes for {} rows", rows(&config));
    assert!(more < 2_000_000, "not for all buckets: {more}");
}

#[test]
fn joined_vectors_are_what_a_model_gives_and_training_continues_from_both_matrices() {
    let folder = tempfile::tempdir().unwrap();
    let (plain, joined) = (folder.path().join("plain"), folder.path().join("joined"));
    let train = |config: &Config| {
        let mut session = Session::<CpuTrainer>::start(config, &corpus(), 1).unwrap();
        session.run(&mut ()).unwrap();
        session.into_model().unwrap()
    };
    let (one, two) = (train(&config()), train(&config().joined(0.5)));
    let expected: Vec<f32> =
        one.vectors().rows().to_f32().iter().zip(one.output().to_vec()).map(|(a, b)| a + 0.5 * b).collect();
    assert_eq!(bits(two.vectors().rows().to_f32()), bits(expected.clone()), "the model in memory");
    one.save(&plain).unwrap();
    two.save(&joined).unwrap();
    assert_eq!(bits(WordVectors::open(&joined).unwrap().rows().to_f32()), bits(expected), "and its file");
    let [from_plain, from_joined] = [&plain, &joined].map(|path| {
        let base = Pretrained::open(path).unwrap();
        let (mut session, _) = Session::<CpuTrainer>::update(&config(), &corpus(), &base, 1).unwrap();
        session.run(&mut ()).unwrap();
        session.into_model().unwrap().vectors().rows().to_f32()
    });
    assert_eq!(bits(from_plain), bits(from_joined));
}

/// Words in fours that stand together, in lines from `lines`.
fn slice(lines: std::ops::Range<u32>) -> Corpus {
    let text = lines.map(|i| {
        let (four, order) = (i * i % 11, i * 7 % 24);
        let word = |k: u32| format!("w{}", 4 * four + (k + order) % 4);
        format!("{} {} {} {}\n", word(0), word(1), word(2), word(3))
    });
    Corpus::from_text("slice", &text.collect::<String>(), &CorpusOptions::default()).unwrap()
}

#[test]
fn runs_that_follow_a_compass_can_be_compared_as_they_are() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = |seed| Config::cbow().vector_size(10).epochs(20).seed(seed);
    let whole = Word2Vec { config: settings(1), threads: 1, ..Word2Vec::cbow() }.train(&slice(0..12_000)).unwrap();
    whole.save(file.path()).unwrap();
    let compass = Pretrained::model(file.path()).unwrap();
    let trained = |lines, seed, follows: bool| {
        let mut session = Session::<CpuTrainer>::start(&settings(seed), &slice(lines), 1).unwrap();
        if follows {
            assert!(session.follow(&compass).unwrap().is_empty());
        }
        session.run(&mut ()).unwrap();
        session.into_model().unwrap()
    };
    let alike = |follows| {
        let [a, b] = [(0..6_000, 2), (6_000..12_000, 3)].map(|(lines, seed)| trained(lines, seed, follows));
        let same = |word: &str| {
            let [a, b] = [&a, &b].map(|model| model.vectors().vector(word).unwrap());
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
        };
        let words = a.vectors().vocabulary();
        words.words().map(same).sum::<f32>() / words.len() as f32
    };
    let (with, without) = (alike(true), alike(false));
    assert!(with > 0.8 && without < 0.5, "{with} {without}");
}

#[test]
fn words_that_a_compass_lacks_are_told_and_learn_as_usual() {
    let compass = Word2Vec { config: Config::cbow().vector_size(10), threads: 1, ..Word2Vec::cbow() };
    let compass = compass.train(&slice(0..3_000)).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    compass.save(file.path()).unwrap();
    let compass = Pretrained::model(file.path()).unwrap();
    let text = "w1 w2 new w3 w4\n".repeat(2_000);
    let corpus = Corpus::from_text("new", &text, &CorpusOptions::default()).unwrap();
    let config = Config::cbow().vector_size(10);
    let mut session = Session::<CpuTrainer>::start(&config, &corpus, 1).unwrap();
    let others = session.follow(&compass).unwrap();
    let new = corpus.vocabulary().id("new").unwrap();
    assert_eq!(others, [new]);
    // It is stopped and resumed with the same vectors frozen.
    session.run(&mut Seen { stop_after: Some(2), ..Seen::default() }).unwrap();
    session.save_to(file.path(), true).unwrap();
    let checkpoint = Checkpoint::open(file.path()).unwrap();
    let mut session = Session::<CpuTrainer>::resume(&checkpoint, &config, &corpus, 1).unwrap();
    assert_eq!(session.trainer().frozen_output().len(), corpus.vocabulary().len() - 1);
    session.run(&mut ()).unwrap();
    let known = compass_row(&compass, "w3");
    let id = corpus.vocabulary().id("w3").unwrap() as usize;
    assert_eq!(session.trainer().w_out().row(id), known);
    assert_ne!(session.trainer().w_out().row(new as usize), vec![0.0; 10]);
}

fn compass_row(compass: &Pretrained, word: &str) -> Vec<f32> {
    let mut output = Vec::new();
    let corpus = Corpus::from_text("one", &format!("{word} {word}x\n").repeat(9), &CorpusOptions::default()).unwrap();
    let mut session = Session::<CpuTrainer>::start(&Config::cbow().vector_size(10).negatives(1), &corpus, 1).unwrap();
    session.follow(compass).unwrap();
    output.extend(session.trainer().w_out().row(corpus.vocabulary().id(word).unwrap() as usize));
    output
}

#[test]
fn what_cannot_be_a_compass_is_refused() {
    let vectors = Word2Vec::cbow().vector_size(10).train(&slice(0..3_000)).unwrap().into_vectors();
    let mut session = Session::<CpuTrainer>::start(&Config::cbow().vector_size(10), &slice(0..3_000), 1).unwrap();
    let error = session.follow(&Pretrained::of("vectors", &vectors)).unwrap_err();
    assert!(matches!(error, Error::Train(TrainError::NoCompass { .. })), "{error}");
    let file = tempfile::NamedTempFile::new().unwrap();
    Word2Vec::cbow().vector_size(10).train_text(&"other words\n".repeat(900)).unwrap().save(file.path()).unwrap();
    let other = Pretrained::model(file.path()).unwrap();
    let error = session.follow(&other).unwrap_err();
    assert!(matches!(error, Error::Train(TrainError::NothingShared { .. })), "{error}");
    let mut wide = Session::<CpuTrainer>::start(&Config::cbow().vector_size(12), &slice(0..3_000), 1).unwrap();
    assert!(matches!(wide.follow(&other).unwrap_err(), Error::Train(TrainError::VectorSize { .. })));
    let tree = Config::cbow().vector_size(10).hierarchical_softmax();
    let mut tree = Session::<CpuTrainer>::start(&tree, &slice(0..3_000), 1).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    Word2Vec::cbow().vector_size(10).train(&slice(0..3_000)).unwrap().save(file.path()).unwrap();
    let error = tree.follow(&Pretrained::model(file.path()).unwrap()).unwrap_err();
    assert!(matches!(error, Error::Train(TrainError::Unsupported { .. })), "{error}");
}
