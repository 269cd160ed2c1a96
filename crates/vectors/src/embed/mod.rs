//! A text as one vector: the mean of its words' unit vectors.
//!
//! For the `n` known words `w` of a text, counting repetitions: `Σ s(w) u(w) / n`, where `u(w)` is the vector of `w` scaled
//! to length 1 and `s(w)` is 1, or with [`Embedder::sif`] `a / (a + p(w))`, `p(w)` being the word's share of the training
//! text (smooth inverse frequency: Arora, Liang and Ma 2017, without their second step, which removes the common direction
//! of all texts and needs them all first). Words are separated by white space. Words outside the vocabulary get
//! vectors from their n-grams if the file has any (and count as seen 0 times); otherwise they are skipped and counted. A
//! text without a known word becomes the zero vector.

mod json;
mod npy;

pub use npy::NpySpool;

use crate::error::Error;
use crate::lines::Lines;
use crate::search::error::QueryError;
use crate::word_vectors::WordVectors;
use rapidvec_core::WordId;
use serde_json::Value;
use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

/// Makes vectors of texts.
///
/// ```
/// use rapidvec_vectors::{Embedder, Numbers, WordVectors};
/// let mut vocabulary = rapidvec_core::Vocabulary::new();
/// ["you", "say", "goodbye"].map(|word| vocabulary.add(word));
/// let numbers = Numbers::F32(vec![2.0, 0.0, 0.0, 3.0, 0.0, -1.0]); // 3 words x 2 numbers
/// let vectors = WordVectors::new(vocabulary, 2, numbers)?;
///
/// let embedder = Embedder::new(&vectors);
/// assert_eq!(embedder.embed("you say something")?, [0.5, 0.5]);
///
/// let mut rows = Vec::new();
/// let report = embedder.embed_lines("you say\n\nhello\n".as_bytes(), "talk", |row| {
///     rows.push(row.to_vec());
///     Ok::<(), rapidvec_vectors::Error>(())
/// })?;
/// assert_eq!(rows, [[0.5, 0.5], [0.0, 0.0], [0.0, 0.0]]);
/// assert_eq!((report.lines, report.words, report.unknown_words, report.lines_unknown), (3, 3, 1, 2));
/// # Ok::<(), rapidvec_vectors::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Embedder<'a> {
    vectors: &'a WordVectors,
    /// `a`, times the number of all words seen.
    sif: Option<f64>,
    lower: bool,
    field: Option<String>,
}

/// How much was embedded, and what was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EmbedReport {
    /// Lines, and so vectors.
    pub lines: u64,
    /// Words, including unknown ones.
    pub words: u64,
    /// Words without a vector, which were skipped.
    pub unknown_words: u64,
    /// Lines without a known word, including empty ones; their vectors are zero.
    pub lines_unknown: u64,
}

/// The sum over a text so far.
struct Sum {
    /// `vector_size` numbers.
    total: Vec<f64>,
    known: u64,
    unknown: u64,
}

impl<'a> Embedder<'a> {
    /// Gives every word the same weight.
    pub fn new(vectors: &'a WordVectors) -> Self {
        Self { vectors, sif: None, lower: false, field: None }
    }

    /// Gives frequent words less weight: `a / (a + share of the training text)`; 1e-3 is a good `a`.
    ///
    /// # Errors
    /// [`QueryError::NoCounts`] if the vectors come from a file without word counts;
    /// [`QueryError::SifWeight`] if `a` is not a positive number.
    pub fn sif(self, a: f64) -> Result<Self, QueryError> {
        if !(a > 0.0 && a.is_finite()) {
            return Err(QueryError::SifWeight { got: a.to_string() });
        }
        let seen: f64 = self.vectors.vocabulary().counts().iter().map(|&count| count as f64).sum();
        if seen == 0.0 {
            return Err(QueryError::NoCounts);
        }
        Ok(Self { sif: Some(a * seen), ..self })
    }

    /// Looks words up in lower case.
    pub fn lower(self, lower: bool) -> Self {
        Self { lower, ..self }
    }

    /// Reads lines as JSON objects with the text in this field: a string, or an array of strings, each of which is one word.
    /// A dot leads into nested objects.
    pub fn field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// Numbers in a vector.
    pub fn vector_size(&self) -> usize {
        self.vectors.vector_size()
    }

    /// The vector of a text, `vector_size` numbers.
    ///
    /// # Errors
    /// [`QueryError::NotFinite`] if a word's vector holds NaN or infinity: the file is damaged.
    pub fn embed(&self, text: &str) -> Result<Vec<f32>, QueryError> {
        let mut sum = Sum { total: vec![0.0; self.vector_size()], known: 0, unknown: 0 };
        let mut vector = vec![0.0; self.vector_size()];
        self.add_words(&mut sum, text)?;
        sum.take_mean(&mut vector);
        Ok(vector)
    }

