//! The text rules, read as the textbook does: each line end the word `<eos>`, ids in order of appearance.

use super::blocks::Origin;
use super::read::{Reading, SIZES, Sizes};
use super::*;
use crate::config::ConfigError;
use crate::error::{Error, Result};
use proptest::prelude::*;
use rapidvec_core::Vocabulary;
use rapidvec_core::compress::{Compression, DecompressError};
use std::io::{ErrorKind, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

fn read(bytes: &[u8], options: &CorpusOptions) -> Result<Corpus> {
    Corpus::from_reader("text", bytes, options)
}

fn tokens(corpus: &Corpus) -> Vec<&str> {
    corpus.ids().iter().map(|id| corpus.vocabulary().word(id)).collect()
}

fn read_tokens(text: &str) -> Vec<String> {
    tokens(&read(text.as_bytes(), &textbook()).unwrap()).into_iter().map(str::to_owned).collect()
}

fn textbook() -> CorpusOptions {
    CorpusOptions::textbook()
}

/// As little as a block may have: every word of these tests ends within it.
const SMALL: Sizes = Sizes { block_bytes: 2_200, ..SIZES };

fn refused(bytes: &[u8]) -> CorpusError {
    match read(bytes, &textbook()) {
        Err(Error::Corpus(error)) => error,
        other => panic!("{bytes:?} gave {other:?}"),
    }
}

fn policy(invalid_utf8: InvalidUtf8) -> CorpusOptions {
    textbook().invalid_utf8(invalid_utf8)
}

#[test]
fn reads_the_chapters_sentence() {
    let corpus = read(b"you say goodbye and i say hello .", &textbook()).unwrap();
    assert_eq!(corpus.ids().to_vec(), [0, 1, 2, 3, 4, 1, 5, 6, 7]);
    assert_eq!(tokens(&corpus)[7..], [".", EOS]);
}

// FAULTS 1
#[test]
fn refuses_an_empty_corpus() {
    assert!(matches!(refused(b""), CorpusError::Empty { empty_lines: 0, .. }));
    assert!(matches!(refused(b"\xef\xbb\xbf"), CorpusError::Empty { empty_lines: 0, .. }));
    assert!(matches!(refused(b"\n \n\t"), CorpusError::Empty { empty_lines: 3, .. }));
    assert!(matches!(Corpus::read(&[], &textbook()), Err(Error::Corpus(CorpusError::Empty { .. }))));
    let skipped = read(b"a \xff\n", &policy(InvalidUtf8::SkipLine));
    assert!(matches!(skipped, Err(Error::Corpus(CorpusError::Empty { skipped_lines: 1, .. }))));
}

// FAULTS 4
#[test]
fn skips_empty_lines_and_counts_them() {
    let corpus = read(b"\n\na\n   \nb\n\t \n", &textbook()).unwrap();
    assert_eq!(tokens(&corpus), ["a", EOS, "b", EOS]);
    assert_eq!((corpus.report().lines, corpus.report().empty_lines), (2, 4));
}

// FAULTS 18
#[test]
fn refuses_a_missing_file_and_a_folder_and_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no.txt");
    let error = Corpus::read(&[Source::File(missing.clone())], &textbook()).unwrap_err();
    assert!(matches!(error, Error::Corpus(CorpusError::Missing { path }) if path == missing));
    let error = Corpus::read(&[Source::File(folder.path().into())], &textbook()).unwrap_err();
    assert!(matches!(error, Error::Corpus(CorpusError::Folder { path }) if path == folder.path()));
}

// FAULTS 21
#[test]
fn invalid_utf8_is_refused_replaced_or_skipped() {
    let text = b"a b\nc d\xffe f\ng\n";
    assert!(matches!(refused(text), CorpusError::InvalidUtf8 { offset: 7, line: 2, .. }));

    let corpus = read(text, &policy(InvalidUtf8::Replace)).unwrap();
    assert_eq!(tokens(&corpus), ["a", "b", EOS, "c", "d\u{fffd}e", "f", EOS, "g", EOS]);
    assert_eq!(corpus.report().invalid_utf8, 1);

    let corpus = read(text, &policy(InvalidUtf8::SkipLine)).unwrap();
    assert_eq!(tokens(&corpus), ["a", "b", EOS, "g", EOS]);
    assert_eq!((corpus.report().invalid_utf8, corpus.report().skipped_lines, corpus.report().lines), (1, 1, 2));
    assert_eq!(corpus.vocabulary().id("c"), None, "words of a skipped line leave no trace");
}

