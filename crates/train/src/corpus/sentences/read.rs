//! The way from sources to sentences, station by station.

use super::blocks::{Blocks, Cutting, Origin, Whole};
use super::concat::{concatenate, renumber};
use super::count::{Encoded, Share, Watch, Work};
use super::ids::Kept;
use super::merge::{Joined, join};
use super::options::{CorpusOptions, CorpusReport, Pruned, ReadProgress};
use super::spill::Store;
use super::table::WordTable;
use super::vocab_builder::{Budget, Fixed, Growing};
use crate::config::ConfigError;
use crate::corpus::head::HEAD_BYTES;
use crate::corpus::prepare::TokenizerKind;
use crate::corpus::sources::Source;
use crate::corpus::text::{hash_numbers, name_of};
use crate::corpus::tokenizer::MAX_WORD_BYTES;
use crate::corpus::{CorpusError, LineReport, head};
use crate::error::{Error, Result};
use rapidvec_core::{EOS_ID, Ids, Vocabulary, WordId, pack, width};
use std::fs;
use std::io::{ErrorKind, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

/// How text is cut: a test can make it small.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub block_bytes: usize,
    pub word_bytes: usize,
}

const SIZES: Sizes = Sizes { block_bytes: 256 * 1024, word_bytes: MAX_WORD_BYTES };

/// A text as sentences of ids, with the vocabulary that maps ids to words.
///
/// Cheap to clone: clones share the ids and the words.
///
/// ```
/// use rapidvec::EOS_ID;
/// use rapidvec::corpus::{Corpus, CorpusOptions};
///
/// let options = CorpusOptions::default().min_count(2);
/// let corpus = Corpus::from_text("book", "you say goodbye\nand i say hello you say", &options)?;
/// assert_eq!(corpus.vocabulary().words().collect::<Vec<_>>(), ["say", "you"]); // by falling count
/// assert_eq!(corpus.ids().to_vec(), [1, 0, EOS_ID, 0, 1, 0, EOS_ID]);
/// assert_eq!((corpus.report().tokens, corpus.report().rare_words), (9, 4));
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Corpus {
    shared: Arc<Shared>,
}

/// What clones of a corpus share.
#[derive(Debug)]
pub(super) struct Shared {
    ids: Kept,
    vocabulary: Arc<Vocabulary>,
    /// The counts of this text, where the vocabulary was given.
    counts: Option<Vec<u64>>,
    name: String,
    report: CorpusReport,
}

impl Shared {
    /// What was read again in the words that were left when some had been forgotten, which `first` tells of.
    fn read_again(self, first: CorpusReport) -> Self {
        let counts = self.counts.unwrap_or_default();
        let read = LineReport { unknown_words: first.read.unknown_words, ..self.report.read };
        let pruned = Pruned { counted_again: true, ..first.pruned };
        let CorpusReport { different_words, rare_words, rare_tokens, .. } = first;
        let report = CorpusReport { read, pruned, different_words, rare_words, rare_tokens, ..self.report };
        let vocabulary = Arc::new(self.vocabulary.with_counts(counts));
        Self { vocabulary, counts: None, report, ..self }
    }
}

impl From<Shared> for Corpus {
    fn from(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }
}

impl Corpus {
    /// Reads sources one after the other.
    ///
    /// # Errors
    /// An option is out of its range; a source is missing, a folder, not UTF-8, damaged, or changed while it was read; all
    /// of them together hold no word, none that is known, or none that is frequent enough; a temporary file is needed and
    /// cannot be written.
    pub fn read(sources: &[Source], options: &CorpusOptions) -> Result<Self> {
        Self::read_watched(sources, options, &mut |_| ControlFlow::Continue(()))
    }

    /// The same, and `watch` is told again and again how far it is, from the calling thread. `Break` ends it.
    ///
    /// # Errors
    /// As [`read`](Self::read); [`CorpusError::Interrupted`] if `watch` ends it.
    pub fn read_watched(
        sources: &[Source],
        options: &CorpusOptions,
        watch: &mut dyn FnMut(&ReadProgress) -> ControlFlow<()>,
    ) -> Result<Self> {
        let first = Reading::of(sources, options)?.run(watch)?;
        if !is_read_again(sources, &first.report) {
            return Ok(first.into());
        }
        let Shared { vocabulary, report, .. } = first; // drops its ids
        let options = options.clone().vocabulary(vocabulary);
        let again = Reading::of(sources, &options)?.run(watch)?;
        report.check_unchanged(&again.report, &again.name)?;
        Ok(again.read_again(report).into())
    }

