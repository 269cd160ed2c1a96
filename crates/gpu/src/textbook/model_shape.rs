//! The sizes that a model's shaders are compiled for.

use rapidvec::ModelKind;
use rapidvec_textbook::{BatchLayout, Config, OptimizerKind};
use std::fmt::Write;

/// The sizes of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelShape {
    /// Vectors of four columns in a row.
    pub quads: usize,
    /// Rows of `w_in` for each example.
    pub inputs: usize,
    /// True words for each example.
    pub predictions: usize,
    /// Words scored for each prediction: the true one and its negatives.
    pub words: usize,
    learning_rate: f32,
    max_grad: Option<f32>,
    /// Whether gradients are stored before the step: always, unless SGD takes the step at once.
    pub keeps_gradients: bool,
}

impl ModelShape {
    /// The sizes of the model that `config` describes.
    pub fn of(config: &Config) -> Self {
        Self {
            quads: config.vector_size.div_ceil(4),
            inputs: if config.model == ModelKind::Cbow { 2 * config.window } else { 1 },
            predictions: BatchLayout::of(config).predictions(),
            words: config.negatives + 1,
            learning_rate: config.learning_rate,
            max_grad: config.max_grad,
            keeps_gradients: config.optimizer == OptimizerKind::Adam || config.max_grad.is_some(),
        }
    }

    /// Words scored for each example.
    pub fn outputs(&self) -> usize {
        self.predictions * self.words
    }

    /// Threads of a workgroup: 32 are the words that `example.wgsl` scores at once, and more pay for long vectors only.
    pub fn lanes(&self) -> usize {
        if self.quads > 32 { 64 } else { 32 }
    }

    /// What gradients are multiplied by where they are added up: SGD that keeps none takes the step at once.
    pub fn scatter_scale(&self) -> f32 {
        if self.keeps_gradients { 1.0 } else { self.sgd_scale() }
    }

    /// What SGD multiplies a stored gradient by.
    pub fn sgd_scale(&self) -> f32 {
        -self.learning_rate
    }

    /// The constants that all shaders share.
    pub fn wgsl(&self) -> String {
        let counts = [
            ("QUADS", self.quads),
            ("LANES", self.lanes()),
            ("INPUTS", self.inputs),
            ("PREDICTIONS", self.predictions),
            ("WORDS", self.words),
        ];
        let mut text = String::new();
        // Writing to a string cannot fail.
        for (name, count) in counts {
            let _ = writeln!(text, "const {name} = {count}u;");
        }
        text + &real("FACTOR", 1.0 / self.inputs as f32) + &real("MAX_GRAD", self.max_grad.unwrap_or(f32::MAX))
    }
}

/// A constant of a shader.
pub fn real(name: &str, number: f32) -> String {
    format!("const {name}: f32 = {number:?}f;\n")
}
