//! Finds the phrases of a text.

use super::super::options::{CorpusOptions, LineEnd};
use super::super::report::{CorpusReport, ReadProgress};
use super::super::source::Source;
use super::super::text::Corpus;
use super::error::PhraseError;
use super::list::{Pass, PassSettings, Phrase, Phrases};
use super::options::PhraseOptions;
use super::pairs::Text;
use super::scoring::PairCounts;
use super::tally::{Limits, Tally, tally};
use crate::error::Result;
use rapidvec_core::{WordId, threads_of};
use std::ops::ControlFlow;

/// What one pass over a text counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PassReport {
    /// What happened while the text was read.
    pub reading: CorpusReport,
    /// Distinct words, connector words left out.
    pub words: u64,
    /// Distinct pairs of words.
    pub pairs: u64,
    /// Phrases found.
    pub phrases: u64,
    /// How often the ids were gone through, since the tables of pairs may take so much memory only.
    pub rounds: u32,
}

/// The pairs of words of a text, with their counts.
///
/// ```
/// use rapidvec::corpus::{Corpus, CorpusOptions, PhraseOptions, WordPairs};
///
/// let corpus = Corpus::from_text("book", "new york\nnew york city", &CorpusOptions::default().min_count(1))?;
/// let pairs = WordPairs::count(&corpus, &PhraseOptions::default().min_count(2));
/// assert_eq!((pairs.distinct(), pairs.iter().collect::<Vec<_>>()), (2, vec![(vec!["new", "york"], 2)]));
/// # Ok::<(), rapidvec::Error>(())
/// ```
pub struct WordPairs<'a> {
    corpus: &'a Corpus,
    text: Text<'a>,
    tally: Tally,
    /// Distinct words, connector words left out.
    words: u64,
}

impl<'a> WordPairs<'a> {
    /// Counts the pairs of a text that holds every word. Those seen fewer times than the options' `min_count` are only counted as distinct
    /// ones.
    pub fn count(corpus: &'a Corpus, options: &PhraseOptions) -> Self {
        let threads = threads_of(options.threads).min(1_024);
        let text = Text::new(corpus, &options.connector_words, threads);
        let tally = tally(&text, Limits { threads, memory: options.memory(), least: options.min_count });
        let is_counted = |(id, count): &(WordId, &u64)| **count > 0 && !text.is_connector(*id);
        let words = (0..).zip(corpus.counts()).filter(is_counted).count() as u64;
        Self { corpus, text, tally, words }
    }

    /// Distinct pairs, rare ones included.
    pub fn distinct(&self) -> u64 {
        self.tally.distinct
    }

    /// The pairs that are not rare, in no particular order: the first word, connector words if there are any, the second, and the count.
    pub fn iter(&self) -> impl Iterator<Item = (Vec<&str>, u64)> {
        self.tally.pairs.iter().map(|&((first, run, second), count)| (self.spelled(first, run, second), count))
    }

    fn spelled(&self, first: WordId, run: u32, second: WordId) -> Vec<&str> {
        let ids = [first].into_iter().chain(self.text.run(run).iter().copied()).chain([second]);
        ids.map(|id| self.corpus.vocabulary().word(id)).collect()
    }

    fn counts(&self, first: WordId, second: WordId, pair: u64, min_count: u64) -> PairCounts {
        let counts = self.corpus.counts();
        PairCounts {
            first: counts[first as usize],
            second: counts[second as usize],
            pair,
            distinct: self.words + self.tally.distinct,
            tokens: self.corpus.report().kept,
            min_count,
        }
    }

    /// The pairs whose score is above the threshold, the highest first.
    fn phrases(&self, options: &PhraseOptions) -> Vec<Phrase> {
        let mut phrases = Vec::new();
        for &((first, run, second), count) in &self.tally.pairs {
            let score = options.scoring.score(&self.counts(first, second, count, options.min_count));
            if score > options.threshold {
                let words = self.spelled(first, run, second).into_iter().map(str::to_owned).collect();
                phrases.push(Phrase { words, score: Some(score), count: Some(count) });
            }
        }
        phrases.sort_unstable_by(|a, b| {
            let by_score = b.score.unwrap_or(0.0).total_cmp(&a.score.unwrap_or(0.0));
            by_score.then_with(|| a.words.cmp(&b.words))
        });
        phrases
    }
}

impl Phrases {
    /// Finds the phrases of a text in one pass. The text has to hold every word: read it with
    /// [`min_count`](CorpusOptions::min_count) 1.
    ///
    /// # Errors
    /// An option is out of range.
    pub fn find(corpus: &Corpus, options: &PhraseOptions) -> Result<Self> {
        options.validate()?;
        Ok(Self::of(vec![pass(corpus, options).0]))
    }

    /// Finds the phrases of files in several passes, each of which reads them with the phrases of the passes before it. Of
    /// `reading` everything applies but the vocabulary, its minimum count and its order; phrases that it has are joined first, and are not
    /// in the result. `watch` is called with the progress after every block that is read; `Break` ends it.
    ///
    /// # Errors
    /// As [`Corpus::read_watched`]; an option is out of range; [`PhraseError::ReadOnce`] if there are several passes and a source can
    /// be read only once.
    pub fn find_in_files(
        sources: &[Source],
        reading: &CorpusOptions,
        options: &PhraseOptions,
        passes: usize,
        watch: &mut dyn FnMut(&ReadProgress) -> ControlFlow<()>,
    ) -> Result<(Self, Vec<PassReport>)> {
        options.validate()?;
        if let Some(once) = sources.iter().find(|source| passes > 1 && !source.can_be_read_again()) {
            return Err(PhraseError::ReadOnce { name: once.to_string(), passes }.into());
        }
        let mut read = |options: &CorpusOptions| Corpus::read_watched(sources, options, watch);
        Self::find_passes(&mut read, reading, options, passes)
    }

    /// As [`find_in_files`](Self::find_in_files), for any text: `read` reads it with the options it is given.
    ///
    /// # Errors
    /// What `read` returns; an option is out of range.
    pub fn find_passes(
        read: &mut dyn FnMut(&CorpusOptions) -> Result<Corpus>,
        reading: &CorpusOptions,
        options: &PhraseOptions,
        passes: usize,
    ) -> Result<(Self, Vec<PassReport>)> {
        options.validate()?;
        let all = reading.clone().min_count(1).line_end(LineEnd::Mark).vocabulary(None);
        let (mut found, mut reports) = (Self::default(), Vec::new());
        for _ in 0..passes {
            let corpus = read(&all.clone().phrases(reading.phrases.clone().then(found.clone())))?;
            let (pass, report) = pass(&corpus, options);
            reports.push(report);
            if report.phrases == 0 {
                break; // the next pass would read the same text
            }
            found = found.then(Self::of(vec![pass]));
        }
        Ok((found, reports))
    }
}

fn pass(corpus: &Corpus, options: &PhraseOptions) -> (Pass, PassReport) {
    let counted = WordPairs::count(corpus, options);
    let phrases = counted.phrases(options);
    let report = PassReport {
        reading: *corpus.report(),
        words: counted.words,
        pairs: counted.tally.distinct,
        phrases: phrases.len() as u64,
        rounds: counted.tally.rounds,
    };
    let settings = PassSettings {
        delimiter: options.delimiter.clone(),
        scoring: options.scoring,
        min_count: options.min_count,
        threshold: options.threshold,
        connector_words: options.connector_words.iter().cloned().collect(),
    };
    (Pass::new(settings, phrases), report)
}