    /// From a string in memory.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn from_text(name: &str, text: &str, options: &CorpusOptions) -> Result<Self> {
        Self::from_reader(name, text.as_bytes(), options)
    }

    /// From anything that can be read, once, to its end; `name` stands for it in messages.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn from_reader(name: &str, reader: impl Read + Send, options: &CorpusOptions) -> Result<Self> {
        let origins = vec![Origin::Reader(name.to_owned(), Box::new(reader))];
        let reading = Reading { name: name.to_owned(), origins, total: None, options, sizes: SIZES };
        Ok(reading.run(&mut |_| ControlFlow::Continue(()))?.into())
    }

    /// From ids of `vocabulary`, with [`EOS_ID`](rapidvec_core::EOS_ID) after each sentence; one may be missing after the last. Ids that
    /// no word has are found by who trains on them.
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
        let report = CorpusReport { tokens: words, kept: words, sentences, ..CorpusReport::default() };
        let (ids, counts) = (Kept::in_memory(bytes, width), Some(counts));
        Shared { ids, vocabulary, counts, name: name.to_owned(), report }.into()
    }

    /// The text: ids, with [`EOS_ID`](rapidvec_core::EOS_ID) after each sentence.
    pub fn ids(&self) -> Ids<'_> {
        self.shared.ids.get()
    }

    /// Words by id, by falling count; a given vocabulary is returned as it was, with its own counts.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.shared.vocabulary
    }

    /// How often this text has each word, by id: the vocabulary's counts, unless it was given.
    pub fn counts(&self) -> &[u64] {
        self.shared.counts.as_deref().unwrap_or(self.shared.vocabulary.counts())
    }

    /// The words with [`counts`](Self::counts): a copy only if the vocabulary was given.
    pub fn counted_vocabulary(&self) -> Arc<Vocabulary> {
        match &self.shared.counts {
            Some(counts) => Arc::new(self.shared.vocabulary.with_counts(counts.clone())),
            None => Arc::clone(&self.shared.vocabulary),
        }
    }

    /// Where the text came from: paths joined by ` + ` (of more than four, the first and a number), or `stdin`.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// What was dropped, cut or replaced while reading.
    pub fn report(&self) -> &CorpusReport {
        &self.shared.report
    }

    /// With the report of the text that it was made from.
    #[doc(hidden)]
    pub fn with_line_report(mut self, read: LineReport) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.shared) {
            shared.report.read = read;
        }
        self
    }

    /// Whether the ids are in a temporary file instead of in memory.
    pub fn is_spilled(&self) -> bool {
        self.shared.ids.is_mapped()
    }

    /// 16 hexadecimal digits over ids and words (XXH3, 64 bits): tells whether a checkpoint belongs to this text.
    ///
    /// The name has no part in it: a text that moved is the same text.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Xxh3::new();
        let (text, ends) = self.vocabulary().arena();
        // Lengths first, so that no two texts run into the same bytes; all numbers little-endian on any machine.
        for length in [self.ids().len(), ends.len(), text.len()] {
            hasher.update(&(length as u64).to_le_bytes());
        }
        hash_numbers(&mut hasher, self.ids().iter(), |id| id.to_le_bytes());
        hash_numbers(&mut hasher, ends.iter().copied(), |end| end.to_le_bytes());
        hasher.update(text.as_bytes());
        format!("{:016x}", hasher.digest())
    }
}

