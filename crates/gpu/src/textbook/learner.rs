//! Training steps on a card.

use super::batch_plan::BatchPlan;
use super::fields::Fields;
use super::kernels::{Buffers, Kernels, MOST_WORKGROUPS};
use super::losses::Losses;
use super::model_shape::ModelShape;
use crate::device::{Device, GpuError};
use rapidvec::Result;
use rapidvec_textbook::{Batch, Config, Engine, Field, Optimizer, OptimizerKind, Parameters, Side, Weights};
use std::sync::Arc;

/// A model on a graphics card, and the way it is updated.
///
/// Between two stretches of training the computer has all its numbers: they can be read and saved whatever happens to the card.
pub struct GpuLearner {
    device: Arc<Device>,
    shape: ModelShape,
    host: Parameters,
    /// Whether `host` has been changed since it was copied to the card.
    is_changed: bool,
    fields: Fields,
    plan: BatchPlan,
    losses: Losses,
    buffers: Buffers,
    kernels: Kernels,
    /// Examples of the batch whose first half has been planned but not sent: both halves are sent together, unless somebody
    /// asks for losses in between.
    planned: Option<usize>,
}

impl GpuLearner {
    /// The model that `config` describes, starting from `weights`, on `device`.
    ///
    /// # Errors
    /// [`GpuError::OutOfMemory`], [`GpuError::TooManyParts`], [`GpuError::Unsupported`] if it does not fit on the card;
    /// [`GpuError::Failed`] if the driver cannot compile a shader.
    pub fn on(device: Arc<Device>, config: &Config, weights: &Weights) -> Result<Self, GpuError> {
        let (shape, words) = (ModelShape::of(config), weights.w_in.rows());
        let host = Parameters::for_training(weights, config);
        let sizes = Sizes::new(&shape, config.batch_size, words);
        sizes.check(&device, &host, config)?;
        let fields = Fields::like(&device, &host)?;
        let buffers = sizes.buffers(&device, config.max_grad.is_some())?;
        let losses = Losses::new(&device, config.batch_size)?;
        let has_moments = config.optimizer == OptimizerKind::Adam;
        let kernels = Kernels::new(&device, &shape, &fields, &buffers, losses.buffer(), has_moments)?;
        let plan = BatchPlan::new(words);
        Ok(Self { device, shape, host, is_changed: true, fields, plan, losses, buffers, kernels, planned: None })
    }

    fn begin(&mut self, batch: &Batch) -> Result<(), GpuError> {
        self.send_forward();
        if self.is_changed {
            self.fields.upload(&self.device, &self.host)?;
            self.is_changed = false;
        }
        if self.losses.is_full() {
            self.losses.fetch(&self.device)?;
        }
        let examples = batch.inputs.ids().len() / self.shape.inputs;
        self.plan.fill(batch, examples, self.losses.place(examples));
        self.check_loops()?;
        self.device.write(&self.buffers.plan, 0, self.plan.numbers())?;
        self.planned = Some(examples);
        Ok(())
    }

    /// Refuses a batch whose longest sum would be cut short by an adapter that limits loops.
    fn check_loops(&self) -> Result<(), GpuError> {
        let adapter = self.device.adapter();
        let columns = self.shape.quads.div_ceil(self.shape.lanes());
        let rows_each = self.plan.rows().into_iter().max().unwrap_or(0).div_ceil(MOST_WORKGROUPS);
        let (times, needed) = (self.plan.longest(), self.plan.longest() * columns * rows_each);
        match adapter.kind.max_iterations() {
            Some(most) if needed > most => {
                let what = format!(
                    "a word that occurs {times} times in a batch (in smaller batches it is rarer) on {adapter}"
                );
                Err(GpuError::Unsupported { what })
            }
            _ => Ok(()),
        }
    }

    /// Sends a first half that was only planned so far.
    fn send_forward(&mut self) {
        if let Some(examples) = self.planned.take() {
            self.device.submit(|pass| self.kernels.forward(pass, self.plan.rows(), examples));
        }
    }

    /// Sends the second half, and the first if that was only planned so far.
    fn send_backward(&mut self) {
        let (planned, rows) = (self.planned.take(), self.plan.rows());
        self.device.submit(|pass| {
            if let Some(examples) = planned {
                self.kernels.forward(pass, rows, examples);
            }
            self.kernels.backward(pass, rows);
        });
    }

    fn fetch_losses(&mut self) -> Result<Vec<f64>, GpuError> {
        self.send_forward();
        self.losses.fetch(&self.device)?;
        Ok(self.losses.take())
    }

    /// Copies everything from the card.
    fn download(&mut self) -> Result<(), GpuError> {
        self.send_forward();
        if !self.is_changed {
            self.fields.download(&self.device, &mut self.host)?;
        }
        Ok(())
    }
}

