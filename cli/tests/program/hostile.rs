//! Hostile files against the real program: a test for each row of the project's table of faults about loading, and for what
//! it lists behind it. Each file is refused with exit code 1 and one message, within 5 seconds of the processor's time and 256 MB (the exact bound,
//! size + 16 MB, is measured where memory can be counted: `word2vec_memory`, `pickle_memory`, `packed_memory`, `fuzz`); or it
//! opens, and says what had to be done with it.

use crate::common::{Place, program, stderr};
use rapidvec::compress::Compression;
use rapidvec::vectors::format::pickle::PickleWriter;
use rapidvec::vectors::format::{TableView, VectorWriter};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A program that calculates has its 5 seconds from the system; one that waits so long never answers.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Runs the program in little memory; fails where it takes long, panics or is killed.
fn run(args: &[&str]) -> Output {
    let start = Instant::now();
    let output = if cfg!(target_os = "linux") {
        let limited = ["-c", "ulimit -d 262144; ulimit -t 5; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_rapidvec")];
        Command::new("sh").args(limited).args(args).stdin(Stdio::null()).output().unwrap()
    } else {
        program().args(args).stdin(Stdio::null()).output().unwrap()
    };
    assert!(start.elapsed() < MAX_WAIT, "{args:?} took {:?}", start.elapsed());
    let message = stderr(&output);
    assert!(output.status.code().is_some() && !message.contains("panicked"), "{args:?}: {:?} {message}", output.status);
    output
}

fn text_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Every command that opens a file refuses it, plain and packed in each way, for a reason that says `reason`.
#[track_caller]
fn refused(place: &Place, bytes: &[u8], reason: &str) {
    let mut paths = vec![place.file("hostile", bytes)];
    for (kind, ending) in PACKINGS {
        let mut packed = Vec::new();
        kind.write(&mut packed, |out| out.write_all(bytes)).unwrap();
        paths.push(place.file(&format!("hostile.{ending}"), &packed));
    }
    for path in &paths {
        for command in [&["verify"][..], &["info"], &["similar", "--", "MODEL", "a"], &["convert", "MODEL", "out.vec"]]
        {
            refused_by(command, path, reason);
        }
        assert!(!place.path("out.vec").exists());
    }
}

const PACKINGS: [(Compression, &str); 4] =
    [(Compression::Gzip, "gz"), (Compression::Bzip2, "bz2"), (Compression::Zstd, "zst"), (Compression::Xz, "xz")];

#[track_caller]
fn refused_by(command: &[&str], path: &Path, reason: &str) {
    let out = path.with_file_name("out.vec");
    let mut args: Vec<&str> = command
        .iter()
        .map(|&arg| match arg {
            "MODEL" => text_of(path),
            "out.vec" => text_of(&out),
            arg => arg,
        })
        .collect();
    if !command.contains(&"MODEL") {
        args.push(text_of(path));
    }
    let output = run(&args);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {message}");
    assert!(output.stdout.is_empty(), "{args:?} printed a result");
    assert!(message.starts_with("error: ") && message.contains(reason), "{args:?}: {message:?} lacks {reason:?}");
    assert_eq!(message.lines().count(), 1, "{args:?}: {message}");
}

/// What opens, and what is said of it on stderr.
#[track_caller]
fn opens(path: &Path, options: &[&str], word: &str) -> (String, String) {
    let output = run(&[&["similar"], options, &["--", text_of(path), word]].concat());
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{message}");
    (String::from_utf8(output.stdout).unwrap(), message)
}

/// A row of word2vec's binary.
fn row(word: &[u8], numbers: &[f32]) -> Vec<u8> {
    let numbers: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    [word, b" ", &numbers].concat()
}

#[test]
fn row_38_a_binary_file_cut_short() {
    let place = Place::new();
    let whole = [&b"3 2\n"[..], &row(b"a", &[1.0, 2.0]), &row(b"b", &[3.0, 4.0]), &row(b"c", &[5.0, 6.0])].concat();
    refused(&place, &whole[..whole.len() - 1], "cut short: expected 3 vectors of 2 numbers, got 2");
    for length in 6..whole.len() {
        refused_by(&["verify"], &place.file("cut", &whole[..length]), "");
    }
}

