//! The way from sources to sentences, station by station.

#![forbid(unsafe_code)]

use super::assemble::{concatenate, renumber};
use super::blocks::{Blocks, Cutting, Origin, Whole};
use super::count::{Encoded, Share, Watch, Work};
use super::ids::Ids;
use super::join::join;
use super::lexicon::{Given, Growing};
use super::options::{CountOptions, CountReport, ReadProgress};
use super::store::Store;
use super::table::WordTable;
use crate::corpus::prepare::TokenizerKind;
use crate::corpus::sources::Source;
use crate::corpus::text::{hash_numbers, name_of};
use crate::corpus::tokenizer::MAX_WORD_BYTES;
use crate::error::{CorpusError, Error, Result};
use crate::words::{Vocabulary, WordId};
use std::fs;
use std::io::{ErrorKind, Read};
use std::ops::ControlFlow;
use xxhash_rust::xxh3::Xxh3;

/// How text is cut: a test can make it small.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub block_bytes: usize,
    pub word_bytes: usize,
}

const SIZES: Sizes = Sizes { block_bytes: 256 * 1024, word_bytes: MAX_WORD_BYTES };

/// A text as sentences of ids, and the vocabulary that gives the ids their words.
///
/// ```
/// use quickvec::corpus::{CountOptions, Sentences};
/// use quickvec::words::SENTENCE_END;
///
/// let options = CountOptions { min_count: 2, ..CountOptions::default() };
/// let sentences = Sentences::from_text("book", "you say goodbye\nand i say hello you say", &options)?;
/// assert_eq!(sentences.vocabulary.words().collect::<Vec<_>>(), ["say", "you"]); // by falling count
/// assert_eq!(sentences.ids(), [1, 0, SENTENCE_END, 0, 1, 0, SENTENCE_END]);
/// assert_eq!((sentences.report.tokens, sentences.report.rare_words), (9, 4));
/// # Ok::<(), quickvec::Error>(())
/// ```
#[derive(Debug)]
pub struct Sentences {
    ids: Ids,
    /// Words by id, by falling count; where a vocabulary was given, that one as it was.
    pub vocabulary: Vocabulary,
    counts: Option<Vec<u64>>,
    /// Where the text came from: paths joined by ` + `, or `stdin`.
    pub name: String,
    /// What was left out, cut or replaced on the way.
    pub report: CountReport,
}

impl Sentences {
    /// Reads sources one after the other.
    ///
    /// # Errors
    /// An option is out of its range; a source is missing, a folder, not UTF-8, damaged, or changed while it was read; all
    /// of them together hold no word, none that is known, or none that is frequent enough; a temporary file is needed and
    /// cannot be written.
    pub fn read(sources: &[Source], options: &CountOptions) -> Result<Self> {
        Self::read_watched(sources, options, &mut |_| ControlFlow::Continue(()))
    }

    /// The same, and `watch` is told again and again how far it is, from the calling thread. `Break` ends it.
    ///
    /// # Errors
    /// As [`read`](Self::read); [`CorpusError::Interrupted`] if `watch` ends it.
    pub fn read_watched(
        sources: &[Source],
        options: &CountOptions,
        watch: &mut dyn FnMut(&ReadProgress) -> ControlFlow<()>,
    ) -> Result<Self> {
        let total = total(sources)?;
        let origins = sources.iter().map(Origin::Source).collect();
        Reading { name: name_of(sources), origins, total, options, sizes: SIZES }.run(watch)
    }

