//! What is known before training: vectors of another file, or a model that is trained on.

use crate::commands::open::OpenArgs;
use crate::output::{note, thousands};
use anyhow::{Context, bail};
use rapidvec::checkpoint::Summary;
use rapidvec::error::{Error, TrainError};
use rapidvec::vectors::Rows;
use rapidvec::vectors::format::safetensors::ModelFile;
use rapidvec::vectors::format::{Format, recognise_file};
use rapidvec::{Config, CpuTrainer, Trainer, Vocabulary, WordId};
use std::path::Path;

/// The settings of a model, if the word2vec trainer made it.
fn settings_of(model: &ModelFile) -> Result<Option<Config>, TrainError> {
    let saved = Summary::of(model)?.config.filter(|config| config.is_of::<CpuTrainer>());
    saved.map(|config| config.settings::<CpuTrainer>()).transpose()
}

/// Vectors that training starts from.
pub struct Known {
    name: String,
    words: Vocabulary,
    input: Rows,
    output: Option<Rows>,
    /// Whether `output` belongs to a tree's inner nodes, not to words.
    of_tree: bool,
}

impl Known {
    /// Opens any file of vectors, `vector_size` numbers each.
    pub fn open(path: &Path, vector_size: usize) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let cannot = || format!("cannot start from {name}");
        let known = match recognise_file(path).with_context(cannot)? {
            Format::Safetensors => {
                let (known, _) = Self::of_model(path).with_context(cannot)?;
                known
            }
            _ => {
                let vectors = OpenArgs::default().vectors(path).with_context(cannot)?;
                Self {
                    name: name.clone(),
                    input: vectors.rows().clone(),
                    words: vectors.vocabulary().clone(),
                    output: None,
                    of_tree: false,
                }
            }
        };
        known.check_size(vector_size)?;
        Ok(known)
    }

    /// A model that is trained on, with its settings if the fast trainer made it.
    pub fn model(path: &Path) -> anyhow::Result<(Self, Option<Config>)> {
        let cannot = || format!("cannot train {} on", path.display());
        let format = recognise_file(path).with_context(cannot)?;
        if format != Format::Safetensors {
            let got = format.name();
            bail!("{}: --update needs a rapidvec model, got {got}; --init starts from vectors in any format", cannot());
        }
        Self::of_model(path).with_context(cannot)
    }

    /// A model of our own, every checksum of which is compared, and its settings if the fast trainer made it.
    fn of_model(path: &Path) -> Result<(Self, Option<Config>), Error> {
        let model = ModelFile::open(path)?;
        model.verify()?;
        let config = settings_of(&model)?;
        let known = Self {
            name: path.display().to_string(),
            words: model.vocabulary().clone(),
            input: model.input(),
            output: model.output(),
            of_tree: config.as_ref().is_some_and(|config| config.hierarchical_softmax),
        };
        Ok((known, config))
    }

    /// Refuses vectors of another size.
    pub fn check_size(&self, vector_size: usize) -> anyhow::Result<()> {
        let got = self.input.vector_size();
        if got == vector_size {
            return Ok(());
        }
        let mismatch = TrainError::VectorSize { name: self.name.clone(), expected: vector_size, got };
        Err(Error::from(mismatch).into())
    }

    /// Its words.
    pub fn words(&self) -> &Vocabulary {
        &self.words
    }

    /// Numbers per word.
    pub fn vector_size(&self) -> usize {
        self.input.vector_size()
    }

    /// Gives the trainer the vectors of the words that both have, and the other side too where it belongs to words here and there.
    pub fn start(&self, trainer: &mut CpuTrainer, vocabulary: &Vocabulary, with_output: bool) -> Vec<WordId> {
        let output = self.output.as_ref().filter(|_| with_output && !self.of_tree);
        if self.output.is_some() && output.is_none() {
            note(format_args!(
                "the output weights of {} are not taken: with hierarchical softmax they belong to a tree, which other counts \
                 make another",
                self.name
            ));
        }
        let mut both = Vec::new();
        for (id, word) in (0..).zip(vocabulary.words()) {
            let Some(known) = self.words.id(word) else { continue };
            if let Some(row) = self.input.row(known as usize) {
                trainer.set_input(id, &row);
                both.push(id);
            }
            if let Some(row) = output.and_then(|output| output.row(known as usize)) {
                trainer.set_output(id, &row);
            }
        }
        let [found, all] = [both.len(), vocabulary.len()].map(|count| thousands(count as u64));
        note(format_args!("{found} of {all} words start from {}", self.name));
        both
    }
}
