//! A map as a self-contained page, drawn on a canvas by its script.
//!
//! The words are data: JSON in an element that is not executed, and the script shows them as text. The content security
//! policy forbids the page to load or send anything.

use crate::colours::{DARK, LIGHT, Theme, hex};
use crate::escape::{json, shown, xml};
use crate::nearest::Nearest;
use crate::texts::Language;
use crate::word_map::{COLOURS, WordMap};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{self, Write};

const STYLE: &str = include_str!("page/page.css");
/// The parts of one function, in order.
const SCRIPTS: [&str; 4] = [
    include_str!("page/names.js"),
    include_str!("page/view.js"),
    include_str!("page/panel.js"),
    include_str!("page/input.js"),
];
const BODY: &str = include_str!("page/page.html");

/// The data of the script. Lists are indexed by word, the most important first.
#[derive(Serialize)]
struct Data<'a> {
    words: Vec<&'a str>,
    /// Names as they are drawn.
    names: Vec<String>,
    /// Positions in the unit box.
    x: Vec<f64>,
    y: Vec<f64>,
    width: f64,
    height: f64,
    weights: Vec<f64>,
    groups: Vec<usize>,
    counts: Vec<u64>,
    /// Neighbours that are not on the map.
    others: Vec<&'a str>,
    /// The nearest words of each word: indexes of `words`, then of `others`; and the cosines, in thousandths.
    near: Vec<Vec<usize>>,
    cosines: Vec<Vec<i32>>,
    texts: BTreeMap<&'static str, String>,
}

/// Writes the map as a page. `nearest` has a list for each dot: see [`nearest()`](crate::nearest()).
///
/// # Errors
/// Those of `out`.
pub fn html(out: &mut dyn Write, map: &WordMap, nearest: &[Vec<Nearest>]) -> io::Result<()> {
    let (title, legend) = (xml(&map.title()), xml(&map.legend()));
    let data = json(&data(map, nearest)).map_err(io::Error::from)?;
    write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{}{STYLE}</style>\n</head>\n<body>\n",
        map.language.text("language", &[]),
        colours()
    )?;
    let body = body(map.language);
    write!(out, "<header id=\"about\"><h1>{title}</h1><p>{legend}</p></header>\n{body}")?;
    writeln!(out, "<script type=\"application/json\" id=\"data\">{data}</script>")?;
    let script = SCRIPTS.concat();
    writeln!(out, "<script>\n\"use strict\";\n(() => {{\n{script}}})();\n</script>\n</body>\n</html>")
}

/// The page's elements, with every `{{key}}` replaced by its text.
fn body(language: Language) -> String {
    let texts = language.texts();
    texts.iter().fold(BODY.to_owned(), |body, (key, text)| body.replace(&format!("{{{{{key}}}}}"), &xml(text)))
}

fn data<'a>(map: &'a WordMap, nearest: &'a [Vec<Nearest>]) -> Data<'a> {
    let dots = &map.dots;
    let mut numbers: HashMap<&str, usize> =
        dots.iter().zip(0..).map(|(dot, index)| (dot.word.as_str(), index)).collect();
    let mut others = Vec::new();
    let mut number = |word: &'a str| {
        *numbers.entry(word).or_insert_with(|| {
            others.push(word);
            dots.len() + others.len() - 1
        })
    };
    let near = nearest.iter().map(|list| list.iter().map(|near| number(&near.word)).collect()).collect();
    let round = |x: f64| (x * 1e5).round() / 1e5;
    Data {
        words: dots.iter().map(|dot| dot.word.as_str()).collect(),
        names: dots.iter().map(|dot| shown(&dot.word)).collect(),
        x: dots.iter().map(|dot| round(dot.x)).collect(),
        y: dots.iter().map(|dot| round(dot.y)).collect(),
        width: map.aspect.min(1.0),
        height: (1.0 / map.aspect).min(1.0),
        weights: map.weights().into_iter().map(round).collect(),
        groups: dots.iter().map(|dot| dot.group).collect(),
        counts: dots.iter().map(|dot| dot.count).collect(),
        near,
        cosines: nearest
            .iter()
            .map(|list| list.iter().map(|near| (near.similarity * 1000.0).round() as i32).collect())
            .collect(),
        others,
        texts: map.language.texts(),
    }
}

/// The colours as variables, which the script reads too.
fn colours() -> String {
    format!(":root{{{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n", variables(&LIGHT), variables(&DARK))
}

fn variables(theme: &Theme) -> String {
    let (paper, ink, muted) = (hex(theme.paper), hex(theme.ink), hex(theme.muted));
    let mut css = format!("--paper:{paper};--ink:{ink};--muted:{muted};");
    for group in 0..COLOURS {
        // Writing to a String cannot fail.
        let _ = write!(css, "--dot{group}:{};--name{group}:{};", hex(theme.groups[group]), hex(theme.name(group)));
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_the_page_is_filled_in() {
        for (language, find) in [(Language::English, "Find a word"), (Language::Korean, "단어 찾기")] {
            let body = body(language);
            assert!(!body.contains("{{") && body.matches(find).count() == 2, "{body}");
        }
    }

    #[test]
    fn every_text_that_the_scripts_ask_for_exists() {
        let texts = Language::English.texts();
        for script in SCRIPTS {
            for key in script.split("say(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(texts.contains_key(key), "{key}");
            }
        }
    }
}
