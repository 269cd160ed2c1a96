//! A model whose words form clouds, with words among them that try to be more than data.
#![allow(dead_code)] // each test file uses its share
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec::Vocabulary;
use rapidvec::vectors::format::safetensors::{ModelParts, write};
use rapidvec_core::{Purpose, Rng};
use std::path::{Path, PathBuf};

pub const SIZE: usize = 20;
const CLOUDS: usize = 12;

/// Words that would do harm where they were taken for markup or code.
pub const HOSTILE: [&str; 14] = [
    "</script><script>window.hacked=1</script>",
    "<img/src=x/onerror=window.hacked=1>",
    "\"><svg/onload=window.hacked=1>",
    "<!--<script>",
    "]]>&lt;&amp;",
    "'+(window.hacked=1)+'",
    "${window.hacked=1}",
    "__proto__",
    "constructor",
    "line\u{2028}end",
    "turn\u{202e}ed",
    "tab\tnewline\n\u{1b}[2J\u{0}\u{ffff}",
    "style=\"x:url(javascript:alert(1))\"",
    " ",
];

/// `count` words in clouds: two Korean ones, then the hostile ones, then `w14` and so on; counts fall.
pub fn words(count: usize) -> Vec<String> {
    let named = ["안녕", "한국어말"].into_iter().chain(HOSTILE).map(str::to_owned);
    named.chain((0..).map(|i| format!("w{i}"))).take(count).collect()
}

/// Writes the model to the folder.
pub fn model(folder: &Path, count: usize) -> PathBuf {
    let words = words(count);
    let mut vocabulary = Vocabulary::new();
    for (index, word) in words.iter().enumerate() {
        vocabulary.insert(word, (1_000_000 / (index + 1)) as u64).unwrap();
    }
    let mut input = vec![0.0; count * SIZE];
    Rng::stream(11, Purpose::Map, 0).fill_normal(&mut input, 0.3);
    for (index, row) in input.chunks_exact_mut(SIZE).enumerate() {
        row[index % CLOUDS] += 1.0;
    }
    let path = folder.join(format!("clouds-{count}.safetensors"));
    let parts = ModelParts {
        vocabulary: &vocabulary,
        vector_size: SIZE,
        input: &input,
        output: None,
        half: false,
        metadata: Default::default(),
        extra: Vec::new(),
    };
    write(&path, &parts).unwrap();
    path
}
