//! How many threads work?

use std::num::NonZero;
use std::sync::OnceLock;
use std::thread;

/// Cores that this process may use. The system is asked once: that takes longer than a small scan.
pub fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get))
}

/// Threads that are meant by `threads`: 0 is one for each core.
pub fn threads_of(threads: usize) -> usize {
    if threads == 0 { cores() } else { threads }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_threads_are_all_cores() {
        assert!(cores() > 0);
        assert_eq!([0, 1, 1_000].map(threads_of), [cores(), 1, 1_000]);
    }
}
