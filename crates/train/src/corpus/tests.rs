use super::blocks::Origin;
use super::read::{Reading, Sizes};
use super::*;
use crate::config::ConfigError;
use crate::error::{Error, Result};
use proptest::prelude::*;
use rapidvec_core::{EOS_ID, Vocabulary};
use std::collections::HashMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

const SMALL: Sizes = Sizes { block_bytes: 24, word_bytes: 16 };

fn read_cut(bytes: &[u8], options: &CorpusOptions, sizes: Sizes) -> Result<Corpus> {
    let origins = vec![Origin::Reader("text".into(), Box::new(bytes))];
    Reading { name: "text".into(), origins, total: None, options, sizes }
        .run(&mut |_| ControlFlow::Continue(()))
        .map(Corpus::from)
}

fn all() -> CorpusOptions {
    CorpusOptions { min_count: 1, ..CorpusOptions::default() }
}

fn read(text: &str) -> Corpus {
    Corpus::from_text("text", text, &all()).unwrap()
}

fn refused(result: Result<Corpus>) -> CorpusError {
    match result {
        Err(Error::Corpus(error)) => error,
        other => panic!("got {other:?}"),
    }
}

/// Offset and line of the error, and whether it is about a NUL.
fn located(error: &CorpusError) -> (u64, u64, bool) {
    match error {
        CorpusError::InvalidUtf8 { offset, line, .. } => (*offset, *line, false),
        CorpusError::Nul { offset, line, .. } => (*offset, *line, true),
        other => panic!("{other}"),
    }
}

/// Sentences as text, one a line.
fn spelled(sentences: &Corpus) -> String {
    let spell = |id: u32| match id {
        EOS_ID => "\n".to_owned(),
        id => format!("{} ", sentences.vocabulary().word(id)),
    };
    sentences.ids().iter().map(spell).collect()
}

/// As much of a word as fits, in whole characters.
fn cut(word: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(word.len())).rev().find(|&end| word.is_char_boundary(end));
    &word[..end.unwrap()]
}

/// What is to come out, made in the plainest way.
#[derive(Debug, PartialEq)]
struct Expected {
    words: Vec<(String, u64)>,
    ids: Vec<u32>,
    tokens: u64,
    lines: u64,
    empty_lines: u64,
    words_cut: u64,
}

fn naive(text: &str, min_count: u64, word_bytes: usize) -> Expected {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut expected = Expected { words: vec![], ids: vec![], tokens: 0, lines: 0, empty_lines: 0, words_cut: 0 };
    let mut counts: HashMap<&str, u64> = HashMap::new();
    let mut sentences = Vec::new();
    for line in text.split_terminator('\n') {
        let words: Vec<_> = line.split_whitespace().map(|word| cut(word, word_bytes)).collect();
        expected.words_cut += line.split_whitespace().filter(|word| word.len() > word_bytes).count() as u64;
        *if words.is_empty() { &mut expected.empty_lines } else { &mut expected.lines } += 1;
        expected.tokens += words.len() as u64;
        for &word in &words {
            if !counts.contains_key(word) {
                expected.words.push((word.to_owned(), 0));
            }
            *counts.entry(word).or_default() += 1;
        }
        sentences.push(words);
    }
    expected.words.iter_mut().for_each(|(word, count)| *count = counts[word.as_str()]);
    expected.words.retain(|(_, count)| *count >= min_count);
    expected.words.sort_by_key(|(_, count)| std::cmp::Reverse(*count)); // stable: ties stay in the order of the text
    let ids: HashMap<_, _> = expected.words.iter().zip(0..).map(|((word, _), id)| (word.as_str(), id)).collect();
    for words in sentences {
        let kept: Vec<u32> = words.iter().filter_map(|word| ids.get(word).copied()).collect();
        if !kept.is_empty() {
            expected.ids.extend(kept);
            expected.ids.push(EOS_ID);
        }
    }
    expected
}

