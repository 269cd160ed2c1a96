//! The distribution of numbers over ranges.

use super::chart::Charts;
use super::text::thousands;
use serde_json::{Value, json};
use std::io::{self, Write};

/// The number of ranges of lengths, approximately.
const RANGES: f64 = 12.0;
/// Lengths that differ by less than this share count as equal.
const SAME: f64 = 1e-5;

/// Adjacent ranges in ascending order.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    bins: Vec<Bin>,
    /// The number of numbers, their minimum, median and maximum.
    numbers: usize,
    min: f64,
    median: f64,
    max: f64,
    /// Whether the numbers are integers; then a range includes both its ends, otherwise only the lower one.
    whole: bool,
    decimals: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct Bin {
    from: f64,
    to: f64,
    count: u64,
}

impl Histogram {
    /// Counts, in ranges that grow as 1, 2, 5, 10: a logarithmic scale.
    pub fn of_counts(counts: &[u64]) -> Self {
        let mut sorted: Vec<u64> = counts.to_vec();
        sorted.sort_unstable();
        let edges = edges(sorted.last().copied().unwrap_or(0));
        let first = sorted.first().map_or(0, |&min| edges.partition_point(|&edge| edge <= min).saturating_sub(1));
        let bins = edges[first..].windows(2).map(|pair| Bin {
            from: pair[0] as f64,
            to: (pair[1] - 1) as f64,
            count: (sorted.partition_point(|&x| x < pair[1]) - sorted.partition_point(|&x| x < pair[0])) as u64,
        });
        let bins = bins.collect();
        Self { whole: true, decimals: 0, ..Self::summary(bins, sorted.into_iter().map(|x| x as f64).collect()) }
    }

    /// Lengths, in about a dozen ranges of equal width with round ends. Values that are not finite are dropped.
    pub fn of_lengths(lengths: &[f64]) -> Self {
        let mut sorted: Vec<f64> = lengths.iter().copied().filter(|x| x.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
            return Self::summary(Vec::new(), sorted);
        };
        if high - low <= SAME * high {
            let all = Bin { from: low, to: high, count: sorted.len() as u64 };
            return Self { decimals: 4, ..Self::summary(vec![all], sorted) };
        }
        let step = round_step((high - low) / RANGES);
        let (first, last) = ((low / step).floor() as i64, (high / step).floor() as i64);
        let below = |edge: i64| sorted.partition_point(|&x| ((x / step).floor() as i64) < edge);
        let bin = |edge: i64| Bin {
            from: edge as f64 * step,
            to: (edge + 1) as f64 * step,
            count: (below(edge + 1) - below(edge)) as u64,
        };
        let bins = (first..=last).map(bin).collect();
        let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        Self { decimals, ..Self::summary(bins, sorted) }
    }

    fn summary(bins: Vec<Bin>, sorted: Vec<f64>) -> Self {
        let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
        let (numbers, last) = (sorted.len(), sorted.len().saturating_sub(1));
        Self { bins, numbers, min: at(0), median: at(last / 2), max: at(last), whole: false, decimals: 0 }
    }

    /// `{"numbers":9,"min":10,"median":14,"max":18,"histogram":[{"from":10,"to":19,"words":9}]}`
    pub fn to_json(&self) -> Value {
        let number = |x: f64| if self.whole { json!(x as u64) } else { json!(x) };
        let bin = |bin: &Bin| json!({ "from": number(bin.from), "to": number(bin.to), "words": bin.count });
        json!({
            "numbers": self.numbers,
            "min": number(self.min),
            "median": number(self.median),
            "max": number(self.max),
            "histogram": self.bins.iter().map(bin).collect::<Vec<_>>(),
        })
    }

    /// A heading, a line in numbers, and a bar for each range.
    pub fn draw(&self, out: &mut dyn Write, charts: &Charts, heading: &str) -> io::Result<()> {
        let text = |x: f64| if self.whole { thousands(x as u64) } else { format!("{x:.*}", self.decimals.max(2)) };
        let (min, median, max) = (text(self.min), text(self.median), text(self.max));
        writeln!(out, "\n{heading}\n  min {min}, median {median}, max {max}")?;
        let rows: Vec<_> = self.bins.iter().map(|bin| (self.range(bin, charts), bin.count)).collect();
        charts.bars(out, &rows)
    }

