//! The loss curve as a picture. The only file that uses the plotting library.

use super::display::Unit;
use super::flags::Flags;
use rapidvec::Session;
use std::path::PathBuf;

/// A loss history as points to draw.
#[cfg_attr(not(feature = "plot"), allow(dead_code))]
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
                let label = format!("iteration ({} per epoch)", now.blocks_per_epoch);
                (now.blocks_per_epoch as f64, now.block as f64, label)
            }
            Unit::Words => {
                let epoch = now.words_per_epoch as f64 / 1e6;
                (epoch, now.words as f64 / 1e6, format!("million words ({epoch:.2} per epoch)"))
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

/// Accepts names whose ending says what to draw.
#[cfg(feature = "plot")]
pub fn parse_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("svg" | "png") => Ok(path),
        _ => Err("expected a name that ends in .svg or .png".to_owned()),
    }
}

/// Refuses every name: this build cannot draw.
#[cfg(not(feature = "plot"))]
pub fn parse_path(_: &str) -> Result<PathBuf, String> {
    Err("this build cannot draw (feature `plot` is off)".to_owned())
}

#[cfg(feature = "plot")]
pub use drawn::draw;

/// Never called: no path is accepted.
#[cfg(not(feature = "plot"))]
pub fn draw(_: &std::path::Path, _: &Curve) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(feature = "plot")]
mod drawn {
    use super::Curve;
    use kuva::plot::annotations::ReferenceLine;
    use kuva::plot::scatter::MarkerShape;
    use kuva::plot::{LegendPosition, LinePlot, ScatterPlot};
    use kuva::prelude::{Layout, Plot};
    use rapidvec::atomic_file::{self, Existing};
    use std::path::Path;

    /// More points than this cannot be told apart.
    const MAX_POINTS: usize = 1_500;
    /// More lines than this would hide the curve.
    const MAX_EPOCH_LINES: usize = 30;

    /// Draws the losses of a run, with a line where each epoch begins.
    pub fn draw(path: &Path, curve: &Curve) -> anyhow::Result<()> {
        let plots = plots(curve);
        if plots.is_empty() {
            return Ok(()); // stopped before the first loss
        }
        let layout = layout(&plots, curve);
        let bytes = if path.extension().is_some_and(|ending| ending == "svg") {
            kuva::render_to_svg(plots, layout).into_bytes()
        } else {
            kuva::render_to_png(plots, layout, 2.0).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?
        };
        Ok(atomic_file::write(path, Existing::Replace, |out| out.write_all(&bytes))?)
    }

    fn plots(curve: &Curve) -> Vec<Plot> {
        let mut plots = Vec::new();
        let alone = curve.held_out.is_empty();
        if !curve.points.is_empty() {
            let line = LinePlot::new().with_data(thinned(&curve.points)).with_color("#2b6cb0").with_stroke_width(1.5);
            plots.push(Plot::Line(if alone { line } else { line.with_legend("training") }));
        }
        if !alone {
            let scatter = ScatterPlot::new().with_data(curve.held_out.clone()).with_color("#c05621").with_size(5.0);
            plots.push(Plot::Scatter(scatter.with_marker(MarkerShape::Circle).with_legend("held-out")));
        }
        plots
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

    fn layout(plots: &[Plot], curve: &Curve) -> Layout {
        let begun = (curve.end / curve.epoch.max(f64::MIN_POSITIVE)).ceil() as usize;
        // A little beyond the last step: room for its point and number.
        let mut layout = Layout::auto_from_plots(plots)
            .with_title("Training loss")
            .with_x_label(curve.label.clone())
            .with_y_label("average loss")
            .with_width(900.0)
            .with_height(520.0)
            .with_x_axis_min(0.0)
            .with_x_axis_max(curve.end * 1.02);
        // A line's label stands to its right, so each line begins an epoch.
        for epoch in (2..=begun).filter(|_| begun <= MAX_EPOCH_LINES) {
            let label = if begun <= 10 { format!("epoch {epoch}") } else { epoch.to_string() };
            let line = ReferenceLine::vertical((epoch - 1) as f64 * curve.epoch);
            layout = layout.with_reference_line(line.with_color("#a0aec0").with_label(label));
        }
        let legend = !curve.held_out.is_empty();
        if legend { layout.with_legend_position(LegendPosition::InsideTopRight) } else { layout }
    }
}
