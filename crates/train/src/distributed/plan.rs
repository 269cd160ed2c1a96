//! When processes synchronise, and how many rows.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The fewest rows of each matrix that are synchronised: the most frequent ones.
const HOT: usize = 1 << 10;

/// The words that all processes together train between two synchronisations, for [`Period::Auto`].
///
/// Two processes lost no quality with 20,000 words of each; see `docs/cluster.md` for what more of them and more words cost.
const TOGETHER: u64 = 40_000;

/// When processes synchronise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Period {
    /// As [`Words`](Self::Words), so often that quality stays: the more processes, the fewer words of each.
    Auto,
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
    /// All rows are synchronised every time this often. Unless time decides when, checkpoints are saved then only.
    pub full_every: u64,
}

impl Default for SyncPlan {
    fn default() -> Self {
        Self { period: Period::Auto, full_every: 64 }
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
            Period::Auto | Period::Words(_) => None,
        }
    }

    /// The words that each of so many processes trains between two rounds, if that is what decides.
    pub(super) fn words(&self, processes: usize) -> Option<u64> {
        match self.period {
            Period::Auto => Some(TOGETHER / processes.max(1) as u64),
            Period::Words(words) => Some(words),
            Period::Seconds(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_or_time_decide_and_more_processes_train_fewer_words_each() {
        let plan = |period| SyncPlan { period, ..SyncPlan::default() };
        assert_eq!([1, 2, 8].map(|processes| SyncPlan::default().words(processes)), [40_000, 20_000, 5_000].map(Some));
        assert_eq!((plan(Period::Words(7)).words(3), plan(Period::Words(7)).time()), (Some(7), None));
        let timed = plan(Period::Seconds(2.0));
        assert_eq!((timed.words(3), timed.time()), (None, Some(Duration::from_secs(2))));
    }

    #[test]
    fn more_rows_are_synchronised_less_often() {
        let plan = SyncPlan { full_every: 12, ..SyncPlan::default() };
        let reach: Vec<usize> = (1..=12).map(|round| plan.reach(round, 100_000) / HOT).collect();
        assert_eq!(reach, [1, 2, 1, 4, 1, 2, 1, 8, 1, 2, 1, 97]);
        assert_eq!((plan.reach(8, 5_000), plan.reach(1, 10), plan.reach(1 << 63, 7)), (5_000, 10, 7));
    }
}
