//! How far training is: the chapter's line every 20 iterations, or a bar.

use super::bar::{Bar, left};
use super::language::Language;
use super::stream::{is_quiet, say};
use clap::ValueEnum;
use rapidvec_textbook::LossPoint;
use std::io::IsTerminal;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProgressMode {
    /// A bar on a terminal, lines elsewhere
    Auto,
    /// A bar, and a line an epoch
    Bar,
    /// The chapter's line every 20 iterations
    Lines,
    /// Nothing; and the model is not asked for words at the end
    None,
}

impl ProgressMode {
    /// Whether a bar is shown.
    pub fn is_bar(self) -> bool {
        match self {
            _ if is_quiet() => false,
            ProgressMode::Auto => std::io::stderr().is_terminal(),
            ProgressMode::Bar => true,
            ProgressMode::Lines | ProgressMode::None => false,
        }
    }
}

/// Progress on stderr.
pub struct Progress {
    language: Language,
    iterations: usize,
    lines: bool,
    bar: Option<Bar>,
}

impl Progress {
    /// Shows `progress` from now on.
    pub fn new(mode: ProgressMode, language: Language, progress: rapidvec_textbook::Progress) -> Self {
        let bar = mode.is_bar();
        Self {
            language,
            iterations: progress.iterations,
            lines: !bar && mode != ProgressMode::None,
            bar: bar.then(|| Bar::start(language, progress.step, progress.steps(), progress.epochs)),
        }
    }

    /// So many steps are done.
    pub fn step(&self, step: u64) {
        if let Some(bar) = &self.bar {
            bar.at(step);
        }
    }

    /// A new average loss.
    pub fn point(&self, point: &LossPoint) {
        if self.lines {
            say(line(self.language, self.iterations, point));
        }
        if let Some(bar) = &self.bar {
            let loss = match self.language {
                Language::En => format!("loss {:.2}", point.loss),
                Language::Ko => format!("손실 {:.2}", point.loss),
            };
            bar.tell(&[loss, left(self.language, bar.time_left())]);
        }
    }

    /// An epoch is over: its last loss stays on the terminal, and the loss on other text if there is one.
    pub fn epoch_end(&self, last: Option<&LossPoint>, held_out: Option<(usize, f64)>) {
        if let (Some(_), Some(last)) = (&self.bar, last) {
            self.tell(&line(self.language, self.iterations, last));
        }
        if let (Some((epoch, loss)), true) = (held_out, self.lines || self.bar.is_some()) {
            self.tell(&match self.language {
                Language::En => format!("| epoch {epoch} | held-out loss {loss:.2}"),
                Language::Ko => format!("| 에폭 {epoch} | 검증 손실 {loss:.2}"),
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
}

/// The chapter's line.
fn line(language: Language, iterations: usize, point: &LossPoint) -> String {
    let LossPoint { epoch, iteration, seconds, loss } = *point;
    let seconds = seconds as u64;
    match language {
        Language::En => {
            format!("| epoch {epoch} |  iter {iteration} / {iterations} | time {seconds}[s] | loss {loss:.2}")
        }
        Language::Ko => {
            format!("| 에폭 {epoch} |  반복 {iteration} / {iterations} | 시간 {seconds}[s] | 손실 {loss:.2}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_chapters() {
        let point = LossPoint { epoch: 1, iteration: 21, seconds: 5.97, loss: 4.158 };
        assert_eq!(line(Language::En, 9295, &point), "| epoch 1 |  iter 21 / 9295 | time 5[s] | loss 4.16");
        // As in the chapter's own log.
        assert_eq!(line(Language::Ko, 5619, &point), "| 에폭 1 |  반복 21 / 5619 | 시간 5[s] | 손실 4.16");
    }
}
