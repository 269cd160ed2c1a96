//! t-SNE: positions in the plane that keep each word next to its neighbours.
//!
//! Van der Maaten and Hinton 2008, with the forces of Barnes and Hut (van der Maaten 2014), by the `bhtsne` crate. Rows of
//! more than 50 numbers are first reduced by [`pca`]. Neighbours are found by comparing all pairs, so they are
//! exact. It starts from the two principal axes, shrunk, as Kobak and Berens 2019 advise, which keeps the global
//! shape similar between runs, with a little seeded noise.
//!
//! The same rows and options give the same bits on the same machine: the descent runs on one thread, since with more the
//! crate's order of summation varies. Another machine's exponential function may differ in the last bit, which the descent
//! amplifies. Cost: N² distances, then N log N an epoch; 5,000 words take some seconds.

use crate::error::Error;
use crate::pca::pca;
use crate::rows::{Points, square_distance};
use bhtsne::{Neighbor, tSNE};
use rapidvec_core::parallel::{self, cores};
use rapidvec_core::{Purpose, Rng};

/// Longer rows are reduced to this many dimensions.
const DIMENSIONS: usize = 50;
/// The minimum number of rows; fewer have no neighbourhoods to keep.
const MIN_ROWS: usize = 8;
/// The extent of the initial positions, and the share of noise in them.
const START: f64 = 1e-4;
const NOISE: f64 = 0.05;

/// Settings of t-SNE.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TsneOptions {
    /// The effective number of neighbours: from 2 up. Reduced to a third of the rows if there are few.
    pub perplexity: f64,
    /// Steps of the descent: from 1 up; the first 250 exaggerate the attraction.
    pub epochs: usize,
    /// Barnes and Hut's theta, how coarsely distant words are grouped: above 0, up to 1.
    pub theta: f64,
    /// Seed of the noise in the initial positions.
    pub seed: u64,
}

impl Default for TsneOptions {
    fn default() -> Self {
        Self { perplexity: 30.0, epochs: 1000, theta: 0.5, seed: 1 }
    }
}

/// Lays N rows of `vector_size` numbers out in the plane: N x 2 numbers, of no particular unit, around 0.
///
/// ```
/// # use rapidvec_map::{TsneOptions, tsne};
/// let rows: Vec<f32> = (0..40).map(|i| if i < 20 { 0.0 } else { 9.0 } + (i % 7) as f32 * 0.1).collect();
/// let places = tsne(&rows, 2, &TsneOptions::default())?; // 20 rows x 2 numbers, two clouds
/// assert_eq!(places.len(), 20 * 2);
/// # Ok::<(), rapidvec_map::Error>(())
/// ```
///
/// # Errors
/// [`Error`] if there are fewer than 8 rows, the values do not form whole rows or are not finite, an option is out of its
/// range, or the descent diverges.
pub fn tsne(numbers: &[f32], vector_size: usize, options: &TsneOptions) -> Result<Vec<f32>, Error> {
    tsne_with(numbers, vector_size, options, |_| ())
}

/// As [`tsne`]; `progress` is called with the share of the descent that is done, from 0 to 1.
pub(crate) fn tsne_with(
    numbers: &[f32],
    vector_size: usize,
    options: &TsneOptions,
    progress: impl FnMut(f64) + Send,
) -> Result<Vec<f32>, Error> {
    let points = Points::new(numbers, vector_size, MIN_ROWS, "t-SNE")?;
    options.check()?;
    let (reduced, size) = reduce(numbers, points)?;
    let points = Points::new(&reduced, size, MIN_ROWS, "t-SNE")?;
    // The crate requires at most a third of the other rows.
    let perplexity = options.perplexity.min((points.len() - 1) as f64 / 3.0);
    let neighbours = neighbours(points, (3.0 * perplexity) as usize);
    let start = start(&reduced, size, options.seed)?;
    let places = alone(|| descend(points.len(), &neighbours, start, perplexity, options, progress));
    match places.iter().position(|x| !x.is_finite()) {
        Some(at) => Err(Error::Unsettled { row: at / 2 }),
        None => Ok(places.into_iter().map(|x| x as f32).collect()),
    }
}

impl TsneOptions {
    fn check(&self) -> Result<(), Error> {
        let refuse = |name, expected, got| Err(Error::Setting { name, expected, got });
        if !(2.0..=1e6).contains(&self.perplexity) {
            return refuse("perplexity", "2 or more", self.perplexity);
        }
        if !(self.theta > 0.0 && self.theta <= 1.0) {
            return refuse("theta", "above 0 and at most 1", self.theta);
        }
        if self.epochs == 0 { refuse("epochs", "1 or more", 0.0) } else { Ok(()) }
    }
}

/// The rows along at most 50 axes, scaled so that the farthest from the middle is at 1, to avoid overflow of f64.
fn reduce(numbers: &[f32], points: Points) -> Result<(Vec<f32>, usize), Error> {
    let size = points.size().min(DIMENSIONS);
    let mut reduced = pca(numbers, points.size(), size)?.points;
    let most = reduced.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    if most > 0.0 {
        reduced.iter_mut().for_each(|x| *x /= most);
    }
    Ok((reduced, size))
}

