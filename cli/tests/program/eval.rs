//! `rapidvec eval`, run as users run it.

use crate::common::{Place, answer, failure, run, stderr};
use serde_json::{Value, json};

const QUESTIONS: &[u8] = b": royal\nking man queen woman\nKing Queen MAN woman\n: gram1 none\nking man queen lorry\n";
const PAIRS: &[u8] = b"# people\nking\tqueen\t9\nman\twoman\t8\ncar\tking\t1\nyou\tlorry\t3\n";

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The answers are known from the tests of `analogy`: king : man = queen : woman.
#[test]
fn eval_writes_an_object_for_each_file() {
    let place = Place::new();
    let (questions, pairs) = (place.file("questions", QUESTIONS), place.file("pairs", PAIRS));
    let [questions, pairs] = [&questions, &pairs].map(|path| path.to_str().unwrap());
    let found = parsed(&answer("eval", &place.model, &[questions, pairs, "--format", "json"]));
    let sections = json!([
        {"section": "royal", "accuracy": 1.0, "correct": 2, "total": 2, "out_of_vocabulary": 0},
        {"section": "gram1 none", "accuracy": null, "correct": 0, "total": 0, "out_of_vocabulary": 1},
    ]);
    assert_eq!((&found[0]["file"], &found[0]["method"]), (&questions.into(), &"add".into()));
    assert_eq!((&found[0]["accuracy"], &found[0]["correct"], &found[0]["total"]), (&1.0.into(), &2.into(), &2.into()));
    assert_eq!((&found[0]["sections"], &found[0]["out_of_vocabulary"]), (&sections, &1.into()));
    assert_eq!((&found[0]["semantic"]["correct"], &found[0]["syntactic"]["total"]), (&2.into(), &0.into()));
    assert_eq!(
        (&found[1]["file"], &found[1]["total"], &found[1]["out_of_vocabulary"]),
        (&pairs.into(), &3.into(), &1.into())
    );
    for (name, expected) in PEARSON_AND_SPEARMAN {
        assert!((found[1][name].as_f64().unwrap() - expected).abs() < 1e-6, "{name}: {}", found[1]);
    }
    assert_eq!((&found[1]["spearman"], &found[1]["spearman_p"]), (&1.0.into(), &0.0.into()));
    // Wilson's interval of two questions out of two; three pairs are too few for Fisher's.
    assert!((found[0]["accuracy_low"].as_f64().unwrap() - 0.342380).abs() < 1e-5, "{}", found[0]);
    assert_eq!((&found[0]["accuracy_high"], &found[1]["spearman_low"]), (&1.0.into(), &Value::Null));
}

/// scipy 1.17.1 over the cosines of the three pairs that are known.
const PEARSON_AND_SPEARMAN: [(&str, f64); 4] =
    [("pearson", 0.897712767), ("pearson_p", 0.290455216), ("spearman", 1.000000000), ("spearman_p", 0.000000000)];

#[test]
fn eval_shows_a_table_and_writes_tsv() {
    let place = Place::new();
    let (questions, pairs) = (place.file("questions", QUESTIONS), place.file("pairs", PAIRS));
    let [questions, pairs] = [&questions, &pairs].map(|path| path.to_str().unwrap());
    let table = answer("eval", &place.model, &[questions, pairs, "--method", "mul"]);
    assert!(table.starts_with(&format!("[analogies, mul] {questions}\n")), "{table}");
    assert!(table.contains("\n  royal       100.00 %        2       2        0\n"), "{table}");
    assert!(table.contains("\n  gram1 none         -        0       0        1\n"), "{table}");
    assert!(table.contains("\n  95 % interval of the total: 34.24 to 100.00 %\n"), "{table}");
    assert!(table.contains("\n\n[pairs] ") && table.ends_with("3 pairs compared, 1 unknown\n"), "{table}");
    let tsv = answer("eval", &place.model, &[questions, "--format", "tsv"]);
    assert!(tsv.starts_with("file\tsection\tmeasure\tvalue\n"));
    assert!(tsv.contains(&format!("{questions}\t\taccuracy\t1.0\n{questions}\t\tcorrect\t2\n")), "{tsv}");
    assert!(tsv.contains(&format!("{questions}\tgram1 none\taccuracy\t\n")), "{tsv}");
}

