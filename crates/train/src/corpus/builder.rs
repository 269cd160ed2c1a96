//! A corpus from sentences in memory: tokens or ids.
//!
//! Sentences are collected as the text of a block and encoded as a block of a file is, so that they give what the same text
//! would give. A space within a token is another character while it is text.

use super::blocks::Block;
use super::encode::{BlockEncoder, Scratch, Share};
use super::encoder::INNER_SPACE;
use super::error::CorpusError;
use super::options::CorpusOptions;
use super::packed_ids::PackedIds;
use super::prepare::{Preparation, Tokens};
use super::read::{Given, Own, Parts, SIZES, finish_given, finish_own, gather, word_table};
use super::report::CorpusReport;
use super::spill::Store;
use super::text::Corpus;
use super::vocab_builder::{Budget, Fixed, Growing, Lexicon};
use crate::error::Result;
use rapidvec_core::{EOS_ID, Ids, Vocabulary, WordId, pack, width};
use std::sync::Arc;

/// Makes a [`Corpus`] of sentences, each a list of tokens. A token is one word, even if it has spaces.
///
/// ```
/// use rapidvec::corpus::{CorpusBuilder, CorpusOptions};
///
/// let mut builder = CorpusBuilder::new(CorpusOptions::default().min_count(1))?;
/// builder.push(["I", "love", "New York"])?;
/// builder.push(["New York", "loves", "me"])?;
/// let corpus = builder.finish()?;
/// assert_eq!(corpus.vocabulary().word(0), "New York");
/// assert_eq!(corpus.report().sentences, 2);
/// # Ok::<(), rapidvec::Error>(())
/// ```
pub struct CorpusBuilder {
    name: String,
    options: CorpusOptions,
    store: Store,
    scratch: Scratch,
    words: Words,
    /// The text of the current block.
    text: String,
    has_inner_spaces: bool,
    empty_tokens: u64,
    sentences: u64,
    block: u64,
    offset: u64,
}

/// What the words are looked up in.
enum Words {
    Own(Share<Growing>),
    Given(Share<Fixed>),
}

impl CorpusBuilder {
    /// A builder without sentences. Of the options' [`Preparation`] only `lower` and `normalize` apply.
    ///
    /// # Errors
    /// An option is out of range.
    pub fn new(options: CorpusOptions) -> Result<Self> {
        let Preparation { lower, normalize, .. } = options.preparation;
        let options = options.preparation(Preparation { lower, normalize, ..Preparation::default() });
        options.validate()?;
        let words = match &options.vocabulary {
            Some(vocabulary) => Words::Given(Share::new(0, Fixed::new(&word_table(vocabulary)?))),
            None => Words::Own(Share::new(0, Growing::new(Budget::new(options.max_vocab, 1)))),
        };
        Ok(Self {
            name: "sentences".to_owned(),
            store: options.store(),
            scratch: Scratch::new(&options)?,
            options,
            words,
            text: String::new(),
            has_inner_spaces: false,
            empty_tokens: 0,
            sentences: 0,
            block: 0,
            offset: 0,
        })
    }

