//! `rapidvec embed`, run as users run it. Where `RAPIDVEC_PYTHON` names a Python with NumPy, that loads what it writes.

use crate::common::{Place, failure, program, stderr};
use rapidvec::vectors::format::pickle::PickleWriter;
use rapidvec::vectors::format::{TableView, VectorWriter};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const TEXT: &str = "king man\nzero\n\nKing lorry\nyou you car\n";

/// `ROWS` by the definition: the mean of the known words' unit vectors.
fn expected(words: &[&str]) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for word in words {
        let row = crate::common::ROWS.iter().find(|(known, _)| known == word).unwrap().1.map(f64::from);
        let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += if norm > 0.0 { x / norm } else { 0.0 });
    }
    sum.map(|x| x / words.len().max(1) as f64)
}

fn all_expected() -> Vec<[f64; 3]> {
    [&["king", "man"][..], &["zero"], &[], &[], &["you", "you", "car"]].map(expected).to_vec()
}

fn embed(model: &Path, args: &[&str], text: &[u8]) -> Output {
    let mut child = program();
    let child = child.arg("embed").arg(model).args(args).stdin(Stdio::piped());
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(text); // a refusal may come before all is read
    child.wait_with_output().unwrap()
}

/// Stdout of a run that has to succeed.
fn answer(model: &Path, args: &[&str], text: &[u8]) -> Vec<u8> {
    let output = embed(model, args, text);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    output.stdout
}

fn assert_rows(rows: &[Vec<f64>]) {
    assert_eq!(rows.len(), 5);
    for (row, expected) in rows.iter().zip(all_expected()) {
        assert_eq!(row.len(), 3);
        row.iter().zip(expected).for_each(|(x, y)| assert!((x - y).abs() < 1e-7, "{row:?} {expected:?}"));
    }
}

fn tsv_rows(text: &[u8]) -> Vec<Vec<f64>> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines().map(|line| line.split('\t').map(|x| x.parse().unwrap()).collect()).collect()
}

#[test]
fn embed_writes_a_vector_a_line_and_counts_what_it_left_out() {
    let place = Place::new();
    let output = embed(&place.model, &[], TEXT.as_bytes());
    assert_rows(&tsv_rows(&output.stdout));
    let notes = "note: 2 of 8 words are not in the vocabulary and were skipped\n\
                 note: 2 of 5 lines have no known word; their vectors are zero\n";
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), notes));
    let jsonl = String::from_utf8(answer(&place.model, &["-", "--format", "jsonl"], TEXT.as_bytes())).unwrap();
    assert_rows(&jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>());
    assert_eq!(answer(&place.model, &[], b""), b"");
    let lower = answer(&place.model, &["--lower"], b"KING man");
    assert_eq!(tsv_rows(&lower), tsv_rows(&answer(&place.model, &[], b"king man\n")));
}

#[test]
fn embed_says_how_the_weight_of_sif_is_written() {
    let place = Place::new();
    let message = failure(2, "embed", &place.model, &["--sif", "0.002"]);
    assert!(message.contains("is written --sif=0.002"), "{message}");
}

#[test]
fn embed_takes_the_n_grams_of_unknown_words() {
    let place = Place::new();
    let model = place.file("model.bin", &crate::common::fasttext([[1.0, 0.0], [0.0, 1.0]]));
    let output = embed(&model, &[], b"unheard\nx\n");
    let vectors = rapidvec::vectors::WordVectors::open(&model).unwrap();
    let vector = vectors.vector("unheard").unwrap();
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    let rows = tsv_rows(&output.stdout);
    rows[0].iter().zip(vector).for_each(|(x, y)| assert!((x - f64::from(y / length)).abs() < 1e-6, "{rows:?}"));
    let x = vectors.vector("x").unwrap(); // `<x>` is one n-gram
    assert!(x == [1.0, 0.0] && rows[1] == [1.0, 0.0] || x == [0.0, 1.0] && rows[1] == [0.0, 1.0], "{rows:?}");
    assert_eq!(stderr(&output), "", "none was skipped");
}

#[test]
fn embed_reads_a_file_and_writes_one_whole() {
    let place = Place::new();
    let text = place.file("text", TEXT.as_bytes());
    for ending in ["tsv", "jsonl", "npy"] {
        let out = place.path(&format!("out.{ending}"));
        let args = [text.to_str().unwrap(), "-o", out.to_str().unwrap()];
        assert!(answer(&place.model, &args, b"").is_empty());
        let by_pipe = answer(&place.model, &["--format", ending], TEXT.as_bytes());
        assert_eq!(std::fs::read(&out).unwrap(), by_pipe, "{ending}");
        assert!(failure(1, "embed", &place.model, &args).contains("--force"));
        answer(&place.model, &[&args[..], &["--force"]].concat(), b"");
    }
    assert_eq!(place.names(), ["model.safetensors", "out.jsonl", "out.npy", "out.tsv", "text"]);
}

#[test]
fn embed_writes_an_array_whose_header_has_the_number_of_lines() {
    let place = Place::new();
    for lines in [0, 1, 5, 30_000] {
        let npy = answer(&place.model, &["--format", "npy"], "king man\n".repeat(lines).as_bytes());
        let length = npy.len() - 12 * lines;
        assert_eq!(length % 64, 0, "a header of whole 64 bytes");
        let header = String::from_utf8_lossy(&npy[..length]).into_owned();
        assert!(header.contains(&format!("'shape': ({lines}, 3")) && header.contains("'<f4'"), "{header}");
    }
}

