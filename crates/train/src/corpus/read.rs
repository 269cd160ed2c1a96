//! Bytes become text: what to do with bytes that are no UTF-8, and the report of it all.

use super::encoder::Encoder;
use super::input::{self, Bytes, Input};
use super::lines::Lines;
use super::prepare::Preparation;
use super::sources::Source;
use super::tokenizer::Stop;
use super::unpack::{self, Unpacked};
use crate::config::ConfigError;
use crate::corpus::CorpusError;
use crate::error::Result;
use std::io::{ErrorKind, Read};
use std::ops::ControlFlow;

/// How much is read at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// What to do with bytes that are no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvalidUtf8 {
    /// Refuse the text and say where they are.
    #[default]
    Error,
    /// Put U+FFFD in their place, as `String::from_utf8_lossy` does.
    Replace,
    /// Leave out the whole line they are in.
    SkipLine,
}

/// How to read a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineOptions {
    /// Stop after so many tokens, line ends included. `None`: read all.
    pub max_tokens: Option<usize>,
    /// What to do with bytes that are no UTF-8.
    pub invalid_utf8: InvalidUtf8,
    /// What is done to the text before its words are counted.
    pub preparation: Preparation,
}

impl LineOptions {
    /// Checks that the limit is in its range, and that the text can be prepared like this.
    pub(super) fn validate(&self) -> Result<()> {
        if self.max_tokens == Some(0) {
            let (expected, got) = ("at least 1", "0".into());
            return Err(ConfigError::OutOfRange { name: "max-tokens", expected, got }.into());
        }
        self.preparation.validate()
    }
}

/// What happened while a text was read: how much there was, and all that did not become a token as it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LineReport {
    /// Lines with at least one word, each followed by a line-end token. (A line cut by `max_tokens` is not counted.)
    pub lines: u64,
    /// Lines without a word: skipped.
    pub empty_lines: u64,
    /// Lines left out for bytes that are no UTF-8 ([`InvalidUtf8::SkipLine`]).
    pub skipped_lines: u64,
    /// Runs of bytes that are no UTF-8: replaced, or the reason why a line was skipped.
    pub invalid_utf8: u64,
    /// Words cut at [`MAX_WORD_BYTES`](super::MAX_WORD_BYTES).
    pub words_cut: u64,
    /// Words left out because the vocabulary given does not have them.
    pub unknown_words: u64,
    /// Words of the text that read `<eos>`: taken for the line-end token.
    pub literal_eos: u64,
    /// Words with conjoining Hangul jamo (NFD). They look like composed ones (NFC) but are other words.
    pub decomposed_hangul: u64,
    /// Punctuation marks, symbols and the like that the Unicode tokenizer left out.
    pub non_words: u64,
    /// Lines of JSON without the field, left out ([`MissingField::Skip`](super::MissingField::Skip)).
    pub missing_fields: u64,
    /// There was more text, but `max_tokens` was reached.
    pub stopped_at_limit: bool,
}

/// Reads `sources` one after the other, until they are over or the encoder is full.
pub(super) fn read_sources(sources: &[Source], options: &LineOptions, encoder: &mut Encoder) -> Result<()> {
    for source in sources {
        let Input { name, stamp, bytes } = input::open(source)?;
        let unpacked = match bytes {
            Bytes::Plain(file) => file.into_stream(),
            Bytes::Stream(unpacked) => unpacked,
        };
        if read_unpacked(unpacked, &name, options, encoder, CHUNK_BYTES)?.is_break() {
            break;
        }
        stamp.map_or(Ok(()), |stamp| stamp.check())?;
    }
    Ok(())
}

/// Reads one text to its end. `Break`: the encoder is full.
pub(super) fn read_all(
    reader: impl Read + Send,
    name: &str,
    options: &LineOptions,
    encoder: &mut Encoder,
) -> Result<ControlFlow<()>> {
    read_unpacked(unpack::stream(name, reader)?, name, options, encoder, CHUNK_BYTES)
}

