//! Bad input and faults with the fast trainer: each a clear error or the right result. Numbers are rows of the
//! project's table of faults. Rows 31, 66 and 67: `word2vec_resume.rs`; rows 29 and 37 in full: `reading.rs`.

use crate::trial::{Case, Outcome};
use rapidvec::Vocabulary;
use rapidvec::compress::Compression;
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::safetensors::{ModelParts, write};
use std::process::Stdio;

const SMALL: [&str; 10] =
    ["--trainer", "word2vec", "--vector-size", "10", "--epochs", "1", "--threads", "1", "--progress", "none"];

fn train(case: &Case, args: &[&str]) -> Outcome {
    case.run(&[args, &SMALL].concat())
}

fn with_text() -> Case {
    let case = Case::new();
    case.text(3_000);
    case
}

fn open(case: &Case, name: &str) -> WordVectors {
    WordVectors::open(case.path(name)).unwrap()
}

fn rows(case: &Case, name: &str) -> Vec<f32> {
    open(case, name).rows().to_f32()
}

/// Trains on `text` and returns the vectors.
fn learned(case: &Case, text: impl AsRef<[u8]>) -> Vec<f32> {
    case.write("text.txt", text);
    train(case, &["text.txt", "-o", "m", "--force"]).succeeds();
    rows(case, "m")
}

/// Rows 1 and 2.
#[test]
fn a_corpus_without_words_or_without_frequent_ones_is_refused() {
    let case = Case::new();
    case.write("text.txt", "");
    train(&case, &["text.txt", "-o", "m"]).fails(1, "text.txt has no words");
    case.write("text.txt", " \n\t\n");
    train(&case, &["text.txt", "-o", "m"]).fails(1, "skipped: 2 empty");
    case.write("text.txt", "a b a\n");
    let outcome = train(&case, &["text.txt", "-o", "m"]).fails(1, "the most frequent one occurs 2.");
    outcome.says("(--min-count 2)");
    assert!(!case.exists("m"));
}

/// Row 3.
#[test]
fn a_single_word_is_refused_and_two_are_trained() {
    let case = Case::new();
    case.write("text.txt", "a ".repeat(100));
    for flags in [&[][..], &["--hierarchical-softmax"]] {
        let outcome = train(&case, &[&["text.txt", "-o", "m"], flags].concat());
        let outcome = outcome.fails(1, "a vocabulary of at least 2 words, got 1. Use a larger corpus");
        assert!(!case.exists("m") && !outcome.stderr.contains("--negatives 0"), "{}", outcome.stderr);
    }
    case.write("text.txt", "a b ".repeat(100));
    for flags in [&[][..], &["--hierarchical-softmax"], &["--model", "skipgram"]] {
        train(&case, &[&["text.txt", "-o", "m", "--force"], flags].concat()).succeeds();
        assert!(rows(&case, "m").iter().all(|x| x.is_finite()));
    }
}

/// Rows 4 and 5.
#[test]
fn empty_lines_are_skipped_and_one_word_lines_train_nothing() {
    let case = Case::new();
    let lines = "one two\n\n  \nthree one\n".repeat(10);
    case.write("text.txt", &lines);
    train(&case, &["text.txt", "-o", "m", "--subsample", "0"]).succeeds().says("20 lines without a word: skipped");
    case.write("text.txt", "one\ntwo\n".repeat(10));
    train(&case, &["text.txt", "-o", "n"]).fails(1, "no pair of words was trained").says("nothing was saved");
    assert!(!case.exists("n"));
}

/// Row 6.
#[test]
fn a_window_may_be_wider_than_any_sentence() {
    let case = with_text();
    for model in ["cbow", "skipgram"] {
        train(&case, &["text.txt", "-o", "m", "--force", "--window", "1000", "--model", model]).succeeds();
        assert!(rows(&case, "m").iter().all(|x| x.is_finite() && *x != 0.0));
    }
}

