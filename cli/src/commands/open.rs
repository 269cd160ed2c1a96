//! What all commands that open a model share.

use crate::output::{UsageError, counted, note};
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::{InvalidWord, OpenOptions, OpenReport};
use rapidvec::{Error, Vocabulary};
use std::io::ErrorKind;
use std::path::Path;

/// How a file of word vectors is opened.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Opening")]
pub struct OpenArgs {
    /// Take the first N vectors only, also of a file that was cut short after them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Leave out words whose vectors hold NaN or infinity, instead of refusing the file
    #[arg(long)]
    allow_nan: bool,
    /// What to do with words that are no UTF-8
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    invalid_words: InvalidWords,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, clap::ValueEnum)]
enum InvalidWords {
    /// Refuse the file
    #[default]
    Error,
    /// Put U+FFFD in place of what is wrong
    Replace,
    /// Leave them out
    Skip,
}

impl OpenArgs {
    /// Opens the word vectors at `path`; an error names the file, and what had to be left out is told.
    pub fn vectors(&self, path: &Path) -> anyhow::Result<WordVectors> {
        self.open(path).map_err(|error| name_file(path, error))
    }

    /// The same for those who name the file themselves.
    pub fn open(&self, path: &Path) -> Result<WordVectors, Error> {
        let (vectors, report) = WordVectors::open_with(path, &self.options())?;
        tell(path, &report);
        Ok(vectors)
    }

    /// As the library has them.
    pub fn options(&self) -> OpenOptions {
        OpenOptions {
            limit: self.limit.map(|limit| limit as usize),
            allow_nan: self.allow_nan,
            invalid_word: match self.invalid_words {
                InvalidWords::Error => InvalidWord::Error,
                InvalidWords::Replace => InvalidWord::Replace,
                InvalidWords::Skip => InvalidWord::Skip,
            },
        }
    }
}

/// Says where the first words are taken for the most frequent ones, for want of counts: other programs write them so, but a
/// pickle of the chapter has them as they came.
pub fn tell_order(path: &Path, vocabulary: &Vocabulary, words: usize) {
    if words < vocabulary.len() && !vocabulary.has_counts() {
        let path = path.display();
        note(format_args!(
            "{path} does not tell how often words were seen; its first {words} are taken for the most frequent"
        ));
    }
}

/// Says on stderr what was done with what could not be taken as it stood.
fn tell(path: &Path, report: &OpenReport) {
    let told = [
        (report.duplicates, "word(s) that came a second time; the first vector of each was kept"),
        (report.not_finite, "word(s) left out for NaN or infinity in the vector"),
        (report.invalid_words, "word(s) not in UTF-8, replaced or left out as --invalid-words says"),
        (report.empty_words, "word(s) without a letter, kept"),
    ];
    for (count, what) in told.iter().filter(|(count, _)| *count > 0) {
        note(format_args!("{}: {}", path.display(), counted(*count, what)));
    }
    if report.unfinished {
        let what = "the last line has no end; if the file was cut short, its last number is wrong";
        note(format_args!("{}: {what}", path.display()));
    }
}

/// Adds the file's name to an error of the library, unless its message has it.
pub fn name_file(path: &Path, error: impl Into<Error>) -> anyhow::Error {
    let error = error.into();
    if path == Path::new("-") && matches!(&error, Error::Io { source, .. } if source.kind() == ErrorKind::NotFound) {
        let help =
            "a model is read from a file, in any order, not from standard input; save it to a file, and name that";
        return UsageError(help.into()).into();
    }
    let named = matches!(error, Error::Io { .. } | Error::Output(_));
    let error = anyhow::Error::new(error);
    if named { error } else { error.context(path.display().to_string()) }
}
