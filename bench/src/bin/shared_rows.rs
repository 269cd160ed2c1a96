//! `shared_rows`: what would it cost to share weights by the letter of Rust's memory model?
//!
//! One step of SkipGram (6 contexts, 6 targets) done in these ways, by one thread and by two that race on the same rows:
//!
//! - `atomics`: relaxed `AtomicU32` loads and stores, number by number, in the rows' place. Twelve sums side by side, fused
//!   multiply-add and all registers the CPU has, so that nothing but the loads and stores keeps it from vector code. It adds
//!   up no loss, which the others do.
//! - `atomics, copied`: rows are copied to the thread's own memory by relaxed `AtomicU64`, two numbers at a time, the best
//!   kernel runs there, and rows are copied back. Defined too, and it loses more of what another thread wrote meanwhile.
//! - `scalar`: the library's plain kernel through plain pointers, number by number as written; the compiler makes registers of them.
//! - the library's best kernel, through plain pointers, a register at a time: what the fast trainer does.
//!
//! All give the same new weights to rounding, or the program stops before it times anything. Ways take turns that last as
//! long for each, so that others who use the machine disturb all alike; ratios to the best kernel are formed within a
//! round, and the median over the rounds is printed next to the ratio of the shortest times.
#![allow(unsafe_code)]

use anyhow::{Result, ensure};
use clap::Parser;
use rapidvec_bench::machine;
use rapidvec_bench::timing::median;
use rapidvec_core::kernels::window::{Labels, RowPtr, Scratch, Step, WindowKernels};
use rapidvec_core::{LANES, Matrix, Purpose, Rng};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Instant;

const CONTEXTS: usize = 6;
const TARGETS: usize = 6;

/// Contexts whose sums grow side by side.
const PAIR: usize = 2;

/// Beyond this score nothing is learned, as in the kernels.
const CERTAIN: f32 = 6.0;
const RATE: f32 = 0.025;

/// Windows that a thread goes through, again and again.
const WINDOWS: usize = 256;

/// Two threads that ran together for less than this share of their time did not race: retried this many times.
const TOGETHER: f64 = 0.9;
const TRIES: usize = 20;

/// How long a turn is, in nanoseconds: much longer than two threads need to start, too short for most disturbances.
const TURN: f64 = 2e6;

#[derive(Parser)]
#[command(about = "Time a step of SkipGram through atomics and through plain pointers")]
struct Args {
    /// Numbers per word; may be given several times
    #[arg(long = "size", default_values_t = [100, 300], value_parser = clap::value_parser!(u16).range(1..))]
    sizes: Vec<u16>,
    /// Turns that each way has
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Rows in each matrix; the fewer, the more threads meet
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(6..))]
    rows: u16,
}

/// How rows are read and written.
#[derive(Debug, Clone, Copy)]
enum Way {
    Atomics(AtomicStep),
    Copied(WindowKernels),
    Pointers(WindowKernels),
}

impl Way {
    /// The way of the fast trainer last.
    fn all() -> Vec<Self> {
        let kernels = WindowKernels::all();
        let best = WindowKernels::detect();
        let mut all = vec![Way::Atomics(atomic_step()), Way::Copied(best)];
        all.extend(kernels.first().filter(|first| first.name() != best.name()).copied().map(Way::Pointers));
        all.push(Way::Pointers(best));
        all
    }

    fn name(&self) -> &'static str {
        match self {
            Way::Atomics(_) => "atomics",
            Way::Copied(_) => "atomics, copied",
            Way::Pointers(kernels) => kernels.name(),
        }
    }
}

/// A thread's way, and the memory that is its own.
struct Worker {
    way: Way,
    labels: Labels,
    scratch: Scratch,
    copies: Matrix,
}

impl Worker {
    fn new(way: Way, size: usize) -> Self {
        let copies = Matrix::zeros(CONTEXTS + TARGETS, size);
        let scratch = Scratch::new(TARGETS, size);
        Self { way, labels: Labels::negative_sampling(TARGETS - 1), scratch, copies }
    }

