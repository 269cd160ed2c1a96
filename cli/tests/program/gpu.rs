//! `rapidvec train --device`: on a graphics card, and where there is none.

use crate::common::{program, stderr};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// A folder with a text.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("rapidvec-device-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let text = "the king and the queen\nthe man and the woman\nthe dog saw a cat\n".repeat(2_000);
        fs::write(folder.join("text.txt"), text).unwrap();
        Self(folder)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.args(args).current_dir(&self.0);
        command
    }

    fn train(&self, args: &[&str]) -> Command {
        let common = ["train", "text.txt", "--vector-size", "12", "--epochs", "2", "-f"];
        self.command(&[&common, args].concat())
    }

    fn succeeds(&self, mut command: Command) -> String {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stderr(&output) + &String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Without any driver.
fn hidden(command: &mut Command) -> Output {
    command.env("VK_DRIVER_FILES", "/dev/null").env("VK_ICD_FILENAMES", "/dev/null").output().unwrap()
}

/// Whether there is an adapter; otherwise the test says that it is skipped.
fn has_adapter(test: &str) -> bool {
    let found = !rapidvec_gpu::adapters().is_empty();
    if !found {
        eprintln!("SKIPPED {test}: no graphics adapter");
    }
    found
}

#[test]
fn a_card_trains_resumes_and_is_named_in_the_model() {
    if !has_adapter("a_card_trains_resumes_and_is_named_in_the_model") {
        return;
    }
    let place = Folder::new("trains");
    for model in ["skipgram", "cbow"] {
        let shown = place.succeeds(place.train(&["--model", model, "--device", "gpu", "-o", "card", "--keep-state"]));
        assert!(shown.contains("in flight"), "{shown}");
        let info = place.succeeds(place.command(&["info", "card", "--format", "json"]));
        let info: serde_json::Value = serde_json::from_str(info.lines().last().unwrap()).unwrap();
        assert!(info["device"].as_str().unwrap().contains('('), "{info}");
        let near = place.succeeds(place.command(&["similar", "card", "king", "-k", "3"]));
        assert!(near.contains("[query] king"), "{near}");
        // On the CPU from here.
        place.succeeds(place.command(&["train", "--resume", "card", "--epochs", "3", "-o", "cpu", "-f"]));
        place.succeeds(
            place.command(&["train", "--resume", "card", "--epochs", "3", "--device", "gpu", "-o", "both", "-f"]),
        );
    }
    let chapter = ["--trainer", "textbook", "--device", "gpu", "-o", "chapter", "--keep-state"];
    place.succeeds(place.train(&chapter));
    for device in ["cpu", "gpu"] {
        let resumed = ["train", "--resume", "chapter", "--epochs", "3", "--device", device, "-o", "more", "-f"];
        let shown = place.succeeds(place.command(&resumed));
        assert!(shown.contains("epoch 3"), "{shown}");
    }
    let devices = place.succeeds(place.command(&["devices", "--format", "json"]));
    assert!(devices.contains("workgroup_memory_bytes"), "{devices}");
    let refused = place.train(&["--device", "gpu", "--hierarchical-softmax"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("--device gpu does not support hierarchical softmax"), "{}", stderr(&refused));
}

#[test]
fn without_an_adapter_one_sentence_says_so_at_once_and_auto_takes_the_cpu() {
    let place = Folder::new("hidden");
    for (lang, expected) in [("en", "error: no graphics adapter: "), ("ko", "오류: 그래픽 어댑터가 없습니다")]
    {
        let start = Instant::now();
        let output = hidden(&mut place.train(&["--device", "gpu", "--lang", lang]));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let last = stderr(&output).lines().last().unwrap().to_owned();
        assert!(last.starts_with(expected), "{last}");
    }
    assert_eq!(hidden(&mut place.command(&["devices"])).status.code(), Some(1));
    let output = hidden(&mut place.train(&["--device", "auto"]));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("no graphics card was found: training on the CPU"), "{}", stderr(&output));
}

#[test]
fn an_adapter_that_is_not_there_is_an_error_that_names_those_that_are() {
    if !has_adapter("an_adapter_that_is_not_there_is_an_error_that_names_those_that_are") {
        return;
    }
    let place = Folder::new("other");
    let output = place.train(&["--device", "gpu"]).env("RAPIDVEC_ADAPTER", "no such card").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("no graphics adapter matches 'no such card'. There are: "), "{}", stderr(&output));
}
