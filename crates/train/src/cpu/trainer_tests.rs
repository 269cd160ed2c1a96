use super::*;
use crate::config::{ContextSum, ModelKind};
use crate::cpu::huffman::HuffmanTree;
use crate::cpu::outputs::Outputs;
use crate::error::Error;
use rapidvec_core::{EOS_ID, Purpose, Rng, Vocabulary};
use rapidvec_vectors::NGrams;
use std::ops::ControlFlow;

/// A trainer of a corpus of ids.
fn trainer(config: &Config, ids: &[WordId], counts: &[u64], threads: usize) -> Result<CpuTrainer> {
    CpuTrainer::new(config, &text(ids), counts, threads)
}

/// Ids as a corpus. The words are of no importance.
pub(crate) fn text(ids: &[WordId]) -> Corpus {
    let mut words = Vocabulary::new();
    (0..60).for_each(|id| assert!(words.insert(&format!("w{id}"), 1).is_some()));
    Corpus::from_ids("ids", ids, words.into())
}

/// Stops whenever it is asked.
struct Stop;

impl Observer for Stop {
    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

/// A corpus with something to learn: word i is followed by i + 1 or by i + 7 of its own half of the vocabulary.
fn corpus(sentences: usize) -> (Vec<WordId>, Vec<u64>) {
    let mut rng = Rng::stream(5, Purpose::Shuffle, 9);
    let (mut ids, mut counts) = (Vec::new(), vec![0; 60]);
    for _ in 0..sentences {
        let half = 30 * rng.below(2);
        let mut word = rng.below(30);
        for _ in 0..5 + rng.below(20) {
            ids.push(half + word);
            counts[(half + word) as usize] += 1;
            word = (word + if rng.below(2) == 0 { 1 } else { 7 }) % 30;
        }
        ids.push(EOS_ID);
    }
    (ids, counts)
}

fn config(model: ModelKind) -> Config {
    Config { vector_size: 20, epochs: 3, subsample: 1e-2, ..Config::new(model) }
}

fn all_kinds() -> Vec<Config> {
    let (sg, cbow) = (config(ModelKind::SkipGram), config(ModelKind::Cbow));
    let tree = |config: &Config| Config { hierarchical_softmax: true, negatives: 0, ..config.clone() };
    let ngrams = |config: &Config| Config { subwords: Some(NGrams::default().buckets(80)), ..config.clone() };
    let weighted = Config { position_weights: true, ..cbow.clone() };
    vec![
        ngrams(&sg),
        ngrams(&tree(&cbow)),
        ngrams(&Config { hierarchical_softmax: true, ..weighted.clone() }),
        weighted,
        tree(&sg),
        tree(&cbow),
        Config { hierarchical_softmax: true, ..sg.clone() },
        Config { hierarchical_softmax: true, negatives: 9, ..cbow.clone() },
        Config { window: 12, dynamic_window: false, ..sg.clone() },
        Config { negatives: 15, power: -0.5, ..sg.clone() },
        Config { context_sum: ContextSum::Sum, learning_rate: 0.01, min_learning_rate: 1e-6, ..cbow.clone() },
        Config { window: 12, ..cbow.clone() },
        Config { shuffle: false, ..cbow.clone() },
        sg,
        cbow,
    ]
}

fn finish(trainer: &mut CpuTrainer) {
    assert_eq!(trainer.run(Until::End, &mut ()).unwrap(), Stopped::Finished);
}

fn trained(config: &Config, ids: &[WordId], counts: &[u64]) -> (Matrix, Matrix, CpuState) {
    let mut trainer = trainer(config, ids, counts, 1).unwrap();
    finish(&mut trainer);
    (trainer.w_in().clone(), trainer.w_out().clone(), CpuState { seconds: 0.0, ..trainer.state.clone() })
}

fn without_seconds(state: &CpuState) -> CpuState {
    let mut state = CpuState { seconds: 0.0, ..state.clone() };
    state.history.iter_mut().for_each(|point| point.seconds = 0.0);
    state
}

#[test]
fn every_kind_of_model_learns() {
    let (ids, counts) = corpus(3_000);
    for config in all_kinds() {
        let (_, _, state) = trained(&config, &ids, &counts);
        let (first, last) = (state.history[0].loss, state.history[state.history.len() - 1].loss);
        assert!(last < 0.93 * first, "{config:?}: loss {first} to {last}");
        assert_eq!(state.words, 3 * ids.iter().filter(|&&id| id != EOS_ID).count() as u64);
    }
}

/// All scores are 0 while `w_out` is: (K + 1) log 2 a pair, whatever the model.
#[test]
fn the_loss_of_an_untrained_model_is_that_of_throwing_coins() {
    let (ids, counts) = corpus(500);
    for model in [ModelKind::Cbow, ModelKind::SkipGram] {
        let config = config(model);
        let mut trainer = trainer(&config, &ids, &counts, 1).unwrap();
        let loss = trainer.held_out_loss(&text(&ids), &mut ()).unwrap().unwrap();
        assert!((loss - 6.0 * std::f64::consts::LN_2).abs() < 1e-6, "{loss}");
        assert_eq!(trainer.held_out_loss(&text(&ids), &mut ()).unwrap(), Some(loss));
        assert!(trainer.w_out().to_vec().iter().all(|&x| x == 0.0), "nothing is learned from held-out text");
    }
}

/// The same with a tree: log 2 for each turn of the path to a word.
#[test]
fn the_loss_of_an_untrained_tree_is_the_length_of_its_paths() {
    let (ids, counts) = corpus(500);
    let tree = HuffmanTree::new(&counts);
    let turns: u64 = (0..).zip(&counts).map(|(id, count)| count * tree.path(id).len() as u64).sum();
    let words: u64 = counts.iter().sum();
    let config = Config { hierarchical_softmax: true, negatives: 0, subsample: 0.0, ..config(ModelKind::Cbow) };
    let mut trainer = trainer(&config, &ids, &counts, 2).unwrap();
    let loss = trainer.held_out_loss(&text(&ids), &mut ()).unwrap().unwrap();
    let expected = turns as f64 / words as f64 * std::f64::consts::LN_2;
    assert!((loss - expected).abs() < 1e-6, "{loss}, expected {expected}");
}

#[test]
fn one_thread_repeats_to_the_bit_and_another_seed_does_not() {
    let (ids, counts) = corpus(1_000);
    for config in all_kinds() {
        let (first, again) = (trained(&config, &ids, &counts), trained(&config, &ids, &counts));
        assert!(first.0 == again.0 && first.1 == again.1, "{config:?}");
        let other = trained(&Config { seed: 2, ..config }, &ids, &counts);
        assert!(first.0 != other.0);
    }
}

#[test]
fn a_run_that_is_stopped_and_resumed_ends_in_the_same_bits() {
    let (ids, counts) = corpus(6_000);
    for config in all_kinds().into_iter().rev().take(4) {
        let mut whole = trainer(&config, &ids, &counts, 1).unwrap();
        finish(&mut whole);
        let mut stopped = trainer(&config, &ids, &counts, 1).unwrap();
        let mut stops = 0;
        // Stops at a random place, and is made again from its parts each time.
        while stopped.run(Until::Epoch, &mut Stop).unwrap() != Stopped::Finished {
            stops += 1;
            let state = stopped.state.clone();
            let (w_in, outputs) = stopped.into_weights();
            stopped = CpuTrainer::with_weights(&config, &text(&ids), &counts, 1, w_in, outputs).unwrap();
            stopped.restore(state).unwrap();
        }
        assert!(stops >= 2, "it stops at least at the end of each epoch");
        assert!(stopped.w_in() == whole.w_in() && stopped.w_out() == whole.w_out(), "{config:?}");
        assert_eq!(without_seconds(&stopped.state), without_seconds(&whole.state));
    }
}

#[test]
fn several_threads_learn_as_well_as_one() {
    let (ids, counts) = corpus(6_000);
    let config = config(ModelKind::SkipGram);
    let loss = |threads| {
        let mut trainer = trainer(&config, &ids, &counts, threads).unwrap();
        finish(&mut trainer);
        assert_eq!(trainer.state.words, 3 * counts.iter().sum::<u64>());
        trainer.held_out_loss(&text(&ids), &mut ()).unwrap().unwrap()
    };
    let (one, four) = (loss(1), loss(4));
    assert!((one / four - 1.0).abs() < 0.03, "{one} with one thread, {four} with four");
}

/// A step with rate 0 would add 0 to each number, which makes -0.0 positive.
#[test]
fn the_held_out_loss_changes_no_bit_of_any_row() {
    let (ids, counts) = corpus(200);
    for config in all_kinds() {
        let mut trainer = trainer(&config, &ids, &counts, 2).unwrap();
        let zeros = vec![-0.0; config.vector_size];
        let CpuTrainer { w_in, w_words, w_nodes, w_ngrams, w_positions, .. } = &mut trainer;
        for matrix in [w_in, w_words, w_nodes, w_ngrams, w_positions] {
            (0..matrix.rows()).for_each(|row| matrix.set_row(row, &zeros));
        }
        let loss = trainer.held_out_loss(&text(&ids), &mut ()).unwrap().unwrap();
        assert!(loss > 0.0);
        let CpuTrainer { w_in, w_words, w_nodes, w_ngrams, w_positions, .. } = &trainer;
        for matrix in [w_in, w_words, w_nodes, w_ngrams, w_positions] {
            assert!(matrix.to_vec().iter().all(|x| x.to_bits() == (-0.0f32).to_bits()), "{config:?}");
        }
    }
}

#[test]
fn the_held_out_loss_does_not_depend_on_the_number_of_threads() {
    let (ids, counts) = corpus(6_000);
    for config in all_kinds() {
        let mut trainer = trainer(&config, &ids, &counts, 1).unwrap();
        finish(&mut trainer);
        let one = trainer.held_out_loss(&text(&ids), &mut ()).unwrap();
        trainer.threads = 3;
        assert_eq!(trainer.held_out_loss(&text(&ids), &mut ()).unwrap(), one);
    }
}

/// Panics when asked, and says how many words were done.
struct Panics<'s>(&'s mut u64);

