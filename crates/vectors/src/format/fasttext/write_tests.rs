//! What is written is what was read, and what a trainer made.

use super::tests::{Forged, fixture};
use super::{FastTextParts, NGramTable, read_whole, write_whole};
use crate::error::FormatError;
use crate::format::{Format, OpenOptions};
use crate::{NGrams, Numbers, Part, Rows, SaveOptions, Subwords, Units, WordVectors};
use rapidvec_core::Vocabulary;

fn written(vectors: &WordVectors, options: &SaveOptions) -> Vec<u8> {
    vectors.writer(Format::FastText, options).unwrap().0.to_bytes()
}

/// The words of the forged models are in the order of their counts, as fastText's always are.
#[test]
fn a_model_of_fasttext_is_written_byte_for_byte_as_it_was() {
    for model in [Forged::new(), Forged::without_ngrams()] {
        let bytes = model.bytes();
        assert_eq!(written(&model.vectors(), &SaveOptions::default()), bytes);
        let report = model.vectors().writer(Format::FastText, &SaveOptions::default()).unwrap().1;
        assert_eq!((report.not_stored, report.caveats), (vec![], vec![]));
    }
}

/// Its labels are not written: what said that it has some would be refused.
#[test]
fn a_classifier_is_written_as_a_model_of_words() {
    let classifier = Forged::classifier().vectors();
    let bytes = written(&classifier, &SaveOptions::default());
    let (again, _) = WordVectors::from_bytes(bytes, &OpenOptions::default()).unwrap();
    for word in ["the", "고양이", "unknown"] {
        assert!(again.vector(word).is_some() && again.vector(word) == classifier.vector(word), "{word}");
    }
}

#[test]
fn a_real_model_comes_back_through_our_own_format_byte_for_byte() {
    for name in ["crime-and-punishment.bin", "lee_fasttext_new.bin"] {
        let Some(path) = fixture(name) else { return };
        let bytes = std::fs::read(&path).unwrap();
        let ours = tempfile::NamedTempFile::new().unwrap();
        WordVectors::open(&path).unwrap().save(ours.path(), Format::Safetensors, &SaveOptions::default()).unwrap();
        let again = written(&WordVectors::open(ours.path()).unwrap(), &SaveOptions::default());
        assert_eq!(again.len(), bytes.len(), "{name}");
        // After the signature: one of them has version 11.
        let differing = again.iter().zip(&bytes).skip(8).position(|(a, b)| a != b);
        assert_eq!(differing, None, "{name}");
    }
}

fn words() -> Vocabulary {
    let mut words = Vocabulary::new();
    for (word, count) in [("night", 2), ("nights", 9)] {
        assert!(words.insert(word, count).is_some());
    }
    words
}

/// Two words and the rows of three of seven buckets, as a trainer has them.
fn trained(units: Units) -> WordVectors {
    let ngrams = NGrams::default().buckets(7).units(units);
    let rows = Rows::new(3, 2, Numbers::F32(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])).unwrap();
    let own = Rows::new(2, 2, Numbers::F32(vec![10.0, 20.0, 30.0, 40.0])).unwrap();
    let subwords = Subwords::of_buckets(ngrams, vec![1, 2, 5], rows).unwrap().with_words(own.clone());
    let mut composed = own.to_f32();
    for (word, vector) in words().words().zip(composed.chunks_exact_mut(2)) {
        let mut count = 1.0;
        ngrams.for_each(word, |_, bucket| {
            count += 1.0;
            subwords.row_of(bucket).and_then(|row| subwords.rows().row(row)).into_iter().for_each(|row| {
                vector.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            });
        });
        vector.iter_mut().for_each(|x| *x *= 1.0 / count);
    }
    WordVectors::new(words(), 2, Numbers::F32(composed)).unwrap().with_subwords(subwords).unwrap()
}

