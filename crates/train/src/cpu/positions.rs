//! Position-weighted CBOW: a learned vector for each position in the window (Mikolov et al. 2018, "Advances in Pre-Training Distributed Word
//! Representations", section 2.2).
//!
//! `h = f Σ_p d_p ⊙ c_p` for the contexts `c_p` at the offsets `p` from the target, with `f = 1/n` for the mean. From the
//! step's `e = Σ_t g_t w_t` a context gets `d_p ⊙ e`, the whole gradient as in CBOW without positions, and the weights of the position get
//! theirs, `f e ⊙ c_p`, times [`RATE`]. They start at 1, where the model is plain CBOW.

use super::shared::{ReplicatedRows, Row, SharedRows};
use crate::config::Config;
use rapidvec_core::Matrix;
use rapidvec_core::kernels::window::{Scratch, WindowKernels};

/// The learning rate of the weights, as a share of that of the rows.
///
/// Points of analogies of CBOW after 5 epochs of 10 M words of Wikipedia (one seed): 26.0 without weights, 17.0 with the full rate, where the weights
/// of all positions shrink to 0.26 on average, and 18.8 with a tenth of it. On 1 M words weights help: 4.3 points without, 5.1 to 5.7 with the
/// full rate.
pub(super) const RATE: f32 = 0.1;

/// One thread's view of the weights of positions, and its rows for the products.
#[derive(Clone, Copy)]
pub(super) struct Positions<'a> {
    weights: ReplicatedRows<'a>,
    products: SharedRows<'a>,
    window: usize,
}

impl<'a> Positions<'a> {
    /// The number of weights: a row for each word of the widest window.
    pub fn rows(config: &Config) -> usize {
        if config.position_weights { 2 * config.window } else { 0 }
    }

    /// Weights of 1, with which positions make no difference.
    pub fn ones(config: &Config) -> Matrix {
        let rows = Self::rows(config);
        Matrix::from_rows(rows, config.vector_size, &vec![1.0; rows * config.vector_size])
    }

    /// How often a window uses each row.
    pub fn uses(config: &Config) -> impl Iterator<Item = f64> {
        let (window, dynamic) = (config.window, config.dynamic_window);
        let share = move |distance: usize| if dynamic { (window - distance) as f64 / window as f64 } else { 1.0 };
        (0..window).rev().chain(0..window).map(share).take(Self::rows(config))
    }

    /// `products` has a row for each context of the widest window.
    pub fn new(weights: ReplicatedRows<'a>, products: SharedRows<'a>, window: usize) -> Self {
        Self { weights, products, window }
    }

    /// The weights of the word at `place` for the target at `center`.
    #[inline]
    fn of(&self, place: usize, center: usize) -> Row<'a> {
        // The window reaches as far as the weights.
        let row = if place < center { self.window - (center - place) } else { self.window + (place - center) - 1 };
        self.weights.row(row as u32)
    }

    /// Replaces `products` by the weighted contexts of the target at `center`. `contexts` are the rows and places of the contexts.
    #[inline]
    pub fn weigh(
        &self,
        kernels: &WindowKernels,
        center: usize,
        contexts: impl Iterator<Item = (usize, Row<'a>)>,
        products: &mut Vec<Row<'a>>,
    ) {
        products.clear();
        products.extend(
            (0..)
                .zip(contexts)
                .map(|(slot, (place, row))| self.products.weigh(kernels, self.of(place, center), row, slot)),
        );
    }

    /// Moves contexts and weights after the step on the weighted contexts.
    #[inline]
    pub fn learn(
        &self,
        kernels: &WindowKernels,
        center: usize,
        contexts: impl Iterator<Item = (usize, Row<'a>)>,
        factor: f32,
        scratch: &Scratch,
    ) {
        contexts.for_each(|(place, row)| {
            self.products.learn_position(kernels, self.of(place, center), row, factor * RATE, scratch);
        });
    }
}
