//! Bad input and faults, each a clear error or the right result. Numbers are rows of the project's table of faults.

use crate::trial::{Case, SMALL};

/// For runs without `SMALL`, which has it.
const TEXTBOOK: [&str; 2] = ["--trainer", "textbook"];

/// Row 1.
#[test]
fn an_empty_corpus_is_refused_and_nothing_is_written() {
    let case = Case::new();
    case.write("text.txt", "");
    case.run_small(&["text.txt", "-o", "m"]).fails(1, "has no words");
    assert!(!case.exists("m"));
}

/// Row 3. Row 2 (all words under a minimal count) needs a minimal count, which the textbook has not.
#[test]
fn a_vocabulary_too_small_for_the_negatives_is_refused() {
    let case = Case::new();
    case.write("text.txt", "a ".repeat(100));
    case.run_small(&["text.txt", "-o", "m"]).fails(1, "at least 4 words, got 2");
    let one = ["text.txt", "-o", "m", "--negatives", "1", "--window", "2", "--epochs", "1"];
    case.run(&[&TEXTBOOK[..], &one].concat()).succeeds();
}

/// Row 4.
#[test]
fn empty_lines_are_skipped_and_counted() {
    let case = Case::new();
    let text = std::fs::read_to_string(case.text(200)).unwrap();
    case.write("text.txt", format!("\n  \n\t\n{text}"));
    case.run_small(&["text.txt", "-o", "m"]).succeeds().says("3 lines without a word: skipped");
}

/// Rows 5 and 6.
#[test]
fn a_text_shorter_than_a_window_is_refused_and_a_line_shorter_is_not() {
    let case = Case::new();
    case.write("text.txt", "one\n");
    case.run_small(&["text.txt", "-o", "m"]).fails(1, "has 2 tokens, but a window of 2 needs at least 5");
    case.write("text.txt", (0..40).map(|i| format!("w{}\n", i % 9)).collect::<String>());
    case.run_small(&["text.txt", "-o", "m"]).succeeds().says("76 pairs");
}

/// Rows 7, 8, 10, 12, 14: what is 0 or absurd.
#[test]
fn settings_out_of_range_are_usage_errors_that_name_the_flag() {
    let case = Case::new();
    case.text(200);
    for [flag, value] in [
        ["--window", "0"],
        ["--vector-size", "0"],
        ["--vector-size", "99999999999"],
        ["--epochs", "0"],
        ["--negatives", "0"],
        ["--batch-size", "0"],
        ["--max-tokens", "0"],
    ] {
        case.run(&[TEXTBOOK[0], TEXTBOOK[1], "text.txt", "-o", "m", flag, value]).fails(2, flag);
        assert!(!case.exists("m"));
    }
}

/// Rows 9, 15, 17.
#[test]
fn negative_numbers_and_words_for_numbers_name_the_flag() {
    let case = Case::new();
    case.text(200);
    for flag in ["--vector-size", "--window", "--negatives", "--threads", "--epochs", "--seed", "--max-tokens"] {
        for value in ["-1", "ten", "1.5", ""] {
            case.run(&[TEXTBOOK[0], TEXTBOOK[1], "text.txt", &format!("{flag}={value}")]).fails(2, flag);
        }
    }
    for [flag, value] in [["--max-grad", "-1"], ["--power", "1e9"], ["--checkpoint-every", "-1"], ["--power", "x"]] {
        case.run(&[TEXTBOOK[0], TEXTBOOK[1], "text.txt", flag, value]).fails(2, flag);
    }
}

/// Row 10.
#[test]
fn a_run_that_cannot_fit_is_refused_with_an_estimate() {
    if !cfg!(target_os = "linux") {
        return eprintln!("SKIPPED: only Linux reports how much memory there is");
    }
    let case = Case::new();
    case.write("text.txt", (0..3_000_000).map(|i| format!("w{i} ")).collect::<String>());
    case.run(&["--trainer", "textbook", "text.txt", "-o", "m", "--vector-size", "65536"])
        .fails(1, "MB of memory, but ");
    assert!(!case.exists("m"));
}

/// Row 11.
#[test]
fn no_threads_means_all_of_them() {
    let case = Case::new();
    case.text(300);
    let flags = ["text.txt", "--epochs", "1"];
    let run =
        |name, threads| case.run(&[&TEXTBOOK[..], &flags, &["-o", name, "--threads", threads]].concat()).succeeds();
    run("all", "0");
    run("one", "1").says("; 1 thread\n");
    assert_eq!(case.bytes("all"), case.bytes("one"));
}

/// Row 13.
#[test]
fn a_learning_rate_that_is_not_a_number_is_refused() {
    let case = Case::new();
    case.text(200);
    for rate in ["NaN", "1e30", "0", "-1", "inf"] {
        case.run(&[TEXTBOOK[0], TEXTBOOK[1], "text.txt", "--learning-rate", rate])
            .fails(2, "--learning-rate must be above 0");
    }
}

