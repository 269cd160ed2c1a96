//! Work shared by threads.

use rapidvec_core::threads_of;
use std::panic::resume_unwind;
use std::thread;

/// Runs `work` on at most `wanted` threads, this one included, and never more than `limit` (0: one for each core). Where the
/// system refuses a thread, those that run do its share: `work` takes pieces from a queue until it is empty.
///
/// # Panics
/// If `work` does.
pub fn in_threads<T: Send>(wanted: usize, limit: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    let others = wanted.min(threads_of(limit)).saturating_sub(1);
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().spawn_scoped(scope, &work).ok();
        let running: Vec<_> = (0..others).map_while(start).collect();
        let own = work();
        let joined = running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        std::iter::once(own).chain(joined).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_more_threads_run_than_the_limit_allows() {
        let threads = |wanted, limit| {
            let ids = in_threads(wanted, limit, || thread::current().id());
            assert!(ids.contains(&thread::current().id()), "the caller's own thread works too");
            ids.into_iter().collect::<HashSet<_>>().len()
        };
        assert_eq!([threads(0, 0), threads(9, 1), threads(2, 9), threads(9, 3)], [1, 1, 2, 3]);
    }
}
