//! Trains the blocks of an epoch on the card: one batch is prepared and sent while another one is trained.

use super::batch::Batch;
use super::card::{BATCHES, BatchSize, Card};
use crate::device::Sent;
use rapidvec::{BlockRunner, BlockStats, EpochBlocks, Result};
use std::collections::VecDeque;
use std::ops::Range;

/// A card, and batches on their way to it.
pub struct Runner<'a> {
    card: &'a Card,
    batches: Vec<Batch>,
}

/// A batch on the card.
struct InProgress {
    slot: usize,
    sent: Sent,
}

impl<'a> Runner<'a> {
    pub fn new(card: &'a Card) -> Self {
        Self { card, batches: (0..BATCHES).map(|_| Batch::default()).collect() }
    }

    /// Begins a batch of these blocks. Returns the next block.
    fn begin(&mut self, slot: usize, epoch: &EpochBlocks, blocks: Range<u64>) -> Result<(InProgress, u64)> {
        let BatchSize { segments, ids } = BatchSize::new(self.card.groups(), epoch.ids().len());
        let batch = &mut self.batches[slot];
        let next = batch.fill(epoch, blocks, segments, ids);
        Ok((InProgress { slot, sent: self.card.begin(slot, batch)? }, next))
    }
}

impl BlockRunner for Runner<'_> {
    fn train(
        &mut self,
        epoch: &EpochBlocks,
        blocks: Range<u64>,
        done: &mut dyn FnMut(BlockStats) -> bool,
    ) -> Result<()> {
        let mut running: VecDeque<InProgress> = VecDeque::new();
        let (mut next, mut slot, mut goes_on) = (blocks.start, 0, true);
        loop {
            while goes_on && next < blocks.end && running.len() < BATCHES {
                let (begun, after) = self.begin(slot, epoch, next..blocks.end)?;
                running.push_back(begun);
                (next, slot) = (after, (slot + 1) % BATCHES);
            }
            let Some(InProgress { slot, sent }) = running.pop_front() else { return Ok(()) };
            for stats in self.card.end(slot, sent, &self.batches[slot].blocks)? {
                // Batches in progress are trained, so they count even if nothing new is begun.
                goes_on &= done(stats);
            }
        }
    }
}
