//! A map as a picture: SVG with real text, light or dark according to the viewer's system.
//!
//! Names that do not fit are not drawn; hovering over a dot shows its word.

use crate::colours::{DARK, LIGHT, Theme, hex};
use crate::escape::{shown, xml};
use crate::labels::{Label, Placed, Rect, place};
use crate::text_width::text_width;
use crate::word_map::{COLOURS, WordMap};
use std::fmt::Write as _;
use std::io::{self, Write};

/// All lengths are in the units of the picture, which are pixels if it is not scaled.
const MARGIN: f64 = 24.0;
/// Space around the outermost dots, for their names.
const SIDE_MARGIN: f64 = 46.0;
const HEADING: f64 = 64.0;
/// The area per word, and bounds for the whole picture: from a page to a poster.
const AREA_PER_WORD: f64 = 3_400.0;
const MIN_AREA: f64 = 900.0 * 640.0;
const MAX_AREA: f64 = 5_000.0 * 4_000.0;
/// The maximum ratio of the sides.
const MAX_ASPECT: f64 = 1.7;
/// Font sizes of the rarest and the most frequent word.
const SMALLEST: f64 = 10.5;
const LARGEST: f64 = 17.0;
/// The height and baseline of a name's box, in font sizes.
const BOX_HEIGHT: f64 = 1.16;
const BASELINE: f64 = 0.88;

/// Writes the map as an SVG picture; returns how many names are drawn.
///
/// # Errors
/// Those of `out`.
pub fn svg(out: &mut dyn Write, map: &WordMap) -> io::Result<usize> {
    let picture = Picture::of(map);
    picture.head(out, map)?;
    picture.lines(out)?;
    picture.dots(out, map)?;
    picture.names(out, map)?;
    writeln!(out, "</svg>")?;
    Ok(picture.placed.iter().flatten().count())
}

struct Picture {
    width: f64,
    height: f64,
    names: Vec<String>,
    sizes: Vec<f64>,
    labels: Vec<Label>,
    placed: Vec<Option<Placed>>,
}

impl Picture {
    fn of(map: &WordMap) -> Self {
        let aspect = map.aspect.clamp(1.0 / MAX_ASPECT, MAX_ASPECT);
        let area = (map.dots.len() as f64 * AREA_PER_WORD).clamp(MIN_AREA, MAX_AREA);
        let (inner_width, inner_height) = ((area * aspect).sqrt(), (area / aspect).sqrt());
        // The dots' box has a longer side of 1.
        let (box_width, box_height) = if map.aspect >= 1.0 { (1.0, 1.0 / map.aspect) } else { (map.aspect, 1.0) };
        let scale = (inner_width / box_width).min(inner_height / box_height);
        let (width, height) = (inner_width + 2.0 * (MARGIN + SIDE_MARGIN), inner_height + HEADING + 2.0 * MARGIN);
        let left = (width - box_width * scale) / 2.0;
        let top = HEADING + MARGIN / 2.0 + (inner_height - box_height * scale) / 2.0;
        let names: Vec<_> = map.dots.iter().map(|dot| shown(&dot.word)).collect();
        let weights = map.weights();
        let sizes: Vec<_> = weights.iter().map(|weight| SMALLEST + (LARGEST - SMALLEST) * weight).collect();
        let label = |index: usize| Label {
            x: left + map.dots[index].x * scale,
            y: top + map.dots[index].y * scale,
            radius: 2.0 + 2.0 * weights[index],
            width: text_width(&names[index]) * sizes[index],
            height: BOX_HEIGHT * sizes[index],
        };
        let labels: Vec<_> = (0..names.len()).map(label).collect();
        let frame =
            Rect { left: MARGIN / 2.0, top: HEADING, width: width - MARGIN, height: height - HEADING - MARGIN / 2.0 };
        let placed = place(&labels, &frame);
        Self { width, height, names, sizes, labels, placed }
    }

