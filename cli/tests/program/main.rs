//! Drives the program as its users do. All tests are in one program, since each has to be linked with everything.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

mod analogy;
mod browser;
mod clouds;
mod common;
mod compare;
mod convert;
mod embed;
mod eval;
mod faults;
#[cfg(feature = "gpu")]
mod gpu;
mod hostile;
#[cfg(feature = "ann")]
mod index;
mod info;
#[cfg(unix)]
mod kills;
mod korean;
#[cfg(target_os = "linux")]
mod limits;
mod map;
mod map_in_browser;
mod measures;
mod phrases;
mod plot;
mod project;
mod queries;
mod reading;
#[cfg(unix)]
mod resume;
mod runs;
#[cfg(target_os = "linux")]
mod scarcity;
mod signals;
mod similar;
mod subwords;
mod together;
mod train;
mod trial;
mod usage;
mod vocab;
mod word2vec;
mod word2vec_faults;
#[cfg(unix)]
mod word2vec_resume;
