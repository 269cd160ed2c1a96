//! What the shaders compute, in plain loops: their definition, and what tests compare them with. A file for each.
//!
//! The same random numbers to the bit; the same sums in the same order, but a card may fuse a multiplication and an addition,
//! and its exponential is rounded otherwise.

pub mod cbow;
pub mod compact;
pub mod direct;
pub mod random;
pub mod ring;
pub mod segments;
pub mod skip_gram;
pub mod targets;

use super::shape::Shape;

/// What the shaders read and write.
#[derive(Debug, Clone)]
pub struct Plain<'a> {
    /// Sizes.
    pub shape: &'a Shape,
    /// The alias table.
    pub alias: &'a [[u32; 2]],
    /// The input matrix, rows of `4 * quads` numbers.
    pub w_in: Vec<f32>,
    /// The output matrix.
    pub w_out: Vec<f32>,
    /// Pairs trained so far.
    pub pairs: u64,
    /// Sum of their losses.
    pub loss: f64,
}

/// The end of a sentence.
pub const END: u32 = u32::MAX;

/// Marks a word whose vector is not trained.
pub const FROZEN: u32 = 1 << 31;

impl Plain<'_> {
    /// Numbers in a row.
    pub fn width(&self) -> usize {
        4 * self.shape.quads
    }

    /// Row `id` of `matrix`.
    pub fn row<'m>(&self, matrix: &'m [f32], id: u32) -> &'m [f32] {
        &matrix[id as usize * self.width()..][..self.width()]
    }
}

/// Adds `factor` times `row` to `to`.
pub fn add(to: &mut [f32], factor: f32, row: &[f32]) {
    to.iter_mut().zip(row).for_each(|(to, x)| *to += factor * x);
}
