//! Scores on files of questions or pairs, in all forms.

use super::text::{counted, field, padded, printable, width};
use rapidvec::vectors::evaluate::statistics::Correlation;
use rapidvec::vectors::evaluate::{AnalogyReport, PairReport, SectionScore};
use rapidvec::vectors::measure::deviation;
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The scores on one file.
#[derive(Debug)]
pub struct Evaluation {
    /// Its name, as given.
    pub file: String,
    pub measured: Measured,
    /// The same of each run that the model is the mean of, if it has their vectors.
    pub runs: Vec<Measured>,
}

/// The kind of the file.
#[derive(Debug)]
pub enum Measured {
    /// Questions, and the name of the method that scored the answers.
    Analogies(AnalogyReport, &'static str),
    /// Pairs.
    Pairs(PairReport),
}

impl Measured {
    /// The accuracy, or both correlations.
    fn scores(&self) -> [Option<f64>; 2] {
        match self {
            Self::Analogies(report, _) => [report.total.accuracy(), None],
            Self::Pairs(report) => [report.spearman, report.pearson].map(|of| of.map(|of| of.coefficient)),
        }
    }
}

/// Fields of JSON in their order.
type Fields = Vec<(&'static str, Value)>;

impl Evaluation {
    fn fields(&self) -> Fields {
        let mut fields: Fields = vec![("file", self.file.clone().into())];
        match &self.measured {
            Measured::Analogies(report, method) => {
                fields.push(("method", (*method).into()));
                fields.extend(of_section(&report.total));
                fields.extend(of_interval("accuracy", report.total.interval()));
                fields.extend(report.halves.iter().flatten().map(|half| {
                    let name = if half.name == "semantic" { "semantic" } else { "syntactic" };
                    (name, Value::Object(of_section(half).into_iter().map(|(k, v)| (k.to_owned(), v)).collect()))
                }));
                let sections = report.sections.iter().map(|section| {
                    let mut object: Map<String, Value> = Map::new();
                    object.insert("section".into(), section.name.clone().into());
                    object.extend(of_section(section).into_iter().map(|(name, value)| (name.to_owned(), value)));
                    Value::Object(object)
                });
                fields.push(("sections", sections.collect()));
            }
            Measured::Pairs(report) => fields.extend(of_pairs(report)),
        }
        fields.extend(self.of_runs());
        fields
    }

    /// How many runs there are, and the standard deviation of each score over them.
    fn of_runs(&self) -> Fields {
        if self.runs.is_empty() {
            return Vec::new();
        }
        let mut fields = vec![("runs", json!(self.runs.len()))];
        let names: &[_] = match self.measured {
            Measured::Analogies(..) => &["accuracy_deviation"],
            Measured::Pairs(_) => &["spearman_deviation", "pearson_deviation"],
        };
        fields.extend(names.iter().enumerate().map(|(score, name)| (*name, json!(self.deviation(score)))));
        fields
    }

    /// The standard deviation over the runs of the first or the second score; `None` if a run has none.
    fn deviation(&self, score: usize) -> Option<f64> {
        let values = self.runs.iter().map(|run| run.scores()[score]).collect::<Option<Vec<_>>>()?;
        Some(deviation(&values)).filter(|_| !values.is_empty())
    }
}

/// A missing number is `null`.
fn of_section(section: &SectionScore) -> Fields {
    vec![
        ("accuracy", json!(section.accuracy())),
        ("correct", section.correct.into()),
        ("total", section.asked.into()),
        ("out_of_vocabulary", section.unknown.into()),
    ]
}

fn of_pairs(report: &PairReport) -> Fields {
    let both = |of: Option<Correlation>| (json!(of.map(|c| c.coefficient)), json!(of.map(|c| c.p_value)));
    let ((pearson, pearson_p), (spearman, spearman_p)) = (both(report.pearson), both(report.spearman));
    let mut fields = vec![
        ("spearman", spearman),
        ("spearman_p", spearman_p),
        ("pearson", pearson),
        ("pearson_p", pearson_p),
        ("total", report.compared.into()),
        ("out_of_vocabulary", report.unknown.into()),
        ("composed", report.composed.into()),
    ];
    fields.extend(of_interval("spearman", report.spearman_interval()));
    fields.extend(of_interval("pearson", report.pearson_interval()));
    fields
}

/// The two ends of a 95 % interval.
fn of_interval(of: &'static str, interval: Option<(f64, f64)>) -> [(&'static str, Value); 2] {
    let names = match of {
        "accuracy" => ["accuracy_low", "accuracy_high"],
        "spearman" => ["spearman_low", "spearman_high"],
        _ => ["pearson_low", "pearson_high"],
    };
    [(names[0], json!(interval.map(|ends| ends.0))), (names[1], json!(interval.map(|ends| ends.1)))]
}

impl Serialize for Evaluation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.fields())
    }
}

