//! Every way to name, pack and prepare a text, with the real binary.

use crate::trial::Case;
use rapidvec::compress::Compression;
use rapidvec::vectors::WordVectors;

const ALL: [Compression; 4] = [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz];

fn packed(compression: Compression, text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    compression.write(&mut bytes, |out| out.write_all(text)).unwrap();
    bytes
}

fn text(case: &Case) -> Vec<u8> {
    std::fs::read(case.text(400)).unwrap()
}

/// What a run made: its vectors, in the order of its words.
fn rows(case: &Case, model: &str) -> Vec<f32> {
    WordVectors::open(case.path(model)).unwrap().rows().to_f32()
}

#[track_caller]
fn has(case: &Case, model: &str, words: &[&str]) {
    let vectors = WordVectors::open(case.path(model)).unwrap();
    let lacks: Vec<_> = words.iter().filter(|word| vectors.vocabulary().id(word).is_none()).collect();
    assert!(lacks.is_empty(), "{model} lacks {lacks:?}");
}

#[track_caller]
fn lacks(case: &Case, model: &str, words: &[&str]) {
    let vectors = WordVectors::open(case.path(model)).unwrap();
    let has: Vec<_> = words.iter().filter(|word| vectors.vocabulary().id(word).is_some()).collect();
    assert!(has.is_empty(), "{model} has {has:?}");
}

/// Row 29.
#[test]
fn a_packed_text_gives_the_model_of_the_plain_one_to_the_byte() {
    let case = Case::new();
    let plain = text(&case);
    case.run_small(&["text.txt", "-o", "plain"]).succeeds();
    for compression in ALL {
        // The name is part of the model, but does not matter.
        case.write("text.txt", packed(compression, &plain));
        case.run_small(&["text.txt", "-o", compression.name()]).succeeds();
        assert!(case.bytes(compression.name()) == case.bytes("plain"), "{compression:?}");
    }
}

/// Rows 29 and 32.
#[test]
fn a_packed_text_may_come_through_a_pipe() {
    let case = Case::new();
    let plain = text(&case);
    case.run_with_input(&["-", "-o", "plain"], &plain).succeeds();
    for compression in ALL {
        case.run_with_input(&["-", "-o", compression.name()], &packed(compression, &plain)).succeeds();
        assert!(case.bytes(compression.name()) == case.bytes("plain"), "{compression:?}");
    }
}

#[test]
fn a_packed_text_that_is_cut_or_damaged_is_refused_by_name() {
    let case = Case::new();
    let plain = text(&case);
    for compression in ALL {
        let whole = packed(compression, &plain);
        case.write("cut", &whole[..whole.len() - 3]);
        case.run_small(&["cut", "-o", "m"]).fails(1, &format!("cut: its {} data is cut short", compression.name()));
        assert!(!case.exists("m"));
    }
    let whole = packed(Compression::Gzip, &plain);
    case.write("long", [&whole[..], b"and some text behind its end"].concat());
    case.run_small(&["long", "-o", "m"]).fails(1, "long: its gzip data is damaged");
    case.write("twice", packed(Compression::Zstd, &whole));
    case.run_small(&["twice", "-o", "m"]).fails(1, "twice is compressed twice (gzip within zstd)");
    assert!(!case.exists("m"));
}

/// Row 37: 2 GiB of spaces in 200 kB or so.
#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let case = Case::new();
    let frame = packed(Compression::Zstd, &vec![b' '; 32 << 20]);
    case.write("bomb", frame.repeat(64));
    case.run_small(&["bomb", "-o", "m"]).fails(1, "bomb: ").says("beyond 1000:1");
    assert!(!case.exists("m"));
}

