//! `rapidvec info MODEL`: the contents of a file of word vectors, its training, and distributions of counts and lengths.

use super::default_model::or_default;
use super::open::{self, OpenArgs};
use crate::output::{Charts, Facts, FactsForm, Histogram, LossCurve, messages, thousands, to_stdout, warn};
use rapidvec::Vocabulary;
use rapidvec::checkpoint::Trained;
use rapidvec::error::QueryError;
use rapidvec::vectors::format::safetensors::{ModelFile, VERSION};
use rapidvec::vectors::format::{Format, Matrix};
use rapidvec::vectors::measure::RunVectors;
use rapidvec::vectors::{self, ModelVectors, Rows, Subwords, WordVectors};
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Show what a model holds: sizes, settings, training progress, distributions
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec info model.safetensors
  rapidvec info GoogleNews-vectors-negative300.bin --format json")]
pub struct Args {
    /// File of word vectors [default: model.safetensors]
    model: Option<PathBuf>,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = FactsForm::Table)]
    format: FactsForm,
    /// Draw with ASCII characters only (the default if the locale is not UTF-8)
    #[arg(long)]
    ascii: bool,
    #[command(flatten)]
    open: OpenArgs,
}

/// The maximum number of vectors that are measured, evenly spaced: enough for a chart, within a second.
const MEASURED: usize = 200_000;

/// The most frequent words, whose stability is measured, and how many of the least and the most stable are shown.
const FREQUENT: usize = 10_000;
const LISTED: usize = 5;

pub fn run(args: &Args) -> anyhow::Result<()> {
    let about = About::read(or_default(args.model.as_deref())?, &args.open)?;
    let charts = Charts::of_stdout(args.ascii);
    if about.not_finite > 0 {
        warn(messages::not_finite(thousands(about.not_finite as u64), thousands(about.measured as u64)));
    }
    to_stdout(|out| match args.format {
        FactsForm::Json => args.format.write(out, &about.all()),
        FactsForm::Table => about.table(out, args.format, &charts),
    })
}

/// What is known about a model.
struct About {
    facts: Facts,
    /// Word counts, if known.
    counts: Option<Histogram>,
    /// Lengths of the vectors.
    norms: Histogram,
    /// Vectors that were measured, and those of them that hold NaN or infinity.
    measured: usize,
    not_finite: usize,
    losses: Option<LossCurve>,
}

impl About {
    fn read(path: &Path, open: &OpenArgs) -> anyhow::Result<Self> {
        let mut facts = Facts::default();
        facts.add("file", path.display().to_string());
        let named = |error: vectors::Error| open::name_file(path, error);
        facts.add("bytes", fs::metadata(path).map_err(vectors::Error::io(path)).map_err(named)?.len());
        Ok(match open.format(path).map_err(named)? {
            Some(Format::Safetensors) if open.is_plain() => {
                let model = ModelFile::open(path).map_err(named)?;
                let chosen =
                    ModelVectors::of_metadata(&model.metadata()).map_err(vectors::Error::from).map_err(named)?;
                let mut about = Self::of_model(facts, &model);
                if chosen.matrix == Matrix::Input && model.runs().is_empty() {
                    return Ok(about);
                }
                let vectors = open.vectors(path)?;
                if let Some(runs) = vectors.runs() {
                    let found = of_runs(&mut about.facts, &runs, &vectors);
                    found.map_err(vectors::Error::from).map_err(named)?;
                }
                match chosen.matrix {
                    Matrix::Input => about,
                    _ => about.with_chosen(chosen, &vectors),
                }
            }
            other => Self::of_vectors(facts, other, &open.vectors(path)?),
        })
    }

    fn of_model(mut facts: Facts, model: &ModelFile) -> Self {
        facts.add("format", format!("rapidvec safetensors, version {VERSION}"));
        of_words(&mut facts, model.vocabulary(), model.vector_size(), model.input().is_half());
        let tensor = |(name, kind, shape)| json!({ "name": name, "type": kind, "shape": shape });
        facts.add("tensors", model.tensors().map(tensor).collect::<Vec<_>>());
        let metadata = model.metadata();
        for key in ["config", "corpus", "runs", "trained", "device"] {
            facts.add(key, metadata.get(key).map_or(Value::Null, |text| parsed(text)));
        }
        if let Ok(Some(subwords)) = model.subwords() {
            facts.add("ngrams", of_ngrams(&subwords, model.vocabulary()));
        }
        facts.add("can_be_resumed", model.has_training_state());
        // Metadata from other programs have no losses, and are shown unchanged.
        let trained = metadata.get("trained").and_then(|text| serde_json::from_str::<Trained>(text).ok());
        let losses = trained.and_then(|trained| LossCurve::of(&trained.losses));
        Self { losses, ..Self::spread(facts, model.vocabulary(), &model.input()) }
    }

