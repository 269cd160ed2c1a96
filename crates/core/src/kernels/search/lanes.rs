//! Sixteen sums at once: the operations that an instruction set provides, and the kernel built from them.

use crate::kernels::prefetch::prefetch_line;
use half::f16;

/// Separate sums.
pub const LANES: usize = 16;

/// Sixteen numbers in registers.
///
/// All functions are `unsafe` for one reason: they may only run on a CPU with the instructions of the type. Those that
/// take a pointer also read from it.
pub trait Lanes: Copy {
    /// Sixteen zeros.
    ///
    /// # Safety
    /// The CPU can run it.
    unsafe fn zero() -> Self;

    /// Sixteen numbers in this machine's byte order.
    ///
    /// # Safety
    /// The CPU can run it, and `from` reaches sixteen numbers, at any alignment.
    unsafe fn query(from: *const f32) -> Self;

    /// Sixteen little-endian f32.
    ///
    /// # Safety
    /// The CPU can run it, and `from` reaches 64 bytes.
    unsafe fn single(from: *const u8) -> Self;

    /// Sixteen little-endian f16, widened.
    ///
    /// # Safety
    /// The CPU can run it, and `from` reaches 32 bytes.
    unsafe fn half(from: *const u8) -> Self;

    /// The first `count` of sixteen numbers, then zeros.
    ///
    /// # Safety
    /// The CPU can run it, and `from` reaches `count` f32 (f16 if `HALF`); `count` is less than sixteen.
    #[inline(always)]
    unsafe fn part<const HALF: bool>(from: *const u8, count: usize) -> Self {
        let mut bytes = [0u8; 4 * LANES];
        // SAFETY: the caller's promises; the copy is as long as the source, and shorter than the target.
        unsafe {
            std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), count * if HALF { 2 } else { 4 });
            if HALF { Self::half(bytes.as_ptr()) } else { Self::single(bytes.as_ptr()) }
        }
    }

    /// `self + a b`, each rounded on its own.
    ///
    /// # Safety
    /// The CPU can run it.
    unsafe fn plus_product(self, a: Self, b: Self) -> Self;

    /// The sum as a tree: halves onto each other, four times.
    ///
    /// # Safety
    /// The CPU can run it.
    unsafe fn sum(self) -> f32;

    /// [`sum`](Self::sum) of each of four.
    ///
    /// # Safety
    /// The CPU can run it.
    #[inline(always)]
    unsafe fn sums(four: [Self; 4]) -> [f32; 4] {
        // SAFETY: the caller's promise.
        four.map(|lanes| unsafe { lanes.sum() })
    }
}

/// Dots (and squares) of `R` rows from `first` on.
///
/// # Safety
/// `first` reaches `R` rows of `query.len()` numbers, `dots` (and `squares`, if `SQUARES`) have `R` places, and the CPU
/// can run `L`.
#[inline(always)]
pub unsafe fn rows<L: Lanes, const HALF: bool, const SQUARES: bool, const R: usize>(
    query: &[f32],
    first: *const u8,
    dots: &mut [f32],
    squares: &mut [f32],
) {
    let bytes = if HALF { 2 } else { 4 };
    let (whole, rest) = (query.len() / LANES * LANES, query.len() % LANES);
    let (row, next) = (query.len() * bytes, R * query.len() * bytes);
    // SAFETY: columns up to `whole`, and then `rest` of them, lie within each of the `R` rows and the query.
    unsafe {
        let (mut dot, mut square) = ([L::zero(); R], [L::zero(); R]);
        let mut column = 0;
        while column < whole {
            let q = L::query(query.as_ptr().add(column));
            for r in 0..R {
                let from = first.add(r * row + column * bytes);
                // The rows after these: the processor's own prefetcher stops at each page of 4 kB.
                prefetch_line(from.wrapping_add(next));
                let x = if HALF { L::half(from) } else { L::single(from) };
                add::<L, SQUARES>(&mut dot[r], &mut square[r], x, q);
            }
            column += LANES;
        }
        if rest > 0 {
            let mut padded = [0.0; LANES];
            padded[..rest].copy_from_slice(&query[whole..]);
            let q = L::query(padded.as_ptr());
            for r in 0..R {
                let x = L::part::<HALF>(first.add(r * row + whole * bytes), rest);
                add::<L, SQUARES>(&mut dot[r], &mut square[r], x, q);
            }
        }
        write_sums(dot, dots);
        if SQUARES {
            write_sums(square, squares);
        }
    }
}

