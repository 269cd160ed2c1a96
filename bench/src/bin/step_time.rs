//! `step_time`: the chapter's claim, measured: what one training step costs as the vocabulary grows.
//!
//! CBOW with the chapter's settings (D 100, batches of 100, window 5, 5 negatives), forward, backward and update on one
//! thread, for vocabularies from a thousand to a million words that occur as words do in text. The update is plain SGD, so
//! that the optimizer's cost does not hide the layers'; one more series shows negative sampling with Adam, as rapidvec
//! trains by default. Making one-hot vectors is not timed; drawing negatives is. A step of negative sampling draws for the one
//! after it, as the trainer does, so that its rows can be prefetched: each timed step has the work of exactly one.

use anyhow::{Result, bail};
use clap::Parser;
use rapidvec_bench::figure::{Corner, Figure, Series, Style, write_file};
use rapidvec_bench::machine;
use rapidvec_bench::steps::{EmbeddingSoftmax, NegativeSampling, OneHot, Step};
use rapidvec_bench::text::{Pool, zipf_counts};
use rapidvec_bench::timing::{Contender, Schedule, Timing, alone, alternate, spread};
use rapidvec_textbook::{Config as TextbookConfig, OptimizerKind, Weights};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

const SIZES: [usize; 7] = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
const QUICK_SIZES: usize = 3;

/// How much slower the slowest size may be with negative sampling.
const BAR: f64 = 2.0;

const GIB: f64 = (1u64 << 30) as f64;

#[derive(Parser)]
#[command(about = "Time one training step as the vocabulary grows")]
struct Args {
    /// Where the numbers go
    #[arg(long, default_value = "docs/step-time.csv")]
    csv: PathBuf,
    /// Where the figure goes
    #[arg(long, default_value = "docs/step-time.svg")]
    svg: PathBuf,
    /// Leave out sizes whose matrices need more than this many GiB at once
    #[arg(long, default_value_t = 8.0)]
    max_memory: f64,
    /// Leave out sizes at which a step would take longer than this many seconds
    #[arg(long, default_value_t = 10.0)]
    max_step: f64,
    /// Turns that each size has with negative sampling
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// A few steps of three small sizes, and no bar: does it run?
    #[arg(long)]
    quick: bool,
}

/// The four lines of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    OneHotSoftmax,
    EmbeddingSoftmax,
    NegativeSampling,
    NegativeSamplingAdam,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Form::OneHotSoftmax => "one-hot MatMul + softmax",
            Form::EmbeddingSoftmax => "Embedding + softmax",
            Form::NegativeSampling => "Embedding + negative sampling",
            Form::NegativeSamplingAdam => "Embedding + negative sampling, Adam",
        }
    }

    fn color(self) -> &'static str {
        match self {
            Form::OneHotSoftmax => "#c53030",
            Form::EmbeddingSoftmax => "#dd8a1f",
            Form::NegativeSampling => "#2b6cb0",
            Form::NegativeSamplingAdam => "#63b3ed",
        }
    }

    /// Bytes of matrices for each word while a model is built or runs, of D = 100 padded to 112 columns and B = 100.
    fn bytes_a_word(self) -> f64 {
        let (row, column) = (4.0 * 112.0, 4.0 * 100.0);
        match self {
            // w_in, dw_in; w_out, dw_out; x, dx; the scores and their gradient.
            Form::OneHotSoftmax => 2.0 * row + 6.0 * column,
            Form::EmbeddingSoftmax => 2.0 * row + 4.0 * column,
            // Two matrices, and the first weights they are copied from; with Adam, gradients and moments too.
            Form::NegativeSampling => 2.0 * row + 2.0 * row,
            Form::NegativeSamplingAdam => 8.0 * row + 2.0 * row,
        }
    }

    fn config(self) -> TextbookConfig {
        let optimizer = if self == Form::NegativeSamplingAdam { OptimizerKind::Adam } else { OptimizerKind::Sgd };
        TextbookConfig { optimizer, learning_rate: optimizer.default_learning_rate(), ..TextbookConfig::textbook() }
    }

    fn contender(self, vocab_size: usize, batches: usize) -> Result<Contender> {
        let (config, counts) = (self.config(), zipf_counts(vocab_size));
        let weights = Weights::random(vocab_size, config.vector_size, config.seed);
        let step: Box<dyn Step> = match self {
            Form::OneHotSoftmax => Box::new(OneHot::new(&weights, config.learning_rate)),
            Form::EmbeddingSoftmax => Box::new(EmbeddingSoftmax::new(&weights, config.window, config.learning_rate)),
            _ => Box::new(NegativeSampling::new(&config, &weights, &counts)?),
        };
        let pool = Pool::draw(&counts, batches, config.batch_size, config.window);
        Ok(Contender { vocab_size, step, pool, used: 0 })
    }
}

