//! The loss of a run: one line for all epochs, and one for each.

use super::chart::Charts;
use std::io::{self, Write};

/// Columns of the curve of all epochs, and of one.
const WIDE: usize = 40;
const NARROW: usize = 20;
/// The maximum number of epochs that all have a line; if there are more, only the first and the last few have one.
const MAX_LINES: usize = 20;

/// Losses of a run, epoch by epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct LossCurve {
    /// Each epoch and its losses in order; none is empty.
    epochs: Vec<(usize, Vec<f64>)>,
}

impl LossCurve {
    /// From a model's history: epoch, blocks of it done, loss. `None` if it is empty.
    pub fn of(losses: &[(usize, u64, f64)]) -> Option<Self> {
        let mut epochs: Vec<(usize, Vec<f64>)> = Vec::new();
        for &(epoch, _, loss) in losses {
            match epochs.last_mut() {
                Some((last, losses)) if *last == epoch => losses.push(loss),
                _ => epochs.push((epoch, vec![loss])),
            }
        }
        (!epochs.is_empty()).then_some(Self { epochs })
    }

    /// The lines.
    pub fn draw(&self, out: &mut dyn Write, charts: &Charts) -> io::Result<()> {
        let all: Vec<f64> = self.epochs.iter().flat_map(|(_, losses)| losses).copied().collect();
        let (first, last, arrow) = (all[0], all[all.len() - 1], charts.arrow());
        writeln!(out, "\nloss, first to last average")?;
        writeln!(out, "  {first:.3} {arrow} {last:.3}  {}", charts.shape(&all, WIDE))?;
        let digits = self.epochs.iter().map(|(epoch, _)| epoch.to_string().len()).max().unwrap_or(1);
        let count = self.epochs.len();
        for (index, (epoch, losses)) in self.epochs.iter().enumerate().filter(|_| count > 1) {
            if count > MAX_LINES && index == MAX_LINES / 2 {
                writeln!(out, "  ...")?;
            }
            if count <= MAX_LINES || index < MAX_LINES / 2 || index >= count - MAX_LINES / 2 {
                let (first, last) = (losses[0], losses[losses.len() - 1]);
                let shape = charts.shape(losses, NARROW);
                writeln!(out, "  epoch {epoch:>digits$}  {first:.3} {arrow} {last:.3}  {shape}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(losses: &[(usize, u64, f64)]) -> String {
        let mut shown = Vec::new();
        LossCurve::of(losses).unwrap().draw(&mut shown, &Charts::of_stdout(true)).unwrap();
        String::from_utf8(shown).unwrap()
    }

    #[test]
    fn each_epoch_has_a_line() {
        let shown = drawn(&[(1, 1, 4.158), (1, 21, 3.0), (2, 1, 2.5), (2, 21, 2.25)]);
        let expected = "\nloss, first to last average\n  4.158 -> 2.250  #-._\n  \
                        epoch 1  4.158 -> 3.000  #_\n  epoch 2  2.500 -> 2.250  #_\n";
        assert_eq!(shown, expected);
        assert_eq!(drawn(&[(1, 1, 4.0)]).lines().count(), 3);
    }

    #[test]
    fn many_epochs_are_thinned() {
        let losses: Vec<_> = (1..=300).map(|epoch| (epoch, 1, 4.0)).collect();
        let shown = drawn(&losses);
        assert_eq!(shown.lines().count(), 3 + 20 + 1);
        assert!(shown.contains("  epoch  10  ") && shown.contains("  ...\n  epoch 291  "), "{shown}");
    }

    #[test]
    fn without_losses_there_is_no_curve() {
        assert_eq!(LossCurve::of(&[]), None);
    }
}
