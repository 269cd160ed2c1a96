//! `rapidvec similar`, run as users run it; also what all queries share: refused files, closed pipes, full disks.

use crate::common::{Place, ROWS, answer, failure, program, stderr};
use rapidvec::vectors::format::pickle::PickleWriter;
use rapidvec::vectors::format::{TableView, VectorWriter};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// NumPy 2.4.6, float64: the cosines of ROWS, here and in the next test; that of `zero` is 0 by definition.
#[test]
fn similar_shows_the_five_nearest_words_in_aligned_columns() {
    let place = Place::new();
    let expected = "[query] 한국어말\n\
                    \x20 car     0.7115\n\
                    \x20 zero    0.0000\n\
                    \x20 woman  -0.1041\n\
                    \x20 안녕   -0.1519\n\
                    \x20 queen  -0.2476\n";
    assert_eq!(answer("similar", &place.model, &["한국어말"]), expected);
}

#[test]
fn similar_answers_several_words_with_a_blank_line_between() {
    let place = Place::new();
    let shown = answer("similar", &place.model, &["안녕", "king", "-k", "1"]);
    assert_eq!(shown, "[query] 안녕\n  you   0.9870\n\n[query] king\n  queen   0.8915\n");
}

#[test]
fn similar_writes_json_for_programs() {
    let place = Place::new();
    let json = answer("similar", &place.model, &["king", "안녕", "--format", "json", "--top", "1"]);
    let [queen, you] = [("king", "queen"), ("안녕", "you")].map(|(from, to)| cosine(from, to));
    let expected = format!(
        "[{{\"query\":\"king\",\"neighbours\":[{{\"word\":\"queen\",\"similarity\":{queen}}}]}},\
         {{\"query\":\"안녕\",\"neighbours\":[{{\"word\":\"you\",\"similarity\":{you}}}]}}]\n"
    );
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let number =
        |value: &serde_json::Value, query: usize| value[query]["neighbours"][0]["similarity"].as_f64().unwrap();
    for query in 0..2 {
        assert!((number(&parse(&json), query) - number(&parse(&expected), query)).abs() < 1e-7);
    }
    let without_digits = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    assert_eq!(without_digits(&json), without_digits(&expected));
}

/// By the definition, in f64.
fn cosine(a: &str, b: &str) -> f64 {
    let [a, b] = [a, b].map(|word| ROWS.iter().find(|(w, _)| *w == word).unwrap().1.map(f64::from));
    let dot = |x: [f64; 3], y: [f64; 3]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn similar_writes_tsv_with_a_header() {
    let place = Place::new();
    let tsv = answer("similar", &place.model, &["안녕", "king", "--format", "tsv", "-k", "2"]);
    let lines: Vec<Vec<_>> = tsv.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines[0], ["query", "word", "similarity"]);
    let words: Vec<_> = lines[1..].iter().map(|line| &line[..2]).collect();
    assert_eq!(words, [["안녕", "you"], ["안녕", "car"], ["king", "queen"], ["king", "man"]]);
    assert!(lines[1..].iter().all(|line| line[2].parse::<f32>().is_ok()));
}

#[test]
fn similar_gives_zero_and_no_nan_for_a_zero_vector() {
    let place = Place::new();
    let json = answer("similar", &place.model, &["zero", "--format", "json", "-k", "99"]);
    assert_eq!(json.matches("\"similarity\":0.0}").count(), ROWS.len() - 1, "{json}");
}

#[test]
fn similar_fails_with_a_hint_for_an_unknown_word() {
    let place = Place::new();
    for format in ["table", "tsv", "json"] {
        // The words before it are not answered either.
        let message = failure(1, "similar", &place.model, &["you", "quene", "king", "--format", format]);
        assert_eq!(
            message,
            "error: `quene` is not in the vocabulary; did you mean `queen`? \
                       1 of 3 words are unknown; use --skip-unknown to skip them\n"
        );
    }
    assert!(failure(1, "similar", &place.model, &["안넝"]).contains("did you mean `안녕`?"));
}

#[test]
fn similar_refuses_files_that_are_not_models_and_says_what_it_is() {
    crate::common::refuses_files_that_are_not_models("similar", &["you"]);
}

#[test]
fn similar_reads_the_chapters_pickle_whatever_its_name() {
    let place = Place::new();
    let pickle = PickleWriter::new(TableView::new(&crate::common::words(), 3, &crate::common::numbers()).half(true))
        .unwrap()
        .to_bytes();
    let path = place.file("vectors.safetensors", &pickle);
    assert_eq!(answer("similar", &path, &["king"]), answer("similar", &place.model, &["king"]));
}

#[test]
fn similar_ends_with_code_2_for_wrong_arguments() {
    let place = Place::new();
    for args in [&[][..], &["you", "-k", "0"], &["you", "-k", "-1"], &["you", "-k", "many"], &["you", "--formt", "tsv"]]
    {
        failure(2, "similar", &place.model, args);
    }
    assert!(failure(2, "similar", &place.model, &["you", "--format", "xml"]).contains("table, tsv, json"));
    assert_eq!(program().arg("similar").output().unwrap().status.code(), Some(2));
}

