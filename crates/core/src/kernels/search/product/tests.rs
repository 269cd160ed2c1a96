//! Each instruction set against sums in f64, and against itself in blocks of other sizes.

use super::*;
use crate::{Purpose, Rng};

fn numbers(count: usize, index: u64) -> Vec<f32> {
    let mut numbers = vec![0.0; count];
    Rng::stream(6, Purpose::InputWeights, index).fill_normal(&mut numbers, 1.0);
    numbers
}

/// All rows, strip after strip, replacing what was there.
fn pack(kernels: &ProductKernels, rows: &[f32], inner: usize, packed: &mut PackedRows) {
    packed.clear();
    rows.chunks(kernels.width() * inner).for_each(|rows| kernels.pack_strip(rows, inner, packed));
}

/// All scores, with the rows in blocks of `block` and the queries `together` at a time.
fn product(
    kernels: &ProductKernels,
    queries: &[f32],
    rows: &[f32],
    inner: usize,
    [block, together]: [usize; 2],
) -> Vec<Vec<f32>> {
    let packed = kernels.pack_queries(queries, inner);
    let mut all = vec![Vec::new(); packed.len()];
    let mut block_of_rows = PackedRows::default();
    for rows in rows.chunks(block * inner) {
        pack(kernels, rows, inner, &mut block_of_rows);
        let count = rows.len() / inner;
        for start in (0..packed.len()).step_by(together) {
            let range = start..packed.len().min(start + together);
            let mut out = vec![f32::NAN; range.len() * count];
            kernels.multiply(&packed, range.clone(), &block_of_rows, &mut out);
            range.zip(out.chunks_exact(count)).for_each(|(q, scores)| all[q].extend(scores));
        }
    }
    all
}

#[test]
fn every_instruction_set_multiplies_every_shape() {
    for (queries, rows, inner) in [(1, 1, 1), (2, 33, 5), (13, 31, 16), (14, 32, 7), (15, 64, 1), (29, 70, 37)] {
        let (a, b) = (numbers(queries * inner, 1), numbers(rows * inner, 2));
        for kernels in ProductKernels::all() {
            let scores = product(&kernels, &a, &b, inner, [rows, queries.next_multiple_of(kernels.height())]);
            for (q, r) in (0..queries).flat_map(|q| (0..rows).map(move |r| (q, r))) {
                let pairs = a[q * inner..][..inner].iter().zip(&b[r * inner..][..inner]);
                let (sum, size) = pairs.fold((0.0, 0.0), |(sum, size), (&x, &y)| {
                    let product = f64::from(x) * f64::from(y);
                    (sum + product, size + product.abs())
                });
                // Each addition and each product rounds the sum so far, which is below `size`, by half a unit.
                let tolerance = 1.2e-7 * size * (inner as f64 + 1.0);
                let got = scores[q][r];
                assert!(
                    (f64::from(got) - sum).abs() <= tolerance,
                    "{} {queries}x{rows}x{inner} {q} {r}",
                    kernels.name()
                );
            }
        }
    }
}

#[test]
fn blocks_do_not_change_a_bit() {
    let inner = 19;
    let (queries, rows) = (numbers(31 * inner, 3), numbers(100 * inner, 4));
    for kernels in ProductKernels::all() {
        let expected = product(&kernels, &queries, &rows, inner, [100, 31usize.next_multiple_of(kernels.height())]);
        for block in [1, 7, 32, 64] {
            assert!(
                product(&kernels, &queries, &rows, inner, [block, kernels.height()]) == expected,
                "{}",
                kernels.name()
            );
        }
    }
}

#[test]
fn every_instruction_set_gives_dot_products_of_every_length() {
    for length in 0..=150 {
        let (a, b) = (numbers(length, 5), numbers(length, 6));
        let products = || a.iter().zip(&b).map(|(&x, &y)| f64::from(x) * f64::from(y));
        let (sum, size) = (products().sum::<f64>(), products().map(f64::abs).sum::<f64>());
        for kernels in ProductKernels::all() {
            let got = kernels.dot(&a, &b);
            let tolerance = 1.2e-7 * size * (length as f64 + 1.0);
            assert!((f64::from(got) - sum).abs() <= tolerance, "{} {length}", kernels.name());
        }
    }
}

#[test]
fn reused_memory_keeps_nothing() {
    let kernels = product_kernels();
    let mut packed = PackedRows::default();
    pack(kernels, &[f32::NAN; 90], 2, &mut packed);
    pack(kernels, &[1.0, 2.0, 3.0], 3, &mut packed);
    let mut out = [f32::NAN];
    kernels.multiply(&kernels.pack_queries(&[1.0, 10.0, 100.0], 3), 0..1, &packed, &mut out);
    assert_eq!(out, [321.0]);
}

#[test]
fn blocks_are_whole_strips_and_fit_the_cache() {
    for kernels in ProductKernels::all() {
        for inner in [1, 100, 300, 4096, 1 << 20] {
            let rows = kernels.block_rows(inner);
            assert!(rows > 0 && rows.is_multiple_of(kernels.width));
            assert!(rows == kernels.width || rows * inner * 4 <= BLOCK_BYTES);
        }
    }
}

#[test]
#[should_panic(expected = "a place for each pair")]
fn refuses_scores_of_another_size() {
    let kernels = ProductKernels::plain();
    let mut packed = PackedRows::default();
    pack(&kernels, &[1.0; 6], 2, &mut packed);
    kernels.multiply(&kernels.pack_queries(&[1.0; 4], 2), 0..2, &packed, &mut [0.0; 5]);
}

#[test]
#[should_panic(expected = "queries of the rows' size")]
fn refuses_queries_of_another_size() {
    let kernels = ProductKernels::plain();
    let mut packed = PackedRows::default();
    pack(&kernels, &[1.0; 6], 2, &mut packed);
    kernels.multiply(&kernels.pack_queries(&[1.0; 6], 3), 0..2, &packed, &mut [0.0; 6]);
}
