//! A checkpoint whose checksums are right but whose state does not fit is refused.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec::checkpoint::{self, Checkpoint, CorpusRecord, Storage};
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::error::VectorsError;
use rapidvec::{Error, Trainer};
use rapidvec_textbook::{Config, TextbookTrainer};
use rapidvec_vectors::format::safetensors::{ModelFile, ModelParts, write};

/// A checkpoint whose parts were changed and which was then written with right checksums.
fn rewritten(change: impl FnOnce(&mut ModelParts)) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let text: String = (0..1_200).map(|i| format!("word{} ", i * i % 997 % 150)).collect();
    let corpus = Corpus::from_text("book", &text, &CorpusOptions::textbook()).unwrap();
    let config = Config { vector_size: 20, window: 2, negatives: 3, batch_size: 20, ..Config::textbook() };
    let record = CorpusRecord::new(&corpus, vec!["-".into()], &CorpusOptions::textbook());
    let trainer = TextbookTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
    let storage = Storage::default();
    let run = checkpoint::Run { corpus: &record, vocabulary: corpus.vocabulary(), storage, held_out: &[] };
    checkpoint::save_checkpoint(&path, &run, &trainer).unwrap();
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
    let saved = Checkpoint::open(&path).unwrap();
    let resumed = saved.trainer::<TextbookTrainer>(&config, &corpus, 1);
    resumed.err().expect("a damaged checkpoint was loaded")
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
        assert!(
            matches!(error, Error::Vectors(VectorsError::Format(FormatError::Size { tensor, .. })) if name.ends_with(tensor)),
            "{error}"
        );
    }
}

#[test]
fn refuses_a_missing_tensor() {
    let error = rewritten(|parts| parts.extra.retain(|(name, _)| name != "trainer.adam.m_in"));
    assert!(error.to_string().contains("tensor `trainer.adam.m_in` is missing"), "{error}");
}
