//! Writing an archive that `numpy.load` opens, as a stream: nothing larger than a small buffer is held.

use super::{ALWAYS_UNPACKED, COUNTS, MAX_RATIO, MAX_WORD_BYTES, MAX_WORDS_BYTES, VECTORS, WORDS};
use crate::error::FormatError;
use crate::format::npy_head;
use crate::format::writer::{CHUNK, TableView, VectorWriter, bytes_of};
use std::io::{self, BufWriter, Write};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Parts of this many bytes or more get 64-bit sizes: zip's own limit, less its records.
const LARGE: u64 = u32::MAX as u64 - (1 << 20);

/// Writes an archive that `numpy.load` opens; in half precision if the table says so.
#[derive(Debug)]
pub struct NpzWriter<'a> {
    table: TableView<'a>,
    /// Characters (or bytes, if `as_bytes`) that each word fills.
    pub(super) length: usize,
    pub(super) as_bytes: bool,
}

impl<'a> NpzWriter<'a> {
    /// Checks the words and numbers.
    ///
    /// # Errors
    /// [`FormatError`] if sizes disagree, a number is not finite or too large for half precision, or a word ends with a zero
    /// character or is so long that the array of words, which are all padded to that length, would be too large.
    pub fn new(table: TableView<'a>) -> Result<Self, FormatError> {
        table.check()?;
        let vocabulary = &table.vocabulary;
        let unwritable = |word: &str, what| {
            Err(FormatError::Unwritable { word: word.escape_debug().to_string(), what, format: "npz" })
        };
        if let Some(word) = vocabulary.words().find(|word| word.ends_with('\0')) {
            return unwritable(word, "a zero character at its end");
        }
        let longest = vocabulary.words().max_by_key(|word| word.len()).unwrap_or("");
        let characters = vocabulary.words().map(|word| word.chars().count()).max().unwrap_or(0);
        let fits = |length: usize, width: u64| {
            (vocabulary.len() as u64).saturating_mul(length as u64).saturating_mul(width) <= MAX_WORDS_BYTES
        };
        let as_bytes = !fits(characters, 4);
        if longest.len() > MAX_WORD_BYTES || as_bytes && !fits(longest.len(), 1) {
            return unwritable(longest, "too many characters");
        }
        let length = if as_bytes { longest.len() } else { characters }.max(1); // NumPy knows no texts of length 0
        Ok(Self { table, length, as_bytes })
    }

    fn write_arrays(&self, zip: &mut Zip) -> io::Result<()> {
        self.write_vectors(zip)?;
        self.write_words(zip)?;
        if self.table.vocabulary.has_counts() {
            self.write_counts(zip)?;
        }
        Ok(())
    }

    fn write_vectors(&self, zip: &mut Zip) -> io::Result<()> {
        let TableView { vocabulary, rows, half } = &self.table;
        let (kind, width) = if *half { ("<f2", 2) } else { ("<f4", 4) };
        let shape = format!("({}, {})", vocabulary.len(), rows.vector_size());
        begin(zip, VECTORS, kind, &shape, CompressionMethod::Stored, (width * rows.numbers()) as u64)?;
        rows.visit(|numbers| bytes_of(numbers, *half, |bytes| zip.write_all(bytes)))
    }

    fn write_words(&self, zip: &mut Zip) -> io::Result<()> {
        let (kind, width) = if self.as_bytes { ("|S", 1) } else { ("<U", 4) };
        let bytes = (self.table.vocabulary.len() * self.length * width) as u64;
        let kind = format!("{kind}{}", self.length);
        // Words are compressed to a third or so; an array that is mostly padding would look like a decompression bomb.
        let text: usize = self.table.vocabulary.words().map(str::len).sum();
        let is_padding = bytes > ALWAYS_UNPACKED && bytes / (MAX_RATIO / 5) > text as u64;
        let method = if is_padding { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        begin(zip, WORDS, &kind, &self.one_dimension(), method, bytes)?;
        let mut out = BufWriter::with_capacity(4 * CHUNK, zip);
        for word in self.table.vocabulary.words() {
            let used = if self.as_bytes {
                out.write_all(word.as_bytes())?;
                word.len()
            } else {
                word.chars().try_for_each(|character| out.write_all(&u32::from(character).to_le_bytes()))?;
                word.chars().count()
            };
            io::copy(&mut io::Read::take(io::repeat(0), ((self.length - used) * width) as u64), &mut out)?;
        }
        out.flush()
    }

    fn write_counts(&self, zip: &mut Zip) -> io::Result<()> {
        let counts = self.table.vocabulary.counts();
        let bytes = 8 * counts.len() as u64;
        begin(zip, COUNTS, "<u8", &self.one_dimension(), CompressionMethod::Deflated, bytes)?;
        let mut out = BufWriter::with_capacity(4 * CHUNK, zip);
        counts.iter().try_for_each(|count| out.write_all(&count.to_le_bytes()))?;
        out.flush()
    }

    fn one_dimension(&self) -> String {
        format!("({},)", self.table.vocabulary.len())
    }
}

impl VectorWriter for NpzWriter<'_> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = Gate { out, closed: false };
        let mut zip = ZipWriter::new_stream(&mut out);
        self.write_arrays(&mut zip)?;
        zip.finish()?.into_inner().flush()
    }
}

type Zip<'a, 'o> = ZipWriter<StreamWriter<&'a mut Gate<'o>>>;

/// Passes bytes on until a write fails. When the archive is then dropped, it would try to write its end, fail again,
/// and print a message.
struct Gate<'o> {
    out: &'o mut dyn Write,
    closed: bool,
}

impl Write for Gate<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes);
        let goes_on = written.as_ref().map_or_else(|e| e.kind() == io::ErrorKind::Interrupted, |&length| length > 0);
        self.closed = !goes_on && !bytes.is_empty();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed { Ok(()) } else { self.out.flush() }
    }
}

/// Begins the array `name`, whose data takes `bytes`.
fn begin(zip: &mut Zip, name: &str, kind: &str, shape: &str, method: CompressionMethod, bytes: u64) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default())
        .large_file(bytes >= LARGE);
    zip.start_file(format!("{name}.npy"), options)?;
    zip.write_all(&npy_head(kind, shape))
}
