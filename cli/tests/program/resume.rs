//! A run that is killed again and again ends in the same bytes as one that is left alone.

use crate::signals::signal;
use crate::trial::{Case, Outcome};
use rapidvec::vectors::WordVectors;
use std::process::{Command, Stdio};
use std::time::Duration;

const RUN: [&str; 16] = [
    "--trainer",
    "textbook",
    "--vector-size",
    "40",
    "--window",
    "3",
    "--negatives",
    "3",
    "--batch-size",
    "20",
    "--epochs",
    "8",
    "--seed",
    "3",
    "--progress",
    "none",
];

/// Starts the run, kills it after a time that changes, resumes it, until it is finished.
fn kill_until_finished(case: &Case, flags: &[&str], threads: &str, seed: u64) -> Vec<Option<i32>> {
    let mut ends = Vec::new();
    for round in 0..200_u64 {
        let own = ["--checkpoint-every", "0.02", "--threads", threads, "--log", "stopped.csv", "-o", "stopped"];
        let resumed = ["--resume", "stopped"];
        let fresh = [&["text.txt", "--force"], flags, &RUN].concat();
        let first = if case.exists("stopped") { &resumed[..] } else { &fresh[..] };
        let mut command = case.train(&[first, &own].concat());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Longer and longer: on a busy machine a run may not even begin in a tenth of a second.
        std::thread::sleep(Duration::from_millis(15 + (round + seed) * 37 % 90 + 3 * round));
        signal(&child, ["INT", "KILL", "TERM"][round as usize % 3]);
        let code = child.wait().unwrap().code();
        ends.push(code);
        if code == Some(0) {
            return ends;
        }
    }
    panic!("never finished: {ends:?}");
}

#[track_caller]
fn assert_same_after_kills(flags: &[&str]) {
    let case = Case::new();
    case.text(12_000);
    case.run(&[&["text.txt", "-o", "straight", "--log", "straight.csv"], flags, &RUN].concat()).succeeds();
    for threads in ["1", "2"] {
        // On a fast machine a run may be over before the first signal: then again, with other pauses.
        let stopped = (0..20).map(|seed| {
            let _ = std::fs::remove_file(case.path("stopped"));
            kill_until_finished(&case, flags, threads, seed)
        });
        let ends = stopped.into_iter().find(|ends| ends.contains(&Some(130))).unwrap_or_default();
        assert!(ends.contains(&Some(130)), "no signal hit the training: {ends:?}");
        assert!(case.bytes("stopped") == case.bytes("straight"), "{flags:?}, {threads} threads: {ends:?}");
        assert_eq!(log_without_times(&case, "stopped.csv"), log_without_times(&case, "straight.csv"));
    }
}

fn log_without_times(case: &Case, name: &str) -> Vec<[String; 3]> {
    let text = String::from_utf8(case.bytes(name)).unwrap();
    let columns = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    text.lines().map(columns).map(|row| [row[0].clone(), row[1].clone(), row[3].clone()]).collect()
}

#[test]
fn cbow_with_adam_ends_the_same_however_often_it_is_killed() {
    assert_same_after_kills(&[]);
}

#[test]
fn skipgram_ends_the_same_however_often_it_is_killed() {
    assert_same_after_kills(&["--model", "skipgram"]);
}

#[test]
fn sgd_ends_the_same_however_often_it_is_killed() {
    assert_same_after_kills(&["--optimizer", "sgd", "--max-grad", "1"]);
}

#[test]
fn half_precision_ends_the_same_however_often_it_is_killed() {
    assert_same_after_kills(&["--half"]);
}

