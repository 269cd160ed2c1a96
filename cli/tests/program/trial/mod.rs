//! The real binary on small texts.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test program uses a part of this

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Flags that make a run of the textbook small.
pub const SMALL: [&str; 12] = [
    "--trainer",
    "textbook",
    "--vector-size",
    "20",
    "--window",
    "2",
    "--negatives",
    "3",
    "--batch-size",
    "20",
    "--epochs",
    "2",
];

pub struct Case {
    folder: TempDir,
}

impl Case {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    /// `text.txt`: words that follow each other by a rule, 10 a line.
    pub fn text(&self, words: usize) -> PathBuf {
        let word = |i: usize| format!("word{}{}", i * i % 997 % 150, if i % 10 == 9 { "\n" } else { " " });
        self.write("text.txt", (0..words).map(word).collect::<String>())
    }

    /// `rapidvec train`, in the folder, in English.
    pub fn train(&self, args: &[&str]) -> Command {
        let mut command = self.rapidvec();
        command.arg("train").args(args);
        command
    }

    pub fn rapidvec(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rapidvec"));
        command.current_dir(self.folder.path()).env("LC_ALL", "C").env_remove("RAPIDVEC_DATA");
        command
    }

    pub fn run(&self, args: &[&str]) -> Outcome {
        Outcome::of(self.train(args).stdin(std::process::Stdio::null()).output().unwrap())
    }

    pub fn run_small(&self, args: &[&str]) -> Outcome {
        self.run(&[args, &SMALL].concat())
    }

    pub fn run_with_input(&self, args: &[&str], input: &[u8]) -> Outcome {
        self.write("input", input);
        let input = std::fs::File::open(self.path("input")).unwrap();
        Outcome::of(self.train(&[args, &SMALL].concat()).stdin(input).output().unwrap())
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn exists(&self, name: &str) -> bool {
        Path::exists(&self.path(name))
    }
}

#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn fails(self, code: i32, message: &str) -> Self {
        assert!(self.code == Some(code) && self.stderr.contains(message), "wanted {code}, {message:?}: {self:?}");
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn says(self, message: &str) -> Self {
        assert!(self.stderr.contains(message), "wanted {message:?}: {}", self.stderr);
        self
    }
}
