//! Round trips, and files that are not what they should be.

use super::header::{Header, hex};
use super::*;
use crate::error::{Error, FormatError};
use crate::format::Format;
use crate::mapped::Bytes;
use crate::{Numbers, Rows, SaveOptions, WordVectors};
use ::safetensors::Dtype;
use half::f16;
use proptest::prelude::*;
use rapidvec_core::Vocabulary;
use std::collections::BTreeMap;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

const WORDS: [(&str, u64); 4] = [("you", 7), ("안녕", 3), ("", 2), ("car", u64::MAX)];

fn words() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    WORDS.iter().for_each(|&(word, count)| assert!(vocabulary.insert(word, count).is_some()));
    vocabulary
}

fn numbers(salt: f32) -> Vec<f32> {
    (0..12).map(|i| (i as f32 - salt) * 0.3).collect()
}

/// Calls `use_parts` with a checkpoint of 4 words by 3 numbers with all there can be.
fn with_parts<T>(use_parts: impl FnOnce(ModelParts) -> T) -> T {
    let (vocabulary, input, output) = (words(), numbers(5.0), numbers(2.0));
    use_parts(ModelParts {
        vocabulary: &vocabulary,
        vector_size: 3,
        input: &input,
        output: Some(&output),
        half: false,
        metadata: [("config", "{\"window\":5}"), ("trained", "{\"epochs\":2}"), ("other", "\0 \" 한 \\")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        extra: vec![
            ("trainer.moments".to_owned(), ExtraTensor::F32(&[1.5, -0.0, f32::MIN_POSITIVE])),
            ("trainer.order".to_owned(), ExtraTensor::U32(&[3, 1, u32::MAX])),
            ("trainer.random".to_owned(), ExtraTensor::U64(&[u64::MAX, 0])),
            ("trainer.empty".to_owned(), ExtraTensor::U32(&[])),
        ],
    })
}

fn good() -> Vec<u8> {
    with_parts(|parts| to_bytes(&parts)).unwrap()
}

#[test]
fn everything_comes_back() {
    let model = ModelFile::from_bytes(good()).unwrap();
    assert_eq!(*model.vocabulary(), words());
    assert_eq!(model.vector_size(), 3);
    assert_eq!(model.input().to_f32(), numbers(5.0));
    assert_eq!(model.output().unwrap().to_f32(), numbers(2.0));
    assert_eq!(model.metadata(), with_parts(|parts| parts.metadata));
    assert_eq!(model.extra_f32("trainer.moments").unwrap(), [1.5, -0.0, f32::MIN_POSITIVE]);
    assert_eq!(model.extra_u32("trainer.order").unwrap(), [3, 1, u32::MAX]);
    assert_eq!(model.extra_u64("trainer.random").unwrap(), [u64::MAX, 0]);
    assert_eq!(model.extra_u32("trainer.empty").unwrap(), [0; 0]);
    let names: Vec<_> = model.extra_names().collect();
    assert_eq!(names, ["trainer.empty", "trainer.moments", "trainer.order", "trainer.random"]);
    model.verify().unwrap();
}

#[test]
fn output_extra_and_metadata_may_be_missing() {
    let (vocabulary, input) = (words(), numbers(0.0));
    let parts = ModelParts {
        vocabulary: &vocabulary,
        vector_size: 3,
        input: &input,
        output: None,
        half: false,
        metadata: BTreeMap::new(),
        extra: Vec::new(),
    };
    let model = ModelFile::from_bytes(to_bytes(&parts).unwrap()).unwrap();
    assert!(model.output().is_none());
    assert!(model.metadata().is_empty());
    assert_eq!(model.extra_names().count(), 0);
}

#[test]
fn a_file_on_disk_opens_verifies_and_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    with_parts(|parts| write(&path, &parts)).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), good());
    verify(&path).unwrap();
    let vectors = WordVectors::open(&path).unwrap();
    assert_eq!(vectors.vector("car").unwrap(), numbers(5.0)[9..]);
    assert_eq!(vectors.most_similar("you", 10).unwrap().len(), 3);
}

