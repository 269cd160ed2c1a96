//! Phrases: counted, scored, joined and kept, against plain versions of the same.

use super::options::{ENGLISH_CONNECTOR_WORDS, PhraseOptions};
use super::{Phrase, PhraseError, Phrases, Scoring};
use crate::Error;
use crate::corpus::{Corpus, CorpusOptions, LineEnd};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn all() -> CorpusOptions {
    CorpusOptions::default().min_count(1)
}

fn words(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

/// What every pair of words is counted to be, by a plain loop.
type Plain = BTreeMap<Vec<String>, u64>;

fn plain_pairs(sentences: &[Vec<&str>], connectors: &BTreeSet<String>) -> Plain {
    let mut counts = Plain::new();
    for sentence in sentences {
        let mut open: Vec<String> = Vec::new();
        for word in sentence.iter().map(|word| (*word).to_owned()) {
            if connectors.contains(&word) {
                if !open.is_empty() {
                    open.push(word);
                }
                continue;
            }
            if !open.is_empty() {
                open.push(word.clone());
                *counts.entry(open).or_default() += 1;
            }
            open = vec![word];
        }
    }
    counts
}

/// The phrases of a text by the formulas, written down a second time.
fn plain_phrases(sentences: &[Vec<&str>], options: &PhraseOptions) -> Vec<(Vec<String>, u64, f64)> {
    let pairs = plain_pairs(sentences, &options.connector_words);
    let mut single: BTreeMap<&str, u64> = BTreeMap::new();
    let tokens = sentences.iter().map(Vec::len).sum::<usize>() as f64;
    for word in sentences.iter().flatten().filter(|word| !options.connector_words.contains(**word)) {
        *single.entry(word).or_default() += 1;
    }
    let distinct = (single.len() + pairs.len()) as f64;
    let mut found = Vec::new();
    for (words, &count) in &pairs {
        let [a, b] = [words.first(), words.last()].map(|word| single[word.unwrap().as_str()] as f64);
        let n = count as f64;
        let score = match options.scoring {
            Scoring::Default => (n - options.min_count as f64) / a / b * distinct,
            Scoring::Npmi if count < options.min_count => continue,
            Scoring::Npmi => ((n / tokens) / (a / tokens) / (b / tokens)).ln() / -(n / tokens).ln(),
        };
        if score > options.threshold {
            found.push((words.clone(), count, score));
        }
    }
    found
}

fn same_as_plain(text: &str, options: &PhraseOptions) {
    let sentences: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let corpus = Corpus::from_text("text", text, &all()).unwrap();
    let found = Phrases::find(&corpus, options).unwrap();
    let pass = found.passes().next().unwrap();
    let expected = plain_phrases(&sentences, options);
    let got: BTreeMap<_, _> = pass.phrases().iter().map(|phrase| (phrase.words.clone(), phrase)).collect();
    assert_eq!(got.keys().collect::<Vec<_>>(), expected.iter().map(|(words, ..)| words).collect::<Vec<_>>());
    for (words, count, score) in expected {
        assert_eq!(got[&words].count, Some(count), "{words:?}");
        let own = got[&words].score.unwrap();
        assert!((own - score).abs() <= 1e-9 * score.abs().max(1.0), "{words:?}: {own}, expected {score}");
    }
}

fn sentence() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec!["a", "b", "c", "of", "the", "new", "york", "a-word-of-many-letters", "도시"]);
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn counts_and_scores_are_those_of_a_plain_loop(
        lines in prop::collection::vec(sentence(), 1..30), npmi: bool, connectors: bool, threads in 1usize..4, tight: bool,
    ) {
        let text = lines.join("\n");
        prop_assume!(text.split_whitespace().next().is_some());
        let mut options = PhraseOptions::default().min_count(1).threshold(0.2).threads(threads);
        options.scoring = if npmi { Scoring::Npmi } else { Scoring::Default };
        options.connector_words = if connectors { words(&["of", "the"]) } else { BTreeSet::new() };
        options.memory_limit = tight.then_some(4_000);
        same_as_plain(&text, &options);
    }

    #[test]
    fn reading_joins_what_a_sentence_in_memory_joins(lines in prop::collection::vec(sentence(), 1..20)) {
        let text = lines.join("\n");
        prop_assume!(text.split_whitespace().next().is_some());
        let phrases = Phrases::of_lines("new york\nnew york city\na b c\nb c\nc of the a\na-word-of-many-letters 도시").unwrap();
        let phrases = phrases.then(Phrases::of_lines("b_c new_york\nnew_york b_c").unwrap());
        let joined: Vec<_> = text.lines().map(|line| phrases.join(line.split_whitespace()).join(" ")).collect();
        for threads in [1, 3] {
            let read = Corpus::from_text("text", &text, &all().threads(threads).phrases(phrases.clone())).unwrap();
            let expected = Corpus::from_text("text", &joined.join("\n"), &all()).unwrap();
            prop_assert_eq!(read.fingerprint(), expected.fingerprint());
            prop_assert_eq!(read.report().tokens, expected.report().tokens);
        }
    }
}

