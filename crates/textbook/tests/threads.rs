//! The number of threads changes the speed, never a bit of the result; nor do pauses.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec::ModelKind;
use rapidvec_textbook::{Config, OptimizerKind, Pause, TextbookTrainer, Weights};

/// 300 words in 4,000 tokens, some words often, some once.
fn corpus() -> (Vec<u32>, Vec<u64>) {
    let ids: Vec<u32> =
        (0..4_000u32).map(|i| i.wrapping_mul(2_654_435_761) >> 16).map(|x| (x % 300) * (x % 300) / 300).collect();
    let mut counts = vec![0; 300];
    ids.iter().for_each(|&id| counts[id as usize] += 1);
    (ids, counts)
}

/// Trains with `threads` threads; with `stretch`, stops after that many steps each time and resumes from the saved state.
fn train(config: &Config, threads: usize, stretch: Option<u64>) -> (Weights, Vec<f64>) {
    let (ids, counts) = corpus();
    let mut trainer = TextbookTrainer::new(config, &ids, &counts, threads).unwrap();
    loop {
        let until = stretch.map_or(u64::MAX, |stretch| trainer.progress().step + stretch);
        if trainer.run(|progress| progress.step >= until, |_| ()).unwrap() == Pause::Finished {
            let losses = trainer.history().iter().map(|point| point.loss).collect();
            return (trainer.weights(), losses);
        }
        if stretch.is_some() {
            trainer = TextbookTrainer::resume(config, &ids, &counts, threads, trainer.state()).unwrap();
        }
    }
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

#[test]
fn a_pause_before_the_first_step_is_a_pause() {
    let (ids, counts) = corpus();
    let mut trainer = TextbookTrainer::new(&Config::textbook(), &ids, &counts, 2).unwrap();
    assert_eq!(trainer.run(|_| true, |_| ()).unwrap(), Pause::Asked);
    assert_eq!(trainer.progress().step, 0);
}

#[test]
fn a_loss_that_is_not_finite_stops_training() {
    let (ids, counts) = corpus();
    let config = Config { optimizer: OptimizerKind::Sgd, learning_rate: 100.0, epochs: 200, ..Config::textbook() };
    let mut trainer = TextbookTrainer::new(&config, &ids, &counts, 2).unwrap();
    let outcome = loop {
        match trainer.run(|_| false, |_| ()) {
            Ok(Pause::Finished) => break Ok(()),
            Ok(_) => {}
            Err(error) => break Err(error.to_string()),
        }
    };
    let message = outcome.unwrap_err();
    assert!(message.contains("diverged") && message.contains("block"), "{message}");
}
