//! How the command line runs the word2vec trainer on a graphics card: as on the CPU, but for what a card cannot do.

use super::args::Args;
use super::display::Unit;
use super::flags::Flags;
use super::word2vec::method;
use crate::output::{UsageError, messages, thousands};
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::{Config, CpuTrainer, Trainer, Vocabulary};
use rapidvec_gpu::{GpuTrainer, MAX_VECTOR_SIZE};
use std::sync::Arc;

impl Flags for GpuTrainer {
    const UNIT: Unit = CpuTrainer::UNIT;

    fn of_flags(args: &Args, base: Option<Config>) -> Result<Config, UsageError> {
        let config = CpuTrainer::of_flags(args, base)?;
        let refused = |what: &str| Err(UsageError(format!("--device gpu does not support {what}; use --device cpu")));
        if config.hierarchical_softmax {
            return refused("hierarchical softmax");
        }
        if config.subwords.is_some() {
            return refused("subwords");
        }
        if config.position_weights {
            return refused("position weights");
        }
        if config.vector_size > MAX_VECTOR_SIZE {
            return refused(&format!("--vector-size above {MAX_VECTOR_SIZE}"));
        }
        Ok(config)
    }

    fn for_text(args: &Args, config: Config, text: &Corpus) -> anyhow::Result<Config> {
        CpuTrainer::for_text(args, config, text)
    }

    fn with_epochs(config: Config, epochs: usize) -> Config {
        CpuTrainer::with_epochs(config, epochs)
    }

    fn foreign(args: &Args) -> Option<&'static str> {
        CpuTrainer::foreign(args)
    }

    fn check_against(args: &Args, config: &Config) -> Result<(), UsageError> {
        CpuTrainer::check_against(args, config)
    }

    fn corpus_options(args: &Args) -> CorpusOptions {
        CpuTrainer::corpus_options(args)
    }

    fn reread_options(args: &Args, record: &CorpusRecord, vocabulary: &Arc<Vocabulary>) -> CorpusOptions {
        CpuTrainer::reread_options(args, record, vocabulary)
    }

    fn report_reading(name: &str, options: &CorpusOptions, corpus: &Corpus) {
        CpuTrainer::report_reading(name, options, corpus);
    }

    fn apply(&mut self, args: &Args) -> rapidvec::Result<()> {
        args.word2vec.windows_in_flight.map_or(Ok(()), |windows| self.set_windows_in_flight(windows))
    }

    fn describe(&self, corpus: &Corpus) -> String {
        let config = Trainer::config(self);
        let [kept, words] = [corpus.report().kept, corpus.vocabulary().len() as u64].map(thousands);
        let (adapter, windows) = (self.adapter(), self.windows_in_flight());
        messages::word2vec_run_on_card(corpus.name(), kept, words, method(config), config.vector_size, adapter, windows)
    }
}
