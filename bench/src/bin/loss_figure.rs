//! `loss_figure OURS REFERENCE`: two loss curves in one figure.
//!
//! Both are CSV logs (epoch, iteration, seconds, loss). Ours is a line; the reference, which may have fewer points, is
//! dots.

use anyhow::Result;
use clap::Parser;
use rapidvec_bench::figure::{Corner, Figure, Series, Style};
use rapidvec_bench::log;
use std::path::PathBuf;

#[derive(Parser)]
#[command(about = "Draw two loss logs in one figure")]
struct Args {
    /// Log that `rapidvec train --log` wrote
    ours: PathBuf,
    /// Log to compare it with
    reference: PathBuf,
    /// Where the figure goes
    #[arg(long, default_value = "docs/loss.svg")]
    svg: PathBuf,
    /// The line under the title
    #[arg(long, default_value = "CBOW on Penn Treebank, average loss of 20 iterations")]
    subtitle: String,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let (ours, reference) = (log::read(&args.ours)?, log::read(&args.reference)?);
    let length = log::epoch_length(&[&ours, &reference]);
    let epochs = ours.iter().chain(&reference).map(|point| point.epoch).max().unwrap_or(1);
    let figure = Figure {
        title: "The chapter's training run: its reader's log and rapidvec".into(),
        subtitle: args.subtitle,
        x_label: "iteration, over all epochs".into(),
        y_label: "average loss".into(),
        logarithmic: false,
        marks: (2..=epochs).map(|epoch| (((epoch - 1) * length) as f64, format!("epoch {epoch}"))).collect(),
        x_range: Some((0.0, (epochs * length) as f64)),
        legend: Corner::TopRight,
        series: vec![
            series("rapidvec", "#3182ce", Style::Line, log::over_all_epochs(&ours, length)),
            series("the reader's log", "#c53030", Style::Dots, log::over_all_epochs(&reference, length)),
        ],
    };
    figure.write(&args.svg)?;
    eprintln!("wrote {}", args.svg.display());
    Ok(())
}

fn series(name: &str, color: &'static str, style: Style, points: Vec<(f64, f64)>) -> Series {
    Series { name: format!("{name} ({} points)", points.len()), color, style, points }
}
