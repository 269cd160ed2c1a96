//! What a run shows and writes.

use crate::trial::{Case, Outcome};

#[test]
fn lines_have_the_chapters_form_in_both_languages() {
    let case = Case::new();
    case.text(1_000);
    let english = case.run_small(&["text.txt", "-o", "a"]).succeeds();
    assert!(english.stderr.contains("| epoch 1 |  iter 21 / 54 | time 0[s] | loss "), "{}", english.stderr);
    case.run_small(&["text.txt", "-o", "b", "--lang", "ko"])
        .succeeds()
        .says("| 에폭 2 |  반복 41 / 54 | 시간 0[s] | 손실 ");
    let none = case.run_small(&["text.txt", "-o", "c", "--progress", "none"]).succeeds();
    assert!(!none.stderr.contains("| epoch"), "{}", none.stderr);
}

#[test]
fn a_korean_locale_gives_korean_lines() {
    let case = Case::new();
    case.text(1_000);
    let args = [&["text.txt", "-o", "m"], &crate::trial::SMALL[..]].concat();
    let output = case.train(&args).env("LC_ALL", "ko_KR.UTF-8").output().unwrap();
    crate::trial::Outcome::of(output).succeeds().says("| 에폭 1 |");
}

#[test]
fn the_log_has_a_row_for_each_line() {
    let case = Case::new();
    case.text(1_000);
    case.run_small(&["text.txt", "-o", "m", "--log", "loss.csv"]).succeeds();
    let log = String::from_utf8(case.bytes("loss.csv")).unwrap();
    let rows: Vec<Vec<&str>> = log.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["epoch", "iteration", "seconds", "loss"]);
    let places: Vec<_> = rows[1..].iter().map(|row| (row[0], row[1])).collect();
    assert_eq!(places, [("1", "1"), ("1", "21"), ("1", "41"), ("2", "1"), ("2", "21"), ("2", "41")]);
    assert!(rows[1..].iter().all(|row| row[3].parse::<f64>().unwrap() > 0.0));
}

#[test]
fn held_out_text_is_scored_after_each_epoch() {
    let case = Case::new();
    std::fs::rename(case.text(300), case.path("valid.txt")).unwrap();
    case.text(1_000);
    let outcome = case.run_small(&["text.txt", "-o", "m", "--valid", "valid.txt"]).succeeds();
    assert_eq!(outcome.stderr.matches("held-out loss").count(), 2, "{}", outcome.stderr);
    case.write("valid.txt", "word1");
    case.run_small(&["text.txt", "-o", "n", "--valid", "valid.txt"]).fails(1, "--valid valid.txt");
}

#[test]
fn the_loss_is_drawn_as_svg_and_as_png() {
    let case = Case::new();
    case.text(1_000);
    case.run_small(&["text.txt", "-o", "a", "--plot", "loss.svg", "--valid", "text.txt"]).succeeds();
    let svg = String::from_utf8(case.bytes("loss.svg")).unwrap();
    for text in ["<svg", "average loss", "54 per epoch", "epoch 2", "held-out"] {
        assert!(svg.contains(text), "{text} is not drawn");
    }
    let outcome = case.run_small(&["text.txt", "-o", "b", "--plot", "loss.png"]);
    if cfg!(feature = "png") {
        outcome.succeeds();
        assert!(case.bytes("loss.png").starts_with(b"\x89PNG"));
    } else {
        outcome.fails(2, "feature `png`");
    }
}

#[test]
fn an_unknown_text_is_asked_for_its_frequent_words() {
    let case = Case::new();
    case.write("text.txt", "apple pear plum a b c d\napple pear fig a b c d\n".repeat(30));
    let outcome = case.run_small(&["text.txt", "-o", "my model"]).succeeds().says("similar 'my model' ");
    assert!(outcome.stdout.starts_with("\n[query] apple\n "), "{}", outcome.stdout);
}

