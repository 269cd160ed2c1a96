//! The chapter's training on a graphics card: recorded runs, whole trainings, and runs that move between devices. Without an
//! adapter these tests say that they skip.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

#[path = "../../../textbook/tests/recording/mod.rs"]
mod recording;
mod steps;
mod trainer;

use rapidvec_gpu::textbook::GpuLearner;

/// Whether there is no adapter to test on. Says so.
fn skips(test: &str) -> bool {
    let none = rapidvec_gpu::adapters().is_empty();
    if none {
        eprintln!("SKIPPED {test}: there is no graphics adapter");
    }
    none
}

#[test]
fn recorded_runs_are_replayed_within_the_tolerance_of_the_cpu() {
    if skips("recorded_runs_are_replayed_within_the_tolerance_of_the_cpu") {
        return;
    }
    recording::own_recordings().iter().for_each(|path| recording::replay::<GpuLearner>(path));
}
