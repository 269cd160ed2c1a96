//! Round trips, and archives that are not what they should be. What NumPy reads and writes: `tests/npz_numpy.rs`.

use super::*;
use crate::error::FormatError;
use crate::format::{InvalidWord, OpenOptions, VectorTable};
use crate::format::{TableView, VectorWriter};
use crate::{Numbers, WordVectors};
use half::f16;
use proptest::prelude::*;
use rapidvec_core::Vocabulary;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const ROWS: [(&str, u64); 4] = [("you", 7), ("안녕 하세요", 3), ("", 2), ("a\0b", u64::MAX)];

fn words() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    ROWS.iter().for_each(|&(word, count)| assert!(vocabulary.insert(word, count).is_some()));
    vocabulary
}

fn numbers() -> Vec<f32> {
    (0..12).map(|i| (i as f32 - 5.0) * 0.25).collect() // exact in half precision
}

fn written(vocabulary: &Vocabulary, size: usize, vectors: &[f32], half: bool) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    NpzWriter::new(TableView::new(vocabulary, size, vectors).half(half))?.write_to(&mut bytes).unwrap();
    Ok(bytes)
}

fn good() -> Vec<u8> {
    written(&words(), 3, &numbers(), false).unwrap()
}

fn open(bytes: &[u8]) -> Result<VectorTable, FormatError> {
    read(bytes, &OpenOptions::default()).map(|(table, _)| table)
}

#[test]
fn words_vectors_and_counts_come_back_in_both_precisions() {
    for half in [false, true] {
        let table = open(&written(&words(), 3, &numbers(), half).unwrap()).unwrap();
        assert_eq!(table.vocabulary, words());
        let halves = numbers().iter().map(|&x| f16::from_f32(x)).collect();
        assert_eq!(table.numbers, if half { Numbers::F16(halves) } else { Numbers::F32(numbers()) });
    }
}

#[test]
fn counts_that_no_one_knows_are_not_written() {
    let (counted, plain) = (good(), written(&words().without_counts(), 3, &numbers(), false).unwrap());
    assert!(plain.len() < counted.len());
    assert_eq!(open(&plain).unwrap().vocabulary, words().without_counts());
}

#[test]
fn a_file_on_disk_opens_and_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    NpzWriter::new(TableView::new(&words(), 3, &numbers())).unwrap().write(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), good());
    let vectors = WordVectors::open(&path).unwrap();
    assert_eq!(vectors.vector("you").unwrap(), numbers()[..3]);
    let two = OpenOptions { limit: Some(2), ..OpenOptions::default() };
    let (vectors, report) = WordVectors::open_with(&path, &two).unwrap();
    assert_eq!((vectors.len(), report.stopped_at_limit), (2, true));
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    assert_eq!(good(), good());
}

/// More than 64 KB a part, so that pieces end within rows and words.
#[test]
fn many_rows_come_back() {
    let mut vocabulary = Vocabulary::new();
    for i in 0..5000 {
        let word = format!("{}{i}", "고".repeat(i % 19));
        assert!(vocabulary.insert(&word, i as u64).is_some());
    }
    let vectors: Vec<f32> = (0..5000 * 37).map(|i| i as f32).collect();
    let table = open(&written(&vocabulary, 37, &vectors, false).unwrap()).unwrap();
    assert!(table.vocabulary == vocabulary && table.numbers == Numbers::F32(vectors));
}

#[test]
fn a_longest_word_that_would_make_text_too_large_is_written_as_bytes() {
    let mut vocabulary = Vocabulary::new();
    (0..1000).for_each(|i| assert!(vocabulary.insert(&i.to_string(), 0).is_some()));
    let long = "가".repeat(140_000);
    assert!(vocabulary.insert(&long, 0).is_some());
    let vectors = vec![1.0; 1001];
    let writer = NpzWriter::new(TableView::new(&vocabulary, 1, &vectors)).unwrap();
    assert!(writer.as_bytes && writer.length == 420_000);
    let mut longer = vocabulary.clone();
    assert!(longer.insert(&"x".repeat(600_000), 0).is_some());
    let refused = NpzWriter::new(TableView::new(&longer, 1, &[1.0; 1002])).map(drop);
    assert!(matches!(refused, Err(FormatError::Unwritable { format: "npz", what: "too many characters", .. })));
}

