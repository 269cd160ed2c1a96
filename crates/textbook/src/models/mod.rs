//! CBOW and SkipGram, wired from the layers as in the chapter.

mod cbow;
mod skip_gram;
mod weights;

pub use cbow::CBOW;
pub use skip_gram::SkipGram;
pub use weights::{Parameters, Weights};

use super::{Columns, Stopped};
use rapidvec_core::WordId;

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

    /// The step down those gradients, `w -= learning_rate dw`, without writing them anywhere: what `backward` and then
    /// [`SGD`](super::SGD) would do, but for rounding.
    fn descend(&mut self, learning_rate: f32);

    /// The matrices being learned.
    fn parameters(&self) -> &Parameters;

    /// The matrices being learned, for an optimizer to change.
    fn parameters_mut(&mut self) -> &mut Parameters;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{assert_close, random_matrix};
    use crate::{AllColumns, SGD};
    use rapidvec_core::Matrix;

    const V: usize = 6;
    const DIM: usize = 83;
    const RATE: f32 = 0.7;

    /// Three examples of one model, as `Wiring` lists them, and words in nearly all of them: rows are read and stepped on again
    /// and again.
    type Case = (Box<dyn Fn(Parameters) -> Box<dyn Model>>, Vec<WordId>, Vec<WordId>);

    fn cases() -> [Case; 2] {
        let cbow: Case =
            (Box::new(|p| Box::new(CBOW::new(p, 1, 2))), vec![0, 1, 1, 1, 4, 0], vec![2, 3, 0, 3, 2, 1, 0, 3, 2]);
        let outputs = vec![1, 2, 1, 3, 4, 2, 3, 1, 0, 1, 0, 3];
        let skip_gram: Case = (Box::new(|p| Box::new(SkipGram::new(p, 1, 1))), vec![5, 0, 5], outputs);
        [cbow, skip_gram]
    }

    fn weights() -> Weights {
        Weights { w_in: random_matrix(V, DIM, 1), w_out: random_matrix(V, DIM, 2) }
    }

    fn learned(model: &dyn Model) -> [Matrix; 2] {
        let Parameters { w_in, w_out } = model.parameters();
        [w_in, w_out].map(|w| w.get(crate::Field::Weight).unwrap())
    }

    /// How far the weights have moved.
    fn moved(model: &dyn Model) -> [Matrix; 2] {
        let Weights { w_in, w_out } = weights();
        let mut moved = learned(model);
        for (moved, first) in moved.iter_mut().zip([w_in, w_out]) {
            let difference: Vec<f32> = moved.to_vec().iter().zip(first.to_vec()).map(|(a, b)| a - b).collect();
            *moved = Matrix::from_rows(V, DIM, &difference);
        }
        moved
    }

    #[test]
    fn descending_is_a_backward_pass_and_a_step() {
        for (model, inputs, outputs) in cases() {
            let mut by_gradients = model(Parameters::of(&weights(), false));
            by_gradients.forward(&inputs, &outputs, &mut AllColumns).unwrap();
            by_gradients.backward();
            let Parameters { w_in, w_out } = by_gradients.parameters_mut();
            let all: Vec<WordId> = (0..V as WordId).collect();
            SGD { learning_rate: RATE }.update(w_in, &all);
            SGD { learning_rate: RATE }.update(w_out, &all);
            let mut straight = model(Parameters::of_weights(&weights()));
            straight.forward(&inputs, &outputs, &mut AllColumns).unwrap();
            straight.descend(RATE);
            for (expected, got) in moved(by_gradients.as_ref()).iter().zip(&moved(straight.as_ref())) {
                // A few roundings of weights near 1, over steps near 0.1.
                assert_close(expected, got, 1e-5);
            }
        }
    }

    #[test]
    fn expecting_rows_changes_no_bit() {
        for (model, inputs, outputs) in cases() {
            let mut models = [(); 2].map(|()| model(Parameters::of_weights(&weights())));
            for (expects, model) in models.iter_mut().enumerate() {
                for _ in 0..3 {
                    let Parameters { w_in, w_out } = model.parameters_mut();
                    w_in.fetch(&inputs);
                    w_out.fetch(&outputs);
                    model.forward(&inputs, &outputs, &mut AllColumns).unwrap();
                    if expects == 1 {
                        let Parameters { w_in, w_out } = model.parameters_mut();
                        w_in.expect(&inputs);
                        w_out.expect(&outputs);
                    }
                    model.descend(RATE);
                }
            }
            assert_eq!(learned(models[0].as_ref()), learned(models[1].as_ref()));
        }
    }
}
