//! Progress on stderr, for every trainer: a bar on a terminal, lines elsewhere.

use crate::output::{Bar, ProgressMode, is_quiet, left, messages, note, say, warn};
use rapidvec::{EpochEnd, LossPoint, Progress};
use std::time::{Duration, Instant};

/// The interval at which the word2vec trainer prints lines with `--progress lines`, besides the last one of an epoch.
const INTERVAL: Duration = Duration::from_secs(2);
/// The maximum number of lines of an epoch without `--progress lines`.
const LINES_PER_EPOCH: u64 = 10;

/// The unit of a trainer's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Mini-batches, as in the textbook.
    Iterations,
    /// Words of the text.
    Words,
}

impl Unit {
    /// The name of a block.
    pub fn block(self) -> String {
        match self {
            Unit::Iterations => messages::iteration(),
            Unit::Words => messages::block(),
        }
    }
}

/// Progress on stderr.
pub struct Display {
    mode: ProgressMode,
    unit: Unit,
    bar: Option<Bar>,
    last_line: Instant,
    /// The position of the last line, as a share of the epoch.
    last_part: Option<(usize, u64)>,
    /// Where this run started, to compute its speed.
    start: Progress,
}

/// A bar at the progress of a run.
fn bar_at(unit: Unit, now: &Progress) -> Bar {
    let (done, total) = match unit {
        Unit::Iterations => (now.block, now.total_blocks()),
        Unit::Words => (now.words, now.total_words()),
    };
    Bar::start(done, total, now.epochs)
}

impl Display {
    /// Shows a run whose progress is `now`.
    pub fn new(mode: ProgressMode, unit: Unit, now: &Progress) -> Self {
        let bar = mode.is_bar().then(|| bar_at(unit, now));
        // The first line waits, too: an immediate measurement would be that of the start.
        Self { mode, unit, bar, last_line: Instant::now(), last_part: None, start: *now }
    }

    fn has_lines(&self) -> bool {
        self.bar.is_none() && self.mode != ProgressMode::None && !is_quiet()
    }

    /// Shows the next of several runs, or the first.
    pub fn run_begins(&mut self, run: usize, runs: usize, now: &Progress) {
        if self.bar.is_some() || self.has_lines() {
            self.say(&messages::run_of(run, runs));
        }
        let bar = self.bar.take().map(|_| bar_at(self.unit, now));
        *self = Self { bar, start: *now, last_part: None, last_line: Instant::now(), ..*self };
    }

    /// Updates the progress.
    pub fn now(&self, now: &Progress) {
        if let Some(bar) = &self.bar {
            bar.at(if self.unit == Unit::Iterations { now.block } else { now.words });
        }
    }

    /// Shows a new average loss.
    pub fn point(&mut self, point: &LossPoint) {
        if let Some(bar) = &self.bar {
            bar.set_parts(&self.parts(point));
        }
        if self.has_lines() && self.is_due(point) {
            self.last_line = Instant::now();
            say(self.line(point));
        }
    }

    fn is_due(&mut self, point: &LossPoint) -> bool {
        let part = point.block * LINES_PER_EPOCH / self.start.blocks_per_epoch.max(1);
        let is_new_part = self.last_part.replace((point.epoch, part)) != Some((point.epoch, part));
        let is_end = point.block == self.start.blocks_per_epoch;
        let is_late = self.last_line.elapsed() >= INTERVAL;
        match (self.mode, self.unit) {
            (ProgressMode::Lines, Unit::Iterations) => true,
            (ProgressMode::Lines, Unit::Words) => is_end || is_late,
            (_, Unit::Iterations) => is_new_part,
            (_, Unit::Words) => is_end || is_new_part && is_late,
        }
    }

    /// Shows the end of an epoch; below a bar, its last line stays on the terminal.
    pub fn epoch_end(&self, end: &EpochEnd) {
        if self.bar.is_none() && !self.has_lines() {
            return;
        }
        if let (Some(_), Some(last)) = (&self.bar, &end.last) {
            self.say(&self.line(last));
        }
        let epoch = end.epoch;
        if let Some(loss) = end.loss {
            self.say(&messages::average_loss(epoch, format_args!("{loss:.4}")));
        }
        if let Some(loss) = end.held_out {
            self.say(&messages::held_out_loss(epoch, format_args!("{loss:.4}")));
        }
    }

