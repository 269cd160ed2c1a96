//! Opens a model, for every command.

use crate::commands::named::{Named, named};
use crate::commands::numbers::count_in;
use crate::output::{Advised, UsageError, message, messages, note, thousands};
use rapidvec::error::{CoreError, FormatError, VectorsError};
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::{Format, InvalidWord, Matrix, OpenOptions, OpenReport, recognise_member};
use rapidvec::{Error, Vocabulary};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How a file of word vectors is opened, whose words may be in a list of their own.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Opening")]
pub struct OpenArgs {
    #[command(flatten)]
    file: Opening,
    /// Name the rows of a matrix by FILE: a word a line, or metadata.tsv
    #[arg(long = "words", id = "row_words", value_name = "FILE")]
    words: Option<PathBuf>,
}

/// How a file of word vectors is opened.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Opening")]
pub struct Opening {
    /// Take only the first N vectors, even of a truncated file
    #[arg(long, value_name = "N", value_parser = count_in::<u32>(1..))]
    limit: Option<u32>,
    /// Drop words whose vectors hold NaN or infinity
    #[arg(long)]
    allow_nan: bool,
    /// Choose what to do with words that are not valid UTF-8
    #[arg(long, value_parser = named::<InvalidWord>(), value_name = "WHAT", default_value = "error")]
    invalid_words: InvalidWord,
    /// Take only the words of a language from ConceptNet's labels (/c/en/king)
    #[arg(long, value_name = "LANG")]
    language: Option<String>,
    /// Open this file of a zip or tar archive
    #[arg(long, value_name = "NAME")]
    member: Option<String>,
    /// Take the input or output vectors, or both joined [default: the model's]
    #[arg(long, value_parser = named::<Matrix>(), value_name = "WHICH")]
    matrix: Option<Matrix>,
    /// Add the output vectors times X where joined [default: the model's, or 1.5]
    #[arg(long, value_name = "X", value_parser = join_weight, requires = "matrix", allow_negative_numbers = true)]
    join_weight: Option<f32>,
}

impl Named for Matrix {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Input, "input", "The vectors of words"),
        (Self::Output, "output", "The vectors of words as contexts, where the file has them"),
        (Self::Joined, "joined", "The sum of both: better than either for cbow"),
    ];
}

impl Named for InvalidWord {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Error, "error", "Refuse the file"),
        (Self::Replace, "replace", "Put U+FFFD in place of invalid bytes"),
        (Self::Skip, "skip", "Drop them"),
    ];
}

impl OpenArgs {
    /// As [`Opening::vectors`].
    pub fn vectors(&self, path: &Path) -> anyhow::Result<WordVectors> {
        self.file.vectors(path, self.words.as_deref())
    }

    /// The format of the file at `path`; none of a matrix whose words are in a list of their own.
    pub fn format(&self, path: &Path) -> Result<Option<Format>, VectorsError> {
        match self.words {
            Some(_) => Ok(None),
            None => recognise_member(path, self.file.member.as_deref()).map(Some),
        }
    }

    /// Whether the whole of a file is to be opened, not a part of it.
    pub fn is_plain(&self) -> bool {
        self.file.member.is_none() && self.file.matrix.is_none() && self.file.language.is_none()
    }
}

impl Opening {
    /// Opens the word vectors at `path` and reports what was dropped; an error names the file and the flag that helps. `words`
    /// are those of a matrix without words.
    pub fn vectors(&self, path: &Path, words: Option<&Path>) -> anyhow::Result<WordVectors> {
        if self.join_weight.is_some() && self.matrix != Some(Matrix::Joined) {
            return Err(UsageError(messages::join_weight_needs_joined("--matrix joined")).into());
        }
        let (vectors, report) = WordVectors::open_with(path, &self.options(words)).map_err(|error| {
            let flag = flag_that_helps(&error);
            let error = name_file(path, error);
            match flag {
                // The message stays the cause, but is shown only once.
                Some(advice) => {
                    let whole = format!("{}; {advice}", message(&error));
                    error.context(Advised { whole, advice })
                }
                None => error,
            }
        })?;
        show(path, &report);
        Ok(vectors)
    }

