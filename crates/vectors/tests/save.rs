//! Saving vectors in every format, and what the report says about it.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_core::Vocabulary;
use rapidvec_vectors::error::{Error, FormatError};
use rapidvec_vectors::format::safetensors::{ModelFile, ModelParts, write};
use rapidvec_vectors::format::{Format, Matrix, OpenOptions};
use rapidvec_vectors::{Caveat, Numbers, Part, SaveOptions, WordVectors};
use std::path::Path;

/// Three words, the most frequent last.
fn words() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for (word, count) in [("rare", 1), ("some", 5), ("often", 9)] {
        vocabulary.insert(word, count);
    }
    vocabulary
}

fn vectors() -> WordVectors {
    WordVectors::new(words(), 2, Numbers::F32(vec![3.0, 4.0, 0.5, -0.25, 0.0, 2.0])).unwrap()
}

fn model(path: &Path) {
    let numbers = [3.0, 4.0, 0.5, -0.25, 0.0, 2.0];
    let parts = ModelParts {
        vocabulary: &words(),
        vector_size: 2,
        input: &numbers,
        output: Some(&numbers),
        half: false,
        metadata: [("config".to_owned(), "{}".to_owned()), ("trainer".to_owned(), "{}".to_owned())].into(),
        extra: Vec::new(),
    };
    write(path, &parts).unwrap();
}

/// The formats whose files hold the words; `.npy` has them in a file of their own.
fn with_words() -> impl Iterator<Item = Format> {
    Format::WRITABLE.into_iter().filter(|format| *format != Format::Npy)
}

fn shown(vectors: &WordVectors) -> Vec<(String, Vec<f32>)> {
    vectors.vocabulary().words().map(|word| (word.to_owned(), vectors.vector(word).unwrap())).collect()
}

#[test]
fn every_format_gives_back_words_and_numbers_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = vectors();
    for format in with_words() {
        for half in [false, true].into_iter().filter(|half| !half || format.has_half()) {
            let path = folder.path().join("saved");
            let report = vectors.save(&path, format, &SaveOptions::default().half(half)).unwrap();
            assert_eq!((report.words, report.vector_size), (3, 2));
            assert_eq!(report.caveats.contains(&Caveat::Rounded), half);
            let again = WordVectors::open(&path).unwrap();
            assert_eq!(again.rows().is_half(), half, "{format:?}");
            let mut expected = shown(&vectors);
            if !format.has_ids() {
                expected.reverse();
            }
            assert_eq!(shown(&again), expected, "{format:?}");
            assert_eq!(
                again.vocabulary().has_counts(),
                matches!(format, Format::Safetensors | Format::Npz | Format::FastText | Format::Gensim)
            );
            assert_eq!(report.not_stored.contains(&Part::Counts), !again.vocabulary().has_counts(), "{format:?}");
        }
    }
}

#[test]
fn top_and_normalize_pick_and_scale_the_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("saved.txt");
    for format in with_words() {
        vectors().save(&path, format, &SaveOptions::default().top(2).normalize(true)).unwrap();
        let saved = WordVectors::open(&path).unwrap();
        assert_eq!(saved.vocabulary().words().collect::<Vec<_>>(), ["often", "some"]);
        assert_eq!(saved.vector("often").unwrap(), [0.0, 1.0]);
    }
}

#[test]
fn a_copy_of_a_model_keeps_output_vectors_and_settings_but_not_training_state() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("model"), folder.path().join("copy"));
    model(&from);
    let vectors = WordVectors::open(&from).unwrap();
    let report = vectors.save(&to, Format::Safetensors, &SaveOptions::default().top(1).normalize(true)).unwrap();
    assert_eq!(report.not_stored, [Part::TrainingState]);
    assert_eq!(report.caveats, [Caveat::OutputNotNormalized]);
    let copy = ModelFile::open(&to).unwrap();
    assert_eq!((copy.input().to_f32(), copy.output().unwrap().to_f32()), (vec![0.0, 1.0], vec![0.0, 2.0]));
    assert_eq!(copy.metadata().keys().collect::<Vec<_>>(), ["config"]);
    assert!(!copy.has_training_state());
    let report = vectors.save(&to, Format::Glove, &SaveOptions::default()).unwrap();
    assert_eq!(report.not_stored, [Part::TrainingState, Part::OutputVectors, Part::Counts, Part::Settings]);
}

#[test]
fn what_a_format_cannot_hold_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("saved");
    let refused = |vectors: &WordVectors, format, options: SaveOptions| match vectors.save(&path, format, &options) {
        Err(Error::Format(error)) => error,
        other => panic!("{other:?}"),
    };
    let none = SaveOptions::default;
    assert!(matches!(refused(&vectors(), Format::Glove, none().half(true)), FormatError::NoHalf { .. }));
    let mut spaced = Vocabulary::new();
    spaced.insert("new york", 1);
    let spaced = WordVectors::new(spaced, 1, Numbers::F32(vec![1e6])).unwrap();
    assert!(matches!(refused(&spaced, Format::Word2vecText, none()), FormatError::Unwritable { .. }));
    for format in [Format::Safetensors, Format::Pickle, Format::Npz] {
        assert!(matches!(refused(&spaced, format, none().half(true)), FormatError::HalfOverflow { .. }), "{format:?}");
    }
    assert!(!path.exists());
}

