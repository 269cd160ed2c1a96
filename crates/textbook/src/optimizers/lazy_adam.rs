//! The sum of a row's last step and the steps it has missed since, so that Adam's dense trajectory costs only the rows a batch
//! touches.
//!
//! Dense Adam moves every row at every step; if the gradient is 0, by momentum alone. A row last updated at step
//! s, when its moments became m and v, has at step s + j: `m_j = β1^j m`, `v_j = β2^j v`. With α_t the rate of step t,
//! σ = √v, ρ = β1/√β2, u_j = β2^(-j/2) and W_j = α_{s+j} ρ^j step s itself (j = 0) and the k missed steps add up to
//!
//! ```text
//! Δw = -m Σ_{j=0..k} W_j / (σ + ε u_j)
//! ```
//!
//! where neither W_j nor u_j depends on the column. Expanding around u0 = Σ W_j u_j / M0 with M0 = Σ W_j and central
//! moments M_n = Σ W_j (u_j - u0)^n gives, with den = σ + ε u0 and y = ε/den,
//!
//! ```text
//! Δw = -(m/den) (M0 + y² M2 - y³ M3 + ...)
//! ```
//!
//! So four numbers per row ([`Settlement`]) replace any number of steps. W_j decreases like 0.9^j: the sum stops at [`HORIZON`]
//! terms (relative error 1e-7), the series at M3 (7e-9). The sums of all rows last updated at the same step are the same,
//! so they are kept for each *step*, and each new step adds one term to the newest [`HORIZON`] of them.

use rapidvec_core::kernels::plain::{BETA1, BETA2, EPSILON, Settlement};
use std::collections::VecDeque;

/// LazyAdam steps that are summed; the weight of later ones is below 1e-7 of the whole.
const HORIZON: usize = 160;

/// From this step on Adam's bias correction is 1 to the last bit of an f64, and every step's sums are the same.
const STEADY: usize = 40_000;

/// Σ W_j (u_j - 1)^n for n = 0..=3.
type Sums = [f64; 4];

/// The pending steps of a row, for every step at which it may have been updated last.
#[derive(Debug, Clone)]
pub(super) struct LazyAdam {
    learning_rate: f64,
    /// The next step: rows settle up to the one before it.
    step: u32,
    /// `terms[HORIZON - j]` is `ρ^j (u_j - 1)^n`.
    terms: Vec<Sums>,
    /// Unfinished sums of the newest steps, the oldest first; the last is that of step `step - 1`.
    recent: VecDeque<Sums>,
    /// For k below the length of `recent`, the settlement of a row that missed k steps.
    settled: Vec<Settlement>,
    /// Finished sums of steps 1, 2, ...; the last one also holds for all later steps.
    finished: Vec<Settlement>,
    decay: Decay,
}

impl LazyAdam {
    pub(super) fn new(learning_rate: f32) -> Self {
        let terms = (1..=HORIZON).rev().map(term).collect();
        let recent = VecDeque::with_capacity(HORIZON + 1);
        Self {
            learning_rate: f64::from(learning_rate),
            step: 1,
            terms,
            recent,
            settled: vec![Settlement::default(); HORIZON],
            finished: Vec::new(),
            decay: Decay::new(),
        }
    }

    /// The state after `steps` calls of [`advance`](Self::advance).
    pub(super) fn after(learning_rate: f32, steps: u32) -> Self {
        let mut lazy = Self::new(learning_rate);
        // Past the steady point the sums do not change any more, only the step they belong to.
        let played = steps.min((STEADY + 2 * HORIZON) as u32);
        (0..played).for_each(|_| lazy.advance());
        lazy.step = steps + 1;
        lazy
    }

    /// `α_t = α √(1 - β2^t) / (1 - β1^t)` of the next step.
    pub(super) fn rate(&self) -> f64 {
        let t = f64::from(self.step);
        self.learning_rate * libm::sqrt(1.0 - libm::pow(BETA2, t)) / (1.0 - libm::pow(BETA1, t))
    }

    /// Counts the next step as done.
    pub(super) fn advance(&mut self) {
        let rate = self.rate();
        let terms = &self.terms[HORIZON - self.recent.len()..];
        for (sums, term) in self.recent.iter_mut().zip(terms) {
            for n in 0..4 {
                sums[n] += rate * term[n];
            }
        }
        // The step itself is the term of j = 0, where u_0 = 1.
        self.recent.push_back([rate, 0.0, 0.0, 0.0]);
        if self.recent.len() > HORIZON
            && let Some(sums) = self.recent.pop_front()
            && self.finished.len() < STEADY
        {
            self.finished.push(combine(sums));
        }
        for (missed, (settled, &sums)) in self.settled.iter_mut().zip(self.recent.iter().rev()).enumerate() {
            *settled = self.decay.with(combine(sums), missed);
        }
        self.step += 1;
    }

    /// The settlement, before the next step, of a row last updated at step `last`; `last` 0 means never updated.
    pub(super) fn since(&self, last: u32) -> Settlement {
        if last == 0 {
            return Settlement::default();
        }
        let missed = (self.step - 1 - last) as usize;
        if missed < self.recent.len() {
            return self.settled[missed];
        }
        let sums = self.finished[(last as usize - 1).min(self.finished.len() - 1)];
        self.decay.with(sums, missed)
    }
}

/// `ρ^j (u_j - 1)^n` for n = 0..=3.
fn term(j: usize) -> Sums {
    let j = j as f64;
    let weight = libm::pow(BETA1 / libm::sqrt(BETA2), j);
    let d = libm::pow(BETA2, -0.5 * j) - 1.0;
    [weight, weight * d, weight * d * d, weight * d * d * d]
}

