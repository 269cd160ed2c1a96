//! The textbook trainer as one of the trainers that sessions, checkpoints and front ends know.

use super::learner::Side;
use super::train::{TextbookTrainer, mismatch};
use crate::{Adam, BatchLayout, Config, Field, Optimizer, OptimizerKind};
use rapidvec::checkpoint::{StateReader, StateWriter};
use rapidvec::corpus::Corpus;
use rapidvec::{ConfigError, LossPoint, Observer, Progress, Result, Stopped, TrainError, Trainer, Until, WordId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

const W_IN: &str = "w_in";
const W_OUT: &str = "w_out";
const LAST: [&str; 2] = ["adam.last_in", "adam.last_out"];

/// Each tensor of Adam's state that is a matrix: as it lies in memory, rows lack the steps since their last update.
const ADAM: [(&str, Side, Field); 6] = [
    ("adam.dw_in", Side::In, Field::Gradient),
    ("adam.dw_out", Side::Out, Field::Gradient),
    ("adam.m_in", Side::In, Field::FirstMoment),
    ("adam.v_in", Side::In, Field::SecondMoment),
    ("adam.m_out", Side::Out, Field::FirstMoment),
    ("adam.v_out", Side::Out, Field::SecondMoment),
];

/// The part of the state that is not a tensor.
#[derive(Debug, Serialize, Deserialize)]
struct StateRecord {
    /// Steps done.
    step: u64,
    /// Steps in an epoch.
    iterations: usize,
    /// Seconds of training so far.
    seconds: f64,
    /// Sum of the losses since the last [`LossPoint`].
    loss_sum: f64,
    /// Number of losses in `loss_sum`.
    loss_count: u32,
}

impl Trainer for TextbookTrainer {
    type Config = Config;
    const NAME: &'static str = "textbook";

    /// `corpus` has an id for every token, line ends included: read it with [`CorpusOptions::textbook`].
    ///
    /// [`CorpusOptions::textbook`]: rapidvec::corpus::CorpusOptions
    fn new(config: &Config, corpus: &Corpus, counts: &[u64], threads: usize) -> Result<Self> {
        let ids = corpus.ids().to_vec();
        if let Some(at) = ids.iter().position(|&id| id as usize >= counts.len()) {
            return Err(TrainError::UnknownId { at, words: counts.len(), got: ids[at] }.into());
        }
        Self::new(config, &ids, counts, threads)
    }

    /// At the peak, when a checkpoint is saved: the matrices (two of weights, two of gradients, and with Adam four of moments),
    /// their copies in the checkpoint (without Adam, of the weights alone), the weights as they are stored and one matrix while
    /// it is written; 4 bytes a token for the ids and 4 for the order of the examples; and two batches.
    fn memory_needed(config: &Config, words: usize, ids: usize, _threads: usize) -> u64 {
        let matrices: u64 = match config.optimizer {
            OptimizerKind::Adam => 8 + 8 + 2 + 1,
            OptimizerKind::Sgd if config.max_grad.is_none() => 2 + 2 + 2 + 1,
            OptimizerKind::Sgd => 4 + 2 + 2 + 1,
        };
        let matrix = (words as u64).saturating_mul(row_bytes(config));
        let text = (ids as u64).saturating_mul(8);
        matrices.saturating_mul(matrix).saturating_add(text).saturating_add(batch_bytes(config, ids))
    }

    fn validate(config: &Config) -> Result<(), ConfigError> {
        config.validate()
    }

    fn vector_size(config: &Config) -> usize {
        config.vector_size
    }

    fn run(&mut self, until: Until, observer: &mut dyn Observer) -> Result<Stopped> {
        let now = self.clock.shared_progress();
        if now.is_finished() {
            return Ok(Stopped::Finished);
        }
        let end = match until {
            Until::Blocks(blocks) => now.block.saturating_add(blocks),
            Until::Epoch => (now.epochs_done() as u64 + 1) * now.blocks_per_epoch,
            Until::End => now.total_blocks(),
        };
        let end = end.min(now.total_blocks());
        let observer = std::cell::RefCell::new(observer);
        self.train(
            end,
            &mut |clock| observer.borrow_mut().progress(&clock.shared_progress()).is_continue(),
            &mut |clock| clock.points.last().iter().for_each(|point| observer.borrow_mut().loss(point)),
        )?;
        Ok(match self.clock.shared_progress() {
            now if now.is_finished() => Stopped::Finished,
            now if now.block >= end => Stopped::Reached,
            _ => Stopped::Interrupted,
        })
    }

    fn config(&self) -> &Config {
        &self.config
    }

    fn threads(&self) -> usize {
        self.learner.threads()
    }

    fn progress(&self) -> Progress {
        self.clock.shared_progress()
    }

    /// (K + 1) log 2 for each prediction: every score is 0.
    fn guessing_loss(&self) -> Option<f64> {
        let questions = BatchLayout::of(&self.config).predictions() * (self.config.negatives + 1);
        Some(questions as f64 * std::f64::consts::LN_2)
    }

    fn history(&self) -> &[LossPoint] {
        &self.clock.points
    }

    /// With every step that Adam has pending, as dense Adam would have them now.
    fn weights(&self) -> rapidvec::Weights<'_> {
        let crate::Weights { w_in, w_out } = self.learner.weights(&self.batches.optimizers);
        rapidvec::Weights { input: Cow::Owned(w_in), output: Cow::Owned(w_out) }
    }

    fn set_input(&mut self, id: WordId, row: &[f32]) {
        self.learner.set_weights(Side::In, id, row);
    }

    fn set_output(&mut self, row_id: u32, row: &[f32]) {
        self.learner.set_weights(Side::Out, row_id, row);
    }

    /// With negatives that depend on the seed alone.
    fn held_out_loss(&mut self, text: &Corpus, observer: &mut dyn Observer) -> Result<Option<f64>> {
        let now = self.clock.shared_progress();
        Ok(self.loss_on(&text.ids().to_vec(), &mut || observer.progress(&now).is_continue())?)
    }

    fn save_state<'a>(&'a self, out: &mut StateWriter<'a>) -> Result<()> {
        let clock = &self.clock;
        out.record(&StateRecord {
            step: clock.step,
            iterations: clock.iterations,
            seconds: clock.seconds(),
            loss_sum: clock.loss_sum,
            loss_count: clock.loss_count,
        })?;
        out.f32(W_IN, self.learner.get(Side::In, Field::Weight));
        out.f32(W_OUT, self.learner.get(Side::Out, Field::Weight));
        if self.config.optimizer == OptimizerKind::Adam {
            for (name, side, field) in ADAM {
                out.f32(name, self.learner.get(side, field));
            }
            for (name, optimizer) in LAST.into_iter().zip(&self.batches.optimizers) {
                out.u32(name, optimizer.last_updates());
            }
        }
        Ok(())
    }

    fn load_state(&mut self, from: &StateReader) -> Result<()> {
        let record: StateRecord = from.record()?;
        if record.iterations != self.clock.iterations {
            return Err(mismatch("iterations per epoch", record.iterations, self.clock.iterations).into());
        }
        if record.step > self.clock.shared_progress().total_blocks() {
            let steps = self.clock.shared_progress().total_blocks();
            return Err(mismatch("steps, more than this run has:", record.step, steps).into());
        }
        let numbers = self.vocab_size * self.config.vector_size;
        self.learner.set(Side::In, Field::Weight, &from.f32(W_IN, numbers)?);
        self.learner.set(Side::Out, Field::Weight, &from.f32(W_OUT, numbers)?);
        if self.config.optimizer == OptimizerKind::Adam {
            for (name, side, field) in ADAM {
                self.learner.set(side, field, &from.f32(name, numbers)?);
            }
            for (name, optimizer) in LAST.into_iter().zip(&mut self.batches.optimizers) {
                let last = from.u32(name, self.vocab_size)?;
                if let Some(late) = last.iter().find(|&&last| u64::from(last) > record.step) {
                    return Err(mismatch("updates until step", record.step, late).into());
                }
                // `build` made sure that steps fit 32 bits.
                let adam = Adam::resume(self.config.learning_rate, record.step as u32, last);
                *optimizer = Optimizer::Adam(Box::new(adam));
            }
        }
        let StateRecord { step, seconds, loss_sum, loss_count, .. } = record;
        self.clock.restore(step, seconds, (loss_sum, loss_count), from.history()?);
        Ok(())
    }
}

