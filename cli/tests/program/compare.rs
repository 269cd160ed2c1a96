//! `rapidvec odd`, `similarity` and `rank`, and what `similar` takes besides words, run as users run them.

use crate::common::{Place, answer, failure, program, stderr};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

/// Runs `rapidvec ARGS...` on this input.
fn with_input(args: &[&str], model: &Path, input: &str) -> Output {
    let mut child = program();
    let child = child.arg(args[0]).arg(model).args(&args[1..]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

// Numbers are gensim 4.4.0's on the same vectors; the library's tests have more of them.

#[test]
fn similar_takes_positive_and_negative_words_with_weights() {
    let place = Place::new();
    let terms = ["--positive", "king", "--positive", "woman:0.8", "--negative", "man:0.5", "-k", "1"];
    assert_eq!(answer("similar", &place.model, &terms), "[query] king + 0.8 woman - 0.5 man\n  queen   0.9970\n");
    let shown = parsed(&answer("similar", &place.model, &[&terms[..], &["--format", "json"]].concat()));
    let weights: Vec<_> = shown[0]["query"].as_array().unwrap().iter().map(|term| &term["word"]).collect();
    assert_eq!(weights, ["king", "woman", "man"]);
    assert_eq!(shown[0]["query"][2]["weight"], json!(-0.5));
    let tsv = answer("similar", &place.model, &[&terms[..], &["--format", "tsv"]].concat());
    assert!(tsv.contains("\nking + 0.8 woman - 0.5 man\tqueen\t0.99697"), "{tsv}");
    let message = failure(1, "similar", &place.model, &["--positive", "kin:0.5"]);
    assert!(message.contains("did you mean `king`?"), "{message}");
    assert!(failure(1, "similar", &place.model, &["--positive", "king:inf"]).contains("the weight of `king` is inf"));
}

#[test]
fn similar_takes_vectors_from_a_file_and_from_standard_input() {
    let place = Place::new();
    let text = "1 -1 0.5\n\n2,1,0.5\n";
    let expected = "[query] vector 1\n  you   0.9117\n\n[query] vector 2\n  king   1.0000\n";
    let file = place.file("vectors.txt", text.as_bytes());
    assert_eq!(answer("similar", &place.model, &["--vector", file.to_str().unwrap(), "-k", "1"]), expected);
    let output = with_input(&["similar", "--vector", "-", "-k", "1"], &place.model, text);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    for (text, expected) in [
        ("1 2\n", "line 1: expected 3 numbers, got 2"),
        ("1 2 3\n1 x 3\n", "line 2: expected a finite number, got `x`"),
        ("1 NaN 3\n", "line 1: expected a finite number, got `NaN`"),
        ("\n", "expected a vector of 3 numbers, got nothing"),
    ] {
        let output = with_input(&["similar", "--vector", "-"], &place.model, text);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(1), true));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    let missing = place.path("missing");
    assert!(failure(2, "similar", &place.model, &["--vector", missing.to_str().unwrap()]).contains("missing"));
}

#[test]
fn similar_reads_many_words_from_standard_input() {
    let place = Place::new();
    let output = with_input(&["similar", "-", "-k", "2"], &place.model, "king\n안녕\r\n\nking\n");
    assert_eq!(stderr(&output), "");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(shown, answer("similar", &place.model, &["king", "안녕", "king", "-k", "2"]));
    let output = with_input(&["similar", "-"], &place.model, "king\nquene\n");
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(1), true));
    assert!(stderr(&output).contains("`quene` is not in the vocabulary; did you mean `queen`?"));
    let output = with_input(&["similar", "-"], &place.model, "\n");
    assert_eq!(output.status.code(), Some(2));
}

/// Counts rise with the id: the most frequent are the last.
#[test]
fn answers_can_be_restricted_to_frequent_words() {
    let place = Place::new();
    let found = parsed(&answer("similar", &place.model, &["king", "--restrict", "5", "--format", "json"]));
    let words: Vec<_> = found[0]["neighbours"].as_array().unwrap().iter().map(|n| n["word"].clone()).collect();
    assert_eq!(words, ["car", "zero", "you", "안녕", "한국어말"]);
    let shown = answer("analogy", &place.model, &["king", "man", "queen", "--restrict", "5", "-k", "1"]);
    assert_eq!(shown, "[analogy] king:man = queen:?\n  zero   0.0000\n");
    failure(2, "similar", &place.model, &["king", "--restrict", "0"]);
}

