//! The words a query found, best first.

use super::top_k::Scored;
use rapidvec_core::{Vocabulary, WordId};

/// What a query found, best first: ids and scores as slices, and the words.
///
/// ```
/// # use rapidvec_vectors::{Numbers, WordVectors};
/// # let mut vocabulary = rapidvec_core::Vocabulary::new();
/// # ["you", "we", "car"].map(|word| vocabulary.add(word));
/// # let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(vec![1.0, 0.0, 0.8, 0.6, 0.0, 2.0]))?;
/// let hits = vectors.most_similar("you", 5)?;
/// assert_eq!((hits.ids(), hits.scores()), (&[1, 2][..], &[0.8, 0.0][..]));
/// assert_eq!(hits.words().collect::<Vec<_>>(), ["we", "car"]);
/// for (word, score) in hits {
///     println!("{word} {score:.4}");
/// }
/// # Ok::<(), rapidvec_vectors::Error>(())
/// ```
#[derive(Clone)]
pub struct Hits<'v> {
    vocabulary: &'v Vocabulary,
    ids: Vec<WordId>,
    scores: Vec<f32>,
}

impl<'v> Hits<'v> {
    pub(super) fn new(vocabulary: &'v Vocabulary, scored: impl IntoIterator<Item = Scored>) -> Self {
        let (ids, scores) = scored.into_iter().map(|Scored { id, score }| (id, score)).unzip();
        Self { vocabulary, ids, scores }
    }

    /// Those with a score of at least `least`.
    pub fn at_least(mut self, least: f32) -> Self {
        let kept = self.scores.partition_point(|&score| score >= least);
        self.ids.truncate(kept);
        self.scores.truncate(kept);
        self
    }

    /// The number of words found.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The ids of the words.
    pub fn ids(&self) -> &[WordId] {
        &self.ids
    }

    /// The scores the words were ranked by, in descending order; for the nearest words the cosine, from -1 to 1.
    pub fn scores(&self) -> &[f32] {
        &self.scores
    }

    /// The words.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &'v str> {
        self.ids.iter().map(|&id| self.vocabulary.word(id))
    }

    /// Each word with its score.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'v str, f32)> {
        self.words().zip(self.scores.iter().copied())
    }

    /// The best word and its score.
    pub fn first(&self) -> Option<(&'v str, f32)> {
        self.iter().next()
    }
}

impl<'v> IntoIterator for Hits<'v> {
    type Item = (&'v str, f32);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}

/// Equal if the ids and scores are.
impl PartialEq for Hits<'_> {
    fn eq(&self, other: &Self) -> bool {
        (&self.ids, &self.scores) == (&other.ids, &other.scores)
    }
}

impl std::fmt::Debug for Hits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