/// Bytes of a row of a matrix: whole cache lines.
fn row_bytes(config: &Config) -> u64 {
    (config.vector_size as u64).next_multiple_of(16) * 4
}

/// Bytes that a batch needs, with two in flight: hidden vectors and their gradients, the ids of all words that are read, what
/// Adam has pending for each, and the parts of the scores.
fn batch_bytes(config: &Config, tokens: usize) -> u64 {
    let examples = config.batch_size.min(tokens) as u64;
    let (contexts, predictions) = (2 * config.window as u64, BatchLayout::of(config).predictions() as u64);
    let scores = predictions * (1 + config.negatives as u64);
    let parts = (config.vector_size as u64).div_ceil(32) * 3;
    let each = 2 * row_bytes(config) + 80 * (contexts + scores) + 4 * parts * scores;
    examples.saturating_mul(each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec::ModelKind;

    #[test]
    fn memory_of_the_chapters_run_is_small_and_of_absurd_ones_does_not_overflow() {
        let needed = |config: &Config, words, ids| <TextbookTrainer as Trainer>::memory_needed(config, words, ids, 1);
        let book = Config::textbook();
        let megabytes = needed(&book, 10_000, 929_589) / 1_000_000;
        assert!((90..110).contains(&megabytes), "{megabytes}");
        let batches = Config { batch_size: 1_000_000, window: 1_000, negatives: 1_000, ..book.clone() };
        let skip_gram = Config { model: ModelKind::SkipGram, ..batches };
        assert!(needed(&skip_gram, 10_000, 929_589) / 1_000_000 > 100_000_000);
        let wide = Config { vector_size: 65_536, ..book };
        assert_eq!(needed(&wide, usize::MAX, usize::MAX), u64::MAX);
    }
}
