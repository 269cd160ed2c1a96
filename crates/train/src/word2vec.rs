//! The short way: settings in one place, text in, a model out.

use crate::CpuTrainer;
use crate::config::Config;
use crate::corpus::{Corpus, CorpusOptions, Sources};
use crate::error::Result;
use crate::model::Model;
use crate::observer::Observer;
use crate::session::Session;

/// Trains a word2vec model in one call. For checkpoints, held-out text or other starting vectors, use a [`Session`].
///
/// ```no_run
/// use rapidvec::Word2Vec;
///
/// Word2Vec::skip_gram().vector_size(300).train_files(&["wiki/**/*.gz"])?.save("wiki.safetensors")?;
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Word2Vec {
    /// The settings of the trainer.
    pub config: Config,
    /// How text is read.
    pub corpus: CorpusOptions,
    /// Threads; 0 means one per core. One thread gives the same bits every time.
    pub threads: usize,
}

impl Word2Vec {
    /// CBOW with the defaults of word2vec.c.
    pub fn cbow() -> Self {
        Self { config: Config::cbow(), ..Self::default() }
    }

    /// Skip-gram with the defaults of word2vec.c.
    pub fn skip_gram() -> Self {
        Self { config: Config::skip_gram(), ..Self::default() }
    }

    /// Changes the settings of the trainer: `Word2Vec::cbow().with(|config| config.window(8).seed(7))`.
    pub fn with(self, change: impl FnOnce(Config) -> Config) -> Self {
        Self { config: change(self.config), ..self }
    }

    /// Sets the numbers per vector.
    pub fn vector_size(self, vector_size: usize) -> Self {
        self.with(|config| config.vector_size(vector_size))
    }

    /// Sets the number of passes over the text.
    pub fn epochs(self, epochs: usize) -> Self {
        self.with(|config| config.epochs(epochs))
    }

    /// Drops words seen fewer times than this.
    pub fn min_count(self, min_count: u64) -> Self {
        Self { corpus: self.corpus.min_count(min_count), ..self }
    }

    /// Sets the number of threads; 0 means one per core.
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, corpus: self.corpus.threads(threads), ..self }
    }

    /// Trains on a text in memory: words stand between white space, a line is a sentence.
    ///
    /// # Errors
    /// As [`Corpus::from_text`] and [`Session::run`].
    pub fn train_text(&self, text: &str) -> Result<Model> {
        self.train(&Corpus::from_text("text", text, &self.corpus)?)
    }

    /// Trains on files, folders and patterns such as `wiki/**/*.gz`; compressed ones too.
    ///
    /// # Errors
    /// As [`Sources::find`], [`Corpus::read`] and [`Session::run`].
    pub fn train_files<S: AsRef<str>>(&self, names: &[S]) -> Result<Model> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_owned()).collect();
        self.train(&Corpus::read(&Sources::find(&names)?.list, &self.corpus)?)
    }

    /// Trains on a corpus.
    ///
    /// # Errors
    /// As [`Session::start`] and [`Session::run`].
    pub fn train(&self, corpus: &Corpus) -> Result<Model> {
        self.train_watched(corpus, &mut ())
    }

    /// Trains on a corpus; `observer` may stop it early, which gives the model as it is then.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    pub fn train_watched(&self, corpus: &Corpus, observer: &mut dyn Observer) -> Result<Model> {
        let mut session = Session::<CpuTrainer>::start(&self.config, corpus, self.threads)?;
        session.run(observer)?;
        session.into_model()
    }
}