#[test]
fn a_word_cannot_steer_the_terminal_or_break_a_line() {
    let mut words = rapidvec::Vocabulary::new();
    for word in ["a", "b\x1b[2J\n\tc"] {
        words.add(word);
    }
    let place = Place::new();
    let pickle = PickleWriter::new(TableView::new(&words, 1, &[1.0, 1.0])).unwrap().to_bytes();
    let path = place.file("model", &pickle);
    assert_eq!(answer("similar", &path, &["a"]), "[query] a\n  b\\u{1b}[2J\\n\\tc   1.0000\n");
    assert_eq!(answer("similar", &path, &["a", "--format", "tsv"]).lines().nth(1), Some("a\tb\x1b[2J\\n\\tc\t1"));
}

#[cfg(unix)]
#[test]
fn a_reader_who_has_seen_enough_ends_the_run_quietly() {
    let place = Place::new();
    let queries = vec!["king"; 20_000]; // far more than a pipe holds
    let args = queries.iter().chain(&["--format", "tsv"]);
    let mut child = program();
    let child = child.arg("similar").arg(&place.model).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut first = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let output = child.wait_with_output().unwrap(); // the pipe is closed by now
    assert_eq!(first, "query\tword\tsimilarity\n");
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_stdout_is_an_error() {
    let place = Place::new();
    for format in ["table", "tsv", "json"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut child = program();
        let output = child.arg("similar").arg(&place.model).args(["you", "--format", format]).stdout(full);
        let output = output.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("cannot write the results to standard output: No space left"));
    }
}

#[test]
fn info_shows_what_a_model_holds() {
    let place = Place::new();
    let table = answer("info", &place.model, &[]);
    for expected in [
        "words           9\n",
        "vector size     3\n",
        "tokens          126\n",
        "window 5\n",
        "epochs 2\n",
        "single (f32)",
    ] {
        assert!(table.contains(expected), "{expected:?} is not in\n{table}");
    }
    assert!(table.contains("can be resumed  no\n"));
    let json = |place: &Place| -> serde_json::Value {
        serde_json::from_str(&answer("info", &place.model, &["--format", "json"])).unwrap()
    };
    let facts = json(&place);
    assert_eq!((&facts["words"], &facts["config"]["window"], &facts["corpus"]), (&9.into(), &5.into(), &().into()));
    assert_eq!(facts["tensors"][0], serde_json::json!({"name": "input.weight", "type": "F32", "shape": [9, 3]}));
    assert_eq!(facts["can_be_resumed"], false);
    assert_eq!(json(&Place::with_checkpoint())["can_be_resumed"], true);
    crate::common::refuses_files_that_are_not_models("info", &[]);
}

#[test]
fn verify_says_ok_or_what_is_wrong() {
    let place = Place::new();
    assert!(
        answer("verify", &place.model, &[]).ends_with(
            "model.safetensors: OK, 9 words, vector size 3; checksums of 4 tensors and of the header match\n"
        )
    );
    let whole = std::fs::read(&place.model).unwrap();
    for at in (0..whole.len()).step_by(13) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        failure(1, "verify", &place.file("altered", &bytes), &[]);
    }
    let good = place.path("good.safetensors");
    std::fs::copy(&place.model, &good).unwrap();
    let output = program().arg("verify").args([&good, &place.path("altered"), &place.model]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!((output.status.code(), shown.matches(": OK, ").count()), (Some(1), 2), "all are checked: {shown}");
    crate::common::refuses_files_that_are_not_models("verify", &[]);
}

/// What looks the same is the same: an editor's or a Mac's spelling (NFD) finds the word.
#[test]
fn a_word_is_found_in_the_other_spelling_of_unicode_and_in_lower_case_if_the_text_was() {
    let place = Place::new();
    let rest = |shown: String| shown.split_once('\n').unwrap().1.to_owned();
    let composed = answer("similar", &place.model, &["안녕"]);
    let decomposed = answer("similar", &place.model, &["\u{110b}\u{1161}\u{11ab}\u{1102}\u{1167}\u{11bc}"]);
    assert_eq!(rest(decomposed), rest(composed));
    assert!(crate::common::failure(1, "similar", &place.model, &["King"]).contains("did you mean `king`?"));
    let of_lower = (String::from("lowercase"), String::from("true"));
    let place = Place::with(|parts| parts.metadata.extend([of_lower]));
    assert_eq!(rest(answer("similar", &place.model, &["King"])), rest(answer("similar", &place.model, &["king"])));
    assert_eq!(answer("rank", &place.model, &["KING", "Queen", "--limit", "4"]), "1\n");
}

#[test]
fn unknown_words_of_a_batch_are_left_out_and_counted_when_asked() {
    let place = Place::new();
    let known = answer("similar", &place.model, &["king", "you"]);
    assert!(failure(1, "similar", &place.model, &["king", "quene", "you"]).contains("did you mean `queen`?"));
    let output = crate::common::run("similar", &place.model, &["king", "quene", "you", "x", "--skip-unknown"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), known);
    let note = "note: 2 of 4 words are not in the vocabulary and were skipped; the first is `quene`\n";
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), note));
    let output = crate::common::run("similar", &place.model, &["x", "--skip-unknown", "--format", "json"]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"[]\n"[..]));
    assert_eq!(answer("similar", &place.model, &["king", "you", "--skip-unknown"]), known);
}
