//! Threads take blocks in turn and make ids of them, each with a lexicon of its own.
//!
//! What goes wrong in a block counts only when all blocks before it went well: blocks are handed out in order, and those
//! that were handed out are finished. So the error told is the first of the text, whatever the number of threads.

use super::blocks::{Block, Blocks};
use super::concat::Outline;
use super::lines::{Encoder, Lines};
use super::options::{CorpusOptions, ReadProgress};
use super::scan::{SHORT_BYTES, Sink, scan};
use super::spill::{Store, Stored};
use super::utf8::{Clean, Fault, clean};
use super::vocab_builder::Lexicon;
use crate::corpus::read::LineReport;
use crate::corpus::{CorpusError, prepare};
use crate::error::{Error, Result};
use rapidvec_core::parallel::with_others;
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A block, encoded.
#[derive(Debug)]
pub(super) struct Encoded {
    pub number: u64,
    /// Which thread's numbers its ids are, and of which generation.
    pub thread: usize,
    pub generation: usize,
    pub source: usize,
    /// Line ends in its source's bytes.
    line_ends: u64,
    pub lines: Lines,
    pub ids: Stored,
    pub outline: Outline,
}

/// What one thread made.
pub(super) struct Share<L> {
    pub lexicon: L,
    pub blocks: Vec<Encoded>,
    pub report: LineReport,
    pub tokens: u64,
}

/// What all threads share.
pub(super) struct Work<'a> {
    pub options: &'a CorpusOptions,
    pub names: &'a [String],
    pub word_bytes: usize,
    /// Where ids go; `None`: words are only counted.
    pub store: Option<&'a Store>,
    pub blocks: Mutex<Blocks<'a>>,
    pub total: Option<u64>,
    bytes: AtomicU64,
    tokens: AtomicU64,
    over: AtomicBool,
    failure: Mutex<Option<Failure>>,
}

/// Why reading ends early.
struct Failure {
    block: u64,
    source: usize,
    /// Its line, if it has one, is counted from the block's start.
    error: Error,
}

/// Who looks on: is shown how far reading is, and says whether it goes on.
pub(super) type Watch<'w> = dyn FnMut(&ReadProgress) -> ControlFlow<()> + 'w;

impl<'a> Work<'a> {
    pub fn new(
        options: &'a CorpusOptions,
        names: &'a [String],
        word_bytes: usize,
        store: Option<&'a Store>,
        blocks: Blocks<'a>,
        total: Option<u64>,
    ) -> Self {
        Self {
            options,
            names,
            word_bytes,
            store,
            blocks: Mutex::new(blocks),
            total,
            bytes: AtomicU64::new(0),
            tokens: AtomicU64::new(0),
            over: AtomicBool::new(false),
            failure: Mutex::new(None),
        }
    }

    /// Reads all blocks, each thread with one of the lexicons.
    ///
    /// # Errors
    /// The first in the order of the text.
    pub fn run<L: Lexicon + Send>(&self, lexicons: Vec<L>, watch: &mut Watch) -> Result<Vec<Share<L>>> {
        let desks: Result<Vec<_>> = lexicons.iter().map(|_| WorkerScratch::new(self.options)).collect();
        let seats: Vec<_> = lexicons.into_iter().zip(desks?).map(|seat| Mutex::new(Some(seat))).collect();
        let work = |index: usize, watch: &mut Watch| {
            let seat = seats[index].lock().unwrap_or_else(PoisonError::into_inner).take();
            let (lexicon, desk) = seat.expect("each thread has a number of its own");
            self.thread(index, lexicon, desk, watch)
        };
        let shares =
            with_others(seats.len(), || work(0, watch), |index| work(index, &mut |_| ControlFlow::Continue(())));
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        match failure {
            None => Ok(shares),
            Some(failure) => {
                let blocks = shares.iter().flat_map(|share| &share.blocks);
                let before = blocks.filter(|block| block.source == failure.source && block.number < failure.block);
                Err(with_lines(failure.error, before.map(|block| block.line_ends).sum()))
            }
        }
    }

    fn thread<L: Lexicon>(&self, index: usize, lexicon: L, mut desk: WorkerScratch, watch: &mut Watch) -> Share<L> {
        let mut share = Share { lexicon, blocks: Vec::new(), report: LineReport::default(), tokens: 0 };
        let mut block = Block::default();
        loop {
            let result = match self.next(&mut block) {
                Ok(false) => break,
                Ok(true) => self.encode(index, &block, &mut desk, &mut share),
                Err(error) => Err(error),
            };
            match result {
                Ok(()) if watch(&self.progress()).is_continue() => {}
                Ok(()) => self.fail(&block, CorpusError::Interrupted.into()),
                Err(error) => self.fail(&block, error),
            }
        }
        share
    }

    /// The next block, unless reading is over.
    fn next(&self, block: &mut Block) -> Result<bool> {
        let mut blocks: MutexGuard<Blocks> = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        if self.over.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let found = blocks.next(block);
        if !matches!(found, Ok(true)) {
            self.over.store(true, Ordering::Relaxed);
        }
        found
    }

    fn fail(&self, block: &Block, error: Error) {
        self.over.store(true, Ordering::Relaxed);
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.as_ref().is_none_or(|known| block.number < known.block) {
            *failure = Some(Failure { block: block.number, source: block.source, error });
        }
    }

