//! How often windows use each row, as far as counts tell.

use super::huffman::HuffmanTree;
use super::negatives::Negatives;
use super::outputs::Matrices;
use super::positions::Positions;
use super::subsample::Subsampling;
use super::subword_table::SubwordTable;
use crate::config::Config;

/// What decides how often windows use each row.
#[derive(Clone, Copy)]
pub(super) struct Uses<'a> {
    pub config: &'a Config,
    pub counts: &'a [u64],
    pub subsampling: &'a Subsampling,
    pub negatives: Option<&'a Negatives>,
    pub tree: Option<&'a HuffmanTree>,
    pub subwords: Option<&'a SubwordTable>,
    /// Words in a sentence, on average.
    pub length: f64,
}

impl Uses<'_> {
    fn kept(&self, word: usize) -> f64 {
        self.counts[word] as f64 * self.subsampling.probability(word)
    }

    /// Words that subsampling keeps of the text: each is the middle of a window.
    pub fn windows(&self) -> f64 {
        (0..self.counts.len()).map(|word| self.kept(word)).sum()
    }

    /// Contexts of a window. One of random width has half as many as the widest, and one more.
    fn contexts(&self) -> f64 {
        let Config { dynamic_window, window, .. } = *self.config;
        let contexts = if dynamic_window { window + 1 } else { 2 * window } as f64;
        // With subwords a row is read and written once for all windows that contain the word.
        if self.subwords.is_some() { 1.0 } else { contexts.min(self.length.max(1.0)) }
    }

    /// How often a window uses each row, in the order of the rows.
    pub fn of_rows(&self) -> Matrices<Vec<f64>> {
        let (contexts, all, words) = (self.contexts(), self.windows(), self.counts.len());
        let share = |word: usize| self.kept(word) / all;
        let of_words = self.negatives.map(|negatives| {
            let drawn = |word: usize| negatives.wanted() as f64 * negatives.probability(self.counts[word]);
            (0..words).map(|word| share(word) + drawn(word)).collect()
        });
        let of_nodes = self.tree.map(|tree| {
            let mut uses = vec![0.0; words - 1];
            (0..words).for_each(|word| {
                tree.path(word as u32).iter().for_each(|turn| uses[turn.node() as usize] += share(word))
            });
            uses
        });
        Matrices {
            input: (0..words).map(|word| contexts * share(word)).collect(),
            words: of_words,
            nodes: of_nodes,
            ngrams: self.subwords.map(|table| table.uses().to_vec()),
            positions: self.config.position_weights.then(|| Positions::uses(self.config).collect()),
        }
    }
}
