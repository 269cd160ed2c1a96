use super::*;
use crate::{Config, OptimizerKind, Pause, TextbookTrainer};
use rapidvec::Error;
use rapidvec::checkpoint::{CorpusRecord, Storage, Summary};
use rapidvec::corpus::{Corpus, CorpusOptions, InvalidUtf8, Preparation};
use rapidvec::error::TrainError;
use rapidvec_vectors::WordVectors;
use rapidvec_vectors::format::safetensors::{ModelFile, ModelParts, write};
use std::path::Path;

fn small(optimizer: OptimizerKind) -> (Config, Corpus, CorpusRecord) {
    let text: String = (0..1_200).map(|i| format!("word{} ", i * i % 997 % 150)).collect();
    let corpus = Corpus::from_text("book", &text, &CorpusOptions::textbook()).unwrap();
    let config = Config {
        optimizer,
        vector_size: 20,
        window: 2,
        negatives: 3,
        epochs: 6,
        batch_size: 20,
        learning_rate: 0.007,
        ..Config::textbook()
    };
    let options = CorpusOptions::textbook().invalid_utf8(InvalidUtf8::SkipLine);
    let record = CorpusRecord::new(&corpus, vec!["-".into()], &options);
    (config, corpus, record)
}

fn run<'a>(config: &'a Config, corpus: &'a Corpus, record: &'a CorpusRecord, half: bool) -> Run<'a> {
    let storage = Storage { half, ..Storage::default() };
    Run { config, corpus: record, vocabulary: corpus.vocabulary(), storage, held_out: &[] }
}

fn finish(trainer: &mut TextbookTrainer) {
    while trainer.run(|_| false, |_| {}).unwrap() != Pause::Finished {}
}

/// Stops every 17 steps, goes through a file each time.
fn train_with_stops(path: &Path, optimizer: OptimizerKind, half: bool) {
    let (config, corpus, record) = small(optimizer);
    let ids = corpus.ids().to_vec();
    let run = run(&config, &corpus, &record, half);
    let first = TextbookTrainer::new(&config, &ids, corpus.vocabulary().counts(), 1).unwrap();
    save_checkpoint(path, &run, &first).unwrap();
    loop {
        let checkpoint = load(path).unwrap();
        assert_eq!((&checkpoint.config, &checkpoint.corpus), (&config, &record));
        assert_eq!(checkpoint.vocabulary, **corpus.vocabulary());
        let before = checkpoint.state.clone();
        let until = before.step + 17;
        let counts = corpus.vocabulary().counts();
        let mut trainer = TextbookTrainer::resume(&config, &ids, counts, 1, checkpoint.state).unwrap();
        assert_eq!(trainer.state(), before);
        if trainer.run(|progress| progress.step >= until, |_| {}).unwrap() == Pause::Finished {
            return save_model(path, &run, &trainer).unwrap();
        }
        save_checkpoint(path, &run, &trainer).unwrap();
    }
}

#[test]
fn a_run_through_many_checkpoints_ends_in_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (stopped, straight) = (folder.path().join("stopped"), folder.path().join("straight"));
    for (optimizer, half) in [(OptimizerKind::Adam, false), (OptimizerKind::Sgd, false), (OptimizerKind::Adam, true)] {
        train_with_stops(&stopped, optimizer, half);
        let (config, corpus, record) = small(optimizer);
        let ids = corpus.ids().to_vec();
        let mut trainer = TextbookTrainer::new(&config, &ids, corpus.vocabulary().counts(), 1).unwrap();
        finish(&mut trainer);
        save_model(&straight, &run(&config, &corpus, &record, half), &trainer).unwrap();
        assert!(std::fs::read(&stopped).unwrap() == std::fs::read(&straight).unwrap(), "{optimizer}, half: {half}");
    }
}

#[test]
fn a_checkpoint_is_a_model_whose_vectors_are_the_dense_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let (config, corpus, record) = small(OptimizerKind::Adam);
    let ids = corpus.ids().to_vec();
    let mut trainer = TextbookTrainer::new(&config, &ids, corpus.vocabulary().counts(), 1).unwrap();
    trainer.run(|progress| progress.step == 5, |_| {}).unwrap();
    save_checkpoint(&path, &run(&config, &corpus, &record, false), &trainer).unwrap();
    let vectors = WordVectors::open(&path).unwrap();
    assert_eq!(vectors.rows().to_f32(), trainer.weights().w_in.to_vec());
    assert_eq!(vectors.vocabulary(), corpus.vocabulary().as_ref());
    assert_ne!(trainer.state().w_in, trainer.weights().w_in.to_vec(), "no row was behind: the test shows nothing");
}

#[test]
fn a_summary_tells_what_was_trained() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let (config, corpus, record) = small(OptimizerKind::Sgd);
    let ids = corpus.ids().to_vec();
    let mut trainer = TextbookTrainer::new(&config, &ids, corpus.vocabulary().counts(), 1).unwrap();
    finish(&mut trainer);
    save_model(&path, &run(&config, &corpus, &record, false), &trainer).unwrap();
    let told = Summary::of(&ModelFile::open(&path).unwrap()).unwrap();
    assert_eq!(told.config.unwrap().settings_of::<Config>("textbook"), Ok(config));
    assert_eq!((told.corpus, told.has_state), (Some(record), false));
    let trained = told.trained.unwrap();
    assert_eq!((trained.epochs, trained.blocks), (6, trainer.progress().steps()));
    let losses: Vec<_> =
        trainer.history().iter().map(|point| (point.epoch, point.iteration as u64, point.loss)).collect();
    assert_eq!(trained.losses, losses);
    assert!(matches!(load(&path), Err(Error::Train(TrainError::NoState))));
}

