//! Refusing a pickle takes less memory than the file's length and 16 MB, whatever the file declares.
// Helpers of tests are tests, too.
#![allow(clippy::unwrap_used)]

mod memory;

use rapidvec_vectors::error::{FormatError, PickleError};
use rapidvec_vectors::format::pickle::PickleWriter;
use rapidvec_vectors::format::pickle::read;
use rapidvec_vectors::format::{OpenOptions, TableView, VectorWriter};

/// Reads `bytes`; why they were refused, and the most memory that was held meanwhile.
fn refuse(bytes: &[u8]) -> (PickleError, usize) {
    let (read, held) = memory::peak(|| read(bytes, &OpenOptions::default()));
    let Err(FormatError::Pickle(refused)) = read else { panic!("was read") };
    (refused, held)
}

/// The default `realloc` of [`GlobalAlloc`] holds old and new at once: the limit holds even so.
fn check(name: &str, bytes: &[u8]) {
    let (refused, peak) = refuse(bytes);
    let limit = bytes.len() + (16 << 20);
    println!("{name}: {} bytes, at most {peak} held: {refused}", bytes.len());
    assert!(peak < limit, "{name}: {peak} bytes held, limit {limit}");
}

const MANY: usize = 3_000_000;

#[test]
fn hostile_files_take_no_more_than_their_length_and_16_mb() {
    let long = [&b"X"[..], &(MANY as u32).to_le_bytes(), &vec![b'x'; MANY]].concat();
    let encode = b"c_codecs\nencode\n(h\x00X\x06\0\0\0latin1tRa".repeat(MANY / 40);
    for (name, bytes) in [
        ("lists in a list", [&b"]"[..], &b"]a".repeat(MANY)].concat()),
        ("dictionaries in a list", [&b"]"[..], &b"}a".repeat(MANY)].concat()),
        ("a dictionary of nothing", [&b"}"[..], &b"NNs".repeat(MANY)].concat()),
        ("dictionaries of one", [&b"]"[..], &b"}NNsa".repeat(MANY)].concat()),
        ("empty texts", [&b"]"[..], &b"\x8c\x00a".repeat(MANY)].concat()),
        ("empty decoded texts", [&b"]"[..], &b"V\na".repeat(MANY)].concat()),
        ("decoded texts", [&b"]"[..], &b"V\\u0041\na".repeat(MANY)].concat()),
        ("memo", [&b"N"[..], &b"\x94".repeat(MANY)].concat()),
        ("empty tuples", [&b"]"[..], &b")a".repeat(MANY)].concat()),
        ("tuples", [&b"]"[..], &b"N\x85a".repeat(MANY)].concat()),
        ("wide tuples", [&b"]"[..], &[&b"("[..], &b"N".repeat(60_000), b"ta"].concat().repeat(50)].concat()),
        ("bytes", [&b"]"[..], &b"C\x00a".repeat(MANY)].concat()),
        (
            "arrays",
            [&b"]"[..], &b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85Ra".repeat(50_000)].concat(),
        ),
        ("a text encoded often", [&b"]"[..], &long, b"q\x00a", &encode].concat()),
        ("a line that doubles", [&b"V"[..], &vec![0xe9; 10 * MANY], b"\n"].concat()),
        ("nested lists", b"]".repeat(MANY)),
        ("nested tuples", [&b")"[..], &b"\x85".repeat(MANY)].concat()),
        ("marks", b"(".repeat(MANY)),
        ("one long line", [&b"V"[..], &vec![b'x'; MANY]].concat()),
        ("one long name", [&b"c"[..], &vec![b'x'; MANY], b"\n\n"].concat()),
    ] {
        check(name, &[&bytes[..], b"."].concat());
    }
}

/// A file that is right up to its last number.
#[test]
fn a_large_file_with_one_bad_number_takes_no_more_either() {
    let (rows, columns) = (100_000, 20);
    let mut vocabulary = rapidvec_core::Vocabulary::new();
    for i in 0..rows {
        vocabulary.insert(&format!("w{i}"), 0).unwrap();
    }
    let vectors = vec![1.5; rows * columns];
    let mut bytes = PickleWriter::new(TableView::new(&vocabulary, columns, &vectors).half(true)).unwrap().to_bytes();
    let number = bytes.windows(6).position(|six| six == [0, 0x3e, 0, 0x3e, 0, 0x3e]).unwrap();
    let last = number + 2 * (rows * columns - 1);
    assert_eq!(bytes[last..last + 2], [0, 0x3e]);
    bytes[last + 1] = 0x7c;
    let (refused, _) = refuse(&bytes);
    assert!(matches!(refused, PickleError::Number { row, column: 19, .. } if row == rows - 1), "{refused}");
    check("a bad number", &bytes);
}

/// Words are small compared with 20 numbers each: any count of them is read.
#[test]
fn many_words_with_few_numbers_are_read() {
    let (rows, columns) = (600_000, 20);
    let mut vocabulary = rapidvec_core::Vocabulary::new();
    for i in 0..rows {
        vocabulary.insert(&format!("{i:x}"), 0).unwrap();
    }
    let bytes = PickleWriter::new(TableView::new(&vocabulary, columns, &vec![0.5; rows * columns]).half(true))
        .unwrap()
        .to_bytes();
    assert!(read(&bytes, &OpenOptions::default()).unwrap().0.vocabulary == vocabulary);
}
