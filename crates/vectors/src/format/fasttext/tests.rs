//! What fastText itself answers, and models that are not what they should be.

use super::*;
use crate::error::FormatError;
use crate::format::{InvalidWord, OpenOptions, OpenReport, VectorTable};
use crate::{Numbers, WordVectors};
use proptest::prelude::*;
use rapidvec_core::WordId;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A model put together by hand. Input rows are V words, then B n-grams.
#[derive(Clone)]
pub(super) struct Forged {
    magic: i32,
    version: i32,
    /// D, window, epochs, least count, negatives, word n-grams, loss, model, B, shortest, longest, update rate.
    settings: [i32; 12],
    /// Entries, words, labels.
    sizes: [i32; 3],
    tokens: i64,
    pruned: i64,
    entries: Vec<(Vec<u8>, i64, u8)>,
    pruned_pairs: Vec<u8>,
    quantised: [u8; 2],
    shapes: [[i64; 2]; 2],
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Forged {
    /// Three words of two numbers; 4 buckets for n-grams of 2 to 3 characters.
    pub(super) fn new() -> Self {
        let entries = [("the", 7), ("</s>", 5), ("고양이", 3)];
        Self {
            magic: MAGIC,
            version: 12,
            settings: [2, 5, 5, 1, 5, 1, 2, 2, 4, 2, 3, 100],
            sizes: [3, 3, 0],
            tokens: 15,
            pruned: -1,
            entries: entries.map(|(word, count)| (word.into(), count, 0)).to_vec(),
            pruned_pairs: Vec::new(),
            quantised: [0, 0],
            shapes: [[7, 2], [3, 2]],
            input: (0..14).map(|i| 0.25 * i as f32 - 1.0).collect(),
            output: vec![0.5; 6],
        }
    }

    /// A classifier with two labels, whose words have n-grams, too.
    pub(super) fn classifier() -> Self {
        let mut model = Self::new();
        model.settings[7] = 3;
        model.sizes = [5, 3, 2];
        model.entries.extend([(b"__label__a".to_vec(), 4, 1), (b"__label__b".to_vec(), 2, 1)]);
        model.shapes[1][0] = 2;
        model.output.truncate(4);
        model
    }

    /// Words only, no n-grams.
    pub(super) fn without_ngrams() -> Self {
        let mut model = Self::new();
        model.settings[8..11].fill(0);
        model.shapes[0][0] = 3;
        model.input.truncate(6);
        model
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = [self.magic, self.version].map(i32::to_le_bytes).concat();
        bytes.extend(self.settings.iter().flat_map(|x| x.to_le_bytes()));
        bytes.extend(1e-4f64.to_le_bytes());
        bytes.extend(self.sizes.iter().flat_map(|x| x.to_le_bytes()));
        bytes.extend([self.tokens, self.pruned].map(i64::to_le_bytes).concat());
        for (word, count, kind) in &self.entries {
            bytes.extend([&word[..], &[0], &count.to_le_bytes(), &[*kind]].concat());
        }
        bytes.extend(&self.pruned_pairs);
        for (matrix, numbers) in [&self.input, &self.output].into_iter().enumerate() {
            bytes.push(self.quantised[matrix]);
            bytes.extend(self.shapes[matrix].map(i64::to_le_bytes).concat());
            bytes.extend(numbers.iter().flat_map(|x| x.to_le_bytes()));
        }
        bytes
    }

    /// The same in the format before versions had numbers: no signature, no pruned n-grams, no quantised matrices.
    pub(super) fn old_bytes(&self) -> Vec<u8> {
        let new = self.bytes();
        let (sizes, entries) =
            (8 + 48 + 8 + 12 + 8, self.entries.iter().map(|(word, ..)| word.len() + 10).sum::<usize>());
        let (words, input) = (sizes + 8, 4 * self.input.len() + 16);
        let matrices = words + entries;
        [&new[8..sizes], &new[words..matrices], &new[matrices + 1..][..input], &new[matrices + 1 + input + 1..]]
            .concat()
    }

    fn read(&self) -> Result<VectorTable, FormatError> {
        read(&self.bytes(), &OpenOptions::default()).map(|(table, _)| table)
    }

    fn read_with(&self, options: &OpenOptions) -> (VectorTable, OpenReport) {
        read(&self.bytes(), options).unwrap()
    }

    pub(super) fn vectors(&self) -> WordVectors {
        WordVectors::from_bytes(self.bytes(), &OpenOptions::default()).unwrap().0
    }
}

fn words(table: &VectorTable) -> Vec<(&str, u64)> {
    table.vocabulary.words().zip(table.vocabulary.counts().iter().copied()).collect()
}

fn numbers(table: &VectorTable) -> &[f32] {
    let Numbers::F32(numbers) = &table.numbers else { panic!("not single precision") };
    numbers
}

// What fastText answers.

/// fastText 0.9.3 (Python), `get_word_vector`, on the very bytes of `Forged`.
#[test]
fn vectors_of_small_models_are_fasttexts() {
    let check = |model: &Forged, expected: &[(&str, [f32; 2])]| {
        let vectors = model.vectors();
        for (word, vector) in expected {
            assert_eq!(vectors.vector(word).unwrap(), vector, "{word}");
        }
    };
    check(&Forged::new(), &NEW);
    check(&Forged::classifier(), &NEW);
    check(&Forged::without_ngrams(), &[("the", [-1.0, -0.75]), ("</s>", [-0.5, -0.25]), ("고양이", [0.0, 0.25])]);
    let mut old = Forged::classifier();
    old.version = 11; // whose classifiers had no n-grams, whatever their settings say
    check(&old, &[("the", [-1.0, -0.75]), ("고양이", [0.0, 0.25])]);
    assert_eq!(old.vectors().vector("cat"), None);
}

const NEW: [(&str, [f32; 2]); 5] = [
    ("the", [0.875, 1.125]),
    ("</s>", [-0.5, -0.25]),
    ("고양이", [1.0625, 1.3125]),
    ("cat", [1.357_142_9, 1.607_142_9]),
    ("강아지", [1.214_285_7, 1.464_285_7]),
];

/// The file among the project's fixtures, unless they are not on this machine.
pub(super) fn fixture(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("RAPIDVEC_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let path = shared.join("fixtures/formats").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: {} is not here; set RAPIDVEC_SHARED to what has fixtures/", path.display());
        return None;
    }
    Some(path)
}

