//! The files that hold no vectors: questions, lists of words, texts, checkpoints, indexes; and all of them packed.

use super::targets::with_checksums;
use super::{fuzz, numbers, seeds, watched};
use rapidvec::atomic_file::Existing;
use rapidvec::checkpoint;
use rapidvec::checkpoint::{CorpusRecord, Storage};
use rapidvec::compress::Compression;
use rapidvec::corpus::{Corpus, CorpusOptions, InvalidUtf8, Normalization, Preparation, TokenizerKind};
use rapidvec::vectors::evaluate::{EvaluateOptions, EvaluationSet};
use rapidvec::vectors::format::{InvalidWord, OpenOptions};
use rapidvec::vectors::{Embedder, Numbers, WordVectors};
use rapidvec::{Config, CpuTrainer, Trainer, Until, read_vocabulary, write_vocabulary};
use rapidvec_textbook::{Config as TextbookConfig, OptimizerKind, TextbookTrainer};
use std::path::Path;

const PACKINGS: [Compression; 4] = [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz];

fn vectors() -> WordVectors {
    WordVectors::new(seeds::vocabulary(), 3, Numbers::F32(seeds::numbers())).unwrap()
}

fn pack(kind: Compression, bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    kind.write(&mut packed, |out| out.write_all(bytes)).unwrap();
    packed
}

/// Changed, then compressed, so that the change reaches the readers of vectors.
#[test]
fn packed_files_of_any_vectors() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut seeds = [seeds::text(), seeds::binary(), seeds::glove(), seeds::safetensors(), seeds::npz()].concat();
    seeds.extend([seeds::pickles(), seeds::fasttext()].concat());
    fuzz(&seeds, |bytes, options| {
        let packed = pack(PACKINGS[bytes.len() % 4], bytes);
        std::fs::write(file.path(), &packed).unwrap();
        let (plain, packed) = (bytes, packed.len());
        if let Some((opened, _)) = watched(plain, || WordVectors::open_with(file.path(), options)) {
            assert!(numbers(&Numbers::F32(opened.rows().to_f32())).iter().all(|x| x.is_finite()), "packed to {packed}");
        }
    });
}

/// Analogies and pairs, plain and packed.
#[test]
fn evaluation_files_of_any_bytes() {
    let plain = [
        &b": capital\nyou goodbye . you\nYou . goodbye you\n: gram1-empty\n"[..],
        b"you goodbye . you\n",
        b"# a comment\nyou,goodbye,7.5\n. you 1\n",
        b"Word 1\tWord 2\tHuman (mean)\nyou\tgoodbye\t7.35\ngoodbye\t.\t1e1\n",
        "\u{feff}고양이 you 3\r\nyou you 10\r\n".as_bytes(),
    ];
    let packed = plain.iter().zip(PACKINGS).map(|(bytes, kind)| pack(kind, bytes));
    let seeds: Vec<_> = plain.iter().map(|bytes| bytes.to_vec()).chain(packed).collect();
    let vectors = vectors();
    fuzz(&seeds::with_corpus(seeds, &["questions"]), |bytes, options| {
        let Some(set) = watched(bytes, || EvaluationSet::read(bytes, "questions")) else { return };
        let (count_unknown, case_sensitive) = (options.allow_nan, options.limit.is_some());
        let options = EvaluateOptions::default().count_unknown(count_unknown).case_sensitive(case_sensitive);
        match set {
            EvaluationSet::Analogies(set) => {
                let method = rapidvec::vectors::AnalogyMethod::default();
                let report = vectors.evaluate_analogies(&set, method, &options).unwrap();
                assert!(
                    report.sections.iter().all(|section| section.accuracy().is_none_or(|x| (0.0..=1.0).contains(&x)))
                );
            }
            EvaluationSet::Pairs(set) => {
                assert!(set.pairs().all(|(_, _, score)| score.is_finite()));
                let _ = vectors.evaluate_pairs(&set, &options); // too few of them have no rank
            }
        }
    });
}

#[test]
fn vocabulary_lists_of_any_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("list"), folder.path().join("again"));
    let seeds = ["you\t900\n고양이\t70\ngoodbye\t5\n.\t1\n", "\u{feff}a\t1\r\nb\t18446744073709551000\r\nc\t0"];
    fuzz(&seeds.map(|text| text.as_bytes().to_vec()), |bytes, _| {
        std::fs::write(&path, bytes).unwrap();
        let Some(found) = watched(bytes, || read_vocabulary(&path)) else { return };
        write_vocabulary(&again, Existing::Replace, &found).unwrap();
        let read = read_vocabulary(&again).unwrap();
        assert_eq!(read.len(), found.len());
        assert!(
            found
                .words()
                .all(|word| read.id(word).is_some_and(|id| read.count(id) == found.count(found.id(word).unwrap())))
        );
    });
}

