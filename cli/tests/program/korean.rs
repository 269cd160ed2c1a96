//! A run in Korean, from the first line to the last.

use crate::common::{Place, program, stderr};
use crate::signals::signal;
use crate::trial::{Case, Outcome, SMALL};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

fn has_hangul(text: &str) -> bool {
    text.chars().any(|c| ('가'..='힣').contains(&c))
}

/// Runs `rapidvec ARGS... --lang ko`.
fn korean(case: &Case, args: &[&str]) -> Outcome {
    Outcome::of(case.rapidvec().args(args).args(["--lang", "ko"]).stdin(Stdio::null()).output().unwrap())
}

#[track_caller]
fn assert_korean(text: &str) {
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        assert!(has_hangul(line), "a line is not in Korean: {line:?} in\n{text}");
    }
}

const FAST: [&str; 6] = ["--vector-size", "16", "--epochs", "2", "--min-count", "1"];

#[test]
fn training_speaks_korean_from_the_first_line_to_the_last() {
    let case = Case::new();
    case.text(3_000);
    case.write("valid.txt", "word1 word4 word9 word16 word25 word36 word49\n".repeat(20));
    let outputs = ["--valid", "valid.txt", "--progress", "lines", "-o"];
    for (name, settings) in [("a", &SMALL[..]), ("b", &FAST)] {
        let run = korean(&case, &[&["train", "text.txt"], &outputs[..], &[name], settings].concat()).succeeds();
        assert_korean(&run.stderr);
        for expected in ["메모리", "에폭 1", "검증 손실", "저장했습니다", "다음 명령: "] {
            assert!(run.stderr.contains(expected), "{expected} is not in\n{}", run.stderr);
        }
    }
    let again = korean(&case, &["train", "--resume", "b"]).succeeds();
    assert_korean(&again.stderr);
    let more = korean(&case, &[&["train", "text.txt", "--update", "b", "-o", "c"], &FAST[2..4]].concat()).succeeds();
    assert_korean(&more.stderr);
}

