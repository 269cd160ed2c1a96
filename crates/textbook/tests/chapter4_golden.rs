//! Replays the chapter's own NumPy program, as recorded: same weights, batches and negatives in, same numbers out, with the
//! chapter's plain layers and with the fast ones.
//!
//! Every `*.npz` in `tests/data/ch04`, and in the folder that `RAPIDVEC_GOLDEN` names, holds a run of the program of the
//! book's chapter 4 (dense Adam, learning rate 0.001): step-1 gradients, the loss of every step, the weights at some
//! steps. `recording/mod.rs` has the tolerances.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod recording;

use rapidvec::ModelKind;
use rapidvec_core::Matrix;
use rapidvec_textbook::Learner;
use rapidvec_textbook::chapter::{self, Model, Optimizer as _};
use recording::{RELATIVE, Recording, assert_equal, own_recordings, recordings, replay};
use std::path::Path;

/// The same with the plain layers.
fn replay_plain(path: &Path) {
    let name = path.display();
    let recording = Recording::open(path);
    let config = recording.config();
    let [w_in, w_out] = ["W_in0", "W_out0"].map(|name| plain_matrix(&recording.matrix(name)));
    let sampler = chapter::UnigramSampler::new(&[0], 0.75, config.negatives, 1);
    let (window, k) = (config.window, config.negatives);
    let mut model = match config.model {
        ModelKind::Cbow => Plain::Cbow(chapter::CBOW::new(w_in, w_out, window, k, sampler)),
        ModelKind::SkipGram => Plain::SkipGram(chapter::SkipGram::new(w_in, w_out, window, k, sampler)),
    };
    let mut adam = chapter::Adam::new(0.001);
    let [contexts, target, negatives] = ["contexts", "target", "negatives"].map(|name| recording.ids(name));
    let steps = recording.shape("target")[0];
    let part = |ids: &[u32], step: usize| ids[step * ids.len() / steps..][..ids.len() / steps].to_vec();
    let marks = recording.marks();
    for step in 0..steps {
        let [contexts, target, negatives] = [&contexts, &target, &negatives].map(|ids| part(ids, step));
        let target: Vec<usize> = target.iter().map(|&id| id as usize).collect();
        let loss = f64::from(model.forward(&columns(&contexts, 2 * window), &target, &negatives, k));
        let recorded = recording.floats["loss"].1[step];
        assert!(
            (loss - recorded).abs() <= RELATIVE * recorded,
            "{name}: loss {loss} at step {step}, recorded {recorded}"
        );
        model.as_model().backward();
        let params = model.as_model().params_and_grads();
        for ((_, dw), side) in params.into_iter().zip(["in", "out"]).filter(|_| step == 0) {
            let expected = recording.matrix(&format!("grad_{side}_1"));
            assert_equal(&format!("{name}: plain grad_{side}_1"), &expected, &core_matrix(dw), false);
        }
        adam.update(model.as_model().params_and_grads());
        let params = model.as_model().params_and_grads();
        for ((w, _), side) in params.into_iter().zip(["in", "out"]).filter(|_| marks.contains(&(step + 1))) {
            let mark = format!("W_{side}_{}", step + 1);
            assert_equal(&format!("{name}: plain {mark}"), &recording.matrix(&mark), &core_matrix(w), true);
        }
    }
}

/// Either of the chapter's models.
enum Plain {
    Cbow(chapter::CBOW),
    SkipGram(chapter::SkipGram),
}

impl Plain {
    /// `negatives` are, for each prediction, B x `k`.
    fn forward(&mut self, contexts: &[Vec<usize>], target: &[usize], negatives: &[u32], k: usize) -> f32 {
        let negatives: Vec<_> = negatives.chunks_exact(target.len() * k).map(|ids| columns(ids, k)).collect();
        match self {
            Self::Cbow(model) => model.forward_with(contexts, target, &negatives[0]),
            Self::SkipGram(model) => model.forward_with(contexts, target, &negatives),
        }
    }

    fn as_model(&mut self) -> &mut dyn Model {
        match self {
            Self::Cbow(model) => model,
            Self::SkipGram(model) => model,
        }
    }
}

/// The `n` columns of a matrix of ids.
fn columns(ids: &[u32], n: usize) -> Vec<Vec<usize>> {
    (0..n).map(|column| ids.iter().skip(column).step_by(n).map(|&id| id as usize).collect()).collect()
}

fn plain_matrix(matrix: &Matrix) -> chapter::Matrix {
    chapter::Matrix::new(matrix.cols(), matrix.to_vec())
}

fn core_matrix(matrix: &chapter::Matrix) -> Matrix {
    Matrix::from_rows(matrix.rows(), matrix.cols(), matrix.numbers())
}

#[test]
fn chapter4_golden() {
    own_recordings().iter().for_each(|path| replay::<Learner>(path));
}

#[test]
fn the_plain_layers_compute_what_the_chapters_program_recorded() {
    own_recordings().iter().for_each(|path| replay_plain(path));
}

#[test]
fn chapter4_golden_from_the_folder_in_rapidvec_golden() {
    match std::env::var_os("RAPIDVEC_GOLDEN") {
        Some(folder) => recordings(Path::new(&folder)).iter().for_each(|path| replay::<Learner>(path)),
        None => eprintln!("SKIPPED: RAPIDVEC_GOLDEN is not set to a folder of further recordings"),
    }
}
