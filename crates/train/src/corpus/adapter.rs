//! Makes plain text of a source in another form: another encoding, a column of a table.
//!
//! Both work on the stream before it is cut into blocks, so that everything behind them is the same as for plain text. Offsets
//! and lines in messages are those of the text that results. Bytes that are not valid in the encoding become a byte that is
//! not valid UTF-8, so the policy for such bytes applies to them.

use super::column::Column;
use super::error::CorpusError;
use super::prepare::Preparation;
use crate::error::Result;
use std::io::Read;

/// What is done to a stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Adapter {
    charset: Option<Charset>,
    column: Option<String>,
}

impl Adapter {
    /// What `preparation` asks for.
    ///
    /// # Errors
    /// [`CorpusError::UnknownEncoding`]; [`CorpusError::NoUnicode`] if this build knows none.
    pub fn of(preparation: &Preparation) -> Result<Self> {
        let charset = preparation.encoding.as_deref().map(Charset::find).transpose()?.flatten();
        Ok(Self { charset, column: preparation.column.clone() })
    }

    /// Whether streams stay as they are.
    pub fn is_plain(&self) -> bool {
        self.charset.is_none() && self.column.is_none()
    }

    /// Whether bytes are not UTF-8, so that their first ones say nothing.
    pub fn has_charset(&self) -> bool {
        self.charset.is_some()
    }

    /// The text of the stream called `name`.
    pub fn text<'a>(&self, name: &str, reader: Box<dyn Read + Send + 'a>) -> Box<dyn Read + Send + 'a> {
        let reader = match self.charset {
            Some(charset) => charset.decoded(reader),
            None => reader,
        };
        match &self.column {
            Some(column) => Box::new(Column::new(name, column, reader)),
            None => reader,
        }
    }
}

#[cfg(feature = "unicode")]
mod charset {
    use super::{CorpusError, Read, Result};
    use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
    use std::io::{self, BufRead, Cursor};

    /// Names that other programs use for encodings that are known under another one.
    const OTHER_NAMES: [(&str, &str); 8] = [
        ("cp949", "euc-kr"),
        ("uhc", "euc-kr"),
        ("ms949", "euc-kr"),
        ("cp932", "shift_jis"),
        ("cp936", "gbk"),
        ("cp950", "big5"),
        ("utf16", "utf-16"),
        ("euckr", "euc-kr"),
    ];

    /// An encoding other than UTF-8.
    #[derive(Debug, Clone, Copy)]
    pub struct Charset(&'static Encoding);

    impl Charset {
        /// The encoding of this name; `None` for UTF-8.
        pub fn find(name: &str) -> Result<Option<Self>> {
            let lower = name.to_ascii_lowercase();
            let label = OTHER_NAMES.iter().find(|(other, _)| *other == lower).map_or(&*lower, |(_, label)| label);
            let found = Encoding::for_label(label.as_bytes());
            let found = found.ok_or_else(|| CorpusError::UnknownEncoding { name: name.chars().take(40).collect() })?;
            Ok((found != UTF_8).then_some(Self(found)))
        }

        /// `reader` in UTF-8. A byte order mark decides between UTF-16's byte orders.
        pub fn decoded<'a>(self, reader: Box<dyn Read + Send + 'a>) -> Box<dyn Read + Send + 'a> {
            Box::new(Decoded {
                reader,
                decoder: self.0.new_decoder(),
                read: vec![0; BUFFER],
                bytes: 0..0,
                text: Cursor::new(Vec::with_capacity(4 * BUFFER)),
                ended: false,
            })
        }
    }

    const BUFFER: usize = 1 << 16;
    /// A byte that is never valid in UTF-8, in place of those that are not valid in the encoding.
    const INVALID: u8 = 0xff;

    struct Decoded<'a> {
        reader: Box<dyn Read + Send + 'a>,
        decoder: Decoder,
        read: Vec<u8>,
        /// What of `read` is not decoded.
        bytes: std::ops::Range<usize>,
        /// Decoded text, and how much of it was returned.
        text: Cursor<Vec<u8>>,
        ended: bool,
    }

    impl Decoded<'_> {
        /// Decodes more. Returns whether there is any.
        fn fill(&mut self) -> io::Result<bool> {
            self.text.set_position(0);
            let text = self.text.get_mut();
            text.clear();
            while text.is_empty() && !self.ended {
                if self.bytes.is_empty() {
                    let length = self.reader.read(&mut self.read)?;
                    self.bytes = 0..length;
                }
                let last = self.bytes.is_empty();
                text.resize(3 * BUFFER + 16, 0);
                let source = &self.read[self.bytes.clone()];
                let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(source, text, last);
                self.bytes.start += read;
                text.truncate(written);
                match result {
                    DecoderResult::InputEmpty => self.ended = last,
                    DecoderResult::OutputFull => {}
                    DecoderResult::Malformed(..) => text.push(INVALID),
                }
            }
            Ok(!text.is_empty())
        }
    }

    impl Read for Decoded<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.text.fill_buf()?.is_empty() && !self.fill()? {
                return Ok(0);
            }
            self.text.read(buffer)
        }
    }
}

#[cfg(not(feature = "unicode"))]
mod charset {
    use super::{CorpusError, Read, Result};

    /// An encoding other than UTF-8; this build knows none.
    #[derive(Debug, Clone, Copy)]
    pub enum Charset {}

    impl Charset {
        pub fn find(name: &str) -> Result<Option<Self>> {
            if name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8") {
                return Ok(None);
            }
            Err(CorpusError::NoUnicode.into())
        }

        pub fn decoded<'a>(self, _: Box<dyn Read + Send + 'a>) -> Box<dyn Read + Send + 'a> {
            match self {}
        }
    }
}

use charset::Charset;
