//! Maps of words: projects vectors to the plane, groups words, and places their names.
//!
//! [`WordMap::new`] makes a map of some words of a model; [`svg`] writes it as a picture, [`html`] as a page that can be
//! zoomed and searched and needs no other file.
//!
//! | function | purpose |
//! |---|---|
//! | [`most_frequent`] | chooses the words to show |
//! | [`pca`] | finds the straight axes that keep most of the variance |
//! | `tsne` (feature `tsne`) | keeps each word next to its neighbours |
//! | [`clusters`] | groups words that belong together |
//! | [`nearest`] | lists the nearest words of each word, for the page |
//! | [`labels::place`] | places names so that none covers another |
//!
//! Functions of numbers take and return rows, N x D, row after row, and return the same bits on every run. Distances on a
//! map by PCA are projections; on one by t-SNE only nearness is meaningful, not far distances or the sizes of clouds.

#![forbid(unsafe_code)]

mod cluster;
mod colours;
mod eigen;
mod error;
mod escape;
mod html;
pub mod labels;
mod nearest;
mod pca;
mod rows;
mod select;
mod svg;
mod text_width;
mod texts;
#[cfg(feature = "tsne")]
mod tsne;
mod word_map;

pub use cluster::clusters;
pub use error::Error;
pub use html::html;
pub use nearest::{Nearest, nearest};
pub use pca::{Pca, pca};
pub use select::most_frequent;
pub use svg::svg;
pub use texts::Language;
#[cfg(feature = "tsne")]
pub use tsne::{TsneOptions, tsne};
pub use word_map::{Dot, MapOptions, Method, WordMap};
