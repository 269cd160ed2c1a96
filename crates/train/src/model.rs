//! A trained model in memory: the words, both matrices, and how they were trained.

use crate::checkpoint::{CorpusRecord, HeldOutLoss, Trained, mean_metadata, model_metadata};
use crate::error::Result;
use crate::trainer::Trainer;
use rapidvec_core::atomic_file::Existing;
use rapidvec_core::{Matrix, Vocabulary};
use rapidvec_vectors::format::safetensors::{Contents, SubwordParts, write_contents};
use rapidvec_vectors::format::{self, RowsView};
use rapidvec_vectors::measure::MeanMatrices;
use rapidvec_vectors::{ModelVectors, Numbers, Rows, WordVectors};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A trained model in memory. The file that [`save`](Self::save) writes can be opened, converted and trained further like that of any run.
#[derive(Debug)]
pub struct Model {
    vectors: WordVectors,
    output: Matrix,
    positions: Option<Matrix>,
    trained: Trained,
    metadata: BTreeMap<String, String>,
}

impl Model {
    pub(crate) fn of<T: Trainer>(
        trainer: T,
        vocabulary: Arc<Vocabulary>,
        corpus: &CorpusRecord,
        held_out: &[HeldOutLoss],
    ) -> Result<Self> {
        let trained = Trained::new(&trainer.progress(), trainer.history(), held_out);
        let metadata = model_metadata(&trainer, corpus, &trained)?;
        let chosen = T::output_vectors(trainer.config());
        let weights = trainer.weights();
        let numbers = weights.input.to_vec();
        let output = weights.output.into_owned();
        let subwords = trainer.subwords().map(|subwords| subwords.to_subwords()).transpose()?;
        let positions = trainer.position_weights().cloned();
        drop(trainer); // its matrices
        let vectors = vectors_of(vocabulary, numbers, &output, chosen)?;
        let vectors = subwords.map_or(Ok(vectors.clone()), |subwords| vectors.with_subwords(subwords))?;
        Ok(Self { vectors: vectors.with_lower(corpus.preparation.lower), output, positions, trained, metadata })
    }

    /// The mean of the runs of which `trainer` trained the last one.
    pub(crate) fn of_mean<T: Trainer>(
        trainer: &T,
        config: &T::Config,
        mean: MeanMatrices,
        vocabulary: Arc<Vocabulary>,
        corpus: &CorpusRecord,
        held_out: &[HeldOutLoss],
    ) -> Result<Self> {
        let trained = Trained::new(&trainer.progress(), trainer.history(), held_out);
        let metadata = mean_metadata(trainer, config, corpus, &trained, &mean)?;
        let output = Matrix::from_rows(vocabulary.len(), T::vector_size(config), &mean.output);
        let vectors = vectors_of(vocabulary, mean.input, &output, T::output_vectors(config))?;
        let vectors = vectors.with_runs(mean.runs)?.with_lower(corpus.preparation.lower);
        Ok(Self { vectors, output, positions: None, trained, metadata })
    }

    /// The word vectors, to query.
    pub fn vectors(&self) -> &WordVectors {
        &self.vectors
    }

    /// The word vectors alone.
    pub fn into_vectors(self) -> WordVectors {
        self.vectors
    }

    /// The output matrix: V x D, or (V - 1) x D for hierarchical softmax.
    pub fn output(&self) -> &Matrix {
        &self.output
    }

    /// The weights of the positions in a window, 2W x D, if the model has them: those of the words before the target, from the farthest, then
    /// those after it.
    pub fn position_weights(&self) -> Option<&Matrix> {
        self.positions.as_ref()
    }

    /// How far the model was trained, and its losses.
    pub fn trained(&self) -> &Trained {
        &self.trained
    }

    /// How the model was trained and on what, as stored in files: JSON by key.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Writes the model to `path`, atomically; a file there is replaced.
    ///
    /// # Errors
    /// [`FormatError`](crate::error::FormatError) if a weight is not finite; otherwise as
    /// [`atomic_file::write`](rapidvec_core::atomic_file::write).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let words = self.vectors.vocabulary();
        let contents = Contents {
            vocabulary: Cow::Borrowed(words),
            input: RowsView::of_rows(self.vectors.input_rows()),
            output: Some(RowsView::of_matrix(&self.output, words.len())),
            subwords: self.vectors.subwords().map(SubwordParts::of_all),
            positions: self.positions.as_ref().map(|rows| RowsView::of_matrix(rows, rows.rows())),
            runs: self.vectors.run_rows().iter().map(RowsView::of_rows).collect(),
            half: false,
            metadata: Cow::Borrowed(&self.metadata),
            extra: &[],
        };
        Ok(write_contents(path.as_ref(), Existing::Replace, contents)?)
    }
}

/// The vectors that `chosen` names, by the numbers of the input matrix and the output matrix.
fn vectors_of(
    vocabulary: Arc<Vocabulary>,
    input: Vec<f32>,
    output: &Matrix,
    chosen: ModelVectors,
) -> Result<WordVectors> {
    let vectors = WordVectors::new(Arc::unwrap_or_clone(vocabulary), output.cols(), Numbers::F32(input))?;
    if chosen.matrix == format::Matrix::Input {
        return Ok(vectors);
    }
    let rows = Rows::new(output.rows(), output.cols(), Numbers::F32(output.to_vec()))?;
    Ok(vectors.with_output(rows)?.take(chosen)?)
}
