//! gensim reads what we write, we read what gensim writes, with the same words and the same bits; and files of others.
//!
//! Runs where `python3` (or `$RAPIDVEC_PYTHON`) has gensim; the files of others where `$RAPIDVEC_SHARED` or `../shared` is.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_core::Vocabulary;
use rapidvec_vectors::WordVectors;
use rapidvec_vectors::format::{Format, recognise_file, word2vec_binary, word2vec_text};
use rapidvec_vectors::format::{TableView, VectorWriter};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Past the harness, which hides what passing tests print.
fn skipped(what: &str) {
    std::io::stderr().write_all(format!("SKIPPED: {what}\n").as_bytes()).unwrap();
}

fn gensim() -> Option<String> {
    let python = std::env::var("RAPIDVEC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import gensim"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    skipped(&format!("{python} has no gensim; set RAPIDVEC_PYTHON to one that has"));
    None
}

fn run(python: &str, script: &str, args: &[&Path]) -> String {
    let output = Command::new(python).env("PYTHONUTF8", "1").arg("-c").arg(script).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn vectors() -> (Vocabulary, Vec<f32>) {
    let mut vocabulary = Vocabulary::new();
    for word in ["the", "안녕", "</s>", "1999", "nan", "naïve", "#", "\u{1f600}", "e\u{301}"] {
        vocabulary.insert(word, 0).unwrap();
    }
    let odd = [f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1), -0.0, 0.1, 1e22, 16_777_217.0, 1.0 / 3.0];
    let numbers = (0..vocabulary.len() * 8).map(|i| odd[(i * 5 + i / 8) % 8] * if i % 3 == 0 { -1.0 } else { 1.0 });
    let numbers = numbers.collect();
    (vocabulary, numbers)
}

/// Word and the bits of its numbers, a line each.
fn bits(words: &Vocabulary, numbers: &[f32]) -> String {
    let row = |numbers: &[f32]| numbers.iter().map(|x| format!(" {}", x.to_bits())).collect::<String>();
    words
        .words()
        .zip(numbers.chunks(numbers.len() / words.len()))
        .map(|(word, n)| format!("{word}{}\n", row(n)))
        .collect()
}

const SHOW: &str = "
import sys, numpy
from gensim.models import KeyedVectors
for path, binary, no_header in zip(sys.argv[1:], (False, False, False, True), (False, False, True, False)):
    v = KeyedVectors.load_word2vec_format(path, binary=binary, no_header=no_header)
    for word in v.index_to_key:
        print(word, *v[word].astype(numpy.float32).view(numpy.uint32))
";

#[test]
fn gensim_reads_what_we_write_to_the_bit() {
    let Some(python) = gensim() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (words, numbers) = vectors();
    word2vec_text::TextWriter::new(TableView::new(&words, 8, &numbers), true).unwrap().write(&path("a.txt")).unwrap();
    word2vec_text::TextWriter::new(TableView::new(&words, 8, &numbers), true)
        .unwrap()
        .write(&path("b.txt.gz"))
        .unwrap();
    word2vec_text::TextWriter::new(TableView::new(&words, 8, &numbers), false).unwrap().write(&path("c.txt")).unwrap();
    word2vec_binary::BinaryWriter::new(TableView::new(&words, 8, &numbers)).unwrap().write(&path("d.bin")).unwrap();
    let got = run(&python, SHOW, &[&path("a.txt"), &path("b.txt.gz"), &path("c.txt"), &path("d.bin")]);
    assert_eq!(got, bits(&words, &numbers).repeat(4));
}

const WRITE: &str = "
import sys, numpy
from gensim.models import KeyedVectors
v = KeyedVectors.load_word2vec_format(sys.argv[1], binary=True)
v.save_word2vec_format(sys.argv[2], binary=False)
v.save_word2vec_format(sys.argv[3], binary=True)
v.save_word2vec_format(sys.argv[4], binary=False, write_header=False)
v.save_word2vec_format(sys.argv[5], binary=True)
";

#[test]
fn we_read_what_gensim_writes_to_the_bit() {
    let Some(python) = gensim() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (words, numbers) = vectors();
    word2vec_binary::BinaryWriter::new(TableView::new(&words, 8, &numbers)).unwrap().write(&path("in.bin")).unwrap();
    let names = ["a.txt", "b.bin", "c.glove", "d.bin.gz"];
    let paths: Vec<_> = ["in.bin"].iter().chain(&names).map(|name| path(name)).collect();
    run(&python, WRITE, &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    for name in names {
        let got = WordVectors::open(path(name)).unwrap();
        assert_eq!(bits(got.vocabulary(), &got.rows().to_f32()), bits(&words, &numbers), "{name}");
    }
}

/// Files that other programs wrote; see `../shared/README.md`.
#[test]
fn files_of_other_programs_are_opened() {
    let shared = std::env::var_os("RAPIDVEC_SHARED").map(PathBuf::from);
    let folder =
        shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared")).join("fixtures/formats");
    if !folder.exists() {
        return skipped(&format!("{} is not here; set RAPIDVEC_SHARED to what has fixtures/", folder.display()));
    }
    for (name, format, words, vector_size, first, number) in [
        ("crime-and-punishment.vec", Format::Word2vecText, 291, 5, "и", -0.11189),
        ("test_glove.txt", Format::Glove, 76, 50, "the", 0.418),
        ("euclidean_vectors.bin", Format::Word2vecBinary, 2747, 10, "the", f32::from_bits(0x3ed7_c8b9)),
    ] {
        let path = folder.join(name);
        assert_eq!(recognise_file(&path).unwrap(), format, "{name}");
        let vectors = WordVectors::open(&path).unwrap();
        assert_eq!((vectors.len(), vectors.vector_size()), (words, vector_size), "{name}");
        assert_eq!((vectors.vocabulary().word(0), vectors.vector(first).unwrap()[0]), (first, number), "{name}");
    }
}

/// A line of what `data/gensim_models.py` noted: the word, its count, its vector and its output vector.
struct Noted {
    word: String,
    count: Option<u64>,
    vector: Vec<u32>,
    output: Vec<u32>,
}

fn noted(path: &Path) -> Vec<Noted> {
    let numbers = |text: &str| text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let line = |line: &str| {
        let [word, count, vector, output] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        Noted { word: word.to_owned(), count: count.parse().ok(), vector: numbers(vector), output: numbers(output) }
    };
    std::fs::read_to_string(path).unwrap().lines().map(line).collect()
}

fn bits_of(vector: &[f32]) -> Vec<u32> {
    vector.iter().map(|x| x.to_bits()).collect()
}

/// What `noted` says is what `path` holds; n-grams are summed in another order, so those of unknown words may differ by rounding.
fn check_noted(path: &Path, noted: &[Noted]) {
    let name = path.display();
    let (vectors, report) = WordVectors::open_with(path, &Default::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
    let known = noted.iter().filter(|noted| noted.count.is_some());
    assert_eq!(vectors.len(), known.clone().count(), "{name}");
    for (id, noted) in known.enumerate() {
        assert_eq!(vectors.vocabulary().word(id as u32), noted.word, "{name}");
        assert_eq!(Some(vectors.vocabulary().count(id as u32)), noted.count, "{name}");
        assert!(near(&vectors.vector_by_id(id as u32).unwrap(), &noted.vector), "{name}: {}", noted.word);
        let output = vectors.output().map_or(Vec::new(), |output| bits_of(&output.row(id).unwrap()));
        assert_eq!(output, noted.output, "{name}");
    }
    for unknown in noted.iter().filter(|noted| noted.count.is_none()) {
        assert!(near(&vectors.vector(&unknown.word).unwrap(), &unknown.vector), "{name}: {}", unknown.word);
    }
    assert!(!report.ngrams_left_out, "{name}");
}

fn near(got: &[f32], expected: &[u32]) -> bool {
    let near = |(got, expected): (&f32, &u32)| (got - f32::from_bits(*expected)).abs() <= 1e-6 * got.abs().max(1e-3);
    got.len() == expected.len() && got.iter().zip(expected).all(near)
}

#[test]
fn gensims_own_files_are_opened_with_their_words_counts_and_both_matrices() {
    let Some(python) = gensim() else { return };
    let folder = tempfile::tempdir().unwrap();
    run(&python, include_str!("data/gensim_models.py"), &[folder.path()]);
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let notes = entry.unwrap().path();
        if notes.extension().is_none_or(|ending| ending != "tsv") {
            continue;
        }
        let path = notes.with_extension("");
        check_noted(&path, &noted(&notes));
        assert_eq!(recognise_file(&path).unwrap(), Format::Gensim);
        seen += 1;
    }
    assert_eq!(seen, 21);
    let path = folder.path().join("lda.model");
    let refused = WordVectors::open(&path).unwrap_err().to_string();
    assert!(refused.contains("gensim.models.ldamodel.LdaModel"), "{refused}");
    let path = folder.path().join("w2v-apart.model");
    std::fs::remove_file(folder.path().join("w2v-apart.model.wv.vectors.npy")).unwrap();
    let refused = WordVectors::open(&path).unwrap_err().to_string();
    assert!(refused.contains("w2v-apart.model.wv.vectors.npy is missing"), "{refused}");
}

const LOAD_KV: &str = "
import sys, numpy
from gensim.models import KeyedVectors
for path in sys.argv[1:]:
    v = KeyedVectors.load(path)
    for word in v.index_to_key:
        print(word, *v[word].astype(numpy.float32).view(numpy.uint32))
    if 'count' in v.expandos:
        assert [v.get_vecattr(word, 'count') for word in v.index_to_key] == [9 - i for i in range(9)]
    v.fill_norms()
    assert v.similarity('nan', 'nan') > 0.99 or numpy.isinf(v.norms).any()
    v.add_vector('new', numpy.ones(8, dtype=numpy.float32))
    assert len(v) == 10 and v.vector_size == 8
    v.save(path + '.again')
";

#[test]
fn gensim_opens_the_kv_we_write() {
    let Some(python) = gensim() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (words, numbers) = vectors();
    let counted = words.with_counts((1..=9).rev().collect());
    let (plain, with_counts) = (folder.path().join("plain.kv"), folder.path().join("counted.kv"));
    for (path, words) in [(&plain, &words), (&with_counts, &counted)] {
        let vectors = WordVectors::new(words.clone(), 8, rapidvec_vectors::Numbers::F32(numbers.clone())).unwrap();
        let report = vectors.save(path, Format::Gensim, &Default::default()).unwrap();
        assert_eq!(report.not_stored, []);
        let again = WordVectors::open(path).unwrap();
        assert!(again.vocabulary() == words && bits_of(&again.rows().to_f32()) == bits_of(&numbers));
    }
    let got = run(&python, LOAD_KV, &[&plain, &with_counts]);
    assert_eq!(got, bits(&words, &numbers).repeat(2));
    let again = WordVectors::open(folder.path().join("counted.kv.again")).unwrap();
    assert_eq!((again.len(), again.vocabulary().count(0)), (10, 9));
}

/// model2vec's own folders, and ours in model2vec; where a Python has it (`RAPIDVEC_MODEL2VEC`).
#[test]
fn folders_of_model2vec_open_and_it_opens_ours() {
    use rapidvec_vectors::Embedder;
    use rapidvec_vectors::format::static_embedding::{StaticEmbeddingOptions, write};
    let python = std::env::var("RAPIDVEC_MODEL2VEC").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import model2vec"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        return skipped(&format!("{python} has no model2vec; set RAPIDVEC_MODEL2VEC to one that has"));
    }
    let script = include_str!("data/model2vec_folders.py");
    let folder = tempfile::tempdir().unwrap();
    run(&python, script, &[folder.path()]);
    for (name, tokens) in [("words", ["king", "안녕"]), ("pieces", ["king", "##s"]), ("unigram", ["▁king", "s"])] {
        let vectors = WordVectors::open(folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(vectors.vocabulary().words().collect::<Vec<_>>(), ["[PAD]", "[UNK]", tokens[0], tokens[1]]);
        assert_eq!(vectors.vector(tokens[1]).unwrap(), [12.0, 13.0, 14.0, 15.0], "{name}");
        assert_eq!(recognise_file(&folder.path().join(name)).unwrap(), Format::StaticEmbedding);
    }
    let mut vocabulary = Vocabulary::new();
    for (word, count) in [("the", 90), ("king", 5), ("안녕", 5)] {
        vocabulary.insert(word, count).unwrap();
    }
    let numbers = rapidvec_vectors::Numbers::F32(vec![3.0, 4.0, 0.0, -2.0, 1.0, 1.0]);
    let vectors = WordVectors::new(vocabulary, 2, numbers).unwrap();
    let texts = ["the king", "the unknown 안녕 the"];
    for sif in [None, Some(0.001)] {
        let ours = folder.path().join(format!("ours{}", sif.is_some()));
        let options = StaticEmbeddingOptions { sif, top: None };
        write(&ours, &vectors, options, rapidvec_core::atomic_file::Existing::Keep).unwrap();
        let got = run(&python, script, &[&ours, texts[0].as_ref(), texts[1].as_ref()]);
        let embedder = Embedder::new(&vectors);
        let embedder = sif.map_or(embedder.clone(), |a| embedder.sif(a).unwrap());
        for (text, line) in texts.iter().zip(got.lines()) {
            let bits: Vec<_> = line.split_whitespace().map(|bits| bits.parse().unwrap()).collect();
            assert!(near(&embedder.embed(text).unwrap(), &bits), "{text}: {line}");
        }
        let again = WordVectors::open(&ours).unwrap();
        assert_eq!(again.vocabulary().words().collect::<Vec<_>>(), ["[PAD]", "[UNK]", "the", "king", "안녕"]);
    }
}

#[test]
fn damaged_folders_of_static_embeddings_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = r#"{"model": {"vocab": {"a": 0, "b": 1}}}"#;
    let tensors = |header: &str, data: &[u8]| [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat();
    let write = |tokens: &str, model: &[u8]| {
        std::fs::write(folder.path().join("tokenizer.json"), tokens).unwrap();
        std::fs::write(folder.path().join("model.safetensors"), model).unwrap();
        WordVectors::open(folder.path()).map_err(|error| error.to_string())
    };
    let good = tensors(r#"{"embeddings":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"#, &[0; 8]);
    assert_eq!(write(tokens, &good).unwrap().len(), 2);
    let mapped = r#"{"embeddings":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"mapping":{"dtype":"I64","shape":[2],"data_offsets":[4,20]}}"#;
    let row = |row: u8| tensors(mapped, &[&[0, 0, 128, 63][..], &[0; 8], &[row], &[0; 7]].concat());
    assert_eq!(write(tokens, &row(0)).unwrap().vector("b").unwrap(), [1.0]);
    for (tokens, model, expected) in [
        ("{}", good.clone(), "tokenizer.json: missing field"),
        (tokens, good[..good.len() - 1].to_vec(), "header is damaged"),
        (tokens, b"junk".to_vec(), "header is damaged"),
        (
            tokens,
            tensors(r#"{"x":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"#, &[0; 8]),
            "`embeddings` is missing",
        ),
        (
            tokens,
            tensors(r#"{"embeddings":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, &[0; 8]),
            "expected the shape",
        ),
        (tokens, row(1), "the row of a token"),
    ] {
        let refused = write(tokens, &model).unwrap_err();
        assert!(refused.contains(expected), "{refused}");
    }
}
