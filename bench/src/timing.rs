//! Medians of many steps, and ratios within a round.
//!
//! A machine that others use runs at another speed from one second to the next. So sizes that are compared take turns in
//! short blocks; each block counts by its median, and a ratio is formed within a round, where both sides saw the same
//! machine. The first steps of a block bring its tables back into the caches and are not counted.

use crate::steps::Step;
use crate::text::Pool;
use anyhow::Result;
use std::time::{Duration, Instant};

/// A step and the batches it learns from.
pub struct Contender {
    /// V.
    pub vocab_size: usize,
    /// What is timed.
    pub step: Box<dyn Step>,
    /// What it learns from.
    pub pool: Pool,
    /// Batches used so far.
    pub used: usize,
}

impl Contender {
    /// Microseconds of one step.
    fn time(&mut self) -> Result<f64> {
        self.step.prepare(self.pool.batch(self.used), self.pool.batch(self.used + 1));
        self.used += 1;
        let start = Instant::now();
        std::hint::black_box(self.step.run()?);
        Ok(start.elapsed().as_secs_f64() * 1e6)
    }
}

/// How long a step takes at one size.
#[derive(Debug, Clone, PartialEq)]
pub struct Timing {
    /// V.
    pub vocab_size: usize,
    /// The median of each round, in microseconds.
    pub rounds: Vec<f64>,
    /// Steps that were counted.
    pub steps: usize,
}

impl Timing {
    /// The median over the rounds.
    pub fn microseconds(&self) -> f64 {
        median(self.rounds.clone())
    }
}

/// Rounds of blocks.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Times that every size has its turn.
    pub rounds: usize,
    /// Steps at the start of a turn that do not count.
    pub warm_up: usize,
    /// Steps of a turn that count.
    pub counted: usize,
}

/// Times all contenders in turns.
///
/// # Errors
/// If a step fails.
pub fn alternate(contenders: &mut [Contender], schedule: Schedule) -> Result<Vec<Timing>> {
    let mut rounds = vec![Vec::new(); contenders.len()];
    for _ in 0..schedule.rounds {
        for (contender, rounds) in contenders.iter_mut().zip(&mut rounds) {
            for _ in 0..schedule.warm_up {
                contender.time()?;
            }
            let times: Result<Vec<f64>> = (0..schedule.counted).map(|_| contender.time()).collect();
            rounds.push(median(times?));
        }
    }
    let timing = |(contender, rounds): (&Contender, Vec<f64>)| Timing {
        vocab_size: contender.vocab_size,
        steps: rounds.len() * schedule.counted,
        rounds,
    };
    Ok(contenders.iter().zip(rounds).map(timing).collect())
}

/// Times a single contender, each step a round: after a warm-up at least `least` steps, then until `budget` is spent
/// or `most` are done.
///
/// # Errors
/// If a step fails.
pub fn alone(mut contender: Contender, least: usize, most: usize, budget: Duration) -> Result<Timing> {
    contender.time()?;
    let start = Instant::now();
    let mut rounds = Vec::new();
    while rounds.len() < least || (rounds.len() < most && start.elapsed() < budget) {
        rounds.push(contender.time()?);
    }
    Ok(Timing { vocab_size: contender.vocab_size, steps: rounds.len(), rounds })
}

/// The slowest size over the fastest: formed in each round, the median over the rounds. `None` without two sizes.
pub fn spread(timings: &[Timing]) -> Option<f64> {
    let rounds = timings.iter().map(|timing| timing.rounds.len()).min().filter(|&n| n > 0 && timings.len() > 1)?;
    let ratio = |round: usize| {
        let times = || timings.iter().map(|timing| timing.rounds[round]);
        times().fold(0.0, f64::max) / times().fold(f64::INFINITY, f64::min)
    };
    Some(median((0..rounds).map(ratio).collect()))
}

/// The middle number, or the mean of the two in the middle; NaN of none.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => numbers[middle],
        _ => f64::midpoint(numbers[middle - 1], numbers[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Examples, zipf_counts};

    /// Counts its steps; does nothing.
    struct Idle;

    impl Step for Idle {
        fn prepare(&mut self, _: Examples, _: Examples) {}
        fn run(&mut self) -> Result<f64> {
            Ok(0.0)
        }
    }

    fn idle(vocab_size: usize) -> Contender {
        Contender { vocab_size, step: Box::new(Idle), pool: Pool::draw(&zipf_counts(9), 2, 1, 1), used: 0 }
    }

    fn timing(vocab_size: usize, rounds: &[f64]) -> Timing {
        Timing { vocab_size, rounds: rounds.to_vec(), steps: 10 * rounds.len() }
    }

    #[test]
    fn median_takes_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(vec![9.0, 1.0, 5.0, 7.0]), 6.0);
        assert!(median(vec![]).is_nan());
    }

    #[test]
    fn spread_compares_within_rounds() {
        // The second round ran on a machine half as fast, and the third was disturbed at one size.
        let timings = [timing(10, &[10.0, 20.0, 10.0]), timing(100, &[15.0, 30.0, 90.0])];
        assert_eq!(spread(&timings), Some(1.5));
        assert_eq!(spread(&timings[..1]), None);
        assert_eq!(spread(&[timing(10, &[]), timing(100, &[])]), None);
    }

    #[test]
    fn warm_up_runs_and_does_not_count() {
        let mut contenders = [idle(10), idle(20)];
        let timings = alternate(&mut contenders, Schedule { rounds: 3, warm_up: 2, counted: 5 }).unwrap();
        assert_eq!(contenders.each_ref().map(|contender| contender.used), [21, 21]);
        assert_eq!((timings[1].vocab_size, timings[1].steps, timings[1].rounds.len()), (20, 15, 3));
    }

    #[test]
    fn alone_stops_at_the_budget_but_not_before_the_least() {
        assert_eq!(alone(idle(10), 5, 50, Duration::ZERO).unwrap().steps, 5);
        assert_eq!(alone(idle(10), 5, 50, Duration::from_secs(60)).unwrap().steps, 50);
    }
}
