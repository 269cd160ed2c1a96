//! Goes through recorded windows again, with the rows alone or with the arithmetic alone.
#![allow(unsafe_code)]

use super::rows::{touch, with_wide_registers};
use super::trace::Trace;
use rapidvec_core::kernels::window::{Labels, MAX_CONTEXTS, RowPtr, Scratch, Step, WindowKernels, prefetch};
use rapidvec_core::{LANES, Matrix, Purpose, Rng};
use std::ops::Range;
use std::sync::Barrier;
use std::time::Instant;

/// Rows that each thread has for itself where there are several, as in training.
const OWN: usize = 2048;

/// What is replayed, on matrices of the size of training's.
pub struct Replay<'t> {
    trace: &'t Trace,
    columns: usize,
    cbow: bool,
    w_in: Matrix,
    w_out: Matrix,
}

/// Addresses of the rows of a matrix, for several threads.
#[derive(Clone, Copy)]
struct Table {
    start: RowPtr,
    stride: usize,
}

// SAFETY: what is sent is an address. Threads that update one row at a time may lose an update; nothing depends on the numbers.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl Table {
    fn of(matrix: &mut Matrix) -> Self {
        let stride = matrix.width() * LANES;
        Self { start: matrix.chunks_mut().as_mut_ptr().cast(), stride }
    }

    fn row(&self, id: u32) -> RowPtr {
        self.start.wrapping_add(id as usize * self.stride)
    }
}

/// The rows of one matrix as a thread sees them.
#[derive(Clone, Copy)]
struct View {
    shared: Table,
    own: Table,
    owned: u32,
}

impl View {
    fn row(&self, id: u32) -> RowPtr {
        let own = id < self.owned;
        // Whether a word is frequent is unpredictable: no branch, as in training.
        std::hint::select_unpredictable(own, self.own, self.shared).row(id)
    }
}

impl<'t> Replay<'t> {
    /// Of windows over `words` words with `columns` numbers each.
    pub fn new(trace: &'t Trace, words: usize, columns: usize, cbow: bool) -> Self {
        let random = |purpose| {
            let mut numbers = vec![0.0; words * columns];
            Rng::stream(1, purpose, 0).fill_normal(&mut numbers, 0.05);
            Matrix::from_rows(words, columns, &numbers)
        };
        Self { trace, columns, cbow, w_in: random(Purpose::InputWeights), w_out: random(Purpose::OutputWeights) }
    }

    /// Nanoseconds per window of each thread for the rows alone: each is read and written once in a window. Targets of the next window and
    /// the contexts that it adds are prefetched one window ahead.
    pub fn memory(&mut self, threads: usize) -> f64 {
        let (trace, columns, width) = (self.trace, self.columns, self.w_in.width());
        let (words, tables) = (self.w_in.rows(), [Table::of(&mut self.w_in), Table::of(&mut self.w_out)]);
        let owned = if threads > 1 { OWN.min(words) } else { 0 };
        timed(threads, trace, |part, ready| {
            let mut own = [Matrix::zeros(owned, columns), Matrix::zeros(owned, columns)];
            let [w_in, w_out] = own.each_mut().map(Table::of);
            let [w_in, w_out] =
                [(tables[0], w_in), (tables[1], w_out)].map(|(shared, own)| View { shared, own, owned: owned as u32 });
            let nothing = std::hint::black_box(0.0);
            let start = ready();
            with_wide_registers(
                #[inline(always)]
                move || {
                    for i in part.clone() {
                        if i + 1 < part.end {
                            let next = trace.window(i + 1);
                            next.targets.iter().for_each(|&id| prefetch(w_out.row(id), width));
                            next.contexts.last().into_iter().for_each(|&id| prefetch(w_in.row(id), width));
                        }
                        let window = trace.window(i);
                        for (ids, table) in [(window.contexts, w_in), (window.targets, w_out)] {
                            for &id in ids {
                                // SAFETY: a row of a matrix that outlives the threads and to which no reference exists meanwhile.
                                unsafe { touch(table.row(id), columns, nothing) };
                            }
                        }
                    }
                },
            );
            start
        })
    }

    /// Nanoseconds per window of each thread for the arithmetic alone, by `kernels`.
    pub fn arithmetic(&mut self, threads: usize, kernels: &WindowKernels) -> f64 {
        let (trace, columns, cbow) = (self.trace, self.columns, self.cbow);
        let most = (0..trace.len()).map(|i| trace.window(i).contexts.len()).max().unwrap_or(1).max(MAX_CONTEXTS);
        timed(threads, trace, |part, ready| {
            let targets = part.clone().map(|i| trace.window(i).targets.len()).max().unwrap_or(1);
            let mut near = [Matrix::zeros(most, columns), Matrix::zeros(targets, columns)];
            let mut scratch = Scratch::new(targets, columns);
            let mut labels = Labels::negative_sampling(targets - 1);
            let [contexts, targets] = near.each_mut().map(|rows| {
                let (table, count) = (Table::of(rows), rows.rows() as u32);
                (0..count).map(|row| table.row(row)).collect::<Vec<_>>()
            });
            let start = ready();
            for i in part.clone() {
                let window = trace.window(i);
                if window.targets.len() != labels.len() {
                    labels = Labels::negative_sampling(window.targets.len() - 1);
                }
                let (contexts, targets) = (&contexts[..window.contexts.len()], &targets[..window.targets.len()]);
                let step = Step { contexts, targets, labels: &labels, columns, rate: 1e-6, ahead: &[] };
                // SAFETY: rows of two matrices of this thread's own, to which no reference exists meanwhile.
                unsafe {
                    if cbow {
                        kernels.cbow(&step, 1.0 / contexts.len() as f32, &mut scratch);
                    } else {
                        kernels.skip_gram(&step, &mut scratch);
                    }
                }
            }
            std::hint::black_box(scratch.loss.take());
            start
        })
    }
}

/// Runs `work` on each thread's part of the windows; all begin together. Nanoseconds per window of a thread.
fn timed(threads: usize, trace: &Trace, work: impl Fn(Range<usize>, &dyn Fn() -> Instant) -> Instant + Sync) -> f64 {
    let barrier = Barrier::new(threads);
    let ready = || {
        barrier.wait();
        Instant::now()
    };
    let run = |part: Range<usize>| {
        let windows = part.len().max(1) as f64;
        let start = work(part, &ready);
        start.elapsed().as_nanos() as f64 / windows
    };
    let nanoseconds: f64 = std::thread::scope(|scope| {
        let run = &run;
        let running: Vec<_> = (0..threads).map(|part| scope.spawn(move || run(trace.part(part, threads)))).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or(f64::NAN)).sum()
    });
    nanoseconds / threads as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec::Config;
    use rapidvec::corpus::{Corpus, CorpusOptions};

    #[test]
    fn both_replays_run_on_one_thread_and_on_two() {
        let text = "a b c d e f g h\n".repeat(100);
        let corpus = Corpus::from_text("text", &text, &CorpusOptions::default().min_count(1)).unwrap();
        let trace = Trace::record(&Config::cbow().subsample(0.0), &corpus, 500).unwrap();
        let mut replay = Replay::new(&trace, corpus.vocabulary().len(), 20, true);
        for threads in [1, 2] {
            assert!(replay.memory(threads) > 0.0);
            assert!(replay.arithmetic(threads, &WindowKernels::detect()) > 0.0);
        }
        let rows = replay.w_in.to_vec();
        assert!(rows.iter().all(|x| x.is_finite()) && rows.iter().any(|&x| x != 0.0));
    }
}