#[test]
fn odd_shows_the_word_that_does_not_belong_first() {
    let place = Place::new();
    let shown = answer("odd", &place.model, &["king", "queen", "woman", "car"]);
    let expected = "[odd] king queen woman car\n\
                    \x20 car     0.4687\n  king    0.8228\n  woman   0.8959\n  queen   0.9813\n";
    assert_eq!(shown, expected);
    let shown = parsed(&answer("odd", &place.model, &["king", "queen", "car", "--format", "json"]));
    assert_eq!((&shown[0]["odd"], shown[0]["words"].as_array().unwrap().len()), (&json!("car"), 3));
    failure(2, "odd", &place.model, &["king", "queen"]);
    assert!(failure(1, "odd", &place.model, &["king", "quene", "car"]).contains("did you mean `queen`?"));
    crate::common::refuses_files_that_are_not_models("odd", &["king", "queen", "car"]);
}

#[test]
fn similarity_compares_words_and_sets() {
    let place = Place::new();
    assert_eq!(answer("similarity", &place.model, &["king", "queen"]), "0.8915\n");
    assert_eq!(answer("similarity", &place.model, &["king,man", "queen,woman,car", "--sets"]), "0.4157\n");
    let shown = parsed(&answer("similarity", &place.model, &["king,man", "car", "--sets", "--format", "json"]));
    assert_eq!((&shown[0]["a"], &shown[0]["b"]), (&json!(["king", "man"]), &json!("car")));
    let tsv = answer("similarity", &place.model, &["zero", "king", "--format", "tsv"]);
    assert_eq!(tsv, "a\tb\tsimilarity\nzero\tking\t0\n");
    assert!(failure(1, "similarity", &place.model, &["king", "quene"]).contains("did you mean `queen`?"));
    failure(2, "similarity", &place.model, &["king"]);
    crate::common::refuses_files_that_are_not_models("similarity", &["king", "queen"]);
}

#[test]
fn rank_counts_the_nearer_words() {
    let place = Place::new();
    assert_eq!(answer("rank", &place.model, &["king", "queen"]), "1\n");
    assert_eq!(answer("rank", &place.model, &["king", "woman"]), "3\n");
    assert_eq!(answer("rank", &place.model, &["king", "you", "--restrict", "5"]), "3\n", "after car and zero");
    let shown = parsed(&answer("rank", &place.model, &["king", "woman", "--format", "json"]));
    assert_eq!((&shown[0]["rank"], &shown[0]["a"]), (&json!(3), &json!("king")));
    assert!(answer("rank", &place.model, &["king", "car", "--format", "tsv"]).starts_with("a\tb\tsimilarity\trank\n"));
    assert!(failure(1, "rank", &place.model, &["quene", "king"]).contains("did you mean `queen`?"));
    crate::common::refuses_files_that_are_not_models("rank", &["king", "queen"]);
}

/// As they do for `similar`, `similarity` and `analogy`.
#[test]
fn n_grams_of_unknown_words_serve_odd_and_rank() {
    let place = Place::new();
    let model = place.file("model.bin", &crate::common::fasttext([[1.0, 0.0], [0.0, 1.0]]));
    let answer = |command: &str, model: &Path, args: &[&str]| {
        let output = program().arg(command).arg(model).args(args).output().unwrap();
        assert!(output.status.success() && stderr(&output).contains("composed of"), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let similarity = |a: &str, b: &str| answer("similarity", &model, &[a, b]).trim().parse::<f32>().unwrap();
    let shown = parsed(&answer("odd", &model, &["the", "unheard", "x", "--format", "json"]));
    // The one with the least sum of cosines with the others is the farthest from their mean.
    let words = ["the", "unheard", "x"];
    let sum =
        |word: &&str| words.iter().filter(|other| *other != word).map(|other| similarity(word, other)).sum::<f32>();
    let odd = words.iter().min_by(|a, b| sum(a).total_cmp(&sum(b))).unwrap();
    assert_eq!(shown[0]["odd"], json!(odd));
    assert_eq!(answer("rank", &model, &["unheard", "the"]), "1\n", "there is no other word");
    let nearer = similarity("x", "the") > similarity("x", "unheard");
    assert_eq!(answer("rank", &model, &["x", "unheard"]), format!("{}\n", 1 + usize::from(nearer)));
}

#[test]
fn ways_to_ask_do_not_mix() {
    let place = Place::new();
    for args in [
        &["king", "--positive", "man"][..],
        &["king", "--vector", "-"],
        &["--positive", "man", "--vector", "-"],
        &["--restrict", "5"],
    ] {
        failure(2, "similar", &place.model, args);
    }
}
