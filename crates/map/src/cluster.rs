//! Groups of words that belong together, by k-means.
//!
//! Lloyd's algorithm from the start of Arthur and Vassilvitskii 2007 (k-means++), seeded.
//! Rows of length 1 are grouped by cosine, since `|x - y|² = 2 - 2 cos(x, y)` for them. Groups are numbered by descending size.

use super::rows::{Points, square_distance};
use crate::Error;
use rapidvec_core::{Purpose, Rng};
use std::cmp::Reverse;

/// The maximum number of rounds; rows that still change groups then are between two of them.
const ROUNDS: usize = 100;

/// Assigns each of N rows of `vector_size` numbers to one of `count` groups, 0 being the largest; fewer groups if there
/// are fewer distinct rows.
///
/// ```
/// let rows = [0.0, 0.1, 9.0, 0.2, 9.1]; // 5 x 1
/// assert_eq!(rapidvec_map::clusters(&rows, 1, 2, 1)?, [0, 0, 1, 0, 1]);
/// # Ok::<(), rapidvec_map::Error>(())
/// ```
///
/// # Errors
/// [`Error`] if there are no rows, the values do not form whole rows or are not finite, or `count` is 0.
pub fn clusters(numbers: &[f32], vector_size: usize, count: usize, seed: u64) -> Result<Vec<usize>, Error> {
    let points = Points::new(numbers, vector_size, 1, "grouping")?;
    if count == 0 {
        return Err(Error::Setting { name: "clusters", expected: "1 or more", got: 0.0 });
    }
    let mut centres = first_centres(points, count, seed);
    let mut groups = nearest_of_all(points, &centres);
    for _ in 0..ROUNDS {
        centres = means(points, &groups, &centres);
        let next = nearest_of_all(points, &centres);
        if next == groups {
            break;
        }
        groups = next;
    }
    Ok(by_descending_size(groups, centres.len()))
}

/// Each next centre is a row drawn by the square of its distance to the nearest centre so far.
fn first_centres(points: Points, count: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut rng = Rng::stream(seed, Purpose::Map, u64::MAX);
    let start = (rng.uniform() * points.len() as f64) as usize;
    let mut centres = vec![points.row(start).to_vec()];
    let mut distances: Vec<f64> = points.rows().map(|row| square_distance(row, &centres[0])).collect();
    while centres.len() < count {
        let total: f64 = distances.iter().sum();
        let mut left = rng.uniform() * total;
        let drawn = distances.iter().position(|&distance| {
            left -= distance;
            distance > 0.0 && left < 0.0
        });
        // Rounding may leave a remainder after the last row; then the last row with a weight is drawn.
        let Some(drawn) = drawn.or_else(|| distances.iter().rposition(|&distance| distance > 0.0)) else { break };
        centres.push(points.row(drawn).to_vec());
        for (distance, row) in distances.iter_mut().zip(points.rows()) {
            *distance = distance.min(square_distance(row, points.row(drawn)));
        }
    }
    centres
}

fn nearest_of_all(points: Points, centres: &[Vec<f32>]) -> Vec<usize> {
    points.rows().map(|row| nearest(row, centres)).collect()
}

/// The nearest centre, the first of equally near ones.
fn nearest(row: &[f32], centres: &[Vec<f32>]) -> usize {
    let distances = centres.iter().map(|centre| square_distance(row, centre)).enumerate();
    distances.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(index, _)| index)
}

/// The mean of each group; a group that lost all its rows keeps its centre.
fn means(points: Points, groups: &[usize], old: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut sums = vec![vec![0.0f64; points.size()]; old.len()];
    let mut counts = vec![0usize; old.len()];
    for (row, &group) in points.rows().zip(groups) {
        counts[group] += 1;
        sums[group].iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    let mean = |((sum, &count), old): ((Vec<f64>, &usize), &Vec<f32>)| match count {
        0 => old.clone(),
        _ => sum.into_iter().map(|x| (x / count as f64) as f32).collect(),
    };
    sums.into_iter().zip(&counts).zip(old).map(mean).collect()
}

fn by_descending_size(groups: Vec<usize>, count: usize) -> Vec<usize> {
    let mut sizes = vec![0usize; count];
    groups.iter().for_each(|&group| sizes[group] += 1);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&group| (Reverse(sizes[group]), group));
    let mut rank = vec![0; count];
    order.into_iter().enumerate().for_each(|(place, group)| rank[group] = place);
    groups.into_iter().map(|group| rank[group]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` rows around each of `centres`.
    fn clouds(centres: &[[f32; 2]], counts: &[usize]) -> Vec<f32> {
        let mut rng = Rng::stream(3, Purpose::Map, 0);
        let mut numbers = Vec::new();
        for (centre, &count) in centres.iter().zip(counts) {
            for _ in 0..count {
                let mut noise = [0.0; 2];
                rng.fill_normal(&mut noise, 0.3);
                numbers.extend([centre[0] + noise[0], centre[1] + noise[1]]);
            }
        }
        numbers
    }

    #[test]
    fn finds_clouds_and_numbers_them_by_size() {
        let numbers = clouds(&[[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], &[20, 50, 30]);
        for seed in 0..20 {
            let found = clusters(&numbers, 2, 3, seed).unwrap();
            let expected = [vec![2; 20], vec![0; 50], vec![1; 30]].concat();
            assert_eq!(found, expected, "seed {seed}");
        }
    }

    #[test]
    fn no_more_groups_than_different_rows() {
        assert_eq!(clusters(&[1.0; 10], 2, 4, 1).unwrap(), [0; 5]);
        let two = clusters(&[1.0, 2.0, 1.0, 2.0, 1.0], 1, 9, 1).unwrap();
        assert_eq!(two, [0, 1, 0, 1, 0]);
        assert_eq!(clusters(&[5.0], 1, 1, 1).unwrap(), [0]);
    }

    #[test]
    fn refuses_no_rows_and_no_groups() {
        assert!(matches!(clusters(&[], 1, 1, 1), Err(Error::TooFew { .. })));
        assert!(matches!(clusters(&[1.0], 1, 0, 1), Err(Error::Setting { name: "clusters", .. })));
    }
}
