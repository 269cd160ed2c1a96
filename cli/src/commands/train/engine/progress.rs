//! How far the fast trainer is: a bar on a terminal, a line now and then elsewhere.
#![forbid(unsafe_code)]

use crate::output::{ProgressMode, say};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use quickvec::engine::{LossPoint, Progress};
use std::cell::Cell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Lines come no faster than this, but for the last of an epoch.
const PAUSE: Duration = Duration::from_secs(2);

/// Progress on stderr.
pub struct Shown {
    lines: bool,
    bar: Option<ProgressBar>,
    last_line: Cell<Option<Instant>>,
    /// Words and time of this run's start: speed is of this run.
    words: u64,
    seconds: f64,
    words_per_epoch: u64,
    epochs: usize,
}

impl Shown {
    /// Shows `progress` from now on.
    pub fn new(mode: ProgressMode, progress: Progress) -> Self {
        let bar = match mode {
            ProgressMode::Auto => std::io::stderr().is_terminal(),
            ProgressMode::Bar => true,
            ProgressMode::Lines | ProgressMode::None => false,
        };
        Self {
            lines: !bar && mode != ProgressMode::None,
            bar: bar.then(|| start_bar(&progress)),
            last_line: Cell::new(None),
            words: progress.words,
            seconds: progress.seconds,
            words_per_epoch: progress.words_per_epoch,
            epochs: progress.epochs,
        }
    }

    /// So much is done now.
    pub fn now(&self, progress: &Progress) {
        if let Some(bar) = &self.bar {
            bar.set_position(progress.words);
            bar.set_prefix((progress.epochs_done() + 1).min(progress.epochs).to_string());
        }
    }

    /// A new average loss.
    pub fn point(&self, point: &LossPoint) {
        let is_end = point.words >= self.words_per_epoch;
        let is_due = self.last_line.get().is_none_or(|last| last.elapsed() >= PAUSE);
        if let Some(bar) = &self.bar {
            bar.set_message(self.numbers(point));
        }
        if is_end && self.bar.is_some() || self.lines && (is_end || is_due) {
            self.last_line.set(Some(Instant::now()));
            self.tell(&self.line(point));
        }
    }

    /// The loss on other text after an epoch.
    pub fn held_out(&self, epoch: usize, loss: f64) {
        if self.lines || self.bar.is_some() {
            self.tell(&format!("| epoch {epoch} | held-out loss {loss:.4}"));
        }
    }

    /// A line that the bar makes room for.
    pub fn tell(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(text)),
            None => say(text),
        }
    }

    fn line(&self, point: &LossPoint) -> String {
        let percent = (100 * point.words).checked_div(self.words_per_epoch).unwrap_or(100);
        let left = self.seconds_left(point).map_or(String::new(), |left| format!(" | {} left", clock(left)));
        let memory = resident_megabytes().map_or(String::new(), |megabytes| format!(" | {megabytes} MB"));
        format!("| epoch {} | {percent:3} % | {}{left}{memory}", point.epoch, self.numbers(point))
    }

    fn numbers(&self, point: &LossPoint) -> String {
        let speed = self.speed(point).unwrap_or(0.0) / 1e6;
        format!("{speed:.2} M words/s | loss {:.4} | learning rate {:.5}", point.loss, point.learning_rate)
    }

    fn done(&self, point: &LossPoint) -> u64 {
        (point.epoch as u64 - 1) * self.words_per_epoch + point.words
    }

    fn speed(&self, point: &LossPoint) -> Option<f64> {
        let seconds = point.seconds - self.seconds;
        (seconds > 0.0).then(|| (self.done(point).saturating_sub(self.words)) as f64 / seconds)
    }

    fn seconds_left(&self, point: &LossPoint) -> Option<f64> {
        let left = (self.words_per_epoch * self.epochs as u64).saturating_sub(self.done(point));
        let speed = self.speed(point).filter(|speed| *speed > 0.0)?;
        Some(left as f64 / speed)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn start_bar(progress: &Progress) -> ProgressBar {
    let template = "epoch {prefix} {wide_bar} {percent}% | {msg} | {eta} left";
    let bar = ProgressBar::with_draw_target(Some(progress.words_in_all()), ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(template).expect("the template is a constant, and a test shows it"));
    bar.set_prefix((progress.epochs_done() + 1).to_string());
    bar.set_position(progress.words);
    bar.reset_eta();
    bar
}

/// Seconds as minutes or hours.
fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

/// Memory in use, where the system tells.
fn resident_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024 / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress() -> Progress {
        let (words, words_per_epoch) = (500, 1_000_000);
        let (learning_rate, seconds) = (0.025, 10.0);
        Progress { block: 3, blocks: 10, words, words_per_epoch, epochs: 2, learning_rate, seconds }
    }

    #[test]
    fn a_line_tells_speed_loss_rate_and_time_left() {
        let shown = Shown::new(ProgressMode::None, progress());
        let (words, seconds) = (500_500, 11.0);
        let point = LossPoint { epoch: 1, words, seconds, loss: 2.48101, pairs: 1, learning_rate: 0.01875 };
        let line = shown.line(&point);
        let start = "| epoch 1 |  50 % | 0.50 M words/s | loss 2.4810 | learning rate 0.01875 | 0:03 left";
        assert!(line.starts_with(start), "{line}");
    }

    #[test]
    fn times_are_minutes_or_hours() {
        assert_eq!([clock(7.4), clock(75.0), clock(3725.0)], ["0:07", "1:15", "1:02:05"]);
    }

    #[test]
    fn the_bar_can_be_drawn() {
        assert_eq!(start_bar(&progress()).position(), 500);
    }
}
