//! Files that people take for word vectors, or that hold some in another way: each opens, or is named for what it is.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_core::atomic_file::Existing;
use rapidvec_vectors::Error;
use rapidvec_vectors::WordVectors;
use rapidvec_vectors::error::FormatError;
use rapidvec_vectors::format::{Format, OpenOptions, recognise, recognise_member, spacy, word2vec_text};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

fn path(name: &str) -> String {
    format!("{}/tests/data/other_files/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn with_words(name: &str) -> OpenOptions {
    OpenOptions { words: Some(path(name).into()), ..OpenOptions::default() }
}

#[test]
fn a_file_of_another_kind_is_named() {
    for (name, expected) in [
        ("lfs-pointer.bin.gz", "a Git LFS pointer, which stands for a file of 1713"),
        ("html-page.bin", "an HTML page"),
        ("vectors.tsv", "a matrix without words"),
        ("vectors.npy", "a matrix without words"),
        ("glove-c-vectors.bin", "bytes of an unknown format"),
    ] {
        for limit in [None, Some(1)] {
            let refused = WordVectors::open_with(path(name), &OpenOptions { limit, ..OpenOptions::default() });
            let message = refused.unwrap_err().to_string();
            assert!(message.contains(expected), "{name}: {message}");
            assert!(!message.contains("--"), "names a flag: {message}");
        }
    }
}

#[test]
fn files_as_people_have_them_open() {
    for (name, format, words, first) in [
        ("glove-nohead.tar.gz", Format::Glove, "the king queen", &[0.1, 0.2, 0.3][..]),
        ("glove.zip", Format::Glove, "the king queen", &[0.1, 0.2, 0.3]),
        ("dl4j-b64.txt", Format::Dl4j, "king queen apple pear", &[0.1, 0.2, 0.3]),
        ("plain-vectors.csv", Format::Csv, "king queen apple", &[0.1, 0.2, 0.3]),
        ("dict-p4.pkl", Format::Pickle, "king queen man woman apple pear", &[1.0]),
        ("embeddings-vocab.npz", Format::Npz, "king queen man woman apple pear", &[-0.66681665, 1.0]),
    ] {
        assert_eq!(recognise_member(path(name).as_ref(), None).unwrap(), format, "{name}");
        let vectors = WordVectors::open(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(vectors.vocabulary().words().collect::<Vec<_>>().join(" "), words, "{name}");
        let got = vectors.vector_by_id(0).unwrap();
        assert!(first.len() < 3 || got == first, "{name}: {got:?}");
    }
}

#[test]
fn a_matrix_opens_with_the_words_of_its_rows() {
    let words = |name: &str, options: &OpenOptions| {
        let (vectors, report) = WordVectors::open_with(path(name), options).unwrap_or_else(|e| panic!("{name}: {e}"));
        (vectors.vocabulary().words().collect::<Vec<_>>().join(" "), vectors, report)
    };
    let (names, vectors, _) = words("vectors.tsv", &with_words("metadata.tsv"));
    assert_eq!(
        (names.as_str(), vectors.vector("apple").unwrap()),
        ("king queen apple pear", vec![-0.4, 0.2, 0.1, 0.3])
    );
    // GloVe's own words, and the sums of its two matrices.
    let (names, vectors, _) = words("glove-c-vectors.bin", &with_words("glove-c-vocab.txt"));
    assert_eq!((names.as_str(), vectors.vector_size()), ("king queen man woman apple pear", 5));
    assert_eq!(vectors.vocabulary().counts(), [100, 99, 98, 97, 96, 95]);
    let bytes = std::fs::read(path("glove-c-vectors.bin")).unwrap();
    let number = |index: usize| f64::from_le_bytes(bytes[8 * index..][..8].try_into().unwrap());
    assert_eq!(vectors.vector("queen").unwrap()[1], (number(6 + 1) + number(36 + 6 + 1)) as f32);
    let (names, _, _) = words("vectors.npy", &with_words("glove-c-vocab.txt"));
    assert_eq!(names, "king queen man woman apple pear");
    let folder = tempfile::tempdir().unwrap();
    for (list, expected, header) in [
        ("\u{feff}king \r\nqueen\r\napple\r\npear\r\n\r\n", "king queen apple pear", false),
        ("id\tword\n7\tking\n8\tqueen\n9\tapple\n10\tpear\n", "king queen apple pear", true),
        ("word\nking\nqueen\napple\npear", "king queen apple pear", true),
        ("[\"king\", \"queen\", \"apple\", \"pear\"]", "king queen apple pear", false),
        ("{\"pear\": 3, \"king\": 0,\n\"apple\": 2, \"queen\": 1}", "king queen apple pear", false),
        ("new york\nking 2\nqueen\nking 3\n", "new york king 2 queen king 3", false),
    ] {
        let file = folder.path().join("words");
        std::fs::write(&file, list).unwrap();
        let (names, _, report) = words("vectors.tsv", &OpenOptions { words: Some(file), ..OpenOptions::default() });
        assert_eq!((names.as_str(), report.column_header), (expected, header), "{list}");
    }
    let refused = WordVectors::open_with(path("vectors.npy"), &with_words("metadata.tsv")).unwrap_err().to_string();
    assert!(refused.contains("metadata.tsv: expected 6 words, one for each row of the matrix, got 4"), "{refused}");
    let refused = WordVectors::open_with(path("glove.zip"), &with_words("metadata.tsv")).unwrap_err().to_string();
    assert!(refused.contains("has its own words"), "{refused}");
}

#[test]
fn an_array_is_written_with_its_words_beside_it() {
    use rapidvec_vectors::{Numbers, SaveOptions};
    let folder = tempfile::tempdir().unwrap();
    let (file, list) = (folder.path().join("v.npy"), folder.path().join("v.words.txt"));
    let mut vocabulary = rapidvec_core::Vocabulary::new();
    for word in ["new york", "안녕", "5"] {
        vocabulary.add(word);
    }
    let vectors = WordVectors::new(vocabulary.clone(), 2, Numbers::F32(vec![1.0, 0.5, -2.0, 0.0, 3.0, 4.0])).unwrap();
    for half in [false, true] {
        vectors.save(&file, Format::Npy, &SaveOptions::default().half(half)).unwrap();
        assert_eq!(std::fs::read_to_string(&list).unwrap(), "new york\n안녕\n5\n");
        let options = OpenOptions { words: Some(list.clone()), ..OpenOptions::default() };
        let (again, _) = WordVectors::open_with(&file, &options).unwrap();
        assert!(again.vocabulary().words().eq(vocabulary.words()) && again.rows().to_f32() == vectors.rows().to_f32());
        assert_eq!(again.rows().is_half(), half);
    }
    let mut bad = rapidvec_core::Vocabulary::new();
    bad.insert("a\nb", 0);
    let bad = WordVectors::new(bad, 1, Numbers::F32(vec![1.0])).unwrap();
    assert!(matches!(bad.writer(Format::Npy, &SaveOptions::default()).err(), Some(FormatError::Unwritable { .. })));
}

/// A tar archive of these files.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in files {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = b'0';
        header[148..156].copy_from_slice(b"        ");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes.extend(header);
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (at, (name, content)) in files.iter().enumerate() {
        let method = [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated][at % 2];
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn open(path: &Path, member: Option<&str>) -> Result<WordVectors, String> {
    let options = OpenOptions { member: member.map(str::to_owned), ..OpenOptions::default() };
    WordVectors::open_with(path, &options).map(|(vectors, _)| vectors).map_err(|error| error.to_string())
}

#[test]
fn of_an_archive_the_one_file_of_vectors_opens_or_the_one_that_is_named() {
    use rapidvec_core::compress::Compression;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("archive");
    let (small, large) = (&b"1 2\nking 1 2\n"[..], &b"1 3\nqueen 1 2 3\n"[..]);
    let pack = |kind: Compression, bytes: &[u8]| {
        let mut packed = Vec::new();
        kind.write(&mut packed, |out| out.write_all(bytes)).unwrap();
        packed
    };
    for make in [tar, zip] {
        let one = make(&[("README.txt", b"about"), ("__MACOSX/._small.txt", b"\0\0"), ("folder/small.txt", small)]);
        let inner = make(&[("small.txt.xz", &pack(Compression::Xz, small))]);
        for bytes in [one.clone(), inner] {
            std::fs::write(&file, bytes).unwrap();
            assert_eq!(open(&file, None).unwrap().vector("king").unwrap(), [1.0, 2.0]);
        }
        for kind in [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz] {
            std::fs::write(&file, pack(kind, &one)).unwrap();
            assert_eq!(open(&file, None).unwrap().len(), 1, "{kind:?}");
            assert_eq!(recognise_member(&file, None).unwrap(), Format::Word2vecText);
        }
        let two = make(&[("a/small.txt", small), ("a/large.txt", large), ("b/large.txt", small)]);
        std::fs::write(&file, &two).unwrap();
        let refused = open(&file, None).unwrap_err();
        assert!(refused.contains("several files: a/small.txt, a/large.txt, b/large.txt"), "{refused}");
        assert_eq!(open(&file, Some("a/large.txt")).unwrap().vector_size(), 3);
        assert_eq!(open(&file, Some("small.txt")).unwrap().vector_size(), 2);
        for wrong in ["large.txt", "no"] {
            let refused = open(&file, Some(wrong)).unwrap_err();
            assert!(refused.contains(&format!("no file `{wrong}`: expected one of a/small.txt")), "{refused}");
        }
        for end in (0..two.len()).step_by(61) {
            let _ = recognise(&two[..end]);
            std::fs::write(&file, &two[..end]).unwrap();
            let _ = open(&file, Some("small.txt"));
        }
    }
    std::fs::write(&file, small).unwrap();
    let refused = open(&file, Some("small.txt")).unwrap_err();
    assert!(refused.contains("expected a zip or tar archive"), "{refused}");
    for (name, expected) in [
        ("model/data.pkl", "a PyTorch file"),
        ("word/document.xml", "a Word document"),
        ("xl/workbook.xml", "an Excel workbook"),
    ] {
        std::fs::write(&file, zip(&[("[Content_Types].xml", b"<?xml"), (name, b"x")])).unwrap();
        let refused = open(&file, None).unwrap_err();
        assert!(refused.contains(expected), "{refused}");
    }
    let bomb = zip(&[("", b""), ("a.txt", &vec![0; 8 << 20])]);
    std::fs::write(&file, bomb).unwrap();
    assert!(open(&file, None).unwrap_err().contains("refusing to decompress the zip file"));
}

/// gensim's arrays are in the same archive.
#[test]
fn a_model_of_several_files_opens_from_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.zip");
    let kv = std::fs::read(path("../gensim/apart.kv")).unwrap();
    let npy = std::fs::read(path("../gensim/apart.kv.vectors.npy")).unwrap();
    let expected = WordVectors::open(path("../gensim/apart.kv")).unwrap();
    for make in [tar, zip] {
        std::fs::write(&file, make(&[("m/apart.kv", &kv), ("m/apart.kv.vectors.npy", &npy)])).unwrap();
        let got = open(&file, None).unwrap();
        assert!(got.vocabulary() == expected.vocabulary() && got.rows().to_f32() == expected.rows().to_f32());
        std::fs::write(&file, make(&[("m/apart.kv", &kv)])).unwrap();
        assert!(open(&file, None).unwrap_err().contains("m/apart.kv.vectors.npy is missing"));
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
fn a_first_line_that_numbers_the_columns_is_dropped_and_reported() {
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

/// Files that finalfusion wrote, and the vectors that it reads from them (`finalfusion_files.py`).
#[test]
fn finalfusions_files_open_to_the_same_numbers() {
    let folder = format!("{}/tests/data/finalfusion", env!("CARGO_MANIFEST_DIR"));
    let expected = std::fs::read_to_string(format!("{folder}/expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    let numbers = |value: &serde_json::Value| -> Vec<f32> {
        value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
    };
    for (name, of) in expected.as_object().unwrap() {
        let path = format!("{folder}/{name}.fifu");
        assert_eq!(recognise_member(path.as_ref(), None).unwrap(), Format::Finalfusion);
        let (vectors, report) = WordVectors::open_with(&path, &OpenOptions::default()).unwrap();
        let words: Vec<_> = of["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        assert_eq!(vectors.vocabulary().words().collect::<Vec<_>>(), words, "{name}");
        for (word, expected) in words.iter().zip(of["vectors"].as_array().unwrap()) {
            close(&vectors.vector(word).unwrap(), &numbers(expected), name);
        }
        match of.get("thenew") {
            Some(unknown) => close(&vectors.vector("thenew").unwrap(), &numbers(unknown), name),
            None => assert!(vectors.vector("thenew").is_none(), "{name}"),
        }
        assert_eq!(report.ngrams_left_out, ["hashed", "listed"].contains(&name.as_str()), "{name}");
        let two = OpenOptions { limit: Some(2), ..OpenOptions::default() };
        let (first, report) = WordVectors::open_with(&path, &two).unwrap();
        assert_eq!(
            (first.len(), report.stopped_at_limit, first.vector("of")),
            (2, true, vectors.vector("of")),
            "{name}"
        );
    }
}

fn close(got: &[f32], expected: &[f32], name: &str) {
    assert_eq!(got.len(), expected.len(), "{name}");
    assert!(got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{name}: {got:?}, expected {expected:?}");
}

#[test]
fn a_finalfusion_file_that_contradicts_itself_is_refused() {
    let folder = format!("{}/tests/data/finalfusion", env!("CARGO_MANIFEST_DIR"));
    for name in ["lengths", "rotated", "fasttext", "listed"] {
        let bytes = std::fs::read(format!("{folder}/{name}.fifu")).unwrap();
        for length in 4..bytes.len() {
            let cut = WordVectors::from_bytes(bytes[..length].to_vec(), &OpenOptions::default());
            assert!(matches!(cut, Err(Error::Format(_))), "{name} {length}");
        }
    }
    let refused = |name: &str, at: usize, byte: u8| {
        let mut bytes = std::fs::read(format!("{folder}/{name}.fifu")).unwrap();
        bytes[at] = byte;
        WordVectors::from_bytes(bytes, &OpenOptions::default()).unwrap_err().to_string()
    };
    assert!(refused("plain", 4, 1).starts_with("the version: expected 0, got 1"));
    assert!(refused("plain", 20, 9).contains("floret's, which has none"));
    assert!(refused("plain", 20, 30).starts_with("the kind of a chunk: expected from 1 to 9, got 30"));
    assert!(refused("plain", 39, 1).starts_with("the words: expected "));
    assert!(refused("quantised", 255, 200).starts_with("a code: expected a row of its table, got 200"));
}

/// The layout of ConceptNet Numberbatch 19.08, with and without its first line.
#[test]
fn one_language_of_numberbatch_opens_without_labels() {
    let rows = "/c/de/katze 1 2\n/c/en/cat 3 4\n/c/en/new_york 5 6\n/c/ko/고양이 7 8\n/c/en/cat 9 9\n";
    let english = OpenOptions { language: Some("en".into()), ..OpenOptions::default() };
    let french = OpenOptions { language: Some("fr".into()), ..OpenOptions::default() };
    for text in [format!("5 2\n{rows}"), rows.to_owned()] {
        let (vectors, report) = WordVectors::from_bytes(text.into_bytes(), &english).unwrap();
        assert_eq!(vectors.vocabulary().words().collect::<Vec<_>>(), ["cat", "new_york"]);
        assert_eq!(vectors.vector("new_york").unwrap(), [5.0, 6.0]);
        assert_eq!((report.other_languages, report.duplicates), (2, 1));
    }
    let folder = tempfile::tempdir().unwrap();
    let table = WordVectors::from_bytes(rows.as_bytes().to_vec(), &OpenOptions::default()).unwrap().0;
    for format in [Format::Safetensors, Format::Word2vecBinary, Format::Npz, Format::Pickle] {
        let path = folder.path().join("labelled");
        table.save(&path, format, &rapidvec_vectors::SaveOptions::default()).unwrap();
        let (vectors, report) = WordVectors::open_with(&path, &english).unwrap();
        assert_eq!(vectors.vocabulary().words().collect::<Vec<_>>(), ["cat", "new_york"], "{format:?}");
        assert_eq!((vectors.vector("cat").unwrap(), report.other_languages), (vec![3.0, 4.0], 2), "{format:?}");
        assert!(WordVectors::open_with(&path, &french).is_err(), "{format:?}");
    }
    let refused = WordVectors::from_bytes(rows.as_bytes().to_vec(), &french).unwrap_err().to_string();
    assert_eq!(refused, "no word is labelled `/c/fr/...`, as ConceptNet's are; the first word is `/c/de/katze`");
}

/// Folders that spaCy wrote, and the vectors that it reads from them (`spacy_folders.py`).
#[test]
fn spacys_folders_open_to_the_same_numbers() {
    let data = format!("{}/tests/data/spacy", env!("CARGO_MANIFEST_DIR"));
    for (name, unnamed) in [("default", 1), ("floret", 0)] {
        let expected = std::fs::read_to_string(format!("{data}/{name}.json")).unwrap();
        let expected: BTreeMap<String, Vec<f32>> = serde_json::from_str(&expected).unwrap();
        for folder in [format!("{data}/{name}"), format!("{data}/{name}/vocab")] {
            assert_eq!(recognise_member(folder.as_ref(), None).unwrap(), Format::Spacy);
            let (vectors, report) = WordVectors::open_with(&folder, &OpenOptions::default()).unwrap();
            assert_eq!((vectors.len(), report.unnamed), (expected.len(), unnamed));
            assert_eq!(report.ngrams_left_out, name == "floret");
            expected.iter().for_each(|(word, numbers)| close(&vectors.vector(word).unwrap(), numbers, word));
        }
        let two = OpenOptions { limit: Some(2), ..OpenOptions::default() };
        let (vectors, report) = WordVectors::open_with(format!("{data}/{name}"), &two).unwrap();
        assert_eq!((vectors.len(), report.stopped_at_limit), (2, true));
    }
}

#[test]
fn a_package_of_spacy_opens_and_what_is_written_for_spacy_comes_back() {
    let data = format!("{}/tests/data/spacy/default/vocab", env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("xx_small");
    let vocab = package.join("xx_small-1.0.0/vocab");
    std::fs::create_dir_all(&vocab).unwrap();
    for file in ["vectors", "key2row", "strings.json", "vectors.cfg"] {
        std::fs::copy(format!("{data}/{file}"), vocab.join(file)).unwrap();
    }
    let vectors = WordVectors::open(&package).unwrap();
    let written = folder.path().join("written");
    let existing = Existing::replace_if(false);
    assert_eq!(spacy::write(&written, &vectors, Some(4), existing).unwrap(), 4);
    let again = WordVectors::open(&written).unwrap();
    assert_eq!(again.vocabulary().words().collect::<Vec<_>>(), ["the", "mark", "한국", "new york"]);
    again.vocabulary().words().for_each(|word| assert_eq!(again.vector(word), vectors.vector(word)));
    assert!(spacy::write(&written, &vectors, None, existing).is_err(), "the folder is there");
    spacy::write(&written, &vectors, None, Existing::replace_if(true)).unwrap();
    assert_eq!(WordVectors::open(&written).unwrap().len(), 5);
}

#[test]
fn a_damaged_folder_of_spacy_is_refused() {
    let data = format!("{}/tests/data/spacy/default/vocab", env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read(format!("{data}/{file}")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let opened = |file: &str, bytes: &[u8]| {
        for name in ["vectors", "key2row", "strings.json", "vectors.cfg"] {
            let bytes = if name == file { bytes.to_vec() } else { read(name) };
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        WordVectors::open(folder.path()).map(|vectors| vectors.len()).map_err(|error| error.to_string())
    };
    assert_eq!(opened("", b""), Ok(5));
    assert_eq!(opened("strings.json", b"[\"nothing\"]"), Ok(1), "a symbol");
    for file in ["vectors", "key2row"] {
        let whole = read(file);
        (0..whole.len()).for_each(|length| assert!(opened(file, &whole[..length]).is_err(), "{file} {length}"));
    }
    for (file, bytes, expected) in [
        ("key2row", &b"\x81\x05\x7f"[..], "the row of a word: expected a row of the matrix, got 127"),
        ("strings.json", b"{\"the\": 1}", "the header is damaged: strings.json: "),
        ("vectors.cfg", b"[", "the header is damaged: vectors.cfg: "),
        ("vectors.cfg", br#"{"mode": "floret", "minn": 1, "maxn": 2000}"#, "n-grams of an average word: expected"),
        ("vectors.cfg", br#"{"mode": "floret", "hash_count": 5}"#, "floret's hashes: expected 1 to 4, got 5"),
        ("vectors.cfg", br#"{"mode": "floret", "minn": 3, "maxn": 2}"#, "n-gram lengths: "),
    ] {
        let got = opened(file, bytes).unwrap_err();
        assert!(got.starts_with(expected), "{got}");
    }
}

#[test]
fn an_unfinished_download_is_named_and_a_whole_one_opens_under_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vectors.txt.part");
    std::fs::write(&path, "3 2\na 1 2\nb 3").unwrap();
    let refused = WordVectors::open(&path).unwrap_err().to_string();
    assert_eq!(refused, "an unfinished download: its name ends in `.part`; finish the download first");
    std::fs::write(&path, "2 2\na 1 2\nb 3 4\n").unwrap();
    assert_eq!(WordVectors::open(&path).unwrap().len(), 2);
    assert!(matches!(WordVectors::open(folder.path().join("none.part")), Err(Error::Core(_))));
}