    /// # Safety
    /// As [`WindowKernels::skip_gram`]; rows are as long as this worker's. While it runs, others reach the rows in the same
    /// way only.
    #[inline]
    unsafe fn step(&mut self, window: &Window) {
        let chunks = self.copies.width();
        let Window { contexts, targets } = window;
        let step =
            Step { contexts, targets, labels: &self.labels, columns: self.copies.cols(), rate: RATE, ahead: &[] };
        // SAFETY: the caller vouches for the rows.
        unsafe {
            match self.way {
                Way::Pointers(kernels) => kernels.skip_gram(&step, &mut self.scratch),
                Way::Atomics(atomic_step) => atomic_step(window, chunks * LANES),
                Way::Copied(kernels) => {
                    let own = own_rows(&mut self.copies);
                    copy_rows(window, &own, chunks * LANES, |shared, own| *own = shared.load(Relaxed));
                    let step = Step { contexts: &own.contexts, targets: &own.targets, ..step };
                    kernels.skip_gram(&step, &mut self.scratch);
                    copy_rows(window, &own, chunks * LANES, |shared, own| shared.store(*own, Relaxed));
                }
            }
        }
    }

    /// Runs `steps` steps; when it began and ended.
    ///
    /// # Safety
    /// As [`step`](Self::step).
    unsafe fn run(&mut self, windows: &[Window], steps: usize) -> (Instant, Instant) {
        let start = Instant::now();
        for window in windows.iter().cycle().take(steps) {
            // SAFETY: passed on.
            unsafe { self.step(window) };
        }
        (start, Instant::now())
    }
}

/// The rows of one step: different rows of `w_in`, different rows of `w_out`.
struct Window {
    contexts: [RowPtr; CONTEXTS],
    targets: [RowPtr; TARGETS],
}

// SAFETY: only addresses are sent; dereferencing them is justified where it happens.
unsafe impl Send for Window {}

fn own_rows(copies: &mut Matrix) -> Window {
    let rows = rows(copies);
    Window { contexts: std::array::from_fn(&rows), targets: std::array::from_fn(|t| rows(CONTEXTS + t)) }
}

/// Where each row of `matrix` lies.
fn rows(matrix: &mut Matrix) -> impl Fn(usize) -> RowPtr + use<> {
    let stride = matrix.width() * LANES;
    let start = matrix.chunks_mut().as_mut_ptr().cast::<f32>();
    move |row| start.wrapping_add(row * stride)
}

/// Hands each pair of numbers to `copy`, the shared one and the thread's own.
///
/// # Safety
/// All rows have `size` numbers, are aligned to 8 bytes and live; `own` is this thread's alone; the shared ones are reached
/// through `AtomicU64` only while this runs.
#[inline(always)]
unsafe fn copy_rows(shared: &Window, own: &Window, size: usize, copy: impl Fn(&AtomicU64, &mut u64)) {
    let shared = shared.contexts.iter().chain(&shared.targets);
    for (&shared, &own) in shared.zip(own.contexts.iter().chain(&own.targets)) {
        for k in (0..size).step_by(2) {
            // SAFETY: the caller vouches for it; sizes are multiples of sixteen.
            unsafe { copy(AtomicU64::from_ptr(shared.add(k).cast()), &mut *own.add(k).cast()) };
        }
    }
}

/// A step of [`Way::Atomics`] on rows of `size` numbers.
///
/// # Safety
/// The CPU has the features it was compiled for. Rows have as many numbers, are live, and are reached through `AtomicU32` only
/// while it runs.
type AtomicStep = unsafe fn(&Window, usize);

/// Compiled for the most this CPU has.
fn atomic_step() -> AtomicStep {
    #[cfg(target_arch = "x86_64")]
    {
        let fma = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        if fma && is_x86_feature_detected!("avx512vl") && is_x86_feature_detected!("avx512dq") {
            return atomic_step_avx512;
        }
        if fma {
            return atomic_step_avx2;
        }
    }
    atomic_step_of::<{ cfg!(target_arch = "aarch64") }>
}

/// # Safety
/// As [`AtomicStep`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq")]
unsafe fn atomic_step_avx512(window: &Window, size: usize) {
    // SAFETY: passed on.
    unsafe { atomic_step_of::<true>(window, size) }
}

/// # Safety
/// As [`AtomicStep`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn atomic_step_avx2(window: &Window, size: usize) {
    // SAFETY: passed on.
    unsafe { atomic_step_of::<true>(window, size) }
}

