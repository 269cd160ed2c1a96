//! Replays the chapter's own NumPy program, as recorded: same weights, batches and negatives in, same numbers out, with the
//! chapter's plain layers and with the fast ones.
//!
//! Every `*.npz` in `tests/data/ch04`, and in the folder that `RAPIDVEC_GOLDEN` names, holds a run of the program of the
//! book's chapter 4 (dense Adam, learning rate 0.001): step-1 gradients, the loss of every step, the weights at some
//! steps. Tolerances: relative error of each matrix and loss 1e-4, absolute error of a weight 2e-5.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use npyz::NpyFile;
use rapidvec::ModelKind;
use rapidvec_core::Matrix;
use rapidvec_textbook::chapter::{self, Model, Optimizer as _};
use rapidvec_textbook::{Batch, BatchLayout, Config, Field, Learner, Lookup, Optimizer, OptimizerKind, Side, Weights};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const RELATIVE: f64 = 1e-4;
const ABSOLUTE: f32 = 2e-5;

/// One recorded run: arrays by name, with their shapes.
struct Recording {
    floats: BTreeMap<String, (Vec<u64>, Vec<f64>)>,
}

impl Recording {
    fn open(path: &Path) -> Self {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let mut floats = BTreeMap::new();
        for i in 0..archive.len() {
            let mut entry = archive.by_index(i).unwrap();
            let name = entry.name().unwrap().trim_end_matches(".npy").to_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            floats.insert(name, numbers(&bytes));
        }
        Self { floats }
    }

    fn shape(&self, name: &str) -> Vec<usize> {
        self.floats[name].0.iter().map(|&n| n as usize).collect()
    }

    fn ids(&self, name: &str) -> Vec<u32> {
        self.floats[name].1.iter().map(|&x| x as u32).collect()
    }

    fn matrix(&self, name: &str) -> Matrix {
        let shape = self.shape(name);
        let numbers: Vec<f32> = self.floats[name].1.iter().map(|&x| x as f32).collect();
        Matrix::from_rows(shape[0], shape[1], &numbers)
    }

    /// Steps N for which `W_in_N` was recorded.
    fn marks(&self) -> Vec<usize> {
        self.floats.keys().filter_map(|name| name.strip_prefix("W_in_")?.parse().ok()).collect()
    }

    /// CBOW draws one set of negatives a step (steps, batch, K), SkipGram one for each position.
    fn model(&self) -> ModelKind {
        if self.shape("negatives").len() == 3 { ModelKind::Cbow } else { ModelKind::SkipGram }
    }

    fn config(&self) -> Config {
        Config {
            model: self.model(),
            optimizer: OptimizerKind::Adam,
            vector_size: self.shape("W_in0")[1],
            window: self.shape("contexts")[2] / 2,
            negatives: *self.shape("negatives").last().unwrap(),
            batch_size: self.shape("target")[1],
            ..Config::textbook()
        }
    }
}

fn numbers(bytes: &[u8]) -> (Vec<u64>, Vec<f64>) {
    let file = NpyFile::new(bytes).unwrap();
    let shape = file.shape().to_vec();
    let numbers = match file.dtype().descr().trim_matches('\'') {
        "<f4" => file.into_vec::<f32>().unwrap().into_iter().map(f64::from).collect(),
        "<f8" => file.into_vec::<f64>().unwrap(),
        "<i4" => file.into_vec::<i32>().unwrap().into_iter().map(f64::from).collect(),
        "<i8" => file.into_vec::<i64>().unwrap().into_iter().map(|x| x as f64).collect(),
        other => panic!("unexpected type {other}"),
    };
    (shape, numbers)
}

