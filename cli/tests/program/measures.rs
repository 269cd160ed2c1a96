//! `rapidvec weat`, `axis` and `align`, run as users run them.

use crate::common::{Place, answer, failure, program, stderr};
use crate::trial::{Case, Outcome};
use serde_json::Value;

const GROUPS: [&str; 8] = ["-x", "king,man", "-y", "queen,woman", "-a", "car", "-b", "you"];

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["word"].as_str().unwrap()).collect()
}

#[test]
fn weat_shows_effect_size_and_p_value_in_every_form() {
    let place = Place::new();
    let ask = |more: &[&str]| answer("weat", &place.model, &[&GROUPS[..], more].concat());
    let json = parsed(&ask(&["--format", "json"]));
    // Of six partitions of four words, the one given has the smallest difference but one: numbers by hand, from the rows' cosines.
    let cosine = |a: [f64; 3], b: [f64; 3]| {
        let dot = |a: [f64; 3], b: [f64; 3]| (0..3).map(|i| a[i] * b[i]).sum::<f64>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    };
    let (car, you) = ([-1.0, 0.5, 3.0], [0.75, -2.0, 0.5]);
    let association = |row| cosine(row, car) - cosine(row, you);
    let [king, man] = [[2.0, 1.0, 0.5], [1.0, 0.25, -0.5]].map(association);
    let [queen, woman] = [[1.5, 2.0, 1.0], [0.5, 1.5, 0.25]].map(association);
    let score = king + man - queen - woman;
    assert!((json["score"].as_f64().unwrap() - score).abs() < 1e-6, "{json}");
    let mean = (king + man + queen + woman) / 4.0;
    let deviation = ([king, man, queen, woman].iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4.0).sqrt();
    assert!((json["effect_size"].as_f64().unwrap() - score / 2.0 / deviation).abs() < 1e-6, "{json}");
    let sums = [king + man, king + queen, king + woman, man + queen, man + woman, queen + woman];
    let extreme = sums.iter().filter(|&&sum| sum >= king + man - 1e-9).count();
    assert_eq!(json["p_value"].as_f64().unwrap(), extreme as f64 / 6.0);
    assert_eq!((json["partitions"].as_u64(), json["exact"].as_bool()), (Some(6), Some(true)));
    assert_eq!(words(&json["associations"]["x"]), ["king", "man"]);
    let table = ask(&[]);
    assert!(table.contains(&format!("p              {:.4}  (all 6 partitions)", extreme as f64 / 6.0)), "{table}");
    assert!(ask(&["--format", "tsv"]).contains("\nassociation_y\twoman\t"));
    assert!(ask(&["--permutations", "3"]).contains("(random 3 partitions)"));
    // A group may be in a file, and a word may be unknown.
    std::fs::write(place.path("x.txt"), "king\n\nman\nkaiser\n").unwrap();
    let from_file = format!("@{}", place.path("x.txt").display());
    let in_file = [&["-x", &from_file], &GROUPS[2..]].concat();
    assert!(failure(1, "weat", &place.model, &in_file).contains("`kaiser` is not in the vocabulary"));
    assert_eq!(answer("weat", &place.model, &[&in_file[..], &["--skip-unknown", "-q"]].concat()), table);
}

#[test]
fn weat_refuses_groups_that_overlap_also_in_korean() {
    let place = Place::new();
    let groups = ["-x", "king", "-y", "king", "-a", "car", "-b", "you"];
    assert!(failure(1, "weat", &place.model, &groups).contains("`king` is in both groups of targets"));
    let korean = program().arg("weat").arg(&place.model).args(groups).args(["--lang", "ko"]).output().unwrap();
    assert!(stderr(&korean).contains("두 대상 단어 묶음에 모두 있습니다"), "{}", stderr(&korean));
    assert!(failure(2, "weat", &place.model, &groups[..6]).contains("-b"));
    crate::common::refuses_files_that_are_not_models("weat", &GROUPS);
}

#[test]
fn axis_places_words_or_shows_its_ends() {
    let place = Place::new();
    let ends = ["--from", "you,안녕", "--to", "queen,woman"];
    let ask = |more: &[&str]| answer("axis", &place.model, &[more, &ends].concat());
    let json = parsed(&ask(&["car", "king", "man", "--format", "json"]));
    let places: Vec<f64> =
        json["words"].as_array().unwrap().iter().map(|word| word["place"].as_f64().unwrap()).collect();
    assert!(places.is_sorted() && places.iter().all(|place| place.abs() <= 1.0), "{json}");
    assert_eq!(words(&json["words"]).len(), 3);
    let table = ask(&["-k", "2"]);
    let shown: Vec<&str> = table.lines().skip(1).map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(shown.len(), 4, "{table}");
    assert!(["you", "안녕"].contains(&shown[0]) && ["queen", "woman"].contains(&shown[3]), "{table}");
    assert!(table.starts_with("[axis] you,안녕 -> queen,woman\n"), "{table}");
    assert!(ask(&["king", "--format", "tsv"]).starts_with("word\tplace\nking\t"));
    let same = ["--from", "king", "--to", "king"];
    assert!(failure(1, "axis", &place.model, &same).contains("the same mean direction"));
}