    /// Vectors that are not the input rows: their lengths in place of those.
    fn with_chosen(self, chosen: ModelVectors, vectors: &WordVectors) -> Self {
        let Self { mut facts, losses, .. } = self;
        facts.add("vectors", json!({ "matrix": chosen.matrix, "weight": chosen.weight }));
        Self { losses, ..Self::spread(facts, vectors.vocabulary(), vectors.rows()) }
    }

    fn of_vectors(mut facts: Facts, format: Option<Format>, vectors: &WordVectors) -> Self {
        facts.add("format", format.map_or("matrix and list of words", Format::name));
        of_words(&mut facts, vectors.vocabulary(), vectors.vector_size(), vectors.rows().is_half());
        if let Some(subwords) = vectors.subwords() {
            facts.add("ngrams", of_ngrams(subwords, vectors.vocabulary()));
        }
        facts.add("can_be_resumed", false);
        Self::spread(facts, vectors.vocabulary(), vectors.rows())
    }

    fn spread(facts: Facts, vocabulary: &Vocabulary, rows: &Rows) -> Self {
        let counted = vocabulary.has_counts();
        let counts = counted.then(|| Histogram::of_counts(vocabulary.counts()));
        let lengths = norms(rows);
        let not_finite = lengths.iter().filter(|length| !length.is_finite()).count();
        let norms = Histogram::of_lengths(&lengths);
        Self { facts, counts, norms, measured: lengths.len(), not_finite, losses: None }
    }

    /// Everything, for programs.
    fn all(mut self) -> Facts {
        self.facts.add("counts", self.counts.map_or(Value::Null, |counts| counts.to_json()));
        self.facts.add("norms", self.norms.to_json());
        self.facts.add("not_finite", self.not_finite);
        self.facts
    }

    /// For people: losses and histograms are drawn.
    fn table(mut self, out: &mut dyn Write, form: FactsForm, charts: &Charts) -> io::Result<()> {
        if self.losses.is_some() {
            let trained = self.facts.0.iter_mut().find(|(name, _)| *name == "trained");
            if let Some((_, Value::Object(trained))) = trained {
                trained.remove("losses");
            }
        }
        form.write(out, &self.facts)?;
        if let Some(losses) = &self.losses {
            losses.draw(out, charts)?;
        }
        if let Some(counts) = &self.counts {
            counts.draw(out, charts, "word counts")?;
        }
        self.norms.draw(out, charts, "vector lengths")
    }
}

/// The lengths of the rows, or of evenly spaced ones.
fn norms(rows: &Rows) -> Vec<f64> {
    let step = rows.len().div_ceil(MEASURED).max(1);
    let mut norms = Vec::with_capacity(rows.len() / step + 1);
    for id in (0..rows.len()).step_by(step) {
        rows.for_each(id..id + 1, |_, row| {
            norms.push(row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt());
        });
    }
    norms
}

fn of_words(facts: &mut Facts, vocabulary: &Vocabulary, vector_size: usize, half: bool) {
    let seen: u64 = vocabulary.counts().iter().fold(0, |sum, &count| sum.saturating_add(count));
    facts.add("words", vocabulary.len());
    facts.add("tokens", if seen == 0 { Value::Null } else { seen.into() });
    facts.add("vector_size", vector_size);
    facts.add("precision", if half { "half (f16)" } else { "single (f32)" });
}

/// The n-grams of a model, and how many of the buckets its words use.
fn of_ngrams(subwords: &Subwords, vocabulary: &Vocabulary) -> Value {
    let ngrams = subwords.ngrams();
    let used = subwords.buckets().map_or_else(|| subwords.used_by(vocabulary), <[u32]>::len);
    json!({
        "min_n": ngrams.min_n,
        "max_n": ngrams.max_n,
        "units": ngrams.units.to_string(),
        "buckets": ngrams.buckets,
        "buckets_used": used,
    })
}

/// How well runs agree on frequent words, and on which of them least and most: the mean cosine of their vectors with the mean.
fn of_runs(facts: &mut Facts, runs: &RunVectors, vectors: &WordVectors) -> Result<(), QueryError> {
    let mut ids = vectors.vocabulary().by_descending_count();
    ids.truncate(FREQUENT);
    let agreement = runs.agreement(&ids)?;
    let mean = agreement.iter().sum::<f64>() / agreement.len().max(1) as f64;
    let mut words: Vec<(u32, f64)> = ids.into_iter().zip(agreement).collect();
    words.sort_by(|a, b| a.1.total_cmp(&b.1));
    let word = |&(id, of): &(u32, f64)| json!({ "word": vectors.vocabulary().word(id), "agreement": rounded(of) });
    let least: Vec<Value> = words.iter().take(LISTED).map(word).collect();
    let most: Vec<Value> = words.iter().rev().take(LISTED).map(word).collect();
    facts.add("agreement", json!({ "runs": runs.count(), "words": words.len(), "mean": rounded(mean) }));
    facts.add("least_stable", least);
    facts.add("most_stable", most);
    Ok(())
}

/// Four decimals.
fn rounded(number: f64) -> Value {
    json!((number * 1e4).round() / 1e4)
}

/// Our metadata are JSON; those of other programs are shown unchanged.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
