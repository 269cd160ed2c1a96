//! Whole runs on a card: what is learned, and that they start, stop and resume as on the CPU.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec::checkpoint::Checkpoint;
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::vectors::AnalogyMethod;
use rapidvec::{Config, CpuTrainer, Observer, Progress, Session, Stopped, Trainer, Until, WordVectors, epoch_loss};
use rapidvec_gpu::{GpuError, GpuTrainer, adapters};
use rapidvec_textbook::builtin;
use std::ops::ControlFlow;

/// Whether there is an adapter; otherwise the test says that it is skipped.
fn has_adapter(test: &str) -> bool {
    let found = !adapters().is_empty();
    if !found {
        eprintln!("SKIPPED {test}: no graphics adapter");
    }
    found
}

fn builtin_corpus() -> Corpus {
    builtin::corpus(&CorpusOptions::default().min_count(1)).unwrap()
}

fn small() -> Config {
    Config::skip_gram().vector_size(20).epochs(2)
}

fn session<T: Trainer<Config = Config>>(config: &Config, corpus: &Corpus, threads: usize) -> Session<T> {
    Session::start(config, corpus, threads).unwrap()
}

fn finds_the_analogies(vectors: &WordVectors) -> usize {
    let questions = [
        (["king", "man", "queen"], "woman"),
        (["take", "took", "go"], "went"),
        (["car", "cars", "child"], "children"),
        (["good", "better", "bad"], "worse"),
    ];
    let is_first = |([a, b, c], answer): &([&str; 3], &str)| {
        vectors.search().analogy(a, b, c, AnalogyMethod::Add, 1).unwrap().words().eq([*answer])
    };
    questions.iter().filter(|question| is_first(question)).count()
}

/// As the CPU does with the same settings.
#[test]
fn a_card_learns_the_analogies_of_the_built_in_corpus() {
    if !has_adapter("a_card_learns_the_analogies_of_the_built_in_corpus") {
        return;
    }
    let corpus = builtin_corpus();
    for config in [Config::skip_gram().learning_rate(0.05), Config::cbow().learning_rate(0.1)] {
        let config = config.epochs(5).vector_size(40);
        let mut on_cpu = session::<CpuTrainer>(&config, &corpus, 1);
        on_cpu.run(&mut ()).unwrap();
        let mut session = session::<GpuTrainer>(&config, &corpus, 0);
        session.run(&mut ()).unwrap();
        let [expected, got] = [on_cpu.trainer().history(), session.trainer().history()]
            .map(|history| epoch_loss(history, config.epochs).unwrap());
        assert!((got / expected - 1.0).abs() < 0.05, "loss {got}, on the CPU {expected}");
        let (model, on_cpu) = (session.into_model().unwrap(), on_cpu.into_model().unwrap());
        let [got, expected] = [&model, &on_cpu].map(|model| finds_the_analogies(model.vectors()));
        assert!(got + 1 >= expected, "{got} of 4 analogies, on the CPU {expected}: {config:?}");
        assert!(model.metadata()["device"].contains('('), "{:?}", model.metadata().get("device"));
        assert!(!on_cpu.metadata().contains_key("device"));
    }
}