fn summary(sentences: &Corpus) -> Expected {
    let vocabulary = sentences.vocabulary();
    let report = sentences.report();
    Expected {
        words: vocabulary.words().map(str::to_owned).zip(vocabulary.counts().iter().copied()).collect(),
        ids: sentences.ids().to_vec(),
        tokens: report.tokens,
        lines: report.lines,
        empty_lines: report.empty_lines,
        words_cut: report.words_cut,
    }
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "ab",
        "c",
        "한",
        "국어",
        "\u{1112}\u{1161}",
        " ",
        " ",
        " ",
        "  ",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\u{3000}",
        "\u{85}",
        "\u{2028}",
        "\t",
        "\u{1}",
        "\u{1f}",
        "“",
        "é",
        "\u{a0}",
        "\u{1680}",
        "ã",
        "ꀀ",
        "😀",
        "\u{feff}",
        "abcdefgh",
        "abcdefghi",
        "abcdefghijklmnop",
        "abcdefghijklmnopq",
        "가나다라마바사아자차",
        "x\u{301}",
    ]);
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 600 }))]

    #[test]
    fn equals_the_plain_way_however_it_is_cut_and_shared(
        text in texts(),
        word_bytes in 16_usize..48,
        more in 8_usize..100,
        threads in 1_usize..=8,
        min_count in 1_u64..4,
        memory in prop::sample::select(vec![0, 100, u64::MAX]),
    ) {
        let text = text.trim_start_matches('\u{feff}');
        let sizes = Sizes { block_bytes: word_bytes + more, word_bytes };
        let options = CorpusOptions { min_count, threads, memory_limit: Some(memory), ..CorpusOptions::default() };
        let expected = naive(text, min_count, word_bytes);
        match read_cut(text.as_bytes(), &options, sizes) {
            Ok(sentences) => {
                prop_assert_eq!(summary(&sentences), expected);
                let kept = sentences.ids().iter().filter(|id| *id != EOS_ID).count() as u64;
                prop_assert_eq!((sentences.report().kept, sentences.report().sentences), (kept, sentences.ids().len() as u64 - kept));
                prop_assert_eq!(sentences.report().tokens, kept + sentences.report().rare_tokens);
            }
            Err(Error::Corpus(CorpusError::Empty { empty_lines, .. })) => {
                prop_assert_eq!((expected.tokens, empty_lines), (0, expected.empty_lines));
            }
            Err(Error::Corpus(CorpusError::AllRare { tokens, most, .. })) => {
                prop_assert!(expected.ids.is_empty());
                prop_assert_eq!(tokens, expected.tokens);
                let easier = naive(text, most, word_bytes);
                prop_assert!(!easier.ids.is_empty() && naive(text, most + 1, word_bytes).ids.is_empty());
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn a_given_vocabulary_keeps_its_ids_and_counts_what_it_lacks(
        text in texts(),
        threads in 1_usize..=4,
    ) {
        let mut vocabulary = Vocabulary::new();
        for (word, count) in [("한", 3), ("unseen", 9), ("a", 1), ("abcdefghijklmnopq", 5)] {
            vocabulary.insert(word, count);
        }
        let vocabulary = Arc::new(vocabulary);
        let options = CorpusOptions { threads, vocabulary: Some(Arc::clone(&vocabulary)), ..CorpusOptions::default() };
        let text = format!("a {}", text.trim_start_matches('\u{feff}'));
        let sentences = read_cut(text.as_bytes(), &options, Sizes { block_bytes: 64, word_bytes: 40 }).unwrap();
        let plain = naive(&text, 1, 40);
        let known: Vec<_> = plain.words.iter().filter(|(word, _)| vocabulary.id(word).is_some()).collect();
        let kept: u64 = known.iter().map(|(_, count)| count).sum();
        prop_assert_eq!(sentences.vocabulary(), &vocabulary);
        for (word, count) in known {
            prop_assert_eq!(sentences.counts()[vocabulary.id(word).unwrap() as usize], *count);
        }
        prop_assert_eq!((sentences.report().kept, sentences.report().unknown_words), (kept, plain.tokens - kept));
        let lines: Vec<Vec<u32>> = text.replace("\r\n", "\n").split(['\n', '\r'])
            .map(|line| line.split_whitespace().filter_map(|word| vocabulary.id(word)).collect()).collect();
        let expected: Vec<u32> = lines.into_iter().filter(|line| !line.is_empty())
            .flat_map(|line| line.into_iter().chain([EOS_ID])).collect();
        prop_assert_eq!(sentences.ids().to_vec(), expected);
    }

    #[test]
    fn the_first_k_words_are_the_first(text in texts(), most in 1_u64..30, block_bytes in 24_usize..100) {
        let text = text.trim_start_matches('\u{feff}');
        let options = CorpusOptions { min_count: 1, max_tokens: Some(most), threads: 4, ..CorpusOptions::default() };
        let Ok(sentences) = read_cut(text.as_bytes(), &options, Sizes { block_bytes, word_bytes: 16 }) else {
            prop_assert_eq!(text.split_whitespace().next(), None);
            return Ok(());
        };
        let all = naive(text, 1, 16);
        let spelled = spelled(&sentences);
        let words: Vec<_> = spelled.split_whitespace().collect();
        let expected: Vec<_> = text.split_whitespace().map(|word| cut(word, 16)).take(most as usize).collect();
        prop_assert_eq!(words, expected);
        prop_assert_eq!(sentences.report().stopped_at_limit, all.tokens > most);
        prop_assert_eq!(sentences.ids().iter().last(), Some(EOS_ID));
    }

    #[test]
    fn no_bytes_make_it_panic(
        bytes in prop::collection::vec(prop::sample::select(vec![b'a', b' ', b'\n', b'\r', 0, 0xff, 0xe3, 0x80, 0xea, 0xb0, 0xf0, 0xc2]), 0..200),
        policy in prop::sample::select(vec![InvalidUtf8::Error, InvalidUtf8::Replace, InvalidUtf8::SkipLine]),
    ) {
        let options = CorpusOptions { invalid_utf8: policy, threads: 3, ..all() };
        let small = read_cut(&bytes, &options, SMALL);
        let once = read_cut(&bytes, &options, Sizes { block_bytes: 1000, ..SMALL });
        match (policy, once) {
            // Lines longer than a block are judged in pieces.
            (InvalidUtf8::SkipLine, _) => {}
            (_, Ok(once)) => prop_assert_eq!(summary(&small.unwrap()), summary(&once)),
            (InvalidUtf8::Replace, Err(_)) => prop_assert!(small.is_err()),
            (InvalidUtf8::Error, Err(Error::Corpus(CorpusError::InvalidUtf8 { offset, line, .. }))) => {
                prop_assert_eq!(located(&refused(small)), (offset, line, false)); // the likely encodings are those of the block
            }
            (InvalidUtf8::Error, Err(once)) => prop_assert_eq!(small.unwrap_err().to_string(), once.to_string()),
        }
    }
}

// FAULTS 1, 4
#[test]
fn refuses_a_text_without_words_and_counts_its_lines() {
    for (text, expected) in [("", 0), ("\u{feff}", 0), ("\n \n\t", 3), ("\r\n\r\n", 2)] {
        let error = refused(Corpus::from_text("text", text, &all()));
        assert_eq!(
            error,
            CorpusError::Empty { name: "text".into(), empty_lines: expected, skipped_lines: 0, missing_fields: 0 }
        );
    }
    assert!(matches!(refused(Corpus::read(&[], &all())), CorpusError::Empty { .. }));
    let sentences = read("\n\na\n   \nb\n\t \n");
    assert_eq!((sentences.report().lines, sentences.report().empty_lines), (2, 4));
}

// FAULTS 2
#[test]
fn words_that_are_all_too_rare_are_refused_with_a_count_that_would_do() {
    let error = refused(Corpus::from_text("text", "a b a c a\nb", &CorpusOptions::default()));
    assert_eq!(error, CorpusError::AllRare { name: "text".into(), words: 3, tokens: 6, min_count: 5, most: 3 });
    assert!(error.to_string().contains("a minimum count of 3 or less"), "{error}");
    let options = CorpusOptions { min_count: 3, ..all() };
    let sentences = Corpus::from_text("text", "a b a c a\nb", &options).unwrap();
    assert_eq!(spelled(&sentences), "a a a \n"); // the second sentence has lost all its words
}

// FAULTS 21
#[test]
fn invalid_utf8_is_refused_replaced_or_skipped_in_any_block() {
    let text = b"a bbbbbbb ccccccc\nc d\xffe f\ng gggg ggggg gggggg\n\xe1\x84\n";
    let with = |invalid_utf8, threads| read_cut(text, &CorpusOptions { invalid_utf8, threads, ..all() }, SMALL);
    for threads in 1..=4 {
        let error = refused(with(InvalidUtf8::Error, threads));
        assert_eq!(located(&error), (21, 2, false));
        let replaced = with(InvalidUtf8::Replace, threads).unwrap();
        assert!(spelled(&replaced).contains("\nc d\u{fffd}e f \n") && spelled(&replaced).ends_with("\n\u{fffd} \n"));
        assert_eq!(replaced.report().invalid_utf8, 2);
        let skipped = with(InvalidUtf8::SkipLine, threads).unwrap();
        assert_eq!(spelled(&skipped), "a bbbbbbb ccccccc \ng gggg ggggg gggggg \n");
        let report = skipped.report();
        assert_eq!((report.lines, report.empty_lines, report.skipped_lines, report.invalid_utf8), (2, 0, 2, 2));
        assert_eq!(skipped.vocabulary().id("c"), None, "words of a skipped line leave no trace");
    }
}

/// Found by the fuzz target of JSON Lines: what stood before the `\r` was kept.
#[test]
fn a_line_of_json_is_skipped_whole_also_where_it_has_a_carriage_return() {
    let preparation = Preparation { field: Some("t".into()), ..Preparation::default() };
    let options = CorpusOptions { invalid_utf8: InvalidUtf8::SkipLine, preparation, ..all() };
    for end in ["", "\n"] {
        let text = [b"{\"t\":\"a\"}\r\n{\"t\":\"b\"}\r\x80", end.as_bytes()].concat();
        let sentences = read_cut(&text, &options, Sizes { block_bytes: 1000, ..SMALL }).unwrap();
        assert_eq!(spelled(&sentences), "a \n");
        assert_eq!(sentences.report().skipped_lines, 1);
    }
}

// FAULTS 21, 24
#[test]
fn the_first_error_of_the_text_has_its_offset_and_line() {
    let lines = "one two three\n".repeat(50);
    for (bytes, expected) in [
        ([lines.as_bytes(), b"\xff\n\0", lines.as_bytes()].concat(), (700, 51, false)),
        ([lines.as_bytes(), b"x \0\n\xff", lines.as_bytes()].concat(), (702, 51, true)),
        ([b"\xef\xbb\xbf", lines.as_bytes(), b"\r\n\r\xf0\x9f"].concat(), (706, 53, false)),
    ] {
        for threads in [1, 2, 5] {
            let error = refused(read_cut(&bytes, &CorpusOptions { threads, ..all() }, SMALL));
            assert_eq!(located(&error), expected);
        }
    }
}

// FAULTS 22, 25, 31
#[test]
fn files_are_read_one_after_the_other_each_without_its_mark() {
    let folder = tempfile::tempdir().unwrap();
    let sources = [("a", "\u{feff}one two"), ("b", "\u{feff}two"), ("c", "\n")].map(|(name, text)| {
        std::fs::write(folder.path().join(name), text).unwrap();
        Source::File(folder.path().join(name))
    });
    let sentences = Corpus::read(&sources, &all()).unwrap();
    assert_eq!(spelled(&sentences), "one two \ntwo \n");
    assert_eq!(sentences.report().empty_lines, 1);
    assert!(sentences.name().contains("a + ") && sentences.name().ends_with('c'), "{}", sentences.name());
}

// FAULTS 18
#[test]
fn a_missing_file_is_found_missing_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (here, missing) = (folder.path().join("here"), folder.path().join("missing"));
    std::fs::write(&here, "\0").unwrap();
    let sources = |last: &Path| [Source::File(here.clone()), Source::File(last.to_owned())];
    assert_eq!(refused(Corpus::read(&sources(&missing), &all())), CorpusError::Missing { path: missing });
    let error = refused(Corpus::read(&sources(folder.path()), &all()));
    assert_eq!(error, CorpusError::Folder { path: folder.path().to_owned() });
}

// FAULTS 29, 32: a stream that is compressed is one pass like any other.
#[test]
fn compressed_text_gives_the_same() {
    let text = "the cat sat on the mat\n".repeat(40_000);
    let mut packed = Vec::new();
    rapidvec_core::compress::Compression::Zstd.write(&mut packed, |out| out.write_all(text.as_bytes())).unwrap();
    let unpacked = Corpus::from_reader("text", &packed[..], &all()).unwrap();
    assert_eq!(unpacked.fingerprint(), read(&text).fingerprint());
    assert_eq!(unpacked.report().tokens, 240_000);
}

// FAULTS 31
#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.txt");
    for change in ["grow", "shrink"] {
        std::fs::write(&path, "some words\n".repeat(100_000)).unwrap();
        let mut watch = |_: &ReadProgress| {
            match change {
                "grow" => std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more\n").unwrap(),
                _ => std::fs::File::options().write(true).open(&path).unwrap().set_len(500_000).unwrap(),
            }
            ControlFlow::Continue(())
        };
        let options = CorpusOptions { threads: 1, ..all() };
        let error = refused(Corpus::read_watched(&[Source::File(path.clone())], &options, &mut watch));
        assert!(matches!(&error, CorpusError::Changed { path: at, .. } if *at == path), "{change}: {error}");
    }
}

