//! Cuts a list of sources into blocks of bytes that threads can process independently.
//!
//! A block ends at a line end; if there is none within its size, before white space; if there is none of that either, within
//! a word. Such a word exceeds the maximum length: the block in which it begins keeps the part that counts, and the next one
//! skips the rest. One thread at a time reads, since copying from the page cache takes a fiftieth of the time that processing
//! a block does. So plain files, pipes and decompressed streams are treated alike.

use super::adapter::Adapter;
use super::decompress::{self, Unpacked};
use super::error::CorpusError;
use super::input::{self, Bytes, Input, Stamp};
use super::prepare::{MAX_LINE_BYTES, Preparation, TokenizerKind};
use super::scan::SHORT_BYTES;
use super::source::Source;
use crate::error::Result;
use std::io::{ErrorKind, Read};

/// A part of a source.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Its place among all blocks, from 0.
    pub number: u64,
    /// Its source's place in the list.
    pub source: usize,
    /// Where it begins in its source.
    pub offset: u64,
    /// It continues a line that began in the block before.
    pub continues_line: bool,
    /// It begins within a word that was cut; the rest of the word is skipped.
    pub continues_word: bool,
    /// It is the last of its source.
    pub ends_source: bool,
    /// It has tokens with [`INNER_SPACE`](super::encoder::INNER_SPACE).
    pub has_inner_spaces: bool,
    /// The bytes, and room for more of them.
    buffer: Vec<u8>,
    len: usize,
}

impl Block {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    /// Its bytes, with line feeds behind them as [`scan`](super::scan::scan) wants them.
    pub fn padded(&self) -> &[u8] {
        &self.buffer[..self.len + SHORT_BYTES]
    }

    /// A block of whole sentences that are in memory; `buffer` holds their text.
    pub fn of_text(number: u64, offset: u64, has_inner_spaces: bool, buffer: Vec<u8>) -> Self {
        let len = buffer.len();
        let mut block = Self { number, offset, has_inner_spaces, buffer, ..Self::default() };
        make_room(&mut block.buffer, len);
        block.pad(len);
        block
    }

    fn pad(&mut self, len: usize) {
        self.len = len;
        self.buffer[len..len + SHORT_BYTES].fill(b'\n');
    }
}

/// How blocks are cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cutting {
    /// Bytes of a block: at least 8 more than the longest word has.
    pub block_bytes: usize,
    /// What may not be cut in two.
    pub whole: Whole,
}

/// What may not be cut in two, if it is not longer than a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// Text between white space. Only the start of a longer one counts.
    Words,
    /// Runs of letters and digits: words are found in them later.
    Letters,
    /// A line, however long: blocks grow.
    Lines,
}

impl Whole {
    /// What has to stay whole to be prepared.
    pub fn of(preparation: &Preparation) -> Self {
        match preparation {
            preparation if preparation.field.is_some() => Whole::Lines,
            preparation if preparation.tokenizer == TokenizerKind::Unicode => Whole::Letters,
            _ => Whole::Words,
        }
    }
}

/// Where text comes from.
pub(super) enum Origin<'a> {
    /// Something to be opened when its turn comes.
    Source(&'a Source),
    /// Something open, and its name.
    Reader(String, Box<dyn Read + Send + 'a>),
}

impl Origin<'_> {
    /// Its name in messages.
    pub fn name(&self) -> String {
        match self {
            Origin::Source(source) => source.to_string(),
            Origin::Reader(name, _) => name.clone(),
        }
    }
}

/// Reads texts one after the other.
pub(super) struct Blocks<'a> {
    origins: std::vec::IntoIter<Origin<'a>>,
    cutting: Cutting,
    adapter: Adapter,
    open: Option<Open<'a>>,
    /// The place in the list of the text that is next.
    next_source: usize,
    number: u64,
    /// Bytes that were read and belong to the next block.
    carry: Vec<u8>,
    continues_line: bool,
    continues_word: bool,
}

impl<'a> Blocks<'a> {
    pub fn new(origins: Vec<Origin<'a>>, cutting: Cutting, adapter: Adapter) -> Self {
        Self {
            origins: origins.into_iter(),
            cutting,
            adapter,
            open: None,
            next_source: 0,
            number: 0,
            carry: Vec::new(),
            continues_line: false,
            continues_word: false,
        }
    }

    /// Fills `block` with the next one; `false` at the end. Number and source are set even when this fails.
    ///
    /// # Errors
    /// Errors of opening and reading; [`CorpusError::LongLine`], its line counted from the block's start;
    /// [`CorpusError::Changed`] at the end of a text.
    pub fn next(&mut self, block: &mut Block) -> Result<bool> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let Some(origin) = self.origins.next() else { return Ok(false) };
                (block.number, block.source) = (self.number, self.next_source);
                self.next_source += 1;
                Open::new(origin, &self.adapter)?
            }
        };
        (block.number, block.source) = (self.number, self.next_source - 1);
        block.ends_source = open.fill(block, &self.carry, self.cutting)?;
        self.cut(block, &mut open);
        match block.ends_source {
            true => open.stamp.map_or(Ok(()), |stamp| stamp.check())?,
            false => self.open = Some(open),
        }
        Ok(true)
    }

    /// Cuts what was read: the block ends there, and the rest belongs to the next one.
    fn cut(&mut self, block: &mut Block, open: &mut Open) {
        let read = &block.buffer[..block.len];
        let cut = match block.ends_source {
            true => Cut { at: read.len(), ends_line: true, splits_word: false },
            false => Cut::of(read, self.cutting.whole),
        };
        self.carry.clear();
        self.carry.extend_from_slice(&read[cut.at..]);
        block.pad(cut.at);
        block.offset = open.offset;
        open.offset += cut.at as u64;
        (block.continues_line, block.continues_word) = (self.continues_line, self.continues_word);
        (self.continues_line, self.continues_word) = (!cut.ends_line, cut.splits_word);
        self.number += 1;
    }
}

