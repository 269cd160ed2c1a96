//! What vectors say about groups of words, and how two models differ: associations with their significance, projections on an
//! axis, rotations of one model onto another.

mod align;
mod average;
mod axis;
mod error;
mod partitions;
mod procrustes;
mod runs;
mod svd;
mod weat;

pub use align::{Alignment, Change};
pub use average::{Average, MeanMatrices, RunMatrices};
pub use axis::Axis;
pub use error::MeasureError;
pub use procrustes::Rotation;
pub use runs::{RunVectors, Spread, deviation};
pub use weat::{Association, Weat, WeatOptions};
