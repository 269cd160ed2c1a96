//! Every implementation against the definition, for vector sizes 1 to 130 and beyond, and any number of targets.
#![allow(unsafe_code)]

use super::*;
use crate::{LANES, Matrix, Purpose, Rng};

fn random(rows: usize, size: usize, seed: u64) -> Matrix {
    let mut numbers = vec![0.0; rows * size];
    Rng::stream(seed, Purpose::InputWeights, 7).fill_normal(&mut numbers, 0.4);
    Matrix::from_rows(rows, size, &numbers)
}

fn rows(matrix: &mut Matrix) -> Vec<RowPtr> {
    let (rows, width) = (matrix.rows(), matrix.width());
    let start = matrix.chunks_mut().as_mut_ptr().cast::<f32>();
    (0..rows).map(|row| start.wrapping_add(row * width * LANES)).collect()
}

/// New contexts, new targets, loss; of CBOW with the mean.
fn step(kernels: &WindowKernels, cbow: bool, n: usize, labels: &[f32], size: usize) -> (Vec<f32>, Vec<f32>, f64) {
    step_with(kernels, cbow.then_some(1.0 / n as f32), n, labels, size)
}

/// The same with a factor of CBOW's, or as SkipGram.
fn step_with(
    kernels: &WindowKernels,
    factor: Option<f32>,
    n: usize,
    labels: &[f32],
    size: usize,
) -> (Vec<f32>, Vec<f32>, f64) {
    let (mut w_in, mut w_out) = (random(n, size, 1), random(labels.len(), size, 2));
    let mut scratch = Scratch::new(labels.len(), size);
    let (contexts, targets) = (rows(&mut w_in), rows(&mut w_out));
    let mut one_or_none = Labels::default();
    one_or_none.set(labels.iter().map(|&label| label == 1.0));
    let labels = one_or_none;
    let step = Step { contexts: &contexts, targets: &targets, labels: &labels, columns: size, rate: 0.3, ahead: &[] };
    // SAFETY: the rows are those of two matrices that live on, and this thread alone has them.
    unsafe {
        match factor {
            Some(factor) => kernels.cbow(&step, factor, &mut scratch),
            None => kernels.skip_gram(&step, &mut scratch),
        }
    }
    let padding = |matrix: &Matrix| matrix.chunks().iter().map(|c| c.0.iter().sum::<f32>()).sum::<f32>();
    assert!(padding(&w_in).is_finite() && padding(&w_out).is_finite());
    (w_in.to_vec(), w_out.to_vec(), scratch.loss.take())
}

fn assert_close(got: &[f32], expected: &[f32], size: usize, what: &str) {
    // Sums of `size` products of numbers around 1, each rounded to 6e-8.
    let tolerance = 4e-7 * (size as f32).sqrt() + 1e-6;
    for (&a, &b) in got.iter().zip(expected) {
        assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a}, expected {b}");
    }
}

fn check(cbow: bool, n: usize, labels: &[f32], size: usize) {
    let [scalar, faster @ ..] = &WindowKernels::all()[..] else { panic!("no kernels") };
    let (mean, sum) = (Some(1.0 / n as f32), Some(1.0));
    for factor in if cbow { vec![mean, sum] } else { vec![None] } {
        let expected = step_with(scalar, factor, n, labels, size);
        for kernels in faster {
            let what = format!("{}, {factor:?}, {n} contexts, {} targets, size {size}", kernels.name(), labels.len());
            let got = step_with(kernels, factor, n, labels, size);
            assert_close(&got.0, &expected.0, size, &what);
            assert_close(&got.1, &expected.1, size, &what);
            assert!((got.2 / expected.2 - 1.0).abs() < 1e-5, "{what}: loss {}, expected {}", got.2, expected.2);
        }
    }
}

/// Otherwise the other tests would compare the definition with nothing.
#[test]
#[cfg(target_arch = "aarch64")]
fn neon_is_found_on_64_bit_arm() {
    assert_eq!(WindowKernels::detect().name(), "neon");
}

#[test]
fn every_vector_size_agrees_with_the_definition() {
    for size in (1..=130).chain([300, 512, 1024]) {
        for cbow in [false, true] {
            check(cbow, 1 + size % 10, &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], size);
        }
    }
}

#[test]
fn any_number_of_contexts_and_targets_agrees_with_the_definition() {
    for n in 1..=MAX_CONTEXTS {
        for targets in (1..=20).chain([31, 60]) {
            let labels: Vec<f32> = (0..targets).map(|t| (t * t % 3 == 0) as u8 as f32).collect();
            for (cbow, size) in [(false, 20), (false, 100), (true, 20), (true, 100)] {
                check(cbow, n, &labels, size);
            }
        }
    }
}