impl Engine for GpuLearner {
    fn new(config: &Config, weights: &Weights, _threads: usize) -> Result<Self> {
        Ok(Self::on(Arc::new(Device::open()?), config, weights)?)
    }

    fn evaluator(&self, config: &Config, weights: &Weights) -> Result<Self> {
        Ok(Self::on(self.device.clone(), config, weights)?)
    }

    /// The one that prepares the batches.
    fn threads(&self) -> usize {
        1
    }

    fn device(&self) -> Option<String> {
        Some(self.device.adapter().to_string())
    }

    fn forward(&mut self, batch: &Arc<Batch>) -> Result<()> {
        Ok(self.begin(batch)?)
    }

    fn backward(
        &mut self,
        _batch: &Arc<Batch>,
        prepare: impl FnOnce() -> Option<Arc<Batch>>,
    ) -> Result<Option<Arc<Batch>>> {
        self.send_backward();
        Ok(prepare())
    }

    fn losses(&mut self) -> Result<Vec<f64>> {
        Ok(self.fetch_losses()?)
    }

    fn pause(&mut self) -> Result<()> {
        Ok(self.download()?)
    }

    fn weights(&self, optimizers: &[Optimizer; 2]) -> Weights {
        let Parameters { w_in, w_out } = &self.host;
        Weights { w_in: w_in.settled(&optimizers[0]), w_out: w_out.settled(&optimizers[1]) }
    }

    fn get(&self, side: Side, field: Field) -> Vec<f32> {
        let parameter = side.of(&self.host);
        parameter.get(field).map_or_else(|| vec![0.0; parameter.rows() * parameter.cols()], |matrix| matrix.to_vec())
    }

    fn set(&mut self, side: Side, field: Field, numbers: &[f32]) {
        let parameter = side.of_mut(&mut self.host);
        let matrix = rapidvec_core::Matrix::from_rows(parameter.rows(), parameter.cols(), numbers);
        parameter.set(field, &matrix);
        self.is_changed = true;
    }

    fn set_weights(&mut self, side: Side, id: u32, row: &[f32]) {
        assert_eq!(row.len(), self.host.w_in.cols(), "one row");
        side.of_mut(&mut self.host).set_row(id as usize, row);
        self.is_changed = true;
    }
}

/// The sizes of a model's buffers, in bytes.
struct Sizes {
    plan: u64,
    hidden: u64,
    dscores: u64,
    squares: u64,
}

impl Sizes {
    fn new(shape: &ModelShape, batch_size: usize, words: usize) -> Self {
        let reads = [shape.inputs, shape.outputs()].map(|each| batch_size.saturating_mul(each));
        let rows = reads[0].min(words) + reads[1].min(words);
        Self {
            plan: 4 * BatchPlan::most_numbers(reads, words) as u64,
            hidden: (batch_size * shape.quads * 16) as u64,
            dscores: 4 * reads[1] as u64,
            squares: 4 * rows as u64,
        }
    }

    /// Refuses what does not fit, before anything is allocated.
    fn check(&self, device: &Device, host: &Parameters, config: &Config) -> Result<(), GpuError> {
        let adapter = device.adapter();
        device.check_memory(Fields::bytes_of(host) + self.plan + 2 * self.hidden + self.dscores + self.squares)?;
        let largest = self.plan.max(self.hidden);
        if largest > adapter.max_binding {
            let Config { batch_size, vector_size, .. } = config;
            let limit = adapter.max_binding;
            let what = format!(
                "batches of {batch_size} examples with vectors of size {vector_size} on {adapter}: \
                 they take a buffer of {largest} bytes, and {limit} is its limit"
            );
            return Err(GpuError::Unsupported { what });
        }
        let parts = Fields::parts_of(host, adapter.max_binding);
        // `settle` binds the plan and four fields, `example` five buffers and two matrices.
        let most = (1 + 4 * parts).max(5 + 2 * parts);
        if most > adapter.max_bindings {
            let (adapter, limit) = (adapter.to_string(), adapter.max_bindings);
            let what = "the matrices of a training step".to_owned();
            return Err(GpuError::TooManyParts { adapter, what, parts: most, limit });
        }
        Ok(())
    }

    fn buffers(&self, device: &Device, clips: bool) -> Result<Buffers, GpuError> {
        let clip = || -> Result<_, GpuError> {
            Ok([device.zeros("gradient norms", self.squares)?, device.zeros("the clipping rate", 4)?])
        };
        Ok(Buffers {
            plan: device.zeros("a batch", self.plan)?,
            h: device.zeros("hidden vectors", self.hidden)?,
            dh: device.zeros("gradients of hidden vectors", self.hidden)?,
            dscores: device.zeros("gradients of scores", self.dscores)?,
            clip: clips.then(clip).transpose()?,
        })
    }
}
