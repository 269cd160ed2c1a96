//! `train --engine env`: two programs train one model, whoever starts them.

use crate::trial::{Case, Outcome};
use rapidvec::Vocabulary;
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::open_model;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RUN: [&str; 16] = [
    "--engine",
    "env",
    "--threads",
    "1",
    "--vector-size",
    "20",
    "--min-count",
    "1",
    "--sync-words",
    "6000",
    "--full-sync-every",
    "2",
    "--checkpoint-every",
    "0.000001",
    "--progress",
    "none",
];

const TOKEN: &str = "the tests' own token";

/// A port that is free now.
fn port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

fn worker(case: &Case, rank: usize, port: &str, args: &[&str]) -> Command {
    let mut command = case.train(args);
    for name in ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"] {
        command.env_remove(name);
    }
    command.env("RANK", rank.to_string()).env("WORLD_SIZE", "2").env("MASTER_ADDR", "127.0.0.1");
    command.env("MASTER_PORT", port).env("RAPIDVEC_TOKEN", TOKEN);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(case: &Case, args: &[&str]) -> [Child; 2] {
    let port = port();
    [0, 1].map(|rank| worker(case, rank, &port, args).spawn().unwrap())
}

fn finish(workers: [Child; 2]) -> [Outcome; 2] {
    workers.map(|worker| Outcome::of(worker.wait_with_output().unwrap()))
}

fn words(case: &Case, name: &str) -> Vocabulary {
    open_model(&case.path(name)).unwrap().vocabulary().clone()
}

#[test]
fn two_programs_train_the_model_of_one_text_and_one_of_them_speaks() {
    let case = Case::new();
    case.text(30_000);
    let [first, second] = finish(start(&case, &[&["text.txt", "-o", "model", "--log", "log.csv"], &RUN[..]].concat()));
    let first = first.succeeds().says("2 workers").says("of all rows").says("saved model");
    assert!(first.stderr.contains("30,000 tokens, 148 distinct words"), "{}", first.stderr);
    assert_eq!((second.code, second.stderr.as_str(), second.stdout.as_str()), (Some(0), "", ""));
    case.run(&["text.txt", "-o", "alone", "--epochs", "1", "--min-count", "1", "--threads", "1", "-q"]).succeeds();
    assert_eq!(words(&case, "model"), words(&case, "alone"));
    assert_eq!(WordVectors::open(case.path("model")).unwrap().vector_size(), 20);
    assert!(String::from_utf8(case.bytes("log.csv")).unwrap().lines().count() > 10);
}

#[test]
fn a_killed_worker_ends_the_others_and_the_checkpoint_gives_the_same_bytes() {
    let case = Case::new();
    case.text(40_000);
    let run = [&["text.txt", "--epochs", "20"], &RUN[..]].concat();
    finish(start(&case, &[&run[..], &["-o", "whole"]].concat()))
        .into_iter()
        .for_each(|outcome| drop(outcome.succeeds()));
    let mut workers = start(&case, &[&run[..], &["-o", "killed"]].concat());
    let began = Instant::now();
    while !case.exists("killed") && began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(2));
    }
    workers[1].kill().unwrap();
    let [first, second] = finish(workers);
    if second.code.is_none() {
        first.fails(1, "rank 1 is gone").says("killed");
        let resume = ["--resume", "killed", "--engine", "env", "--checkpoint-every", "0.000001", "--progress", "none"];
        finish(start(&case, &resume)).into_iter().for_each(|outcome| drop(outcome.succeeds()));
    }
    assert!(case.bytes("killed") == case.bytes("whole"), "after {:?}", began.elapsed());
    case.run(&["--resume", "whole", "--epochs", "30"]).fails(1, "");
}

#[test]
fn what_is_missing_or_cannot_be_shared_is_named() {
    let case = Case::new();
    case.text(100);
    let refused = |args: &[&str], change: &dyn Fn(&mut Command), message: &str| {
        let mut command = worker(&case, 0, &port(), &[&["text.txt", "--engine", "env"], args].concat());
        change(&mut command);
        Outcome::of(command.output().unwrap()).fails(2, message);
    };
    refused(
        &[],
        &|command| {
            command.env_remove("RAPIDVEC_TOKEN");
        },
        "set RAPIDVEC_TOKEN",
    );
    refused(
        &[],
        &|command| {
            command.env("RAPIDVEC_TOKEN", "short");
        },
        "from 16 to 256 bytes, got 5",
    );
    refused(
        &[],
        &|command| {
            command.env_remove("MASTER_ADDR");
        },
        "set MASTER_ADDR",
    );
    refused(
        &[],
        &|command| {
            command.env_remove("WORLD_SIZE");
        },
        "expected RANK and WORLD_SIZE",
    );
    refused(
        &[],
        &|command| {
            command.env("RANK", "first");
        },
        "RANK must be a whole number, got first",
    );
    refused(&["--valid", "text.txt"], &|_| (), "--valid cannot be combined with --engine env");
    refused(&["--trainer", "textbook"], &|_| (), "--trainer textbook cannot be combined with --engine env");
    case.run(&["text.txt", "--engine", "ray"]).fails(2, "pip install 'rapidvec[ray]'");
    let mut command = worker(&case, 2, &port(), &["text.txt", "--engine", "env"]);
    Outcome::of(command.output().unwrap()).fails(1, "a rank must be below the number of workers, 2, got 2");
}
