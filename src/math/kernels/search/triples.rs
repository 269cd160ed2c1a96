//! Which of many triples of numbers makes a better score than the best so far? What answering analogies does most.
//!
//! Scores are looked at by [`RUN`]; nearly all runs hold nothing better, and that is seen without a branch. The same plain
//! code is compiled for each instruction set and turned into vector code; no operation is fused, so every CPU gives the
//! same answer.

/// Triples that are looked at together.
pub const RUN: usize = 64;

/// Separate best scores of a run, which the compiler keeps in vector registers.
const LANES: usize = 16;

/// A score made of three numbers.
pub trait TripleScore {
    /// The score.
    fn score(a: f32, b: f32, c: f32) -> f32;
}

/// Finds the first run that has a score above a threshold: where it starts, a multiple of [`RUN`].
type FirstAbove = fn([&[f32]; 3], f32) -> Option<usize>;

/// The search for scores `S`, in the best version that this CPU can run. The three slices it is given are as long as each
/// other; of what goes beyond the shortest nothing is looked at.
pub fn first_above<S: TripleScore>() -> FirstAbove {
    all::<S>().pop().unwrap_or(first_above_plain::<S>)
}

/// Every version that this CPU can run, slowest first.
fn all<S: TripleScore>() -> Vec<FirstAbove> {
    #[allow(unused_mut)] // nothing is added elsewhere than on x86-64
    let mut all: Vec<FirstAbove> = vec![first_above_plain::<S>];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the feature is there.
            all.push(|triples, threshold| unsafe { first_above_avx2::<S>(triples, threshold) });
        }
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the feature is there.
            all.push(|triples, threshold| unsafe { first_above_avx512::<S>(triples, threshold) });
        }
    }
    all
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn first_above_avx512<S: TripleScore>(triples: [&[f32]; 3], threshold: f32) -> Option<usize> {
    first_above_plain::<S>(triples, threshold)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn first_above_avx2<S: TripleScore>(triples: [&[f32]; 3], threshold: f32) -> Option<usize> {
    first_above_plain::<S>(triples, threshold)
}

#[inline(always)]
fn first_above_plain<S: TripleScore>([a, b, c]: [&[f32]; 3], threshold: f32) -> Option<usize> {
    let ((a, a_rest), (b, b_rest), (c, c_rest)) = (a.as_chunks::<RUN>(), b.as_chunks::<RUN>(), c.as_chunks::<RUN>());
    for (run, ((a, b), c)) in a.iter().zip(b).zip(c).enumerate() {
        let mut most = [f32::NEG_INFINITY; LANES];
        for first in (0..RUN).step_by(LANES) {
            for (most, at) in most.iter_mut().zip(first..) {
                let score = S::score(a[at], b[at], c[at]);
                *most = if score > *most { score } else { *most };
            }
        }
        if most.iter().fold(false, |any, &most| any | (most > threshold)) {
            return Some(run * RUN);
        }
    }
    let above = a_rest.iter().zip(b_rest).zip(c_rest).any(|((&a, &b), &c)| S::score(a, b, c) > threshold);
    above.then_some(a.len() * RUN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Purpose, Rng};

    struct Sum;

    impl TripleScore for Sum {
        fn score(a: f32, b: f32, c: f32) -> f32 {
            b - a + c
        }
    }

    #[test]
    fn the_first_run_above_is_found_at_every_length_and_place() {
        for length in [0, 1, 63, 64, 65, 200, 256] {
            let zeros = vec![0.0; length];
            for version in all::<Sum>() {
                assert_eq!(version([&zeros; 3], 0.0), None);
                for place in (0..length).step_by(7) {
                    let mut some = zeros.clone();
                    some[place] = 1.0;
                    let expected = Some(place / RUN * RUN);
                    assert_eq!(version([&zeros, &some, &zeros], 0.5), expected, "{place} of {length}");
                    assert_eq!(version([&zeros, &zeros, &some], 0.5), expected);
                    assert_eq!(version([&some, &zeros, &zeros], 0.5), None);
                    assert_eq!(version([&zeros, &some, &zeros], 1.0), None, "equal is not above");
                }
            }
        }
    }

    #[test]
    fn no_number_is_never_above_and_hides_nothing() {
        let mut some = vec![f32::NAN; 100];
        for version in all::<Sum>() {
            assert_eq!(version([&[0.0; 100], &some, &[0.0; 100]], -1.0), None);
        }
        some[70] = 2.0;
        for version in all::<Sum>() {
            assert_eq!(version([&[0.0; 100], &some, &[0.0; 100]], 1.0), Some(64));
        }
    }

    #[test]
    fn every_instruction_set_sees_the_same() {
        let mut rows = vec![vec![0.0; 1000]; 3];
        rows.iter_mut().zip(0..).for_each(|(row, i)| Rng::stream(3, Purpose::Map, i).fill_normal(row, 1.0));
        let triples = || [&rows[0][..], &rows[1][..], &rows[2][..]];
        for ((&a, &b), &c) in rows[0].iter().zip(&rows[1]).zip(&rows[2]) {
            let threshold = Sum::score(a, b, c);
            let found: Vec<_> = all::<Sum>().iter().map(|version| version(triples(), threshold)).collect();
            assert!(found.iter().all(|at| *at == found[0]), "above {threshold}: {found:?}");
        }
    }
}
