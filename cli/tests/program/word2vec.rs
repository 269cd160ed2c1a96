//! The fast trainer (`--trainer word2vec`, the default for a text): what a run learns, shows and writes.

use crate::trial::{Case, Outcome};
use rapidvec::vectors::WordVectors;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FAST: [&str; 4] = ["--vector-size", "16", "--progress", "none"];

/// `topics.txt`: 10 words a line, all of one of four topics, `a0` to `a7` or `b0` and so on. Who learned anything
/// finds the words of a topic together.
fn with_topics() -> Case {
    let case = Case::new();
    let mut state = 7_u64;
    let mut below = |n: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % n
    };
    let mut line = |i: usize| {
        let topic = ["a", "b", "c", "d"][i % 4];
        (0..10).map(|_| format!("{topic}{}", below(8))).collect::<Vec<_>>().join(" ") + "\n"
    };
    case.write("topics.txt", (0..3_000).map(&mut line).collect::<String>());
    case
}

fn train(case: &Case, args: &[&str]) -> Outcome {
    case.run(&[args, &FAST].concat())
}

fn open(case: &Case, name: &str) -> WordVectors {
    WordVectors::open(case.path(name)).unwrap()
}

fn rapidvec(case: &Case, args: &[&str]) -> Outcome {
    Outcome::of(case.rapidvec().args(args).stdin(std::process::Stdio::null()).output().unwrap())
}

/// What `rapidvec similar` answers, best first.
fn similar(case: &Case, model: &str, word: &str, top: &str) -> Vec<String> {
    let json = rapidvec(case, &["similar", model, word, "--top", top, "--format", "json"]).succeeds().stdout;
    let answer: serde_json::Value = serde_json::from_str(&json).unwrap();
    let neighbours = answer[0]["neighbours"].as_array().unwrap().iter();
    neighbours.map(|neighbour| neighbour["word"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn assert_topics_found(case: &Case, model: &str) {
    for word in ["a1", "d6"] {
        let found = similar(case, model, word, "7");
        assert!(found.iter().all(|other| other.starts_with(&word[..1])), "{model}: {word} is near {found:?}");
    }
}

#[test]
fn every_way_of_training_finds_the_words_of_a_topic() {
    let case = with_topics();
    let ways: [&[&str]; 7] = [
        &[],
        &["--model", "skipgram"],
        &["--hierarchical-softmax"],
        &["--model", "skipgram", "--hierarchical-softmax"],
        &["--fixed-window"],
        &["--context-sum", "sum"],
        &["--half", "--kernel", "scalar"],
    ];
    let mut results = Vec::new();
    for (i, flags) in ways.iter().enumerate() {
        let name = format!("m{i}");
        train(&case, &[&["topics.txt", "-o", &name, "--threads", "1"], *flags].concat()).succeeds();
        assert_topics_found(&case, &name);
        results.push(open(&case, &name).rows().to_f32());
    }
    for (i, result) in results.iter().enumerate() {
        assert!(results[..i].iter().all(|other| other != result), "{:?} changed nothing", ways[i]);
    }
}

#[test]
fn several_threads_learn_as_well_as_one() {
    let case = with_topics();
    for model in ["cbow", "skipgram"] {
        train(&case, &["topics.txt", "-o", "m", "--force", "--threads", "3", "--model", model])
            .succeeds()
            .says("; 3 threads,");
        assert_topics_found(&case, "m");
    }
}

#[test]
fn negatives_and_hierarchical_softmax_may_be_used_at_once_and_not_neither() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "m", "--negatives", "0"]).fails(2, "--negatives");
    assert!(!case.exists("m"));
    train(&case, &["topics.txt", "-o", "m", "--hierarchical-softmax", "--negatives", "5"])
        .succeeds()
        .says("hierarchical softmax, 5 negatives");
    assert_topics_found(&case, "m");
}

#[test]
fn a_window_may_be_wider_than_every_line() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "m", "--window", "10000"]).succeeds();
    train(&case, &["topics.txt", "-o", "n", "--window", "1000000001"]).fails(2, "from 1 to 1000000000");
}

#[test]
fn a_flag_of_the_other_trainer_never_changes_the_trainer() {
    let case = with_topics();
    for [flag, value] in [["--batch-size", "10"], ["--optimizer", "sgd"], ["--max-grad", "5"]] {
        let help = format!("{flag} is a setting of --trainer textbook; choose that trainer");
        train(&case, &["topics.txt", "-o", "m", flag, value]).fails(2, &help);
        train(&case, &["topics.txt", "-o", "m", "--trainer", "word2vec", flag, value]).fails(2, &help);
    }
    train(&case, &["-o", "m", "--min-count", "5"]).fails(2, "--min-count is a setting of --trainer word2vec; choose");
    assert!(!case.exists("m"));
}

