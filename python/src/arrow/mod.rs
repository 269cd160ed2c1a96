//! Columns of Arrow libraries (polars, pyarrow, pandas, duckdb): texts, or lists of tokens. Read in place, without the GIL.

mod stream;

pub use stream::chunks;

use crate::watch::Watch;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use rapidvec::Result;
use rapidvec::corpus::Feed;
use std::io::{self, Read};
use std::ops::{ControlFlow, Range};

/// Tokens between two checks for signals.
const TURN: u64 = 1 << 18;

/// The contents of a column.
pub enum Column {
    /// Texts, to be split into words.
    Texts(Vec<ArrayRef>),
    /// Lists of tokens.
    Sentences(Vec<ArrayRef>),
}

impl Column {
    /// Distinguishes texts from lists.
    ///
    /// # Errors
    /// TypeError for any other type.
    pub fn of(chunks: Vec<ArrayRef>) -> PyResult<Self> {
        let Some(first) = chunks.first() else { return Ok(Column::Texts(chunks)) };
        match first.data_type() {
            kind if is_text(kind) => Ok(Column::Texts(chunks)),
            DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _)
                if is_text(item.data_type()) =>
            {
                Ok(Column::Sentences(chunks))
            }
            DataType::Struct(fields) => {
                let names: Vec<_> = fields.iter().map(|field| field.name().as_str()).collect();
                let names = names.join(", ");
                Err(PyTypeError::new_err(format!(
                    "expected a column of texts or lists of str, got a table; pass one of its columns ({names})"
                )))
            }
            got => Err(PyTypeError::new_err(format!("expected a column of texts or lists of str, got {got}"))),
        }
    }
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

/// Passes each text of an array in `places` to `visit`, until it breaks; `None` for nulls.
fn each_text<'a, B>(
    texts: &'a dyn Array,
    places: Range<usize>,
    visit: &mut dyn FnMut(Option<&'a str>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    macro_rules! visit_all {
        ($texts:expr) => {{
            let texts = $texts;
            for place in places {
                visit(texts.is_valid(place).then(|| texts.value(place)))?;
            }
        }};
    }
    match texts.data_type() {
        DataType::Utf8 => visit_all!(texts.as_string::<i32>()),
        DataType::LargeUtf8 => visit_all!(texts.as_string::<i64>()),
        DataType::Utf8View => visit_all!(texts.as_string_view()),
        DataType::Dictionary(..) => {
            let dictionary = texts.as_any_dictionary();
            let (keys, values) = (dictionary.normalized_keys(), dictionary.values().as_ref());
            for place in places {
                match texts.is_valid(place) {
                    true => each_text(values, keys[place]..keys[place] + 1, visit)?,
                    false => visit(None)?,
                }
            }
        }
        _ => {} // `Column::of` accepts nothing else
    }
    ControlFlow::Continue(())
}

/// Feeds lists of tokens; nulls are skipped. Returns whether `watch` let it finish.
pub fn feed(feed: &mut Feed, sentences: &[ArrayRef], watch: &mut Watch) -> Result<bool> {
    let mut next_look = TURN;
    let mut tokens: Vec<&str> = Vec::new();
    for chunk in sentences {
        for place in 0..chunk.len() {
            let (values, range) = items(chunk, place);
            tokens.clear();
            let _ = each_text::<()>(values, range, &mut |token| {
                tokens.extend(token);
                ControlFlow::Continue(())
            });
            feed.push(&tokens)?;
            feed.end_sentence()?;
            if feed.is_full() {
                return Ok(true);
            }
            if feed.tokens() >= next_look {
                next_look = feed.tokens() + TURN;
                if !watch.look(|| (feed.sentences(), feed.tokens(), feed.len())) {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// The array of items of a list, and the range of the list at `place`; empty for null.
fn items(lists: &ArrayRef, place: usize) -> (&dyn Array, Range<usize>) {
    let (values, range): (&ArrayRef, Range<usize>) = match lists.data_type() {
        DataType::LargeList(_) => {
            let lists = lists.as_list::<i64>();
            let offsets = lists.value_offsets();
            (lists.values(), offsets[place] as usize..offsets[place + 1] as usize)
        }
        DataType::FixedSizeList(..) => {
            let lists = lists.as_fixed_size_list();
            let start = lists.value_offset_at(place);
            (lists.values(), start..start + lists.value_length() as usize)
        }
        _ => {
            let lists = lists.as_list::<i32>();
            let offsets = lists.value_offsets();
            (lists.values(), offsets[place] as usize..offsets[place + 1] as usize)
        }
    };
    (values.as_ref(), if lists.is_null(place) { 0..0 } else { range })
}

/// Reads texts as a stream of bytes, with a line end after each; nulls are empty lines.
pub struct Texts {
    chunks: Vec<ArrayRef>,
    /// The next text: its chunk and its index there.
    chunk: usize,
    place: usize,
    /// Bytes of that text that have been read.
    read: usize,
}

impl Texts {
    pub fn new(chunks: Vec<ArrayRef>) -> Self {
        Self { chunks, chunk: 0, place: 0, read: 0 }
    }
}

impl Read for Texts {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while let Some(chunk) = self.chunks.get(self.chunk) {
            let (mut read, mut place) = (self.read, self.place);
            let full = each_text(chunk.as_ref(), place..chunk.len(), &mut |text| {
                let text = text.unwrap_or_default().as_bytes();
                let rest = &text[read..];
                let length = rest.len().min(out.len() - written);
                out[written..written + length].copy_from_slice(&rest[..length]);
                written += length;
                if written == out.len() {
                    return ControlFlow::Break(read + length); // the buffer may be full in the middle of a text, or before its line end
                }
                out[written] = b'\n';
                written += 1;
                (read, place) = (0, place + 1);
                ControlFlow::Continue(())
            });
            self.place = place;
            match full {
                ControlFlow::Break(read) => {
                    self.read = read;
                    return Ok(written);
                }
                ControlFlow::Continue(()) => (self.chunk, self.place, self.read) = (self.chunk + 1, 0, 0),
            }
        }
        Ok(written)
    }
}