impl Observer for Panics<'_> {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        *self.0 = now.words;
        panic!("the observer gave up")
    }
}

/// The library does not finish an epoch that was cancelled.
#[test]
fn a_callback_that_panics_stops_the_threads() {
    let (ids, counts) = corpus(60_000);
    let config = Config { subsample: 0.0, window: 50, vector_size: 400, ..config(ModelKind::SkipGram) };
    let mut trainer = trainer(&config, &ids, &counts, 2).unwrap();
    let mut seen = 0;
    let watched = std::panic::AssertUnwindSafe(|| trainer.run(Until::Epoch, &mut Panics(&mut seen)));
    assert!(std::panic::catch_unwind(watched).is_err());
    assert_eq!(trainer.held_out_loss(&text(&ids), &mut Stop).unwrap(), None, "it was stopped");
    assert!(seen < counts.iter().sum::<u64>() / 2, "it was asked in the midst of the epoch: {seen} words");
}

#[test]
fn every_kernel_trains_alike() {
    let (ids, counts) = corpus(1_000);
    for kernels in WindowKernels::all() {
        for config in all_kinds() {
            let mut trainer = trainer(&config, &ids, &counts, 1).unwrap();
            trainer.use_kernels(kernels.name()).unwrap();
            assert_eq!(trainer.kernels(), kernels.name());
            finish(&mut trainer);
            let best = trained(&config, &ids, &counts).2;
            let losses = trainer.state.history.iter().zip(&best.history);
            for (got, expected) in losses {
                assert!((got.loss / expected.loss - 1.0).abs() < 1e-3, "{}: {got:?}, {expected:?}", kernels.name());
            }
        }
    }
    let (mut trainer, name) = (trainer(&config(ModelKind::Cbow), &ids, &counts, 1).unwrap(), "mmx");
    assert!(matches!(trainer.use_kernels(name), Err(ConfigError::Kernel { .. })));
}

