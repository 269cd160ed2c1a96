//! How far the fast trainer is: a bar on a terminal, a line now and then elsewhere.

use crate::output::{Bar, Language, ProgressMode, left, say};
use rapidvec::{LossPoint, Progress};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Lines come no faster than this, but for the last of an epoch.
const PAUSE: Duration = Duration::from_secs(2);

/// Progress on stderr.
pub struct Shown {
    language: Language,
    lines: bool,
    bar: Option<Bar>,
    last_line: Cell<Instant>,
    /// Words and time of this run's start: speed is of this run.
    words: u64,
    seconds: f64,
    words_per_epoch: u64,
    epochs: usize,
}

impl Shown {
    /// Shows `progress` from now on.
    pub fn new(mode: ProgressMode, language: Language, progress: Progress) -> Self {
        let bar = mode.is_bar();
        Self {
            language,
            lines: !bar && mode != ProgressMode::None,
            bar: bar.then(|| Bar::start(language, progress.words, progress.total_words(), progress.epochs)),
            last_line: Cell::new(Instant::now()), // the first line waits, too: what is measured at once is the start
            words: progress.words,
            seconds: progress.seconds,
            words_per_epoch: progress.words_per_epoch,
            epochs: progress.epochs,
        }
    }

    /// So much is done now.
    pub fn now(&self, progress: &Progress) {
        if let Some(bar) = &self.bar {
            bar.at(progress.words);
        }
    }

    /// A new average loss.
    pub fn point(&self, point: &LossPoint) {
        let is_end = point.words >= self.words_per_epoch;
        let is_due = self.last_line.get().elapsed() >= PAUSE;
        if let Some(bar) = &self.bar {
            let [speed, loss, rate] = self.numbers(point);
            let left = self.time_left(point);
            bar.tell(&[Some(loss), left, Some(speed), Some(rate)].into_iter().flatten().collect::<Vec<_>>());
        }
        if is_end && self.bar.is_some() || self.lines && (is_end || is_due) {
            self.last_line.set(Instant::now());
            self.tell(&self.line(point));
        }
    }

    /// The average loss of an epoch that is over.
    pub fn epoch(&self, epoch: usize, loss: f64) {
        if self.lines || self.bar.is_some() {
            self.tell(&match self.language {
                Language::En => format!("| epoch {epoch} | average loss {loss:.4}"),
                Language::Ko => format!("| 에폭 {epoch} | 평균 손실 {loss:.4}"),
            });
        }
    }

    /// The loss on other text after an epoch.
    pub fn held_out(&self, epoch: usize, loss: f64) {
        if self.lines || self.bar.is_some() {
            self.tell(&match self.language {
                Language::En => format!("| epoch {epoch} | held-out loss {loss:.4}"),
                Language::Ko => format!("| 에폭 {epoch} | 검증 손실 {loss:.4}"),
            });
        }
    }

    /// A line that the bar makes room for.
    pub fn tell(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.say(text),
            None => say(text),
        }
    }

    fn line(&self, point: &LossPoint) -> String {
        let percent = (100 * point.words).checked_div(self.words_per_epoch).unwrap_or(100);
        let epoch = match self.language {
            Language::En => format!("epoch {}", point.epoch),
            Language::Ko => format!("에폭 {}", point.epoch),
        };
        let memory = resident_megabytes().map(|megabytes| format!("{megabytes} MB"));
        let mut parts = vec![epoch, format!("{percent:3} %")];
        parts.extend(self.numbers(point));
        parts.extend(self.time_left(point).into_iter().chain(memory));
        format!("| {}", parts.join(" | "))
    }

    /// Speed, loss and learning rate.
    fn numbers(&self, point: &LossPoint) -> [String; 3] {
        let (speed, LossPoint { pairs, learning_rate, .. }) = (self.speed(point).unwrap_or(0.0) / 1e6, point);
        // Where nothing was trained there is no loss; 0 would look like a perfect one.
        let loss = if *pairs == 0 { "-".to_owned() } else { format!("{:.4}", point.loss) };
        match self.language {
            Language::En => {
                [format!("{speed:.2} M words/s"), format!("loss {loss}"), format!("learning rate {learning_rate:.5}")]
            }
            Language::Ko => {
                [format!("초당 {speed:.2}백만 단어"), format!("손실 {loss}"), format!("학습률 {learning_rate:.5}")]
            }
        }
    }

    fn time_left(&self, point: &LossPoint) -> Option<String> {
        let left_over = Duration::try_from_secs_f64(self.seconds_left(point)?).ok()?;
        Some(left(self.language, left_over))
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
        Progress {
            block: 3,
            blocks_per_epoch: 10,
            words,
            words_per_epoch,
            epochs: 2,
            learning_rate,
            seconds,
            loss: None,
        }
    }

    #[test]
    fn a_line_tells_speed_loss_rate_and_time_left() {
        let shown = |language| Shown::new(ProgressMode::None, language, progress());
        let (words, seconds) = (500_500, 11.0);
        let point = LossPoint { epoch: 1, block: 5, words, seconds, loss: 2.48101, pairs: 1, learning_rate: 0.01875 };
        let line = shown(Language::En).line(&point);
        let start = "| epoch 1 |  50 % | 0.50 M words/s | loss 2.4810 | learning rate 0.01875 | 0:03 left";
        assert!(line.starts_with(start), "{line}");
        let line = shown(Language::Ko).line(&point);
        let start = "| 에폭 1 |  50 % | 초당 0.50백만 단어 | 손실 2.4810 | 학습률 0.01875 | 0:03 남음";
        assert!(line.starts_with(start), "{line}");
        let line = shown(Language::En).line(&LossPoint { pairs: 0, loss: 0.0, ..point });
        assert!(line.contains("| loss - |"), "{line}");
    }
}
