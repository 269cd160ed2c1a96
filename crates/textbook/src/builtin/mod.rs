//! The built-in corpus: small-town and newspaper English, so that training gives sensible results without a download.
//!
//! The text is `corpus.txt.gz`, one sentence per line, 200,012 tokens including line ends. A generator with seed 1 wrote it from
//! a grammar of 1,640 lines, `src/builtin/` at commit 6142314 of this repository. The text nowhere spells out the analogies
//! that it supports. As in any language, tense, number, gender and degree each mark the words around
//! (`yesterday`, `these`, `she`, `than`), while the object of a verb, or what a noun does, marks the word itself. Words in
//! the same relation therefore differ in their contexts in the same way.
//!
//! It is a toy: some 1,600 words, few constructions, little context. It shows that training works, not how well.

#[cfg(test)]
mod tests;

use rapidvec::Result;
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec_core::compress::{Compression, Limits};
use std::io::Read;
use std::sync::LazyLock;

const NAME: &str = "builtin";

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::new();
    let packed = &include_bytes!("corpus.txt.gz")[..];
    let read = Compression::Gzip.reader(packed, Limits::LIST).and_then(|mut reader| reader.read_to_string(&mut text));
    read.expect("the packed text is part of the program and tested");
    text
});

/// English sentences, one per line, words separated by one space.
///
/// ```
/// let text = rapidvec_textbook::builtin::text();
/// assert_eq!(text.lines().next(), Some("the bath was really cold and the pipes froze"));
/// ```
pub fn text() -> &'static str {
    &TEXT
}

/// The built-in corpus, called `builtin`: [`text`] as ids.
///
/// # Errors
/// If `options` are out of range, or no word is in their vocabulary.
pub fn corpus(options: &CorpusOptions) -> Result<Corpus> {
    Corpus::from_text(NAME, text(), options)
}
