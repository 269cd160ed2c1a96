//! The chapter's pickle, read and written: files of CPython and NumPy, hostile files, and back into Python.
// Helpers of tests are tests, too.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rapidvec_core::Vocabulary;
use rapidvec_vectors::Numbers;
use rapidvec_vectors::error::{FormatError, PickleError};
use rapidvec_vectors::format::pickle::{self, PickleWriter, looks_like_pickle};
use rapidvec_vectors::format::{OpenOptions, TableView, VectorTable, VectorWriter};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// What CPython 3.11.7 wrote with NumPy 1.26.4 and 2.4.6; `data/tiny_pickles.py` made it.
const TINY: &str = include_str!("data/tiny_pickles.tsv");

/// Reads all of a pickle.
fn read(bytes: &[u8]) -> Result<VectorTable, PickleError> {
    match pickle::read(bytes, &OpenOptions::default()) {
        Ok((table, _)) => Ok(table),
        Err(FormatError::Pickle(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

fn tiny() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    TINY.lines().map(|line| {
        let (name, hex) = line.split_once('\t').unwrap();
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        (name, hex.as_bytes().chunks(2).map(byte).collect())
    })
}

fn one_tiny(part: &str) -> Vec<u8> {
    tiny().find(|(name, _)| name.contains(part)).unwrap().1
}

fn widened(vectors: &Numbers) -> Vec<f32> {
    match vectors {
        Numbers::F32(numbers) => numbers.clone(),
        Numbers::F16(numbers) => numbers.iter().map(|x| x.to_f32()).collect(),
        #[allow(unreachable_patterns)] // Storage may gain variants for mapped files.
        _ => panic!("a pickle is read into memory"),
    }
}

/// Says so past the harness, which hides what passing tests print.
fn skipped(what: &str) {
    std::io::stderr().write_all(format!("SKIPPED: {what}\n").as_bytes()).unwrap();
}

/// The file of that name among the project's fixtures, unless they are not on this machine.
fn fixture(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("RAPIDVEC_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let path = shared.join("fixtures/formats").join(name);
    if !path.exists() {
        skipped(&format!("{} is not here; set RAPIDVEC_SHARED to the folder that has fixtures/", path.display()));
        return None;
    }
    Some(path)
}

#[test]
fn reads_what_python_and_numpy_write_in_every_protocol() {
    let mut count = 0;
    for (name, bytes) in tiny() {
        assert!(looks_like_pickle(&bytes), "{name}");
        let got = read(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(got.vocabulary.words().collect::<Vec<_>>(), ["a", "né\n\\"], "{name}");
        assert_eq!(got.vocabulary.counts(), [0, 0]);
        assert_eq!(got.vector_size, 3);
        assert_eq!(widened(&got.numbers), [1.0, -2.5, 0.25, 0.5, 0.0, 3.0], "{name}");
        assert_eq!(matches!(got.numbers, Numbers::F16(_)), name.contains("/f2"), "{name}");
        count += 1;
    }
    assert_eq!(count, 48);
}

#[test]
fn reads_the_chapters_own_file() {
    let Some(path) = fixture("textbook_cbow_params.pkl") else { return };
    let got = read(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!((got.vocabulary.len(), got.vector_size), (10_000, 100));
    assert_eq!(got.vocabulary.words().take(3).collect::<Vec<_>>(), ["aer", "banknote", "berlitz"]);
    assert!(matches!(&got.numbers, Numbers::F16(numbers) if numbers.len() == 1_000_000));
    let again = written(&got.vocabulary, 100, &widened(&got.numbers), true).unwrap();
    assert!(read(&again).unwrap() == got);
}

/// The chapter's arithmetic, step by step as NumPy does it in float16: products and quotients are rounded to float16,
/// sums are made in float32 and rounded once.
mod float16 {
    use half::f16;

    fn half(x: f32) -> f16 {
        f16::from_f32(x)
    }

    /// `np.sum(x ** 2)`: eight sums side by side, for up to 128 numbers (`HALF_pairwise_sum`).
    fn sum_of_squares(x: &[f16]) -> f16 {
        assert!((8..=128).contains(&x.len()));
        let squares: Vec<f32> = x.iter().map(|x| half(x.to_f32() * x.to_f32()).to_f32()).collect();
        let (eights, rest) = squares.as_chunks::<8>();
        let mut sums = eights[0];
        for eight in &eights[1..] {
            (0..8).for_each(|i| sums[i] += eight[i]);
        }
        let s = sums;
        let sum = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
        half(rest.iter().fold(sum, |sum, x| sum + x))
    }

    /// `x / (np.sqrt(np.sum(x ** 2)) + 1e-8)`; 1e-8 is 0 in float16.
    pub fn unit(x: &[f16]) -> Vec<f16> {
        let norm = half(sum_of_squares(x).to_f32().sqrt()).to_f32();
        x.iter().map(|x| half(x.to_f32() / norm)).collect()
    }

    /// `np.dot(x, y)`: one sum, from the left.
    pub fn dot(x: &[f16], y: &[f16]) -> f16 {
        half(x.iter().zip(y).fold(0.0, |sum, (x, y)| sum + x.to_f32() * y.to_f32()))
    }

    /// `b - a + c`.
    pub fn offset(a: &[f16], b: &[f16], c: &[f16]) -> Vec<f16> {
        (0..a.len()).map(|i| half(half(b[i].to_f32() - a[i].to_f32()).to_f32() + c[i].to_f32())).collect()
    }
}

/// The best five by `score`, without `excluded`, equal scores by id; as `word score` with 4 decimals.
fn best(vocabulary: &Vocabulary, excluded: &[&str], score: impl Fn(usize) -> f64) -> Vec<String> {
    let mut scores: Vec<_> = (0..vocabulary.len()).map(|id| (id, score(id))).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    let words = scores.iter().map(|&(id, score)| (vocabulary.word(id as u32), score));
    words
        .filter(|(word, _)| !excluded.contains(word))
        .take(5)
        .map(|(word, score)| format!("{word} {score:.4}"))
        .collect()
}

fn recorded(neighbours: &serde_json::Value) -> Vec<String> {
    let neighbours = neighbours["neighbours"].as_array().unwrap().iter();
    neighbours.map(|n| format!("{} {:.4}", n["word"].as_str().unwrap(), n["similarity"].as_f64().unwrap())).collect()
}

/// `data/textbook_pickle_queries.py` recorded what NumPy (1.26.4 and 2.4.6 alike) answers.
#[test]
fn the_chapters_queries_on_its_file_equal_numpys_in_float16_and_float32() {
    let Some(path) = fixture("textbook_cbow_params.pkl") else { return };
    let table: serde_json::Value = serde_json::from_str(include_str!("data/textbook_pickle_queries.json")).unwrap();
    let got = read(&std::fs::read(path).unwrap()).unwrap();
    let Numbers::F16(numbers) = &got.numbers else { panic!("the chapter's file is float16") };
    let wide = widened(&got.numbers);
    let id = |word: &str| got.vocabulary.id(word).unwrap() as usize;
    let row = |id: usize| &numbers[100 * id..][..100];
    let wide_row = |id: usize| &wide[100 * id..][..100];
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    for query in table["float16"]["most_similar"].as_array().unwrap() {
        let word = query["query"].as_str().unwrap();
        let unit = float16::unit(row(id(word)));
        let score = |i| f64::from(float16::dot(&float16::unit(row(i)), &unit));
        assert_eq!(best(&got.vocabulary, &[word], score), recorded(query), "{word}");
    }
    for query in table["float32"]["most_similar"].as_array().unwrap() {
        let word = query["query"].as_str().unwrap();
        let x = wide_row(id(word));
        let score = |i| dot(x, wide_row(i)) / (dot(x, x) * dot(wide_row(i), wide_row(i))).sqrt();
        assert_eq!(best(&got.vocabulary, &[word], score), recorded(query), "{word}");
    }
    let three = |query: &serde_json::Value| -> [String; 3] { serde_json::from_value(query["query"].clone()).unwrap() };
    for query in table["float16"]["analogy"].as_array().unwrap() {
        let [a, b, c] = &three(query);
        let x = float16::unit(&float16::offset(row(id(a)), row(id(b)), row(id(c))));
        let score = |i| f64::from(float16::dot(row(i), &x));
        assert_eq!(best(&got.vocabulary, &[a, b, c], score), recorded(query), "{a}");
    }
    for query in table["float32"]["analogy"].as_array().unwrap() {
        let [a, b, c] = &three(query);
        let [ra, rb, rc] = [a, b, c].map(|word| wide_row(id(word)));
        let x: Vec<f32> = (0..100).map(|i| rb[i] - ra[i] + rc[i]).collect();
        let norm = dot(&x, &x).sqrt();
        let score = |i| dot(wide_row(i), &x) / norm;
        assert_eq!(best(&got.vocabulary, &[a, b, c], score), recorded(query), "{a}");
    }
}

fn written(vocabulary: &Vocabulary, size: usize, vectors: &[f32], half: bool) -> Result<Vec<u8>, FormatError> {
    Ok(PickleWriter::new(TableView::new(vocabulary, size, vectors).half(half))?.to_bytes())
}

fn words(words: &[&str]) -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    words.iter().for_each(|word| assert!(vocabulary.insert(word, 0).is_some()));
    vocabulary
}

fn many_words(count: usize) -> Vocabulary {
    let mut vocabulary = words(&["", " ", "뜻\n", "😀", &"long".repeat(70), "'\"\\"]);
    for i in vocabulary.len()..count {
        vocabulary.insert(&format!("w{i}"), 0).unwrap();
    }
    vocabulary
}

#[test]
fn reads_back_what_it_writes() {
    for count in [6, 256, 257, 1000, 1001, 70_000] {
        let vocabulary = many_words(count);
        let vectors: Vec<f32> = (0..2 * count).map(|i| (i % 2000) as f32 / 8.0 - 100.0).collect();
        for half in [false, true] {
            let got = read(&written(&vocabulary, 2, &vectors, half).unwrap()).unwrap();
            assert!(got.vocabulary == vocabulary && got.vector_size == 2);
            assert_eq!(widened(&got.numbers), vectors, "{count} {half}");
            assert_eq!(matches!(got.numbers, Numbers::F16(_)), half);
        }
    }
}

#[test]
fn float16_is_rounded_to_the_nearest_and_ties_to_even() {
    // Between 1 and 2 the step of float16 is 2^-10.
    let step = 2f32.powi(-10);
    let vectors = [1.0 + 0.5 * step, 1.0 + 1.5 * step, 1.0 + 0.51 * step, 65_519.0];
    let got = read(&written(&words(&["a"]), 4, &vectors, true).unwrap()).unwrap();
    assert_eq!(widened(&got.numbers), [1.0, 1.0 + 2.0 * step, 1.0 + step, 65_504.0]);
}

#[test]
fn refuses_to_write_what_does_not_fit() {
    let one = words(&["a"]);
    for bad in [f32::NAN, f32::INFINITY, 65_520.0] {
        let got = written(&one, 2, &[0.0, bad], true);
        let refused = if bad == 65_520.0 {
            matches!(got, Err(FormatError::HalfOverflow { .. }))
        } else {
            matches!(got, Err(FormatError::NotFinite { row: 0, .. }))
        };
        assert!(refused, "{bad}");
    }
    assert!(matches!(written(&one, 1, &[f32::NAN], false), Err(FormatError::NotFinite { .. })));
    assert!(matches!(written(&one, 2, &[0.0], false), Err(FormatError::Size { expected: 2, got: 1, .. })));
    assert!(matches!(written(&Vocabulary::new(), 2, &[], false), Err(FormatError::Empty { words: 0, .. })));
    let mut full: &mut [u8] = &mut [0; 10];
    assert!(PickleWriter::new(TableView::new(&one, 1, &[1.0])).unwrap().write_to(&mut full).is_err());
}

/// The Python of `RAPIDVEC_PYTHON`, or `python3`, if it has NumPy.
fn python() -> Option<Command> {
    let name = std::env::var("RAPIDVEC_PYTHON").unwrap_or_else(|_| "python3".into());
    let has_numpy = Command::new(&name).args(["-c", "import numpy"]).output().is_ok_and(|o| o.status.success());
    if !has_numpy {
        skipped(&format!("{name} has no numpy; set RAPIDVEC_PYTHON to one that has, to load in Python what we write"));
        return None;
    }
    Some(Command::new(name))
}

const LOAD: &str = "
import pickle, sys, numpy as np
with open(sys.argv[1], 'rb') as f: params = pickle.load(f)
v, to_id, to_word = params['word_vecs'], params['word_to_id'], params['id_to_word']
assert list(params) == ['word_vecs', 'word_to_id', 'id_to_word'], list(params)
assert type(v) is np.ndarray and v.dtype == sys.argv[2] and v.flags.c_contiguous, (type(v), v.dtype)
assert v.shape == (1001, 2), v.shape
assert (v == (np.arange(2002).reshape(1001, 2) / 8 - 100)).all()
expected = ['', ' ', '뜻\\n', '😀', 'long' * 70, '\\'\"\\\\'] + [f'w{i}' for i in range(6, 1001)]
assert list(to_word) == list(range(1001)) and list(to_word.values()) == expected
assert to_id == {w: i for i, w in enumerate(expected)} and list(to_id) == expected
assert all(type(i) is int for i in to_word) and all(type(i) is int for i in to_id.values())
assert pickle.loads(pickle.dumps(params, -1))['word_to_id'] == to_id
v[0, 0] = 1
";

#[test]
fn python_loads_what_it_writes_without_a_warning() {
    let Some(_) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let vectors: Vec<f32> = (0..2002).map(|i| i as f32 / 8.0 - 100.0).collect();
    for (half, dtype) in [(true, "float16"), (false, "float32")] {
        let path = folder.path().join(dtype);
        std::fs::write(&path, written(&many_words(1001), 2, &vectors, half).unwrap()).unwrap();
        let mut python = python().unwrap();
        let output = python.args(["-W", "error", "-X", "utf8", "-c", LOAD]).arg(&path).arg(dtype).output().unwrap();
        assert!(output.status.success(), "{dtype}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

// Hostile files. A pickle is put together from pieces, as no pickler would.

fn text(text: &str) -> Vec<u8> {
    [&b"X"[..], &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

fn int(number: i32) -> Vec<u8> {
    [&b"J"[..], &number.to_le_bytes()[..]].concat()
}

fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    [&b"("[..], &items.concat(), b"t"].concat()
}

fn dict(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let batch = |batch: &[(Vec<u8>, Vec<u8>)]| {
        let pairs: Vec<u8> = batch.iter().flat_map(|(k, v)| [&k[..], v].concat()).collect();
        [&b"("[..], &pairs, b"u"].concat()
    };
    [b"}".to_vec(), pairs.chunks(1000).flat_map(batch).collect()].concat()
}

fn dtype(name: &str, order: &str) -> Vec<u8> {
    let state = tuple(&[int(3), text(order), b"NNN".to_vec(), int(-1), int(-1), int(0)]);
    [&b"cnumpy\ndtype\n"[..], &tuple(&[text(name), b"\x89\x88".to_vec()]), b"R", &state, b"b"].concat()
}

fn array(shape: Vec<u8>, dtype: Vec<u8>, data: Vec<u8>) -> Vec<u8> {
    let arguments = tuple(&[b"cnumpy\nndarray\n".to_vec(), tuple(&[int(0)]), b"C\x01b".to_vec()]);
    let state = tuple(&[int(1), shape, dtype, b"\x89".to_vec(), data]);
    [&b"cnumpy.core.multiarray\n_reconstruct\n"[..], &arguments, b"R", &state, b"b"].concat()
}

fn bytes_of<const N: usize>(numbers: &[[u8; N]]) -> Vec<u8> {
    [&b"B"[..], &((N * numbers.len()) as u32).to_le_bytes()[..], &numbers.concat()].concat()
}

fn two_rows() -> Vec<u8> {
    array(tuple(&[int(2), int(1)]), dtype("f4", "<"), bytes_of(&[1f32.to_le_bytes(), 2f32.to_le_bytes()]))
}

fn to_id(pairs: &[(&str, i32)]) -> Vec<u8> {
    dict(&pairs.iter().map(|&(word, id)| (text(word), int(id))).collect::<Vec<_>>())
}

fn to_word(pairs: &[(i32, &str)]) -> Vec<u8> {
    dict(&pairs.iter().map(|&(id, word)| (int(id), text(word))).collect::<Vec<_>>())
}

fn file(vectors: Vec<u8>, to_id: Vec<u8>, to_word: Vec<u8>) -> Vec<u8> {
    let root = dict(&[(text("word_vecs"), vectors), (text("word_to_id"), to_id), (text("id_to_word"), to_word)]);
    [&b"\x80\x02"[..], &root, b"."].concat()
}

fn with_vectors(vectors: Vec<u8>) -> Result<VectorTable, PickleError> {
    read(&file(vectors, to_id(&[("a", 0), ("b", 1)]), to_word(&[(0, "a"), (1, "b")])))
}

fn with_words(words: &[(&str, i32)], ids: &[(i32, &str)]) -> Result<VectorTable, PickleError> {
    read(&file(two_rows(), to_id(words), to_word(ids)))
}

fn with_extra(value: &[u8]) -> Result<VectorTable, PickleError> {
    read(&[&b"\x80\x02}"[..], &text("x"), value, b"s."].concat())
}

const WORDS: &[(&str, i32)] = &[("a", 0), ("b", 1)];
const IDS: &[(i32, &str)] = &[(0, "a"), (1, "b")];

#[test]
fn pieces_put_together_right_are_read() {
    let got = with_words(&[("b", 1), ("a", 0)], &[(1, "b"), (0, "a")]).unwrap();
    assert_eq!(got.vocabulary.words().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(got.numbers, Numbers::F32(vec![1.0, 2.0]));
}

/// FAULTS.md row 61.
#[test]
fn refuses_to_run_anything_and_names_it() {
    let cases: &[(&[u8], &str)] = &[
        (b"cos\nsystem\n(S'echo hi'\ntR.", "os.system"),
        (b"\x80\x02cposix\nsystem\nX\x02\0\0\0ls\x85R.", "posix.system"),
        (b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.", "builtins.eval"),
        (b"(ios\nsystem\n.", "os.system"),
        (b"\x80\x04\x8c\x05numpy\x8c\x04load\x93.", "numpy.load"),
        (b"c__builtin__\ngetattr\n.", "__builtin__.getattr"),
        (b"cnumpy.core.multiarray\n_reconstruct.__globals__\n.", "numpy.core.multiarray._reconstruct.__globals__"),
    ];
    for (bytes, expected) in cases {
        let refused = read(bytes).unwrap_err();
        assert!(matches!(&refused, PickleError::ForbiddenGlobal { name } if name == expected), "{refused}");
        assert!(refused.to_string().starts_with(&format!("refusing to run {expected}:")));
        assert!(looks_like_pickle(bytes), "{expected}: must be recognised, to be refused by name");
    }
    let long = [&b"c"[..], &b"\x1b[2J".repeat(1_000_000), b"\nx\n."].concat();
    assert!(read(&long).unwrap_err().to_string().len() < 1000);
    assert!(!read(&long).unwrap_err().to_string().contains('\x1b'));
}

/// FAULTS.md row 61: every instruction that could run something.
#[test]
fn refuses_every_way_to_run_something() {
    let named: &[(&[u8], &str)] = &[
        (b"\x80\x02cos\nsystem\n)\x81.", "os.system"),
        (b"\x80\x02cbuiltins\nhash\nX\x01\0\0\0x\x85R.", "builtins.hash"),
        (b"\x80\x02cgensim.utils\nunpickle\nX\x01\0\0\0x\x85R.", "gensim.utils.unpickle"),
        (b"\x80\x02cgensim.utils\nunpickle\n)\x81.", "gensim.utils.unpickle"),
        (b"\x80\x02cgensim.models;x\nY\n)\x81.", "gensim.models;x.Y"),
        (b"\x80\x02cgensimulate\nY\n)\x81.", "gensimulate.Y"),
        (b"\x80\x02cnumpy.f2py\nfrombuffer\n.", "numpy.f2py.frombuffer"),
        (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n.", "torch._utils._rebuild_tensor_v2"),
        (b"(S'ls'\nios\nsystem\n.", "os.system"),
        (b"(cos\nsystem\nS'ls'\no.", "os.system"),
    ];
    for (bytes, expected) in named {
        let refused = read(bytes).unwrap_err();
        assert!(matches!(&refused, PickleError::ForbiddenGlobal { name } if name == expected), "{refused}");
    }
    let instructions: &[(&[u8], &str)] = &[
        (b"\x80\x02(cgensim.models.word2vec\nWord2Vec\no.", "OBJ"),
        (b"(igensim.models.word2vec\nWord2Vec\n.", "INST"),
        (b"\x80\x02P1\n.", "PERSID"),
        (b"\x80\x02NQ.", "BINPERSID"),
        (b"\x80\x02\x82\x01.", "EXT1"),
        (b"\x80\x02\x83\x01\0.", "EXT2"),
        (b"\x80\x02\x84\x01\0\0\0.", "EXT4"),
        (b"\x80\x04)}\x92.", "NEWOBJ_EX"),
    ];
    for (bytes, expected) in instructions {
        let refused = read(bytes).unwrap_err();
        assert!(matches!(&refused, PickleError::Unsupported { opcode, .. } if opcode == expected), "{refused}");
    }
    // A state for something that is no object, and an object as a state of itself.
    assert!(matches!(read(b"\x80\x02}}b."), Err(PickleError::Malformed { .. })));
    let own = b"\x80\x02cgensim.models.word2vec\nWord2Vec\n)\x81q\x00}X\x01\0\0\0xh\x00sb.";
    assert!(matches!(read(own), Err(PickleError::SelfReference { .. })));
}

#[test]
fn words_with_vectors_are_read_as_people_pickle_them() {
    let vector = |numbers: &[f32]| {
        let bytes: Vec<_> = numbers.iter().map(|x| x.to_le_bytes()).collect();
        array(tuple(&[int(numbers.len() as i32)]), dtype("f4", "<"), bytes_of(&bytes))
    };
    let list = |items: &[Vec<u8>]| [&b"]("[..], &items.concat(), b"e"].concat();
    let float = |x: f64| [&b"G"[..], &x.to_be_bytes()].concat();
    let words = || list(&[text("a"), text("b")]);
    let matrix =
        || array(tuple(&[int(2), int(2)]), dtype("f4", "<"), bytes_of(&[1f32, 2.0, 3.0, 4.0].map(f32::to_le_bytes)));
    let [one, two] = [vector(&[1.0, 2.0]), vector(&[3.0, 4.0])];
    let texts = |text: &str| {
        [
            &b"B"[..],
            &(4 * text.len() as u32).to_le_bytes(),
            &text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<_>>(),
        ]
        .concat()
    };
    let named = array(tuple(&[int(2)]), dtype("U1", "<"), texts("ab"));
    let objects = array(tuple(&[int(2)]), dtype("O8", "|"), words());
    let floats = |a, b| list(&[float(a), float(b)]);
    for (value, kind) in [
        (dict(&[(text("a"), one.clone()), (text("b"), two.clone())]), "a dictionary of arrays"),
        (dict(&[(text("a"), floats(1.0, 2.0)), (text("b"), floats(3.0, 4.0))]), "a dictionary of lists"),
        (tuple(&[words(), matrix()]), "words and a matrix"),
        (tuple(&[matrix(), words()]), "a matrix and words"),
        (list(&[words(), matrix()]), "a list of both"),
        (tuple(&[named, matrix()]), "an array of texts"),
        (tuple(&[objects, matrix()]), "an array of objects"),
        (tuple(&[dict(&[(text("b"), int(1)), (text("a"), int(0))]), matrix()]), "ids"),
        (list(&[tuple(&[text("a"), one.clone()]), tuple(&[text("b"), two.clone()])]), "a list of pairs"),
        (dict(&[(text("vocab"), words()), (text("embeddings"), matrix())]), "a dictionary of both"),
    ] {
        let bytes = [&b"\x80\x03"[..], &value, b"."].concat();
        let got = read(&bytes).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(got.vocabulary.words().collect::<Vec<_>>(), ["a", "b"], "{kind}");
        assert_eq!(widened(&got.numbers), [1.0, 2.0, 3.0, 4.0], "{kind}");
    }
    for (value, expected) in [
        (
            dict(&[(text("a"), one.clone()), (text("b"), vector(&[1.0]))]),
            "the vector of \"b\": expected 2 numbers, got 1",
        ),
        (dict(&[(text("a"), one.clone()), (int(1), two)]), "a word: expected a text, got an integer"),
        (
            dict(&[(text("a"), one), (text("b"), int(1))]),
            "a vector: expected an array or a list of numbers, got an integer",
        ),
        (dict(&[(text("a"), vector(&[f32::NAN]))]), "vector 0, number 0 is NaN"),
        (tuple(&[list(&[text("a")]), matrix()]), "the list of words: expected 2 words, one for each vector, got 1"),
        (dict(&[(text("lr"), float(0.1))]), "expected words with vectors"),
        (list(&[]), "expected words with vectors"),
    ] {
        let refused = read(&[&b"\x80\x03"[..], &value, b"."].concat()).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

/// FAULTS.md row 61.
#[test]
fn allowed_names_are_called_only_as_numpy_calls_them() {
    let huge = tuple(&[int(i32::MAX), int(i32::MAX)]);
    for call in [
        [&b"cnumpy\nndarray\n"[..], &tuple(&[huge]), b"R"].concat(),
        [&b"cnumpy.core.multiarray\n_reconstruct\n"[..], &tuple(&[b"cnumpy\ndtype\n".to_vec()]), b"R"].concat(),
        [&b"c_codecs\nencode\n"[..], &tuple(&[text("x"), text("rot13")]), b"R"].concat(),
        [&b"ccollections\nOrderedDict\n"[..], &tuple(&[int(1)]), b"R"].concat(),
        [&b"cnumpy.core.numeric\n_frombuffer\n"[..], &tuple(&[]), b"R"].concat(),
        [int(1), tuple(&[]), b"R".to_vec()].concat(),
        b"cnumpy\nndarray\nNR".to_vec(),
    ] {
        assert!(matches!(with_extra(&call), Err(PickleError::Malformed { .. })), "{call:?}");
    }
}

#[test]
fn nesting_ends_with_an_error_not_with_the_stack() {
    let million = 3_000_000;
    let deep = [
        (b"]".repeat(million), "unfinished values"),
        (b"(".repeat(million), "unfinished values"),
        ([&b")"[..], &b"\x85".repeat(million)].concat(), "nested values"),
        (b")".repeat(million), "unfinished values"),
        (b"N".repeat(million), "unfinished values"),
        ([b"]".repeat(1000), b"a".repeat(999)].concat(), "nested values"),
        ([b"(".repeat(1000), b"l".repeat(1000)].concat(), "nested values"),
        ([&b"}"[..], &b"N}".repeat(100), &b"s".repeat(100)].concat(), "nested values"),
    ];
    for (bytes, expected) in deep {
        let refused = read(&[&bytes[..], b"."].concat()).unwrap_err();
        assert!(matches!(refused, PickleError::TooDeep { what, .. } if what == expected), "{refused}");
    }
}

#[test]
fn billions_of_laughs_cost_nothing() {
    // Each tuple holds the one before it ten times: 10^50 texts, if anything copied them.
    let mut laughs = [text(&"ha".repeat(1000)), b"q\x00".to_vec()].concat();
    for level in 0..50 {
        laughs.extend([&b"("[..], &[b'h', level].repeat(10), b"t", &[b'q', level + 1]].concat());
    }
    let start = Instant::now();
    let refused = read(&[&laughs[..], b"."].concat()).unwrap_err();
    assert!(matches!(refused, PickleError::Malformed { .. }), "{refused}");
    // One long word under every id, and an equal one to compare it with every time.
    let long = "ha".repeat(1_000_000);
    let twice = tuple(&[[text(&long), b"q\x00".to_vec()].concat(), [text(&long), b"q\x01".to_vec()].concat()]);
    let ids: Vec<_> = (0..100_000).map(|id| (b"h\x00".to_vec(), int(id))).collect();
    let words: Vec<_> = (0..100_000).map(|id| (int(id), b"h\x01".to_vec())).collect();
    let vectors = array(tuple(&[int(100_000), int(1)]), dtype("f4", "<"), bytes_of(&vec![[0u8; 4]; 100_000]));
    let pairs = [("x", twice), ("word_vecs", vectors), ("word_to_id", dict(&ids)), ("id_to_word", dict(&words))];
    let refused = read(&[dict(&pairs.map(|(key, value)| (text(key), value))), b".".to_vec()].concat()).unwrap_err();
    assert!(matches!(refused, PickleError::DuplicateWord { first: 0, second: 1, .. }), "{refused}");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn refuses_values_that_contain_themselves() {
    for bad in [
        &b"]q\x00h\x00a"[..],
        b"]q\x00(h\x00e",
        b"}q\x00Nh\x00s",
        b"}q\x00(Nh\x00u",
        b"]q\x00]q\x01h\x00ah\x01a",
        b"]q\x00h\x00\x85a",
    ] {
        assert!(matches!(with_extra(bad), Err(PickleError::SelfReference { .. })), "{bad:?}");
    }
}

/// FAULTS.md rows 39 and 41.
#[test]
fn declared_lengths_are_checked_against_the_file() {
    for opcode in [b'X', b'B', 0x8b] {
        for length in [u32::MAX, i32::MAX as u32, 100] {
            let bytes = [&[opcode][..], &length.to_le_bytes(), b"abc."].concat();
            assert!(matches!(read(&bytes), Err(PickleError::Truncated { got: 4, .. })), "{opcode:#x} {length}");
        }
    }
    for opcode in [0x8d, 0x8e, 0x96, 0x95] {
        for length in [u64::MAX, i64::MAX as u64, 1 << 40, 100] {
            let bytes = [&[opcode][..], &length.to_le_bytes(), b"abc."].concat();
            assert!(matches!(read(&bytes), Err(PickleError::Truncated { got: 4, .. })), "{opcode:#x} {length}");
        }
    }
    for opcode in [0x8c, b'C', 0x8a] {
        assert!(matches!(read(&[opcode, 255, b'.']), Err(PickleError::Truncated { expected: 255, got: 1, .. })));
    }
    for opcode in *b"cgpIFLVi" {
        assert!(matches!(read(&[opcode, b'1', b'.']), Err(PickleError::Truncated { .. })), "{opcode:#x}");
    }
}

#[test]
fn refuses_instructions_that_no_file_of_vectors_has() {
    for opcode in 0..=255u8 {
        let known = b"NKMJILFGVXCBSTU)]}ghjc(tldaesupqrRb.i\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x93\x94\x95\x96";
        let refused = read(&[b"N".as_slice(), &[opcode], &[0; 300], b"\n\n."].concat()).unwrap_err();
        use PickleError::{UnknownOpcode, Unsupported};
        let unknown = matches!(refused, Unsupported { position: 1, .. } | UnknownOpcode { position: 1, .. });
        assert_eq!(unknown, !known.contains(&opcode), "{opcode:#x}: {refused}");
    }
    assert!(matches!(read(b"\x80\x05\x97."), Err(PickleError::Unsupported { opcode: "NEXT_BUFFER", .. })));
    assert!(matches!(read(b"\x80\x06N."), Err(PickleError::Protocol { got: 6 })));
}

/// FAULTS.md rows 41, 42, 43, 44 and 62.
#[test]
fn refuses_arrays_of_wild_shapes() {
    let data = || bytes_of(&[1f32.to_le_bytes(), 2f32.to_le_bytes()]);
    let f4 = || dtype("f4", "<");
    for shape in [vec![], vec![2], vec![2, 1, 1], vec![2, 0], vec![0, 2], vec![-2, -1], vec![1; 60_000]] {
        let shape = tuple(&shape.into_iter().map(int).collect::<Vec<_>>());
        let refused = with_vectors(array(shape, f4(), data())).unwrap_err();
        assert!(matches!(refused, PickleError::Shape { .. }), "{refused}");
    }
    let wide = tuple(&[int(2), int(i32::MAX)]);
    let refused = with_vectors(array(wide, f4(), data())).unwrap_err();
    assert!(matches!(refused, PickleError::ArrayLength { rows: 2, got: 8, .. }), "{refused}");
    let tall = tuple(&[int(i32::MAX), int(i32::MAX)]);
    let refused = with_vectors(array(tall, f4(), data())).unwrap_err();
    assert!(matches!(refused, PickleError::WordCount { expected: 2_147_483_647, got: 2, .. }), "{refused}");
    let long = tuple(&[int(2), b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f".to_vec()]);
    assert!(matches!(with_vectors(array(long, f4(), data())), Err(PickleError::Shape { .. })));
    let short = tuple(&[int(2), int(2)]);
    assert!(matches!(with_vectors(array(short, f4(), data())), Err(PickleError::ArrayLength { got: 8, .. })));
    assert!(matches!(with_vectors(array(int(2), f4(), data())), Err(PickleError::Kind { .. })));
}

/// FAULTS.md row 62.
#[test]
fn refuses_objects_structures_and_other_elements() {
    let shape = || tuple(&[int(2), int(1)]);
    let data = || bytes_of(&[[0u8; 4], [0; 4]]);
    for name in ["O8", "O", "V4", "U1", "S4", "i4", "u4", "b1", "c8", "f16", "f1", "M8", "", "f"] {
        let refused = with_vectors(array(shape(), dtype(name, "<"), data())).unwrap_err();
        assert!(matches!(refused, PickleError::Dtype { .. }), "{name}: {refused}");
    }
    let state = tuple(&[int(3), text("<"), b"N".to_vec(), tuple(&[text("x")]), dict(&[]), int(4), int(1), int(0)]);
    let arguments = tuple(&[text("f4"), b"\x89\x88".to_vec()]);
    let structure = [&b"cnumpy\ndtype\n"[..], &arguments, b"R", &state, b"b"].concat();
    assert!(matches!(with_vectors(array(shape(), structure, data())), Err(PickleError::Dtype { .. })));
    let objects = [&b"]("[..], &int(1), &int(2), b"e"].concat();
    let refused = with_vectors(array(shape(), dtype("f4", "<"), objects)).unwrap_err();
    assert!(matches!(refused, PickleError::Kind { got: "a list", .. }), "{refused}");
}

/// FAULTS.md row 53.
#[test]
fn refuses_what_is_not_a_number() {
    let shape = || tuple(&[int(2), int(1)]);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let vectors = array(shape(), dtype("f4", "<"), bytes_of(&[1f32.to_le_bytes(), bad.to_le_bytes()]));
        assert!(matches!(with_vectors(vectors), Err(PickleError::Number { row: 1, column: 0, .. })), "{bad}");
    }
    for bad in [f64::NAN, f64::INFINITY, 1e39, -1e300] {
        let vectors = array(shape(), dtype("f8", "<"), bytes_of(&[bad.to_le_bytes(), 1f64.to_le_bytes()]));
        assert!(matches!(with_vectors(vectors), Err(PickleError::Number { row: 0, column: 0, .. })), "{bad}");
    }
    let vectors = array(shape(), dtype("f2", "<"), bytes_of(&[[0u8, 0x3c], [0, 0x7c]]));
    assert!(matches!(with_vectors(vectors), Err(PickleError::Number { row: 1, .. })));
}

/// FAULTS.md row 55: Python itself writes texts as UTF-8 only.
#[test]
fn refuses_words_that_are_not_utf8() {
    for bad in [&b"X\x02\0\0\0\xc3\x28"[..], b"\x8c\x01\xff", b"X\x03\0\0\0\xed\xa0\x80"] {
        assert!(matches!(with_extra(bad), Err(PickleError::Malformed { problem, .. }) if problem.contains("UTF-8")));
    }
}

/// FAULTS.md rows 46 and 52.
#[test]
fn refuses_words_and_ids_that_do_not_fit() {
    use PickleError::*;
    assert!(matches!(with_words(WORDS, &[(0, "a"), (-1, "b")]), Err(IdOutOfRange { got: -1, words: 2, .. })));
    assert!(matches!(with_words(WORDS, &[(0, "a"), (2, "b")]), Err(IdOutOfRange { got: 2, .. })));
    assert!(matches!(with_words(&[("a", 0), ("b", -1)], IDS), Err(IdOutOfRange { got: -1, .. })));
    assert!(matches!(with_words(WORDS, &[(0, "a"), (0, "b")]), Err(DuplicateId { id: 0, .. })));
    assert!(matches!(with_words(&[("a", 1), ("b", 1)], IDS), Err(NotInverse { id: 1, .. })));
    assert!(matches!(with_words(&[("a", 0), ("a", 0)], IDS), Err(DuplicateId { id: 0, .. })));
    assert!(matches!(with_words(&[("a", 0), ("a", 1)], &[(0, "a"), (1, "a")]), Err(DuplicateWord { .. })));
    assert!(matches!(with_words(&[("a", 1), ("b", 0)], IDS), Err(NotInverse { id: 1, .. })));
    assert!(matches!(with_words(&[("a", 0), ("c", 1)], IDS), Err(NotInverse { .. })));
    assert!(matches!(with_words(&[("a", 0)], IDS), Err(WordCount { expected: 2, got: 1, .. })));
    assert!(matches!(with_words(WORDS, &[]), Err(WordCount { expected: 2, got: 0, .. })));
    let wrong = file(two_rows(), dict(&[(int(0), int(0)), (text("b"), int(1))]), to_word(IDS));
    assert!(matches!(read(&wrong), Err(Kind { got: "an integer", .. })));
    let wrong = file(two_rows(), to_id(WORDS), dict(&[(text("0"), text("a")), (int(1), text("b"))]));
    assert!(matches!(read(&wrong), Err(Kind { got: "a text", .. })));
}

/// FAULTS.md rows 40 and 45.
#[test]
fn refuses_a_file_that_is_not_the_chapters() {
    let all = [("word_vecs", two_rows()), ("word_to_id", to_id(WORDS)), ("id_to_word", to_word(IDS))];
    for missing in 0..3 {
        let mut pairs: Vec<_> = all.iter().map(|(key, value)| (text(key), value.clone())).collect();
        pairs.remove(missing);
        let refused = read(&[dict(&pairs), b".".to_vec()].concat()).unwrap_err();
        assert!(matches!(refused, PickleError::MissingKey { key } if key == all[missing].0), "{refused}");
        pairs.extend(all.iter().map(|(key, value)| (text(key), value.clone())));
        let refused = read(&[dict(&pairs), b".".to_vec()].concat()).unwrap_err();
        assert!(matches!(refused, PickleError::DuplicateKey { .. }), "{refused}");
    }
    assert!(matches!(read(b"N."), Err(PickleError::Kind { what: "the file", got: "None", .. })));
    assert!(matches!(read(b""), Err(PickleError::Truncated { .. })));
    let whole = [one_tiny("f2/protocol4"), b"x".to_vec()].concat();
    assert!(matches!(read(&whole), Err(PickleError::TrailingBytes { got: 1, .. })));
}

/// FAULTS.md rows 38 and 39.
#[test]
fn refuses_a_file_cut_anywhere() {
    for (name, bytes) in tiny() {
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "{name} cut to {end}");
        }
    }
}

#[test]
fn other_formats_do_not_look_like_pickles() {
    let safetensors = |header: u64| [&header.to_le_bytes()[..], b"{\"input.weight\":{"].concat();
    for header in [0x0480, 0x95_0480, 0x7d_0280, 0x0580] {
        assert!(!looks_like_pickle(&safetensors(header)), "{header:#x}");
    }
    for other in [&b"10000 100\nthe "[..], b"the 0.1 0.2\n", b"PK\x03\x04", b"\xba\x16\x4f\x2f\x0c\0\0\0", b"", b"\x80"]
    {
        assert!(!looks_like_pickle(other), "{other:?}");
    }
    assert!(!looks_like_pickle(b"cos 0.1 0.2\nsystem 0.3 0.4\n"));
    assert!(!looks_like_pickle(b"( 0.1 0.2\n) 0.3 0.4\n"));
}

fn ends_quickly(bytes: &[u8]) {
    let start = Instant::now();
    if let Ok(got) = read(bytes) {
        let again =
            written(&got.vocabulary, got.vector_size, &widened(&got.numbers), matches!(got.numbers, Numbers::F16(_)));
        assert!(read(&again.unwrap()).unwrap() == got);
    }
    looks_like_pickle(bytes);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn altered_files_never_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let all: Vec<_> = tiny().collect();
        let mut bytes = which.get(&all).1.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        ends_quickly(&bytes);
    }

    #[test]
    fn any_instructions_never_panic(
        program in prop::collection::vec(prop::sample::select(&b"NK\x00\x01M(tld]}))aesu\x94q\x00h\x00\x01Rb\x85\x86\x87\x93C\x00cnumpy\nndarray\n"[..]), 0..200),
    ) {
        ends_quickly(&[&program[..], b"."].concat());
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        ends_quickly(&bytes);
    }
}