#[test]
fn the_offset_of_invalid_utf8_counts_the_mark_and_an_unfinished_last_character() {
    assert!(matches!(refused(b"\xef\xbb\xbfa\xff"), CorpusError::InvalidUtf8 { offset: 4, line: 1, .. }));
    assert!(matches!(refused("한".as_bytes().split_last().unwrap().1), CorpusError::InvalidUtf8 { offset: 0, .. }));
    assert!(matches!(refused(b"\n\xed\xa0\x80"), CorpusError::InvalidUtf8 { offset: 1, line: 2, .. }));
}

#[test]
fn a_skipped_line_takes_its_counts_along() {
    let text = b"<eos> a\n<eos> \xff\n\n<eos>\xfe";
    let corpus = read(text, &policy(InvalidUtf8::SkipLine)).unwrap();
    let report = corpus.report();
    assert_eq!((report.lines, report.empty_lines, report.skipped_lines), (1, 1, 2));
    assert_eq!((report.invalid_utf8, report.literal_eos), (2, 1));
}

// FAULTS 22
#[test]
fn strips_the_mark_once_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let sources = ["a", "b"].map(|name| {
        let path = folder.path().join(name);
        std::fs::write(&path, "\u{feff}the cat").unwrap();
        Source::File(path)
    });
    let corpus = Corpus::read(&sources, &textbook()).unwrap();
    assert_eq!(tokens(&corpus), ["the", "cat", EOS, "the", "cat", EOS]);
    assert_eq!(read_tokens("\u{feff}\u{feff}a"), ["\u{feff}a", EOS]);
}

// FAULTS 23
#[test]
fn takes_every_kind_of_line_end() {
    assert_eq!(read_tokens("a\r\nb\rc\n\r\nd\r"), ["a", EOS, "b", EOS, "c", EOS, "d", EOS]);
    let corpus = read(b"a\r\n\r\n\r\rb", &textbook()).unwrap();
    assert_eq!(corpus.report().empty_lines, 3);
    assert_eq!(read_tokens("a\u{85}b\u{2028}c\u{b}d\u{3000}e\u{a0}f"), ["a", "b", "c", "d", "e", "f", EOS]);
}

// FAULTS 24
#[test]
fn refuses_nul_bytes_and_says_where() {
    assert_eq!(refused(b"a\ncat\0dog"), CorpusError::Nul { name: "text".into(), offset: 5, line: 2 });
}

// FAULTS 25
#[test]
fn the_last_word_needs_no_newline_and_files_never_merge() {
    let folder = tempfile::tempdir().unwrap();
    let sources = [("a", "one two"), ("b", "three"), ("c", "\n")].map(|(name, text)| {
        std::fs::write(folder.path().join(name), text).unwrap();
        Source::File(folder.path().join(name))
    });
    let corpus = Corpus::read(&sources, &textbook()).unwrap();
    assert_eq!(tokens(&corpus), ["one", "two", EOS, "three", EOS]);
    assert_eq!(corpus.report().empty_lines, 1);
    assert!(corpus.name().contains("a + ") && corpus.name().ends_with('c'), "{}", corpus.name());
}

#[test]
fn offsets_stay_right_behind_replaced_bytes() {
    // The NUL is byte 13: behind a character that breaks off, a lone byte and a whole character.
    let text = b"\xe1\x84a \xff \xed\x95\x9c\n\xf0\x9f\x98\0";
    for sizes in [SMALL, SIZES] {
        let error = in_blocks(text, &policy(InvalidUtf8::Replace), sizes).unwrap_err();
        assert!(error.contains("offset 13 (line 2)"), "{sizes:?}: {error}");
    }
}

