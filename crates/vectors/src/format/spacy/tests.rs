use super::hash::{key, murmur3};
use super::keys;

/// spaCy 3.8.18: `StringStore().add(word)`.
#[test]
fn words_have_spacys_hashes() {
    for (word, expected) in [
        ("the", 7_425_985_699_627_899_538),
        ("case", 8_110_129_090_154_140_942),
        ("한국", 578_812_860_414_690_209),
        ("mark", 423),
        ("", 0),
    ] {
        assert_eq!(key(word), expected, "{word}");
    }
}

/// murmurhash 1.0.16: `mrmr.hash128_x64` of floret 0.10.5's n-grams, seed 2166136261.
#[test]
fn ngrams_have_florets_hashes() {
    for (ngram, seed, expected) in RECORDED {
        assert_eq!(murmur3(ngram.as_bytes(), seed), expected, "{ngram}");
    }
}

#[test]
fn a_table_of_hashes_is_read_as_written_and_in_every_width() {
    let pairs = [(u64::MAX, 0), (7, u32::MAX), (1 << 40, 70_000)];
    assert_eq!(keys::parse(&keys::write(&pairs)).unwrap(), pairs);
    let packed =
        b"\x85\x05\x01\xcc\xc8\xcd\x01\x00\xce\x00\x01\x00\x00\xd1\x00\x02\x06\xff\xcf\0\0\0\0\0\0\0\x09\xd0\x7f";
    assert_eq!(keys::parse(packed).unwrap(), [(5, 1), (200, 256), (65_536, 2), (9, 127)]);
    for (bad, expected) in [
        (&b"\x91\x01"[..], "key2row: expected a map, got MessagePack's code 0x91"),
        (b"\x81\xa1a\x01", "key2row: expected a whole number, got MessagePack's code 0xa1"),
        (b"\xdf\xff\xff\xff\xff\x01\x01", "key2row: expected 8589934590 bytes"),
        (b"\x81\xff\x01", "key2row: expected hashes and rows, got -1: 1"),
        (b"\x82\x01\x01", "key2row: expected 4 bytes"),
    ] {
        let got = keys::parse(bad).unwrap_err().to_string();
        assert!(got.starts_with(expected), "{got}");
    }
}
const RECORDED: [(&str, u32, [u32; 4]); 4] = [
    ("<the>", 2_166_136_261, [2595341338, 2331835178, 1044867836, 779827009]),
    ("한국어", 2_166_136_261, [1299009292, 200056081, 2659335721, 3574982218]),
    ("abcdefghijklmnopqrstuvwxyz", 2_166_136_261, [860630584, 251518872, 2168627623, 1471500561]),
    ("", 2_166_136_261, [3262466624, 277172068, 371838263, 1319709105]),
];
