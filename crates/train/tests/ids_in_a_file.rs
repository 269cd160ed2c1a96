//! However a text's ids lie, in memory or in a temporary file, in two bytes or three or as numbers of a slice: training on them
//! makes the same bits.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::{Config, CpuTrainer, ModelKind, Trainer, Until};
use rapidvec_core::Matrix;

fn trained(config: &Config, text: &Corpus) -> (Matrix, Matrix, Option<f64>) {
    let mut trainer = CpuTrainer::new(config, text, text.counts(), 1).unwrap();
    trainer.run(Until::End, &mut ()).unwrap();
    let held_out = trainer.held_out_loss(text, &mut ()).unwrap();
    (trainer.w_in().clone(), trainer.w_out().clone(), held_out)
}

/// A text of this many distinct words, each at least twice.
fn text(words: usize, tokens: usize) -> String {
    let word = |i: usize| format!("w{}{}", i * i % 65_537 * 31 % words, if i % 17 == 16 { "\n" } else { " " });
    let all = |i: usize| format!("w{i} w{i}\n");
    (0..words).map(all).chain((0..tokens).map(word)).collect()
}

#[test]
fn ids_train_to_the_same_bits_wherever_they_lie() {
    for (words, bytes) in [(300, 2), (70_000, 3)] {
        let text = text(words, 60_000);
        let read = |memory_limit| {
            let options = CorpusOptions::default().min_count(1).memory_limit(memory_limit);
            Corpus::from_text("text", &text, &options).unwrap()
        };
        let (memory, file) = (read(None), read(Some(0)));
        assert_eq!((memory.is_spilled(), file.is_spilled()), (false, true));
        assert!(file.report().spilled_bytes >= file.ids().size() as u64);
        let plain = memory.ids().to_vec();
        for sentences in [&memory, &file] {
            assert_eq!((sentences.ids().len(), sentences.ids().size()), (plain.len(), bytes * plain.len()));
            assert_eq!((sentences.fingerprint(), sentences.counts()), (memory.fingerprint(), memory.counts()));
        }
        for model in [ModelKind::SkipGram, ModelKind::Cbow] {
            let config = Config::new(model).vector_size(5).epochs(2);
            let expected = trained(&config, &Corpus::from_ids("ids", &plain, memory.vocabulary().clone()));
            assert!(expected.2.is_some());
            assert_eq!(trained(&config, &memory), expected, "{model:?}, {words} words in memory");
            assert_eq!(trained(&config, &file), expected, "{model:?}, {words} words in a file");
        }
    }
}
