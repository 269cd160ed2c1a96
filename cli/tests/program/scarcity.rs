//! Little of everything: memory, open files, file sizes, room on a disk. Every command then ends with a result or with one
//! error, leaves no half file, and never panics.
//!
//! The limits are set by `prlimit` and `unshare` (util-linux); a test says so where the machine does not allow it.

use crate::trial::Case;
use std::process::{Command, Output, Stdio};

/// Every command that has work to do, on `model` and `text.txt`. What it writes begins with `out`.
const COMMANDS: [&[&str]; 17] = [
    &["info", "model"],
    &["verify", "model"],
    &["similar", "model", "word1"],
    &["analogy", "model", "word1", "word4", "word9"],
    &["eval", "model", "questions"],
    &["embed", "model", "text.txt", "-o", "out.npy"],
    &["convert", "model", "out.safetensors"],
    &["convert", "model", "out.txt"],
    &["convert", "model", "out.npz"],
    &["convert", "model", "out.pkl"],
    &["convert", "model", "out.bin.gz"],
    &["project", "model", "-o", "out"],
    &["map", "model", "-o", "out.svg"],
    &["map", "model", "-o", "out.html"],
    &["vocab", "text.txt", "-o", "out", "--min-count", "1"],
    &["train", "text.txt", "-o", "out", "--min-count", "1", "--vector-size", "20", "--epochs", "1"],
    &["train", "text.txt", "-o", "out", "--trainer", "textbook", "--vector-size", "20", "--epochs", "1"],
];

fn case() -> Case {
    let case = Case::new();
    case.text(4_000);
    case.write("questions", "word1 word4 word9 word16\n");
    case.run(&["text.txt", "-o", "model", "--vector-size", "8", "--min-count", "1", "--epochs", "1"]).succeeds();
    case
}

/// The program behind what sets the limit.
fn limited(case: &Case, limit: &[&str], command: &[&str]) -> Output {
    let mut limited = Command::new(limit[0]);
    limited.args(&limit[1..]).arg(env!("CARGO_BIN_EXE_rapidvec")).args(command);
    limited.current_dir(case.path("")).env("LC_ALL", "C").env("TMPDIR", case.path("")).env_remove("RUST_BACKTRACE");
    limited.stdin(Stdio::null()).output().unwrap()
}

/// Runs every command; returns how many succeeded.
fn all(case: &Case, limit: &[&str]) -> usize {
    COMMANDS.iter().filter(|command| one(case, limit, command)).count()
}

fn one(case: &Case, limit: &[&str], command: &[&str]) -> bool {
    let output = limited(case, limit, command);
    let message = String::from_utf8_lossy(&output.stderr);
    let what = format!("{limit:?} {command:?}: {:?} {message}", output.status);
    assert!(matches!(output.status.code(), Some(0 | 1)) && !message.contains("panicked"), "{what}");
    let succeeded = output.status.success();
    assert!(succeeded || message.contains("error: "), "{what}");
    let written = files(case);
    assert!(!written.iter().any(|name| name.ends_with(".tmp")), "{what}: {written:?}");
    // A trained model is saved elsewhere before it is lost; nothing else that failed leaves a file.
    let rescued = message.contains("it was saved to");
    assert!(succeeded || rescued || written.is_empty(), "{what}: {written:?}");
    written.iter().for_each(|name| std::fs::remove_file(case.path(name)).unwrap());
    succeeded
}

/// What a command has left: its outputs, and temporary files.
fn files(case: &Case) -> Vec<String> {
    let names =
        std::fs::read_dir(case.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("out") || name.starts_with('.')).collect()
}

/// Whether this machine can set the limit.
fn works(limit: &[&str]) -> bool {
    let run = Command::new(limit[0]).args(&limit[1..]).arg("true").stderr(Stdio::null()).status();
    let works = run.as_ref().is_ok_and(|status| status.success());
    if !works {
        eprintln!("SKIPPED: {limit:?} has no effect here: {run:?}");
    }
    works
}

#[test]
fn few_files_can_be_opened() {
    let case = case();
    for files in ["--nofile=4", "--nofile=6"] {
        if works(&["prlimit", files]) {
            all(&case, &["prlimit", files]);
        }
    }
}

/// The signal that the system sends would end the program; the error has to be reported instead.
#[test]
fn files_may_not_grow() {
    let case = case();
    for size in ["--fsize=0", "--fsize=20000"] {
        if works(&["prlimit", size]) {
            let succeeded = all(&case, &["prlimit", size]);
            assert!((4..COMMANDS.len()).contains(&succeeded), "{size}: {succeeded} succeed");
        }
    }
}

/// From some of it to all that is needed.
#[test]
fn the_address_space_is_limited() {
    let case = case();
    let mut succeeded = Vec::new();
    for size in ["--as=60000000", "--as=150000000", "--as=4000000000"] {
        if works(&["prlimit", size]) {
            succeeded.push(all(&case, &["prlimit", size]));
        }
    }
    assert!(succeeded.is_sorted() && succeeded.last().is_none_or(|&last| last == COMMANDS.len()), "{succeeded:?}");
}

/// A file system in memory, of a size that some of the files fit.
#[test]
fn the_disk_is_full() {
    let case = case();
    let mount = ["unshare", "-rm", "sh", "-c"];
    for size in ["4k", "32k"] {
        let mounted = format!("mount -t tmpfs -o size={size} none full && cd full");
        let script = format!("{mounted} && ln -s ../model ../text.txt ../questions . && exec \"$@\"");
        std::fs::create_dir_all(case.path("full")).unwrap();
        let limit = [&mount[..], &[&script, "sh"]].concat();
        let test = format!("cd {} && {} '{script}' sh true", case.path("").display(), mount.join(" "));
        if !Command::new("sh").args(["-c", &test]).stderr(Stdio::null()).status().unwrap().success() {
            return eprintln!("SKIPPED: no file system can be mounted here");
        }
        let succeeded = all(&case, &limit);
        assert!((4..COMMANDS.len()).contains(&succeeded), "{size}: {succeeded} succeed");
    }
}