/// Row 13.
#[test]
fn training_that_diverges_stops_with_its_place_and_keeps_what_was_there() {
    let case = Case::new();
    case.text(3_000);
    case.write("m", "old");
    let mut args = vec!["text.txt", "-o", "m", "--force", "--trainer", "textbook", "--optimizer", "sgd"];
    args.extend([
        "--learning-rate",
        "100",
        "--epochs",
        "2000",
        "--vector-size",
        "20",
        "--window",
        "2",
        "--batch-size",
        "2",
        "--max-grad",
        "3e38",
    ]);
    let outcome = case.run(&args);
    if outcome.code == Some(0) {
        panic!("it did not diverge: the test shows nothing");
    }
    outcome.fails(1, "diverged").says("nothing was saved");
    assert_eq!(case.bytes("m"), b"old");
}

/// Row 16.
#[test]
fn a_misspelled_flag_is_refused_with_a_suggestion() {
    let case = Case::new();
    case.run(&["--vector-sizee", "10"]).fails(2, "'--vector-size'");
}

/// Row 18.
#[test]
fn a_missing_corpus_is_refused() {
    let case = Case::new();
    case.run(&["nothing.txt"]).fails(2, "there is no file nothing.txt");
    case.run(&["."]).fails(1, "has no files to read");
    case.run(&["ptb:tset"]).fails(2, "ptb:tset");
}

/// Row 19.
#[test]
fn a_long_path_is_as_good_as_a_short_one() {
    let case = Case::new();
    let folder = format!("{}/{}", "a".repeat(200), "b".repeat(200));
    std::fs::create_dir_all(case.path(&folder)).unwrap();
    std::fs::rename(case.text(300), case.path(&folder).join("text.txt")).unwrap();
    case.run_small(&[&format!("{folder}/text.txt"), "-o", &format!("{folder}/m")]).succeeds();
}

/// Row 20.
#[test]
fn outputs_are_checked_before_the_corpus_is_read() {
    let case = Case::new();
    case.write("here", "old");
    // The corpus is not text: which error comes first shows what is checked first.
    case.write("binary", b"a\0b");
    case.run(&["binary", "-o", "no/m"]).fails(1, "the folder no does not exist");
    case.run(&["binary", "-o", "here"]).fails(1, "--force");
    case.run(&["binary", "--log", "no/loss.csv"]).fails(1, "the folder no does not exist");
    case.run(&["binary", "--log", "here"]).fails(1, "--force");
    case.run(&["binary", "--plot", "no/loss.svg"]).fails(1, "the folder no does not exist");
    case.run(&["binary", "--plot", "loss.pdf"]).fails(2, "--plot");
    case.run(&["binary", "-o", "."]).fails(1, "a folder");
    // A missing text comes before an existing output, which it would hide.
    case.run(&["nothing.txt", "-o", "here"]).fails(2, "there is no file nothing.txt");
    assert_eq!(case.bytes("here"), b"old");
}

/// Row 21.
#[test]
fn bytes_that_are_not_text_are_refused_replaced_or_skipped() {
    let case = Case::new();
    let mut bytes = std::fs::read(case.text(300)).unwrap();
    bytes.extend(b"bad \xff word\n");
    let at = bytes.len() - 7;
    case.write("text.txt", bytes);
    case.run_small(&["text.txt", "-o", "m"]).fails(1, &format!("offset {at} ")).says("--invalid-utf8 replace");
    case.run_small(&["text.txt", "-o", "a", "--invalid-utf8", "replace"]).succeeds().says("replaced by U+FFFD");
    case.run_small(&["text.txt", "-o", "b", "--invalid-utf8", "skip"])
        .succeeds()
        .says("1 line with invalid UTF-8: skipped");
}

/// Rows 22, 23 and 25.
#[test]
fn marks_line_ends_and_a_missing_last_newline_change_nothing() {
    let case = Case::new();
    let plain = std::fs::read_to_string(case.text(300)).unwrap();
    let words = |name: &str, text: &str| {
        case.write("text.txt", text);
        case.run_small(&["text.txt", "-o", name]).succeeds();
        rapidvec::vectors::WordVectors::open(case.path(name)).unwrap().rows().to_f32()
    };
    let expected = words("a", &plain);
    assert_eq!(words("b", &format!("\u{feff}{plain}")), expected);
    assert_eq!(words("c", &plain.replace('\n', "\r\n")), expected);
    assert_eq!(words("d", plain.trim_end()), expected);
}

