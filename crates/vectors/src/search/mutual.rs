//! Words that are near to each other in both directions.

use super::Search;
use super::error::QueryError;
use super::hits::Hits;
use super::top_k::Scored;
use rapidvec_core::WordId;
use std::collections::HashMap;

/// Questions that are asked at a time: each has `k` answers in memory until the end.
const AT_A_TIME: usize = 4096;

impl<'v> Search<'v> {
    /// For each word that can be an answer, the words among the `k` nearest that have it among their own `k` nearest, best first.
    /// Words without any are left out; the others come in the order of ids.
    ///
    /// # Errors
    /// Those of [`Search`].
    pub fn mutual_neighbours(&self, k: usize) -> Result<Vec<(WordId, Hits<'v>)>, QueryError> {
        let vocabulary = self.vectors.vocabulary();
        let ids: Vec<_> = (0..self.vectors.len() as WordId).filter(|&id| self.contains(id)).collect();
        let mut nearest = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(AT_A_TIME) {
            let words: Vec<_> = ids.iter().map(|&id| vocabulary.word(id)).collect();
            nearest.extend(ids.iter().copied().zip(self.most_similar_batch(&words, k)?));
        }
        let is_mutual = |of: WordId, id: WordId| nearest.get(&id).is_some_and(|hits: &Hits| hits.ids().contains(&of));
        let mutual = ids.iter().filter_map(|&of| {
            let hits = nearest.get(&of)?;
            let kept = hits.ids().iter().zip(hits.scores()).filter(|(id, _)| is_mutual(of, **id));
            let hits = Hits::new(vocabulary, kept.map(|(&id, &score)| Scored { id, score }));
            (!hits.is_empty()).then_some((of, hits))
        });
        Ok(mutual.collect())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Numbers, WordVectors};
    use rapidvec_core::Vocabulary;

    #[test]
    fn a_neighbour_that_does_not_look_back_is_left_out() {
        let mut vocabulary = Vocabulary::new();
        ["a", "b", "far", "c"].iter().for_each(|word| assert!(vocabulary.insert(word, 1).is_some()));
        // By angle: a 0, b 10, c 15, far 60 degrees. The nearest of `a` is `b`, but that of `b` is `c`.
        let numbers = [0.0f32, 10.0, 60.0, 15.0].map(f32::to_radians).iter().flat_map(|x| [x.cos(), x.sin()]).collect();
        let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(numbers)).unwrap();
        let mutual = |k, words| {
            let found = vectors.search().restrict(words).mutual_neighbours(k).unwrap();
            let line = |(id, hits): (u32, crate::Hits)| {
                format!("{}:{}", vectors.vocabulary().word(id), hits.words().collect::<Vec<_>>().join("+"))
            };
            found.into_iter().map(line).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(mutual(1, 4), "b:c c:b");
        assert_eq!(mutual(2, 4), "a:b+c b:c+a c:b+a");
        assert_eq!(mutual(3, 4), "a:b+c+far b:c+a+far far:c+b+a c:b+a+far");
        assert_eq!(mutual(1, 2), "a:b b:a");
    }
}
