//! The n-grams of gensim's fastText models: the hashes are fastText's, except in old files.

use super::arrays::Arrays;
use super::attributes::Part;
use crate::error::Result;
use crate::format::pickle::value::Value;
use crate::subwords::{NGrams, Subwords};

/// The n-grams of a model of subwords, if it is one; nothing if it numbers n-grams in a way that is not known here.
pub(super) fn of(part: &Part<'_, '_>, arrays: &Arrays<'_, '_>) -> Result<Option<Option<Subwords>>> {
    let Some(settings) = settings(part) else { return Ok(None) };
    let Some(rows) = arrays.rows(part, &["vectors_ngrams"])? else { return Ok(Some(None)) };
    let is_known = part.value("compatible_hash").is_none_or(|known| known == Value::Bool(true))
        && part.value("hash2index").is_none()
        && settings.buckets == rows.len();
    if !is_known {
        return Ok(Some(None));
    }
    let ngrams = NGrams::default().min_n(settings.min_n).max_n(settings.max_n).buckets(rows.len());
    Ok(Some(Some(Subwords::new(ngrams, rows)?)))
}

/// Which n-grams words have.
struct Settings {
    min_n: usize,
    max_n: usize,
    buckets: usize,
}

/// `None` if words have none.
fn settings(part: &Part<'_, '_>) -> Option<Settings> {
    let size = |name| part.integer(name).and_then(|number| usize::try_from(number).ok());
    let settings = Settings { min_n: size("min_n")?, max_n: size("max_n")?, buckets: size("bucket")? };
    (settings.buckets > 0 && settings.max_n >= settings.min_n.max(1)).then_some(settings)
}

/// The n-grams that complete the rows of a model's words, if the file holds those rows without them.
pub(super) fn to_complete(part: &Part<'_, '_>, arrays: &Arrays<'_, '_>) -> Result<Option<Subwords>> {
    Ok(of(part, arrays)?.flatten())
}
