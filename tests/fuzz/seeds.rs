//! Small valid files of every format.

use rapidvec::Vocabulary;
use rapidvec::vectors::format::npz::NpzWriter;
use rapidvec::vectors::format::safetensors::{ExtraTensor, ModelParts};
use rapidvec::vectors::format::{TableView, VectorWriter};
use rapidvec::vectors::format::{pickle, safetensors, word2vec_binary, word2vec_text};
use std::collections::BTreeMap;
use std::path::Path;

const WORDS: [&str; 4] = ["you", "고양이", "goodbye", "."];
const SIZE: usize = 3;

/// These, and the files of `corpus/KIND` for each of `kinds`: one for each reason for which the program once refused a mutant, chosen
/// by `bench/hostile/collect.py`. A file that failed a target is put there by hand.
pub fn with_corpus(mut seeds: Vec<Vec<u8>>, kinds: &[&str]) -> Vec<Vec<u8>> {
    for kind in kinds {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(kind);
        let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        assert!(!paths.is_empty(), "{}: no files", folder.display());
        paths.sort(); // so that a number of bolero's means the same seed everywhere
        seeds.extend(paths.iter().map(|path| std::fs::read(path).unwrap()));
    }
    seeds
}

pub fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    WORDS.iter().zip([900, 70, 5, 1]).for_each(|(word, count)| assert!(vocabulary.insert(word, count).is_some()));
    vocabulary
}

pub fn numbers() -> Vec<f32> {
    (0..WORDS.len() * SIZE).map(|i| i as f32 / 8.0 - 0.5).collect()
}

/// With and without what may be missing, in both precisions.
pub fn safetensors() -> Vec<Vec<u8>> {
    let (vocabulary, input) = (vocabulary(), numbers());
    let parts = |half, whole: bool| ModelParts {
        vocabulary: &vocabulary,
        vector_size: SIZE,
        input: &input,
        output: whole.then_some(&input),
        half,
        metadata: if whole { [("config".to_owned(), "{}".to_owned())].into() } else { BTreeMap::new() },
        extra: if whole { vec![("trainer.order".to_owned(), ExtraTensor::U32(&[3, 1]))] } else { Vec::new() },
    };
    [(false, false), (true, true)].map(|(half, whole)| safetensors::to_bytes(&parts(half, whole)).unwrap()).into()
}

/// Every protocol that Python writes, and ours.
pub fn pickles() -> Vec<Vec<u8>> {
    let tiny = include_str!("../../crates/vectors/tests/data/tiny_pickles.tsv").lines();
    let hex = |hex: &str| {
        (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect::<Vec<u8>>()
    };
    let mut all: Vec<_> = tiny.map(|line| hex(line.rsplit('\t').next().unwrap())).collect();
    let ours =
        pickle::PickleWriter::new(TableView::new(&vocabulary(), SIZE, &numbers()).half(true)).unwrap().to_bytes();
    all.push(ours);
    all
}

/// gensim's own files: `crates/vectors/tests/data/gensim_models.py` made them.
pub fn gensim() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("../../crates/vectors/tests/data/gensim/vectors.kv").to_vec(),
        include_bytes!("../../crates/vectors/tests/data/gensim/fast.kv").to_vec(),
        include_bytes!("../../crates/vectors/tests/data/gensim/one.model").to_vec(),
        include_bytes!("../../crates/vectors/tests/data/gensim/three-p4.model").to_vec(),
    ]
}

