//! Writes a model that fastText and gensim load, and can train further.
//!
//! With n-grams the words' own rows and the rows of all buckets are written; buckets that no word uses are zeros, so that unknown words have
//! the same vectors there. Without n-grams, or where the own rows are not known, the words' vectors are their own rows.

use super::header::Training;
use super::{HIERARCHICAL_SOFTMAX, MAGIC, TRAINING_KEY};
use crate::error::FormatError;
use crate::format::safetensors::SubwordParts;
use crate::format::writer::{RowsView, TableView, VectorWriter, bytes_of, check_numbers, check_rows};
use crate::subwords::NGrams;
use crate::units::Units;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The version of the format that fastText 0.9 writes.
const VERSION: i32 = 12;

/// fastText's numbers for its losses and models.
const NEGATIVE_SAMPLING: i32 = 2;
const CBOW: i32 = 1;
const SKIP_GRAM: i32 = 2;

/// Writes fastText's `.bin`.
#[derive(Debug, Clone)]
pub struct FastTextWriter<'a> {
    /// The words and their own rows.
    table: TableView<'a>,
    subwords: Option<SubwordParts<'a>>,
    output: Option<RowsView<'a>>,
    training: Training,
}

impl<'a> FastTextWriter<'a> {
    /// Takes the words with their vectors; with n-grams, their own rows are written instead. `metadata` says how the model was trained.
    ///
    /// # Errors
    /// [`FormatError::Unwritable`] for a word with a zero byte; [`FormatError::Units`] for n-grams that are not of letters;
    /// [`FormatError::TooManyWords`] for more words or buckets than the format counts; [`FormatError::NotFinite`].
    pub(crate) fn new(
        table: TableView<'a>,
        subwords: Option<SubwordParts<'a>>,
        output: Option<RowsView<'a>>,
        metadata: &BTreeMap<String, String>,
    ) -> Result<Self, FormatError> {
        Self::with(table, subwords, output, Training::of(metadata))
    }

    /// The same where it is known how the model was trained.
    pub(super) fn with(
        table: TableView<'a>,
        mut subwords: Option<SubwordParts<'a>>,
        output: Option<RowsView<'a>>,
        training: Training,
    ) -> Result<Self, FormatError> {
        let own = subwords.as_mut().and_then(|subwords| subwords.words.take());
        let subwords = subwords.filter(|_| own.is_some());
        let table = TableView { rows: own.unwrap_or(table.rows), half: false, ..table };
        table.check()?;
        if let Some(SubwordParts { ngrams, rows, .. }) = &subwords {
            if ngrams.units != Units::Letters {
                return Err(FormatError::Units { units: ngrams.units });
            }
            check_numbers("n-gram rows", rows, false)?;
        }
        if let Some(output) = &output {
            check_rows("output.weight", &table.vocabulary, output, false)?;
        }
        let rows = table.vocabulary.len() + subwords.as_ref().map_or(0, |subwords| subwords.ngrams.buckets);
        let expected = i32::MAX as usize;
        if rows > expected {
            return Err(FormatError::TooManyWords { expected, got: rows });
        }
        if let Some(word) = table.vocabulary.words().find(|word| word.contains('\0')) {
            let word = word.escape_debug().to_string();
            return Err(FormatError::Unwritable { word, what: "a zero byte", format: "fastText" });
        }
        Ok(Self { table, subwords, output, training })
    }

    fn write_settings(&self, out: &mut dyn Write) -> io::Result<()> {
        let Training { window, epochs, min_count, negatives, word_ngrams, loss, model, update_rate, sampling, .. } =
            self.training;
        let size = self.table.rows.vector_size() as i32; // a row of a file is shorter than 2^31
        let [buckets, min_n, max_n] = match self.subwords.as_ref().map(|subwords| subwords.ngrams) {
            Some(NGrams { buckets, min_n, max_n, .. }) => {
                [buckets, min_n, max_n].map(|n| n.min(i32::MAX as usize) as i32)
            }
            None => [0; 3],
        };
        let words = [window, epochs, min_count, negatives, word_ngrams];
        let numbers = [[MAGIC, VERSION, size].as_slice(), &words, &[loss, model, buckets, min_n, max_n]].concat();
        numbers.iter().chain([&update_rate]).try_for_each(|number| out.write_all(&number.to_le_bytes()))?;
        out.write_all(&sampling.to_le_bytes())
    }

