//! Makes a trainer: its tables, and the weights that it starts from.

use super::CpuTrainer;
use super::huffman::HuffmanTree;
use super::outputs::{Matrices, Outputs, check_shape};
use super::plan::Objective;
use super::pool;
use super::replicas::Replicas;
use super::schedule::{Schedule, drawn_pieces};
use super::state::CpuState;
use super::subsample::Subsampling;
use super::subword_table::SubwordTable;
use super::uses::Uses;
use crate::config::Config;
use crate::corpus::Corpus;
use crate::error::Result;
use crate::trainer::TrainError;
use rapidvec_core::kernels::large_pages;
use rapidvec_core::kernels::window::WindowKernels;
use rapidvec_core::{EOS_ID, Ids, Matrix, Purpose, Rng, threads_of};

impl CpuTrainer {
    /// With random vectors, and outputs of zeros.
    pub(super) fn with_random_weights(
        config: &Config,
        corpus: &Corpus,
        counts: &[u64],
        threads: usize,
    ) -> Result<Self> {
        let mut trainer = Self::without_weights(config, corpus, counts, threads)?;
        trainer.first_subwords();
        let mut w_in = Matrix::zeros(counts.len(), config.vector_size);
        (0..counts.len()).for_each(|row| w_in.set_row(row, &Self::first_row(config, row)));
        Ok(trainer.holding(w_in, Outputs::zeros(config, counts.len())))
    }

