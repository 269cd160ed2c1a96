//! How near is training to what the machine allows?
//!
//! Two limits, each measured by a replay of the very windows that training goes through:
//!
//! - **memory**: every window's rows are read and written once, prefetched as in training, without the arithmetic;
//! - **arithmetic**: the kernels take steps with as many contexts and targets, on rows that stay in the first cache.
//!
//! Training does both, so it takes at least as long as the longer of the two ([`Limits::bound`]). `peak.rs` and `rows.rs` measure the
//! machine itself: fused multiply-adds per second, and how fast rows of tables of several sizes are updated.

pub mod peak;
pub mod replay;
pub mod rows;
pub mod trace;

/// Nanoseconds per window of one thread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Training.
    pub training: f64,
    /// The rows alone.
    pub memory: f64,
    /// The arithmetic alone.
    pub arithmetic: f64,
}

impl Limits {
    /// Which of the two replays takes longer, and how long it takes.
    pub fn bound(&self) -> (&'static str, f64) {
        if self.memory > self.arithmetic { ("memory", self.memory) } else { ("arithmetic", self.arithmetic) }
    }

    /// Training's time over the longer of the two replays.
    pub fn ratio(&self) -> f64 {
        self.training / self.bound().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_replay_binds() {
        let limits = Limits { training: 300.0, memory: 200.0, arithmetic: 150.0 };
        assert_eq!((limits.bound(), limits.ratio()), (("memory", 200.0), 1.5));
        let limits = Limits { arithmetic: 250.0, ..limits };
        assert_eq!((limits.bound(), limits.ratio()), (("arithmetic", 250.0), 1.2));
    }
}
