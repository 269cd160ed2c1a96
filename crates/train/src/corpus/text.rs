//! A whole text as ids, with its vocabulary.

use super::encoder::Encoder;
use super::read::{LineOptions, LineReport, read_all, read_sources};
use super::sources::Source;
use crate::corpus::CorpusError;
use crate::error::Result;
use rapidvec_core::{Vocabulary, WordId};
use std::io::Read;
use xxhash_rust::xxh3::Xxh3;

/// A text as ids, in order, and the vocabulary that gives the ids their words.
///
/// ```
/// use crate::corpus::{LineCorpus, LineOptions};
///
/// let corpus = LineCorpus::from_text("book", "you say goodbye\nand i say hello .", &LineOptions::default())?;
/// assert_eq!(corpus.ids, [0, 1, 2, 3, 4, 5, 1, 6, 7, 3]); // 3 is <eos>
/// assert_eq!(corpus.vocabulary.word(2), "goodbye");
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LineCorpus {
    /// The text, 4 bytes a token.
    pub ids: Vec<WordId>,
    /// Words by id. The counts are those of *this* text, also where the ids come from another one.
    pub vocabulary: Vocabulary,
    /// Where the text came from: paths joined by ` + ` (of more than four the first, and how many), `stdin`, or a data set's name.
    pub name: String,
    /// What was skipped, cut or replaced on the way.
    pub report: LineReport,
}

impl LineCorpus {
    /// Reads sources one after the other into one corpus with its own vocabulary: ids by first appearance.
    ///
    /// # Errors
    /// A source is missing, a folder, cut short, binary or not UTF-8, or cannot be prepared as asked; all of them together
    /// hold no word.
    pub fn read(sources: &[Source], options: &LineOptions) -> Result<Self> {
        let encoder = Encoder::new(Vocabulary::new(), true, options);
        Self::encode(name_of(sources), options, encoder, |encoder| read_sources(sources, options, encoder))
    }

    /// The same with the ids of another vocabulary, for held-out text. Words it does not know are left out and counted in
    /// the report; lines leave a mark only if it knows `<eos>`.
    ///
    /// The result's vocabulary has the same words, also those that this text lacks, with the counts of this text. To score
    /// held-out text draw negatives by the counts of the *training* text.
    ///
    /// # Errors
    /// As [`read`](Self::read), and when no word of the text is known.
    pub fn read_with(sources: &[Source], options: &LineOptions, vocabulary: &Vocabulary) -> Result<Self> {
        let encoder = Encoder::new(vocabulary.without_counts(), false, options);
        Self::encode(name_of(sources), options, encoder, |encoder| read_sources(sources, options, encoder))
    }

    /// From a string in memory.
    ///
    /// # Errors
    /// The text has no word, or a NUL.
    pub fn from_text(name: &str, text: &str, options: &LineOptions) -> Result<Self> {
        Self::from_reader(name, text.as_bytes(), options)
    }

    /// From anything that can be read, once, to its end; `name` stands for it in messages.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn from_reader(name: &str, reader: impl Read + Send, options: &LineOptions) -> Result<Self> {
        let encoder = Encoder::new(Vocabulary::new(), true, options);
        Self::encode(name.to_owned(), options, encoder, |encoder| read_one(reader, name, options, encoder))
    }

    /// As [`from_reader`](Self::from_reader), with the ids of another vocabulary as in [`read_with`](Self::read_with).
    ///
    /// # Errors
    /// As [`read_with`](Self::read_with).
    pub fn from_reader_with(
        name: &str,
        reader: impl Read + Send,
        options: &LineOptions,
        vocabulary: &Vocabulary,
    ) -> Result<Self> {
        let encoder = Encoder::new(vocabulary.without_counts(), false, options);
        Self::encode(name.to_owned(), options, encoder, |encoder| read_one(reader, name, options, encoder))
    }

    /// 16 hexadecimal digits over ids and words (XXH3, 64 bits): tells whether a checkpoint belongs to this corpus.
    ///
    /// The name has no part in it: a corpus that moved is the same corpus.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Xxh3::new();
        let (text, ends) = self.vocabulary.arena();
        // Lengths first, so that no two corpora run into the same bytes; all numbers little-endian on any machine.
        for length in [self.ids.len(), ends.len(), text.len()] {
            hasher.update(&(length as u64).to_le_bytes());
        }
        hash_numbers(&mut hasher, self.ids.iter().copied(), |id| id.to_le_bytes());
        hash_numbers(&mut hasher, ends.iter().copied(), |end| end.to_le_bytes());
        hasher.update(text.as_bytes());
        format!("{:016x}", hasher.digest())
    }

    fn encode(
        name: String,
        options: &LineOptions,
        mut encoder: Encoder,
        read: impl FnOnce(&mut Encoder) -> Result<()>,
    ) -> Result<Self> {
        options.validate()?;
        read(&mut encoder)?;
        let Encoder { mut ids, vocabulary, report, marks, .. } = encoder;
        if ids.len() as u64 == marks {
            let LineReport { empty_lines, skipped_lines, missing_fields, unknown_words, .. } = report;
            return Err(match unknown_words {
                0 => CorpusError::Empty { name, empty_lines, skipped_lines, missing_fields },
                _ => CorpusError::AllUnknown { name, unknown_words },
            }
            .into());
        }
        ids.shrink_to_fit();
        Ok(Self { ids, vocabulary, name, report })
    }
}

fn read_one(reader: impl Read + Send, name: &str, options: &LineOptions, encoder: &mut Encoder) -> Result<()> {
    // A full encoder is as good as the end of the text.
    read_all(reader, name, options, encoder).map(|_full_or_over| ())
}

/// Names of more files than one reads at a glance are left out.
pub(super) fn name_of(sources: &[Source]) -> String {
    let names: Vec<_> = sources.iter().take(5).map(Source::to_string).collect();
    match sources.len() {
        0 => "an empty list of files".to_owned(),
        1..=4 => names.join(" + "),
        count => format!("{} and {} other texts", names[0], count - 1),
    }
}

/// Feeds numbers to the hasher in blocks: one call a number would take ten times as long.
pub(super) fn hash_numbers<T, const N: usize>(
    hasher: &mut Xxh3,
    numbers: impl Iterator<Item = T>,
    to_bytes: impl Fn(T) -> [u8; N],
) {
    let mut block = Vec::with_capacity(1024 * N);
    for number in numbers {
        block.extend(to_bytes(number));
        if block.len() == 1024 * N {
            hasher.update(&block);
            block.clear();
        }
    }
    hasher.update(&block);
}