#[test]
fn progress_lines_are_korean_when_asked_and_in_a_korean_locale() {
    let case = with_topics();
    case.write("valid.txt", "a1 a2 a3 a4\n".repeat(50));
    let args = ["topics.txt", "-o", "m", "--force", "--vector-size", "8", "--epochs", "1", "--valid", "valid.txt"];
    let asked = case.run(&[&args[..], &["--lang", "ko"]].concat()).succeeds();
    let locale = Outcome::of(case.train(&args).env("LC_ALL", "ko_KR.UTF-8").output().unwrap()).succeeds();
    for outcome in [asked, locale] {
        outcome.says("| 에폭 1 | 100 % | 초당 ").says(" | 손실 ").says(" | 학습률 ").says("| 에폭 1 | 검증 손실 ");
    }
    case.run(&args).succeeds().says("| epoch 1 | 100 % | ").says("| epoch 1 | held-out loss ");
}

#[test]
fn flags_of_other_programs_are_translated_to_ours() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "x", "--size", "9", "-hs", "1"])
        .fails(2, "--size: rapidvec calls it --vector-size")
        .says("-hs: rapidvec calls it --hierarchical-softmax");
    train(&case, &["topics.txt", "-o", "x", "--sizes", "9"]).fails(2, "unexpected argument '--sizes'");
    assert!(!case.exists("x"));
    #[cfg(not(feature = "ann"))]
    {
        rapidvec(&case, &["index", "m"]).fails(2, "--features ann");
        rapidvec(&case, &["similar", "m", "a1", "--approximate"]).fails(2, "--features ann");
    }
}

#[test]
fn what_cannot_be_is_refused_before_the_text_is_read() {
    let case = with_topics();
    for (args, expected) in [
        (["--valid", "nope"], "there is no file nope"),
        (["--context-sum", "sum"], "--context-sum needs --model cbow"),
        (["--log", "-"], "this cannot be written to standard output"),
    ] {
        let outcome =
            train(&case, &[&["topics.txt", "-o", "x", "--model", "skipgram"], &args[..]].concat()).fails(2, expected);
        assert!(!outcome.stderr.contains(" words, "), "after counting: {}", outcome.stderr);
    }
    assert!(!case.exists("x") && !case.exists("-"));
}

#[test]
fn a_run_on_one_thread_resumes_with_one() {
    let case = with_topics();
    let flags = ["topics.txt", "--threads", "1", "--keep-state", "--learning-rate", "0.05"];
    train(&case, &[&flags[..], &["-o", "m", "--epochs", "2"]].concat()).succeeds();
    train(&case, &["--resume", "m", "--epochs", "3"]).succeeds().says("resuming with 1 thread").says("; 1 thread,");
    train(&case, &["--resume", "m", "--epochs", "4", "--threads", "2"]).succeeds().says("; 2 threads,");
    let outcome = train(&case, &["--resume", "m", "--epochs", "5"]).succeeds();
    assert!(!outcome.stderr.contains("resuming with 1 thread"), "it was left: {}", outcome.stderr);
}

/// The chapter's questions are for its own corpora.
#[test]
fn sample_queries_use_words_of_the_users_text() {
    let case = with_topics();
    let korean = |i: usize| {
        format!("한국{} 나라{} 사람{}\n", ["의", "가", "는"][i % 3], ["는", "로"][i % 2], ["이", "과"][i % 2])
    };
    let other = "you year car toyota king man queen\n".repeat(20);
    case.write("own.txt", (0..300).map(korean).collect::<String>() + &other);
    let args = ["own.txt", "-o", "m", "--force", "--vector-size", "8", "--epochs", "1"];
    let shown = case.run(&args).succeeds();
    let words: Vec<_> = shown.stdout.lines().filter_map(|line| line.strip_prefix("[query] ")).collect();
    assert!((1..=3).contains(&words.len()) && !shown.stdout.contains("[analogy]"), "{}", shown.stdout);
    let next = format!("similar m {}", words[words.len() - 1]);
    let first = rapidvec(&case, &["similar", "m", words[0]]).succeeds().stdout;
    assert!(shown.stdout.starts_with(&first), "as `similar` shows it: {}", shown.stdout);
    let shown = shown.says(&next);
    assert!(shown.stdout.lines().count() <= 20);
    let quiet = case.run(&[&args[..], &["--progress", "none"]].concat()).succeeds();
    assert!(quiet.stdout.is_empty() && !quiet.stderr.contains("next:"), "{quiet:?}");
    let builtin = ["builtin", "--trainer", "word2vec", "-o", "b", "--vector-size", "8", "--epochs", "1"];
    assert!(case.run(&builtin).succeeds().stdout.contains("[analogy] king:man = queen:?"));
}

#[test]
fn one_thread_repeats_to_the_byte_and_a_seed_makes_a_difference() {
    let case = with_topics();
    for flags in [&[][..], &["--model", "skipgram"], &["--hierarchical-softmax"], &["--half"]] {
        for (name, seed) in [("a", "1"), ("b", "1"), ("c", "2")] {
            let args = ["topics.txt", "-o", name, "--force", "--threads", "1", "--seed", seed];
            train(&case, &[&args, flags].concat()).succeeds();
        }
        assert!(case.bytes("a") == case.bytes("b"), "{flags:?} does not repeat");
        assert!(open(&case, "a").rows().to_f32() != open(&case, "c").rows().to_f32(), "{flags:?}: the seed is unused");
    }
}

