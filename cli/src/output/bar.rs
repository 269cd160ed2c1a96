//! A progress bar for a whole run, on one line even in a narrow terminal.

use super::language::message;
use super::stream::{is_quiet, say};
use super::text::width;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// The width if stderr is not a terminal.
const PAGE: usize = 80;
/// The minimum width of the bar itself; parts after it need more.
const MIN_BAR: usize = 10;
/// What separates the parts after the bar.
const BETWEEN: &str = " | ";

/// A bar on stderr; removed when it is dropped.
pub struct Bar {
    bar: ProgressBar,
    length: u64,
    epochs: usize,
}

impl Bar {
    /// A bar at `position` of `length`, over that many epochs.
    pub fn start(position: u64, length: u64, epochs: usize) -> Self {
        let template = format!("{{prefix}} {{wide_bar}} {}{{msg}}", message::of_all("{percent}"));
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        bar.set_style(
            ProgressStyle::with_template(&template).expect("the template is a constant, and a test shows it"),
        );
        let bar = Self { bar, length, epochs };
        bar.at(position);
        bar.bar.reset_eta();
        bar
    }

    /// Updates the progress.
    pub fn at(&self, position: u64) {
        let epoch_length = (self.length / self.epochs.max(1) as u64).max(1);
        let epoch = (position / epoch_length + 1).min(self.epochs as u64);
        self.bar.set_prefix(message::epoch_of(epoch, self.epochs));
        self.bar.set_position(position);
    }

    /// Sets the parts after the bar, the most important first; those that do not fit are not shown.
    pub fn set_parts(&self, parts: &[String]) {
        let own = width(&self.bar.prefix()) + width(" 전체의 100% ") + MIN_BAR;
        self.bar.set_message(fitting(parts, columns().saturating_sub(own)));
    }

    /// Prints a line above the bar.
    pub fn say(&self, text: &str) {
        self.suspend(|| say(text));
    }

    /// Hides the bar while `print` prints.
    pub fn suspend(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Columns of the terminal that bars are drawn on.
pub fn columns() -> usize {
    terminal_size::terminal_size_of(std::io::stderr()).map_or(PAGE, |(columns, _)| columns.0.into())
}

/// A bar on stderr, if that is a terminal, for a share of some work; removed when it is dropped.
pub struct Share(ProgressBar);

impl Share {
    const STEPS: u64 = 1000;

    /// A bar at 0, with the name of the work before it.
    pub fn start(name: String) -> Self {
        let target = if is_quiet() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(Self::STEPS), target);
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {percent}%");
        bar.set_style(style.expect("the template is a constant, and a test shows it"));
        bar.set_prefix(name);
        bar.tick();
        Self(bar)
    }

    /// Updates the share that is done, from 0 to 1.
    pub fn at(&self, share: f64) {
        self.0.set_position((share * Self::STEPS as f64) as u64);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// The first parts, as many as fit into `columns`.
fn fitting(parts: &[String], columns: usize) -> String {
    let mut line = String::new();
    for part in parts {
        if width(&line) + BETWEEN.len() + width(part) > columns {
            break;
        }
        line += BETWEEN;
        line += part;
    }
    line
}

/// The time left, in words.
pub fn left(time: Duration) -> String {
    message::left(clock(time))
}

/// A time as minutes or hours.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    match seconds {
        0..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::language::Language;
    use crate::output::language::tests::SPOKEN;

    #[test]
    fn only_the_first_parts_that_fit_are_shown() {
        let parts = ["loss 2.48", "0:07 left", "1.20 M words/s"].map(str::to_owned);
        assert_eq!(fitting(&parts, 80), " | loss 2.48 | 0:07 left | 1.20 M words/s");
        assert_eq!(fitting(&parts, 24), " | loss 2.48 | 0:07 left");
        assert_eq!(fitting(&parts, 23), " | loss 2.48");
        assert_eq!(fitting(&parts, 0), "");
        assert_eq!(fitting(&["손실 2".to_owned()], 8), "", "syllables take two columns");
    }

    #[test]
    fn times_are_minutes_or_hours() {
        let times = [7.4, 75.0, 3725.0].map(|seconds| clock(Duration::from_secs_f64(seconds)));
        assert_eq!(times, ["0:07", "1:15", "1:02:05"]);
    }

    #[test]
    fn a_share_can_be_drawn() {
        let bar = Share::start("laying out".to_owned());
        bar.at(0.5);
        assert_eq!((bar.0.position(), bar.0.prefix().as_str()), (500, "laying out"));
    }

    #[test]
    fn both_bars_can_be_drawn_and_name_the_epoch() {
        for (language, first, last) in
            [(Language::En, "epoch 1 of 2", "epoch 2 of 2"), (Language::Ko, "에폭 1/2", "에폭 2/2")]
        {
            SPOKEN.set(Some(language));
            let bar = Bar::start(3, 20, 2);
            assert_eq!((bar.bar.position(), bar.bar.prefix().as_str()), (3, first));
            bar.at(20);
            assert_eq!((bar.bar.position(), bar.bar.prefix().as_str()), (20, last));
        }
    }
}