/// Pickles of words with vectors; `king` and `queen`, three numbers each.
pub fn pickled_words() -> Vec<Vec<u8>> {
    let array = |numbers: [f32; 3]| {
        let data: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        let dtype =
            b"cnumpy\ndtype\n(X\x02\0\0\0f4\x89\x88tR(K\x03X\x01\0\0\0<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb";
        let start = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85C\x01btR(K\x01K\x03\x85";
        [&start[..], dtype, b"\x89C\x0c", &data, b"tb"].concat()
    };
    let text = |text: &str| [&b"X"[..], &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let floats = |numbers: [f64; 3]| {
        let all: Vec<u8> = numbers.iter().flat_map(|x| [&b"G"[..], &x.to_be_bytes()].concat()).collect();
        [&b"]("[..], &all, b"e"].concat()
    };
    let (king, queen) = (text("king"), text("queen"));
    let dict = [&b"\x80\x03}("[..], &king, &array([1.0, 2.0, 3.0]), &queen, &array([0.5, -1.0, 0.0]), b"u."].concat();
    let lists =
        [&b"\x80\x03}("[..], &king, &floats([1.0, 2.0, 3.0]), &queen, &floats([0.5, -1.0, 0.0]), b"u."].concat();
    let pairs =
        [&b"\x80\x03](("[..], &king, &floats([1.0, 2.0, 3.0]), b"t(", &queen, &floats([0.5, -1.0, 0.0]), b"te."]
            .concat();
    vec![dict, lists, pairs]
}

/// Archives of a text of vectors: stored and compressed in a zip, and in a tar.
pub fn archives() -> Vec<Vec<u8>> {
    let text = text().remove(2);
    let zip = |method| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("folder/vectors.txt", zip::write::SimpleFileOptions::default().compression_method(method))
            .unwrap();
        std::io::Write::write_all(&mut zip, &text).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let mut header = [0u8; 512];
    header[..11].copy_from_slice(b"vectors.txt");
    header[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
    header[156] = b'0';
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut tar = [&header[..], &text].concat();
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    vec![zip(zip::CompressionMethod::Stored), zip(zip::CompressionMethod::Deflated), tar]
}

/// With its first line.
pub fn text() -> Vec<Vec<u8>> {
    let more = ["2 2\nnew york 0.5 -1e-3\n  x\t1 inf\n", "1 1\r\na 1\r\n", "\u{feff}2 3\na 1 2 3\na 4 5 6"];
    let mut all: Vec<_> = more[1..].iter().map(|text| text.as_bytes().to_vec()).collect();
    all.push(more[0].replace("inf", "7").into_bytes());
    all.push(word2vec_text::TextWriter::new(TableView::new(&vocabulary(), SIZE, &numbers()), true).unwrap().to_bytes());
    all
}

/// Without it.
pub fn glove() -> Vec<Vec<u8>> {
    vec![
        word2vec_text::TextWriter::new(TableView::new(&vocabulary(), SIZE, &numbers()), false).unwrap().to_bytes(),
        b"a 1 2\nb 3 4\nin 2014 5 6\nc 1 2\n".to_vec(),
    ]
}

/// With and without a line end after each row.
pub fn binary() -> Vec<Vec<u8>> {
    let ours = word2vec_binary::BinaryWriter::new(TableView::new(&vocabulary(), SIZE, &numbers())).unwrap().to_bytes();
    let row = |word: &str, end: &str| [word.as_bytes(), b" ", &1.5f32.to_le_bytes(), end.as_bytes()].concat();
    let lines = [b"2 1\n".to_vec(), row("a", "\n"), row("bc", "\n")].concat();
    let plain = [b"2 1\n".to_vec(), row("a", ""), row("bc", "")].concat();
    vec![ours, lines, plain]
}

/// Words with n-grams, words without, a classifier, a quantised model.
pub fn fasttext() -> Vec<Vec<u8>> {
    let model = |kind: i32, buckets: i32, labels: &[&str], quantised: u8| {
        let mut bytes = [793_712_314, 12].map(i32::to_le_bytes).concat();
        let ngrams = if buckets > 0 { [2, 4] } else { [0, 0] };
        let settings = [SIZE as i32, 5, 5, 1, 5, 1, 2, kind, buckets, ngrams[0], ngrams[1], 100];
        bytes.extend(settings.iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend(1e-4f64.to_le_bytes());
        let (words, others) = (WORDS.len() as i32, labels.len() as i32);
        bytes.extend([words + others, words, others].map(i32::to_le_bytes).concat());
        bytes.extend([976i64, -1].map(i64::to_le_bytes).concat());
        for (entry, label) in WORDS.iter().map(|word| (word, 0)).chain(labels.iter().map(|label| (label, 1))) {
            bytes.extend([entry.as_bytes(), &[0], &7i64.to_le_bytes(), &[label]].concat());
        }
        for rows in [words + buckets, if labels.is_empty() { words } else { others }] {
            bytes.push(quantised);
            bytes.extend([i64::from(rows), SIZE as i64].map(i64::to_le_bytes).concat());
            bytes.extend((0..rows * SIZE as i32).flat_map(|i| (i as f32 / 4.0).to_le_bytes()));
        }
        bytes
    };
    vec![model(2, 5, &[], 0), model(1, 0, &[], 0), model(3, 2, &["__label__a"], 0), model(2, 3, &[], 1)]
}

/// Files that finalfusion wrote: `crates/vectors/tests/data/finalfusion_files.py` made them.
pub fn finalfusion() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("../../crates/vectors/tests/data/finalfusion/plain.fifu").to_vec(),
        include_bytes!("../../crates/vectors/tests/data/finalfusion/rotated.fifu").to_vec(),
        include_bytes!("../../crates/vectors/tests/data/finalfusion/fasttext.fifu").to_vec(),
        include_bytes!("../../crates/vectors/tests/data/finalfusion/listed.fifu").to_vec(),
    ]
}

/// Whole archives.
pub fn npz() -> Vec<Vec<u8>> {
    let (words, numbers) = (vocabulary(), numbers());
    let write = |words: &Vocabulary, half| {
        let mut bytes = Vec::new();
        NpzWriter::new(TableView::new(words, SIZE, &numbers).half(half)).unwrap().write_to(&mut bytes).unwrap();
        bytes
    };
    vec![write(&words, true), write(&words.without_counts(), false)]
}

/// The content of an archive without the archive: a byte that says which array, then its file.
pub fn arrays() -> Vec<Vec<u8>> {
    let array = |which: u8, kind: &str, shape: &str, data: &[u8]| {
        let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
        [&[which], &b"\x93NUMPY\x01\x00"[..], &(text.len() as u16).to_le_bytes(), text.as_bytes(), data].concat()
    };
    let floats: Vec<u8> = (1..=4).flat_map(|i| (i as f32).to_le_bytes()).collect();
    let doubles: Vec<u8> = (1..=4).flat_map(|i| f64::from(i).to_le_bytes()).collect();
    let text: Vec<u8> = "ab\0고\0\0".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    vec![
        array(0, "<f4", "(2, 2)", &floats),
        array(0, "<f2", "(2, 4)", &floats),
        array(0, "<f8", "(2, 2)", &doubles),
        array(1, "<U3", "(2,)", &text),
        array(1, "|S3", "(2,)", b"ab\0c\0\0"),
        array(2, "<i4", "(2,)", &[7, 0, 0, 0, 1, 0, 0, 0]),
    ]
}
