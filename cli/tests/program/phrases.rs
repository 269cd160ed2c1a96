//! `rapidvec phrases`, and the commands that read its files.

use crate::trial::{Case, Outcome};
use std::process::Stdio;

const TEXT: &str = "the new york times said so\nnew york times of the day\nnews of york and of new things\n";

fn run(case: &Case, args: &[&str]) -> Outcome {
    Outcome::of(case.rapidvec().args(args).stdin(Stdio::null()).output().unwrap())
}

fn with_text() -> Case {
    let case = Case::new();
    case.write("text.txt", TEXT.repeat(50));
    case
}

#[test]
fn phrases_are_found_written_and_joined() {
    let case = with_text();
    let found = run(&case, &["phrases", "text.txt", "--threshold", "0.1", "--format", "tsv"]).succeeds();
    assert!(found.stdout.starts_with("and_of\t") || found.stdout.contains("new_york\t"), "{}", found.stdout);
    found.says("pass 1: 950 tokens, 11 distinct words, ");
    let args = ["phrases", "text.txt", "--scoring", "npmi", "--threshold", "0.4", "--passes", "2", "-o", "p.txt"];
    run(&case, &[&args[..], &["--connector-words", "english"]].concat()).succeeds().says("pass 2: ");
    let file = String::from_utf8(case.bytes("p.txt")).unwrap();
    assert_eq!(file.matches("\"rapidvec_phrases\":1").count(), 2, "{file}");
    run(&case, &args).fails(1, "already exists");
    let words = run(&case, &["vocab", "text.txt", "--phrases", "p.txt", "--format", "tsv"]).succeeds().stdout;
    assert!(words.contains("new_york") && words.lines().all(|line| !line.starts_with("york_")), "{words}");
    let first = words.lines().next().unwrap().split('\t').next().unwrap().to_owned();
    for trainer in ["word2vec", "textbook"] {
        let args = ["--trainer", trainer, "--vector-size", "8", "--epochs", "1", "--phrases", "p.txt", "-o", trainer];
        let own: &[&str] = if trainer == "word2vec" { &["--subsample", "0"] } else { &[] };
        case.run(&[&["text.txt"], &args[..], own].concat()).succeeds();
        run(&case, &["similarity", trainer, &first, &first]).succeeds();
    }
}

#[test]
fn a_run_is_resumed_only_with_its_phrases() {
    let case = with_text();
    case.write("p.txt", "new york\n");
    case.write("q.txt", "new things\n");
    let common = ["--trainer", "word2vec", "--vector-size", "8", "--threads", "1", "--epochs", "2", "--keep-state"];
    case.run(&[&["text.txt", "--phrases", "p.txt", "-o", "m"], &common[..]].concat()).succeeds();
    let about = run(&case, &["info", "m", "--format", "json"]).succeeds().stdout;
    assert!(about.contains(r#""files":["p.txt"]"#), "{about}");
    let resume = ["--resume", "m", "--epochs", "4", "--threads", "1", "-f"];
    case.run(&[&resume[..], &["--phrases", "q.txt"]].concat()).fails(1, "not those that the text was read with");
    case.write("p.txt", "new things\n");
    case.run(&resume).fails(1, "not those that the text was read with");
    case.write("p.txt", "new york\n");
    case.run(&resume).succeeds();
}

#[test]
fn phrases_refuses_what_cannot_be_and_says_why() {
    let case = with_text();
    run(&case, &["phrases", "-", "--passes", "2"]).fails(2, "save it to a file first");
    run(&case, &["phrases", "missing"]).fails(2, "there is no file missing");
    run(&case, &["phrases", "text.txt", "--scoring", "npmi", "--threshold", "3"])
        .fails(2, "threshold must be from -1 to 1");
    run(&case, &["phrases", "text.txt", "--threshold", "0"]).fails(2, "threshold must be above 0");
    run(&case, &["phrases", "text.txt", "--delimiter", " "]).fails(2, "delimiter");
    run(&case, &["phrases", "text.txt", "-o", "text.txt", "-f"]).fails(2, "is an input and cannot be overwritten");
    run(&case, &["phrases", "text.txt"]).succeeds().says("lower --threshold");
    case.write("bad.txt", "new york\nalone\n");
    run(&case, &["vocab", "text.txt", "--phrases", "bad.txt"]).fails(1, "bad.txt, line 2: expected from 2 to 64 words");
}
