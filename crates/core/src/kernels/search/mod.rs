//! Dot products of one query with many stored rows: the inner loop of an exact search.
//!
//! For query `q` and row `x`, both of D numbers, `x·q` and `x·x`. The product at place `i` is added to sum `i mod 16`; the
//! sixteen sums are then added as a tree, halves onto each other. Each operation is rounded separately (no fused
//! multiply-add), so **every CPU gives the same bits**, and a row scores the same at any position. A scan is bound by
//! memory, so the second rounding costs no time.
//!
//! Rows are contiguous, little-endian, at any alignment, as in a mapped file. Four are processed at a time, so that the
//! sums of one row do not wait for each other. `lanes.rs` defines the sums and is compiled unchanged for CPUs without a
//! version of their own (on aarch64 with NEON, which every such CPU has); `x86.rs` has AVX2 and AVX-512.
#![allow(unsafe_code)]

mod lanes;
mod product;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use product::{PackedQueries, PackedRows, ProductKernels, product_kernels};

use half::f16;
use lanes::{Lanes, Plain, QUERIES, rows, rows_by_four};
use std::sync::OnceLock;

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Four bytes: f32.
    Single,
    /// Two bytes: f16.
    Half,
}

impl Precision {
    /// The size of a number in bytes.
    pub fn bytes(self) -> usize {
        match self {
            Precision::Single => size_of::<f32>(),
            Precision::Half => size_of::<f16>(),
        }
    }
}

/// Query, rows, dots, squares: see [`SearchKernels::dots`].
type Raw = unsafe fn(&[f32], &[u8], &mut [f32], &mut [f32]);

/// Queries, rows, dots: see [`SearchKernels::dots_by_four`].
type RawByFour = unsafe fn([&[f32]; QUERIES], &[u8], [&mut [f32]; QUERIES]);

/// The kernels of a search for one instruction set.
#[derive(Debug, Clone, Copy)]
pub struct SearchKernels {
    name: &'static str,
    /// By precision; first without squares, then with them.
    single: [Raw; 2],
    half: [Raw; 2],
    /// By precision.
    by_four: [RawByFour; 2],
}

