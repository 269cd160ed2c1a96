//! The words that a map shows.

use rapidvec_core::{Vocabulary, WordId};

/// The ids of the `top` most frequent words, most frequent first; fewer if there are fewer.
///
/// Ties are ordered by ascending id. So without counts the order is that of the file, which in most formats is
/// by descending count.
///
/// ```
/// let mut vocabulary = rapidvec_core::Vocabulary::new();
/// for word in "you say goodbye and i say hello .".split(' ') {
///     vocabulary.add(word);
/// }
/// let top = rapidvec_map::most_frequent(&vocabulary, 2);
/// assert_eq!(top.iter().map(|&id| vocabulary.word(id)).collect::<Vec<_>>(), ["say", "you"]);
/// ```
pub fn most_frequent(vocabulary: &Vocabulary, top: usize) -> Vec<WordId> {
    let mut ids = vocabulary.by_descending_count();
    ids.truncate(top);
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_counts_keep_the_order_of_the_file() {
        let mut vocabulary = Vocabulary::new();
        for (word, count) in [("a", 0), ("b", 0), ("c", 5), ("d", 0), ("e", 5)] {
            vocabulary.insert(word, count).unwrap();
        }
        assert_eq!(most_frequent(&vocabulary, 4), [2, 4, 0, 1]);
        assert_eq!(most_frequent(&vocabulary, 99).len(), 5);
        assert_eq!(most_frequent(&Vocabulary::new(), 3), [0; 0]);
    }
}
