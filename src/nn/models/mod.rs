//! CBOW and SkipGram, wired from the layers as in the chapter.

mod cbow;
mod skip_gram;
mod weights;

pub use cbow::CBOW;
pub use skip_gram::SkipGram;
pub use weights::{Parameters, Weights};

use super::{Columns, Stopped};
use crate::words::WordId;

/// A model that learns from batches: forward, then backward.
pub trait Model: Send {
    /// The mean loss of a batch that reads rows `inputs` of `w_in` and `outputs` of `w_out`, as
    /// [`Wiring`](super::Wiring) lists them. `columns` adds up scores where threads share the columns of the model; a model on its own
    /// takes [`AllColumns`](super::AllColumns).
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    fn forward(&mut self, inputs: &[WordId], outputs: &[WordId], columns: &mut dyn Columns) -> Result<f64, Stopped>;

    /// Adds the gradients of the batch that `forward` saw last to the rows it touched.
    fn backward(&mut self);

    /// The matrices being learned.
    fn parameters(&self) -> &Parameters;

    /// The matrices being learned, for an optimizer to change.
    fn parameters_mut(&mut self) -> &mut Parameters;
}
