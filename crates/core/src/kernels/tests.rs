//! Each instruction set against [`plain`], bit for bit, and `plain` against f64.

use super::plain::{Destination, Settlement, Shape};
use super::*;
use crate::{LANES, PANEL_CHUNKS, Purpose, Rng, panels};

fn random(count: usize, index: u64) -> Vec<Chunk> {
    let mut rng = Rng::stream(3, Purpose::InputWeights, index);
    (0..count)
        .map(|_| {
            let mut chunk = Chunk::ZERO;
            rng.fill_normal(&mut chunk.0, 1.0);
            chunk
        })
        .collect()
}

/// Everything every kernel computes on one random case, as bits.
fn run_all(k: &Kernels, n: usize) -> Vec<u32> {
    const PER: usize = 3;
    let shape = Shape { n, stride: 4 * n };
    let ids = [3u32, 0, 3, 6, 1, 5, 3, 2, 2, 0, 4, 6];
    let (batch, unique) = (ids.len() / PER, [3u32, 0, 6, 1, 5]);
    let mut table = random(7 * 4 * n, 1);
    for v in table.chunks_exact_mut(4 * n).flat_map(|row| &mut row[3 * n..]) {
        *v = Chunk(v.0.map(|x| x * x * 1e-4));
    }
    let (mut h, mut dh) = (random(batch * n, 4), random(batch * n, 6));
    k.sum_rows(&table, shape, &ids, PER, 1.0 / 3.0, &mut h);
    let mut partial = vec![0.0; panels(n) * ids.len()];
    k.dot_rows(&table, shape, &ids, PER, &h, &mut partial, ids.len());
    let mut scores = vec![0.0; ids.len()];
    k.add_panels(&partial, &mut scores);
    let mut probabilities = vec![0.0; ids.len()];
    let mut doubles = vec![k.sigmoid_with_loss(&scores, true, &mut probabilities)];
    doubles.push(k.sigmoid_with_loss(&scores, false, &mut probabilities));
    k.dot_rows_backward(&table, shape, &ids, PER, &probabilities, &mut dh);
    let [weights, gradients] = [0, n].map(|at| Destination { shape, at, next: &unique });
    k.scatter_products(&mut table, gradients, &ids, PER, 1.0, &probabilities, &h);
    k.scatter_products(&mut table, weights, &ids, PER, -0.3, &probabilities, &h);
    k.scatter_rows(&mut table, gradients, &ids, PER, 0.1, &dh);
    k.scale_gradients(&mut table, shape, &unique[1..], 0.7);
    let mut squares = vec![0.0; panels(n)];
    k.gradient_squares(&table, shape, &unique, &mut squares);
    let settlement = Settlement { m0: 3e-3, m2: 1e-6, m3: 1e-8, epsilon: 1.1e-7, decay_m: 0.5, decay_v: 0.9 };
    let settlements = [settlement, Settlement::default(), settlement, settlement];
    k.adam_settle(&mut table, shape, &unique[..4], &settlements);
    k.sgd_step(&mut table, shape, &unique[4..], 1e-2);
    let floats = [&table, &h, &dh].into_iter().flatten().flat_map(|c| c.0).chain(partial).chain(probabilities);
    doubles.extend(squares);
    floats
        .map(f32::to_bits)
        .chain(doubles.iter().flat_map(|x| [(x.to_bits() >> 32) as u32, x.to_bits() as u32]))
        .collect()
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for k in Kernels::all() {
        for n in 1..=9 {
            assert!(run_all(&k, n) == run_all(&Kernels::plain(), n), "{} with {n} chunks", k.name());
        }
    }
}

#[test]
fn dot_rows_sums_each_panel() {
    let n = PANEL_CHUNKS + 1;
    let (w, h) = (random(2 * n, 1), random(n, 2));
    let shape = Shape { n, stride: n };
    let mut partial = [0.0; 2];
    Kernels::plain().dot_rows(&w, shape, &[1], 1, &h, &mut partial, 1);
    let exact = |from: usize, to: usize| -> f64 {
        (from..to)
            .flat_map(|c| (0..LANES).map(move |i| (c, i)))
            .map(|(c, i)| f64::from(h[c].0[i]) * f64::from(w[n + c].0[i]))
            .sum()
    };
    assert!((f64::from(partial[0]) - exact(0, PANEL_CHUNKS)).abs() < 1e-5);
    assert!((f64::from(partial[1]) - exact(PANEL_CHUNKS, n)).abs() < 1e-5);
}

#[test]
fn sigmoid_and_its_loss_are_right_everywhere() {
    let mut scores: Vec<f32> = (-4000..=4000).map(|i| i as f32 * 0.025).collect();
    scores.extend([0.0, -0.0, 1e-8, -1e-8, 86.9, -86.9, 87.1, -87.1, 500.0, -500.0, 1e30, -1e30]);
    for x in scores {
        for (positive, exact_x) in [(true, f64::from(x)), (false, -f64::from(x))] {
            let mut y = [0.0];
            let loss = Kernels::plain().sigmoid_with_loss(&[x], positive, &mut y);
            let exact = if exact_x > 0.0 { (-exact_x).exp().ln_1p() } else { exact_x.exp().ln_1p() - exact_x };
            // Below e^-87 a loss is 0; elsewhere a few roundings.
            assert!((loss - exact).abs() <= 5e-7 * exact + 2e-38, "loss at {x}: {loss} {exact}");
            let sigmoid = 1.0 / (1.0 + (-f64::from(x)).exp());
            assert!((f64::from(y[0]) - sigmoid).abs() <= 5e-7 * sigmoid + 2e-38, "sigmoid at {x}: {} {sigmoid}", y[0]);
        }
    }
}

#[test]
fn a_nan_score_gives_a_nan_loss() {
    let mut y = [0.0];
    assert!(Kernels::plain().sigmoid_with_loss(&[f32::NAN], true, &mut y).is_nan());
}