/// # Safety
/// As [`AtomicStep`].
#[inline(always)]
unsafe fn atomic_step_of<const FMA: bool>(window: &Window, size: usize) {
    let mut gradients = [[0.0; TARGETS]; CONTEXTS];
    // SAFETY: passed on.
    unsafe {
        atomic_dots::<FMA>(window, size, &mut gradients);
        gradients.as_flattened_mut().iter_mut().enumerate().for_each(|(at, score)| {
            *score = gradient::<FMA>(*score, if at % TARGETS == 0 { 1.0 } else { 0.0 });
        });
        atomic_update::<FMA>(window, size, &gradients);
    }
}

/// # Safety
/// As [`AtomicStep`].
#[inline(always)]
unsafe fn atomic_dots<const FMA: bool>(window: &Window, size: usize, scores: &mut [[f32; TARGETS]; CONTEXTS]) {
    let targets = window.targets;
    for (contexts, scores) in window.contexts.chunks_exact(PAIR).zip(scores.chunks_exact_mut(PAIR)) {
        let contexts: [RowPtr; PAIR] = std::array::from_fn(|p| contexts[p]);
        let mut sums = [[0.0; TARGETS]; PAIR];
        for k in 0..size {
            // SAFETY: k lies in the rows, for which the caller vouches.
            let w: [f32; TARGETS] = std::array::from_fn(|t| unsafe { load(targets[t], k) });
            for p in 0..PAIR {
                // SAFETY: as above.
                let c = unsafe { load(contexts[p], k) };
                for t in 0..TARGETS {
                    sums[p][t] = fma::<FMA>(c, w[t], sums[p][t]);
                }
            }
        }
        scores.copy_from_slice(&sums);
    }
}

/// # Safety
/// As [`AtomicStep`].
#[inline(always)]
unsafe fn atomic_update<const FMA: bool>(window: &Window, size: usize, gradients: &[[f32; TARGETS]; CONTEXTS]) {
    for k in 0..size {
        // SAFETY: k lies in the rows, for which the caller vouches.
        unsafe {
            let old: [f32; TARGETS] = std::array::from_fn(|t| load(window.targets[t], k));
            let mut new = old;
            for (&context, gradients) in window.contexts.iter().zip(gradients) {
                let c = load(context, k);
                let mut moved = c;
                for t in 0..TARGETS {
                    moved = fma::<FMA>(gradients[t], old[t], moved);
                    new[t] = fma::<FMA>(gradients[t], c, new[t]);
                }
                store(context, k, moved);
            }
            window.targets.iter().zip(new).for_each(|(&target, new)| store(target, k, new));
        }
    }
}

/// # Safety
/// As [`AtomicStep`], `k` below the size.
#[inline(always)]
unsafe fn load(row: RowPtr, k: usize) -> f32 {
    // SAFETY: the caller vouches for it.
    f32::from_bits(unsafe { AtomicU32::from_ptr(row.add(k).cast()) }.load(Relaxed))
}

/// # Safety
/// As [`load`].
#[inline(always)]
unsafe fn store(row: RowPtr, k: usize, x: f32) {
    // SAFETY: the caller vouches for it.
    unsafe { AtomicU32::from_ptr(row.add(k).cast()) }.store(x.to_bits(), Relaxed);
}

#[inline(always)]
fn fma<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// `RATE (label - σ(score))`, 0 if the score is certain. As in the kernels, without branches and calls, so that the
/// compiler does sixteen at once.
#[inline(always)]
fn gradient<const FMA: bool>(score: f32, label: f32) -> f32 {
    let e = exp_of_minus::<FMA>(score.abs());
    let sigmoid = (if score >= 0.0 { 1.0 } else { e }) / (1.0 + e);
    if score.abs() < CERTAIN { RATE * (label - sigmoid) } else { 0.0 }
}

/// `e^-x` for x >= 0, as in `kernels::window::loss`.
#[inline(always)]
fn exp_of_minus<const FMA: bool>(x: f32) -> f32 {
    /// 1.5 * 2^23: added and taken away, it rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    let x = if x > 87.0 { 87.0 } else { x };
    let shifted = fma::<FMA>(x, -std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = fma::<FMA>(n, 2.121_944_4e-4, fma::<FMA>(n, -0.693_359_4, -x));
    let mut p = 1.0 / 720.0;
    for c in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = fma::<FMA>(p, r, c);
    }
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000))
}

