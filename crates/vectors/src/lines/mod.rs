//! Reads lines of text from any source, in bounded memory.
//!
//! Compressed streams are recognised by their first bytes and decompressed, a byte order mark is dropped. A line longer than
//! [`MAX_PIECE_BYTES`] comes in pieces, cut at white space; a single word longer than that is counted and dropped. Text
//! that is not valid UTF-8 or contains a NUL is rejected with its line, and so is a decompression bomb ([`Limits::LIST`]).

pub(crate) mod error;

use crate::error::{Error, Result};
use rapidvec_core::compress::{Compression, Limits, MAGIC_BYTES};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Read};
use std::path::Path;

pub use error::TextError;

/// The maximum number of bytes returned at a time.
pub const MAX_PIECE_BYTES: usize = 1 << 16;

const MARK: &str = "\u{feff}";

/// A line, or a part of one.
#[derive(Debug, PartialEq)]
pub struct Piece<'a> {
    /// Whole words.
    pub text: &'a str,
    /// The line it belongs to, from 1.
    pub line: u64,
    /// Whether it is the end of the line.
    pub ends_line: bool,
    /// A word of [`MAX_PIECE_BYTES`] or more; `text` is empty.
    pub giant: bool,
}

/// Reads lines, piece by piece.
pub struct Lines<'a> {
    name: String,
    reader: Box<dyn BufRead + 'a>,
    buffer: Vec<u8>,
    /// Bytes at the start of `buffer` that were returned.
    used: usize,
    line: u64,
    /// The rest of an overlong word is still to come.
    in_giant: bool,
    /// A part of the current line was returned.
    started: bool,
}

impl Lines<'static> {
    /// The lines of the file (or pipe) at `path`.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(path))?;
        Self::new(file, &path.display().to_string())
    }
}

impl<'a> Lines<'a> {
    /// The lines of `reader`; `name` is its name in messages.
    pub fn new(mut reader: impl Read + Send + 'a, name: &str) -> Result<Self> {
        let failed = |error| Error::io(Path::new(name))(error);
        let mut head = Vec::with_capacity(MAGIC_BYTES);
        reader.by_ref().take(MAGIC_BYTES as u64).read_to_end(&mut head).map_err(failed)?;
        let compression = Compression::recognise(&head);
        let whole = Cursor::new(head).chain(reader);
        let reader: Box<dyn BufRead + 'a> = match compression {
            None => Box::new(BufReader::with_capacity(MAX_PIECE_BYTES, whole)),
            Some(compression) => Box::new(BufReader::new(compression.reader(whole, Limits::LIST).map_err(failed)?)),
        };
        let buffer = Vec::with_capacity(MAX_PIECE_BYTES);
        Ok(Self { name: name.to_owned(), reader, buffer, used: 0, line: 1, in_giant: false, started: false })
    }

    /// The name of the text in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The next line as a whole, with its number.
    ///
    /// # Errors
    /// As [`next_piece`](Self::next_piece), and [`TextError::LineTooLong`].
    pub fn next_line(&mut self) -> Result<Option<(u64, &str)>> {
        let name = self.name.clone();
        match self.next_piece()? {
            None => Ok(None),
            Some(Piece { text, line, ends_line: true, giant: false }) => Ok(Some((line, text))),
            Some(Piece { line, .. }) => Err(TextError::LineTooLong { name, line, expected: MAX_PIECE_BYTES }.into()),
        }
    }

    /// The next line, or the next piece of it.
    ///
    /// # Errors
    /// An error of the system if the text cannot be read or decompressed, [`TextError`] if it is not text.
    pub fn next_piece(&mut self) -> Result<Option<Piece<'_>>> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let Some(end) = self.fill()? else { return Ok(None) };
        let line = self.line;
        self.started = end != End::Line;
        self.line += u64::from(!self.started);
        let mut length = self.buffer.len();
        let mut giant = false;
        if end == End::Full {
            match self.buffer.iter().rposition(u8::is_ascii_whitespace) {
                Some(at) => length = at + 1,
                None => (giant, self.in_giant) = (true, true),
            }
        }
        self.used = length;
        let text = if giant { "" } else { self.text(line, length)? };
        Ok(Some(Piece { text, line, ends_line: end == End::Line, giant }))
    }

    /// Reads until the buffer holds the rest of a line, or is full. `None` at the end of the text.
    fn fill(&mut self) -> Result<Option<End>> {
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::io(Path::new(&self.name))(error)),
            };
            if available.is_empty() {
                let over = self.buffer.is_empty() && !self.started;
                return Ok((!over).then_some(End::Line));
            }
            let within = &available[..available.len().min(MAX_PIECE_BYTES - self.buffer.len())];
            let end = within.iter().position(|&byte| byte == b'\n');
            let mut kept = &within[..end.unwrap_or(within.len())];
            if self.in_giant {
                let rest = kept.iter().position(u8::is_ascii_whitespace);
                self.in_giant = rest.is_none() && end.is_none();
                kept = &kept[rest.unwrap_or(kept.len())..];
            }
            self.buffer.extend_from_slice(kept);
            let taken = end.map_or(within.len(), |at| at + 1);
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(Some(End::Line));
            }
            if self.buffer.len() == MAX_PIECE_BYTES {
                return Ok(Some(End::Full));
            }
        }
    }

    fn text(&self, line: u64, length: usize) -> Result<&str> {
        let bytes = &self.buffer[..length];
        let name = || self.name.clone();
        if bytes.contains(&0) {
            return Err(TextError::Nul { name: name(), line }.into());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| TextError::InvalidUtf8 { name: name(), line })?;
        Ok(if line == 1 { text.strip_prefix(MARK).unwrap_or(text) } else { text })
    }
}

