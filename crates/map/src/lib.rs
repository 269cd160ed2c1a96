//! Words on a map: many dimensions become two, words become groups, names find room beside their points.
//!
//! | function | what it answers |
//! |---|---|
//! | [`pca`] | which few straight axes keep most of the variance? |
//! | `tsne` (feature `tsne`) | which places in the plane keep each word beside its neighbours? |
//! | [`clusters`] | which words belong together? |
//! | [`labels::place`] | where can each word's name stand so that none covers another? |
//! | [`most_frequent`] | which words are worth a place? |
//!
//! All take and give plain rows of numbers, N x D, row after row, and give the same bits on every run. Distances on a
//! map by PCA are projections; on one by t-SNE only nearness means something, far distances and the sizes of clouds do not.

#![forbid(unsafe_code)]

mod cluster;
mod eigen;
mod error;
pub mod labels;
mod pca;
mod rows;
mod select;
#[cfg(feature = "tsne")]
mod tsne;

pub use cluster::clusters;
pub use error::MapError;
pub use pca::{Pca, pca};
pub use select::most_frequent;
#[cfg(feature = "tsne")]
pub use tsne::{TsneOptions, tsne};
