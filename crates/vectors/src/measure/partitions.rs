//! How often is a random partition of numbers as extreme as the one given? All partitions where they are few, else random ones.

use rapidvec_core::{Purpose, Rng};

/// How many partitions were as extreme as the one given, and of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub extreme: u64,
    pub all: u64,
    /// Whether these are all partitions there are.
    pub exact: bool,
}

impl Count {
    /// The p-value. The partition given is one of all; to random ones it is added (Davison and Hinkley 1997), so that p is never 0.
    pub fn p_value(self) -> f64 {
        let given = u64::from(!self.exact);
        (self.extreme + given) as f64 / (self.all + given) as f64
    }
}

/// Sums that differ by less than this share of the spread are taken for equal: they were added up in another order.
const EQUAL: f64 = 1e-12;

/// Compares the partition into the first `first` numbers and the others with all partitions of these sizes, if there are at most
/// `most`, or with `most` random ones. As extreme is a difference of means that is at least as large; with `two_sided`, its
/// absolute value.
pub(super) fn count(numbers: &[f64], first: usize, most: u64, seed: u64, two_sided: bool) -> Count {
    let total: f64 = numbers.iter().sum();
    let (m, n) = (first as f64, (numbers.len() - first) as f64);
    let difference = |sum: f64| sum / m - (total - sum) / n;
    let given = difference(numbers[..first].iter().sum());
    let slack = EQUAL * numbers.iter().map(|number| number.abs()).sum::<f64>();
    let is_extreme = |sum: f64| match two_sided {
        true => difference(sum).abs() >= given.abs() - slack,
        false => difference(sum) >= given - slack,
    };
    match choices(numbers.len() as u64, first as u64).filter(|&all| all <= most) {
        Some(all) => Count { extreme: all_sums(numbers, first, &is_extreme), all, exact: true },
        None => Count { extreme: random_sums(numbers, first, most, seed, &is_extreme), all: most, exact: false },
    }
}

/// n over k; `None` if it is too large to count.
fn choices(n: u64, k: u64) -> Option<u64> {
    let k = k.min(n - k);
    (1..=k).try_fold(1u64, |product, i| product.checked_mul(n - k + i).map(|product| product / i))
}

/// How many sums of `first` of the numbers are extreme.
fn all_sums(numbers: &[f64], first: usize, is_extreme: &impl Fn(f64) -> bool) -> u64 {
    let mut chosen: Vec<usize> = (0..first).collect();
    let mut extreme = 0;
    loop {
        extreme += u64::from(is_extreme(chosen.iter().map(|&i| numbers[i]).sum()));
        // The next combination in order: the last index that can rise does, and those after it follow it.
        let Some(at) = (0..first).rev().find(|&at| chosen[at] < numbers.len() - first + at) else { return extreme };
        let from = chosen[at] + 1;
        chosen[at..].iter_mut().zip(from..).for_each(|(index, next)| *index = next);
    }
}

fn random_sums(numbers: &[f64], first: usize, most: u64, seed: u64, is_extreme: &impl Fn(f64) -> bool) -> u64 {
    let mut rng = Rng::stream(seed, Purpose::Shuffle, 0);
    let mut shuffled = numbers.to_vec();
    let mut sum = || {
        rng.shuffle(&mut shuffled);
        shuffled[..first].iter().sum()
    };
    (0..most).filter(|_| is_extreme(sum())).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_is_counted_once() {
        let numbers = [3.0, 2.0, 1.0, 0.0];
        // Sums of two: 5, 4, 3, 3, 2, 1.
        assert_eq!(count(&numbers, 2, 1_000, 1, false), Count { extreme: 1, all: 6, exact: true });
        let [a, b, c, d] = numbers;
        assert_eq!(count(&[a, c, b, d], 2, 1_000, 1, false).p_value(), 2.0 / 6.0);
        assert_eq!(count(&[c, d, a, b], 2, 1_000, 1, false).p_value(), 1.0, "the least extreme");
        assert_eq!(count(&[c, d, a, b], 2, 1_000, 1, true).p_value(), 2.0 / 6.0, "both ends");
        assert_eq!(count(&[1.0, 0.0, 0.0], 1, 1_000, 1, false), Count { extreme: 1, all: 3, exact: true });
    }

    #[test]
    fn random_partitions_come_near_the_exact_share() {
        let numbers: Vec<f64> = (0..16).map(|i| f64::from((i * 7) % 16) + if i < 8 { 2.5 } else { 0.0 }).collect();
        let exact = count(&numbers, 8, 1_000_000, 1, false);
        let random = count(&numbers, 8, 10_000, 1, false);
        assert!(exact.exact && exact.all == 12_870 && !random.exact && random.all == 10_000);
        let (p, q) = (exact.p_value(), random.p_value());
        assert!((p - q).abs() < 4.0 * (p * (1.0 - p) / 1e4).sqrt(), "{p} {q}");
        assert_eq!(random, count(&numbers, 8, 10_000, 1, false), "a seed repeats");
        assert!(count(&numbers, 8, 10_000, 2, false).extreme != random.extreme);
    }

    #[test]
    fn too_many_partitions_to_count_are_no_error() {
        assert_eq!((choices(20, 10), choices(5, 5), choices(200, 100)), (Some(184_756), Some(1), None));
        let numbers: Vec<f64> = (0..200).map(f64::from).rev().collect();
        assert_eq!(count(&numbers, 100, 999, 1, false).p_value(), 1e-3, "no random one is as extreme");
    }
}