fn read_unpacked(
    Unpacked { mut reader, mark }: Unpacked,
    name: &str,
    options: &LineOptions,
    encoder: &mut Encoder,
    chunk_bytes: usize,
) -> Result<ControlFlow<()>> {
    let lines = Lines::new(encoder, name, &options.preparation)?;
    let policy = options.invalid_utf8;
    let mut decoder = Decoder { name, policy, lines, offset: mark as u64, tail: Vec::with_capacity(4) };
    let mut chunk = vec![0; chunk_bytes];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return decoder.finish(),
            Ok(length) if decoder.push(&chunk[..length])?.is_break() => return Ok(ControlFlow::Break(())),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(unpack::from_io(name, error)),
        }
    }
}

/// Hands valid UTF-8 on, piece by piece, and treats the rest by the policy.
struct Decoder<'a, 'e> {
    name: &'a str,
    policy: InvalidUtf8,
    lines: Lines<'a, 'e>,
    /// Bytes of the source before those now looked at.
    offset: u64,
    /// The start of a character whose other bytes have not come yet: at most 3 bytes.
    tail: Vec<u8>,
}

impl Decoder<'_, '_> {
    /// Takes the next bytes.
    fn push(&mut self, mut bytes: &[u8]) -> Result<ControlFlow<()>> {
        while let [next, rest @ ..] = bytes
            && !self.tail.is_empty()
        {
            let mut character = std::mem::take(&mut self.tail);
            character.push(*next);
            match std::str::from_utf8(&character).map_err(|error| error.error_len()) {
                Err(None) => self.tail = character,
                // The bytes before `next` were a good start, so that they alone are at fault.
                Err(Some(_)) => {
                    character.pop();
                    if self.invalid(character.len())?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                    continue;
                }
                Ok(text) => {
                    if self.text(text)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
            bytes = rest;
        }
        self.push_aligned(bytes)
    }

    /// Takes bytes that start with the start of a character.
    fn push_aligned(&mut self, mut bytes: &[u8]) -> Result<ControlFlow<()>> {
        loop {
            let (text, rest, fault) = split_valid(bytes);
            if self.text(text)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            let Some(length) = fault else {
                self.tail.extend_from_slice(rest);
                return Ok(ControlFlow::Continue(()));
            };
            if self.invalid(length)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            bytes = &rest[length..];
        }
    }

    fn finish(mut self) -> Result<ControlFlow<()>> {
        let unfinished = std::mem::take(&mut self.tail).len();
        if unfinished > 0 && self.invalid(unfinished)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let flow = self.lines.finish()?;
        self.settle(flow)
    }

    fn text(&mut self, text: &str) -> Result<ControlFlow<()>> {
        let flow = self.lines.text(text)?;
        let flow = self.settle(flow);
        self.offset += text.len() as u64;
        flow
    }

    /// `length` bytes are no UTF-8.
    fn invalid(&mut self, length: usize) -> Result<ControlFlow<()>> {
        let flow = match self.policy {
            InvalidUtf8::Replace => self.lines.text("\u{fffd}")?,
            InvalidUtf8::Error | InvalidUtf8::SkipLine => self.lines.skip_line()?,
        };
        if self.settle(flow)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let (offset, line) = (self.offset, self.lines.number());
        self.offset += length as u64;
        self.lines.report().invalid_utf8 += 1;
        match self.policy {
            InvalidUtf8::Error => Err(CorpusError::InvalidUtf8 { name: self.name.to_owned(), offset, line }.into()),
            InvalidUtf8::SkipLine | InvalidUtf8::Replace => Ok(ControlFlow::Continue(())),
        }
    }

    fn settle(&self, flow: ControlFlow<Stop>) -> Result<ControlFlow<()>> {
        match flow {
            ControlFlow::Continue(()) => Ok(ControlFlow::Continue(())),
            ControlFlow::Break(Stop::Full) => Ok(ControlFlow::Break(())),
            ControlFlow::Break(Stop::Nul(at)) => {
                let (name, offset) = (self.name.to_owned(), self.offset + at as u64);
                Err(CorpusError::Nul { name, offset, line: self.lines.number() }.into())
            }
        }
    }
}

/// The valid start of `bytes`, what follows it, and how many bytes of that are wrong (`None`: it may still become right).
fn split_valid(bytes: &[u8]) -> (&str, &[u8], Option<usize>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text, &[], None),
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            let text = std::str::from_utf8(valid).expect("from_utf8 just called these bytes valid");
            (text, rest, error.error_len())
        }
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
