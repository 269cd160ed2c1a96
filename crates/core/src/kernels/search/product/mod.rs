//! Many queries against a block of rows, as one matrix product.
//!
//! `scores[q][r] = Σ_k queries[q][k] rows[r][k]`, for Q queries and B rows of D numbers. Both are packed first, so that the
//! kernel reads memory sequentially: queries in strips of up to H, `strip[k][q]`; rows in strips of W, `strip[k][r]`, the last
//! filled up with zeros. A kernel computes one tile of H x W scores, which stay in registers while `k` runs; H and W depend on
//! the registers of the instruction set. A strip of queries stays in the L1 cache while it is multiplied with all rows of a
//! block, and a block (see [`ProductKernels::block_rows`]) in the L2 cache while it is multiplied with all queries.
//!
//! Products and sums are rounded together if the CPU can (fused multiply-add): the last bits differ from CPU to CPU, so
//! a search recomputes the scores of the rows it returns. Each score is summed in the order of `k`, independently of its
//! neighbours: it does not depend on how rows are blocked.

#[cfg(target_arch = "aarch64")]
mod neon;
mod tile;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::kernels::large_pages;
use std::ops::Range;
use std::sync::OnceLock;
use tile::Plain;

/// Numbers per row, packed queries, packed rows, scores, and the stride of the scores.
type Raw = unsafe fn(usize, *const f32, *const f32, *mut f32, usize);

/// Two vectors, and their length.
pub type RawDot = unsafe fn(*const f32, *const f32, usize) -> f32;

/// Bytes of packed rows that stay in a core's L2 cache along with the rest.
const BLOCK_BYTES: usize = 512 << 10;

/// The maximum size of a tile.
const MAX_TILE: usize = 14 * 32;

/// The kernels of a product for one instruction set.
#[derive(Debug, Clone, Copy)]
pub struct ProductKernels {
    name: &'static str,
    /// W: rows of a tile.
    width: usize,
    /// By queries of the tile: one, two, up to H.
    tiles: &'static [Raw],
    dot: RawDot,
}