    /// From a string in memory.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn from_text(name: &str, text: &str, options: &CountOptions) -> Result<Self> {
        Self::from_reader(name, text.as_bytes(), options)
    }

    /// From anything that can be read, once, to its end; `name` stands for it in messages.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn from_reader(name: &str, reader: impl Read + Send, options: &CountOptions) -> Result<Self> {
        let origins = vec![Origin::Reader(name.to_owned(), Box::new(reader))];
        let reading = Reading { name: name.to_owned(), origins, total: None, options, sizes: SIZES };
        reading.run(&mut |_| ControlFlow::Continue(()))
    }

    /// The text: ids, with [`SENTENCE_END`](crate::words::SENTENCE_END) behind each sentence.
    pub fn ids(&self) -> &[WordId] {
        &self.ids
    }

    /// How often this text has each word, by id: the vocabulary's counts, unless it was given.
    pub fn counts(&self) -> &[u64] {
        self.counts.as_deref().unwrap_or(self.vocabulary.counts())
    }

    /// Whether the ids lie in a temporary file instead of in memory.
    pub fn is_spilled(&self) -> bool {
        matches!(self.ids, Ids::Mapped(_))
    }

    /// 16 hexadecimal digits over ids and words (XXH3, 64 bits): tells whether a checkpoint belongs to this text.
    ///
    /// The name has no part in it: a text that moved is the same text.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Xxh3::new();
        let (text, ends) = self.vocabulary.arena();
        // Lengths first, so that no two texts run into the same bytes; all numbers little-endian on any machine.
        for length in [self.ids.len(), ends.len(), text.len()] {
            hasher.update(&(length as u64).to_le_bytes());
        }
        hash_numbers(&mut hasher, &self.ids, |id| id.to_le_bytes());
        hash_numbers(&mut hasher, ends, |end| end.to_le_bytes());
        hasher.update(text.as_bytes());
        format!("{:016x}", hasher.digest())
    }
}

/// Bytes of all sources, if all are files. What is missing is found missing before much of the rest is read.
fn total(sources: &[Source]) -> Result<Option<u64>> {
    let mut total = Some(0);
    for source in sources {
        let Source::File(path) = source else {
            total = None;
            continue;
        };
        match fs::metadata(path) {
            Ok(about) if about.is_file() => total = total.map(|total| total + about.len()),
            Ok(about) if about.is_dir() => return Err(CorpusError::Folder { path: path.clone() }.into()),
            Ok(_) => total = None,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(CorpusError::Missing { path: path.clone() }.into());
            }
            Err(error) => return Err(Error::io(path)(error)),
        }
    }
    Ok(total)
}

/// A text to be read.
pub(super) struct Reading<'a> {
    pub name: String,
    pub origins: Vec<Origin<'a>>,
    pub total: Option<u64>,
    pub options: &'a CountOptions<'a>,
    pub sizes: Sizes,
}

impl Reading<'_> {
    pub fn run(self, watch: &mut Watch) -> Result<Sentences> {
        let Self { name, origins, total, options, sizes } = self;
        options.validate()?;
        let whole = match &options.preparation {
            preparation if preparation.field.is_some() => Whole::Lines,
            preparation if preparation.tokenizer == TokenizerKind::Unicode => Whole::Letters,
            _ => Whole::Words,
        };
        let names: Vec<_> = origins.iter().map(Origin::name).collect();
        let memory = options.memory() / 2;
        let store = Store::new(memory, options.folder());
        let blocks = Blocks::new(origins, Cutting { block_bytes: sizes.block_bytes, whole });
        let most = total.map_or(u64::MAX, |bytes| bytes / sizes.block_bytes as u64 + 1);
        let counters = options.counters().min(usize::try_from(most).unwrap_or(usize::MAX));
        let work = Work::new(options, &names, sizes.word_bytes, &store, blocks, total);
        let draft = match options.vocabulary {
            Some(vocabulary) => with_given(&work, counters, vocabulary, watch, &name)?,
            None => with_own(&work, counters, watch, &name)?,
        };
        let Draft { vocabulary, counts, blocks, mut report } = draft;
        report.literal_sentence_end =
            vocabulary.id("</s>").map_or(0, |id| counts.as_ref().map_or(vocabulary.count(id), |c| c[id as usize]));
        let joined = concatenate(options.workers(), blocks, &store, memory, options.folder())?;
        report.sentences = joined.sentences;
        report.spilled_bytes = store.spilled() + joined.spilled;
        Ok(Sentences { ids: joined.ids, vocabulary, counts, name, report })
    }
}

/// Everything but the one slice of ids.
struct Draft {
    vocabulary: Vocabulary,
    counts: Option<Vec<u64>>,
    blocks: Vec<Encoded>,
    report: CountReport,
}