#[test]
fn a_refused_model_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    std::fs::write(&path, "old").unwrap();
    let bad = with_parts(|parts| write(&path, &ModelParts { vector_size: 4, ..parts }));
    assert!(matches!(bad, Err(Error::Format(FormatError::Size { expected: 16, got: 12, .. }))));
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let bytes = good();
    let turned = with_parts(|parts| {
        let extra = parts.extra.iter().rev().cloned().collect();
        to_bytes(&ModelParts { extra, ..parts }).unwrap()
    });
    assert_eq!(bytes, turned);
    // Recorded once: a change here is a change of the format.
    let mut hash = Xxh3::new();
    hash.update(&bytes);
    assert_eq!((bytes.len(), hex(&hash).as_str()), RECORDED);
}

const RECORDED: (usize, &str) = (1556, "5834b783506ad0dda8e0ddce821cf0aa");

#[test]
fn tensors_start_at_a_multiple_of_64_and_are_aligned_to_their_types() {
    let header = Header::parse(&good()).unwrap();
    assert_eq!(header.data_start % 64, 0);
    for info in header.tensors.values() {
        assert_eq!(info.data_offsets.0 % (info.dtype.bitsize() / 8), 0);
    }
}

#[test]
fn the_crate_that_defines_the_format_reads_ours() {
    let bytes = good();
    let tensors = ::safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.len(), 9);
    let input = tensors.tensor(INPUT).unwrap();
    assert_eq!(input.shape(), [4, 3]);
    assert_eq!(input.data()[..4], numbers(5.0)[0].to_le_bytes());
}

#[test]
fn half_precision_rounds_and_keeps_everything_else() {
    let bytes = with_parts(|parts| to_bytes(&ModelParts { half: true, ..parts })).unwrap();
    let model = ModelFile::from_bytes(bytes).unwrap();
    assert!(model.input().is_half() && model.output().unwrap().is_half());
    let rounded: Vec<f32> = numbers(5.0).into_iter().map(|x| f16::from_f32(x).to_f32()).collect();
    assert_eq!(model.input().to_f32(), rounded);
    assert_eq!(model.extra_f32("trainer.moments").unwrap()[2], f32::MIN_POSITIVE);
}

#[test]
fn refuses_to_write_numbers_it_cannot_hold_and_names_the_word() {
    let try_number = |half, number| {
        with_parts(|parts| {
            let mut output = numbers(2.0);
            output[4] = number;
            to_bytes(&ModelParts { half, output: Some(&output), ..parts })
        })
    };
    assert!(try_number(true, 65504.0).is_ok());
    assert!(try_number(false, 1e30).is_ok());
    let overflow = try_number(true, 65520.0); // the first that rounds to infinity
    assert!(matches!(overflow, Err(FormatError::HalfOverflow { word, got: 65520.0 }) if word == "안녕"));
    for (half, number) in [(true, f32::NAN), (false, f32::NAN), (false, f32::INFINITY), (true, f32::NEG_INFINITY)] {
        assert!(matches!(try_number(half, number), Err(FormatError::NotFinite { word, row: 1, .. }) if word == "안녕"));
    }
}

#[test]
fn refuses_to_write_names_that_are_taken() {
    let extra = |names: &[&str]| {
        let extra = names.iter().map(|&name| (name.to_owned(), ExtraTensor::U32(&[1]))).collect();
        with_parts(|parts| to_bytes(&ModelParts { extra, ..parts }))
    };
    assert!(extra(&["trainer.a", "gensim.b"]).is_ok());
    for names in [&["input.weight"][..], &["vocab.text"], &["trainer.a", "trainer.a"]] {
        assert!(matches!(extra(names), Err(FormatError::Name { .. })), "{names:?}");
    }
    for key in ["rapidvec.format", "checksum.input.weight", "checksum."] {
        let metadata = [(key.to_owned(), "x".to_owned())].into();
        let refused = with_parts(|parts| to_bytes(&ModelParts { metadata, ..parts }));
        assert!(matches!(refused, Err(FormatError::Name { name, .. }) if name == key));
    }
}

