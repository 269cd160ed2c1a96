//! Subwords from training to files of other programs: unknown words have vectors everywhere.

use crate::trial::{Case, Outcome};
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::safetensors::ModelFile;
use std::process::Stdio;

const FLAGS: [&str; 10] =
    ["words.txt", "--subwords", "--buckets", "500", "--vector-size", "16", "--progress", "none", "--threads", "1"];

/// Kings and queens, in 2,000 lines.
fn case() -> Case {
    let case = Case::new();
    let line = |i: usize| match i % 2 {
        0 => "the king rules the kingdom and kings rule kingdoms\n",
        _ => "a queen sings songs and queens sing a song\n",
    };
    case.write("words.txt", (0..2_000).map(line).collect::<String>());
    case
}

fn rapidvec(case: &Case, args: &[&str]) -> Outcome {
    Outcome::of(case.rapidvec().args(args).stdin(Stdio::null()).output().unwrap())
}

#[test]
fn unknown_words_have_vectors_in_every_query_and_in_fasttexts_file() {
    let case = case();
    case.run(&[&FLAGS[..], &["-o", "m", "--model", "skipgram"]].concat()).succeeds().says("n-grams of 3 to 6 letters");
    let found = rapidvec(&case, &["similar", "m", "kingdomless", "-k", "2"]).succeeds();
    assert!(found.stdout.contains("kingdom"), "{}", found.stdout);
    found.says("`kingdomless` is not in the vocabulary: its vector is composed of its n-grams");
    rapidvec(&case, &["similarity", "m", "kingly", "queenly"]).succeeds().says("2 words are not in the vocabulary");
    let info = rapidvec(&case, &["info", "m"]).succeeds().stdout;
    assert!(info.contains("buckets_used") || info.contains("buckets used"), "{info}");
    rapidvec(&case, &["convert", "m", "m.bin", "--to", "fasttext"]).succeeds();
    let [ours, theirs] = ["m", "m.bin"].map(|name| WordVectors::open(case.path(name)).unwrap());
    for word in ["king", "queens", "kingdomless", "unsung"] {
        assert_eq!(ours.vector(word), theirs.vector(word), "{word}");
        assert!(ours.vector(word).is_some(), "{word}");
    }
    rapidvec(&case, &["convert", "m", "m.txt", "--subwords", "drop"]).succeeds();
    rapidvec(&case, &["similar", "m.txt", "kingdomless"]).fails(1, "`kingdomless` is not in the vocabulary");
    // From fastText's file, and from our own.
    for from in ["m", "m.bin"] {
        let args = [&FLAGS[..], &["-o", "n", "--force", "--init", from, "--model", "skipgram"]].concat();
        case.run(&args).succeeds().says("words start from");
    }
}

#[test]
fn a_run_with_subwords_and_positions_is_resumed_with_its_settings() {
    let case = case();
    let flags = [&FLAGS[..], &["--position-weights", "--subword-units", "jamo", "--min-n", "2"]].concat();
    let run = case.run(&[&flags[..], &["-o", "m", "--epochs", "1", "--keep-state"]].concat());
    run.succeeds().says("position weights");
    rapidvec(&case, &["train", "--resume", "m", "--min-n", "3", "--subwords"]).fails(2, "min-n");
    rapidvec(&case, &["convert", "m", "m.bin", "--to", "fasttext"]).fails(1, "not of jamo");
    rapidvec(&case, &["train", "--resume", "m", "--epochs", "2", "--progress", "none"]).succeeds();
    let model = ModelFile::open(&case.path("m")).unwrap();
    assert_eq!(model.positions().unwrap().len(), 10);
    assert_eq!(model.subwords().unwrap().unwrap().ngrams().min_n, 2);
}

#[test]
fn flags_that_need_others_say_so() {
    let case = case();
    case.run(&["words.txt", "--min-n", "2"]).fails(2, "--subwords");
    case.run(&["words.txt", "--position-weights", "--model", "skipgram"])
        .fails(2, "--position-weights needs --model cbow");
    case.run(&["words.txt", "--subwords", "--min-n", "4", "--max-n", "3"])
        .fails(2, "max-n must be from the minimum length");
    case.run(&["words.txt", "--trainer", "textbook", "--subwords"]).fails(2, "subwords");
}
