//! From sources to ids, step by step.

use super::adapter::Adapter;
use super::blocks::{Blocks, Cutting, Origin, Whole};
use super::concat::{concatenate, renumber};
use super::encode::{BlockEncoder, Encoded, Share};
use super::encoder::EOS;
use super::error::CorpusError;
use super::head::{self, HEAD_BYTES};
use super::merge::{Joined, join};
use super::options::{CorpusOptions, LineEnd};
use super::packed_ids::PackedIds;
use super::punctuation::carries_punctuation;
use super::report::CorpusReport;
use super::source::Source;
use super::spill::Store;
use super::vocab_builder::{Budget, Fixed, Growing};
use super::word_table::WordTable;
use super::workers::{Watch, Workers};
use crate::config::ConfigError;
use crate::error::{Error, Result};
use rapidvec_core::Vocabulary;
use std::fs;
use std::io::{ErrorKind, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Longer words are cut here, or up to three bytes earlier, so that no character is split. Real words are far shorter; a file
/// without spaces must not become a single word.
pub const MAX_WORD_BYTES: usize = 1_000;

/// How text is cut; tests use smaller limits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub block_bytes: usize,
    pub word_bytes: usize,
}

pub(super) const SIZES: Sizes = Sizes { block_bytes: 256 * 1024, word_bytes: MAX_WORD_BYTES };

/// An encoded text.
#[derive(Debug)]
pub(super) struct Parts {
    pub ids: PackedIds,
    pub vocabulary: Arc<Vocabulary>,
    /// The counts of this text, where the vocabulary was given.
    pub counts: Option<Vec<u64>>,
    pub name: String,
    pub report: CorpusReport,
}

/// Reads sources; a second time if words were pruned and the files still exist.
pub(super) fn read_sources(sources: &[Source], options: &CorpusOptions, watch: &mut Watch) -> Result<Parts> {
    let first = Reading::of(sources, options)?.run(watch)?;
    if !is_read_again(sources, &first.report) {
        return Ok(first);
    }
    let Parts { vocabulary, report, .. } = first; // frees its ids
    let options = options.clone().vocabulary(vocabulary);
    let again = Reading::of(sources, &options)?.run(watch)?;
    report.check_unchanged(&again.report, &again.name)?;
    let vocabulary = Arc::new(again.vocabulary.with_counts(again.counts.unwrap_or_default()));
    Ok(Parts { vocabulary, counts: None, report: again.report.of_second_pass(report), ..again })
}

/// Reads `reader` to its end.
pub(super) fn read_reader(name: &str, reader: impl Read + Send, options: &CorpusOptions) -> Result<Parts> {
    let origins = vec![Origin::Reader(name.to_owned(), Box::new(reader))];
    let reading = Reading { name: name.to_owned(), origins, total: None, options, sizes: SIZES };
    reading.run(&mut |_| ControlFlow::Continue(()))
}

/// Counts the words of `sources` without encoding them, which takes no memory for ids: returns the vocabulary by descending count, and
/// what was dropped. The `vocabulary` of the options is not used. `watch` observes the progress; `Break` ends it.
///
/// # Errors
/// As [`Corpus::read_watched`](super::Corpus::read_watched).
pub fn count_words(
    sources: &[Source],
    options: &CorpusOptions,
    watch: &mut Watch,
) -> Result<(Vocabulary, CorpusReport)> {
    options.validate()?;
    let Own { joined, mut report, .. } = Reading::of(sources, options)?.count_own(None, watch)?;
    if !is_read_again(sources, &report) {
        return Ok((joined.vocabulary, report));
    }
    let Given { counts, report: again, .. } =
        Reading::of(sources, options)?.count_given(&joined.vocabulary, None, watch)?;
    report.check_unchanged(&again, &name_of(sources))?;
    report.kept = counts.iter().sum();
    report.pruned.counted_again = true;
    Ok((joined.vocabulary.with_counts(counts).sorted(), report))
}

/// Whether words were pruned while counting, so that the others should be counted again, and whether they can be.
fn is_read_again(sources: &[Source], report: &CorpusReport) -> bool {
    report.pruned.rounds > 0 && sources.iter().all(Source::can_be_read_again)
}