#[test]
fn refuses_to_write_nothing() {
    let none = Vocabulary::new();
    let refused = with_parts(|p| to_bytes(&ModelParts { vocabulary: &none, input: &[], output: None, ..p }));
    assert!(matches!(refused, Err(FormatError::Empty { words: 0, .. })));
}

// From here on: files that are not what they should be.

/// FAULTS.md rows 38 and 39.
#[test]
fn refuses_the_file_cut_at_every_byte_with_both_lengths() {
    let bytes = good();
    for cut in 0..bytes.len() {
        match ModelFile::from_bytes(bytes[..cut].to_vec()) {
            Err(FormatError::Length { expected, got }) => assert!(got == cut as u64 && expected > got),
            other => panic!("cut at {cut}: {other:?}"),
        }
    }
}

/// FAULTS.md row 40.
#[test]
fn refuses_bytes_at_the_end() {
    let bytes = [good(), vec![0]].concat();
    let length = bytes.len() as u64;
    let refused = ModelFile::from_bytes(bytes).map(drop);
    assert!(matches!(refused, Err(FormatError::Length { expected, got }) if expected + 1 == length && got == length));
}

#[test]
fn refuses_any_byte_that_was_altered() {
    let bytes = good();
    for (at, flip) in (0..bytes.len()).flat_map(|at| [(at, 0x01), (at, 0x20), (at, 0x80)]) {
        let mut altered = bytes.clone();
        altered[at] ^= flip;
        if let Ok(model) = ModelFile::from_bytes(altered) {
            panic!("byte {at} flipped by {flip:#x} was accepted: {model:?}");
        }
    }
}

#[test]
fn a_flipped_tensor_byte_is_reported_with_name_expected_and_got() {
    let mut bytes = good();
    let header = Header::parse(&bytes).unwrap();
    bytes[header.data_start + header.tensors[OUTPUT].data_offsets.0 + 5] ^= 1;
    let Err(FormatError::Checksum { tensor, expected, got }) = ModelFile::from_bytes(bytes) else { panic!() };
    assert_eq!((tensor.as_str(), expected.len(), got.len()), (OUTPUT, 32, 32));
    assert_ne!(expected, got);
}

/// FAULTS.md row 41.
#[test]
fn refuses_a_header_longer_than_any_memory() {
    for length in [MAX_HEADER_BYTES + 1, u64::MAX, u64::MAX - 7, 1 << 63] {
        let bytes = [&length.to_le_bytes()[..], b"{}"].concat();
        let refused = ModelFile::from_bytes(bytes).map(drop);
        assert!(matches!(refused, Err(FormatError::HeaderTooLarge { got, .. }) if got == length));
    }
    let refused = ModelFile::from_bytes([&MAX_HEADER_BYTES.to_le_bytes()[..], b"{}"].concat()).map(drop);
    assert!(matches!(refused, Err(FormatError::Length { expected, got: 10 }) if expected == MAX_HEADER_BYTES + 8));
}

fn with_json(json: &str, data: &[u8]) -> Result<(), FormatError> {
    let bytes = [&(json.len() as u64).to_le_bytes()[..], json.as_bytes(), data].concat();
    ModelFile::from_bytes(bytes).map(drop)
}

