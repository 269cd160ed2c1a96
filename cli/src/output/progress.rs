//! How far training is: the chapter's line every 20 iterations, or a bar.
#![forbid(unsafe_code)]

use super::language::Language;
use super::stream::say;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use quickvec::nn;
use quickvec::nn::LossPoint;
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
    /// Nothing
    None,
}

/// Progress on stderr.
pub struct Progress {
    language: Language,
    iterations: usize,
    lines: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Shows `progress` from now on.
    pub fn new(mode: ProgressMode, language: Language, progress: nn::Progress) -> Self {
        let bar = match mode {
            ProgressMode::Auto => std::io::stderr().is_terminal(),
            ProgressMode::Bar => true,
            ProgressMode::Lines | ProgressMode::None => false,
        };
        Self {
            language,
            iterations: progress.iterations,
            lines: !bar && mode != ProgressMode::None,
            bar: bar.then(|| start_bar(language, progress)),
        }
    }

    /// So many steps are done.
    pub fn step(&self, step: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(step);
        }
    }

    /// A new average loss.
    pub fn point(&self, point: &LossPoint) {
        if self.lines {
            say(line(self.language, self.iterations, point));
        }
        if let Some(bar) = &self.bar {
            bar.set_prefix(point.epoch.to_string());
            bar.set_message(format!("{:.2}", point.loss));
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
            Some(bar) => bar.suspend(|| say(text)),
            None => say(text),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn start_bar(language: Language, progress: nn::Progress) -> ProgressBar {
    let template = match language {
        Language::En => "epoch {prefix} {wide_bar} {percent}% | loss {msg} | {eta} left",
        Language::Ko => "에폭 {prefix} {wide_bar} {percent}% | 손실 {msg} | {eta} 남음",
    };
    let bar = ProgressBar::with_draw_target(Some(progress.steps()), ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(template).expect("the template is a constant, and a test shows it"));
    bar.set_prefix((progress.epochs_done() + 1).to_string());
    bar.set_message("-");
    bar.set_position(progress.step);
    bar.reset_eta();
    bar
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

    #[test]
    fn both_bars_can_be_drawn() {
        let progress = nn::Progress { step: 3, iterations: 10, epochs: 2 };
        for language in [Language::En, Language::Ko] {
            assert_eq!(start_bar(language, progress).position(), 3);
        }
    }
}