#[test]
fn frozen_vectors_stay_and_the_others_learn() {
    let (ids, counts) = corpus(1_000);
    for config in all_kinds() {
        if config.subwords.is_some() {
            let refused = trainer(&config, &ids, &counts, 1).unwrap().freeze(&[7]);
            assert!(refused.unwrap_err().to_string().contains("frozen vectors together with subwords"));
            continue;
        }
        for threads in [1, 3] {
            let mut trainer = trainer(&config, &ids, &counts, threads).unwrap();
            let known = vec![0.25; 20];
            trainer.set_input(7, &known);
            trainer.freeze(&[7, 8]).unwrap();
            let before = [trainer.w_in().row(8), trainer.w_in().row(9)];
            finish(&mut trainer);
            assert_eq!((trainer.w_in().row(7), trainer.w_in().row(8)), (known, before[0].clone()));
            assert_ne!(trainer.w_in().row(9), before[1]);
        }
    }
}

#[test]
fn frozen_output_vectors_stay_and_the_others_learn() {
    let (ids, counts) = corpus(1_000);
    for config in all_kinds() {
        if config.hierarchical_softmax {
            let refused = trainer(&config, &ids, &counts, 1).unwrap().freeze_output(&[7]);
            assert!(refused.unwrap_err().to_string().contains("hierarchical softmax"));
            continue;
        }
        for threads in [1, 3] {
            let mut trainer = trainer(&config, &ids, &counts, threads).unwrap();
            let known = vec![0.25; 20];
            trainer.set_output(7, &known);
            trainer.freeze_output(&[7, 8]).unwrap();
            let before = trainer.w_in().row(7);
            finish(&mut trainer);
            assert_eq!((trainer.w_out().row(7), trainer.w_out().row(8)), (known, vec![0.0; 20]), "{config:?}");
            assert_ne!(trainer.w_out().row(9), vec![0.0; 20]);
            assert_ne!(trainer.w_in().row(7), before, "input vectors learn");
        }
    }
}

