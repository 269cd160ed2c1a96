//! The one place where threads share weights.
//!
//! Threads read and write rows of the two matrices at the same time, without locks: a step may read a row that another is
//! writing, and of two that write the same row at once one may be lost. Word2vec has always been trained this way, since
//! there are many rows, few collisions and small steps (Niu et al. 2011).
//!
//! **How rows are read and written** was decided once. Rust has two ways:
//!
//! 1. Relaxed atomics, a number or two at a time: defined, but no vector code can load or store through them.
//! 2. Loads and stores through raw pointers, a register at a time: fast, and by the letter of Rust's memory model a data
//!    race when two threads meet.
//!
//! Steps use the second, everything else the first: copying a row and synchronising a replica. What is guaranteed, and what not:
//!
//! - **By construction**: rows are accessed through raw pointers alone, and no reference (`&`, `&mut`) to a row exists while
//!   threads run. No address, no length and no branch that guards memory depends on a number in a row. So whatever a race
//!   does to a number, it stays a wrong number in a row. One thread alone has no race: its runs repeat bit for bit.
//! - **Not by the language**: two steps on one row at a time are a data race, which is undefined behaviour. To the compiler the loads
//!   and stores of `std::arch` are ordinary ones: it may assume that nobody else writes, read a number twice, or use a row's memory
//!   for something else before it stores the result. What we rely on is that compilers do not do that with loads and stores of
//!   whole registers in these kernels; that is an observation, repeated with each compiler by the tests, and no promise.
//! - **Not by the CPUs' manuals**: they promise that an aligned number of 4 or 8 bytes is read and written whole, not a register
//!   of 32 or 64. In practice each number in it is whole, so that what is read was written by some thread.
//! - **By nobody**: that an update arrives. Of two steps on a row at once either may be lost, and so may a step during
//!   a synchronisation, in whole or for some numbers. Training lives with that.
//!
//! What the first would cost, by `bench`'s `shared_rows`: a step of SkipGram with 6 contexts and 6 targets, D 100 and 300,
//! each variant as fast as the compiler makes it, against the AVX-512 kernel. AMD EPYC (Zen 5, a shared virtual machine with
//! 2 cores; ratios of the shortest of 15 times), 2026-11-22:
//!
//! | rows are accessed | one thread, D 100, 300 | two threads on the same 64 rows |
//! |---|---|---|
//! | through pointers, a register at a time | 127 ns, 312 ns | 195 ns, 483 ns |
//! | by atomics, copied to the thread's own memory and back, two numbers at a time | 2.8, 2.9 times | 2.4, 2.3 times |
//! | by atomics in place, number by number | 14, 15 times | 10, 10 times |
//! | through pointers, number by number (the scalar kernel of that day) | 35, 43 times | 26, 29 times |
//!
//! (The scalar kernel has since been rewritten so that the compiler vectorises it.)
//!
//! So whole registers matter, not the atomics themselves. The copies would also lose more of what other threads write: all
//! that they write during a whole step, instead of during the update of one register.
//!
//! With a single thread all this is ordinary memory, and runs can be repeated bit for bit.
#![allow(unsafe_code)]

use rapidvec_core::kernels::window;
use rapidvec_core::kernels::window::{Composed, Labels, RowPtr, Scratch, WindowKernels};
use rapidvec_core::{LANES, Matrix};
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers that are copied and synchronised together, by two atomics: compilers put them into one register. Adding three rows of 112 numbers in
/// the cache takes 28 ns; 26 ns by ordinary accesses, 90 ns by an atomic for each number (Xeon with AVX-512, baseline code, 2026-12-01).
const FEW: usize = 4;

/// The rows of a matrix, for several threads at once. While it lives, nothing else can access the matrix.
#[derive(Debug, Clone, Copy)]
pub(super) struct SharedRows<'a> {
    start: RowPtr,
    rows: usize,
    /// Numbers in a row, and from one row to the next.
    columns: usize,
    stride: usize,
    matrix: PhantomData<&'a mut Matrix>,
}

// SAFETY: what is sent is an address; the head of this file explains what threads do through it.
unsafe impl Send for SharedRows<'_> {}
// SAFETY: as above.
unsafe impl Sync for SharedRows<'_> {}

