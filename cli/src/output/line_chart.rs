//! Lines, points and marked places over one axis, as an SVG picture.
//!
//! The background is transparent, and text follows the reader's light or dark theme.

use std::fmt::Write;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 520.0;
/// Room for the title, the labels and the numbers around the plot: left, right, top, bottom.
const MARGINS: [f64; 4] = [74.0, 24.0, 52.0, 62.0];
/// The approximate number of numbers along an axis.
const TICKS: f64 = 6.0;

const STYLE: &str = "text{font:14px sans-serif;fill:#2d3748}.title{font-size:18px}.grid{stroke:#a0aec0;stroke-opacity:.4}\
                     .mark{stroke:#a0aec0;stroke-dasharray:4 4}.line{fill:none;stroke:#2b6cb0;stroke-width:1.5}\
                     .dot{fill:#c05621}@media(prefers-color-scheme:dark){text{fill:#e2e8f0}.line{stroke:#63b3ed}.dot{fill:#ed8936}}";

/// Colours of several lines; the first is that of a single line.
pub const COLORS: [&str; 5] = ["#2b6cb0", "#c05621", "#2f855a", "#97266d", "#b7791f"];
/// The maximum number of points that can be distinguished.
const MAX_POINTS: usize = 1_500;

/// A line with its dots.
pub struct Series {
    pub name: String,
    /// Joined by a line.
    pub line: Vec<(f64, f64)>,
    /// Drawn as dots.
    pub dots: Vec<(f64, f64)>,
}

impl Series {
    /// Thins the line if it has too many points.
    pub fn new(name: String, line: Vec<(f64, f64)>, dots: Vec<(f64, f64)>) -> Self {
        Self { name, line: thinned(&line), dots }
    }
}

/// The contents of a picture.
pub struct LineChart {
    pub title: String,
    pub x_label: String,
    pub y_label: String,
    pub series: Vec<Series>,
    /// The name of the dots in the legend.
    pub dots_name: String,
    /// Vertical lines, each with a label on its right.
    pub marks: Vec<(f64, String)>,
    /// The end of the x axis, which begins at 0.
    pub x_max: f64,
}

impl LineChart {
    /// What the legend explains: the lines if there are several, or one line with dots; and whether there are dots.
    pub fn legend(&self) -> (bool, bool) {
        let has_dots = self.series.iter().any(|series| !series.dots.is_empty());
        (has_dots || self.series.len() > 1, has_dots)
    }

    /// The picture, or `None` if there is nothing to draw.
    pub fn svg(&self) -> Option<String> {
        let points = || self.series.iter().flat_map(|series| series.line.iter().chain(&series.dots));
        let heights = || points().map(|point| point.1).filter(|y| y.is_finite());
        let (low, high) = (heights().reduce(f64::min)?, heights().reduce(f64::max)?);
        let [left, right, top, bottom] = MARGINS;
        let x = Axis::new(0.0, self.x_max, left, WIDTH - right);
        let y = Axis::new(low, high, HEIGHT - bottom, top);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\">\
             <style>{STYLE}</style>"
        );
        text(&mut svg, (WIDTH / 2.0, 28.0), "class=\"title\" text-anchor=\"middle\"", &self.title);
        text(&mut svg, (WIDTH / 2.0, HEIGHT - 16.0), "text-anchor=\"middle\"", &self.x_label);
        let place = (18.0, HEIGHT / 2.0);
        let turned = format!("text-anchor=\"middle\" transform=\"rotate(-90 {} {})\"", place.0, place.1);
        text(&mut svg, place, &turned, &self.y_label);
        for tick in x.ticks() {
            line(&mut svg, "class=\"grid\"", (x.at(tick), y.from), (x.at(tick), y.to));
            text(&mut svg, (x.at(tick), y.from + 20.0), "text-anchor=\"middle\"", &x.label(tick));
        }
        for tick in y.ticks() {
            line(&mut svg, "class=\"grid\"", (x.from, y.at(tick)), (x.to, y.at(tick)));
            text(&mut svg, (x.from - 8.0, y.at(tick) + 5.0), "text-anchor=\"end\"", &y.label(tick));
        }
        for (place, label) in &self.marks {
            line(&mut svg, "class=\"mark\"", (x.at(*place), y.from), (x.at(*place), y.to));
            text(&mut svg, (x.at(*place) + 4.0, y.to + 12.0), "", label);
        }
        self.draw_data(&mut svg, &x, &y);
        svg.push_str("</svg>\n");
        Some(svg)
    }

    fn draw_data(&self, svg: &mut String, x: &Axis, y: &Axis) {
        for (number, Series { line, dots, .. }) in self.series.iter().enumerate() {
            let points: Vec<_> = line.iter().map(|&(a, b)| format!("{:.1},{:.1}", x.at(a), y.at(b))).collect();
            let color = self.color("stroke", number);
            let _ = write!(svg, "<polyline class=\"line\"{color} points=\"{}\"/>", points.join(" "));
            for &(a, b) in dots {
                dot(svg, &self.color("fill", number), (x.at(a), y.at(b)));
            }
        }
        let (has_legend, has_dots) = self.legend();
        let names = self.series.iter().map(|series| &series.name);
        let widest = names.clone().map(|name| name.chars().count()).max().unwrap_or(0);
        let left = x.to - 28.0 - 8.0 * widest.clamp(11, 60) as f64;
        let mut height = y.to + 18.0;
        for (number, name) in names.enumerate().filter(|_| has_legend) {
            let attributes = format!("class=\"line\"{}", self.color("stroke", number));
            line(svg, &attributes, (left, height), (left + 20.0, height));
            text(svg, (left + 28.0, height + 5.0), "", name);
            height += 20.0;
        }
        if has_dots {
            let style = if self.series.len() == 1 { "" } else { " style=\"fill:#718096\"" }; // not that of a line
            dot(svg, style, (left + 10.0, height));
            text(svg, (left + 28.0, height + 5.0), "", &self.dots_name);
        }
    }

    /// The colour of a line and its dots, if there are several.
    fn color(&self, property: &str, number: usize) -> String {
        if self.series.len() == 1 {
            return String::new();
        }
        format!(" style=\"{property}:{}\"", COLORS[number % COLORS.len()])
    }
}