#[test]
fn one_window_in_flight_repeats_to_the_bit_also_when_it_is_interrupted() {
    if !has_adapter("one_window_in_flight_repeats_to_the_bit_also_when_it_is_interrupted") {
        return;
    }
    let corpus = builtin_corpus();
    let folder = std::env::temp_dir().join(format!("rapidvec-gpu-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("stopped.safetensors");
    let run = || {
        let mut whole = session::<GpuTrainer>(&small(), &corpus, 1);
        assert_eq!(whole.trainer().windows_in_flight(), 1);
        whole.run(&mut ()).unwrap();
        whole.trainer().weights().input.to_vec()
    };
    let expected = run();
    assert_eq!(run(), expected);
    let mut stopped = session::<GpuTrainer>(&small(), &corpus, 1);
    assert_eq!(stopped.run(&mut StopAt(10)).unwrap(), Stopped::Interrupted);
    stopped.save_to(&path, true).unwrap();
    let mut resumed = Session::<GpuTrainer>::resume(&Checkpoint::open(&path).unwrap(), &small(), &corpus, 1).unwrap();
    let block = resumed.trainer().progress().block;
    assert!((10..20).contains(&block), "stopped at block {block}");
    assert_eq!(resumed.run(&mut ()).unwrap(), Stopped::Finished);
    assert_eq!(resumed.trainer().weights().input.to_vec(), expected);
    std::fs::remove_dir_all(folder).unwrap();
}

struct StopAt(u64);

impl Observer for StopAt {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        if now.block < self.0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

#[test]
fn a_run_may_change_devices_at_a_checkpoint() {
    if !has_adapter("a_run_may_change_devices_at_a_checkpoint") {
        return;
    }
    let corpus = builtin_corpus();
    let folder = std::env::temp_dir().join(format!("rapidvec-gpu-devices-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("half.safetensors");
    let mut on_card = session::<GpuTrainer>(&small(), &corpus, 0);
    on_card.run_until(Until::Epoch, &mut ()).unwrap();
    let half = on_card.trainer().weights().input.to_vec();
    on_card.save_to(&path, true).unwrap();
    let checkpoint = Checkpoint::open(&path).unwrap();
    assert_eq!(checkpoint.summary.device.as_deref(), Some(on_card.trainer().adapter()));
    let mut on_cpu = Session::<CpuTrainer>::resume(&checkpoint, &small(), &corpus, 1).unwrap();
    assert_eq!(on_cpu.trainer().weights().input.to_vec(), half);
    on_cpu.run(&mut ()).unwrap();

    let mut on_cpu = session::<CpuTrainer>(&small(), &corpus, 1);
    on_cpu.run_until(Until::Epoch, &mut ()).unwrap();
    on_cpu.save_to(&path, true).unwrap();
    let mut on_card = Session::<GpuTrainer>::resume(&Checkpoint::open(&path).unwrap(), &small(), &corpus, 0).unwrap();
    on_card.run(&mut ()).unwrap();
    let progress = on_card.trainer().progress();
    assert!(progress.is_finished() && progress.words == progress.total_words());
    assert!(on_card.trainer().history().windows(2).all(|pair| pair[0].epoch <= pair[1].epoch));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn frozen_and_given_vectors_and_held_out_text_work_as_on_the_cpu() {
    if !has_adapter("frozen_and_given_vectors_and_held_out_text_work_as_on_the_cpu") {
        return;
    }
    let corpus = builtin_corpus();
    let mut trainer = GpuTrainer::new(&small(), &corpus, corpus.counts(), 0).unwrap();
    trainer.set_input(3, &[0.25; 20]);
    trainer.freeze(&[3]).unwrap();
    let before = trainer.held_out_loss(&corpus, &mut ()).unwrap().unwrap();
    trainer.run(Until::Epoch, &mut ()).unwrap();
    trainer.set_windows_in_flight(7).unwrap();
    trainer.run(Until::End, &mut ()).unwrap();
    assert_eq!((trainer.windows_in_flight(), trainer.progress().is_finished()), (7, true));
    let weights = trainer.weights().into_owned();
    assert_eq!(weights.0.row(3), [0.25; 20]);
    assert!(weights.0.row(4).iter().any(|x| x.abs() > 0.06));
    let after = trainer.held_out_loss(&corpus, &mut ()).unwrap().unwrap();
    assert!(after < 0.9 * before, "held-out loss {after}, before {before}");
}

trait IntoOwned {
    fn into_owned(self) -> (rapidvec::Matrix, rapidvec::Matrix);
}

impl IntoOwned for rapidvec::Weights<'_> {
    fn into_owned(self) -> (rapidvec::Matrix, rapidvec::Matrix) {
        (self.input.into_owned(), self.output.into_owned())
    }
}

#[test]
fn a_million_words_are_split_over_buffers() {
    if !has_adapter("a_million_words_are_split_over_buffers") {
        return;
    }
    let words = 1_000_000usize;
    let text: String =
        (0..words + 50_000).map(|i| format!("w{}{}", i % words, if i % 20 == 19 { '\n' } else { ' ' })).collect();
    let corpus = Corpus::from_text("many words", &text, &CorpusOptions::default().min_count(1)).unwrap();
    assert_eq!(corpus.vocabulary().len(), words);
    let config = Config::skip_gram().vector_size(40).epochs(1);
    let mut trainer = GpuTrainer::new(&config, &corpus, corpus.counts(), 0).unwrap();
    let before = trainer.weights().input.to_vec();
    trainer.run(Until::End, &mut ()).unwrap();
    let after = trainer.weights();
    // Output rows are zero until a word was a target or a negative, and until then contexts do not move.
    let moved = (0..words).filter(|&row| after.input.row(row) != before[row * 40..][..40]).count();
    assert!(moved > words / 10, "{moved} of {words} vectors moved");
    assert!(after.output.row(words - 1).iter().any(|x| *x != 0.0));
}

#[test]
fn what_cannot_be_trained_is_refused() {
    if !has_adapter("what_cannot_be_trained_is_refused") {
        return;
    }
    let corpus = builtin_corpus();
    let refused =
        |config: &Config, corpus: &Corpus| GpuTrainer::new(config, corpus, corpus.counts(), 0).unwrap_err().to_string();
    let tree = refused(&Config::cbow().hierarchical_softmax(), &corpus);
    assert_eq!(tree, "training on a graphics card does not support hierarchical softmax. Train on the CPU");
    assert!(refused(&Config::cbow().vector_size(1025), &corpus).contains("vectors of more than 1024 numbers"));
    let one = Corpus::from_text("one", &"word\n".repeat(9), &CorpusOptions::default()).unwrap();
    assert!(refused(&Config::cbow(), &one).contains("needs a vocabulary of at least 2 words, got 1"));
}

#[test]
fn training_that_diverges_is_an_error() {
    if !has_adapter("training_that_diverges_is_an_error") {
        return;
    }
    let corpus = builtin_corpus();
    let config = small().learning_rate(100.0).min_learning_rate(100.0);
    let error = session::<GpuTrainer>(&config, &corpus, 0).run(&mut ()).unwrap_err();
    assert!(error.to_string().starts_with("training diverged"), "{error}");
}

#[test]
fn without_an_adapter_there_is_one_sentence() {
    let error = GpuError::NoAdapter.to_string();
    assert!(error.starts_with("no graphics adapter: ") && error.lines().count() == 1, "{error}");
}