/// A checkpoint whose parts were changed and which was then written with right checksums.
fn rewritten(change: impl FnOnce(&mut ModelParts)) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let (config, corpus, record) = small(OptimizerKind::Adam);
    let ids = corpus.ids().to_vec();
    let trainer = TextbookTrainer::new(&config, &ids, corpus.vocabulary().counts(), 1).unwrap();
    save_checkpoint(&path, &run(&config, &corpus, &record, false), &trainer).unwrap();
    let model = ModelFile::open(&path).unwrap();
    let (input, names) = (model.input().to_f32(), model.extra_names().map(str::to_owned).collect::<Vec<_>>());
    let numbers: Vec<_> = names.iter().map(|name| (model.extra_f32(name), model.extra_u32(name))).collect();
    let tensors = names.iter().zip(&numbers).map(|(name, numbers)| {
        use rapidvec_vectors::format::safetensors::ExtraTensor::{F32, U32, U64};
        let tensor = match numbers {
            (Ok(numbers), _) => F32(numbers),
            (_, Ok(numbers)) => U32(numbers),
            _ => U64(&[]), // the history, which is empty
        };
        (name.clone(), tensor)
    });
    let mut parts = ModelParts {
        vocabulary: model.vocabulary(),
        vector_size: model.vector_size(),
        input: &input,
        output: None,
        half: false,
        metadata: model.metadata(),
        extra: tensors.collect(),
    };
    change(&mut parts);
    write(&path, &parts).unwrap();
    load(&path).expect_err("a damaged checkpoint was loaded")
}

#[test]
fn refuses_sizes_that_do_not_fit() {
    use rapidvec_vectors::error::FormatError;
    use rapidvec_vectors::format::safetensors::ExtraTensor::{F32, U32, U64};
    for name in ["trainer.w_in", "trainer.adam.v_out", "trainer.adam.last_in", "trainer.history.loss"] {
        let error = rewritten(|parts| {
            let extra = parts.extra.iter_mut().find(|(found, _)| found == name).unwrap();
            extra.1 = match extra.1 {
                F32(numbers) => F32(&numbers[1..]),
                U32(numbers) => U32(&numbers[1..]),
                _ => U64(&[1]),
            };
        });
        assert!(matches!(error, Error::Format(FormatError::Size { tensor, .. }) if tensor == name), "{error}");
    }
}

#[test]
fn refuses_a_missing_tensor() {
    let error = rewritten(|parts| parts.extra.retain(|(name, _)| name != "trainer.adam.m_in"));
    assert!(error.to_string().contains("no tensor `trainer.adam.m_in`"), "{error}");
}

#[test]
fn refuses_metadata_that_make_no_sense() {
    for (key, value, expected) in [
        ("trainer", "{}", "the checkpoint's `trainer` is damaged"),
        ("trainer", "[", "the checkpoint's `trainer` is damaged"),
        ("config", "{\"window\":3}", "the checkpoint's `config` is damaged"),
        ("corpus", "7", "the checkpoint's `corpus` is damaged"),
    ] {
        let error = rewritten(|parts| drop(parts.metadata.insert(key.into(), value.into())));
        assert!(error.to_string().contains(expected), "{error}");
    }
    let error = rewritten(|parts| drop(parts.metadata.remove("corpus")));
    assert!(error.to_string().contains("`corpus` is damaged: it is missing"), "{error}");
    let error = rewritten(|parts| {
        let config = Config { vector_size: 21, ..small(OptimizerKind::Adam).0 };
        let tagged = rapidvec::checkpoint::Tagged { trainer: "textbook", config: &config };
        parts.metadata.insert("config".into(), serde_json::to_string(&tagged).unwrap());
    });
    assert!(error.to_string().contains("vector size of 21, got 20"), "{error}");
}

#[test]
fn refuses_a_byte_that_was_altered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let (config, corpus, record) = small(OptimizerKind::Adam);
    let ids = corpus.ids().to_vec();
    let trainer = TextbookTrainer::new(&config, &ids, corpus.vocabulary().counts(), 1).unwrap();
    save_checkpoint(&path, &run(&config, &corpus, &record, false), &trainer).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for at in (bytes.len() / 2..bytes.len()).step_by(997) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        std::fs::write(&path, altered).unwrap();
        assert!(matches!(load(&path), Err(Error::Format(_))), "byte {at}");
    }
}

#[test]
fn a_record_keeps_how_the_text_was_prepared_and_older_ones_are_read() {
    let (_, corpus, record) = small(OptimizerKind::Sgd);
    let text = serde_json::to_string(&record).unwrap();
    assert!(!text.contains("preparation"), "{text}");
    assert_eq!(serde_json::from_str::<CorpusRecord>(&text).unwrap(), record);

    let preparation = Preparation { lower: true, field: Some("text".into()), ..Preparation::default() };
    let options = CorpusOptions::textbook().preparation(preparation);
    let prepared = CorpusRecord::new(&corpus, vec!["-".into()], &options);
    let again: CorpusRecord = serde_json::from_str(&serde_json::to_string(&prepared).unwrap()).unwrap();
    assert_eq!((again.options(), again), (options, prepared));
}