#[test]
fn row_39_more_rows_declared_than_there_are() {
    let place = Place::new();
    refused(&place, b"5 2\na 1 2\nb 3 4\n", "cut short: expected 5 vectors of 2 numbers, got 2");
    let (shown, _) = opens(&place.file("some", b"5 2\na 1 2\nb 3 4\n"), &["--limit", "2"], "a");
    assert!(shown.contains('b'));
}

#[test]
fn row_40_fewer_rows_declared_than_there_are() {
    let place = Place::new();
    refused(&place, b"1 2\na 1 2\nb 3 4\n", "declares 1 vectors, but more follow from line 3");
    let binary = [&b"1 2\n"[..], &row(b"a", &[1.0, 2.0]), &row(b"b", &[3.0, 4.0])].concat();
    refused(&place, &binary, "declares 1 vectors, but 10 bytes follow");
}

#[test]
fn rows_41_to_44_sizes_that_no_file_has() {
    let place = Place::new();
    for (first, reason) in [
        ("1000000000000 300", "expected at most 4294967294 words, got 1000000000000"),
        ("4000000000 300", "cut short: expected 4000000000 vectors of 300 numbers, got 0"),
        ("3 1000000000000", "vector"),
        ("18446744073709551615 18446744073709551615", "expected at most 4294967294 words"),
        ("4294967294 4611686018427387905", "vector"),
        ("99999999999999999999999 2", "expected a whole number"),
        ("-2 2", "gives `-2` as words"),
        ("2 -2", "gives `-2` as vector size"),
        ("2 0", "got 2 words of 0 numbers"),
        ("0 2", "got 0 words of 2 numbers"),
        ("0 0", "got 0 words of 0 numbers"),
    ] {
        refused(&place, format!("{first}\na 1 2\nb 3 4\n").as_bytes(), reason);
        refused_by(
            &["verify"],
            &place.file("binary", &[first.as_bytes(), b"\n", &row(b"a", &[1.5, 2.5])].concat()),
            "",
        );
    }
}

#[test]
fn row_45_nothing_and_junk() {
    let place = Place::new();
    refused_by(&["verify"], &place.file("empty", b""), "got an empty file");
    refused(&place, b"", "got an empty file");
    refused(&place, &[0; 4096], "");
    refused(&place, &[0xff; 4096], "");
    refused(&place, b"\xff\xfe\0\0junk", "UTF-16");
    refused(&place, b"this is a text\nand no file of vectors\n", "got text");
}

#[test]
fn row_46_a_row_too_short_or_too_long() {
    let place = Place::new();
    refused(&place, b"3 2\na 1 2\nb 3\nc 1 2\n", "line 3: expected a word and 2 numbers, got 1");
    // One short, one long: the average is right.
    refused(&place, b"3 2\na 1 2\nb 3\nc 1 2 3\n", "line 3: expected a word and 2 numbers, got 1");
    refused(&place, b"3 2\na 1 2\nb 3 4 5\nc 1 2\n", "line 3: expected a word and 2 numbers, got 3");
}

#[test]
fn rows_47_50_and_51_words_with_spaces_wide_gaps_and_no_word_at_all() {
    let place = Place::new();
    let file = place.file("odd", "5 2\nnew york 1 2\na\t1  2 \n 3 4\n\u{a0} 5 6\n\u{85} 7 8\n".as_bytes());
    let (shown, told) = opens(&file, &["-k", "9", "--format", "tsv"], "new york");
    assert_eq!(shown.lines().count(), 1 + 4, "{shown}");
    assert!(told.contains("1 empty word, kept"), "{told}");
    let (shown, _) = opens(&file, &["-k", "9"], "\u{a0}");
    assert!(shown.contains("new york"), "{shown}");
}

