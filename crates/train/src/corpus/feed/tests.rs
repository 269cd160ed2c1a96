use super::{Feed, FeedProgress, Feeds};
use crate::corpus::{Corpus, CorpusError, CorpusOptions, Normalization, Phrases, Preparation, WordOrder};
use crate::error::Error;
use proptest::prelude::*;
use rapidvec_core::{EOS_ID, Vocabulary, WordId};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Options that keep ids in memory, or in a file.
fn options(in_memory: bool) -> CorpusOptions {
    CorpusOptions::default().memory_limit(if in_memory { u64::MAX } else { 0 })
}

fn fed(sentences: &[Vec<String>], options: &CorpusOptions) -> Corpus {
    let mut feed = Feed::new(options);
    for sentence in sentences {
        let tokens: Vec<&str> = sentence.iter().map(String::as_str).collect();
        feed.push(&tokens).unwrap();
        feed.end_sentence().unwrap();
    }
    feed.finish().unwrap()
}

fn sentences() -> impl Strategy<Value = Vec<Vec<String>>> {
    // Long tokens, empty ones and some with white space among them; words that repeat.
    let token = prop_oneof![4 => "[ab]{0,3}", 2 => "[ab]{0,40}", 1 => "[가나 \\t]{0,50}", 1 => "x{10,50}"];
    prop::collection::vec(prop::collection::vec(token, 0..40), 0..40)
}

/// The same in `pieces` pieces.
fn fed_in_pieces(sentences: &[Vec<String>], pieces: usize, options: &CorpusOptions) -> Feeds {
    let pieces: Vec<_> = sentences.chunks(sentences.len().div_ceil(pieces).max(1)).collect();
    let read = |feed: &mut Feed, place: usize| {
        // So that threads take turns, whatever the machine.
        std::thread::yield_now();
        for sentence in pieces[place] {
            let tokens: Vec<&str> = sentence.iter().map(String::as_str).collect();
            feed.push(&tokens)?;
            feed.end_sentence()?;
        }
        Ok(())
    };
    Feed::in_pieces(options, pieces.len(), read, &mut |_| ControlFlow::Continue(())).unwrap()
}

