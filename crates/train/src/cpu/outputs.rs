//! The output matrices, as passed in by a caller and returned.

use crate::config::Config;
use crate::trainer::TrainError;
use rapidvec_core::Matrix;
use std::ops::RangeInclusive;

/// The output matrices of a model of V words and D numbers per vector: one for each objective it is trained with.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outputs {
    /// Of negative sampling: V x D, a row for each word.
    pub words: Option<Matrix>,
    /// Of hierarchical softmax: (V - 1) x D, a row for each inner node of the tree. V rows are allowed; the last one is not used.
    pub nodes: Option<Matrix>,
}

/// All matrices of a trainer, borrowed, where `M` is `&Matrix` or `&mut Matrix`; or something about each.
#[derive(Debug)]
pub struct Matrices<M> {
    /// The vectors: V x D. With subwords, the rows that words have of their own.
    pub input: M,
    /// As in [`Outputs`].
    pub words: Option<M>,
    /// As in [`Outputs`].
    pub nodes: Option<M>,
    /// With subwords, the rows of n-grams: N x D. [`Trainer::subwords`](crate::Trainer::subwords) says which row belongs to which bucket.
    pub ngrams: Option<M>,
    /// The weights of positions, 2W x D: those of the words before the target, from the farthest, then those after it.
    pub positions: Option<M>,
}

impl<M> Matrices<M> {
    /// Something else about each.
    pub(crate) fn map<N>(self, of: impl Fn(M) -> N) -> Matrices<N> {
        let Self { input, words, nodes, ngrams, positions } = self;
        Matrices {
            input: of(input),
            words: words.map(&of),
            nodes: nodes.map(&of),
            ngrams: ngrams.map(&of),
            positions: positions.map(&of),
        }
    }

    /// Those that there are.
    pub(crate) fn into_list(self) -> impl Iterator<Item = M> {
        let Self { input, words, nodes, ngrams, positions } = self;
        [Some(input), words, nodes, ngrams, positions].into_iter().flatten()
    }
}

impl Outputs {
    /// Zeros, for what `config` trains on `words` words.
    pub fn zeros(config: &Config, words: usize) -> Self {
        let zeros = |rows| Matrix::zeros(rows, config.vector_size);
        Self {
            words: (config.negatives > 0).then(|| zeros(words)),
            nodes: config.hierarchical_softmax.then(|| zeros(words.saturating_sub(1))),
        }
    }

    /// Checks that they are those that `config` trains on `words` words.
    pub(super) fn check(&self, config: &Config, words: usize) -> Result<(), TrainError> {
        let cols = config.vector_size;
        let check = |name, matrix: &Option<Matrix>, wanted: bool, rows| match (matrix, wanted) {
            (None, false) => Ok(()),
            (Some(matrix), true) => check_shape(name, matrix, rows, cols),
            (None, true) => Err(TrainError::Shape { matrix: name, expected: (*rows.start(), cols), got: (0, 0) }),
            (Some(matrix), false) => {
                Err(TrainError::Shape { matrix: name, expected: (0, 0), got: (matrix.rows(), matrix.cols()) })
            }
        };
        check("output matrix of words", &self.words, config.negatives > 0, words..=words)?;
        check("output matrix of nodes", &self.nodes, config.hierarchical_softmax, words.saturating_sub(1)..=words)
    }
}

/// Checks the size of a matrix.
pub(super) fn check_shape(
    name: &'static str,
    matrix: &Matrix,
    rows: RangeInclusive<usize>,
    cols: usize,
) -> Result<(), TrainError> {
    let got = (matrix.rows(), matrix.cols());
    if rows.contains(&got.0) && got.1 == cols {
        return Ok(());
    }
    Err(TrainError::Shape { matrix: name, expected: (*rows.start(), cols), got })
}
