//! What holds for all formats: words that come back through each that can hold them, and files given to the wrong reader.

use super::{Read, numbers, seeds};
use rapidvec::Vocabulary;
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::safetensors;
use rapidvec::vectors::format::safetensors::{ModelFile, ModelParts};
use rapidvec::vectors::format::{OpenOptions, fasttext, npz, pickle, recognise, word2vec_binary, word2vec_text};
use rapidvec::vectors::format::{TableView, VectorWriter};
use std::collections::BTreeMap;
use std::path::Path;

/// Spaces, line ends, a tab, nothing at all, white space that is no ASCII, and 5,000 bytes: FAULTS.md rows 47, 48, 49, 51
/// and 64. One vector is zero: row 54.
fn odd_words() -> (Vocabulary, Vec<f32>) {
    let mut vocabulary = Vocabulary::new();
    for word in ["new york", "a\nb", "a\tb", "", " ", "\u{a0}", "\u{85}", &"고".repeat(1667), "plain"] {
        assert!(vocabulary.insert(word, 0).is_some());
    }
    let numbers = (0..2 * vocabulary.len()).map(|i| if i < 2 { 0.0 } else { i as f32 }).collect();
    (vocabulary, numbers)
}

fn write(path: &Path, vocabulary: &Vocabulary, vectors: &[f32]) {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("npz") => npz::NpzWriter::new(TableView::new(vocabulary, 2, vectors)).unwrap().write(path).unwrap(),
        Some("pkl") => {
            let bytes = pickle::PickleWriter::new(TableView::new(vocabulary, 2, vectors)).unwrap().to_bytes();
            std::fs::write(path, bytes).unwrap();
        }
        _ => {
            let (metadata, extra) = (BTreeMap::new(), Vec::new());
            let parts =
                ModelParts { vocabulary, vector_size: 2, input: vectors, output: None, half: false, metadata, extra };
            safetensors::write(path, &parts).unwrap();
        }
    }
}

#[test]
fn odd_words_and_a_zero_vector_come_back_through_every_format_that_holds_them() {
    let (vocabulary, vectors) = odd_words();
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.npz", "a.pkl", "a.safetensors"] {
        let path = folder.path().join(name);
        write(&path, &vocabulary, &vectors);
        let opened = WordVectors::open(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(*opened.vocabulary() == vocabulary && opened.rows().to_f32() == vectors, "{name}");
        let nearest = opened.most_similar("new york", 20).unwrap();
        assert!(nearest.len() == 8 && nearest.scores().iter().all(|&score| score == 0.0), "{name}");
        assert!(opened.most_similar("plain", 20).unwrap().scores().iter().all(|score| score.is_finite()));
    }
}

/// Whether `bytes` open with the reader of one format.
type Opens = fn(&[u8]) -> bool;

fn opens(read: Read, b: &[u8]) -> bool {
    read(b, &OpenOptions::default()).is_ok_and(|(table, _)| !numbers(&table.numbers).is_empty())
}

/// FAULTS.md row 56; text with a header and without are one another's.
#[test]
fn every_reader_refuses_the_files_of_every_other_format() {
    let readers: [(&str, Opens); 6] = [
        ("safetensors", |bytes| ModelFile::from_bytes(bytes.to_vec()).is_ok()),
        ("pickle", |bytes| opens(pickle::read, bytes)),
        ("text", |bytes| opens(word2vec_text::read, bytes)),
        ("binary", |bytes| opens(word2vec_binary::read, bytes)),
        ("fasttext", |bytes| opens(fasttext::read, bytes)),
        ("npz", |bytes| opens(npz::read, bytes)),
    ];
    let mut models = seeds::fasttext();
    models.pop(); // quantised: no reader opens it
    let seeds = [seeds::safetensors(), seeds::pickles(), seeds::text(), seeds::binary(), models, seeds::npz()];
    for ((whose, _), files) in readers.iter().zip(&seeds) {
        for file in files {
            for (name, opens) in &readers {
                assert_eq!(opens(file), name == whose, "the reader of {name}, given a file of {whose}");
            }
        }
    }
}

/// FAULTS.md row 45.
#[test]
fn an_empty_file_and_one_of_junk_open_with_no_reader() {
    for bytes in [&b""[..], b"\0", b"junk", b"\xff\xfe\0\0", &[0; 4096], &[0xff; 4096]] {
        assert!(recognise(bytes).is_err() || ModelFile::from_bytes(bytes.to_vec()).is_err());
        let none: [Read; 4] = [word2vec_text::read, word2vec_binary::read, fasttext::read, npz::read];
        assert!(none.into_iter().all(|read| !opens(read, bytes)) && !opens(pickle::read, bytes), "{bytes:?}");
    }
}