#[test]
fn single_precision_lends_its_numbers_also_from_a_mapped_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let expected = [3.0, 4.0, 0.5, -0.25, 0.0, 2.0];
    assert_eq!(vectors().rows().as_f32().unwrap(), expected);
    model(&path);
    assert_eq!(WordVectors::open(&path).unwrap().rows().as_f32().unwrap(), expected);
    vectors().save(&path, Format::Safetensors, &SaveOptions::default().half(true)).unwrap();
    assert_eq!(WordVectors::open(&path).unwrap().rows().as_f32(), None);
}

/// A file of `model`, opened as `w_in + w_out / 2`.
fn joined(path: &Path) -> WordVectors {
    model(path);
    let options = OpenOptions { matrix: Some(Matrix::Joined), join_weight: Some(0.5), ..OpenOptions::default() };
    WordVectors::open_with(path, &options).unwrap().0
}

#[test]
fn a_copy_of_joined_vectors_keeps_both_matrices_and_how_they_are_joined() {
    let folder = tempfile::tempdir().unwrap();
    let [from, to] = ["model", "copy"].map(|name| folder.path().join(name));
    let vectors = joined(&from);
    assert_eq!(vectors.vector("rare").unwrap(), [4.5, 6.0]);
    for options in [SaveOptions::default(), SaveOptions::default().top(2), SaveOptions::default().half(true)] {
        let report = vectors.save(&to, Format::Safetensors, &options).unwrap();
        assert!(!report.not_stored.contains(&Part::OutputVectors), "{options:?}");
        let (again, file) = (WordVectors::open(&to).unwrap(), ModelFile::open(&to).unwrap());
        assert_eq!(again.vector("some").unwrap(), [0.75, -0.375], "{options:?}");
        assert_eq!(file.input().to_f32(), file.output().unwrap().to_f32(), "{options:?}");
        // Not joined a second time.
        let options = OpenOptions { matrix: Some(Matrix::Input), ..OpenOptions::default() };
        assert_eq!(WordVectors::open_with(&to, &options).unwrap().0.vector("some").unwrap(), [0.5, -0.25]);
        let limited = OpenOptions { limit: Some(1), ..OpenOptions::default() };
        let first = WordVectors::open_with(&to, &limited).unwrap().0;
        let word = first.vocabulary().word(0);
        assert_eq!(first.vector(word), again.vector(word), "the limit takes joined rows too");
    }
}

#[test]
fn a_format_of_one_matrix_gets_the_joined_rows() {
    let folder = tempfile::tempdir().unwrap();
    let [from, to] = ["model", "copy"].map(|name| folder.path().join(name));
    let vectors = joined(&from);
    for format in with_words().filter(|format| *format != Format::Safetensors) {
        let report = vectors.save(&to, format, &SaveOptions::default()).unwrap();
        assert!(report.not_stored.contains(&Part::OutputVectors), "{format:?}");
        assert_eq!(WordVectors::open(&to).unwrap().vector("rare").unwrap(), [4.5, 6.0], "{format:?}");
    }
    let report = vectors.save(&to, Format::Safetensors, &SaveOptions::default().normalize(true)).unwrap();
    assert_eq!(report.not_stored, [Part::TrainingState, Part::OutputVectors]);
    assert_eq!(report.caveats, []);
    assert_eq!(WordVectors::open(&to).unwrap().vector("rare").unwrap(), [0.6, 0.8]);
    assert!(ModelFile::open(&to).unwrap().output().is_none(), "the sum was scaled, not its parts");
}

#[test]
fn a_model_that_says_its_vectors_are_joined_needs_an_output_matrix() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let with = |entry: &str, output: bool| {
        let numbers = [3.0, 4.0, 0.5, -0.25, 0.0, 2.0];
        let parts = ModelParts {
            vocabulary: &words(),
            vector_size: 2,
            input: &numbers,
            output: output.then_some(&numbers),
            half: false,
            metadata: [("vectors".to_owned(), entry.to_owned())].into(),
            extra: Vec::new(),
        };
        write(&path, &parts).unwrap();
        WordVectors::open(&path)
    };
    let entry = r#"{"matrix":"joined","weight":1}"#;
    assert_eq!(with(entry, true).unwrap().vector("often").unwrap(), [0.0, 4.0]);
    assert!(matches!(with(entry, false), Err(Error::Format(FormatError::NoOutput))));
    assert!(matches!(with("{}", true), Err(Error::Format(FormatError::Header { .. }))));
    // The sum may overflow where neither matrix does.
    let huge = format!(r#"{{"matrix":"joined","weight":{}}}"#, f32::MAX);
    assert!(matches!(with(&huge, true), Err(Error::Format(FormatError::NotFinite { .. }))));
}
