//! How fast rows of tables of several sizes are read and written, in random order.
#![allow(unsafe_code)]

use rapidvec_core::kernels::window::prefetch;
use rapidvec_core::{Chunk, LANES, Purpose, Rng};
use std::ops::Range;
use std::time::Instant;

/// Rows between the one that is prefetched and the one that is updated.
const AHEAD: usize = 32;

/// Runs a loop that calls [`touch`], compiled for wide registers where the CPU has them.
pub fn with_wide_registers<T>(run: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn wide<T>(run: impl FnOnce() -> T) -> T {
            run()
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the CPU has the feature.
            return unsafe { wide(run) };
        }
    }
    run()
}

/// Numbers that are read and written together.
const WIDTH: usize = 8;

/// Adds `number` to each number of a row of `columns` numbers.
///
/// # Safety
/// `row` leads to whole chunks, aligned to 64 bytes, that live through the call and to which no reference exists.
#[inline(always)]
pub unsafe fn touch(row: *mut f32, columns: usize, number: f32) {
    // SAFETY: passed on.
    unsafe {
        match columns.div_ceil(WIDTH) {
            13 => touch_parts(row, 0..13, number),
            38 => touch_parts(row, 0..38, number),
            parts => touch_parts(row, 0..parts, number),
        }
    }
}

#[inline(always)]
unsafe fn touch_parts(row: *mut f32, parts: Range<usize>, number: f32) {
    for part in parts {
        let place = row.wrapping_add(part * WIDTH).cast::<[f32; WIDTH]>();
        // SAFETY: the caller vouches for whole chunks, of two such places each.
        unsafe { place.write(place.read().map(|x| x + number)) };
    }
}

/// Millions of rows of `columns` numbers a second, over `updates` rows of a table of `bytes` bytes.
pub fn rate(bytes: usize, columns: usize, large_pages: bool, updates: usize) -> f64 {
    let width = columns.div_ceil(LANES);
    let rows = (bytes / (width * size_of::<Chunk>())).max(AHEAD);
    let mut table = if large_pages {
        rapidvec_core::kernels::large_pages::zeros(rows * width)
    } else {
        vec![Chunk::ZERO; rows * width]
    };
    table.fill(Chunk([1.0; LANES])); // so that every page is there
    let start: *mut f32 = table.as_mut_ptr().cast();
    let mut rng = Rng::stream(1, Purpose::Shuffle, bytes as u64);
    let seconds = with_wide_registers(
        #[inline(always)]
        move || {
            // SAFETY: the row lies within the table.
            let mut draw = || unsafe { start.add(rng.below(rows as u32) as usize * width * LANES) };
            let mut waiting: [*mut f32; AHEAD] = std::array::from_fn(|_| draw());
            let (begun, nothing) = (Instant::now(), std::hint::black_box(0.0));
            for update in 0..updates {
                let place = &mut waiting[update % AHEAD];
                // SAFETY: a row of the table, which nothing else uses meanwhile.
                unsafe { touch(*place, columns, nothing) };
                *place = draw();
                prefetch(*place, width);
            }
            begun.elapsed().as_secs_f64()
        },
    );
    updates as f64 / seconds / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_updated_and_its_neighbours_are_not() {
        let mut table = vec![Chunk::ZERO; 3 * 7];
        let start: *mut f32 = table.as_mut_ptr().cast();
        // SAFETY: the second of three rows of seven chunks.
        unsafe { touch(start.add(7 * LANES), 100, 2.0) };
        let numbers = |row: usize| table[7 * row..][..7].iter().map(|chunk| chunk.0.iter().sum::<f32>()).sum::<f32>();
        assert_eq!([0, 1, 2].map(numbers), [0.0, 2.0 * 104.0, 0.0]);
    }

    #[test]
    fn small_tables_have_a_rate() {
        assert!(rate(1 << 20, 20, false, 10_000).is_finite() && rate(1, 300, true, 10_000) > 0.0);
    }
}
