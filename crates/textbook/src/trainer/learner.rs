//! One training step on the columns that one thread has.

use crate::optimizers::{clip_gradients, settle};
use crate::{CBOW, Columns, Config, Lookup, Model, OptimizerKind, Parameters, SGD, SkipGram, Stopped};
use rapidvec::ModelKind;

/// A model and the way it is updated.
pub struct Learner {
    model: Box<dyn Model>,
    optimizer: OptimizerKind,
    sgd: SGD,
    max_grad: Option<f32>,
}

impl Learner {
    /// The model that `config` asks for, over all columns of its parameters or some.
    pub fn new(config: &Config, parameters: Parameters) -> Self {
        let (window, negatives) = (config.window, config.negatives);
        let model: Box<dyn Model> = match config.model {
            ModelKind::Cbow => Box::new(CBOW::new(parameters, window, negatives)),
            ModelKind::SkipGram => Box::new(SkipGram::new(parameters, window, negatives)),
        };
        let sgd = SGD { learning_rate: config.learning_rate };
        Self { model, optimizer: config.optimizer, sgd, max_grad: config.max_grad }
    }

    /// The first half of a step: the mean loss of a batch before the update.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn forward(&mut self, inputs: &Lookup, outputs: &Lookup, columns: &mut dyn Columns) -> Result<f64, Stopped> {
        let Parameters { w_in, w_out } = self.model.parameters_mut();
        for (w, lookup) in [(w_in, inputs), (w_out, outputs)] {
            match self.optimizer {
                OptimizerKind::Adam => settle(w, lookup.unique(), lookup.settlements()),
                // Adam's pass over the rows brings them in; here nothing does before they are needed.
                OptimizerKind::Sgd => w.fetch(lookup.ids()),
            }
        }
        self.model.forward(inputs.ids(), outputs.ids(), columns)
    }

    /// Says what the next step reads, where that is known before [`backward`](Self::backward): its rows are then fetched from
    /// memory while `backward` calculates. Changes no number. Under Adam and with clipped gradients nothing is fetched: rows with
    /// gradients and moments of two steps would push each other out of the cache.
    pub fn expect(&mut self, inputs: &Lookup, outputs: &Lookup) {
        if !self.descends() {
            return;
        }
        let Parameters { w_in, w_out } = self.model.parameters_mut();
        w_in.expect(inputs.ids());
        w_out.expect(outputs.ids());
    }

    /// The second half: gradients and update. Adam's update is left to the step that next reads a row.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn backward(&mut self, inputs: &Lookup, outputs: &Lookup, columns: &mut dyn Columns) -> Result<(), Stopped> {
        if self.descends() {
            self.model.descend(self.sgd.learning_rate);
            return Ok(());
        }
        self.model.backward();
        let parameters = self.model.parameters_mut();
        if let Some(max_grad) = self.max_grad {
            clip_gradients(parameters, (inputs.unique(), outputs.unique()), max_grad, columns)?;
        }
        if self.optimizer == OptimizerKind::Sgd {
            self.sgd.update(&mut parameters.w_in, inputs.unique());
            self.sgd.update(&mut parameters.w_out, outputs.unique());
        }
        Ok(())
    }

    /// Whether steps go straight into the weights: nobody has to see the gradients first.
    fn descends(&self) -> bool {
        self.optimizer == OptimizerKind::Sgd && self.max_grad.is_none()
    }

    /// The model, as the last step left it.
    pub fn model(&self) -> &dyn Model {
        self.model.as_ref()
    }
}
