//! Makes the matrices of all processes equal again.
//!
//! Each process has, beside its matrices, a copy of them as they were when they were last equal. What it has learned of a row since is the
//! difference. The new row is the old one and the sum of all differences, times a factor. Steps of gradient descent pull a row towards where it
//! would rest, and after `u` uses at the learning rate `η` it has gone the part `1 - exp(-h η u)` of the way. So two processes that used it
//! little have gone different parts of the way, and their sum is right; two that used it much have both arrived, and it is their mean. For `n`
//! processes with `u` uses in all the factor is
//!
//! `(1 - exp(-h η u)) / (n (1 - exp(-h η u / n)))`,
//!
//! which goes from 1 to `1/n`; a row of one process alone gets its whole difference. The uses follow from counts (`cpu/uses.rs`).
//!
//! Rows are taken in stretches of some megabytes. Where more than a third of a stretch has changed, all of it is summed by a ring;
//! otherwise only the changed rows travel, to the process that owns each, and back. Sums are added in a fixed order either way.

use super::error::GangError;
use super::gang::Gang;
use crate::cpu::{CpuTrainer, Matrices};
use crate::error::Result;
use rapidvec_core::collective::RowChanges;
use rapidvec_core::{Chunk, LANES, Matrix};
use std::ops::Range;

/// The `h` of the formula above: how much a use at the learning rate 1 pulls a row to where it rests.
///
/// Measured with 4 processes of one thread that synchronise every 20,000 words of each (2026-12-01, 10 M words of Wikipedia, skip-gram, vectors of
/// 100 numbers, 3 epochs, one seed; points of analogies, WS-353, SimLex-999):
///
/// | h | analogies | WS-353 | SimLex-999 |
/// |---|---|---|---|
/// | 0.03 | 16.0 | 0.537 | 0.227 |
/// | 0.1 | 17.0 | 0.528 | 0.234 |
/// | 0.3 | 16.4 | 0.506 | 0.236 |
/// | 1 | 14.2 | 0.477 | 0.235 |
/// | one process, 2 threads | 17.9 | 0.518 | 0.243 |
const CURVATURE: f64 = 0.1;

/// The approximate number of bytes of a stretch.
const STRETCH: usize = 8 << 20;

/// The matrices as they were when all processes last had the same.
#[derive(Debug)]
pub(super) struct Bases {
    matrices: Vec<Base>,
    /// Up to which row the matrices were made equal, and when: the ids that all had trained. Fewer rows later.
    past: Vec<(usize, u64)>,
}

/// A matrix as it was when all processes last had the same.
#[derive(Debug)]
struct Base {
    rows: Matrix,
    /// How often an id uses each row.
    uses: Vec<f32>,
}

/// How far the run is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// The ids that all processes have trained, over all epochs.
    pub ids: u64,
    /// The learning rate.
    pub rate: f64,
}

/// By what the sum of differences of so many processes of a row is multiplied.
type Factor<'f> = &'f dyn Fn(usize, u32) -> f32;

/// Which rows of a matrix are used most.
#[derive(Clone, Copy)]
enum Hot {
    /// The first: words by descending count.
    First,
    /// The last: nodes of a tree, whose root is the last.
    Last,
    /// All alike.
    All,
}

impl Hot {
    /// The place of a row among those that are synchronised with so many rows, or fewer.
    fn place(self, row: usize, rows: usize) -> usize {
        match self {
            Self::First => row,
            Self::Last => rows - 1 - row,
            Self::All => 0,
        }
    }
}

impl Bases {
    /// The matrices as they are now, which are those of all processes when these have trained `ids` ids. `uses` is how often an id uses each row;
    /// those of the first process are taken.
    pub fn of(gang: &mut Gang, trainer: &CpuTrainer, uses: Matrices<Vec<f64>>, ids: u64) -> Result<Self> {
        let both = trainer.matrices().into_list().cloned().zip(uses.into_list());
        let base = |(rows, uses): (Matrix, Vec<f64>)| Ok(Base { uses: tell_uses(gang, &uses)?, rows });
        Ok(Self { matrices: both.map(base).collect::<Result<_>>()?, past: vec![(usize::MAX, ids)] })
    }

    /// The most rows of a matrix.
    pub fn rows(&self) -> usize {
        self.matrices.iter().map(|base| base.rows.rows()).max().unwrap_or(0)
    }

    /// Makes the `reach` most frequent rows of each matrix equal.
    pub fn synchronise(&mut self, gang: &mut Gang, trainer: &mut CpuTrainer, reach: usize, now: Now) -> Result<()> {
        let all = of_trainer(trainer);
        let Self { past, matrices } = self;
        for ((matrix, hot), Base { rows: base, uses }) in all.into_iter().zip(matrices) {
            let rows = base.rows();
            let range = match hot {
                Hot::First => 0..reach.min(rows),
                Hot::Last => rows.saturating_sub(reach)..rows,
                Hot::All => 0..rows,
            };
            let used = |row| f64::from(uses[row]) * now.ids.saturating_sub(since(past, hot.place(row, rows))) as f64;
            synchronise(gang, matrix, base, range, &|row, count| share_of_sum(now.rate * used(row), count))?;
        }
        self.past.retain(|&(further, _)| further > reach);
        self.past.push((reach, now.ids));
        Ok(())
    }
}

