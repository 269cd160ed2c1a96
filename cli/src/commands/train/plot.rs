//! The loss curve as a picture: SVG, or with the feature `png` also PNG.

use super::display::Unit;
use super::flags::Flags;
use crate::output::{LineChart, messages};
use rapidvec::Session;
use rapidvec::atomic_file::{self, Existing};
use std::path::{Path, PathBuf};

/// A loss history as points to draw.
pub struct Curve {
    /// What the horizontal axis counts.
    label: String,
    /// Iterations or words done, and the loss.
    points: Vec<(f64, f64)>,
    held_out: Vec<(f64, f64)>,
    /// From the start of an epoch to that of the next.
    epoch: f64,
    /// Where the run is now.
    end: f64,
}

impl Curve {
    /// Of a run, over its iterations or its millions of words.
    pub fn new<T: Flags>(session: &Session<T>) -> Self {
        let (now, history) = (session.trainer().progress(), session.trainer().history());
        let (epoch, end, label) = match T::UNIT {
            Unit::Iterations => {
                let label = messages::plot_iterations(now.blocks_per_epoch);
                (now.blocks_per_epoch as f64, now.block as f64, label)
            }
            Unit::Words => {
                let epoch = now.words_per_epoch as f64 / 1e6;
                (epoch, now.words as f64 / 1e6, messages::plot_words(format_args!("{epoch:.2}")))
            }
        };
        let counted = history.iter().filter(|point| point.pairs > 0);
        let done = |point: &rapidvec::LossPoint| match T::UNIT {
            Unit::Iterations => point.block as f64,
            Unit::Words => point.words as f64 / 1e6,
        };
        Self {
            label,
            points: counted.map(|point| ((point.epoch - 1) as f64 * epoch + done(point), point.loss)).collect(),
            held_out: session.held_out().iter().map(|point| (point.epoch as f64 * epoch, point.loss)).collect(),
            epoch,
            end,
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
    let label = |epoch| if begun <= 10 { messages::epoch(epoch) } else { format!("{epoch}") };
    // A label is to the right of its line, so each line begins an epoch.
    let epochs = (2..=begun).filter(|_| begun <= MAX_EPOCH_LINES);
    LineChart {
        title: messages::plot_title(),
        x_label: curve.label.clone(),
        y_label: messages::plot_loss(),
        line: thinned(&curve.points),
        dots: curve.held_out.clone(),
        names: [messages::plot_training(), messages::plot_held_out()],
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