proptest! {
    #[test]
    fn pieces_give_the_corpus_of_the_whole(
        sentences in sentences(), pieces in 1usize..20, threads in 1usize..5, in_memory: bool, most in prop::option::of(0u64..300),
        is_textbook: bool,
    ) {
        let base = if is_textbook { CorpusOptions::textbook().memory_limit(u64::MAX) } else { options(in_memory) };
        let options = base.threads(threads).max_tokens(most);
        let (got, expected) = (fed_in_pieces(&sentences, pieces, &options).finish().unwrap(), fed(&sentences, &options));
        prop_assert_eq!(got.ids().to_vec(), expected.ids().to_vec());
        prop_assert!(got.vocabulary().words().eq(expected.vocabulary().words()));
        prop_assert_eq!(got.counts(), expected.counts());
        prop_assert_eq!(got.report().tokens, expected.report().tokens);
        if most.is_none() {
            prop_assert_eq!(got.report(), expected.report());
        }
    }

    #[test]
    fn words_selected_at_the_end_are_those_selected_afterwards(
        sentences in sentences(), pieces in 1usize..9, threads in 1usize..4, in_memory: bool, min_count in 1u64..30, is_open: bool, lower: bool,
    ) {
        let options = options(in_memory).threads(threads).min_count(min_count);
        let options = options.preparation(Preparation { lower, ..Preparation::default() });
        let expected = fed(&sentences, &options).selected(&options);
        let got = if is_open && sentences.last().is_some_and(|last| !last.is_empty()) {
            let mut feed = Feed::new(&options);
            for (sentence, left) in sentences.iter().zip((0..sentences.len()).rev()) {
                sentence.iter().for_each(|token| feed.push(&[token]).unwrap());
                if left > 0 { feed.end_sentence().unwrap(); }
            }
            feed.finish_selected(&options)
        } else {
            fed_in_pieces(&sentences, pieces, &options).finish_selected(&options)
        };
        match (got, expected) {
            (Ok(got), Ok(expected)) => {
                // A mark at the end of all ends no other sentence than none.
                let ids = |corpus: &Corpus| corpus.ids().to_vec().split(|&id| id == EOS_ID).map(<[_]>::to_vec).filter(|ids| !ids.is_empty()).collect::<Vec<_>>();
                prop_assert_eq!(ids(&got), ids(&expected));
                prop_assert!(got.vocabulary().words().eq(expected.vocabulary().words()));
                prop_assert_eq!(got.counts(), expected.counts());
                let (got, expected) = (got.report(), expected.report());
                prop_assert_eq!((got.kept, got.sentences, got.distinct_words), (expected.kept, expected.sentences, expected.distinct_words));
                prop_assert_eq!((got.rare_words, got.rare_tokens, got.unknown_words), (expected.rare_words, expected.rare_tokens, expected.unknown_words));
            }
            (got, expected) => prop_assert_eq!(got.unwrap_err().to_string(), expected.unwrap_err().to_string()),
        }
    }

    #[test]
    fn tokens_come_back_as_they_are(sentences in sentences(), in_memory: bool) {
        let corpus = fed(&sentences, &options(in_memory));
        let words = corpus.vocabulary();
        let mut expected = Vec::new();
        let mut numbers: HashMap<&str, WordId> = HashMap::new();
        for sentence in sentences.iter().filter(|sentence| !sentence.is_empty()) {
            for token in sentence {
                let next = numbers.len() as WordId;
                expected.push(*numbers.entry(token).or_insert(next));
            }
            expected.push(EOS_ID);
        }
        prop_assert_eq!(corpus.ids().to_vec(), &expected[..]);
        prop_assert_eq!(words.len(), numbers.len());
        for (&token, &id) in &numbers {
            prop_assert_eq!(words.word(id), token);
            prop_assert_eq!(words.count(id), expected.iter().filter(|&&other| other == id).count() as u64);
        }
        let tokens: usize = sentences.iter().map(Vec::len).sum();
        prop_assert_eq!((corpus.report().tokens, corpus.report().sentences), (tokens as u64, sentences.len() as u64));
    }

    #[test]
    fn renumbering_drops_words_and_sentences_that_lost_all(sentences in sentences(), in_memory: bool, seed: u64, more in 0usize..70_000) {
        let corpus = fed(&sentences, &options(in_memory));
        let mut new = Vocabulary::new();
        for i in 0..more {
            new.add(&format!("another {i}")); // ids may need more bytes than before
        }
        let kept: Vec<WordId> = corpus.vocabulary().words().enumerate()
            .map(|(i, word)| if seed >> (i % 64) & 1 == 0 { new.add(word) } else { EOS_ID }).collect();
        let mut expected = Vec::new();
        for sentence in corpus.ids().to_vec().split(|&id| id == EOS_ID) {
            let left: Vec<_> = sentence.iter().map(|&id| kept[id as usize]).filter(|&id| id != EOS_ID).collect();
            if !left.is_empty() {
                expected.extend(left);
                expected.push(EOS_ID);
            }
        }
        let words = new.len();
        let renumbered = corpus.renumbered(&kept, new.into()).unwrap();
        prop_assert_eq!(renumbered.ids().to_vec(), &expected[..]);
        prop_assert_eq!(renumbered.report().sentences, expected.iter().filter(|&&id| id == EOS_ID).count() as u64);
        let mut counts = vec![0; words];
        expected.iter().filter(|&&id| id != EOS_ID).for_each(|&id| counts[id as usize] += 1);
        prop_assert_eq!(renumbered.counts(), &counts[..]);
    }
}

#[test]
fn a_large_text_is_what_the_builder_makes_of_it() {
    let sentences: Vec<Vec<String>> =
        (0..4_000u64).map(|i| (0..50).map(|j| format!("w{}", (i * 7_919 + j * j * 31) % 30_011)).collect()).collect();
    for in_memory in [true, false] {
        let options = options(in_memory).min_count(1).order(WordOrder::ByAppearance);
        let (got, expected) = (fed(&sentences, &options), Corpus::from_sentences(&sentences, &options).unwrap());
        assert_eq!(got.fingerprint(), expected.fingerprint());
        assert_eq!(got.is_spilled(), !in_memory);
    }
}