#[test]
fn row_48_a_word_with_a_space_in_a_binary_file() {
    let place = Place::new();
    let rows = [row(b"new york", &[1.5, 2.5, 0.5, -0.25]), row(b"b", &[1.0; 4]), row(b"c", &[2.0; 4])].concat();
    refused(&place, &[b"3 4\n", &rows[..]].concat(), "continue after a space");
}

#[test]
fn rows_48_and_49_words_that_a_format_cannot_hold_are_not_written() {
    let place = Place::with(|_| ());
    let mut words = rapidvec::Vocabulary::new();
    ["new york", "a\nb", "c\td", ""].iter().for_each(|word| assert!(words.insert(word, 1).is_some()));
    for (keep, what) in [(1, "a space"), (2, "a line end"), (3, "a tab"), (4, "no character")] {
        let mut one = rapidvec::Vocabulary::new();
        one.insert(words.word(keep - 1), 1).unwrap();
        let pickle = PickleWriter::new(TableView::new(&one, 2, &[1.0, 2.0])).unwrap().to_bytes();
        let path = place.file("odd.pkl", &pickle);
        for ending in ["vec", "bin", "vec.gz"] {
            let out = place.path(&format!("out.{ending}"));
            let output = run(&["convert", text_of(&path), text_of(&out)]);
            let message = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{ending}: {message}");
            assert!(message.contains(what) && !out.exists(), "{message}");
        }
    }
}

#[test]
fn row_52_words_that_are_there_twice() {
    let place = Place::new();
    let (shown, told) = opens(&place.file("twice", b"3 2\na 1 0\nb 1 1\na 0 1\n"), &["--format", "tsv"], "b");
    assert!(told.contains("1 duplicate word; kept the first vector of each"), "{told}");
    assert_eq!(shown.lines().count(), 2, "{shown}");
    assert!(shown.contains("0.707"), "{shown}");
}

#[test]
fn row_53_what_is_not_a_number() {
    let place = Place::new();
    for bad in ["nan", "NaN", "inf", "-inf", "1e39"] {
        let text = format!("3 2\na 1 2\nb {bad} 4\nc 5 6\n");
        refused(&place, text.as_bytes(), "row 1");
        let (shown, told) = opens(&place.file("some", text.as_bytes()), &["--allow-nan"], "a");
        assert!(told.contains("1 word dropped for NaN or infinity") && shown.contains('c'), "{told}");
    }
    let rows = [row(b"a", &[1.0, 2.0]), row(b"b", &[f32::NAN, 4.0])].concat();
    refused(&place, &[b"2 2\n", &rows[..]].concat(), "NaN");
}

#[test]
fn row_54_a_zero_vector() {
    let place = Place::new();
    let (shown, told) = opens(&place.file("zero", b"3 2\na 1 2\nb 0 0\nc 2 1\n"), &["--format", "tsv"], "b");
    assert!(told.is_empty() && shown.matches("\t0").count() == 2 && !shown.contains("NaN"), "{shown}{told}");
}

#[test]
fn row_55_words_that_are_not_utf_8() {
    let place = Place::new();
    let bytes = b"4 2\na 1 2\n\xff\xfe 3 4\n\xff\xfd 2 1\nb 1 1\n";
    refused(&place, bytes, "is not valid UTF-8");
    let path = place.file("some", bytes);
    let (_, told) = opens(&path, &["--invalid-words", "skip"], "a");
    assert!(told.contains("2 words not valid UTF-8"), "{told}");
    let (_, told) = opens(&path, &["--invalid-words", "replace"], "a");
    // Both become the same two characters: the first is kept.
    assert!(told.contains("2 words not valid UTF-8") && told.contains("1 duplicate word"), "{told}");
}

/// A file is recognised by its content: a wrong name changes nothing.
#[test]
fn row_56_text_named_as_binary_and_the_reverse() {
    let place = Place::new();
    let text = place.file("text.bin", b"2 2\na 1 2\nb 3 4\n");
    let binary = [&b"2 2\n"[..], &row(b"a", &[1.0, 2.0]), &row(b"b", &[3.0, 4.0])].concat();
    let binary = place.file("binary.vec", &binary);
    assert_eq!(opens(&text, &[], "a"), opens(&binary, &[], "a"));
}