/// An existing row, to be read and written by several threads.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub(super) struct Row<'a>(RowPtr, PhantomData<&'a mut Matrix>);

impl Row<'_> {
    /// [`FEW`] numbers from number `k` on, a multiple of [`FEW`]: two in each, for accesses that other threads may meet.
    #[inline(always)]
    fn pairs(&self, k: usize) -> [&AtomicU64; FEW / 2] {
        // SAFETY: the private callers stay below the length of the row, a whole number of chunks, which is aligned to 64 bytes and lives
        // as long as `self`. Atomic accesses may meet each other; the head of this file says what happens where they meet those of a step.
        [0, 2].map(|next| unsafe { AtomicU64::from_ptr(self.0.add(k + next).cast()) })
    }

    #[inline(always)]
    fn load(&self, k: usize) -> [f32; FEW] {
        let bits = self.pairs(k).map(|pair| pair.load(Ordering::Relaxed));
        // SAFETY: as large, and any bits are numbers.
        unsafe { std::mem::transmute::<[u64; FEW / 2], [f32; FEW]>(bits) }
    }

    #[inline(always)]
    fn store(&self, k: usize, numbers: [f32; FEW]) {
        // SAFETY: as large, and any bits are integers.
        let bits = unsafe { std::mem::transmute::<[f32; FEW], [u64; FEW / 2]>(numbers) };
        self.pairs(k).into_iter().zip(bits).for_each(|(pair, bits)| pair.store(bits, Ordering::Relaxed));
    }

    /// The same numbers of a row that belongs to this thread alone.
    #[inline(always)]
    fn own(&self, k: usize) -> *mut [f32; FEW] {
        self.0.wrapping_add(k).cast()
    }

    /// Prefetches the row, which has `chunks` chunks and is needed soon.
    #[inline(always)]
    pub fn prefetch(self, chunks: usize) {
        window::prefetch(self.0, chunks);
    }
}

impl<'a> SharedRows<'a> {
    /// Borrows matrices whose rows are equally long, for as long as `'a`.
    ///
    /// A step reads [`columns`](Self::columns) numbers of each of its rows, by one of these matrices, so all rows of a run have to
    /// come from one group.
    ///
    /// # Panics
    /// If their rows differ in length.
    pub fn group<const N: usize>(matrices: [&'a mut Matrix; N]) -> [Self; N] {
        let columns = matrices[0].cols();
        assert!(matrices.iter().all(|matrix| matrix.cols() == columns), "rows of one length");
        matrices.map(Self::new)
    }

    fn new(matrix: &'a mut Matrix) -> Self {
        let (rows, columns, stride) = (matrix.rows(), matrix.cols(), matrix.width() * LANES);
        Self { start: matrix.chunks_mut().as_mut_ptr().cast(), rows, columns, stride, matrix: PhantomData }
    }

    /// Numbers in a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Chunks in a row.
    pub fn chunks(&self) -> usize {
        self.stride / LANES
    }

    /// Row `id`.
    ///
    /// # Panics
    /// If there is no such row.
    #[inline(always)]
    pub fn row(&self, id: u32) -> Row<'a> {
        assert!((id as usize) < self.rows, "row {id} of {}", self.rows);
        // SAFETY: the row lies within the matrix's one allocation.
        Row(unsafe { self.start.add(id as usize * self.stride) }, PhantomData)
    }

    /// Prefetches row `id`, which is needed soon.
    #[inline(always)]
    pub fn prefetch(&self, id: u32) {
        window::prefetch(self.row(id).0, self.chunks());
    }

    /// `rows` rows from row `first` on.
    pub fn part(&self, first: usize, rows: usize) -> Self {
        assert!(
            first.checked_add(rows).is_some_and(|end| end <= self.rows),
            "{rows} rows from {first} of {}",
            self.rows
        );
        // SAFETY: the part lies within the matrix's one allocation.
        Self { start: unsafe { self.start.add(first * self.stride) }, rows, ..*self }
    }

