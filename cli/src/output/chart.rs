//! Small charts for the terminal: bars, and a line's shape in one row.
//!
//! Unicode blocks if the locale has them, ASCII otherwise or with `--ascii`. A number above zero is always visible.

use super::text::{thousands, width};
use std::io::{self, IsTerminal, Write};

/// The width if stdout is not a terminal.
const PAGE: usize = 80;
/// The maximum width of a bar: wider ones are hard to compare with their numbers.
const MAX_COLUMNS: usize = 120;
const MIN_COLUMNS: usize = 30;

const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_HEIGHTS: [char; 8] = ['_', '.', ',', '-', '~', '=', '+', '#'];

/// The characters of charts, and their maximum width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Charts {
    ascii: bool,
    columns: usize,
}

impl Charts {
    /// For standard output: the terminal's width and the locale's characters, unless `ascii` is set.
    pub fn of_stdout(ascii: bool) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        Self { ascii: ascii || !has_unicode(variable), columns: columns(variable) }
    }

    /// A line for each row: its name, a bar, its number.
    pub fn bars(&self, out: &mut dyn Write, rows: &[(String, u64)]) -> io::Result<()> {
        let names = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
        let numbers = rows.iter().map(|(_, number)| thousands(*number).len()).max().unwrap_or(0);
        let most = rows.iter().map(|(_, number)| *number).max().unwrap_or(0).max(1);
        let room = self.columns.saturating_sub(names + numbers + 5).max(1);
        let edge = if self.ascii { '|' } else { '│' };
        for (name, number) in rows {
            let indent = " ".repeat(names - width(name));
            let bar = self.bar(*number as f64 / most as f64, room);
            writeln!(out, "  {indent}{name} {edge}{bar} {}", thousands(*number))?;
        }
        Ok(())
    }

    fn bar(&self, share: f64, room: usize) -> String {
        let eighths = ((share * room as f64 * 8.0).round() as usize).max(usize::from(share > 0.0));
        if self.ascii {
            return "#".repeat(eighths.div_ceil(8));
        }
        format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
    }

    /// The shape of a row of numbers, at most `columns` wide: from the lowest at the bottom to the highest at the top.
    pub fn shape(&self, numbers: &[f64], columns: usize) -> String {
        let means = means(numbers, columns);
        let (low, high) = means.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
        let heights = if self.ascii { ASCII_HEIGHTS } else { HEIGHTS };
        let height = |x: f64| if high > low { ((x - low) / (high - low) * 7.0).round() as usize } else { 3 };
        means.into_iter().map(|x| heights[height(x).min(7)]).collect()
    }

    /// An arrow from one number to the next.
    pub fn arrow(&self) -> &'static str {
        if self.ascii { "->" } else { "→" }
    }

    /// A dash between the ends of a range.
    pub fn dash(&self) -> &'static str {
        if self.ascii { "-" } else { "–" }
    }
}

/// At most `columns` means over stretches of equal length; values that are not finite are dropped.
fn means(numbers: &[f64], columns: usize) -> Vec<f64> {
    let numbers: Vec<f64> = numbers.iter().copied().filter(|x| x.is_finite()).collect();
    let count = numbers.len().min(columns);
    let stretch = |i: usize| &numbers[i * numbers.len() / count..(i + 1) * numbers.len() / count];
    (0..count).map(|i| stretch(i).iter().sum::<f64>() / stretch(i).len() as f64).collect()
}

/// Whether the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set asks for UTF-8. Windows terminals always accept it.
fn has_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
    let locale = locale.to_ascii_lowercase().replace('-', "");
    cfg!(windows) || locale.contains("utf8")
}

fn columns(variable: impl Fn(&str) -> Option<String>) -> usize {
    let set = variable("COLUMNS").and_then(|text| text.parse().ok());
    let seen = || terminal_size::terminal_size().filter(|_| io::stdout().is_terminal()).map(|(w, _)| usize::from(w.0));
    set.or_else(seen).unwrap_or(PAGE).clamp(MIN_COLUMNS, MAX_COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNICODE: Charts = Charts { ascii: false, columns: 40 };
    const ASCII: Charts = Charts { ascii: true, columns: 40 };

    fn drawn(charts: Charts, rows: &[(&str, u64)]) -> String {
        let rows: Vec<_> = rows.iter().map(|&(name, number)| (name.to_owned(), number)).collect();
        let mut shown = Vec::new();
        charts.bars(&mut shown, &rows).unwrap();
        String::from_utf8(shown).unwrap()
    }

    #[test]
    fn bars_are_aligned_and_fit_the_width() {
        let rows = [("1", 1_200), ("2–4", 600), ("안", 0), ("9", 1)];
        let shown = drawn(UNICODE, &rows);
        assert!(shown.lines().all(|line| width(line) <= 40), "{shown}");
        let expected =
            format!("    1 │{0} 1,200\n  2–4 │{1} 600\n   안 │ 0\n    9 │▏ 1\n", "█".repeat(27), "█".repeat(13) + "▌");
        assert_eq!(shown, expected);
        let shown = drawn(ASCII, &[("1", 1_200), ("2-4", 600), ("5", 0), ("9", 1)]);
        assert!(shown.is_ascii());
        assert_eq!(shown.lines().nth(3), Some("    9 |# 1"));
    }

    #[test]
    fn bars_without_numbers_are_drawn() {
        assert_eq!(drawn(UNICODE, &[]), "");
        assert_eq!(drawn(ASCII, &[("0", 0)]), "  0 | 0\n");
        let narrow = Charts { ascii: true, columns: 1 };
        assert_eq!(drawn(narrow, &[("a long name", 5)]), "  a long name |# 5\n");
    }

    #[test]
    fn a_shape_shows_descending_numbers_as_descending() {
        let numbers: Vec<_> = (0..800).map(|i| 8.0 - f64::from(i) / 100.0).collect();
        assert_eq!(UNICODE.shape(&numbers, 8), "█▇▆▅▄▃▂▁");
        assert_eq!(ASCII.shape(&numbers, 8), "#+=~-,._");
        assert_eq!(UNICODE.shape(&[2.0, 2.0], 8), "▄▄");
        assert_eq!(UNICODE.shape(&[f64::NAN, 1.0, f64::INFINITY, 3.0], 8), "▁█");
        assert_eq!(UNICODE.shape(&[], 8), "");
    }

    #[test]
    fn the_locale_decides_about_unicode() {
        let has = |set: &'static [(&str, &str)]| {
            has_unicode(|name| set.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(has(&[("LANG", "ko_KR.UTF-8")]) && has(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        if !cfg!(windows) {
            assert!(
                !has(&[]) && !has(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]) && !has(&[("LANG", "ko_KR.EUC-KR")])
            );
        }
    }

    #[test]
    fn the_width_is_bounded() {
        let of = |set: &'static str| columns(|name| (name == "COLUMNS").then(|| set.to_owned()));
        assert_eq!((of("100"), of("0"), of("9999")), (100, MIN_COLUMNS, MAX_COLUMNS));
    }
}
