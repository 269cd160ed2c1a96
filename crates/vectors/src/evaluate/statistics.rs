//! Pearson's and Spearman's correlation with p-values.
//!
//! `r = Σ (x - x̄)(y - ȳ) / sqrt(Σ (x - x̄)² Σ (y - ȳ)²)`; Spearman's is the same of ranks, where equal
//! numbers share the mean of theirs. For `n` pairs, `t = r sqrt((n - 2) / (1 - r²))` follows Student's distribution
//! with `n - 2` degrees of freedom. So the two-sided p-value is `I(1 - r², (n - 2) / 2, 1/2)`, where `I` is the regularised
//! incomplete beta function. `scipy.stats.pearsonr` and `spearmanr` give the same numbers, to about 10 digits.

/// A correlation, and the probability of one as strong by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// From -1 to 1.
    pub coefficient: f64,
    /// Two-sided: the probability of a coefficient at least as far from 0 by chance.
    pub p_value: f64,
}

/// Pearson's correlation. `None` for fewer than two pairs, or if one side is constant.
///
/// # Panics
/// If `x` and `y` differ in length.
///
/// ```
/// use rapidvec_vectors::evaluate::statistics::pearson;
/// // The numbers of scipy 1.17.1.
/// let r = pearson(&[1.0, 2.0, 3.0, 5.0], &[1.0, 3.0, 2.0, 6.0]).unwrap();
/// assert!((r.coefficient - 0.903508).abs() < 1e-6 && (r.p_value - 0.096492).abs() < 1e-6);
/// ```
pub fn pearson(x: &[f64], y: &[f64]) -> Option<Correlation> {
    assert_eq!(x.len(), y.len(), "numbers come in pairs");
    let varies = |values: &[f64]| values.iter().any(|value| value != &values[0]);
    if !varies(x) || !varies(y) {
        return None;
    }
    let (x, y) = (centred(x)?, centred(y)?);
    let coefficient = dot(&x, &y).clamp(-1.0, 1.0);
    Some(Correlation { coefficient, p_value: p_value(coefficient, x.len()) })
}

/// Spearman's rank correlation. `None` as for [`pearson`].
///
/// # Panics
/// If `x` and `y` differ in length.
///
/// ```
/// use rapidvec_vectors::evaluate::statistics::spearman;
/// let rho = spearman(&[1.0, 2.0, 3.0, 4.0], &[10.0, 100.0, 1000.0, 1001.0]).unwrap();
/// assert_eq!((rho.coefficient, rho.p_value), (1.0, 0.0));
/// ```
pub fn spearman(x: &[f64], y: &[f64]) -> Option<Correlation> {
    let (x, y) = (ranks(x), ranks(y));
    let rounded = pearson(&x, &y)?;
    // Rounding in the sums may give a coefficient next to 1, whose p-value is far from the 0 of 1 itself.
    let coefficient = if x == y {
        1.0
    } else if x.iter().zip(&y).all(|(a, b)| a + b == x.len() as f64 + 1.0) {
        -1.0
    } else {
        return Some(rounded);
    };
    Some(Correlation { coefficient, p_value: p_value(coefficient, x.len()) })
}

/// Ranks from 1, by size; equal numbers share the mean of theirs.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<_> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = before as f64 + (equal.len() + 1) as f64 / 2.0;
        equal.iter().for_each(|&at| ranks[at] = rank);
        before += equal.len();
    }
    ranks
}

/// The values minus their mean, scaled to length 1. `None` if that is zero.
fn centred(values: &[f64]) -> Option<Vec<f64>> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let most = values.iter().fold(0.0, |most: f64, value| most.max((value - mean).abs()));
    let scaled: Vec<_> = values.iter().map(|value| (value - mean) / most).collect(); // so that squares stay in range
    let norm = dot(&scaled, &scaled).sqrt();
    (norm.is_finite() && norm > 0.0).then(|| scaled.iter().map(|value| value / norm).collect())
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// The two-sided p-value of a correlation over `pairs` pairs; 1 for two pairs, which always lie on a line.
fn p_value(coefficient: f64, pairs: usize) -> f64 {
    let freedom = pairs.saturating_sub(2) as f64;
    if freedom == 0.0 { 1.0 } else { incomplete_beta(freedom / 2.0, 0.5, (1.0 - coefficient) * (1.0 + coefficient)) }
}

/// The regularised incomplete beta function `I_x(a, b)`, for positive `a`, `b` and `x` from 0 to 1.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * x.ln() + b * (-x).ln_1p();
    // The fraction converges fast on one side of the mean, its mirror image on the other.
    if x < (a + 1.0) / (a + b + 2.0) {
        front.exp() * beta_fraction(a, b, x) / a
    } else {
        1.0 - front.exp() * beta_fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction of `I_x(a, b)` (Abramowitz and Stegun 26.5.8), by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300; // in place of a zero divisor
    const MAX_TERMS: usize = 100_000; // about the root of the larger of a and b are needed
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in (1..MAX_TERMS).map(|m| m as f64) {
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            fraction *= c * d;
        }
        if (fraction - before).abs() <= f64::EPSILON * fraction.abs() {
            break;
        }
    }
    fraction
}
