//! The windows that training goes through: which rows each of them reads and writes.

use anyhow::{Result, ensure};
use rapidvec::corpus::Corpus;
use rapidvec::{Config, CpuTrainer, Trainer, Until};
use rapidvec_core::kernels::window::{RowPtr, Scratch, Step, WindowKernels};
use rapidvec_core::{LANES, Matrix};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Windows, in the order of training.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    rows: Vec<u32>,
    /// Where each window's rows begin, and how many of them are contexts; after the last one, where they end.
    windows: Vec<(u32, u32)>,
    /// All windows of the epoch, also those that were not recorded.
    pub all: u64,
}

/// One window's rows.
#[derive(Debug, Clone, Copy)]
pub struct Window<'t> {
    /// Rows of `w_in`.
    pub contexts: &'t [u32],
    /// Rows of `w_out`: the target, then the negatives.
    pub targets: &'t [u32],
}

impl Trace {
    /// Records up to `windows` windows of the first epoch of a run, which learns nothing meanwhile.
    ///
    /// # Errors
    /// If training fails, or the rows are not those of two matrices.
    pub fn record(config: &Config, corpus: &Corpus, windows: usize) -> Result<Self> {
        let mut trainer = CpuTrainer::new(config, corpus, corpus.counts(), 1)?;
        trainer.set_kernels(WindowKernels::with_steps("recording", see, see));
        *recording() = Recording { left: windows, ..Recording::default() };
        trainer.run(Until::Epoch, &mut ())?;
        let Recording { pointers, windows, all, .. } = std::mem::take(&mut *recording());
        let (w_in, w_out) = (trainer.w_in(), trainer.w_out());
        let mut trace = Self { rows: Vec::with_capacity(pointers.len()), windows: Vec::new(), all };
        let mut start = 0;
        for (contexts, targets) in windows {
            trace.windows.push((start as u32, contexts as u32));
            let (of_in, of_out) = pointers[start..][..contexts + targets].split_at(contexts);
            for (places, matrix) in [(of_in, w_in), (of_out, w_out)] {
                for &place in places {
                    trace.rows.push(row_of(place, matrix)?);
                }
            }
            start += contexts + targets;
        }
        trace.windows.push((start as u32, 0));
        Ok(trace)
    }

    /// Windows that were recorded.
    pub fn len(&self) -> usize {
        self.windows.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Window `i`.
    ///
    /// # Panics
    /// If there is no such window.
    pub fn window(&self, i: usize) -> Window<'_> {
        let ((start, contexts), (end, _)) = (self.windows[i], self.windows[i + 1]);
        let (contexts, targets) = self.rows[start as usize..end as usize].split_at(contexts as usize);
        Window { contexts, targets }
    }

    /// Part `part` of `parts` parts.
    pub fn part(&self, part: usize, parts: usize) -> Range<usize> {
        self.len() * part / parts..self.len() * (part + 1) / parts
    }

    /// Contexts and targets of a window, on average.
    pub fn shape(&self) -> (f64, f64) {
        let contexts: f64 = self.windows.iter().map(|&(_, contexts)| f64::from(contexts)).sum();
        let windows = self.len().max(1) as f64;
        (contexts / windows, (self.rows.len() as f64 - contexts) / windows)
    }
}

#[derive(Default)]
struct Recording {
    left: usize,
    all: u64,
    /// Addresses: contexts, then targets, window after window.
    pointers: Vec<usize>,
    windows: Vec<(usize, usize)>,
}

/// Kernels are functions and have no place for what they see.
static RECORDING: Mutex<Recording> =
    Mutex::new(Recording { left: 0, all: 0, pointers: Vec::new(), windows: Vec::new() });

fn recording() -> std::sync::MutexGuard<'static, Recording> {
    RECORDING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn see(step: &Step, _: f32, _: &mut Scratch) {
    let mut recording = recording();
    recording.all += 1;
    if recording.left > 0 {
        recording.left -= 1;
        recording.windows.push((step.contexts.len(), step.targets.len()));
        let address = |&row: &RowPtr| row as usize;
        recording.pointers.extend(step.contexts.iter().map(address));
        recording.pointers.extend(step.targets.iter().map(address));
    }
}

fn row_of(address: usize, matrix: &Matrix) -> Result<u32> {
    let stride = matrix.width() * LANES * size_of::<f32>();
    let row = address.wrapping_sub(matrix.chunks().as_ptr() as usize) / stride;
    ensure!(row < matrix.rows(), "a row outside of its matrix");
    Ok(row as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec::corpus::CorpusOptions;

    /// Every word of a text without subsampling is a target once, and its contexts are its neighbours.
    #[test]
    fn windows_are_those_of_the_text() {
        let text = "a b c d e f\n".repeat(50);
        let corpus = Corpus::from_text("text", &text, &CorpusOptions::default().min_count(1)).unwrap();
        let config = Config::skip_gram().window(1).subsample(0.0).negatives(2).epochs(3);
        let trace = Trace::record(&config, &corpus, 100).unwrap();
        assert_eq!((trace.len(), trace.all, trace.is_empty()), (100, 300, false));
        for i in 0..trace.len() {
            let Window { contexts, targets } = trace.window(i);
            assert!(contexts.iter().all(|&context| context.abs_diff(targets[0]) == 1), "window {i}");
            assert_eq!(targets.len(), 3);
        }
        let (contexts, targets) = trace.shape();
        assert!((contexts - 10.0 / 6.0).abs() < 0.05 && targets == 3.0, "{contexts} {targets}");
        assert_eq!([trace.part(0, 3), trace.part(2, 3)], [0..33, 66..100]);
    }
}
