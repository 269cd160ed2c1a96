//! The text that a name on the command line means, and how it is read.

use super::text_args::Reading;
use crate::output::{UsageError, messages, note, say, thousands};
use rapidvec::Vocabulary;
use rapidvec::compress::Compression;
use rapidvec::corpus::datasets::ptb::Split;
use rapidvec::corpus::datasets::{DatasetError, Locator, ptb};
use rapidvec::corpus::{
    Corpus, CorpusError, CorpusOptions, CorpusReport, EOS, LineEnd, MAX_WORD_BYTES, Preparation, ReadProgress, Source,
    Sources, carries_punctuation,
};
use rapidvec::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

const BUILTIN: &str = "builtin";

/// A text to learn from, or to score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Builtin,
    Ptb(Split),
    Texts(Texts),
}

/// The user's own texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The names the user gave: files, folders, patterns, `-`.
    names: Vec<String>,
    /// The files these names stand for.
    sources: Sources,
}

impl Choice {
    /// A data set's name stands alone; everything else is files, folders, patterns, or `-` once.
    pub fn parse(names: &[String]) -> anyhow::Result<Self> {
        let is_one = |name: &&String| is_data_set(std::slice::from_ref(*name));
        match names {
            [] => return Ok(Choice::Builtin),
            [name] if name == BUILTIN => return Ok(Choice::Builtin),
            [name] if ptb::is_name(name) => return Ok(Choice::Ptb(name.parse().map_err(Error::from)?)),
            _ => {}
        }
        if let Some(name) = names.iter().find(is_one) {
            return Err(UsageError(messages::data_set_alone(name)).into());
        }
        if names.iter().filter(|name| *name == "-").count() > 1 {
            return Err(UsageError(messages::stdin_once()).into());
        }
        Ok(Choice::Texts(Texts { names: names.to_vec(), sources: Sources::find(names)? }))
    }

    /// The input of [`parse`](Self::parse), to be recorded and repeated in messages.
    pub fn names(&self) -> Vec<String> {
        match self {
            Choice::Builtin => vec![BUILTIN.to_owned()],
            Choice::Ptb(split) => vec![split.to_string()],
            Choice::Texts(texts) => texts.names.clone(),
        }
    }

    /// The user's own texts.
    pub fn sources(&self) -> &[Source] {
        if let Choice::Texts(texts) = self { &texts.sources.list } else { &[] }
    }

    /// Prints a note for every kind of file that was skipped, or that is not read as its name suggests.
    pub fn note_skipped(&self, preparation: &Preparation) {
        if let Choice::Texts(texts) = self {
            texts.note_skipped(preparation);
        }
    }

    /// The first of its files that is missing.
    pub fn missing(&self) -> Option<&Path> {
        self.sources().iter().find_map(|source| match source {
            Source::File(path) if !path.exists() => Some(path.as_path()),
            _ => None,
        })
    }

    /// Whether all of it is in files or built in.
    pub fn can_be_read_again(&self) -> bool {
        self.sources().iter().all(Source::can_be_read_again)
    }

    /// Whether it is read from standard input, which cannot be read again.
    pub fn is_stdin(&self) -> bool {
        self.sources().contains(&Source::Stdin)
    }

    /// Whether `path` is one of the files it is read from.
    pub fn reads(&self, path: &Path) -> bool {
        let Ok(target) = path.canonicalize() else { return false };
        let is_it = |source: &Source| matches!(source, Source::File(file) if file.canonicalize().is_ok_and(|file| file == target));
        self.sources().iter().any(is_it)
    }

    /// Whether a file at `place`, a path from the root, would be among the texts as soon as it is written.
    pub fn would_read(&self, place: &Path) -> bool {
        let Choice::Texts(texts) = self else { return false };
        texts.names.iter().any(|name| Sources::would_find(name, place))
    }

    /// Reads it. `observe` gets the progress.
    pub fn read(
        &self,
        reading: &Reading,
        options: &CorpusOptions,
        observe: &mut dyn FnMut(&ReadProgress) -> ControlFlow<()>,
    ) -> anyhow::Result<Corpus> {
        let corpus = match self {
            Choice::Builtin => rapidvec_textbook::builtin::corpus(options),
            Choice::Ptb(split) if options.line_end == LineEnd::Word => {
                ptb::read_as_chapter(*split, &locator(reading), options)
            }
            Choice::Ptb(split) => ptb::read(*split, &locator(reading), options),
            Choice::Texts(texts) => {
                texts.note_skipped(&options.preparation);
                Corpus::read_watched(&texts.sources.list, options, observe)
            }
        };
        corpus.map_err(with_flags)
    }
}

impl Texts {
    /// See [`Choice::note_skipped`].
    fn note_skipped(&self, preparation: &Preparation) {
        let Sources { hidden, empty, special, repeated, .. } = &self.sources;
        let again = repeated.first().map_or(String::new(), |path| format!(" ({})", path.display()));
        let notes = [
            (*hidden, messages::hidden_files(thousands(*hidden))),
            (*empty, messages::empty_files(thousands(*empty))),
            (*special, messages::special_files(thousands(*special))),
            (repeated.len() as u64, messages::repeated_files(thousands(repeated.len() as u64), again)),
        ];
        let names = self.names.join(" ");
        for (_, text) in notes.iter().filter(|(count, _)| *count > 0) {
            note(format_args!("{names}: {text}"));
        }
        let json = self.sources.list.iter().find(|source| matches!(source, Source::File(path) if is_json_lines(path)));
        if let (Some(Source::File(path)), None) = (json, &preparation.field) {
            note(messages::read_as_plain_text(path.display()));
        }
    }
}