fn invalid_utf8(options: &OpenOptions) -> InvalidUtf8 {
    match options.invalid_word {
        InvalidWord::Error => InvalidUtf8::Error,
        InvalidWord::Replace => InvalidUtf8::Replace,
        InvalidWord::Skip => InvalidUtf8::SkipLine,
    }
}

/// Reads a text for both trainers; what both read has the same words.
fn text(bytes: &[u8], options: &OpenOptions, preparation: Preparation) {
    let max_tokens = options.limit.filter(|&limit| limit > 0).map(|limit| limit as u64);
    let read = |base: CorpusOptions| {
        let limited = base.threads(1).max_tokens(max_tokens).invalid_utf8(invalid_utf8(options));
        let options = limited.preparation(preparation.clone());
        watched(bytes, || Corpus::from_reader("text", bytes, &options))
    };
    let (book, fast) = (read(CorpusOptions::textbook()), read(CorpusOptions::default().min_count(1)));
    if let (Some(book), Some(fast), None) = (&book, &fast, max_tokens) {
        let mut known = fast.vocabulary().words();
        assert!(known.all(|word| book.vocabulary().id(word).is_some()));
    }
    if let Some(book) = book {
        assert!(book.ids().iter().all(|id| (id as usize) < book.vocabulary().len()));
    }
}

/// Plain and packed texts, prepared in all ways.
#[test]
fn texts_of_any_bytes() {
    let plain = [
        "you say goodbye\nand I say hello .\n\n고양이 </s> <eos>\r\n".as_bytes().to_vec(),
        "\u{feff}\u{1112}\u{1161}\u{11ab} Ünï\u{308}code\u{a0}x\u{85}y\u{2028}z".as_bytes().to_vec(),
        [&b"long "[..], &b"x".repeat(1100), b" end"].concat(),
    ];
    let packed = PACKINGS.iter().map(|&kind| pack(kind, &plain[0]));
    let seeds: Vec<_> = plain.iter().cloned().chain(packed).collect();
    fuzz(&seeds::with_corpus(seeds, &["corpus"]), |bytes, options| {
        let normalize = if bytes.len() % 3 == 0 { Normalization::Nfc } else { Normalization::None };
        let unicode = cfg!(feature = "unicode") && bytes.len() % 5 == 0;
        let tokenizer = if unicode { TokenizerKind::Unicode } else { TokenizerKind::Whitespace };
        text(bytes, options, Preparation { lower: options.allow_nan, normalize, tokenizer, ..Preparation::default() });
    });
}

#[test]
fn json_lines_of_any_bytes() {
    let lines = [
        "{\"text\":\"you say \\u00e9\\ngoodbye\",\"n\":1e5}\n{\"text\":[\"a b\",\"c\"]}\r\n",
        "{\"a\":{\"text\":\"in an object\"},\"text\":null}\n",
        "{\"text\":\"\\ud55c\\uad6d \\\"x\\\"\",\"deep\":[[[{\"b\":[1,2,{}]}]]]}",
    ];
    let seeds: Vec<_> = lines
        .map(|text| text.as_bytes().to_vec())
        .into_iter()
        .chain([pack(PACKINGS[2], lines[0].as_bytes())])
        .collect();
    fuzz(&seeds, |bytes, options| {
        let field = if options.allow_nan { "a.text" } else { "text" };
        text(bytes, options, Preparation { field: Some(field.to_owned()), ..Preparation::default() });
    });
}

/// Lines of text to embed.
#[test]
fn lines_to_embed_of_any_bytes() {
    let plain = "you say goodbye\n고양이 .\n\nunknown\r\n".as_bytes().to_vec();
    let packed = PACKINGS.map(|kind| pack(kind, &plain));
    let seeds: Vec<_> = [plain].into_iter().chain(packed).collect();
    let vectors = vectors();
    fuzz(&seeds, |bytes, _| {
        let embedder = Embedder::new(&vectors).sif(1e-3).unwrap();
        let embedded = watched(bytes, || {
            embedder.embed_lines(bytes, "lines", |vector| {
                assert!(vector.iter().all(|x| x.is_finite()));
                Ok::<(), rapidvec::Error>(())
            })
        });
        let _ = embedded;
    });
}

fn corpus() -> (Corpus, Corpus) {
    let text = "you say goodbye and I say hello .\n".repeat(4);
    let options = CorpusOptions::default().min_count(1).threads(1);
    (
        Corpus::from_text("text", &text, &CorpusOptions::textbook()).unwrap(),
        Corpus::from_text("text", &text, &options).unwrap(),
    )
}