    fn range(&self, bin: &Bin, charts: &Charts) -> String {
        match self.whole {
            true if bin.from == bin.to => thousands(bin.from as u64),
            true => format!("{}{}{}", thousands(bin.from as u64), charts.dash(), thousands(bin.to as u64)),
            false => format!("{:.*}{}{:.*}", self.decimals, bin.from, charts.dash(), self.decimals, bin.to),
        }
    }
}

/// 0, 1, 2, 5, 10, 20, 50 and so on, until one is larger than `max`.
fn edges(max: u64) -> Vec<u64> {
    let mut edges = vec![0];
    for power in 0..20 {
        for digit in [1u64, 2, 5] {
            let Some(edge) = 10u64.checked_pow(power).and_then(|ten| ten.checked_mul(digit)) else { break };
            edges.push(edge);
            if edge > max {
                return edges;
            }
        }
    }
    edges.push(u64::MAX);
    edges
}

/// The next of 1, 2, 5, 10 times a power of ten.
fn round_step(step: f64) -> f64 {
    let ten = 10f64.powf(step.log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * ten >= step).unwrap_or(10.0);
    digit * ten
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(histogram: &Histogram) -> Vec<(f64, f64, u64)> {
        histogram.bins.iter().map(|bin| (bin.from, bin.to, bin.count)).collect()
    }

    #[test]
    fn counts_fall_into_ranges_that_grow() {
        let found = Histogram::of_counts(&[1, 1, 2, 4, 5, 9, 10, 49, 3]);
        let expected = [(1., 1., 2), (2., 4., 3), (5., 9., 2), (10., 19., 1), (20., 49., 1)];
        assert_eq!(bins(&found), expected);
        assert_eq!((found.min, found.median, found.max), (1.0, 4.0, 49.0));
        assert_eq!(bins(&Histogram::of_counts(&[0, 7]))[0], (0.0, 0.0, 1));
        let all: u64 = Histogram::of_counts(&[u64::MAX - 1, 1 << 63, 12]).bins.iter().map(|bin| bin.count).sum();
        assert_eq!(all, 3);
    }

    #[test]
    fn lengths_fall_into_about_a_dozen_round_ranges() {
        let lengths: Vec<_> = (0..1000).map(|i| 2.0 + f64::from(i) * 0.003).collect();
        let found = Histogram::of_lengths(&lengths);
        assert!((6..=13).contains(&found.bins.len()), "{found:?}");
        assert_eq!(found.bins.iter().map(|bin| bin.count).sum::<u64>(), 1000);
        assert_eq!((found.bins[0].from, found.decimals), (2.0, 1));
    }

    #[test]
    fn equal_lengths_are_one_range_and_unusual_ones_are_accepted() {
        let unit = Histogram::of_lengths(&[1.0, 0.999_999_9, 1.000_000_1]);
        assert_eq!((unit.bins.len(), unit.bins[0].count), (1, 3));
        assert_eq!(Histogram::of_lengths(&[0.0; 4]).bins.len(), 1);
        assert_eq!(Histogram::of_lengths(&[]).bins.len(), 0);
        assert_eq!(Histogram::of_lengths(&[f64::NAN, f64::INFINITY, 1.0]).numbers, 1);
        assert!(Histogram::of_lengths(&[1e-30, 1e38]).bins.len() < 20);
        assert!(Histogram::of_lengths(&[0.0, 3e-300]).bins.len() < 20);
    }

    #[test]
    fn json_has_the_numbers() {
        let json = Histogram::of_counts(&[3, 1]).to_json();
        assert_eq!(json["histogram"], json!([{"from": 1, "to": 1, "words": 1}, {"from": 2, "to": 4, "words": 1}]));
        assert_eq!((&json["min"], &json["max"]), (&json!(1), &json!(3)));
    }
}
