//! How near are these words to each other?
//!
//! With `u(x)` for a vector scaled to length 1 and `m` for the mean of several:
//!
//! - similarity: `cos(a, b)`
//! - of two sets: `cos(m(A), m(B))` over the vectors as they are stored, as gensim's `n_similarity`
//! - centrality of a word among several: `cos(x, m(u(all of them)))`; the least central does not belong, as gensim's
//!   `doesnt_match`
//! - rank of `b` from `a`: 1, and 1 more for each word nearer to `a` than `b` is, as gensim's `rank`
#![forbid(unsafe_code)]

use super::restrict::Restricted;
use super::scan::Score;
use super::search::{Neighbour, cosine, wide_unit};
use super::word_vectors::WordVectors;
use crate::error::QueryError;

impl WordVectors {
    /// The cosine of two words, from -1 to 1; 0 if either has the zero vector.
    ///
    /// # Errors
    /// [`QueryError::UnknownWord`], with near spellings; [`QueryError::NotFinite`] if the file is damaged.
    pub fn similarity(&self, a: &str, b: &str) -> Result<f32, QueryError> {
        self.n_similarity(&[a], &[b])
    }

    /// The cosine of the mean vectors of two sets of words.
    ///
    /// # Errors
    /// [`QueryError::UnknownWord`], with near spellings; [`QueryError::NoWords`] if a set is empty;
    /// [`QueryError::NotFinite`] if the file is damaged.
    pub fn n_similarity(&self, a: &[&str], b: &[&str]) -> Result<f32, QueryError> {
        Ok(cosine(&wide_unit(self.sum(a, |vector| vector)?), &wide_unit(self.sum(b, |vector| vector)?)))
    }

    /// The words by how near they are to the mean of all of them (of their unit vectors), the nearest first; of equally
    /// near ones, the first given.
    ///
    /// # Errors
    /// As [`n_similarity`](Self::n_similarity).
    pub fn rank_by_centrality(&self, words: &[&str]) -> Result<Vec<Neighbour>, QueryError> {
        let mean = wide_unit(self.sum(words, wide_unit)?);
        let neighbour = |word: &&str| {
            let id = self.known(word)?;
            Ok(Neighbour { word: (*word).to_owned(), id, similarity: cosine(&mean, &self.finite(id)?) })
        };
        let mut ranked = words.iter().map(neighbour).collect::<Result<Vec<_>, QueryError>>()?;
        ranked.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        Ok(ranked)
    }

    /// The word that does not belong with the others: the one farthest from their mean.
    ///
    /// ```
    /// # use quickvec::vectors::{Floats, WordVectors};
    /// # let mut vocabulary = quickvec::Vocabulary::new();
    /// # ["breakfast", "lunch", "car", "dinner"].map(|word| vocabulary.add(word));
    /// # let vectors = WordVectors::new(vocabulary, 2, Floats::F32(vec![1.0, 0.1, 2.0, 0.0, 0.0, 1.0, 1.0, 0.2]))?;
    /// assert_eq!(vectors.odd_one_out(&["breakfast", "lunch", "car", "dinner"])?.word, "car");
    /// # Ok::<(), quickvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`n_similarity`](Self::n_similarity).
    pub fn odd_one_out(&self, words: &[&str]) -> Result<Neighbour, QueryError> {
        self.rank_by_centrality(words)?.pop().ok_or(QueryError::NoWords)
    }

    /// How many words, itself included, are as near to `word` as `other` or nearer: 1 if `other` is the nearest of all.
    ///
    /// # Errors
    /// [`QueryError::UnknownWord`], with near spellings; [`QueryError::NotFinite`] if the file is damaged.
    pub fn rank(&self, word: &str, other: &str) -> Result<usize, QueryError> {
        Restricted::all(self).rank(word, other)
    }

    /// The sum of what `scale` makes of the words' vectors.
    fn sum(&self, words: &[&str], scale: impl Fn(Vec<f64>) -> Vec<f64>) -> Result<Vec<f64>, QueryError> {
        let mut sum = vec![0.0; self.vector_size()];
        for word in words {
            let vector = scale(self.finite(self.known(word)?)?);
            sum.iter_mut().zip(vector).for_each(|(sum, x)| *sum += x);
        }
        if words.is_empty() { Err(QueryError::NoWords) } else { Ok(sum) }
    }
}

impl Restricted<'_> {
    /// As [`WordVectors::rank`], counting these words only.
    ///
    /// # Errors
    /// The same.
    pub fn rank(&self, word: &str, other: &str) -> Result<usize, QueryError> {
        let (own, other) = (self.vectors.known(word)?, self.vectors.known(other)?);
        let unit = self.vectors.unit(own)?;
        // Scored as the scan scores it, so that words with the same vector come out equal.
        let only = Restricted { vectors: self.vectors, candidates: super::restrict::Candidates::Ids(vec![other]) };
        let limit = only.scan(&[&unit], Score::Cosine, || 0.0, |limit, block| *limit = block.scores[0][0])?[0];
        let shares = self.scan(
            &[&unit],
            Score::Cosine,
            || 0,
            |nearer, block| {
                let near = |&(i, score): &(usize, &f32)| *score > limit && self.id(block.first + i) != own;
                *nearer += block.scores[0].iter().enumerate().filter(near).count();
            },
        )?;
        Ok(1 + shares.iter().sum::<usize>())
    }
}