/// The number of queries that are compared with a row together.
pub const QUERIES: usize = 4;

/// Dots of `R` rows from `first` on with four queries, to the places from `row` on: the same bits as from [`rows`], but each
/// row is loaded only once.
///
/// # Safety
/// `first` reaches `R` rows of as many numbers as each query has, each of `dots` has `R` places from `row` on, and the CPU can
/// run `L`.
#[inline(always)]
pub unsafe fn rows_by_four<L: Lanes, const HALF: bool, const R: usize>(
    queries: [&[f32]; QUERIES],
    first: *const u8,
    dots: &mut [&mut [f32]; QUERIES],
    row: usize,
) {
    let (bytes, size) = (if HALF { 2 } else { 4 }, queries[0].len());
    let (whole, rest) = (size / LANES * LANES, size % LANES);
    // SAFETY: columns up to `whole`, and then `rest` of them, lie within each of the `R` rows and the queries.
    unsafe {
        let mut sums = [[L::zero(); QUERIES]; R];
        let mut column = 0;
        while column < whole {
            let q = queries.map(|query| L::query(query.as_ptr().add(column)));
            for (r, sums) in sums.iter_mut().enumerate() {
                let from = first.add((r * size + column) * bytes);
                prefetch_line(from.wrapping_add(R * size * bytes));
                let x = if HALF { L::half(from) } else { L::single(from) };
                sums.iter_mut().zip(q).for_each(|(sum, q)| *sum = sum.plus_product(x, q));
            }
            column += LANES;
        }
        if rest > 0 {
            let q = queries.map(|query| L::part::<false>(query.as_ptr().add(whole).cast(), rest));
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = L::part::<HALF>(first.add((r * size + whole) * bytes), rest);
                sums.iter_mut().zip(q).for_each(|(sum, q)| *sum = sum.plus_product(x, q));
            }
        }
        for (r, sums) in sums.into_iter().enumerate() {
            let sums = L::sums(sums);
            dots.iter_mut().zip(sums).for_each(|(dots, sum)| dots[row + r] = sum);
        }
    }
}

/// The sums to the first `R` places of `out`.
///
/// # Safety
/// The CPU can run `L`.
#[inline(always)]
unsafe fn write_sums<L: Lanes, const R: usize>(lanes: [L; R], out: &mut [f32]) {
    // SAFETY: the caller's promise.
    unsafe {
        match lanes.first_chunk() {
            Some(four) if R == 4 => out[..4].copy_from_slice(&L::sums(*four)),
            _ => lanes.iter().zip(out).for_each(|(lanes, out)| *out = lanes.sum()),
        }
    }
}

/// # Safety
/// The CPU can run `L`.
#[inline(always)]
unsafe fn add<L: Lanes, const SQUARES: bool>(dot: &mut L, square: &mut L, x: L, q: L) {
    // SAFETY: the caller's promise.
    unsafe {
        *dot = dot.plus_product(x, q);
        if SQUARES {
            *square = square.plus_product(x, x);
        }
    }
}

/// The definition, in plain Rust.
#[derive(Clone, Copy)]
pub struct Plain([f32; LANES]);

impl Lanes for Plain {
    #[inline(always)]
    unsafe fn zero() -> Self {
        Self([0.0; LANES])
    }

    #[inline(always)]
    unsafe fn query(from: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[f32; LANES]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn single(from: *const u8) -> Self {
        // SAFETY: the caller's promise; an array of bytes has no alignment.
        let bytes = unsafe { from.cast::<[[u8; 4]; LANES]>().read() };
        Self(bytes.map(f32::from_le_bytes))
    }

    #[inline(always)]
    unsafe fn half(from: *const u8) -> Self {
        // SAFETY: as above.
        let bytes = unsafe { from.cast::<[[u8; 2]; LANES]>().read() };
        Self(bytes.map(|bytes| f16::from_le_bytes(bytes).to_f32()))
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + a.0[i] * b.0[i]))
    }

    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        let eight: [f32; 8] = std::array::from_fn(|i| self.0[i] + self.0[i + 8]);
        let four: [f32; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }
}