#[test]
fn row_57_the_other_byte_order_and_windows_line_ends_in_binary() {
    let place = Place::new();
    let words = (0..10).map(|i| (format!("w{i}"), [0.5 + i as f32, 0.25, -0.125, 0.75]));
    let mut bytes = b"10 4\n".to_vec();
    for (word, numbers) in words {
        bytes.extend([word.as_bytes(), b" "].concat());
        bytes.extend(numbers.iter().flat_map(|x| x.to_be_bytes()));
    }
    refused(&place, &bytes, "big-endian");
    // Written in text mode: every line end has become two bytes.
    let rows: Vec<u8> =
        (0..10).flat_map(|i| [row(format!("w{i}").as_bytes(), &[1.5, 2.5]), b"\n".to_vec()].concat()).collect();
    let windows: Vec<u8> =
        [b"10 2\n", &rows[..]].concat().iter().flat_map(|&b| if b == b'\n' { vec![13, 10] } else { vec![b] }).collect();
    refused_by(&["verify"], &place.file("windows", &windows), "");
}

/// A model of fastText's: 2 words, no n-grams, vector size 2.
fn fasttext() -> Vec<u8> {
    let mut bytes = [793_712_314_i32, 12].map(i32::to_le_bytes).concat();
    bytes.extend([2_i32, 5, 5, 1, 5, 1, 2, 1, 0, 0, 0, 100].iter().flat_map(|x| x.to_le_bytes()));
    bytes.extend(1e-4f64.to_le_bytes());
    bytes.extend([2_i32, 2, 0].iter().flat_map(|x| x.to_le_bytes()));
    bytes.extend([14_i64, -1].iter().flat_map(|x| x.to_le_bytes()));
    for word in ["a", "b"] {
        bytes.extend([word.as_bytes(), &[0], &7_i64.to_le_bytes(), &[0]].concat());
    }
    for _ in 0..2 {
        bytes.push(0);
        bytes.extend([2_i64, 2].iter().flat_map(|x| x.to_le_bytes()));
        bytes.extend([1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|x| x.to_le_bytes()));
    }
    bytes
}

#[test]
fn verify_does_not_call_a_text_whole_whose_end_may_be_missing() {
    let place = Place::new();
    let whole = b"2 2\na 1 2\nb 3 45\n";
    assert!(program().args(["verify", text_of(&place.file("whole.txt", whole))]).output().unwrap().status.success());
    for length in [whole.len() - 1, whole.len() - 2] {
        let cut = place.file("cut.txt", &whole[..length]);
        refused_by(&["verify"], &cut, "cannot tell whether it is complete: the last line has no line end");
        opens(&cut, &[], "a");
    }
}

#[test]
fn rows_58_and_59_a_fasttext_model_cut_anywhere() {
    let place = Place::new();
    let whole = fasttext();
    opens(&place.file("whole", &whole), &[], "a");
    for length in 4..whole.len() {
        refused_by(&["verify"], &place.file("cut", &whole[..length]), "");
    }
    refused(&place, &whole[..whole.len() - 1], "");
}

#[test]
fn row_60_a_fasttext_model_with_wild_sizes() {
    let place = Place::new();
    let whole = fasttext();
    // Every number of the header and the dictionary's, one after the other: opened or refused, never more than that.
    let mut refusals = 0;
    for at in (4..whole.len() - 32).step_by(4) {
        for wild in [i32::MAX, i32::MIN, -1, 1 << 24] {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&wild.to_le_bytes());
            let output = run(&["verify", text_of(&place.file("wild", &bytes))]);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{at} {wild}: {output:?}");
            refusals += usize::from(output.status.code() == Some(1));
        }
    }
    assert!(refusals > 60, "{refusals}");
}

