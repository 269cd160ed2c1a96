//! Results for people: columns, aligned even if characters take two columns.
//!
//! Control characters in words are shown escaped.

use super::answer::{Answer, Query, RunSpread, sum};
use super::comparison::Comparison;
use super::facts::Facts;
use super::messages;
use super::text::{padded, printable, thousands, width};
use serde_json::Value;
use std::io::{self, Write};

/// A heading for each query, then a line for each word found.
pub fn answers(out: &mut dyn Write, answers: &[Answer]) -> io::Result<()> {
    for (index, answer) in answers.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        one(out, answer)?;
    }
    Ok(())
}

fn one(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    let runs = answer.runs.map(|runs| format!("  ({})", messages::spread_of_runs(runs))).unwrap_or_default();
    match &answer.query {
        Query::Nearest(word) => writeln!(out, "[query] {}{runs}", printable(word))?,
        Query::Weighted(terms) => writeln!(out, "[query] {}{runs}", sum(terms, printable))?,
        Query::Vector(number) => writeln!(out, "[query] vector {number}{runs}")?,
        Query::Odd(words) => {
            let words: Vec<_> = words.iter().map(|word| printable(word)).collect();
            writeln!(out, "[odd] {}", words.join(" "))?;
        }
        Query::Analogy { words, .. } => {
            let [a, b, c] = words.each_ref().map(|word| printable(word));
            writeln!(out, "[analogy] {a}:{b} = {c}:?{runs}")?;
        }
    }
    if answer.found.is_empty() {
        return writeln!(out, "  (the model has no other words)");
    }
    let words: Vec<_> = answer.found.iter().map(|found| printable(&found.word)).collect();
    let widest = words.iter().map(|word| width(word)).max().unwrap_or(0);
    for (word, found) in words.iter().zip(&answer.found) {
        let spread = found
            .spread
            .map(|RunSpread { deviation, stability }| format!(" ± {deviation:.4}  {:>3.0} %", 100.0 * stability));
        let spread = spread.unwrap_or_default();
        writeln!(out, "  {}  {:>7}{spread}", padded(word, widest), four_decimals(found.similarity))?;
    }
    Ok(())
}

/// One number per line; with the words before it if there are several.
pub fn comparisons(out: &mut dyn Write, comparisons: &[Comparison]) -> io::Result<()> {
    let name = |words: &[String]| words.iter().map(|word| printable(word)).collect::<Vec<_>>().join(",");
    for comparison in comparisons {
        if comparisons.len() > 1 {
            write!(out, "{} {}  ", name(&comparison.a), name(&comparison.b))?;
        }
        let runs = comparison.runs;
        match comparison.rank {
            Some(rank) => {
                let spread = runs.and_then(|runs| runs.rank).map(|rank| format!(" ± {rank:.1}"));
                writeln!(out, "{rank}{}", spread.unwrap_or_default())?;
            }
            None => {
                let spread = runs.map(|runs| format!(" ± {:.4}", runs.similarity)).unwrap_or_default();
                writeln!(out, "{}{spread}", four_decimals(comparison.similarity))?;
            }
        }
    }
    Ok(())
}

fn four_decimals(number: f32) -> String {
    let digits = format!("{number:.4}");
    if digits == "-0.0000" { "0.0000".to_owned() } else { digits }
}

/// Names to the left, values to the right, one line for each item of a value that has several. Unknown values have no line.
pub fn facts(out: &mut dyn Write, facts: &Facts) -> io::Result<()> {
    let known: Vec<_> = facts.0.iter().filter(|(_, value)| !value.is_null()).collect();
    let names: Vec<_> = known.iter().map(|(name, _)| name.replace('_', " ")).collect();
    let widest = names.iter().map(|name| width(name)).max().unwrap_or(0);
    for (name, (_, value)) in names.iter().zip(known) {
        for (index, line) in lines(value).iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            writeln!(out, "{}  {line}", padded(name, widest))?;
        }
    }
    Ok(())
}

fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(on_one_line).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{} {}", printable(name), on_one_line(value))).collect()
        }
        Value::Number(number) => vec![number.as_u64().map_or_else(|| number.to_string(), thousands)],
        _ => vec![on_one_line(value)],
    }
}

fn on_one_line(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => printable(text),
        Value::Array(items) => list_on_one_line(items),
        Value::Object(fields) => fields.values().map(on_one_line).collect::<Vec<_>>().join("  "),
        Value::Number(number) => number.to_string(),
    }
}

/// A shape is written in full; of a list of lists, such as a thousand losses, only the last is shown.
fn list_on_one_line(items: &[Value]) -> String {
    match items.last() {
        Some(Value::Array(numbers)) => {
            let last = numbers.iter().map(on_one_line).collect::<Vec<_>>().join(", ");
            format!("{}, the last ({last})", items.len())
        }
        _ => items.iter().map(on_one_line).collect::<Vec<_>>().join(" x "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_not_negative() {
        let shown = [-1e-9, -0.0, -0.00006, 5.0].map(four_decimals);
        assert_eq!(shown, ["0.0000", "0.0000", "-0.0001", "5.0000"]);
    }

    #[test]
    fn facts_are_aligned_one_item_a_line() {
        let mut list = Facts::default();
        list.add("words", 7);
        list.add("vector_size", 3);
        list.add(
            "tensors",
            serde_json::json!([{"name": "input.weight", "shape": [7, 3]}, {"name": "b", "shape": [7]}]),
        );
        list.add("config", serde_json::json!({"window": 5, "max_grad": null}));
        list.add("trained", serde_json::json!({"losses": [[1, 1, 4.16], [1, 21, 4.5]]}));
        let mut shown = Vec::new();
        facts(&mut shown, &list).unwrap();
        let expected = "words        7\n\
                        vector size  3\n\
                        tensors      input.weight  7 x 3\n             \
                                     b  7\n\
                        config       max_grad none\n             \
                                     window 5\n\
                        trained      losses 2, the last (1, 21, 4.5)\n";
        assert_eq!(String::from_utf8(shown).unwrap(), expected);
    }
}