#[test]
fn a_loss_that_is_not_a_number_stops_the_run_and_says_where() {
    let (ids, counts) = corpus(1_000);
    for config in all_kinds() {
        let mut trainer = trainer(&config, &ids, &counts, 2).unwrap();
        trainer.set_input(0, &[f32::INFINITY; 20]);
        trainer.set_output(1, &[f32::NAN; 20]);
        let error = trainer.run(Until::End, &mut ()).err();
        assert!(matches!(error, Some(Error::Train(TrainError::Diverged { epoch: 1, .. }))), "{config:?}: {error:?}");
    }
}

/// No thread is waited for that will not come (gensim's issues 347 and 1701).
#[test]
fn a_thread_that_panics_ends_the_run_with_its_reason() {
    let (ids, counts) = corpus(1_000);
    let mut unknown = ids.clone();
    unknown[ids.len() - 2] = 60; // in the last block, whichever thread takes it
    for config in all_kinds().into_iter().map(|config| Config { subsample: 0.0, ..config }) {
        for threads in [1, 4] {
            let mut trainer = trainer(&config, &ids, &counts, threads).unwrap();
            trainer.corpus = text(&unknown);
            let error = trainer.run(Until::End, &mut ()).err();
            let Some(Error::Train(TrainError::Worker(reason))) = error else { panic!("{config:?}: {error:?}") };
            assert!(reason.contains("row 60 of 60") || reason.contains("index is 60"), "{reason}");
        }
    }
}