/// Rows 7 to 10 and 12 to 15, 17: what is 0, absurd or no number.
#[test]
fn settings_out_of_range_are_usage_errors_that_name_the_flag() {
    let case = with_text();
    let counts = ["0", "-1", "ten", "1.5", "", "99999999999999999999"];
    let reals = ["-1", "x", "", "NaN", "inf", "1e30"];
    for (flag, values) in [
        ("--window", &counts),
        ("--vector-size", &counts),
        ("--epochs", &counts),
        ("--negatives", &counts),
        ("--max-vocab", &counts),
        ("--learning-rate", &reals),
        ("--subsample", &reals),
        ("--min-learning-rate", &reals),
    ] {
        for value in values {
            let outcome = case.run(&["text.txt", "-o", "m", "--trainer", "word2vec", &format!("{flag}={value}")]);
            outcome.fails(2, flag);
        }
    }
    for flag in ["--min-count=-1", "--min-count=x", "--threads=-1", "--seed=-1", "--power=11", "--power=NaN"] {
        let name = flag.split('=').next().unwrap();
        case.run(&["text.txt", "-o", "m", "--trainer", "word2vec", flag]).fails(2, name);
    }
    for flag in
        ["--vector-size=65537", "--window=1000000001", "--negatives=1001", "--epochs=1000001", "--learning-rate=0"]
    {
        let name = flag.split('=').next().unwrap();
        case.run(&["text.txt", "-o", "m", "--trainer", "word2vec", flag]).fails(2, name);
    }
    case.run(&["text.txt", "-o", "m", "--min-learning-rate", "101"]).fails(2, "from 0 to 100");
    case.run(&["text.txt", "-o", "m", "--kernel", "mmx"]).fails(2, "--kernel");
    assert!(!case.exists("m"));
}

/// Row 10.
#[test]
fn a_run_that_cannot_fit_is_refused_with_an_estimate() {
    if !cfg!(target_os = "linux") {
        return eprintln!("SKIPPED: only Linux reports the available memory");
    }
    let case = with_text();
    // Each thread has room for two windows of 1,000 vectors.
    let args = "text.txt -o m --vector-size 65536 --window 1000 --threads 4096";
    let line = format!("ulimit -v 900000 && exec \"$0\" train {args}");
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", &line, env!("CARGO_BIN_EXE_rapidvec")]).current_dir(case.path("")).env("LC_ALL", "C");
    Outcome::of(limited.output().unwrap())
        .fails(1, "training needs about ")
        .says("MB are available. Use a smaller vector size");
    assert!(!case.exists("m"));
}

/// Row 11.
#[test]
fn no_threads_means_all_of_them() {
    let case = with_text();
    let all = std::thread::available_parallelism().unwrap().get();
    let expected = if all == 1 { "; 1 thread,".to_owned() } else { format!("; {all} threads,") };
    case.run(&["text.txt", "-o", "m", "--vector-size", "10", "--threads", "0"]).succeeds().says(&expected);
}

/// Row 16.
#[test]
fn a_misspelled_flag_is_refused_with_a_suggestion() {
    let case = with_text();
    for (wrong, right) in [("--hierarchical-softmaks", "--hierarchical-softmax"), ("--min-cuont", "--min-count")] {
        case.run(&["text.txt", wrong, "3"]).fails(2, wrong).says(&format!("'{right}'"));
    }
}

/// Rows 18 and 19.
#[test]
fn a_missing_corpus_is_refused_and_a_long_path_is_as_good_as_a_short_one() {
    let case = with_text();
    train(&case, &["nothing.txt", "-o", "m"]).fails(2, "there is no file nothing.txt");
    let folder = format!("{}/{}", "a".repeat(200), "b".repeat(200));
    std::fs::create_dir_all(case.path(&folder)).unwrap();
    std::fs::rename(case.path("text.txt"), case.path(&folder).join("text.txt")).unwrap();
    train(&case, &[&format!("{folder}/text.txt"), "-o", &format!("{folder}/m")]).succeeds();
    assert!(!case.exists("m") && case.exists(&format!("{folder}/m")));
}

