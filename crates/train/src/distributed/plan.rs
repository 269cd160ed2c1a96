//! When processes synchronise, and how many rows.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The fewest rows of each matrix that are synchronised: the most frequent ones.
const HOT: usize = 1 << 10;

/// When processes synchronise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Period {
    /// This long after the last time. All processes work for the same time, whatever their speed.
    Seconds(f64),
    /// When each process has trained about so many words. With one thread each, the same run gives the same bits.
    Words(u64),
}

/// When processes synchronise, and how many rows.
///
/// The most frequent rows are synchronised every time, twice as many every second time, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SyncPlan {
    /// When processes synchronise.
    pub period: Period,
    /// All rows are synchronised every time this often. With [`Period::Words`], checkpoints are saved then only.
    pub full_every: u64,
}

impl Default for SyncPlan {
    fn default() -> Self {
        Self { period: Period::Seconds(1.0), full_every: 16 }
    }
}

impl SyncPlan {
    /// How many of `rows` rows are synchronised in round `round`, from 1.
    pub(super) fn reach(&self, round: u64, rows: usize) -> usize {
        if round.is_multiple_of(self.full_every.max(1)) {
            return rows;
        }
        let doubled = 1usize.checked_shl(round.trailing_zeros()).and_then(|times| times.checked_mul(HOT));
        doubled.unwrap_or(rows).min(rows)
    }

    /// The most time that a process trains between two rounds, if that is limited.
    pub(super) fn time(&self) -> Option<Duration> {
        match self.period {
            Period::Seconds(seconds) => Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)),
            Period::Words(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_rows_are_synchronised_less_often() {
        let plan = SyncPlan { full_every: 12, ..SyncPlan::default() };
        let reach: Vec<usize> = (1..=12).map(|round| plan.reach(round, 100_000) / HOT).collect();
        assert_eq!(reach, [1, 2, 1, 4, 1, 2, 1, 8, 1, 2, 1, 97]);
        assert_eq!((plan.reach(8, 5_000), plan.reach(1, 10), plan.reach(1 << 63, 7)), (5_000, 10, 7));
    }
}