/// Every bit of every number, and its place.
fn fold(numbers: impl IntoIterator<Item = f32>) -> u64 {
    let bits = numbers.into_iter().map(|x| u64::from(x.to_bits()));
    bits.zip(1..).fold(0, |sum: u64, (bits, place)| sum.wrapping_add(bits.wrapping_mul(place)))
}

/// fastText 0.9.3 (Python package `fasttext`), `get_words` and `get_word_vector`: the first, sixth and last word with
/// their counts, `fold` of all words' vectors, and of those of `UNKNOWN`. gensim 4.4.0, `load_facebook_vectors`, agrees to
/// 1.5e-7 (it divides where fastText multiplies), but for `</s>`, which it gives n-grams.
#[test]
fn fixtures_have_fasttexts_words_counts_and_bits() {
    const UNKNOWN: [&str; 7] = ["раскольников", "rapidvec", "nights", "안녕하세요", "x", "Überraschung", "zzz"];
    let expected = [
        (
            "crime-and-punishment.bin",
            291,
            5,
            [("и", 13), ("was", 5), ("напротив;", 1)],
            1_503_115_687_877_574,
            928_308_295_554,
        ),
        (
            "lee_fasttext_new.bin",
            1763,
            10,
            [("the", 3523), ("a", 1164), ("advance", 5)],
            360_440_679_925_906_766,
            5_769_880_700_859,
        ),
        (
            "finalfusion-fasttext.bin",
            157,
            50,
            [("</s>", 100_000), ("der", 37_723), ("Du", 1009)],
            67_910_831_656_324_850,
            139_235_216_953_556,
        ),
    ];
    for (name, size, vector_size, some, known, unknown) in expected {
        let Some(path) = fixture(name) else { continue };
        let vectors = WordVectors::open(path).unwrap();
        assert_eq!((vectors.len(), vectors.vector_size()), (size, vector_size));
        let word = |id: usize| (vectors.vocabulary().word(id as WordId), vectors.vocabulary().count(id as WordId));
        assert_eq!([0, 5, size - 1].map(word), some);
        assert_eq!(fold(vectors.rows().to_f32()), known, "{name}");
        assert_eq!(fold(UNKNOWN.iter().flat_map(|word| vectors.vector(word).unwrap())), unknown, "{name}");
    }
}

