//! A chart as PNG, which needs a font and a rasteriser. The only file that uses the plotting library.

use super::line_chart::{COLORS, LineChart};
use kuva::plot::annotations::ReferenceLine;
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{LegendPosition, LinePlot, ScatterPlot};
use kuva::prelude::{Layout, Plot};

/// The colour of dots on a single line.
const DOTS: &str = "#c05621";

/// The same picture as the chart's SVG, or why it cannot be drawn.
pub fn draw(chart: &LineChart) -> Result<Vec<u8>, String> {
    let plots = plots(chart);
    let layout = layout(&plots, chart);
    kuva::render_to_png(plots, layout, 2.0)
}

fn plots(chart: &LineChart) -> Vec<Plot> {
    let mut plots = Vec::new();
    let (has_legend, _) = chart.legend();
    let mut dots_name = Some(chart.dots_name.clone());
    for (number, series) in chart.series.iter().enumerate() {
        let color = COLORS[number % COLORS.len()];
        if !series.line.is_empty() {
            let line = LinePlot::new().with_data(series.line.clone()).with_color(color).with_stroke_width(1.5);
            plots.push(Plot::Line(if has_legend { line.with_legend(series.name.clone()) } else { line }));
        }
        if !series.dots.is_empty() {
            let color = if chart.series.len() == 1 { DOTS } else { color };
            let scatter = ScatterPlot::new().with_data(series.dots.clone()).with_color(color).with_size(5.0);
            let scatter = scatter.with_marker(MarkerShape::Circle);
            plots.push(Plot::Scatter(match dots_name.take() {
                Some(name) => scatter.with_legend(name),
                None => scatter,
            }));
        }
    }
    plots
}

fn layout(plots: &[Plot], chart: &LineChart) -> Layout {
    let mut layout = Layout::auto_from_plots(plots)
        .with_title(chart.title.clone())
        .with_x_label(chart.x_label.clone())
        .with_y_label(chart.y_label.clone())
        .with_width(900.0)
        .with_height(520.0)
        .with_x_axis_min(0.0)
        .with_x_axis_max(chart.x_max);
    for (place, label) in &chart.marks {
        layout =
            layout.with_reference_line(ReferenceLine::vertical(*place).with_color("#a0aec0").with_label(label.clone()));
    }
    if chart.legend().0 { layout.with_legend_position(LegendPosition::InsideTopRight) } else { layout }
}
