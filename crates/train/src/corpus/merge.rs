//! Merges the counts of all threads into one vocabulary: words by descending count, or in the order of the text.
//!
//! Words of equal count are in the order of their first occurrence. That order depends on the text alone (unless words were
//! pruned), and does not prefer some letters, as an order by spelling would.

use super::options::{CorpusOptions, WordOrder};
use super::report::{CorpusReport, Pruned};
use super::spill::Stored;
use super::vocab_builder::Growing;
use super::word_table::{DROPPED, Number};
use rapidvec_core::{Vocabulary, WordId};
use std::cmp::Reverse;

/// The vocabulary of a text, and how each thread's numbers become its ids.
pub(super) struct Joined {
    pub vocabulary: Vocabulary,
    pub threads: Vec<Renumbering>,
    /// How often the most frequent word was seen.
    pub most: u64,
}

/// Maps the numbers of a thread to ids; [`DROPPED`] for words that are not in the vocabulary.
pub(super) struct Renumbering {
    /// For its last generation of numbers.
    pub last: Vec<WordId>,
    /// From each generation to the next.
    pub maps: Vec<Stored>,
}

/// Joins the words of all threads and drops those that `options` exclude.
pub(super) fn join(mut lexicons: Vec<Growing>, options: &CorpusOptions, report: &mut CorpusReport) -> Joined {
    report.pruned = lexicons.iter().map(|lexicon| lexicon.pruned).fold(Pruned::default(), Pruned::add);
    let numbers = absorb(&mut lexicons);
    let mut counts = vec![0; lexicons[0].table.len()];
    for (lexicon, numbers) in lexicons.iter().zip(&numbers) {
        lexicon.counts.iter().zip(numbers).for_each(|(count, number)| counts[*number as usize] += count);
    }
    let kept = select(&lexicons, &numbers, &counts, options, report);
    let (vocabulary, ids) = name(&lexicons[0], &counts, &kept);
    let threads = lexicons.into_iter().zip(numbers).map(|(lexicon, mut last)| {
        last.iter_mut().for_each(|number| *number = ids[*number as usize]);
        Renumbering { last, maps: lexicon.maps }
    });
    Joined { vocabulary, threads: threads.collect(), most: counts.iter().copied().max().unwrap_or(0) }
}

/// Adds all words to the first table. Returns the number that each thread's words have there.
fn absorb(lexicons: &mut [Growing]) -> Vec<Vec<Number>> {
    let Some((first, others)) = lexicons.split_first_mut() else { return Vec::new() };
    let mut numbers = vec![(0..first.table.len() as Number).collect()];
    for other in others {
        numbers.push(first.table.absorb(&other.table));
        other.table = Default::default();
    }
    numbers
}

/// A word that stays.
struct Kept {
    count: u64,
    /// Its first occurrence in the text.
    first: (u64, Number),
    number: Number,
}

/// The words that stay, in the order of their ids.
fn select(
    lexicons: &[Growing],
    numbers: &[Vec<Number>],
    counts: &[u64],
    options: &CorpusOptions,
    report: &mut CorpusReport,
) -> Vec<Kept> {
    let mut kept = Vec::new();
    // Where a word that stays is in `kept`.
    let mut places = vec![DROPPED; counts.len()];
    for (number, &count) in counts.iter().enumerate() {
        if count >= options.min_count.max(1) {
            places[number] = kept.len() as u32;
            kept.push(Kept { count, first: (u64::MAX, 0), number: number as Number });
        } else {
            report.rare_words += 1;
            report.rare_tokens += count;
        }
    }
    report.distinct_words = counts.len() as u64;
    for (lexicon, numbers) in lexicons.iter().zip(numbers) {
        for (own, number) in (0..).zip(numbers) {
            if let Some(word) = kept.get_mut(places[*number as usize] as usize) {
                word.first = word.first.min(lexicon.first_met(own));
            }
        }
    }
    kept.sort_unstable_by_key(|word| (Reverse(word.count), word.first));
    cut(&mut kept, options.max_vocab, &mut report.pruned);
    if options.order == WordOrder::ByAppearance {
        kept.sort_unstable_by_key(|word| word.first);
    }
    report.kept = kept.iter().map(|word| word.count).sum();
    kept
}

/// Keeps the `max_vocab` most frequent words. While counting there may have been more: those of a block in each thread.
fn cut(kept: &mut Vec<Kept>, max_vocab: usize, pruned: &mut Pruned) {
    let dropped = kept.split_off(kept.len().min(max_vocab));
    pruned.words += dropped.len() as u64;
    pruned.tokens += dropped.iter().map(|word| word.count).sum::<u64>();
    pruned.undercount += dropped.first().map_or(0, |word| word.count);
}

/// The vocabulary, with no memory to spare and no hash table before the first lookup; and the id of each number.
fn name(words: &Growing, counts: &[u64], kept: &[Kept]) -> (Vocabulary, Vec<WordId>) {
    let mut text = Vec::new();
    let mut ends = Vec::with_capacity(kept.len());
    let mut ids = vec![DROPPED; counts.len()];
    for (word, id) in kept.iter().zip(0..) {
        words.table.write(word.number, &mut text);
        ends.push(text.len() as u64);
        ids[word.number as usize] = id;
    }
    text.shrink_to_fit();
    let text = String::from_utf8(text).expect("words are cut from UTF-8 at the edges of characters");
    let counts = kept.iter().map(|word| word.count).collect();
    (Vocabulary::from_arena(text, ends, counts).expect("each word ends where it was written"), ids)
}