/// Bytes of all sources, if all are plain files: the size of what is compressed is unknown. A missing file is reported before
/// the others are read.
fn total(sources: &[Source]) -> Result<Option<u64>> {
    let mut total = Some(0);
    for source in sources {
        let Source::File(path) = source else {
            total = None;
            continue;
        };
        match fs::metadata(path) {
            Ok(about) if about.is_file() => {
                total = total.filter(|_| !is_compressed(path)).map(|total| total + about.len());
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

/// A file that cannot be opened is reported when it is read.
fn is_compressed(path: &Path) -> bool {
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

    pub fn run(self, watch: &mut Watch) -> Result<Parts> {
        let options = self.options;
        options.validate()?;
        let (name, store) = (self.name.clone(), options.store());
        match &options.vocabulary {
            Some(vocabulary) => {
                let given = self.count_given(vocabulary, Some(&store), watch)?;
                finish_given(name, options, Arc::clone(vocabulary), given, &store)
            }
            None => finish_own(name, options, self.count_own(Some(&store), watch)?, &store),
        }
    }

    /// The number of threads that count, and what they share.
    fn work<R>(self, store: Option<&Store>, run: impl FnOnce(usize, &Workers) -> Result<R>) -> Result<R> {
        let Self { origins, total, options, sizes, .. } = self;
        let names: Vec<_> = origins.iter().map(Origin::name).collect();
        let whole = Whole::of(&options.preparation);
        let adapter = Adapter::of(&options.preparation)?;
        let blocks = Blocks::new(origins, Cutting { block_bytes: sizes.block_bytes, whole }, adapter);
        let most = total.map_or(u64::MAX, |bytes| bytes / sizes.block_bytes as u64 + 1);
        let threads = options.counters().min(usize::try_from(most).unwrap_or(usize::MAX));
        let encoder = BlockEncoder { options, names: &names, word_bytes: sizes.word_bytes, store };
        run(threads, &Workers::new(encoder, blocks, total))
    }

    /// Counts the words of a given vocabulary.
    fn count_given(self, vocabulary: &Vocabulary, store: Option<&Store>, watch: &mut Watch) -> Result<Given> {
        let (name, line_end) = (self.name.clone(), self.options.line_end);
        let table = word_table(vocabulary)?;
        let lexicons = |threads| (0..threads).map(|_| Fixed::new(&table)).collect();
        let shares = self.work(store, |threads, workers| workers.run(lexicons(threads), watch))?;
        Given::of(&name, line_end, vocabulary, gather(shares))
    }

    /// Counts all words.
    fn count_own(self, store: Option<&Store>, watch: &mut Watch) -> Result<Own> {
        let (name, options) = (self.name.clone(), self.options);
        let lexicons = |threads| {
            let budget = Budget::new(options.max_vocab, threads);
            (0..threads).map(|_| Growing::new(Arc::clone(&budget))).collect()
        };
        let shares = self.work(store, |threads, workers| workers.run(lexicons(threads), watch))?;
        Own::of(&name, options, gather(shares))
    }
}

/// The table to look the words of a given vocabulary up in.
pub(super) fn word_table(vocabulary: &Vocabulary) -> Result<Arc<WordTable>> {
    let table = WordTable::of(vocabulary);
    if table.len() == vocabulary.len() {
        return Ok(Arc::new(table));
    }
    let (expected, got) = ("words without a NUL byte", "two words that differ in such bytes only".to_owned());
    Err(ConfigError::OutOfRange { name: "vocabulary", expected, got }.into())
}

/// What other programs, beginning with word2vec.c, write for the end of a sentence.
const SENTENCE_END: &str = "</s>";

/// A text in the words of a given vocabulary.
pub(super) struct Given {
    counts: Vec<u64>,
    blocks: Vec<Encoded>,
    report: CorpusReport,
}

impl Given {
    /// Adds up what the threads counted.
    ///
    /// # Errors
    /// No word of the text called `name` is in the vocabulary.
    pub fn of(name: &str, line_end: LineEnd, vocabulary: &Vocabulary, gathered: Gathered<Fixed>) -> Result<Self> {
        let Gathered { lexicons, blocks, mut report, line_end_words } = gathered;
        let mut counts = vec![0; vocabulary.len()];
        for lexicon in lexicons {
            counts.iter_mut().zip(lexicon.counts).for_each(|(sum, count)| *sum += count);
        }
        report.kept = counts.iter().sum();
        report.distinct_words = counts.iter().filter(|count| **count > 0).count() as u64;
        count_words_of_note(&mut report, vocabulary, &counts, line_end, line_end_words);
        if report.kept == line_end_words {
            return Err(none_known(name, &report).into());
        }
        Ok(Self { counts, blocks, report })
    }
}

/// A text with its own vocabulary.
pub(super) struct Own {
    joined: Joined,
    blocks: Vec<Encoded>,
    report: CorpusReport,
}

impl Own {
    /// Joins what the threads counted.
    ///
    /// # Errors
    /// The text called `name` has no word that is frequent enough.
    pub fn of(name: &str, options: &CorpusOptions, gathered: Gathered<Growing>) -> Result<Self> {
        let Gathered { lexicons, blocks, mut report, line_end_words } = gathered;
        let joined = join(lexicons, options, &mut report);
        let (vocabulary, line_end) = (&joined.vocabulary, options.line_end);
        // If line ends are words and are kept, they are among the words kept; otherwise some other word is.
        if report.kept <= line_end_words {
            return Err(none_left(name, joined.most, options.min_count, &report).into());
        }
        count_words_of_note(&mut report, vocabulary, vocabulary.counts(), line_end, line_end_words);
        Ok(Self { joined, blocks, report })
    }
}

/// Counts the words that deserve a note to the user.
fn count_words_of_note(
    report: &mut CorpusReport,
    vocabulary: &Vocabulary,
    counts: &[u64],
    line_end: LineEnd,
    line_end_words: u64,
) {
    let count = |word: &str| vocabulary.id(word).map_or(0, |id| counts[id as usize]);
    report.literal_sentence_end = count(SENTENCE_END);
    if line_end == LineEnd::Word {
        report.literal_eos = count(EOS).saturating_sub(line_end_words);
        report.sentences = line_end_words;
    }
    let counted = vocabulary.words().zip(counts);
    report.punctuated_tokens = counted.filter(|(word, _)| carries_punctuation(word)).map(|(_, count)| count).sum();
}

/// The last steps with a given vocabulary.
pub(super) fn finish_given(
    name: String,
    options: &CorpusOptions,
    vocabulary: Arc<Vocabulary>,
    given: Given,
    store: &Store,
) -> Result<Parts> {
    let Given { counts, blocks, report } = given;
    finish(name, options, vocabulary, Some(counts), blocks, report, store)
}

/// The last steps with the text's own vocabulary.
pub(super) fn finish_own(name: String, options: &CorpusOptions, own: Own, store: &Store) -> Result<Parts> {
    let Own { joined, mut blocks, report } = own;
    renumber(options.workers(), &mut blocks, joined.threads, store)?;
    finish(name, options, Arc::new(joined.vocabulary), None, blocks, report, store)
}

fn finish(
    name: String,
    options: &CorpusOptions,
    vocabulary: Arc<Vocabulary>,
    counts: Option<Vec<u64>>,
    blocks: Vec<Encoded>,
    mut report: CorpusReport,
    store: &Store,
) -> Result<Parts> {
    let blocks = blocks.into_iter().map(|block| (block.ids, block.outline));
    let whole = concatenate(options.workers(), blocks, vocabulary.len(), store, store.limit(), options.folder())?;
    report.sentences += whole.sentences;
    report.spilled_bytes = store.spilled() + whole.spilled;
    Ok(Parts { ids: whole.ids, vocabulary, counts, name, report })
}

fn none_known(name: &str, report: &CorpusReport) -> CorpusError {
    match report.tokens {
        0 => empty(name, report),
        _ => CorpusError::AllUnknown { name: name.to_owned(), unknown_words: report.unknown_words },
    }
}

fn none_left(name: &str, most: u64, min_count: u64, report: &CorpusReport) -> CorpusError {
    match report.tokens {
        0 => empty(name, report),
        tokens => CorpusError::AllRare { name: name.to_owned(), words: report.rare_words, tokens, min_count, most },
    }
}

fn empty(name: &str, report: &CorpusReport) -> CorpusError {
    let CorpusReport { empty_lines, skipped_lines, missing_fields, .. } = *report;
    CorpusError::Empty { name: name.to_owned(), empty_lines, skipped_lines, missing_fields }
}

/// The results of all threads, joined.
pub(super) struct Gathered<L> {
    lexicons: Vec<L>,
    /// In the order of the text.
    blocks: Vec<Encoded>,
    report: CorpusReport,
    line_end_words: u64,
}

pub(super) fn gather<L>(shares: Vec<Share<L>>) -> Gathered<L> {
    let report = CorpusReport::default();
    let mut gathered = Gathered { lexicons: Vec::new(), blocks: Vec::new(), report, line_end_words: 0 };
    for share in shares {
        gathered.report.add(&share.report);
        gathered.line_end_words += share.line_end_words;
        gathered.lexicons.push(share.lexicon);
        gathered.blocks.extend(share.blocks);
    }
    gathered.blocks.sort_unstable_by_key(|block| block.number);
    (gathered.report.lines, gathered.report.empty_lines) = lines(&gathered.blocks);
    gathered
}

/// Names of the sources; if there are many, the first and their number.
pub(super) fn name_of(sources: &[Source]) -> String {
    let names: Vec<_> = sources.iter().take(5).map(Source::to_string).collect();
    match sources.len() {
        0 => "an empty list of files".to_owned(),
        1..=4 => names.join(" + "),
        count => format!("{} and {} other texts", names[0], count - 1),
    }
}

/// Lines with words and lines without, including those that continue from block to block.
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
        is_open = lines.leave_words_open(is_open);
    }
    (full, empty)
}
