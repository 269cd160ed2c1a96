//! Text becomes sentences of ids, for training on much of it: read once, in parallel, in bounded memory.
//!
//! Threads take turns to read a block (256 KiB, cut at a line end) and then find its words, each thread in a table of its
//! own that numbers words as they come. When all is read the tables become one vocabulary: words seen less than `min_count`
//! times are left out, the rest are sorted by falling count, words of equal count by where the text first has them. Then
//! the blocks' numbers are changed into ids. So text is read only once: pipes and compressed files need no second pass, and
//! nothing can change between two. The result is the same whatever the number of threads. Only where words had to be pruned it is not, and
//! files are read a second time: see [`Pruned`].
//!
//! Words and lines are those of [`LineCorpus`](super::LineCorpus), except that a line end is no word: it leaves the mark
//! [`EOS_ID`](rapidvec_core::EOS_ID). A sentence may be as long as it likes.
//!
//! Limits: a line longer than a block is read in pieces, and under [`SkipLine`](super::InvalidUtf8::SkipLine) each piece is
//! judged by itself; a block is checked as a whole, also behind the last word that `max_tokens` allows.

mod blocks;
mod concat;
mod count;
mod ids;
mod lines;
mod memory;
mod merge;
mod options;
mod read;
mod scan;
mod spill;
mod table;
mod utf8;
mod vocab_builder;

pub use memory::check_memory;
pub use options::{CorpusOptions, CorpusReport, Pruned, ReadProgress};
pub use read::{Corpus, count_words};

#[cfg(test)]
mod tests;
