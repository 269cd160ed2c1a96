//! The trainer: that of the CPU, whose blocks a card trains.

use super::card::Card;
use super::runner::Runner;
use super::shape::Shape;
use crate::device::Device;
use rapidvec::checkpoint::{StateReader, StateWriter};
use rapidvec::corpus::Corpus;
use rapidvec::vectors::ModelVectors;
use rapidvec::{
    Config, ConfigError, CpuTrainer, LossPoint, Matrices, Observer, Progress, Result, Stopped, TrainError, Trainer,
    Until, Weights,
};
use rapidvec_core::WordId;

/// The most windows in flight by default.
///
/// Each is trained on weights that lack what the others are about to add. With word2vec's learning rate and five negatives
/// about `1 / (rate * negatives * share of the most frequent negative)` stale steps are harmless, which is 500 for English.
pub const WINDOWS_IN_FLIGHT: usize = 512;

/// Words of the corpus for each window in flight: in a small corpus every word is frequent.
const WORDS_EACH: u64 = 2000;

/// Trains word2vec models on a graphics card.
///
/// The settings, the random weights, the order of the text, the checkpoints and the loss on held-out text are those of
/// [`CpuTrainer`], and so is the name that files record: a run may be started on one device and resumed on the other. With 1
/// as the number of threads one window is in flight, and the same adapter gives the same bits every time.
///
/// ```no_run
/// use rapidvec::corpus::{Corpus, CorpusOptions};
/// use rapidvec::{Config, Session};
/// use rapidvec_gpu::GpuTrainer;
///
/// let text = "the king and the queen\nthe man and the woman\n".repeat(200);
/// let corpus = Corpus::from_text("tale", &text, &CorpusOptions::default())?;
/// let mut session = Session::<GpuTrainer>::start(&Config::skip_gram().vector_size(10), &corpus, 0)?;
/// session.run(&mut ())?;
/// println!("{}", session.trainer().adapter());
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug)]
pub struct GpuTrainer {
    host: CpuTrainer,
    card: Card,
    adapter: String,
    /// Whether the card lacks changes that were made here.
    is_stale: bool,
}

impl GpuTrainer {
    /// The adapter it trains on.
    pub fn adapter(&self) -> &str {
        &self.adapter
    }

    /// The most windows that are trained at a time.
    pub fn windows_in_flight(&self) -> usize {
        self.card.groups()
    }

    /// Sets the most windows that are trained at a time, at least one. By default one for every 2,000 words of the corpus, up
    /// to [`WINDOWS_IN_FLIGHT`]; one where the trainer was made for one thread.
    ///
    /// # Errors
    /// [`GpuError`](crate::GpuError) if the card has no memory for so many.
    pub fn set_windows_in_flight(&mut self, windows: usize) -> Result<()> {
        Ok(self.card.set_groups(windows.max(1))?)
    }

    /// Words trained on so far: those that subsampling kept, over all epochs, also before the run was resumed.
    pub fn words_kept(&self) -> u64 {
        self.host.words_kept()
    }

    /// Whether context rows are in workgroup memory; not where vectors or windows are too large for that.
    pub fn has_ring(&self) -> bool {
        self.card.has_ring()
    }
}

/// Why there is an output matrix.
const HAS_OUTPUT: &str = "only negative sampling is accepted";

/// By default one window in flight for this many words, at most [`WINDOWS_IN_FLIGHT`].
fn default_in_flight(words: u64, threads: usize) -> usize {
    if threads == 1 { 1 } else { (words / WORDS_EACH).clamp(1, WINDOWS_IN_FLIGHT as u64) as usize }
}

impl Trainer for GpuTrainer {
    type Config = Config;

    /// That of [`CpuTrainer`]: their files are the same.
    const NAME: &'static str = CpuTrainer::NAME;