/// A thread that has no block must not touch the rows, and replicas of one thread alone would only add rounding.
#[test]
fn a_corpus_of_one_block_gives_the_same_bits_on_any_number_of_threads() {
    let (mut ids, _) = corpus(200);
    ids.truncate(1_900);
    let mut counts = vec![0; 60];
    ids.iter().filter(|&&id| id != EOS_ID).for_each(|&id| counts[id as usize] += 1);
    for config in all_kinds().into_iter().rev().take(3) {
        let run = |threads| {
            let mut trainer = trainer(&config, &ids, &counts, threads).unwrap();
            assert_eq!(trainer.progress().blocks_per_epoch, 1);
            finish(&mut trainer);
            trainer.into_weights()
        };
        let one = run(1);
        for threads in [2, 8].repeat(50) {
            assert!(run(threads) == one, "{threads} threads, {config:?}");
        }
    }
}

#[test]
fn words_kept_and_losses_are_summed_up_and_survive_a_checkpoint() {
    let (ids, counts) = corpus(3_000);
    let words: u64 = 3 * counts.iter().sum::<u64>();
    let all = Config { subsample: 0.0, ..config(ModelKind::Cbow) };
    let some = Config { subsample: 1e-3, ..config(ModelKind::SkipGram) };
    for (config, expected) in [(&all, words..=words), (&some, words / 10..=words * 9 / 10)] {
        let mut trainer = trainer(config, &ids, &counts, 2).unwrap();
        trainer.run(Until::Epoch, &mut ()).unwrap();
        let json = serde_json::to_string(&trainer.state).unwrap();
        trainer.state = CpuState { history: trainer.state.history, ..serde_json::from_str(&json).unwrap() };
        finish(&mut trainer);
        assert!(expected.contains(&trainer.words_kept()), "{} of {words}", trainer.words_kept());
        let points = trainer.history().iter();
        let (loss, pairs) =
            points.fold((0.0, 0), |(loss, pairs), point| (loss + point.loss * point.pairs as f64, pairs + point.pairs));
        assert_eq!(trainer.pairs(), pairs);
        assert!((trainer.loss_sum() / loss - 1.0).abs() < 1e-12, "{}, expected {loss}", trainer.loss_sum());
    }
    let before = r#"{"block":0,"words":0,"seconds":0.0,"loss_sum":0.0,"loss_pairs":0}"#;
    assert_eq!(serde_json::from_str::<CpuState>(before).unwrap(), CpuState::default());
}

#[test]
fn a_run_from_given_weights_continues_where_they_are() {
    let (ids, counts) = corpus(1_000);
    for config in all_kinds() {
        let untrained = || Outputs::zeros(&config, counts.len());
        let input = trainer(&config, &ids, &counts, 1).unwrap().into_weights().0;
        let mut given = CpuTrainer::with_weights(&config, &text(&ids), &counts, 1, input, untrained()).unwrap();
        finish(&mut given);
        let weights = given.into_weights();
        let mut whole = trainer(&config, &ids, &counts, 1).unwrap();
        finish(&mut whole);
        assert!(whole.into_weights() == weights, "{config:?}");
        // Once more from there: it starts at the first block, and gets better.
        let last = |trainer: &CpuTrainer| trainer.history().last().unwrap().loss;
        let (input, outputs) = weights;
        let mut again = CpuTrainer::with_weights(&config, &text(&ids), &counts, 1, input, outputs).unwrap();
        assert_eq!(again.progress().block, 0);
        again.run(Until::Epoch, &mut ()).unwrap();
        let mut fresh = trainer(&config, &ids, &counts, 1).unwrap();
        fresh.run(Until::Epoch, &mut ()).unwrap();
        assert!(last(&again) < last(&fresh), "{config:?}");
    }
}

