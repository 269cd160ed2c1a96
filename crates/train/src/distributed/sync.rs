//! Makes the matrices of all processes equal again.
//!
//! Each process has, beside its matrices, a copy of them as they were when they were last equal. What it has learned of a row since is the
//! difference. The new row is the old one and the sum of all differences divided by the number of processes that have any: rare rows are
//! learned in full by the process that met them, and frequent ones are averaged.
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

/// The approximate number of bytes of a stretch.
const STRETCH: usize = 8 << 20;

/// The matrices as they were when all processes last had the same.
#[derive(Debug)]
pub(super) struct Bases(Vec<Matrix>);

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

impl Bases {
    /// The matrices as they are now, which are those of all processes.
    pub fn of(trainer: &CpuTrainer) -> Self {
        let Matrices { input, words, nodes, ngrams, positions } = trainer.matrices();
        let all = [Some(input), words, nodes, ngrams, positions];
        Self(all.into_iter().flatten().cloned().collect())
    }

    /// The most rows of a matrix.
    pub fn rows(&self) -> usize {
        self.0.iter().map(Matrix::rows).max().unwrap_or(0)
    }

    /// Makes the `reach` most frequent rows of each matrix equal.
    pub fn synchronise(&mut self, gang: &mut Gang, trainer: &mut CpuTrainer, reach: usize) -> Result<()> {
        let all = of_trainer(trainer);
        for ((matrix, hot), base) in all.into_iter().zip(&mut self.0) {
            let rows = base.rows();
            let range = match hot {
                Hot::First => 0..reach.min(rows),
                Hot::Last => rows.saturating_sub(reach)..rows,
                Hot::All => 0..rows,
            };
            synchronise(gang, matrix, base, range)?;
        }
        Ok(())
    }
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

fn synchronise(gang: &mut Gang, matrix: &mut Matrix, base: &mut Matrix, rows: Range<usize>) -> Result<()> {
    for rows in stretches(rows, base.cols()) {
        let (cols, width) = (base.cols(), base.width());
        let chunks = rows.start * width..rows.end * width;
        let mut pair =
            Pair { now: &mut matrix.chunks_mut()[chunks.clone()], base: &mut base.chunks_mut()[chunks], width, cols };
        let changed: Vec<bool> = (0..rows.len()).map(|row| pair.is_changed(row)).collect();
        let counts = counted(gang, &changed)?;
        let together = counts.iter().filter(|&&count| count > 0).count();
        match together {
            0 => {}
            together if 3 * together > rows.len() => dense(gang, &mut pair, &changed, &counts)?,
            _ => sparse(gang, &mut pair, &changed)?,
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

fn dense(gang: &mut Gang, pair: &mut Pair, changed: &[bool], counts: &[u32]) -> Result<()> {
    let mut sums = vec![0.0; changed.len() * pair.cols];
    for (row, (_, sum)) in changed.iter().zip(sums.chunks_exact_mut(pair.cols)).enumerate().filter(|(_, (is, _))| **is)
    {
        pair.difference(row, sum);
    }
    gang.sum(&mut sums)?;
    for (row, (&count, sum)) in counts.iter().zip(sums.chunks_exact(pair.cols)).enumerate() {
        if count > 0 {
            pair.take(row, sum, count);
        }
    }
    Ok(())
}

fn sparse(gang: &mut Gang, pair: &mut Pair, changed: &[bool]) -> Result<()> {
    let mut changes = RowChanges::default();
    for (row, _) in changed.iter().enumerate().filter(|(_, is)| **is) {
        let from = changes.numbers.len();
        changes.ids.push(row as u32); // of a stretch, which is small
        changes.numbers.resize(from + pair.cols, 0.0);
        pair.difference(row, &mut changes.numbers[from..]);
    }
    let sums = gang.merge_rows(changed.len(), pair.cols, &changes)?;
    for ((&row, &count), sum) in sums.ids.iter().zip(&sums.ranks).zip(sums.numbers.chunks_exact(pair.cols)) {
        pair.take(row as usize, sum, count);
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

    /// Adds the mean of the differences of `count` processes.
    fn take(&mut self, row: usize, sum: &[f32], count: u32) {
        let (range, factor) = (self.chunks(row), 1.0 / count as f32);
        let rows = self.now[range.clone()].iter_mut().zip(&mut self.base[range]);
        for ((now, base), sum) in rows.zip(sum.chunks(LANES)) {
            base.0.iter_mut().zip(sum).for_each(|(base, sum)| *base += sum * factor);
            *now = *base;
        }
    }
}
