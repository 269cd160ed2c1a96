//! A file of phrases: for each pass a line of settings (JSON after a `#`), then a phrase per line: its score, its count, its words, with
//! tabs between them.
//!
//! ```text
//! #{"rapidvec_phrases":1,"delimiter":"_","scoring":"default","min_count":5,"threshold":10.0}
//! 173.25<tab>1210<tab>new<tab>york
//! ```
//!
//! A list without settings is read too: a phrase per line, spaces or tabs between its words; `_` joins them. Empty lines are skipped,
//! everything else that is malformed is rejected with its line.

use super::super::read::MAX_WORD_BYTES;
use super::error::PhraseError;
use super::list::{Pass, PassSettings, Phrase, Phrases};
use super::options::is_delimiter;
use super::scoring::Scoring;
use crate::error::{Error, Result};
use rapidvec_core::atomic_file::{self, Existing};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// The format that is written.
const FORMAT: u64 = 1;

/// The maximum length of a line.
const MAX_LINE_BYTES: usize = 1 << 16;

/// The maximum number of words of a phrase.
const MAX_WORDS: usize = 64;

/// The byte order mark.
const MARK: char = '\u{feff}';

/// The line of settings.
#[derive(Serialize, Deserialize)]
struct Head {
    rapidvec_phrases: u64,
    #[serde(flatten)]
    settings: PassSettings,
}

impl Phrases {
    /// Reads files of phrases, which are joined in this order.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_all(paths: &[impl AsRef<Path>]) -> Result<Self> {
        paths.iter().try_fold(Self::default(), |all, path| Ok(all.then(Self::read(path.as_ref())?)))
    }

    /// Reads a file of phrases.
    ///
    /// # Errors
    /// [`PhraseError`] with the line; an error of the system.
    pub fn read(path: &Path) -> Result<Self> {
        if fs::metadata(path).map_err(Error::io(path))?.is_dir() {
            let refusal = io::Error::new(io::ErrorKind::IsADirectory, "expected a list of phrases, got a folder");
            return Err(Error::io(path)(refusal));
        }
        let file = File::open(path).map_err(Error::io(path))?;
        let mut phrases = read(path, BufReader::with_capacity(1 << 18, file))?;
        phrases.files = vec![path.display().to_string()];
        Ok(phrases)
    }

    /// Reads phrases from a text, as [`read`](Self::read) reads a file.
    ///
    /// # Errors
    /// [`PhraseError`] with the line.
    pub fn of_lines(text: &str) -> Result<Self> {
        read(Path::new("the list of phrases"), text.as_bytes())
    }

    /// Writes a file of phrases, whole or not at all.
    ///
    /// # Errors
    /// An error of the system; a file is there and is to be kept.
    pub fn write(&self, path: &Path, existing: Existing) -> Result<()> {
        Ok(atomic_file::write(path, existing, |out| self.write_to(out))?)
    }

    /// Writes what a file of phrases has.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        for pass in self.passes() {
            let head = Head { rapidvec_phrases: FORMAT, settings: pass.settings.clone() };
            writeln!(out, "#{}", serde_json::to_string(&head)?)?;
            for phrase in pass.phrases() {
                let score = phrase.score.map_or_else(String::new, |score| score.to_string());
                let count = phrase.count.map_or_else(String::new, |count| count.to_string());
                writeln!(out, "{score}\t{count}\t{}", phrase.words.join("\t"))?;
            }
        }
        Ok(())
    }
}

fn read(path: &Path, mut reader: impl BufRead) -> Result<Phrases> {
    let mut list = List { path: path.to_owned(), line: 0, passes: Vec::new() };
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let limited = reader.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut bytes);
        if limited.map_err(Error::io(path))? == 0 {
            return Ok(list.finish()?);
        }
        list.add(&bytes)?;
    }
}

/// A file being read.
struct List {
    path: PathBuf,
    line: u64,
    passes: Vec<Open>,
}

/// The pass being read.
struct Open {
    settings: PassSettings,
    /// Its lines begin with scores and counts.
    has_scores: bool,
    phrases: Vec<Phrase>,
}