/// The text being read.
struct Open<'a> {
    name: String,
    stamp: Option<Stamp>,
    reader: Box<dyn Read + Send + 'a>,
    /// Where the next block begins.
    offset: u64,
}

impl<'a> Open<'a> {
    fn new(origin: Origin<'a>, adapter: &Adapter) -> Result<Self> {
        let (name, stamp, unpacked) = match origin {
            Origin::Reader(name, reader) => {
                let unpacked = decompress::stream(&name, reader, adapter)?;
                (name, None, unpacked)
            }
            Origin::Source(source) => {
                let Input { name, stamp, bytes } = input::open(source, adapter)?;
                let unpacked: Unpacked<'a> = match bytes {
                    Bytes::Plain(file) => file.into_stream(),
                    Bytes::Stream(unpacked) => unpacked,
                };
                (name, stamp, unpacked)
            }
        };
        Ok(Self { name, stamp, reader: unpacked.reader, offset: unpacked.mark as u64 })
    }

    /// Reads until the block is full. Returns whether the text has ended.
    fn fill(&mut self, block: &mut Block, carry: &[u8], cutting: Cutting) -> Result<bool> {
        let mut target = cutting.block_bytes.max(carry.len() + 1);
        make_room(&mut block.buffer, target);
        block.buffer[..carry.len()].copy_from_slice(carry);
        block.len = carry.len();
        loop {
            if self.read(block, target)? {
                return Ok(true);
            }
            if cutting.whole != Whole::Lines || block.bytes().contains(&b'\n') {
                return Ok(false);
            }
            if target >= MAX_LINE_BYTES {
                let (name, limit) = (self.name.clone(), MAX_LINE_BYTES);
                return Err(CorpusError::LongLine { name, line: 1, limit }.into());
            }
            target = target.saturating_mul(2).min(MAX_LINE_BYTES);
            make_room(&mut block.buffer, target);
        }
    }

    /// Reads until there are `target` bytes. Returns whether the text has ended.
    fn read(&mut self, block: &mut Block, target: usize) -> Result<bool> {
        while block.len < target {
            match self.reader.read(&mut block.buffer[block.len..target]) {
                Ok(0) => return Ok(true),
                Ok(length) => block.len += length,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(decompress::from_io(&self.name, error)),
            }
        }
        Ok(false)
    }
}

/// Budget for `bytes` and the padding.
fn make_room(buffer: &mut Vec<u8>, bytes: usize) {
    if buffer.len() < bytes + SHORT_BYTES {
        buffer.resize(bytes + SHORT_BYTES, 0);
    }
}

/// Where a block ends.
#[derive(Debug, PartialEq, Eq)]
struct Cut {
    at: usize,
    ends_line: bool,
    splits_word: bool,
}

impl Cut {
    /// For a block with more text behind it.
    fn of(bytes: &[u8], whole: Whole) -> Self {
        if let Some(last) = last_line_end(bytes, whole) {
            return Self { at: last + 1, ends_line: true, splits_word: false };
        }
        let before =
            |is_edge: fn(char) -> bool| (1..bytes.len()).rev().find(|&at| character(&bytes[at..]).is_some_and(is_edge));
        let (mut at, mut splits_word) = (before(char::is_whitespace), false);
        if at.is_none() && whole == Whole::Letters {
            at = before(|character| !character.is_alphanumeric());
        } else if at.is_none() {
            splits_word = true;
        }
        Self { at: at.unwrap_or_else(|| bytes.len() - unfinished(bytes)), ends_line: false, splits_word }
    }
}

/// A `\r` at the end does not count: a `\n` may come. Lines that have to stay whole end at `\n` alone.
fn last_line_end(bytes: &[u8], whole: Whole) -> Option<usize> {
    let feed = bytes.iter().rposition(|&byte| byte == b'\n');
    if whole == Whole::Lines {
        return feed;
    }
    feed.or_else(|| bytes[..bytes.len().saturating_sub(1)].iter().rposition(|&byte| byte == b'\r'))
}

/// The character that `bytes` start with.
fn character(bytes: &[u8]) -> Option<char> {
    let length = match bytes.first()? {
        0..=0x7f => 1,
        0x80..=0xbf => return None,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next()
}

/// Bytes at the end that are the start of a character.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let start = tail.iter().rposition(|byte| byte & 0xc0 != 0x80);
    start.map_or(0, |start| match std::str::from_utf8(&tail[start..]) {
        Err(error) if error.error_len().is_none() => tail.len() - start,
        _ => 0,
    })
}