#[test]
fn an_interrupted_run_says_in_korean_how_to_resume() {
    let case = Case::new();
    case.text(12_000);
    let args = [&["text.txt", "-o", "m", "--lang", "ko", "--progress", "lines"], &FAST[..2], &["--epochs", "1000000"]];
    let mut child = case.train(&args.concat()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    lines.by_ref().find(|line| line.starts_with("| 에폭")).unwrap();
    signal(&child, "INT");
    let rest: Vec<String> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_korean(&rest.join("\n"));
    for text in ["Ctrl-C를 한 번 더", "중단했습니다", "저장했습니다", "이어서 학습하려면: "] {
        assert!(rest.iter().any(|line| line.contains(text)), "{text} is not in {rest:#?}");
    }
}

#[test]
fn common_errors_are_in_korean() {
    let case = Case::new();
    case.text(3_000);
    korean(&case, &[&["train", "text.txt", "-o", "m"], &FAST[..]].concat()).succeeds();
    case.write("short.txt", "a b\n");
    let cases: [(&[&str], i32, &str); 22] = [
        (&["train", "missing.txt"], 2, "missing.txt 파일이 없습니다"),
        (&["train", "text.txt", "-o", "m"], 1, "이미 있습니다"),
        (&["train", "text.txt", "-o", "no/m"], 1, "폴더가 없습니다"),
        (&["train", "text.txt", "-o", "n", "--window", "0"], 2, "범위를 벗어났습니다"),
        (&["similar", "m", "wrod1"], 1, "어휘에 없는 단어입니다"),
        (&["similar", "missing", "a"], 2, "그런 파일이나 폴더가 없습니다"),
        (&["info", "text.txt"], 1, "단어 벡터 파일이 아닙니다"),
        (&["map", "-o", "a.svg"], 2, "모델을 지정하지 않았고"),
        (&["train", "short.txt", "-o", "n"], 1, "5회 이상 나오는 단어가 없습니다"),
        (&["train", "ptb:other"], 2, "없는 데이터 세트입니다"),
        (&["train", "text.txt", "-o", "n.vec"], 2, "모델은 safetensors로 저장하는데"),
        (&["train", "text.txt", "-o", "n", "--batch-size", "9"], 2, "--trainer textbook의 설정입니다"),
        (&["train", "--resume", "m", "--epochs", "9"], 1, "학습 상태가 없어 이어서 학습할 수 없습니다; 끝난 모델을"),
        (&["train", "--epochs", "many"], 2, "'--epochs <N>'에 쓸 수 없는 값입니다: 'many': 1000, 100k"),
        (&["train", "--model", "bow"], 2, "쓸 수 있는 값: cbow, skipgram"),
        (&["train", "--bogus"], 2, "알 수 없는 인자입니다: '--bogus'\n사용법:"),
        (&["convrt"], 2, "알 수 없는 명령입니다: 'convrt'\n혹시 convert?"),
        (&["map", "m"], 2, "필요한 인자가 빠졌습니다: --output <FILE>"),
        (&["map", "m", "-o", "a.txt"], 2, "'a.txt': 파일 이름은 .svg, .html"),
        (&["plot", "m", "-o", "a.txt"], 2, "'a.txt': 파일 이름은 .svg, .png"),
        (&["analogy", "m", "word1", "word2"], 2, "단어 3개가 필요한데 2개를"),
        (&["similar", "m", "word1", "wrod1"], 1, "단어 2개 중 1개가 모델에 없습니다"),
    ];
    for (args, code, expected) in cases {
        let outcome = korean(&case, args);
        assert!(outcome.stderr.starts_with("오류: "), "{args:?}: {}", outcome.stderr);
        outcome.fails(code, expected);
    }
    assert_korean(&korean(&case, &["convert", "m", "m.vec"]).succeeds().stderr);
}

#[test]
fn a_map_has_korean_labels() {
    let case = Case::new();
    case.text(3_000);
    korean(&case, &[&["train", "text.txt", "-o", "m"], &FAST[..]].concat()).succeeds();
    let map = korean(&case, &["map", "m", "-o", "a.html", "--top", "20"]).succeeds();
    assert_korean(&map.stderr);
    let page = String::from_utf8(case.bytes("a.html")).unwrap();
    assert!(page.contains("<html lang=\"ko\">") && page.contains("단어 찾기") && page.contains("m의 단어 20개"));
    assert!(!page.contains("Find a word"));
}

#[test]
fn a_plot_has_korean_labels() {
    let case = Case::new();
    case.text(3_000);
    korean(&case, &[&["train", "text.txt", "-o", "m"], &FAST[..]].concat()).succeeds();
    assert_korean(&korean(&case, &["plot", "m", "-o", "a.svg"]).succeeds().stderr);
    let svg = String::from_utf8(case.bytes("a.svg")).unwrap();
    assert!(["학습 손실", "평균 손실", "에폭"].iter().all(|label| svg.contains(label)), "{svg}");
}

#[test]
fn a_korean_locale_is_enough_and_english_can_be_chosen() {
    let case = Case::new();
    case.text(3_000);
    let run = |args: &[&str]| {
        let args = [&["text.txt", "-o", "m", "--force"], args, &FAST[..]].concat();
        Outcome::of(case.train(&args).env("LC_ALL", "ko_KR.UTF-8").output().unwrap()).succeeds().stderr
    };
    assert_korean(&run(&[]));
    assert!(!has_hangul(&run(&["--lang", "en"])));
}

#[test]
fn an_error_of_a_file_is_korean_with_its_advice() {
    let place = Place::new();
    let path = place.file("cut.txt", b"5 2\na 1 2\nb 3\n");
    let output = program().args(["--lang", "ko", "similar"]).arg(&path).arg("a").output().unwrap();
    let expected = format!(
        "오류: {}: 파일이 잘렸습니다. 크기 2인 벡터가 5개여야 하는데 1개뿐입니다. 원본에서 다시 받으세요. --limit 1은(는) 남아 있는 벡터만 읽습니다\n",
        path.display()
    );
    assert_eq!(stderr(&output), expected);
    let output = program().args(["--lang", "ko", "train", "a.txt", "-minn", "3"]).output().unwrap();
    assert!(stderr(&output).contains("-minn: rapidvec에서는 --min-n"), "{}", stderr(&output));
}