    /// Copies row `from` to row `to` of `other`, whose rows are as long.
    pub fn copy_row(&self, from: u32, other: &SharedRows<'a>, to: u32) -> Row<'a> {
        assert_eq!(self.stride, other.stride, "rows of one length");
        other.put(self.row(from), to)
    }

    /// Copies `row`, of the group that this matrix belongs to, to row `to`.
    pub fn put(&self, row: Row<'a>, to: u32) -> Row<'a> {
        let to = self.row(to);
        for k in (0..self.stride).step_by(FEW) {
            to.store(k, row.load(k));
        }
        to
    }
}

/// One thread's view of a matrix: the shared rows, and its own replicas of some of them (`replicas.rs`).
#[derive(Debug, Clone, Copy)]
pub(super) struct ReplicatedRows<'a> {
    shared: SharedRows<'a>,
    /// The replicated rows: the first, and how many.
    start: u32,
    count: u32,
    /// The replicas, then the rows as they were when they were last synchronised.
    copies: SharedRows<'a>,
}

impl<'a> ReplicatedRows<'a> {
    /// The number of rows that a thread needs for its replicas.
    pub const fn copies(replicas: usize) -> usize {
        2 * replicas
    }

    /// Copies the rows `replicas` of `shared` as they are now to the part of `copies` that belongs to thread `thread`.
    pub fn new(shared: SharedRows<'a>, replicas: Range<u32>, copies: SharedRows<'a>, thread: usize) -> Self {
        let each = Self::copies(replicas.len());
        let own = Self {
            shared,
            start: replicas.start,
            count: replicas.len() as u32,
            copies: copies.part(thread * each, each),
        };
        for id in replicas {
            let place = id - own.start;
            own.shared.copy_row(id, &own.copies, place);
            // From the replica: another thread may have updated the row since, and both copies have to be equal.
            own.copies.copy_row(place, &own.copies, place + own.count);
        }
        own
    }

    /// Row `id`, or its replica.
    #[inline(always)]
    pub fn row(&self, id: u32) -> Row<'a> {
        let place = id.wrapping_sub(self.start);
        // Whether a word is frequent is unpredictable: avoid a branch.
        let replicas = place < self.count;
        let start = std::hint::select_unpredictable(replicas, self.copies.start, self.shared.start);
        let rows = std::hint::select_unpredictable(replicas, self.copies.rows, self.shared.rows);
        SharedRows { start, rows, ..self.shared }.row(std::hint::select_unpredictable(replicas, place, id))
    }

    /// Prefetches the shared row `id`, which is synchronised soon.
    #[inline]
    pub fn ask(&self, id: u32) {
        self.shared.prefetch(id);
    }

    /// Adds the change of this thread's replica of row `id` to the shared row; the sum is the new replica.
    pub fn sync(&self, id: u32) {
        let place = id - self.start;
        let (row, copy, old) = (self.shared.row(id), self.copies.row(place), self.copies.row(place + self.count));
        for k in (0..self.shared.stride).step_by(FEW) {
            // SAFETY: k is below the length of the rows; these two belong to this thread.
            let (shared, now, before) = unsafe { (row.load(k), copy.own(k).read(), old.own(k).read()) };
            let new: [f32; FEW] = std::array::from_fn(|i| shared[i] + (now[i] - before[i]));
            // SAFETY: as above.
            unsafe {
                copy.own(k).write(new);
                old.own(k).write(new);
            }
            row.store(k, new);
        }
    }
}

/// One step's rows: see [`window::Step`].
pub(super) struct Rows<'s, 'a> {
    contexts: &'s [Row<'a>],
    targets: &'s [Row<'a>],
    labels: &'s Labels,
    /// Rows to prefetch meanwhile.
    ahead: &'s [Row<'a>],
    /// Numbers in each of the rows.
    columns: usize,
}

