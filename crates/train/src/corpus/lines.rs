//! Text waits until it can be prepared, and then goes to the tokenizer; text that needs no preparation goes there at once.
//!
//! Lines are prepared one by one, so that what lies behind the last token wanted is never looked at. A line that does not
//! end within [`MAX_WAITING`] bytes is prepared in parts, where that makes no difference.

use super::encoder::Encoder;
use super::prepare::{MAX_LINE_BYTES, Preparation, Worker};
use super::read::LineReport;
use super::tokenizer::{Stop, Tokenizer};
use crate::corpus::CorpusError;
use crate::error::Result;
use std::ops::ControlFlow;

/// As many bytes of a line wait for its end.
const MAX_WAITING: usize = 1 << 20;

/// The lines of one source, on their way to the tokenizer.
pub(super) struct Lines<'n, 'e> {
    name: &'n str,
    tokenizer: Tokenizer<'e>,
    /// `None`: text stays as it is.
    stage: Option<Stage<'n>>,
}

/// Where text waits, and what prepares it.
struct Stage<'n> {
    preparation: &'n Preparation,
    worker: Worker,
    waiting: String,
    /// The line under way, from 1, as `\n` ends them.
    line: u64,
    /// The line under way is to be left out.
    skipped: bool,
}

impl<'n, 'e> Lines<'n, 'e> {
    pub fn new(encoder: &'e mut Encoder, name: &'n str, preparation: &'n Preparation) -> Result<Self> {
        let stage = if preparation.is_plain() { None } else { Some(Stage::new(preparation)?) };
        Ok(Self { name, tokenizer: Tokenizer::new(encoder), stage })
    }

    /// Takes the next piece.
    pub fn text(&mut self, text: &str) -> Result<ControlFlow<Stop>> {
        let Some(stage) = &mut self.stage else { return Ok(self.tokenizer.text(text)) };
        // Places in prepared text mean nothing to the user: look for what is no text before.
        let nul = text.bytes().position(|byte| byte == 0);
        for part in text[..nul.unwrap_or(text.len())].split_inclusive('\n') {
            stage.waiting.push_str(part);
            let flow = if part.ends_with('\n') {
                stage.end_line(self.name, &mut self.tokenizer)?
            } else {
                stage.relieve(self.name, &mut self.tokenizer)?
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        match nul {
            None => Ok(ControlFlow::Continue(())),
            Some(at) => Ok(match stage.let_go(self.name, &mut self.tokenizer)? {
                ControlFlow::Continue(()) => ControlFlow::Break(Stop::Nul(at)),
                full => full,
            }),
        }
    }

    /// Bytes that are no UTF-8: the line they are in is to be left out.
    pub fn skip_line(&mut self) -> Result<ControlFlow<Stop>> {
        if let Some(stage) = &mut self.stage {
            let flow = stage.let_go(self.name, &mut self.tokenizer)?;
            if flow.is_break() {
                return Ok(flow);
            }
            stage.skipped = stage.preparation.field.is_some();
        }
        self.tokenizer.skip_line();
        Ok(ControlFlow::Continue(()))
    }

    /// The source is over: its last line may lack a newline.
    pub fn finish(&mut self) -> Result<ControlFlow<Stop>> {
        if let Some(stage) = &mut self.stage
            && !stage.skipped
        {
            let flow = stage.pass(stage.waiting.len(), self.name, &mut self.tokenizer)?;
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(self.tokenizer.finish())
    }

    /// The line under way, from 1.
    pub fn number(&self) -> u64 {
        match &self.stage {
            // A line of JSON may be many sentences to the tokenizer, or none.
            Some(stage) if stage.preparation.field.is_some() => stage.line,
            _ => self.tokenizer.line,
        }
    }

    pub fn report(&mut self) -> &mut LineReport {
        &mut self.tokenizer.encoder.report
    }
}

impl<'n> Stage<'n> {
    fn new(preparation: &'n Preparation) -> Result<Self> {
        let worker = preparation.worker()?;
        Ok(Self { preparation, worker, waiting: String::new(), line: 1, skipped: false })
    }

    /// The line that waits is whole.
    fn end_line(&mut self, name: &str, tokenizer: &mut Tokenizer) -> Result<ControlFlow<Stop>> {
        let flow = if std::mem::take(&mut self.skipped) {
            self.waiting.clear();
            tokenizer.text("\n") // the tokenizer knows that this line is to be left out
        } else {
            self.pass(self.waiting.len(), name, tokenizer)?
        };
        self.line += 1;
        Ok(flow)
    }

    /// Lets parts of a line go that has grown too long to wait for.
    fn relieve(&mut self, name: &str, tokenizer: &mut Tokenizer) -> Result<ControlFlow<Stop>> {
        if self.skipped {
            self.waiting.clear();
        }
        if self.preparation.field.is_some() {
            return if self.waiting.len() <= MAX_LINE_BYTES {
                Ok(ControlFlow::Continue(()))
            } else {
                Err(CorpusError::LongLine { name: name.to_owned(), line: self.line, limit: MAX_LINE_BYTES }.into())
            };
        }
        while self.waiting.len() >= MAX_WAITING {
            let length = self.preparation.cut(&self.waiting.as_bytes()[..MAX_WAITING]);
            let flow = self.pass(length, name, tokenizer)?;
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Something follows that is no text: of the line under way nothing is left to wait for.
    fn let_go(&mut self, name: &str, tokenizer: &mut Tokenizer) -> Result<ControlFlow<Stop>> {
        if self.preparation.field.is_some() {
            self.waiting.clear();
        }
        self.pass(self.waiting.len(), name, tokenizer)
    }

    /// Prepares the first `length` bytes that wait.
    fn pass(&mut self, length: usize, name: &str, tokenizer: &mut Tokenizer) -> Result<ControlFlow<Stop>> {
        let report = &mut tokenizer.encoder.report;
        let prepared = self.worker.prepare(&self.waiting[..length], name, self.line, report)?;
        let flow = tokenizer.text(prepared);
        self.waiting.drain(..length);
        Ok(flow)
    }
}