#[test]
fn numpy_loads_the_array() {
    let Some(python) = std::env::var_os("RAPIDVEC_PYTHON") else {
        let what = b"SKIPPED: set RAPIDVEC_PYTHON to a Python with NumPy to load what embed writes\n";
        std::io::stderr().write_all(what).unwrap(); // past the harness, which hides what passing tests print
        return;
    };
    let place = Place::new();
    let out = place.path("out.npy");
    answer(&place.model, &["-o", out.to_str().unwrap()], TEXT.as_bytes());
    let program =
        "import json, sys, numpy as np; a = np.load(sys.argv[1]); print(json.dumps([str(a.dtype), a.tolist()]))";
    let output = Command::new(python).args(["-c", program]).arg(&out).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let (kind, rows): (String, Vec<Vec<f64>>) = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(kind, "float32");
    assert_rows(&rows);
}

/// The model's counts are 10 for king up to 18 for zero: 126 in all.
#[test]
fn embed_weighs_by_frequency() {
    let place = Place::new();
    let [king, man] = [10.0, 11.0].map(|count| 0.001 / (0.001 + count / 126.0));
    let [king, man] = [(king, "king"), (man, "man")].map(|(weight, word)| expected(&[word]).map(|x| weight * x / 2.0));
    for flag in ["--sif", "--sif=1e-3"] {
        let row = &tsv_rows(&answer(&place.model, &[flag], b"king man\n"))[0];
        (0..3).for_each(|i| assert!((row[i] - king[i] - man[i]).abs() < 1e-8, "{row:?}"));
    }
    for wrong in ["--sif=0", "--sif=-1", "--sif=nan"] {
        assert!(failure(1, "embed", &place.model, &[wrong]).contains("expected a positive number"));
    }
    let pickle =
        PickleWriter::new(TableView::new(&crate::common::words(), 3, &crate::common::numbers())).unwrap().to_bytes();
    let path = place.file("pickle", &pickle);
    assert!(failure(1, "embed", &path, &["--sif"]).contains("has no word counts"));
}

#[test]
fn embed_refuses_what_is_not_text_and_leaves_no_file() {
    let place = Place::new();
    let out = place.path("out.npy");
    for (text, expected) in
        [(&b"king\n\xff\n"[..], "line 2 is not valid UTF-8"), (b"king\nman\nk\0", "a NUL byte in line 3")]
    {
        for args in [&["--format", "npy"][..], &["-o", out.to_str().unwrap()]] {
            let output = embed(&place.model, args, text);
            assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
            assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        }
    }
    for (code, path) in [(2, place.path("missing")), (1, place.folder.path().to_owned())] {
        assert!(failure(code, "embed", &place.model, &[path.to_str().unwrap()]).contains(path.to_str().unwrap()));
    }
    assert_eq!(place.names(), ["model.safetensors"]);
    crate::common::refuses_files_that_are_not_models("embed", &[]);
}

#[test]
fn embed_ends_with_code_2_for_wrong_arguments() {
    let place = Place::new();
    assert!(failure(2, "embed", &place.model, &["-o", "out.txt"]).contains("expected .tsv, .jsonl, .npy"));
    failure(2, "embed", &place.model, &["--format", "xml"]);
}

#[cfg(target_os = "linux")]
#[test]
fn embed_reports_a_full_disk() {
    let place = Place::new();
    for form in ["tsv", "jsonl", "npy"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let text = place.file("text", "king man\n".repeat(10_000).as_bytes());
        let mut child = program();
        let output = child.arg("embed").arg(&place.model).arg(&text).args(["--format", form]).stdout(full);
        let output = output.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("No space left"), "{}", stderr(&output));
    }
}

#[test]
fn embed_leaves_what_it_reads_as_it_is_also_by_force() {
    let place = Place::new();
    let (text, model) = (place.file("text.tsv", TEXT.as_bytes()), std::fs::read(&place.model).unwrap());
    let (text, own) = (text.to_str().unwrap(), place.model.to_str().unwrap());
    for output in [text, own] {
        let message = failure(2, "embed", &place.model, &[text, "-o", output, "--format", "npy", "--force"]);
        assert!(message.contains("is an input and cannot be overwritten"), "{message}");
    }
    assert_eq!(std::fs::read(text).unwrap(), TEXT.as_bytes());
    assert_eq!(std::fs::read(&place.model).unwrap(), model);
}

#[cfg(unix)]
#[test]
fn a_signal_in_the_midst_of_writing_leaves_no_temporary_file() {
    let place = Place::new();
    let mut child = program();
    let child = child.arg("embed").arg(&place.model).arg("-").arg("-o").arg(place.path("out.tsv"));
    let mut child = child.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let is_writing = || place.names().iter().any(|name| name.starts_with(".rapidvec-"));
    for _ in 0..1000 {
        stdin.write_all(b"king man\n").unwrap();
        if is_writing() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(is_writing());
    crate::signals::signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!is_writing() && !place.path("out.tsv").exists());
}