#[test]
fn folders_and_patterns_are_the_files_in_them() {
    let case = Case::new();
    let plain = String::from_utf8(text(&case)).unwrap();
    let (first, second) = plain.split_at(plain.len() / 2);
    std::fs::create_dir_all(case.path("data/sub")).unwrap();
    case.write("data/a.txt", first);
    case.write("data/sub/b.gz", packed(Compression::Gzip, second.as_bytes()));
    case.write("data/.hidden", "never read");
    case.write("data/sub/empty", "");
    case.run_small(&["data/a.txt", "data/sub/b.gz", "-o", "files"]).succeeds();
    case.run_small(&["data", "-o", "folder"])
        .succeeds()
        .says("data: 1 hidden file or folder: skipped")
        .says("1 empty file: skipped");
    case.run_small(&["data/**/*.*", "-o", "pattern"]).succeeds();
    case.run_small(&["data/a.txt", "data", "-o", "twice"]).succeeds().says("1 duplicate file (data/a.txt): read once");
    for model in ["folder", "pattern", "twice"] {
        assert_eq!(rows(&case, model), rows(&case, "files"), "{model}");
    }
    case.run_small(&["data/*.csv", "-o", "m"]).fails(2, "no file matches \"data/*.csv\"");
    case.run_small(&["data", "-o", "data/m"]).fails(2, "is in a folder or pattern of texts");
    case.run_small(&["data/*", "-o", "data/m"]).fails(2, "is in a folder or pattern of texts");
    case.run_small(&["data/*.txt", "-o", "data/a.txt", "--force"]).fails(2, "is an input and cannot be overwritten");
}

#[test]
fn a_file_named_like_a_pattern_is_a_file() {
    let case = Case::new();
    let plain = text(&case);
    case.write("text[1].txt", plain);
    case.run_small(&["text[1].txt", "-o", "m"]).succeeds();
}

#[test]
fn a_field_of_json_lines_is_the_text() {
    let case = Case::new();
    let plain = String::from_utf8(text(&case)).unwrap();
    case.run_small(&["text.txt", "-o", "plain"]).succeeds();
    let object = |line: &str| serde_json::json!({ "id": 7, "doc": { "body": line, "tags": [] } }).to_string();
    let lines: Vec<_> = plain.lines().map(object).collect();
    case.write("text.jsonl", lines.join("\n"));
    case.run_small(&["text.jsonl", "--field", "doc.body", "-o", "json"]).succeeds();
    assert_eq!(rows(&case, "json"), rows(&case, "plain"));

    case.run_small(&["text.jsonl", "--field", "doc.text", "-o", "m"])
        .fails(1, "text.jsonl, line 1: the JSON object has no");
    case.run_small(&["text.jsonl", "--field", "id", "-o", "m"])
        .fails(1, "text.jsonl, line 1: invalid type: integer `7`");
    let with_gaps = format!("{}\n{{\"id\": 8}}\n{{\"doc\": {{\"body\": null}}}}", lines.join("\n"));
    case.write("gaps.jsonl", with_gaps);
    case.run_small(&["gaps.jsonl", "--field", "doc.body", "-o", "m"])
        .fails(1, "the JSON object has no text in a field \"doc.body\"")
        .says("--missing-field skip");
    case.run_small(&["gaps.jsonl", "--field", "doc.body", "--missing-field", "skip", "-o", "gaps", "--keep-state"])
        .succeeds()
        .says("2 lines of JSON without the field: skipped");
    assert_eq!(rows(&case, "gaps"), rows(&case, "plain"));
    case.run(&["--resume", "gaps", "--epochs", "3"]).succeeds();
    let fast = ["gaps.jsonl", "--field", "doc.body", "--missing-field", "skip", "--vector-size", "8", "-o", "fast"];
    case.run(&fast).succeeds().says("2 lines of JSON without the field: skipped");
    case.run_small(&["text.jsonl", "-o", "raw"])
        .succeeds()
        .says("text.jsonl is read as plain text")
        .says("--field NAME");
    let broken = [&lines[..2], &["{\"doc\": ".to_owned()], &lines[2..]].concat().join("\n");
    case.write("broken.jsonl", broken);
    case.run_small(&["broken.jsonl", "--field", "doc.body", "-o", "m"]).fails(1, "broken.jsonl, line 3: EOF");
    case.run_small(&["text.txt", "--field", "doc", "-o", "m"]).fails(1, "text.txt, line 1: expected value at column 1");
    case.run_small(&["text.jsonl", "--field", "", "-o", "m"]).fails(2, "--field");
    assert!(!case.exists("m"));
}

