//! How words are counted: the flags, the data sets among the texts, and what is told afterwards.

use super::corpus::{Choice, tell, with_flags};
use super::reading::Reading;
use crate::output::{columns, counted, note, say, thousands};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rapidvec::Vocabulary;
use rapidvec::corpus::{Corpus, CorpusOptions, CorpusReport, ReadProgress, count_words};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Which words are counted.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Counting")]
pub struct Counting {
    /// Leave out words seen less often
    #[arg(long, value_name = "N", default_value_t = 5, allow_negative_numbers = true)]
    pub min_count: u64,

    /// Different words that are kept while counting, about; when there are many more, the rarest are forgotten, and it is
    /// told. Which ones these are depends on the threads that share the text
    #[arg(long, value_name = "N", default_value_t = CorpusOptions::default().max_vocab, allow_negative_numbers = true)]
    pub max_vocab: usize,
}

impl Counting {
    /// How words are counted in a text that is read like this.
    pub fn options(&self, reading: &Reading, threads: usize) -> CorpusOptions {
        let counting = CorpusOptions::default().min_count(self.min_count).max_vocab(self.max_vocab);
        reading.options(counting.threads(threads))
    }

    /// Counts the words of a text, and tells what was left out.
    pub fn count(
        &self,
        choice: &Choice,
        reading: &Reading,
        threads: usize,
    ) -> anyhow::Result<(Arc<Vocabulary>, CorpusReport)> {
        let options = self.options(reading, threads);
        let (vocabulary, report) = count(choice, reading, &options)?;
        tell_counts(&choice.names().join(" "), &options, &report);
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
            choice.tell_left_out(&options.preparation);
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

/// A line for everything that is not in the counts as it stood in the text.
pub fn tell_counts(name: &str, options: &CorpusOptions, report: &CorpusReport) {
    tell(name, report);
    tell_pruned(name, options, report);
    let rare = match report.rare_words {
        0 => String::new(),
        rare => format!("; {} seen less than {} times: left out", counted(rare, "different one(s)"), options.min_count),
    };
    say(format_args!(
        "{}, {}{rare}",
        counted(report.tokens, "word(s)"),
        counted(report.distinct_words, "different one(s)")
    ));
}

/// A line about words that were forgotten, where there were such.
pub fn tell_pruned(name: &str, options: &CorpusOptions, report: &CorpusReport) {
    if report.pruned.rounds > 0 {
        let (words, tokens) = (thousands(report.pruned.words), thousands(report.pruned.tokens));
        let counts = match report.pruned.counted_again {
            true => "the text was read once more to count the others".to_owned(),
            false => format!("a count may be too low by {}", thousands(report.pruned.undercount)),
        };
        note(format_args!(
            "{name}: room for about {} different words at a time: rare ones were forgotten {words} times, with {tokens} \
             sightings; {counts} (raise --max-vocab)",
            thousands(options.max_vocab as u64),
        ));
    }
}

/// How far reading is, on a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        // On what is no terminal it stays silent.
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
