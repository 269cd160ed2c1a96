//! Text becomes a stream of word ids.

pub mod datasets;
