//! `rapidvec vocab`: words counted by the real program.

use crate::trial::{Case, Outcome};
use rapidvec::read_vocabulary;
use std::process::Stdio;

fn vocab(case: &Case, args: &[&str]) -> Outcome {
    Outcome::of(case.rapidvec().arg("vocab").args(args).stdin(Stdio::null()).output().unwrap())
}

fn with_text(text: &str) -> Case {
    let case = Case::new();
    case.write("text.txt", text);
    case
}

#[test]
fn vocab_shows_words_by_descending_count() {
    let case = with_text("you say goodbye\nand i say hello 안녕 say you");
    let shown = |form: &str| vocab(&case, &["text.txt", "--min-count", "1", "--top", "4", "--format", form]).succeeds();
    assert_eq!(shown("tsv").stdout, "say\t3\nyou\t2\ngoodbye\t1\nand\t1\n");
    assert_eq!(shown("table").stdout, "say      3\nyou      2\ngoodbye  1\nand      1\n");
    let json = shown("json").stdout;
    assert!(json.starts_with(r#"[{"word":"say","count":3},{"word":"you","count":2},"#), "{json}");
    let told = vocab(&case, &["text.txt", "--min-count", "2"]).succeeds();
    told.says("10 tokens, 7 distinct words; dropped 5 seen fewer than 2 times");
}

#[test]
fn vocab_writes_a_file_that_can_be_read_back_and_overwrites_only_by_force() {
    let case = with_text(&"a b a 한국어 a b\n".repeat(5));
    vocab(&case, &["text.txt", "-o", "vocab.txt"]).succeeds();
    assert_eq!(case.bytes("vocab.txt"), "a\t15\nb\t10\n한국어\t5\n".as_bytes());
    assert_eq!(read_vocabulary(&case.path("vocab.txt")).unwrap().len(), 3);
    vocab(&case, &["text.txt", "-o", "vocab.txt"]).fails(1, "already exists");
    vocab(&case, &["text.txt", "-o", "vocab.txt", "--force", "--top", "1"]).succeeds();
    assert_eq!(case.bytes("vocab.txt"), b"a\t15\n");
    vocab(&case, &["text.txt", "-o", "text.txt", "--force"]).fails(2, "is an input and cannot be overwritten");
    vocab(&case, &["text.txt", "-o", "gone/vocab.txt"]).fails(1, "the folder gone does not exist");
}

#[test]
fn vocab_writes_to_standard_output_where_a_dash_is_the_file() {
    let case = with_text(&"a b a\n".repeat(5));
    assert_eq!(vocab(&case, &["text.txt", "-o", "-"]).succeeds().stdout, "a\t10\nb\t5\n");
    assert!(!case.exists("-"));
}

/// FAULTS 1, 2, 18, 21, 24, 30.
#[test]
fn vocab_refuses_what_has_no_words_and_says_why() {
    let case = with_text("a b a");
    vocab(&case, &["text.txt", "-o", "out"]).fails(1, "(--min-count 2)");
    case.write("empty", "");
    vocab(&case, &["empty"]).fails(1, "has no words");
    vocab(&case, &["missing"]).fails(2, "there is no file missing");
    case.write("latin", b"caf\xe9\n");
    vocab(&case, &["latin"]).fails(1, "offset 3 (line 1)").says("iconv -f WINDOWS-1252");
    case.write("binary", b"a\0b");
    vocab(&case, &["binary"]).fails(1, "NUL byte at offset 1");
    case.write("utf16", b"\xff\xfea\0");
    vocab(&case, &["utf16"]).fails(1, "UTF-16");
    assert!(!case.exists("out"));
}

#[test]
fn vocab_names_the_flag_that_is_wrong() {
    let case = with_text("a b a");
    for [flag, value] in [
        ["--max-vocab", "0"],
        ["--max-tokens", "0"],
        ["--top", "0"],
        ["--min-count", "-1"],
        ["--min-count", "many"],
        ["--threads", "-1"],
        ["--format", "xml"],
    ] {
        vocab(&case, &["text.txt", flag, value]).fails(2, flag);
    }
    vocab(&case, &[]).fails(2, "CORPUS");
}

/// FAULTS 34.
#[test]
fn vocab_reports_what_it_pruned() {
    let text: String = (0..5_000).map(|i| format!("often w{i}\n")).collect();
    let case = with_text(&text.repeat(20));
    let args = ["text.txt", "--max-vocab", "1000", "--threads", "1", "--top", "1", "--format", "tsv"];
    let outcome = vocab(&case, &args).succeeds();
    let (word, count) = outcome.stdout.trim().split_once('\t').unwrap();
    assert_eq!((word, count), ("often", "100000"), "counted again, from the start");
    outcome.says("kept at most 1,000 distinct words").says("read again to count").says("--max-vocab");
    let piped = case
        .rapidvec()
        .args(["vocab", "-"])
        .args(&args[1..])
        .stdin(std::fs::File::open(case.path("text.txt")).unwrap())
        .output();
    let piped = Outcome::of(piped.unwrap()).succeeds();
    let count: u64 = piped.stdout.trim().split_once('\t').unwrap().1.parse().unwrap();
    assert!((90_000..=100_000).contains(&count), "{count}");
    piped.says("may be too low by up to");
}

/// FAULTS 29, 32: standard input and what is compressed are read once, like files.
#[test]
fn vocab_reads_standard_input_and_data_sets() {
    let case = with_text(&"a b a\n".repeat(5));
    let input = std::fs::File::open(case.path("text.txt")).unwrap();
    let piped = case.rapidvec().args(["vocab", "-", "--format", "tsv"]).stdin(input).output().unwrap();
    assert_eq!(Outcome::of(piped).succeeds().stdout, "a\t10\nb\t5\n");
    let known = vocab(&case, &["builtin", "--format", "tsv", "--min-count", "1"]).succeeds();
    assert!(known.stdout.lines().count() > 100 && !known.stdout.contains("<eos>"));
}