/// Row 20.
#[test]
fn outputs_are_checked_before_the_corpus_is_read() {
    let case = with_text();
    case.write("here", "old");
    // The corpus is not text: the error shows what was checked first.
    case.write("binary", b"a\0b");
    let run = |args: &[&str]| train(&case, &[&["binary"], args].concat());
    run(&["-o", "no/m"]).fails(1, "the folder no does not exist");
    run(&["-o", "here"]).fails(1, "--force");
    run(&["-o", "."]).fails(1, "a folder");
    run(&["-o", "-"]).fails(2, "name a file");
    run(&["-o", "m.pkl"]).fails(2, "rapidvec convert");
    run(&["--log", "no/loss.csv"]).fails(1, "the folder no does not exist");
    run(&["--log", "here"]).fails(1, "--force");
    run(&["--plot", "no/loss.svg"]).fails(1, "the folder no does not exist");
    run(&["-o", "m", "--log", "./m"]).fails(2, "must be different files");
    run(&["-o", "m", "--init", "gone"]).fails(2, "gone");
    run(&["-o", "m", "--temporary-folder", "gone"]).fails(2, "--temporary-folder: there is no folder gone");
    assert_eq!(case.bytes("here"), b"old");
}

/// Row 21.
#[test]
fn bytes_that_are_not_text_are_refused_replaced_or_skipped() {
    let case = with_text();
    let mut bytes = case.bytes("text.txt");
    let at = bytes.len() + 4;
    bytes.extend(b"bad \xff word\n");
    case.write("text.txt", bytes);
    train(&case, &["text.txt", "-o", "m"]).fails(1, &format!("offset {at} ")).says("--invalid-utf8 replace");
    assert!(!case.exists("m"));
    let policy = |name: &str| train(&case, &["text.txt", "-o", name, "--invalid-utf8", name]).succeeds();
    policy("replace").says("replaced by U+FFFD");
    policy("skip").says("1 line with invalid UTF-8: skipped");
}

/// Rows 22, 23 and 25.
#[test]
fn marks_line_ends_and_a_missing_last_newline_change_nothing() {
    let case = with_text();
    let plain = String::from_utf8(case.bytes("text.txt")).unwrap();
    let expected = learned(&case, &plain);
    assert_eq!(learned(&case, format!("\u{feff}{plain}")), expected);
    assert_eq!(learned(&case, plain.replace('\n', "\r\n")), expected);
    assert_eq!(learned(&case, plain.trim_end()), expected);
}