/// Words that were appended to a vocabulary, or that keep the order of the text.
#[test]
fn words_may_have_any_order() {
    let (ids, counts) = corpus(3_000);
    let mut order: Vec<WordId> = (0..60).collect();
    Rng::stream(8, Purpose::Shuffle, 0).shuffle(&mut order);
    let mixed: Vec<WordId> = ids.iter().map(|&id| if id == EOS_ID { id } else { order[id as usize] }).collect();
    let mut counts_mixed = vec![0; 60];
    (0..60).for_each(|id| counts_mixed[order[id] as usize] = counts[id]);
    for config in all_kinds() {
        for threads in [1, 3] {
            let loss = |ids: &[WordId], counts: &[u64]| {
                let mut trainer = trainer(&config, ids, counts, threads).unwrap();
                finish(&mut trainer);
                trainer.held_out_loss(&text(ids), &mut ()).unwrap().unwrap()
            };
            let (falling, any) = (loss(&ids, &counts), loss(&mixed, &counts_mixed));
            // In this corpus the position of a word says much, so that what is learned of it varies more.
            let most = if config.position_weights { 0.25 } else { 0.1 };
            assert!((any / falling - 1.0).abs() < most, "{config:?}: {any}, by falling counts {falling}");
        }
    }
}

/// The frequent words last, and a word that never occurs between them.
#[test]
fn frequent_words_may_come_last() {
    let mut rng = Rng::stream(5, Purpose::Shuffle, 9);
    let (mut ids, mut counts) = (Vec::new(), vec![0; 5_000]);
    for at in 0..60_000u32 {
        let rare = 4_000 + rng.below(1_000);
        let id = if at % 3 == 0 { rng.below(4_000) } else { rare - rare % 20 };
        counts[id as usize] += 1;
        ids.extend([id].into_iter().chain((at % 20 == 19).then_some(EOS_ID)));
    }
    let mut words = Vocabulary::new();
    (0..5_000).for_each(|id| assert!(words.insert(&format!("w{id}"), counts[id]).is_some()));
    let corpus = Corpus::from_ids("ids", &ids, words.into());
    for config in all_kinds() {
        let mut trainer = CpuTrainer::new(&Config { epochs: 1, ..config }, &corpus, &counts, 2).unwrap();
        finish(&mut trainer);
        assert!(trainer.w_in().to_vec().iter().all(|x| x.is_finite()) && trainer.pairs() > 0);
    }
}

#[test]
fn weights_of_another_size_are_refused() {
    let (ids, counts) = corpus(100);
    let config = Config { hierarchical_softmax: true, ..config(ModelKind::Cbow) };
    let matrix = |rows| Some(Matrix::zeros(rows, 20));
    let refused = |input: Matrix, words, nodes| {
        let outputs = Outputs { words, nodes };
        match CpuTrainer::with_weights(&config, &text(&ids), &counts, 1, input, outputs) {
            Ok(trainer) => (trainer.into_weights().1.nodes.unwrap().rows(), "", (0, 0)),
            Err(Error::Train(TrainError::Shape { matrix, expected, got })) => (expected.0, matrix, got),
            Err(error) => panic!("{error}"),
        }
    };
    let input = || Matrix::zeros(60, 20);
    assert_eq!(refused(input(), matrix(60), matrix(59)), (59, "", (0, 0)));
    assert_eq!(refused(input(), matrix(60), matrix(60)), (60, "", (0, 0)), "a last row that is not used");
    assert_eq!(refused(Matrix::zeros(61, 20), matrix(60), matrix(59)), (60, "input matrix", (61, 20)));
    assert_eq!(refused(Matrix::zeros(60, 21), matrix(60), matrix(59)), (60, "input matrix", (60, 21)));
    assert_eq!(refused(input(), matrix(59), matrix(59)), (60, "output matrix of words", (59, 20)));
    assert_eq!(refused(input(), None, matrix(59)), (60, "output matrix of words", (0, 0)));
    assert_eq!(refused(input(), matrix(60), matrix(58)), (59, "output matrix of nodes", (58, 20)));
    let outputs = Outputs { words: matrix(60), nodes: matrix(59) };
    let alone = Config { hierarchical_softmax: false, ..config.clone() };
    let error = CpuTrainer::with_weights(&alone, &text(&ids), &counts, 1, input(), outputs).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "the output matrix of nodes must be 0 x 0, got 59 x 20");
}

