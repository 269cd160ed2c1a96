//! Bad and odd files of word2vec's text and binary and of GloVe's text: what is taken, what is refused, and why.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use proptest::prelude::*;
use rapidvec_core::Vocabulary;
use rapidvec_vectors::Error;
use rapidvec_vectors::error::FormatError;
use rapidvec_vectors::format::pickle::PickleWriter;
use rapidvec_vectors::format::{
    Format, InvalidWord, OpenOptions, OpenReport, VectorTable, recognise, word2vec_binary, word2vec_text,
};
use rapidvec_vectors::format::{TableView, VectorWriter};
use rapidvec_vectors::{Numbers, WordVectors};

type Refused = FormatError;

/// Reads bytes of whichever of the three formats they have.
fn read_with(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), Refused> {
    match recognise(bytes)? {
        Format::Word2vecText => word2vec_text::read(bytes, options),
        Format::Glove => word2vec_text::read_without_header(bytes, options),
        Format::Word2vecBinary => word2vec_binary::read(bytes, options),
        other => panic!("taken for {other:?}"),
    }
}

fn read(bytes: &[u8]) -> Result<(VectorTable, OpenReport), Refused> {
    read_with(bytes, &OpenOptions::default())
}

fn refuse(bytes: impl AsRef<[u8]>) -> Refused {
    read(bytes.as_ref()).map(|(table, _)| panic!("believed: {table:?}")).unwrap_err()
}

fn limit(limit: usize) -> OpenOptions {
    OpenOptions { limit: Some(limit), ..OpenOptions::default() }
}

fn words(table: &VectorTable) -> Vec<&str> {
    table.vocabulary.words().collect()
}

fn numbers(table: &VectorTable) -> &[f32] {
    let Numbers::F32(numbers) = &table.numbers else { panic!("not single precision") };
    numbers
}

/// A binary file: a header, and rows with `after` after each.
fn binary(header: &str, rows: &[(&[u8], &[f32])], after: &[u8]) -> Vec<u8> {
    let mut bytes = header.as_bytes().to_vec();
    for (word, numbers) in rows {
        bytes.extend_from_slice(word);
        bytes.push(b' ');
        numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend_from_slice(after);
    }
    bytes
}

const ROWS: [(&[u8], &[f32]); 3] =
    [(b"the", &[0.1, -0.2, 0.3]), ("안녕".as_bytes(), &[1.5, 2.5, -3.5]), (b"of", &[0.0, 1e-7, 4.0])];

fn good_binary() -> Vec<u8> {
    binary("3 3\n", &ROWS, b"")
}

const GOOD_TEXT: &str = "3 3\nthe 0.1 -0.2 0.3\n안녕 1.5 2.5 -3.5\nof 0.0 1e-7 4.0\n";

fn check_good(table: &VectorTable) {
    assert_eq!(words(table), ["the", "안녕", "of"]);
    assert_eq!(numbers(table), [0.1, -0.2, 0.3, 1.5, 2.5, -3.5, 0.0, 1e-7, 4.0]);
    assert_eq!((table.vector_size, table.vocabulary.counts()), (3, &[0, 0, 0][..]));
}

#[test]
fn all_forms_of_the_same_vectors_are_read_alike() {
    let glove = &GOOD_TEXT[4..];
    let tabs = GOOD_TEXT.replace(' ', "\t");
    let wide = GOOD_TEXT.replace(' ', "  \t").replace('\n', "  \n");
    let windows = GOOD_TEXT.replace('\n', "\r\n");
    let marked = format!("\u{feff}{GOOD_TEXT}");
    let marked_glove = format!("\u{feff}{glove}");
    let blank_at_end = format!("{GOOD_TEXT}\n \n");
    for text in [GOOD_TEXT, glove, &tabs, &wide, &windows, &marked, &marked_glove, &blank_at_end] {
        let (table, report) = read(text.as_bytes()).unwrap();
        check_good(&table);
        assert_eq!(report, OpenReport::default(), "{text:?}");
    }
    for bytes in [good_binary(), binary("3 3\n", &ROWS, b"\n"), binary("3 3\r\n", &ROWS, b"")] {
        check_good(&read(&bytes).unwrap().0);
    }
}

