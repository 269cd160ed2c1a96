//! Turns a block into ids: checks its bytes, prepares its text, looks up its words.
//!
//! Invalid text ends the block. The text before it is still encoded, because `max_tokens` may be reached in it: text after
//! the last token needed is not examined, except by `Replace` and `SkipLine` in the same block.

use super::blocks::Block;
use super::encoder::{Carried, Encoder, Lines, WithInnerSpaces};
use super::encoding::likely_encodings;
use super::error::CorpusError;
use super::options::CorpusOptions;
use super::phrases::{Joiner, Waiting};
use super::prepare;
use super::report::CorpusReport;
use super::scan::{SHORT_BYTES, Scanned, Sink, scan};
use super::spill::{Store, Stored};
use super::utf8::{Clean, Fault, clean};
use super::vocab_builder::Lexicon;
use crate::error::{Error, Result};
use rapidvec_core::EOS_ID;
use std::borrow::Cow;

/// A block, encoded.
#[derive(Debug)]
pub(super) struct Encoded {
    pub number: u64,
    /// The thread whose numbers its ids are, and their generation.
    pub thread: usize,
    pub generation: usize,
    pub source: usize,
    /// Line ends in its source's bytes.
    pub line_ends: u64,
    pub lines: Lines,
    pub ids: Stored,
    pub outline: Outline,
}

/// What must be known of a block's ids to put it after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Outline {
    pub begins_with_mark: bool,
    pub ends_with_mark: bool,
    pub marks: u64,
}

impl Outline {
    pub fn of(ids: &[u32]) -> Self {
        Self {
            begins_with_mark: ids.first() == Some(&EOS_ID),
            ends_with_mark: ids.last() == Some(&EOS_ID),
            marks: ids.iter().filter(|id| **id == EOS_ID).count() as u64,
        }
    }
}

/// What one thread made.
pub(super) struct Share<L> {
    pub thread: usize,
    pub lexicon: L,
    pub blocks: Vec<Encoded>,
    pub report: CorpusReport,
    /// Line ends that are words.
    pub line_end_words: u64,
    /// The current line has words in the blocks of this thread.
    open_line_has_words: bool,
}

impl<L> Share<L> {
    pub fn new(thread: usize, lexicon: L) -> Self {
        let (report, blocks) = (CorpusReport::default(), Vec::new());
        Self { thread, lexicon, blocks, report, line_end_words: 0, open_line_has_words: false }
    }
}

/// How blocks are encoded.
#[derive(Clone, Copy)]
pub(super) struct BlockEncoder<'a> {
    pub options: &'a CorpusOptions,
    /// The names of the sources.
    pub names: &'a [String],
    pub word_bytes: usize,
    /// Where ids go; `None`: words are only counted.
    pub store: Option<&'a Store>,
}

impl BlockEncoder<'_> {
    /// Encodes a block and appends it to `share`. Returns its tokens.
    ///
    /// # Errors
    /// A [`CorpusError`] of the text, with lines counted from the block's start; the temporary file fails.
    pub fn encode<L: Lexicon>(&self, block: &Block, scratch: &mut Scratch, share: &mut Share<L>) -> Result<u64> {
        let text = scratch.text(self, block, &mut share.report);
        let generation = share.lexicon.generation();
        let rest = self.options.max_tokens.unwrap_or(u64::MAX) - share.report.tokens;
        share.lexicon.begin_block(block.number);
        let carried = Carried { continues_line: block.continues_line, has_words: share.open_line_has_words };
        let ids = std::mem::take(&mut scratch.ids);
        let mut encoder = Encoder::new(&mut share.lexicon, self.options.line_end, ids, carried, rest);
        let padded = if text.is_raw { block.padded() } else { scratch.made.as_bytes() };
        let scanned = self.scan(padded, text.has_inner_spaces, &mut scratch.waiting, &mut encoder);
        let fault = text.fault.or_else(|| scanned.nul.map(|_| self.nul(block)));
        // Text that cannot be read does not end its source: no line ends there.
        encoder.finish(scanned.open, block.ends_source && fault.is_none());
        if let Some(fault) = fault.filter(|_| !encoder.stopped) {
            return Err(fault);
        }
        let Encoder { ids, lines, tokens, unknown, line_end_words, stopped, .. } = encoder;
        share.report.words_cut += scanned.cut;
        share.report.decomposed_hangul += scanned.jamo;
        share.report.unknown_words += unknown;
        share.report.stopped_at_limit |= stopped;
        share.report.tokens += tokens;
        share.line_end_words += line_end_words;
        share.open_line_has_words = lines.leave_words_open(share.open_line_has_words);
        share.lexicon.end_block(self.store)?;
        share.blocks.push(Encoded {
            number: block.number,
            thread: share.thread,
            generation,
            source: block.source,
            line_ends: text.line_ends.unwrap_or(lines.ends()),
            lines: Lines { empty: lines.empty.saturating_sub(text.skipped_ends), ..lines },
            ids: self.store.map_or(Ok(Stored::Memory(Vec::new())), |store| store.put(&ids))?,
            outline: Outline::of(&ids),
        });
        scratch.ids = ids;
        Ok(tokens)
    }

    /// Passes the words of a block on, phrases joined. A phrase ends with the block, even where its line does not.
    fn scan<S: Sink>(&self, padded: &[u8], inner_spaces: bool, waiting: &mut [Waiting], sink: &mut S) -> Scanned {
        if waiting.is_empty() {
            return self.scan_words(padded, inner_spaces, sink);
        }
        let mut joiner = Joiner { passes: waiting, phrases: &self.options.phrases, sink };
        let scanned = self.scan_words(padded, inner_spaces, &mut joiner);
        let _enough = joiner.finish();
        scanned
    }

    fn scan_words(&self, padded: &[u8], has_inner_spaces: bool, sink: &mut impl Sink) -> Scanned {
        match has_inner_spaces {
            false => scan(padded, self.word_bytes, sink),
            true => scan(padded, self.word_bytes, &mut WithInnerSpaces { sink, buffer: Vec::new() }),
        }
    }

    /// The first NUL of a block that has one.
    fn nul(&self, block: &Block) -> Error {
        let at = block.bytes().iter().position(|&byte| byte == 0);
        self.fault(block, Fault::Nul(at.unwrap_or(0)))
    }

    fn fault(&self, block: &Block, fault: Fault) -> Error {
        let (Fault::Invalid(at) | Fault::Nul(at)) = fault;
        let (name, offset) = (self.names[block.source].clone(), block.offset + at as u64);
        let line = 1 + self.line_ends(&block.bytes()[..at]);
        match fault {
            Fault::Invalid(_) => {
                let encodings = likely_encodings(block.bytes());
                CorpusError::InvalidUtf8 { name, offset, line, encodings }.into()
            }
            Fault::Nul(_) => CorpusError::Nul { name, offset, line }.into(),
        }
    }

    /// JSON Lines end at `\n` alone.
    fn is_json(&self) -> bool {
        self.options.preparation.field.is_some()
    }

    fn line_ends(&self, bytes: &[u8]) -> u64 {
        let ends = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => !self.is_json() && bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        (0..bytes.len()).filter(ends).count() as u64
    }
}