/// Windows that reach over whole sentences, however much wider they are. Memory follows the sentences.
#[test]
fn a_window_may_be_wider_than_every_sentence() {
    let (ids, counts) = corpus(1_000);
    for model in [ModelKind::SkipGram, ModelKind::Cbow] {
        for threads in [1, 2] {
            let run = |window| {
                let config = Config { window, dynamic_window: false, subsample: 0.0, ..config(model) };
                let mut trainer = trainer(&config, &ids, &counts, threads).unwrap();
                trainer.freeze(&[3]).unwrap();
                finish(&mut trainer);
                trainer
            };
            let (wide, whole) = (run(100_000), run(30));
            assert_eq!(wide.pairs(), whole.pairs());
            assert!(threads > 1 || wide.w_in() == whole.w_in());
            let config = Config { window: 1_000_000_000, ..config(model) };
            let mut trainer = trainer(&config, &ids, &counts, threads).unwrap();
            trainer.freeze(&[3]).unwrap();
            finish(&mut trainer);
            assert!(trainer.pairs() > 0);
        }
    }
    let [wide, narrow] = [1_000_000_000, 5].map(|window| Config { window, ..config(ModelKind::SkipGram) });
    let needed = |config| CpuTrainer::memory_needed(config, 1_000, 0, 1);
    assert!(needed(&wide) - needed(&narrow) < 2_000_000);
}

/// A call may train one epoch of a longer schedule, or let the rate rise.
#[test]
fn an_epoch_with_any_two_rates_is_a_run() {
    let (ids, counts) = corpus(500);
    for (first, last) in [(0.05f32, 0.04f32), (0.001, 0.02), (0.03, 0.03), (0.025, 0.0)] {
        let config = Config { epochs: 1, learning_rate: first, min_learning_rate: last, ..config(ModelKind::Cbow) };
        let mut trainer = trainer(&config, &ids, &counts, 1).unwrap();
        assert!((trainer.progress().learning_rate - first).abs() < 1e-8);
        finish(&mut trainer);
        assert!((trainer.progress().learning_rate - last).abs() < 1e-8);
        assert!(trainer.w_out().to_vec().iter().any(|&x| x != 0.0));
    }
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let config = config(ModelKind::SkipGram);
    let refused = |ids: &[WordId], counts: &[u64]| trainer(&config, ids, counts, 1).map(|_| ()).unwrap_err();
    assert!(refused(&[0, 0, 0], &[3]).to_string().contains("vocabulary of at least 2"));
    assert!(refused(&[0, 1, 2], &[1, 1]).to_string().contains("id 2 at position 2"));
    let bad = Config { window: 0, ..config.clone() };
    assert!(trainer(&bad, &[0, 1], &[1, 1], 1).is_err());
    for state in [
        CpuState { block: 99, ..CpuState::default() },
        CpuState { block: 2, words: 1, ..CpuState::default() },
        CpuState { words: 3, ..CpuState::default() },
    ] {
        let mut trainer = trainer(&config, &[0, 1], &[1, 1], 1).unwrap();
        assert!(trainer.restore(state).unwrap_err().to_string().contains("trainer"));
    }
}

#[test]
fn exactly_the_requested_blocks_are_trained_and_pauses_do_not_change_the_bits() {
    let (ids, counts) = corpus(6_000);
    for config in all_kinds().into_iter().rev().take(4) {
        let mut whole = trainer(&config, &ids, &counts, 1).unwrap();
        finish(&mut whole);
        let mut pieces = trainer(&config, &ids, &counts, 1).unwrap();
        let total = pieces.progress().total_blocks();
        let sizes = [1, 7, 100, 3].into_iter().cycle();
        for size in sizes {
            let before = pieces.progress().block;
            let stopped = pieces.run(Until::Blocks(size), &mut ()).unwrap();
            assert_eq!(pieces.progress().block, (before + size).min(total));
            if stopped == Stopped::Finished {
                break;
            }
            assert_eq!(stopped, Stopped::Reached);
        }
        assert!(pieces.w_in() == whole.w_in() && pieces.w_out() == whole.w_out(), "{config:?}");
        assert_eq!(without_seconds(&pieces.state), without_seconds(&whole.state));
    }
    let several = &mut trainer(&config(ModelKind::Cbow), &ids, &counts, 3).unwrap();
    assert_eq!(several.run(Until::Blocks(5), &mut ()).unwrap(), Stopped::Reached);
    assert_eq!(several.progress().block, 5);
    assert_eq!(several.run(Until::Epoch, &mut ()).unwrap(), Stopped::Reached);
    assert_eq!(several.progress().block, several.progress().blocks_per_epoch);
}

