//! The loss curve as a picture: SVG, or with the feature `png` also PNG.

use crate::output::LineChart;
use rapidvec::Trainer;
use rapidvec::atomic_file::{self, Existing};
use rapidvec::checkpoint::HeldOutLoss;
use std::path::{Path, PathBuf};

/// A loss history, whichever trainer has it.
pub struct Curve {
    /// What is counted along the horizontal axis.
    label: String,
    /// Steps or words done, and the loss.
    points: Vec<(f64, f64)>,
    held_out: Vec<(f64, f64)>,
    /// From the start of an epoch to that of the next.
    epoch: f64,
    /// Where the run is now.
    end: f64,
}

impl Curve {
    /// Of the textbook's trainer: over its iterations.
    pub fn of_textbook(trainer: &rapidvec_textbook::TextbookTrainer, held_out: &[HeldOutLoss]) -> Self {
        let progress = trainer.progress();
        let at =
            |point: &rapidvec_textbook::LossPoint| ((point.epoch - 1) * progress.iterations + point.iteration) as f64;
        let epoch = progress.iterations as f64;
        Self {
            label: format!("iteration ({} an epoch)", progress.iterations),
            points: trainer.history().iter().map(|point| (at(point), point.loss)).collect(),
            held_out: held_out.iter().map(|point| (point.epoch as f64 * epoch, point.loss)).collect(),
            epoch,
            end: progress.step as f64,
        }
    }

    /// Of the fast trainer: over millions of words.
    pub fn of_engine(trainer: &rapidvec::CpuTrainer, held_out: &[HeldOutLoss]) -> Self {
        let progress = trainer.progress();
        let epoch = progress.words_per_epoch as f64 / 1e6;
        let at = |point: &rapidvec::LossPoint| (point.epoch - 1) as f64 * epoch + point.words as f64 / 1e6;
        let counted = trainer.history().iter().filter(|point| point.pairs > 0);
        Self {
            label: format!("million words ({epoch:.2} an epoch)"),
            points: counted.map(|point| (at(point), point.loss)).collect(),
            held_out: held_out.iter().map(|point| (point.epoch as f64 * epoch, point.loss)).collect(),
            epoch,
            end: progress.words as f64 / 1e6,
        }
    }
}

/// More points than this are indistinguishable.
const MAX_POINTS: usize = 1_500;
/// More epochs than this would hide the curve behind their lines.
const MAX_EPOCH_LINES: usize = 30;

/// Accepts names whose extension says what to draw.
pub fn parse_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => Ok(path),
        Some("png") if cfg!(feature = "png") => Ok(path),
        Some("png") => Err("this build draws SVG only (feature `png` is off); use a name that ends in .svg".to_owned()),
        _ => Err("expected a name that ends in .svg or .png".to_owned()),
    }
}

/// Draws the losses of a run, with a line where an epoch begins; nothing where there is no loss yet.
pub fn draw(path: &Path, curve: &Curve) -> anyhow::Result<()> {
    let chart = chart(curve);
    let Some(svg) = chart.svg() else { return Ok(()) };
    #[cfg(feature = "png")]
    if path.extension().is_some_and(|ending| ending == "png") {
        let png = super::png::draw(&chart).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?;
        return Ok(atomic_file::write(path, Existing::Replace, |out| out.write_all(&png))?);
    }
    Ok(atomic_file::write(path, Existing::Replace, |out| out.write_all(svg.as_bytes()))?)
}

fn chart(curve: &Curve) -> LineChart {
    let begun = (curve.end / curve.epoch.max(f64::MIN_POSITIVE)).ceil() as usize;
    let label = |epoch| if begun <= 10 { format!("epoch {epoch}") } else { format!("{epoch}") };
    // A label is to the right of its line, so each line begins an epoch.
    let epochs = (2..=begun).filter(|_| begun <= MAX_EPOCH_LINES);
    LineChart {
        title: "Training loss",
        x_label: curve.label.clone(),
        y_label: "average loss",
        line: thinned(&curve.points),
        dots: curve.held_out.clone(),
        names: ["training", "held-out"],
        marks: epochs.map(|epoch| ((epoch - 1) as f64 * curve.epoch, label(epoch))).collect(),
        x_max: curve.end * 1.02, // room for the last point
    }
}

/// Averaged where there are too many.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mean = |numbers: &mut dyn Iterator<Item = f64>, count: usize| numbers.sum::<f64>() / count as f64;
    let some = points.chunks(points.len().div_ceil(MAX_POINTS).max(1));
    some.map(|points| {
        let x = mean(&mut points.iter().map(|point| point.0), points.len());
        (x, mean(&mut points.iter().map(|point| point.1), points.len()))
    })
    .collect()
}
