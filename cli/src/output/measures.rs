//! Associations, places on an axis and changes between models, in all forms of output.

use super::form::Form;
use super::json;
use super::text::{field, padded, printable, thousands, width};
use rapidvec::vectors::measure::{Association, Change, Weat};
use serde_json::{Value, json};
use std::io::{self, Write};

/// A result of `weat`, `axis`, `align` or `average`.
pub enum Measures {
    /// The words of X, Y, A and B, and what was found.
    Weat { groups: [Vec<String>; 4], weat: Weat, two_sided: bool },
    /// Words and their places between two groups of words.
    Axis { from: Vec<String>, to: Vec<String>, places: Vec<(String, f64)> },
    /// Words in both models, those the rotation was found with, their mean similarity, and those that changed most with
    /// the deviation between runs, if both models have them.
    Alignment { shared: usize, anchors: usize, mean: f64, changes: Vec<(Change, Option<f64>)> },
    /// The number of runs, their mean agreement with the mean, and the words on which they agree least.
    Average { runs: usize, mean: f64, words: Vec<(String, f64)> },
}

impl Form {
    /// Writes a result in this form.
    pub fn measures(self, out: &mut dyn Write, measures: &Measures) -> io::Result<()> {
        match self {
            Form::Table => table(out, measures),
            Form::Tsv => tsv(out, measures),
            Form::Json => json::line(out, &value(measures)),
        }
    }
}

fn table(out: &mut dyn Write, measures: &Measures) -> io::Result<()> {
    match measures {
        Measures::Weat { weat, .. } => {
            let size = weat.effect_size.map_or("-".to_owned(), |size| format!("{size:.4}"));
            let how = if weat.exact { "all" } else { "random" };
            writeln!(out, "effect size  {size:>8}")?;
            writeln!(out, "score        {:>8.4}", weat.score)?;
            writeln!(out, "p            {:>8.4}  ({how} {} partitions)", weat.p_value, thousands(weat.partitions))?;
            for (name, words) in ["x", "y"].iter().zip(&weat.associations) {
                writeln!(out, "\n[{name}]")?;
                lines(out, words.iter().map(|word| (word.word.as_str(), format!("{:>8.4}", word.association))))?;
            }
            Ok(())
        }
        Measures::Axis { from, to, places } => {
            let [from, to] = [from, to].map(|words| printable(&words.join(",")));
            writeln!(out, "[axis] {from} -> {to}")?;
            lines(out, places.iter().map(|(word, place)| (word.as_str(), format!("{place:>8.4}"))))
        }
        Measures::Alignment { shared, anchors, mean, changes } => {
            let [shared, count] = [shared, anchors].map(|&count| thousands(count as u64));
            let how = if *anchors == 0 { "as they are".to_owned() } else { format!("rotated by {count}") };
            writeln!(out, "[align] {shared} words in both, {how}; mean similarity {mean:.4}")?;
            let shown = |(change, deviation): &(Change, Option<f64>)| {
                let [a, b] = change.counts.map(thousands);
                let spread = deviation.map(|deviation| format!(" ± {deviation:.4}")).unwrap_or_default();
                format!("{:>8.4}{spread}  {a:>10}  {b:>10}", change.similarity)
            };
            lines(out, changes.iter().map(|change| (change.0.word.as_str(), shown(change))))
        }
        Measures::Average { runs, mean, words } => {
            writeln!(out, "[average] {runs} runs; mean agreement {mean:.4}; the runs agree least on")?;
            lines(out, words.iter().map(|(word, agreement)| (word.as_str(), format!("{agreement:>8.4}"))))
        }
    }
}

/// A word and its numbers a line, aligned.
fn lines<'w>(out: &mut dyn Write, lines: impl Iterator<Item = (&'w str, String)> + Clone) -> io::Result<()> {
    let widest = lines.clone().map(|(word, _)| width(&printable(word))).max().unwrap_or(0).min(60);
    lines.into_iter().try_for_each(|(word, numbers)| writeln!(out, "  {}{numbers}", padded(&printable(word), widest)))
}

fn tsv(out: &mut dyn Write, measures: &Measures) -> io::Result<()> {
    match measures {
        Measures::Weat { weat, .. } => {
            writeln!(out, "measure\tword\tvalue")?;
            let size = weat.effect_size.map_or(String::new(), |size| size.to_string());
            writeln!(out, "effect_size\t\t{size}\nscore\t\t{}\np_value\t\t{}", weat.score, weat.p_value)?;
            writeln!(out, "partitions\t\t{}\nexact\t\t{}", weat.partitions, weat.exact)?;
            let words = ["x", "y"]
                .iter()
                .zip(&weat.associations)
                .flat_map(|(name, all)| all.iter().map(move |one| (name, one)));
            words.into_iter().try_for_each(|(name, Association { word, association, .. })| {
                writeln!(out, "association_{name}\t{}\t{association}", field(word))
            })
        }
        Measures::Axis { places, .. } => {
            writeln!(out, "word\tplace")?;
            places.iter().try_for_each(|(word, place)| writeln!(out, "{}\t{place}", field(word)))
        }
        Measures::Alignment { changes, .. } => {
            let spreads = changes.iter().any(|(_, deviation)| deviation.is_some());
            writeln!(out, "word\tsimilarity\tcount_a\tcount_b{}", if spreads { "\tdeviation" } else { "" })?;
            changes.iter().try_for_each(|(Change { word, similarity, counts: [a, b], .. }, deviation)| {
                let deviation = deviation.map(|deviation| format!("\t{deviation}")).unwrap_or_default();
                writeln!(out, "{}\t{similarity}\t{a}\t{b}{deviation}", field(word))
            })
        }
        Measures::Average { words, .. } => {
            writeln!(out, "word\tagreement")?;
            words.iter().try_for_each(|(word, agreement)| writeln!(out, "{}\t{agreement}", field(word)))
        }
    }
}

fn value(measures: &Measures) -> Value {
    match measures {
        Measures::Weat { groups: [x, y, a, b], weat, two_sided } => {
            let of = |words: &[Association]| -> Vec<Value> {
                let one = |word: &Association| json!({ "word": word.word, "association": word.association });
                words.iter().map(one).collect()
            };
            let [of_x, of_y] = weat.associations.each_ref().map(|words| of(words));
            json!({
                "x": x, "y": y, "a": a, "b": b, "score": weat.score, "effect_size": weat.effect_size,
                "p_value": weat.p_value, "two_sided": two_sided, "partitions": weat.partitions, "exact": weat.exact,
                "associations": { "x": of_x, "y": of_y },
            })
        }
        Measures::Axis { from, to, places } => {
            let words: Vec<Value> =
                places.iter().map(|(word, place)| json!({ "word": word, "place": place })).collect();
            json!({ "from": from, "to": to, "words": words })
        }
        Measures::Average { runs, mean, words } => {
            let one = |(word, agreement): &(String, f64)| json!({ "word": word, "agreement": agreement });
            json!({ "runs": runs, "mean_agreement": mean, "words": words.iter().map(one).collect::<Vec<_>>() })
        }
        Measures::Alignment { shared, anchors, mean, changes } => {
            let one = |(change, deviation): &(Change, Option<f64>)| {
                let Change { word, similarity, counts: [a, b], .. } = change;
                let mut one = json!({ "word": word, "similarity": similarity, "count_a": a, "count_b": b });
                if let Some(deviation) = deviation {
                    one["deviation"] = json!(deviation);
                }
                one
            };
            let words: Vec<Value> = changes.iter().map(one).collect();
            json!({ "shared": shared, "anchors": anchors, "mean_similarity": mean, "changes": words })
        }
    }
}