#[test]
fn align_finds_the_word_that_changed_and_writes_rotated_vectors() {
    let case = Case::new();
    let (mut before, mut after) = ("8 2\n".to_owned(), "9 2\nnew 1 1\n".to_owned());
    for i in 0..8 {
        let (a, b) = (f64::from(i * 3 % 8 - 3), f64::from(i * 5 % 7 - 2));
        before += &format!("w{i} {a} {b}\n");
        // Turned by a quarter; w6 is somewhere else.
        let (c, d) = if i == 6 { (5.0, 5.0) } else { (-b, a) };
        after += &format!("w{i} {c} {d}\n");
    }
    case.write("before.vec", before);
    case.write("after.vec", after);
    let align = |args: &[&str]| Outcome::of(case.rapidvec().arg("align").args(args).output().unwrap());
    let json = parsed(&align(&["before.vec", "after.vec", "-k", "3", "--format", "json"]).succeeds().stdout);
    assert_eq!((json["shared"].as_u64(), json["anchors"].as_u64()), (Some(8), Some(8)));
    assert_eq!(words(&json["changes"]).len(), 3);
    assert_eq!(words(&json["changes"])[0], "w6");
    let said = align(&["before.vec", "after.vec", "--restrict", "6", "-o", "turned.safetensors"]).succeeds();
    assert!(said.stdout.starts_with("[align] 8 words in both, rotated by 6; mean similarity 0."), "{}", said.stdout);
    let cosine = |model: &str, word: &str| {
        let vectors = rapidvec::WordVectors::open(case.path(model)).unwrap();
        vectors.vector(word).unwrap()
    };
    for word in ["w0", "w3", "w7"] {
        let (turned, after) = (cosine("turned.safetensors", word), cosine("after.vec", word));
        assert!(turned.iter().zip(&after).all(|(a, b)| (a - b).abs() < 1e-4), "{word}: {turned:?} {after:?}");
    }
    align(&["before.vec", "after.vec", "-o", "turned.safetensors"]).fails(1, "already exists");
    align(&["before.vec", "after.vec", "-o", "turned.what"]).fails(2, "turned.what");
    case.write("few.vec", "1 2\nw1 1 2\n");
    align(&["before.vec", "few.vec"]).fails(1, "the models share 1 word");
    case.write("wide.vec", "1 3\nw1 1 2 3\n");
    align(&["before.vec", "wide.vec"]).fails(1, "different vector sizes: 2 and 3");
}

#[test]
fn average_writes_the_mean_of_runs_and_shows_where_they_differ() {
    let case = Case::new();
    let vectors = |turned: bool, blur: i32| {
        let mut text = "12 2\n".to_owned();
        for i in 0..12 {
            let moved = if i == 4 { 10 * blur } else { 0 };
            let (a, b) = (i * 5 % 12 - 5 + moved, i * 7 % 11 - 4);
            let (a, b) = if turned { (-b, a) } else { (a, b) };
            text += &format!("w{i} {a} {b}\n");
        }
        text
    };
    case.write("one.vec", vectors(false, -1));
    case.write("two.vec", vectors(true, 1));
    case.write("three.vec", vectors(true, 0));
    let average = |args: &[&str]| Outcome::of(case.rapidvec().arg("average").args(args).output().unwrap());
    let said = average(&["one.vec", "two.vec", "three.vec", "-o", "mean.safetensors", "-k", "2", "--format", "json"]);
    let json = parsed(&said.succeeds().says("mean.safetensors").stdout);
    assert_eq!((json["runs"].as_u64(), words(&json["words"])[0]), (Some(3), "w4"));
    assert!(json["mean_agreement"].as_f64().unwrap() > 0.8);
    let mean = rapidvec::WordVectors::open(case.path("mean.safetensors")).unwrap();
    let one = rapidvec::WordVectors::open(case.path("one.vec")).unwrap();
    for (a, b) in [("w0", "w1"), ("w7", "w9")] {
        assert!((mean.similarity(a, b).unwrap() - one.similarity(a, b).unwrap()).abs() < 0.02);
    }
    average(&["one.vec", "two.vec", "-o", "mean.safetensors"]).fails(1, "already exists");
    average(&["one.vec", "two.vec", "-o", "two.vec", "-f"]).fails(2, "two.vec is one of the runs");
    average(&["one.vec", "-o", "m.vec"]).fails(1, "a mean needs at least 2 runs, got 1");
    assert!(!case.exists("m.vec"));
}

#[test]
fn slices_trained_by_a_compass_are_compared_without_a_rotation() {
    let case = Case::new();
    case.text(40_000);
    let text = String::from_utf8(case.bytes("text.txt")).unwrap();
    let slice: String = text.lines().take(600).flat_map(|line| [line, "\n"]).collect();
    case.write("slice.txt", slice + "word1 fresh fresh fresh fresh fresh\n");
    let common = ["--vector-size", "20", "--epochs", "2", "--threads", "1"];
    case.run(&[&["text.txt", "-o", "whole"][..], &common].concat()).succeeds();
    let follows = |seed: &str, model: &str| {
        case.run(&[&["slice.txt", "--compass", "whole", "--seed", seed, "-o", model][..], &common].concat()).succeeds()
    };
    let said = follows("2", "a").stderr;
    assert!(said.contains("words have the output vectors of whole, which stay as they are"), "{said}");
    assert!(said.contains("not in the compass: 1 word, such as \"fresh\"; their output"), "{said}");
    follows("3", "b");
    let align = |args: &[&str]| Outcome::of(case.rapidvec().arg("align").args(args).output().unwrap());
    let shown = align(&["a", "b", "--no-rotation"]).succeeds().stdout;
    assert!(shown.contains("words in both, as they are; mean similarity 0."), "{shown}");
    align(&["a", "b", "--no-rotation", "-o", "c.safetensors"]).fails(2, "--no-rotation");
    case.write("plain.vec", "1 20\nword1 ".to_owned() + &"1 ".repeat(20) + "\n");
    case.run(&[&["slice.txt", "--compass", "plain.vec", "-o", "d"][..], &common].concat())
        .fails(1, "cannot be a compass");
    case.run(&[&["slice.txt", "--compass", "whole", "--hierarchical-softmax", "-o", "d"][..], &common].concat())
        .fails(2, "--compass");
}