#[test]
fn a_large_text_in_pieces_is_the_whole() {
    let sentences: Vec<Vec<String>> = (0..6_000u64)
        .map(|i| (0..40).map(|j| format!("w{}", (i * 7_919 + j * j * 31) % (i * 7 + 11))).collect())
        .collect();
    for in_memory in [true, false] {
        let expected = fed(&sentences, &options(in_memory));
        for (threads, pieces) in [(2, 2), (3, 40), (8, 7)] {
            let got = fed_in_pieces(&sentences, pieces, &options(in_memory).threads(threads)).finish().unwrap();
            assert_eq!(got.fingerprint(), expected.fingerprint());
            assert_eq!(got.is_spilled(), !in_memory);
        }
    }
}

#[test]
fn pieces_may_have_tokens_that_are_not_text() {
    let read = |feed: &mut Feed, place: usize| {
        let other = feed.add_other(format!("{}", place % 2))?;
        feed.push_other(other)?;
        feed.push(&["0", "1"])?;
        feed.push_other(other)?;
        feed.end_sentence()
    };
    let go_on = &mut |_| ControlFlow::Continue(());
    for threads in [1, 3] {
        let corpus = Feed::in_pieces(&options(true).threads(threads), 3, read, go_on).unwrap().finish().unwrap();
        assert_eq!(corpus.vocabulary().words().collect::<Vec<_>>(), ["0", "0", "1", "1", "0"]);
        assert_eq!(corpus.counts(), [2, 3, 3, 2, 2]);
        assert_eq!(corpus.ids().to_vec(), [0, 1, 2, 0, EOS_ID, 3, 1, 2, 3, EOS_ID, 4, 1, 2, 4, EOS_ID]);
    }
}

