//! What happened while a text was read: its size, and everything that was dropped or changed.

use super::error::CorpusError;

/// The progress of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadProgress {
    /// Bytes of text read, after decompression.
    pub bytes: u64,
    /// Bytes in all; `None` unless every text is a plain file.
    pub total: Option<u64>,
    /// Tokens read.
    pub tokens: u64,
}

/// What happened while a text was counted and encoded. Nothing is dropped silently: every loss is counted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CorpusReport {
    /// Tokens read. Line ends are among them where they are words ([`LineEnd::Word`](super::LineEnd::Word)).
    pub tokens: u64,
    /// Tokens kept: the number of ids, without the marks between sentences.
    pub kept: u64,
    /// Sentences kept: lines with a token that was kept. 0 where words were only counted.
    pub sentences: u64,
    /// Distinct words seen, except those pruned.
    pub distinct_words: u64,
    /// Distinct words dropped for occurring fewer than `min_count` times.
    pub rare_words: u64,
    /// Occurrences of those words.
    pub rare_tokens: u64,
    /// Words dropped to stay within [`max_vocab`](super::CorpusOptions::max_vocab).
    pub pruned: Pruned,
    /// Lines with at least one word, even if none of its words was kept. A line cut by `max_tokens` is not counted.
    pub lines: u64,
    /// Lines without a word: skipped.
    pub empty_lines: u64,
    /// Lines skipped because they are not valid UTF-8 ([`InvalidUtf8::SkipLine`](super::InvalidUtf8::SkipLine)).
    pub skipped_lines: u64,
    /// Byte sequences that are not valid UTF-8: replaced, or the reason why a line was skipped.
    pub invalid_utf8: u64,
    /// Words cut at [`MAX_WORD_BYTES`](super::MAX_WORD_BYTES).
    pub words_cut: u64,
    /// Tokens dropped because the given vocabulary lacks them.
    pub unknown_words: u64,
    /// Tokens of the text that are spelled `<eos>`, where line ends are that word too.
    pub literal_eos: u64,
    /// Tokens of the text that are spelled `</s>`, which some vector files use for the end of a sentence. Kept as words.
    pub literal_sentence_end: u64,
    /// Tokens with conjoining Hangul jamo (NFD). They look like composed ones (NFC) but are other words.
    pub decomposed_hangul: u64,
    /// Kept tokens with punctuation attached to them, such as `King,` ([`carries_punctuation`](super::carries_punctuation)).
    pub punctuated_tokens: u64,
    /// Punctuation marks, symbols and the like that the Unicode tokenizer dropped.
    pub non_words: u64,
    /// Empty tokens of an array or a sentence: dropped.
    pub empty_tokens: u64,
    /// Lines of JSON without the field, skipped ([`MissingField::Skip`](super::MissingField::Skip)).
    pub missing_fields: u64,
    /// There was more text when `max_tokens` was reached.
    pub stopped_at_limit: bool,
    /// Bytes of ids that went through a temporary file.
    pub spilled_bytes: u64,
}

impl CorpusReport {
    /// Checks that a text still has as many tokens when it is read a second time. `name` is the text's.
    ///
    /// # Errors
    /// [`CorpusError::Changed`].
    pub fn check_unchanged(&self, again: &Self, name: &str) -> Result<(), CorpusError> {
        if self.tokens == again.tokens {
            return Ok(());
        }
        let [expected, got] = [self, again].map(|report| format!("{} tokens", report.tokens));
        Err(CorpusError::Changed { path: name.into(), expected, got })
    }

    /// Adds what one thread counted.
    pub(super) fn add(&mut self, more: &Self) {
        self.tokens += more.tokens;
        self.skipped_lines += more.skipped_lines;
        self.invalid_utf8 += more.invalid_utf8;
        self.words_cut += more.words_cut;
        self.unknown_words += more.unknown_words;
        self.decomposed_hangul += more.decomposed_hangul;
        self.non_words += more.non_words;
        self.empty_tokens += more.empty_tokens;
        self.missing_fields += more.missing_fields;
        self.stopped_at_limit |= more.stopped_at_limit;
    }

    /// What a second pass over a text found, with the words that the first one left.
    pub(super) fn of_second_pass(self, first: Self) -> Self {
        Self {
            unknown_words: first.unknown_words,
            pruned: Pruned { counted_again: true, ..first.pruned },
            distinct_words: first.distinct_words,
            rare_words: first.rare_words,
            rare_tokens: first.rare_tokens,
            ..self
        }
    }
}

/// What was dropped because there were more distinct words than [`CorpusOptions::max_vocab`](super::CorpusOptions::max_vocab).
///
/// Which words these are may depend on how the threads shared the text, except with one thread. If the text is in
/// files, it is read again with the words that are left: then their counts and the ids are exact, and the same
/// vocabulary gives the same ids again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Pruned {
    /// How often words were pruned while counting. If it is 0 and `words` is not, the vocabulary was cut after counting.
    pub rounds: u64,
    /// Words dropped; a word that reappeared and was dropped again counts twice.
    pub words: u64,
    /// Occurrences of those words.
    pub tokens: u64,
    /// An upper bound of the error of any count, unless the words were counted again. A word seen more often than this cannot be lost.
    pub undercount: u64,
    /// Whether the words that were left were counted again from the start: then their counts are exact.
    pub counted_again: bool,
}

impl Pruned {
    /// The sum of what two threads pruned.
    pub(super) fn add(self, more: Self) -> Self {
        Self {
            rounds: self.rounds + more.rounds,
            words: self.words + more.words,
            tokens: self.tokens + more.tokens,
            undercount: self.undercount + more.undercount,
            counted_again: false,
        }
    }
}