/// A line for each number.
pub fn tsv(out: &mut dyn Write, evaluations: &[Evaluation]) -> io::Result<()> {
    writeln!(out, "file\tsection\tmeasure\tvalue")?;
    for evaluation in evaluations {
        let file = field(&evaluation.file);
        let mut lines = |section: &str, fields: Fields| {
            fields.iter().try_for_each(|(measure, value)| {
                let value = if value.is_null() { String::new() } else { value.to_string() };
                writeln!(out, "{file}\t{}\t{measure}\t{value}", field(section))
            })
        };
        match &evaluation.measured {
            Measured::Pairs(report) => lines("", of_pairs(report))?,
            Measured::Analogies(report, _) => {
                lines("", of_section(&report.total))?;
                lines("", of_interval("accuracy", report.total.interval()).into())?;
                for section in report.sections.iter() {
                    lines(&section.name, of_section(section))?;
                }
            }
        }
        lines("", evaluation.of_runs())?;
    }
    Ok(())
}

/// For people: a heading for each file, then its scores.
pub fn table(out: &mut dyn Write, evaluations: &[Evaluation]) -> io::Result<()> {
    for (index, evaluation) in evaluations.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let file = printable(&evaluation.file);
        match &evaluation.measured {
            Measured::Analogies(report, method) => {
                writeln!(out, "[analogies, {method}] {file}")?;
                sections_table(out, report)?;
                let points = evaluation.deviation(0).map(|of| format!("{:.2} %", 100.0 * of));
                deviations_line(out, evaluation.runs.len(), [points, None])?;
            }
            Measured::Pairs(report) => {
                writeln!(out, "[pairs] {file}")?;
                pairs_table(out, report)?;
                let shown = |score, name| Some(format!("{name} {:.4}", evaluation.deviation(score)?));
                deviations_line(out, evaluation.runs.len(), [shown(0, "Spearman"), shown(1, "Pearson")])?;
            }
        }
    }
    Ok(())
}

/// How much the scores of single runs differ.
fn deviations_line(out: &mut dyn Write, runs: usize, deviations: [Option<String>; 2]) -> io::Result<()> {
    let shown: Vec<String> = deviations.into_iter().flatten().collect();
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(out, "  standard deviation of one of {runs} runs: {}", shown.join(", "))
}

fn sections_table(out: &mut dyn Write, report: &AnalogyReport) -> io::Result<()> {
    let sums = report.halves.iter().flatten().chain([&report.total]);
    let rows: Vec<_> = report.sections.iter().chain(sums).map(|row| (printable(&row.name), row)).collect();
    let widest = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    writeln!(out, "  {}  accuracy  correct   asked  unknown", padded("", widest))?;
    for (name, row) in rows {
        let accuracy = row.accuracy().map_or("-".to_owned(), |accuracy| format!("{:.2} %", 100.0 * accuracy));
        let (correct, asked, unknown) = (row.correct, row.asked, row.unknown);
        writeln!(out, "  {}  {accuracy:>8}  {correct:>7}  {asked:>6}  {unknown:>7}", padded(&name, widest))?;
    }
    match report.total.interval() {
        Some((low, high)) => writeln!(out, "  95 % interval of the total: {:.2} to {:.2} %", 100.0 * low, 100.0 * high),
        None => Ok(()),
    }
}

fn pairs_table(out: &mut dyn Write, report: &PairReport) -> io::Result<()> {
    let both = [
        ("Spearman", report.spearman, report.spearman_interval()),
        ("Pearson", report.pearson, report.pearson_interval()),
    ];
    for (name, correlation, interval) in both {
        match correlation {
            Some(Correlation { coefficient, p_value }) => {
                let ends = interval.map(|(low, high)| format!("; 95 %: {low:.4} to {high:.4}")).unwrap_or_default();
                writeln!(out, "  {name:<8}  {coefficient:>7.4}  (p = {}{ends})", shown_p(p_value))?;
            }
            None => writeln!(out, "  {name:<8}  {:>7}", "-")?,
        }
    }
    let compared = counted(report.compared as u64, "pair(s)");
    let composed =
        if report.composed > 0 { format!(" ({} with a composed word)", report.composed) } else { String::new() };
    writeln!(out, "  {compared} compared{composed}, {} unknown", report.unknown)
}

/// A p-value as papers write it.
fn shown_p(p: f64) -> String {
    if p >= 0.01 { format!("{p:.2}") } else { format!("{p:.1e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_have_two_digits() {
        assert_eq!([0.9224, 0.05, 0.0031, 1.26e-15].map(shown_p), ["0.92", "0.05", "3.1e-3", "1.3e-15"]);
    }
}