    /// Passes the vector of each line to `see`, in order, in memory that does not depend on the length of the text; `name`
    /// stands for it in messages. Gzip, bzip2, zstd and xz are decompressed.
    ///
    /// # Errors
    /// [`TextError`](crate::error::TextError) if it is not text, [`QueryError`] as [`embed`](Self::embed),
    /// An error of the system if it cannot be read, and the errors of `see`.
    pub fn embed_lines<E: From<Error>>(
        &self,
        reader: impl Read + Send,
        name: &str,
        see: impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<EmbedReport, E> {
        self.all(Lines::new(reader, name)?, see)
    }

    /// The same for the file (or pipe) at `path`.
    ///
    /// # Errors
    /// As [`embed_lines`](Self::embed_lines).
    pub fn embed_file<E: From<Error>>(
        &self,
        path: impl AsRef<Path>,
        see: impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<EmbedReport, E> {
        self.all(Lines::open(path.as_ref())?, see)
    }

    fn all<E: From<Error>>(
        &self,
        mut lines: Lines,
        mut see: impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<EmbedReport, E> {
        let mut report = EmbedReport::default();
        let mut sum = Sum { total: vec![0.0; self.vector_size()], known: 0, unknown: 0 };
        let mut vector = vec![0.0; self.vector_size()];
        let mut record = String::new();
        let name = lines.name().to_owned();
        while let Some(piece) = lines.next_piece()? {
            match &self.field {
                None => {
                    self.add_words(&mut sum, piece.text).map_err(Error::from)?;
                    sum.unknown += u64::from(piece.giant);
                }
                Some(field) => {
                    json::collect(&mut record, &piece, &name).map_err(Error::from)?;
                    if piece.ends_line {
                        self.add_record(&mut sum, &record, field, (&name, piece.line))?;
                        record.clear();
                    }
                }
            }
            if piece.ends_line {
                report.lines += 1;
                report.words += sum.known + sum.unknown;
                report.unknown_words += sum.unknown;
                report.lines_unknown += u64::from(sum.known == 0);
                sum.take_mean(&mut vector);
                see(&vector)?;
            }
        }
        Ok(report)
    }

    fn add_words(&self, sum: &mut Sum, text: &str) -> Result<(), QueryError> {
        text.split_whitespace().try_for_each(|word| self.add_word(sum, word))
    }

    fn add_word(&self, sum: &mut Sum, word: &str) -> Result<(), QueryError> {
        let word = if self.lower { Cow::from(rapidvec_core::to_lowercase(word)) } else { word.into() };
        if let Some(id) = self.vectors.id(&word) {
            return self.add(sum, id);
        }
        match self.vectors.vector_of_ngrams(&word) {
            Some(vector) => drop(self.add_row(sum, &vector, 0.0)),
            None => sum.unknown += 1,
        }
        Ok(())
    }

    /// Adds the words of a line of JSON, which stands at `place`.
    fn add_record(&self, sum: &mut Sum, line: &str, field: &str, place: (&str, u64)) -> Result<(), Error> {
        match json::text(line, field, place)? {
            Value::String(text) => Ok(self.add_words(sum, &text)?),
            Value::Array(words) => {
                let mut words = words.iter().filter_map(Value::as_str);
                Ok(words.try_for_each(|word| self.add_word(sum, word))?)
            }
            _ => Ok(()),
        }
    }

    fn add(&self, sum: &mut Sum, id: WordId) -> Result<(), QueryError> {
        let seen = self.vectors.vocabulary().count(id) as f64;
        let mut squares = 0.0;
        self.vectors.rows().for_each(id as usize..id as usize + 1, |_, row| squares = self.add_row(sum, row, seen));
        if squares.is_finite() { Ok(()) } else { self.vectors.finite(id).map(drop) }
    }

    /// Adds the vector of a word that occurs `seen` times in the training text; returns the square of its length.
    fn add_row(&self, sum: &mut Sum, row: &[f32], seen: f64) -> f64 {
        let weight = self.sif.map_or(1.0, |a| a / (a + seen));
        let squares = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>(); // no finite f32 overflows
        let weight = if squares > 0.0 { weight / squares.sqrt() } else { 0.0 };
        sum.total.iter_mut().zip(row).for_each(|(total, &x)| *total += weight * f64::from(x));
        sum.known += 1;
        squares
    }
}

impl Sum {
    /// Writes the mean to `vector` and resets the sum.
    fn take_mean(&mut self, vector: &mut [f32]) {
        let words = self.known.max(1) as f64;
        for (out, total) in vector.iter_mut().zip(&mut self.total) {
            *out = (*total / words) as f32;
            *total = 0.0;
        }
        (self.known, self.unknown) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;
    use rapidvec_core::Vocabulary;

    fn vectors(counts: [u64; 4]) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        for (word, count) in ["the", "king", "İ", "zero"].into_iter().zip(counts) {
            vocabulary.insert(word, count);
        }
        let numbers = vec![3.0, 4.0, 0.0, -2.0, 1.0, 0.0, 0.0, 0.0];
        WordVectors::new(vocabulary, 2, Numbers::F32(numbers)).unwrap()
    }

    #[test]
    fn a_text_is_the_mean_of_the_unit_vectors_of_its_words() {
        let vectors = vectors([0; 4]);
        let embedder = Embedder::new(&vectors);
        assert_eq!(embedder.embed("the  king\tthe the").unwrap(), [0.45, 0.35]); // (3 (.6, .8) + (0, -1)) / 4
        assert_eq!(embedder.embed("king King castle").unwrap(), [0.0, -1.0]);
        assert_eq!(embedder.embed("zero king").unwrap(), [0.0, -0.5]); // known, and of length 0
        assert_eq!(embedder.embed("castle").unwrap(), [0.0, 0.0]);
    }

    #[test]
    fn words_are_lowercased_on_request() {
        let vectors = vectors([0; 4]);
        assert_eq!(Embedder::new(&vectors).lower(true).embed("KING Th\u{45}").unwrap(), [0.3, -0.1]);
        assert_eq!(Embedder::new(&vectors).lower(true).embed("İ").unwrap(), [0.0, 0.0]); // becomes two characters
        assert_eq!(Embedder::new(&vectors).embed("İ").unwrap(), [1.0, 0.0]);
    }

    /// By the formula: p = .9 and .1, so weights .001 / .901 and .001 / .101.
    #[test]
    fn frequent_words_weigh_less_by_smooth_inverse_frequency() {
        let vectors = vectors([900, 100, 0, 0]);
        let embedder = Embedder::new(&vectors).sif(1e-3).unwrap();
        let [the, king] = [0.001 / 0.901, 0.001 / 0.101];
        let expected = [0.6 * the / 2.0, (0.8 * the - king) / 2.0];
        for (got, expected) in embedder.embed("the king castle").unwrap().iter().zip(expected) {
            assert!((f64::from(*got) - expected).abs() < 1e-9, "{got} {expected}");
        }
        assert_eq!(embedder.embed("İ").unwrap(), [1.0, 0.0]); // never seen: full weight
    }

    #[test]
    fn weights_need_counts_and_a_positive_number() {
        let with_counts = vectors([1, 1, 1, 1]);
        assert_eq!(Embedder::new(&vectors([0; 4])).sif(1e-3).err(), Some(QueryError::NoCounts));
        for a in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(Embedder::new(&with_counts).sif(a), Err(QueryError::SifWeight { .. })));
        }
    }

    #[test]
    fn a_field_of_json_lines_is_text_or_an_array_of_words() {
        let vectors = vectors([0; 4]);
        let embedder = Embedder::new(&vectors).field("review.text");
        let embed = |text: &str| {
            let mut rows = Vec::new();
            let see = |row: &[f32]| {
                rows.push([row[0], row[1]]);
                Ok::<(), Error>(())
            };
            embedder.embed_lines(text.as_bytes(), "t", see).map(|report| (rows, report))
        };
        let long = format!(r#"{{"review":{{"text":"{}the king"}}}}"#, "zero ".repeat(40_000));
        let text = format!(
            "{{\"review\": {{\"text\": \"the  king\\nthe\"}}, \"id\": 1}}\n{{\"review.text\": [\"king\", \"the king\"]}}\n\n{long}\n"
        );
        let (rows, report) = embed(&text).unwrap();
        assert_eq!(report, EmbedReport { lines: 4, words: 40_007, unknown_words: 1, lines_unknown: 1 });
        assert_eq!((rows[1], rows[2]), ([0.0, -1.0], [0.0, 0.0]));
        assert!((rows[0][0] - 0.4).abs() < 1e-6 && (rows[0][1] - 0.2).abs() < 1e-6, "{rows:?}");
        for (text, expected) in [
            ("{\"review\": 1}\n", "t: line 1: the JSON object has no text in the field `review.text`"),
            ("\nking\n", "t: line 2: not a JSON object"),
            ("{\"review.text\": [1]}", "t: line 1: the JSON object has no text in the field"),
        ] {
            let message = embed(text).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    #[test]
    fn a_line_of_any_length_is_one_vector() {
        let vectors = vectors([0; 4]);
        let long = "the king ".repeat(100_000);
        let text = format!("\u{feff}king\r\n{long}\n{}\nking", "x".repeat(200_000));
        let mut rows = Vec::new();
        let report = Embedder::new(&vectors)
            .embed_lines(text.as_bytes(), "t", |row| {
                rows.push([row[0], row[1]]);
                Ok::<(), Error>(())
            })
            .unwrap();
        assert_eq!(report, EmbedReport { lines: 4, words: 200_003, unknown_words: 1, lines_unknown: 1 });
        assert_eq!((rows[0], rows[2], rows[3]), ([0.0, -1.0], [0.0; 2], [0.0, -1.0]));
        assert!((rows[1][0] - 0.3).abs() < 1e-7 && (rows[1][1] + 0.1).abs() < 1e-7);
    }
}