/// gensim 4.4.0, `load_facebook_vectors(...).most_similar(word, topn=3)`; `nights` is unknown to the model.
#[test]
fn neighbours_of_known_and_unknown_words_are_gensims() {
    let Some(path) = fixture("lee_fasttext_new.bin") else { return };
    let vectors = WordVectors::open(path).unwrap();
    for (word, expected) in [
        ("nights", [("night.", 0.999_098_5), ("night,", 0.998_236), ("night", 0.989_769_3)]),
        ("night", [("night.", 0.990_950_5), ("night,", 0.989_422), ("fired", 0.968_784_2)]),
    ] {
        let found = vectors.most_similar(word, 3).unwrap();
        for (hit, (word, similarity)) in found.iter().zip(expected) {
            assert_eq!(hit.0, word);
            assert!((hit.1 - similarity).abs() < 1e-6, "{hit:?}, expected {similarity}");
        }
    }
}

#[test]
fn words_come_with_counts_and_without_labels() {
    for model in [Forged::new(), Forged::classifier(), Forged::without_ngrams()] {
        assert_eq!(words(&model.read().unwrap()), [("the", 7), ("</s>", 5), ("고양이", 3)]);
    }
}

#[test]
fn ngram_rows_stay_in_the_file() {
    let vectors = Forged::new().vectors();
    let subwords = vectors.subwords().unwrap();
    assert_eq!((subwords.min_n(), subwords.max_n()), (2, 3));
    assert_eq!(subwords.rows().to_f32(), Forged::new().input[6..]);
    assert!(Forged::without_ngrams().vectors().subwords().is_none());
}

// What the options do.

#[test]
fn a_limit_takes_the_first_words_and_leaves_unknown_words_their_vectors() {
    let model = Forged::new();
    let (table, report) = model.read_with(&OpenOptions { limit: Some(2), ..OpenOptions::default() });
    assert_eq!(words(&table), [("the", 7), ("</s>", 5)]);
    assert_eq!(numbers(&table), &numbers(&model.read().unwrap())[..4]);
    assert!(report.stopped_at_limit);
    let (table, report) = model.read_with(&OpenOptions { limit: Some(3), ..OpenOptions::default() });
    assert_eq!((table.vocabulary.len(), report), (3, OpenReport::default()));
}

/// FAULTS.md row 52.
#[test]
fn a_duplicate_word_is_dropped_and_counted() {
    let mut model = Forged::new();
    model.entries[1].0 = b"the".to_vec();
    let (table, report) = model.read_with(&OpenOptions::default());
    assert_eq!(words(&table), [("the", 7), ("고양이", 3)]);
    assert_eq!(report.duplicates, 1);
    let whole = numbers(&Forged::new().read().unwrap()).to_vec();
    assert_eq!(numbers(&table), [&whole[..2], &whole[4..]].concat());
}

/// FAULTS.md row 53.
#[test]
fn vectors_that_are_not_finite_are_refused_or_dropped() {
    let mut model = Forged::without_ngrams();
    model.input[3] = f32::NAN;
    let refused = model.read();
    assert!(matches!(refused, Err(FormatError::NotFiniteRow { word, row: 1, got }) if word == "</s>" && got.is_nan()));
    let (table, report) = model.read_with(&OpenOptions { allow_nan: true, ..OpenOptions::default() });
    assert_eq!((words(&table), report.not_finite), (vec![("the", 7), ("고양이", 3)], 1));
    model.input.fill(f32::INFINITY);
    let none = read(&model.bytes(), &OpenOptions { allow_nan: true, ..OpenOptions::default() });
    assert!(matches!(none, Err(FormatError::Empty { words: 0, .. })));
}