/// What a thread reuses from block to block.
pub(super) struct Scratch {
    /// `None`: the text is not changed.
    preparer: Option<prepare::Worker>,
    /// Text that differs from the block's bytes, followed by line feeds as `scan` wants them.
    made: String,
    ids: Vec<u32>,
    /// The words of each pass of phrases that wait for what follows them.
    waiting: Vec<Waiting>,
}

/// The text of a block.
struct Text {
    /// Whether it is in the block; otherwise it is in the scratch.
    is_raw: bool,
    /// It has tokens with [`INNER_SPACE`](super::encoder::INNER_SPACE).
    has_inner_spaces: bool,
    /// See [`Clean`].
    skipped_ends: u64,
    /// Line ends in the bytes, where the text has others.
    line_ends: Option<u64>,
    /// Why it ends before the block does.
    fault: Option<Error>,
}

impl Scratch {
    pub fn new(options: &CorpusOptions) -> Result<Self> {
        let preparation = &options.preparation;
        let preparer = if preparation.is_plain() { None } else { Some(preparation.worker()?) };
        let waiting = Waiting::of(&options.phrases);
        Ok(Self { preparer, made: String::new(), ids: Vec::new(), waiting })
    }

    fn text(&mut self, encoder: &BlockEncoder, block: &Block, report: &mut CorpusReport) -> Text {
        let (bytes, policy) = (block.bytes(), encoder.options.invalid_utf8);
        let Clean { text, skipped_ends, fault } = clean(bytes, policy, block.continues_line, encoder.is_json(), report);
        let mut fault = fault.map(|fault| encoder.fault(block, fault));
        let has_inner_spaces = block.has_inner_spaces;
        let is_raw = self.preparer.is_none() && !block.continues_word && matches!(text, Cow::Borrowed(_));
        if is_raw && fault.is_none() {
            return Text { is_raw, has_inner_spaces, skipped_ends, line_ends: None, fault };
        }
        let mut text = &*text;
        // Skipped and prepared text does not reach the scan unchanged, so look for a NUL first.
        if let Some(nul) = text.find('\0') {
            fault = Some(encoder.nul(block));
            text = &text[..nul];
        }
        if fault.is_some() && encoder.is_json() {
            text = &text[..text.rfind('\n').map_or(0, |last| last + 1)]; // a part of a line is not JSON
        }
        if block.continues_word {
            text = text.trim_start_matches(|c: char| !c.is_whitespace());
        }
        let mut prepared = prepare::Prepared { text, has_inner_spaces, fault: None };
        if let Some(preparer) = &mut self.preparer {
            prepared = preparer.prepare(text, &encoder.names[block.source], 1, report);
            prepared.has_inner_spaces |= has_inner_spaces;
        }
        self.made.clear();
        self.made.push_str(prepared.text);
        self.made.extend(std::iter::repeat_n('\n', SHORT_BYTES));
        Text {
            is_raw: false,
            has_inner_spaces: prepared.has_inner_spaces,
            skipped_ends,
            line_ends: encoder.is_json().then(|| encoder.line_ends(bytes)),
            fault: prepared.fault.map(Error::from).or(fault),
        }
    }
}
