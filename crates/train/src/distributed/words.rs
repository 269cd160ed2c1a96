//! The words of all parts of a text become one vocabulary: that of one process that reads the whole.
//!
//! Each process has counted the words of its part, in the order in which they first occur. Each word is sent to the process that its
//! hash chooses, which adds up its counts, notes where it occurs first, and drops it if it is rare. The first process sorts what is
//! left, by descending count and then by first occurrence, and tells all others. Parts follow each other as the processes do, so a first
//! occurrence is a process and a place in its list.

use super::error::GangError;
use super::gang::Gang;
use crate::corpus::{Corpus, CorpusError, CorpusOptions};
use crate::error::{Error, Result};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use rapidvec_core::{EOS_ID, Vocabulary, WordId};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// What was counted in all parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counted {
    /// Tokens read.
    pub tokens: u64,
    /// Distinct words.
    pub words: u64,
    /// Distinct words that were dropped because they are rare, or beyond the most that are kept.
    pub dropped: u64,
    /// Occurrences of the most frequent word.
    pub most: u64,
}

impl Counted {
    fn add(self, more: Self) -> Self {
        Self {
            tokens: self.tokens + more.tokens,
            words: self.words + more.words,
            dropped: self.dropped + more.dropped,
            most: self.most.max(more.most),
        }
    }
}

/// Replaces the words of this process's part by those of all parts. `part` was read with every word, in the order of appearance.
///
/// # Errors
/// No word is frequent enough; an error of the gang.
pub fn joined(gang: &mut Gang, part: Corpus, options: &CorpusOptions) -> Result<(Corpus, Counted)> {
    let messages = to_owners(gang.seat().size, &part);
    let received = gang.deal_bytes(&messages)?;
    drop(messages);
    let (kept, mut counted) = merged(&received, options.min_count)?;
    counted.tokens = part.report().tokens;
    let lists = gang.collect_bytes(&kept)?;
    drop(kept);
    let counted = gang.share("counts", &counted)?.into_iter().fold(Counted::default(), Counted::add);
    let told = gang.tell_bytes(&if gang.is_first() { sorted(&lists, options.max_vocab)? } else { Vec::new() })?;
    let vocabulary = vocabulary(&told)?;
    if vocabulary.is_empty() {
        return Err(none_left(&part, &counted, options).into());
    }
    let dropped = counted.words - vocabulary.len() as u64;
    let ids: Vec<WordId> = part.vocabulary().words().map(|word| vocabulary.id(word).unwrap_or(EOS_ID)).collect();
    Ok((part.renumbered(&ids, Arc::new(vocabulary))?, Counted { dropped, ..counted }))
}

fn none_left(part: &Corpus, counted: &Counted, options: &CorpusOptions) -> CorpusError {
    let Counted { tokens, words, most, .. } = *counted;
    let name = part.name().to_owned();
    if tokens == 0 {
        return CorpusError::Empty { name, empty_lines: 0, skipped_lines: 0, missing_fields: 0 };
    }
    CorpusError::AllRare { name, words, tokens, min_count: options.min_count, most }
}

/// A word on its way: its letters, its count, and where it occurs first.
struct Record<'b> {
    word: &'b str,
    count: u64,
    first: (u32, u32),
}

impl<'b> Record<'b> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend((self.word.len() as u32).to_le_bytes()); // words are cut at a thousand bytes
        out.extend(self.count.to_le_bytes());
        out.extend(self.first.0.to_le_bytes());
        out.extend(self.first.1.to_le_bytes());
        out.extend(self.word.as_bytes());
    }

    /// The first record in `bytes`, and the bytes behind it.
    fn read(bytes: &'b [u8]) -> Option<(Self, &'b [u8])> {
        let (length, rest) = bytes.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let (process, rest) = rest.split_first_chunk()?;
        let (place, rest) = rest.split_first_chunk()?;
        let (word, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let first = (u32::from_le_bytes(*process), u32::from_le_bytes(*place));
        let word = std::str::from_utf8(word).ok()?;
        Some((Self { word, count: u64::from_le_bytes(*count), first }, rest))
    }

    /// All records of a message of process `worker`.
    fn all(worker: usize, mut bytes: &'b [u8]) -> impl Iterator<Item = Result<Self>> {
        std::iter::from_fn(move || {
            if bytes.is_empty() {
                return None;
            }
            let read = Self::read(bytes);
            bytes = read.as_ref().map_or(&[], |(_, rest)| rest);
            Some(read.map(|(record, _)| record).ok_or_else(|| unreadable(worker, "a list that is cut short")))
        })
    }
}

