//! Intervals that hold the true figure of 19 in 20 sets of questions or pairs drawn like the one given.
//!
//! A share of n questions: Wilson's interval (1927), which stays within 0 and 1. A correlation of n pairs: Fisher's, `tanh(atanh r ± z s)`, with
//! `s² = 1 / (n - 3)` for Pearson's and `(1 + r² / 2) / (n - 3)` for Spearman's coefficient (Bonett and Wright 2000). They say how much the choice of
//! pairs matters, not what another run of training would change.

use super::analogies::SectionScore;
use super::pairs::PairReport;

/// 95 % of the normal distribution lie within this many standard deviations.
const Z: f64 = 1.959_963_984_540_054;

impl SectionScore {
    /// The 95 % interval of the accuracy; `None` if no question was asked.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let share = self.accuracy()?;
        let n = self.asked as f64;
        let weight = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / weight;
        let width = Z / weight * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(((middle - width).max(0.0), (middle + width).min(1.0)))
    }
}

impl PairReport {
    /// The 95 % interval of Spearman's coefficient; `None` for fewer than four pairs.
    pub fn spearman_interval(&self) -> Option<(f64, f64)> {
        let r = self.spearman?.coefficient;
        fisher(r, self.compared, 1.0 + r * r / 2.0)
    }

    /// The 95 % interval of Pearson's coefficient; `None` for fewer than four pairs.
    pub fn pearson_interval(&self) -> Option<(f64, f64)> {
        fisher(self.pearson?.coefficient, self.compared, 1.0)
    }
}

fn fisher(r: f64, pairs: usize, variance: f64) -> Option<(f64, f64)> {
    if pairs < 4 {
        return None;
    }
    let width = Z * (variance / (pairs - 3) as f64).sqrt();
    // atanh(1) is infinite, and its tanh 1 again.
    Some(((r.atanh() - width).tanh(), (r.atanh() + width).tanh()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::statistics::Correlation;

    fn near(found: Option<(f64, f64)>, expected: (f64, f64)) {
        let (low, high) = found.unwrap();
        assert!((low - expected.0).abs() < 1e-6 && (high - expected.1).abs() < 1e-6, "{low} {high}");
    }

    /// SciPy 1.12.0: `binomtest(correct, asked).proportion_ci(method="wilson")`.
    #[test]
    fn shares_are_those_of_scipy() {
        let score = |correct, asked| SectionScore { correct, asked, ..SectionScore::default() };
        near(score(81, 263).interval(), (0.25528852, 0.36620958));
        near(score(0, 10).interval(), (0.0, 0.27753280));
        near(score(10, 10).interval(), (0.72246720, 1.0));
        assert_eq!(score(0, 0).interval(), None);
    }

    /// SciPy 1.17.1 for Pearson's: `pearsonr(x, y).confidence_interval()` of 30 pairs with r = 0.5; Spearman's by the formula.
    #[test]
    fn correlations_have_fishers_interval() {
        let of = |r: f64, pairs| {
            let correlation = Some(Correlation { coefficient: r, p_value: 0.0 });
            PairReport { pearson: correlation, spearman: correlation, compared: pairs, unknown: 0, composed: 0 }
        };
        near(of(0.5, 30).pearson_interval(), (0.17043137, 0.72895856));
        let (low, high) = of(0.5, 30).spearman_interval().unwrap();
        let ((of_low, of_high), middle) = ((low.atanh(), high.atanh()), 0.5_f64.atanh());
        assert!((of_high - middle - 1.96 * (1.125_f64 / 27.0).sqrt()).abs() < 1e-4);
        assert!((of_high + of_low - 2.0 * middle).abs() < 1e-12);
        assert_eq!(of(1.0, 30).spearman_interval(), Some((1.0, 1.0)));
        assert_eq!(of(0.5, 3).spearman_interval(), None);
    }
}