#[test]
fn a_trained_model_gives_the_same_vectors_in_both_formats() {
    let vectors = trained(Units::Letters);
    let (fasttext, _) =
        WordVectors::from_bytes(written(&vectors, &SaveOptions::default()), &OpenOptions::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    vectors.save(&path, Format::Safetensors, &SaveOptions::default()).unwrap();
    let ours = WordVectors::open(&path).unwrap();
    for word in ["night", "nights", "knights", "sight", "고양이"] {
        assert_eq!(fasttext.vector(word), vectors.vector(word), "{word}");
        assert_eq!(ours.vector(word), vectors.vector(word), "{word}");
    }
    assert_eq!(fasttext.vocabulary().words().collect::<Vec<_>>(), ["nights", "night"], "by falling counts");
    assert_eq!(fasttext.subwords().unwrap().words().unwrap().to_f32(), [30.0, 40.0, 10.0, 20.0]);
    let rows = fasttext.subwords().unwrap().rows().to_f32();
    assert_eq!(rows, [0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 5.0, 6.0, 0.0, 0.0]);
    assert_eq!(ours.subwords().unwrap().buckets(), Some(&[1, 2, 5][..]));
    assert_eq!(ours.subwords().unwrap().ngrams(), NGrams::default().buckets(7));
}

#[test]
fn ngrams_can_be_dropped_and_a_copy_with_fewer_words_keeps_their_own_rows() {
    let vectors = trained(Units::Letters);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let drop = SaveOptions::default().drop_subwords(true);
    for format in [Format::Safetensors, Format::FastText] {
        let report = vectors.save(&path, format, &drop).unwrap();
        assert_eq!(report.not_stored, [Part::Subwords]);
        let again = WordVectors::open(&path).unwrap();
        assert!(again.subwords().is_none() && again.vector("knights").is_none());
        assert_eq!(again.vector("night"), vectors.vector("night"));
        vectors.save(&path, format, &SaveOptions::default().top(1)).unwrap();
        let again = WordVectors::open(&path).unwrap();
        assert_eq!((again.len(), again.vector("nights")), (1, vectors.vector("nights")));
        assert_eq!(again.vector("knights"), vectors.vector("knights"));
        assert_eq!(again.subwords().unwrap().words().unwrap().to_f32(), [30.0, 40.0]);
        let report = vectors.save(&path, format, &SaveOptions::default().normalize(true)).unwrap();
        assert!(report.not_stored.contains(&Part::Subwords), "unit vectors have no n-grams");
    }
}

#[test]
fn jamo_stay_in_our_own_format_and_are_refused_in_fasttexts() {
    let vectors = trained(Units::Jamo);
    let refused = vectors.writer(Format::FastText, &SaveOptions::default()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, FormatError::Units { units: Units::Jamo }), "{refused}");
    assert!(vectors.writer(Format::FastText, &SaveOptions::default().drop_subwords(true)).is_ok());
    let ours = vectors.writer(Format::Safetensors, &SaveOptions::default()).unwrap().0.to_bytes();
    let (again, _) = WordVectors::from_bytes(ours, &OpenOptions::default()).unwrap();
    assert_eq!(again.subwords().unwrap().ngrams().units, Units::Jamo);
}

#[test]
fn what_fasttext_cannot_hold_is_refused() {
    let mut words = Vocabulary::new();
    words.add("a\0b");
    let vectors = WordVectors::new(words, 1, Numbers::F32(vec![1.0])).unwrap();
    let refused = vectors.writer(Format::FastText, &SaveOptions::default()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, FormatError::Unwritable { what: "a zero byte", .. }), "{refused}");
}

fn on_disk(bytes: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

#[test]
fn all_parts_of_a_model_are_read_and_written_byte_for_byte() {
    for forged in [Forged::new(), Forged::without_ngrams()] {
        let file = on_disk(&forged.bytes());
        let model = read_whole(file.path()).unwrap();
        assert_eq!(model.words[1], (b"</s>".to_vec(), 5));
        assert_eq!((model.own.len(), model.output.as_ref().map(Vec::len)), (6, Some(6)));
        let mut vocabulary = Vocabulary::new();
        for (word, count) in &model.words {
            assert!(vocabulary.insert(std::str::from_utf8(word).unwrap(), *count).is_some());
        }
        let [min_n, max_n, buckets] = model.ngrams;
        let ngrams = NGrams::default().min_n(min_n).max_n(max_n).buckets(buckets);
        let parts = FastTextParts {
            vocabulary: &vocabulary,
            vector_size: model.vector_size,
            own: &model.own,
            ngrams: (buckets > 0).then_some(NGramTable { ngrams, buckets: None, rows: &model.rows }),
            output: model.output.as_deref(),
            training: model.training.clone(),
        };
        let again = tempfile::NamedTempFile::new().unwrap();
        write_whole(again.path(), &parts).unwrap();
        assert_eq!(std::fs::read(again.path()).unwrap(), forged.bytes());
    }
}

#[test]
fn a_model_from_before_versions_had_numbers_has_the_same_parts() {
    let [new, old] = [Forged::new().bytes(), Forged::new().old_bytes()];
    let [new, old] = [&new, &old].map(|bytes| read_whole(on_disk(bytes).path()).unwrap());
    assert_eq!(new, old);
    assert!(
        read_whole(on_disk(b"no model at all, but long enough to have settings and some more bytes").path()).is_err()
    );
}