/// The formulas at the head of the module in f64, with central numbers, so that the definition itself is checked.
#[test]
fn the_definition_is_the_gradient_of_its_loss() {
    let (n, size, labels) = (3, 5, [1.0, 0.0, 0.0, 1.0]);
    for cbow in [false, true] {
        let (w_in, w_out) = (random(n, size, 1), random(labels.len(), size, 2));
        let (new_in, new_out, loss) = step(&scalar::kernels(), cbow, n, &labels, size);
        let (w_in, w_out) = (w_in.to_vec(), w_out.to_vec());
        let reference = |w_in: &[f64], w_out: &[f64]| reference_loss(cbow, w_in, w_out, &labels, size);
        let wide = |numbers: &[f32]| numbers.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
        let (wide_in, wide_out) = (wide(&w_in), wide(&w_out));
        assert!((loss - reference(&wide_in, &wide_out)).abs() < 1e-5);
        let slope = |numbers: &[f64], at: usize, f: &dyn Fn(&[f64]) -> f64| {
            let moved = |by: f64| {
                let mut numbers = numbers.to_vec();
                numbers[at] += by;
                f(&numbers)
            };
            (moved(1e-5) - moved(-1e-5)) / 2e-5
        };
        // CBOW's contexts take the whole gradient of their mean: n times their own.
        let share = if cbow { n as f64 } else { 1.0 };
        for at in 0..w_in.len() {
            let expected = wide_in[at] - 0.3 * share * slope(&wide_in, at, &|w| reference(w, &wide_out));
            assert!((f64::from(new_in[at]) - expected).abs() < 1e-5, "cbow {cbow}: w_in[{at}]");
        }
        for at in 0..w_out.len() {
            let expected = wide_out[at] - 0.3 * slope(&wide_out, at, &|w| reference(&wide_in, w));
            assert!((f64::from(new_out[at]) - expected).abs() < 1e-5, "cbow {cbow}: w_out[{at}]");
        }
    }
}

/// New rows of `mean` and `spread`: the two copies of the mean, and the rows after their mean was moved.
fn compose(kernels: &WindowKernels, n: usize, size: usize) -> [Vec<f32>; 2] {
    let (mut parts, mut ring) = (random(n, size, 1), random(3, size, 2));
    let (mut pointers, ring_rows) = (rows(&mut parts), rows(&mut ring));
    pointers.push(pointers[0]); // an n-gram that a word has twice
    let composed = Composed { rows: &pointers, columns: size };
    // SAFETY: as in `step_with`.
    unsafe {
        kernels.mean(&composed, [ring_rows[0], ring_rows[1]]);
        kernels.spread(&composed, [ring_rows[2], ring_rows[1]], &mut Scratch::new(1, size));
    }
    [ring.to_vec(), parts.to_vec()]
}

#[test]
fn composed_rows_move_as_far_as_their_mean() {
    for size in (1..=40).chain([100, 300]) {
        for n in [1, 2, 7, 30] {
            let (parts, ring) = (random(n, size, 1).to_vec(), random(3, size, 2).to_vec());
            for kernels in WindowKernels::all() {
                let [new_ring, new_parts] = compose(&kernels, n, size);
                for k in 0..size {
                    let at = |row: usize| f64::from(parts[row * size + k]);
                    let mean = ((0..n).map(at).sum::<f64>() + at(0)) / (n + 1) as f64;
                    let what = format!("{}, {n} rows, size {size}", kernels.name());
                    for copy in [0, 1] {
                        assert!((f64::from(new_ring[copy * size + k]) - mean).abs() < 1e-5, "{what}: the mean");
                    }
                    let moved = f64::from(ring[2 * size + k]) - mean;
                    for row in 0..n {
                        let expected = at(row) + moved * if row == 0 { 2.0 } else { 1.0 };
                        assert!((f64::from(new_parts[row * size + k]) - expected).abs() < 1e-5, "{what}: row {row}");
                    }
                }
            }
        }
    }
}

