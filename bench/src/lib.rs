//! What the programs that measure rapidvec share: words drawn as in text, steps to time, medians, figures.
//!
//! The programs are `step_time` (what one training step costs as the vocabulary grows) and `loss_figure` (two loss curves
//! in one picture). `bench/README.md` says how to run them and what they write.

#![deny(unsafe_code)]

pub mod figure;
pub mod log;
pub mod machine;
pub mod product;
pub mod report;
pub mod roofline;
pub mod steps;
pub mod text;
pub mod timing;
