//! gensim reads what we write, we read what gensim writes, with the same words and the same bits; and files of others.
//!
//! Runs where `python3` (or `$RAPIDVEC_PYTHON`) has gensim; the files of others where `$RAPIDVEC_SHARED` or `../shared` is.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_core::Vocabulary;
use rapidvec_vectors::WordVectors;
use rapidvec_vectors::format::{Format, recognise_file, word2vec_binary, word2vec_text};
use rapidvec_vectors::format::{TableView, VectorWriter};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Past the harness, which hides what passing tests print.
fn skipped(what: &str) {
    std::io::stderr().write_all(format!("SKIPPED: {what}\n").as_bytes()).unwrap();
}

fn gensim() -> Option<String> {
    let python = std::env::var("RAPIDVEC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import gensim"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    skipped(&format!("{python} has no gensim; set RAPIDVEC_PYTHON to one that has"));
    None
}

fn run(python: &str, script: &str, args: &[&Path]) -> String {
    let output = Command::new(python).env("PYTHONUTF8", "1").arg("-c").arg(script).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn vectors() -> (Vocabulary, Vec<f32>) {
    let mut vocabulary = Vocabulary::new();
    for word in ["the", "안녕", "</s>", "1999", "nan", "naïve", "#", "\u{1f600}", "e\u{301}"] {
        vocabulary.insert(word, 0).unwrap();
    }
    let odd = [f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1), -0.0, 0.1, 1e22, 16_777_217.0, 1.0 / 3.0];
    let numbers = (0..vocabulary.len() * 8).map(|i| odd[(i * 5 + i / 8) % 8] * if i % 3 == 0 { -1.0 } else { 1.0 });
    let numbers = numbers.collect();
    (vocabulary, numbers)
}

/// Word and the bits of its numbers, a line each.
fn bits(words: &Vocabulary, numbers: &[f32]) -> String {
    let row = |numbers: &[f32]| numbers.iter().map(|x| format!(" {}", x.to_bits())).collect::<String>();
    words
        .words()
        .zip(numbers.chunks(numbers.len() / words.len()))
        .map(|(word, n)| format!("{word}{}\n", row(n)))
        .collect()
}

const SHOW: &str = "
import sys, numpy
from gensim.models import KeyedVectors
for path, binary, no_header in zip(sys.argv[1:], (False, False, False, True), (False, False, True, False)):
    v = KeyedVectors.load_word2vec_format(path, binary=binary, no_header=no_header)
    for word in v.index_to_key:
        print(word, *v[word].astype(numpy.float32).view(numpy.uint32))
";

#[test]
fn gensim_reads_what_we_write_to_the_bit() {
    let Some(python) = gensim() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (words, numbers) = vectors();
    word2vec_text::TextWriter::new(TableView::new(&words, 8, &numbers), true).unwrap().write(&path("a.txt")).unwrap();
    word2vec_text::TextWriter::new(TableView::new(&words, 8, &numbers), true)
        .unwrap()
        .write(&path("b.txt.gz"))
        .unwrap();
    word2vec_text::TextWriter::new(TableView::new(&words, 8, &numbers), false).unwrap().write(&path("c.txt")).unwrap();
    word2vec_binary::BinaryWriter::new(TableView::new(&words, 8, &numbers)).unwrap().write(&path("d.bin")).unwrap();
    let got = run(&python, SHOW, &[&path("a.txt"), &path("b.txt.gz"), &path("c.txt"), &path("d.bin")]);
    assert_eq!(got, bits(&words, &numbers).repeat(4));
}

const WRITE: &str = "
import sys, numpy
from gensim.models import KeyedVectors
v = KeyedVectors.load_word2vec_format(sys.argv[1], binary=True)
v.save_word2vec_format(sys.argv[2], binary=False)
v.save_word2vec_format(sys.argv[3], binary=True)
v.save_word2vec_format(sys.argv[4], binary=False, write_header=False)
v.save_word2vec_format(sys.argv[5], binary=True)
";

#[test]
fn we_read_what_gensim_writes_to_the_bit() {
    let Some(python) = gensim() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (words, numbers) = vectors();
    word2vec_binary::BinaryWriter::new(TableView::new(&words, 8, &numbers)).unwrap().write(&path("in.bin")).unwrap();
    let names = ["a.txt", "b.bin", "c.glove", "d.bin.gz"];
    let paths: Vec<_> = ["in.bin"].iter().chain(&names).map(|name| path(name)).collect();
    run(&python, WRITE, &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    for name in names {
        let got = WordVectors::open(path(name)).unwrap();
        assert_eq!(bits(got.vocabulary(), &got.rows().to_f32()), bits(&words, &numbers), "{name}");
    }
}

/// Files that other programs wrote; see `../shared/README.md`.
#[test]
fn files_of_other_programs_are_opened() {
    let shared = std::env::var_os("RAPIDVEC_SHARED").map(PathBuf::from);
    let folder =
        shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared")).join("fixtures/formats");
    if !folder.exists() {
        return skipped(&format!("{} is not here; set RAPIDVEC_SHARED to what has fixtures/", folder.display()));
    }
    for (name, format, words, vector_size, first, number) in [
        ("crime-and-punishment.vec", Format::Word2vecText, 291, 5, "и", -0.11189),
        ("test_glove.txt", Format::Glove, 76, 50, "the", 0.418),
        ("euclidean_vectors.bin", Format::Word2vecBinary, 2747, 10, "the", f32::from_bits(0x3ed7_c8b9)),
    ] {
        let path = folder.join(name);
        assert_eq!(recognise_file(&path).unwrap(), format, "{name}");
        let vectors = WordVectors::open(&path).unwrap();
        assert_eq!((vectors.len(), vectors.vector_size()), (words, vector_size), "{name}");
        assert_eq!((vectors.vocabulary().word(0), vectors.vector(first).unwrap()[0]), (first, number), "{name}");
    }
}