/// When the row at this place was last made equal.
fn since(past: &[(usize, u64)], place: usize) -> u64 {
    let with = past.partition_point(|&(reach, _)| reach > place);
    past[..with].last().map_or(0, |&(_, ids)| ids)
}

/// By what the sum of the differences of `count` processes is multiplied, for a row whose uses by all of them times the learning rate are `steps`.
fn share_of_sum(steps: f64, count: u32) -> f32 {
    let (all, count) = (CURVATURE * steps, f64::from(count));
    if all < 1e-6 { 1.0 } else { (approach(all) / (count * approach(all / count))) as f32 }
}

/// About `1 - exp(-x)`, without a function whose last bits depend on the machine: all processes need the same.
fn approach(x: f64) -> f64 {
    1.0 - (1.0 + x / 64.0).powi(2).powi(2).powi(2).powi(2).powi(2).powi(2).recip()
}

fn of_trainer(trainer: &mut CpuTrainer) -> Vec<(&mut Matrix, Hot)> {
    let Matrices { input, words, nodes, ngrams, positions } = trainer.matrices_mut();
    let all = [
        (Some(input), Hot::First),
        (words, Hot::First),
        (nodes, Hot::Last),
        (ngrams, Hot::First),
        (positions, Hot::All),
    ];
    all.into_iter().filter_map(|(matrix, hot)| Some((matrix?, hot))).collect()
}

/// The matrices of the first process, on all of them.
pub(super) fn tell_weights(gang: &mut Gang, trainer: &mut CpuTrainer) -> Result<()> {
    for (matrix, _) in of_trainer(trainer) {
        for rows in stretches(0..matrix.rows(), matrix.cols()) {
            let numbers = (0..rows.len() * usize::from(gang.is_first())).flat_map(|i| matrix.row(rows.start + i));
            let bytes: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
            let told = gang.tell_bytes(&bytes)?;
            check_length(0, told.len(), rows.len() * matrix.cols() * size_of::<f32>())?;
            let numbers: Vec<f32> = told.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
            let of_rows = numbers.chunks_exact(matrix.cols().max(1));
            rows.zip(of_rows).for_each(|(row, numbers)| matrix.set_row(row, numbers));
        }
    }
    Ok(())
}