/// Weights to start from.
struct Weights {
    w_in: Matrix,
    w_out: Matrix,
}

impl Weights {
    fn new(rows: usize, size: usize) -> Self {
        let [w_in, w_out] = [1, 2].map(|seed| {
            let mut numbers = vec![0.0; rows * size];
            let deviation = 0.6 / (size as f64).sqrt();
            Rng::stream(seed, Purpose::InputWeights, 0).fill_normal(&mut numbers, deviation);
            Matrix::from_rows(rows, size, &numbers)
        });
        Self { w_in, w_out }
    }

    /// The weights after one step.
    fn after_step(&self, way: Way) -> Vec<f32> {
        let (mut w_in, mut w_out) = (self.w_in.clone(), self.w_out.clone());
        let windows = draw(w_in.rows(), &rows(&mut w_in), &rows(&mut w_out), 0);
        // SAFETY: the rows are those of two matrices that live on, and this thread alone has them.
        unsafe { Worker::new(way, w_in.cols()).step(&windows[0]) };
        let mut all = w_in.to_vec();
        all.extend(w_out.to_vec());
        all
    }

    /// Nanoseconds a step with `threads` threads on the same fresh copy of the weights, and the share of their time that all
    /// of them ran.
    fn time(&self, way: Way, threads: usize, steps: usize) -> (f64, f64) {
        let (mut w_in, mut w_out) = (self.w_in.clone(), self.w_out.clone());
        let (count, row_in, row_out) = (w_in.rows(), rows(&mut w_in), rows(&mut w_out));
        let windows: Vec<_> = (0..threads).map(|thread| draw(count, &row_in, &row_out, thread)).collect();
        let (size, barrier) = (w_in.cols(), &Barrier::new(threads));
        let times: Vec<_> = std::thread::scope(|scope| {
            let thread = |windows: Vec<Window>| {
                scope.spawn(move || {
                    let mut worker = Worker::new(way, size);
                    // SAFETY: the rows are those of two matrices that outlive the scope; nobody has a reference to them
                    // while it lasts, and all threads take the same way. What the ways without atomics do to rows that two
                    // threads meet in is said at the head of the CPU trainer's `shared.rs`.
                    unsafe {
                        worker.run(&windows, WINDOWS);
                        barrier.wait();
                        worker.run(&windows, steps)
                    }
                })
            };
            let handles: Vec<_> = windows.into_iter().map(thread).collect();
            handles.into_iter().map(|handle| handle.join().expect("a step does not panic")).collect()
        });
        (mean_nanoseconds(&times) / steps as f64, together(&times))
    }

    /// As [`time`](Self::time), of the try in which the threads ran together most.
    fn race(&self, way: Way, threads: usize, steps: usize) -> (f64, f64) {
        let mut best = (f64::NAN, -1.0);
        for _ in 0..TRIES {
            let time = self.time(way, threads, steps);
            if time.1 > best.1 {
                best = time;
            }
            if best.1 >= TOGETHER {
                break;
            }
        }
        best
    }
}

/// What a thread trains on: words of `count`, whose rows the functions know.
fn draw(count: usize, w_in: &impl Fn(usize) -> RowPtr, w_out: &impl Fn(usize) -> RowPtr, thread: usize) -> Vec<Window> {
    let mut ids: Vec<usize> = (0..count).collect();
    let mut rng = Rng::stream(3, Purpose::Shuffle, thread as u64);
    let mut window = || {
        rng.shuffle(&mut ids);
        let contexts = std::array::from_fn(|i| w_in(ids[i]));
        rng.shuffle(&mut ids);
        Window { contexts, targets: std::array::from_fn(|t| w_out(ids[t])) }
    };
    (0..WINDOWS).map(|_| window()).collect()
}

fn mean_nanoseconds(times: &[(Instant, Instant)]) -> f64 {
    let sum: f64 = times.iter().map(|(start, end)| (*end - *start).as_secs_f64()).sum();
    1e9 * sum / times.len() as f64
}

