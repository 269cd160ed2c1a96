//! Adam on the dense trajectory, at sparse cost.
//!
//! The [chapter's Adam](crate::chapter::Adam) updates all V rows at every step. Here a row does not change between two batches
//! that use it: `backward` leaves its gradient, and just before the row is read again, [`settle`](crate::optimizers::settle)
//! takes the step on that gradient and all the steps that the row has missed since, in one pass (derivation in
//! `lazy_adam.rs`). In exact arithmetic the weights are those of the dense program; in f32 they differ by rounding alone, and
//! over 20,000 steps they stay closer to a dense run in f64 than those of a dense run in f32. Kingma and Ba 2015; the book, chapter 4.

use super::lazy_adam::LazyAdam;
use crate::Lookup;
use rapidvec_core::kernels::plain::Settlement;
use rapidvec_core::kernels::{large_pages, prefetch};

/// Adam's state for one matrix besides the moments: the current step, and the step at which each row was last updated.
#[derive(Debug, Clone)]
pub struct Adam {
    lazy: LazyAdam,
    /// Step of the last update of each row; 0 if there was none.
    last: Vec<u32>,
    step: u32,
}

impl Adam {
    /// The state before the first step on a matrix of `vocab_size` rows.
    pub fn new(learning_rate: f32, vocab_size: usize) -> Self {
        Self::resume(learning_rate, 0, large_pages::filled(vocab_size, 0))
    }

    /// The state after `step` steps, with row i last updated at step `last[i]`, at most `step`.
    pub fn resume(learning_rate: f32, step: u32, last: Vec<u32>) -> Self {
        Self { lazy: LazyAdam::after(learning_rate, step), last, step }
    }

    /// Writes the pending steps of its rows, to be taken before the next step, into `lookup`; counts that step as done.
    pub fn plan(&mut self, lookup: &mut Lookup) {
        self.step += 1;
        // All at once, so that their reads overlap.
        lookup.unique().iter().for_each(|&id| prefetch(&self.last[id as usize]));
        lookup.settle_with(|id| {
            let last = &mut self.last[id as usize];
            self.lazy.since(std::mem::replace(last, self.step))
        });
        self.lazy.advance();
    }

    /// The pending steps of every row.
    pub fn settlements_of_all_rows(&self) -> Vec<Settlement> {
        self.last.iter().map(|&last| self.lazy.since(last)).collect()
    }

    /// Step of the last update of each row; 0 if there was none.
    pub fn last_updates(&self) -> &[u32] {
        &self.last
    }
}