/// The uses that the first process has computed: the last bits of powers depend on the machine.
fn tell_uses(gang: &mut Gang, uses: &[f64]) -> Result<Vec<f32>> {
    let bytes: Vec<u8> = uses.iter().flat_map(|&uses| (uses as f32).to_le_bytes()).collect();
    let told = gang.tell_bytes(&bytes)?;
    check_length(0, told.len(), bytes.len())?;
    Ok(told.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

fn check_length(worker: usize, got: usize, expected: usize) -> Result<(), GangError> {
    if got == expected {
        return Ok(());
    }
    Err(GangError::Unreadable { worker, what: "rows", reason: format!("expected {expected} bytes, got {got}") })
}

fn stretches(rows: Range<usize>, columns: usize) -> impl Iterator<Item = Range<usize>> {
    let each = (STRETCH / (columns * size_of::<f32>()).max(1)).max(1);
    let end = rows.end;
    rows.step_by(each).map(move |start| start..(start + each).min(end))
}

fn synchronise(
    gang: &mut Gang,
    matrix: &mut Matrix,
    base: &mut Matrix,
    rows: Range<usize>,
    factor: Factor,
) -> Result<()> {
    for rows in stretches(rows, base.cols()) {
        let (cols, width) = (base.cols(), base.width());
        let chunks = rows.start * width..rows.end * width;
        let mut pair =
            Pair { now: &mut matrix.chunks_mut()[chunks.clone()], base: &mut base.chunks_mut()[chunks], width, cols };
        let factor = |row: usize, count: u32| factor(rows.start + row, count);
        let changed: Vec<bool> = (0..rows.len()).map(|row| pair.is_changed(row)).collect();
        let counts = counted(gang, &changed)?;
        let together = counts.iter().filter(|&&count| count > 0).count();
        match together {
            0 => {}
            together if 3 * together > rows.len() => dense(gang, &mut pair, &changed, &counts, &factor)?,
            _ => sparse(gang, &mut pair, &changed, &factor)?,
        }
    }
    Ok(())
}

/// How many processes have changed each row.
fn counted(gang: &mut Gang, changed: &[bool]) -> Result<Vec<u32>> {
    let bits: Vec<u8> =
        changed.chunks(8).map(|eight| eight.iter().rfold(0, |bits, &is| bits << 1 | u8::from(is))).collect();
    let all = gang.share_bytes(&bits, bits.len() as u64)?;
    let mut counts = vec![0; changed.len()];
    for (worker, theirs) in all.iter().enumerate() {
        check_length(worker, theirs.len(), bits.len())?;
        counts.iter_mut().enumerate().for_each(|(row, count)| *count += u32::from(theirs[row / 8] >> (row % 8) & 1));
    }
    Ok(counts)
}

fn dense(gang: &mut Gang, pair: &mut Pair, changed: &[bool], counts: &[u32], factor: Factor) -> Result<()> {
    let mut sums = vec![0.0; changed.len() * pair.cols];
    for (row, (_, sum)) in changed.iter().zip(sums.chunks_exact_mut(pair.cols)).enumerate().filter(|(_, (is, _))| **is)
    {
        pair.difference(row, sum);
    }
    gang.sum(&mut sums)?;
    for (row, (&count, sum)) in counts.iter().zip(sums.chunks_exact(pair.cols)).enumerate() {
        if count > 0 {
            pair.take(row, sum, factor(row, count));
        }
    }
    Ok(())
}

fn sparse(gang: &mut Gang, pair: &mut Pair, changed: &[bool], factor: Factor) -> Result<()> {
    let mut changes = RowChanges::default();
    for (row, _) in changed.iter().enumerate().filter(|(_, is)| **is) {
        let from = changes.numbers.len();
        changes.ids.push(row as u32); // of a stretch, which is small
        changes.numbers.resize(from + pair.cols, 0.0);
        pair.difference(row, &mut changes.numbers[from..]);
    }
    let sums = gang.merge_rows(changed.len(), pair.cols, &changes)?;
    for ((&row, &count), sum) in sums.ids.iter().zip(&sums.ranks).zip(sums.numbers.chunks_exact(pair.cols)) {
        pair.take(row as usize, sum, factor(row as usize, count));
    }
    Ok(())
}

/// Rows as they are and as they were, without the rows around them.
struct Pair<'m> {
    now: &'m mut [Chunk],
    base: &'m mut [Chunk],
    width: usize,
    cols: usize,
}

impl Pair<'_> {
    fn chunks(&self, row: usize) -> Range<usize> {
        row * self.width..(row + 1) * self.width
    }

    /// By bits: a zero that changed its sign has changed, so that equal matrices have the same bits.
    fn is_changed(&self, row: usize) -> bool {
        let (now, base) = (&self.now[self.chunks(row)], &self.base[self.chunks(row)]);
        let differs =
            |a: &Chunk, b: &Chunk| a.0.iter().zip(&b.0).fold(0, |all, (a, b)| all | (a.to_bits() ^ b.to_bits()));
        now.iter().zip(base).any(|(a, b)| differs(a, b) != 0)
    }

    fn difference(&self, row: usize, out: &mut [f32]) {
        let rows = self.now[self.chunks(row)].iter().zip(&self.base[self.chunks(row)]);
        for ((now, base), out) in rows.zip(out.chunks_mut(LANES)) {
            out.iter_mut().zip(now.0.iter().zip(&base.0)).for_each(|(out, (now, base))| *out = now - base);
        }
    }

    /// Adds `factor` times the sum of the differences of all processes.
    fn take(&mut self, row: usize, sum: &[f32], factor: f32) {
        let range = self.chunks(row);
        let rows = self.now[range.clone()].iter_mut().zip(&mut self.base[range]);
        for ((now, base), sum) in rows.zip(sum.chunks(LANES)) {
            base.0.iter_mut().zip(sum).for_each(|(base, sum)| *base += sum * factor);
            *now = *base;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_used_little_are_summed_and_rows_used_much_are_averaged() {
        for count in [1, 2, 5] {
            assert_eq!(share_of_sum(0.0, count), 1.0);
            let mean = 1.0 / count as f32;
            assert!((share_of_sum(1e6, count) - mean).abs() < 1e-3 && (share_of_sum(1e-4, count) - 1.0).abs() < 1e-3);
            let shares: Vec<f32> = (0..60).map(|steps| share_of_sum(f64::from(steps * 4), count)).collect();
            assert!(shares.is_sorted_by(|a, b| count == 1 || a > b), "{shares:?}");
        }
        let (all, half) = (1.0 - (-0.5f64).exp(), 1.0 - (-0.25f64).exp());
        assert!((f64::from(share_of_sum(0.5 / CURVATURE, 2)) - all / half / 2.0).abs() < 3e-3);
    }

    #[test]
    fn a_row_was_made_equal_when_a_synchronisation_last_reached_it() {
        let past = [(usize::MAX, 10), (8, 20), (2, 30)];
        assert_eq!([0, 1, 2, 7, 8, 999].map(|place| since(&past, place)), [30, 30, 20, 20, 10, 10]);
        assert_eq!([Hot::First, Hot::Last, Hot::All].map(|hot| hot.place(3, 10)), [3, 6, 0]);
    }
}
