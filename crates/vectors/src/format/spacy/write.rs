//! Writes a pipeline without components that spaCy 3 loads: words, vectors, and a tokenizer that splits at white space.

use super::{CONFIG, KEYS, STRINGS, VECTORS, hash, keys};
use crate::WordVectors;
use crate::error::{FormatError, Result};
use crate::format::{RowsView, npy};
use rapidvec_core::WordId;
use rapidvec_core::atomic_file::{self, Existing};
use serde_json::json;
use std::path::Path;

/// An empty map in MessagePack: lookup tables without any, a tokenizer without rules.
const EMPTY_MAP: &[u8] = b"\x80";

const PIPELINE: &str = r#"[nlp]
lang = "xx"
pipeline = []
disabled = []
before_creation = null
after_creation = null
after_pipeline_creation = null
batch_size = 1000
tokenizer = {"@tokenizers":"spacy.Tokenizer.v1"}
vectors = {"@vectors":"spacy.Vectors.v1"}

[components]
"#;

/// Writes `vectors`, of which only the `top` most frequent words are kept, into the folder at `path`, which may exist if `existing`
/// says so; files appear whole or not at all. An empty word is left out. Returns the number of words.
///
/// # Errors
/// [`FormatError`] if a vector is not finite or two words have the same hash; those of [`atomic_file`].
pub fn write(path: &Path, vectors: &WordVectors, top: Option<usize>, existing: Existing) -> Result<usize> {
    vectors.verify()?;
    let vocabulary = vectors.vocabulary();
    let mut ids = vocabulary.by_descending_count();
    ids.retain(|&id| !vocabulary.word(id).is_empty());
    ids.truncate(top.unwrap_or(usize::MAX));
    let pairs = pairs(vectors, &ids)?;
    let mut words: Vec<_> = ids.iter().map(|&id| vocabulary.word(id)).collect();
    words.sort_unstable();
    let (count, size) = (ids.len(), vectors.vector_size());
    let meta = json!({
        "lang": "xx", "name": "vectors", "version": "0.0.0", "spacy_version": ">=3.0.0,<4.0.0",
        "description": "Word vectors, trained or converted by rapidvec", "pipeline": [], "components": [],
        "vectors": {"width": size, "vectors": count, "keys": count, "name": "rapidvec", "mode": "default"},
    });
    let small = [
        ("config.cfg", PIPELINE.as_bytes().to_vec()),
        ("meta.json", meta.to_string().into_bytes()),
        ("tokenizer", EMPTY_MAP.to_vec()),
        ("vocab/lookups.bin", EMPTY_MAP.to_vec()),
        (&*in_vocab(CONFIG), json!({"mode": "default"}).to_string().into_bytes()),
        (&*in_vocab(STRINGS), json!(words).to_string().into_bytes()),
        (&*in_vocab(KEYS), keys::write(&pairs)),
    ];
    let matrix = path.join(in_vocab(VECTORS));
    std::fs::create_dir_all(path.join("vocab")).map_err(crate::Error::io(path))?;
    for file in small.iter().map(|(name, _)| path.join(name)).chain([matrix.clone()]) {
        atomic_file::check(&file, existing)?;
    }
    for (name, bytes) in small {
        atomic_file::write(&path.join(name), existing, |out| out.write_all(&bytes))?;
    }
    let rows = RowsView::of_rows(vectors.rows()).pick(Some(ids));
    atomic_file::write(&matrix, existing, |out| npy::write_rows(out, &rows, false))?;
    Ok(count)
}

fn in_vocab(name: &str) -> String {
    format!("vocab/{name}")
}

/// The hash and the row of each word.
fn pairs(vectors: &WordVectors, ids: &[WordId]) -> Result<Vec<(u64, u32)>, FormatError> {
    let pairs: Vec<_> = ids.iter().map(|&id| hash::key(vectors.vocabulary().word(id))).zip(0..).collect();
    let mut sorted = pairs.clone();
    sorted.sort_unstable();
    match sorted.windows(2).find(|two| two[0].0 == two[1].0) {
        Some(two) => Err(FormatError::Unwritable {
            word: vectors.vocabulary().word(ids[two[1].1 as usize]).to_owned(),
            what: "the hash of another word",
            format: "spaCy",
        }),
        None => Ok(pairs),
    }
}