#[test]
fn tiny_and_odd_corpora_end_without_a_pair() {
    let config = config(ModelKind::SkipGram);
    for ids in [vec![0, EOS_ID, 1, EOS_ID], vec![EOS_ID; 5_000], vec![]] {
        let mut trainer = trainer(&config, &ids, &[5, 5], 2).unwrap();
        finish(&mut trainer);
        assert!(trainer.state.history.iter().all(|point| point.pairs == 0 && point.loss == 0.0));
        assert_eq!(trainer.held_out_loss(&text(&ids), &mut ()).unwrap(), None);
    }
}

#[test]
fn two_words_are_enough() {
    let ids: Vec<u32> = (0..5_000).map(|i| i % 2).collect();
    for config in all_kinds() {
        let (w_in, _, state) = trained(&config, &ids, &[2_500, 2_500]);
        assert!(w_in.to_vec().iter().all(|x| x.is_finite()) && state.history.iter().any(|point| point.pairs > 0));
    }
}

#[test]
fn the_estimate_of_memory_covers_the_matrices() {
    let config = Config { vector_size: 100, ..config(ModelKind::SkipGram) };
    let needed = CpuTrainer::memory_needed(&config, 1_000_000, 0, 2);
    assert!((2 * 448_000_000..1_000_000_000).contains(&needed), "{needed}");
    // More numbers than 32 bits count, and more bytes.
    let config = Config { vector_size: 1_000, ..config };
    let needed = CpuTrainer::memory_needed(&config, 50_000_000, 0, 2);
    assert!((2 * 50_000_000 * 4_032..500_000_000_000).contains(&needed), "{needed}");
}

/// With 64 threads no row is replicated: they took 3 MB more than one on a text of 1.9 M words.
#[test]
fn the_estimate_of_memory_for_many_threads_is_near_what_they_take() {
    let config = Config { vector_size: 100, ..config(ModelKind::Cbow) };
    let needed = |ids, threads| CpuTrainer::memory_needed(&config, 21_216, ids, threads);
    let more = needed(2_000_000, 64) - needed(2_000_000, 1);
    assert!((3_000_000..15_000_000).contains(&more), "{more}");
    assert_eq!(needed(2_000_000, usize::MAX), needed(2_000_000, 100_000));
    // A text of two blocks keeps two threads busy.
    assert_eq!(needed(4_000, 64), needed(4_000, 2));
    assert!(needed(4_000, 2) > needed(4_000, 1));
}

#[test]
fn held_rows_of_words_and_ngrams_stay_and_the_others_learn() {
    let (ids, counts) = corpus(1_000);
    for config in all_kinds().into_iter().filter(|config| config.subwords.is_some()) {
        let mut trainer = trainer(&config, &ids, &counts, 1).unwrap();
        let bucket = trainer.subwords().unwrap().buckets[0];
        let row_of = |trainer: &CpuTrainer| trainer.subwords().unwrap().order[0] as usize;
        let row = row_of(&trainer);
        trainer.hold_parts(&[7], &[bucket]);
        let before = [trainer.w_in().row(7), trainer.w_in().row(8), trainer.w_ngrams.row(row)];
        let ngrams = trainer.w_ngrams.clone();
        finish(&mut trainer);
        assert_eq!([trainer.w_in().row(7), trainer.w_ngrams.row(row)], [before[0].clone(), before[2].clone()]);
        assert_ne!(trainer.w_in().row(8), before[1]);
        assert_ne!(trainer.w_ngrams, ngrams);
    }
}
