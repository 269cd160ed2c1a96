//! `rapidvec info`: histograms and losses, in numbers and as pictures of characters.

use crate::common::{Place, answer, program, stderr};
use rapidvec::vectors::format::pickle::PickleWriter;
use rapidvec::vectors::format::{TableView, VectorWriter};
use serde_json::{Value, json};
use std::path::Path;

/// The table as a terminal of that locale and width would get it.
fn table(model: &Path, locale: &str, columns: &str, args: &[&str]) -> String {
    let mut command = program();
    let command = command.arg("info").arg(model).args(args).env("LC_CTYPE", locale).env("COLUMNS", columns);
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

fn with_losses() -> Place {
    let losses: Vec<_> = (0..60).map(|i| json!([i / 20 + 1, i % 20 + 1, 4.0 - f64::from(i) * 0.05])).collect();
    let trained =
        json!({"epochs": 3, "blocks": 60, "blocks_per_epoch": 20, "words": 600, "losses": losses}).to_string();
    Place::with(|parts| drop(parts.metadata.insert("trained".to_owned(), trained)))
}

#[test]
fn json_has_the_histograms_and_all_losses() {
    let place = with_losses();
    let facts: Value = serde_json::from_str(&answer("info", &place.model, &["--format", "json"])).unwrap();
    let counts = json!({"numbers": 9, "min": 10, "median": 14, "max": 18,
        "histogram": [{"from": 10, "to": 19, "words": 9}]});
    assert_eq!(facts["counts"], counts);
    assert_eq!(facts["norms"]["numbers"], 9);
    assert_eq!((&facts["norms"]["min"], facts["norms"]["max"].as_f64()), (&json!(0.0), Some(10.25f64.sqrt())));
    let all: u64 =
        facts["norms"]["histogram"].as_array().unwrap().iter().map(|bin| bin["words"].as_u64().unwrap()).sum();
    assert_eq!(all, 9);
    assert_eq!(facts["trained"]["losses"].as_array().unwrap().len(), 60);
}

#[test]
fn the_table_draws_losses_counts_and_norms() {
    let place = with_losses();
    let shown = table(&place.model, "ko_KR.UTF-8", "80", &[]);
    for expected in [
        " epochs 3\n",
        "  4.000 → 1.050  █",
        "  epoch 1  4.000 → 3.050  █",
        "\nword counts\n",
        "  min 10, median 14, max 18\n",
        "  10–19 │█",
        "vector lengths",
    ] {
        assert!(shown.contains(expected), "{expected:?} is not in\n{shown}");
    }
    assert!(!shown.contains("losses 60"), "{shown}");
}

/// Results that have nowhere to go are not written: that is a failure, although Rust's runtime hides it.
#[cfg(unix)]
#[test]
fn a_closed_stdout_is_an_error_and_a_closed_pipe_is_none() {
    let place = Place::new();
    let shell = |line: &str| {
        let mut command = std::process::Command::new("sh");
        let program = env!("CARGO_BIN_EXE_rapidvec");
        command.args(["-c", line, program]).arg(&place.model).env("LC_ALL", "C").output().unwrap()
    };
    for command in ["info", "similar", "verify"] {
        let word = if command == "similar" { "zero" } else { "" };
        let output = shell(&format!("\"$0\" {command} \"$1\" {word} >&-"));
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let expected = "error: cannot write the results to standard output: it is closed";
        assert!(stderr(&output).starts_with(expected), "{output:?}");
    }
    let output = shell("\"$0\" info \"$1\" >/dev/null");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn plain_ascii_by_flag_or_by_locale() {
    let place = with_losses();
    for (locale, args) in [("C", &[][..]), ("ko_KR.EUC-KR", &[]), ("en_US.UTF-8", &["--ascii"])] {
        let shown = table(&place.model, locale, "80", args);
        assert!(shown.is_ascii(), "{shown}");
        assert!(shown.contains("  10-19 |#") && shown.contains("4.000 -> 1.050  #"), "{shown}");
    }
}

#[test]
fn bars_fit_the_terminal() {
    let place = Place::new();
    let widest = |columns| {
        let shown = table(&place.model, "C", columns, &[]);
        shown.lines().filter(|line| line.contains('#')).map(str::len).max().unwrap()
    };
    assert_eq!((widest("40"), widest("100")), (40, 100));
}

#[test]
fn a_pickle_has_norms_but_no_counts() {
    let place = Place::new();
    let pickle = PickleWriter::new(TableView::new(&crate::common::words(), 3, &crate::common::numbers()).half(true))
        .unwrap()
        .to_bytes();
    let path = place.file("a.pkl", &pickle);
    let facts: Value = serde_json::from_str(&answer("info", &path, &["--format", "json"])).unwrap();
    assert_eq!((&facts["counts"], &facts["norms"]["numbers"]), (&Value::Null, &json!(9)));
    assert_eq!(facts["format"], "pickle");
    let shown = table(&path, "C", "80", &[]);
    assert!(shown.contains("vector lengths") && !shown.contains("word counts"), "{shown}");
}

#[test]
fn metadata_that_another_program_wrote_are_shown_as_they_are() {
    let place = Place::with(|parts| {
        parts.metadata.insert("trained".to_owned(), r#"{"losses":"many"}"#.to_owned());
    });
    assert!(table(&place.model, "C", "80", &[]).contains("losses many\n"));
}