impl List {
    fn add(&mut self, bytes: &[u8]) -> Result<(), PhraseError> {
        self.line += 1;
        if bytes.len() > MAX_LINE_BYTES {
            return Err(self.fault(format!("longer than {MAX_LINE_BYTES} bytes")));
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(self.fault("is not valid UTF-8".to_owned()));
        };
        let text = if self.line == 1 { text.strip_prefix(MARK).unwrap_or(text) } else { text };
        let text = text.trim_end_matches(['\n', '\r']);
        if text.trim().is_empty() {
            return Ok(());
        }
        if let Some(head) = text.strip_prefix("#{\"rapidvec_phrases\":").map(|_| &text[1..]) {
            return self.begin(head);
        }
        if self.passes.is_empty() {
            self.passes.push(Open { settings: PassSettings::of_list(), has_scores: false, phrases: Vec::new() });
        }
        let open = self.passes.last().expect("a pass was opened");
        let phrase = if open.has_scores { scored(text) } else { listed(text) };
        let checked = phrase.and_then(|phrase| check(&open.settings.delimiter, phrase));
        let phrase = checked.map_err(|reason| self.fault(reason))?;
        self.passes.last_mut().expect("a pass was opened").phrases.push(phrase);
        Ok(())
    }

    fn begin(&mut self, head: &str) -> Result<(), PhraseError> {
        let Head { rapidvec_phrases, settings } =
            serde_json::from_str(head).map_err(|error| self.fault(format!("settings are not valid: {error}")))?;
        if rapidvec_phrases != FORMAT {
            return Err(PhraseError::Version { path: self.path.clone(), expected: FORMAT, got: rapidvec_phrases });
        }
        if !is_delimiter(&settings.delimiter) {
            return Err(self.fault(format!("delimiter must be without white space, got {:?}", settings.delimiter)));
        }
        self.passes.push(Open { settings, has_scores: true, phrases: Vec::new() });
        Ok(())
    }

    fn fault(&self, reason: String) -> PhraseError {
        PhraseError::Line { path: self.path.clone(), line: self.line, reason }
    }

    fn finish(self) -> Result<Phrases, PhraseError> {
        if self.passes.is_empty() {
            return Err(PhraseError::Empty { path: self.path });
        }
        Ok(Phrases::of(self.passes.into_iter().map(|open| Pass::new(open.settings, open.phrases)).collect()))
    }
}

impl PassSettings {
    /// Those of a list without settings.
    fn of_list() -> Self {
        let (delimiter, scoring) = ("_".to_owned(), Scoring::Default);
        Self { delimiter, scoring, min_count: 0, threshold: 0.0, connector_words: Vec::new() }
    }
}

/// A line of a score, a count and words.
fn scored(line: &str) -> Result<Phrase, String> {
    let mut parts = line.split('\t');
    let (Some(score), Some(count)) = (parts.next(), parts.next()) else {
        return Err("expected a score, a count and words, with tabs between them".to_owned());
    };
    let is_missing = |text: &str| text.is_empty();
    let score: Option<f64> = match score {
        score if is_missing(score) => None,
        score => Some(score.parse().map_err(|_| format!("expected a score, got {:?}", shown(score)))?),
    };
    let count = match count {
        count if is_missing(count) => None,
        count => Some(count.parse().map_err(|_| format!("expected a count, got {:?}", shown(count)))?),
    };
    Ok(Phrase { words: parts.map(str::to_owned).collect(), score, count })
}

/// A line of words.
fn listed(line: &str) -> Result<Phrase, String> {
    let words = if line.contains('\t') {
        line.split('\t').map(str::trim).collect()
    } else {
        line.split_whitespace().collect::<Vec<_>>()
    };
    Ok(Phrase { words: words.into_iter().map(str::to_owned).collect(), score: None, count: None })
}

/// The start of `text`, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

fn check(delimiter: &str, phrase: Phrase) -> Result<Phrase, String> {
    let words = &phrase.words;
    if !(2..=MAX_WORDS).contains(&words.len()) {
        return Err(format!("expected from 2 to {MAX_WORDS} words, got {}", words.len()));
    }
    if let Some(word) = words.iter().find(|word| !is_word(word)) {
        return Err(format!("{:?} is not a word", shown(word)));
    }
    let length = words.iter().map(String::len).sum::<usize>() + delimiter.len() * (words.len() - 1);
    if length > MAX_WORD_BYTES {
        return Err(format!("the phrase has {length} bytes; a word has at most {MAX_WORD_BYTES}"));
    }
    Ok(phrase)
}

/// Whether the reader of texts can pass this on as a word. Within it there may be single spaces.
fn is_word(word: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '\0');
    word.split(' ').all(is_part)
}