/// The `count` nearest rows of each row, nearest first, ties by ascending index.
fn neighbours(points: Points, count: usize) -> Vec<Vec<Neighbor<f64>>> {
    let of = |index: usize| {
        let others = (0..points.len()).filter(|&other| other != index);
        let distance = |other| square_distance(points.row(index), points.row(other));
        let mut all: Vec<(f64, usize)> = others.map(|other| (distance(other), other)).collect();
        let order = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if count < all.len() {
            all.select_nth_unstable_by(count, order);
            all.truncate(count);
        }
        all.sort_unstable_by(order);
        all.into_iter().map(|(square, index)| Neighbor { index, distance: square.sqrt() }).collect()
    };
    parallel::map(cores(), 0..points.len(), of)
}

/// The first two principal axes, scaled down, with a little noise.
fn start(reduced: &[f32], size: usize, seed: u64) -> Result<Vec<f64>, Error> {
    let flat = pca(reduced, size, 2)?.points;
    let most = flat.iter().fold(0.0f32, |most, x| most.max(x.abs())).max(f32::MIN_POSITIVE);
    let mut noise = vec![0.0; flat.len()];
    Rng::stream(seed, Purpose::Map, 0).fill_normal(&mut noise, NOISE);
    Ok(flat.iter().zip(noise).map(|(&x, noise)| START * (f64::from(x / most) + f64::from(noise))).collect())
}

/// Runs `work` on a rayon pool of one thread: a new one, or this one if none can be started. The global pool would be of no
/// use to a forked child, and ends the program where no thread can be started.
fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = || rayon::ThreadPoolBuilder::new().num_threads(1);
    match pool().build() {
        Ok(pool) => pool.install(work),
        Err(_) => {
            // This fails only if the thread has such a pool already, which is as good.
            let _own = pool().use_current_thread().build();
            work()
        }
    }
}

fn descend(
    count: usize,
    neighbours: &[Vec<Neighbor<f64>>],
    start: Vec<f64>,
    perplexity: f64,
    options: &TsneOptions,
    mut progress: impl FnMut(f64),
) -> Vec<f64> {
    let rows = vec![(); count]; // the crate needs only their number, since neighbours are given
    let mut fit: tSNE<f64, ()> = tSNE::new(&rows);
    let epochs = options.epochs as f64;
    fit.perplexity(perplexity).epochs(options.epochs).initial_embedding(start);
    fit.epoch_callback(move |epoch, _| progress((epoch + 1) as f64 / epochs));
    fit.barnes_hut_with_neighbors(options.theta, neighbours).embedding()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` rows of `size` numbers around each of `groups` far corners.
    fn clouds(groups: usize, count: usize, size: usize) -> Vec<f32> {
        let mut numbers = vec![0.0; groups * count * size];
        Rng::stream(5, Purpose::Map, 9).fill_normal(&mut numbers, 0.2);
        for (row, numbers) in numbers.chunks_exact_mut(size).enumerate() {
            numbers[row / count] += 4.0;
        }
        numbers
    }

    #[test]
    fn words_of_one_cloud_stay_together() {
        let (groups, count) = (4, 30);
        for size in [6, 80] {
            let numbers = clouds(groups, count, size);
            let places = tsne(&numbers, size, &TsneOptions { epochs: 500, ..Default::default() }).unwrap();
            let place = Points::new(&places, 2, 1, "a test").unwrap();
            for row in 0..place.len() {
                let others = (0..place.len()).filter(|&other| other != row);
                let distance = |other: &usize| square_distance(place.row(row), place.row(*other));
                let nearest = others.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap();
                assert_eq!(nearest / count, row / count, "row {row} of {size} numbers lies in another cloud");
            }
        }
    }

    #[test]
    fn a_seed_gives_the_same_bits_and_another_seed_others() {
        let numbers = clouds(3, 20, 5);
        let run = |seed| tsne(&numbers, 5, &TsneOptions { epochs: 300, seed, ..Default::default() }).unwrap();
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn equal_rows_and_the_minimum_number_of_rows_have_positions() {
        for numbers in [vec![0.5; 40 * 3], clouds(2, 4, 3), vec![1e-30; 8 * 3], vec![3e38; 9 * 3]] {
            let places = tsne(&numbers, 3, &TsneOptions::default()).unwrap();
            assert_eq!(places.len(), numbers.len() / 3 * 2);
            assert!(places.iter().all(|x| x.is_finite()));
        }
    }

    #[test]
    fn refuses_what_it_cannot_work_with() {
        let options = TsneOptions::default();
        assert!(matches!(tsne(&[1.0; 14], 2, &options), Err(Error::TooFew { expected: 8, got: 7, .. })));
        let with = |options| tsne(&clouds(2, 10, 3), 3, &options);
        assert!(matches!(
            with(TsneOptions { perplexity: 1.0, ..options }),
            Err(Error::Setting { name: "perplexity", .. })
        ));
        assert!(matches!(with(TsneOptions { perplexity: f64::NAN, ..options }), Err(Error::Setting { .. })));
        assert!(matches!(with(TsneOptions { theta: 0.0, ..options }), Err(Error::Setting { name: "theta", .. })));
        assert!(matches!(with(TsneOptions { epochs: 0, ..options }), Err(Error::Setting { name: "epochs", .. })));
    }
}