/// FAULTS.md rows 42 and 43.
#[test]
fn refuses_headers_that_contradict_themselves() {
    let tensor = |shape: &str, offsets: &str| {
        format!("{{\"input.weight\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":{offsets}}}}}")
    };
    let two = |first: &str, second: &str| {
        let tensor =
            |name, offsets| format!("\"{name}\":{{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":{offsets}}}");
        format!("{{{},{}}}", tensor("a", first), tensor("b", second))
    };
    for json in [
        String::new(),
        "null".to_owned(),
        "[".repeat(100_000),
        "{\"__metadata__\":{\"rapidvec.format\":1}}".to_owned(),
        "{\"__metadata__\":".to_owned() + &"{\"a\":".repeat(10_000),
        tensor("[1,2]", "[0,4]"),
        tensor("[1,1]", "[4,8]"),
        tensor("[1,1]", "[4,0]"),
        tensor("[-1,1]", "[0,4]"),
        tensor("[4294967296,4294967296]", "[0,0]"),
        tensor("[18446744073709551615,2]", "[0,18446744073709551615]"),
        two("[0,4]", "[2,6]"), // overlap
        two("[0,4]", "[5,9]"), // hole
        two("[0,4]", "[0,4]"), // the same bytes
    ] {
        let refused = with_json(&json, &[0; 8]);
        assert!(matches!(refused, Err(FormatError::Header { .. })), "{refused:?} for {}", &json[..json.len().min(80)]);
    }
}

/// FAULTS.md rows 41 and 42.
#[test]
fn refuses_tensors_larger_than_any_memory() {
    // The largest size that the crate's own arithmetic passes, once, and as often as offsets can hold.
    let size = u64::MAX / 8;
    for times in [1, 7, 8] {
        let tensors: Vec<_> = (0..times)
            .map(|i| {
                let (start, end) = (i * size, (i + 1) * size);
                format!("\"t{i}\":{{\"dtype\":\"U8\",\"shape\":[{size}],\"data_offsets\":[{start},{end}]}}")
            })
            .collect();
        let refused = with_json(&format!("{{{}}}", tensors.join(",")), &[0; 8]);
        assert!(matches!(refused, Err(FormatError::Length { expected, .. }) if expected > times * size), "{refused:?}");
    }
}

/// FAULTS.md row 45.
#[test]
fn refuses_another_programs_file_and_another_version() {
    assert!(matches!(with_json("{}", &[]), Err(FormatError::NotAModel { key: FORMAT_KEY })));
    let newer = with_json("{\"__metadata__\":{\"rapidvec.format\":\"2\"}}", &[]);
    assert!(matches!(newer, Err(FormatError::Version { expected: "1", got }) if got == "2"));
}

/// A file with right checksums around whatever tensors and metadata are given.
struct Forged {
    tensors: Vec<(&'static str, &'static str, Vec<usize>, Vec<u8>)>,
    padding: usize,
}

