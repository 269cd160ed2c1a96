//! Recorded runs of the chapter's NumPy program, and their replay on an [`Engine`].
//!
//! Tolerances: relative error of each matrix and loss 1e-4, absolute error of a weight 2e-5.

use rapidvec::ModelKind;
use rapidvec_core::Matrix;
use rapidvec_textbook::{Batch, BatchLayout, Config, Engine, Field, Lookup, Optimizer, OptimizerKind, Side, Weights};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub const RELATIVE: f64 = 1e-4;
const ABSOLUTE: f32 = 2e-5;

/// One recorded run: arrays by name, with their shapes.
pub struct Recording {
    /// The arrays.
    pub floats: BTreeMap<String, (Vec<u64>, Vec<f64>)>,
}

impl Recording {
    pub fn open(path: &Path) -> Self {
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

    pub fn shape(&self, name: &str) -> Vec<usize> {
        self.floats[name].0.iter().map(|&n| n as usize).collect()
    }

    pub fn ids(&self, name: &str) -> Vec<u32> {
        self.floats[name].1.iter().map(|&x| x as u32).collect()
    }

    pub fn matrix(&self, name: &str) -> Matrix {
        let shape = self.shape(name);
        let numbers: Vec<f32> = self.floats[name].1.iter().map(|&x| x as f32).collect();
        Matrix::from_rows(shape[0], shape[1], &numbers)
    }

    /// Steps N for which `W_in_N` was recorded.
    pub fn marks(&self) -> Vec<usize> {
        self.floats.keys().filter_map(|name| name.strip_prefix("W_in_")?.parse().ok()).collect()
    }

    /// CBOW draws one set of negatives a step (steps, batch, K), SkipGram one for each position.
    fn model(&self) -> ModelKind {
        if self.shape("negatives").len() == 3 { ModelKind::Cbow } else { ModelKind::SkipGram }
    }

    pub fn config(&self) -> Config {
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

/// The shape and the numbers of a NumPy array of version 1: the length of its header is in bytes 8 and 9.
fn numbers(bytes: &[u8]) -> (Vec<u64>, Vec<f64>) {
    assert_eq!(&bytes[..7], b"\x93NUMPY\x01");
    let (head, data) = bytes[10..].split_at(usize::from(u16::from_le_bytes([bytes[8], bytes[9]])));
    let head = std::str::from_utf8(head).unwrap();
    assert!(head.contains("'fortran_order': False"), "{head}");
    let after = |key: &str, end: char| head.split(key).nth(1).unwrap().split(end).next().unwrap().to_owned();
    let shape = after("'shape': (", ')').split(',').filter_map(|size| size.trim().parse().ok()).collect();
    let numbers = match after("'descr': '", '\'').as_str() {
        "<f4" => each(data, |bytes| f32::from_le_bytes(bytes).into()),
        "<f8" => each(data, f64::from_le_bytes),
        "<i4" => each(data, |bytes| i32::from_le_bytes(bytes).into()),
        "<i8" => each(data, |bytes| i64::from_le_bytes(bytes) as f64),
        other => panic!("unexpected type {other}"),
    };
    (shape, numbers)
}

fn each<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    data.chunks_exact(N).map(|bytes| number(bytes.try_into().unwrap())).collect()
}

/// Panics unless two matrices are equal within the tolerance.
pub fn assert_equal(what: &str, expected: &Matrix, got: &Matrix, absolute: bool) {
    let (expected, got) = (expected.to_vec(), got.to_vec());
    assert_eq!(expected.len(), got.len(), "{what}");
    let norm = |x: &mut dyn Iterator<Item = f32>| x.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    let off = norm(&mut expected.iter().zip(&got).map(|(a, b)| a - b)) / norm(&mut expected.iter().copied());
    assert!(off <= RELATIVE, "{what}: relative error {off:e}");
    let largest = expected.iter().zip(&got).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(!absolute || largest <= ABSOLUTE, "{what}: largest error {largest:e}");
}

/// Replays the run in the file at `path`.
pub fn replay<E: Engine>(path: &Path) {
    let name = path.display();
    let recording = Recording::open(path);
    let config = recording.config();
    let weights = Weights { w_in: recording.matrix("W_in0"), w_out: recording.matrix("W_out0") };
    let vocab_size = weights.w_in.rows();
    let mut learner = E::new(&config, &weights, 2).unwrap();
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
        learner.forward(&batch).unwrap();
        let loss = learner.losses().unwrap()[0];
        let recorded = recording.floats["loss"].1[step];
        assert!(
            (loss - recorded).abs() <= RELATIVE * recorded,
            "{name}: loss {loss} at step {step}, recorded {recorded}"
        );
        learner.backward(&batch, || None).unwrap();
        if step == 0 {
            learner.pause().unwrap();
            for (side, file) in [(Side::In, "grad_in_1"), (Side::Out, "grad_out_1")] {
                let (rows, cols) = (vocab_size, config.vector_size);
                let dw = Matrix::from_rows(rows, cols, &learner.get(side, Field::Gradient));
                assert_equal(&format!("{name}: {file}"), &recording.matrix(file), &dw, false);
            }
        }
        if marks.contains(&(step + 1)) {
            learner.pause().unwrap();
            let Weights { w_in, w_out } = learner.weights(&optimizers);
            let mark = |side| format!("W_{side}_{}", step + 1);
            assert_equal(&format!("{name}: {}", mark("in")), &recording.matrix(&mark("in")), &w_in, true);
            assert_equal(&format!("{name}: {}", mark("out")), &recording.matrix(&mark("out")), &w_out, true);
        }
    }
}

/// The recordings in a folder.
pub fn recordings(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "npz"));
    paths.sort();
    assert!(!paths.is_empty(), "no .npz in {}", folder.display());
    paths
}

/// The four runs that are recorded in this folder.
pub fn own_recordings() -> Vec<PathBuf> {
    let own = recordings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../textbook/tests/data/ch04"));
    assert_eq!(own.len(), 4, "the four recorded runs are all there");
    own
}