#[test]
fn frozen_vectors_of_any_format_are_the_same_in_the_result() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "m", "--seed", "4"]).succeeds();
    // A word that the vectors to start from do not have.
    let text = String::from_utf8(case.bytes("topics.txt")).unwrap().replace("a1 ", "a1 other ");
    case.write("more.txt", text);
    let copies = ["m.vec", "m.glove", "m.bin", "m.npz", "m.pkl", "m.vec.gz", "m.bin.zst", "m.glove.xz", "m.npz.bz2"];
    copies.iter().for_each(|to| drop(rapidvec(&case, &["convert", "m", to]).succeeds()));
    for to in ["half.safetensors", "half.npz"] {
        rapidvec(&case, &["convert", "m", to, "--half"]).succeeds();
    }
    for from in ["m", "half.safetensors", "half.npz"].iter().chain(&copies) {
        let known = open(&case, from);
        let args = ["more.txt", "-o", "frozen", "--force", "--init", from, "--freeze"];
        train(&case, &args).succeeds().says(&format!("32 of 33 words start from {from}"));
        let frozen = open(&case, "frozen");
        for word in known.vocabulary().words() {
            assert_eq!(frozen.vector(word), known.vector(word), "{word} from {from}");
        }
        // It alone was trained, among the others: it is near every word of its topic.
        assert!(similar(&case, "frozen", "other", "5").iter().all(|word| word.starts_with('a')), "{from}");
        train(&case, &["more.txt", "-o", "free", "--force", "--init", from]).succeeds();
        assert_ne!(open(&case, "free").vector("a1"), known.vector("a1"));
    }
    train(&case, &["more.txt", "-o", "x", "--freeze"]).fails(2, "--init");
    train(&case, &["more.txt", "-o", "x", "--freeze", "--update", "m"]).fails(2, "--update");
}

/// Words have vectors of their own and of their n-grams there; what `similar` shows is what training starts from.
#[test]
fn a_model_of_fasttext_is_something_to_start_from() {
    let case = Case::new();
    case.write("text.txt", "the cat and the dog\n".repeat(50));
    case.write("f.bin", crate::common::fasttext([[0.25, -0.5], [1.0, 0.75]]));
    let args = ["text.txt", "-o", "m", "--init", "f.bin", "--freeze", "--vector-size", "2", "--progress", "none"];
    case.run(&args).succeeds().says("1 of 4 words start from f.bin");
    assert_eq!(open(&case, "m").vector("the"), open(&case, "f.bin").vector("the"));
    assert!(open(&case, "m").vector("the").is_some());
}

#[test]
fn vectors_to_start_from_have_to_fit() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "m"]).succeeds();
    let sized = |flag: &str| case.run(&["topics.txt", "-o", "x", flag, "m", "--vector-size", "17"]);
    sized("--init").fails(1, "m has vectors of size 16, but").says("use --vector-size 16");
    sized("--update").fails(1, "m has vectors of size 16, but");
    train(&case, &["topics.txt", "-o", "x", "--init", "gone"]).fails(2, "cannot start from gone");
    train(&case, &["topics.txt", "-o", "x", "--init", "topics.txt"]).fails(1, "cannot start from topics.txt");
    rapidvec(&case, &["convert", "m", "m.bin"]).succeeds();
    train(&case, &["topics.txt", "-o", "x", "--update", "m.bin"])
        .fails(1, "--update needs a rapidvec model")
        .says("--init");
    train(&case, &["topics.txt", "-o", "x", "--update", "topics.txt"]).fails(1, "cannot update topics.txt");
    train(&case, &["topics.txt", "-o", "x", "--update", "m", "--init", "m"]).fails(2, "cannot be used with");
    case.write("nan.vec", "1 16\na1 nan".to_owned() + &" 0".repeat(15) + "\n");
    train(&case, &["topics.txt", "-o", "x", "--init", "nan.vec"]).fails(1, "nan.vec");
    assert!(!case.exists("x"));
}

#[test]
fn files_folders_and_patterns_are_one_text() {
    let case = with_topics();
    let text = String::from_utf8(case.bytes("topics.txt")).unwrap();
    let half = text.len() / 2;
    let half = half + text[half..].find('\n').unwrap() + 1;
    std::fs::create_dir_all(case.path("data/sub")).unwrap();
    case.write("data/a.txt", &text[..half]);
    case.write("data/sub/b.txt", &text[half..]);
    case.write("data/.hidden", "never read");
    let vectors = |args: &[&str]| {
        train(&case, &[args, &["-o", "m", "--force", "--threads", "1"]].concat()).succeeds();
        let vectors = open(&case, "m");
        vectors.vocabulary().words().map(|word| (word.to_owned(), vectors.vector(word).unwrap())).collect::<Vec<_>>()
    };
    let expected = vectors(&["topics.txt"]);
    assert_eq!(vectors(&["data/a.txt", "data/sub/b.txt"]), expected);
    assert_eq!(vectors(&["data"]), expected);
    assert_eq!(vectors(&["data/**/*.txt"]), expected);
    case.write("upper.txt", text.to_uppercase());
    assert_eq!(vectors(&["upper.txt", "--lower"]), expected);
    case.write(
        "lines.jsonl",
        text.lines().map(|line| format!("{{\"of\": {{\"text\": \"{line}\"}}}}\n")).collect::<String>(),
    );
    assert_eq!(vectors(&["lines.jsonl", "--field", "of.text"]), expected);
}

