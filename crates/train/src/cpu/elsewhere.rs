//! An epoch whose blocks are trained on something else than threads of this CPU, such as a graphics card.
//!
//! The place in the corpus, the learning rate, the losses and the checkpoint stay those of [`CpuTrainer`], so a run may
//! change from one device to the other at any block.

use super::loss_recorder::LossRecorder;
use super::plan::{rate, rate_after};
use super::schedule::{Schedule, ShuffleOrder};
use super::trainer::CpuTrainer;
use super::worker::BlockStats;
use crate::config::Config;
use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{Progress, Until};
use crate::trainer::{Stopped, TrainError, Trainer};
use rapidvec_core::{AliasTable, Ids};
use std::ops::Range;
use std::time::Instant;

/// Trains blocks of an epoch somewhere.
pub trait BlockRunner {
    /// Trains these blocks and passes the results of each to `done`, in order. Returns when all are done, or after those in
    /// progress if `done` returned false.
    ///
    /// # Errors
    /// Any; training cannot continue then.
    fn train(
        &mut self,
        epoch: &EpochBlocks,
        blocks: Range<u64>,
        done: &mut dyn FnMut(BlockStats) -> bool,
    ) -> Result<()>;
}

/// The blocks of an epoch.
#[derive(Debug, Clone, Copy)]
pub struct EpochBlocks<'a> {
    config: &'a Config,
    blocks: Schedule<'a>,
    order: &'a ShuffleOrder,
    epoch: u64,
}

/// A piece of the corpus, at the place where an epoch has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its ids.
    pub range: Range<usize>,
    /// The learning rate at its start.
    pub first_rate: f32,
    /// The learning rate at its end.
    pub last_rate: f32,
}

impl<'a> EpochBlocks<'a> {
    /// The epoch, from 0.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The settings.
    pub fn config(&self) -> &'a Config {
        self.config
    }

    /// The corpus.
    pub fn ids(&self) -> Ids<'a> {
        self.blocks.ids()
    }

    /// The pieces of a block, in order. Some may be empty.
    pub fn pieces(&self, block: u64) -> impl Iterator<Item = Piece> + use<'a> {
        let Self { config, blocks, order, epoch } = *self;
        blocks.read_ahead(block);
        blocks.places(block).map(move |place| {
            let range = blocks.range(order.piece(place));
            // The rate decays as if the text had the pieces in this order.
            let done = blocks.start(place);
            let rate = |at| rate(config, blocks.ids().len(), epoch, at);
            Piece { first_rate: rate(done), last_rate: rate(done + range.len()), range }
        })
    }
}

/// What random numbers are compared with, the same on any device.
#[derive(Debug, Clone, Copy)]
pub struct Sampling<'a> {
    /// For each word, the largest 32 random bits with which an occurrence stays. `None`: all stay.
    pub keep: Option<&'a [u32]>,
    /// What negatives are drawn from, and how many for each target. `None` for hierarchical softmax alone.
    pub negatives: Option<(&'a AliasTable, usize)>,
    /// For each word, whether its vector is not trained. `None`: all are.
    pub frozen: Option<&'a [bool]>,
}

