//! Threads take blocks in turn and encode them, each with its own lexicon.
//!
//! An error in a block is reported only if all blocks before it are valid: blocks are handed out in order, and all that were
//! handed out are finished. So the error returned is the first in the text, whatever the number of threads.

use super::blocks::{Block, Blocks};
use super::encode::{BlockEncoder, Scratch, Share};
use super::error::CorpusError;
use super::report::ReadProgress;
use super::vocab_builder::Lexicon;
use crate::error::{Error, Result};
use rapidvec_core::parallel::with_others;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What all threads share.
pub(super) struct Workers<'a> {
    encoder: BlockEncoder<'a>,
    blocks: Mutex<Blocks<'a>>,
    total: Option<u64>,
    bytes: AtomicU64,
    tokens: AtomicU64,
    over: AtomicBool,
    failure: Mutex<Option<Failure>>,
}

/// Why reading ended early.
struct Failure {
    block: u64,
    source: usize,
    /// Its line, if it has one, is counted from the block's start.
    error: Error,
}

/// Observes reading: receives the progress, and returns whether to continue.
pub(super) type Watch<'w> = dyn FnMut(&ReadProgress) -> ControlFlow<()> + 'w;

impl<'a> Workers<'a> {
    pub fn new(encoder: BlockEncoder<'a>, blocks: Blocks<'a>, total: Option<u64>) -> Self {
        let (bytes, tokens, over) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
        Self { encoder, blocks: Mutex::new(blocks), total, bytes, tokens, over, failure: Mutex::new(None) }
    }

    /// Reads all blocks, each thread with one of the lexicons.
    ///
    /// # Errors
    /// The first in the order of the text.
    pub fn run<L: Lexicon + Send>(&self, lexicons: Vec<L>, watch: &mut Watch) -> Result<Vec<Share<L>>> {
        let scratches: Result<Vec<_>> = lexicons.iter().map(|_| Scratch::new(self.encoder.options)).collect();
        let parts: Vec<_> = lexicons.into_iter().zip(scratches?).map(|part| Mutex::new(Some(part))).collect();
        let work = |thread: usize, watch: &mut Watch| {
            let part = parts[thread].lock().unwrap_or_else(PoisonError::into_inner).take();
            let (lexicon, scratch) = part.expect("each thread has its own number");
            self.thread(Share::new(thread, lexicon), scratch, watch)
        };
        let shares =
            with_others(parts.len(), || work(0, watch), |thread| work(thread, &mut |_| ControlFlow::Continue(())));
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

    fn thread<L: Lexicon>(&self, mut share: Share<L>, mut scratch: Scratch, watch: &mut Watch) -> Share<L> {
        let mut block = Block::default();
        loop {
            let result = match self.next(&mut block) {
                Ok(false) => break,
                Ok(true) => self.encoder.encode(&block, &mut scratch, &mut share),
                Err(error) => Err(error),
            };
            let observed = result.and_then(|tokens| {
                self.advance(&block, tokens, share.report.stopped_at_limit);
                let go_on = watch(&self.progress()).is_continue();
                if go_on { Ok(()) } else { Err(CorpusError::Interrupted.into()) }
            });
            if let Err(error) = observed {
                self.fail(&block, error);
            }
        }
        share
    }

    /// The next block, unless reading has ended.
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

    fn advance(&self, block: &Block, tokens: u64, stopped: bool) {
        self.tokens.fetch_add(tokens, Ordering::Relaxed);
        self.bytes.fetch_add(block.bytes().len() as u64, Ordering::Relaxed);
        if stopped {
            self.over.store(true, Ordering::Relaxed);
        }
    }
}

/// The error, with the lines `before` added to the one it names.
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
