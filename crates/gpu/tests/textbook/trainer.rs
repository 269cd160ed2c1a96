//! Whole runs of the trainer.

use super::skips;
use rapidvec::checkpoint::{self, Checkpoint, CorpusRecord, Storage};
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::{ModelKind, Observer, Progress, Stopped, Trainer, Until};
use rapidvec_gpu::{GpuTextbookTrainer, to_cpu, to_gpu};
use rapidvec_textbook::{Config, Engine, OptimizerKind, TextbookTrainer, TextbookTrainerOn};
use std::ops::ControlFlow;

/// 200 words in 1,500 tokens, some words often, some once.
fn corpus() -> Corpus {
    text("words", 1_500)
}

fn text(name: &str, tokens: u32) -> Corpus {
    let ids = (0..tokens).map(|i| i.wrapping_mul(2_654_435_761) >> 16).map(|x| (x % 200) * (x % 200) / 200);
    let text: String = ids.map(|id| format!("word{id} ")).collect();
    Corpus::from_text(name, &text, &CorpusOptions::textbook()).unwrap()
}

/// CBOW and SkipGram, Adam and SGD, with and without clipping.
fn configs() -> Vec<Config> {
    let book = Config { epochs: 2, vector_size: 50, batch_size: 37, window: 3, ..Config::textbook() };
    vec![
        book.clone(),
        Config { max_grad: Some(0.05), epochs: 1, ..book.clone() },
        Config { model: ModelKind::SkipGram, epochs: 1, ..book.clone() },
        Config { optimizer: OptimizerKind::Sgd, learning_rate: 0.5, ..book.clone() },
        Config { optimizer: OptimizerKind::Sgd, learning_rate: 0.5, max_grad: Some(0.05), ..book.clone() },
        Config { model: ModelKind::SkipGram, optimizer: OptimizerKind::Sgd, vector_size: 33, epochs: 1, ..book },
    ]
}

fn new<E: Engine>(config: &Config) -> TextbookTrainerOn<E> {
    let corpus = corpus();
    Trainer::new(config, &corpus, corpus.counts(), 1).unwrap()
}

/// The weights, and the losses.
type Learned = ([Vec<f32>; 2], Vec<f64>);

fn learned(trainer: &impl Trainer) -> Learned {
    let rapidvec::Weights { input, output } = trainer.weights();
    ([input.to_vec(), output.to_vec()], trainer.history().iter().map(|point| point.loss).collect())
}

fn trained<E: Engine>(config: &Config) -> Learned {
    let mut trainer = new::<E>(config);
    assert_eq!(trainer.run(Until::End, &mut ()).unwrap(), Stopped::Finished);
    learned(&trainer)
}

/// Equal but for rounding, which Adam amplifies where a gradient is nearly zero.
fn assert_near(what: &str, expected: &Learned, got: &Learned) {
    let norm = |x: &mut dyn Iterator<Item = f32>| x.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    for (expected, got) in expected.0.iter().zip(&got.0) {
        assert_eq!(expected.len(), got.len(), "{what}");
        let off = norm(&mut expected.iter().zip(got).map(|(a, b)| a - b)) / norm(&mut expected.iter().copied());
        assert!(off < 1e-3, "{what}: relative error {off:e}");
    }
    assert_eq!(expected.1.len(), got.1.len(), "{what}");
    for (expected, got) in expected.1.iter().zip(&got.1) {
        assert!((expected - got).abs() < 1e-4 * expected, "{what}: loss {got}, expected {expected}");
    }
}

/// A trainer of the other kind or the same, from a checkpoint of this one.
fn through_a_file<E: Engine>(trainer: &impl Trainer<Config = Config>) -> TextbookTrainerOn<E> {
    let (file, corpus) = (tempfile::NamedTempFile::new().unwrap(), corpus());
    let record = CorpusRecord::new(&corpus, vec!["words".into()], &CorpusOptions::textbook());
    let run = checkpoint::Run {
        corpus: &record,
        vocabulary: corpus.vocabulary(),
        storage: Storage::default(),
        held_out: &[],
    };
    checkpoint::save_checkpoint(file.path(), &run, trainer).unwrap();
    let saved = Checkpoint::open(file.path()).unwrap();
    let resumed: TextbookTrainerOn<E> = saved.trainer(trainer.config(), &corpus, 1).unwrap();
    assert_eq!((resumed.progress(), resumed.history()), (trainer.progress(), trainer.history()));
    resumed
}