#[test]
fn an_observer_sees_all_bytes_and_can_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.txt");
    let text = "some words\n".repeat(100_000);
    std::fs::write(&path, &text).unwrap();
    let (sources, options) = ([Source::File(path)], CorpusOptions { threads: 1, ..all() });
    let mut seen = Vec::new();
    let mut watch = |progress: &ReadProgress| {
        seen.push(*progress);
        ControlFlow::Continue(())
    };
    Corpus::read_watched(&sources, &options, &mut watch).unwrap();
    assert!(seen.len() > 3 && seen.is_sorted_by_key(|progress| progress.bytes));
    let bytes = text.len() as u64;
    assert_eq!(seen.last(), Some(&ReadProgress { bytes, total: Some(bytes), tokens: 200_000 }));
    let stopped = Corpus::read_watched(&sources, &options, &mut |_| ControlFlow::Break(()));
    assert_eq!(refused(stopped), CorpusError::Interrupted);
}

// FAULTS 26, 27
#[test]
fn a_long_line_is_read_in_blocks_and_a_long_word_is_cut_once() {
    let long_line = "word ".repeat(400_000) + "end";
    let sentences = read(&long_line);
    assert_eq!((sentences.report().tokens, sentences.report().sentences, sentences.report().lines), (400_001, 1, 1));
    assert_eq!(sentences.ids().len(), 400_002);

    let long_word = format!("before {} behind\nnext", "가".repeat(1_000_000));
    let sentences = read(&long_word);
    assert_eq!(spelled(&sentences), format!("before {} behind \nnext \n", "가".repeat(333)));
    assert_eq!((sentences.report().words_cut, sentences.report().tokens), (1, 4));
    let only = "x".repeat(3_000_000);
    assert_eq!(spelled(&read(&only)), format!("{} \n", "x".repeat(1_000)));
}

