//! What a run can start from: vectors of any file, or a model to continue.

use super::Started;
use crate::checkpoint::{CorpusRecord, SavedConfig, Summary};
use crate::error::{Result, TrainError};
use crate::trainer::Trainer;
use rapidvec_core::{Vocabulary, WordId};
use rapidvec_vectors::format::safetensors::ModelFile;
use rapidvec_vectors::format::{Format, recognise_file};
use rapidvec_vectors::{Rows, Subwords, WordVectors};
use std::path::Path;

/// Vectors to start from.
#[derive(Debug, Clone)]
pub struct Pretrained {
    name: String,
    words: Vocabulary,
    input: Rows,
    output: Option<Rows>,
    subwords: Option<Subwords>,
    positions: Option<Rows>,
    config: Option<SavedConfig>,
    corpus: Option<CorpusRecord>,
}

impl Pretrained {
    /// The vectors of a file in any format, and the output vectors if it has any. Of a model of rapidvec the settings are taken
    /// too.
    ///
    /// # Errors
    /// As [`WordVectors::open`] and [`model`](Self::model).
    pub fn open(path: &Path) -> Result<Self> {
        match recognise_file(path)? {
            Format::Safetensors => Self::model(path),
            _ => Ok(Self::of(&path.display().to_string(), &WordVectors::open(path)?)),
        }
    }

    /// A model of rapidvec; every checksum is compared.
    ///
    /// # Errors
    /// [`FormatError`](crate::error::FormatError) if the file is not a whole, unaltered model; [`TrainError::Damaged`] if its
    /// metadata are invalid.
    pub fn model(path: &Path) -> Result<Self> {
        let model = ModelFile::open(path)?;
        model.verify()?;
        let Summary { config, corpus, .. } = Summary::of(&model)?;
        let (words, input, output) = (model.vocabulary().clone(), model.input(), model.output());
        let (subwords, positions) = (model.subwords()?, model.positions());
        Ok(Self { name: path.display().to_string(), words, input, output, subwords, positions, config, corpus })
    }

    /// These vectors, with the n-grams and the output vectors that a fastText model has. Messages call them `name`.
    pub fn of(name: &str, vectors: &WordVectors) -> Self {
        let (words, input) = (vectors.vocabulary().clone(), vectors.input_rows().clone());
        let (output, subwords) = (vectors.output().cloned(), vectors.subwords().cloned());
        Self { name: name.to_owned(), words, input, output, subwords, positions: None, config: None, corpus: None }
    }

    /// Its name in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its words.
    pub fn words(&self) -> &Vocabulary {
        &self.words
    }

    /// Numbers per vector.
    pub fn vector_size(&self) -> usize {
        self.input.vector_size()
    }

    /// What it was trained on, if known.
    pub fn corpus(&self) -> Option<&CorpusRecord> {
        self.corpus.as_ref()
    }

    /// The settings of `T`, if that trainer made the model.
    ///
    /// # Errors
    /// [`TrainError::Damaged`].
    pub fn config<T: Trainer>(&self) -> Result<Option<T::Config>, TrainError> {
        self.config.as_ref().filter(|config| config.is_of::<T>()).map(SavedConfig::settings::<T>).transpose()
    }

    /// Checks the size of the vectors.
    ///
    /// # Errors
    /// [`TrainError::VectorSize`].
    pub fn check_size(&self, expected: usize) -> Result<(), TrainError> {
        let got = self.vector_size();
        if got == expected { Ok(()) } else { Err(TrainError::VectorSize { name: self.name.clone(), expected, got }) }
    }

    /// Its words, with the counts of both, and the words of `text` that occur at least `min_count` times; and the number of new words.
    pub fn extended_by(&self, text: &Vocabulary, min_count: u64) -> (Vocabulary, usize) {
        self.words.extended_by(text, min_count)
    }

    /// Gives `trainer` the output vectors of the words that both have, and freezes them. The other words.
    pub(super) fn lead<T: Trainer>(&self, trainer: &mut T, vocabulary: &Vocabulary) -> Result<Vec<WordId>, TrainError> {
        self.check_size(T::vector_size(trainer.config()))?;
        let has_tree = self.config.as_ref().is_some_and(SavedConfig::has_tree);
        let output = self.output.as_ref().filter(|_| !has_tree);
        let Some(output) = output else { return Err(TrainError::NoCompass { name: self.name.clone() }) };
        let (mut shared, mut others) = (Vec::new(), Vec::new());
        let mut rows = Vec::new();
        for (id, word) in (0..).zip(vocabulary.words()) {
            match self.words.id(word).and_then(|known| output.row(known as usize)) {
                Some(row) => {
                    shared.push(id);
                    rows.push(row);
                }
                None => others.push(id),
            }
        }
        if shared.is_empty() {
            return Err(TrainError::NothingShared { name: self.name.clone(), words: vocabulary.len() });
        }
        trainer.freeze_output(&shared)?;
        shared.iter().zip(&rows).for_each(|(&id, row)| trainer.set_output(id, row));
        Ok(others)
    }

    /// Gives `trainer` the vectors of the words that both have.
    pub(super) fn start<T: Trainer>(&self, trainer: &mut T, vocabulary: &Vocabulary) -> Result<Started, TrainError> {
        self.check_size(T::vector_size(trainer.config()))?;
        let has_tree = self.config.as_ref().is_some_and(SavedConfig::has_tree);
        let output = self.output.as_ref().filter(|_| !has_tree && trainer.has_output_per_word());
        let mut started = Started { ids: Vec::new(), without_output: self.output.is_some() && output.is_none() };
        let known = |(id, word)| self.words.id(word).map(|known| (id, known));
        let known: Vec<(WordId, WordId)> = (0..).zip(vocabulary.words()).filter_map(known).collect();
        let with_ngrams = self.subwords.as_ref().is_some_and(|subwords| trainer.set_subwords(subwords, &known));
        self.positions.as_ref().map(|positions| trainer.set_position_weights(positions));
        for (id, known) in known {
            started.ids.push(id);
            if let Some(row) = self.input.row(known as usize).filter(|_| !with_ngrams) {
                trainer.set_input(id, &row);
            }
            if let Some(row) = output.and_then(|output| output.row(known as usize)) {
                trainer.set_output(id, &row);
            }
        }
        Ok(started)
    }
}
