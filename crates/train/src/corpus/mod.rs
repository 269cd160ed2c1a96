//! Text becomes sentences of word ids, read once, in parallel, in bounded memory: [`Corpus`].
//!
//! A text is UTF-8. A *word* is a run of characters without Unicode white space (`char::is_whitespace`), as written unless a
//! [`Preparation`] changes it. A *line* ends at `\n`, `\r\n` or a lone `\r` (the line ends of Python's text mode, with which
//! the chapter reads), and at the end of a file, with or without a final newline; U+0085, U+2028, U+2029, vertical tab and
//! form feed are white space but end no line. The end of a line that has words becomes the mark
//! [`EOS_ID`](rapidvec_core::EOS_ID), or, under [`LineEnd::Word`], the word [`EOS`]. A sentence may have any length.
//!
//! [`CorpusOptions::textbook`] gives on Penn Treebank exactly what the chapter's
//! `text.replace('\n', '<eos>').strip().split()` gives. On other texts that line would glue `<eos>` to a last word without a
//! space after it; here it never does.
//!
//! A text is a file, a pipe or standard input, plain or compressed (gzip, bzip2, zstd, xz: recognised by content, never by
//! the name); [`Sources`] finds the files that folders and patterns mean. [`CorpusBuilder`] takes sentences in memory, token
//! by token. Nothing is dropped silently: [`CorpusReport`] counts what was skipped, cut or replaced.
//!
//! Threads take turns to read a block (256 KiB, cut at a line end) and then find its words, each thread in its own table,
//! which numbers words as they come. At the end the tables become one vocabulary: words seen fewer than `min_count`
//! times are dropped, the others sorted by descending count, and words of equal count by their first occurrence. Then the
//! blocks' numbers are replaced by ids. So text is read only once: pipes and compressed files need no second pass, and
//! nothing can change between two. The result does not depend on the number of threads, unless words had to be pruned; then
//! files are read a second time: see [`Pruned`].
//!
//! Limits: a line longer than a block is read in pieces, and under [`SkipLine`](InvalidUtf8::SkipLine) each piece is checked
//! separately; what [`Replace`](InvalidUtf8::Replace) and `SkipLine` find is counted for a whole block, even after the last
//! token that `max_tokens` allows.

mod adapter;
mod blocks;
mod builder;
mod column;
mod concat;
#[cfg(feature = "datasets")]
pub mod datasets;
mod decompress;
mod encode;
mod encoder;
mod encoding;
mod error;
mod feed;
mod head;
mod input;
mod joined;
mod memory;
mod merge;
mod options;
mod packed_ids;
mod phrases;
mod prepare;
mod punctuation;
mod read;
mod renumber;
mod report;
mod scan;
mod slices;
mod source;
mod spill;
mod text;
mod utf8;
mod vocab_builder;
mod word_table;
mod workers;

pub use builder::CorpusBuilder;
pub use encoder::EOS;
pub use error::CorpusError;
pub use feed::{Feed, FeedProgress, Feeds};
pub use memory::check_memory;
pub use options::{CorpusOptions, LineEnd, WordOrder};
pub use phrases::{
    ENGLISH_CONNECTOR_WORDS, PairCounts, Pass, PassReport, PassSettings, Phrase, PhraseError, PhraseOptions, Phrases,
    Scoring, WordPairs,
};
pub use prepare::{MissingField, Normalization, Preparation, TokenizerKind};
pub use punctuation::carries_punctuation;
pub use read::{MAX_WORD_BYTES, count_words};
pub use report::{CorpusReport, Pruned, ReadProgress};
pub(crate) use slices::{Slice, slices};
pub use source::{Source, Sources};
pub use text::Corpus;
pub use utf8::InvalidUtf8;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod text_tests;
