//! A trainer that trains a part of a text, while other processes train the others.

use super::outputs::Matrices;
use super::plan::rate_at;
use super::share::Share;
use super::state::CpuState;
use super::trainer::CpuTrainer;
use super::uses::Uses;
use crate::checkpoint::damaged;
use crate::error::TrainError;
use serde::Deserialize;
use serde_json::Value;

impl CpuTrainer {
    /// From now on this trainer trains a part of a run.
    pub(crate) fn set_share(&mut self, share: Share) {
        self.share = Some(share);
    }

    /// Ids done, over all epochs.
    pub(crate) fn ids_done(&self) -> u64 {
        let (blocks, ids) = (self.schedule(), self.corpus.ids().len() as u64);
        let (epoch, block) = (self.state.block / blocks.count().max(1), self.state.block % blocks.count().max(1));
        epoch * ids + blocks.before(block) as u64
    }

    /// How often each row is used for an id of a text of `ids` ids, where words have the counts `counts` and sentences `length` words.
    pub(crate) fn uses(&self, counts: &[u64], length: f64, ids: u64) -> Matrices<Vec<f64>> {
        let Self { config, subsampling, objective, subwords, .. } = self;
        let uses = Uses {
            config,
            counts,
            subsampling,
            negatives: objective.negatives.as_ref(),
            tree: objective.tree.as_ref(),
            subwords: subwords.as_ref(),
            length,
        };
        let windows = uses.windows() / ids.max(1) as f64;
        uses.of_rows().map(|of_rows| of_rows.into_iter().map(|uses| uses * windows).collect())
    }

    /// The learning rate when this share of the run is done.
    pub(crate) fn rate_when(&self, done: f64) -> f64 {
        f64::from(rate_at(&self.config, done))
    }

    /// Continues where `record`, of [`save_state`](crate::Trainer::save_state), was saved. The weights stay as they are.
    pub(crate) fn continue_from(&mut self, record: &Value) -> Result<(), TrainError> {
        let state = CpuState::deserialize(record).map_err(|error| damaged("trainer", error))?;
        self.restore(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::corpus::{Corpus, CorpusOptions};
    use crate::cpu::share::WORKER_SHIFT;
    use crate::trainer::{Trainer, Until};

    #[test]
    fn the_rate_of_a_share_is_that_of_the_whole_run_and_blocks_have_numbers_of_their_own() {
        let share = Share { worker: 3, done: 0.25, since: 1_000, each: 1e-4 };
        assert_eq!([0, 1_000, 2_000, 1 << 40].map(|at| share.done_at(at)), [0.25, 0.25, 0.35, 1.0]);
        assert_eq!((share.block(7) >> WORKER_SHIFT, share.block(7) & 0xff), (3, 7));
    }

    #[test]
    fn a_share_changes_what_is_learned_and_a_saved_position_is_found_again() {
        let text = "the king and the queen\nthe man and the woman\n".repeat(3_000);
        let corpus = Corpus::from_text("tale", &text, &CorpusOptions::default()).unwrap();
        let config = Config::skip_gram().vector_size(8).epochs(2);
        let trained = |share: Option<Share>| {
            let mut trainer = CpuTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
            share.into_iter().for_each(|share| trainer.set_share(share));
            trainer.run(Until::Blocks(9), &mut ()).unwrap();
            trainer
        };
        let share = |worker, done| Some(Share { worker, done, since: 0, each: 0.0 });
        let [plain, first, second, late] = [None, share(1, 0.0), share(2, 0.0), share(1, 0.9)].map(trained);
        let rows = |trainer: &CpuTrainer| trainer.w_in().to_vec();
        assert!(rows(&first) != rows(&second) && rows(&first) != rows(&plain) && rows(&first) != rows(&late));
        assert_eq!(rows(&first), rows(&trained(share(1, 0.0))));
        let mut again = CpuTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
        again.continue_from(&serde_json::to_value(&first.state).unwrap()).unwrap();
        assert_eq!((again.ids_done(), again.progress().block), (first.ids_done(), 9));
        assert!(again.continue_from(&Value::Null).is_err());
    }
}