/// Rows of a tree's nodes are not those of words.
#[test]
fn the_other_side_of_a_tree_is_not_taken_for_that_of_words() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "tree", "--hierarchical-softmax"]).succeeds();
    rapidvec(&case, &["convert", "tree", "tree.bin"]).succeeds();
    let init = |file: &str| {
        let outcome = train(&case, &["topics.txt", "-o", "m", "--force", "--threads", "1", "--init", file]).succeeds();
        (outcome, case.bytes("m"))
    };
    let (told, of_model) = init("tree");
    told.says("the output weights of tree are not used");
    assert!(of_model == init("tree.bin").1, "vectors alone are the same start");
}

#[cfg(unix)]
#[test]
fn update_does_not_wait_for_a_pipe_that_is_empty_by_then() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "m"]).succeeds();
    assert!(std::process::Command::new("mkfifo").arg(case.path("pipe")).status().unwrap().success());
    train(&case, &["pipe", "-o", "u", "--update", "m"]).fails(2, "--update reads the text twice");
}

#[test]
fn update_adds_new_words_keeps_the_old_and_adds_up_counts() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "m", "--model", "skipgram"]).succeeds();
    case.write("new.txt", "new1 a1 new2 a2 rare\n".repeat(4) + &"new1 a1 a3 new2 a2 a4\n".repeat(400));
    train(&case, &["new.txt", "-o", "u", "--update", "m"]).succeeds().says("2 new words added to 32");
    let (old, new) = (open(&case, "m"), open(&case, "u"));
    let count = |vectors: &WordVectors, word: &str| {
        let words = vectors.vocabulary();
        words.id(word).map(|id| words.count(id))
    };
    for word in old.vocabulary().words() {
        let more = if ["a1", "a2"].contains(&word) { 404 } else { 400 * u64::from(["a3", "a4"].contains(&word)) };
        assert_eq!(count(&new, word), count(&old, word).map(|count| count + more), "{word}");
    }
    assert_eq!((count(&new, "new1"), count(&new, "rare"), new.vocabulary().len()), (Some(404), None, 34));
    assert!(new.vocabulary().counts().is_sorted_by(|a, b| a >= b), "{:?}", new.vocabulary().counts());
    rapidvec(&case, &["convert", "u", "u.vec", "--top", "5"]).succeeds();
    let first: Vec<_> = new.vocabulary().words().take(5).collect();
    assert_eq!(open(&case, "u.vec").vocabulary().words().collect::<Vec<_>>(), first);
    // What the new text lacks was not touched; the settings are the model's.
    assert_eq!(new.vector("d6"), old.vector("d6"));
    assert_ne!(new.vector("a1"), old.vector("a1"));
    assert!(similar(&case, "u", "new1", "3").iter().all(|word| word.starts_with('a') || word == "new2"));
    assert!(rapidvec(&case, &["info", "u"]).succeeds().stdout.contains("skipgram"));
    // On top of itself, and with the text twice needed.
    train(&case, &["new.txt", "-o", "u", "--update", "u", "--force"]).succeeds().says("0 new words added to 34");
    train(&case, &["-", "-o", "x", "--update", "m"]).fails(2, "--update reads the text twice");
}

#[test]
fn a_vocabulary_that_was_counted_before_is_taken() {
    let case = with_topics();
    rapidvec(&case, &["vocab", "topics.txt", "-o", "all"]).succeeds();
    rapidvec(&case, &["vocab", "topics.txt", "-o", "some", "--top", "20"]).succeeds();
    let flags = ["topics.txt", "--threads", "1"];
    train(&case, &[&flags[..], &["-o", "counted"]].concat()).succeeds();
    train(&case, &[&flags[..], &["-o", "all-m", "--vocab", "all"]].concat()).succeeds();
    assert_eq!(open(&case, "counted").rows().to_f32(), open(&case, "all-m").rows().to_f32());
    train(&case, &[&flags[..], &["-o", "some-m", "--vocab", "some"]].concat()).succeeds();
    assert_eq!(open(&case, "some-m").vocabulary().len(), 20);
    // A word that the text lacks is still a word.
    case.write("absent", [&case.bytes("all")[..], b"absent\t7\n"].concat());
    train(&case, &[&flags[..], &["-o", "absent-m", "--vocab", "absent"]].concat()).succeeds();
    assert!(open(&case, "absent-m").vector("absent").unwrap().iter().all(|x| x.is_finite()));
    train(&case, &["topics.txt", "-o", "x", "--vocab", "gone"]).fails(2, "gone");
    for flag in ["--min-count", "--max-vocab"] {
        train(&case, &["topics.txt", "-o", "x", "--vocab", "all", flag, "100"]).fails(2, flag);
    }
    case.write("odd", "a1\tmany\n");
    train(&case, &["topics.txt", "-o", "x", "--vocab", "odd"]).fails(1, "odd");
    assert!(!case.exists("x"));
}

