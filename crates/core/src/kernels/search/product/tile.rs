//! A tile of the product: the scores of a few queries with a few rows, all of them kept in registers.

/// A vector register.
///
/// All functions are `unsafe` for one reason: they may only run on a CPU with the instructions of the type. Those that
/// take a pointer also read or write there.
pub trait Register: Copy {
    /// Numbers in it.
    const WIDTH: usize;

    /// Zeros.
    ///
    /// # Safety
    /// The CPU can run it.
    unsafe fn zero() -> Self;

    /// One number in every place.
    ///
    /// # Safety
    /// The CPU can run it.
    unsafe fn splat(x: f32) -> Self;

    /// Numbers from memory, at any alignment.
    ///
    /// # Safety
    /// The CPU can run it, and `from` reaches `WIDTH` numbers.
    unsafe fn load(from: *const f32) -> Self;

    /// The first `count` numbers from memory, at any alignment, then zeros.
    ///
    /// # Safety
    /// The CPU can run it, and `from` reaches `count` numbers; `count` is less than `WIDTH`, which is at most sixteen.
    #[inline(always)]
    unsafe fn part(from: *const f32, count: usize) -> Self {
        let mut numbers = [0.0; 16];
        // SAFETY: the caller's promises; the copy is as long as the source, and shorter than the target.
        unsafe {
            std::ptr::copy_nonoverlapping(from, numbers.as_mut_ptr(), count);
            Self::load(numbers.as_ptr())
        }
    }

    /// Numbers to memory, at any alignment.
    ///
    /// # Safety
    /// The CPU can run it, and `to` reaches `WIDTH` numbers that may be written.
    unsafe fn store(self, to: *mut f32);

    /// `self + a b`, rounded once or twice.
    ///
    /// # Safety
    /// The CPU can run it.
    unsafe fn plus_product(self, a: Self, b: Self) -> Self;
}

/// `out[q][r] = query q · row r`, for `H` queries and `N` registers of rows; `out` has its rows `stride` numbers apart.
///
/// # Safety
/// `queries` reaches `inner` times `H` numbers, `rows` reaches `inner` times `N * WIDTH`, `out` reaches `H` rows of as many
/// places, and the CPU can run `R`.
#[inline(always)]
pub unsafe fn tile<R: Register, const H: usize, const N: usize>(
    inner: usize,
    queries: *const f32,
    rows: *const f32,
    out: *mut f32,
    stride: usize,
) {
    // SAFETY: `k` stays below `inner`, and the caller vouches for the rest.
    unsafe {
        let mut sums = [[R::zero(); N]; H];
        let (mut queries, mut rows) = (queries, rows);
        for _ in 0..inner {
            let mut row = [R::zero(); N];
            for (n, row) in row.iter_mut().enumerate() {
                *row = R::load(rows.add(n * R::WIDTH));
            }
            for (q, sums) in sums.iter_mut().enumerate() {
                let x = R::splat(*queries.add(q));
                for (sum, row) in sums.iter_mut().zip(row) {
                    *sum = sum.plus_product(x, row);
                }
            }
            queries = queries.add(H);
            rows = rows.add(N * R::WIDTH);
        }
        for (q, sums) in sums.iter().enumerate() {
            for (n, sum) in sums.iter().enumerate() {
                sum.store(out.add(q * stride + n * R::WIDTH));
            }
        }
    }
}

/// `a · b`, in four sums that do not wait for each other.
///
/// # Safety
/// `a` and `b` reach `count` numbers each, and the CPU can run `R`.
#[inline(always)]
pub unsafe fn dot<R: Register>(a: *const f32, b: *const f32, count: usize) -> f32 {
    const SUMS: usize = 4;
    // SAFETY: all reads from `at` on stay below `count`; no register is wider than `numbers`.
    unsafe {
        let mut sums = [R::zero(); SUMS];
        let mut at = 0;
        while at + SUMS * R::WIDTH <= count {
            for (n, sum) in sums.iter_mut().enumerate() {
                let from = at + n * R::WIDTH;
                *sum = sum.plus_product(R::load(a.add(from)), R::load(b.add(from)));
            }
            at += SUMS * R::WIDTH;
        }
        for sum in &mut sums {
            if at + R::WIDTH <= count {
                *sum = sum.plus_product(R::load(a.add(at)), R::load(b.add(at)));
                at += R::WIDTH;
            }
        }
        if at < count {
            sums[SUMS - 1] =
                sums[SUMS - 1].plus_product(R::part(a.add(at), count - at), R::part(b.add(at), count - at));
        }
        let mut numbers = [[0.0; 16]; SUMS];
        sums.iter().zip(&mut numbers).for_each(|(sum, numbers)| sum.store(numbers.as_mut_ptr()));
        let [a, b, c, d] = numbers;
        let mut sixteen: [f32; 16] = std::array::from_fn(|i| (a[i] + b[i]) + (c[i] + d[i]));
        for half in [8, 4, 2, 1] {
            for i in 0..half {
                sixteen[i] += sixteen[i + half];
            }
        }
        sixteen[0]
    }
}

/// The definition, in plain Rust; four numbers are a register of any CPU.
#[derive(Clone, Copy)]
pub struct Plain([f32; 4]);

impl Register for Plain {
    const WIDTH: usize = 4;

    #[inline(always)]
    unsafe fn zero() -> Self {
        Self([0.0; 4])
    }

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        Self([x; 4])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + a.0[i] * b.0[i]))
    }
}
