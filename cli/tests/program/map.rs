//! `rapidvec map`, run as users run it.

use crate::common::{Place, failure, run, stderr};
use std::path::{Path, PathBuf};

/// Draws a map that has to succeed; returns its text, and what was said.
fn drawn(model: &Path, out: &Path, options: &[&str]) -> (String, String) {
    let args = [&["-o", out.to_str().unwrap()][..], options].concat();
    let output = run("map", model, &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    (std::fs::read_to_string(out).unwrap(), stderr(&output))
}

fn of_clouds(count: usize) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let model = crate::clouds::model(folder.path(), count);
    (folder, model)
}

#[test]
fn a_small_model_is_drawn_by_pca_with_every_name() {
    let place = Place::new();
    let (svg, said) = drawn(&place.model, &place.path("a.svg"), &["--method", "pca"]);
    for (word, _) in crate::common::ROWS {
        assert_eq!(svg.matches(&format!(">{word}</text>")).count(), 2, "{word}, and its halo");
        assert!(svg.contains(&format!("<title>{word}</title>")));
    }
    assert!(svg.contains("9 words of model.safetensors") && svg.contains("PCA, two axes with"), "{svg}");
    assert!(said.ends_with("a.svg: 9 words\n") && said.starts_with("saved "), "{said}");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (folder, model) = of_clouds(60);
    for method in ["pca", "tsne"] {
        if method == "tsne" && !cfg!(feature = "tsne") {
            continue;
        }
        for form in ["svg", "html"] {
            let draw = |seed: &str| {
                let out = folder.path().join(format!("a.{form}"));
                drawn(&model, &out, &["--method", method, "--seed", seed, "--force"]).0
            };
            assert_eq!(draw("1"), draw("1"), "{method} {form}");
        }
    }
}

#[test]
fn a_list_names_the_words_and_a_note_lists_unknown_ones() {
    let place = Place::new();
    let list = place.file("words", "\u{feff}king\r\nqueen\r\n\r\nnobody\r\n안녕\r\nking\r\n".as_bytes());
    let (svg, said) = drawn(&place.model, &place.path("a.svg"), &["--words", list.to_str().unwrap()]);
    assert_eq!(svg.matches("<circle").count(), 3);
    assert!(said.starts_with("note: 1 of 5 words are unknown: `nobody`\n"), "{said}");
    let none = place.file("none", b"nobody\nno one\n");
    let out = place.path("b.svg");
    let code = |code, list: &Path| {
        failure(code, "map", &place.model, &["-o", out.to_str().unwrap(), "--words", list.to_str().unwrap()])
    };
    let with = |list: &Path| code(1, list);
    assert!(with(&none).contains("2 of 2 words are unknown: `nobody`, `no one`"));
    assert!(with(&place.file("latin", b"caf\xe9\n")).contains("expected UTF-8"));
    assert!(with(&place.file("empty", b"\n\n")).contains("no words to draw"));
    assert!(code(2, &place.path("missing")).contains("No such file"));
    assert!(code(2, Path::new("3k")).contains("3,000 most frequent words, use --top 3000"));
    assert!(!out.exists());
}

#[test]
fn the_mark_of_sentence_ends_is_not_drawn_and_frequent_words_come_first() {
    let mut words = rapidvec::Vocabulary::new();
    for (word, count) in [("rare", 1), ("<eos>", 90), ("often", 50), ("</s>", 80), ("seldom", 2)] {
        words.insert(word, count).unwrap();
    }
    let input: Vec<f32> = (0..15).map(|i| (i * i % 7) as f32).collect();
    let place = Place::with(|_| ());
    let parts = rapidvec::vectors::format::safetensors::ModelParts {
        vocabulary: &words,
        vector_size: 3,
        input: &input,
        output: None,
        half: false,
        metadata: Default::default(),
        extra: Vec::new(),
    };
    rapidvec::vectors::format::safetensors::write(&place.model, &parts).unwrap();
    let (svg, _) = drawn(&place.model, &place.path("a.svg"), &["--top", "2"]);
    assert_eq!(svg.matches("<circle").count(), 2);
    assert!(svg.contains(">often</text>") && svg.contains(">seldom</text>"));
}

