//! Adding up what each thread's columns contribute to a score.
//!
//! Everything in a step but the scores works on each column of the matrices by itself. So a thread owns some columns of
//! every row, runs the whole step on them, and meets the others once for each prediction, to add up the parts of the
//! scores. Parts are kept for each panel and added in the order of panels, so the sum has the same bits whatever the
//! number of threads.

use rapidvec_core::kernels::kernels;

/// Another thread gave up, so there is no sum to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another training thread stopped")]
pub struct Stopped;

/// Whoever knows all columns of a model.
pub trait Columns {
    /// `scores[i] = Σ_p partial[p][i]` over the panels p of all threads, in order. `partial` holds this thread's panels,
    /// one after the other, each as long as `scores`.
    fn sum(&mut self, partial: &[f32], scores: &mut [f32]) -> Result<(), Stopped>;
}

/// One thread that has all columns.
#[derive(Debug, Clone, Copy, Default)]
pub struct AllColumns;

impl Columns for AllColumns {
    fn sum(&mut self, partial: &[f32], scores: &mut [f32]) -> Result<(), Stopped> {
        scores.fill(0.0);
        kernels().add_panels(partial, scores);
        Ok(())
    }
}