/// Rows 24, 29 and 30.
#[test]
fn files_that_are_not_text_are_refused_by_content() {
    let case = Case::new();
    for (bytes, message) in [
        (&b"cat\0dog"[..], "NUL byte at offset 3"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "text.txt: its gzip data is cut short"),
        (b"PK\x03\x04\x14\0\0\0\x08\0", "compressed (zip)"),
        (b"\xff\xfec\0a\0t\0", "UTF-16"),
        (b"\xfe\xff\0c\0a\0t", "UTF-16"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0", "NUL byte"),
    ] {
        case.write("text.txt", bytes);
        train(&case, &["text.txt", "-o", "m"]).fails(1, message);
        assert!(!case.exists("m"));
    }
}

/// Row 29.
#[test]
fn packed_text_gives_what_the_plain_one_gives() {
    let case = with_text();
    let plain = case.bytes("text.txt");
    let expected = learned(&case, &plain);
    for compression in [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz] {
        let mut bytes = Vec::new();
        compression.write(&mut bytes, |out| out.write_all(&plain)).unwrap();
        assert_eq!(learned(&case, bytes), expected);
    }
}

/// Rows 26 and 27.
#[test]
fn one_huge_line_is_read_whole_and_one_long_word_is_cut_and_counted() {
    let case = Case::new();
    let words: String = (0..300_000_u64).map(|i| format!("w{} ", i * i % 997 % 150)).collect();
    case.write("text.txt", format!("{words}{}", "x".repeat(1 << 20)));
    let outcome = train(&case, &["text.txt", "-o", "m"]).succeeds().says("300,000 tokens kept");
    outcome.says("1 word longer than 1000 bytes");
    // One line is as good as several: the words of all of it were trained.
    assert!(rows(&case, "m").iter().all(|x| x.is_finite()));
}

/// Rows 26 and 27 at the table's size: a line, then a word, of a hundred megabytes, where the program itself takes 90 MB of address space and
/// has 150.
#[cfg(target_os = "linux")]
#[test]
fn a_line_of_a_hundred_megabytes_takes_bounded_memory() {
    let case = Case::new();
    let run = || {
        let script = r#"ulimit -v 150000; exec "$@""#;
        let mut command = std::process::Command::new("sh");
        command.current_dir(case.path("")).args([
            "-c",
            script,
            "sh",
            env!("CARGO_BIN_EXE_rapidvec"),
            "vocab",
            "text.txt",
        ]);
        Outcome::of(command.args(["-o", "words", "--force", "--threads", "1"]).stdin(Stdio::null()).output().unwrap())
    };
    let words: String = (0..20_000_u64).map(|i| format!("w{} ", i * i % 997 % 150)).collect();
    let times = (100 << 20) / words.len();
    case.write("text.txt", words.repeat(times));
    run().succeeds();
    let counted = rapidvec::read_vocabulary(&case.path("words")).unwrap();
    assert_eq!(counted.counts().iter().sum::<u64>(), 20_000 * times as u64);
    case.write("text.txt", "some words and ".to_owned() + &"x".repeat(100 << 20) + &" more".repeat(5));
    run().succeeds().says("1 word longer than 1000 bytes");
    let counted = rapidvec::read_vocabulary(&case.path("words")).unwrap();
    assert_eq!((counted.len(), counted.count(counted.id("more").unwrap())), (1, 5));
}

/// Row 28.
#[test]
fn words_that_other_programs_reserve_are_words() {
    let case = Case::new();
    case.write("text.txt", "a </s> b __label__x c <eos> d <unk> e\n".repeat(20));
    train(&case, &["text.txt", "-o", "m"]).succeeds();
    let vectors = open(&case, "m");
    for word in ["</s>", "__label__x", "<eos>", "<unk>"] {
        assert!(vectors.vector(word).is_some(), "{word}");
    }
}

/// Row 32.
#[test]
fn standard_input_and_pipes_give_what_the_file_gives() {
    let case = with_text();
    train(&case, &["text.txt", "-o", "file"]).succeeds();
    let mut cat = std::process::Command::new("cat").arg(case.path("text.txt")).stdout(Stdio::piped()).spawn().unwrap();
    let mut command = case.train(&[&["-", "-o", "pipe"], &SMALL[..]].concat());
    let output = command.stdin(cat.stdout.take().unwrap()).output().unwrap();
    Outcome::of(output).succeeds().says("stdin: ");
    cat.wait().unwrap();
    assert_eq!(rows(&case, "pipe"), rows(&case, "file"));
    #[cfg(unix)]
    assert_eq!(through_a_named_pipe(&case), rows(&case, "file"));
    train(&case, &["-", "-o", "m", "--valid", "-"]).fails(2, "only once");
    // Nothing comes.
    train(&case, &["-", "-o", "m"]).fails(1, "has no words");
    assert!(!case.exists("m"));
}

#[cfg(unix)]
fn through_a_named_pipe(case: &Case) -> Vec<f32> {
    let script = "mkfifo named && cat text.txt > named & while [ ! -p named ]; do sleep 0.01; done";
    let shell = std::process::Command::new("sh").current_dir(case.path("")).args(["-c", script]).status().unwrap();
    assert!(shell.success());
    train(case, &["named", "-o", "named-m"]).succeeds();
    rows(case, "named-m")
}

/// Row 34.
#[test]
fn words_pruned_while_counting_are_reported() {
    let case = Case::new();
    let text: String = (0..5_000).map(|i| format!("often w{i} twice\n")).collect();
    case.write("text.txt", text.repeat(6));
    let outcome = train(&case, &["text.txt", "-o", "m", "--max-vocab", "1000"]).succeeds();
    outcome.says("kept at most 1,000 distinct words").says("; raise --max-vocab");
    assert!(open(&case, "m").vector("often").is_some());
    // Which words were pruned depends on how threads shared the text; the run can still be resumed.
    let begin =
        ["text.txt", "-o", "m", "--force", "--max-vocab", "1000", "--keep-state", "--threads", "4", "--epochs", "1"];
    case.run(&begin).succeeds();
    for threads in ["1", "3"] {
        case.run(&["--resume", "m", "-o", "again", "--force", "--epochs", "2", "--threads", threads]).succeeds();
    }
}

/// `m`: a model with these counts and small vectors of size 10.
fn with_counts(case: &Case, counts: &[u64]) {
    let mut vocabulary = Vocabulary::new();
    counts.iter().enumerate().for_each(|(i, &count)| assert!(vocabulary.insert(&format!("word{i}"), count).is_some()));
    let input: Vec<f32> = (0..10 * counts.len()).map(|i| (i % 7) as f32 / 100.0).collect();
    let parts = ModelParts {
        vocabulary: &vocabulary,
        vector_size: 10,
        input: &input,
        output: None,
        half: false,
        metadata: [].into(),
        extra: Vec::new(),
    };
    write(&case.path("m"), &parts).unwrap();
}

/// Row 35.
#[test]
fn counts_of_any_size_are_drawn_by_and_kept() {
    let case = with_text();
    with_counts(&case, &[u64::MAX, (1 << 53) + 1, 1 << 31, 1]);
    for flags in [&[][..], &["--hierarchical-softmax"], &["--power", "-1"]] {
        train(&case, &[&["text.txt", "-o", "u", "--force", "--update", "m"], flags].concat()).succeeds();
        let updated = open(&case, "u");
        let counts = &updated.vocabulary().counts()[..3];
        assert_eq!(counts[0], u64::MAX, "{flags:?}");
        assert!(counts[1] > 1 << 53 && counts[2] >= 1 << 31, "{counts:?}");
        assert!(updated.rows().to_f32().iter().all(|x| x.is_finite()), "{flags:?}");
    }
}

/// Row 36: counts like Fibonacci's numbers make a tree of 90 floors.
#[test]
fn a_huffman_tree_may_be_deeper_than_forty() {
    let case = with_text();
    let (mut counts, mut next) = (vec![1_u64], 1);
    while counts.len() < 90 {
        let last = counts[counts.len() - 1];
        counts.push(next);
        next += last;
    }
    with_counts(&case, &counts);
    for model in ["cbow", "skipgram"] {
        let args = ["text.txt", "-o", "u", "--force", "--update", "m", "--hierarchical-softmax", "--model", model];
        train(&case, &args).succeeds();
        assert!(rows(&case, "u").iter().all(|x| x.is_finite()), "{model}");
    }
}

/// Row 37.
#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let case = Case::new();
    let absurd = "beyond 1000:1";
    for (compression, byte, reason) in [
        (Compression::Gzip, b'\0', "NUL byte at offset 0"),
        (Compression::Gzip, b' ', absurd),
        (Compression::Bzip2, b' ', absurd),
        (Compression::Zstd, b' ', absurd),
        (Compression::Xz, b' ', absurd),
    ] {
        let mut frame = Vec::new();
        compression.write(&mut frame, |out| out.write_all(&vec![byte; 32 << 20])).unwrap();
        case.write("bomb", frame.repeat(64));
        train(&case, &["bomb", "-o", "m"]).fails(1, "bomb: ").says(reason);
        assert!(!case.exists("m"));
    }
}

