//! A Huffman tree over the words: hierarchical softmax predicts a word by the turns on the way to it.
//!
//! V words have V - 1 inner nodes, each with a row of `w_out`. A word's path has few turns if it is frequent: on average
//! within one of the entropy of the counts. There is no limit on the depth.
#![forbid(unsafe_code)]

use crate::words::WordId;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The paths of all words.
#[derive(Debug, Clone)]
pub(super) struct HuffmanTree {
    /// Inner nodes from the root down, word after word.
    nodes: Vec<u32>,
    /// 1 where the path turns to the more frequent side (word2vec's code 0), else 0.
    labels: Vec<f32>,
    /// Where each word's path ends in both.
    ends: Vec<usize>,
}

impl HuffmanTree {
    /// For words with these counts; at least two words.
    pub fn new(counts: &[u64]) -> Self {
        let (parents, second) = join(counts);
        let root = 2 * counts.len() - 2;
        let mut tree = Self { nodes: Vec::new(), labels: Vec::new(), ends: Vec::with_capacity(counts.len()) };
        for word in 0..counts.len() {
            let start = tree.nodes.len();
            let mut at = word;
            while at != root {
                tree.labels.push(if second[at] { 0.0 } else { 1.0 });
                at = parents[at];
                tree.nodes.push((at - counts.len()) as u32);
            }
            tree.nodes[start..].reverse();
            tree.labels[start..].reverse();
            tree.ends.push(tree.nodes.len());
        }
        tree
    }

    /// The inner nodes on the way to the word, each with the side it turns to.
    #[inline]
    pub fn path(&self, word: WordId) -> (&[u32], &[f32]) {
        let word = word as usize;
        let range = if word == 0 { 0 } else { self.ends[word - 1] }..self.ends[word];
        (&self.nodes[range.clone()], &self.labels[range])
    }

    /// Turns on the longest path.
    pub fn depth(&self) -> usize {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| end - start).max().unwrap_or(0)
    }
}

/// Joins the two lightest nodes until one is left. For each node its parent, and whether it was the second of the two: words
/// first, then inner nodes in the order they were made; the last is the root.
fn join(counts: &[u64]) -> (Vec<usize>, Vec<bool>) {
    let nodes = 2 * counts.len() - 1;
    let (mut parents, mut second) = (vec![0; nodes], vec![false; nodes]);
    // Of equal weights the one made first: rare words come last in the vocabulary and go down first.
    let mut heap: BinaryHeap<Reverse<(u128, usize)>> =
        counts.iter().enumerate().map(|(word, &count)| Reverse((u128::from(count), word))).collect();
    for inner in counts.len()..nodes {
        let (Some(Reverse((light, a))), Some(Reverse((heavy, b)))) = (heap.pop(), heap.pop()) else { break };
        (parents[a], parents[b], second[b]) = (inner, inner, true);
        heap.push(Reverse((light + heavy, inner)));
    }
    (parents, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_form_a_prefix_code_of_the_right_length() {
        let counts = [40u64, 30, 15, 10, 4, 1];
        let tree = HuffmanTree::new(&counts);
        let length = |word| tree.path(word).0.len();
        assert_eq!((0..6).map(length).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 5]);
        let code = |word| tree.path(word).1.to_vec();
        for a in 0..6 {
            assert_eq!(tree.path(a).0[0], 4, "the root is the last inner node");
            assert!((0..6).all(|b| a == b || !code(b).starts_with(&code(a))), "{a} is the start of another");
        }
        assert_eq!(tree.depth(), 5);
    }

    /// Expected lengths: optimal, so within one of the entropy.
    #[test]
    fn the_mean_length_is_within_one_of_the_entropy() {
        let counts: Vec<u64> = (1..=2000).map(|rank| 1_000_000 / rank).collect();
        let tree = HuffmanTree::new(&counts);
        let total = counts.iter().sum::<u64>() as f64;
        let share = |word: usize| counts[word] as f64 / total;
        let mean: f64 = (0..2000).map(|word| share(word) * tree.path(word as u32).0.len() as f64).sum();
        let entropy: f64 = (0..2000).map(|word| -share(word) * share(word).log2()).sum();
        assert!(mean >= entropy && mean < entropy + 1.0, "{mean} turns, entropy {entropy}");
    }

    #[test]
    fn a_path_may_be_deeper_than_forty_turns() {
        let mut counts: Vec<u64> = vec![1, 1];
        while counts.len() < 80 {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        counts.reverse();
        assert_eq!(HuffmanTree::new(&counts).depth(), 79);
    }
}
