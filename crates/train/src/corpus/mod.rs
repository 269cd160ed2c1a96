//! Text becomes a stream of word ids.
//!
//! A text is UTF-8. A *word* is a run of characters without Unicode white space (`char::is_whitespace`), kept as
//! written unless a [`Preparation`] is asked for. A *line* ends at `\n`, `\r\n` or a lone `\r` (what Python's text mode,
//! which the chapter reads with, takes for line ends), and at the end of a file, with or without a final newline; U+0085,
//! U+2028, U+2029, vertical tab and form feed are white space but end no line. Each line end becomes one token,
//! [`EOS`], except where the line has no word: such lines are skipped and counted.
//!
//! On Penn Treebank this gives exactly what the chapter's `text.replace('\n', '<eos>').strip().split()` gives. On other
//! texts that line would glue `<eos>` to a last word without a space after it; here it never does.
//!
//! A text is a file or what comes through a pipe, plain or compressed (gzip, bzip2, zstd, xz: told by content, never by the
//! name); [`Sources`] finds the files that folders and patterns mean. Text is streamed in pieces of bounded size, however long a line or a word is; what stays in memory is 4 bytes a token
//! and the vocabulary. Nothing is dropped in silence: [`LineReport`] counts what was skipped, cut or replaced.

#[cfg(feature = "datasets")]
pub mod datasets;
mod encoder;
mod error;
mod head;
mod input;
mod lines;
mod prepare;
mod read;
mod sentences;
mod sources;
mod text;
mod tokenizer;
mod unpack;

pub use encoder::EOS;
pub use error::CorpusError;
pub use prepare::{MissingField, Normalization, Preparation, TokenizerKind};
pub use read::{InvalidUtf8, LineOptions, LineReport};
pub use sentences::{Corpus, CorpusOptions, CorpusReport, Pruned, ReadProgress, check_memory, count_words};
pub use sources::{Source, Sources};
pub use text::LineCorpus;
pub use tokenizer::MAX_WORD_BYTES;
