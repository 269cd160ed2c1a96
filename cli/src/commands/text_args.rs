//! The flags of finding and reading text: the same in every command that takes a corpus.

use crate::commands::numbers::count;
use crate::output::UsageError;
use clap::ValueEnum;
use rapidvec::corpus::{CorpusOptions, InvalidUtf8, MissingField, Normalization, Preparation, TokenizerKind};
use std::fmt::{Display, Formatter};
use std::path::PathBuf;

/// How texts are found and read.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Reading")]
pub struct Reading {
    /// Folder with the files of data sets
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Read only the first N tokens
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>)]
    pub max_tokens: Option<u64>,

    /// Handle bytes that are not valid UTF-8 [default: error]
    #[arg(long, value_enum, value_name = "POLICY")]
    pub invalid_utf8: Option<Policy>,

    /// Convert the text to lower case
    #[arg(long)]
    pub lower: bool,

    /// Compose jamo and accented letters: nfc, or none [default: none]
    #[arg(long, value_enum, value_name = "FORM", hide_possible_values = true)]
    pub normalize: Option<Form>,

    /// Split text into words at white space or by Unicode rules [default: whitespace]
    #[arg(long, value_enum, value_name = "KIND")]
    pub tokenizer: Option<Tokenizer>,

    /// Read this field of JSON Lines: text, or an array of tokens (doc.body for nested)
    #[arg(long, value_name = "NAME")]
    pub field: Option<String>,

    /// Handle lines of JSON without the field, or with null in it [default: error]
    #[arg(long, value_enum, value_name = "POLICY")]
    pub missing_field: Option<Missing>,
}

/// As `rapidvec::corpus::MissingField`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Missing {
    /// Reject the text
    Error,
    /// Skip the line
    Skip,
}

/// As `rapidvec::corpus::InvalidUtf8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Policy {
    /// Reject the text
    Error,
    /// Replace them by U+FFFD
    Replace,
    /// Skip the whole line
    Skip,
}

/// As `rapidvec::corpus::Normalization`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// As written
    None,
    /// Unicode's form NFC
    Nfc,
}

/// As `rapidvec::corpus::TokenizerKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tokenizer {
    /// Between white space
    Whitespace,
    /// By Unicode's rules and dictionaries, without punctuation
    Unicode,
}

impl Policy {
    fn of(policy: InvalidUtf8) -> Self {
        match policy {
            InvalidUtf8::Error => Policy::Error,
            InvalidUtf8::Replace => Policy::Replace,
            InvalidUtf8::SkipLine => Policy::Skip,
        }
    }

    fn kind(self) -> InvalidUtf8 {
        match self {
            Policy::Error => InvalidUtf8::Error,
            Policy::Replace => InvalidUtf8::Replace,
            Policy::Skip => InvalidUtf8::SkipLine,
        }
    }
}

impl Form {
    fn of(form: Normalization) -> Self {
        match form {
            Normalization::None => Form::None,
            Normalization::Nfc => Form::Nfc,
        }
    }

    fn kind(self) -> Normalization {
        match self {
            Form::None => Normalization::None,
            Form::Nfc => Normalization::Nfc,
        }
    }
}

impl Tokenizer {
    fn of(tokenizer: TokenizerKind) -> Self {
        match tokenizer {
            TokenizerKind::Whitespace => Tokenizer::Whitespace,
            TokenizerKind::Unicode => Tokenizer::Unicode,
        }
    }

    fn kind(self) -> TokenizerKind {
        match self {
            Tokenizer::Whitespace => TokenizerKind::Whitespace,
            Tokenizer::Unicode => TokenizerKind::Unicode,
        }
    }
}

impl Missing {
    fn of(kind: MissingField) -> Self {
        match kind {
            MissingField::Error => Missing::Error,
            MissingField::Skip => Missing::Skip,
        }
    }

    fn kind(self) -> MissingField {
        match self {
            Missing::Error => MissingField::Error,
            Missing::Skip => MissingField::Skip,
        }
    }
}

impl Display for Missing {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Missing::Error => "error",
            Missing::Skip => "skip",
        })
    }
}

impl Display for Policy {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Policy::Error => "error",
            Policy::Replace => "replace",
            Policy::Skip => "skip",
        })
    }
}

impl Display for Form {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Form::None => "none",
            Form::Nfc => "nfc",
        })
    }
}

impl Display for Tokenizer {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Tokenizer::Whitespace => "whitespace",
            Tokenizer::Unicode => "unicode",
        })
    }
}

impl Reading {
    /// `options` with what the flags say.
    pub fn options(&self, options: CorpusOptions) -> CorpusOptions {
        options
            .max_tokens(self.max_tokens)
            .invalid_utf8(self.invalid_utf8.map_or_else(InvalidUtf8::default, Policy::kind))
            .preparation(self.preparation())
    }

    fn preparation(&self) -> Preparation {
        Preparation {
            lower: self.lower,
            normalize: self.normalize.map_or_else(Normalization::default, Form::kind),
            tokenizer: self.tokenizer.map_or_else(TokenizerKind::default, Tokenizer::kind),
            field: self.field.clone(),
            missing_field: self.missing_field.map_or_else(MissingField::default, Missing::kind),
        }
    }

    /// Rejects flags that contradict how a checkpoint's corpus was read.
    pub fn check_against(&self, options: &CorpusOptions) -> Result<(), UsageError> {
        let limit = options.max_tokens.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string());
        same("max-tokens", self.max_tokens.map(|given| given.to_string()), limit)?;
        same("invalid-utf8", self.invalid_utf8, Policy::of(options.invalid_utf8))?;
        let Preparation { lower, normalize, tokenizer, field, missing_field } = &options.preparation;
        if self.lower && !lower {
            return Err(contradiction("--lower", "text as it was written"));
        }
        same("normalize", self.normalize, Form::of(*normalize))?;
        same("tokenizer", self.tokenizer, Tokenizer::of(*tokenizer))?;
        same("missing-field", self.missing_field, Missing::of(*missing_field))?;
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
    UsageError(format!(
        "{given} contradicts the checkpoint, which has {recorded}; omit it, or start a new run without --resume"
    ))
}
