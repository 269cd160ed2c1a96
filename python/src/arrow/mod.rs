//! Columns of Arrow libraries (polars, pyarrow, pandas, duckdb): texts, or lists of tokens. Read in place, without the GIL.

mod stream;

pub use stream::chunks;

use crate::watch::Watch;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayAccessor, ArrayRef};
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use rapidvec::Result;
use rapidvec::corpus::{CorpusOptions, Feed, Feeds};
use std::io::{self, Read};
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

/// Tokens that a thread reads before it takes the next rows: a few milliseconds of work.
const PIECE: usize = 1 << 17;

/// Time between two checks for signals, which need the GIL.
const LOOK: Duration = Duration::from_millis(20);

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

/// Reads lists of tokens on all cores; nulls are skipped. Returns a part of them if `watch` ends it.
pub fn read(options: &CorpusOptions, sentences: &[ArrayRef], watch: &mut Watch) -> Result<Feeds> {
    let pieces: Vec<_> = sentences.iter().flat_map(|lists| pieces(lists).map(move |rows| (lists, rows))).collect();
    let mut last = Instant::now();
    let read = |feed: &mut Feed, place: usize| {
        let (lists, rows) = &pieces[place];
        feed_rows(feed, lists, rows.clone())
    };
    Feed::in_pieces(options, pieces.len(), read, &mut |now| {
        if last.elapsed() < LOOK {
            return ControlFlow::Continue(());
        }
        last = Instant::now();
        let goes_on = watch.look(|| (now.sentences, now.tokens, now.distinct));
        if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
}

/// The rows of an array of lists, about [`PIECE`] tokens at a time.
fn pieces(lists: &ArrayRef) -> impl Iterator<Item = Range<usize>> {
    let rows = lists.len();
    let tokens = (0..rows).next_back().map_or(0, |last| items(lists, last).1.end.max(items(lists, 0).1.end));
    let step = (rows.saturating_mul(PIECE) / tokens.max(1)).clamp(1, rows.max(1));
    (0..rows).step_by(step).map(move |start| start..rows.min(start + step))
}

/// Feeds some of an array's lists.
fn feed_rows(feed: &mut Feed, lists: &ArrayRef, rows: Range<usize>) -> Result<()> {
    let values = items(lists, rows.start).0;
    match values.data_type() {
        DataType::Utf8 => feed_texts(feed, lists, rows, values.as_string::<i32>()),
        DataType::LargeUtf8 => feed_texts(feed, lists, rows, values.as_string::<i64>()),
        DataType::Utf8View => feed_texts(feed, lists, rows, values.as_string_view()),
        _ => feed_lists(feed, lists, rows, |places, tokens| {
            let _ = each_text::<()>(values, places, &mut |token| {
                tokens.extend(token);
                ControlFlow::Continue(())
            });
        }),
    }
}

fn feed_texts<'a>(
    feed: &mut Feed,
    lists: &'a ArrayRef,
    rows: Range<usize>,
    texts: impl ArrayAccessor<Item = &'a str>,
) -> Result<()> {
    let has_nulls = texts.logical_null_count() > 0;
    feed_lists(feed, lists, rows, |places, tokens| {
        if has_nulls {
            tokens.extend(places.filter(|&place| texts.is_valid(place)).map(|place| texts.value(place)));
        } else {
            tokens.extend(places.map(|place| texts.value(place)));
        }
    })
}

/// Feeds lists, of which `collect` gets the tokens at some places.
fn feed_lists<'a>(
    feed: &mut Feed,
    lists: &'a ArrayRef,
    rows: Range<usize>,
    mut collect: impl FnMut(Range<usize>, &mut Vec<&'a str>),
) -> Result<()> {
    let mut tokens = Vec::new();
    for row in rows {
        tokens.clear();
        collect(items(lists, row).1, &mut tokens);
        feed.push(&tokens)?;
        feed.end_sentence()?;
        if feed.is_full() {
            break;
        }
    }
    Ok(())
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
