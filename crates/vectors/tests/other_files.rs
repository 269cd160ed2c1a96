//! Files that people take for word vectors: each is named for what it is, and none is read as something else.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_vectors::WordVectors;
use rapidvec_vectors::error::FormatError;
use rapidvec_vectors::format::{Format, OpenOptions, recognise, word2vec_text};

fn path(name: &str) -> String {
    format!("{}/tests/data/other_files/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_file_of_another_kind_is_named() {
    for (name, expected) in [
        ("glove-nohead.tar.gz", "a tar archive (of `glove.txt`); extract it"),
        ("glove.zip", "a zip archive (of `glove.3.txt`); extract it"),
        ("lfs-pointer.bin.gz", "a Git LFS pointer, which stands for a file of 1713"),
        ("html-page.bin", "an HTML page"),
        ("dl4j-b64.txt", "Deeplearning4j's text, whose words are in base64"),
        ("plain-vectors.csv", "comma-separated values (CSV)"),
        ("vectors.tsv", "a matrix without words"),
    ] {
        for limit in [None, Some(1)] {
            let refused = WordVectors::open_with(path(name), &OpenOptions { limit, ..OpenOptions::default() });
            let message = refused.unwrap_err().to_string();
            assert!(message.contains(expected), "{name}: {message}");
            assert!(!message.contains("--"), "names a flag: {message}");
        }
    }
}

/// As `numpy.savetxt` writes it, and the projector's vectors.
#[test]
fn a_matrix_of_numbers_is_not_read_as_words_with_vectors() {
    for text in [
        "1.000000000000000000e+00 2.500000000000000000e-01\n-5.000000000000000000e-01 0.000000000000000000e+00\n",
        "0.1\t0.2\t0.3\n1.0\t-0.5\t0.0\n",
        "3 2\n0.1 0.2\n0.3 0.4\n0.5 0.6\n",
    ] {
        assert!(matches!(recognise(text.as_bytes()), Err(FormatError::NoWords)), "{text}");
    }
    for text in ["1999 0.1 0.2\n2000 0.3 0.4\n", "0 0.1\n1 0.2\n2 0.3\n"] {
        assert_eq!(recognise(text.as_bytes()).unwrap(), Format::Glove, "{text}");
    }
}

#[test]
fn a_first_line_that_numbers_the_columns_is_left_out_and_reported() {
    let (vectors, report) = WordVectors::open_with(path("pandas-index-label.txt"), &OpenOptions::default()).unwrap();
    assert_eq!(vectors.vocabulary().words().collect::<Vec<_>>(), ["king", "queen", "apple"]);
    assert!(report.column_header);
    assert_eq!(vectors.vector("king").unwrap(), [0.1, 0.2, 0.3, 0.4]);
    let error = |text: &str| word2vec_text::read_without_header(text.as_bytes(), &OpenOptions::default()).unwrap_err();
    let refused = error("word 1 2 3\nking 0.1 0.2 0.3\nqueen 0.4 0.5\n");
    assert!(matches!(refused, FormatError::RowLength { line: 3, got: 2, row: 1, last: true, .. }), "{refused}");
}

#[test]
fn a_word_of_text_holds_no_nul() {
    for text in [&b"a 1 2\nb\0c 3 4\n"[..], b"2 2\na 1 2\nb\0c 3 4\n"] {
        let read = if text[0] == b'2' { word2vec_text::read } else { word2vec_text::read_without_header };
        let refused = read(text, &OpenOptions::default()).unwrap_err();
        let line = if text[0] == b'2' { 3 } else { 2 };
        assert!(matches!(refused, FormatError::Nul { line: got } if got == line), "{refused}");
    }
}