fn unreadable(worker: usize, reason: &str) -> Error {
    GangError::Unreadable { worker, what: "words", reason: reason.to_owned() }.into()
}

/// The words of a part, for the processes that own them. Where a word occurs first is completed by the owner.
fn to_owners(processes: usize, part: &Corpus) -> Vec<Vec<u8>> {
    let mut messages = vec![Vec::new(); processes];
    for (place, (word, &count)) in part.vocabulary().words().zip(part.counts()).enumerate() {
        let owner = (xxh3_64(word.as_bytes()) % processes as u64) as usize;
        Record { word, count, first: (0, place as u32) }.write(&mut messages[owner]); // ids are 32 bits
    }
    messages
}

/// The frequent ones of the words that this process owns, and what was counted.
fn merged(received: &[Vec<u8>], min_count: u64) -> Result<(Vec<u8>, Counted)> {
    let mut words: HashMap<&str, (u64, (u32, u32)), RandomState> = HashMap::default();
    for (worker, message) in received.iter().enumerate() {
        for record in Record::all(worker, message) {
            let Record { word, count, first: (_, place) } = record?;
            let (sum, _) = words.entry(word).or_insert((0, (worker as u32, place)));
            *sum += count;
        }
    }
    let (mut kept, mut counted) = (Vec::new(), Counted { words: words.len() as u64, ..Counted::default() });
    for (word, (count, first)) in words {
        counted.most = counted.most.max(count);
        if count >= min_count.max(1) {
            Record { word, count, first }.write(&mut kept);
        }
    }
    Ok((kept, counted))
}

/// The words of all owners in the order of their ids, at most `most`.
fn sorted(lists: &[Vec<u8>], most: usize) -> Result<Vec<u8>> {
    let mut records = Vec::new();
    for (worker, list) in lists.iter().enumerate() {
        for record in Record::all(worker, list) {
            records.push(record?);
        }
    }
    records.sort_unstable_by_key(|record| (Reverse(record.count), record.first));
    let mut out = Vec::new();
    records.iter().take(most).for_each(|record| record.write(&mut out));
    Ok(out)
}

/// The vocabulary in a message.
pub(super) fn vocabulary(bytes: &[u8]) -> Result<Vocabulary> {
    let (mut text, mut ends, mut counts) = (String::new(), Vec::new(), Vec::new());
    for record in Record::all(0, bytes) {
        let record = record?;
        text.push_str(record.word);
        ends.push(text.len() as u64);
        counts.push(record.count);
    }
    Vocabulary::from_arena(text, ends, counts).map_err(|_| unreadable(0, "words that end before they begin"))
}

/// A vocabulary as a message.
pub(super) fn message(words: &Vocabulary) -> Vec<u8> {
    let mut out = Vec::new();
    for (word, &count) in words.words().zip(words.counts()) {
        Record { word, count, first: (0, 0) }.write(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_were_written_and_a_cut_list_is_refused() {
        let mut words = Vocabulary::new();
        for (word, count) in [("the", 7), ("안녕", 3), ("", 1)] {
            words.insert(word, count);
        }
        let bytes = message(&words);
        assert_eq!(vocabulary(&bytes).unwrap(), words);
        for length in 1..bytes.len() {
            let read = vocabulary(&bytes[..length]).map(|words| words.len());
            assert!(matches!(read, Ok(0..3) | Err(Error::Gang(GangError::Unreadable { .. }))), "{length}: {read:?}");
        }
        assert!(vocabulary(&[&bytes[..20], &[0xff; 3]].concat()).is_err());
    }
}