// Row 38.
#[test]
fn a_binary_file_cut_anywhere_is_refused_with_the_number_of_whole_rows() {
    for after in [&b""[..], b"\n"] {
        let whole = binary("3 3\n", &ROWS, after);
        let row_ends: Vec<_> = (1..=3).map(|rows| binary("3 3\n", &ROWS[..rows], after).len() - after.len()).collect();
        for length in 4..row_ends[2] {
            let rows = row_ends.iter().filter(|&&end| end <= length).count();
            match refuse(&whole[..length]) {
                Refused::TruncatedRows { expected: 3, vector_size: 3, got } => assert_eq!(got, rows, "{length}"),
                other => panic!("cut at {length}: {other}"),
            }
        }
        check_good(&read(&whole[..row_ends[2]]).unwrap().0);
    }
    let message = refuse(&good_binary()[..20]).to_string();
    assert!(message.contains("expected 3 vectors") && message.contains("got 1") && !message.contains("--"));
}

// Row 38, for text: every cut is detected, except one within the last number, which is reported.
#[test]
fn a_text_file_cut_anywhere_is_refused_or_reported() {
    let last_number = GOOD_TEXT.rfind(' ').unwrap() + 1;
    for length in 4..GOOD_TEXT.len() {
        let cut = &GOOD_TEXT.as_bytes()[..length];
        if length <= last_number {
            assert!(matches!(refuse(cut), Refused::TruncatedRows { expected: 3, .. } | Refused::InvalidWord { .. }));
        } else {
            assert!(read(cut).unwrap().1.unfinished, "{length}");
        }
    }
}

// Row 39.
#[test]
fn a_header_that_declares_more_rows_than_the_file_has_is_refused_unless_there_is_a_limit() {
    let text = GOOD_TEXT.replacen('3', "4", 1);
    for bytes in [text.as_bytes(), &binary("4 3\n", &ROWS, b"")] {
        let refused = refuse(bytes);
        assert!(matches!(refused, Refused::TruncatedRows { expected: 4, got: 3, .. }), "{refused}");
        assert!(!refused.to_string().contains("--"), "the library names no flag: {refused}");
        let (table, report) = read_with(bytes, &limit(3)).unwrap();
        check_good(&table);
        assert!(report.stopped_at_limit);
    }
}

// Row 40.
#[test]
fn a_header_that_declares_fewer_rows_than_the_file_has_is_refused_unless_there_is_a_limit() {
    let text = GOOD_TEXT.replacen('3', "2", 1);
    let refused = refuse(&text);
    assert!(matches!(refused, Refused::MoreRows { expected: 2, line: 4 }), "{refused}");
    assert!(!refused.to_string().contains("--"), "{refused}");
    for after in [&b""[..], b"\n"] {
        let bytes = binary("2 3\n", &ROWS, after);
        let refused = refuse(&bytes);
        assert!(matches!(refused, Refused::MoreBytes { expected: 2, .. }), "{refused}");
        for (limit, expected) in [(1, 1), (2, 2), (7, 2)] {
            for bytes in [text.as_bytes(), &bytes] {
                let (table, report) = read_with(bytes, &self::limit(limit)).unwrap();
                assert_eq!((table.vocabulary.len(), report.stopped_at_limit), (expected, true));
            }
        }
    }
}

// Rows 41 and 42.
#[test]
fn a_header_with_sizes_that_no_file_of_this_length_holds_is_refused() {
    for header in ["1000000000000 300\n", "3 1000000000000\n", "99999999 1\n", "4000000000 4000000000\n"] {
        for body in [&GOOD_TEXT.as_bytes()[4..], &good_binary()[4..], b""] {
            let refused = refuse([header.as_bytes(), body].concat());
            let named = matches!(
                refused,
                Refused::TruncatedRows { .. }
                    | Refused::RowLength { line: 2, .. }
                    | Refused::TooManyWords { .. }
                    | Refused::Overflow { .. }
            );
            assert!(named, "{header}: {refused}");
        }
    }
    let overflow = format!("{} {}\n", u32::MAX - 2, usize::MAX / 4);
    for body in ["a 1 2\n", "a \0\0\0\0"] {
        assert!(matches!(refuse(format!("{overflow}{body}")), Refused::Overflow { .. }));
    }
}

