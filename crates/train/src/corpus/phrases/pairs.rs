//! Goes through the pairs of neighbouring words of a text.
//!
//! Connector words are looked over: in `bank of america` with the connector word `of` the pair is `bank`, `america`, with a run of
//! one connector word between them. A pair belongs to the stretch of text in which its first word is, so that threads can share
//! a text. No pair reaches over the end of a sentence.

use super::super::text::Corpus;
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use rapidvec_core::parallel::map;
use rapidvec_core::{EOS_ID, Ids, WordId};
use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

/// Ids that one thread goes through at a time to find runs.
const STRETCH: usize = 1 << 20;

/// A text, and which of its words are connector words.
pub(super) struct Text<'a> {
    pub ids: Ids<'a>,
    /// By id; empty if there are none.
    is_connector: Vec<bool>,
    runs: Runs,
}

/// Runs of connector words by number, in the order of their ids; number 0 is the empty run.
#[derive(Default)]
pub(super) struct Runs {
    list: Vec<Vec<WordId>>,
    numbers: HashMap<Vec<WordId>, u32, RandomState>,
}

impl Runs {
    fn of(found: BTreeSet<Vec<WordId>>) -> Self {
        let list: Vec<_> = [Vec::new()].into_iter().chain(found).collect();
        let numbers = list.iter().cloned().zip(0..).collect();
        Self { list, numbers }
    }

    fn number(&self, run: &[WordId]) -> u32 {
        if run.is_empty() { 0 } else { self.numbers.get(run).copied().unwrap_or(0) }
    }
}

impl<'a> Text<'a> {
    /// The text, on `threads` threads.
    pub fn new(corpus: &'a Corpus, connector_words: &BTreeSet<String>, threads: usize) -> Self {
        let (ids, words) = (corpus.ids(), corpus.vocabulary());
        let connectors: Vec<_> = connector_words.iter().filter_map(|word| words.id(word)).collect();
        let mut text = Self { ids, is_connector: Vec::new(), runs: Runs::default() };
        if !connectors.is_empty() {
            text.is_connector = vec![false; words.len()];
            connectors.iter().for_each(|&id| text.is_connector[id as usize] = true);
            text.runs = Runs::of(text.find_runs(threads));
        }
        text
    }

    pub fn has_connectors(&self) -> bool {
        !self.is_connector.is_empty()
    }

    pub fn is_connector(&self, id: WordId) -> bool {
        self.is_connector.get(id as usize).copied().unwrap_or(false)
    }

    /// The connector words of a run.
    pub fn run(&self, number: u32) -> &[WordId] {
        self.runs.list.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// Passes the pairs that begin in `places` to `take`: the first word, the number of the run between, the second word.
    pub fn pairs(&self, places: Range<usize>, mut take: impl FnMut(WordId, u32, WordId)) {
        if self.has_connectors() {
            self.walk(places, |first, run, second| take(first, self.runs.number(run), second));
        } else {
            self.neighbours(places, |first, second| take(first, 0, second));
        }
    }

    /// Pairs of a text without connector words: every word and the next one.
    fn neighbours(&self, places: Range<usize>, mut take: impl FnMut(WordId, WordId)) {
        let end = self.ids.len().min(places.end + 1);
        let mut last = EOS_ID;
        let _all = self.ids.slice(places.start..end).try_for_each(|id| {
            if last != EOS_ID && id != EOS_ID {
                take(last, id);
            }
            last = id;
            ControlFlow::<()>::Continue(())
        });
    }

    fn walk(&self, places: Range<usize>, mut take: impl FnMut(WordId, &[WordId], WordId)) {
        let mut first = EOS_ID;
        let mut run = Vec::new();
        for at in places.start..self.ids.len() {
            if at >= places.end && first == EOS_ID {
                break; // what begins here belongs to the next stretch
            }
            let id = self.ids.get(at);
            if id != EOS_ID && self.is_connector[id as usize] {
                run.push(id);
                continue;
            }
            if first != EOS_ID && id != EOS_ID {
                take(first, &run, id);
            }
            run.clear();
            first = if at < places.end { id } else { EOS_ID };
        }
    }

    fn find_runs(&self, threads: usize) -> BTreeSet<Vec<WordId>> {
        let starts = (0..self.ids.len()).step_by(STRETCH);
        let found = map(threads, starts, |start| {
            let mut found: HashSet<Vec<WordId>, RandomState> = HashSet::default();
            self.walk(start..self.ids.len().min(start + STRETCH), |_, run, _| {
                if !run.is_empty() && !found.contains(run) {
                    found.insert(run.to_vec());
                }
            });
            found
        });
        found.into_iter().flatten().collect()
    }
}