    /// As [`CpuTrainer`]'s, on the adapter that the environment variable `RAPIDVEC_ADAPTER` asks for. One as the number of
    /// threads means one window in flight; other numbers matter for held-out text only, which the CPU scores.
    ///
    /// # Errors
    /// [`GpuError`](crate::GpuError), boxed as [`rapidvec::Error::Device`]; otherwise as [`CpuTrainer`].
    fn new(config: &Config, corpus: &Corpus, counts: &[u64], threads: usize) -> Result<Self> {
        config.validate()?;
        let device = Device::open()?;
        // What the card cannot do is refused before the CPU makes tables for it.
        Shape::new(config, counts.len(), config.negatives, device.adapter())?;
        let host = CpuTrainer::new(config, corpus, counts, threads)?;
        let negatives = host.sampling().negatives.map_or(0, |(_, wanted)| wanted);
        let shape = Shape::new(config, counts.len(), negatives, device.adapter())?;
        let in_flight = default_in_flight(host.progress().words_per_epoch, threads);
        let adapter = device.adapter().to_string();
        let card = Card::new(device, shape, in_flight, corpus.ids().len(), &host.sampling())?;
        Ok(Self { host, card, adapter, is_stale: true })
    }

    /// Of this computer; the card's is checked by [`new`](Self::new).
    fn memory_needed(config: &Config, words: usize, ids: usize, threads: usize) -> u64 {
        CpuTrainer::memory_needed(config, words, ids, threads)
    }

    fn validate(config: &Config) -> Result<(), ConfigError> {
        CpuTrainer::validate(config)
    }

    fn vector_size(config: &Config) -> usize {
        CpuTrainer::vector_size(config)
    }

    fn output_vectors(config: &Config) -> ModelVectors {
        CpuTrainer::output_vectors(config)
    }

    fn run(&mut self, until: Until, observer: &mut dyn Observer) -> Result<Stopped> {
        let Self { host, card, is_stale, .. } = self;
        if *is_stale {
            let Matrices { input, words, .. } = host.matrices();
            card.upload(input, words.expect(HAS_OUTPUT), &host.sampling())?;
            *is_stale = false;
        }
        let stopped = host.run_elsewhere(until, observer, &mut Runner::new(card))?;
        let Matrices { input, words, .. } = host.matrices_mut();
        card.download(input, words.expect(HAS_OUTPUT))?;
        Ok(stopped)
    }

    fn config(&self) -> &Config {
        Trainer::config(&self.host)
    }

    fn threads(&self) -> usize {
        self.host.threads()
    }

    fn device(&self) -> Option<String> {
        Some(self.adapter.clone())
    }

    fn progress(&self) -> Progress {
        self.host.progress()
    }

    fn guessing_loss(&self) -> Option<f64> {
        self.host.guessing_loss()
    }

    fn history(&self) -> &[LossPoint] {
        self.host.history()
    }

    fn weights(&self) -> Weights<'_> {
        self.host.weights()
    }

    fn set_input(&mut self, id: WordId, row: &[f32]) {
        self.is_stale = true;
        self.host.set_input(id, row);
    }

    fn set_output(&mut self, row_id: u32, row: &[f32]) {
        self.is_stale = true;
        self.host.set_output(row_id, row);
    }

    fn freeze(&mut self, ids: &[WordId]) -> Result<(), TrainError> {
        self.is_stale = true;
        self.host.freeze(ids)
    }

    /// Computed by the CPU.
    fn held_out_loss(&mut self, text: &Corpus, observer: &mut dyn Observer) -> Result<Option<f64>> {
        self.host.held_out_loss(text, observer)
    }

    fn save_state<'a>(&'a self, out: &mut StateWriter<'a>) -> Result<()> {
        self.host.save_state(out)
    }

    fn load_state(&mut self, from: &StateReader) -> Result<()> {
        self.is_stale = true;
        self.host.load_state(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_corpus_has_fewer_windows_in_flight() {
        let cases = [(10, 0, 1), (929_589, 0, 464), (5_000_000, 8, 512), (5_000_000, 1, 1), (1 << 40, 0, 512)];
        for (words, threads, expected) in cases {
            assert_eq!(default_in_flight(words, threads), expected, "{words} words, {threads} threads");
        }
    }
}
