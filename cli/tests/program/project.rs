//! `rapidvec project`, run as users run it.

use crate::common::{Place, ROWS, failure, run, stderr};
use rapidvec::vectors::format::pickle::PickleWriter;
use rapidvec::vectors::format::{TableView, VectorWriter};
use std::path::Path;

fn written(place: &Place, model: &Path, options: &[&str]) -> [String; 2] {
    let prefix = place.path("out.1");
    let output = run("project", model, &[&["-o", prefix.to_str().unwrap()][..], options].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    ["out.1.vectors.tsv", "out.1.metadata.tsv"].map(|name| std::fs::read_to_string(place.path(name)).unwrap())
}

#[test]
fn writes_every_float_and_every_word_in_the_same_order() {
    let place = Place::new();
    let [numbers, words] = written(&place, &place.model, &[]);
    let read: Vec<Vec<f32>> =
        numbers.lines().map(|line| line.split('\t').map(|number| number.parse().unwrap()).collect()).collect();
    assert_eq!(read, ROWS.map(|(_, row)| row.to_vec()));
    let mut expected = vec!["word\tcount".to_owned()];
    expected.extend(ROWS.iter().zip(10..).map(|((word, _), count)| format!("{word}\t{count}")));
    assert_eq!(words.lines().collect::<Vec<_>>(), expected);
    assert!(words.ends_with('\n') && numbers.ends_with('\n'));
}

#[test]
fn top_takes_the_most_frequent() {
    let place = Place::new();
    let [numbers, words] = written(&place, &place.model, &["--top", "2"]);
    assert_eq!(words, "word\tcount\nzero\t18\n한국어말\t17\n");
    assert_eq!(numbers, "0.0\t0.0\t0.0\n-2.0\t0.25\t1.0\n");
}

/// A pickle of these words, which has no counts.
fn pickle(place: &Place, words: &[&str]) -> std::path::PathBuf {
    let mut vocabulary = rapidvec::Vocabulary::new();
    for word in words {
        vocabulary.add(word);
    }
    let numbers: Vec<f32> = (0..words.len()).map(|i| i as f32).collect();
    let bytes = PickleWriter::new(TableView::new(&vocabulary, 1, &numbers)).unwrap().to_bytes();
    place.file("in.pkl", &bytes)
}

#[test]
fn one_column_has_no_header() {
    let place = Place::new();
    let model = pickle(&place, &["you", "안녕", "a b"]);
    let [numbers, words] = written(&place, &model, &[]);
    assert_eq!((words.as_str(), numbers.as_str()), ("you\n안녕\na b\n", "0.0\n1.0\n2.0\n"));
}

#[test]
fn words_that_would_break_a_line_are_refused_and_no_file_appears() {
    let place = Place::new();
    let prefix = place.path("bad");
    for (word, shown) in [("a\tb", r#""a\tb""#), ("a\nb", r#""a\nb""#), ("a\r", r#""a\r""#), ("", "is empty")] {
        let model = pickle(&place, &["you", word]);
        let message = failure(1, "project", &model, &["-o", prefix.to_str().unwrap()]);
        assert!(message.contains(shown) && message.contains("--top"), "{message}");
    }
    assert_eq!(place.names(), ["in.pkl", "model.safetensors"]);
}

#[test]
fn neither_file_is_overwritten_without_force() {
    let place = Place::new();
    let prefix = place.path("p");
    let args = ["-o", prefix.to_str().unwrap()];
    for name in ["p.vectors.tsv", "p.metadata.tsv"] {
        let old = place.file(name, b"precious");
        assert!(failure(1, "project", &place.model, &args).contains("already exists"));
        assert_eq!(std::fs::read(&old).unwrap(), b"precious");
        assert_eq!(place.names(), ["model.safetensors", name]);
        std::fs::remove_file(old).unwrap();
    }
    for name in ["p.vectors.tsv", "p.metadata.tsv"] {
        place.file(name, b"old");
    }
    assert_eq!(run("project", &place.model, &[&args[..], &["--force"]].concat()).status.code(), Some(0));
    assert!(std::fs::read_to_string(place.path("p.metadata.tsv")).unwrap().starts_with("word\t"));
}

#[test]
fn refuses_files_that_are_not_models_and_wrong_usage() {
    let place = Place::new();
    let prefix = place.path("p");
    crate::common::refuses_files_that_are_not_models("project", &["-o", prefix.to_str().unwrap()]);
    assert_eq!(place.names(), ["model.safetensors"]);
    for args in [&[][..], &["-o", "p", "--top", "0"]] {
        failure(2, "project", &place.model, args);
    }
    let message = failure(2, "project", &place.model, &["-o", "-"]);
    assert!(message.contains("cannot be written to standard output"), "{message}");
    let message = failure(1, "project", &place.model, &["-o", place.path("no/p").to_str().unwrap()]);
    assert!(message.contains("does not exist; create it first"), "{message}");
}

#[test]
fn project_leaves_its_model_as_it_is_also_by_force() {
    let place = Place::new();
    for name in ["p.vectors.tsv", "p.metadata.tsv"] {
        let model = place.path(name);
        std::fs::copy(&place.model, &model).unwrap();
        let message = failure(2, "project", &model, &["-o", place.path("p").to_str().unwrap(), "--force"]);
        assert!(message.contains("is an input and cannot be overwritten"), "{message}");
        assert_eq!(std::fs::read(&model).unwrap(), std::fs::read(&place.model).unwrap());
        std::fs::remove_file(&model).unwrap();
    }
}