/// Rows 24, 29 and 30. What is compressed and can be read, and row 37: `reading.rs`.
#[test]
fn files_that_are_not_text_are_refused_by_content() {
    let case = Case::new();
    for (bytes, message) in [
        (&b"cat\0dog"[..], "NUL byte at offset 3"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "text.txt: its gzip data is cut short"),
        (b"\x28\xb5\x2f\xfd\0\0", "text.txt: its zstd data is cut short"),
        (b"PK\x03\x04\x14\0\0\0\x08\0", "compressed (zip)"),
        (b"\xff\xfec\0a\0t\0", "UTF-16"),
    ] {
        case.write("text.txt", bytes);
        case.run_small(&["text.txt", "-o", "m"]).fails(1, message);
        assert!(!case.exists("m"));
    }
}

/// Rows 26 and 27.
#[test]
fn one_long_line_is_read_and_one_long_word_is_cut_and_counted() {
    let case = Case::new();
    let line = std::fs::read_to_string(case.text(2_000)).unwrap().replace('\n', " ");
    case.write("text.txt", format!("{line} {}", "x".repeat(1 << 20)));
    case.run_small(&["text.txt", "-o", "m"]).succeeds().says("1 word longer than 1000 bytes");
}

/// Row 28.
#[test]
fn words_that_other_programs_reserve_are_words() {
    let case = Case::new();
    case.write("text.txt", "a </s> b __label__x c <eos> d e\n".repeat(20));
    case.run_small(&["text.txt", "-o", "m"]).succeeds().says("20 tokens spelled <eos>: read as line ends");
    let vectors = rapidvec::vectors::WordVectors::open(case.path("m")).unwrap();
    assert!(vectors.vector("</s>").is_some() && vectors.vector("__label__x").is_some());
}

/// Row 32.
#[test]
fn standard_input_gives_what_the_file_gives() {
    let case = Case::new();
    let text = std::fs::read(case.text(500)).unwrap();
    case.run_with_input(&["-", "-o", "a"], &text).succeeds().says("stdin: ");
    case.run_small(&["text.txt", "-o", "b"]).succeeds();
    let rows = |name: &str| rapidvec::vectors::WordVectors::open(case.path(name)).unwrap().rows().to_f32();
    assert_eq!(rows("a"), rows("b"));
    case.run_with_input(&["-", "-o", "c", "--valid", "-"], &text).fails(2, "only once");
}

/// Row 64.
#[test]
fn a_word_longer_than_fifty_bytes_is_kept() {
    let case = Case::new();
    let text = std::fs::read_to_string(case.text(300)).unwrap();
    let word = "long".repeat(100);
    case.write("text.txt", format!("{text}{word} {text}"));
    case.run_small(&["text.txt", "-o", "m"]).succeeds();
    assert!(rapidvec::vectors::WordVectors::open(case.path("m")).unwrap().vector(&word).is_some());
}

/// Row 65.
#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_the_old_file_stays() {
    let case = Case::new();
    case.text(500);
    case.write("m", "old");
    let script = r#"ulimit -f 8; exec "$@""#; // whose signal would end the program if it were not ignored
    let mut command = std::process::Command::new("sh");
    command.current_dir(case.path("")).args(["-c", script, "sh", env!("CARGO_BIN_EXE_rapidvec"), "train", "text.txt"]);
    let outcome = command.args(["-o", "m", "--force"]).args(SMALL).output().unwrap();
    crate::trial::Outcome::of(outcome).fails(1, "could not be saved");
    assert_eq!(case.bytes("m"), b"old");
    assert_eq!(std::fs::read_dir(case.path("")).unwrap().count(), 2, "a temporary file was left");
}

// Row 31 (a corpus that changes) and rows 66 and 67 (kill, Ctrl-C): `resume.rs`.

/// Row 67.
#[cfg(unix)]
#[test]
fn a_signal_while_the_corpus_is_read_says_that_nothing_was_saved() {
    let case = Case::new();
    let mut command = case.train(&["-", "-o", "m"]);
    let piped = std::process::Stdio::piped;
    let mut child = command.stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
    let stdin = child.stdin.take(); // open and silent
    std::thread::sleep(std::time::Duration::from_millis(300));
    crate::signals::signal(&child, "INT");
    crate::trial::Outcome::of(child.wait_with_output().unwrap()).fails(130, "nothing was saved");
    drop(stdin);
    assert!(!case.exists("m"));
}

#[test]
fn what_is_read_is_never_written() {
    let case = Case::new();
    case.text(300);
    let before = case.bytes("text.txt");
    case.run(&["text.txt", "-o", "./text.txt", "--force"]).fails(2, "is an input and cannot be overwritten");
    case.run(&["text.txt", "-o", "m", "--log", "m"]).fails(2, "must be different files");
    assert_eq!(case.bytes("text.txt"), before);
}