    fn write_dictionary(&self, out: &mut dyn Write) -> io::Result<()> {
        let words = &self.table.vocabulary;
        let counted = words.counts().iter().fold(0u64, |sum, &count| sum.saturating_add(count));
        for number in [words.len() as i32, words.len() as i32, 0] {
            out.write_all(&number.to_le_bytes())?;
        }
        let tokens = self.training.tokens;
        out.write_all(&if tokens > 0 { tokens } else { signed(counted) }.to_le_bytes())?;
        out.write_all(&(-1i64).to_le_bytes())?; // no n-grams are pruned
        for (word, &count) in words.words().zip(words.counts()) {
            out.write_all(word.as_bytes())?;
            out.write_all(&[0])?;
            out.write_all(&signed(count).to_le_bytes())?;
            out.write_all(&[0])?;
        }
        Ok(())
    }

    fn write_input(&self, out: &mut dyn Write) -> io::Result<()> {
        let (words, size) = (self.table.vocabulary.len(), self.table.rows.vector_size());
        let buckets = self.subwords.as_ref().map_or(0, |subwords| subwords.ngrams.buckets);
        write_shape(out, words + buckets, size)?;
        write_rows(out, &self.table.rows)?;
        let Some(SubwordParts { rows, buckets: used, .. }) = &self.subwords else { return Ok(()) };
        let Some(used) = used else { return write_rows(out, rows) };
        let (zeros, mut next, mut used) = (vec![0; 4 * size], 0, used.iter());
        rows.visit(|some| {
            some.chunks_exact(size).try_for_each(|row| {
                let bucket = used.next().map_or(next, |&bucket| bucket as usize);
                (next..bucket).try_for_each(|_| out.write_all(&zeros))?;
                next = bucket + 1;
                bytes_of(row, false, |bytes| out.write_all(bytes))
            })
        })?;
        (next..buckets).try_for_each(|_| out.write_all(&zeros))
    }
}

impl VectorWriter for FastTextWriter<'_> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_settings(out)?;
        self.write_dictionary(out)?;
        self.write_input(out)?;
        let (words, size) = (self.table.vocabulary.len(), self.table.rows.vector_size());
        write_shape(out, words, size)?;
        match &self.output {
            Some(output) => write_rows(out, output),
            None => (0..words).try_for_each(|_| out.write_all(&vec![0; 4 * size])),
        }
    }
}

/// What stands before a matrix: that it is not quantised, and its sizes.
fn write_shape(out: &mut dyn Write, rows: usize, columns: usize) -> io::Result<()> {
    out.write_all(&[0])?;
    out.write_all(&(rows as i64).to_le_bytes())?;
    out.write_all(&(columns as i64).to_le_bytes())
}

fn write_rows(out: &mut dyn Write, rows: &RowsView) -> io::Result<()> {
    rows.visit(|some| bytes_of(some, false, |bytes| out.write_all(bytes)))
}

/// A count as fastText stores it.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Training {
    /// What the metadata of a model say: those of a fastText model, or the settings of rapidvec's own trainer.
    fn of(metadata: &BTreeMap<String, String>) -> Self {
        let of_fasttext = metadata.get(TRAINING_KEY).and_then(|text| serde_json::from_str(text).ok());
        let value =
            |key: &str| metadata.get(key).and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
        of_fasttext.map_or_else(|| Self::of_config(&value("config"), &value("corpus")), Self::of_words)
    }

    /// A classifier's labels are not written, and without them it is none: its output rows would be those of words. What averages words
    /// as it does is CBOW.
    fn of_words(self) -> Self {
        match self.model {
            CBOW | SKIP_GRAM => self,
            _ => Self { model: CBOW, loss: NEGATIVE_SAMPLING, ..self },
        }
    }

    /// fastText's defaults where a setting is missing.
    fn of_config(config: &Value, corpus: &Value) -> Self {
        let number = |value: &Value, key: &str, default: i32| {
            value.get(key).and_then(Value::as_i64).map_or(default, |n| i32::try_from(n).unwrap_or(i32::MAX))
        };
        let is = |key: &str, expected: &Value| config.get(key) == Some(expected);
        // By both objectives at once: the output rows are those of words.
        let has_tree = is("hierarchical_softmax", &Value::Bool(true)) && number(config, "negatives", 5) == 0;
        Self {
            window: number(config, "window", 5),
            epochs: number(config, "epochs", 5),
            min_count: number(corpus, "min_count", 5),
            negatives: number(config, "negatives", 5),
            word_ngrams: 1,
            loss: if has_tree { HIERARCHICAL_SOFTMAX } else { NEGATIVE_SAMPLING },
            model: if is("model", &Value::from("cbow")) { CBOW } else { SKIP_GRAM },
            update_rate: 100,
            sampling: config.get("subsample").and_then(Value::as_f64).unwrap_or(1e-4),
            tokens: corpus.get("tokens").and_then(Value::as_i64).unwrap_or(0),
        }
    }
}