// Row 43.
#[test]
fn a_negative_or_absurd_count_or_vector_size_is_refused() {
    for header in ["-3 3\n", "3 -3\n", "-1 -1\n", "99999999999999999999999 3\n", "3 99999999999999999999999\n"] {
        let refused = refuse(format!("{header}a 1 2 3\n"));
        assert!(matches!(refused, Refused::HeaderNumber { .. }), "{header}: {refused}");
    }
}

// Row 44.
#[test]
fn no_words_or_no_numbers_are_refused() {
    for file in ["0 3\n", "3 0\n", "0 0\n", "0 3\na 1 2 3\n", "2 0\na\nb\n", "2 0\na b "] {
        assert!(matches!(refuse(file), Refused::Empty { .. }), "{file}");
    }
}

// Row 45.
#[test]
fn an_empty_file_or_one_with_a_junk_header_is_refused() {
    assert!(matches!(refuse(""), Refused::Unrecognised { got } if got == "an empty file"));
    for junk in ["\n", "3\n", "three 3\n", "\0\0\0\0", "3 3 3 x\nthe a b c\n"] {
        assert!(matches!(refuse(junk), Refused::Unrecognised { .. }), "{junk:?}");
    }
    for junk in ["", "junk\n", "a 1 2\n"] {
        for read in [word2vec_text::read, word2vec_binary::read] {
            let refused = read(junk.as_bytes(), &OpenOptions::default());
            assert!(matches!(refused, Err(Refused::NoHeader { .. })), "{junk:?}");
        }
    }
}

// Row 46.
#[test]
fn a_row_too_short_or_too_long_is_refused_by_its_line() {
    for (row, numbers) in [("b 1 2", 2), ("b 1 2 3 4", 4), ("b", 0), ("", 0), ("b 1 2 3 4 5 6", 6)] {
        for header in ["3 3\n", ""] {
            let refused = refuse(format!("{header}a 1 2 3\n{row}\nc 1 2 3\n"));
            let line = 2 + usize::from(!header.is_empty());
            match refused {
                Refused::RowLength { line: got_line, expected: 3, got, .. } => {
                    assert_eq!((got_line, got), (line, numbers))
                }
                other => panic!("{row}: {other}"),
            }
        }
    }
    // On the average they are right.
    assert!(matches!(
        refuse("3 2\na 1 2\nb 1\nc 1 2 3\n"),
        Refused::RowLength { line: 3, expected: 2, got: 1, row: 1, last: false }
    ));
    assert!(matches!(refuse("2 3\na 1 x 3\nb 1 2 3\n"), Refused::RowNumber { line: 2, expected: 3, .. }));
}

