//! Where no further thread can be started, and numbers of threads that no machine has.

use crate::trial::{Case, Outcome, SMALL};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// A user without rights, whose processes can be counted: root's are not limited.
const NOBODY: u32 = 65_534;

/// `prlimit` with this limit, for a program that cannot be root's.
fn limited(limit: &str, program: &Path) -> Command {
    let mut command = Command::new("prlimit");
    command.arg(limit).arg("--").arg(program).stdin(Stdio::null()).env("LC_ALL", "C");
    let is_root = std::fs::read_to_string("/proc/self/status").is_ok_and(|status| status.contains("\nUid:\t0\t0\t"));
    if is_root {
        command.uid(NOBODY);
    }
    command
}

/// A folder in which anybody may write, with the text `text.txt`; `None` if this limit has no effect here.
fn case(limit: &str) -> Option<Case> {
    let case = Case::new();
    case.text(20_000);
    std::fs::set_permissions(case.path("."), PermissionsExt::from_mode(0o777)).unwrap();
    let sleep = limited(limit, Path::new("/bin/sh")).args(["-c", "sleep 0 & wait; exec true"]).output();
    let works = limited("--core=0", Path::new(env!("CARGO_BIN_EXE_rapidvec"))).arg("--version").output();
    match (sleep, works) {
        (Ok(sleep), Ok(works)) if !sleep.stderr.is_empty() && works.status.success() => Some(case),
        (sleep, works) => {
            eprintln!("skipped: {limit} has no effect here: {sleep:?}, {works:?}");
            None
        }
    }
}

fn run(case: &Case, limit: &str, args: &[&str]) -> Outcome {
    let mut command = limited(limit, Path::new(env!("CARGO_BIN_EXE_rapidvec")));
    Outcome::of(command.args(args).current_dir(case.path(".")).output().unwrap())
}

#[test]
fn everything_works_where_no_thread_can_be_started() {
    const ALONE: &str = "--nproc=1";
    let Some(case) = case(ALONE) else { return };
    let run = |args: &[&str]| run(&case, ALONE, args).succeeds();
    let fast = ["train", "text.txt", "--epochs", "1", "--vector-size", "20", "--min-count", "1"];
    run(&[&fast[..], &["--threads", "2", "-o", "m"]].concat()).says("epoch 1 | average loss");
    run(&[&fast[..], &["--threads", "1", "-o", "alone"]].concat());
    assert!(case.bytes("alone").len() == case.bytes("m").len());
    run(&[&["train", "text.txt", "-o", "b"][..], &SMALL].concat());
    for args in [
        &["info", "m"][..],
        &["verify", "m"],
        &["similar", "m", "word1"],
        &["analogy", "m", "word1", "word4", "word9"],
        &["convert", "m", "m.npz"],
        &["convert", "m", "m.txt"],
        &["project", "m", "-o", "p"],
        &["map", "m", "-o", "m.svg"],
        &["embed", "m", "text.txt"],
        &["vocab", "text.txt"],
    ] {
        run(args);
    }
}

/// The estimate overflowed, and threads were started one after the other without end.
#[test]
fn more_threads_than_any_machine_has_are_a_usage_error() {
    let case = Case::new();
    case.text(200);
    for number in ["18446744073709551615", "9223372036854775808", "4097"] {
        case.run(&["text.txt", "-o", "m", "--threads", number]).fails(2, "expected a number from 0 to 4096");
        for args in [&["similar", "m", "a"][..], &["eval", "m", "q"], &["vocab", "text.txt"]] {
            let output = case.rapidvec().args(args).args(["--threads", number]).output().unwrap();
            Outcome::of(output).fails(2, "from 0 to 4096");
        }
    }
}