#[test]
fn a_checkpoint_can_be_queried_during_training() {
    let case = Case::new();
    case.text(12_000);
    let args = [&["text.txt", "-o", "m", "--checkpoint-every", "0.02"], &RUN[..], &["--keep-state"]].concat();
    let mut child = case.train(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut opened = 0;
    while child.try_wait().unwrap().is_none() {
        if case.exists("m") {
            let vectors = WordVectors::open(case.path("m")).unwrap();
            assert_eq!(vectors.most_similar("word1", 3).unwrap().len(), 3);
            opened += 1;
        }
    }
    assert!(opened > 3, "training was over too soon to show anything");
}

#[test]
fn continuous_checkpoints_do_not_block_training() {
    let case = Case::new();
    case.text(400);
    case.run_small(&["text.txt", "-o", "m", "--checkpoint-every", "0.000000001"]).succeeds();
    case.run_small(&["text.txt", "-o", "n", "--checkpoint-every", "0"]).succeeds();
    assert_eq!(case.bytes("m"), case.bytes("n"));
}

#[test]
fn a_run_can_be_stopped_at_any_moment_also_before_its_first_step_and_between_epochs() {
    let case = Case::new();
    case.text(60); // an epoch is 3 steps, so that its end is hit often
    for round in 0..40_u64 {
        let args = [&["text.txt", "-o", "m", "--force", "--progress", "none"], &RUN[..8]].concat();
        let mut command = case.train(&[&args[..], &["--epochs", "1000000"]].concat());
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(2 + round));
        signal(&child, "TERM");
        let code = Outcome::of(child.wait_with_output().unwrap()).code;
        assert!(matches!(code, None | Some(130)), "{code:?}"); // None: before anybody listened
    }
}

#[test]
fn a_signal_that_comes_twice_at_once_still_saves() {
    let case = Case::new();
    case.text(12_000);
    let args = [&["text.txt", "-o", "m"], &RUN[..8], &["--epochs", "1000000", "--progress", "lines"]].concat();
    let mut child = case.train(&args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // The first line of progress: training continues from here.
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    while !std::io::BufRead::lines(&mut stderr).next().unwrap().unwrap().starts_with("| epoch 1 |") {}
    signal(&child, "INT");
    signal(&child, "INT");
    let rest = std::io::read_to_string(stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("saved m"), "{rest}");
    assert!(WordVectors::open(case.path("m")).is_ok());
}

/// The hidden files that a save in the midst of which a run ended has left.
fn leftovers(case: &Case) -> Vec<String> {
    let names =
        std::fs::read_dir(case.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".rapidvec-")).collect()
}