/// FAULTS.md row 55. The n-grams are those of the bytes, so the vector is the same whatever the word is shown as.
#[test]
fn words_that_are_not_utf8_are_refused_replaced_or_dropped() {
    let mut model = Forged::new();
    model.entries[1].0 = b"caf\xe9".to_vec();
    let refused = model.read();
    assert!(matches!(refused, Err(FormatError::InvalidWord { row: 1, word }) if word == "caf\u{fffd}"));
    let open = |invalid_word| model.read_with(&OpenOptions { invalid_word, ..OpenOptions::default() });
    let (replaced, report) = open(InvalidWord::Replace);
    assert_eq!((words(&replaced)[1], report.invalid_words), (("caf\u{fffd}", 5), 1));
    let (skipped, report) = open(InvalidWord::Skip);
    assert_eq!((words(&skipped), report.invalid_words), (vec![("the", 7), ("고양이", 3)], 1));
    assert_eq!(numbers(&skipped)[2..], numbers(&replaced)[4..]);
}

/// FAULTS.md row 51.
#[test]
fn the_empty_word_and_words_of_spaces_are_kept() {
    let mut model = Forged::new();
    model.entries[0].0 = Vec::new();
    model.entries[2].0 = "\u{a0}\n\t".into();
    let (table, report) = model.read_with(&OpenOptions::default());
    assert_eq!((words(&table)[0], words(&table)[2]), (("", 7), ("\u{a0}\n\t", 3)));
    assert_eq!(report.empty_words, 1);
}

/// FAULTS.md row 64.
#[test]
fn a_word_of_5000_bytes_is_read() {
    let mut model = Forged::new();
    model.entries[0].0 = vec![b'x'; 5000];
    let table = model.read().unwrap();
    assert_eq!(words(&table)[0], ("x".repeat(5000).as_str(), 7));
}

// Models that are not what they should be.

