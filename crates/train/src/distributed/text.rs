//! A text that several processes read, each a part of it.

use super::error::GangError;
use super::gang::Gang;
use super::words::{self, Counted};
use crate::checkpoint::CorpusRecord;
use crate::corpus::{
    Corpus, CorpusError, CorpusOptions, Feed, LineEnd, ReadProgress, Slice, Sources, WordOrder, slices,
};
use crate::error::{Error, Result};
use rapidvec_core::Vocabulary;
use std::ops::ControlFlow;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// This process's part of a text, in the words of the whole.
#[derive(Debug)]
pub struct SharedText {
    /// The part.
    pub corpus: Corpus,
    /// What was counted in all parts; nothing if the words were given.
    pub counted: Option<Counted>,
    /// What a model says about the whole text.
    pub record: CorpusRecord,
}

type Watch<'w> = dyn FnMut(&ReadProgress) -> ControlFlow<()> + 'w;

impl SharedText {
    /// Reads the files, folders and patterns `names`, which the first process finds and cuts into parts: whole files, and lines of files that
    /// are plain text. Each process has to have the files of its part under the same names. The words and their ids are those of one
    /// process that reads everything.
    ///
    /// Of the options `max_tokens` is not supported, nor line ends that are words.
    ///
    /// # Errors
    /// As [`Corpus::read_watched`], on all processes if one of them fails; [`GangError`].
    pub fn read(gang: &mut Gang, names: &[String], options: &CorpusOptions, watch: &mut Watch) -> Result<Self> {
        check(options)?;
        let size = gang.seat().size;
        let found = match gang.is_first() {
            true => Sources::find(names).and_then(|found| slices(&found.list, size, &options.preparation)),
            false => Ok(Vec::new()),
        };
        let found = gang.agree(found)?;
        let parts: Vec<Vec<Slice>> = gang.tell("the parts of the text", Some(&found))?;
        let part = parts.get(gang.seat().rank).cloned().unwrap_or_default();
        let read = read_part(&part, &options_of_part(options), watch);
        let mut text = Self::of_part(gang, read, options)?;
        text.record.sources = names.to_vec();
        text.record.name = names.join(" + ");
        Ok(text)
    }

    /// Joins parts that the processes have read already: each with every word, in the order of appearance, or with the vocabulary of the
    /// options. A process that could not read its part passes the error on to the others.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn of_part(gang: &mut Gang, part: Result<Corpus>, options: &CorpusOptions) -> Result<Self> {
        check(options)?;
        let part = gang.agree(part)?;
        let name = part.name().to_owned();
        let (corpus, counted) = match &options.vocabulary {
            Some(_) => (part, None),
            None => {
                let (corpus, counted) = words::joined(gang, part, options)?;
                (corpus, Some(counted))
            }
        };
        let own = (corpus.fingerprint(), corpus.report().tokens);
        let all: Vec<(String, u64)> = gang.share("fingerprints", &own)?;
        let prints: String = all.iter().map(|(print, _)| print.as_str()).collect();
        let record = CorpusRecord {
            name: name.clone(),
            tokens: all.iter().map(|(_, tokens)| tokens).sum(),
            fingerprint: format!("{:016x}", xxh3_64(prints.as_bytes())),
            given_vocabulary: false,
            ..CorpusRecord::new(&corpus, vec![name], options)
        };
        Ok(Self { corpus, counted, record })
    }
}

/// The options with which each process reads its part, before words are joined.
pub fn options_of_part(options: &CorpusOptions) -> CorpusOptions {
    match options.vocabulary {
        Some(_) => options.clone(),
        None => options.clone().min_count(1).order(WordOrder::ByAppearance),
    }
}

fn check(options: &CorpusOptions) -> Result<(), GangError> {
    let unsupported = |what| Err(GangError::Unsupported { what });
    match options {
        CorpusOptions { max_tokens: Some(_), .. } => unsupported("a limit of tokens"),
        CorpusOptions { line_end: LineEnd::Word, .. } => unsupported("line ends that are words"),
        CorpusOptions { order: WordOrder::ByAppearance, .. } => unsupported("words in the order of appearance"),
        _ => Ok(()),
    }
}

/// A part without words is one without sentences.
fn read_part(part: &[Slice], options: &CorpusOptions, watch: &mut Watch) -> Result<Corpus> {
    let nothing = || match &options.vocabulary {
        Some(words) => Ok(Corpus::from_ids("nothing", &[], Arc::clone(words))),
        None => Feed::new(options).finish(),
    };
    if part.is_empty() {
        return nothing();
    }
    match Corpus::read_slices(part, options, watch) {
        Err(Error::Corpus(CorpusError::Empty { .. } | CorpusError::AllUnknown { .. })) => nothing(),
        read => read,
    }
}

/// The vocabulary of the first process, on all of them.
pub(super) fn tell_vocabulary(gang: &mut Gang, own: Option<&Vocabulary>) -> Result<Vocabulary> {
    let bytes = gang.tell_bytes(&own.map_or_else(Vec::new, words::message))?;
    words::vocabulary(&bytes)
}
