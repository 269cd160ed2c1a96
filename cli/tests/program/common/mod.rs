//! A small model, and the real program to put questions to it.
#![allow(dead_code)] // each test file uses its share
#![allow(clippy::unwrap_used)] // helpers of tests are tests

#[path = "../../../../crates/vectors/src/search/rows_for_tests.rs"]
mod rows_for_tests;

pub use rows_for_tests::ROWS;

use rapidvec::Vocabulary;
use rapidvec::vectors::format::pickle::PickleWriter;
use rapidvec::vectors::format::safetensors::{ExtraTensor, ModelParts, write};
use rapidvec::vectors::format::{TableView, VectorWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub fn numbers() -> Vec<f32> {
    ROWS.map(|(_, row)| row).concat()
}

pub fn words() -> Vocabulary {
    let mut words = Vocabulary::new();
    ROWS.iter().zip(10..).for_each(|(&(word, _), count)| assert!(words.insert(word, count).is_some()));
    words
}

/// The same words, the most frequent first.
pub fn words_by_descending_count() -> Vocabulary {
    let mut words = Vocabulary::new();
    ROWS.iter().zip((10..19).rev()).for_each(|(&(word, _), count)| assert!(words.insert(word, count).is_some()));
    words
}

/// A folder of its own with `model.safetensors` in it.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub model: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    /// With a model whose words are in the order in which most formats have them.
    pub fn by_descending_count() -> Self {
        Self::of(&words_by_descending_count(), |_| ())
    }

    /// With a model that `change` has changed.
    pub fn with(change: impl FnOnce(&mut ModelParts)) -> Self {
        Self::of(&words(), change)
    }

    fn of(vocabulary: &Vocabulary, change: impl FnOnce(&mut ModelParts)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model.safetensors");
        let input = numbers();
        let metadata = [("config", r#"{"window":5,"model":"cbow"}"#), ("trained", r#"{"epochs":2}"#)];
        let mut parts = ModelParts {
            vocabulary,
            vector_size: 3,
            input: &input,
            output: None,
            half: false,
            metadata: metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            extra: Vec::new(),
        };
        change(&mut parts);
        write(&model, &parts).unwrap();
        Self { folder, model }
    }

    /// With output weights and a trainer's state.
    pub fn with_checkpoint() -> Self {
        let output = numbers();
        // The parts of a model borrow; the state is written a second time, over the first file.
        let place = Self::new();
        let vocabulary = words();
        let parts = ModelParts {
            vocabulary: &vocabulary,
            vector_size: 3,
            input: &output,
            output: Some(&output),
            half: false,
            metadata: [("trainer".to_owned(), "{\"step\":7}".to_owned())].into(),
            extra: vec![("trainer.order".to_owned(), ExtraTensor::U32(&[2, 0, 1]))],
        };
        write(&place.model, &parts).unwrap();
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file of that name with these bytes.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// A fastText model of one word, `the`, at [0.5, 0.5], with two buckets of n-grams.
pub fn fasttext(buckets: [[f32; 2]; 2]) -> Vec<u8> {
    let mut bytes = [793_712_314, 12, 2, 5, 5, 1, 5, 1, 2, 2, 2, 3, 6, 100].map(i32::to_le_bytes).concat();
    bytes.extend(1e-4f64.to_le_bytes());
    bytes.extend([1, 1, 0].map(i32::to_le_bytes).concat());
    bytes.extend([7i64, -1].map(i64::to_le_bytes).concat());
    bytes.extend([&b"the\0"[..], &7i64.to_le_bytes(), &[0]].concat());
    for rows in [&[[0.5; 2], buckets[0], buckets[1]][..], &[[0.5; 2]]] {
        bytes.extend([&[0][..], &[rows.len() as i64, 2].map(i64::to_le_bytes).concat()].concat());
        bytes.extend(rows.concat().into_iter().flat_map(f32::to_le_bytes));
    }
    bytes
}

/// The program, speaking English whatever the locale is.
pub fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_rapidvec"));
    program.env_remove("LC_ALL").env("LC_MESSAGES", "en");
    program
}

/// Runs `rapidvec COMMAND MODEL ARGS...`.
pub fn run(command: &str, model: &Path, args: &[&str]) -> Output {
    program().arg(command).arg(model).args(args).stdin(Stdio::null()).output().unwrap()
}

/// Stdout of a run that has to succeed, silently.
pub fn answer(command: &str, model: &Path, args: &[&str]) -> String {
    let output = run(command, model, args);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{command} {args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Stderr of a run that has to fail with this code and without a result: one message, no panic.
pub fn failure(code: i32, command: &str, model: &Path, args: &[&str]) -> String {
    let output = run(command, model, args);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{command} {args:?}: {message}");
    assert!(output.stdout.is_empty(), "{command} {args:?} printed a result");
    assert!(message.starts_with("error: ") && !message.contains("panicked"), "{message}");
    message
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Checks that a file that is not a model is refused with the reason and its name, once.
pub fn refuses_files_that_are_not_models(command: &str, args: &[&str]) {
    let place = Place::new();
    let whole = std::fs::read(&place.model).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let pickle = PickleWriter::new(TableView::new(&words(), 3, &numbers())).unwrap().to_bytes();
    let cases = [
        (place.file("empty", b""), "an empty file"),
        (place.file("text", b"a king and a man\nand a queen\n"), "got text"),
        (place.file("cut.vec", b"3 2\nking 0.1 0.2\nman 0.3 0.4\n"), "cut short"),
        (place.file("cut.bin", b"2 1\nking \0\0\x80\x3fman \0\0"), "cut short"),
        (place.file("cut", &whole[..whole.len() - 1]), "cut short"),
        (place.file("cut-in-header", &whole[..100]), "cut short"),
        (place.file("long", &[&whole[..], b"x"].concat()), "too long"),
        (place.file("flipped", &flipped), "altered"),
        (place.file("cut.pkl", &pickle[..pickle.len() / 2]), "cut short"),
        (place.file("evil.pkl", b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R."), "refusing to run"),
        (place.file("m.kv", b"\x80\x04\x95\0\0\0\0\0\0\0\0\x8c\x1agensim.models.keyedvectors\x94"), "cut short"),
        (place.file("packed", b"\x1f\x8b\x08"), "gzip"),
        (place.folder.path().to_owned(), "expected a file, got a folder"),
    ];
    let cases = cases.map(|(path, expected)| (1, path, expected));
    for (code, path, expected) in cases.into_iter().chain([(2, place.path("missing"), "No such file")]) {
        let message = failure(code, command, &path, args);
        assert!(message.contains(expected), "{message:?} does not say {expected:?}");
        assert_eq!(message.matches(path.to_str().unwrap()).count(), 1, "names the file not once: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert_eq!(message.matches(expected).count(), 1, "repeats itself: {message}");
    }
}