// FAULTS 34
#[test]
fn pruning_keeps_frequent_words_and_reports_what_is_lost() {
    let mut text = String::new();
    for i in 0..20_000 {
        text.push_str(&format!("often w{i} {}\n", if i % 10 == 0 { "sometimes" } else { "often" }));
    }
    for threads in [1, 3] {
        for memory in [0, u64::MAX] {
            let memory_limit = Some(memory);
            let options =
                CorpusOptions { max_vocab: 900, min_count: 1, threads, memory_limit, ..CorpusOptions::default() };
            let sizes = Sizes { block_bytes: 2_000, word_bytes: 100 };
            let sentences = read_cut(text.as_bytes(), &options, sizes).unwrap();
            let (report, vocabulary) = (sentences.report(), sentences.vocabulary());
            let pruned = report.pruned;
            assert!(pruned.rounds > 10 && pruned.words > 10_000, "{pruned:?}");
            let sum: u64 = vocabulary.counts().iter().sum();
            assert_eq!(sum + pruned.tokens, 60_000, "every word is counted or reported");
            let often = vocabulary.count(vocabulary.id("often").unwrap());
            assert!(often <= 38_000 && often + pruned.undercount >= 38_000, "{often} {pruned:?}");
            assert!(vocabulary.len() < 1_500);
            // Every id stands for the word that it stood for before words were renumbered.
            let plain: Vec<&str> = text.split('\n').collect();
            let mut counts = vec![0; vocabulary.len()];
            for (spelled, line) in spelled(&sentences).lines().zip(&plain) {
                let mut words = line.split(' ');
                assert!(spelled.split_whitespace().all(|word| words.any(|other| other == word)), "{spelled} in {line}");
            }
            sentences.ids().iter().filter(|id| *id != EOS_ID).for_each(|id| counts[id as usize] += 1);
            assert_eq!(counts, vocabulary.counts());
            assert_eq!(sentences.is_spilled(), memory == 0);
            assert_eq!(report.spilled_bytes > 0, memory == 0);
        }
    }
}