#[test]
fn eval_knows_fewer_words_with_restrict() {
    let place = Place::new();
    let questions = place.file("questions", QUESTIONS);
    let questions = questions.to_str().unwrap();
    let counts = |args: &[&str]| {
        let found = parsed(&answer("eval", &place.model, &[&[questions, "--format", "json"], args].concat()));
        ["correct", "total", "out_of_vocabulary"].map(|name| found[0][name].as_u64().unwrap())
    };
    assert_eq!(counts(&["--case"]), [1, 1, 2]);
    assert_eq!(counts(&["--count-unknown"]), [2, 3, 1]);
    assert_eq!(counts(&["--method", "textbook"])[1..], [2, 1]);
    // The model's counts rise, so that the rarest word is king, and `woman` is among the seven most frequent.
    assert_eq!(counts(&["--restrict", "8", "--count-unknown"]), [0, 3, 3]);
}

#[test]
fn eval_says_so_where_nothing_is_known() {
    let place = Place::new();
    let (questions, pairs) = (place.file("questions", b"a b c d\n"), place.file("pairs", b"a,b,1\nc,d,2\n"));
    let output = run("eval", &place.model, &[questions.to_str().unwrap(), pairs.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output).matches("has all its words in the vocabulary").count(), 2);
    assert!(
        stderr(&output)
            .ends_with("error: nothing could be evaluated; is the model of another language, or in lower case?\n")
    );
    let good = place.file("good", PAIRS);
    let output = run("eval", &place.model, &[questions.to_str().unwrap(), good.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "one of them could be");
}

#[test]
fn eval_refuses_files_that_are_none_and_names_file_and_line() {
    let place = Place::new();
    let good = place.file("good", QUESTIONS);
    let long = [b"a b c d\n", &vec![b'x'; 1 << 20][..]].concat();
    let cases = [
        (place.file("empty", b""), "holds no questions and no pairs of words"),
        (place.file("binary", b"\x80\x04\x95\0\0"), "line 1"),
        (place.file("utf16", b"a\0 \0b\0"), "got binary data or UTF-16"),
        (place.file("latin", b"a b c d\ncaf\xe9 b c d\n"), "line 2 is not valid UTF-8"),
        (place.file("five", b": s\na b c d\na b c d e\n"), "line 3: expected 4 fields"),
        (place.file("two", b"a,b,1\na,b\n"), "line 2: expected 3 fields"),
        (place.file("words", b"a b 1\na b high\n"), "line 2: expected a finite number after the two words, got `high`"),
        (place.file("long", &long), "line 2 is too long"),
        (place.file("prose", b"once upon a time there was\n"), "line 1 has 6 fields"),
        (place.folder.path().to_owned(), "directory"),
    ];
    let missing = (2, (place.path("missing"), "No such file"));
    for (code, (path, expected)) in cases.into_iter().map(|case| (1, case)).chain([missing]) {
        let message = failure(code, "eval", &place.model, &[good.to_str().unwrap(), path.to_str().unwrap()]);
        assert!(message.contains(expected), "{message:?} does not say {expected:?}");
        assert_eq!(message.matches(path.to_str().unwrap()).count(), 1, "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    crate::common::refuses_files_that_are_not_models("eval", &[good.to_str().unwrap()]);
}

#[test]
fn eval_ends_with_code_2_for_wrong_arguments() {
    let place = Place::new();
    for args in [&[][..], &["f", "--restrict", "0"], &["f", "--method", "best"], &["f", "--format", "xml"]] {
        failure(2, "eval", &place.model, args);
    }
}
