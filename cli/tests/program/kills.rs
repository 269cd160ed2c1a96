//! kill -9 at random moments: a file that was there is there, or the whole new one is; nothing is half written.
//!
//! `RAPIDVEC_KILLS` sets how many kills there are (30 by default; a night has time for some thousands). What a run that is
//! killed again and again ends with is tested in `resume.rs` and `word2vec_resume.rs`.

use crate::trial::Case;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What is killed.
struct Target {
    command: &'static [&'static str],
    outputs: &'static [&'static str],
    /// Whether every run writes the same bytes; if not, what is there has to be a model that `verify` accepts.
    repeats: bool,
}

/// Small checkpoints as often as possible, and more epochs than there is time for.
const WORD2VEC: [&str; 16] = [
    "train",
    "text.txt",
    "-o",
    "out",
    "--force",
    "--epochs",
    "100000",
    "--checkpoint-every",
    "0.01",
    "--min-count",
    "1",
    "--threads",
    "2",
    "--progress",
    "none",
    "-q",
];

const TEXTBOOK: [&str; 20] = [
    "train",
    "text.txt",
    "-o",
    "out",
    "--force",
    "--trainer",
    "textbook",
    "--window",
    "2",
    "--negatives",
    "3",
    "--vector-size",
    "20",
    "--epochs",
    "100000",
    "--checkpoint-every",
    "0.01",
    "--progress",
    "none",
    "-q",
];

const fn target(command: &'static [&'static str], outputs: &'static [&'static str]) -> Target {
    Target { command, outputs, repeats: true }
}

const TARGETS: [Target; 10] = [
    Target { command: &WORD2VEC, outputs: &["out"], repeats: false },
    Target { command: &TEXTBOOK, outputs: &["out"], repeats: false },
    target(&["convert", "model", "out.safetensors", "--force"], &["out.safetensors"]),
    target(&["convert", "model", "out.txt", "--force"], &["out.txt"]),
    target(&["convert", "model", "out.npz", "--force"], &["out.npz"]),
    target(&["convert", "model", "out.bin.gz", "--force"], &["out.bin.gz"]),
    target(&["vocab", "text.txt", "-o", "out", "--min-count", "1", "--force"], &["out"]),
    target(&["embed", "model", "text.txt", "-o", "out.npy", "--force"], &["out.npy"]),
    target(&["map", "model", "-o", "out.svg", "--force"], &["out.svg"]),
    target(&["project", "model", "-o", "out", "--force"], &["out.vectors.tsv", "out.metadata.tsv"]),
];

fn kills() -> usize {
    let wanted = std::env::var("RAPIDVEC_KILLS").ok();
    wanted.map_or(30, |kills| kills.parse().expect("RAPIDVEC_KILLS is a whole number"))
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_file_or_the_whole_new_one() {
    let case = Case::new();
    case.text(20_000);
    case.run(&["text.txt", "-o", "model", "--vector-size", "50", "--min-count", "1", "--epochs", "1"]).succeeds();
    let mut hits = 0;
    for (index, target) in TARGETS.iter().enumerate() {
        let whole = target.repeats.then(|| Whole::of(&case, target));
        for round in (index..kills()).step_by(TARGETS.len()) {
            hits += usize::from(killed(&case, target, whole.as_ref(), round));
        }
    }
    println!("{hits} of {} were at work when they were killed", kills());
    assert!(hits > kills() / 4, "{hits}: the kills came too late to show anything");
}

/// What an unbroken run writes, and how long it takes.
struct Whole {
    outputs: Vec<Vec<u8>>,
    took: Duration,
}

impl Whole {
    fn of(case: &Case, target: &Target) -> Self {
        let start = Instant::now();
        let code = quiet(case, target).wait().unwrap().code();
        assert_eq!(code, Some(0), "{:?}", target.command);
        let took = start.elapsed();
        Self { outputs: target.outputs.iter().map(|name| case.bytes(name)).collect(), took }
    }
}

fn quiet(case: &Case, target: &Target) -> Child {
    let mut command = case.rapidvec();
    command.args(target.command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills a run at the moment that belongs to `round`, and looks at what is there. Returns whether the kill hit it.
fn killed(case: &Case, target: &Target, whole: Option<&Whole>, round: usize) -> bool {
    // Every second time there is a file already.
    let old = (round / TARGETS.len()).is_multiple_of(2).then_some(b"old".as_slice());
    for name in target.outputs {
        match old {
            Some(old) => drop(case.write(name, old)),
            None => drop(std::fs::remove_file(case.path(name))),
        }
    }
    let most = whole.map_or(Duration::from_millis(600), |whole| whole.took);
    let mut child = quiet(case, target);
    // Anywhere, evenly spread, also if there are few rounds: by the golden ratio.
    std::thread::sleep(most.mul_f64((round as f64 * 0.618_034 + 0.3).fract()));
    child.kill().unwrap();
    let hit = child.wait().unwrap().code().is_none();
    for (index, name) in target.outputs.iter().enumerate() {
        let now = case.exists(name).then(|| case.bytes(name));
        let is_old = now.as_deref() == old;
        let is_new = match (whole, &now) {
            (Some(whole), now) => now.as_ref() == Some(&whole.outputs[index]),
            (None, now) => now.is_some() && verify(case, case.path(name)) == Some(0),
        };
        assert!(is_old || is_new, "{:?}, round {round}: {name} is neither the old nor a whole new one", target.command);
    }
    unfinished(case);
    hit
}

/// What a kill left under a temporary name is whole, or refused; it is never a crash.
fn unfinished(case: &Case) {
    let folder = case.path("");
    let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    for path in names.filter(|path| path.extension().is_some_and(|ending| ending == "tmp")) {
        let code = verify(case, path.clone());
        assert!(matches!(code, Some(0 | 1)), "{}: {code:?}", path.display());
        std::fs::remove_file(path).unwrap();
    }
}

fn verify(case: &Case, path: PathBuf) -> Option<i32> {
    let mut command: Command = case.rapidvec();
    command.arg("verify").arg(path).output().unwrap().status.code()
}