#[test]
fn a_temporary_file_that_cannot_be_had_is_an_error_with_the_folder() {
    let folder = tempfile::tempdir().unwrap().path().join("gone");
    let options = CorpusOptions { memory_limit: Some(0), temporary_folder: Some(folder.clone()), ..all() };
    let error = refused(Corpus::from_text("text", "a b", &options));
    assert!(matches!(&error, CorpusError::Temporary { folder: at, .. } if *at == folder), "{error}");
}

#[test]
fn counting_alone_gives_the_same_vocabulary() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.txt");
    std::fs::write(&path, "b a b\nc a b </s>\n".repeat(1000)).unwrap();
    let sources = [Source::File(path)];
    // No room for ids at all, and none to be had.
    let temporary_folder = Some(folder.path().join("gone"));
    let options = CorpusOptions { memory_limit: Some(0), temporary_folder, ..CorpusOptions::default() };
    let (vocabulary, report) = count_words(&sources, &options, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(vocabulary, **Corpus::read(&sources, &CorpusOptions::default()).unwrap().vocabulary());
    assert_eq!((report.tokens, report.kept, report.literal_sentence_end), (7000, 7000, 1000));
    assert_eq!(vocabulary.words().collect::<Vec<_>>(), ["b", "a", "c", "</s>"]);
}