#[test]
fn the_chapters_queries_are_answered_for_the_words_that_are_known() {
    let case = Case::new();
    case.write("text.txt", "you king man queen woman and some more words\n".repeat(40));
    let outcome = case.run_small(&["text.txt", "-o", "m"]).succeeds();
    assert!(outcome.stdout.contains("[query] you\n ") && !outcome.stdout.contains("[query] car"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("[analogy] king:man = queen:?\n "), "{}", outcome.stdout);
}

#[test]
fn several_files_are_one_corpus_and_the_builtin_one_is_the_default() {
    let case = Case::new();
    std::fs::rename(case.text(300), case.path("a.txt")).unwrap();
    case.text(300);
    case.run_small(&["a.txt", "text.txt", "-o", "m"]).succeeds().says("a.txt + text.txt: 660 tokens");
    case.run_small(&["--max-tokens", "2000"]).succeeds().says("builtin: 2,000 tokens");
    assert!(case.exists("model.safetensors"));
    case.run_small(&["--max-tokens", "2000"]).fails(1, "--force");
}

#[test]
fn a_batch_larger_than_the_corpus_is_reduced_and_reported() {
    let case = Case::new();
    case.text(20);
    let flags = ["text.txt", "-o", "m", "--window", "2", "--negatives", "2", "--epochs", "1"];
    case.run(&[&["--trainer", "textbook"], &flags[..]].concat()).succeeds().says("batches have 18 instead of 100");
}

#[test]
fn half_precision_halves_the_vectors() {
    let case = Case::new();
    case.text(300);
    case.run_small(&["text.txt", "-o", "m", "--half"]).succeeds();
    assert!(rapidvec::vectors::WordVectors::open(case.path("m")).unwrap().rows().is_half());
}

#[test]
fn train_writes_nothing_to_standard_output_and_no_model_under_the_name_of_another_format() {
    let case = Case::new();
    case.text(400);
    case.run_small(&["text.txt", "-o", "-"]).fails(2, "name a file");
    for (name, format) in [
        ("m.pkl", "pickle"),
        ("m.bin", "word2vec binary"),
        ("m.VEC", "word2vec text"),
        ("m.txt", "word2vec text"),
        ("m.npz", "npz"),
        ("m.glove", "GloVe text"),
        ("m.vec.gz", "word2vec text"),
    ] {
        let told = format!("then run: rapidvec convert m.safetensors {name}");
        // Whatever the trainer.
        for args in [&["text.txt", "-o", name, "--trainer", "textbook"][..], &["text.txt", "-o", name, "--force"]] {
            case.run(args).fails(2, &format!("but {name} has the extension of {format}")).says(&told);
        }
        assert!(!case.exists(name));
    }
    // Other names are accepted, and compressed if they say so; an existing file may be resumed.
    for name in ["m", "m.model", "m.2026", "m.gz"] {
        case.run_small(&["text.txt", "-o", name, "--keep-state"]).succeeds();
    }
    std::fs::rename(case.path("m"), case.path("m.bin")).unwrap();
    case.run(&["--resume", "m.bin", "--epochs", "3"]).succeeds().says("saved m.bin");
    case.run(&["--resume", "m.bin", "-o", "n.bin", "--epochs", "4"]).fails(2, "save to n.safetensors");
}

#[test]
fn a_data_dir_that_is_not_there_is_named_and_not_made() {
    let case = Case::new();
    case.run_small(&["ptb", "--data-dir", "typo"]).fails(2, "--data-dir: there is no folder typo");
    assert!(!case.exists("typo"));
}

#[test]
fn one_file_under_two_names_is_noticed() {
    let case = Case::new();
    case.text(400);
    case.run_small(&["text.txt", "-o", "m", "--log", "./m"]).fails(2, "must be different files");
}

/// Two runs with one output name: each keeps its model.
#[test]
fn a_file_written_during_the_run_is_kept_and_the_model_is_saved_next_to_it() {
    let case = Case::new();
    case.text(30_000);
    let args = ["text.txt", "-o", "m.safetensors", "--vector-size", "60", "--epochs", "200", "--progress", "lines"];
    let mut child = case.train(&args).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    // The first line of progress: the output was checked long ago.
    while !std::io::BufRead::lines(&mut stderr).next().unwrap().unwrap().starts_with("| epoch 1 |") {}
    case.write("m.safetensors", "mine");
    let rest = std::io::read_to_string(stderr).unwrap();
    assert!(child.wait().unwrap().success(), "{rest}");
    assert_eq!(case.bytes("m.safetensors"), b"mine");
    assert!(rest.contains("this run saves to m.1.safetensors") && rest.contains("saved m.1.safetensors"), "{rest}");
    assert!(rapidvec::vectors::WordVectors::open(case.path("m.1.safetensors")).is_ok());
}

#[test]
fn help_fits_the_screen() {
    let case = Case::new();
    let lines = |flag: &str| {
        let text = Outcome::of(case.train(&[flag]).output().unwrap()).succeeds().stdout;
        assert!(text.lines().all(|line| line.chars().count() <= 130), "{text}");
        assert!(text.contains("Examples:"), "{text}");
        text.lines().count()
    };
    assert!(lines("-h") <= 50 && lines("--help") <= 105, "{} and {} lines", lines("-h"), lines("--help"));
}

#[test]
fn numbers_and_short_flags_are_understood() {
    let case = Case::new();
    case.text(1_000);
    case.run_small(&["text.txt", "-o", "m", "--seed", "1e3"]).succeeds();
    case.run_small(&["text.txt", "-o", "m", "-f", "--device", "cpu"]).succeeds();
    case.run_small(&["text.txt", "-o", "m", "-f", "--device", "cuda"]).fails(2, "cuda");
    let quiet = case.run_small(&["text.txt", "-o", "m", "-f", "-q"]).succeeds();
    assert!(quiet.stderr.is_empty() && quiet.stdout.is_empty(), "{quiet:?}");
}

#[test]
fn without_a_terminal_an_epoch_has_at_most_ten_lines() {
    let case = Case::new();
    case.text(20_000);
    let lines = |mode: &[&str]| {
        let told = case.run_small(&[&["text.txt", "-o", "m", "-f"], mode].concat()).succeeds().stderr;
        told.lines().filter(|line| line.starts_with("| epoch 1 |  iter")).count()
    };
    assert_eq!((lines(&[]), lines(&["--progress", "lines"])), (10, 55));
}
