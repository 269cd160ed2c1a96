//! Threads that take block after block, and the monitor that watches them.

use super::plan::Plan;
use super::worker::{BlockStats, Worker};
use crate::trainer::TrainError;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

/// The interval of the monitor.
const MONITOR_INTERVAL: Duration = Duration::from_millis(50);

/// What the threads of a run share.
struct WorkQueue {
    /// The next block of the epoch to be taken.
    next: AtomicU64,
    /// The block of the epoch before which the run ends.
    end: u64,
    stop: AtomicBool,
    /// Threads still at work.
    working: AtomicUsize,
    words: AtomicU64,
    results: Mutex<Results>,
    monitor: Thread,
}

/// What arrived since the monitor's last call.
#[derive(Default)]
struct Results {
    all_stats: Vec<(u64, BlockStats)>,
    failure: Option<Failure>,
}

/// Why a run cannot continue.
pub(super) enum Failure {
    /// The loss of a block is not finite.
    Diverged { block: u64, loss: f64 },
    /// A thread panicked.
    Panicked(TrainError),
}

/// The number of threads, up to `threads`, that these blocks keep busy.
pub(super) fn useful(threads: usize, blocks: &Range<u64>) -> usize {
    usize::try_from(blocks.end.saturating_sub(blocks.start)).map_or(threads, |blocks| threads.min(blocks)).max(1)
}

/// Trains these blocks of epoch `epoch` with up to `threads` threads, until they are done or `monitor` returns `false`. `monitor`
/// is called every few hundredths of a second with the blocks done since the last call and the number of words processed so
/// far. If the system starts fewer threads, they do all the work; if it starts none, this thread does, and calls `monitor` after
/// each block. Returns the next block.
pub(super) fn run(
    plan: Plan,
    epoch: u64,
    blocks: Range<u64>,
    threads: usize,
    mut monitor: impl FnMut(Vec<(u64, BlockStats)>, u64) -> bool,
) -> Result<u64, Failure> {
    let queue = WorkQueue {
        next: AtomicU64::new(blocks.start),
        end: blocks.end,
        stop: AtomicBool::new(false),
        working: AtomicUsize::new(0),
        words: AtomicU64::new(0),
        results: Mutex::default(),
        monitor: thread::current(),
    };
    let shared_queue = &queue;
    thread::scope(|scope| {
        let queue = shared_queue;
        // Even if `monitor` panics: the scope waits for the threads, which must not train to the end of the epoch.
        let _stopped = StopOnDrop(&queue.stop);
        for number in 0..useful(threads, &blocks) {
            queue.working.fetch_add(1, Ordering::SeqCst);
            let name = format!("train-{number}");
            let work = move || queue.work(plan, epoch, number, || ());
            if thread::Builder::new().name(name).spawn_scoped(scope, work).is_ok() {
                continue;
            }
            match number {
                0 => queue.work(plan, epoch, number, || queue.report(&mut monitor)),
                _ => drop(queue.working.fetch_sub(1, Ordering::SeqCst)),
            }
            break;
        }
        queue.monitor(&mut monitor);
    });
    let Results { all_stats, failure } = queue.results.into_inner().unwrap_or_else(PoisonError::into_inner);
    monitor(all_stats, queue.words.into_inner());
    match failure {
        Some(failure) => Err(failure),
        None => Ok(queue.next.into_inner().min(queue.end)),
    }
}

/// Stops all threads when dropped.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl WorkQueue {
    fn monitor(&self, monitor: &mut impl FnMut(Vec<(u64, BlockStats)>, u64) -> bool) {
        while self.working.load(Ordering::SeqCst) > 0 {
            thread::park_timeout(MONITOR_INTERVAL);
            self.report(monitor);
        }
    }

    /// Passes on what was done since the last call.
    fn report(&self, monitor: &mut impl FnMut(Vec<(u64, BlockStats)>, u64) -> bool) {
        let all_stats = std::mem::take(&mut self.results().all_stats);
        if !monitor(all_stats, self.words.load(Ordering::Relaxed)) {
            self.stop.store(true, Ordering::SeqCst);
        }
    }

    fn results(&self) -> std::sync::MutexGuard<'_, Results> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, plan: Plan, epoch: u64, number: usize, after_block: impl FnMut()) {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.take_blocks(plan, epoch, number, after_block)));
        if let Err(panic) = outcome {
            self.fail(Failure::Panicked(TrainError::of_panic(panic.as_ref())));
        }
        self.working.fetch_sub(1, Ordering::SeqCst);
        self.monitor.unpark();
    }

    /// A thread that gets no block does not touch the rows: even adding zero to a replicated row could undo what another
    /// thread writes meanwhile.
    fn take_blocks(&self, plan: Plan, epoch: u64, number: usize, mut after_block: impl FnMut()) {
        let mut worker = None;
        while !self.stop.load(Ordering::Relaxed) {
            let block = self.next.fetch_add(1, Ordering::Relaxed);
            if block >= self.end {
                break;
            }
            let worker = worker.get_or_insert_with(|| Worker::new(plan, number));
            let stats = worker.block(epoch, block);
            self.words.fetch_add(stats.words, Ordering::Relaxed);
            if !stats.loss.is_finite() {
                return self.fail(Failure::Diverged { block, loss: stats.loss });
            }
            self.results().all_stats.push((block, stats));
            after_block();
        }
        worker.into_iter().for_each(Worker::finish);
    }

    fn fail(&self, failure: Failure) {
        self.stop.store(true, Ordering::SeqCst);
        self.results().failure.get_or_insert(failure);
    }
}
