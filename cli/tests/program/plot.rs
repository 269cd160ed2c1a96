//! `rapidvec plot`, run as users run it.

use crate::trial::{Case, Outcome};

fn plot(case: &Case, args: &[&str]) -> Outcome {
    Outcome::of(case.rapidvec().arg("plot").args(args).output().unwrap())
}

/// `a.safetensors`, two epochs with held-out text, and `b.safetensors`, trained by the other trainer.
fn with_models() -> Case {
    let case = Case::new();
    case.text(1_000);
    case.run_small(&["text.txt", "-o", "a.safetensors", "--valid", "text.txt", "--keep-state"]).succeeds();
    let other = ["text.txt", "-o", "b.safetensors", "--min-count", "1", "--vector-size", "8", "--epochs", "3"];
    case.run(&other).succeeds();
    case
}

fn text(case: &Case, name: &str) -> String {
    String::from_utf8(case.bytes(name)).unwrap()
}

#[test]
fn a_finished_model_is_drawn_over_its_epochs() {
    let case = with_models();
    let said = plot(&case, &["a.safetensors", "-o", "a.svg"]).succeeds();
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", "saved a.svg: the loss of 1 model\n"));
    let svg = text(&case, "a.svg");
    for part in ["Training loss", "average loss", ">epochs<", ">training<", ">held-out<", ">2.0<"] {
        assert!(svg.contains(part), "{part} is not drawn: {svg}");
    }
    assert_eq!(svg.matches("<circle").count(), 3, "held-out losses of two epochs, and the legend's");
    // As many points as the log of such a run has lines: the textbook reports each 20th of 54 iterations.
    let points = svg.split("<polyline").nth(1).unwrap().split('"').nth(3).unwrap().split(' ').count();
    assert_eq!(points, 6);
}

#[test]
fn several_models_are_in_one_picture() {
    let case = with_models();
    plot(&case, &["a.safetensors", "b.safetensors", "-o", "both.svg"]).succeeds();
    let svg = text(&case, "both.svg");
    assert_eq!(svg.matches("<polyline").count(), 2);
    assert!(svg.contains(">a.safetensors<") && svg.contains(">b.safetensors<") && svg.contains(">3.0<"), "{svg}");
}

#[test]
fn a_file_is_kept_and_a_png_needs_its_feature() {
    let case = with_models();
    std::fs::rename(case.path("b.safetensors"), case.path("model.safetensors")).unwrap();
    case.write("a.svg", "mine");
    plot(&case, &["-o", "a.svg"]).fails(1, "--force");
    assert_eq!(case.bytes("a.svg"), b"mine");
    plot(&case, &["-o", "a.svg", "--force"]).succeeds();
    assert!(text(&case, "a.svg").starts_with("<svg"));
    let outcome = plot(&case, &["-o", "a.png"]);
    if cfg!(feature = "png") {
        outcome.succeeds();
        assert!(case.bytes("a.png").starts_with(b"\x89PNG"));
    } else {
        outcome.fails(2, "feature `png`");
    }
}

#[test]
fn a_file_without_losses_is_refused() {
    let case = with_models();
    let convert = ["convert", "a.safetensors", "c.txt"];
    Outcome::of(case.rapidvec().args(convert).output().unwrap()).succeeds();
    plot(&case, &["c.txt", "-o", "c.svg"]).fails(1, "c.txt");
    Outcome::of(case.rapidvec().args(["convert", "c.txt", "c.safetensors"]).output().unwrap()).succeeds();
    plot(&case, &["a.safetensors", "c.safetensors", "-o", "c.svg"]).fails(1, "c.safetensors holds no losses");
    assert!(!case.exists("c.svg"));
}
