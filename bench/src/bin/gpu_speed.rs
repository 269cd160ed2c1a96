//! `gpu_speed TEXT`: how fast is training on a graphics card, compared with what its memory allows and with the CPU?
//!
//! Prints words a second (those of the text, also where subsampling leaves them out), rows of the matrices a second, and the
//! bytes a second that reading and writing these rows takes, as a share of what the card's memory does when it copies. A window
//! reads each target row twice and writes it once; a context row is read twice and written once while its word is in reach.

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};
use rapidvec::corpus::{Corpus, CorpusOptions, Source};
use rapidvec::{Config, CpuTrainer, ModelKind, Trainer, Until};
use rapidvec_bench::machine::{load_average, processor};
use rapidvec_gpu::{Device, GpuTrainer};
use std::path::PathBuf;
use std::time::Instant;

#[derive(Parser)]
#[command(about = "Time training on a graphics card, and on the CPU")]
struct Args {
    /// A text, a sentence a line
    text: PathBuf,
    /// The model
    #[arg(long, value_enum, default_value_t = Model::Skipgram)]
    model: Model,
    /// Numbers per word
    #[arg(long, default_value_t = 100)]
    vector_size: usize,
    /// Windows in flight; 0: the default
    #[arg(long, default_value_t = 0)]
    windows: usize,
    /// Epochs
    #[arg(long, default_value_t = 1)]
    epochs: usize,
    /// Threads of the CPU; 0: one for each core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Bytes that are copied to measure the memory
    #[arg(long, default_value_t = 100_000_000)]
    copy: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Model {
    Cbow,
    Skipgram,
}

/// How often the copy is repeated.
const COPIES: u32 = 8;

fn main() -> Result<()> {
    let args = Args::parse();
    let model = match args.model {
        Model::Cbow => ModelKind::Cbow,
        Model::Skipgram => ModelKind::SkipGram,
    };
    let config = Config::new(model).vector_size(args.vector_size).epochs(args.epochs);
    let corpus = Corpus::read(&[Source::File(args.text.clone())], &CorpusOptions::default())?;
    println!("{}; load {}", processor(), load_average().unwrap_or_default());
    let words = corpus.report().kept * args.epochs as u64;
    println!("{} words, {} different; {config:?}", words, corpus.vocabulary().len());
    let copied = copy_speed(args.copy)?;
    let card = on_card(&args, &config, &corpus)?;
    println!("{}: copies {:.2} GB/s", card.name, copied / 1e9);
    println!(
        "card: {:.3} M words/s, {:.3} M rows/s, {:.2} GB/s, {:.0} % of the copy; {} windows in flight; loss {:.4}",
        words as f64 / card.seconds / 1e6,
        card.rows / card.seconds / 1e6,
        card.bytes / card.seconds / 1e9,
        100.0 * card.bytes / card.seconds / copied,
        card.windows,
        card.loss,
    );
    let mut trainer = CpuTrainer::new(&config, &corpus, corpus.counts(), args.threads)?;
    let start = Instant::now();
    trainer.run(Until::End, &mut ())?;
    let seconds = start.elapsed().as_secs_f64();
    let (threads, loss) = (trainer.threads(), trainer.progress().loss.unwrap_or(f64::NAN));
    println!("CPU:  {:.3} M words/s; {threads} threads; loss {loss:.4}", words as f64 / seconds / 1e6);
    Ok(())
}

/// Bytes read and written in a second by a copy within the card's memory.
fn copy_speed(bytes: u64) -> Result<f64> {
    let device = Device::open()?;
    let bytes = bytes.min(device.adapter().max_binding) / 4 * 4;
    let [from, to] = [device.zeros("a copy", bytes)?, device.zeros("a copy", bytes)?];
    device.copy(&from, &to)?; // the first use of memory clears it
    let start = Instant::now();
    (0..COPIES).try_for_each(|_| device.copy(&from, &to))?;
    Ok((2 * bytes * u64::from(COPIES)) as f64 / start.elapsed().as_secs_f64())
}

/// What a run on the card took.
struct OnCard {
    name: String,
    windows: usize,
    seconds: f64,
    rows: f64,
    bytes: f64,
    loss: f64,
}

fn on_card(args: &Args, config: &Config, corpus: &Corpus) -> Result<OnCard> {
    let mut trainer = GpuTrainer::new(config, corpus, corpus.counts(), args.threads)?;
    if args.windows > 0 {
        trainer.set_windows_in_flight(args.windows)?;
    }
    if !trainer.has_ring() {
        bail!("vectors of {} numbers do not fit into workgroup memory: rows cannot be counted", args.vector_size);
    }
    let start = Instant::now();
    trainer.run(Until::End, &mut ())?;
    let seconds = start.elapsed().as_secs_f64();
    let kept = trainer.words_kept() as f64;
    let rows = kept * (config.negatives + 2) as f64;
    let bytes = 3.0 * rows * (config.vector_size.div_ceil(4) * 16) as f64;
    let loss = trainer.progress().loss.unwrap_or(f64::NAN);
    Ok(OnCard { name: trainer.adapter().to_owned(), windows: trainer.windows_in_flight(), seconds, rows, bytes, loss })
}