#[test]
fn json_lines_keep_their_numbers_and_may_be_longer_than_a_block() {
    let preparation = Preparation { field: Some("t".into()), ..Preparation::default() };
    let options = CorpusOptions { preparation, threads: 3, ..all() };
    let long = "word ".repeat(50);
    let text = format!("{{\"t\":\"a b\"}}\n\n{{\"t\":\"{long}\"}}\n{{\"t\":\"c\\nd\"}}");
    let sentences = read_cut(text.as_bytes(), &options, SMALL).unwrap();
    assert_eq!(spelled(&sentences), format!("a b \n{long}\nc \nd \n"));
    let bad = format!("{text}\n{{\"t\":\"x\"}}\n{{\"u\":\"y\"}}\n");
    let error = refused(read_cut(bad.as_bytes(), &options, SMALL));
    assert!(matches!(error, CorpusError::NoField { line: 6, .. }), "{error}");
    let error = refused(read_cut(format!("{text}\n\u{fffd}\0").as_bytes(), &options, SMALL));
    assert!(matches!(error, CorpusError::Nul { line: 5, .. }), "{error}");
}

#[test]
fn prepared_text_is_counted_as_prepared() {
    let preparation = Preparation { lower: true, ..Preparation::default() };
    let options = CorpusOptions { preparation, ..all() };
    let sentences = read_cut("The cat THE Cat\n".repeat(10).as_bytes(), &options, SMALL).unwrap();
    assert_eq!(spelled(&sentences), "the cat the cat \n".repeat(10));
}

#[cfg(feature = "unicode")]
#[test]
fn the_unicode_tokenizer_loses_nothing_of_a_line_without_spaces() {
    let preparation = Preparation { tokenizer: TokenizerKind::Unicode, ..Preparation::default() };
    let options = CorpusOptions { preparation, ..all() };
    let text = "我来到北京清华大学。".repeat(30);
    let sizes = Sizes { block_bytes: 64, word_bytes: 40 };
    let sentences = read_cut(text.as_bytes(), &options, sizes).unwrap();
    assert_eq!(spelled(&sentences).replace([' ', '\n'], ""), text.replace('。', ""));
    assert_eq!(sentences.report().sentences, 1);
}

#[cfg(not(feature = "unicode"))]
#[test]
fn the_unicode_tokenizer_is_refused_where_it_is_not_built_in() {
    let preparation = Preparation { tokenizer: TokenizerKind::Unicode, ..Preparation::default() };
    let refusal = Corpus::from_text("text", "a", &CorpusOptions { preparation, ..all() });
    assert_eq!(refused(refusal), CorpusError::NoUnicode);
}

#[test]
fn options_out_of_range_are_refused_by_name() {
    for (options, expected) in [
        (CorpusOptions { max_tokens: Some(0), ..all() }, "max-tokens"),
        (CorpusOptions { max_vocab: 0, ..all() }, "max-vocab"),
    ] {
        let Err(Error::Config(ConfigError::OutOfRange { name, .. })) = Corpus::from_text("text", "a", &options) else {
            panic!("{expected} was accepted")
        };
        assert_eq!(name, expected);
    }
}

#[test]
fn decomposed_hangul_and_literal_marks_are_counted() {
    let sentences = read("한 \u{1112}\u{1161}\u{11ab} </s> </s>\n");
    assert_eq!((sentences.report().decomposed_hangul, sentences.report().literal_sentence_end), (1, 2));
}

#[test]
fn a_given_vocabulary_that_knows_nothing_is_an_error() {
    let mut vocabulary = Vocabulary::new();
    vocabulary.add("x");
    let vocabulary = Arc::new(vocabulary);
    let options = CorpusOptions { vocabulary: Some(Arc::clone(&vocabulary)), ..all() };
    let error = refused(Corpus::from_text("text", "a b", &options));
    assert_eq!(error, CorpusError::AllUnknown { name: "text".into(), unknown_words: 2 });
    assert!(matches!(refused(Corpus::from_text("text", " ", &options)), CorpusError::Empty { .. }));
}

#[test]
fn fingerprints_distinguish_texts_and_vocabularies() {
    let texts = ["a b\nc", "a b c", "a b\nd", "a c\nb"];
    let prints: std::collections::HashSet<_> = texts.iter().map(|text| read(text).fingerprint()).collect();
    assert_eq!(prints.len(), texts.len());
    assert_eq!(read("a b").fingerprint(), read(" a  b\n\n").fingerprint());
}

fn with_spaces(text: &str) -> Vec<Vec<String>> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split_terminator('\n').map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

