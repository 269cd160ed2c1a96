//! The shaders of a model, each with the buffers it works on, and the order in which a step runs them.

use super::fields::{Fields, SIDES};
use super::model_shape::{ModelShape, real};
use crate::device::{Bindings, Device, DeviceBuffer, DeviceRows, GpuError, Kernel};
use rapidvec_textbook::{Field, Side};

/// The largest number of workgroups that a command can start; each then takes several rows in turn.
pub const MOST_WORKGROUPS: usize = 65_535;

/// A shader and the buffers it works on.
#[derive(Debug)]
struct Bound {
    kernel: Kernel,
    bindings: Bindings,
}

impl Bound {
    fn run(&self, pass: &mut wgpu::ComputePass, workgroups: usize) {
        self.kernel.run(pass, &self.bindings, workgroups.min(MOST_WORKGROUPS) as u32);
    }
}

/// The buffers besides the matrices and the losses.
#[derive(Debug)]
pub struct Buffers {
    /// What the host prepared, `plan.wgsl`.
    pub plan: DeviceBuffer,
    /// Hidden vectors, B x D, columns in quads.
    pub h: DeviceBuffer,
    /// Their gradients.
    pub dh: DeviceBuffer,
    /// The scores' gradients, in the order of the ids of `w_out`.
    pub dscores: DeviceBuffer,
    /// With clipping, the sum of the squares of each distinct row's gradient, and the rate.
    pub clip: Option<[DeviceBuffer; 2]>,
}

/// All shaders of a model.
#[derive(Debug)]
pub struct Kernels {
    settle: Option<[Bound; 2]>,
    example: Bound,
    scatter_products: Bound,
    scatter_rows: Bound,
    clip: Option<Clip>,
    sgd_step: Option<[Bound; 2]>,
}

/// The shaders that clip gradients.
#[derive(Debug)]
struct Clip {
    gradient_squares: [Bound; 2],
    clip_rate: Bound,
    scale_gradients: [Bound; 2],
}

impl Kernels {
    /// Compiles the shaders for a model of this shape.
    ///
    /// # Errors
    /// [`GpuError::Failed`] if the driver cannot compile one.
    pub fn new(
        device: &Device,
        shape: &ModelShape,
        fields: &Fields,
        buffers: &Buffers,
        losses: &DeviceBuffer,
        has_moments: bool,
    ) -> Result<Self, GpuError> {
        let maker = Maker { device, shape, fields, buffers };
        let clip = buffers.clip.as_ref().map(|[squares, rate]| maker.clip(squares, rate)).transpose()?;
        let steps_later = shape.keeps_gradients && !has_moments;
        Ok(Self {
            settle: has_moments.then(|| maker.settle()).transpose()?,
            example: maker.example(losses)?,
            scatter_products: maker.scatter_products()?,
            scatter_rows: maker.scatter_rows()?,
            clip,
            sgd_step: steps_later.then(|| maker.sgd_step()).transpose()?,
        })
    }

    /// The first half of a step on a batch of `examples` examples that read `rows` distinct rows of each side.
    pub fn forward(&self, pass: &mut wgpu::ComputePass, rows: [usize; 2], examples: usize) {
        run_both(&self.settle, pass, rows);
        self.example.run(pass, examples);
    }

    /// The second half.
    pub fn backward(&self, pass: &mut wgpu::ComputePass, rows: [usize; 2]) {
        self.scatter_products.run(pass, rows[1]);
        self.scatter_rows.run(pass, rows[0]);
        if let Some(Clip { gradient_squares, clip_rate, scale_gradients }) = &self.clip {
            each(gradient_squares, pass, rows);
            clip_rate.run(pass, 1);
            each(scale_gradients, pass, rows);
        }
        run_both(&self.sgd_step, pass, rows);
    }
}

fn run_both(kernels: &Option<[Bound; 2]>, pass: &mut wgpu::ComputePass, rows: [usize; 2]) {
    kernels.iter().for_each(|kernels| each(kernels, pass, rows));
}

fn each(kernels: &[Bound; 2], pass: &mut wgpu::ComputePass, rows: [usize; 2]) {
    kernels.iter().zip(rows).for_each(|(kernel, rows)| kernel.run(pass, rows));
}

/// A matrix that a shader reads and writes as `load_NAME` and `store_NAME`.
type Named<'a> = (&'static str, &'a DeviceRows);

/// Compiles shaders for one model.
struct Maker<'a> {
    device: &'a Device,
    shape: &'a ModelShape,
    fields: &'a Fields,
    buffers: &'a Buffers,
}