#[test]
fn memory_changes_the_rounds_and_nothing_else() {
    let words: Vec<String> = (0..400u64).map(|i| format!("w{}", i * i % 97)).collect();
    let text: String =
        (0..2_000).map(|i| format!("{} {}{}", words[i * 7 % 400], words[i * 13 % 400], ["\n", " "][i % 2])).collect();
    let corpus = Corpus::from_text("text", &text, &all()).unwrap();
    let find = |memory: Option<u64>, threads| {
        let options = PhraseOptions::default().min_count(2).threshold(0.5).memory_limit(memory).threads(threads);
        let mut read = |_: &CorpusOptions| Ok(corpus.clone());
        Phrases::find_passes(&mut read, &all(), &options, 1).unwrap()
    };
    let (wide, report) = find(None, 1);
    assert_eq!(report[0].rounds, 1);
    assert!(!wide.is_empty());
    for threads in [1, 3] {
        let (narrow, again) = find(Some(2_000), threads);
        assert!(again[0].rounds > 1, "{} rounds", again[0].rounds);
        assert_eq!((again[0].pairs, again[0].words), (report[0].pairs, report[0].words));
        assert_eq!(narrow, wide);
    }
}

/// Recorded from gensim 4.4.0: `Phrases(sentences, min_count=1, threshold=0.1, connector_words=..., scoring=...).export_phrases()`, of the
/// sentences of gensim's own `common_texts` and one more.
const SENTENCES: &str = "human interface computer\nsurvey user computer system response time\neps user interface system\n\
    system human system eps\nuser response time\ntrees\ngraph trees\ngraph minors trees\ngraph minors survey\n\
    graph minors survey human interface\nsurvey of user of the time of response\ntrees of the survey";

