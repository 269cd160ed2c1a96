//! Vectors of words from rows that the caller has: those of the words, and those of n-grams.

use super::ngrams::{NGrams, scale};
use crate::error::FormatError;
use rapidvec_core::parallel::{self, cores};

/// Words whose vectors one thread composes at a time.
const WORDS_AT_A_TIME: usize = 256;

/// For each of V words, the numbers of its n-grams: of buckets, or of rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NGramLists {
    /// The numbers of all words, word after word.
    pub numbers: Vec<u32>,
    /// Where those of each word end.
    pub ends: Vec<u64>,
}

impl NGramLists {
    /// The buckets of the n-grams of these words.
    pub fn of_words<'a>(ngrams: &NGrams, words: impl Iterator<Item = &'a str>) -> Self {
        let mut lists = Self::default();
        for word in words {
            ngrams.for_each(word, |_, bucket| lists.numbers.push(bucket));
            lists.ends.push(lists.numbers.len() as u64);
        }
        lists
    }
}

/// The vectors of V words: the mean of a word's own row (of `own`, V x D) and of the rows of its n-grams (of `ngrams`, N x D), which
/// `numbers` and `ends` list as [`NGramLists`] does. Rounded as fastText rounds.
///
/// # Errors
/// [`FormatError::Size`] if the lists are not of V words, or one names a row that there is not.
pub fn compose(
    own: &[f32],
    ngrams: &[f32],
    vector_size: usize,
    numbers: &[u32],
    ends: &[u64],
) -> Result<Vec<f32>, FormatError> {
    let size = vector_size.max(1);
    check(own.len() / size, ngrams.len() / size, numbers, ends)?;
    let mut out = own.to_vec();
    let parts = out.chunks_mut(size * WORDS_AT_A_TIME).zip((0..).step_by(WORDS_AT_A_TIME));
    parallel::map(cores(), parts, |(part, first): (&mut [f32], usize)| {
        for (word, row) in (first..).zip(part.chunks_exact_mut(size)) {
            let start = if word == 0 { 0 } else { ends[word - 1] as usize };
            let list = &numbers[start..ends[word] as usize];
            for &number in list {
                let ngram = &ngrams[number as usize * size..][..size];
                row.iter_mut().zip(ngram).for_each(|(sum, x)| *sum += x);
            }
            scale(row, list.len() + 1);
        }
    });
    Ok(out)
}

fn check(words: usize, rows: usize, numbers: &[u32], ends: &[u64]) -> Result<(), FormatError> {
    let size = |tensor, expected, got| Err(FormatError::Size { tensor, expected, got });
    if ends.len() != words {
        return size("lists of n-grams", words, ends.len());
    }
    let last = ends.last().map_or(0, |&end| end as usize);
    if last != numbers.len() || ends.windows(2).any(|pair| pair[0] > pair[1]) {
        return size("numbers of n-grams", last, numbers.len());
    }
    match numbers.iter().find(|&&number| number as usize >= rows) {
        Some(&number) => size("n-gram rows", number as usize + 1, rows),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_is_the_mean_of_the_own_row_and_those_of_the_ngrams() {
        let ngrams = NGrams::default().min_n(3).max_n(3).buckets(5);
        let lists = NGramLists::of_words(&ngrams, ["ab", "</s>"].into_iter());
        assert_eq!(lists.ends, [2, 2], "the sentence end has no n-grams");
        let rows: Vec<f32> = (0..5).map(|bucket| bucket as f32).collect();
        let sum: f32 = lists.numbers.iter().map(|&bucket| bucket as f32).sum();
        let composed = compose(&[3.0, 7.0], &rows, 1, &lists.numbers, &lists.ends).unwrap();
        assert_eq!(composed, [(3.0 + sum) * (1.0 / 3.0), 7.0]);
    }

    #[test]
    fn refuses_lists_that_do_not_fit() {
        let refused = |numbers: &[u32], ends: &[u64]| compose(&[0.0; 2], &[0.0; 3], 1, numbers, ends).is_err();
        assert!(!refused(&[2], &[0, 1]));
        assert!(refused(&[3], &[0, 1]) && refused(&[2], &[1]) && refused(&[2, 0], &[0, 1]) && refused(&[2], &[1, 0]));
    }
}