/// Runs `train text.txt -o m` where no file may grow over 4 kB.
#[cfg(unix)]
fn on_a_full_disk(case: &Case, args: &[&str]) -> Outcome {
    let script = r#"trap "" XFSZ; ulimit -f 8; exec "$@""#;
    let mut command = std::process::Command::new("sh");
    command.current_dir(case.path("")).args(["-c", script, "sh", env!("CARGO_BIN_EXE_rapidvec"), "train", "text.txt"]);
    command.args(["-o", "m", "--threads", "1", "--progress", "none"]).args(args);
    Outcome::of(command.stdin(Stdio::null()).output().unwrap())
}

/// Row 65.
#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_the_old_file_stays() {
    let case = with_text();
    case.write("m", "old");
    let outcome = on_a_full_disk(&case, &["--force"]);
    outcome.fails(1, "training is done, but the model could not be saved; nothing was saved: m: ");
    assert_eq!(case.bytes("m"), b"old");
    assert_eq!(std::fs::read_dir(case.path("")).unwrap().count(), 2, "a temporary file was left");
}

/// Runs `rapidvec train ../text.txt ARGS` in a folder on a disk of 64 kB, with `old` as what `m` was before. What is in the folder
/// afterwards is the answer's stdout, then what `m` is. `None` if this system does not allow to mount such a disk.
#[cfg(target_os = "linux")]
fn on_a_small_disk(case: &Case, args: &[&str]) -> Option<Outcome> {
    for folder in ["disk", "spare"] {
        std::fs::create_dir_all(case.path(folder)).unwrap();
    }
    let script = r#"mount -t tmpfs -o size=64k none disk || exit 99; cd disk; printf old > m
        "$@" >/dev/null; code=$?; ls -A; cat m; exit $code"#;
    let mut command = std::process::Command::new("unshare");
    command.current_dir(case.path("")).args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.args([env!("CARGO_BIN_EXE_rapidvec"), "train", "../text.txt", "--force", "--threads", "1"]);
    let answer = command.args(args).env("TMPDIR", case.path("spare")).stdin(Stdio::null()).output();
    std::fs::remove_dir(case.path("disk")).unwrap();
    let outcome = answer.map(Outcome::of).ok().filter(|outcome| [Some(0), Some(1)].contains(&outcome.code));
    if outcome.is_none() {
        eprintln!("SKIPPED: mounting a disk is not allowed here");
    }
    outcome
}