/// One line of the figure, measured.
struct Measured {
    form: Form,
    timings: Vec<Timing>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    eprintln!("{}, one thread; load average {}", machine::processor(), load());
    let sizes = if args.quick { &SIZES[..QUICK_SIZES] } else { &SIZES[..] };
    let all = [
        time_sampling(Form::NegativeSampling, sizes, &args)?,
        time_sampling(Form::NegativeSamplingAdam, sizes, &args)?,
        time_dense(Form::EmbeddingSoftmax, sizes, &args)?,
        time_dense(Form::OneHotSoftmax, sizes, &args)?,
    ];
    eprintln!("load average {}", load());
    write_file(&args.csv, &csv(&all))?;
    figure(&all).write(&args.svg)?;
    eprintln!("wrote {} and {}", args.csv.display(), args.svg.display());
    judge(&all, args.quick)
}

fn load() -> String {
    machine::load_average().unwrap_or_else(|| "unknown".to_owned())
}

/// Negative sampling: all sizes are in memory at once and take turns.
fn time_sampling(form: Form, sizes: &[usize], args: &Args) -> Result<Measured> {
    let schedule = if args.quick {
        Schedule { rounds: 2, warm_up: 5, counted: 20 }
    } else {
        Schedule { rounds: args.rounds, warm_up: 100, counted: 200 }
    };
    let mut words = 0;
    let mut contenders = Vec::new();
    for &size in sizes {
        words += size;
        if fits(form, size, words, args) {
            contenders.push(form.contender(size, 1_000)?);
        }
    }
    let timings = alternate(&mut contenders, schedule)?;
    timings.iter().for_each(|timing| report(form, timing));
    Ok(Measured { form, timings })
}

/// Dense forms: one size after the other, each step many times longer than what disturbs it.
fn time_dense(form: Form, sizes: &[usize], args: &Args) -> Result<Measured> {
    let (least, most, budget) = if args.quick { (2, 5, 0.2) } else { (5, 300, 4.0) };
    let mut timings: Vec<Timing> = Vec::new();
    for &size in sizes {
        if !fits(form, size, size, args) || !soon(form, size, timings.last(), args) {
            continue;
        }
        let timing = alone(form.contender(size, most)?, least, most, Duration::from_secs_f64(budget))?;
        report(form, &timing);
        timings.push(timing);
    }
    Ok(Measured { form, timings })
}

/// Whether `words` words in memory at once stay within the limit.
fn fits(form: Form, size: usize, words: usize, args: &Args) -> bool {
    let need = form.bytes_a_word() * words as f64 / GIB;
    if need > args.max_memory {
        eprintln!("{}, {size} words: left out, needs {need:.1} GiB of {} GiB", form.name(), args.max_memory);
    }
    need <= args.max_memory
}

/// Whether a step would end within the limit, judged by the size before.
fn soon(form: Form, size: usize, before: Option<&Timing>, args: &Args) -> bool {
    let Some(before) = before else { return true };
    let seconds = before.microseconds() / 1e6 * size as f64 / before.vocab_size as f64;
    if seconds > args.max_step {
        eprintln!("{}, {size} words: left out, a step would take {seconds:.1} s", form.name());
    }
    seconds <= args.max_step
}

fn report(form: Form, timing: &Timing) {
    let Timing { vocab_size, steps, .. } = timing;
    eprintln!("{:<36} {vocab_size:>8} words {:>12.1} us a step ({steps} steps)", form.name(), timing.microseconds());
}