#[test]
fn the_log_has_columns_that_rise_and_fall_as_they_should() {
    let case = with_topics();
    case.write("valid.txt", "a1 a2 a3 a4\n".repeat(50));
    let flags = ["topics.txt", "-o", "m", "--log", "log.csv", "--epochs", "3", "--keep-state"];
    train(&case, &[&flags[..], &["--valid", "valid.txt"]].concat()).succeeds();
    let log = String::from_utf8(case.bytes("log.csv")).unwrap();
    let (header, rows) = log.split_once('\n').unwrap();
    assert_eq!(header, "epoch,words,seconds,loss,learning_rate,held_out_loss");
    // 0 where a field is empty.
    let number = |field: &str| if field.is_empty() { 0.0 } else { field.parse().unwrap() };
    let rows: Vec<[f64; 6]> =
        rows.lines().map(|row| row.split(',').map(number).collect::<Vec<_>>().try_into().unwrap()).collect();
    let ends: Vec<_> = rows.iter().filter(|row| row[1] == 30_000.0).map(|row| row[0]).collect();
    assert_eq!(ends, [1.0, 2.0, 3.0]);
    for pair in rows.windows(2) {
        let place = |row: &[f64; 6]| (row[0] - 1.0) * 30_000.0 + row[1];
        assert!(place(&pair[0]) < place(&pair[1]) && pair[0][2] <= pair[1][2] && pair[0][4] > pair[1][4], "{pair:?}");
    }
    assert!(rows.iter().all(|row| row[3] > 0.0 && row[3] < 6.0 * std::f64::consts::LN_2), "{log}");
    assert!(rows[0][3] > rows[rows.len() - 1][3] && rows[rows.len() - 1][4] < 1e-5, "{log}");
    assert!(rows.iter().all(|row| (row[1] == 30_000.0) == (row[5] > 0.0)), "held out, at the ends of epochs: {log}");
    // A resumed run begins with the rows there were.
    train(&case, &["--resume", "m", "--epochs", "4", "--valid", "valid.txt", "--log", "log.csv"]).succeeds();
    let longer = String::from_utf8(case.bytes("log.csv")).unwrap();
    assert!(longer.starts_with(&log) && longer.lines().last().unwrap().starts_with("4,30000,"), "{longer}");
}

#[test]
fn the_loss_is_drawn() {
    let case = with_topics();
    train(&case, &["topics.txt", "-o", "m", "--plot", "loss.svg", "--valid", "topics.txt"]).succeeds();
    let svg = String::from_utf8(case.bytes("loss.svg")).unwrap();
    for text in ["<svg", "average loss", "held-out", "</svg>"] {
        assert!(svg.contains(text), "{text} is not drawn");
    }
    let outcome = train(&case, &["topics.txt", "-o", "n", "--plot", "loss.png"]);
    if cfg!(feature = "png") {
        outcome.succeeds();
        assert!(case.bytes("loss.png").starts_with(b"\x89PNG"));
    } else {
        outcome.fails(2, "feature `png`");
    }
}

#[test]
fn held_out_text_is_scored_after_each_epoch() {
    let case = with_topics();
    case.write("valid.txt", "a1 a2 a3 a4 unknown\nb1 b2 b3 b4\n".repeat(50));
    case.write("odd.txt", "a1 b2 c3 d4\nb1 d2 a3 c4\n".repeat(50));
    let loss = |name: &str| {
        let args = ["topics.txt", "-o", "m", "--force", "--valid", name, "--progress", "lines", "--vector-size", "16"];
        let told = case.run(&args).succeeds().stderr;
        let losses: Vec<f64> = told
            .lines()
            .filter_map(|line| line.split_once("held-out loss "))
            .map(|(_, loss)| loss.parse().unwrap())
            .collect();
        assert_eq!(losses.len(), 5, "{told}");
        losses[4]
    };
    let (good, bad) = (loss("valid.txt"), loss("odd.txt"));
    assert!(good < bad, "lines of one topic are predicted no better than mixed ones: {good}, {bad}");
    train(&case, &["topics.txt", "-o", "x", "--valid", "gone"]).fails(2, "there is no file gone");
}

#[test]
fn progress_lines_show_speed_loss_rate_and_memory() {
    let case = with_topics();
    let told = case.run(&["topics.txt", "-o", "m", "--vector-size", "16", "--epochs", "2"]).succeeds().stderr;
    for text in [
        "training takes about ",
        "30,000 tokens kept, 32 distinct words; cbow, 5 negatives, vector size 16;",
        "saved m",
    ] {
        assert!(told.contains(text), "{told}");
    }
    let line = told.lines().find(|line| line.starts_with("| epoch 2 | 100 % |")).unwrap();
    assert!(line.contains(" M words/s | loss ") && line.contains(" | learning rate 0.0000"), "{line}");
}