/// From the last start to the first end, over first start to last end.
fn together(times: &[(Instant, Instant)]) -> f64 {
    let starts = || times.iter().map(|time| time.0);
    let ends = || times.iter().map(|time| time.1);
    let (Some(first), Some(last)) = (starts().min(), ends().max()) else { return 1.0 };
    let (Some(from), Some(to)) = (starts().max(), ends().min()) else { return 1.0 };
    to.saturating_duration_since(from).as_secs_f64() / (last - first).as_secs_f64()
}

/// That all ways give the same new weights.
fn check(ways: &[Way], weights: &Weights) -> Result<()> {
    let Some((best, others)) = ways.split_last() else { return Ok(()) };
    let expected = weights.after_step(*best);
    let mut old = weights.w_in.to_vec();
    old.extend(weights.w_out.to_vec());
    ensure!(old != expected, "{} moved nothing", best.name());
    for way in others {
        for (at, (got, expected)) in weights.after_step(*way).iter().zip(&expected).enumerate() {
            // Both round sums of at most some thousand small products.
            let near = (got - expected).abs() <= 1e-6 * (1.0 + expected.abs());
            ensure!(near, "{}: weight {at} is {got}, but {expected} by {}", way.name(), best.name());
        }
    }
    Ok(())
}

/// Steps that fill a turn, by the shortest of a few trials.
fn steps_of_a_turn(way: Way, weights: &Weights) -> usize {
    const STEPS: usize = 20;
    let least = (0..10).map(|_| weights.time(way, 1, STEPS).0).fold(f64::INFINITY, f64::min);
    ((TURN / least) as usize).max(STEPS)
}

/// A way's turns: nanoseconds a step, and how much of it all threads ran.
struct Turns {
    way: Way,
    steps: usize,
    times: Vec<f64>,
    together: Vec<f64>,
}

impl Turns {
    fn new(way: Way, weights: &Weights) -> Self {
        Self { way, steps: steps_of_a_turn(way, weights), times: Vec::new(), together: Vec::new() }
    }

    fn least(&self) -> f64 {
        self.times.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn print(&self, size: usize, threads: usize, best: &Turns) {
        let ratios = self.times.iter().zip(&best.times).map(|(time, best)| time / best).collect();
        println!(
            "{size:>4} {threads:>8}  {:<16}{:>9.0}{:>10.0}{:>14.1}{:>14.1}{:>9.0} %",
            self.way.name(),
            self.least(),
            median(self.times.clone()),
            self.least() / best.least(),
            median(ratios),
            100.0 * median(self.together.clone()),
        );
    }
}

fn report(ways: &[Way], weights: &Weights, threads: usize, rounds: u16) {
    let mut all: Vec<Turns> = ways.iter().map(|way| Turns::new(*way, weights)).collect();
    for _ in 0..rounds {
        for turns in &mut all {
            let (time, together) = weights.race(turns.way, threads, turns.steps);
            turns.times.push(time);
            turns.together.push(together);
        }
    }
    let Some(best) = all.last() else { return };
    all.iter().for_each(|turns| turns.print(weights.w_in.cols(), threads, best));
}

fn main() -> Result<()> {
    let args = Args::parse();
    let load = || machine::load_average().unwrap_or_else(|| "unknown".to_owned());
    eprintln!("{}, {}; load average {}", machine::processor(), machine::today(), load());
    let ways = Way::all();
    let all: Vec<Weights> = args.sizes.iter().map(|&size| Weights::new(args.rows.into(), size.into())).collect();
    all.iter().try_for_each(|weights| check(&ways, weights))?;
    println!("size  threads  way              least ns median ns  least / least  median ratio  together");
    for weights in &all {
        for threads in [1, 2] {
            report(&ways, weights, threads, args.rounds);
        }
    }
    eprintln!("load average {}", load());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_give_the_same_weights() {
        for size in [1, 16, 100, 130, 300] {
            check(&Way::all(), &Weights::new(20, size)).unwrap();
        }
    }

    #[test]
    fn the_step_without_fused_multiply_add_gives_the_same_weights() {
        let plain = Way::Atomics(atomic_step_of::<false>);
        check(&[plain, Way::Pointers(WindowKernels::detect())], &Weights::new(20, 100)).unwrap();
    }
}