impl Maker<'_> {
    fn settle(&self) -> Result<[Bound; 2], GpuError> {
        let source = include_str!("shaders/settle.wgsl");
        let fields = [Field::Weight, Field::Gradient, Field::FirstMoment, Field::SecondMoment];
        self.both(|side| {
            let matrices = ["w", "g", "m", "v"].into_iter().zip(fields.map(|field| self.fields.get(side, field)));
            self.bound("settle", &(side_constant(side) + source), &[], &matrices.collect::<Vec<_>>())
        })
    }

    fn example(&self, losses: &DeviceBuffer) -> Result<Bound, GpuError> {
        let source = concat!(include_str!("shaders/sigmoid.wgsl"), include_str!("shaders/example.wgsl"));
        let Buffers { h, dh, dscores, .. } = self.buffers;
        let weights = |side| self.fields.get(side, Field::Weight);
        let matrices = [("w_in", weights(Side::In)), ("w_out", weights(Side::Out))];
        self.bound("example", source, &[h, dh, dscores, losses], &matrices)
    }

    /// What gradients are added to: themselves, or the weights where SGD takes the step at once.
    fn destination(&self, side: Side) -> Named<'_> {
        let field = if self.shape.keeps_gradients { Field::Gradient } else { Field::Weight };
        ("to", self.fields.get(side, field))
    }

    fn scatter_products(&self) -> Result<Bound, GpuError> {
        let source = real("SCALE", self.shape.scatter_scale()) + include_str!("shaders/scatter_products.wgsl");
        let Buffers { h, dscores, .. } = self.buffers;
        self.bound("scatter_products", &source, &[h, dscores], &[self.destination(Side::Out)])
    }

    fn scatter_rows(&self) -> Result<Bound, GpuError> {
        let source = real("SCALE", self.shape.scatter_scale()) + include_str!("shaders/scatter_rows.wgsl");
        self.bound("scatter_rows", &source, &[&self.buffers.dh], &[self.destination(Side::In)])
    }

    fn clip(&self, squares: &DeviceBuffer, rate: &DeviceBuffer) -> Result<Clip, GpuError> {
        let of_gradients = |name: &str, source: &str, buffer: &DeviceBuffer| {
            self.both(|side| {
                let gradient = ("g", self.fields.get(side, Field::Gradient));
                self.bound(name, &(side_constant(side) + source), &[buffer], &[gradient])
            })
        };
        let (squares_source, scale_source) =
            (include_str!("shaders/gradient_squares.wgsl"), include_str!("shaders/scale_gradients.wgsl"));
        Ok(Clip {
            gradient_squares: of_gradients("gradient_squares", squares_source, squares)?,
            clip_rate: self.bound("clip_rate", include_str!("shaders/clip_rate.wgsl"), &[squares, rate], &[])?,
            scale_gradients: of_gradients("scale_gradients", scale_source, rate)?,
        })
    }

    fn sgd_step(&self) -> Result<[Bound; 2], GpuError> {
        let source = real("SCALE", self.shape.sgd_scale()) + include_str!("shaders/sgd_step.wgsl");
        self.both(|side| {
            let matrices = [("w", Field::Weight), ("g", Field::Gradient)];
            let matrices = matrices.map(|(name, field)| (name, self.fields.get(side, field)));
            self.bound("sgd_step", &(side_constant(side) + &source), &[], &matrices)
        })
    }

    fn both(&self, make: impl Fn(Side) -> Result<Bound, GpuError>) -> Result<[Bound; 2], GpuError> {
        Ok([make(SIDES[0])?, make(SIDES[1])?])
    }

    /// A shader: the plan is binding 0, then come `buffers`, then the parts of `matrices`.
    fn bound(
        &self,
        name: &str,
        source: &str,
        buffers: &[&DeviceBuffer],
        matrices: &[Named],
    ) -> Result<Bound, GpuError> {
        let mut all: Vec<&DeviceBuffer> = std::iter::once(&self.buffers.plan).chain(buffers.iter().copied()).collect();
        let mut text = self.shape.wgsl() + include_str!("shaders/plan.wgsl");
        for (name, matrix) in matrices {
            text += &matrix.wgsl(name, all.len());
            all.extend(matrix.parts());
        }
        let kernel = self.device.kernel(name, &(text + source), &[])?;
        let bindings = kernel.bind(self.device, &all);
        Ok(Bound { kernel, bindings })
    }
}

fn side_constant(side: Side) -> String {
    format!("const SIDE = {};\n", if side == Side::In { "IN" } else { "OUT" })
}
