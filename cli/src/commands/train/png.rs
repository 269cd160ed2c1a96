//! A chart as PNG, which needs a font and a rasteriser. The only file that uses the plotting library.

use crate::output::LineChart;
use kuva::plot::annotations::ReferenceLine;
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{LegendPosition, LinePlot, ScatterPlot};
use kuva::prelude::{Layout, Plot};

/// The same picture as the chart's SVG, or why it cannot be drawn.
pub fn draw(chart: &LineChart) -> Result<Vec<u8>, String> {
    let plots = plots(chart);
    let layout = layout(&plots, chart);
    kuva::render_to_png(plots, layout, 2.0)
}

fn plots(chart: &LineChart) -> Vec<Plot> {
    let mut plots = Vec::new();
    let alone = chart.dots.is_empty();
    if !chart.line.is_empty() {
        let line = LinePlot::new().with_data(chart.line.clone()).with_color("#2b6cb0").with_stroke_width(1.5);
        plots.push(Plot::Line(if alone { line } else { line.with_legend(chart.names[0].clone()) }));
    }
    if !alone {
        let scatter = ScatterPlot::new().with_data(chart.dots.clone()).with_color("#c05621").with_size(5.0);
        plots.push(Plot::Scatter(scatter.with_marker(MarkerShape::Circle).with_legend(chart.names[1].clone())));
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
    if chart.dots.is_empty() { layout } else { layout.with_legend_position(LegendPosition::InsideTopRight) }
}
