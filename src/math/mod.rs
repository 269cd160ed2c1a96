//! Numbers: matrices, random generators, and the kernels that do the arithmetic.

mod alias;
mod cores;
pub mod kernels;
mod matrix;
mod rng;

pub use alias::AliasTable;
pub use cores::{cores, threads_of};
pub use matrix::{Chunk, LANES, Matrix, PANEL_CHUNKS, panels};
pub use rng::{Purpose, Rng};
