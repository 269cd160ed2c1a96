//! The vectors of a model with subwords, and starting from known ones.

use super::CpuTrainer;
use super::positions::Positions;
use super::subword_table::Held;
use crate::config::Config;
use crate::trainer::SubwordWeights;
use rapidvec_core::{Chunk, LANES, Matrix, Purpose, Rng, WordId, parallel};
use rapidvec_vectors::{Rows, Subwords};

/// Words whose vectors one thread composes at a time.
const WORDS_AT_A_TIME: usize = 256;

impl CpuTrainer {
    /// The D numbers that [`new`](crate::Trainer::new) starts the row of an n-gram's bucket from: as [`first_row`](Self::first_row), whatever
    /// the other words and the number of threads.
    pub fn first_ngram_row(config: &Config, bucket: u32) -> Vec<f32> {
        let mut rng = Rng::stream(config.seed, Purpose::NGramWeights, bucket.into());
        Self::uniform_row(config, &mut rng)
    }

    /// The rows of n-grams and of positions that a run starts from; none where the settings have none.
    pub(super) fn first_subwords(&mut self) {
        let Self { config, subwords, w_ngrams, w_positions, .. } = self;
        if let Some(table) = subwords {
            *w_ngrams = Matrix::zeros(table.buckets().len(), config.vector_size);
            (0..)
                .zip(table.buckets())
                .for_each(|(i, &bucket)| w_ngrams.set_row(i, &Self::first_ngram_row(config, bucket)));
        }
        *w_positions = Positions::ones(config);
    }

    /// Keeps the rows that these words have of their own, and those of these buckets, as they are; words still learn by their other rows.
    /// It is not part of the state: a resumed run trains all rows. Without subwords it does nothing; see [`freeze`](crate::Trainer::freeze).
    ///
    /// # Panics
    /// If there is no such word.
    pub fn hold_parts(&mut self, words: &[WordId], buckets: &[u32]) {
        let Some(table) = &self.subwords else { return };
        let mut held = Held { words: vec![false; self.w_in.rows()], ngrams: vec![false; table.buckets().len()] };
        words.iter().for_each(|&word| held.words[word as usize] = true);
        let buckets: std::collections::HashSet<u32> = buckets.iter().copied().collect();
        held.ngrams.iter_mut().zip(table.buckets()).for_each(|(held, bucket)| *held = buckets.contains(bucket));
        self.held = Some(held);
    }

    /// The vectors of all words, V x D: the mean of a word's own row and of its n-grams'. `None` without subwords.
    ///
    /// Added up and scaled in the order and precision of fastText, as an opened model does for unknown words.
    pub(super) fn composed(&self) -> Option<Matrix> {
        self.subwords.as_ref()?;
        let (words, width) = (self.w_in.rows(), self.w_in.width());
        let mut composed = Matrix::zeros(words, self.config.vector_size);
        let parts = composed.chunks_mut().chunks_mut(WORDS_AT_A_TIME * width);
        parallel::map(self.threads, parts.zip((0..).step_by(WORDS_AT_A_TIME)), |(part, first): (&mut [Chunk], u32)| {
            part.chunks_exact_mut(width).zip(first..).for_each(|(out, word)| self.compose(word, out));
        });
        Some(composed)
    }

    fn compose(&self, word: WordId, out: &mut [Chunk]) {
        out.copy_from_slice(row_of(&self.w_in, word));
        let rows = self.subwords.as_ref().map_or(&[][..], |table| table.rows(word));
        rows.iter().for_each(|&row| add(out, row_of(&self.w_ngrams, row)));
        let factor = (1.0 / (rows.len() + 1) as f64) as f32;
        out.iter_mut().for_each(|chunk| chunk.0.iter_mut().for_each(|x| *x *= factor));
    }

    /// The rows of n-grams, if words have them.
    pub(super) fn subword_weights(&self) -> Option<SubwordWeights<'_>> {
        let table = self.subwords.as_ref()?;
        let order = table.by_bucket();
        let buckets = order.iter().map(|&row| table.buckets()[row as usize]).collect();
        Some(SubwordWeights { ngrams: table.ngrams(), buckets, order, rows: &self.w_ngrams, words: &self.w_in })
    }

    /// Lets the vector of a word start from `row`: its n-grams stay, and its own row is what is missing.
    pub(super) fn set_composed(&mut self, word: WordId, row: &[f32]) {
        let Some(table) = &self.subwords else { return self.w_in.set_row(word as usize, row) };
        let ngrams = table.rows(word);
        let mut own: Vec<f64> = row.iter().map(|&x| f64::from(x) * (ngrams.len() + 1) as f64).collect();
        for &ngram in ngrams {
            own.iter_mut().zip(self.w_ngrams.row(ngram as usize)).for_each(|(own, x)| *own -= f64::from(x));
        }
        let own: Vec<f32> = own.into_iter().map(|x| x as f32).collect();
        self.w_in.set_row(word as usize, &own);
    }

    /// Takes the rows of n-grams that another model has, and the own rows of words, if the n-grams are the same. Whether they are.
    pub(super) fn take_subwords(&mut self, from: &Subwords, known: &[(WordId, WordId)]) -> bool {
        let (Some(table), Some(words)) = (&self.subwords, from.words()) else { return false };
        if table.ngrams() != from.ngrams() {
            return false;
        }
        for (row, &bucket) in table.buckets().iter().enumerate() {
            copy_row(from.rows(), from.row_of(bucket), &mut self.w_ngrams, row);
        }
        for &(own, other) in known {
            copy_row(words, Some(other as usize), &mut self.w_in, own as usize);
        }
        true
    }

    /// Takes the weights of positions that another model has, if there are as many. Whether there are.
    pub(super) fn take_positions(&mut self, from: &Rows) -> bool {
        let fits = from.len() == self.w_positions.rows() && from.vector_size() == self.w_positions.cols();
        if fits {
            from.for_each(0..from.len(), |i, row| self.w_positions.set_row(i, row));
        }
        fits
    }
}

/// Copies row `from`, if it is stored, to row `to`.
fn copy_row(rows: &Rows, from: Option<usize>, matrix: &mut Matrix, to: usize) {
    if let Some(from) = from {
        rows.for_each(from..from + 1, |_, row| matrix.set_row(to, row));
    }
}

fn row_of(matrix: &Matrix, row: u32) -> &[Chunk] {
    &matrix.chunks()[row as usize * matrix.width()..][..matrix.width()]
}

fn add(sum: &mut [Chunk], row: &[Chunk]) {
    for (sum, row) in sum.iter_mut().zip(row) {
        (0..LANES).for_each(|lane| sum.0[lane] += row.0[lane]);
    }
}
