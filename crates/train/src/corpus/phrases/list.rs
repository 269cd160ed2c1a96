//! A list of phrases, pass by pass: the type [`Phrases`].

use super::join_table::JoinTable;
use super::scoring::Scoring;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

/// Words that are read as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// The words: the first, connector words if there are any, the last. In later passes words may be phrases of the passes before.
    pub words: Vec<String>,
    /// Its score; `None` in lists that have none.
    pub score: Option<f64>,
    /// How often it was seen; `None` in lists that do not say.
    pub count: Option<u64>,
}

/// How the phrases of a pass were found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassSettings {
    /// What joins words.
    pub delimiter: String,
    /// The formula of the scores.
    #[serde(default)]
    pub scoring: Scoring,
    /// Pairs seen fewer times are not in it.
    #[serde(default)]
    pub min_count: u64,
    /// Scores are above this.
    #[serde(default)]
    pub threshold: f64,
    /// Words that may stand within a phrase.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connector_words: Vec<String>,
}

/// The phrases that one pass over a text found, the highest score first.
#[derive(Debug)]
pub struct Pass {
    /// How they were found.
    pub settings: PassSettings,
    phrases: Vec<Phrase>,
    table: JoinTable,
}

impl Pass {
    /// A pass that joins these phrases. Of two phrases with the same words the first stands.
    pub(super) fn new(settings: PassSettings, phrases: Vec<Phrase>) -> Self {
        let table = JoinTable::new(&settings.delimiter, phrases.iter().map(|phrase| phrase.words.as_slice()));
        Self { settings, phrases, table }
    }

    /// Its phrases.
    pub fn phrases(&self) -> &[Phrase] {
        &self.phrases
    }

    pub(super) fn table(&self) -> &JoinTable {
        &self.table
    }
}

/// Phrases to be read as one word each: found in a text by [`find`](Self::find), kept in a file, joined by
/// [`CorpusOptions::phrases`](super::super::CorpusOptions::phrases) while a text is read.
///
/// There may be several passes: each joins what the passes before it left, so that phrases of more than two words come together
/// (`new york` in the first, `new_york times` in the second). Cheap to clone.
///
/// ```
/// use rapidvec::corpus::{Corpus, CorpusOptions, PhraseOptions, Phrases};
///
/// let text = "I love new york\nnew york is new\n".repeat(20);
/// let corpus = Corpus::from_text("book", &text, &CorpusOptions::default().min_count(1))?;
/// let phrases = Phrases::find(&corpus, &PhraseOptions::default().threshold(0.1))?;
/// assert_eq!(phrases.join(["in", "new", "york"]), ["in", "new_york"]);
/// let corpus = Corpus::from_text("book", &text, &CorpusOptions::default().phrases(phrases))?;
/// assert!(corpus.vocabulary().id("new_york").is_some());
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    passes: Vec<Arc<Pass>>,
    /// The files they were read from.
    pub(super) files: Vec<String>,
}

impl PartialEq for Phrases {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&Arc<Pass>, &Arc<Pass>)| a.settings == b.settings && a.phrases == b.phrases;
        self.passes.len() == other.passes.len() && self.passes.iter().zip(&other.passes).all(is_same)
    }
}

impl Phrases {
    pub(super) fn of(passes: Vec<Pass>) -> Self {
        Self { passes: passes.into_iter().map(Arc::new).collect(), files: Vec::new() }
    }

    /// These phrases, and then those of `next`.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        self.passes.extend(next.passes);
        self.files.extend(next.files);
        self
    }

    /// The passes, in their order.
    pub fn passes(&self) -> impl ExactSizeIterator<Item = &Pass> {
        self.passes.iter().map(Arc::as_ref)
    }

    /// The number of phrases of all passes.
    pub fn len(&self) -> usize {
        self.passes().map(|pass| pass.phrases.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The files they were read from, as they were named.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// 16 hexadecimal digits over all phrases and delimiters (XXH3, 64 bits): phrases with the same digits join alike.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Xxh3::new();
        for pass in self.passes() {
            hasher.update(pass.settings.delimiter.as_bytes());
            hasher.update(b"\n");
            for phrase in &pass.phrases {
                hasher.update(phrase.words.join("\t").as_bytes());
                hasher.update(b"\n");
            }
            hasher.update(b"\n");
        }
        format!("{:016x}", hasher.digest())
    }
}