#[test]
fn reading_in_pieces_ends_when_asked_and_with_the_first_error() {
    let read = |feed: &mut Feed, _: usize| feed.push(&["a", "b"]).and_then(|()| feed.end_sentence());
    let mut looks = Vec::new();
    let stop = &mut |now: FeedProgress| {
        looks.push((now.sentences, now.tokens, now.distinct));
        if looks.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let corpus = Feed::in_pieces(&options(true).threads(1), 100, read, stop).unwrap().finish().unwrap();
    assert_eq!((corpus.report().tokens, looks), (6, vec![(1, 2, 2), (2, 4, 2), (3, 6, 2)]));
    let fail = |feed: &mut Feed, place: usize| match place {
        5 => Err(CorpusError::TooManyWords { name: "five".to_owned(), max: 5 }.into()),
        _ => read(feed, place),
    };
    let failed = Feed::in_pieces(&options(true).threads(3), 100, fail, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(failed, Err(Error::Corpus(CorpusError::TooManyWords { max: 5, .. }))));
}

#[test]
fn tokens_that_are_not_text_have_numbers_of_their_own() {
    let mut feed = Feed::new(&options(true));
    feed.push(&["7", "a"]).unwrap();
    let seven = feed.add_other("7".to_owned()).unwrap();
    feed.push_other(seven).unwrap();
    feed.push_other(seven).unwrap();
    feed.push(&["b", "7"]).unwrap();
    feed.end_sentence().unwrap();
    assert_eq!((feed.len(), feed.tokens(), feed.sentences()), (4, 6, 1));
    let corpus = feed.finish().unwrap();
    assert_eq!(corpus.ids().to_vec(), [0, 1, 2, 2, 3, 0, EOS_ID]);
    assert_eq!(corpus.vocabulary().words().collect::<Vec<_>>(), ["7", "a", "7", "b"]);
    assert_eq!(corpus.counts(), [2, 1, 2, 1]);
}

#[test]
fn selected_words_are_those_that_reading_the_text_would_keep() {
    let sentences: Vec<Vec<String>> = (0..300u64)
        .map(|i| {
            (0..20)
                .map(|j| ["King", "KING", "é", "e\u{301}", "b", "c"][((i * j) % 17 % 6) as usize].to_owned())
                .collect()
        })
        .collect();
    let preparation = Preparation { lower: true, normalize: Normalization::Nfc, ..Preparation::default() };
    let all = options(true).min_count(1);
    let given = Corpus::from_sentences([["b", "x"], ["king", "b"]], &all).unwrap().vocabulary().clone();
    for options in [
        all.clone(),
        all.clone().min_count(700),
        all.clone().max_vocab(2),
        all.clone().preparation(preparation.clone()),
        all.clone().preparation(preparation).order(WordOrder::ByAppearance).min_count(300),
        all.clone().vocabulary(given),
    ] {
        let expected = Corpus::from_sentences(&sentences, &options).unwrap();
        for got in [
            fed(&sentences, &options).selected(&options).unwrap(),
            fed_in_pieces(&sentences, 7, &options).finish_selected(&options).unwrap(),
        ] {
            assert_eq!(got.fingerprint(), expected.fingerprint(), "{options:?}");
            assert_eq!((got.counts(), got.report().kept), (expected.counts(), expected.report().kept));
            assert_eq!(got.report().sentences, expected.report().sentences);
        }
    }
}

#[test]
fn a_text_of_which_nothing_is_left_is_refused() {
    let empty = fed(&[Vec::new()], &options(true)).selected(&options(true));
    assert!(matches!(empty, Err(Error::Corpus(CorpusError::Empty { .. }))));
    let rare = fed(&[vec!["a".to_owned()]], &options(true)).selected(&options(true).min_count(2));
    assert!(matches!(rare, Err(Error::Corpus(CorpusError::AllRare { most: 1, .. }))));
}

#[test]
fn tokens_and_line_ends_are_limited_and_counted_as_those_of_a_text() {
    let sentences: Vec<Vec<String>> = ["you say", "", "goodbye", "and i say hello"]
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .to_vec();
    let text = "you say\n\ngoodbye\nand i say hello\n";
    for base in [options(true).min_count(1).order(WordOrder::ByAppearance), CorpusOptions::textbook()] {
        for most in [None, Some(1), Some(2), Some(3), Some(4), Some(6), Some(100)] {
            let options = base.clone().max_tokens(most);
            let expected = Corpus::from_text("text", text, &options).unwrap();
            let got = fed(&sentences, &options).selected(&options).unwrap();
            let ids = |corpus: &Corpus| corpus.ids().iter().filter(|&id| id != EOS_ID).collect::<Vec<_>>();
            assert_eq!(ids(&got), ids(&expected), "{options:?}");
            assert_eq!(got.vocabulary().words().collect::<Vec<_>>(), expected.vocabulary().words().collect::<Vec<_>>());
            assert_eq!(got.report().tokens, expected.report().tokens);
            assert_eq!(got.report().stopped_at_limit, expected.report().stopped_at_limit, "{options:?}");
        }
    }
}

#[test]
fn phrases_of_sentences_in_memory_are_those_of_a_file() {
    let phrases = Phrases::of_lines("new york\nnew york times\n").unwrap();
    let text = "In New York\nthe new york times\nnew\nyork in new york";
    let options = CorpusOptions::default().min_count(1).phrases(phrases);
    let options = options.clone().preparation(Preparation { lower: true, ..options.preparation });
    let expected = Corpus::from_text("text", text, &options).unwrap();
    let sentences: Vec<Vec<String>> = text.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
    let mut feed = Feed::new(&options);
    for sentence in &sentences {
        feed.push(&sentence.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        feed.end_sentence().unwrap();
    }
    let whole = feed.finish_selected(&options).unwrap();
    for got in [whole, fed_in_pieces(&sentences, 3, &options).finish_selected(&options).unwrap()] {
        assert_eq!(got.vocabulary(), expected.vocabulary());
        assert_eq!(got.ids().to_vec(), expected.ids().to_vec());
    }
}