#[test]
fn a_run_learns_what_it_learns_on_the_cpu() {
    if skips("a_run_learns_what_it_learns_on_the_cpu") {
        return;
    }
    for config in configs() {
        let (cpu, gpu) = (trained::<rapidvec_textbook::Learner>(&config), trained::<super::GpuLearner>(&config));
        assert_near(&format!("{config:?}"), &cpu, &gpu);
    }
}

#[test]
fn pauses_and_repetitions_do_not_change_a_bit() {
    if skips("pauses_and_repetitions_do_not_change_a_bit") {
        return;
    }
    for config in configs() {
        let through = trained::<super::GpuLearner>(&config);
        let mut trainer: GpuTextbookTrainer = new(&config);
        while trainer.run(Until::Blocks(13), &mut ()).unwrap() != Stopped::Finished {
            trainer = through_a_file(&trainer);
        }
        assert!(learned(&trainer) == through, "{config:?}");
    }
}

#[test]
fn a_run_goes_from_device_to_device() {
    if skips("a_run_goes_from_device_to_device") {
        return;
    }
    for config in configs() {
        let mut cpu: TextbookTrainer = new(&config);
        cpu.run(Until::Blocks(11), &mut ()).unwrap();
        let mut gpu: GpuTextbookTrainer = through_a_file(&cpu);
        gpu.run(Until::Blocks(11), &mut ()).unwrap();
        let mut cpu = to_cpu(gpu, 1).unwrap();
        cpu.run(Until::Blocks(3), &mut ()).unwrap();
        let mut gpu = to_gpu(cpu).unwrap();
        gpu.run(Until::Blocks(3), &mut ()).unwrap();
        let mut cpu: TextbookTrainer = through_a_file(&gpu);
        assert_eq!(cpu.run(Until::End, &mut ()).unwrap(), Stopped::Finished);
        assert_near(&format!("{config:?}"), &trained::<rapidvec_textbook::Learner>(&config), &learned(&cpu));
    }
}

#[test]
fn moving_changes_no_bit() {
    if skips("moving_changes_no_bit") {
        return;
    }
    for config in configs() {
        let mut cpu: TextbookTrainer = new(&config);
        cpu.run(Until::Blocks(25), &mut ()).unwrap();
        let before = learned(&cpu);
        let gpu = to_gpu(cpu).unwrap();
        assert!(learned(&gpu) == before, "{config:?}");
        assert_eq!(gpu.progress().block, 25);
        assert!(gpu.device().is_some());
        let cpu = to_cpu(gpu, 1).unwrap();
        assert!(learned(&cpu) == before && cpu.device().is_none(), "{config:?}");
    }
}

#[test]
fn held_out_text_has_the_loss_that_it_has_on_the_cpu_and_changes_nothing() {
    if skips("held_out_text_has_the_loss_that_it_has_on_the_cpu_and_changes_nothing") {
        return;
    }
    let held_out = text("held out", 333);
    for config in configs() {
        let mut cpu: TextbookTrainer = new(&config);
        cpu.run(Until::Blocks(25), &mut ()).unwrap();
        let expected = cpu.held_out_loss(&held_out, &mut ()).unwrap().unwrap();
        let mut gpu = to_gpu(cpu).unwrap();
        let before = learned(&gpu);
        let loss = gpu.held_out_loss(&held_out, &mut ()).unwrap().unwrap();
        assert!((loss - expected).abs() < 1e-5 * expected, "{loss}, expected {expected}");
        assert_eq!(gpu.held_out_loss(&held_out, &mut ()).unwrap(), Some(loss));
        assert!(learned(&gpu) == before);
    }
}

struct Stop;

