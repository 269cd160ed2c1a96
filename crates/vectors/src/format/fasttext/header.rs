//! The settings and the words of a model, all checked before anything is kept.

use super::{HIERARCHICAL_SOFTMAX, MAGIC};
use crate::error::FormatError;
use crate::format::OpenOptions;
use crate::format::cursor::{Cursor, same, size};
use crate::format::table_builder::check_row;
use crate::subwords::{NGrams, work_each};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// A word takes byte 0, its count and its kind, in addition to its own bytes.
const MIN_WORD_BYTES: u64 = 10;

/// Bytes between the end of one word and the beginning of the next.
const BETWEEN_WORDS: usize = MIN_WORD_BYTES as usize;

/// The maximum average number of n-grams of a word, in addition to [`FREE_ADDITIONS`]; 20 or 30 are usual.
const MAX_NGRAMS_A_WORD: u64 = 1000;

/// This much work is always allowed, in additions ([`NGrams::work`]): it takes less than a second.
const FREE_ADDITIONS: u64 = 1 << 30;

/// How a model was trained, as its file says. Vectors do not depend on it; a copy of the model has it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Words on each side.
    pub window: i32,
    /// Passes over the text.
    pub epochs: i32,
    /// Words that occur less often were dropped.
    pub min_count: i32,
    /// Negatives for each target.
    pub negatives: i32,
    /// The most words in an n-gram of words.
    #[serde(default = "one")]
    pub word_ngrams: i32,
    /// 1: hierarchical softmax; 2: negative sampling; 3: softmax; 4: one against all.
    pub loss: i32,
    /// 1: CBOW; 2: skip-gram; 3: a classifier.
    pub model: i32,
    /// How often fastText's threads report, in tokens.
    pub update_rate: i32,
    /// The threshold of subsampling.
    pub sampling: f64,
    /// Tokens of the text, those of dropped words too.
    pub tokens: i64,
}

fn one() -> i32 {
    1
}

impl Training {
    /// Whether the output rows belong to the nodes of a tree.
    pub(super) fn has_tree(&self) -> bool {
        self.loss == HIERARCHICAL_SOFTMAX
    }
}

/// The settings that vectors depend on.
pub(super) struct Settings {
    /// D.
    pub(super) vector_size: usize,
    /// B.
    pub(super) buckets: usize,
    /// Characters in the shortest n-gram.
    pub(super) min_n: usize,
    /// Characters in the longest n-gram; 0 or below the shortest: words have none.
    pub(super) max_n: usize,
    /// Trained to predict labels, not neighbours.
    pub(super) is_classifier: bool,
    /// The format before versions had numbers: without a signature, pruned n-grams and quantised matrices.
    pub(super) is_old: bool,
    pub(super) training: Training,
}

impl Settings {
    /// `allow_old`: a file without a signature is one of the old format, as gensim takes it; its sizes tell whether it is.
    pub(super) fn read(cursor: &mut Cursor, allow_old: bool) -> Result<Self, FormatError> {
        let start = cursor.clone();
        let is_old = allow_old && cursor.i32("the signature")? != MAGIC;
        *cursor = start;
        let version = if is_old { 0 } else { version(cursor)? };
        let mut next = || cursor.i32("the settings");
        let vector_size = size("numbers per vector", next()?.into(), 1)?;
        let [window, epochs, min_count, negatives] = [next()?, next()?, next()?, next()?];
        let word_ngrams = next()?;
        let loss = one_of("the loss", 1..=4, next()?)?;
        let model = one_of("the model", 1..=3, next()?)?;
        let buckets = size("buckets", next()?.into(), 0)?;
        let min_n = size("the shortest n-gram", next()?.into(), 0)?;
        let mut max_n = size("the longest n-gram", next()?.into(), 0)?;
        let update_rate = next()?;
        let sampling = f64::from_bits(cursor.i64("the settings")? as u64);
        let is_classifier = model == 3;
        if version == 11 && is_classifier {
            max_n = 0; // as fastText itself reads them: classifiers had no n-grams then, whatever is written here
        }
        let training = Training {
            window,
            epochs,
            min_count,
            negatives,
            word_ngrams,
            loss,
            model,
            update_rate,
            sampling,
            tokens: 0,
        };
        Ok(Self { vector_size, buckets, min_n, max_n, is_classifier, is_old, training })
    }

    /// The n-grams of words, if the model has any.
    pub(super) fn ngrams(&self) -> Result<Option<NGrams>, FormatError> {
        let has = self.buckets > 0 && self.max_n >= self.min_n.max(1);
        let ngrams = NGrams::default().min_n(self.min_n.max(1)).max_n(self.max_n).buckets(self.buckets);
        has.then(|| ngrams.check().map(|()| ngrams)).transpose()
    }
}