    fn head(&self, out: &mut dyn Write, map: &WordMap) -> io::Result<()> {
        let (width, height) = (self.width.ceil(), self.height.ceil());
        let (title, legend) = (xml(&map.title()), xml(&map.legend()));
        writeln!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title legend">"#
        )?;
        writeln!(out, "<title id=\"title\">{title}</title>\n<desc id=\"legend\">{legend}</desc>")?;
        writeln!(out, "<style>\n{}</style>", style())?;
        writeln!(out, r#"<rect class="paper" width="100%" height="100%"/>"#)?;
        writeln!(out, r#"<text class="title" x="{MARGIN}" y="36">{title}</text>"#)?;
        writeln!(out, r#"<text class="legend" x="{MARGIN}" y="56">{legend}</text>"#)
    }

    fn lines(&self, out: &mut dyn Write) -> io::Result<()> {
        for (label, placed) in self.labels.iter().zip(&self.placed) {
            if let Some((x, y)) = placed.and_then(|placed| placed.leader) {
                writeln!(out, r#"<path class="line" d="M{:.1} {:.1}L{x:.1} {y:.1}"/>"#, label.x, label.y)?;
            }
        }
        Ok(())
    }

    fn dots(&self, out: &mut dyn Write, map: &WordMap) -> io::Result<()> {
        // The most important last, so that they are on top.
        for (label, dot) in self.labels.iter().zip(&map.dots).rev() {
            writeln!(
                out,
                r#"<circle class="d{}" cx="{:.1}" cy="{:.1}" r="{:.1}"><title>{}</title></circle>"#,
                dot.group,
                label.x,
                label.y,
                label.radius,
                xml(&dot.word)
            )?;
        }
        Ok(())
    }

    fn names(&self, out: &mut dyn Write, map: &WordMap) -> io::Result<()> {
        let all = self.names.iter().zip(&self.sizes).zip(&map.dots).zip(&self.placed);
        for (((name, size), dot), placed) in all {
            let Some(Placed { area, .. }) = placed else { continue };
            let (x, y, name) = (area.left, area.top + BASELINE * size, xml(name));
            let place = format!(r#"x="{x:.1}" y="{y:.1}" font-size="{size:.1}""#);
            // The halo is a separate text: `paint-order`, which would put it under the letters, works in browsers only.
            writeln!(out, r#"<text class="h" aria-hidden="true" {place}>{name}</text>"#)?;
            writeln!(out, r#"<text class="n{}" {place}>{name}</text>"#, dot.group)?;
        }
        Ok(())
    }
}

fn style() -> String {
    let mut css = String::from(
        "text{font-family:system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans KR','Noto Sans CJK KR','Apple SD Gothic Neo',\
         'Malgun Gothic',sans-serif;white-space:pre;unicode-bidi:isolate}\n.h{stroke-width:2.5px;stroke-linejoin:round}\n\
         .title{font-size:20px;font-weight:600}\n.legend{font-size:12px}\n.line{fill:none;stroke-width:.8px}\n\
         circle{fill-opacity:.85}\n",
    );
    css += &colours(&LIGHT);
    let _ = writeln!(css, "@media (prefers-color-scheme:dark){{\n{}}}", colours(&DARK)); // writing to a String cannot fail
    css
}

fn colours(theme: &Theme) -> String {
    let (paper, ink, muted) = (hex(theme.paper), hex(theme.ink), hex(theme.muted));
    let mut css = format!(
        ".paper{{fill:{paper}}}\n.h{{fill:{paper};stroke:{paper}}}\n.title{{fill:{ink}}}\n.legend{{fill:{muted}}}\n.line{{stroke:{muted}}}\n"
    );
    for group in 0..COLOURS {
        let _ =
            writeln!(css, ".d{group}{{fill:{}}}.n{group}{{fill:{}}}", hex(theme.groups[group]), hex(theme.name(group)));
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;
    use crate::word_map::Dot;

    fn map(count: usize) -> WordMap {
        let word = |i: usize| ["toyota", "안녕하세요", "i", "Wimbledon", "<&>"][i % 5].to_owned() + &i.to_string();
        // Points of a spiral, denser towards its middle.
        let dot = |i: usize| {
            let (angle, far) = (i as f64 * 2.4, (i as f64).powf(0.8));
            Dot {
                word: word(i),
                count: 10_000 / (i as u64 + 1),
                x: far * angle.cos(),
                y: far * angle.sin(),
                group: i % COLOURS,
            }
        };
        WordMap::of_dots("a <model>".to_owned(), "test".to_owned(), Language::English, (0..count).map(dot).collect())
    }

    fn written(map: &WordMap) -> (String, usize) {
        let mut out = Vec::new();
        let drawn = svg(&mut out, map).unwrap();
        (String::from_utf8(out).unwrap(), drawn)
    }

    /// The value of an attribute.
    fn number(line: &str, name: &str) -> f64 {
        let (_, rest) = line.split_once(&format!(" {name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    }

    /// The boxes of all names in the file.
    fn boxes(svg: &str) -> Vec<(String, Rect)> {
        let names = svg.lines().filter(|line| line.starts_with("<text class=\"n"));
        let unescaped = |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let of = |line: &str| {
            let text = unescaped(line.split_once('>').unwrap().1.strip_suffix("</text>").unwrap());
            let size = number(line, "font-size");
            let (width, height) = (text_width(&text) * size, BOX_HEIGHT * size);
            let area = Rect { left: number(line, "x"), top: number(line, "y") - BASELINE * size, width, height };
            (text, area)
        };
        names.map(of).collect()
    }

    #[test]
    fn no_two_names_that_are_drawn_overlap_and_all_stay_on_the_page() {
        for count in [1, 9, 300, 1500] {
            let (svg, drawn) = written(&map(count));
            let boxes = boxes(&svg);
            assert_eq!(boxes.len(), drawn);
            assert_eq!(svg.matches("<circle").count(), count);
            assert!(drawn * 10 >= count * 6, "only {drawn} of {count} names found room");
            let page = Rect { left: 0.0, top: 0.0, width: number(&svg, "width"), height: number(&svg, "height") };
            for (index, (name, area)) in boxes.iter().enumerate() {
                assert!(page.holds(area), "{name} leaves the page: {area:?}");
                for (other, taken) in &boxes[..index] {
                    // Numbers in the file are rounded to a tenth.
                    let smaller = Rect {
                        left: taken.left + 0.2,
                        top: taken.top + 0.2,
                        width: taken.width - 0.4,
                        height: taken.height - 0.4,
                    };
                    assert!(!area.overlaps(&smaller), "{name} and {other}");
                }
            }
        }
    }

    #[test]
    fn text_is_text_and_is_escaped() {
        let (svg, _) = written(&map(9));
        assert!(svg.contains(">안녕하세요1</text>") && svg.contains(">&lt;&amp;&gt;4</text>"));
        let halos = svg.lines().filter(|line| line.starts_with("<text class=\"h\"")).count();
        assert!(halos == boxes(&svg).len() && !svg.contains("paint-order") && !svg.contains("text{stroke"));
        assert!(svg.contains("9 words of a &lt;model&gt;") && svg.contains("prefers-color-scheme:dark"));
    }
}
