//! Random numbers that need no saved state: each use has its own stream, derived from the seed and an index.
//!
//! The negatives of step 1,234 are drawn from stream (seed, `Negatives`, 1234) regardless of what was drawn before, so a resumed run
//! draws the same numbers as an uninterrupted one. The generator is xoshiro256++ (Blackman and Vigna 2019); logarithm and cosine
//! come from `libm`, so the numbers are the same on every machine.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng};

/// What a stream of random numbers is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// First weights of a row of `w_in`.
    InputWeights = 1,
    /// First weights of a row of `w_out`.
    OutputWeights = 2,
    /// Order of the examples in an epoch.
    Shuffle = 3,
    /// Negatives of a step.
    Negatives = 4,
    /// Negatives for the loss on held-out text.
    HeldOut = 5,
    /// Everything that the CPU trainer draws in a block of the corpus.
    Block = 6,
    /// What a graphics card draws in a segment of the corpus.
    Segment = 7,
    /// First weights of the row of an n-gram.
    NGramWeights = 8,
    /// The pieces of a text that a run draws with repetition.
    Bootstrap = 9,
    /// Initial positions of words on a map, and initial centres of its clusters.
    Map = 100,
}

/// A generator of random numbers.
#[derive(Debug, Clone)]
pub struct Rng(Xoshiro256PlusPlus);

impl Rng {
    /// The stream of `seed` for item `index` of this purpose.
    pub fn stream(seed: u64, purpose: Purpose, index: u64) -> Self {
        let mixed = mix(mix(mix(seed) ^ purpose as u64) ^ index);
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number below `n`, uniform to within 2^-32.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u32
    }

    /// A number in [0, 1), a multiple of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Fills `out` with independent standard normal numbers (Box and Muller 1958), times `scale`.
    pub fn fill_normal(&mut self, out: &mut [f32], scale: f64) {
        for pair in out.chunks_mut(2) {
            let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform())) * scale;
            let (sin, cos) = libm::sincos(std::f64::consts::TAU * self.uniform());
            pair[0] = (radius * cos) as f32;
            if let Some(second) = pair.get_mut(1) {
                *second = (radius * sin) as f32;
            }
        }
    }

    /// Shuffles `items` (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            // Positions are ids of examples, which are 32 bits.
            let j = self.below(i as u32 + 1) as usize;
            items.swap(i, j);
        }
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every input bit changes every output bit.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let first = |seed, purpose, index| Rng::stream(seed, purpose, index).bits();
        assert_eq!(first(1, Purpose::Shuffle, 2), first(1, Purpose::Shuffle, 2));
        let others = [(2, Purpose::Shuffle, 2), (1, Purpose::Negatives, 2), (1, Purpose::Shuffle, 3)];
        for (seed, purpose, index) in others {
            assert_ne!(first(seed, purpose, index), first(1, Purpose::Shuffle, 2));
        }
    }

    #[test]
    fn normal_numbers_have_mean_0_and_variance_1() {
        let mut numbers = vec![0.0; 100_001];
        Rng::stream(1, Purpose::InputWeights, 0).fill_normal(&mut numbers, 1.0);
        let mean = numbers.iter().map(|&x| f64::from(x)).sum::<f64>() / numbers.len() as f64;
        let square = numbers.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / numbers.len() as f64;
        // Standard errors: 0.003 and 0.0045; four of each.
        assert!(mean.abs() < 0.013, "{mean}");
        assert!((square - 1.0).abs() < 0.018, "{square}");
    }

    #[test]
    fn shuffle_is_a_permutation_that_moves_items() {
        let mut items: Vec<u32> = (0..1000).collect();
        Rng::stream(1, Purpose::Shuffle, 0).shuffle(&mut items);
        assert!(items.iter().zip(0..).filter(|&(&a, b)| a == b).count() < 10);
        items.sort_unstable();
        assert_eq!(items, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn below_reaches_every_number_alike() {
        let mut rng = Rng::stream(7, Purpose::Negatives, 0);
        let mut seen = [0u32; 6];
        (0..60_000).for_each(|_| seen[rng.below(6) as usize] += 1);
        // Binomial(60000, 1/6): standard deviation 91.
        assert!(seen.iter().all(|&n| n.abs_diff(10_000) < 460), "{seen:?}");
    }
}
