//! The word2vec trainer, stopped at any moment and resumed. With one thread it ends with the same bytes as if never
//! stopped; with several the schedule continues where it was.

use crate::signals::{send, signal};
use crate::trial::{Case, Outcome};
use rapidvec::vectors::WordVectors;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Half a second or so in all: long enough for several signals to hit it.
const RUN: [&str; 8] = ["--vector-size", "60", "--seed", "3", "--kernel", "scalar", "--progress", "none"];
const EPOCHS: u64 = 12;

fn with_text() -> Case {
    let case = Case::new();
    case.text(30_000);
    case
}

/// What a round of training came to.
#[derive(Debug)]
struct Round {
    name: &'static str,
    code: Option<i32>,
}

/// Starts the run, stops it after a time that changes, resumes it, until it is finished. `straight` is how long the run takes
/// here and now when nobody stops it: machines differ, and so do their moods.
fn stop_until_finished(case: &Case, flags: &[&str], threads: &str, seed: u64, straight: Duration) -> Vec<Round> {
    let epochs = EPOCHS.to_string();
    let mut rounds = Vec::new();
    for round in 0..100u64 {
        let own = ["--checkpoint-every", "0.02", "--threads", threads, "--log", "stopped.csv", "-o", "stopped"];
        let resumed = ["--resume", "stopped", "--progress", "none", "--kernel", "scalar"];
        let fresh = [&["text.txt", "--force", "--epochs", &epochs], flags, &RUN].concat();
        let first = if case.exists("stopped") { &resumed[..] } else { &fresh[..] };
        let mut command = case.train(&[first, &own].concat());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(straight * (15 + (round + seed) * 37 % 30) as u32 / 100);
        let name = ["INT", "KILL", "TERM"][round as usize % 3];
        signal(&child, name);
        let code = child.wait().unwrap().code();
        rounds.push(Round { name, code });
        if code == Some(0) {
            return rounds;
        }
        assert!(matches!(code, None | Some(130)), "{rounds:?}");
    }
    panic!("never finished: {rounds:?}");
}

/// As [`stop_until_finished`], until a signal of the polite kind and one of the other kind have hit the training.
fn stopped(case: &Case, flags: &[&str], threads: &str, straight: Duration) -> Vec<Round> {
    let tries = (0..10).map(|seed| {
        let _ = std::fs::remove_file(case.path("stopped"));
        // Where the first run was slowed down by others, later tries are stopped earlier.
        stop_until_finished(case, flags, threads, 11 * seed, straight / (1 + seed as u32))
    });
    let is_hit = |rounds: &Vec<Round>| {
        let killed = rounds.iter().any(|round| round.name == "KILL" && round.code.is_none());
        killed && rounds.iter().any(|round| round.code == Some(130))
    };
    tries.into_iter().find(is_hit).expect("no signal hit the training")
}

#[track_caller]
fn assert_same_after_stops(flags: &[&str]) {
    let case = with_text();
    let epochs = EPOCHS.to_string();
    let own = ["text.txt", "-o", "straight", "--log", "straight.csv", "--threads", "1", "--epochs", &epochs];
    let start = Instant::now();
    case.run(&[&own, flags, &RUN].concat()).succeeds();
    let rounds = stopped(&case, flags, "1", start.elapsed());
    assert!(case.bytes("stopped") == case.bytes("straight"), "{flags:?}: {rounds:?}");
    assert_eq!(log(&case, "stopped.csv", &[0, 1, 3, 4]), log(&case, "straight.csv", &[0, 1, 3, 4]));
}

/// Some columns of a log.
fn log(case: &Case, name: &str, columns: &[usize]) -> Vec<Vec<String>> {
    let text = String::from_utf8(case.bytes(name)).unwrap();
    let take = |line: &str| {
        let all: Vec<&str> = line.split(',').collect();
        columns.iter().map(|&i| all[i].to_owned()).collect()
    };
    text.lines().map(take).collect()
}

/// FAULTS rows 66 and 67.
#[test]
fn cbow_ends_the_same_however_often_it_is_stopped() {
    assert_same_after_stops(&[]);
}