fn checkpoints_of_the_textbook(corpus: &Corpus, path: &Path) -> Vec<Vec<u8>> {
    let record = CorpusRecord::new(corpus, vec!["text".into()], &CorpusOptions::textbook());
    [OptimizerKind::Adam, OptimizerKind::Sgd]
        .map(|optimizer| {
            let (window, vector_size, epochs, batch_size) = (1, 3, 2, 4);
            let config =
                TextbookConfig { optimizer, window, vector_size, epochs, batch_size, ..TextbookConfig::textbook() };
            let mut trainer = TextbookTrainer::new(&config, corpus, corpus.counts(), 1).unwrap();
            trainer.run(Until::Blocks(3), &mut ()).unwrap();
            let storage = Storage { half: optimizer == OptimizerKind::Adam, ..Storage::default() };
            let vocabulary = corpus.vocabulary();
            let run = checkpoint::Run { corpus: &record, vocabulary, storage, held_out: &[] };
            checkpoint::save_checkpoint(path, &run, &trainer).unwrap();
            std::fs::read(path).unwrap()
        })
        .into()
}

/// Metadata and tensors are changed, and the checksums made right again.
#[test]
fn checkpoints_of_the_textbook_with_right_checksums() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (corpus, _) = corpus();
    fuzz(&checkpoints_of_the_textbook(&corpus, file.path()), |bytes, _| {
        std::fs::write(file.path(), with_checksums(bytes).unwrap_or(bytes.to_vec())).unwrap();
        let resumed = watched(bytes, || {
            let found = checkpoint::Checkpoint::open(file.path())?;
            found.trainer::<TextbookTrainer>(&found.config::<TextbookTrainer>()?, &corpus, 1)
        });
        if let Some(mut trainer) = resumed {
            let _ = trainer.run(Until::Blocks(0), &mut ());
        }
    });
}

#[test]
fn checkpoints_of_word2vec_with_right_checksums() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (_, sentences) = corpus();
    let options = CorpusOptions::default().min_count(1).threads(1);
    let record = CorpusRecord::new(&sentences, vec!["text".into()], &options);
    let seeds: Vec<_> = [false, true]
        .map(|half| {
            let base = Config::cbow().vector_size(3).epochs(2);
            let config = if half { base.hierarchical_softmax() } else { base };
            let vocabulary = sentences.vocabulary();
            let mut trainer = CpuTrainer::new(&config, &sentences, vocabulary.counts(), 1).unwrap();
            trainer.run(Until::Blocks(1), &mut ()).unwrap();
            let storage = Storage { half, ..Storage::default() };
            let run = checkpoint::Run { corpus: &record, vocabulary, storage, held_out: &[] };
            checkpoint::save_checkpoint(file.path(), &run, &trainer).unwrap();
            std::fs::read(file.path()).unwrap()
        })
        .into();
    fuzz(&seeds, |bytes, _| {
        std::fs::write(file.path(), with_checksums(bytes).unwrap_or(bytes.to_vec())).unwrap();
        let resumed = watched(bytes, || {
            let found = checkpoint::Checkpoint::open(file.path())?;
            found.trainer::<CpuTrainer>(&found.config::<CpuTrainer>()?, &sentences, 1)
        });
        if let Some(mut trainer) = resumed {
            let _ = trainer.run(Until::Blocks(1), &mut ());
        }
    });
}

#[cfg(feature = "ann")]
mod ann {
    use super::*;
    use rapidvec::vectors::ann::{ApproximateIndex, IndexOptions};
    use xxhash_rust::xxh3::Xxh3;

    /// The checksum of header and body lies behind the first 64 bytes.
    fn with_checksum(bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        if bytes.len() >= 80 {
            let length = bytes.len() as u64 - 80;
            bytes[40..48].copy_from_slice(&length.to_le_bytes());
            let mut hash = Xxh3::new();
            hash.update(&bytes[..64]);
            hash.update(&bytes[80..]);
            bytes[64..80].copy_from_slice(&hash.digest128().to_le_bytes());
        }
        bytes
    }

    fn index(bytes: &[u8], vectors: &WordVectors) {
        let Some(index) = watched(bytes, || ApproximateIndex::from_bytes(bytes, vectors)) else { return };
        for word in vectors.vocabulary().words() {
            let found = vectors.search().index(&index).most_similar(word, 3).unwrap();
            assert!(found.scores().iter().all(|score| score.is_finite()));
        }
    }

    fn seeds(vectors: &WordVectors) -> Vec<Vec<u8>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        let options = IndexOptions { connectivity: 4, ..IndexOptions::default() };
        [IndexOptions::default(), options]
            .map(|options| {
                ApproximateIndex::build(vectors, options).unwrap().save(file.path(), vectors).unwrap();
                std::fs::read(file.path()).unwrap()
            })
            .into()
    }

    #[test]
    fn indexes_of_any_bytes() {
        let vectors = vectors();
        fuzz(&seeds(&vectors), |bytes, _| index(bytes, &vectors));
    }

    #[test]
    fn indexes_with_right_checksums() {
        let vectors = vectors();
        fuzz(&seeds(&vectors), |bytes, _| index(&with_checksum(bytes), &vectors));
    }
}
