//! `rapidvec index` and `similar --approximate`, run as users run them.

use crate::common::{Place, answer, failure};

#[test]
fn an_index_answers_as_the_exact_search_on_a_small_model() {
    let place = Place::new();
    let facts: serde_json::Value = serde_json::from_str(&answer("index", &place.model, &["--format", "json"])).unwrap();
    assert_eq!((&facts["words"], &facts["recall_at_10"]), (&9.into(), &1.0.into()));
    assert!(place.names().contains(&"model.safetensors.ann".to_owned()));
    for args in [&["king", "안녕", "-k", "3"][..], &["--positive", "king", "--negative", "man", "-k", "2"]] {
        let exact = answer("similar", &place.model, args);
        assert_eq!(answer("similar", &place.model, &[args, &["--approximate"]].concat()), exact);
    }
    answer("index", &place.model, &[]); // an index may be rebuilt
}

#[test]
fn an_index_of_another_model_or_a_damaged_one_is_refused_by_name() {
    let place = Place::new();
    let approximate = ["king", "--approximate"];
    assert!(failure(1, "similar", &place.model, &approximate).contains("model.safetensors.ann"), "there is none yet");
    let index = place.path("other.ann");
    answer("index", &place.model, &["-o", index.to_str().unwrap()]);
    let other = Place::with(|parts| parts.half = true);
    let args = ["king", "--approximate", "--index", index.to_str().unwrap()];
    assert!(failure(1, "similar", &other.model, &args).contains("belongs to another model"));
    let bytes = std::fs::read(&index).unwrap();
    for (bytes, expected) in [(&bytes[..bytes.len() - 1], "cut short"), (&b"hello"[..], "no index of rapidvec")] {
        std::fs::write(&index, bytes).unwrap();
        let message = failure(1, "similar", &place.model, &args);
        assert!(message.contains(expected) && message.contains("other.ann"), "{message}");
    }
}

#[test]
fn index_overwrites_an_index_and_nothing_else() {
    let place = Place::new();
    let text = place.file("notes.txt", b"do not lose");
    let args = ["-o", text.to_str().unwrap()];
    assert!(failure(1, "index", &place.model, &args).contains("already exists"));
    assert_eq!(std::fs::read(&text).unwrap(), b"do not lose");
    let (own, model) = (place.model.to_str().unwrap(), std::fs::read(&place.model).unwrap());
    assert!(
        failure(2, "index", &place.model, &["-o", own, "--force"]).contains("is an input and cannot be overwritten")
    );
    assert_eq!(std::fs::read(&place.model).unwrap(), model);
    crate::common::refuses_files_that_are_not_models("index", &["-o", place.path("new.ann").to_str().unwrap()]);
    failure(2, "similar", &place.model, &["king", "--approximate", "--restrict", "3"]);
    failure(2, "similar", &place.model, &["king", "--index", "x"]);
}