/// Averaged if there are too many.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mean =
        |points: &[(f64, f64)], of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let some = points.chunks(points.len().div_ceil(MAX_POINTS).max(1));
    some.map(|points| (mean(points, |point| point.0), mean(points, |point| point.1))).collect()
}

/// Converts numbers to pixels.
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    step: f64,
}

impl Axis {
    fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        // 1, 2 or 5 times a power of ten, so that there are about as many as requested.
        let rough = (high - low) / TICKS;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|&step| step >= rough);
        Self { low, high, from, to, step: step.unwrap_or(rough) }
    }

    fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let (first, last) = ((self.low / self.step).ceil() as i64, (self.high / self.step).floor() as i64);
        (first..=last).map(|count| count as f64 * self.step)
    }

    fn label(&self, tick: f64) -> String {
        let digits = (-self.step.log10().floor()).max(0.0) as usize;
        format!("{tick:.digits$}")
    }
}

fn line(svg: &mut String, attributes: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = write!(svg, "<line {attributes} x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
}

fn dot(svg: &mut String, style: &str, (x, y): (f64, f64)) {
    let _ = write!(svg, "<circle class=\"dot\"{style} cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>");
}

fn text(svg: &mut String, (x, y): (f64, f64), attributes: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" {attributes}>{text}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(line: Vec<(f64, f64)>, dots: Vec<(f64, f64)>) -> LineChart {
        let marks = vec![(5.0, "epoch <2>".to_owned())];
        LineChart {
            title: "Loss".to_owned(),
            x_label: "steps".to_owned(),
            y_label: "average loss".to_owned(),
            series: vec![Series::new("training".to_owned(), line, dots)],
            dots_name: "held-out".to_owned(),
            marks,
            x_max: 10.0,
        }
    }

    #[test]
    fn the_picture_holds_all_that_is_given() {
        let svg = chart(vec![(0.0, 4.0), (10.0, 1.0)], vec![(5.0, 2.5)]).svg().unwrap();
        for part in
            ["<svg", ">Loss<", ">steps<", ">average loss<", ">epoch &lt;2><", ">training<", ">held-out<", "</svg>"]
        {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        let corners = "74.0,52.0 876.0,458.0"; // left and high, right and low
        assert!(svg.contains(corners), "{svg}");
    }

    #[test]
    fn a_legend_needs_two_kinds_and_a_picture_one_number() {
        assert!(!chart(vec![(0.0, 4.0)], vec![]).svg().unwrap().contains("held-out"));
        assert!(chart(vec![], vec![]).svg().is_none());
        assert!(chart(vec![(0.0, f64::NAN)], vec![]).svg().is_none());
    }

    #[test]
    fn several_lines_differ_in_colour_and_are_named() {
        let mut chart = chart(vec![(0.0, 4.0), (10.0, 1.0)], vec![]);
        assert!(!chart.svg().unwrap().contains("training"));
        chart.series.push(Series::new("other".to_owned(), vec![(0.0, 5.0)], vec![(5.0, 4.5)]));
        let svg = chart.svg().unwrap();
        assert_eq!(
            [COLORS[0], COLORS[1]].map(|color| svg.matches(&format!("style=\"stroke:{color}\"")).count()),
            [2, 2]
        );
        assert!(svg.contains(">training<") && svg.contains(">other<") && svg.contains(">held-out<"), "{svg}");
        assert!(svg.contains(&format!("<circle class=\"dot\" style=\"fill:{}\"", COLORS[1])), "{svg}");
    }

    #[test]
    fn a_long_line_is_averaged() {
        let series = Series::new(String::new(), (0..4_500).map(|i| (i as f64, 2.0)).collect(), vec![]);
        assert_eq!((series.line.len(), series.line[1]), (1_500, (4.0, 2.0)));
    }

    #[test]
    fn ticks_are_round_numbers_within_the_axis() {
        let labels = |low, high| {
            let axis = Axis::new(low, high, 0.0, 100.0);
            axis.ticks().map(|tick| axis.label(tick)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(0.0, 10.0), "0 2 4 6 8 10");
        assert_eq!(labels(0.12, 0.49), "0.2 0.3 0.4");
        assert_eq!(labels(0.0, 1234.0), "0 500 1000");
        assert_eq!(labels(3.0, 3.0), "3.0 3.2 3.4 3.6 3.8 4.0");
    }
}