// Row 47.
#[test]
fn a_word_with_spaces_is_read_from_text_whole() {
    for header in ["4 2\n", ""] {
        let (table, _) = read(format!("{header}a 1 2\nnew york 3 4\n. . . 5 6\nb 7 8\n").as_bytes()).unwrap();
        assert_eq!(words(&table), ["a", "new york", ". . .", "b"]);
        assert_eq!(numbers(&table), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    }
}

// Row 48.
#[test]
fn a_word_with_a_space_in_a_binary_file_is_detected_at_any_position() {
    let numbers: Vec<f32> = (0..200).map(|i| ((i * 7919 % 1009) as f32 - 504.0) / 1009.0).collect();
    for vector_size in [4, 5, 50] {
        for word in ["new york", "a b", "abc def", "in 2014", "x abc", "안녕 하세요", "a b c d"] {
            for place in 0..4 {
                for after in [&b""[..], b"\n"] {
                    let mut rows: Vec<(&[u8], &[f32])> = ["the", "of", "and", "dog"]
                        .iter()
                        .zip(numbers.chunks(vector_size))
                        .map(|(w, n)| (w.as_bytes(), n))
                        .collect();
                    rows[place].0 = word.as_bytes();
                    let bytes = binary(&format!("4 {vector_size}\n"), &rows, after);
                    let refused = read(&bytes);
                    assert!(refused.is_err(), "{word} in row {place}, {vector_size} numbers: {refused:?}");
                }
            }
        }
    }
}

// Row 49, and what row 48 says of writing.
#[test]
fn a_word_that_a_format_cannot_hold_is_not_written() {
    let refused = |word: &str| {
        let mut vocabulary = Vocabulary::new();
        vocabulary.add("good");
        vocabulary.add(word);
        let numbers = [1.0, 2.0];
        let text = [true, false].map(|header| {
            word2vec_text::TextWriter::new(TableView::new(&vocabulary, 1, &numbers), header)
                .map(|writer| writer.to_bytes())
        });
        let binary = word2vec_binary::BinaryWriter::new(TableView::new(&vocabulary, 1, &numbers))
            .map(|writer| writer.to_bytes());
        text.into_iter()
            .chain([binary])
            .map(|result| result.map(|_| word.to_owned()).unwrap_err().to_string())
            .collect::<Vec<_>>()
    };
    for (word, what) in [
        ("new york", "a space"),
        ("a\nb", "a line end"),
        ("a\tb", "a tab"),
        ("a\r", "a carriage return"),
        ("a\0", "a zero byte"),
        ("", "no character"),
    ] {
        for message in refused(word) {
            assert!(message.contains(what) && message.contains("write safetensors"), "{message}");
            assert!(message.contains(&word.escape_debug().to_string()), "{message}");
        }
    }
}

// Row 50.
#[test]
fn runs_of_spaces_and_tabs_separate() {
    let (table, _) = read(b"2 2\na  1\t 2 \nb\t3\t\t4\t\n").unwrap();
    assert_eq!((words(&table), numbers(&table)), (vec!["a", "b"], &[1.0, 2.0, 3.0, 4.0][..]));
}

// Row 51.
#[test]
fn empty_and_blank_words_are_kept_as_they_are() {
    for header in ["5 2\n", ""] {
        let text = format!("{header}a 1 2\n 3 4\n\u{a0} 5 6\n\u{85} 7 8\n  9 10\n");
        let (table, report) = read(text.as_bytes()).unwrap();
        assert_eq!(words(&table), ["a", "", "\u{a0}", "\u{85}", " "]);
        assert_eq!(numbers(&table), (1..=10).map(|n| n as f32).collect::<Vec<_>>());
        assert_eq!(report.empty_words, 1);
    }
    let bytes = binary("2 1\n", &[(b"", &[1.0]), ("\u{a0}".as_bytes(), &[2.0])], b"");
    let (table, report) = read(&bytes).unwrap();
    assert_eq!((words(&table), report.empty_words), (vec!["", "\u{a0}"], 1));
}

// Row 52.
#[test]
fn of_duplicate_words_the_first_is_kept_and_the_others_are_counted() {
    let text = b"4 1\na 1.0\nb 2.0\na 3.0\nc 4.0\n";
    let bytes = binary("4 1\n", &[(b"a", &[1.0]), (b"b", &[2.0]), (b"a", &[3.0]), (b"c", &[4.0])], b"");
    for file in [&text[..], &bytes, &text[4..]] {
        let (table, report) = read(file).unwrap();
        assert_eq!((words(&table), numbers(&table)), (vec!["a", "b", "c"], &[1.0, 2.0, 4.0][..]));
        assert_eq!((report.duplicates, table.vocabulary.id("c")), (1, Some(2)));
    }
}

// Row 53.
#[test]
fn numbers_that_are_not_finite_are_refused_or_dropped_and_counted() {
    let allow = OpenOptions { allow_nan: true, ..OpenOptions::default() };
    for (bad, text) in [(f32::NAN, "nan"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-1e39")] {
        let bytes = binary("3 2\n", &[(b"a", &[1.0, 2.0]), (b"b", &[3.0, bad]), (b"c", &[5.0, 6.0])], b"");
        let text = format!("3 2\na 1 2\nb 3 {text}\nc 5 6\n");
        for file in [text.as_bytes(), &bytes] {
            let refused = refuse(file);
            assert!(matches!(&refused, Refused::NotFiniteRow { word, row: 1, .. } if word == "b"), "{refused}");
            assert!(refused.to_string().contains("expected finite numbers"));
            let (table, report) = read_with(file, &allow).unwrap();
            assert_eq!((words(&table), numbers(&table)), (vec!["a", "c"], &[1.0, 2.0, 5.0, 6.0][..]));
            assert_eq!(report.not_finite, 1);
        }
    }
    assert!(matches!(read_with(b"1 1\na nan\n", &allow), Err(Refused::Empty { .. })));
}

// Row 54.
#[test]
fn a_zero_vector_is_as_far_from_every_word_as_can_be_and_never_nan() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.vec");
    std::fs::write(&path, "3 2\nzero 0 0\na 1 0\nb 0.5 0.5\n").unwrap();
    let vectors = WordVectors::open(&path).unwrap();
    assert!(vectors.most_similar("zero", 5).unwrap().scores().iter().all(|&score| score == 0.0));
    assert_eq!(vectors.most_similar("a", 5).unwrap().scores()[1], 0.0);
}

// Row 55.
#[test]
fn a_word_that_is_not_utf8_is_refused_replaced_or_dropped() {
    let text = b"3 1\ncaf\xe9 1\ncaf\xe8 2\nb 3\n";
    let bytes = binary("3 1\n", &[(b"caf\xe9", &[1.0]), (b"caf\xe8", &[2.0]), (b"b", &[3.0])], b"");
    for file in [&text[..], &bytes] {
        let refused = refuse(file);
        assert!(matches!(refused, Refused::InvalidWord { row: 0, .. }), "{refused}");
        assert!(refused.to_string().contains("is not valid UTF-8"));
        let invalid = |invalid_word| OpenOptions { invalid_word, ..OpenOptions::default() };
        let (table, report) = read_with(file, &invalid(InvalidWord::Replace)).unwrap();
        assert_eq!((words(&table), numbers(&table)), (vec!["caf\u{fffd}", "b"], &[1.0, 3.0][..]));
        assert_eq!((report.invalid_words, report.duplicates), (2, 1)); // the same word once replaced
        let (table, report) = read_with(file, &invalid(InvalidWord::Skip)).unwrap();
        assert_eq!((words(&table), report.invalid_words), (vec!["b"], 2));
    }
}

// Row 56.
#[test]
fn text_given_as_binary_and_binary_given_as_text_are_refused_with_what_they_look_like() {
    let refused = word2vec_binary::read(GOOD_TEXT.as_bytes(), &OpenOptions::default()).unwrap_err();
    assert!(refused.to_string().contains("looks like word2vec text"), "{refused}");
    let refused = word2vec_text::read(&good_binary(), &OpenOptions::default()).unwrap_err();
    assert!(refused.to_string().contains("looks like word2vec binary"), "{refused}");
}

// Row 57.
#[test]
fn numbers_of_the_other_byte_order_and_line_ends_of_windows_are_refused() {
    let rows: Vec<(Vec<u8>, Vec<f32>)> = ROWS
        .iter()
        .map(|(w, n)| (w.to_vec(), n.iter().map(|x| f32::from_bits(x.to_bits().swap_bytes())).collect()))
        .collect();
    let rows: Vec<(&[u8], &[f32])> = rows.iter().map(|(w, n)| (&w[..], &n[..])).collect();
    let refused = refuse(binary("3 3\n", &rows, b""));
    assert!(matches!(refused, Refused::ByteOrder { .. }), "{refused}");
    // As Windows writes binary as text: a byte 10 becomes 13 10.
    let number = f32::from_le_bytes([0x0a, 0xd7, 0x23, 0x3c]); // 0.01
    let rows: [(&[u8], &[f32]); 2] = [(b"a", &[0.5, number]), (b"b", &[number, 0.25])];
    for after in [&b""[..], b"\n"] {
        let windows: Vec<u8> = binary("2 2\n", &rows, after)
            .into_iter()
            .flat_map(|byte| if byte == 10 { vec![13, 10] } else { vec![byte] })
            .collect();
        let refused = refuse(windows);
        assert!(refused.to_string().contains("Windows"), "{refused}");
    }
}

// Row 64.
#[test]
fn a_word_of_any_length_is_read() {
    let long = "x".repeat(100_000);
    let text = format!("2 1\n{long} 1.0\nb 2.0\n");
    let bytes = binary("2 1\n", &[(long.as_bytes(), &[1.0]), (b"b", &[2.0])], b"");
    for file in [text.as_bytes(), &bytes, &text.as_bytes()[4..]] {
        assert_eq!(words(&read(file).unwrap().0), [&long, "b"]);
    }
}

#[test]
fn a_limit_of_nothing_is_refused() {
    for file in [GOOD_TEXT.as_bytes(), &good_binary(), &GOOD_TEXT.as_bytes()[4..]] {
        assert!(matches!(read_with(file, &limit(0)), Err(Refused::Empty { .. })));
    }
}

#[test]
fn with_a_limit_what_comes_after_it_is_not_looked_at() {
    let (table, report) = read_with(b"a 1 2\nb 3 4\nc x\n\xff", &limit(2)).unwrap();
    assert_eq!((words(&table), report.stopped_at_limit, report.unfinished), (vec!["a", "b"], true, false));
    let (table, report) = read_with(b"a 1 2\nb 3 4\n", &limit(2)).unwrap();
    assert_eq!((words(&table), report.stopped_at_limit), (vec!["a", "b"], false));
}

#[test]
fn a_model_is_opened_as_the_options_say_whatever_its_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut vocabulary = Vocabulary::new();
    [("a", 5), ("b", 3), ("c", 1)].iter().for_each(|&(word, count)| assert!(vocabulary.insert(word, count).is_some()));
    let model = rapidvec_vectors::format::safetensors::ModelParts {
        vocabulary: &vocabulary,
        vector_size: 1,
        input: &[1.0, 2.0, 3.0],
        output: None,
        half: true,
        metadata: Default::default(),
        extra: Vec::new(),
    };
    let path = folder.path().join("a.safetensors.zst");
    rapidvec_vectors::format::safetensors::write(&path, &model).unwrap();
    let (vectors, report) = WordVectors::open_with(&path, &limit(2)).unwrap();
    assert_eq!((vectors.vocabulary().counts(), report.stopped_at_limit), (&[5, 3][..], true));
    assert!(vectors.rows().is_half());
    let pickle = PickleWriter::new(TableView::new(&vocabulary, 1, &[1.0, 2.0, 3.0])).unwrap().to_bytes();
    let path = folder.path().join("a.pkl");
    std::fs::write(&path, pickle).unwrap();
    assert_eq!(WordVectors::open_with(&path, &limit(1)).unwrap().0.len(), 1);
    assert!(matches!(WordVectors::open_with(&path, &limit(0)), Err(Error::Format(Refused::Empty { .. }))));
}