#[test]
fn row_61_a_pickle_that_would_run_a_program() {
    let place = Place::new();
    let mark = place.path("pwned");
    let command = format!("touch {}", mark.display());
    for pickle in [
        format!("cos\nsystem\n(S'{command}'\ntR.").into_bytes(),
        [b"\x80\x02cposix\nsystem\nX", &(command.len() as u32).to_le_bytes()[..], command.as_bytes(), b"\x85R."]
            .concat(),
        format!("(S'{command}'\nios\nsystem\n.").into_bytes(),
        [b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c", &[command.len() as u8][..], command.as_bytes(), b"\x85R."]
            .concat(),
    ] {
        refused(&place, &pickle, "");
        assert!(!mark.exists(), "it ran");
    }
}

#[test]
fn row_62_arrays_of_objects_and_of_wild_shapes() {
    let place = Place::new();
    for (kind, shape) in
        [("|O", "(2,)"), ("<f4", "(1000000000000, 300)"), ("<f4", "(18446744073709551615, 2)"), ("<f4", "(-1, 2)")]
    {
        let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let array = [&b"\x93NUMPY\x01\x00"[..], &(text.len() as u16).to_le_bytes(), text.as_bytes(), &[0; 16]].concat();
        refused(&place, &array, "");
        refused(&place, &stored_zip("vectors.npy", &array), "");
    }
}

/// An archive of one file, stored as it is.
fn stored_zip(name: &str, data: &[u8]) -> Vec<u8> {
    let sum = {
        let mut sum = !0_u32;
        for &byte in data {
            sum ^= u32::from(byte);
            (0..8).for_each(|_| sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 });
        }
        !sum
    };
    let sizes = [sum, data.len() as u32, data.len() as u32].map(u32::to_le_bytes).concat();
    let local = [
        &b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0"[..],
        &sizes,
        &(name.len() as u16).to_le_bytes(),
        &[0, 0],
        name.as_bytes(),
        data,
    ]
    .concat();
    let mut central =
        [&b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\x21\0"[..], &sizes, &(name.len() as u16).to_le_bytes()].concat();
    central.extend([0; 16]);
    central.extend(name.as_bytes());
    let mut end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    end.extend((central.len() as u32).to_le_bytes());
    end.extend((local.len() as u32).to_le_bytes());
    end.extend([0, 0]);
    [local, central, end].concat()
}

/// Vectors from elsewhere as a start, and a model trained on.
#[test]
fn row_63_hostile_files_to_begin_from() {
    let place = Place::new();
    let text = place.file("text.txt", &b"a b c d e f g h i j\n".repeat(50));
    let out = place.path("m");
    for bytes in [&b"5 2\na 1 2\n"[..], b"2 2\na nan 2\nb 1 1\n", b"junk\n", b"", b"3 2\na 1 2\nb 3\nc 1 2 3\n"] {
        let path = place.file("start", bytes);
        for flag in ["--init", "--update", "--resume"] {
            let mut args = vec!["train", flag, text_of(&path)];
            if flag != "--resume" {
                args.extend([text_of(&text), "-o", text_of(&out), "--vector-size", "2", "--min-count", "1"]);
            }
            let output = run(&args);
            assert!(matches!(output.status.code(), Some(1 | 2)), "{flag}: {}", stderr(&output));
            assert!(stderr(&output).contains("error: ") && !out.exists(), "{flag}: {}", stderr(&output));
        }
    }
}

#[test]
fn row_64_a_word_of_5_000_bytes_in_a_binary_file() {
    let place = Place::new();
    let word = "x".repeat(5_000);
    let bytes = [&b"2 2\n"[..], &row(word.as_bytes(), &[1.0, 2.0]), &row(b"b", &[2.0, 1.0])].concat();
    let (shown, _) = opens(&place.file("long", &bytes), &["--format", "tsv"], "b");
    assert!(shown.contains(&word));
}

/// As the table notes after its rows: another program truncates the file while it is open.
#[cfg(target_os = "linux")]
#[test]
fn a_mapped_file_cut_short_ends_with_a_message_and_not_a_signal() {
    let place = Place::new();
    let mut child = program()
        .args(["similar", text_of(&place.model), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A pipe holds 64 KB: when more is gone, words are being read, and the model was opened before that.
    stdin.write_all(&b"king\n".repeat(100_000)).unwrap();
    std::fs::OpenOptions::new().write(true).open(&place.model).unwrap().set_len(0).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{:?} {message}", output.status);
    let expected = format!("error: {}: a part of the file can no longer be read: ", place.model.display());
    assert!(message.starts_with(&expected) && message.lines().count() == 1, "{message}");
}

/// Two programs write one output: one of the two files is there, whole, and nothing else.
#[test]
fn two_programs_that_write_one_file_leave_a_whole_one() {
    let place = Place::new();
    let out = place.path("out.vec");
    for _ in 0..5 {
        let start = || program().args(["convert", "--force", text_of(&place.model), text_of(&out)]).spawn().unwrap();
        let mut both = [start(), start()];
        both.iter_mut().for_each(|child| assert!(child.wait().unwrap().success()));
        // Words that are as near as each other come in the order of their ids, which text has by count.
        assert_eq!(opens(&out, &["-k", "3"], "king").0, opens(&place.model, &["-k", "3"], "king").0);
    }
    assert_eq!(place.names(), ["model.safetensors", "out.vec"]);
}

/// Numbers have points, whatever the locale says.
#[test]
fn a_locale_with_a_decimal_comma_changes_nothing() {
    let place = Place::new();
    let out = place.path("out.vec");
    let german = |args: &[&str]| program().args(args).env("LC_ALL", "de_DE.UTF-8").output().unwrap();
    assert!(german(&["convert", text_of(&place.model), text_of(&out)]).status.success());
    let shown = german(&["similar", "-k", "3", "--format", "tsv", text_of(&out), "king"]).stdout;
    assert_eq!(String::from_utf8(shown).unwrap(), opens(&place.model, &["-k", "3", "--format", "tsv"], "king").0);
}

/// A run of hours does not end with nothing because one weight is too large for `--half`.
#[test]
fn a_weight_beyond_half_precision_is_saved_in_single() {
    let place = Place::new();
    let word = |i: usize| {
        format!("{}{}", char::from(b'a' + (7 * i * i + 3 * i) as u8 % 97 % 10), if i % 10 == 9 { "\n" } else { " " })
    };
    let text = place.file("text.txt", (0..500).map(word).collect::<String>().as_bytes());
    let (init, out) = (place.file("init.vec", b"2 2\na 70000 1\nb 1 1\n"), place.path("m"));
    let mut args = vec!["train", text_of(&text), "-o", text_of(&out), "--half", "--vector-size", "2"];
    args.extend(["--window", "2", "--threads", "1", "--progress", "none", "--min-count", "1"]);
    // Steps so small that the scores of the large vector stay small, too.
    args.extend(["--init", text_of(&init), "--freeze", "--learning-rate", "1e-12"]);
    let output = program().args(&args).output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(message.contains("but half precision ends at 65504: saved in single precision"), "{message}");
    let vectors = rapidvec::vectors::WordVectors::open(&out).unwrap();
    assert!(!vectors.rows().is_half() && vectors.rows().to_f32().iter().any(|x| x.abs() > 65_504.0));
}

/// `verify` of a model whose checksums are right around what was changed, as a forger would make them.
mod verify {
    use super::*;
    use rapidvec::vectors::format::safetensors::{CHECKED_ON_OPENING, ModelParts, write};
    use xxhash_rust::xxh3::Xxh3;

    fn hex(pieces: &[&[u8]]) -> String {
        let mut hash = Xxh3::new();
        pieces.iter().for_each(|piece| hash.update(piece));
        format!("{:032x}", hash.digest128())
    }

    /// A model with `rows` words of 1,000 numbers, one of which, in `tensor`, is not finite. The checksums are right.
    fn forged(place: &Place, rows: usize, tensor: &str, bad: f32) -> PathBuf {
        let mut vocabulary = rapidvec::Vocabulary::new();
        (0..rows).for_each(|i| assert!(vocabulary.insert(&format!("w{i}"), 1).is_some()));
        let (path, input) = (place.path("forged"), vec![0.5; 1000 * rows]);
        let output: Vec<_> = input.iter().take(1000 * rows).map(|x| x / 2.0).collect();
        let parts = ModelParts {
            vocabulary: &vocabulary,
            vector_size: 1000,
            input: &input,
            output: (tensor == "output.weight").then_some(&output),
            half: false,
            metadata: [].into(),
            extra: Vec::new(),
        };
        write(&path, &parts).unwrap();
        drop((input, output));
        let mut bytes = std::fs::read(&path).unwrap();
        let length = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
        let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        let offsets = |name: &str| {
            let at = |i: usize| header[name]["data_offsets"][i].as_u64().unwrap() as usize + 8 + length;
            at(0)..at(1)
        };
        let range = offsets(tensor);
        bytes[range.end - 4..range.end].copy_from_slice(&bad.to_le_bytes());
        // Checksums are of one length: they are changed where they stand.
        let key = format!("checksum.{tensor}");
        let old = header["__metadata__"][&key].as_str().unwrap();
        let new = hex(&[&bytes[range]]);
        let text = String::from_utf8(bytes[8..8 + length].to_vec()).unwrap().replace(old, &new);
        let old = header["__metadata__"]["checksum.header"].as_str().unwrap();
        let text = text.replace(old, &header_sum(&text));
        bytes[8..8 + length].copy_from_slice(text.as_bytes());
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// As in the format: metadata by key, then tensors by name with their types, shapes and places.
    fn header_sum(text: &str) -> String {
        let header: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut pieces = Vec::new();
        let metadata: std::collections::BTreeMap<_, _> = header["__metadata__"].as_object().unwrap().iter().collect();
        for (key, value) in metadata.iter().filter(|(key, _)| key.as_str() != "checksum.header") {
            pieces.push([key.as_bytes(), &[0], value.as_str().unwrap().as_bytes(), &[0]].concat());
        }
        let tensors: std::collections::BTreeMap<_, _> = header.as_object().unwrap().iter().collect();
        for (name, info) in tensors.iter().filter(|(name, _)| name.as_str() != "__metadata__") {
            let numbers = ["shape", "data_offsets"].map(|key| info[key].as_array().unwrap().clone()).concat();
            let sizes: Vec<u8> = numbers.iter().flat_map(|n| n.as_u64().unwrap().to_le_bytes()).collect();
            pieces.push([name.as_bytes(), &[0], info["dtype"].as_str().unwrap().as_bytes(), &[0], &sizes].concat());
        }
        hex(&pieces.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[track_caller]
    fn fails(path: &Path) {
        let output = program().args(["verify", text_of(path)]).output().unwrap();
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains("row ") && message.contains("expected finite numbers"), "{message}");
    }

    #[test]
    fn looks_at_the_numbers_of_both_matrices() {
        let place = Place::new();
        for tensor in ["input.weight", "output.weight"] {
            fails(&forged(&place, 3, tensor, f32::NAN));
            fails(&forged(&place, 3, tensor, f32::INFINITY));
        }
        let whole = forged(&place, 3, "input.weight", 0.25);
        assert!(program().args(["verify", text_of(&whole)]).output().unwrap().status.success());
    }

    /// Of a large file opening looks at neither checksums nor numbers: that is what `verify` is for.
    #[test]
    fn looks_at_the_numbers_of_a_large_file() {
        let place = Place::new();
        let rows = CHECKED_ON_OPENING / 4000 + 1;
        let path = forged(&place, rows, "input.weight", f32::NAN);
        fails(&path);
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let output = program().args(["verify", text_of(&path)]).output().unwrap();
        assert!(output.status.code() == Some(1) && stderr(&output).contains("altered"), "{}", stderr(&output));
    }
}