/// A text made while it is read: what a test of bounded memory needs.
struct Endless {
    pattern: &'static [u8],
    at: usize,
    left: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.left);
        for byte in &mut buffer[..length] {
            *byte = self.pattern[self.at];
            self.at = (self.at + 1) % self.pattern.len();
        }
        self.left -= length;
        Ok(length)
    }
}

// FAULTS 26
#[test]
fn a_line_of_100_mb_is_streamed_without_losing_a_token() {
    let pattern = b"aaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb ";
    let reader = Endless { pattern, at: 0, left: 2_000_000 * pattern.len() };
    let corpus = Corpus::from_reader("line", reader, &textbook()).unwrap();
    assert_eq!((corpus.ids().len(), corpus.report().lines), (4_000_001, 1));
    assert_eq!(corpus.vocabulary().counts(), [2_000_000, 2_000_000, 1]);
}

// FAULTS 27
#[test]
fn a_word_of_100_mb_is_cut_between_characters() {
    let reader = Endless { pattern: "한".as_bytes(), at: 0, left: 99_999_999 };
    let corpus = Corpus::from_reader("word", reader.chain(&b" end"[..]), &textbook()).unwrap();
    assert_eq!(tokens(&corpus), ["한".repeat(333).as_str(), "end", EOS]);
    assert_eq!(corpus.report().words_cut, 1);
}

#[test]
fn a_word_at_the_limit_is_whole() {
    for (length, cut) in [(MAX_WORD_BYTES, 0), (MAX_WORD_BYTES + 1, 1)] {
        let corpus = read("x".repeat(length).as_bytes(), &textbook()).unwrap();
        assert_eq!((corpus.vocabulary().word(0).len(), corpus.report().words_cut), (MAX_WORD_BYTES, cut));
    }
}

// FAULTS 28
#[test]
fn a_literal_eos_is_the_mark_and_is_counted() {
    let corpus = read(b"a <eos> b\n<eos>", &textbook()).unwrap();
    assert_eq!(tokens(&corpus), ["a", EOS, "b", EOS, EOS, EOS]);
    assert_eq!((corpus.report().literal_eos, corpus.vocabulary().len()), (2, 3));
}

// FAULTS 29
#[test]
fn reads_compressed_text() {
    let text = "\u{feff}the cat\nsat\n".repeat(50);
    let plain = read(text.as_bytes(), &textbook()).unwrap();
    for compression in [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz] {
        let mut packed = Vec::new();
        compression.write(&mut packed, |out| out.write_all(text.as_bytes())).unwrap();
        let corpus = read(&packed, &textbook()).unwrap();
        assert_eq!((corpus.fingerprint(), *corpus.report()), (plain.fingerprint(), *plain.report()));
        let error = refused(&packed[..packed.len() - 5]);
        let cut = matches!(error, CorpusError::Decompress { reason: DecompressError::CutShort { .. }, .. });
        assert!(cut, "{error:?}");
    }
    let error = refused(b"PK\x03\x04 and so on").to_string();
    assert!(error.contains("zip") && error.contains("Decompress it first"), "{error}");
}

// FAULTS 30
#[test]
fn refuses_utf16_with_and_without_a_mark() {
    assert!(matches!(refused(b"\xff\xfet\0h\0e\0"), CorpusError::Encoding { encoding: "UTF-16", .. }));
    assert!(matches!(refused(b"t\0h\0e\0"), CorpusError::Nul { offset: 1, .. }));
}

/// A pipe: bytes come one at a time, with interruptions.
struct Pipe<'a>(&'a [u8], bool);

impl Read for Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(ErrorKind::Interrupted.into());
        }
        self.0.take(1).read(buffer).inspect(|&length| self.0 = &self.0[length..])
    }
}

// FAULTS 32
#[test]
fn reads_a_pipe_once() {
    let text = "\u{feff}나는 학교에 간다\r\nyou\n";
    let corpus = Corpus::from_reader("stdin", Pipe(text.as_bytes(), false), &textbook()).unwrap();
    assert_eq!(tokens(&corpus), ["나는", "학교에", "간다", EOS, "you", EOS]);
    assert_eq!(Source::Stdin.to_string(), "stdin");
}