/// Many lines, so that several threads have several pieces each.
#[test]
fn a_large_text_is_read_as_a_small_one_is() {
    let rows = 30_000;
    let mut vocabulary = Vocabulary::new();
    (0..rows).for_each(|i| assert!(vocabulary.insert(&format!("w{i}"), 0).is_some()));
    let numbers: Vec<f32> = (0..rows * 7).map(|i| (i as f32 * 0.37).sin()).collect();
    let text = word2vec_text::TextWriter::new(TableView::new(&vocabulary, 7, &numbers), true).unwrap().to_bytes();
    let bytes = word2vec_binary::BinaryWriter::new(TableView::new(&vocabulary, 7, &numbers)).unwrap().to_bytes();
    for file in [&text, &bytes] {
        let (table, _) = read(file).unwrap();
        assert!(table.vocabulary == vocabulary && self::numbers(&table) == numbers);
    }
    let mut broken = text.clone();
    let at = broken.iter().enumerate().filter(|&(_, &b)| b == b'\n').nth(22_222).unwrap().0;
    broken[at - 1] = b'x';
    assert!(matches!(refuse(broken), Refused::RowNumber { line: 22_223, .. }));
}

/// `,` is among the most frequent words.
#[test]
fn words_that_separate_columns_elsewhere_do_not_make_a_table() {
    for text in [", 0.5\n", "1, 0.5\n", ", 0.5\n; 2\n", ", 0.5 1\n| 2 3\n", "the 1 2\n, 0.5 1\n| 2 3\n"] {
        assert_eq!(recognise(text.as_bytes()).unwrap(), Format::Glove, "{text}");
    }
}