fn le64(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn le32(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

impl Forged {
    /// Two words, `ab` and `c`, with two numbers each.
    fn new() -> Self {
        let tensors = vec![
            (TEXT, "U8", vec![3], b"abc".to_vec()),
            (INPUT, "F32", vec![2, 2], le32(&[1.0, 2.0, 3.0, 4.0])),
            (ENDS, "U64", vec![2], le64(&[2, 3])),
            (COUNTS, "U64", vec![2], le64(&[5, 4])),
        ];
        Self { tensors, padding: 0 }
    }

    fn set(mut self, name: &'static str, dtype: &'static str, shape: &[usize], data: Vec<u8>) -> Self {
        self.tensors.retain(|(other, ..)| *other != name);
        self.tensors.push((name, dtype, shape.to_vec(), data));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.tensors.retain(|(other, ..)| *other != name);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut header = Header { metadata: BTreeMap::new(), tensors: BTreeMap::new(), data_start: 0 };
        header.metadata.insert(FORMAT_KEY.to_owned(), VERSION.to_owned());
        let mut data = Vec::new();
        for (name, dtype, shape, bytes) in &self.tensors {
            let info = serde_json::json!({
                "dtype": dtype, "shape": shape, "data_offsets": [data.len(), data.len() + bytes.len()],
            });
            header.tensors.insert((*name).to_owned(), serde_json::from_value(info).unwrap());
            let mut hash = Xxh3::new();
            hash.update(bytes);
            header.metadata.insert(format!("{CHECKSUM}{name}"), hex(&hash));
            data.extend(bytes);
        }
        header.metadata.insert(format!("{CHECKSUM}{HEADER}"), header.checksum());
        let json = serde_json::to_string(&header).unwrap() + &" ".repeat(self.padding);
        [&(json.len() as u64).to_le_bytes()[..], json.as_bytes(), &data].concat()
    }

    fn open(&self) -> Result<ModelFile, FormatError> {
        ModelFile::from_bytes(self.bytes())
    }
}

/// Opened as a large file is: from memory, and from a disk.
fn open_large(bytes: &[u8]) -> [Result<ModelFile, FormatError>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    std::fs::write(&path, bytes).unwrap();
    [Bytes::Owned(bytes.to_vec()), Bytes::map(&path).unwrap()].map(|bytes| ModelFile::checked_up_to(Arc::new(bytes), 0))
}

#[test]
fn a_large_file_opens_alike_and_is_verified_when_asked() {
    let bytes = good();
    let expected = ModelFile::from_bytes(bytes.clone()).unwrap();
    for model in open_large(&bytes) {
        let model = model.unwrap();
        assert_eq!(model.vocabulary(), expected.vocabulary());
        assert_eq!(model.input().to_f32(), expected.input().to_f32());
        model.verify().unwrap();
    }
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 0x20;
        for model in open_large(&altered) {
            // What is not read on opening is found by `verify`.
            assert!(model.and_then(|model| model.verify()).is_err(), "byte {at} flipped was accepted");
        }
        for model in open_large(&altered) {
            // Nor does anything come of it that looks whole.
            let vectors = model.and_then(WordVectors::from_model);
            let saved = vectors.and_then(|it| it.writer(Format::Safetensors, &SaveOptions::default()).map(drop));
            assert!(saved.is_err(), "byte {at} flipped was saved");
        }
    }
}

#[test]
fn a_large_file_with_a_vocabulary_that_is_none_is_refused() {
    let with = |text: &[u8], ends: [u64; 2]| {
        let text = Forged::new().set(TEXT, "U8", &[text.len()], text.to_vec());
        open_large(&text.set(ENDS, "U64", &[2], le64(&ends)).bytes())
    };
    for refused in with("한a".as_bytes(), [1, 4]) {
        assert!(matches!(refused, Err(FormatError::WordEnd { row: 0, from: 0, to: 4, got: 1 })), "{refused:?}");
    }
    for refused in with(b"a\xffc", [1, 3]) {
        assert!(matches!(refused, Err(FormatError::NotUtf8 { offset: 1 })), "{refused:?}");
    }
    for model in with(b"aa", [1, 2]) {
        let model = model.unwrap();
        assert_eq!(model.vocabulary().id("a"), Some(0));
        assert!(matches!(model.verify(), Err(FormatError::DuplicateWord { row: 1, .. })));
    }
    let bytes = good();
    let header = Header::parse(&bytes).unwrap();
    for tensor in [TEXT, ENDS, COUNTS] {
        let mut altered = bytes.clone();
        altered[header.data_start + header.tensors[tensor].data_offsets.0] ^= 1;
        for refused in open_large(&altered) {
            assert!(matches!(refused, Err(FormatError::Checksum { tensor: told, .. }) if told == tensor));
        }
    }
}

#[test]
fn reads_any_order_and_alignment() {
    for padding in 0..9 {
        let model = Forged { padding, ..Forged::new() }.open().unwrap();
        assert_eq!(model.vocabulary().words().collect::<Vec<_>>(), ["ab", "c"]);
        assert_eq!(model.input().to_f32(), [1.0, 2.0, 3.0, 4.0]);
        let vectors = WordVectors::from_model(model).unwrap();
        assert_eq!(vectors.most_similar("ab", 5).unwrap().words().next(), Some("c"));
    }
}

#[test]
fn refuses_missing_tensors_and_names_them() {
    for name in [TEXT, ENDS, COUNTS, INPUT] {
        let refused = Forged::new().without(name).open();
        assert!(matches!(refused, Err(FormatError::MissingTensor { tensor }) if tensor == name));
    }
}

/// FAULTS.md row 57.
#[test]
fn refuses_other_types_of_numbers() {
    let wrong = [
        (TEXT, "I8", vec![3], 3),
        (ENDS, "I64", vec![2], 16),
        (COUNTS, "F64", vec![2], 16),
        (INPUT, "BF16", vec![2, 2], 8),
        (OUTPUT, "F16", vec![2, 2], 8), // input is F32
    ];
    for (name, dtype, shape, length) in wrong {
        let refused = Forged::new().set(name, dtype, &shape, vec![0; length]).open();
        assert!(matches!(refused, Err(FormatError::TensorType { tensor, got, .. }) if tensor == name && got == dtype));
    }
}

/// FAULTS.md row 46.
#[test]
fn refuses_shapes_that_disagree() {
    let wrong: [(_, _, &[usize], _); 8] = [
        (TEXT, "U8", &[3, 1], 3),
        (ENDS, "U64", &[2, 1], 16),
        (COUNTS, "U64", &[1], 8),
        (COUNTS, "U64", &[], 8),
        (INPUT, "F32", &[4], 16),
        (INPUT, "F32", &[3, 2], 24),
        (OUTPUT, "F32", &[2, 3], 24),
        (OUTPUT, "F32", &[4, 1], 16),
    ];
    for (name, dtype, shape, length) in wrong {
        let refused = Forged::new().set(name, dtype, shape, vec![0; length]).open();
        let Err(FormatError::TensorShape { tensor, got, .. }) = refused else { panic!("{name} {shape:?} accepted") };
        assert_eq!((tensor.as_str(), got.as_slice()), (name, shape));
    }
}

/// FAULTS.md row 44.
#[test]
fn refuses_no_words_and_no_numbers() {
    let empty = Forged::new().set(INPUT, "F32", &[2, 0], Vec::new()).open();
    assert!(matches!(empty, Err(FormatError::Empty { words: 2, vector_size: 0 })));
    let none = Forged::new().set(ENDS, "U64", &[0], Vec::new()).set(COUNTS, "U64", &[0], Vec::new()).set(
        INPUT,
        "F32",
        &[0, usize::MAX / 8],
        Vec::new(),
    );
    assert!(matches!(none.open(), Err(FormatError::Empty { words: 0, .. } | FormatError::Header { .. })));
}

#[test]
fn refuses_invalid_ends() {
    let wrong: [(&[u8], [u64; 2], usize); 7] = [
        (b"abc", [3, 2], 1),           // falling
        (b"abc", [2, 4], 1),           // past the text
        (b"abc", [u64::MAX, 3], 0),    // far past it
        (b"abc", [1, 2], 1),           // text left over
        ("한a".as_bytes(), [1, 4], 0), // inside a character
        ("한a".as_bytes(), [3, 1 << 40], 1),
        (b"", [0, 1], 1),
    ];
    for (text, ends, bad) in wrong {
        let refused =
            Forged::new().set(TEXT, "U8", &[text.len()], text.to_vec()).set(ENDS, "U64", &[2], le64(&ends)).open();
        let Err(FormatError::WordEnd { row, got, .. }) = refused else { panic!("{ends:?} accepted: {refused:?}") };
        assert_eq!((row, got), (bad, ends[bad]));
    }
}

/// FAULTS.md row 55.
#[test]
fn refuses_words_that_are_not_utf8() {
    let refused = Forged::new().set(TEXT, "U8", &[3], b"a\xffc".to_vec()).open();
    assert!(matches!(refused, Err(FormatError::NotUtf8 { offset: 1 })));
}

/// FAULTS.md row 52.
#[test]
fn refuses_duplicate_words() {
    let refused = Forged::new().set(TEXT, "U8", &[2], b"aa".to_vec()).set(ENDS, "U64", &[2], le64(&[1, 2])).open();
    assert!(matches!(refused, Err(FormatError::DuplicateWord { word, row: 1 }) if word == "a"));
    let two_empty = Forged::new().set(TEXT, "U8", &[0], vec![]).set(ENDS, "U64", &[2], le64(&[0, 0])).open();
    assert!(matches!(two_empty, Err(FormatError::DuplicateWord { word, row: 1 }) if word.is_empty()));
}

#[test]
fn refuses_a_tensor_or_header_without_checksum() {
    let bytes = good();
    for what in ["header", INPUT, "trainer.order"] {
        let mut header = Header::parse(&bytes).unwrap();
        header.metadata.remove(&format!("{CHECKSUM}{what}")).unwrap();
        if what != HEADER {
            header.metadata.insert(format!("{CHECKSUM}{HEADER}"), header.checksum());
        }
        let forged = [header.to_bytes().unwrap(), bytes[header.data_start..].to_vec()].concat();
        let refused = ModelFile::from_bytes(forged);
        assert!(matches!(refused, Err(FormatError::MissingChecksum { tensor }) if tensor == what));
    }
}

/// FAULTS.md row 53.
#[test]
fn queries_refuse_numbers_that_are_not_finite_and_name_the_word() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let model = Forged::new().set(INPUT, "F32", &[2, 2], le32(&[1.0, 2.0, 3.0, bad])).open().unwrap();
        let refused = WordVectors::from_model(model);
        assert!(matches!(refused, Err(FormatError::NotFinite { word, row: 1, .. }) if word == "c"));
    }
}

