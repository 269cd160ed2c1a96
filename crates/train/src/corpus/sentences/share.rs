//! Jobs shared among threads: whoever is free takes the next one.

use crate::error::Result;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does all jobs on up to `threads` threads, this one included. Results come in the order of the jobs.
///
/// # Errors
/// The first error in that order, if there is any; jobs not yet begun then are left out.
pub(super) fn share<J: Send, R: Send>(
    threads: usize,
    jobs: Vec<J>,
    work: impl Fn(J) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let count = jobs.len();
    let queue = Mutex::new(jobs.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        let mut done = Vec::new();
        while let Some((index, job)) = next() {
            let result = work(job);
            let failed = result.is_err();
            done.push((index, result));
            if failed {
                while next().is_some() {}
            }
        }
        done
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(count))
            // A thread that cannot be had is done without.
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, run).ok())
            .collect();
        let mut done = run();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
