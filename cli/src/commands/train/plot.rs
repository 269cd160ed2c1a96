//! The loss curve as a picture. The only file that knows the plotting library.
#![forbid(unsafe_code)]

use std::path::PathBuf;

/// Accepts names whose ending says what to draw.
#[cfg(feature = "plot")]
pub fn parse_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("svg" | "png") => Ok(path),
        _ => Err("expected a name that ends in .svg or .png".to_owned()),
    }
}

/// Refuses: there is nothing to draw with.
#[cfg(not(feature = "plot"))]
pub fn parse_path(_: &str) -> Result<PathBuf, String> {
    Err("this build cannot draw (feature `plot` is off)".to_owned())
}

#[cfg(feature = "plot")]
pub use drawn::draw;

/// Never called: no path is accepted.
#[cfg(not(feature = "plot"))]
pub fn draw(
    _: &std::path::Path,
    _: &quickvec::nn::Trainer,
    _: &[quickvec::checkpoint::HeldOutLoss],
) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(feature = "plot")]
mod drawn {
    use kuva::plot::annotations::ReferenceLine;
    use kuva::plot::scatter::MarkerShape;
    use kuva::plot::{LegendPosition, LinePlot, ScatterPlot};
    use kuva::prelude::{Layout, Plot};
    use quickvec::checkpoint::HeldOutLoss;
    use quickvec::file::write_atomically;
    use quickvec::nn::{LossPoint, Trainer};
    use std::path::Path;

    /// More points than this cannot be told apart.
    const MOST_POINTS: usize = 1_500;
    /// More epochs than this would be a fence.
    const MOST_EPOCH_LINES: usize = 30;

    /// Draws the losses of a run over its iterations, with a line where an epoch begins.
    pub fn draw(path: &Path, trainer: &Trainer, held_out: &[HeldOutLoss]) -> anyhow::Result<()> {
        let iterations = trainer.progress().iterations;
        let plots = plots(trainer.history(), held_out, iterations);
        if plots.is_empty() {
            return Ok(()); // stopped before the first loss
        }
        let layout = layout(&plots, trainer, !held_out.is_empty());
        let bytes = if path.extension().is_some_and(|ending| ending == "svg") {
            kuva::render_to_svg(plots, layout).into_bytes()
        } else {
            kuva::render_to_png(plots, layout, 2.0).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?
        };
        Ok(write_atomically(path, |out| out.write_all(&bytes))?)
    }

    fn plots(history: &[LossPoint], held_out: &[HeldOutLoss], iterations: usize) -> Vec<Plot> {
        let mut plots = Vec::new();
        if !history.is_empty() {
            let line =
                LinePlot::new().with_data(thinned(history, iterations)).with_color("#2b6cb0").with_stroke_width(1.5);
            plots.push(Plot::Line(if held_out.is_empty() { line } else { line.with_legend("training") }));
        }
        if !held_out.is_empty() {
            let points = held_out.iter().map(|point| ((point.epoch * iterations) as f64, point.loss));
            let scatter = ScatterPlot::new().with_data(points).with_color("#c05621").with_size(5.0);
            plots.push(Plot::Scatter(scatter.with_marker(MarkerShape::Circle).with_legend("held-out")));
        }
        plots
    }

    /// Steps done and loss, averaged where there are too many.
    fn thinned(history: &[LossPoint], iterations: usize) -> Vec<(f64, f64)> {
        let step = |point: &LossPoint| ((point.epoch - 1) * iterations + point.iteration) as f64;
        let mean = |numbers: &mut dyn Iterator<Item = f64>, count: usize| numbers.sum::<f64>() / count as f64;
        let some = history.chunks(history.len().div_ceil(MOST_POINTS).max(1));
        some.map(|points| {
            let x = mean(&mut points.iter().map(step), points.len());
            (x, mean(&mut points.iter().map(|point| point.loss), points.len()))
        })
        .collect()
    }

    fn layout(plots: &[Plot], trainer: &Trainer, legend: bool) -> Layout {
        let progress = trainer.progress();
        let begun = (progress.step as usize).div_ceil(progress.iterations);
        // A little beyond the last step: room for its point and number.
        let mut layout = Layout::auto_from_plots(plots)
            .with_title("Training loss")
            .with_x_label(format!("iteration ({} an epoch)", progress.iterations))
            .with_y_label("average loss")
            .with_width(900.0)
            .with_height(520.0)
            .with_x_axis_min(0.0)
            .with_x_axis_max(progress.step as f64 * 1.02);
        // A line's label stands to its right, so each line begins an epoch.
        for epoch in (2..=begun).filter(|_| begun <= MOST_EPOCH_LINES) {
            let label = if begun <= 10 { format!("epoch {epoch}") } else { epoch.to_string() };
            let line = ReferenceLine::vertical(((epoch - 1) * progress.iterations) as f64);
            layout = layout.with_reference_line(line.with_color("#a0aec0").with_label(label));
        }
        if legend { layout.with_legend_position(LegendPosition::InsideTopRight) } else { layout }
    }
}