    /// Whether the file at `path` holds numbers and no words.
    pub fn is_matrix(&self, path: &Path) -> bool {
        match recognise_member(path, self.member.as_deref()) {
            Ok(format) => format == Format::Npy,
            Err(VectorsError::Format(error)) => {
                matches!(
                    error,
                    FormatError::NoWords | FormatError::Unrecognised { .. } | FormatError::HeaderNumber { .. }
                )
            }
            Err(_) => false,
        }
    }

    /// The same for the library.
    pub fn options(&self, words: Option<&Path>) -> OpenOptions {
        OpenOptions {
            limit: self.limit.map(|limit| limit as usize),
            allow_nan: self.allow_nan,
            invalid_word: self.invalid_words,
            words: words.map(Path::to_owned),
            member: self.member.clone(),
            matrix: self.matrix,
            join_weight: self.join_weight,
            language: self.language.clone(),
        }
    }
}

/// Parses the weight of the output vectors in joined ones.
pub fn join_weight(text: &str) -> Result<f32, String> {
    let weight: f32 = text.parse().map_err(|_| messages::not_a_number())?;
    if (-100.0..=100.0).contains(&weight) { Ok(weight) } else { Err(messages::number_from_to(-100, 100)) }
}

/// Notes that the first words are taken for the most frequent if counts are unknown: other programs write words in that
/// order, but a pickle of the chapter has them in the order of its text.
pub fn tell_order(path: &Path, vocabulary: &Vocabulary, words: usize) {
    if words < vocabulary.len() && !vocabulary.has_counts() {
        let path = path.display();
        note(messages::no_counts(path, words));
    }
}

/// The advice about a flag of this group that helps with an error, if one does.
fn flag_that_helps(error: &VectorsError) -> Option<String> {
    let VectorsError::Format(error) = error else { return None };
    match *error {
        FormatError::TruncatedRows { got: 0, .. } | FormatError::RowLength { row: 0, .. } => None,
        FormatError::TruncatedRows { got, .. } => Some(messages::limit_reads_whole(got)),
        FormatError::RowLength { row, last: true, .. } => Some(messages::limit_reads_before(row)),
        FormatError::MoreRows { expected, .. } | FormatError::MoreBytes { expected, .. } => {
            Some(messages::limit_reads_declared(expected))
        }
        FormatError::InvalidWord { .. } => Some(messages::invalid_words_help()),
        FormatError::NotFiniteRow { .. } => Some(messages::allow_nan_helps()),
        FormatError::NoWords => Some(messages::words_help()),
        FormatError::ManyMembers { .. } => Some(messages::member_helps()),
        _ => None,
    }
}

/// Reports on stderr what was changed or dropped.
pub fn show(path: &Path, report: &OpenReport) {
    let counts = [
        (report.duplicates, messages::duplicate_words as fn(String) -> String),
        (report.not_finite, messages::not_finite_words),
        (report.invalid_words, messages::invalid_words),
        (report.unnamed, messages::unnamed_rows),
        (report.other_languages, messages::other_languages),
        (report.empty_words, messages::empty_words),
        (report.column_header.into(), |_| messages::columns_numbered()),
        (report.ngrams_left_out.into(), |_| messages::ngrams_left_out()),
        (report.unfinished.into(), |_| messages::last_line_open()),
    ];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        note(format_args!("{}: {}", path.display(), what(thousands(count))));
    }
}

/// Adds the name of the file to an error of the library, unless the message contains it.
pub fn name_file(path: &Path, error: impl Into<Error>) -> anyhow::Error {
    let error = error.into();
    let of_core = if let Error::Vectors(VectorsError::Core(error)) = &error { Some(error) } else { None };
    let missing = matches!(of_core, Some(CoreError::Io { source, .. }) if source.kind() == ErrorKind::NotFound);
    if path == Path::new("-") && missing {
        return UsageError(messages::no_model_on_stdin()).into();
    }
    let named = matches!(of_core, Some(CoreError::Io { .. } | CoreError::Output(_)));
    let error = anyhow::Error::new(error);
    if named { error } else { error.context(path.display().to_string()) }
}