fn with_given(
    work: &Work,
    threads: usize,
    vocabulary: &Vocabulary,
    watch: &mut Watch,
    name: &str,
) -> Result<Draft> {
    let table = &WordTable::of(vocabulary);
    let lexicon = || Given { table, counts: vec![0; vocabulary.len()] };
    let shares = work.run((0..threads).map(|_| lexicon()).collect(), watch)?;
    let mut gathered = gather(shares);
    let mut counts = vec![0; vocabulary.len()];
    for lexicon in gathered.lexicons {
        counts.iter_mut().zip(lexicon.counts).for_each(|(sum, count)| *sum += count);
    }
    gathered.report.kept = counts.iter().sum();
    gathered.report.different_words = counts.iter().filter(|count| **count > 0).count() as u64;
    if gathered.report.kept == 0 {
        return Err(none_known(name, &gathered.report).into());
    }
    Ok(Draft {
        vocabulary: vocabulary.clone(),
        counts: Some(counts),
        blocks: gathered.blocks,
        report: gathered.report,
    })
}

fn with_own(work: &Work, threads: usize, watch: &mut Watch, name: &str) -> Result<Draft> {
    let options = work.options;
    let most = (options.max_vocab / threads).max(1);
    let shares = work.run((0..threads).map(|_| Growing::new(most)).collect(), watch)?;
    let Gathered { lexicons, mut blocks, mut report } = gather(shares);
    let joined = join(lexicons, options.min_count, &mut report);
    if joined.vocabulary.is_empty() {
        return Err(none_left(name, joined.most, options.min_count, &report).into());
    }
    renumber(options.workers(), &mut blocks, joined.threads, work.store)?;
    Ok(Draft { vocabulary: joined.vocabulary, counts: None, blocks, report })
}

fn none_known(name: &str, report: &CountReport) -> CorpusError {
    match report.tokens {
        0 => empty(name, report),
        unknown_words => CorpusError::AllUnknown { name: name.to_owned(), unknown_words },
    }
}

fn none_left(name: &str, most: u64, min_count: u64, report: &CountReport) -> CorpusError {
    match report.tokens {
        0 => empty(name, report),
        tokens => CorpusError::AllRare { name: name.to_owned(), words: report.rare_words, tokens, min_count, most },
    }
}

fn empty(name: &str, report: &CountReport) -> CorpusError {
    let (empty_lines, skipped_lines) = (report.read.empty_lines, report.read.skipped_lines);
    CorpusError::Empty { name: name.to_owned(), empty_lines, skipped_lines }
}

/// What all threads made, together.
struct Gathered<L> {
    lexicons: Vec<L>,
    /// In the order of the text.
    blocks: Vec<Encoded>,
    report: CountReport,
}

fn gather<L>(shares: Vec<Share<L>>) -> Gathered<L> {
    let mut gathered = Gathered { lexicons: Vec::new(), blocks: Vec::new(), report: CountReport::default() };
    for share in shares {
        let (sum, more) = (&mut gathered.report.read, share.report);
        sum.skipped_lines += more.skipped_lines;
        sum.invalid_utf8 += more.invalid_utf8;
        sum.words_cut += more.words_cut;
        sum.unknown_words += more.unknown_words;
        sum.decomposed_hangul += more.decomposed_hangul;
        sum.non_words += more.non_words;
        sum.stopped_at_limit |= more.stopped_at_limit;
        gathered.report.tokens += share.tokens;
        gathered.lexicons.push(share.lexicon);
        gathered.blocks.extend(share.blocks);
    }
    gathered.blocks.sort_unstable_by_key(|block| block.number);
    (gathered.report.read.lines, gathered.report.read.empty_lines) = lines(&gathered.blocks);
    gathered
}

/// Lines with words and lines without: also those that go over from block to block.
fn lines(blocks: &[Encoded]) -> (u64, u64) {
    let (mut full, mut empty, mut is_open) = (0, 0, false);
    for Encoded { lines, .. } in blocks {
        full += lines.full;
        empty += lines.empty;
        match lines.first {
            Some(has_words) if has_words || is_open => full += 1,
            Some(_) => empty += 1,
            None => {}
        }
        is_open = lines.last || is_open && lines.ends() == 0;
    }
    (full, empty)
}
