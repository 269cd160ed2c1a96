//! A session of any trainer on any device.

use crate::device::Asked;
use rapidvec::checkpoint::Checkpoint;
use rapidvec::corpus::Corpus;
use rapidvec::{Config, CpuTrainer, Result, Session, Trainer};
#[cfg(feature = "gpu")]
use rapidvec_gpu::{GpuTextbookTrainer, GpuTrainer};
use rapidvec_textbook::{Config as TextbookConfig, TextbookTrainer};

pub enum AnySession {
    Word2vec(Box<Session<CpuTrainer>>),
    Textbook(Box<Session<TextbookTrainer>>),
    #[cfg(feature = "gpu")]
    Word2vecOnCard(Box<Session<GpuTrainer>>),
    #[cfg(feature = "gpu")]
    TextbookOnCard(Box<Session<GpuTextbookTrainer>>),
}

/// The same expression for any session.
macro_rules! any {
    ($any:expr, $session:ident => $result:expr) => {
        match $any {
            crate::any_session::AnySession::Word2vec($session) => $result,
            crate::any_session::AnySession::Textbook($session) => $result,
            #[cfg(feature = "gpu")]
            crate::any_session::AnySession::Word2vecOnCard($session) => $result,
            #[cfg(feature = "gpu")]
            crate::any_session::AnySession::TextbookOnCard($session) => $result,
        }
    };
}
pub(crate) use any;

/// What a session begins with.
#[derive(Clone, Copy)]
pub enum Origin<'a> {
    New(&'a Corpus),
    Saved(&'a Checkpoint, &'a Corpus),
}

impl Origin<'_> {
    fn session<T: Trainer>(self, config: &T::Config, threads: usize) -> Result<Session<T>> {
        match self {
            Self::New(corpus) => Session::start(config, corpus, threads),
            Self::Saved(checkpoint, corpus) => Session::resume(checkpoint, config, corpus, threads),
        }
    }
}

impl AnySession {
    pub fn word2vec(config: &Config, asked: Asked, from: Origin<'_>, threads: usize) -> Result<Self> {
        #[cfg(feature = "gpu")]
        if asked.is_card(!config.hierarchical_softmax && config.vector_size <= rapidvec_gpu::MAX_VECTOR_SIZE) {
            return Ok(Self::Word2vecOnCard(from.session(config, threads)?.into()));
        }
        asked.check()?;
        Ok(Self::Word2vec(from.session(config, threads)?.into()))
    }

    pub fn textbook(config: &TextbookConfig, asked: Asked, from: Origin<'_>, threads: usize) -> Result<Self> {
        #[cfg(feature = "gpu")]
        if asked.is_card(true) {
            return Ok(Self::TextbookOnCard(from.session(config, threads)?.into()));
        }
        asked.check()?;
        Ok(Self::Textbook(from.session(config, threads)?.into()))
    }
}