#[test]
fn hostile_words_are_escaped_in_both_forms() {
    let (folder, model) = of_clouds(40);
    let svg = drawn(&model, &folder.path().join("a.svg"), &["--method", "pca"]).0;
    let html = drawn(&model, &folder.path().join("a.html"), &["--method", "pca"]).0;
    for raw in ["<script>window", "<img", "onload=window.hacked=1>", "<!--<", "\u{202e}", "\u{1b}", "\u{0}"] {
        assert!(!html.contains(raw), "{raw:?} stands in the page");
    }
    assert_eq!(html.matches("</script>").count(), 2, "the data's end and the script's");
    for raw in ["<script", "<img", "onload=window.hacked=1>", "]]>", "\u{1b}", "\u{0}", "\u{ffff}"] {
        assert!(!svg.contains(raw), "{raw:?} stands in the picture");
    }
}

#[test]
fn a_page_needs_nothing_else() {
    let (folder, model) = of_clouds(30);
    let html = drawn(&model, &folder.path().join("a.html"), &["--method", "pca"]).0;
    for outside in ["http://", "https://", "<link rel=\"stylesheet", "src=\"", "@import", "fetch(", "XMLHttp", "eval("]
    {
        assert!(!html.contains(outside), "the page reaches out: {outside}");
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn no_file_is_overwritten_without_force_and_none_is_left_after_an_error() {
    let place = Place::new();
    let old = place.file("a.svg", b"precious");
    let message = failure(1, "map", &place.model, &["-o", old.to_str().unwrap()]);
    assert!(message.contains("already exists") && message.contains("--force"), "{message}");
    assert_eq!(std::fs::read(&old).unwrap(), b"precious");
    drawn(&place.model, &old, &["--force", "--method", "pca"]);
    let out = place.path("new.html");
    crate::common::refuses_files_that_are_not_models("map", &["-o", out.to_str().unwrap()]);
    assert!(!out.exists());
}

#[test]
fn wrong_usage_ends_with_code_2() {
    let place = Place::new();
    let out = place.path("a.svg");
    let out = out.to_str().unwrap();
    for args in [
        &[][..],
        &["-o", "a.png"],
        &["-o", "a"],
        &["-o", out, "--top", "0"],
        &["-o", out, "--top", "20001"],
        &["-o", out, "--method", "umap"],
        &["-o", out, "--top", "5", "--words", "list"],
    ] {
        failure(2, "map", &place.model, args);
    }
    assert!(failure(2, "map", &place.model, &["-o", "a.png"]).contains(".svg, .html"));
    assert_eq!(place.names(), ["model.safetensors"]);
}

#[cfg(feature = "tsne")]
#[test]
fn tsne_asks_for_enough_words_and_few_words_fall_back_to_pca() {
    let place = Place::new();
    let out = place.path("a.svg");
    let message = failure(1, "map", &place.model, &["-o", out.to_str().unwrap(), "--top", "7", "--method", "tsne"]);
    assert!(message.contains("t-SNE needs at least 8 words, got 7"), "{message}");
    let (svg, _) = drawn(&place.model, &out, &["--top", "7"]);
    assert!(svg.contains("PCA"));
    let (svg, _) = drawn(&place.model, &out, &["--force"]);
    assert!(svg.contains("t-SNE ·"), "nine words are enough");
}

#[cfg(not(feature = "tsne"))]
#[test]
fn without_tsne_pca_is_the_default() {
    let (folder, model) = of_clouds(30);
    let out = folder.path().join("a.svg");
    assert!(drawn(&model, &out, &[]).0.contains("PCA"));
    let message = failure(2, "map", &model, &["-o", out.to_str().unwrap(), "--method", "tsne", "--force"]);
    assert!(message.contains("feature `tsne` is off"), "{message}");
}

#[test]
fn map_leaves_what_it_reads_as_it_is_also_by_force() {
    let place = Place::new();
    let words = place.file("words.svg", b"king\nqueen\n");
    let model = place.path("model.html");
    std::fs::copy(&place.model, &model).unwrap();
    for output in [&words, &model] {
        let args = ["--words", words.to_str().unwrap(), "-o", output.to_str().unwrap(), "--force"];
        let message = failure(2, "map", &model, &args);
        assert!(message.contains("is an input and cannot be overwritten"), "{message}");
    }
    assert_eq!(std::fs::read(&words).unwrap(), b"king\nqueen\n");
    assert_eq!(std::fs::read(&model).unwrap(), std::fs::read(&place.model).unwrap());
}