#[test]
fn scores_are_those_that_gensim_computed() {
    let recorded = include_str!("gensim.tsv");
    let mut cases: BTreeMap<(&str, &str), BTreeMap<String, f64>> = BTreeMap::new();
    for line in recorded.lines().filter(|line| !line.starts_with('#')) {
        let [scoring, connectors, phrase, score] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let expected = cases.entry((scoring, connectors)).or_default();
        expected.insert(phrase.to_owned(), score.parse().unwrap());
    }
    assert_eq!(cases.len(), 4);
    for ((scoring, connectors), expected) in cases {
        let scoring = if scoring == "npmi" { Scoring::Npmi } else { Scoring::Default };
        let connectors = if connectors == "english" { words(&ENGLISH_CONNECTOR_WORDS) } else { BTreeSet::new() };
        let options = PhraseOptions::default().min_count(1).threshold(0.1).scoring(scoring).connector_words(connectors);
        let corpus = Corpus::from_text("text", SENTENCES, &all()).unwrap();
        let found = Phrases::find(&corpus, &options).unwrap();
        let pass = found.passes().next().unwrap();
        let got: BTreeMap<_, _> =
            pass.phrases().iter().map(|phrase| (phrase.words.join("_"), phrase.score.unwrap())).collect();
        assert_eq!(got.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (phrase, score) in expected {
            assert!((got[&phrase] - score).abs() < 1e-9, "{phrase}: {} for {score}", got[&phrase]);
        }
    }
}

#[test]
fn later_passes_join_longer_phrases() {
    let text = "the new york times said\nnew york times\nold news of york\n".repeat(30);
    let options = PhraseOptions::default().threshold(0.4).scoring(Scoring::Npmi);
    let mut read = |options: &CorpusOptions| Corpus::from_text("text", &text, options);
    let (found, reports) = Phrases::find_passes(&mut read, &all(), &options, 3).unwrap();
    assert!(reports.len() >= 2);
    let joined = found.join(["the", "new", "york", "times", "said"]);
    assert!(joined.iter().any(|word| word.contains("new_york_times")), "{joined:?}");
    let corpus = Corpus::from_text("text", &text, &all().phrases(found)).unwrap();
    assert!(corpus.vocabulary().words().any(|word| word.contains("new_york_times")));
}

#[test]
fn phrases_end_with_their_line_and_count_as_one_token() {
    let phrases = Phrases::of_lines("new york").unwrap();
    let read = |text: &str, options: CorpusOptions| {
        let corpus = Corpus::from_text("text", text, &options.phrases(phrases.clone())).unwrap();
        let words = corpus.vocabulary().words().map(str::to_owned).collect::<Vec<_>>();
        (words, corpus.report().tokens)
    };
    assert_eq!(read("new\nyork", all()).0, ["new", "york"]);
    assert_eq!(read("new york new", all()), (vec!["new_york".to_owned(), "new".to_owned()], 2));
    assert_eq!(read("new york new york x", all().max_tokens(1)), (vec!["new_york".to_owned()], 1));
    let (words, _) = read("a new york\nb", CorpusOptions::textbook());
    assert_eq!(words, ["a", "new_york", "<eos>", "b"]);
    assert_eq!(all().line_end, LineEnd::Mark);
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let corpus = Corpus::from_text("text", SENTENCES, &all()).unwrap();
    let options = PhraseOptions::default().min_count(1).threshold(1.0).connector_words(words(&["of", "the"]));
    let found = Phrases::find(&corpus, &options).unwrap();
    let both = found.clone().then(Phrases::of_lines("graph_minors survey").unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phrases.txt");
    both.write(&path, crate::atomic_file::Existing::Keep).unwrap();
    let read = Phrases::read(&path).unwrap();
    assert_eq!((read.clone(), read.fingerprint()), (both.clone(), both.fingerprint()));
    assert_eq!(read.files(), [path.display().to_string()]);
    assert_ne!(found.fingerprint(), both.fingerprint());
    assert!(both.write(&path, crate::atomic_file::Existing::Keep).is_err(), "a file is kept");
    assert!(matches!(Phrases::read(folder.path()), Err(Error::Vectors(_))));
}

#[test]
fn malformed_files_are_refused_with_the_line() {
    let head = "#{\"rapidvec_phrases\":1,\"delimiter\":\"_\"}\n";
    let refusal = |text: &str| match Phrases::of_lines(text) {
        Err(Error::Phrases(error)) => error,
        other => panic!("{text:?}: {other:?}"),
    };
    for (text, line, reason) in [
        ("new york\n\nnew", 3, "expected from 2 to 64 words, got 1"),
        ("new\tnew  york", 1, "is not a word"),
        (&format!("{head}new york"), 2, "expected a score"),
        (&format!("{head}x\t1\tnew\tyork"), 2, "expected a score, got \"x\""),
        (&format!("{head}1\t-1\tnew\tyork"), 2, "expected a count, got \"-1\""),
        (&format!("{head}1\t1\tnew"), 2, "from 2 to 64 words"),
        (&format!("{head}1\t1\tnew\t"), 2, "\"\" is not a word"),
        ("#{\"rapidvec_phrases\":1}", 1, "delimiter"),
        ("#{\"rapidvec_phrases\":1,\"delimiter\":\" \"}", 1, "without white space"),
        (&["w"; 65].join(" "), 1, "got 65"),
        (&format!("a {}", "b".repeat(1_000)), 1, "has 1002 bytes"),
        (&format!("a {}", "b".repeat(70_000)), 1, "longer than"),
        ("a b\0", 1, "is not a word"),
    ] {
        let error = refusal(text);
        let PhraseError::Line { line: at, reason: why, .. } = &error else { panic!("{error}") };
        assert!(*at == line && why.contains(reason), "{error}");
    }
    assert!(matches!(refusal("\n\n"), PhraseError::Empty { .. }));
    let later = refusal("#{\"rapidvec_phrases\":2,\"delimiter\":\"_\"}");
    assert!(matches!(later, PhraseError::Version { expected: 1, got: 2, .. }));
}

#[test]
fn settings_out_of_range_are_refused() {
    let corpus = Corpus::from_text("text", "a b", &all()).unwrap();
    let ok = PhraseOptions::default();
    for (options, name) in [
        (ok.clone().min_count(0), "min-count"),
        (ok.clone().threshold(0.0), "threshold"),
        (ok.clone().threshold(f64::NAN), "threshold"),
        (ok.clone().scoring(Scoring::Npmi), "threshold"),
        (ok.clone().delimiter(""), "delimiter"),
        (ok.clone().delimiter("a b"), "delimiter"),
    ] {
        let error = Phrases::find(&corpus, &options).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn the_first_of_two_equal_phrases_stands() {
    let phrase = |score| Phrase { words: vec!["a".into(), "b".into()], score: Some(score), count: None };
    let phrases = Phrases::of_lines("a b\na b").unwrap();
    assert_eq!((phrases.len(), phrases.join(["a", "b", "b"])), (2, vec!["a_b".to_owned(), "b".to_owned()]));
    assert_ne!(phrase(1.0), phrase(2.0));
}