#[test]
fn refuses_to_write_what_numpy_would_not_give_back() {
    let mut vocabulary = Vocabulary::new();
    vocabulary.insert("a\0", 0).unwrap();
    let refused = written(&vocabulary, 1, &[1.0], false);
    assert!(matches!(refused, Err(FormatError::Unwritable { format: "npz", .. })));
    let long = "x".repeat(MAX_WORD_BYTES + 1);
    let mut vocabulary = Vocabulary::new();
    vocabulary.insert(&long, 0).unwrap();
    assert!(matches!(written(&vocabulary, 1, &[1.0], false), Err(FormatError::Unwritable { .. })));
    for (half, number) in [(false, f32::NAN), (true, f32::INFINITY)] {
        assert!(matches!(written(&words(), 3, &[number; 12], half), Err(FormatError::NotFinite { row: 0, .. })));
    }
    assert!(matches!(written(&words(), 3, &[7e4; 12], true), Err(FormatError::HalfOverflow { got: 7e4, .. })));
    assert!(matches!(written(&words(), 3, &[1.0; 11], true), Err(FormatError::Size { expected: 12, got: 11, .. })));
    assert!(matches!(written(&Vocabulary::new(), 3, &[], true), Err(FormatError::Empty { .. })));
}

#[test]
fn a_writer_that_fails_is_heard() {
    let (vocabulary, numbers) = (words(), numbers());
    let writer = NpzWriter::new(TableView::new(&vocabulary, 3, &numbers)).unwrap();
    for room in 0..good().len() {
        let mut full = vec![0; room];
        assert!(writer.write_to(&mut &mut full[..]).is_err(), "{room} bytes were enough");
    }
}

// Archives put together by hand.

/// An array's file: its head, then its data.
fn array(kind: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': {kind}, 'fortran_order': {order}, 'shape': {shape}, }}\n");
    [&b"\x93NUMPY\x01\x00"[..], &(text.len() as u16).to_le_bytes(), text.as_bytes(), data].concat()
}

