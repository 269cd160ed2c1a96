//! Where the numbers of the vectors live.

use half::f16;

/// Vectors held in memory, row after row, in the precision their file has.
#[derive(Debug, Clone, PartialEq)]
pub enum Floats {
    /// Single precision.
    F32(Vec<f32>),
    /// Half precision, as the chapter stores its vectors.
    F16(Vec<f16>),
}
