//! The figures are gensim's: counts digit for digit, correlations to 1e-6, p-values to 8 digits.
//!
//! `data/evaluate_gensim.py` recorded what gensim 4.4.0 and scipy make of small files that hold every rule, and of the
//! well-known files; those are among the project's fixtures, and the vectors for them are made up of whole numbers.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_core::Vocabulary;
use rapidvec_vectors::evaluate::statistics::{Correlation, pearson, spearman};
use rapidvec_vectors::evaluate::{Analogies, EvaluateOptions, EvaluationSet, WordPairs};
use rapidvec_vectors::{AnalogyMethod, Numbers, WordVectors};
use serde_json::Value;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

const RECORDED: &str = include_str!("data/evaluate_gensim.json");
const COEFFICIENT: f64 = 1e-6;
/// Of the p-value: gensim's cosines are rounded to f32, which moves it more than the coefficient.
const P_VALUE: f64 = 1e-4;

fn recorded() -> Value {
    serde_json::from_str(RECORDED).unwrap()
}

fn vectors(words: &[String], rows: &[Vec<f32>]) -> WordVectors {
    let mut vocabulary = Vocabulary::new();
    words.iter().for_each(|word| assert!(vocabulary.insert(word, 0).is_some(), "{word} twice"));
    WordVectors::new(vocabulary, rows[0].len(), Numbers::F32(rows.concat())).unwrap()
}

fn small() -> WordVectors {
    let small = &recorded()["small"];
    vectors(&of::<Vec<String>>(&small["words"]), &of::<Vec<Vec<f32>>>(&small["vectors"]))
}

fn of<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn analogies(text: &str) -> Analogies {
    match EvaluationSet::read(text.as_bytes(), "questions").unwrap() {
        EvaluationSet::Analogies(analogies) => analogies,
        other => panic!("{other:?}"),
    }
}

fn pairs(text: &str) -> WordPairs {
    match EvaluationSet::read(text.as_bytes(), "pairs").unwrap() {
        EvaluationSet::Pairs(pairs) => pairs,
        other => panic!("{other:?}"),
    }
}

fn options(case: &Value) -> EvaluateOptions {
    let (restrict, case_sensitive, count_unknown) = of(&case["options"]);
    EvaluateOptions::default().restrict(restrict).case_sensitive(case_sensitive).count_unknown(count_unknown)
}

fn assert_counts(vectors: &WordVectors, questions: &Analogies, case: &Value) {
    let report = vectors.evaluate_analogies(questions, AnalogyMethod::Add, &options(case)).unwrap();
    let all = report.sections.iter().chain([&report.total]);
    let counts: Vec<_> = all.map(|s| (s.name.clone(), s.correct, s.asked)).collect();
    let mut expected: Vec<(String, usize, usize)> = of(&case["analogies"]);
    expected.last_mut().unwrap().0 = "total".to_owned(); // gensim: Total accuracy
    assert_eq!(counts, expected, "{}", case["options"]);
    let unknown: usize = report.sections.iter().map(|section| section.unknown).sum();
    assert_eq!(report.total.unknown, unknown);
    let skipped = if options(case).count_unknown { 0 } else { unknown };
    assert_eq!(questions.questions().count(), report.total.asked + skipped);
}

fn assert_correlations(vectors: &WordVectors, pairs: &WordPairs, case: &Value, recorded: &Value) {
    let report = vectors.evaluate_pairs(pairs, &options(case)).unwrap();
    let [pearson, pearson_p, spearman, spearman_p, unknown]: [f64; 5] = of(recorded);
    let what = &case["options"];
    assert_near(report.pearson, pearson, pearson_p, [COEFFICIENT, P_VALUE], what);
    assert_near(report.spearman, spearman, spearman_p, [COEFFICIENT, P_VALUE], what);
    assert!((100.0 * report.unknown as f64 / pairs.len() as f64 - unknown).abs() < 1e-9, "{what}");
}

/// The coefficient up to a difference, the p-value up to a share of it.
fn assert_near(got: Option<Correlation>, coefficient: f64, p_value: f64, allowed: [f64; 2], what: &Value) {
    let got = got.unwrap();
    assert!((got.coefficient - coefficient).abs() <= allowed[0], "{what}: {got:?}, expected {coefficient}");
    assert!((got.p_value - p_value).abs() <= allowed[1] * p_value, "{what}: {got:?}, expected {p_value:e}");
}