/// Creates a table of the generic kernel over `$lanes`, compiled with `$features`; four queries at once take `$rows` rows at a
/// time, as many as the registers hold sums for.
macro_rules! table {
    ($name:literal, $lanes:ty, $rows:literal $(, $features:literal)?) => {{
        $(#[target_feature(enable = $features)])?
        unsafe fn raw<const HALF: bool, const SQUARES: bool>(
            query: &[f32], bytes: &[u8], dots: &mut [f32], squares: &mut [f32],
        ) {
            // SAFETY: passed on to the caller, who checked the lengths and the CPU.
            unsafe { crate::kernels::search::all_rows::<$lanes, HALF, SQUARES>(query, bytes, dots, squares) }
        }
        $(#[target_feature(enable = $features)])?
        unsafe fn raw_by_four<const HALF: bool>(queries: [&[f32]; 4], bytes: &[u8], dots: [&mut [f32]; 4]) {
            // SAFETY: as above.
            unsafe { crate::kernels::search::all_rows_by_four::<$lanes, HALF, $rows>(queries, bytes, dots) }
        }
        crate::kernels::search::SearchKernels {
            name: $name,
            single: [raw::<false, false>, raw::<false, true>],
            half: [raw::<true, false>, raw::<true, true>],
            by_four: [raw_by_four::<false>, raw_by_four::<true>],
        }
    }};
}
#[cfg(target_arch = "x86_64")]
use table;

impl SearchKernels {
    /// The kernels every CPU can run: definition, fallback, and what tests compare with.
    pub fn plain() -> Self {
        table!("plain", Plain, 1)
    }

    /// Every implementation this CPU can run, slowest first.
    pub fn all() -> Vec<Self> {
        #[allow(unused_mut)] // only x86-64 adds others
        let mut all = vec![Self::plain()];
        #[cfg(target_arch = "x86_64")]
        all.extend([x86::avx2(), x86::avx512()].into_iter().flatten());
        all
    }

    /// The best implementation this CPU can run. Nothing else in the crate chooses.
    pub fn detect() -> Self {
        Self::all().pop().unwrap_or_else(Self::plain)
    }

    /// Name of the instruction set.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// `dots[i] = row i · query`, and `squares[i] = row i · row i` if they are wanted.
    ///
    /// `rows` holds `dots.len()` rows of `query.len()` numbers of that precision, little-endian.
    ///
    /// # Panics
    /// If the lengths disagree.
    pub fn dots(
        &self,
        precision: Precision,
        query: &[f32],
        rows: &[u8],
        dots: &mut [f32],
        squares: Option<&mut [f32]>,
    ) {
        assert_eq!(rows.len(), dots.len() * query.len() * precision.bytes(), "rows of the query's size");
        let table = if precision == Precision::Single { &self.single } else { &self.half };
        match squares {
            // SAFETY: the lengths were checked; tables are private and made only where the CPU has their features.
            None => unsafe { table[0](query, rows, dots, &mut []) },
            Some(squares) => {
                assert_eq!(squares.len(), dots.len(), "a square for each row");
                // SAFETY: as above.
                unsafe { table[1](query, rows, dots, squares) }
            }
        }
    }
}

impl SearchKernels {
    /// As [`dots`](Self::dots) for four queries of one size: the same bits, faster than one after the other.
    ///
    /// # Panics
    /// If the lengths disagree.
    pub fn dots_by_four(
        &self,
        precision: Precision,
        queries: [&[f32]; QUERIES],
        rows: &[u8],
        dots: [&mut [f32]; QUERIES],
    ) {
        let (size, count) = (queries[0].len(), dots[0].len());
        assert!(queries.iter().all(|query| query.len() == size), "queries of one size");
        assert!(dots.iter().all(|dots| dots.len() == count), "as many places for each query");
        assert_eq!(rows.len(), count * size * precision.bytes(), "rows of the queries' size");
        // SAFETY: the lengths were checked; tables are private and made only where the CPU has their features.
        unsafe { self.by_four[usize::from(precision == Precision::Half)](queries, rows, dots) }
    }
}

/// Rows processed at a time.
const TOGETHER: usize = 4;

/// # Safety
/// `bytes` holds `dots.len()` rows of `query.len()` numbers, `squares` has as many places if `SQUARES`, and the CPU can
/// run `L`.
#[inline(always)]
unsafe fn all_rows<L: Lanes, const HALF: bool, const SQUARES: bool>(
    query: &[f32],
    bytes: &[u8],
    dots: &mut [f32],
    squares: &mut [f32],
) {
    let stride = query.len() * if HALF { 2 } else { 4 };
    let mut row = 0;
    // SAFETY: `row + TOGETHER` (or 1) rows lie within `bytes`, `dots` and, where they are written, `squares`.
    unsafe {
        while row + TOGETHER <= dots.len() {
            let first = bytes.as_ptr().add(row * stride);
            rows::<L, HALF, SQUARES, TOGETHER>(
                query,
                first,
                &mut dots[row..],
                &mut squares[row * usize::from(SQUARES)..],
            );
            row += TOGETHER;
        }
        while row < dots.len() {
            let first = bytes.as_ptr().add(row * stride);
            rows::<L, HALF, SQUARES, 1>(query, first, &mut dots[row..], &mut squares[row * usize::from(SQUARES)..]);
            row += 1;
        }
    }
}

/// # Safety
/// `bytes` holds as many rows of the queries' size as each of `dots` has places, and the CPU can run `L`.
#[inline(always)]
unsafe fn all_rows_by_four<L: Lanes, const HALF: bool, const R: usize>(
    queries: [&[f32]; QUERIES],
    bytes: &[u8],
    mut dots: [&mut [f32]; QUERIES],
) {
    let (stride, count) = (queries[0].len() * if HALF { 2 } else { 4 }, dots[0].len());
    let mut row = 0;
    // SAFETY: `row + R` (or 1) rows lie within `bytes` and `dots`.
    unsafe {
        while row + R <= count {
            rows_by_four::<L, HALF, R>(queries, bytes.as_ptr().add(row * stride), &mut dots, row);
            row += R;
        }
        while row < count {
            rows_by_four::<L, HALF, 1>(queries, bytes.as_ptr().add(row * stride), &mut dots, row);
            row += 1;
        }
    }
}

/// The kernels of this CPU, found once.
pub fn search_kernels() -> &'static SearchKernels {
    static KERNELS: OnceLock<SearchKernels> = OnceLock::new();
    KERNELS.get_or_init(SearchKernels::detect)
}

/// Numbers in memory as the bytes that [`SearchKernels::dots`] takes. `None` on big-endian CPUs, where they differ.
pub fn single_bytes(numbers: &[f32]) -> Option<&[u8]> {
    // SAFETY: every byte of an f32 is initialised, u8 has no alignment, and the length is that of the same memory.
    let bytes = unsafe { std::slice::from_raw_parts(numbers.as_ptr().cast(), size_of_val(numbers)) };
    cfg!(target_endian = "little").then_some(bytes)
}

/// The same for half precision.
pub fn half_bytes(numbers: &[f16]) -> Option<&[u8]> {
    // SAFETY: f16 is a transparent u16; every byte is initialised, u8 has no alignment, and the length is the same memory's.
    let bytes = unsafe { std::slice::from_raw_parts(numbers.as_ptr().cast(), size_of_val(numbers)) };
    cfg!(target_endian = "little").then_some(bytes)
}

#[cfg(test)]
mod tests;
