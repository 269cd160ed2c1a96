//! Loss logs: CSV with the columns epoch, iteration, seconds, loss, as `rapidvec train --log` writes them.

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::Path;

const HEADER: &str = "epoch,iteration,seconds,loss";

/// An average loss, and where in training it was seen; epoch and iteration count from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Which time through the corpus.
    pub epoch: usize,
    /// Which batch of the epoch.
    pub iteration: usize,
    /// Average loss since the point before.
    pub loss: f64,
}

/// Reads a log.
///
/// # Errors
/// If the file cannot be read, has other columns, no points, or a line that is not four numbers.
pub fn read(path: &Path) -> Result<Vec<Point>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| path.display().to_string())
}

fn parse(text: &str) -> Result<Vec<Point>> {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    ensure!(header == HEADER, "expected the columns {HEADER}, got {header:?}");
    let numbered = lines.enumerate().map(|(i, line)| point(line).with_context(|| format!("line {}: {line:?}", i + 2)));
    let points = numbered.collect::<Result<Vec<Point>>>()?;
    ensure!(!points.is_empty(), "no points");
    Ok(points)
}

fn point(line: &str) -> Result<Point> {
    let fields: Vec<&str> = line.split(',').collect();
    let [epoch, iteration, _, loss] = fields[..] else { bail!("expected 4 fields, got {}", fields.len()) };
    let point = Point { epoch: epoch.parse()?, iteration: iteration.parse()?, loss: loss.parse()? };
    ensure!(point.epoch > 0 && point.iteration > 0, "epoch and iteration count from 1");
    ensure!(point.loss.is_finite(), "the loss is not finite");
    Ok(point)
}

/// Iterations from the start of training and losses. An epoch is taken to be as long as the last iteration that any of the
/// logs has of one, which is short by less than a logging interval.
pub fn over_all_epochs(log: &[Point], epoch_length: usize) -> Vec<(f64, f64)> {
    log.iter().map(|p| (((p.epoch - 1) * epoch_length + p.iteration) as f64, p.loss)).collect()
}

/// The last iteration that any of `logs` has of an epoch.
pub fn epoch_length(logs: &[&[Point]]) -> usize {
    logs.iter().flat_map(|log| log.iter().map(|point| point.iteration)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_follow_each_other() {
        let log = parse("epoch,iteration,seconds,loss\n1,1,0,4.16\n1,21,5,4.1\n2,1,9,2.5\n").unwrap();
        let length = epoch_length(&[&log[..1], &log]);
        assert_eq!(over_all_epochs(&log, length), [(1.0, 4.16), (21.0, 4.1), (22.0, 2.5)]);
    }

    #[test]
    fn refuses_what_is_not_a_log_and_names_the_line() {
        let refused = |text: &str| format!("{:#}", parse(text).unwrap_err());
        assert!(refused("a,b\n").contains("expected the columns"));
        assert!(refused("").contains("expected the columns"));
        assert!(refused("epoch,iteration,seconds,loss\n").contains("no points"));
        let with = |line: &str| refused(&format!("{HEADER}\n1,1,0,4.16\n{line}\n"));
        assert!(with("1,2,3").contains("line 3"));
        assert!(with("0,1,0,4.0").contains("from 1"));
        assert!(with("1,1,0,NaN").contains("finite"));
        assert!(with("1,x,0,4.0").contains("invalid digit"));
    }
}