    /// A trainer that starts from these weights: [`into_weights`](Self::into_weights) of another one, or any numbers. Otherwise
    /// as [`new`](crate::Trainer::new); a run starts at the first block of the first epoch. The weights are not copied.
    ///
    /// Shapes: `input` is V x D for the V words of `counts`; [`Outputs`] has the matrices that `config` trains. With subwords, `input` has the
    /// rows that words have of their own; n-grams and positions start as in [`new`](crate::Trainer::new), and [`matrices_mut`](Self::matrices_mut)
    /// lends them.
    ///
    /// ```
    /// use rapidvec::corpus::{Corpus, CorpusOptions};
    /// use rapidvec::{Config, CpuTrainer, Trainer, Until};
    ///
    /// let text = "the king and the queen\nthe man and the woman\n".repeat(200);
    /// let corpus = Corpus::from_text("tale", &text, &CorpusOptions::default())?;
    /// let config = Config::cbow().vector_size(10).epochs(1);
    /// let mut first = CpuTrainer::new(&config, &corpus, corpus.counts(), 1)?;
    /// first.run(Until::End, &mut ())?;
    /// let (input, outputs) = first.into_weights();
    /// let mut second = CpuTrainer::with_weights(&config, &corpus, corpus.counts(), 1, input, outputs)?;
    /// second.run(Until::End, &mut ())?;
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`TrainError::Shape`] for a matrix of another size; otherwise as [`new`](crate::Trainer::new).
    pub fn with_weights(
        config: &Config,
        corpus: &Corpus,
        counts: &[u64],
        threads: usize,
        input: Matrix,
        outputs: Outputs,
    ) -> Result<Self> {
        config.validate()?;
        let words = counts.len();
        check_shape("input matrix", &input, words..=words, config.vector_size)?;
        outputs.check(config, words)?;
        let mut trainer = Self::without_weights(config, corpus, counts, threads)?;
        trainer.first_subwords();
        Ok(trainer.holding(input, outputs))
    }

    /// The D numbers that [`new`](crate::Trainer::new) starts the vector of word `row` from: uniform in ±1/D, as in gensim. That is twice
    /// the range of word2vec.c, and as good or better.
    pub fn first_row(config: &Config, row: usize) -> Vec<f32> {
        let mut rng = Rng::stream(config.seed, Purpose::InputWeights, row as u64);
        Self::uniform_row(config, &mut rng)
    }

    /// D numbers, uniform in ±1/D.
    pub(super) fn uniform_row(config: &Config, rng: &mut Rng) -> Vec<f32> {
        let size = config.vector_size as f64;
        (0..config.vector_size).map(|_| ((2.0 * rng.uniform() - 1.0) / size) as f32).collect()
    }

    /// The matrices as they are now.
    pub fn matrices(&self) -> Matrices<&Matrix> {
        let Self { config, w_in, w_words, w_nodes, w_ngrams, w_positions, .. } = self;
        Matrices {
            input: w_in,
            words: (config.negatives > 0).then_some(w_words),
            nodes: config.hierarchical_softmax.then_some(w_nodes),
            ngrams: config.subwords.is_some().then_some(w_ngrams),
            positions: config.position_weights.then_some(w_positions),
        }
    }

    /// The matrices, which may be changed between two runs. Their sizes must stay the same.
    pub fn matrices_mut(&mut self) -> Matrices<&mut Matrix> {
        let Self { config, w_in, w_words, w_nodes, w_ngrams, w_positions, .. } = self;
        Matrices {
            input: w_in,
            words: (config.negatives > 0).then_some(w_words),
            nodes: config.hierarchical_softmax.then_some(w_nodes),
            ngrams: config.subwords.is_some().then_some(w_ngrams),
            positions: config.position_weights.then_some(w_positions),
        }
    }

    /// The weights: the vectors, V x D, and the output matrices. Nothing is copied. With subwords, the first are the rows that words have of
    /// their own.
    pub fn into_weights(self) -> (Matrix, Outputs) {
        let some = |matrix: Matrix, is_used: bool| is_used.then_some(matrix);
        let Self { config, w_in, w_words, w_nodes, .. } = self;
        let outputs =
            Outputs { words: some(w_words, config.negatives > 0), nodes: some(w_nodes, config.hierarchical_softmax) };
        (w_in, outputs)
    }

    fn holding(self, input: Matrix, outputs: Outputs) -> Self {
        let size = self.config.vector_size;
        let or_none = |matrix: Option<Matrix>| matrix.unwrap_or_else(|| Matrix::zeros(0, size));
        Self { w_in: input, w_words: or_none(outputs.words), w_nodes: or_none(outputs.nodes), ..self }
    }

    /// Everything but the weights.
    fn without_weights(config: &Config, corpus: &Corpus, counts: &[u64], threads: usize) -> Result<Self> {
        config.validate()?;
        let words = counts.iter().filter(|&&count| count > 0).count();
        if words < 2 {
            return Err(TrainError::VocabularyTooSmall { vocabulary: words, negatives: 1 }.into());
        }
        if config.hierarchical_softmax {
            HuffmanTree::check(counts.len())?;
        }
        check_ids(corpus.ids(), counts.len())?;
        let threads = threads_of(threads);
        let subsampling = Subsampling::new(counts, config.subsample);
        let objective = Objective::new(config, counts);
        let ids = corpus.ids();
        let (words_per_epoch, most) =
            (ids.words(), pool::useful(threads, &(0..Schedule::new(ids, config.shuffle).count())));
        let drawn = config.bootstrap.then(|| drawn_pieces(Schedule::new(ids, config.shuffle).pieces(), config.seed));
        let length = words_per_epoch as f64 / (ids.len() - words_per_epoch).max(1) as f64;
        let subwords = config.subwords.map(|ngrams| {
            let kept = |word: usize| counts[word] as f64 * subsampling.probability(word);
            let all = (0..counts.len()).map(kept).sum::<f64>();
            SubwordTable::new(ngrams, corpus.vocabulary(), counts.len(), |word| kept(word) / all)
        });
        let subwords = subwords.transpose()?;
        let uses = Uses {
            config,
            counts,
            subsampling: &subsampling,
            negatives: objective.negatives.as_ref(),
            tree: objective.tree.as_ref(),
            subwords: subwords.as_ref(),
            length,
        };
        let replicas = Replicas::new(&uses, most);
        large_pages::give_back(); // memory that was used to read the text and to make the tables
        let none = || Matrix::zeros(0, config.vector_size);
        Ok(Self {
            replicas,
            subsampling,
            objective,
            kernels: WindowKernels::detect(),
            threads,
            w_in: none(),
            w_words: none(),
            w_nodes: none(),
            subwords,
            w_ngrams: none(),
            held: None,
            w_positions: none(),
            frozen: None,
            frozen_output: None,
            words_per_epoch: drawn.as_deref().map_or(words_per_epoch, |drawn| words_of(ids, config, drawn)) as u64,
            drawn,
            share: None,
            state: CpuState::default(),
            corpus: corpus.clone(),
            config: config.clone(),
        })
    }
}

/// The words of these pieces.
fn words_of(ids: Ids, config: &Config, drawn: &[u32]) -> usize {
    let blocks = Schedule::new(ids, config.shuffle);
    drawn.iter().map(|&piece| ids.slice(blocks.range(piece as usize)).words()).sum()
}

/// Ids are words or sentence ends.
fn check_ids(ids: Ids, words: usize) -> Result<(), TrainError> {
    match ids.position(|id| id != EOS_ID && id as usize >= words) {
        Some(at) => Err(TrainError::UnknownId { at, words, got: ids.get(at) }),
        None => Ok(()),
    }
}