/// FAULTS.md rows 58 and 59, and row 60 where what is cut is a count.
#[test]
fn refuses_the_file_cut_at_every_byte_quickly() {
    let start = Instant::now();
    for model in [Forged::new(), Forged::classifier(), Forged::without_ngrams()] {
        let bytes = model.bytes();
        for cut in 0..bytes.len() {
            let refused = read(&bytes[..cut], &OpenOptions::default()).map(drop);
            let Err(FormatError::Truncated { expected, got, position, .. }) = refused else {
                panic!("cut at {cut}: {refused:?}")
            };
            assert!(got < expected && position + got == cut as u64, "cut at {cut}: {refused:?}");
        }
    }
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

/// FAULTS.md rows 58 and 59, on a model that fastText wrote.
#[test]
fn refuses_a_real_model_cut_anywhere() {
    let Some(path) = fixture("crime-and-punishment.bin") else { return };
    let bytes = std::fs::read(path).unwrap();
    let start = Instant::now();
    for cut in 0..bytes.len() {
        let refused = read(&bytes[..cut], &OpenOptions::default()).map(drop);
        assert!(matches!(refused, Err(FormatError::Truncated { .. })), "cut at {cut}: {refused:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// FAULTS.md row 40: whatever follows is not dropped in silence.
#[test]
fn refuses_bytes_at_the_end() {
    let bytes = [Forged::new().bytes(), vec![0]].concat();
    let refused = read(&bytes, &OpenOptions::default()).map(drop);
    let length = bytes.len() as u64;
    assert!(matches!(refused, Err(FormatError::Length { expected, got }) if expected + 1 == got && got == length));
}

fn refuse(change: impl FnOnce(&mut Forged)) -> FormatError {
    let mut model = Forged::new();
    change(&mut model);
    let start = Instant::now();
    let refused = model.read().map(drop).unwrap_err();
    assert!(start.elapsed() < Duration::from_millis(500), "{:?} for {refused}", start.elapsed());
    refused
}

/// FAULTS.md rows 41, 42, 43, 44 and 60.
#[test]
fn refuses_wild_sizes_without_taking_memory_for_them() {
    for wild in [i32::MIN, -1, i32::MAX] {
        for at in [0, 8] {
            let refused = refuse(|model| model.settings[at] = wild);
            assert!(matches!(refused, FormatError::Field { .. } | FormatError::Disagreement { .. }), "{at}: {refused}");
        }
        for at in 0..3 {
            let refused = refuse(|model| model.sizes[at] = wild);
            assert!(matches!(refused, FormatError::Field { .. } | FormatError::Disagreement { .. }), "{at}: {refused}");
        }
    }
    let many = refuse(|model| model.sizes = [i32::MAX, i32::MAX, 0]);
    assert!(matches!(many, FormatError::Truncated { expected: 21_474_836_470, .. }), "{many}");
    let many = refuse(|model| model.sizes = [i32::MAX, i32::MAX, i32::MAX]);
    assert!(matches!(many, FormatError::Disagreement { expected: 4_294_967_294, .. }), "{many}");
    for wild in [i64::MIN, -1, i64::MAX, 1 << 62, 8] {
        for (matrix, side) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let refused = refuse(|model| model.shapes[matrix][side] = wild);
            assert!(matches!(refused, FormatError::Disagreement { got, .. } if got == wild), "{refused}");
        }
    }
    // Sizes that agree with each other, but not with the file.
    let large = refuse(|model| (model.settings[8], model.shapes[0][0]) = (2_000_000_000, 2_000_000_003));
    assert!(matches!(large, FormatError::Truncated { expected: 16_000_000_024, .. }), "{large}");
    let wide = refuse(|model| {
        model.settings[0] = i32::MAX;
        model.shapes = [[7, i32::MAX.into()], [3, i32::MAX.into()]];
    });
    assert!(matches!(wide, FormatError::Truncated { expected: 60_129_542_116, .. }), "{wide}");
}

/// FAULTS.md row 44.
#[test]
fn refuses_no_words_and_vectors_without_numbers() {
    assert!(matches!(refuse(|model| model.settings[0] = 0), FormatError::Field { .. }));
    assert!(matches!(refuse(|model| model.sizes = [0, 0, 0]), FormatError::Field { .. }));
    assert!(matches!(refuse(|model| model.sizes = [3, 0, 3]), FormatError::Field { .. }));
}

/// FAULTS.md row 60.
#[test]
fn refuses_unknown_losses_models_kinds_and_negative_counts() {
    for (at, wrong) in [(6, [0, 5]), (7, [0, 4])] {
        for wrong in wrong {
            let refused = refuse(|model| model.settings[at] = wrong);
            assert!(matches!(refused, FormatError::Field { .. }), "{refused}");
        }
    }
    assert!(matches!(refuse(|model| model.settings[10] = -3), FormatError::Field { .. }));
    assert!(matches!(refuse(|model| model.entries[1].1 = -1), FormatError::Field { .. }));
    assert!(matches!(refuse(|model| model.tokens = -1), FormatError::Field { .. }));
    for kind in [1, 2, 255] {
        assert!(matches!(refuse(|model| model.entries[1].2 = kind), FormatError::Disagreement { expected: 0, .. }));
    }
    for flag in [2, 255] {
        assert!(matches!(refuse(|model| model.quantised[0] = flag), FormatError::Field { .. }));
    }
}

/// FAULTS.md row 60.
#[test]
fn refuses_pruned_ngrams_that_do_not_fit_and_those_of_a_model_that_is_not_quantised() {
    for wild in [i64::MAX, 1 << 40, 1000] {
        assert!(matches!(refuse(|model| model.pruned = wild), FormatError::Truncated { .. }));
    }
    // fastText 0.9.3: "Invalid model file. Please download the updated model from www.fasttext.cc."
    assert!(matches!(refuse(|model| model.pruned = 0), FormatError::Field { field: "pruned n-grams", .. }));
    let pairs = |model: &mut Forged| (model.pruned, model.pruned_pairs) = (2, vec![0; 16]);
    assert!(matches!(refuse(pairs), FormatError::Field { field: "pruned n-grams", .. }));
}

#[test]
fn refuses_quantised_models_and_says_what_to_do() {
    for (pruned, flags) in [(-1, [1, 0]), (-1, [0, 1]), (2, [1, 1])] {
        let refused = refuse(|model| {
            (model.pruned, model.quantised) = (pruned, flags);
            model.pruned_pairs = vec![0; 8 * pruned.max(0) as usize];
        });
        assert!(matches!(refused, FormatError::Quantised), "{refused}");
        assert!(refused.to_string().contains(".ftz") && refused.to_string().contains("the .bin file"));
    }
}

#[test]
fn refuses_other_versions() {
    for version in [-1, 0, 10, 13] {
        let refused = refuse(|model| model.version = version);
        assert!(matches!(refused, FormatError::Version { expected: "11 or 12", got } if got == version.to_string()));
    }
    assert!(matches!(refuse(|model| model.magic = 7), FormatError::Field { .. }));
}

/// FAULTS.md row 57.
#[test]
fn refuses_the_other_byte_order_and_line_ends_of_windows() {
    assert!(matches!(refuse(|model| model.magic = MAGIC.swap_bytes()), FormatError::Field { .. }));
    let mut model = Forged::new();
    model.entries[0].1 = 10; // a count whose byte is a line end
    model.read().unwrap();
    let windows: Vec<u8> =
        model.bytes().iter().flat_map(|&byte| if byte == b'\n' { vec![b'\r', byte] } else { vec![byte] }).collect();
    assert_eq!(windows.len(), model.bytes().len() + 1);
    assert!(read(&windows, &OpenOptions::default()).is_err());
}

/// FAULTS.md row 54.
#[test]
fn a_zero_vector_is_similar_to_nothing_and_never_nan() {
    let mut model = Forged::without_ngrams();
    model.input[..2].fill(0.0);
    let vectors = model.vectors();
    assert!(vectors.most_similar("the", 5).unwrap().scores().iter().all(|&score| score == 0.0));
    assert!(vectors.most_similar("고양이", 5).unwrap().scores().iter().all(|score| score.is_finite()));
}

/// A word of 300,000 bytes with 60,000 numbers: all n-grams would be a minute's work for a file of 700 KB.
#[test]
fn refuses_more_ngrams_than_any_language_has() {
    let refused = refuse(|model| {
        model.settings[0] = 60_000;
        model.settings[9..11].copy_from_slice(&[1, i32::MAX]);
        model.settings[8] = 1;
        model.entries = vec![(vec![b'x'; 300_000], 1, 0)];
        model.sizes = [1, 1, 0];
        model.shapes = [[2, 60_000], [1, 60_000]];
        (model.input, model.output) = (vec![1.0; 120_000], vec![0.0; 60_000]);
    });
    assert!(matches!(refused, FormatError::Field { field: "n-grams of an average word", .. }), "{refused}");
}

/// One word of 32 kB and one number: 512 million n-grams, each a hash and a division.
#[test]
fn refuses_ngrams_that_cost_more_in_hashing_than_in_adding() {
    let one = |bytes: usize, min_n: i32| {
        let mut model = Forged::new();
        model.settings[0] = 1;
        model.settings[8..11].copy_from_slice(&[1, min_n, i32::MAX]);
        model.entries = vec![(vec![b'x'; bytes], 1, 0)];
        model.sizes = [1, 1, 0];
        model.shapes = [[2, 1], [1, 1]];
        (model.input, model.output) = (vec![1.0; 2], vec![0.0]);
        model.read()
    };
    for min_n in [1, 20_000] {
        let refused = one(32_000, min_n).map(drop);
        assert!(matches!(refused, Err(FormatError::Field { field: "n-grams of an average word", .. })), "{refused:?}");
    }
    assert!(one(5000, 1).is_ok());
    assert!(one(32_000, 100_000).is_ok(), "no n-gram is as long");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn altered_models_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut bytes = Forged::classifier().bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = WordVectors::from_bytes(bytes, &OpenOptions::default());
    }
}
