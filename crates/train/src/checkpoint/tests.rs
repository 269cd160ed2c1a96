use super::*;
use crate::CpuTrainer;
use crate::config::{Config, ModelKind};
use crate::corpus::{Corpus, CorpusOptions};
use crate::error::{Error, TrainError};
use crate::observer::Observer;
use crate::progress::Progress;
use crate::trainer::{Stopped, Trainer, Until};
use rapidvec_vectors::format::safetensors::ModelFile;
use rapidvec_vectors::{NGrams, WordVectors};
use std::ops::ControlFlow;

struct Stop;

impl Observer for Stop {
    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

fn corpus() -> Corpus {
    let text = "the king saw the queen and the man saw the woman .\n".repeat(3_000);
    Corpus::from_text("tale", &text, &CorpusOptions::default()).unwrap()
}

fn configs() -> [Config; 5] {
    let base = Config::skip_gram().vector_size(20).epochs(4);
    let subwords = base.clone().subwords(NGrams::default().buckets(100));
    let weighted = Config { model: ModelKind::Cbow, ..subwords.clone() }.position_weights(true);
    [base.clone(), base.clone().hierarchical_softmax(), base.both_objectives(5), subwords, weighted]
}

#[test]
fn a_checkpoint_restores_everything_and_the_end_is_the_same_file() {
    let corpus = corpus();
    let record = CorpusRecord::of(&corpus);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let start = |config: &Config| CpuTrainer::new(config, &corpus, corpus.counts(), 1).unwrap();
    for config in configs() {
        for storage in [false, true].map(|half| Storage { half, ..Storage::default() }) {
            let run = Run { corpus: &record, vocabulary: corpus.vocabulary(), storage, held_out: &[] };
            let mut whole = start(&config);
            whole.run(Until::End, &mut ()).unwrap();
            save_model(&path("whole"), &run, &whole).unwrap();

            let mut trainer = start(&config);
            trainer.freeze(&[]).unwrap();
            while trainer.run(Until::Epoch, &mut Stop).unwrap() != Stopped::Finished {
                save_checkpoint(&path("stopped"), &run, &trainer).unwrap();
                WordVectors::open(path("stopped")).unwrap().most_similar("king", 3).unwrap();
                let checkpoint = Checkpoint::open(&path("stopped")).unwrap();
                assert_eq!((&checkpoint.corpus, checkpoint.vocabulary()), (&record, &**corpus.vocabulary()));
                assert_eq!(checkpoint.config::<CpuTrainer>().unwrap(), config);
                let resumed: CpuTrainer = checkpoint.trainer(&config, &corpus, 1).unwrap();
                assert_eq!((resumed.progress(), resumed.history()), (trainer.progress(), trainer.history()));
                assert!(resumed.w_in() == trainer.w_in() && resumed.w_out() == trainer.w_out());
                assert_eq!(resumed.words_kept(), trainer.words_kept());
                trainer = resumed;
            }
            save_model(&path("resumed"), &run, &trainer).unwrap();
            assert!(trainer.into_weights() == whole.into_weights());
            let bytes = |name: &str| std::fs::read(path(name)).unwrap();
            assert!(bytes("whole") == bytes("resumed"), "{config:?} {storage:?}");
            assert!(matches!(Checkpoint::open(&path("whole")), Err(Error::Train(TrainError::NoState))));
            let summary = Summary::of(&ModelFile::open(&path("whole")).unwrap()).unwrap();
            assert_eq!((summary.has_state, summary.trained.unwrap().epochs), (false, 4));
        }
    }
}

#[test]
fn frozen_words_stay_frozen() {
    let corpus = corpus();
    let file = tempfile::NamedTempFile::new().unwrap();
    let [config, ..] = configs();
    let mut trainer = CpuTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
    trainer.freeze(&[1, 3]).unwrap();
    let record = CorpusRecord::of(&corpus);
    let run = Run { corpus: &record, vocabulary: corpus.vocabulary(), storage: Storage::default(), held_out: &[] };
    save_checkpoint(file.path(), &run, &trainer).unwrap();
    let resumed: CpuTrainer = Checkpoint::open(file.path()).unwrap().trainer(&config, &corpus, 1).unwrap();
    assert_eq!(resumed.frozen(), [1, 3]);
}

#[test]
fn another_text_or_other_settings_are_refused() {
    let corpus = corpus();
    let file = tempfile::NamedTempFile::new().unwrap();
    let [config, ..] = configs();
    let trainer = CpuTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
    let record = CorpusRecord::of(&corpus);
    let run = Run { corpus: &record, vocabulary: corpus.vocabulary(), storage: Storage::default(), held_out: &[] };
    save_checkpoint(file.path(), &run, &trainer).unwrap();
    let checkpoint = Checkpoint::open(file.path()).unwrap();
    let other = Corpus::from_text("other", &"a b c\n".repeat(9), &CorpusOptions::default()).unwrap();
    let refused = |config: &Config, corpus: &Corpus| match checkpoint.trainer::<CpuTrainer>(config, corpus, 1) {
        Err(Error::Train(TrainError::Mismatch { what, .. })) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&config, &other), "a text with fingerprint");
    assert_eq!(refused(&config.clone().vector_size(10), &corpus), "a vector size of");
}
