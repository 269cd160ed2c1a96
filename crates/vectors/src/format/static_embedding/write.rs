//! Writes a folder that model2vec and sentence-transformers load without a network.

use super::{MODEL, TOKENIZER};
use crate::WordVectors;
use crate::error::{FormatError, QueryError, Result};
use crate::unit::normalize;
use rapidvec_core::atomic_file::{self, Existing};
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::path::Path;

/// Tokens that the tokenizer needs beside the words; their vectors are zeros.
const SPECIAL: [&str; 2] = ["[PAD]", "[UNK]"];

/// How a folder is written.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StaticEmbeddingOptions {
    /// Weight the word `w` by `a / (a + p(w))`, `p(w)` being its share of the text, as
    /// [`Embedder::sif`](crate::Embedder::sif) does.
    pub sif: Option<f64>,
    /// Keep only this many of the most frequent words.
    pub top: Option<usize>,
}

/// Writes `vectors` into the folder at `path`, which may exist if `existing` says so; files appear whole or not at all.
///
/// # Errors
/// [`FormatError`] if a vector is not finite or the words have no counts for SIF; those of [`atomic_file`].
pub fn write(path: &Path, vectors: &WordVectors, options: StaticEmbeddingOptions, existing: Existing) -> Result<usize> {
    vectors.verify()?;
    let vocabulary = vectors.vocabulary();
    if let Some(a) = options.sif.filter(|a| !(*a > 0.0 && a.is_finite())) {
        return Err(QueryError::SifWeight { got: a.to_string() }.into());
    }
    if options.sif.is_some() && !vocabulary.has_counts() {
        return Err(FormatError::NoCounts.into());
    }
    let mut ids = vocabulary.by_descending_count();
    ids.truncate(options.top.unwrap_or(usize::MAX));
    ids.retain(|&id| !SPECIAL.contains(&vocabulary.word(id)));
    let total: u64 = vocabulary.counts().iter().sum();
    let weight = |count: u64| options.sif.map_or(1.0, |a| a / (a + count as f64 / total.max(1) as f64)) as f32;
    for name in ["README.md", "config.json", "modules.json", TOKENIZER, MODEL] {
        atomic_file::check(&path.join(name), existing)?;
    }
    std::fs::create_dir_all(path).map_err(crate::Error::io(path))?;
    let file = |name: &str, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        atomic_file::write(&path.join(name), existing, |out| write(out))
    };
    let size = vectors.vector_size();
    let config = json!({"max_length": 512, "normalize": false, "embedding_dtype": "float32"});
    let modules = json!([{"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"}]);
    let vocab: Map<String, Value> = SPECIAL
        .into_iter()
        .chain(ids.iter().map(|&id| vocabulary.word(id)))
        .zip(0..)
        .map(|(word, id)| (word.to_owned(), json!(id)))
        .collect();
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": if vectors.is_lower() { json!({"type": "Lowercase"}) } else { Value::Null },
        "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocab, "unk_token": SPECIAL[1]},
    });
    file("README.md", &|out| out.write_all(card(ids.len(), size).as_bytes()))?;
    file("config.json", &|out| write!(out, "{config:#}"))?;
    file("modules.json", &|out| write!(out, "{modules:#}"))?;
    file(TOKENIZER, &|out| write!(out, "{tokenizer}"))?;
    file(MODEL, &|out| {
        let rows = ids.len() + SPECIAL.len();
        let bytes = rows as u64 * size as u64 * 4;
        let mut head =
            json!({"embeddings": {"dtype": "F32", "shape": [rows, size], "data_offsets": [0, bytes]}}).to_string();
        head.extend(std::iter::repeat_n(' ', head.len().next_multiple_of(8) - head.len()));
        out.write_all(&(head.len() as u64).to_le_bytes())?;
        out.write_all(head.as_bytes())?;
        out.write_all(&vec![0; SPECIAL.len() * size * 4])?;
        let mut row = Vec::with_capacity(size);
        ids.iter().try_for_each(|&id| {
            row.clear();
            vectors.rows().push_row(id as usize, &mut row);
            normalize(&mut row);
            let weight = weight(vocabulary.count(id));
            row.iter().try_for_each(|x| out.write_all(&(x * weight).to_le_bytes()))
        })
    })?;
    Ok(ids.len())
}

fn card(words: usize, size: usize) -> String {
    format!(
        "---\nlibrary_name: model2vec\ntags:\n- embeddings\n- static-embeddings\n- sentence-transformers\n---\n\n\
         {words} word vectors of {size} numbers, trained or converted by rapidvec. Texts are split at white space; the vector of a \
         text is the mean of its words' vectors, which have length 1 (times a weight by frequency, if one was chosen).\n\n\
         ```python\nfrom model2vec import StaticModel\nmodel = StaticModel.from_pretrained(\"FOLDER\")\nmodel.encode([\"a text\"])\n```\n"
    )
}