#[test]
fn skipgram_in_half_precision_ends_the_same_however_often_it_is_stopped() {
    assert_same_after_stops(&["--model", "skipgram", "--half"]);
}

#[test]
fn hierarchical_softmax_ends_the_same_however_often_it_is_stopped() {
    assert_same_after_stops(&["--hierarchical-softmax"]);
    assert_same_after_stops(&["--hierarchical-softmax", "--negatives", "3"]);
}

#[test]
fn frozen_vectors_and_a_given_vocabulary_end_the_same_however_often_it_is_stopped() {
    let case = with_text();
    let words: String = (0..40).map(|i| format!("word{i}{}\n", " 0.25".repeat(60))).collect();
    let init = case.write("init.vec", format!("40 60\n{words}"));
    let vocab = case.write("words", (0..120).map(|i| format!("word{i}\t9\n")).collect::<String>());
    let [init, vocab] = [init.to_str().unwrap(), vocab.to_str().unwrap()];
    assert_same_after_stops(&["--init", init, "--freeze", "--vocab", vocab]);
}

#[test]
fn a_model_that_is_updated_ends_the_same_however_often_it_is_stopped() {
    let case = with_text();
    let text = "word1 new1 word2 new2 word3\n".repeat(100);
    case.write("small.txt", &text);
    case.run(&["small.txt", "-o", "m", "--vector-size", "60", "--epochs", "1", "--threads", "1"]).succeeds();
    assert_same_after_stops(&["--update", case.path("m").to_str().unwrap()]);
}

#[test]
fn several_runs_are_stopped_and_resumed_in_any_of_them_and_give_the_same_mean() {
    let case = with_text();
    let flags = ["--runs", "3", "--keep-runs", "--bootstrap", "--threads", "1", "--epochs", "3"];
    let fresh = [&["text.txt"][..], &flags, &RUN].concat();
    let start = Instant::now();
    case.run(&[&fresh[..], &["-o", "straight"]].concat()).succeeds();
    let straight = start.elapsed();
    let mut codes = Vec::new();
    for round in 0..60 {
        let resumed = ["--resume", "stopped", "--progress", "none", "--kernel", "scalar"];
        let args = if case.exists("stopped") { &resumed[..] } else { &fresh[..] };
        let own = ["--checkpoint-every", "0.02", "-o", "stopped"];
        let mut command = case.train(&[args, &own].concat());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(straight * (20 + round * 7 % 15) / 100);
        signal(&child, ["INT", "KILL"][round as usize % 2]);
        codes.push(child.wait().unwrap().code());
        if codes.ends_with(&[Some(0)]) {
            break;
        }
    }
    assert!(codes.contains(&Some(130)) && codes.ends_with(&[Some(0)]), "{codes:?}");
    assert!(case.bytes("stopped") == case.bytes("straight"), "{codes:?}");
    let opened = WordVectors::open(case.path("stopped")).unwrap();
    assert_eq!(opened.run_rows().len(), 3);
    let told = case.run(&["--resume", "stopped"]).succeeds();
    assert!(told.stderr.contains("finished"), "{}", told.stderr);
}

#[test]
fn several_runs_say_which_one_it_is_and_what_does_not_go_together() {
    let case = with_text();
    let common = ["text.txt", "-o", "m", "--vector-size", "10", "--epochs", "1", "--runs", "2"];
    let told = case.run(&[&common[..], &["--progress", "lines"]].concat()).succeeds().stderr;
    assert!(told.contains("run 1 of 2") && told.contains("run 2 of 2"), "{told}");
    for (flags, expected) in [
        (&["--update", "m"][..], "--update"),
        (&["--init", "m"], "--init"),
        (&["--subwords"], "--subwords"),
        (&["--position-weights"], "--position-weights"),
        (&["--log", "x.csv"], "--log"),
        (&["--keep-state"], "--keep-state"),
        (&["--device", "auto"], "--device"),
        (&["--trainer", "textbook"], "--runs is"),
    ] {
        case.run(&[&common[..], &["--force"], flags].concat()).fails(2, expected);
    }
    case.run(&["text.txt", "-o", "n", "--bootstrap"]).fails(2, "--runs");
    case.run(&["text.txt", "-o", "n", "--runs", "1"]).fails(2, "2 to 1000");
}

