//! Work that the cores of this machine share.

use rapidvec_core::cores;
use std::thread;

/// Runs `work` in as many threads as there are cores, at most `wanted`; one of them is this one.
pub fn in_threads<T: Send>(wanted: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    let others = wanted.min(cores()).saturating_sub(1);
    thread::scope(|scope| {
        let running: Vec<_> = (0..others).map(|_| scope.spawn(&work)).collect();
        let own = work();
        let joined =
            running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        std::iter::once(own).chain(joined).collect()
    })
}
