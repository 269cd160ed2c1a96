//! The number of threads changes the speed, never a bit of the result; nor do pauses.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec::checkpoint::{self, Checkpoint, CorpusRecord, Storage};
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::{ModelKind, Observer, Progress, Stopped, Trainer, Until};
use rapidvec_core::Matrix;
use rapidvec_textbook::{Config, OptimizerKind, TextbookTrainer};
use std::ops::ControlFlow;

/// 300 words in 4,000 tokens, some words often, some once.
fn corpus() -> Corpus {
    let ids = (0..4_000u32).map(|i| i.wrapping_mul(2_654_435_761) >> 16).map(|x| (x % 300) * (x % 300) / 300);
    let text: String = ids.map(|id| format!("word{id} ")).collect();
    Corpus::from_text("words", &text, &CorpusOptions::textbook()).unwrap()
}

/// The same trainer, from a checkpoint.
fn through_a_file(trainer: &TextbookTrainer, corpus: &Corpus, half: bool, threads: usize) -> TextbookTrainer {
    let file = tempfile::NamedTempFile::new().unwrap();
    let record = CorpusRecord::new(corpus, vec!["words".into()], &CorpusOptions::textbook());
    let storage = Storage { half, ..Storage::default() };
    let run = checkpoint::Run { corpus: &record, vocabulary: corpus.vocabulary(), storage, held_out: &[] };
    checkpoint::save_checkpoint(file.path(), &run, trainer).unwrap();
    // A checkpoint is a model whose vectors are those of dense Adam.
    let vectors = rapidvec::WordVectors::open(file.path()).unwrap();
    assert!(half || vectors.rows().to_f32() == trainer.weights().input.to_vec());
    let saved = Checkpoint::open(file.path()).unwrap();
    assert_eq!(&saved.config::<TextbookTrainer>().unwrap(), trainer.config());
    let resumed: TextbookTrainer = saved.trainer(trainer.config(), corpus, threads).unwrap();
    assert_eq!((resumed.progress(), resumed.history()), (trainer.progress(), trainer.history()));
    resumed
}

/// Trains with `threads` threads; with `stretch`, stops after that many steps each time and resumes from a checkpoint.
fn train(config: &Config, threads: usize, stretch: Option<u64>) -> ([Matrix; 2], Vec<f64>) {
    let corpus = corpus();
    let mut trainer = TextbookTrainer::new(config, &corpus, corpus.counts(), threads).unwrap();
    let mut half = false;
    while trainer.run(stretch.map_or(Until::Epoch, Until::Blocks), &mut ()).unwrap() != Stopped::Finished {
        if stretch.is_some() {
            trainer = through_a_file(&trainer, &corpus, half, threads);
            half = !half;
        }
    }
    let losses = trainer.history().iter().map(|point| point.loss).collect();
    let rapidvec::Weights { input, output } = trainer.weights();
    ([input.into_owned(), output.into_owned()], losses)
}

fn configs() -> Vec<Config> {
    let book = Config { epochs: 2, vector_size: 100, batch_size: 37, window: 3, ..Config::textbook() };
    vec![
        book.clone(),
        Config { vector_size: 300, max_grad: Some(0.05), epochs: 1, ..book.clone() },
        Config { model: ModelKind::SkipGram, epochs: 1, ..book.clone() },
        Config { optimizer: OptimizerKind::Sgd, learning_rate: 0.5, ..book.clone() },
        Config { model: ModelKind::SkipGram, optimizer: OptimizerKind::Sgd, vector_size: 33, epochs: 1, ..book },
    ]
}

#[test]
fn threads_do_not_change_a_bit() {
    for config in configs() {
        let one = train(&config, 1, None);
        for threads in [2, 3, 4, 7] {
            assert!(train(&config, threads, None) == one, "{threads} threads, {config:?}");
        }
    }
}

#[test]
fn pauses_do_not_change_a_bit() {
    for config in configs() {
        let through = train(&config, 1, None);
        for (threads, stretch) in [(1, 13), (2, 50)] {
            assert!(train(&config, threads, Some(stretch)) == through, "every {stretch} steps, {config:?}");
        }
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
    let corpus = corpus();
    let mut trainer = TextbookTrainer::new(&Config::textbook(), &corpus, corpus.counts(), 2).unwrap();
    assert_eq!(trainer.run(Until::Blocks(0), &mut Stop).unwrap(), Stopped::Reached);
    assert_eq!(trainer.progress().block, 0);
    assert_eq!(trainer.run(Until::End, &mut Stop).unwrap(), Stopped::Interrupted);
    assert_eq!(trainer.progress().block, 1);
}

#[test]
fn a_loss_that_is_not_finite_stops_training() {
    let corpus = corpus();
    let config = Config { optimizer: OptimizerKind::Sgd, learning_rate: 100.0, epochs: 200, ..Config::textbook() };
    let mut trainer = TextbookTrainer::new(&config, &corpus, corpus.counts(), 2).unwrap();
    let message = trainer.run(Until::End, &mut ()).unwrap_err().to_string();
    assert!(message.contains("diverged") && message.contains("block"), "{message}");
}

#[test]
fn rows_can_be_overwritten_at_any_time() {
    let corpus = corpus();
    let config = Config { vector_size: 100, ..Config::textbook() };
    let mut trainer = TextbookTrainer::new(&config, &corpus, corpus.counts(), 2).unwrap();
    trainer.run(Until::Blocks(5), &mut ()).unwrap();
    let row: Vec<f32> = (0..100).map(|x| x as f32).collect();
    trainer.set_input(7, &row);
    trainer.set_output(8, &row);
    let weights = trainer.weights();
    assert_eq!((weights.input.row(7), weights.output.row(8)), (row.clone(), row));
}