/// Counts the words of `sources` without encoding them, which takes no room for ids: the vocabulary by falling count, and
/// what was left out. The `vocabulary` of the options is not used. `watch` is told how far it is; `Break` ends it.
///
/// # Errors
/// As [`Corpus::read_watched`].
pub fn count_words(
    sources: &[Source],
    options: &CorpusOptions,
    watch: &mut dyn FnMut(&ReadProgress) -> ControlFlow<()>,
) -> Result<(Vocabulary, CorpusReport)> {
    options.validate()?;
    let Own { joined, mut report, .. } = Reading::of(sources, options)?.count_own(None, watch)?;
    if !is_read_again(sources, &report) {
        return Ok((joined.vocabulary, report));
    }
    let (counts, _, again) = Reading::of(sources, options)?.count_given(&joined.vocabulary, None, watch)?;
    report.check_unchanged(&again, &name_of(sources))?;
    report.kept = counts.iter().sum();
    report.pruned.counted_again = true;
    Ok((joined.vocabulary.with_counts(counts).sorted(), report))
}

/// Whether words were forgotten, so that those that are left are to be counted again, and can be.
fn is_read_again(sources: &[Source], report: &CorpusReport) -> bool {
    report.pruned.rounds > 0 && sources.iter().all(Source::can_be_read_again)
}

/// Bytes of all sources, if all are plain files: what is packed has more, nobody knows how many. What is missing is found missing
/// before much of the rest is read.
fn total(sources: &[Source]) -> Result<Option<u64>> {
    let mut total = Some(0);
    for source in sources {
        let Source::File(path) = source else {
            total = None;
            continue;
        };
        match fs::metadata(path) {
            Ok(about) if about.is_file() => {
                total = total.filter(|_| !is_packed(path)).map(|total| total + about.len());
            }
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

/// What cannot be opened is told when it is read.
fn is_packed(path: &Path) -> bool {
    let mut first = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut first));
    read.is_ok() && head::compression(&first).is_some()
}

/// A text to be read.
pub(super) struct Reading<'a> {
    pub name: String,
    pub origins: Vec<Origin<'a>>,
    pub total: Option<u64>,
    pub options: &'a CorpusOptions,
    pub sizes: Sizes,
}

impl<'a> Reading<'a> {
    fn of(sources: &'a [Source], options: &'a CorpusOptions) -> Result<Self> {
        let total = total(sources)?;
        let origins = sources.iter().map(Origin::Source).collect();
        Ok(Self { name: name_of(sources), origins, total, options, sizes: SIZES })
    }

    pub fn run(self, watch: &mut Watch) -> Result<Shared> {
        let options = self.options;
        options.validate()?;
        let (memory, threads) = (options.memory() / 2, options.workers());
        let store = Store::new(memory, options.folder());
        let name = self.name.clone();
        let (vocabulary, counts, blocks, mut report) = match &options.vocabulary {
            Some(vocabulary) => {
                let (counts, blocks, report) = self.count_given(vocabulary, Some(&store), watch)?;
                (Arc::clone(vocabulary), Some(counts), blocks, report)
            }
            None => {
                let Own { joined, mut blocks, report } = self.count_own(Some(&store), watch)?;
                renumber(threads, &mut blocks, joined.threads, &store)?;
                (Arc::new(joined.vocabulary), None, blocks, report)
            }
        };
        let whole = concatenate(threads, blocks, vocabulary.len(), &store, memory, options.folder())?;
        report.sentences = whole.sentences;
        report.spilled_bytes = store.spilled() + whole.spilled;
        Ok(Shared { ids: whole.ids, vocabulary, counts, name, report })
    }

    /// How many threads count, and what they share.
    fn work<R>(self, store: Option<&Store>, run: impl FnOnce(usize, &Work) -> Result<R>) -> Result<R> {
        let Self { origins, total, options, sizes, .. } = self;
        let whole = match &options.preparation {
            preparation if preparation.field.is_some() => Whole::Lines,
            preparation if preparation.tokenizer == TokenizerKind::Unicode => Whole::Letters,
            _ => Whole::Words,
        };
        let names: Vec<_> = origins.iter().map(Origin::name).collect();
        let blocks = Blocks::new(origins, Cutting { block_bytes: sizes.block_bytes, whole });
        let most = total.map_or(u64::MAX, |bytes| bytes / sizes.block_bytes as u64 + 1);
        let threads = options.counters().min(usize::try_from(most).unwrap_or(usize::MAX));
        run(threads, &Work::new(options, &names, sizes.word_bytes, store, blocks, total))
    }