/// CBOW whose contexts have weights by position, against central differences of its loss in f64.
#[test]
fn position_weights_move_by_the_gradient_of_the_loss() {
    const RATE: f64 = 0.3;
    let (n, size, labels) = (3, 21, [1.0, 0.0, 0.0, 1.0]);
    let [c, d, w] = [(n, 1), (n, 2), (labels.len(), 3)].map(|(rows, seed)| random(rows, size, seed));
    let wide = |matrix: &Matrix| matrix.to_vec().iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
    let [old_c, old_d, old_w] = [&c, &d, &w].map(wide);
    let loss = |c: &[f64], d: &[f64]| {
        let products: Vec<f64> = c.iter().zip(d).map(|(c, d)| c * d).collect();
        reference_loss(true, &products, &old_w, &labels.map(|label| label as f32), size)
    };
    let slope = |numbers: &[f64], at: usize, f: &dyn Fn(&[f64]) -> f64| {
        let moved = |by: f64| {
            let mut numbers = numbers.to_vec();
            numbers[at] += by;
            f(&numbers)
        };
        (moved(1e-5) - moved(-1e-5)) / 2e-5
    };
    for kernels in WindowKernels::all() {
        let (mut c, mut d, mut w, mut products) = (c.clone(), d.clone(), w.clone(), Matrix::zeros(n, size));
        let mut scratch = Scratch::new(labels.len(), size);
        let (c_rows, d_rows, targets, contexts) = (rows(&mut c), rows(&mut d), rows(&mut w), rows(&mut products));
        let mut one_or_none = Labels::default();
        one_or_none.set(labels.iter().map(|&label| label == 1.0));
        let step = Step {
            contexts: &contexts,
            targets: &targets,
            labels: &one_or_none,
            columns: size,
            rate: RATE as f32,
            ahead: &[],
        };
        // SAFETY: as in `step_with`.
        unsafe {
            (0..n).for_each(|i| kernels.weigh([d_rows[i], c_rows[i], contexts[i]], size));
            kernels.cbow(&step, 1.0 / n as f32, &mut scratch);
            (0..n).for_each(|i| kernels.learn_position([d_rows[i], c_rows[i]], 1.0 / n as f32, size, &scratch));
        }
        for at in 0..n * size {
            // Contexts take the whole gradient of their mean: n times their own.
            let expected = old_c[at] - RATE * n as f64 * slope(&old_c, at, &|c| loss(c, &old_d));
            assert!((wide(&c)[at] - expected).abs() < 1e-5, "{}: c[{at}]", kernels.name());
            let expected = old_d[at] - RATE * slope(&old_d, at, &|d| loss(&old_c, d));
            assert!((wide(&d)[at] - expected).abs() < 1e-5, "{}: d[{at}]", kernels.name());
        }
    }
}

fn reference_loss(cbow: bool, w_in: &[f64], w_out: &[f64], labels: &[f32], size: usize) -> f64 {
    let contexts: Vec<&[f64]> = w_in.chunks(size).collect();
    let mean: Vec<f64> =
        (0..size).map(|k| contexts.iter().map(|c| c[k]).sum::<f64>() / contexts.len() as f64).collect();
    let inputs = if cbow { vec![&mean[..]] } else { contexts };
    let mut loss = 0.0;
    for input in inputs {
        for (target, &label) in w_out.chunks(size).zip(labels) {
            let score: f64 = input.iter().zip(target).map(|(a, b)| a * b).sum();
            loss += (if label == 1.0 { -score } else { score }).exp().ln_1p();
        }
    }
    loss
}

#[test]
#[should_panic(expected = "17 contexts")]
fn refuses_more_contexts_than_it_has_room_for() {
    let contexts = [std::ptr::null_mut(); MAX_CONTEXTS + 1];
    let labels = Labels::negative_sampling(0);
    let step =
        Step { contexts: &contexts, targets: &contexts[..1], labels: &labels, columns: 16, rate: 0.1, ahead: &[] };
    // SAFETY: it panics before it reads a pointer.
    unsafe { scalar::kernels().skip_gram(&step, &mut Scratch::new(1, 16)) }
}

/// Contexts that are one row: it moves once for each, up to the order of the squared rate.
#[test]
fn a_row_that_is_several_contexts_moves_for_each() {
    const RATE: f32 = 1e-3;
    let (size, places) = (20, [0, 1, 0, 2, 2, 2]);
    for count in [1, 6, 7, 15] {
        let (mut w_in, mut w_out) = (random(3, size, 1), random(count, size, 2));
        let (old_in, old_out) = (w_in.to_vec(), w_out.to_vec());
        let (mut new_in, mut new_out) = (old_in.clone(), old_out.clone());
        for place in places {
            for t in 0..count {
                let (c, w) = (&old_in[place * size..][..size], &old_out[t * size..][..size]);
                let score: f32 = c.iter().zip(w).map(|(c, w)| c * w).sum();
                let g = RATE * (f32::from(u8::from(t == 0)) - 1.0 / (1.0 + (-score).exp()));
                (0..size).for_each(|k| new_in[place * size + k] += g * w[k]);
                (0..size).for_each(|k| new_out[t * size + k] += g * c[k]);
            }
        }
        for kernels in WindowKernels::all() {
            (w_in, w_out) = (Matrix::from_rows(3, size, &old_in), Matrix::from_rows(count, size, &old_out));
            let (rows, targets) = (rows(&mut w_in), rows(&mut w_out));
            let contexts = places.map(|place| rows[place]);
            let labels = Labels::negative_sampling(count - 1);
            let step =
                Step { contexts: &contexts, targets: &targets, labels: &labels, columns: size, rate: RATE, ahead: &[] };
            // SAFETY: as in `step`.
            unsafe { kernels.skip_gram(&step, &mut Scratch::new(count, size)) };
            let furthest = |new: &[f32], expected: &[f32]| {
                new.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
            };
            let what = format!("{}, {count} targets", kernels.name());
            assert!(furthest(&w_in.to_vec(), &new_in) < 2e-5, "{what}: contexts");
            assert!(furthest(&w_out.to_vec(), &new_out) < 2e-5, "{what}: targets");
            assert!(furthest(&old_in, &new_in) > 2e-4, "they move at all");
        }
    }
}