/// Central moments from those around 1.
fn combine([r0, r1, r2, r3]: Sums) -> Settlement {
    let mean = r1 / r0;
    Settlement {
        m0: r0 as f32,
        m2: (r2 - mean * r1) as f32,
        m3: (r3 - 3.0 * mean * r2 + 2.0 * mean * mean * r1) as f32,
        epsilon: (f64::from(EPSILON) * (1.0 + mean)) as f32,
        ..Settlement::default()
    }
}

/// Powers of β1 and β2, from tables: a power function for each row would cost more than the row's update.
#[derive(Debug, Clone)]
struct Decay {
    beta1: Vec<f32>,
    /// `β2^(i)` and `β2^(256 i)`, each for i below 256.
    beta2: [Vec<f64>; 2],
}

impl Decay {
    fn new() -> Self {
        let powers =
            |base: f64, factor: u32| (0..256).map(|i| libm::pow(base, f64::from(i * factor))).collect::<Vec<_>>();
        let beta1 = (0..=345).map(|i| libm::pow(BETA1, f64::from(i)) as f32).collect();
        Self { beta1, beta2: [powers(BETA2, 1), powers(BETA2, 256)] }
    }

    /// `settlement` with β1^k and β2^k. The first is 0 from k = 346, where it is below 2e-16: dense programs let moments decay into
    /// denormals, which are slow and change nothing. The second is 0 from 65,536, where it is below 4e-29.
    fn with(&self, settlement: Settlement, k: usize) -> Settlement {
        let beta1 = self.beta1.get(k).copied().unwrap_or(0.0);
        let beta2 = self.beta2[1].get(k / 256).map_or(0.0, |high| high * self.beta2[0][k % 256]);
        Settlement { decay_m: beta1, decay_v: beta2 as f32, ..settlement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dense Adam in f64 over step `last`, which made the moments m and v, and the steps missed since.
    fn dense(learning_rate: f64, last: u32, until: u32, m: f64, v: f64) -> (f64, f64, f64) {
        let (mut dw, mut m, mut v) = (0.0, m, v);
        for t in last..=until {
            if t > last {
                (m, v) = (m * BETA1, v * BETA2);
            }
            let t = f64::from(t);
            let rate = learning_rate * (1.0 - BETA2.powf(t)).sqrt() / (1.0 - BETA1.powf(t));
            dw -= rate * m / (v.sqrt() + f64::from(EPSILON));
        }
        (dw, m, v)
    }

    fn check(lazy: &LazyAdam, last: u32, m: f64, v: f64) {
        let until = lazy.step - 1;
        let c = lazy.since(last);
        let den = v.sqrt() + f64::from(c.epsilon);
        let y = f64::from(EPSILON) / den;
        let series = f64::from(c.m0) + y * y * (f64::from(c.m2) - y * f64::from(c.m3));
        let (dw, m_after, v_after) = dense(lazy.learning_rate, last, until, m, v);
        let off = (-m / den * series - dw).abs() / dw.abs();
        assert!(off < 4e-7, "last {last}, until {until}, v {v:e}: off by {off:e}");
        assert!((f64::from(c.decay_m) * m - m_after).abs() <= 1e-7 * m_after + 2e-16 * m);
        assert!((f64::from(c.decay_v) * v - v_after).abs() <= 1e-6 * v_after);
    }

    #[test]
    fn sums_equal_dense_steps_for_every_gap_and_size_of_v() {
        let mut lazy = LazyAdam::new(0.001);
        for step in 1..=3_000u32 {
            lazy.advance();
            if [2, 3, 10, 150, 161, 162, 400, 3_000].contains(&step) {
                for gap in [0, 1, 2, 7, 50, 159, 160, 161, 200, 2_999].into_iter().filter(|&gap| gap < step) {
                    for v in [1e-26, 1e-14, 1e-10, 1e-4, 1.0] {
                        check(&lazy, step - gap, 1e-3, v);
                    }
                }
            }
        }
    }

    #[test]
    fn rows_never_updated_have_nothing_to_settle() {
        let mut lazy = LazyAdam::new(0.001);
        (0..5).for_each(|_| lazy.advance());
        assert_eq!(lazy.since(0), Settlement::default());
        assert!(lazy.since(5).m0 > 0.0);
    }

    #[test]
    fn resuming_gives_the_same_bits_as_running_through() {
        let mut lazy = LazyAdam::new(0.001);
        let mut done = 0;
        for until in [1u32, 159, 160, 161, 500, 41_000, 50_000] {
            (done..until).for_each(|_| lazy.advance());
            done = until;
            let resumed = LazyAdam::after(0.001, until);
            assert_eq!((resumed.step, resumed.rate()), (lazy.step, lazy.rate()));
            for last in [1, 2, until / 2, until.saturating_sub(161), until.saturating_sub(160), until - 1, until] {
                let last = last.min(until);
                assert_eq!(resumed.since(last), lazy.since(last), "last {last} of {until}");
            }
        }
    }

    #[test]
    fn the_steady_point_is_steady() {
        let lazy = LazyAdam::after(0.001, (STEADY + HORIZON) as u32);
        assert_eq!(lazy.finished.len(), STEADY);
        assert_eq!(lazy.finished[STEADY - 1], lazy.finished[STEADY - 2]);
        check(&LazyAdam::after(0.001, 45_000), 41_000, 1e-3, 1e-8);
    }
}
