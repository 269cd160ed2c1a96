//! `quickvec info MODEL`: what a file of word vectors holds.

use super::open::{self, OpenArgs};
use crate::output::{Facts, FactsForm, to_stdout};
use quickvec::vectors::format::safetensors::{ModelFile, VERSION};
use quickvec::vectors::format::{Format, recognise_file};
use quickvec::{Error, Vocabulary, WordVectors};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Show what a model holds: words, sizes, settings, how far it was trained
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = FactsForm::Table)]
    format: FactsForm,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let facts = facts(&args.model, &args.open).map_err(|error| open::name_file(&args.model, error))?;
    to_stdout(|out| args.format.write(out, &facts))
}

fn facts(path: &Path, open: &OpenArgs) -> Result<Facts, Error> {
    let mut facts = Facts::default();
    facts.add("file", path.display().to_string());
    facts.add("bytes", fs::metadata(path).map_err(Error::io(path))?.len());
    match recognise_file(path)? {
        Format::Safetensors => of_model(&mut facts, &ModelFile::open(path)?),
        other => of_vectors(&mut facts, other, &open.open(path)?),
    }
    Ok(facts)
}

fn of_model(facts: &mut Facts, model: &ModelFile) {
    facts.add("format", format!("quickvec safetensors, version {VERSION}"));
    of_words(facts, model.vocabulary(), model.vector_size(), model.input().is_half());
    let tensor = |(name, kind, shape)| json!({ "name": name, "type": kind, "shape": shape });
    facts.add("tensors", model.tensors().map(tensor).collect::<Vec<_>>());
    let metadata = model.metadata();
    for key in ["config", "corpus", "trained"] {
        facts.add(key, metadata.get(key).map_or(Value::Null, |text| parsed(text)));
    }
    facts.add("can_be_resumed", is_checkpoint(model));
}

fn of_vectors(facts: &mut Facts, format: Format, vectors: &WordVectors) {
    facts.add("format", format.name());
    of_words(facts, vectors.vocabulary(), vectors.vector_size(), vectors.rows().is_half());
    facts.add("can_be_resumed", false);
}

fn of_words(facts: &mut Facts, vocabulary: &Vocabulary, vector_size: usize, half: bool) {
    let seen: u64 = vocabulary.counts().iter().fold(0, |sum, &count| sum.saturating_add(count));
    facts.add("words", vocabulary.len());
    facts.add("words_seen", if seen == 0 { Value::Null } else { seen.into() });
    facts.add("vector_size", vector_size);
    facts.add("precision", if half { "half (f16)" } else { "single (f32)" });
}

/// Whether the file holds a trainer's state beside the model.
pub fn is_checkpoint(model: &ModelFile) -> bool {
    model.extra_names().next().is_some() || model.metadata().contains_key("trainer")
}

/// Metadata are JSON by our own format; what another program put there is shown as it is.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