    /// Prints a line above the bar.
    fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.say(text),
            None => say(text),
        }
    }

    /// Prints a note above the bar.
    pub fn note(&self, text: &str) {
        self.aside(|| note(text));
    }

    /// Prints a warning above the bar.
    pub fn warn(&self, text: &str) {
        self.aside(|| warn(text));
    }

    fn aside(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn line(&self, point: &LossPoint) -> String {
        match self.unit {
            Unit::Iterations => textbook_line(self.start.blocks_per_epoch, point),
            Unit::Words => self.words_line(point),
        }
    }

    fn words_line(&self, point: &LossPoint) -> String {
        let percent = (100 * point.words).checked_div(self.start.words_per_epoch).unwrap_or(100);
        let epoch = messages::epoch(point.epoch);
        let memory = resident_megabytes().map(|megabytes| format!("{megabytes} MB"));
        let [loss, speed, rate] = self.numbers(point);
        let mut parts = vec![epoch, format!("{percent:3} %"), speed, loss, rate];
        parts.extend(self.time_left(point).into_iter().chain(memory));
        format!("| {}", parts.join(" | "))
    }

    /// What is shown after the bar, the most important first.
    fn parts(&self, point: &LossPoint) -> Vec<String> {
        let [loss, speed, rate] = self.numbers(point);
        match self.unit {
            Unit::Iterations => [Some(loss), self.time_left(point)].into_iter().flatten().collect(),
            Unit::Words => [Some(loss), self.time_left(point), Some(speed), Some(rate)].into_iter().flatten().collect(),
        }
    }

    /// Loss, speed and learning rate.
    fn numbers(&self, point: &LossPoint) -> [String; 3] {
        let (speed, rate) = (self.speed(point).unwrap_or(0.0) / 1e6, point.learning_rate);
        // Without training there is no loss; 0 would look like a perfect one.
        let loss = if point.pairs == 0 { "-".to_owned() } else { format!("{:.4}", point.loss) };
        let (speed, rate) = (format_args!("{speed:.2}"), format_args!("{rate:.5}"));
        [messages::loss(loss), messages::speed(speed), messages::learning_rate(rate)]
    }

    fn time_left(&self, point: &LossPoint) -> Option<String> {
        let remaining = self.start.total_words().saturating_sub(self.done(point));
        let speed = self.speed(point).filter(|speed| *speed > 0.0)?;
        let time = Duration::try_from_secs_f64(remaining as f64 / speed).ok()?;
        Some(left(time))
    }

    /// Words per second.
    fn speed(&self, point: &LossPoint) -> Option<f64> {
        let seconds = point.seconds - self.start.seconds;
        (seconds > 0.0).then(|| (self.done(point).saturating_sub(self.start.words)) as f64 / seconds)
    }

    fn done(&self, point: &LossPoint) -> u64 {
        (point.epoch as u64 - 1) * self.start.words_per_epoch + point.words
    }
}

/// The chapter's line.
fn textbook_line(iterations: u64, point: &LossPoint) -> String {
    let LossPoint { epoch, block, seconds, loss, .. } = *point;
    messages::chapter_line(epoch, block, iterations, seconds as u64, format_args!("{loss:.2}"))
}

/// Memory in use, if the system reports it.
fn resident_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024 / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Language;
    use crate::output::SPOKEN;

    fn spoken(language: Language, line: impl FnOnce() -> String) -> String {
        SPOKEN.set(Some(language));
        line()
    }

    fn start(blocks_per_epoch: u64) -> Progress {
        Progress {
            block: 3,
            blocks_per_epoch,
            words: 500,
            words_per_epoch: 1_000_000,
            epochs: 2,
            learning_rate: 0.025,
            seconds: 10.0,
            loss: None,
        }
    }

    fn point() -> LossPoint {
        let (words, seconds) = (500_500, 11.0);
        LossPoint { epoch: 1, block: 21, words, seconds, loss: 2.48101, pairs: 1, learning_rate: 0.01875 }
    }

    #[test]
    fn a_line_of_words_has_speed_loss_rate_and_time_left() {
        let display = Display::new(ProgressMode::None, Unit::Words, &start(40));
        let line = spoken(Language::En, || display.line(&point()));
        let begins = "| epoch 1 |  50 % | 0.50 M words/s | loss 2.4810 | learning rate 0.01875 | 0:03 left";
        assert!(line.starts_with(begins), "{line}");
        let line = spoken(Language::Ko, || display.line(&point()));
        let begins = "| 에폭 1 |  50 % | 초당 0.50백만 단어 | 손실 2.4810 | 학습률 0.01875 | 0:03 남음";
        assert!(line.starts_with(begins), "{line}");
        let line = spoken(Language::En, || display.line(&LossPoint { pairs: 0, loss: 0.0, ..point() }));
        assert!(line.contains("| loss - |"), "{line}");
    }

    #[test]
    fn lines_of_iterations_are_the_chapters() {
        let display = |iterations| Display::new(ProgressMode::None, Unit::Iterations, &start(iterations));
        let point = LossPoint { seconds: 5.97, loss: 4.158, ..point() };
        let line = spoken(Language::En, || display(9_295).line(&point));
        assert_eq!(line, "| epoch 1 |  iter 21 / 9295 | time 5[s] | loss 4.16");
        // As in the chapter's own log.
        let line = spoken(Language::Ko, || display(5_619).line(&point));
        assert_eq!(line, "| 에폭 1 |  반복 21 / 5619 | 시간 5[s] | 손실 4.16");
    }

    #[test]
    fn without_the_flag_an_epoch_has_at_most_ten_lines() {
        let due = |mode| {
            let mut display = Display::new(mode, Unit::Iterations, &start(9_295));
            (0..465).filter(|i| display.is_due(&LossPoint { block: 20 * i + 1, ..point() })).count()
        };
        assert_eq!((due(ProgressMode::Auto), due(ProgressMode::Lines)), (10, 465));
    }
}