#[test]
fn a_read_error_names_the_source() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let error = Corpus::from_reader("disk.txt", Broken, &textbook()).unwrap_err();
    assert_eq!(error.to_string(), "disk.txt: the disk is gone");
}

#[test]
fn keeps_words_as_written_and_counts_decomposed_hangul() {
    let composed = "한국어 ㅋㅋ";
    let decomposed = "\u{1112}\u{1161}\u{11ab}국 ᄒ\u{2003}끝";
    let corpus = read(format!("{composed} {decomposed}").as_bytes(), &textbook()).unwrap();
    assert_eq!(corpus.report().decomposed_hangul, 2);
    assert_eq!(tokens(&corpus), ["한국어", "ㅋㅋ", "\u{1112}\u{1161}\u{11ab}국", "ᄒ", "끝", EOS]);
}

#[test]
fn stops_at_the_limit_and_says_so() {
    let limit = |max_tokens| CorpusOptions { max_tokens: Some(max_tokens), ..textbook() };
    let corpus = read(b"a b\nc d\n", &limit(4)).unwrap();
    assert_eq!(tokens(&corpus), ["a", "b", EOS, "c"]);
    assert_eq!((corpus.vocabulary().len(), corpus.report().stopped_at_limit), (4, true));
    assert!(read(b"a b\nc d\n", &limit(5)).unwrap().report().stopped_at_limit);
    assert!(!read(b"a b\nc d\n\n", &limit(6)).unwrap().report().stopped_at_limit);
    // What lies behind the limit is not looked at, in this file or the next.
    assert!(read(b"a b c \xff", &limit(2)).is_ok());
    let skip = CorpusOptions { invalid_utf8: InvalidUtf8::SkipLine, ..limit(2) };
    assert_eq!(tokens(&read(b"a \xff\nb c d\n", &skip).unwrap()), ["b", "c"]);
    assert!(matches!(read(b"a", &limit(0)), Err(Error::Config(ConfigError::OutOfRange { name: "max-tokens", .. }))));
}

#[test]
fn held_out_text_uses_the_ids_of_another() {
    let train = read(b"you say goodbye\nyou say\n", &textbook()).unwrap();
    let given = textbook().vocabulary(Arc::clone(train.vocabulary()));
    let text = &b"say you what\nwhat\n"[..];
    let corpus = read(text, &given).unwrap();
    assert_eq!(corpus.ids().to_vec(), [1, 0, 3, 3]);
    assert_eq!(corpus.report().unknown_words, 2);
    assert_eq!(corpus.counts(), [1, 1, 0, 2]);

    let error = read(b"was\nnun\n", &given);
    assert!(matches!(error, Err(Error::Corpus(CorpusError::AllUnknown { unknown_words: 2, .. }))));

    let faulty = &b"say \xff\nwhat you\n"[..];
    let corpus = read(faulty, &given.invalid_utf8(InvalidUtf8::SkipLine)).unwrap();
    assert_eq!(corpus.ids().to_vec(), [0, 3]);
    assert_eq!((corpus.report().unknown_words, corpus.report().skipped_lines), (1, 1));

    let mut markless = Vocabulary::new();
    markless.add("you");
    let corpus = read(text, &textbook().vocabulary(Arc::new(markless))).unwrap();
    assert_eq!((corpus.ids().to_vec(), corpus.report().unknown_words), (vec![0], 3));
}

#[test]
fn the_fingerprint_distinguishes_corpora_but_not_by_name() {
    let print = |text: &str| read(text.as_bytes(), &textbook()).unwrap().fingerprint();
    let renamed = Corpus::from_text("other name", "a b c", &textbook()).unwrap();
    assert_eq!(print("a b c"), renamed.fingerprint());
    let others = ["a b d", "a b c c", "ab c", "a bc", "a b\nc"];
    for other in others {
        assert_ne!(print("a b c"), print(other), "{other:?}");
    }
    assert_eq!(print("a b c").len(), 16);
    // Written down so that checkpoints made today are still recognised by later versions.
    assert_eq!(print("you say goodbye and i say hello ."), "bc3507f60c0925ba");
}