    /// Counts the words of a vocabulary that is given.
    fn count_given(
        self,
        vocabulary: &Vocabulary,
        store: Option<&Store>,
        watch: &mut Watch,
    ) -> Result<(Vec<u64>, Vec<Encoded>, CorpusReport)> {
        let name = self.name.clone();
        let table = &WordTable::of(vocabulary);
        if table.len() != vocabulary.len() {
            let (expected, got) = ("words without a NUL byte", "two words that differ in such bytes only".to_owned());
            return Err(ConfigError::OutOfRange { name: "vocabulary", expected, got }.into());
        }
        let lexicon = || Fixed { table, counts: vec![0; vocabulary.len()] };
        let shares = self.work(store, |threads, work| work.run((0..threads).map(|_| lexicon()).collect(), watch))?;
        let Gathered { lexicons, blocks, mut report } = gather(shares);
        let mut counts = vec![0; vocabulary.len()];
        for lexicon in lexicons {
            counts.iter_mut().zip(lexicon.counts).for_each(|(sum, count)| *sum += count);
        }
        report.kept = counts.iter().sum();
        report.different_words = counts.iter().filter(|count| **count > 0).count() as u64;
        report.literal_sentence_end = vocabulary.id(WORD2VEC_END).map_or(0, |id| counts[id as usize]);
        if report.kept == 0 { Err(none_known(&name, &report).into()) } else { Ok((counts, blocks, report)) }
    }

    /// Counts all words.
    fn count_own(self, store: Option<&Store>, watch: &mut Watch) -> Result<Own> {
        let (name, options) = (self.name.clone(), self.options);
        let lexicons = |threads| {
            let room = Budget::new(options.max_vocab, threads);
            (0..threads).map(|_| Growing::new(room.clone())).collect()
        };
        let shares = self.work(store, |threads, work| work.run(lexicons(threads), watch))?;
        let Gathered { lexicons, blocks, mut report } = gather(shares);
        let joined = join(lexicons, options.min_count, &mut report);
        if joined.vocabulary.is_empty() {
            return Err(none_left(&name, joined.most, options.min_count, &report).into());
        }
        let literal = joined.vocabulary.id(WORD2VEC_END);
        report.literal_sentence_end = literal.map_or(0, |id| joined.vocabulary.count(id));
        Ok(Own { joined, blocks, report })
    }
}

/// What word2vec.c and others write for the end of a sentence.
const WORD2VEC_END: &str = "</s>";

/// A text counted by itself.
struct Own {
    joined: Joined,
    blocks: Vec<Encoded>,
    report: CorpusReport,
}

fn none_known(name: &str, report: &CorpusReport) -> CorpusError {
    match report.tokens {
        0 => empty(name, report),
        unknown_words => CorpusError::AllUnknown { name: name.to_owned(), unknown_words },
    }
}

fn none_left(name: &str, most: u64, min_count: u64, report: &CorpusReport) -> CorpusError {
    match report.tokens {
        0 => empty(name, report),
        tokens => CorpusError::AllRare { name: name.to_owned(), words: report.rare_words, tokens, min_count, most },
    }
}

fn empty(name: &str, report: &CorpusReport) -> CorpusError {
    let LineReport { empty_lines, skipped_lines, missing_fields, .. } = report.read;
    CorpusError::Empty { name: name.to_owned(), empty_lines, skipped_lines, missing_fields }
}

/// What all threads made, together.
struct Gathered<L> {
    lexicons: Vec<L>,
    /// In the order of the text.
    blocks: Vec<Encoded>,
    report: CorpusReport,
}

fn gather<L>(shares: Vec<Share<L>>) -> Gathered<L> {
    let mut gathered = Gathered { lexicons: Vec::new(), blocks: Vec::new(), report: CorpusReport::default() };
    for share in shares {
        let (sum, more) = (&mut gathered.report.read, share.report);
        sum.skipped_lines += more.skipped_lines;
        sum.invalid_utf8 += more.invalid_utf8;
        sum.words_cut += more.words_cut;
        sum.unknown_words += more.unknown_words;
        sum.decomposed_hangul += more.decomposed_hangul;
        sum.non_words += more.non_words;
        sum.missing_fields += more.missing_fields;
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
