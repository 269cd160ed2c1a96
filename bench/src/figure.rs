//! Figures: lines and dots over two axes, written as SVG. The only file that uses the plotting library.

use anyhow::{Context, Result, ensure};
use kuva::plot::legend::LegendPosition;
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{LinePlot, ScatterPlot};
use kuva::prelude::{Layout, Plot, TickFormat};
use kuva::render::annotations::ReferenceLine;
use std::path::Path;
use std::sync::Arc;

/// How the points of a series are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A thin line.
    Line,
    /// A dot for each point, joined by a line.
    LineAndDots,
    /// Dots alone.
    Dots,
}

/// A corner of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    /// Above on the left.
    TopLeft,
    /// Above on the right, under the labels of marks.
    TopRight,
}

/// Points with a name.
#[derive(Debug, Clone)]
pub struct Series {
    /// What the legend calls it.
    pub name: String,
    /// Colour, as SVG writes it.
    pub color: &'static str,
    /// How it is shown.
    pub style: Style,
    /// (x, y).
    pub points: Vec<(f64, f64)>,
}

/// What a figure shows.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The first line above.
    pub title: String,
    /// The second, smaller: machine, date, settings.
    pub subtitle: String,
    /// What runs to the right, with its unit.
    pub x_label: String,
    /// What runs upwards, with its unit.
    pub y_label: String,
    /// Both axes logarithmic.
    pub logarithmic: bool,
    /// Places along x that get a thin upright line and a label.
    pub marks: Vec<(f64, String)>,
    /// Smallest and largest x; from the points where `None`.
    pub x_range: Option<(f64, f64)>,
    /// Where the legend covers no line.
    pub legend: Corner,
    /// What is drawn; the last one on top.
    pub series: Vec<Series>,
}

impl Figure {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let plots: Vec<Plot> = self.series.iter().flat_map(plots_of).collect();
        let layout = self.layout(&plots);
        with_dark_mode(&kuva::render_to_svg(plots, layout))
    }

    /// Writes the figure to `path`.
    ///
    /// # Errors
    /// If there is nothing to draw, or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        ensure!(self.series.iter().any(|series| !series.points.is_empty()), "{}: nothing to draw", path.display());
        write_file(path, &self.svg())
    }

    fn layout(&self, plots: &[Plot]) -> Layout {
        let mut layout = Layout::auto_from_plots(plots)
            .with_title(self.title.as_str())
            .with_subtitle(self.subtitle.as_str())
            .with_x_label(self.x_label.as_str())
            .with_y_label(self.y_label.as_str())
            .with_width(900.0)
            .with_height(540.0)
            .with_tick_format(TickFormat::Custom(Arc::new(short)))
            .with_legend_position(match self.legend {
                Corner::TopLeft => LegendPosition::InsideTopLeft,
                // Pixels of the box's own upper left corner; the built-in place would cover the labels of marks.
                Corner::TopRight => LegendPosition::Custom(650.0, 100.0),
            });
        if self.logarithmic {
            layout = layout.with_log_scale();
        }
        if let Some((low, high)) = self.x_range {
            layout = layout.with_x_axis_min(low).with_x_axis_max(high);
        }
        for (x, label) in &self.marks {
            let line = ReferenceLine::vertical(*x).with_color("#cbd5e0").with_label(label.as_str());
            layout = layout.with_reference_line(line);
        }
        layout
    }
}

fn plots_of(series: &Series) -> Vec<Plot> {
    let points = || series.points.iter().copied();
    let line = |width| LinePlot::new().with_data(points()).with_color(series.color).with_stroke_width(width);
    let dots = |size| {
        let scatter = ScatterPlot::new().with_data(points()).with_color(series.color).with_size(size);
        scatter.with_marker(MarkerShape::Circle)
    };
    let name = series.name.as_str();
    match series.style {
        Style::Line => vec![Plot::Line(line(1.0).with_legend(name))],
        Style::Dots => vec![Plot::Scatter(dots(2.5).with_legend(name))],
        Style::LineAndDots => vec![Plot::Line(line(2.0).with_legend(name)), Plot::Scatter(dots(3.5))],
    }
}

/// Rules for readers whose system is in dark mode: background and text change places, grid lines are dimmed.
const DARK_MODE: &str = r##"<style>@media (prefers-color-scheme: dark) {
svg { fill: #e6edf3 } [fill="#666666"] { fill: #9da7b3 }
rect[fill="white"], rect[fill="#ffffff"] { fill: #0d1117 }
[stroke="#000000"] { stroke: #8c959f } [stroke="#cccccc"], [stroke="#cbd5e0"] { stroke: #30363d }
}</style>"##;

/// The SVG with [`DARK_MODE`] after its first tag.
fn with_dark_mode(svg: &str) -> String {
    match svg.split_once('>') {
        Some((tag, rest)) => format!("{tag}>{DARK_MODE}{rest}"),
        None => svg.to_owned(),
    }
}

/// 0.01, 500, 20k, 1M.
fn short(number: f64) -> String {
    let scaled = [(1e6, "M"), (1e3, "k")].into_iter().find(|(unit, _)| number.abs() >= *unit);
    let (number, unit) = scaled.map_or((number, ""), |(unit, name)| (number / unit, name));
    // As many places as the number has, without the dust of the division.
    let text = format!("{number:.6}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Writes a text file, creating its folder if need be.
///
/// # Errors
/// If the folder cannot be created or the file cannot be written.
pub fn write_file(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(points: Vec<(f64, f64)>) -> Figure {
        let series = Series { name: "a < b".into(), color: "#123456", style: Style::LineAndDots, points };
        Figure {
            title: "Title".into(),
            subtitle: "Subtitle".into(),
            x_label: "words".into(),
            y_label: "ms".into(),
            logarithmic: true,
            marks: vec![],
            x_range: None,
            legend: Corner::TopLeft,
            series: vec![series],
        }
    }

    #[test]
    fn shows_titles_names_and_a_dot_for_each_point() {
        let svg = figure(vec![(1e3, 0.1), (1e4, 0.2), (1e6, 0.3)]).svg();
        for part in ["Title", "Subtitle", "words", ">ms<", "a &lt; b", "prefers-color-scheme: dark"] {
            assert!(svg.contains(part), "{part} is not in the figure");
        }
        assert_eq!(svg.matches("<circle").count(), 3);
    }

    #[test]
    fn large_numbers_are_written_short() {
        let numbers = [0.0, 0.01, 4.5, 500.0, 20_000.0, 1.5e6];
        assert_eq!(numbers.map(short), ["0", "0.01", "4.5", "500", "20k", "1.5M"]);
    }

    #[test]
    fn refuses_to_draw_nothing() {
        assert!(figure(vec![]).write(Path::new("nowhere.svg")).is_err());
    }
}