fn prepared(preparation: Preparation, invalid_utf8: InvalidUtf8) -> CorpusOptions {
    textbook().preparation(preparation).invalid_utf8(invalid_utf8)
}

fn field(name: &str) -> Preparation {
    Preparation { field: Some(name.into()), ..Preparation::default() }
}

#[test]
fn text_is_prepared_before_its_words_are_counted() {
    let lower = Preparation { lower: true, ..Preparation::default() };
    let corpus = read(b"The THE the\nEnd", &prepared(lower, InvalidUtf8::Error)).unwrap();
    assert_eq!(tokens(&corpus), ["the", "the", "the", EOS, "end", EOS]);

    let nfc = Preparation { normalize: Normalization::Nfc, ..Preparation::default() };
    let corpus = read("\u{1112}\u{1161}\u{11ab} 한".as_bytes(), &prepared(nfc, InvalidUtf8::Error)).unwrap();
    assert_eq!((tokens(&corpus), corpus.report().decomposed_hangul), (vec!["한", "한", EOS], 0));

    let text = b"\xef\xbb\xbf{\"t\": \"a b\\nc\"}\r\n\r\n{\"t\": \"\"}\n{\"t\": [\"d\"]}";
    let corpus = read(text, &prepared(field("t"), InvalidUtf8::Error)).unwrap();
    assert_eq!(tokens(&corpus), ["a", "b", EOS, "c", EOS, "d", EOS]);
    assert_eq!((corpus.report().lines, corpus.report().empty_lines), (3, 2));
}

#[test]
fn an_error_in_json_lines_names_its_line() {
    let error = |text: &[u8], invalid_utf8| match read(text, &prepared(field("t"), invalid_utf8)) {
        Err(Error::Corpus(error)) => error,
        other => panic!("{other:?}"),
    };
    let text = b"{\"t\": \"a\\nb\\nc\"}\n{\"t\": \"\xff\"}\n{\"t\": 1}\n";
    let name = || "text".to_owned();
    assert!(matches!(error(text, InvalidUtf8::Error), CorpusError::InvalidUtf8 { offset: 24, line: 2, .. }));
    for policy in [InvalidUtf8::SkipLine, InvalidUtf8::Replace] {
        assert!(matches!(error(text, policy), CorpusError::Json { line: 3, .. }), "{policy:?}");
    }
    assert_eq!(error(b"{}\n\0", InvalidUtf8::Error), CorpusError::NoField { name: name(), line: 1, field: "t".into() });
    assert_eq!(error(b"\n\n {\0", InvalidUtf8::Error), CorpusError::Nul { name: name(), offset: 4, line: 3 });
}

#[test]
fn a_line_of_json_that_is_not_utf8_is_skipped_whole() {
    let text = b"{\"t\": \"a\\nb\"}\n{\"t\": \"c\\nd \xff\"}\n{\"t\": \"e\"}\n{\"t\": \xff";
    let corpus = read(text, &prepared(field("t"), InvalidUtf8::SkipLine)).unwrap();
    assert_eq!(tokens(&corpus), ["a", EOS, "b", EOS, "e", EOS]);
    assert_eq!((corpus.report().skipped_lines, corpus.report().invalid_utf8), (2, 2));
    let whole_lines = &text[..text.len() - b"{\"t\": \xff".len()];
    let corpus = read(whole_lines, &prepared(field("t"), InvalidUtf8::Replace)).unwrap();
    assert_eq!(tokens(&corpus), ["a", EOS, "b", EOS, "c", EOS, "d", "\u{fffd}", EOS, "e", EOS]);
}

#[test]
fn what_follows_the_limit_need_not_be_json() {
    let options = CorpusOptions { max_tokens: Some(3), ..prepared(field("t"), InvalidUtf8::Error) };
    let corpus = read(b"{\"t\": \"a b\"}\n{\"t\": \"c d\"}\nbroken", &options).unwrap();
    assert_eq!((tokens(&corpus), corpus.report().stopped_at_limit), (vec!["a", "b", EOS], true));
}