fn table() -> impl Strategy<Value = (Vocabulary, usize, Vec<f32>)> {
    let word = prop_oneof!["[a-z0-9.,가-힣]{1,6}", "\\PC{1,4}".prop_filter("no space", |w| !w.contains(' '))];
    let words = proptest::collection::hash_set(word, 1..12);
    (words, 1usize..9).prop_flat_map(|(words, vector_size)| {
        let number = any::<u32>().prop_map(f32::from_bits).prop_filter("finite", |x| x.is_finite());
        let numbers = proptest::collection::vec(number, words.len() * vector_size);
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|word| assert!(vocabulary.insert(word, 0).is_some()));
        numbers.prop_map(move |numbers| (vocabulary.clone(), vector_size, numbers))
    })
}

proptest! {
    #[test]
    fn what_is_written_as_text_is_read_as_the_same_bits((vocabulary, vector_size, numbers) in table(), header: bool) {
        prop_assume!(!vocabulary.word(0).starts_with('\u{feff}'));
        // Rows of numbers alone, without a header, are not word vectors.
        prop_assume!(header || vocabulary.words().any(|word| word.parse::<f32>().is_err()));
        let bytes = word2vec_text::TextWriter::new(TableView::new(&vocabulary, vector_size, &numbers), header).unwrap().to_bytes();
        let (table, report) = read(&bytes).unwrap();
        prop_assert_eq!((table.vocabulary, table.vector_size, report), (vocabulary, vector_size, OpenReport::default()));
        let Numbers::F32(got) = table.numbers else { panic!("not single precision") };
        prop_assert_eq!(got.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_written_as_binary_is_read_as_the_same_bits((vocabulary, vector_size, numbers) in table()) {
        let bytes = word2vec_binary::BinaryWriter::new(TableView::new(&vocabulary, vector_size, &numbers)).unwrap().to_bytes();
        let (table, report) = read(&bytes).unwrap();
        prop_assert_eq!((table.vocabulary, table.vector_size, report), (vocabulary, vector_size, OpenReport::default()));
        let Numbers::F32(got) = table.numbers else { panic!("not single precision") };
        prop_assert_eq!(got.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), header in "[0-9]{1,3} [0-9]{1,2}\\r?\\n", text in "([a-c ]{0,4}[0-9. ne\\-]{0,8}\\n?){0,8}") {
        for body in [&bytes[..], text.as_bytes()] {
            for file in [body.to_vec(), [header.as_bytes(), body].concat()] {
                for options in [OpenOptions::default(), OpenOptions { limit: Some(2), allow_nan: true, invalid_word: InvalidWord::Replace, ..OpenOptions::default() }] {
                    let _ = recognise(&file);
                    let _ = word2vec_text::read(&file, &options);
                    let _ = word2vec_text::read_without_header(&file, &options);
                    let _ = word2vec_binary::read(&file, &options);
                }
            }
        }
    }
}
