//! Each instruction set against the plain one, bit for bit, and the plain one against f64.

use super::*;
use crate::{Purpose, Rng};

/// Normal numbers, all of them exact in half precision.
fn numbers(count: usize, index: u64) -> Vec<f32> {
    let mut numbers = vec![0.0; count];
    Rng::stream(5, Purpose::InputWeights, index).fill_normal(&mut numbers, 1.0);
    numbers.iter().map(|&x| f16::from_f32(x).to_f32()).collect()
}

/// The rows' bytes, `offset` bytes into memory of their own.
fn bytes(numbers: &[f32], precision: Precision, offset: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; offset]; // NaN, where a kernel reads what it should not
    match precision {
        Precision::Single => numbers.iter().for_each(|x| bytes.extend(x.to_le_bytes())),
        Precision::Half => numbers.iter().for_each(|&x| bytes.extend(f16::from_f32(x).to_le_bytes())),
    }
    bytes
}

#[test]
fn every_instruction_set_gives_the_same_bits_at_every_length_and_offset() {
    const ROWS: usize = 7; // a group of four, and three alone
    for (length, precision) in (0..=130).flat_map(|n| [(n, Precision::Single), (n, Precision::Half)]) {
        let (query, rows) = (numbers(length, 1), numbers(ROWS * length, 2));
        let run = |kernels: &SearchKernels, offset: usize| {
            let bytes = bytes(&rows, precision, offset);
            let (mut alone, mut dots, mut squares) = ([f32::NAN; ROWS], [f32::NAN; ROWS], [f32::NAN; ROWS]);
            kernels.dots(precision, &query, &bytes[offset..], &mut alone, None);
            kernels.dots(precision, &query, &bytes[offset..], &mut dots, Some(&mut squares));
            assert_eq!(alone.map(f32::to_bits), dots.map(f32::to_bits), "{} {precision:?} {length}", kernels.name());
            (dots.map(f32::to_bits), squares.map(f32::to_bits))
        };
        let expected = run(&SearchKernels::plain(), 0);
        for kernels in SearchKernels::all() {
            for offset in [0, 1, 2, 3, 7] {
                assert!(run(&kernels, offset) == expected, "{} {precision:?} {length} +{offset}", kernels.name());
            }
        }
    }
}

#[test]
fn four_queries_at_once_give_the_bits_of_each_alone() {
    const ROWS: usize = 7; // a group of four, and three alone
    for (length, precision) in (0..=70).flat_map(|n| [(n, Precision::Single), (n, Precision::Half)]) {
        let (queries, rows) = ([1, 2, 3, 4].map(|index| numbers(length, index)), numbers(ROWS * length, 5));
        for (kernels, offset) in SearchKernels::all().iter().flat_map(|kernels| [(kernels, 0), (kernels, 3)]) {
            let bytes = &bytes(&rows, precision, offset)[offset..];
            let mut together = [[f32::NAN; ROWS]; 4];
            kernels.dots_by_four(
                precision,
                queries.each_ref().map(|query| &query[..]),
                bytes,
                together.each_mut().map(|dots| &mut dots[..]),
            );
            for (query, together) in queries.iter().zip(together) {
                let mut alone = [f32::NAN; ROWS];
                kernels.dots(precision, query, bytes, &mut alone, None);
                assert_eq!(together.map(f32::to_bits), alone.map(f32::to_bits), "{} {length}", kernels.name());
            }
        }
    }
}

#[test]
#[should_panic(expected = "as many places")]
fn refuses_four_queries_with_unequal_places() {
    let (query, mut places) = ([1.0f32], [[0.0; 1]; 3]);
    let [a, b, c] = places.each_mut().map(|places| &mut places[..]);
    SearchKernels::plain().dots_by_four(Precision::Half, [&query; 4], &[0; 2], [a, b, c, &mut []]);
}

#[test]
fn the_plain_version_equals_sums_in_f64() {
    for (length, precision) in
        [(0, Precision::Single), (1, Precision::Half), (50, Precision::Single), (300, Precision::Half)]
    {
        let (query, rows) = (numbers(length, 3), numbers(5 * length, 4));
        let (mut dots, mut squares) = ([f32::NAN; 5], [f32::NAN; 5]);
        let bytes = bytes(&rows, precision, 0);
        SearchKernels::plain().dots(precision, &query, &bytes, &mut dots, Some(&mut squares));
        for i in 0..5 {
            let row = &rows[i * length..][..length];
            let exact = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
            // Each of the sums rounds once a product and once an addition: far below this for numbers around 1.
            let tolerance = 2e-7 * (length.max(1) as f64);
            assert!((f64::from(dots[i]) - exact(row, &query)).abs() <= tolerance, "{length}");
            assert!((f64::from(squares[i]) - exact(row, row)).abs() <= tolerance, "{length}");
        }
    }
}

#[test]
fn a_row_scores_the_same_at_any_position() {
    let (query, row) = (numbers(37, 5), numbers(37, 6));
    for kernels in SearchKernels::all() {
        let mut dots = [0.0; 7];
        kernels.dots(Precision::Single, &query, &bytes(&row.repeat(7), Precision::Single, 0), &mut dots, None);
        assert!(dots.iter().all(|dot| dot.to_bits() == dots[0].to_bits()), "{}", kernels.name());
    }
}

#[test]
fn halves_of_every_kind_are_widened_alike() {
    for bits in 0..=u16::MAX {
        let half = f16::from_bits(bits);
        for kernels in SearchKernels::all() {
            let (bytes, mut dot) = (bits.to_le_bytes(), [0.0]);
            kernels.dots(Precision::Half, &[1.0], &bytes, &mut dot, None);
            let same = if half.is_nan() { dot[0].is_nan() } else { dot[0] == half.to_f32() };
            assert!(same, "{} {bits:#x}", kernels.name());
        }
    }
}

#[test]
#[should_panic(expected = "rows of the query's size")]
fn refuses_rows_of_another_size() {
    SearchKernels::plain().dots(Precision::Half, &[1.0], &[0; 3], &mut [0.0], None);
}

#[test]
fn numbers_in_memory_are_their_bytes() {
    let numbers = [1.5f32, -0.25];
    let expected = numbers.map(f32::to_le_bytes).concat();
    assert!(single_bytes(&numbers).is_none_or(|bytes| bytes == expected));
    let halves = numbers.map(f16::from_f32);
    assert!(half_bytes(&halves).is_none_or(|bytes| bytes == halves.map(f16::to_le_bytes).concat()));
}