// FAULTS 26 and 27
#[test]
fn a_long_line_is_prepared_in_parts() {
    let lower = prepared(Preparation { lower: true, ..Preparation::default() }, InvalidUtf8::Error);
    let pattern = b"AAAAAAAAAAAAAAAAAAA bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb ";
    let reader = Endless { pattern, at: 0, left: 200_000 * pattern.len() };
    let corpus = Corpus::from_reader("line", reader, &lower).unwrap();
    assert_eq!((corpus.ids().len(), corpus.report().lines, corpus.vocabulary().len()), (400_001, 1, 3));
    let reader = Endless { pattern: "É".as_bytes(), at: 0, left: 9_999_998 };
    let corpus = Corpus::from_reader("word", reader.chain(&b" END"[..]), &lower).unwrap();
    assert_eq!(tokens(&corpus), ["é".repeat(500).as_str(), "end", EOS]);
    let json = Endless { pattern: b"[", at: 0, left: 70 << 20 };
    let error = Corpus::from_reader("line", json, &prepared(field("t"), InvalidUtf8::Error)).unwrap_err();
    assert!(matches!(error, Error::Corpus(CorpusError::LongLine { line: 1, .. })), "{error}");
}

#[test]
fn many_texts_are_named_by_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let sources: Vec<_> = (0..6).map(|i| folder.path().join(i.to_string())).map(Source::File).collect();
    sources.iter().for_each(|source| std::fs::write(source.to_string(), "a").unwrap());
    let corpus = Corpus::read(&sources, &textbook()).unwrap();
    assert_eq!(corpus.name(), format!("{} and 5 other texts", sources[0]));
}

/// The text rules, said again as plainly as possible, on a whole text in memory.
fn naive(bytes: &[u8], invalid_utf8: InvalidUtf8) -> Option<Vec<String>> {
    let lossy = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut found = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n' || byte == b'\r') {
        let line = match (std::str::from_utf8(line), invalid_utf8) {
            (Ok(line), _) => line.to_owned(),
            (Err(_), InvalidUtf8::Error) => return None,
            (Err(_), InvalidUtf8::Replace) => lossy(line),
            (Err(_), InvalidUtf8::SkipLine) => continue,
        };
        let before = found.len();
        found.extend(line.split_whitespace().map(|word| {
            let fits = |end: &usize| word.is_char_boundary(*end);
            word[..(0..=MAX_WORD_BYTES.min(word.len())).rev().find(fits).unwrap()].to_owned()
        }));
        if found.len() > before {
            found.push(EOS.to_owned());
        }
    }
    (!found.is_empty()).then_some(found)
}

fn in_blocks(bytes: &[u8], options: &CorpusOptions, sizes: Sizes) -> Result<(Vec<String>, CorpusReport), String> {
    let origins = vec![Origin::Reader("text".into(), Box::new(bytes))];
    let reading = Reading { name: "text".into(), origins, total: None, options, sizes };
    match reading.run(&mut |_| ControlFlow::Continue(())).map(Corpus::from) {
        Ok(corpus) => Ok((tokens(&corpus).into_iter().map(str::to_owned).collect(), *corpus.report())),
        // Without the likely encodings, which are those of the block.
        Err(error) => Err(error.to_string().split(". ").next().unwrap_or_default().to_owned()),
    }
}

/// Of a block everything is checked, also what follows the last token wanted.
fn comparable(read: Result<(Vec<String>, CorpusReport), String>) -> Result<(Vec<String>, CorpusReport), String> {
    read.map(|(tokens, report)| {
        let limited = report.stopped_at_limit;
        let (invalid_utf8, skipped_lines) = if limited { (0, 0) } else { (report.invalid_utf8, report.skipped_lines) };
        (tokens, CorpusReport { invalid_utf8, skipped_lines, ..report })
    })
}

