//! `rapidvec analogy`, run as users run it.

use crate::common::{Place, answer, failure};

fn answers(place: &Place, method: &[&str]) -> Vec<(String, f64)> {
    let args = [&["king", "man", "queen", "--format", "json", "-k", "3"], method].concat();
    let json: serde_json::Value = serde_json::from_str(&answer("analogy", &place.model, &args)).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 1);
    assert_eq!(json[0]["query"], serde_json::json!(["king", "man", "queen"]));
    assert_eq!(json[0]["method"], *method.last().unwrap_or(&"add"));
    let neighbours = json[0]["neighbours"].as_array().unwrap().iter();
    neighbours.map(|n| (n["word"].as_str().unwrap().to_owned(), n["similarity"].as_f64().unwrap())).collect()
}

/// The library's own tests say where the numbers come from; here they arrive under the right method's name.
#[test]
fn analogy_scores_by_the_method_asked_for() {
    let place = Place::new();
    let by_default = answers(&place, &[]);
    for (method, score) in [("add", 0.7614634), ("mul", 0.7916703), ("textbook", 1.57841)] {
        let found = answers(&place, &["--method", method]);
        assert_eq!((found.len(), found[0].0.as_str()), (3, "woman"));
        assert!((found[0].1 - score).abs() < 1e-5, "{method}: {found:?}");
        assert_eq!(found == by_default, method == "add");
    }
}

#[test]
fn analogy_shows_the_question_as_the_book_does() {
    let place = Place::new();
    let shown = answer("analogy", &place.model, &["king", "man", "queen", "-k", "1"]);
    assert_eq!(shown, "[analogy] king:man = queen:?\n  woman   0.7615\n");
    let shown = answer("analogy", &place.model, &["king", "man", "queen", "-k", "1", "--format", "tsv"]);
    assert!(shown.starts_with("query\tword\tsimilarity\nking man queen\twoman\t0.7614"), "{shown}");
}

#[test]
fn analogy_survives_zero_vectors_and_repeated_words() {
    let place = Place::new();
    for method in ["add", "mul", "textbook"] {
        let args = ["zero", "zero", "zero", "--method", method, "--format", "json"];
        let json = answer("analogy", &place.model, &args);
        assert!(!json.contains("null") && !json.contains("NaN"), "{json}");
    }
}

#[test]
fn analogy_fails_with_a_hint_for_an_unknown_word() {
    let place = Place::new();
    for question in [["kin", "man", "queen"], ["king", "mann", "queen"], ["king", "man", "quen"]] {
        let message = failure(1, "analogy", &place.model, &question);
        assert!(message.contains("did you mean `"), "{message}");
    }
}

#[test]
fn analogy_ends_with_code_2_for_wrong_arguments() {
    let place = Place::new();
    let question = ["king", "man", "queen"];
    failure(2, "analogy", &place.model, &question[..2]);
    failure(2, "analogy", &place.model, &["king", "man", "queen", "woman"]);
    failure(2, "analogy", &place.model, &[&question[..], &["-k", "0"]].concat());
    let message = failure(2, "analogy", &place.model, &[&question[..], &["--method", "sub"]].concat());
    assert!(message.contains("add, mul, textbook"), "{message}");
}

#[test]
fn analogy_refuses_files_that_are_not_models_and_says_what_it_is() {
    crate::common::refuses_files_that_are_not_models("analogy", &["king", "man", "queen"]);
}