fn csv(all: &[Measured]) -> String {
    let mut text = String::from("series,vocabulary,microseconds,steps\n");
    for Measured { form, timings } in all {
        for timing in timings {
            // The name has a comma in it. Writing to a String cannot fail.
            let (us, steps) = (timing.microseconds(), timing.steps);
            let _ = writeln!(text, "\"{}\",{},{us:.2},{steps}", form.name(), timing.vocab_size);
        }
    }
    text
}

fn figure(all: &[Measured]) -> Figure {
    let series = |Measured { form, timings }: &Measured| Series {
        name: form.name().into(),
        color: form.color(),
        style: Style::LineAndDots,
        points: timings.iter().map(|timing| (timing.vocab_size as f64, timing.microseconds() / 1000.0)).collect(),
    };
    let config = TextbookConfig::textbook();
    Figure {
        title: "One training step as the vocabulary grows".into(),
        subtitle: format!(
            "{}, 1 thread, {}. CBOW, {} columns, batches of {}, window {}, {} negatives; SGD unless named",
            machine::processor(),
            machine::today(),
            config.vector_size,
            config.batch_size,
            config.window,
            config.negatives
        ),
        x_label: "words in the vocabulary".into(),
        y_label: "milliseconds a step".into(),
        logarithmic: true,
        marks: Vec::new(),
        x_range: Some((800.0, 1_250_000.0)),
        legend: Corner::TopLeft,
        series: all.iter().rev().map(series).collect(),
    }
}

/// Prints how much slower the slowest size is, and holds negative sampling to the bar.
fn judge(all: &[Measured], quick: bool) -> Result<()> {
    let mut missed = Vec::new();
    for Measured { form, timings } in all {
        let Some(spread) = spread(timings) else { continue };
        let sampling = matches!(form, Form::NegativeSampling | Form::NegativeSamplingAdam);
        println!("{}: slowest size over fastest {spread:.2}", form.name());
        if sampling && !quick && spread > BAR {
            missed.push(format!("{} {spread:.2}", form.name()));
        }
    }
    if !missed.is_empty() {
        bail!("over the bar of {BAR}: {}", missed.join("; "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(form: Form, slow: f64) -> Measured {
        let timing = |vocab_size, us| Timing { vocab_size, rounds: vec![us; 3], steps: 30 };
        Measured { form, timings: vec![timing(1_000, 100.0), timing(1_000_000, slow)] }
    }

    #[test]
    fn the_bar_holds_negative_sampling_and_nothing_else() {
        assert!(judge(&[measured(Form::NegativeSampling, 199.0), measured(Form::OneHotSoftmax, 9e5)], false).is_ok());
        assert!(judge(&[measured(Form::NegativeSampling, 201.0)], false).is_err());
        assert!(judge(&[measured(Form::NegativeSamplingAdam, 201.0)], false).is_err());
        assert!(judge(&[measured(Form::NegativeSampling, 201.0)], true).is_ok(), "a smoke run has no bar");
    }

    #[test]
    fn csv_has_a_line_for_each_size() {
        let text = csv(&[measured(Form::EmbeddingSoftmax, 250.0)]);
        let expected = "series,vocabulary,microseconds,steps\n\"Embedding + softmax\",1000,100.00,30\n\
                        \"Embedding + softmax\",1000000,250.00,30\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn sizes_over_a_limit_are_left_out() {
        let limit = |text: &[&str]| Args::try_parse_from([&["step_time"], text].concat()).unwrap();
        assert!(fits(Form::OneHotSoftmax, 1_000_000, 1_000_000, &limit(&[])));
        assert!(!fits(Form::OneHotSoftmax, 1_000_000, 1_000_000, &limit(&["--max-memory", "2"])));
        let before = measured(Form::OneHotSoftmax, 100_000.0);
        assert!(soon(Form::OneHotSoftmax, 10_000_000, before.timings.last(), &limit(&[])));
        assert!(!soon(Form::OneHotSoftmax, 10_000_000, before.timings.last(), &limit(&["--max-step", "0.9"])));
    }
}