proptest! {
    #[test]
    fn sentences_give_what_the_same_text_gives(text in texts(), min_count in 1_u64..4, textbook in any::<bool>()) {
        let text = text.trim_start_matches('\u{feff}');
        let base = if textbook { CorpusOptions::textbook() } else { CorpusOptions::default() };
        for lower in [false, true] {
            let options = base.clone().min_count(min_count).preparation(Preparation { lower, ..Preparation::default() });
            let as_text = Corpus::from_text("sentences", text, &options);
            match (as_text, Corpus::from_sentences(with_spaces(text), &options)) {
                (Ok(text), Ok(sentences)) => {
                    prop_assert_eq!(text.ids().to_vec(), sentences.ids().to_vec());
                    prop_assert_eq!(text.vocabulary(), sentences.vocabulary());
                    prop_assert_eq!(text.report(), sentences.report());
                    prop_assert_eq!(text.fingerprint(), sentences.fingerprint());
                }
                (Err(text), Err(sentences)) => prop_assert_eq!(text.to_string(), sentences.to_string()),
                (text, sentences) => prop_assert!(false, "{:?} {:?}", text, sentences),
            }
        }
    }
}

#[test]
fn a_token_may_hold_spaces() {
    let sentences = [["I", "love", "New  York\n"], ["New York", " ", "loves me, too; and a long way it is"]];
    let corpus = Corpus::from_sentences(sentences, &all()).unwrap();
    let words: Vec<_> = corpus.vocabulary().words().collect();
    assert_eq!(words, ["New York", "I", "love", "loves me, too; and a long way it is"]);
    assert_eq!(corpus.ids().to_vec(), [1, 2, 0, EOS_ID, 0, 3, EOS_ID]);
    assert_eq!((corpus.report().empty_tokens, corpus.report().tokens), (1, 5));
    let error = refused(Corpus::from_sentences([["a"], ["b\0c"]], &all()));
    assert_eq!(error, CorpusError::NulInToken { name: "sentences".into(), sentence: 2 });
}

#[test]
fn sentences_fill_several_blocks_and_stop_at_the_limit() {
    let sentences = (0..50_000).map(|i| [format!("w{}", i % 1_000), "New York".to_owned()]);
    let whole = Corpus::from_sentences(sentences.clone(), &all()).unwrap();
    assert_eq!((whole.report().tokens, whole.report().lines, whole.vocabulary().len()), (100_000, 50_000, 1_001));
    let start = Corpus::from_sentences(sentences.clone(), &all().max_tokens(60_001)).unwrap();
    assert_eq!((start.report().tokens, start.report().stopped_at_limit), (60_001, true));
    let given = all().vocabulary(Arc::clone(start.vocabulary()));
    assert_eq!(Corpus::from_sentences(sentences, &given).unwrap().counts().iter().sum::<u64>(), 100_000);
}

#[test]
fn an_array_of_strings_is_one_sentence() {
    let preparation = Preparation { field: Some("tokens".into()), ..Preparation::default() };
    let text = "{\"tokens\": [\"new york\", \"is\", \"big\"]}\n{\"tokens\": \"new york\"}\n".repeat(3);
    for sizes in [Sizes { block_bytes: 60, word_bytes: 40 }, Sizes { block_bytes: 1_000, word_bytes: 100 }] {
        let corpus = read_cut(text.as_bytes(), &all().preparation(preparation.clone()), sizes).unwrap();
        assert_eq!(corpus.report().sentences, 6);
        let words: Vec<_> = corpus.vocabulary().words().collect();
        assert_eq!(words, ["new york", "is", "big", "new", "york"]);
    }
}

#[test]
fn the_vocabulary_is_cut_to_its_maximum_whatever_the_threads() {
    let text: String = (0..30_000).map(|i| format!("w{} ", i % 5_000 / (1 + i % 7))).collect();
    let options = |threads| all().max_vocab(100).threads(threads);
    for threads in [1, 2, 5] {
        let sizes = Sizes { block_bytes: 4_000, word_bytes: 100 };
        let corpus = read_cut(text.as_bytes(), &options(threads), sizes).unwrap();
        let (words, report) = (corpus.vocabulary().len(), corpus.report());
        assert_eq!(words, 100, "on {threads} threads");
        assert_eq!(report.kept + report.pruned.tokens, 30_000);
    }
    // All of it is one block: words are pruned when all are counted.
    let corpus = Corpus::from_text("text", &text, &options(1).order(WordOrder::ByAppearance)).unwrap();
    let exact = read(&text);
    assert_eq!(corpus.vocabulary().len(), 100);
    let counts = corpus.vocabulary().words().map(|word| exact.vocabulary().count(exact.vocabulary().id(word).unwrap()));
    assert!(counts.eq(corpus.counts().iter().copied()));
    assert!(exact.counts()[99] >= *corpus.counts().iter().min().unwrap());
}

#[test]
fn tokens_with_punctuation_are_counted() {
    let corpus = read("\"Hello,\" said the King, and left. 's u.s. ... the U.S. 3.14 “Oh” 그는 간다. the\n");
    assert_eq!(corpus.report().punctuated_tokens, 5);
}