fn assert_equal(what: &str, expected: &Matrix, got: &Matrix, absolute: bool) {
    let (expected, got) = (expected.to_vec(), got.to_vec());
    assert_eq!(expected.len(), got.len(), "{what}");
    let norm = |x: &mut dyn Iterator<Item = f32>| x.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    let off = norm(&mut expected.iter().zip(&got).map(|(a, b)| a - b)) / norm(&mut expected.iter().copied());
    assert!(off <= RELATIVE, "{what}: relative error {off:e}");
    let largest = expected.iter().zip(&got).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(!absolute || largest <= ABSOLUTE, "{what}: largest error {largest:e}");
}

fn replay(path: &Path) {
    let name = path.display();
    let recording = Recording::open(path);
    let config = recording.config();
    let weights = Weights { w_in: recording.matrix("W_in0"), w_out: recording.matrix("W_out0") };
    let vocab_size = weights.w_in.rows();
    let mut learner = Learner::new(&config, &weights, 2);
    let mut optimizers = [(); 2].map(|()| Optimizer::new(&config, vocab_size));
    let layout = BatchLayout::of(&config);
    let [contexts, target, negatives] = ["contexts", "target", "negatives"].map(|name| recording.ids(name));
    let steps = recording.shape("target")[0];
    let part = |ids: &[u32], step: usize| ids[step * ids.len() / steps..][..ids.len() / steps].to_vec();
    let marks = recording.marks();
    assert!(steps > 0 && marks.contains(&steps), "{name}: weights at the last step are recorded");
    for step in 0..steps {
        let [contexts, target, negatives] = [&contexts, &target, &negatives].map(|ids| part(ids, step));
        let mut batch = Batch { inputs: Lookup::new(vocab_size), outputs: Lookup::new(vocab_size) };
        layout.inputs(&contexts, &target, &mut batch.inputs);
        layout.outputs(&contexts, &target, &negatives, &mut batch.outputs);
        optimizers[0].plan(&mut batch.inputs);
        optimizers[1].plan(&mut batch.outputs);
        let batch = Arc::new(batch);
        let loss = learner.forward(&batch).unwrap();
        let recorded = recording.floats["loss"].1[step];
        assert!(
            (loss - recorded).abs() <= RELATIVE * recorded,
            "{name}: loss {loss} at step {step}, recorded {recorded}"
        );
        learner.backward(&batch, || None).unwrap();
        if step == 0 {
            for (side, file) in [(Side::In, "grad_in_1"), (Side::Out, "grad_out_1")] {
                let (rows, cols) = (vocab_size, config.vector_size);
                let dw = Matrix::from_rows(rows, cols, &learner.get(side, Field::Gradient));
                assert_equal(&format!("{name}: {file}"), &recording.matrix(file), &dw, false);
            }
        }
        if marks.contains(&(step + 1)) {
            let Weights { w_in, w_out } = learner.weights(&optimizers);
            let mark = |side| format!("W_{side}_{}", step + 1);
            assert_equal(&format!("{name}: {}", mark("in")), &recording.matrix(&mark("in")), &w_in, true);
            assert_equal(&format!("{name}: {}", mark("out")), &recording.matrix(&mark("out")), &w_out, true);
        }
    }
}

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

fn recordings(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "npz"));
    paths.sort();
    assert!(!paths.is_empty(), "no .npz in {}", folder.display());
    paths
}

#[test]
fn chapter4_golden() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ch04");
    let own = recordings(&own);
    assert_eq!(own.len(), 4, "the four recorded runs are all there");
    own.iter().for_each(|path| replay(path));
}

#[test]
fn the_plain_layers_compute_what_the_chapters_program_recorded() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ch04");
    recordings(&own).iter().for_each(|path| replay_plain(path));
}

#[test]
fn chapter4_golden_from_the_folder_in_rapidvec_golden() {
    match std::env::var_os("RAPIDVEC_GOLDEN") {
        Some(folder) => recordings(Path::new(&folder)).iter().for_each(|path| replay(path)),
        None => eprintln!("SKIPPED: RAPIDVEC_GOLDEN is not set to a folder of further recordings"),
    }
}