#[test]
fn every_number_of_both_matrices_is_looked_at_when_asked() {
    let (good, bad) = (le32(&[1.0, 2.0, 3.0, 4.0]), le32(&[1.0, 2.0, f32::NAN, 4.0]));
    for (input, output, right) in [(&good, &good, true), (&bad, &good, false), (&good, &bad, false)] {
        let forged =
            Forged::new().set(INPUT, "F32", &[2, 2], input.clone()).set(OUTPUT, "F32", &[2, 2], output.clone());
        match forged.open().unwrap().check_finite() {
            Ok(()) => assert!(right),
            Err(refused) => assert!(!right && matches!(&refused, FormatError::NotFinite { row: 1, .. }), "{refused:?}"),
        }
    }
}

#[test]
fn asking_for_the_wrong_extra_is_an_error() {
    let model = ModelFile::from_bytes(good()).unwrap();
    assert!(matches!(model.extra_f32("trainer.none"), Err(FormatError::MissingTensor { .. })));
    assert!(matches!(model.extra_f32("trainer.order"), Err(FormatError::TensorType { expected: "F32", .. })));
    assert!(matches!(model.extra_u64("trainer.order"), Err(FormatError::TensorType { expected: "U64", .. })));
}

proptest! {
    #[test]
    fn any_model_survives_the_round_trip(
        words in prop::collection::btree_map("\\PC{0,6}", any::<u64>(), 1..20),
        size in 1usize..9,
        seed in any::<u32>(),
        half: bool,
        with_output: bool,
        metadata in prop::collection::btree_map("[a-z]{1,5}", "\\PC{0,20}", 0..4),
        extra in prop::collection::vec(any::<u32>(), 0..50),
    ) {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|(word, &count)| assert!(vocabulary.insert(word, count).is_some()));
        // Small multiples of 1/8 are exact in both precisions.
        let number = |i: usize| f32::from(((i as u32).wrapping_mul(2_654_435_761) ^ seed) as i8) / 8.0;
        let input: Vec<f32> = (0..words.len() * size).map(number).collect();
        let output: Vec<f32> = input.iter().map(|x| -x).collect();
        let parts = ModelParts {
            vocabulary: &vocabulary,
            vector_size: size,
            input: &input,
            output: with_output.then_some(&output),
            half,
            metadata,
            extra: vec![("trainer.state".to_owned(), ExtraTensor::U32(&extra))],
        };
        let model = ModelFile::from_bytes(to_bytes(&parts).unwrap()).unwrap();
        prop_assert_eq!(model.vocabulary(), &vocabulary);
        prop_assert_eq!(model.input().to_f32(), &input[..]);
        prop_assert_eq!(model.output().map(|rows| rows.to_f32()), with_output.then(|| output.clone()));
        prop_assert_eq!(model.metadata(), parts.metadata);
        prop_assert_eq!(model.extra_u32("trainer.state").unwrap(), extra);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), length in 0u64..300) {
        if bytes.len() > 8 {
            bytes[..8].copy_from_slice(&length.to_le_bytes());
        }
        let _ = ModelFile::from_bytes(bytes);
    }

    /// Right checksums, so that everything behind them meets the nonsense.
    #[test]
    fn no_forged_vocabulary_makes_the_reader_panic(
        text in prop::collection::vec(any::<u8>(), 0..12),
        ends in prop::collection::vec(prop_oneof![0u64..14, any::<u64>()], 0..5),
        size in 0usize..4,
    ) {
        let rows = ends.len();
        let forged = Forged::new()
            .set(TEXT, "U8", &[text.len()], text)
            .set(ENDS, "U64", &[rows], le64(&ends))
            .set(COUNTS, "U64", &[rows], le64(&ends))
            .set(INPUT, "F32", &[rows, size], vec![0; rows * size * 4]);
        if let Ok(model) = forged.open() {
            prop_assert_eq!(model.vocabulary().len(), rows);
        }
    }
}