/// What ends a piece.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Line,
    Full,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::CoreError;
    use rapidvec_core::compress::DecompressError;
    use std::io;

    /// Found by fuzzing: 1,584 bytes of zstd decompressed to hundreds of megabytes, half a second of work.
    #[test]
    fn a_decompression_bomb_is_refused() {
        for compression in [Compression::Zstd, Compression::Bzip2, Compression::Xz] {
            let mut packed = Vec::new();
            compression.write(&mut packed, |out| io::copy(&mut io::repeat(b'0').take(20 << 20), out)).unwrap();
            let mut lines = Lines::new(&packed[..], "t").unwrap();
            let error = loop {
                match lines.next_piece() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("{compression:?} was read to its end"),
                    Err(error) => break error,
                }
            };
            let Error::Core(CoreError::Io { source, .. }) = error else { panic!("{error}") };
            match DecompressError::of(&source) {
                Some(&DecompressError::Ratio { format, unpacked, .. }) => {
                    assert!(unpacked < Limits::LIST.free_bytes + (1 << 20) && format == compression.name(), "{source}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// A ratio alone is not a bomb.
    #[test]
    fn what_repeats_itself_is_read_whole_below_the_floor() {
        let count = 300_000;
        let text = b"you say goodbye and I say hello\n".repeat(count);
        for compression in [Compression::Zstd, Compression::Xz] {
            let mut packed = Vec::new();
            compression.write(&mut packed, |out| out.write_all(&text)).unwrap();
            assert!(
                (text.len() / packed.len()) as u64 > Limits::LIST.max_ratio,
                "{compression:?}: {} bytes",
                packed.len()
            );
            assert_eq!(lines(&packed).unwrap().len(), count, "{compression:?}");
        }
    }

    fn lines(text: &[u8]) -> Result<Vec<(u64, String)>> {
        let mut lines = Lines::new(text, "t")?;
        let mut all = Vec::new();
        while let Some((number, line)) = lines.next_line()? {
            all.push((number, line.to_owned()));
        }
        Ok(all)
    }

    /// Number of words and giants a line.
    fn counts(text: &[u8]) -> Vec<(usize, usize)> {
        let mut lines = Lines::new(text, "t").unwrap();
        let mut all = vec![(0, 0)];
        while let Some(piece) = lines.next_piece().unwrap() {
            assert_eq!(piece.line as usize, all.len());
            let last = all.last_mut().unwrap();
            *last = (last.0 + piece.text.split_whitespace().count(), last.1 + usize::from(piece.giant));
            if piece.ends_line {
                all.push((0, 0));
            }
        }
        all.pop();
        all
    }

    #[test]
    fn lines_are_numbered_also_the_last_without_an_end() {
        let expected = |lines: &[&str]| (1..).zip(lines.iter().map(|&line| line.to_owned())).collect::<Vec<_>>();
        assert_eq!(lines(b"").unwrap(), []);
        assert_eq!(lines(b"\n").unwrap(), expected(&[""]));
        assert_eq!(lines(b"a b\r\n\nc").unwrap(), expected(&["a b\r", "", "c"]));
        assert_eq!(lines("\u{feff}a\n\u{feff}b\n".as_bytes()).unwrap(), expected(&["a", "\u{feff}b"]));
    }

    #[test]
    fn invalid_text_is_refused_with_its_line() {
        let refused = |text: &[u8]| lines(text).unwrap_err();
        assert!(matches!(refused(b"a\nb\0c\n"), Error::Text(TextError::Nul { line: 2, .. })));
        assert!(matches!(refused(b"a\n\nb\xff\n"), Error::Text(TextError::InvalidUtf8 { line: 3, .. })));
        let long = [b"a\n", &vec![b'x'; MAX_PIECE_BYTES + 1][..]].concat();
        assert!(matches!(refused(&long), Error::Text(TextError::LineTooLong { line: 2, .. })));
    }

    #[test]
    fn a_long_line_loses_no_word_wherever_it_is_cut() {
        for word in ["a ", "word ", "안녕하세요 ", "twelve-bytes "] {
            let line = word.repeat(3 * MAX_PIECE_BYTES / word.len());
            let expected = line.split_whitespace().count();
            assert_eq!(counts(format!("{line}\n{line}").as_bytes()), [(expected, 0); 2]);
        }
    }

    #[test]
    fn a_word_without_end_is_one_word() {
        for length in [MAX_PIECE_BYTES, MAX_PIECE_BYTES + 1, 5 * MAX_PIECE_BYTES] {
            let giant = "é".repeat(length / 2) + "x";
            assert_eq!(counts(format!("a {giant} b\nc").as_bytes()), [(2, 1), (1, 0)], "{length}");
            assert_eq!(counts(format!("a\n{giant}\nc\n{giant}").as_bytes()), [(1, 0), (0, 1), (1, 0), (0, 1)]);
        }
    }

    #[test]
    fn compressed_text_is_decompressed() {
        let mut packed = Vec::new();
        Compression::Gzip.write(&mut packed, |out| out.write_all(b"a\nb\n")).unwrap();
        assert_eq!(lines(&packed).unwrap().len(), 2);
        assert!(matches!(lines(&packed[..packed.len() - 3]), Err(Error::Core(CoreError::Io { .. }))));
    }
}