    /// Sets the name of the text in messages.
    pub fn name(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// Whether `max_tokens` is reached: further sentences change nothing.
    pub fn is_full(&self) -> bool {
        match &self.words {
            Words::Own(share) => share.report.stopped_at_limit,
            Words::Given(share) => share.report.stopped_at_limit,
        }
    }

    /// Appends a sentence. An empty token is dropped, and so is white space around a token; white space within it
    /// becomes one space.
    ///
    /// # Errors
    /// A token has a NUL character; a temporary file is needed and cannot be written.
    pub fn push<T: AsRef<str>>(&mut self, sentence: impl IntoIterator<Item = T>) -> Result<()> {
        self.sentences += 1;
        let mut tokens = Tokens {
            inner_space: INNER_SPACE,
            out: &mut self.text,
            has_inner_spaces: self.has_inner_spaces,
            empty_tokens: &mut self.empty_tokens,
        };
        for token in sentence {
            let token = token.as_ref();
            if token.contains('\0') {
                return Err(CorpusError::NulInToken { name: self.name.clone(), sentence: self.sentences }.into());
            }
            tokens.push(token);
        }
        tokens.end_sentence();
        self.has_inner_spaces = tokens.has_inner_spaces;
        if self.text.len() >= SIZES.block_bytes { self.encode() } else { Ok(()) }
    }

    /// Encodes the text collected so far.
    fn encode(&mut self) -> Result<()> {
        let length = self.text.len() as u64;
        if !self.is_full() {
            let text = std::mem::take(&mut self.text).into_bytes();
            let block = Block::of_text(self.block, self.offset, self.has_inner_spaces, text);
            let names = std::slice::from_ref(&self.name);
            let encoder =
                BlockEncoder { options: &self.options, names, word_bytes: SIZES.word_bytes, store: Some(&self.store) };
            match &mut self.words {
                Words::Own(share) => encoder.encode(&block, &mut self.scratch, share)?,
                Words::Given(share) => encoder.encode(&block, &mut self.scratch, share)?,
            };
        }
        self.text.clear();
        self.has_inner_spaces = false;
        self.block += 1;
        self.offset += length;
        Ok(())
    }

    /// The corpus.
    ///
    /// # Errors
    /// The sentences hold no word, none of the given vocabulary, or none that is frequent enough; a temporary file is needed
    /// and cannot be written.
    pub fn finish(mut self) -> Result<Corpus> {
        self.encode()?;
        let Self { name, options, store, words, empty_tokens, .. } = self;
        let parts = match (words, &options.vocabulary) {
            (Words::Given(share), Some(vocabulary)) => {
                let share = with_empty_tokens(share, empty_tokens);
                let given = Given::of(&name, options.line_end, vocabulary, gather(vec![share]))?;
                finish_given(name, &options, Arc::clone(vocabulary), given, &store)
            }
            (Words::Own(share), _) => {
                let own = Own::of(&name, &options, gather(vec![with_empty_tokens(share, empty_tokens)]))?;
                finish_own(name, &options, own, &store)
            }
            (Words::Given(_), None) => unreachable!("a given vocabulary is in the options"),
        };
        parts.map(Corpus::from)
    }
}

fn with_empty_tokens<L: Lexicon>(mut share: Share<L>, empty_tokens: u64) -> Share<L> {
    share.report.empty_tokens += empty_tokens;
    share
}

impl Corpus {
    /// Makes a corpus of sentences, each a list of tokens: what [`CorpusBuilder`] does.
    ///
    /// ```
    /// use rapidvec::corpus::{Corpus, CorpusOptions};
    ///
    /// let sentences = vec![vec!["you", "say", "goodbye"], vec!["and", "i", "say", "hello"]];
    /// let corpus = Corpus::from_sentences(sentences, &CorpusOptions::default().min_count(1))?;
    /// assert_eq!(corpus.vocabulary().word(0), "say");
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`CorpusBuilder::push`] and [`CorpusBuilder::finish`].
    pub fn from_sentences<S>(sentences: impl IntoIterator<Item = S>, options: &CorpusOptions) -> Result<Self>
    where
        S: IntoIterator,
        S::Item: AsRef<str>,
    {
        let mut builder = CorpusBuilder::new(options.clone())?;
        for sentence in sentences {
            builder.push(sentence)?;
            if builder.is_full() {
                break;
            }
        }
        builder.finish()
    }

    /// Makes a corpus of ids of `vocabulary`, with [`EOS_ID`] after each sentence; one may be missing after the last. Ids
    /// without a word are not rejected here but by the trainers.
    ///
    /// ```
    /// use rapidvec::corpus::Corpus;
    /// use rapidvec::{EOS_ID, Vocabulary};
    ///
    /// let mut words = Vocabulary::new();
    /// ["you", "say"].map(|word| words.add(word));
    /// let corpus = Corpus::from_ids("two", &[0, 1, EOS_ID, 1, EOS_ID], words.into());
    /// assert_eq!((corpus.counts(), corpus.report().sentences), (&[1, 2][..], 2));
    /// ```
    pub fn from_ids(name: &str, ids: &[WordId], vocabulary: Arc<Vocabulary>) -> Self {
        let highest = ids.iter().filter(|&&id| id != EOS_ID).max().map_or(0, |&id| id as usize + 1);
        let mut counts = vec![0; vocabulary.len()];
        for &id in ids {
            counts.get_mut(id as usize).into_iter().for_each(|count| *count += 1);
        }
        let width = width(vocabulary.len().max(highest));
        let mut bytes = vec![0; ids.len() * width];
        pack(ids, width, &mut bytes);
        let words = Ids::from(ids).words() as u64;
        let sentences = ids.split(|&id| id == EOS_ID).filter(|sentence| !sentence.is_empty()).count() as u64;
        let report =
            CorpusReport { tokens: words, kept: words, sentences, lines: sentences, ..CorpusReport::default() };
        let (ids, counts) = (PackedIds::in_memory(bytes, width), Some(counts));
        Parts { ids, vocabulary, counts, name: name.to_owned(), report }.into()
    }
}