#[test]
fn lower_case_makes_one_word_of_two() {
    let case = Case::new();
    case.write("text.txt", "The the ÉTÉ été Cat cat Dog dog\n".repeat(20));
    case.run_small(&["text.txt", "-o", "written"]).succeeds();
    case.run_small(&["text.txt", "-o", "lower", "--lower"]).succeeds();
    has(&case, "written", &["The", "the", "ÉTÉ"]);
    has(&case, "lower", &["the", "été", "cat"]);
    lacks(&case, "lower", &["The", "ÉTÉ"]);
}

#[test]
fn decomposed_hangul_is_reported_and_composed_on_request() {
    let case = Case::new();
    // 한국어 in conjoining jamo, then composed.
    let jamo = "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165}";
    case.write("text.txt", format!("{jamo} 한국어 말 글 사람 책\n").repeat(20));
    case.run_small(&["text.txt", "-o", "written"])
        .succeeds()
        .says("20 tokens with conjoining jamo")
        .says("--normalize nfc");
    has(&case, "written", &[jamo, "한국어"]);
    let composed = case.run_small(&["text.txt", "-o", "composed", "--normalize", "nfc"]).succeeds();
    assert!(!composed.stderr.contains("jamo"), "{}", composed.stderr);
    has(&case, "composed", &["한국어", "사람"]);
    lacks(&case, "composed", &[jamo]);
}

#[cfg(feature = "unicode")]
#[test]
fn words_are_found_by_the_rules_of_unicode() {
    let case = Case::new();
    case.write("text.txt", "東京都に住んで。「아버지가 방에, 들어가신다.」 Don't stop!\n".repeat(20));
    case.run_small(&["text.txt", "-o", "m", "--tokenizer", "unicode"])
        .succeeds()
        .says("120 punctuation marks or symbols: dropped");
    has(&case, "m", &["東京", "都", "に", "住", "んで", "아버지가", "방에", "들어가신다", "Don't", "stop"]);
    lacks(&case, "m", &["。", ",", "방에,", "stop!"]);
}

#[cfg(not(feature = "unicode"))]
#[test]
fn a_build_without_unicode_says_so() {
    let case = Case::new();
    case.text(300);
    case.run_small(&["text.txt", "-o", "m", "--tokenizer", "unicode"]).fails(2, "--features unicode");
}

#[test]
fn a_resumed_run_reads_as_the_first_did_and_refuses_to_read_otherwise() {
    let case = Case::new();
    let mixed = String::from_utf8(text(&case)).unwrap().replace("word1", "Word1").replace("word2", "WORD2");
    let object = |line: &str| serde_json::json!({ "text": line }).to_string();
    case.write("text.jsonl", mixed.lines().map(object).collect::<Vec<_>>().join("\n"));
    let flags = ["--lower", "--normalize", "nfc", "--field", "text", "--keep-state", "--valid", "text.jsonl"];
    case.run_small(&[&["text.jsonl", "-o", "m"], &flags[..]].concat()).succeeds();
    for other in [&["--field", "id"][..], &["--tokenizer", "unicode"], &["--normalize", "none"]] {
        case.run(&[&["--resume", "m", "--epochs", "3"], other].concat()).fails(2, "contradicts the checkpoint");
    }
    // No flag is given again, and the held-out text is still read like the text itself.
    case.run(&["--resume", "m", "--epochs", "3", "--valid", "text.jsonl", "-o", "n"]).succeeds();
    has(&case, "n", &["word1", "word16", "word25"]);
    lacks(&case, "n", &["Word1", "WORD25"]);

    case.text(400);
    case.run_small(&["text.txt", "-o", "plain", "--keep-state"]).succeeds();
    case.run(&["--resume", "plain", "--epochs", "3", "--lower"]).fails(2, "--lower contradicts the checkpoint");
    assert!(
        !String::from_utf8_lossy(&case.bytes("plain")).contains("preparation"),
        "a plain model is as it always was"
    );
}