/// What a person sees: a bar on one line, updated in place, and removed at the end.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_a_bar() {
    let case = with_topics();
    let train =
        [env!("CARGO_BIN_EXE_rapidvec"), "train", "topics.txt", "-o", "m", "--vector-size", "16", "--epochs", "400"];
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &format!("stty rows 40 columns 100; exec {}", train.join(" ")), "/dev/null"]);
    script.current_dir(case.path("")).env("LC_ALL", "C").env("TERM", "xterm").stdin(std::process::Stdio::null());
    let Ok(answer) = script.output() else { return eprintln!("SKIPPED: no program `script` that makes a terminal") };
    let shown = String::from_utf8(answer.stdout).unwrap();
    assert!(answer.status.success() && case.exists("m"), "{shown}");
    let bars: Vec<_> = shown.split(['\r', '\n']).filter(|line| line.contains("% of all")).collect();
    assert!(bars.len() > 1 && bars.iter().all(|bar| bar.contains("epoch ")), "{shown}");
    let last = bars.last().unwrap();
    for part in [" of 400 ", "loss ", " M words/s", " left"] {
        assert!(last.contains(part), "no {part:?} in {last:?}");
    }
    // Lines of an epoch that is over stand above the bar, whole.
    assert_eq!(shown.matches("| average loss ").count(), 400, "{shown}");
    let end = shown.find("saved m").expect(&shown);
    assert!(shown[..end].rsplit("% of all").next().unwrap().contains("\u{1b}["), "the bar stays: {shown:?}");
}

#[test]
fn a_run_that_ends_worse_than_guessing_is_not_saved() {
    let case = with_topics();
    let args = ["topics.txt", "-o", "m", "--vector-size", "16"];
    for more in [&["3"][..], &["100"], &["2", "--hierarchical-softmax"]] {
        let outcome = case.run(&[&args[..], &["--learning-rate"], more].concat()).fails(1, "training diverged");
        assert_eq!(outcome.stderr.matches("diverged").count(), 1, "{}", outcome.stderr);
        outcome.says("nothing was saved");
        assert!(!case.exists("m"));
    }
    assert!(!case.run(&args).succeeds().stderr.contains("try a lower --learning-rate"));
}

#[test]
fn an_epoch_without_a_pair_has_no_loss() {
    let case = Case::new();
    case.write("lines.txt", "a\nb\n".repeat(20));
    let told =
        case.run(&["lines.txt", "-o", "m", "--vector-size", "16"]).fails(1, "no pair of words was trained").stderr;
    assert!(told.contains("| loss - |") && !told.contains("loss 0"), "{told}");
}

/// Vectors of a file for `words`, each number `value`.
fn vectors(case: &Case, name: &str, words: &[&str], value: &str) {
    let rows = words.iter().map(|word| format!("{word}{}\n", format!(" {value}").repeat(16))).collect::<String>();
    case.write(name, format!("{} 16\n{rows}", words.len()));
}

#[test]
fn a_loss_that_is_not_a_number_stops_and_names_the_step() {
    let case = with_topics();
    vectors(&case, "huge.vec", &["a0", "a1", "a2", "b3"], "1e38");
    for model in ["cbow", "skipgram"] {
        let outcome = train(&case, &["topics.txt", "-o", "m", "--init", "huge.vec", "--model", model]);
        outcome.fails(1, "training diverged").says("epoch 1, block ").says("nothing was saved");
        assert!(!case.exists("m"));
    }
}

#[test]
fn a_loss_that_is_not_a_number_leaves_the_last_checkpoint() {
    let case = with_topics();
    // The huge vector is met in the last line only, when there are checkpoints.
    let text = String::from_utf8(case.bytes("topics.txt")).unwrap().repeat(6);
    case.write("text.txt", text + &"huge a1 huge b1 huge c1\n".repeat(5));
    vectors(&case, "huge.vec", &["huge"], "1e38");
    let args = ["text.txt", "-o", "m", "--init", "huge.vec", "--vector-size", "16", "--subsample", "0", "--no-shuffle"];
    let slow = ["--model", "skipgram", "--window", "40", "--threads", "1", "--kernel", "scalar"];
    let more = ["--checkpoint-every", "0.01", "--progress", "none"];
    let outcome = case.run(&[&args[..], &slow, &more].concat()).fails(1, "training diverged").says("epoch 1, block ");
    let (_, step) = outcome.stderr.split_once("; the last checkpoint, after block ").expect(&outcome.stderr);
    let step: u64 = step.split_once(',').unwrap().0.parse().unwrap();
    assert!(step > 0 && outcome.stderr.contains(", is in m"), "{}", outcome.stderr);
    assert_eq!(open(&case, "m").vocabulary().len(), 33);
}

/// A file of the shared corpora.
fn shared(name: &str) -> Option<PathBuf> {
    let sibling = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let path = std::env::var_os("RAPIDVEC_SHARED").map_or_else(sibling, PathBuf::from).join("corpora").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: no {}; RAPIDVEC_SHARED names the folder with corpora/{name}", path.display());
        return None;
    }
    Some(path)
}