#[test]
fn a_second_signal_in_the_midst_of_a_save_leaves_no_temporary_file() {
    let case = Case::new();
    case.write("text.txt", (0..40_000).map(|i| format!("word{i}{}", [' ', '\n'][i % 2])).collect::<String>());
    let args =
        ["text.txt", "-o", "m", "--min-count", "1", "--vector-size", "400", "--epochs", "1000000", "--threads", "1"];
    let args = [&args[..], &["--checkpoint-every", "0", "--progress", "lines"]].concat();
    // A save may be over before it is seen: then again.
    let hit = (0..20).any(|_| {
        let mut child = case.train(&args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
        while !std::io::BufRead::lines(&mut stderr).next().unwrap().unwrap().starts_with("| epoch 1 |") {}
        signal(&child, "INT");
        while leftovers(&case).is_empty() && child.try_wait().unwrap().is_none() {}
        // Held there until a second signal does not count as the first.
        signal(&child, "STOP");
        let saving = !leftovers(&case).is_empty();
        std::thread::sleep(Duration::from_millis(600));
        signal(&child, "INT");
        signal(&child, "CONT");
        let rest = std::io::read_to_string(stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
        assert_eq!(leftovers(&case), [""; 0], "{rest}");
        let saved = case.exists("m");
        assert!(!saved || WordVectors::open(case.path("m")).is_ok());
        let _ = std::fs::remove_file(case.path("m"));
        saving && !saved
    });
    assert!(hit, "no second signal came while a model was saved");
}

#[test]
fn a_stopped_run_prints_the_command_that_resumes() {
    let case = Case::new();
    case.text(12_000);
    let args = [&["text.txt", "-o", "my model", "--epochs", "500", "--checkpoint-every", "0"], &RUN[..8]].concat();
    let child = case.train(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "INT");
    let told = Outcome::of(child.wait_with_output().unwrap()).fails(130, "to resume: ");
    let command = told.stderr.lines().find_map(|line| line.strip_prefix("to resume: ")).unwrap().to_owned();
    assert!(command.ends_with("train --resume 'my model' --checkpoint-every 0"), "{command}");
    // Typed as printed, with epochs that are soon over.
    let resumed = Command::new("sh").args(["-c", &format!("{command} --epochs 2")]).current_dir(case.path("")).output();
    let outcome = Outcome::of(resumed.unwrap());
    assert!(
        outcome.code == Some(2) && outcome.stderr.contains("begun already") || outcome.code == Some(0),
        "{outcome:?}"
    );
}

#[test]
fn a_finished_model_with_its_state_goes_further_as_if_never_finished() {
    let case = Case::new();
    case.text(3_000);
    let input = |name: &str| WordVectors::open(case.path(name)).unwrap().rows().to_f32();
    case.run_small(&["text.txt", "-o", "two", "--keep-state"]).succeeds();
    case.run(&["--resume", "two", "--epochs", "4"]).succeeds();
    let flags = ["text.txt", "-o", "four", "--vector-size", "20", "--window", "2", "--negatives", "3"];
    case.run(&[&flags[..], &["--trainer", "textbook", "--batch-size", "20", "--epochs", "4"]].concat()).succeeds();
    assert_eq!(input("two"), input("four"));
}

#[test]
fn a_finished_model_is_left_as_it_is() {
    let case = Case::new();
    case.text(1_000);
    case.run_small(&["text.txt", "-o", "m"]).succeeds();
    let before = case.bytes("m");
    case.run(&["--resume", "m"]).succeeds().says("nothing is left to train");
    case.run(&["--resume", "m", "--epochs", "3"]).fails(1, "--keep-state");
    assert_eq!(case.bytes("m"), before);
}

#[test]
fn flags_that_contradict_the_checkpoint_are_named() {
    let case = Case::new();
    case.text(1_000);
    case.run_small(&["text.txt", "-o", "m", "--keep-state"]).succeeds();
    for [flag, value] in [
        ["--window", "3"],
        ["--model", "skipgram"],
        ["--optimizer", "sgd"],
        ["--seed", "2"],
        ["--learning-rate", "0.5"],
        ["--max-grad", "5"],
        ["--max-tokens", "9"],
        ["--invalid-utf8", "skip"],
    ] {
        case.run(&["--resume", "m", "--epochs", "3", flag, value]).fails(2, &format!("{flag} {value} contradicts"));
    }
    case.run(&["--resume", "m", "--epochs", "1"]).fails(2, "--epochs 1 is less than the 2");
    case.run(&["--resume", "m", "--epochs", "3", "--half"]).fails(2, "--half contradicts");
    case.run(&["--resume", "m", "--epochs", "3", "--trainer", "word2vec"])
        .fails(2, "--trainer word2vec does not fit the checkpoint");
    case.run(&["--resume", "m", "--epochs", "3", "--window", "2", "--threads", "1"]).succeeds();
}

// FAULTS row 31: the text changed between two runs.
#[test]
fn a_corpus_that_changed_is_refused_with_expected_and_got() {
    let case = Case::new();
    case.text(1_000);
    case.run_small(&["text.txt", "-o", "m", "--keep-state"]).succeeds();
    case.text(1_010);
    case.run(&["--resume", "m", "--epochs", "3"])
        .fails(1, "1100 tokens")
        .says("1111 tokens): text.txt is another text");
    std::fs::remove_file(case.path("text.txt")).unwrap();
    case.run(&["--resume", "m", "--epochs", "3"]).fails(2, "name the text after --resume FILE");
    std::fs::rename(case.text(1_000), case.path("moved.txt")).unwrap();
    case.run(&["--resume", "m", "moved.txt", "--epochs", "3"]).succeeds();
}

#[test]
fn resuming_from_what_is_not_a_checkpoint_names_what_it_is() {
    let case = Case::new();
    for (file, name) in [("2 2\na 1 2\nb 3 4\n", "word2vec text"), ("a 1 2\nb 3 4\n", "GloVe text")] {
        case.write("m", file);
        case.run(&["--resume", "m"]).fails(1, "expected a rapidvec model").says(name);
    }
}

#[test]
fn a_corpus_from_standard_input_has_to_be_given_again() {
    let case = Case::new();
    let text = std::fs::read(case.text(1_000)).unwrap();
    case.run_with_input(&["-", "-o", "m", "--keep-state"], &text).succeeds();
    case.run(&["--resume", "m", "--epochs", "3"]).fails(2, "came from standard input");
    case.run(&["--resume", "m", "--epochs", "3", "text.txt"]).succeeds();
}

#[test]
fn a_checkpoint_that_was_damaged_is_refused() {
    let case = Case::new();
    case.text(1_000);
    case.run_small(&["text.txt", "-o", "m", "--keep-state"]).succeeds();
    let bytes = case.bytes("m");
    case.write("m", &bytes[..bytes.len() - 1]);
    case.run(&["--resume", "m", "--epochs", "3"]).fails(1, "cut short");
    case.run(&["--resume", "nothing"]).fails(2, "cannot resume from nothing");
}