impl<'a> SharedRows<'a> {
    /// A step on rows of the group that this matrix belongs to.
    #[inline]
    pub fn step<'s>(&self, contexts: &'s [Row<'a>], targets: &'s [Row<'a>], labels: &'s Labels) -> Rows<'s, 'a> {
        Rows { contexts, targets, labels, ahead: &[], columns: self.columns }
    }
}

impl<'a> SharedRows<'a> {
    /// Writes the mean of `rows`, of the group that this matrix belongs to, to rows `out` and `copy` of this matrix.
    #[inline]
    pub fn compose(&self, kernels: &WindowKernels, rows: &[Row<'a>], out: u32, copy: u32) {
        let of = Composed { rows: pointers(rows), columns: self.columns };
        // SAFETY: as in `skip_gram` below.
        unsafe { kernels.mean(&of, [self.row(out).0, self.row(copy).0]) }
    }

    /// Adds to each of `rows` how far row `now` of this matrix is from row `before`.
    #[inline]
    pub fn spread(&self, kernels: &WindowKernels, rows: &[Row<'a>], now: u32, before: u32, scratch: &mut Scratch) {
        let to = Composed { rows: pointers(rows), columns: self.columns };
        // SAFETY: as in `skip_gram` below.
        unsafe { kernels.spread(&to, [self.row(now).0, self.row(before).0], scratch) }
    }

    /// Writes the product of a context and the weights of its position to row `slot` of this matrix.
    #[inline]
    pub fn weigh(&self, kernels: &WindowKernels, weights: Row<'a>, context: Row<'a>, slot: u32) -> Row<'a> {
        let out = self.row(slot);
        // SAFETY: as in `skip_gram` below.
        unsafe { kernels.weigh([weights.0, context.0, out.0], self.columns) };
        out
    }

    /// Moves a context and the weights of its position after a step on their product.
    #[inline]
    pub fn learn_position(
        &self,
        kernels: &WindowKernels,
        weights: Row<'a>,
        context: Row<'a>,
        factor: f32,
        scratch: &Scratch,
    ) {
        // SAFETY: as in `skip_gram` below.
        unsafe { kernels.learn_position([weights.0, context.0], factor, self.columns, scratch) }
    }
}

impl<'s, 'a> Rows<'s, 'a> {
    /// The same step, which prefetches the rows `ahead`, of the same group, in its course.
    #[inline]
    pub fn ahead(self, ahead: &'s [Row<'a>]) -> Self {
        Self { ahead, ..self }
    }

    /// A step of SkipGram.
    #[inline]
    pub fn skip_gram(&self, kernels: &WindowKernels, rate: f32, scratch: &mut Scratch) {
        // SAFETY: a `Row` leads to a whole row of a matrix that outlives it and to which no reference exists while it is
        // shared; the head of this file explains what several threads do to it.
        unsafe { kernels.skip_gram(&self.step(rate), scratch) }
    }

    /// A step of CBOW with `factor` times the sum of the contexts.
    #[inline]
    pub fn cbow(&self, kernels: &WindowKernels, factor: f32, rate: f32, scratch: &mut Scratch) {
        // SAFETY: as above.
        unsafe { kernels.cbow(&self.step(rate), factor, scratch) }
    }

    #[inline]
    fn step(&self, rate: f32) -> window::Step<'_> {
        let (contexts, targets) = (pointers(self.contexts), pointers(self.targets));
        window::Step {
            contexts,
            targets,
            labels: self.labels,
            columns: self.columns,
            rate,
            ahead: pointers(self.ahead),
        }
    }
}

#[inline]
fn pointers<'s>(rows: &'s [Row]) -> &'s [RowPtr] {
    // SAFETY: a `Row` is a `RowPtr`, by `repr(transparent)`.
    unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::{Purpose, Rng};

    /// To the bit, for rows that end within a chunk too; the neighbours stay.
    #[test]
    fn a_synchronised_row_has_the_changes_of_both() {
        for size in [1, 16, 17, 100] {
            let mut numbers = vec![0.0; 5 * size];
            Rng::stream(1, Purpose::InputWeights, 0).fill_normal(&mut numbers, 0.4);
            let (rows, changes) = numbers.split_at(3 * size);
            let (mut shared, mut changed) = (Matrix::from_rows(3, size, rows), Matrix::from_rows(2, size, changes));
            let mut copies = Matrix::zeros(2, size);
            let groups = SharedRows::group([&mut shared, &mut copies, &mut changed]);
            let own = ReplicatedRows::new(groups[0], 1..2, groups[1], 0);
            groups[1].put(groups[2].row(0), 0); // what this thread made of its replica
            groups[0].put(groups[2].row(1), 1); // and others of the shared row
            own.sync(1);
            let (mine, theirs) = changes.split_at(size);
            let sum: Vec<f32> = (0..size).map(|k| theirs[k] + (mine[k] - rows[size + k])).collect();
            assert_eq!(shared.to_vec(), [&rows[..size], &sum, &rows[2 * size..]].concat());
            assert_eq!(copies.to_vec(), [&sum[..], &sum].concat());
        }
    }
}