/// Both trainers find the same words in a text, and report the same notes.
#[test]
fn text_is_prepared_as_for_the_textbook() {
    let case = Case::new();
    // 한국어 in conjoining jamo, then composed.
    let jamo = "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165}";
    case.write(
        "text.txt",
        format!("The Cat saw {jamo} and 한국어, the cat don't ÉTÉ e\u{301}te\u{301} 東京都 .\n").repeat(20),
    );
    let mut all: Vec<&[&str]> = vec![&[], &["--lower"], &["--normalize", "nfc"], &["--lower", "--normalize", "nfc"]];
    if cfg!(feature = "unicode") {
        all.extend([&["--tokenizer", "unicode"][..], &["--tokenizer", "unicode", "--lower", "--normalize", "nfc"]]);
    }
    let mut found = Vec::new();
    for flags in all {
        let learn = |recipe: &str, output: &str| {
            let args =
                ["text.txt", "-o", output, "--force", "--trainer", recipe, "--vector-size", "8", "--window", "2"];
            let told = case.run(&[&args, flags].concat()).succeeds().stderr;
            assert_eq!(told.contains("20 tokens with conjoining jamo"), !flags.contains(&"nfc"), "{flags:?}: {told}");
            let words = open(&case, output).vocabulary().words().map(str::to_owned).collect::<BTreeSet<_>>();
            words.into_iter().filter(|word| word != "<eos>").collect::<Vec<_>>()
        };
        let words = learn("word2vec", "fast");
        assert_eq!(words, learn("textbook", "book"), "{flags:?}");
        assert!(!found.contains(&words), "{flags:?} changes nothing");
        found.push(words);
    }
}

/// What a reader of Korean expects, by names of files that are Korean too, also of those that `convert` writes.
#[test]
fn korean_neighbours_can_be_read_and_words_survive_in_every_output() {
    let Some(corpus) = shared("kowiki-sample.txt.xz") else { return };
    let case = Case::new();
    std::fs::copy(corpus, case.path("말뭉치.txt.xz")).unwrap();
    let args = ["말뭉치.txt.xz", "-o", "모델.safetensors", "--log", "기록.csv", "--model", "skipgram"];
    let more = ["--epochs", "20", "--vector-size", "50", "--threads", "1"];
    let told = case.run(&[&args[..], &more].concat()).succeeds().says("말뭉치.txt.xz: 185,776 tokens kept").stderr;
    assert!(told.contains("saved 모델.safetensors") && case.exists("기록.csv"), "{told}");
    let model = open(&case, "모델.safetensors");
    let places = ["종로구", "시청", "서울시", "서울특별시", "중구", "경기도", "시내를", "북한산", "강남구", "인천"];
    let sciences = ["이론물리학", "양자역학", "천문학과", "전자기학", "물리학과", "하이젠베르크의", "닐스", "천문학"];
    let is_year = |word: &str| word.strip_suffix('년').is_some_and(|year| year.parse::<u16>().is_ok());
    for (word, expected, least) in [
        ("서울", &(|word: &str| places.contains(&word)) as &dyn Fn(&str) -> bool, 4),
        ("물리학", &|word: &str| sciences.contains(&word), 2),
        ("2010년", &is_year, 5), // of all words one in 65 is a year
    ] {
        let found = similar(&case, "모델.safetensors", word, "10");
        assert!(found.iter().filter(|word| expected(word)).count() >= least, "{word}: {found:?}");
    }

    let found = similar(&case, "모델.safetensors", "서울", "5");
    for to in ["벡터.vec", "벡터.bin", "벡터.glove", "벡터.npz", "벡터.pkl", "벡터.vec.zst"] {
        rapidvec(&case, &["convert", "모델.safetensors", to]).succeeds();
        let back = open(&case, to);
        assert_eq!(back.vocabulary().len(), model.vocabulary().len(), "{to}");
        for word in model.vocabulary().words() {
            assert_eq!(back.vector(word), model.vector(word), "{word} in {to}");
        }
        assert_eq!(similar(&case, to, "서울", "5"), found, "{to}");
    }
    rapidvec(&case, &["vocab", "말뭉치.txt.xz", "-o", "낱말"]).succeeds();
    let words = String::from_utf8(case.bytes("낱말")).unwrap();
    let listed = words.lines().map(|line| line.split('\t').next().unwrap());
    assert!(listed.eq(model.vocabulary().words()) && words.starts_with("있다\t"));
}