impl CpuTrainer {
    /// What random numbers are compared with.
    #[doc(hidden)]
    pub fn sampling(&self) -> Sampling<'_> {
        Sampling {
            keep: self.subsampling.thresholds(),
            negatives: self.objective.negatives.as_ref().map(|negatives| (negatives.table(), negatives.wanted())),
            frozen: self.frozen.as_deref(),
        }
    }

    /// As [`run`](crate::Trainer::run), but `runner` trains the blocks. This trainer's weights stay as they are.
    ///
    /// # Errors
    /// [`TrainError::Diverged`], and those of `runner`.
    #[doc(hidden)]
    pub fn run_elsewhere(
        &mut self,
        until: Until,
        observer: &mut dyn Observer,
        runner: &mut dyn BlockRunner,
    ) -> Result<Stopped> {
        if self.frozen_output.is_some() {
            let what = "frozen output vectors on a graphics card";
            return Err(TrainError::Unsupported { trainer: <Self as Trainer>::NAME, what }.into());
        }
        self.each_epoch(until, |trainer, epoch, end| trainer.epoch_elsewhere(epoch, end, observer, runner))
    }

    /// Trains up to block `end` of the current epoch, or until the observer stops it. Whether it did.
    fn epoch_elsewhere(
        &mut self,
        epoch: u64,
        end: u64,
        observer: &mut dyn Observer,
        runner: &mut dyn BlockRunner,
    ) -> Result<bool> {
        let order = self.order(epoch);
        let words_per_epoch = self.words_per_epoch;
        let Self { config, corpus, state, .. } = self;
        let blocks = Schedule::new(corpus.ids(), config.shuffle);
        let first = state.block - epoch * blocks.count();
        let (started, seconds, mut words) = (Instant::now(), state.seconds, state.words);
        let mut loss_recorder = LossRecorder::new(state, config, blocks, epoch, words_per_epoch);
        let (mut is_stopped, mut diverged, mut next) = (false, None, first);
        let plan = EpochBlocks { config, blocks, order: &order, epoch };
        let trained = runner.train(&plan, first..end, &mut |stats| {
            if !stats.loss.is_finite() {
                let loss = stats.loss;
                diverged.get_or_insert(TrainError::Diverged { epoch: epoch as usize + 1, block: next + 1, loss });
                return false;
            }
            let seconds = seconds + started.elapsed().as_secs_f64();
            words += stats.words;
            loss_recorder.take(vec![(next, stats)], seconds, observer);
            next += 1;
            let block = loss_recorder.block();
            let now = Progress {
                block,
                blocks_per_epoch: blocks.count(),
                words,
                words_per_epoch,
                epochs: config.epochs,
                learning_rate: rate_after(config, &blocks, block),
                seconds,
                loss: loss_recorder.last(),
            };
            is_stopped |= observer.progress(&now).is_break();
            !is_stopped
        });
        state.seconds = seconds + started.elapsed().as_secs_f64();
        trained?;
        diverged.map_or(Ok(is_stopped), |error| Err(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Corpus, CorpusOptions};
    use crate::trainer::Trainer;

    /// Counts what it is given, and learns nothing.
    struct Counter {
        pieces: Vec<Piece>,
        loss: f64,
    }

    impl BlockRunner for Counter {
        fn train(
            &mut self,
            epoch: &EpochBlocks,
            blocks: Range<u64>,
            done: &mut dyn FnMut(BlockStats) -> bool,
        ) -> Result<()> {
            for block in blocks {
                let pieces: Vec<Piece> = epoch.pieces(block).collect();
                let words = pieces.iter().map(|piece| epoch.ids().slice(piece.range.clone()).words() as u64).sum();
                self.pieces.extend(pieces);
                if !done(BlockStats { words, kept: words, pairs: 1, loss: self.loss }) {
                    break;
                }
            }
            Ok(())
        }
    }

    fn corpus() -> Corpus {
        let text = "the king and the queen\nthe man and the woman\n".repeat(3_000);
        Corpus::from_text("tale", &text, &CorpusOptions::default()).unwrap()
    }

    #[test]
    fn a_run_elsewhere_goes_through_every_epoch_with_the_rates_of_the_cpu() {
        let corpus = corpus();
        let config = Config::skip_gram().epochs(2);
        let mut trainer = CpuTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
        let mut counter = Counter { pieces: Vec::new(), loss: 2.0 };
        assert_eq!(trainer.run_elsewhere(Until::Epoch, &mut (), &mut counter).unwrap(), Stopped::Reached);
        let halfway = trainer.progress();
        assert_eq!((halfway.epochs_done(), halfway.words), (1, halfway.words_per_epoch));
        assert!((halfway.learning_rate - 0.5 * config.learning_rate).abs() < 1e-5, "{}", halfway.learning_rate);
        assert_eq!(trainer.run_elsewhere(Until::End, &mut (), &mut counter).unwrap(), Stopped::Finished);
        let mut ids: Vec<usize> = counter.pieces.iter().flat_map(|piece| piece.range.clone()).collect();
        ids.sort_unstable();
        assert!(ids.chunks_exact(2).map(|twice| twice[0]).eq(0..corpus.ids().len()));
        assert!(counter.pieces.is_sorted_by(|a, b| a.first_rate >= b.first_rate));
        assert_eq!(trainer.history().iter().map(|point| point.pairs).sum::<u64>(), trainer.progress().block);
        assert_eq!(trainer.progress().loss, Some(2.0));
    }

    #[test]
    fn a_loss_that_is_no_number_ends_a_run_elsewhere() {
        let corpus = corpus();
        let mut trainer = CpuTrainer::new(&Config::cbow(), &corpus, corpus.counts(), 1).unwrap();
        let error = trainer
            .run_elsewhere(Until::End, &mut (), &mut Counter { pieces: Vec::new(), loss: f64::NAN })
            .unwrap_err();
        assert!(error.to_string().starts_with("training diverged"), "{error}");
        assert_eq!(trainer.progress().block, 0);
    }
}