#[test]
fn small_files_of_every_rule_give_gensims_counts() {
    let (recorded, vectors) = (recorded(), small());
    let questions = analogies(recorded["small"]["questions"].as_str().unwrap());
    let cases = recorded["small"]["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 16);
    cases.iter().for_each(|case| assert_counts(&vectors, &questions, case));
}

#[test]
fn small_files_of_every_rule_give_gensims_correlations() {
    let (recorded, vectors) = (recorded(), small());
    let text = recorded["small"]["pairs"].as_str().unwrap();
    for separator in ["\t", ",", " "] {
        let pairs = pairs(&text.replace('\t', separator));
        for case in recorded["small"]["cases"].as_array().unwrap() {
            assert_correlations(&vectors, &pairs, case, &case["pairs"]);
        }
    }
}

/// A file among the project's fixtures, unless they are not on this machine.
fn shared(name: &str) -> Option<String> {
    let shared = std::env::var_os("RAPIDVEC_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let path = shared.join("eval").join(name);
    let read = std::fs::read_to_string(&path).ok();
    if read.is_none() {
        let what = format!("SKIPPED: {} is not here; set RAPIDVEC_SHARED to what has eval/\n", path.display());
        std::io::stderr().write_all(what.as_bytes()).unwrap(); // past the harness, which hides what passing tests print
    }
    read
}

const SIZE: i64 = 20;

fn noise(i: i64, j: i64) -> i64 {
    (i * 7919 + j * 104_729 + i * j * 31).rem_euclid(65_521) - 32_760
}

#[derive(Default)]
struct MadeUp {
    places: HashMap<String, usize>,
    words: Vec<String>,
    rows: Vec<Vec<i64>>,
}

impl MadeUp {
    /// As `made_up` in the Python program.
    fn new(questions: &str, judged: &[String]) -> Self {
        let (mut made, mut section) = (Self::default(), 0);
        for line in questions.lines() {
            if line.starts_with(": ") {
                section += 1;
                continue;
            }
            let words: Vec<_> = line.split_whitespace().collect();
            for pair in words.chunks(2) {
                let base = made.add(pair[0], None);
                made.add(pair[1], Some((base, 5000 + section)));
            }
        }
        for word in judged.iter().flat_map(|text| text.lines()).flat_map(|line| line.split_whitespace().take(2)) {
            made.add(word, None);
        }
        made
    }

    fn add(&mut self, word: &str, base: Option<(usize, i64)>) -> usize {
        if let Some(&place) = self.places.get(word) {
            return place;
        }
        let i = self.rows.len() as i64;
        let number = |j| match base {
            None => noise(i, j),
            Some((base, shift)) => self.rows[base][j as usize] + noise(shift, j) + noise(i, j).div_euclid(2),
        };
        let row = (0..SIZE).map(number).collect();
        self.rows.push(row);
        self.words.push(word.to_owned());
        self.places.insert(word.to_owned(), i as usize);
        i as usize
    }

    fn vectors(&self) -> WordVectors {
        let rows: Vec<Vec<f32>> = self.rows.iter().map(|row| row.iter().map(|&x| x as f32).collect()).collect();
        vectors(&self.words, &rows)
    }
}

#[test]
fn the_well_known_files_give_gensims_figures() {
    let names = ["questions-words.txt", "ws353.txt", "SimLex999.txt"];
    let [Some(questions), Some(ws353), Some(simlex)] = names.map(shared) else { return };
    let vectors = MadeUp::new(&questions, &[ws353.clone(), simlex.clone()]).vectors();
    let (questions, ws353, simlex) = (analogies(&questions), pairs(&ws353), pairs(&simlex));
    assert_eq!((questions.questions().count(), ws353.len(), simlex.len()), (19_544, 353, 999));
    let recorded = recorded();
    let cases = recorded["large"]["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 8);
    for case in cases {
        assert_counts(&vectors, &questions, case);
        assert_correlations(&vectors, &ws353, case, &case["ws353"]);
        assert_correlations(&vectors, &simlex, case, &case["SimLex999"]);
    }
}

#[test]
fn correlations_and_p_values_equal_scipys() {
    for case in recorded()["correlations"].as_array().unwrap() {
        let (n, share): (u64, f64) = (of(&case["n"]), of(&case["share"]));
        let x: Vec<f64> = (0..n).map(|i| (i * 7919 % 101) as f64 - 50.0).collect();
        let y: Vec<f64> = x.iter().zip(0..n).map(|(a, i)| share * a / 10.0 + (i * 104_729 % 97) as f64).collect();
        let results: [(f64, Option<f64>); 2] = of(&case["results"]);
        for (got, (coefficient, p_value)) in [pearson(&x, &y), spearman(&x, &y)].into_iter().zip(results) {
            if 1.0 - coefficient.abs() < 1e-12 {
                // A straight line: what is left of 1 - r² is rounding, on both sides.
                assert!(got.unwrap().coefficient > 1.0 - 1e-12 && (n == 2 || got.unwrap().p_value < 1e-7), "{case}");
            } else {
                assert_near(got, coefficient, p_value.unwrap(), [1e-12, 1e-8], case);
            }
        }
    }
}

#[test]
fn correlation_needs_two_pairs_and_two_sides_that_vary() {
    for of in [pearson, spearman] {
        assert_eq!(of(&[], &[]), None);
        assert_eq!(of(&[1.0], &[2.0]), None);
        assert_eq!(of(&[1.0, 2.0], &[3.0, 3.0]), None);
        let down = of(&[1.0, 2.0], &[5.0, -7e200]).unwrap();
        assert!((down.coefficient + 1.0).abs() < 1e-12 && down.p_value == 1.0);
    }
}

/// The answer that a scan one question at a time gives: the best word that is none of the three, in any case.
fn answer<'v>(vectors: &'v WordVectors, [a, b, c]: [&str; 3], method: AnalogyMethod) -> Option<&'v str> {
    let found = vectors.search().analogy(a, b, c, method, vectors.len()).unwrap();
    let upper = |word: &str| word.to_uppercase();
    found.words().find(|found| [a, b, c].iter().all(|word| upper(word) != upper(found)))
}

/// Many questions at once, over words that fill several blocks and groups, against one at a time.
#[test]
fn every_method_answers_as_single_queries_do() {
    let words: Vec<String> = (0..2_600).map(|i| format!("w{i}")).collect();
    let row = |i: i64| (0..7).map(|j| if i == 1_300 { 0.0 } else { noise(i, j * i) as f32 }).collect();
    let rows: Vec<Vec<f32>> = (0..2_600).map(row).collect();
    let vectors = vectors(&words, &rows);
    for method in [AnalogyMethod::Add, AnalogyMethod::Mul, AnalogyMethod::Textbook] {
        let questions: Vec<_> = (0..518).map(|q| [q, q * 5 + 7, q * 3 + 1].map(|i| words[i].as_str())).collect();
        let answers: Vec<_> = questions.iter().map(|&question| answer(&vectors, question, method).unwrap()).collect();
        // Every second question expects a wrong word, so that right answers alone cannot pass.
        let lines = questions.iter().zip(&answers).enumerate().map(|(i, (question, answer))| {
            let expected = if i % 2 == 0 { answer } else { question[0] };
            format!(": {i}\n{} {expected}\n", question.join(" "))
        });
        let report =
            vectors.evaluate_analogies(&analogies(&lines.collect::<String>()), method, &EvaluateOptions::default());
        let report = report.unwrap();
        for (i, section) in report.sections.iter().enumerate() {
            assert_eq!((section.correct, section.asked), (usize::from(i % 2 == 0), 1), "{method:?}: question {i}");
        }
    }
}

#[test]
fn a_zero_vector_in_a_question_gives_an_answer_and_no_nan() {
    let vectors = small();
    for method in [AnalogyMethod::Add, AnalogyMethod::Mul, AnalogyMethod::Textbook] {
        let report = vectors.evaluate_analogies(
            &analogies("zero zero zero car\nzero man king car\n"),
            method,
            &EvaluateOptions::default(),
        );
        assert_eq!(report.unwrap().total.asked, 2);
    }
}

#[test]
fn halves_are_summed_where_sections_name_them() {
    let vectors = small();
    let report = |text: &str| {
        vectors.evaluate_analogies(&analogies(text), AnalogyMethod::Add, &EvaluateOptions::default()).unwrap()
    };
    let both = report(": a\nman king woman queen\n: gram1\ncar cars child children\nman king woman lorry\n");
    let [semantic, syntactic] = both.halves.unwrap();
    assert_eq!((semantic.name.as_str(), semantic.asked, semantic.unknown), ("semantic", 1, 0));
    assert_eq!((syntactic.name.as_str(), syntactic.asked, syntactic.unknown), ("syntactic", 1, 1));
    assert_eq!(report(": a\nman king woman queen\n").halves, None);
    assert_eq!(report("man king woman lorry\n").total.accuracy(), None);
}

/// With one number a word cosines are 1 or -1, and the only word that is left scores nothing by 3CosMul.
#[test]
fn an_answer_of_the_lowest_score_is_one_also_where_it_is_the_one_expected() {
    let vectors = vectors(&["a", "b", "c", "d"].map(str::to_owned), &[1.0, 1.0, 1.0, -1.0].map(|x| vec![x]));
    for method in [AnalogyMethod::Add, AnalogyMethod::Mul, AnalogyMethod::Textbook] {
        let questions = analogies(": some\na b c d\nd a b c\n");
        let report = vectors.evaluate_analogies(&questions, method, &EvaluateOptions::default()).unwrap();
        assert_eq!((report.total.correct, report.total.asked), (2, 2), "{method:?}");
    }
}