/// The signature and the version after it.
fn version(cursor: &mut Cursor) -> Result<i32, FormatError> {
    one_of("the first number", MAGIC..=MAGIC, cursor.i32("the signature")?)?;
    let version = cursor.i32("the signature")?;
    if (11..=12).contains(&version) {
        return Ok(version);
    }
    Err(FormatError::Version { expected: "11 or 12", got: version.to_string() })
}

fn one_of(field: &'static str, known: RangeInclusive<i32>, got: i32) -> Result<i32, FormatError> {
    if known.contains(&got) {
        return Ok(got);
    }
    Err(FormatError::Field { field, expected: "a number that fastText writes", got: got.to_string() })
}

/// Where the words are, after all were checked. V words, L labels.
pub(super) struct Dictionary<'a> {
    bytes: &'a [u8],
    /// Where each of the V words ends in `bytes`.
    ends: Vec<usize>,
    pub(super) labels: usize,
    pub(super) tokens: i64,
}

impl<'a> Dictionary<'a> {
    pub(super) fn read(
        cursor: &mut Cursor<'a>,
        settings: &Settings,
        options: &OpenOptions,
    ) -> Result<Self, FormatError> {
        let what = "the dictionary's sizes";
        let entries = size("words and labels", cursor.i32(what)?.into(), 1)?;
        let words = size("words", cursor.i32(what)?.into(), 1)?;
        let labels = size("labels", cursor.i32(what)?.into(), 0)?;
        same("words and labels together", words as u64 + labels as u64, entries as i64)?;
        let tokens = cursor.i64(what)?;
        size("tokens", tokens, 0)?;
        let pruned = if settings.is_old { -1 } else { cursor.i64(what)? };
        cursor.expect("the dictionary", (entries as u64).saturating_mul(MIN_WORD_BYTES))?;
        let dictionary = Self { tokens, ..walk(cursor, settings, options, words, labels)? };
        if pruned >= 0 {
            cursor.take("the pruned n-grams", (pruned as u64).saturating_mul(8))?;
            refuse_dense_pruned(cursor)?;
        }
        Ok(dictionary)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Word `row` and its count.
    pub(super) fn word(&self, row: usize) -> (&'a [u8], u64) {
        let start = if row == 0 { 0 } else { self.ends[row - 1] + BETWEEN_WORDS };
        let end = self.ends[row];
        let mut count = [0; 8];
        count.copy_from_slice(&self.bytes[end + 1..end + 9]);
        (&self.bytes[start..end], u64::from_le_bytes(count))
    }
}

/// Skips all words, then all labels. Their number is known to fit the bytes.
fn walk<'a>(
    cursor: &mut Cursor<'a>,
    settings: &Settings,
    options: &OpenOptions,
    words: usize,
    labels: usize,
) -> Result<Dictionary<'a>, FormatError> {
    let start = cursor.position();
    let rest = cursor.rest();
    let mut ends = Vec::with_capacity(words);
    let (ngrams, mut work) = (settings.ngrams()?, 0u64);
    for row in 0..words + labels {
        let position = cursor.position();
        let word = cursor.text("the dictionary")?;
        size("the count of a word", cursor.i64("the dictionary")?, 0)?;
        let label = cursor.u8("the dictionary")?;
        same("kind of a word (0) or label (1)", u64::from(row >= words), label.into())?;
        if row < words {
            check_row(word, row, None, options)?;
            ends.push(position - start + word.len());
            work = work.saturating_add(ngrams.map_or(0, |ngrams| ngrams.work(word.len(), settings.vector_size)));
        }
    }
    check_work(work, words as u64, work_each(settings.vector_size))?;
    Ok(Dictionary { bytes: &rest[..cursor.position() - start], ends, labels, tokens: 0 })
}

/// Otherwise a short file with a few very long words could keep a machine busy for hours.
fn check_work(work: u64, words: u64, each: u64) -> Result<(), FormatError> {
    let allowed = MAX_NGRAMS_A_WORD.saturating_mul(words).saturating_mul(each).saturating_add(FREE_ADDITIONS);
    if work <= allowed {
        return Ok(());
    }
    let got = format!("{}", work / each / words.max(1));
    Err(FormatError::Field { field: "n-grams of an average word", expected: "at most 1,000", got })
}

/// fastText prunes n-grams only when it quantises; other pruned models come from a version with a bug.
fn refuse_dense_pruned(cursor: &Cursor) -> Result<(), FormatError> {
    if cursor.rest().first() == Some(&0) {
        let (expected, got) = ("none in a model that is not quantised", "some".to_owned());
        return Err(FormatError::Field { field: "pruned n-grams", expected, got });
    }
    Ok(())
}
