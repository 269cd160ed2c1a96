//! The flags for finding and reading text, the same in every command that takes a corpus.

use crate::commands::named::{Named, named};
use crate::commands::numbers::count;
use crate::output::{UsageError, messages};
use rapidvec::Error;
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::corpus::{CorpusOptions, InvalidUtf8, MissingField, Normalization, Phrases, Preparation, TokenizerKind};
use std::fmt::Display;
use std::path::PathBuf;

/// How texts are found and read.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Reading")]
pub struct Reading {
    /// Look for the files of data sets in this folder
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Read only the first N tokens
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>)]
    pub max_tokens: Option<u64>,

    /// Treat invalid UTF-8 by error, replace or skip [default: error]
    #[arg(long, hide_possible_values = true, value_parser = named::<InvalidUtf8>(), value_name = "POLICY")]
    pub invalid_utf8: Option<InvalidUtf8>,

    /// Convert the text to lower case
    #[arg(long)]
    pub lower: bool,

    /// Compose jamo and accented letters: nfc, or none [default: none]
    #[arg(long, value_parser = named::<Normalization>(), value_name = "FORM", hide_possible_values = true)]
    pub normalize: Option<Normalization>,

    /// Split text by whitespace or unicode rules [default: whitespace]
    #[arg(long, hide_possible_values = true, value_parser = named::<TokenizerKind>(), value_name = "KIND")]
    pub tokenizer: Option<TokenizerKind>,

    /// Read this field of JSON Lines, as in doc.body: text or tokens
    #[arg(long, value_name = "NAME")]
    pub field: Option<String>,

    /// Read this column of a table (CSV, TSV), by name or number
    #[arg(long, value_name = "NAME", conflicts_with = "field")]
    pub column: Option<String>,

    /// Read text in this encoding, such as cp949 or latin1 [default: utf-8]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,

    /// Treat JSON without the field by error or skip [default: error]
    #[arg(long, hide_possible_values = true, value_parser = named::<MissingField>(), value_name = "POLICY")]
    pub missing_field: Option<MissingField>,

    /// Read the phrases in FILE as one word each; may be repeated
    #[arg(long, value_name = "FILE")]
    pub phrases: Vec<PathBuf>,
}

impl Named for MissingField {
    const NAMES: &'static [(Self, &'static str, &'static str)] =
        &[(Self::Error, "error", "Reject the text"), (Self::Skip, "skip", "Skip the line")];
}

impl Named for InvalidUtf8 {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Error, "error", "Reject the text"),
        (Self::Replace, "replace", "Replace them by U+FFFD"),
        (Self::SkipLine, "skip", "Skip the whole line"),
    ];
}

impl Named for Normalization {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[(Self::None, "none", ""), (Self::Nfc, "nfc", "")];
}

impl Named for TokenizerKind {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Whitespace, "whitespace", "Between white space"),
        (Self::Unicode, "unicode", "By Unicode's rules and dictionaries, without punctuation"),
    ];
}

impl Reading {
    /// `options` as set by the flags.
    pub fn options(&self, options: CorpusOptions) -> CorpusOptions {
        options
            .max_tokens(self.max_tokens)
            .invalid_utf8(self.invalid_utf8.unwrap_or_default())
            .preparation(self.preparation())
    }

    /// `options` with the phrases of the files.
    pub fn with_phrases(&self, options: CorpusOptions) -> anyhow::Result<CorpusOptions> {
        Ok(options.phrases(Phrases::read_all(&self.phrases)?))
    }

    /// `options` with the phrases that a checkpoint's text was read with, from the files given or those recorded.
    pub fn with_phrases_again(&self, options: CorpusOptions, record: &CorpusRecord) -> anyhow::Result<CorpusOptions> {
        let phrases = match &record.phrases {
            Some(recorded) if self.phrases.is_empty() => Phrases::read_all(&recorded.files)?,
            _ => Phrases::read_all(&self.phrases)?,
        };
        record
            .check_phrases(&phrases)
            .map_err(Error::from)
            .map_err(|error| anyhow::Error::new(error).context(messages::other_phrases()))?;
        Ok(options.phrases(phrases))
    }

    fn preparation(&self) -> Preparation {
        Preparation {
            lower: self.lower,
            normalize: self.normalize.unwrap_or_default(),
            tokenizer: self.tokenizer.unwrap_or_default(),
            field: self.field.clone(),
            missing_field: self.missing_field.unwrap_or_default(),
            column: self.column.clone(),
            encoding: self.encoding.clone(),
        }
    }

    /// Rejects flags that contradict how a checkpoint's corpus was read.
    pub fn check_against(&self, options: &CorpusOptions) -> Result<(), UsageError> {
        let limit = options.max_tokens.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string());
        same("max-tokens", self.max_tokens.map(|given| given.to_string()), limit)?;
        same("invalid-utf8", self.invalid_utf8.map(Named::name), options.invalid_utf8.name())?;
        let Preparation { lower, normalize, tokenizer, field, missing_field, column, encoding } = &options.preparation;
        if self.lower && !lower {
            return Err(contradiction("--lower", "text as it was written"));
        }
        same("normalize", self.normalize.map(Named::name), normalize.name())?;
        same("tokenizer", self.tokenizer.map(Named::name), tokenizer.name())?;
        same("missing-field", self.missing_field.map(Named::name), missing_field.name())?;
        same("column", self.column.as_deref(), column.as_deref().unwrap_or("plain text"))?;
        same("encoding", self.encoding.as_deref(), encoding.as_deref().unwrap_or("utf-8"))?;
        same("field", self.field.as_deref(), field.as_deref().unwrap_or("plain text"))
    }
}

/// Rejects a flag whose value is not the recorded one.
pub fn same<T: PartialEq + Display>(flag: &str, given: Option<T>, recorded: T) -> Result<(), UsageError> {
    match given {
        Some(given) if given != recorded => Err(contradiction(&format!("--{flag} {given}"), recorded)),
        _ => Ok(()),
    }
}

fn contradiction(given: &str, recorded: impl Display) -> UsageError {
    UsageError(messages::contradicts_checkpoint(given, recorded))
}
