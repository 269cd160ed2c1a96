//! The flags for counting, a progress bar while reading, and notes afterwards.

use super::corpus::{Choice, note_punctuation, print_notes, with_flags};
use super::text_args::Reading;
use crate::commands::numbers;
use crate::output::{columns, messages, note, say, thousands};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rapidvec::Vocabulary;
use rapidvec::corpus::{Corpus, CorpusOptions, CorpusReport, Pruned, ReadProgress, count_words};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Which words are counted.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Counting")]
pub struct Counting {
    /// Drop words seen fewer than N times
    #[arg(long, value_name = "N", default_value_t = 5, allow_negative_numbers = true, value_parser = numbers::count::<u64>)]
    pub min_count: u64,

    /// Keep the N most frequent words; bounds the memory of counting
    #[arg(long, value_name = "N", default_value_t = CorpusOptions::default().max_vocab, allow_negative_numbers = true, value_parser = numbers::count::<usize>)]
    pub max_vocab: usize,
}

impl Counting {
    /// The options of counting a text that is read with these options.
    pub fn options(&self, reading: &Reading, threads: usize) -> anyhow::Result<CorpusOptions> {
        let counting = CorpusOptions::default().min_count(self.min_count).max_vocab(self.max_vocab);
        reading.with_phrases(reading.options(counting.threads(threads)))
    }

    /// Counts the words of a text and prints notes on what was dropped.
    pub fn count(
        &self,
        choice: &Choice,
        reading: &Reading,
        threads: usize,
    ) -> anyhow::Result<(Arc<Vocabulary>, CorpusReport)> {
        let options = self.options(reading, threads)?;
        let (vocabulary, report) = count(choice, reading, &options)?;
        let name = choice.names().join(" ");
        print_counts(&name, &options, &report);
        note_punctuation(&name, &vocabulary, &report);
        Ok((vocabulary, report))
    }
}

/// Counts the words of a text.
pub fn count(
    choice: &Choice,
    reading: &Reading,
    options: &CorpusOptions,
) -> anyhow::Result<(Arc<Vocabulary>, CorpusReport)> {
    match choice {
        Choice::Texts(_) => {
            choice.note_skipped(&options.preparation);
            let bar = Bar::new();
            let counted = count_words(choice.sources(), options, &mut |progress| bar.show(progress));
            counted.map(|(vocabulary, report)| (vocabulary.into(), report)).map_err(with_flags)
        }
        Choice::Builtin | Choice::Ptb(_) => {
            let corpus = read(choice, reading, options)?;
            Ok((Arc::clone(corpus.vocabulary()), *corpus.report()))
        }
    }
}

/// Reads a text.
pub fn read(choice: &Choice, reading: &Reading, options: &CorpusOptions) -> anyhow::Result<Corpus> {
    let bar = Bar::new();
    choice.read(reading, options, &mut |progress| bar.show(progress))
}

/// Prints notes on everything that was dropped or changed, and the counts.
pub fn print_counts(name: &str, options: &CorpusOptions, report: &CorpusReport) {
    print_notes(name, report);
    note_pruned(name, options, report);
    let rare = match report.rare_words {
        0 => String::new(),
        rare => messages::dropped_rare(thousands(rare), options.min_count),
    };
    say(messages::counted_words(thousands(report.tokens), thousands(report.distinct_words)) + &rare);
}

/// Prints a note on words that were pruned, if any were.
pub fn note_pruned(name: &str, options: &CorpusOptions, report: &CorpusReport) {
    if report.pruned.words > 0 {
        let [max_vocab, words, tokens] =
            [options.max_vocab as u64, report.pruned.words, report.pruned.tokens].map(thousands);
        let counts = match report.pruned {
            Pruned { rounds: 0, .. } => messages::counts_are_exact(),
            Pruned { counted_again: true, .. } => messages::counted_again(),
            Pruned { undercount, .. } => messages::undercount(thousands(undercount)),
        };
        note(format_args!("{name}: {}; {counts}", messages::pruned(max_vocab, words, tokens)));
    }
}

/// The progress of reading, on a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        // Silent if standard error is not a terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let narrow = columns() < 60;
        let template = if narrow {
            "counting {wide_bar} {percent}%"
        } else {
            "counting {wide_bar} {bytes} of {total_bytes}, {eta} left"
        };
        bar.set_style(ProgressStyle::with_template(template).expect("the template is a constant, and a test shows it"));
        Self(bar)
    }

    fn show(&self, progress: &ReadProgress) -> ControlFlow<()> {
        if let Some(total) = progress.total {
            self.0.set_length(total);
        }
        self.0.set_position(progress.bytes);
        ControlFlow::Continue(())
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        let bar = Bar::new();
        bar.0.set_position(3);
        assert_eq!(bar.0.position(), 3);
    }
}
