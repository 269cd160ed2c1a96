//! Work shared among threads.
//!
//! Every function takes the number of threads that it may use; the caller's own thread is one of them. If the system
//! cannot start more threads, fewer do the same work; one is enough. A panic in any of them reaches the caller.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

/// Cores that this process may use. The system is queried once: a query takes longer than a small scan.
pub fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get))
}

/// The most threads that any work is divided among: more than the largest machines have cores.
pub const MAX_THREADS: usize = 4_096;

/// The number of threads that `threads` stands for: 0 means one for each core. It is at most [`MAX_THREADS`].
pub fn threads_of(threads: usize) -> usize {
    if threads == 0 { cores() } else { threads }.min(MAX_THREADS)
}

/// Runs `own` on this thread while up to `threads - 1` others run `other`, numbered from 1. The first result is this
/// thread's; the others follow in the order of their numbers.
pub fn with_others<R: Send>(threads: usize, own: impl FnOnce() -> R, other: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let other = &other;
    thread::scope(|scope| {
        let start = |number| thread::Builder::new().spawn_scoped(scope, move || other(number)).ok();
        let others: Vec<_> = (1..threads).map_while(start).collect();
        let mut results = Vec::with_capacity(others.len() + 1);
        results.push(own());
        results.extend(others.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))));
        results
    })
}

/// Runs `work` on up to `threads` threads at once; returns a result for each that could be started.
pub fn on_each<R: Send>(threads: usize, work: impl Fn() -> R + Sync) -> Vec<R> {
    with_others(threads, &work, |_| work())
}

/// Does all jobs on up to `threads` threads: a free thread takes the next job. Results are in the order of the jobs.
///
/// ```
/// let lengths = rapidvec_core::parallel::map(2, ["you", "say", "goodbye"], str::len);
/// assert_eq!(lengths, [3, 3, 7]);
/// ```
pub fn map<J, R: Send>(
    threads: usize,
    jobs: impl IntoIterator<Item = J, IntoIter: Send>,
    work: impl Fn(J) -> R + Sync,
) -> Vec<R> {
    match try_map(threads, jobs, |job| Ok::<R, std::convert::Infallible>(work(job))) {
        Ok(results) => results,
    }
}

/// As [`map`], with jobs that can fail.
///
/// # Errors
/// The first error in the order of the jobs. Jobs that have not begun when one fails are skipped.
pub fn try_map<J, R: Send, E: Send>(
    threads: usize,
    jobs: impl IntoIterator<Item = J, IntoIter: Send>,
    work: impl Fn(J) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let jobs = jobs.into_iter();
    // More threads than jobs would have nothing to do.
    let threads = threads.min(jobs.size_hint().1.unwrap_or(usize::MAX));
    let queue = Mutex::new(Some(jobs.enumerate()));
    let next = || lock(&queue).as_mut()?.next();
    let shares = on_each(threads, || {
        let mut done = Vec::new();
        while let Some((index, job)) = next() {
            let result = work(job);
            if result.is_err() {
                *lock(&queue) = None;
            }
            done.push((index, result));
        }
        done
    });
    let mut done: Vec<_> = shares.into_iter().flatten().collect();
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Runs both, at the same time if there may be two threads; `a` runs on this one.
pub fn join<A, B: Send>(threads: usize, a: impl FnOnce() -> A, b: impl FnOnce() -> B + Send) -> (A, B) {
    let b = Mutex::new(Some(b));
    let run_b = || {
        let begun = lock(&b).take();
        begun.map(|b| b())
    };
    thread::scope(|scope| {
        let other = (threads > 1).then(|| thread::Builder::new().spawn_scoped(scope, run_b).ok()).flatten();
        let first = a();
        let second = run_b()
            .or_else(|| other?.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .expect("a closure is taken once, by the thread that runs it");
        (first, second)
    })
}

/// What these locks protect is always consistent, even after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn no_threads_mean_all_cores() {
        assert!(cores() > 0);
        assert_eq!([0, 1, 1_000, usize::MAX].map(threads_of), [cores(), 1, 1_000, MAX_THREADS]);
    }

    #[test]
    fn results_come_in_the_order_of_the_jobs_whatever_the_number_of_threads() {
        for threads in [0, 1, 2, 3, 100] {
            let jobs: Vec<usize> = (0..57).collect();
            assert_eq!(map(threads, &jobs, |job| job * job), jobs.iter().map(|job| job * job).collect::<Vec<_>>());
            assert_eq!(map(threads, [0; 0], |job| job), []);
        }
    }

    #[test]
    fn jobs_can_be_slices_to_write_to() {
        let mut numbers = [0; 10];
        map(3, numbers.chunks_mut(3).enumerate(), |(index, chunk)| chunk.fill(index));
        assert_eq!(numbers, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
    }

    #[test]
    fn the_threads_run_at_the_same_time() {
        let barrier = Barrier::new(3);
        assert_eq!(map(3, 0..3, |_| barrier.wait().is_leader()).into_iter().filter(|&leader| leader).count(), 1);
        assert_eq!(on_each(3, || barrier.wait()).len(), 3);
        let both = Barrier::new(2);
        join(2, || both.wait(), || both.wait());
    }

    #[test]
    fn the_first_error_is_that_of_one_thread_and_ends_the_work() {
        for threads in [1, 4] {
            let begun = AtomicUsize::new(0);
            let failed = try_map(threads, 0..10_000, |job| {
                begun.fetch_add(1, Ordering::Relaxed);
                if job % 100 == 7 { Err(job) } else { Ok(job) }
            });
            assert_eq!(failed, Err(7));
            assert!(begun.into_inner() < 10_000, "{threads} threads");
        }
    }

    #[test]
    fn a_panic_on_any_thread_reaches_the_caller() {
        for panicking in [0, 1, 2] {
            let barrier = Barrier::new(3);
            let caught = catch_unwind(|| {
                let run = |number| {
                    barrier.wait();
                    assert_ne!(number, panicking, "on purpose");
                };
                with_others(3, || run(0), run);
            });
            assert!(caught.is_err(), "thread {panicking}");
        }
        assert!(catch_unwind(|| join(2, || (), || panic!("on purpose"))).is_err());
        assert!(catch_unwind(|| join(1, || panic!("on purpose"), || ())).is_err());
    }

    #[test]
    fn both_are_run_on_one_thread_too() {
        for threads in [0, 1, 2] {
            let mut text = String::new();
            assert_eq!(join(threads, || text.push('a'), || 7), ((), 7));
            assert_eq!(text, "a");
        }
    }
}