#[test]
fn text_in_another_encoding_is_recognised() {
    let text = b"\xb3\xaa\xb4\xc2 \xc7\xd0\xb1\xb3\xbf\xa1 \xb0\xa3\xb4\xd9\n".repeat(3);
    let error = refused(read_cut(&text, &all(), Sizes { block_bytes: 1_000, word_bytes: 100 }));
    assert!(error.to_string().contains("`iconv -f CP949 -t UTF-8`"), "{error}");
    assert!(!error.to_string().contains("replace"), "{error}");
    let damaged = ["한국어\n".repeat(9).as_bytes(), b"\xff\n"].concat();
    let error = refused(read_cut(&damaged, &all(), Sizes { block_bytes: 1_000, word_bytes: 100 }));
    assert!(!error.to_string().contains("iconv") && error.to_string().contains("replace"), "{error}");
}

/// The words of a text that is read as `preparation` says.
fn words_of(text: &[u8], preparation: Preparation) -> Result<Vec<String>, String> {
    let options = CorpusOptions::default().min_count(1).preparation(preparation).order(WordOrder::ByAppearance);
    let corpus = Corpus::from_reader("t", text, &options).map_err(|error| error.to_string())?;
    let word =
        |id: rapidvec_core::WordId| if id == EOS_ID { "/".to_owned() } else { corpus.vocabulary().word(id).to_owned() };
    Ok(corpus.ids().iter().map(word).collect())
}

#[test]
fn a_column_of_a_table_is_the_text() {
    let table = "id,text\n1,\"a, b\nc\"\n2,d a\n".as_bytes();
    let column = |name: &str| Preparation { column: Some(name.into()), ..Preparation::default() };
    assert_eq!(words_of(table, column("text")).unwrap(), ["a,", "b", "/", "c", "/", "d", "a", "/"]);
    assert!(words_of(table, column("body")).unwrap_err().contains("no column `body`; the first row has: id, text"));
    let both = Preparation { field: Some("a".into()), ..column("b") };
    assert!(words_of(table, both).unwrap_err().contains("column"));
}

#[cfg(feature = "unicode")]
#[test]
fn text_in_other_encodings_is_converted() {
    let encoding = |name: &str| Preparation { encoding: Some(name.into()), ..Preparation::default() };
    // `iconv -t` of: 나는 학교에 간다 / 私 は / été
    let korean = b"\xb3\xaa\xb4\xc2 \xc7\xd0\xb1\xb3\xbf\xa1 \xb0\xa3\xb4\xd9";
    for name in ["cp949", "EUC-KR", "uhc"] {
        assert_eq!(words_of(korean, encoding(name)).unwrap(), ["나는", "학교에", "간다", "/"], "{name}");
    }
    for (bytes, name, expected) in [
        (&b"\x8e\x84 \x82\xcd"[..], "shift_jis", "私 は"),
        (b"\xe9t\xe9", "latin1", "été"),
        (b"\xff\xfe\x00\xac \x00\x00\xac", "utf-16", "가 가"),
        (b"\xac\x00\x00 \xac\x00", "utf-16be", "가 가"),
        ("\u{feff}가 나".as_bytes(), "utf-8", "가 나"),
    ] {
        let words = words_of(bytes, encoding(name)).unwrap();
        assert_eq!(words[..words.len() - 1].join(" "), expected, "{name}");
    }
    // What is not valid in the encoding is handled as what is not valid UTF-8.
    assert!(words_of(b"a \xff\xff b", encoding("euc-kr")).unwrap_err().contains("invalid UTF-8"));
    assert!(words_of(b"a", encoding("klingon")).unwrap_err().contains("unknown encoding"));
    let table = Preparation { column: Some("b".into()), ..encoding("cp949") };
    assert_eq!(words_of(&[b"a,b\n1,", &korean[..]].concat(), table).unwrap().len(), 4);
}

#[test]
fn lines_of_json_may_be_arrays_and_tokens_whole_numbers() {
    let field = |name: &str| Preparation { field: Some(name.into()), ..Preparation::default() };
    let text = b"[\"a b\", 12, -3]\n[[1, 2], [\"c\"]]\n\"d e\"\n";
    let expected = ["a b", "12", "-3", "/", "1", "2", "/", "c", "/", "d", "e", "/"];
    assert_eq!(words_of(text, field(".")).unwrap(), expected);
    assert_eq!(words_of(b"{\"ids\": [5, 6, 5]}\n", field("ids")).unwrap(), ["5", "6", "5", "/"]);
    assert!(words_of(b"[1.5]\n", field(".")).is_err() && words_of(b"[[[1]]]\n", field(".")).is_err());
}