#[test]
fn every_query_of_a_model_with_joined_vectors_uses_them() {
    let case = with_topics();
    let base = ["topics.txt", "--threads", "1", "--epochs", "2", "-o"];
    train(&case, &[&base[..], &["plain.safetensors"]].concat()).succeeds();
    let joined = ["joined.safetensors", "--output-vectors", "joined", "--join-weight", "0.5"];
    train(&case, &[&base[..], &joined].concat()).succeeds();
    let asked = |args: &[&str]| rapidvec(&case, args).succeeds().stdout;
    let similar = |model: &str, more: &[&str]| asked(&[&["similar", model, "a1", "--format", "json"], more].concat());
    let half = ["--matrix", "joined", "--join-weight", "0.5"];
    assert_eq!(similar("joined.safetensors", &[]), similar("plain.safetensors", &half));
    assert_ne!(similar("joined.safetensors", &[]), similar("plain.safetensors", &["--matrix", "joined"]), "1.5");
    for matrix in ["input", "output"] {
        let [one, two] = ["joined.safetensors", "plain.safetensors"].map(|model| similar(model, &["--matrix", matrix]));
        assert_eq!(one, two, "{matrix}");
        assert_ne!(one, similar("joined.safetensors", &[]), "{matrix}");
    }
    // A copy answers as the model does, whatever its format.
    for copy in ["copy.safetensors", "copy.bin"] {
        rapidvec(&case, &["convert", "joined.safetensors", copy]).succeeds();
        assert_eq!(similar(copy, &[]), similar("joined.safetensors", &[]), "{copy}");
    }
    let info: serde_json::Value =
        serde_json::from_str(&asked(&["info", "joined.safetensors", "--format", "json"])).unwrap();
    assert_eq!(info["vectors"], serde_json::json!({ "matrix": "joined", "weight": 0.5 }));
    assert_eq!(info["config"]["output_vectors"], "joined");
}

#[test]
fn vectors_that_cannot_be_joined_are_refused_before_training() {
    let case = with_topics();
    let run = |more: &[&str]| train(&case, &[&["topics.txt"], more].concat());
    run(&["--join-weight", "2"]).fails(2, "--join-weight needs --output-vectors joined");
    run(&["--output-vectors", "joined", "--join-weight", "nan"]).fails(2, "from -100 to 100");
    run(&["--output-vectors", "joined", "--subwords"])
        .fails(2, "output-vectors must be input with subwords, got joined");
    run(&["--output-vectors", "joined", "--hierarchical-softmax"]).fails(2, "must be input without negative sampling");
    assert!(!case.exists("model.safetensors"));
    run(&["--hierarchical-softmax", "--epochs", "1"]).succeeds();
    let similar = |more: &[&str]| rapidvec(&case, &[&["similar", "model.safetensors", "a1"], more].concat());
    similar(&["--matrix", "joined"]).fails(1, "no output vectors");
    similar(&["--matrix", "input", "--join-weight", "1"]).fails(2, "--join-weight needs --matrix joined");
}

/// `few.txt`: 4,000 words of 400, far too few for five epochs.
fn with_few_words() -> Case {
    let case = Case::new();
    let line = |i: usize| (0..10).map(|j| format!("w{} ", (i * 7 + j * i * 13) % 400)).collect::<String>() + "\n";
    case.write("few.txt", (0..400).map(line).collect::<String>());
    case
}

#[test]
fn the_recipe_gives_a_small_text_more_epochs_and_flags_override_it() {
    let case = with_few_words();
    let config = |more: &[&str]| -> serde_json::Value {
        let flags = ["few.txt", "--recipe", "best", "--min-count", "1", "-f", "-o", "m.safetensors"];
        let said = case.run(&[&flags[..], more, &["--vector-size", "8"]].concat()).succeeds();
        assert!(said.stderr.contains("--recipe best: "), "{}", said.stderr);
        let info = rapidvec(&case, &["info", "m.safetensors", "--format", "json"]).succeeds().stdout;
        serde_json::from_str::<serde_json::Value>(&info).unwrap()["config"].clone()
    };
    let best = config(&[]);
    assert_eq!((&best["model"], &best["output_vectors"]), (&"cbow".into(), &"joined".into()));
    assert_eq!((best["epochs"].as_u64(), best["vector_size"].as_u64()), (Some(80), Some(8)));
    let skip_gram = config(&["--model", "skipgram", "--epochs", "3", "--subsample", "0"]);
    assert_eq!((&skip_gram["model"], skip_gram.get("output_vectors")), (&"skipgram".into(), None));
    assert_eq!((&skip_gram["epochs"], &skip_gram["subsample"]), (&3.into(), &0.0.into()));
    case.run(&["few.txt", "--recipe", "best", "--subwords"]).fails(2, "--subwords");
    case.run(&["--resume", "m.safetensors", "--recipe", "best"]).fails(2, "--recipe");
}

#[test]
fn a_run_that_is_too_short_to_learn_warns_and_names_the_recipe() {
    let case = with_few_words();
    let run = |more: &[&str]| {
        case.run(&[&["few.txt", "--min-count", "1", "--vector-size", "8", "-f"], more].concat()).succeeds()
    };
    let warning = "5 epochs over 4,000 tokens are too few to learn vectors of";
    assert!(run(&[]).stderr.contains(warning));
    assert!(run(&["--lang", "ko"]).stderr.contains("--recipe best를 쓰거나"));
    for enough in [&["--recipe", "best"][..], &["--epochs", "80"]] {
        assert!(!run(enough).stderr.contains("too few to learn"), "{enough:?}");
    }
}