#[test]
fn several_threads_resume_at_the_same_place_of_the_schedule() {
    let case = with_text();
    let epochs = EPOCHS.to_string();
    let own = ["text.txt", "-o", "straight", "--log", "straight.csv", "--threads", "1", "--epochs", &epochs];
    let start = Instant::now();
    case.run(&[&own[..], &RUN].concat()).succeeds();
    stopped(&case, &[], "2", start.elapsed());
    // Places and learning rates are those of the run that was never stopped; losses differ a little.
    let [two, one] = ["stopped.csv", "straight.csv"].map(|name| log(&case, name, &[0, 1, 4]));
    assert_eq!(two, one);
    let told = |model: &str| {
        let output = case.rapidvec().args(["info", model, "--format", "json"]).output().unwrap();
        serde_json::from_str::<serde_json::Value>(&Outcome::of(output).succeeds().stdout).unwrap()["trained"].clone()
    };
    let (two, one) = (told("stopped"), told("straight"));
    assert!(one["epochs"] == EPOCHS && two["epochs"] == EPOCHS, "{two} {one}");
    assert!(one["words"].as_u64().unwrap() > 0 && one["words"] == two["words"], "{two} {one}");
}

#[test]
fn a_checkpoint_answers_queries_during_training() {
    let case = with_text();
    let args = ["text.txt", "-o", "m", "--checkpoint-every", "0.01", "--epochs", "1000000", "--threads", "1"];
    let mut child =
        case.train(&[&args[..], &RUN].concat()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut before = Vec::new();
    let mut opened = 0;
    for _ in 0..1_000 {
        std::thread::sleep(Duration::from_millis(20));
        if case.exists("m") && case.bytes("m") != before {
            before = case.bytes("m");
            let asked = case.rapidvec().args(["similar", "m", "word1", "--top", "3"]).output().unwrap();
            let answer = Outcome::of(asked).succeeds().stdout;
            assert_eq!(answer.lines().filter(|line| line.trim_start().starts_with("word")).count(), 3, "{answer}");
            opened += 1;
        }
        if opened == 4 {
            break;
        }
    }
    let runs_still = child.try_wait().unwrap().is_none();
    signal(&child, "TERM");
    assert_eq!((child.wait().unwrap().code(), opened, runs_still), (Some(130), 4, true));
}

#[test]
fn a_stopped_run_saves_and_prints_the_command_that_resumes() {
    let case = with_text();
    let args = ["text.txt", "-o", "my model", "--checkpoint-every", "0", "--epochs", "1000000", "--threads", "2"];
    let mut child = case.train(&args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // The first line of progress: training continues from here.
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    while !std::io::BufRead::lines(&mut stderr).next().unwrap().unwrap().starts_with("| epoch 1 |") {}
    signal(&child, "INT");
    signal(&child, "INT");
    let rest = std::io::read_to_string(stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    let command = rest.lines().find_map(|line| line.strip_prefix("to resume: ")).expect(&rest);
    assert!(command.ends_with("train --resume 'my model' --threads 2 --checkpoint-every 0"), "{command}");
    assert!(rest.contains("saved my model") && WordVectors::open(case.path("my model")).is_ok());
    // Typed as printed, the command resumes, until the next signal.
    let script = format!("exec {command}");
    let mut again = Command::new("sh");
    again.args(["-c", &script]).current_dir(case.path("")).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = again.spawn().unwrap();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    while !std::io::BufRead::lines(&mut stderr).next().unwrap().unwrap().starts_with("| epoch ") {}
    signal(&child, "TERM");
    let rest = std::io::read_to_string(stderr).unwrap();
    assert!(child.wait().unwrap().code() == Some(130) && rest.contains("to resume: "), "{rest}");
}

/// FAULTS row 67.
#[test]
fn a_run_can_be_stopped_at_any_moment_also_before_its_first_step() {
    let case = with_text();
    for round in 0..20_u64 {
        let args = ["text.txt", "-o", "m", "--force", "--progress", "none", "--epochs", "1000000"];
        let child = case.train(&args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(2 + 4 * round));
        signal(&child, "TERM");
        let outcome = Outcome::of(child.wait_with_output().unwrap());
        assert!(matches!(outcome.code, None | Some(130)), "{outcome:?}"); // None: before anybody listened
    }
}

#[test]
fn a_finished_model_with_its_state_goes_further() {
    let case = with_text();
    let train = |args: &[&str]| case.run(&[args, &["--threads", "1", "--progress", "none"]].concat());
    train(&["text.txt", "-o", "m", "--epochs", "2", "--keep-state"]).succeeds();
    let before = case.bytes("m");
    train(&["--resume", "m"]).succeeds().says("nothing is left to train; --resume m --epochs 4 continues");
    train(&["--resume", "m", "--epochs", "1"]).fails(2, "--epochs 1 is less than the 2 that have begun already");
    assert!(case.bytes("m") == before);
    train(&["--resume", "m", "--epochs", "4", "-o", "further", "--log", "log.csv"]).succeeds();
    let epochs = log(&case, "log.csv", &[0]);
    assert!(case.bytes("m") == before && epochs.first().unwrap()[0] == "epoch" && epochs.last().unwrap()[0] == "4");
    train(&["text.txt", "-o", "n", "--epochs", "2"]).succeeds();
    train(&["--resume", "n"]).succeeds().says("nothing is left to train; only a model trained with --keep-state");
    train(&["--resume", "n", "--epochs", "3"]).fails(1, "--keep-state");
}

#[test]
fn flags_that_contradict_the_checkpoint_are_named() {
    let case = with_text();
    case.run(&["text.txt", "-o", "m", "--epochs", "1", "--keep-state", "--progress", "none"]).succeeds();
    for [flag, value] in [
        ["--window", "3"],
        ["--model", "skipgram"],
        ["--vector-size", "50"],
        ["--negatives", "7"],
        ["--seed", "2"],
        ["--learning-rate", "0.5"],
        ["--min-learning-rate", "0.01"],
        ["--min-count", "1"],
        ["--subsample", "0"],
        ["--power", "1"],
        ["--context-sum", "sum"],
        ["--max-tokens", "9"],
        ["--max-vocab", "9"],
        ["--invalid-utf8", "skip"],
    ] {
        case.run(&["--resume", "m", "--epochs", "2", flag, value]).fails(2, &format!("{flag} {value} contradicts"));
    }
    for flag in
        ["--hierarchical-softmax", "--fixed-window", "--no-shuffle", "--half", "--init=m", "--update=m", "--vocab=m"]
    {
        let name = flag.split('=').next().unwrap();
        case.run(&["--resume", "m", "--epochs", "2", flag]).fails(2, name);
    }
    for [flag, value] in [["--trainer", "textbook"], ["--optimizer", "sgd"], ["--batch-size", "7"], ["--max-grad", "1"]]
    {
        case.run(&["--resume", "m", "--epochs", "2", flag, value]).fails(2, flag);
    }
    case.run(&["--resume", "m", "--epochs", "2", "--window", "5", "--min-count", "5", "--threads", "1"]).succeeds();
}

/// FAULTS row 31.
#[test]
fn a_corpus_that_changed_is_refused_with_expected_and_got() {
    let case = with_text();
    case.run(&["text.txt", "-o", "m", "--epochs", "1", "--keep-state", "--progress", "none"]).succeeds();
    case.text(30_010);
    case.run(&["--resume", "m", "--epochs", "3"])
        .fails(1, "(30000 tokens)")
        .says("(30010 tokens): text.txt is another text, or has changed");
    std::fs::remove_file(case.path("text.txt")).unwrap();
    case.run(&["--resume", "m", "--epochs", "3"]).fails(2, "name the text after --resume FILE");
    std::fs::rename(case.text(30_000), case.path("moved.txt")).unwrap();
    case.run(&["--resume", "m", "moved.txt", "--epochs", "2"]).succeeds();
}

/// FAULTS row 32.
#[test]
fn a_corpus_from_standard_input_has_to_be_given_again() {
    let case = with_text();
    let input = std::fs::File::open(case.path("text.txt")).unwrap();
    let run = case.train(&["-", "-o", "m", "--epochs", "1", "--keep-state"]).stdin(input).output().unwrap();
    Outcome::of(run).succeeds();
    case.run(&["--resume", "m", "--epochs", "2"]).fails(2, "came from standard input");
    case.run(&["--resume", "m", "--epochs", "2", "text.txt"]).succeeds();
}

#[test]
fn a_checkpoint_that_was_damaged_is_refused() {
    let case = with_text();
    case.run(&["text.txt", "-o", "m", "--epochs", "1", "--keep-state", "--progress", "none"]).succeeds();
    let bytes = case.bytes("m");
    case.write("m", &bytes[..bytes.len() - 1]);
    case.run(&["--resume", "m", "--epochs", "3"]).fails(1, "cut short");
    let mut flipped = bytes.clone();
    *flipped.last_mut().unwrap() ^= 1;
    case.write("m", &flipped);
    case.run(&["--resume", "m", "--epochs", "3"]).fails(1, "altered");
    case.run(&["--resume", "nothing"]).fails(2, "cannot resume from nothing");
}

/// `nohup` has a program ignore SIGHUP, a shell its background jobs SIGINT: that stays so.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_to_be_ignored_stays_ignored() {
    let case = with_text();
    let program = case.train(&[]).get_program().to_owned();
    let train = |ignored: &str| {
        let script =
            format!("trap '' {ignored}; exec \"$0\" train text.txt -o m --force --epochs 40 --threads 1 \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(&program).args(RUN).current_dir(case.path("."));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    for (ignored, sent, goes_on) in [("HUP", "HUP", true), ("INT", "INT", true), ("HUP", "INT", false)] {
        let mut child = train(ignored);
        std::thread::sleep(Duration::from_millis(300));
        if goes_on {
            send(&child, sent)
        } else {
            signal(&child, sent)
        }
        assert_eq!(child.wait().unwrap().success(), goes_on, "{sent} where {ignored} is ignored");
    }
}

/// Stopped exactly at the end of an epoch, and resumed with no more epochs than that.
#[test]
fn a_run_that_is_over_already_logs_nothing_twice() {
    use rapidvec::CpuTrainer;
    use rapidvec::checkpoint::{Checkpoint, Run, save_checkpoint};
    let case = with_text();
    let text = ["text.txt", "-o", "m", "--epochs", "2", "--keep-state", "--threads", "1", "--log", "first.csv"];
    case.run(&[&text[..], &RUN].concat()).succeeds();
    let found = Checkpoint::open(&case.path("m")).unwrap();
    let options = rapidvec::corpus::CorpusOptions::default();
    let source = rapidvec::corpus::Source::File(case.path("text.txt"));
    let text = rapidvec::corpus::Corpus::read(&[source], &options).unwrap();
    let config = found.config::<CpuTrainer>().unwrap().epochs(3);
    let trainer: CpuTrainer = found.trainer(&config, &text, 1).unwrap();
    let (corpus, vocabulary, storage, held_out) =
        (&found.corpus, found.vocabulary(), found.storage(), found.held_out());
    save_checkpoint(&case.path("m"), &Run { corpus, vocabulary, storage, held_out }, &trainer).unwrap();
    let told = case.run(&["--resume", "m", "--epochs", "2", "--progress", "lines", "--log", "second.csv"]).succeeds();
    assert!(!told.stderr.contains("| epoch"), "{}", told.stderr);
    assert_eq!(log(&case, "second.csv", &[0, 1, 3, 4]), log(&case, "first.csv", &[0, 1, 3, 4]));
}