    fn progress(&self) -> ReadProgress {
        let (bytes, tokens) = (self.bytes.load(Ordering::Relaxed), self.tokens.load(Ordering::Relaxed));
        ReadProgress { bytes, total: self.total, tokens }
    }

    /// Makes ids of one block.
    fn encode<L: Lexicon>(
        &self,
        thread: usize,
        block: &Block,
        desk: &mut WorkerScratch,
        share: &mut Share<L>,
    ) -> Result<()> {
        let text = desk.text(self, block, &mut share.report)?;
        let generation = share.lexicon.generation();
        let most = self.options.max_tokens.unwrap_or(u64::MAX) - share.tokens;
        share.lexicon.begin_block(block.number);
        let ids = std::mem::take(&mut desk.ids);
        let mut encoder = Encoder::new(&mut share.lexicon, ids, block.continues_line, most);
        let padded = if text.is_raw { block.padded() } else { desk.made.as_bytes() };
        let scanned = scan(padded, self.word_bytes, &mut encoder);
        if scanned.nul.is_some() {
            return Err(self.nul(block));
        }
        match block.ends_source {
            _ if encoder.stopped => encoder.break_off(),
            true if scanned.open || encoder.continues() => encoder.end_line(),
            _ => encoder.leave_open(),
        }
        let Encoder { ids, lines, tokens, unknown, stopped, .. } = encoder;
        share.report.words_cut += scanned.cut;
        share.report.decomposed_hangul += scanned.jamo;
        share.report.unknown_words += unknown;
        share.report.stopped_at_limit |= stopped;
        share.tokens += tokens;
        self.advance(block, tokens, stopped);
        share.lexicon.end_block(self.store)?;
        share.blocks.push(Encoded {
            number: block.number,
            thread,
            generation,
            source: block.source,
            line_ends: text.line_ends.unwrap_or(lines.ends()),
            lines: Lines { empty: lines.empty.saturating_sub(text.skipped_ends), ..lines },
            ids: self.store.map_or(Ok(Stored::Memory(Vec::new())), |store| store.put(&ids))?,
            outline: Outline::of(&ids),
        });
        desk.ids = ids;
        Ok(())
    }

    fn advance(&self, block: &Block, tokens: u64, stopped: bool) {
        self.tokens.fetch_add(tokens, Ordering::Relaxed);
        self.bytes.fetch_add(block.bytes().len() as u64, Ordering::Relaxed);
        if stopped {
            self.over.store(true, Ordering::Relaxed);
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
            Fault::Invalid(_) => CorpusError::InvalidUtf8 { name, offset, line }.into(),
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

/// The error, with so many lines before what it counts lines from.
fn with_lines(mut error: Error, before: u64) -> Error {
    if let Error::Corpus(
        CorpusError::InvalidUtf8 { line, .. }
        | CorpusError::Nul { line, .. }
        | CorpusError::Json { line, .. }
        | CorpusError::NoField { line, .. }
        | CorpusError::LongLine { line, .. },
    ) = &mut error
    {
        *line += before;
    }
    error
}

/// What a thread keeps from block to block.
struct WorkerScratch {
    /// `None`: text stays as it is.
    preparer: Option<prepare::Worker>,
    /// Text that is not as the block has it, with line feeds behind it as `scan` wants them.
    made: String,
    ids: Vec<u32>,
}

/// The text of a block.
struct Text {
    /// It is in the block, else in the desk.
    is_raw: bool,
    /// See [`Clean`].
    skipped_ends: u64,
    /// Line ends in the bytes, where the text has others.
    line_ends: Option<u64>,
}

impl WorkerScratch {
    fn new(options: &CorpusOptions) -> Result<Self> {
        let preparation = &options.preparation;
        let preparer = if preparation.is_plain() { None } else { Some(preparation.worker()?) };
        Ok(Self { preparer, made: String::new(), ids: Vec::new() })
    }

    fn text(&mut self, work: &Work, block: &Block, report: &mut LineReport) -> Result<Text> {
        let (bytes, policy) = (block.bytes(), work.options.invalid_utf8);
        let cleaned = clean(bytes, policy, block.continues_line, work.is_json(), report);
        let Clean { text, skipped_ends } = cleaned.map_err(|fault| work.fault(block, fault))?;
        let is_raw = self.preparer.is_none() && !block.continues_word && matches!(text, Cow::Borrowed(_));
        if is_raw {
            return Ok(Text { is_raw, skipped_ends, line_ends: None });
        }
        // Nothing of what is skipped or prepared reaches the scan as it stands: look for what is no text before.
        if text.contains('\0') {
            return Err(work.nul(block));
        }
        let text = if block.continues_word { text.trim_start_matches(|c: char| !c.is_whitespace()) } else { &*text };
        let text = match &mut self.preparer {
            Some(preparer) => preparer.prepare(text, &work.names[block.source], 1, report)?,
            None => text,
        };
        self.made.clear();
        self.made.push_str(text);
        self.made.extend(std::iter::repeat_n('\n', SHORT_BYTES));
        let line_ends = work.options.preparation.field.as_ref().map(|_| work.line_ends(bytes));
        Ok(Text { is_raw, skipped_ends, line_ends })
    }
}