/// Row 65: the system reports a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_keeps_the_old_model_and_no_other_file() {
    let case = with_text();
    let Some(outcome) = on_a_small_disk(&case, &["-o", "m", "--progress", "none"]) else { return };
    let outcome = outcome.fails(1, "training is done, but the model could not be saved; it was saved to ");
    assert_eq!(open(&case, "spare/m").vocabulary().len(), 148);
    assert!(outcome.stderr.contains("No space left on device"), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "m\nold");
    // A full disk under the log does not lose the model.
    let args = ["-o", "../model", "--vector-size", "10", "--epochs", "3000", "--log", "log.csv", "--progress", "none"];
    let outcome = on_a_small_disk(&case, &args).expect("as before");
    let outcome = outcome.fails(1, "the log log.csv is not complete").says("No space left on device");
    assert_eq!((outcome.stdout.as_str(), open(&case, "model").vocabulary().len()), ("log.csv\nm\nold", 148));
}

/// Row 65: while it trains.
#[cfg(unix)]
#[test]
fn a_failed_checkpoint_is_reported_once_and_training_continues() {
    let case = with_text();
    let outcome = on_a_full_disk(&case, &["--epochs", "300", "--checkpoint-every", "0.01"]);
    let outcome = outcome.fails(1, "training is done, but the model could not be saved");
    let warning = outcome.stderr.lines().find(|line| line.starts_with("warning: the checkpoint could not be saved"));
    let warning = warning.expect(&outcome.stderr);
    assert!(warning.contains("training continues: m: ") && warning.matches("os error").count() == 1, "{warning}");
    assert!(!case.exists("m"));
    assert_eq!(std::fs::read_dir(case.path("")).unwrap().count(), 1, "a temporary file was left");
}

/// Row 67: before training there is nothing to save.
#[cfg(unix)]
#[test]
fn a_signal_while_the_corpus_is_read_says_that_nothing_was_saved() {
    let case = Case::new();
    let mut command = case.train(&["-", "-o", "m"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdin = child.stdin.take(); // open and silent
    std::thread::sleep(std::time::Duration::from_millis(500));
    crate::signals::signal(&child, "INT");
    Outcome::of(child.wait_with_output().unwrap()).fails(130, "nothing was saved");
    drop(stdin);
    assert!(!case.exists("m"));
}

#[test]
fn what_is_read_is_never_written() {
    let case = with_text();
    let before = case.bytes("text.txt");
    for output in ["text.txt", "./text.txt"] {
        train(&case, &["text.txt", "-o", output, "--force"]).fails(2, "is an input and cannot be overwritten");
    }
    train(&case, &["text.txt", "-o", "m", "--log", "text.txt", "--force"])
        .fails(2, "is an input and cannot be overwritten");
    assert_eq!(case.bytes("text.txt"), before);
}

/// Even with --force a log does not overwrite an input.
#[test]
fn a_log_never_takes_the_place_of_what_is_read() {
    let case = Case::new();
    case.text(3_000);
    train(&case, &["text.txt", "-o", "m"]).succeeds();
    assert!(case.rapidvec().args(["vocab", "text.txt", "-o", "words"]).status().unwrap().success());
    let before = (case.bytes("m"), case.bytes("words"));
    for (flag, file) in [("--init", "m"), ("--update", "m"), ("--vocab", "words")] {
        train(&case, &["text.txt", "-o", "new", "--force", flag, file, "--log", file])
            .fails(2, &format!("{file} is an input and cannot be overwritten"));
    }
    assert!((case.bytes("m"), case.bytes("words")) == before);
}
