//! The text of the shaders: constants, then parts.

use super::shape::Shape;
use crate::device::DeviceRows;
use rapidvec::config::ModelKind;

macro_rules! shader {
    ($name:literal) => {
        include_str!(concat!("shaders/", $name, ".wgsl"))
    };
}

/// Subsampling.
pub fn compact(shape: &Shape) -> String {
    [&shape.constants(), shader!("plan"), shader!("random"), shader!("compact")].concat()
}

/// The training of segments. Both matrices are bound after the buffers of `segments.wgsl`.
pub fn train(shape: &Shape, w_in: &DeviceRows, w_out: &DeviceRows) -> String {
    let rows = [w_in.wgsl("w_in", FIRST_ROWS), w_out.wgsl("w_out", FIRST_ROWS + w_in.parts().count())].concat();
    let common = [shader!("plan"), shader!("random"), shader!("targets"), shader!("segments")].concat();
    let contexts = if shape.has_ring() { shader!("ring") } else { shader!("direct") };
    let model = match (shape.model, shape.has_ring()) {
        (ModelKind::SkipGram, true) => shader!("skip_gram_ring").to_owned(),
        (ModelKind::SkipGram, false) => shader!("skip_gram_direct").to_owned(),
        (ModelKind::Cbow, true) => [shader!("hidden"), shader!("cbow_ring")].concat(),
        (ModelKind::Cbow, false) => [shader!("hidden"), shader!("cbow_direct")].concat(),
    };
    [&shape.constants(), &rows, &common, contexts, &model].concat()
}

/// Buffers of `segments.wgsl` and `targets.wgsl`, after which the matrices are bound.
pub const FIRST_ROWS: usize = 5;