/// Creates a table of the generic tile of `$registers` times `$register`, for each height, compiled with `$features`.
macro_rules! table {
    ($name:literal, $register:ty, $registers:literal, [$($height:literal),*] $(, $features:literal)?) => {{
        const WIDTH: usize = $registers * <$register as crate::kernels::search::product::tile::Register>::WIDTH;
        $(#[target_feature(enable = $features)])?
        unsafe fn raw<const H: usize>(
            inner: usize, queries: *const f32, rows: *const f32, out: *mut f32, stride: usize,
        ) {
            // SAFETY: passed on to the caller, who checked the lengths and the CPU.
            unsafe {
                crate::kernels::search::product::tile::tile::<$register, H, $registers>(
                    inner, queries, rows, out, stride,
                )
            }
        }
        $(#[target_feature(enable = $features)])?
        unsafe fn raw_dot(a: *const f32, b: *const f32, count: usize) -> f32 {
            // SAFETY: passed on to the caller, who checked the lengths and the CPU.
            unsafe { crate::kernels::search::product::tile::dot::<$register>(a, b, count) }
        }
        const TILES: &[crate::kernels::search::product::Raw] = &[$(raw::<$height>),*];
        const { assert!(WIDTH * TILES.len() <= crate::kernels::search::product::MAX_TILE) };
        crate::kernels::search::product::ProductKernels { name: $name, width: WIDTH, tiles: TILES, dot: raw_dot }
    }};
}
use table;

/// Queries, packed: see the module's documentation.
#[derive(Debug, Default)]
pub struct PackedQueries {
    numbers: Vec<f32>,
    count: usize,
}

impl PackedQueries {
    /// The number of queries.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no queries.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// A block of rows, packed: see the module's documentation.
#[derive(Debug, Default)]
pub struct PackedRows {
    numbers: Vec<f32>,
    count: usize,
    inner: usize,
}

impl PackedRows {
    /// Drops the rows, and keeps the memory.
    pub fn clear(&mut self) {
        self.count = 0;
    }
}

impl ProductKernels {
    /// `a · b` of two vectors of f32, as a plain function: for the graph of an approximate index.
    pub fn raw_dot(&self) -> RawDot {
        self.dot
    }

    /// The kernels every CPU can run: definition, fallback, and what tests compare with.
    pub fn plain() -> Self {
        table!("plain", Plain, 2, [1, 2, 3, 4])
    }

    /// Every implementation this CPU can run, slowest first.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::plain()];
        #[cfg(target_arch = "x86_64")]
        all.extend([x86::avx2(), x86::avx512()].into_iter().flatten());
        #[cfg(target_arch = "aarch64")]
        all.extend(neon::neon());
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

    /// Queries of a full tile: a multiple of it is the best number to multiply together.
    pub fn height(&self) -> usize {
        self.tiles.len()
    }

    /// The best number of rows of `inner` numbers to pack together.
    pub fn block_rows(&self, inner: usize) -> usize {
        let strip = inner.max(1) * self.width * size_of::<f32>();
        self.width * (BLOCK_BYTES / strip).clamp(1, 16)
    }

    /// Packs whole queries of `inner` numbers.
    ///
    /// # Panics
    /// If the length is not a whole number of queries.
    pub fn pack_queries(&self, queries: &[f32], inner: usize) -> PackedQueries {
        assert!(inner > 0 && queries.len().is_multiple_of(inner), "whole queries");
        let mut numbers = large_pages::with_capacity(queries.len());
        for strip in queries.chunks(self.height() * inner) {
            for k in 0..inner {
                numbers.extend(strip.iter().skip(k).step_by(inner));
            }
        }
        PackedQueries { numbers, count: queries.len() / inner }
    }

    /// Rows of a strip: blocks are packed this many at a time.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Packs whole rows of `inner` numbers, at most a strip of them, and appends them to `packed`, which must hold whole strips.
    ///
    /// # Panics
    /// If the length is not a whole number of rows, these are more than a strip, or `packed` has rows of another size or ends in
    /// part of a strip.
    pub fn pack_strip(&self, rows: &[f32], inner: usize, packed: &mut PackedRows) {
        assert!(inner > 0 && rows.len().is_multiple_of(inner) && rows.len() / inner <= self.width, "rows of a strip");
        assert!(
            packed.count.is_multiple_of(self.width) && (packed.count == 0 || packed.inner == inner),
            "whole strips"
        );
        let (start, strip) = (packed.count * inner, self.width * inner);
        if packed.numbers.len() < start + strip {
            packed.numbers.resize(start + strip, 0.0);
        }
        transpose(rows, inner, &mut packed.numbers[start..start + strip], self.width);
        (packed.count, packed.inner) = (packed.count + rows.len() / inner, inner);
    }

    /// `out[q][r]`: the scores of the queries in `range`, which starts at a multiple of [`height`](Self::height), with all rows
    /// of the block.
    ///
    /// # Panics
    /// If the range exceeds the queries, `out` has the wrong length, or queries and rows are of different sizes.
    pub fn multiply(&self, queries: &PackedQueries, range: Range<usize>, rows: &PackedRows, out: &mut [f32]) {
        let (inner, count) = (rows.inner, rows.count);
        assert!(range.end <= queries.count && range.start.is_multiple_of(self.height()), "whole strips of queries");
        assert!(range.end == queries.count || range.end.is_multiple_of(self.height()), "whole strips of queries");
        assert_eq!(queries.numbers.len(), queries.count * inner, "queries of the rows' size");
        assert_eq!(out.len(), range.len() * count, "a place for each pair");
        for first in range.clone().step_by(self.height()) {
            let height = self.height().min(range.end - first);
            let strip = &queries.numbers[first * inner..][..height * inner];
            let out = &mut out[(first - range.start) * count..][..height * count];
            for (column, rows) in (0..count).step_by(self.width).zip(rows.numbers.chunks_exact(self.width * inner)) {
                self.one_tile(inner, strip, rows, height, out, column, count);
            }
        }
    }

    /// The tile of a strip of `height` queries and a strip of rows, to `out[..][column..]`.
    #[inline]
    #[allow(clippy::too_many_arguments)]
    fn one_tile(
        &self,
        inner: usize,
        queries: &[f32],
        rows: &[f32],
        height: usize,
        out: &mut [f32],
        column: usize,
        stride: usize,
    ) {
        let (tile, width) = (self.tiles[height - 1], self.width.min(stride - column));
        assert!(queries.len() == height * inner && rows.len() == self.width * inner && out.len() == height * stride);
        if width == self.width {
            // SAFETY: the lengths were checked; the columns from `column` on are as many as the tile is wide; tables are
            // private and made only where the CPU has their features.
            unsafe { tile(inner, queries.as_ptr(), rows.as_ptr(), out.as_mut_ptr().add(column), stride) };
            return;
        }
        let mut whole = [0.0; MAX_TILE];
        // SAFETY: as above; no tile of any table is larger than `whole`.
        unsafe { tile(inner, queries.as_ptr(), rows.as_ptr(), whole.as_mut_ptr(), self.width) };
        for (out, whole) in out.chunks_exact_mut(stride).zip(whole.chunks_exact(self.width)) {
            out[column..].copy_from_slice(&whole[..width]);
        }
    }
}

impl ProductKernels {
    /// `a · b`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        assert_eq!(a.len(), b.len(), "vectors of one size");
        // SAFETY: both have `a.len()` numbers; tables are private and made only where the CPU has their features.
        unsafe { (self.dot)(a.as_ptr(), b.as_ptr(), a.len()) }
    }
}

/// `out[k][r] = rows[r][k]`, and zeros for the rows that are missing; `width` is a multiple of four.
fn transpose(rows: &[f32], inner: usize, out: &mut [f32], width: usize) {
    // Enough columns at a time that the lines they are written to stay in the cache while all rows are read.
    const COLUMNS: usize = 16;
    let count = rows.len() / inner;
    if count < width {
        out.fill(0.0);
    }
    for from in (0..inner).step_by(COLUMNS) {
        let columns = from..inner.min(from + COLUMNS);
        let mut r = 0;
        while r + 4 <= count && columns.len() == COLUMNS {
            let four = [0, 1, 2, 3].map(|i| &rows[(r + i) * inner + from..][..COLUMNS]);
            for k in (0..COLUMNS).step_by(4) {
                let square = four.map(|row| [row[k], row[k + 1], row[k + 2], row[k + 3]]);
                for i in 0..4 {
                    out[(from + k + i) * width + r..][..4].copy_from_slice(&square.map(|row| row[i]));
                }
            }
            r += 4;
        }
        for (r, row) in rows.chunks_exact(inner).enumerate().skip(r) {
            for k in columns.clone() {
                out[k * width + r] = row[k];
            }
        }
    }
}

/// The kernels of this CPU, found once.
pub fn product_kernels() -> &'static ProductKernels {
    static KERNELS: OnceLock<ProductKernels> = OnceLock::new();
    KERNELS.get_or_init(ProductKernels::detect)
}

#[cfg(test)]
mod tests;
