//! Joins phrases in a corpus.
//!
//! While files are read, phrases are joined before words are counted. Sentences in memory are numbered first: their words are spelt again here,
//! joined, and numbered anew.

use super::feed::Feed;
use super::options::CorpusOptions;
use super::phrases::Phrases;
use super::renumber::prepared;
use super::text::Corpus;
use crate::error::Result;
use rapidvec_core::{EOS_ID, WordId};

impl Corpus {
    /// The text with the phrases of `options` joined, each to one word, after words were prepared as [`selected`](Self::selected) prepares
    /// them; ids are in the order in which the words come. For texts that were read with every word.
    ///
    /// ```
    /// use rapidvec::corpus::{CorpusOptions, Feed, Phrases};
    ///
    /// let options = CorpusOptions::default().min_count(1).phrases(Phrases::of_lines("new york")?);
    /// let mut feed = Feed::new(&options);
    /// feed.push(&["in", "new", "york"])?;
    /// let corpus = feed.finish()?.joined(&options)?;
    /// assert_eq!(corpus.vocabulary().words().collect::<Vec<_>>(), ["in", "new_york"]);
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// A temporary file is needed and cannot be written.
    pub fn joined(&self, options: &CorpusOptions) -> Result<Self> {
        let (words, numbers) = prepared(self.vocabulary(), self.counts(), self.name(), options)?;
        let word = |id: WordId| words.word(numbers[id as usize]);
        let (mut feed, mut sentence) = (Feed::new(options), Vec::new());
        for id in self.ids().iter() {
            if id != EOS_ID {
                sentence.push(id);
                continue;
            }
            push_joined(&mut feed, &options.phrases, sentence.drain(..).map(word))?;
            feed.end_sentence()?;
        }
        // Where a word ends lines there are no marks: the whole text comes here, with these words in it.
        push_joined(&mut feed, &options.phrases, sentence.drain(..).map(word))?;
        feed.finish()
    }
}

fn push_joined<'w>(feed: &mut Feed, phrases: &Phrases, sentence: impl Iterator<Item = &'w str>) -> Result<()> {
    let joined = phrases.join(sentence);
    let tokens: Vec<&str> = joined.iter().map(String::as_str).collect();
    feed.push(&tokens)
}