/// A model of four words with the vectors of three runs, whose header `change` has changed.
fn with_runs(change: impl FnOnce(&mut Header)) -> Result<ModelFile, FormatError> {
    let rows = |salt| Rows::new(4, 3, Numbers::F32(numbers(salt))).unwrap();
    let runs = vec![rows(1.0), rows(2.0), rows(3.0)];
    let vectors = WordVectors::from_rows(words(), rows(0.0)).unwrap().with_runs(runs).unwrap();
    let (writer, _) = vectors.writer(Format::Safetensors, &SaveOptions::default()).unwrap();
    let mut bytes = Vec::new();
    writer.write_to(&mut bytes).unwrap();
    let mut header = Header::parse(&bytes).unwrap();
    let data = bytes.split_off(header.data_start);
    change(&mut header);
    header.metadata.insert(format!("{CHECKSUM}{HEADER}"), header.checksum());
    ModelFile::from_bytes([header.to_bytes().unwrap(), data].concat())
}

#[test]
fn vectors_of_runs_have_a_shape_and_a_type_or_the_file_is_refused() {
    let model = with_runs(|_| ()).unwrap();
    assert_eq!(model.runs().iter().map(|rows| (rows.len(), rows.vector_size())).collect::<Vec<_>>(), [(4, 3); 3]);
    assert!(model.runs().iter().all(Rows::is_half));
    for shape in [vec![1, 12, 3], vec![3, 3, 4], vec![36], vec![3, 12], vec![1, 4, 9], vec![0, 4, 3]] {
        let refused = with_runs(|header| {
            if let Some(info) = header.tensors.get_mut(RUNS) {
                info.shape.clone_from(&shape);
            }
        });
        assert!(refused.is_err(), "{shape:?}");
    }
    let refused = with_runs(|header| {
        if let Some(info) = header.tensors.get_mut(RUNS) {
            info.dtype = Dtype::BF16;
        }
    });
    assert!(matches!(refused, Err(FormatError::TensorType { .. })), "{refused:?}");
}