impl Observer for Stop {
    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

#[test]
fn an_observer_stops_training_after_the_step_in_progress() {
    if skips("an_observer_stops_training_after_the_step_in_progress") {
        return;
    }
    let mut trainer: GpuTextbookTrainer = new(&configs()[0]);
    assert_eq!(trainer.run(Until::End, &mut Stop).unwrap(), Stopped::Interrupted);
    assert_eq!((trainer.progress().block, trainer.history().len()), (1, 1));
    assert_eq!(trainer.run(Until::Blocks(30), &mut ()).unwrap(), Stopped::Reached);
    assert_eq!((trainer.progress().block, trainer.history().len()), (31, 2));
}

#[test]
fn a_loss_that_is_not_finite_stops_training() {
    if skips("a_loss_that_is_not_finite_stops_training") {
        return;
    }
    let sgd = Config { optimizer: OptimizerKind::Sgd, learning_rate: 100.0, epochs: 200, ..Config::textbook() };
    for model in [ModelKind::Cbow, ModelKind::SkipGram] {
        let mut trainer: GpuTextbookTrainer = new(&Config { model, ..sgd.clone() });
        let message = trainer.run(Until::End, &mut ()).unwrap_err().to_string();
        assert!(message.contains("diverged") && message.contains("block"), "{message}");
    }
}

#[test]
fn rows_can_be_overwritten_between_two_stretches() {
    if skips("rows_can_be_overwritten_between_two_stretches") {
        return;
    }
    let mut trainer: GpuTextbookTrainer = new(&configs()[0]);
    trainer.run(Until::Blocks(5), &mut ()).unwrap();
    let row: Vec<f32> = (0..50).map(|x| x as f32 / 50.0).collect();
    trainer.set_input(7, &row);
    trainer.set_output(8, &row);
    let weights = trainer.weights();
    assert_eq!((weights.input.row(7), weights.output.row(8)), (row.clone(), row));
    drop(weights);
    let mut cpu: TextbookTrainer = through_a_file(&trainer);
    cpu.run(Until::Blocks(5), &mut ()).unwrap();
    trainer.run(Until::Blocks(5), &mut ()).unwrap();
    assert_near("after overwriting", &learned(&cpu), &learned(&trainer));
}

#[test]
fn a_batch_that_no_buffer_holds_is_refused() {
    if skips("a_batch_that_no_buffer_holds_is_refused") {
        return;
    }
    let corpus = text("long", 400_000);
    let config = Config {
        model: ModelKind::SkipGram,
        negatives: 100,
        window: 20,
        vector_size: 4,
        batch_size: 300_000,
        ..Config::textbook()
    };
    let Err(error) = GpuTextbookTrainer::new(&config, &corpus, corpus.counts(), 1) else {
        panic!("a plan of 40 GB was accepted");
    };
    let message = error.to_string();
    assert!(message.contains("batches of 300000 examples") || message.contains("memory"), "{message}");
}

/// Mesa's program would leave the loop over the word's places early.
#[test]
fn a_software_adapter_refuses_a_batch_in_which_a_word_is_too_frequent() {
    let adapter = rapidvec_gpu::Adapter::chosen();
    if skips("a_software_adapter_refuses_a_batch_in_which_a_word_is_too_frequent")
        || adapter.is_ok_and(|adapter| adapter.kind != rapidvec_gpu::AdapterKind::Software)
    {
        return;
    }
    let corpus = Corpus::from_text("two", &"a b ".repeat(15_000), &CorpusOptions::textbook()).unwrap();
    let run = |batch_size| {
        let config = Config { window: 3, negatives: 1, vector_size: 4, epochs: 1, batch_size, ..Config::textbook() };
        GpuTextbookTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap().run(Until::End, &mut ())
    };
    assert!(run(10_000).is_ok());
    let message = run(25_000).unwrap_err().to_string();
    assert!(message.contains("a word that occurs 750"), "{message}");
}

/// The beginning of Penn Treebank with the chapter's settings.
#[test]
fn the_chapters_text_has_the_losses_that_it_has_on_the_cpu() {
    const TEST: &str = "the_chapters_text_has_the_losses_that_it_has_on_the_cpu";
    if skips(TEST) {
        return;
    }
    let Some(shared) = std::env::var_os("RAPIDVEC_SHARED") else {
        eprintln!("SKIPPED {TEST}: RAPIDVEC_SHARED is not set to the folder with corpora/ptb.train.txt");
        return;
    };
    let text = std::fs::read_to_string(std::path::Path::new(&shared).join("corpora/ptb.train.txt")).unwrap();
    let beginning: String = text.lines().take(600).map(|line| format!("{line}\n")).collect();
    let corpus = Corpus::from_text("ptb", &beginning, &CorpusOptions::textbook()).unwrap();
    let config = Config { epochs: 1, ..Config::textbook() };
    let mut cpu = TextbookTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
    let mut gpu = GpuTextbookTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
    assert_eq!(cpu.run(Until::End, &mut ()).unwrap(), Stopped::Finished);
    assert_eq!(gpu.run(Until::End, &mut ()).unwrap(), Stopped::Finished);
    assert!(gpu.history().len() > 5);
    assert_near("Penn Treebank", &learned(&cpu), &learned(&gpu));
}