/// Pieces of text that have something to go wrong between them.
fn nasty_bytes() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: [&[u8]; 24] = [
        b"a",
        b"bc",
        b" ",
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b"\x0b",
        b"<eos>",
        "\u{feff}".as_bytes(),
        "\u{a0}".as_bytes(),
        "\u{85}".as_bytes(),
        "\u{3000}".as_bytes(),
        "\u{2028}".as_bytes(),
        "é".as_bytes(),
        "한국".as_bytes(),
        "\u{1112}\u{1161}".as_bytes(),
        "→".as_bytes(),
        "😀".as_bytes(),
        b"\xff",
        b"\xe1\x84",
        b"\xf0\x9f",
        b"\xc2",
        &[b'w'; 700],
    ];
    proptest::collection::vec(0..PIECES.len(), 0..40)
        .prop_map(|picks| picks.iter().flat_map(|&pick| PIECES[pick].iter().copied()).collect())
}

proptest! {
    #[test]
    fn equals_the_naive_reader(bytes in nasty_bytes(), policy in 0..3) {
        let invalid_utf8 = [InvalidUtf8::Error, InvalidUtf8::Replace, InvalidUtf8::SkipLine][policy as usize];
        let options = CorpusOptions { invalid_utf8, ..textbook() };
        let got = read(&bytes, &options).ok();
        let got = got.as_ref().map(|corpus| tokens(corpus).into_iter().map(str::to_owned).collect::<Vec<_>>());
        prop_assert_eq!(got, naive(&bytes, invalid_utf8));
    }

    #[test]
    fn the_size_of_blocks_makes_no_difference(
        bytes in nasty_bytes(), policy in 0..3, more in 8..99usize, limit in proptest::option::of(1..30u64)
    ) {
        let invalid_utf8 = [InvalidUtf8::Error, InvalidUtf8::Replace, InvalidUtf8::SkipLine][policy as usize];
        let sizes = Sizes { block_bytes: MAX_WORD_BYTES + more, ..SIZES };
        // Lines longer than a block are judged in pieces.
        prop_assume!(invalid_utf8 != InvalidUtf8::SkipLine || bytes.len() < sizes.block_bytes);
        for lower in [false, true] {
            let preparation = Preparation { lower, ..Preparation::default() };
            let options = prepared(preparation, invalid_utf8).max_tokens(limit);
            let [small, whole] = [sizes, SIZES].map(|sizes| comparable(in_blocks(&bytes, &options, sizes)));
            prop_assert_eq!(small, whole);
        }
    }

    #[test]
    fn a_preparation_that_changes_nothing_changes_nothing(
        bytes in nasty_bytes(), policy in 0..3, more in 8..99usize, limit in proptest::option::of(1..30u64)
    ) {
        // All letters of these texts are small.
        let invalid_utf8 = [InvalidUtf8::Error, InvalidUtf8::Replace, InvalidUtf8::SkipLine][policy as usize];
        let sizes = Sizes { block_bytes: MAX_WORD_BYTES + more, ..SIZES };
        let [plain, lower] = [false, true].map(|lower| {
            let options = prepared(Preparation { lower, ..Preparation::default() }, invalid_utf8).max_tokens(limit);
            in_blocks(&bytes, &options, sizes)
        });
        prop_assert_eq!(lower, plain);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for invalid_utf8 in [InvalidUtf8::Error, InvalidUtf8::Replace, InvalidUtf8::SkipLine] {
            for preparation in [Preparation::default(), field("t"), Preparation { lower: true, ..Preparation::default() }] {
                let _ = in_blocks(&bytes, &prepared(preparation, invalid_utf8), SMALL);
            }
        }
    }

    #[test]
    fn the_limit_keeps_the_start_of_the_text(bytes in nasty_bytes(), limit in 1..30usize) {
        let options = policy(InvalidUtf8::Replace);
        let all = in_blocks(&bytes, &options, SMALL);
        let some = in_blocks(&bytes, &options.max_tokens(limit as u64), SMALL);
        let (Ok((all, _)), Ok((some, report))) = (&all, &some) else {
            prop_assert_eq!(all, some);
            return Ok(());
        };
        prop_assert_eq!(&some[..], &all[..limit.min(all.len())]);
        prop_assert_eq!(report.stopped_at_limit, all.len() > limit);
    }
}
