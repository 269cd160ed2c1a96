//! The phrases of one pass, arranged to be found word by word.

use super::super::scan::short;
use super::super::word_table::{Number, WordTable};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// A place in the tree of phrases: the words that lead there.
pub(super) type Node = u32;

/// Before the first word.
pub(super) const ROOT: Node = 0;

/// A tree of words, in which some nodes are whole phrases.
#[derive(Debug, Default)]
pub(super) struct JoinTable {
    /// The words of all phrases, and the phrases as words.
    words: WordTable,
    next: HashMap<(Node, Number), Node, RandomState>,
    /// By node: the phrase it is.
    joined: Vec<Option<Number>>,
    /// By number of word: whether a phrase begins with it. Most words of a text need no further look.
    begins: Vec<bool>,
}

impl JoinTable {
    /// Of phrases as lists of words. Of two with the same words the first stands.
    pub fn new<'p>(delimiter: &str, phrases: impl Iterator<Item = &'p [String]>) -> Self {
        let mut table = Self { joined: vec![None], ..Self::default() };
        for words in phrases {
            table.add(delimiter, words);
        }
        table.begins.resize(table.words.len(), false);
        table
    }

    fn add(&mut self, delimiter: &str, words: &[String]) {
        let mut node = ROOT;
        for word in words {
            let number = self.number(word.as_bytes());
            if node == ROOT {
                self.begins.resize(self.begins.len().max(number as usize + 1), false);
                self.begins[number as usize] = true;
            }
            let fresh = self.joined.len() as Node;
            node = *self.next.entry((node, number)).or_insert(fresh);
            if node == fresh {
                self.joined.push(None);
            }
        }
        let joined = self.number(words.join(delimiter).as_bytes());
        self.joined[node as usize].get_or_insert(joined);
    }

    fn number(&mut self, word: &[u8]) -> Number {
        match short(word) {
            Some(word) => self.words.add_short(word),
            None => self.words.add_long(word),
        }
    }

    /// The number of a word, if it is in a phrase.
    #[inline]
    pub fn find_short(&self, word: u128) -> Option<Number> {
        self.words.find_short(word)
    }

    /// The same of a longer word.
    pub fn find_long(&self, word: &[u8]) -> Option<Number> {
        self.words.find_long(word)
    }

    /// Whether a phrase begins with this word.
    #[inline]
    pub fn begins(&self, word: Number) -> bool {
        self.begins[word as usize]
    }

    /// Where `word` leads from `node`.
    pub fn next(&self, node: Node, word: Number) -> Option<Node> {
        self.next.get(&(node, word)).copied()
    }

    /// The phrase that a node is.
    pub fn joined(&self, node: Node) -> Option<Number> {
        self.joined[node as usize]
    }

    /// The table that says how each number is written.
    pub fn words(&self) -> &WordTable {
        &self.words
    }
}