fn archive_by(method: CompressionMethod, arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in arrays {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(data).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn archive(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    archive_by(CompressionMethod::Stored, arrays)
}

fn le<const N: usize>(numbers: &[[u8; N]]) -> Vec<u8> {
    numbers.concat()
}

fn two_rows() -> Vec<u8> {
    array("'<f4'", "False", "(2, 2)", &le(&[1.0f32, 2.0, 3.0, 4.0].map(f32::to_le_bytes)))
}

fn two_words() -> Vec<u8> {
    array("'|S3'", "False", "(2,)", b"ab\0c\0\0")
}

fn refuse(arrays: &[(&str, Vec<u8>)]) -> FormatError {
    open(&archive(arrays)).map(drop).unwrap_err()
}

#[test]
fn any_names_do_where_there_is_one_matrix_and_one_list_of_words() {
    for (vectors, text) in [("vectors.npy", "words.npy"), ("arr_0.npy", "arr_1.npy"), ("E", "vocab")] {
        let table = open(&archive(&[(text, two_words()), (vectors, two_rows())])).unwrap();
        assert_eq!(table.vocabulary.words().collect::<Vec<_>>(), ["ab", "c"]);
        assert_eq!(table.numbers, Numbers::F32(vec![1.0, 2.0, 3.0, 4.0]));
    }
    let two = [("a.npy", two_rows()), ("b.npy", two_rows()), ("words.npy", two_words())];
    assert!(matches!(refuse(&two), FormatError::AmbiguousArray { array } if array == "vectors"));
    let named = [("a.npy", two_rows()), ("vectors.npy", two_rows()), ("words.npy", two_words())];
    assert!(open(&archive(&named)).is_ok());
    assert!(matches!(refuse(&[("a", two_rows())]), FormatError::MissingTensor { tensor } if tensor == "words"));
    assert!(matches!(refuse(&[]), FormatError::MissingTensor { tensor } if tensor == "vectors"));
}

#[test]
fn reads_doubles_and_counts_of_every_width() {
    let doubles = array("'<f8'", "False", "(2, 1)", &le(&[0.1f64, -1e300f64.recip()].map(f64::to_le_bytes)));
    for (kind, data) in [
        ("|u1", vec![200, 3]),
        ("<i2", le(&[200i16, 3].map(i16::to_le_bytes))),
        ("<u4", le(&[200u32, 3].map(u32::to_le_bytes))),
        ("<i8", le(&[200i64, 3].map(i64::to_le_bytes))),
    ] {
        let counts = array(&format!("'{kind}'"), "False", "(2,)", &data);
        let arrays = [("vectors.npy", doubles.clone()), ("words.npy", two_words()), ("counts.npy", counts)];
        let table = open(&archive(&arrays)).unwrap();
        assert_eq!((table.numbers, table.vocabulary.counts()), (Numbers::F32(vec![0.1, -0.0]), &[200, 3][..]));
    }
    let negative = array("'<i4'", "False", "(2,)", &le(&[5i32, -1].map(i32::to_le_bytes)));
    let arrays = [("vectors.npy", doubles), ("words.npy", two_words()), ("counts.npy", negative)];
    assert!(matches!(refuse(&arrays), FormatError::Field { field: "the count of a word", .. }));
}

/// FAULTS.md row 62.
#[test]
fn refuses_arrays_of_objects_by_name_and_says_what_to_do() {
    let objects = || array("'|O'", "False", "(2,)", b"\x80\x04cos\nsystem\n");
    for arrays in [
        [("vectors.npy", two_rows()), ("words.npy", objects())],
        [("vectors.npy", array("'|O'", "False", "(2, 2)", b"")), ("words.npy", two_words())],
        [("a.npy", two_rows()), ("b.npy", objects())],
    ] {
        let refused = refuse(&arrays);
        assert!(matches!(refused, FormatError::PickledArray { .. }), "{refused}");
        assert!(refused.to_string().contains("dtype=str"));
    }
    let counts = [("vectors.npy", two_rows()), ("words.npy", two_words()), ("counts.npy", objects())];
    assert!(matches!(refuse(&counts), FormatError::PickledArray { array } if array == "counts"));
}

/// FAULTS.md rows 57 and 62.
#[test]
fn refuses_other_types_and_orders() {
    for kind in ["'>f4'", "'<i4'", "'<c8'", "'|b1'", "'|V4'", "[('a', '<f4')]"] {
        let arrays = [("vectors.npy", array(kind, "False", "(2, 2)", &[0; 16])), ("words.npy", two_words())];
        let refused = refuse(&arrays);
        // Elements of 8 bytes and of 1 disagree with the length before their type is asked for.
        assert!(matches!(refused, FormatError::TensorType { .. } | FormatError::Archive { .. }), "{kind}: {refused}");
    }
    let columns = array("'<f4'", "True", "(2, 2)", &[0; 16]);
    let refused = refuse(&[("vectors.npy", columns), ("words.npy", two_words())]);
    assert!(matches!(refused, FormatError::TensorType { expected: "row after row (C order)", .. }), "{refused}");
    let one_column = array("'<f4'", "True", "(2, 1)", &[0; 8]);
    assert!(open(&archive(&[("vectors.npy", one_column), ("words.npy", two_words())])).is_ok());
}

/// FAULTS.md rows 41, 42, 43, 44 and 62.
#[test]
fn refuses_wild_shapes_without_taking_memory_for_them() {
    for shape in ["(1000000000000, 300)", "(18446744073709551615, 2)", "(4294967296, 4294967296)", "(2, 3)", "(0, 2)"] {
        let vectors = array("'<f4'", "False", shape, &[0; 16]);
        let refused = refuse(&[("vectors.npy", vectors), ("words.npy", two_words())]);
        assert!(matches!(refused, FormatError::Archive { .. }), "{shape}: {refused}");
    }
    for shape in ["(-2, 2)", "(2.0, 2)", "(2, 2", "2"] {
        let vectors = array("'<f4'", "False", shape, &[0; 16]);
        let refused = refuse(&[("vectors.npy", vectors), ("words.npy", two_words())]);
        assert!(matches!(refused, FormatError::Archive { problem, .. } if problem.contains("head")), "{shape}");
    }
    for shape in ["(0, 300)", "(300, 0)"] {
        let empty = array("'<f4'", "False", shape, &[]);
        let refused = refuse(&[("vectors.npy", empty), ("words.npy", two_words())]);
        assert!(matches!(refused, FormatError::Empty { .. }), "{shape}: {refused}");
    }
    for shape in ["(4,)", "(1, 2, 2)"] {
        let vectors = array("'<f4'", "False", shape, &[0; 16]);
        let refused = refuse(&[("vectors.npy", vectors), ("words.npy", two_words())]);
        assert!(matches!(refused, FormatError::TensorShape { .. }), "{shape}: {refused}");
    }
    let three = array("'|S3'", "False", "(3,)", b"ab\0c\0\0d\0\0");
    let refused = refuse(&[("vectors.npy", two_rows()), ("words.npy", three)]);
    assert!(matches!(refused, FormatError::TensorShape { expected, .. } if expected == "[2]"));
    let huge = array("'<U4294967295'", "False", "(4294967295,)", &[]);
    assert!(matches!(refuse(&[("words.npy", huge)]), FormatError::Archive { .. }));
}

/// FAULTS.md row 37, for arrays.
#[test]
fn refuses_an_array_that_unpacks_to_far_more_than_it_is_long() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let rows = 3 * (ALWAYS_UNPACKED / 2 / 4);
    zip.start_file("vectors.npy", SimpleFileOptions::default()).unwrap();
    zip.write_all(&array("'<f4'", "False", &format!("({rows}, 1)"), &[])).unwrap();
    let zeros = vec![0; 1 << 20];
    (0..rows >> 18).for_each(|_| zip.write_all(&zeros).unwrap());
    let bytes = zip.finish().unwrap().into_inner();
    let start = Instant::now();
    let refused = open(&bytes).map(drop);
    assert!(matches!(refused, Err(FormatError::TooSmallPacked { format: "npz", .. })), "{refused:?}");
    assert!(start.elapsed() < Duration::from_secs(1));
}

/// FAULTS.md row 52.
#[test]
fn a_word_that_comes_again_is_left_out_and_counted() {
    let same = array("'|S3'", "False", "(2,)", b"ab\0ab\0");
    let bytes = archive(&[("vectors.npy", two_rows()), ("words.npy", same)]);
    let (table, report) = read(&bytes, &OpenOptions::default()).unwrap();
    assert_eq!((table.numbers, report.duplicates), (Numbers::F32(vec![1.0, 2.0]), 1));
}

/// FAULTS.md row 53.
#[test]
fn vectors_that_are_not_finite_are_refused_or_left_out() {
    for (kind, data) in [
        ("'<f4'", le(&[f32::NAN, 2.0, 3.0, 4.0].map(f32::to_le_bytes))),
        ("'<f2'", le(&[f32::NAN, 2.0, 3.0, 4.0].map(|x| f16::from_f32(x).to_le_bytes()))),
        ("'<f8'", le(&[1e300, 2.0, 3.0, 4.0].map(f64::to_le_bytes))), // infinite in single precision
    ] {
        let bytes = archive(&[("vectors.npy", array(kind, "False", "(2, 2)", &data)), ("words.npy", two_words())]);
        let refused = open(&bytes).map(drop);
        assert!(matches!(&refused, Err(FormatError::NotFiniteRow { word, row: 0, .. }) if word == "ab"), "{refused:?}");
        let options = OpenOptions { allow_nan: true, ..OpenOptions::default() };
        let (table, report) = read(&bytes, &options).unwrap();
        assert_eq!((table.vocabulary.words().collect::<Vec<_>>(), report.not_finite), (vec!["c"], 1));
        assert_eq!(WordVectors::new(table.vocabulary, 2, table.numbers).unwrap().vector("c").unwrap(), [3.0, 4.0]);
    }
}

/// FAULTS.md row 55; a number that is no character (here half of a pair of UTF-16) is no text, either.
#[test]
fn words_that_are_no_text_are_refused_replaced_or_left_out() {
    let surrogate = le(&[u32::from('a'), 0xd800, u32::from('b'), 0].map(u32::to_le_bytes));
    for text in [array("'|S2'", "False", "(2,)", b"a\xe9b\0"), array("'<U2'", "False", "(2,)", &surrogate)] {
        let bytes = archive(&[("vectors.npy", two_rows()), ("words.npy", text)]);
        assert!(matches!(open(&bytes), Err(FormatError::InvalidWord { row: 0, .. })));
        let open = |invalid_word| {
            let options = OpenOptions { invalid_word, ..OpenOptions::default() };
            let (table, report) = read(&bytes, &options).unwrap();
            assert_eq!(report.invalid_words, 1);
            table.vocabulary.words().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(open(InvalidWord::Replace), ["a\u{fffd}", "b"]);
        assert_eq!(open(InvalidWord::Skip), ["b"]);
    }
}

/// FAULTS.md row 51.
#[test]
fn the_empty_word_is_kept_also_where_texts_have_no_length() {
    for (kind, size) in [("'<U0'", 0), ("'<U1'", 4), ("'|S0'", 0)] {
        let text = array(kind, "False", "(1,)", &vec![0; size]);
        let vectors = array("'<f4'", "False", "(1, 1)", &1f32.to_le_bytes());
        let bytes = archive(&[("vectors.npy", vectors), ("words.npy", text)]);
        let (table, report) = read(&bytes, &OpenOptions::default()).unwrap();
        assert_eq!((table.vocabulary.words().collect::<Vec<_>>(), report.empty_words), (vec![""], 1), "{kind}");
    }
}

#[test]
fn refuses_a_word_longer_than_a_megabyte() {
    let text = array("'|S1048577'", "False", "(1,)", &vec![b'x'; MAX_WORD_BYTES + 1]);
    let vectors = array("'<f4'", "False", "(1, 1)", &1f32.to_le_bytes());
    let refused = refuse(&[("vectors.npy", vectors), ("words.npy", text)]);
    assert!(matches!(refused, FormatError::Field { field: "bytes of a word", .. }), "{refused}");
}

/// FAULTS.md rows 38 and 39.
#[test]
fn refuses_the_file_cut_at_every_byte() {
    for bytes in [good(), archive_by(CompressionMethod::Deflated, &[("a", two_rows()), ("b", two_words())])] {
        for cut in 0..bytes.len() {
            let refused = open(&bytes[..cut]).map(drop);
            assert!(matches!(refused, Err(FormatError::Archive { .. })), "cut at {cut}: {refused:?}");
        }
    }
}

/// FAULTS.md row 40.
#[test]
fn refuses_bytes_at_the_end_and_before_the_beginning() {
    for bytes in [[good(), vec![0]].concat(), [vec![0], good()].concat(), [good(), good()].concat()] {
        let refused = open(&bytes).map(drop);
        assert!(matches!(refused, Err(FormatError::Archive { .. })), "{refused:?}");
    }
}

#[test]
fn an_altered_number_or_word_is_noticed_by_its_checksum() {
    let bytes = archive(&[("vectors.npy", two_rows()), ("words.npy", two_words())]);
    for part in [&[0, 0, 0x80, 0x3f][..], b"ab\0c"] {
        let at = bytes.windows(part.len()).position(|window| window == part).unwrap();
        let mut altered = bytes.clone();
        altered[at + 1] ^= 1;
        let refused = open(&altered).map(drop);
        assert!(
            matches!(&refused, Err(FormatError::Archive { problem, .. }) if problem.contains("hecksum")),
            "{refused:?}"
        );
    }
}

#[test]
fn refuses_a_directory_of_more_arrays_than_vectors_have() {
    let one = array("'<f4'", "False", "(1,)", &[0; 4]);
    let names: Vec<_> = (0..1001).map(|i| i.to_string()).collect();
    let arrays: Vec<_> = names.iter().map(|name| (name.as_str(), one.clone())).collect();
    assert!(matches!(refuse(&arrays), FormatError::Archive { problem, .. } if problem.contains("1,000")));
}

#[test]
fn refuses_other_ways_of_packing_and_names_that_come_twice() {
    let mut bytes = good();
    // The method in the directory's first entry: 10 bytes after its mark.
    let entry = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    bytes[entry + 10] = 14;
    let refused = open(&bytes).map(drop);
    assert!(matches!(refused, Err(FormatError::Archive { .. })), "{refused:?}");
    let mut bytes = archive(&[("a.npy", two_rows()), ("b.npy", two_words())]);
    for at in 0..bytes.len() - 5 {
        if &bytes[at..at + 5] == b"b.npy" {
            bytes[at] = b'a';
        }
    }
    let refused = open(&bytes).map(drop);
    assert!(matches!(&refused, Err(FormatError::Archive { .. } | FormatError::MissingTensor { .. })), "{refused:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_is_written_is_read_again(
        words in prop::collection::btree_map("[^\\x00]{0,5}", any::<u64>(), 1..20),
        size in 1usize..7,
        half: bool,
    ) {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|(word, &count)| assert!(vocabulary.insert(word, count).is_some()));
        let vectors: Vec<f32> = (0..words.len() * size).map(|i| i as f32 / 8.0).collect();
        let table = open(&written(&vocabulary, size, &vectors, half).unwrap()).unwrap();
        prop_assert!(table.vocabulary == vocabulary);
        let halves = vectors.iter().map(|&x| f16::from_f32(x)).collect();
        prop_assert_eq!(table.numbers, if half { Numbers::F16(halves) } else { Numbers::F32(vectors) });
    }
}