/// Whether the name, without the extension of a compression, is that of such a file.
fn is_json_lines(path: &Path) -> bool {
    let unpacked = path.with_extension("");
    let path = if Compression::of_ending(path).is_some() { &unpacked } else { path };
    path.extension().is_some_and(|ending| ["jsonl", "ndjson"].iter().any(|json| ending.eq_ignore_ascii_case(json)))
}

fn locator(reading: &Reading) -> Locator {
    let on_download = |url: &str, bytes| say(format_args!("downloading {url} ({} bytes)", thousands(bytes)));
    let from_env = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let mut locator =
        Locator { data_dir: reading.data_dir.clone(), on_download: Some(on_download), ..Locator::default() };
    locator.shared_dir = from_env("RAPIDVEC_DATA").map(Into::into);
    if let Some(url) = from_env("RAPIDVEC_PTB_URL") {
        locator.base_url = url.to_string_lossy().into_owned();
    }
    locator
}

/// Whether a corpus of these names is a data set, and not the user's own text.
pub fn is_data_set(names: &[String]) -> bool {
    matches!(names, [name] if name == BUILTIN || ptb::is_name(name))
}

/// Adds the flags that help to an error of the library.
pub fn with_flags(error: Error) -> anyhow::Error {
    let flags = match &error {
        Error::Corpus(CorpusError::InvalidUtf8 { encodings, .. }) if encodings.is_empty() => {
            "--invalid-utf8 replace, --invalid-utf8 skip".to_owned()
        }
        Error::Corpus(CorpusError::InvalidUtf8 { encodings, .. }) => {
            format!("or let it be converted: --encoding {}", encodings[0].to_lowercase())
        }
        Error::Corpus(CorpusError::Encoding { encoding: "UTF-16", .. }) => "or --encoding utf-16".to_owned(),
        Error::Corpus(CorpusError::NoField { .. }) => "--missing-field skip skips such lines".to_owned(),
        Error::Corpus(CorpusError::AllRare { most, .. }) => format!("--min-count {most}"),
        Error::Dataset(DatasetError::NotFound { .. } | DatasetError::Connection { .. }) => {
            "--data-dir or RAPIDVEC_DATA names its folder".to_owned()
        }
        Error::Dataset(DatasetError::HttpStatus { .. }) => "RAPIDVEC_PTB_URL names another address".to_owned(),
        _ => return error.into(),
    };
    let message = format!("{error} ({flags})");
    anyhow::Error::new(error).context(message)
}

/// Prints a note for everything that was dropped or changed.
pub fn print_notes(name: &str, report: &CorpusReport) {
    let replaced = if report.skipped_lines == 0 { report.invalid_utf8 } else { 0 };
    let notes = [
        (report.empty_lines, messages::lines_without_words(thousands(report.empty_lines))),
        (report.skipped_lines, messages::invalid_lines(thousands(report.skipped_lines))),
        (replaced, messages::replaced_sequences(thousands(replaced))),
        (report.words_cut, messages::words_cut(thousands(report.words_cut), MAX_WORD_BYTES)),
        (report.unknown_words, messages::unknown_tokens(thousands(report.unknown_words))),
        (report.literal_eos, messages::literal_eos(thousands(report.literal_eos), EOS)),
        (report.decomposed_hangul, messages::decomposed_hangul(thousands(report.decomposed_hangul))),
        (report.missing_fields, messages::missing_fields(thousands(report.missing_fields))),
        (report.non_words, messages::symbols(thousands(report.non_words))),
        (report.empty_tokens, messages::empty_tokens(thousands(report.empty_tokens))),
        (u64::from(report.stopped_at_limit), messages::cut_at_max_tokens()),
    ];
    for (_, text) in notes.iter().filter(|(count, _)| *count > 0) {
        note(format_args!("{name}: {text}"));
    }
}

/// Prints a note if many tokens of a raw text carry punctuation, with one of those words as an example.
pub fn note_punctuation(name: &str, vocabulary: &Vocabulary, report: &CorpusReport) {
    // Tokenized text has 1 or 2 percent of such tokens, raw English more than 10.
    if report.punctuated_tokens * 20 < report.kept {
        return;
    }
    if let Some(word) = vocabulary.words().find(|word| carries_punctuation(word)) {
        let percent = 100 * report.punctuated_tokens / report.kept.max(1);
        note(format_args!("{name}: {}", messages::punctuation(percent, format_args!("{word:?}"))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(names: &[&str]) -> anyhow::Result<Choice> {
        Choice::parse(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_mean_data_sets_files_and_standard_input() {
        assert_eq!(parse(&[]).unwrap(), Choice::Builtin);
        assert_eq!(parse(&["ptb:valid"]).unwrap(), Choice::Ptb(Split::Valid));
        let mixed = parse(&["./ptb", "-"]).unwrap();
        assert_eq!(mixed.sources(), [Source::File("./ptb".into()), Source::Stdin]);
        assert_eq!(Choice::parse(&mixed.names()).unwrap(), mixed);
        assert!(mixed.is_stdin());
    }

    #[test]
    fn refuses_what_cannot_be_read_together() {
        for (names, expected) in [
            (&["builtin", "a.txt"][..], "builtin cannot be combined"),
            (&["-", "-"], "only once"),
            (&["ptb:tset"], "no data set \"ptb:tset\""),
        ] {
            let message = parse(names).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
