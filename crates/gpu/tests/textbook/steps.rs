//! One step on the card against the same step on the CPU, for vectors of many sizes.

use super::skips;
use rapidvec::ModelKind;
use rapidvec_core::{Matrix, Purpose, Rng};
use rapidvec_gpu::Device;
use rapidvec_gpu::textbook::GpuLearner;
use rapidvec_textbook::{
    Batch, BatchLayout, Config, Engine, Field, Learner, Lookup, Optimizer, OptimizerKind, Side, Weights,
};
use std::sync::Arc;

const V: usize = 40;
const B: usize = 9;

fn config(model: ModelKind, optimizer: OptimizerKind, vector_size: usize) -> Config {
    Config {
        model,
        optimizer,
        vector_size,
        window: 2,
        negatives: 3,
        batch_size: B,
        learning_rate: 0.1,
        ..Config::textbook()
    }
}

/// Random words, frequent ones among them.
fn batch(config: &Config, step: u64, optimizers: &mut [Optimizer; 2]) -> Arc<Batch> {
    let mut rng = Rng::stream(3, Purpose::Negatives, step);
    let mut words =
        |count: usize| (0..count).map(|_| (rng.uniform() * rng.uniform() * V as f64) as u32).collect::<Vec<_>>();
    let (contexts, target) = (words(B * 2 * config.window), words(B));
    let layout = BatchLayout::of(config);
    let negatives = words(layout.predictions() * B * config.negatives);
    let mut batch = Batch { inputs: Lookup::new(V), outputs: Lookup::new(V) };
    layout.inputs(&contexts, &target, &mut batch.inputs);
    layout.outputs(&contexts, &target, &negatives, &mut batch.outputs);
    optimizers[0].plan(&mut batch.inputs);
    optimizers[1].plan(&mut batch.outputs);
    Arc::new(batch)
}

/// All fields and losses after some steps.
fn after_steps<E: Engine>(mut learner: E, config: &Config, steps: u64) -> Vec<(String, Vec<f32>)> {
    let mut optimizers = [(); 2].map(|()| Optimizer::new(config, V));
    for step in 0..steps {
        let batch = batch(config, step, &mut optimizers);
        learner.forward(&batch).unwrap();
        learner.backward(&batch, || None).unwrap();
    }
    let losses = learner.losses().unwrap().into_iter().map(|loss| loss as f32).collect();
    learner.pause().unwrap();
    let fields = [Field::Weight, Field::Gradient, Field::FirstMoment, Field::SecondMoment];
    let all = [Side::In, Side::Out].into_iter().flat_map(|side| fields.map(|field| (side, field)));
    let mut found: Vec<_> =
        all.map(|(side, field)| (format!("{side:?} {field:?}"), learner.get(side, field))).collect();
    found.push(("losses".to_owned(), losses));
    found
}

/// Numbers that are all different from each other.
fn random_matrix(rows: usize, cols: usize, scale: f64) -> Matrix {
    let mut numbers = vec![0.0; rows * cols];
    Rng::stream(5, Purpose::OutputWeights, cols as u64).fill_normal(&mut numbers, scale);
    Matrix::from_rows(rows, cols, &numbers)
}

/// The device to test on, unless the test skips.
fn device(test: &str) -> Option<Arc<Device>> {
    (!skips(test)).then(|| Arc::new(Device::open().unwrap()))
}

fn compare(device: &Arc<Device>, config: &Config, steps: u64, tolerance: f64) {
    let weights =
        [1.0, 0.5].map(|scale| random_matrix(V, config.vector_size, scale / (config.vector_size as f64).sqrt()));
    let [w_in, w_out] = weights;
    let weights = Weights { w_in, w_out };
    let gpu = GpuLearner::on(device.clone(), config, &weights).unwrap();
    let cpu = after_steps(Learner::new(config, &weights, 1), config, steps);
    let gpu = after_steps(gpu, config, steps);
    let norm = |x: &mut dyn Iterator<Item = f32>| x.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    for ((what, expected), (_, got)) in cpu.iter().zip(&gpu) {
        assert_eq!(expected.len(), got.len(), "{what}");
        let off = norm(&mut expected.iter().zip(got).map(|(a, b)| a - b));
        let size = norm(&mut expected.iter().copied());
        assert!(off <= tolerance * size, "{what}: off by {off:e} of {size:e} after {steps} steps of {config:?}");
    }
}

#[test]
fn gradients_and_losses_are_those_of_the_cpu_for_vectors_of_any_size() {
    let Some(device) = device("gradients_and_losses_are_those_of_the_cpu_for_vectors_of_any_size") else { return };
    for vector_size in (1..=9).chain([31, 32, 33, 100, 127, 128, 129, 130, 300, 1_024]) {
        for model in [ModelKind::Cbow, ModelKind::SkipGram] {
            // With Adam the gradients are kept, and the first step changes no weight yet.
            compare(&device, &config(model, OptimizerKind::Adam, vector_size), 1, 1e-6);
        }
    }
}

#[test]
fn steps_are_those_of_the_cpu() {
    let Some(device) = device("steps_are_those_of_the_cpu") else { return };
    for model in [ModelKind::Cbow, ModelKind::SkipGram] {
        for optimizer in [OptimizerKind::Sgd, OptimizerKind::Adam] {
            for max_grad in [None, Some(0.1), Some(1e9)] {
                compare(&device, &Config { max_grad, ..config(model, optimizer, 100) }, 5, 1e-4);
            }
        }
    }
}

#[test]
fn more_words_than_are_scored_at_once_and_more_lanes_than_quads() {
    let Some(device) = device("more_words_than_are_scored_at_once_and_more_lanes_than_quads") else { return };
    for (model, negatives) in [(ModelKind::Cbow, 31), (ModelKind::Cbow, 32), (ModelKind::SkipGram, 70)] {
        compare(&device, &Config { negatives, ..config(model, OptimizerKind::Sgd, 5) }, 2, 1e-5);
    }
}

#[test]
fn losses_are_all_kept_however_late_they_are_asked_for() {
    let Some(device) = device("losses_are_all_kept_however_late_they_are_asked_for") else { return };
    // More steps than the card has room for.
    compare(&device, &config(ModelKind::Cbow, OptimizerKind::Sgd, 7), 150, 1e-3);
}
