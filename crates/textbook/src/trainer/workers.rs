//! Threads that each work on one shard of the model.
//!
//! A worker runs its jobs in order. The trainer sends it the backward pass of a step and, as soon as the next batch is made, the
//! forward pass of the next step. The worker does not wait between the two, so the threads meet once in each step: to add up
//! the scores.
//!
//! A step takes some hundred microseconds. A waiting thread spins for about as long, since waking it may take that long too. Then
//! it sleeps, so that a thread that has lost its core to another program does not block a second core.

use super::shard::Shard;
use crate::Batch;
use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Polls before a waiting thread goes to sleep: some 100 microseconds.
const SPINS: u32 = 4000;

/// A job for a shard. Without the `Arc`s, each worker would need its own copy of a batch.
#[derive(Clone)]
pub(super) enum Job {
    Forward(Arc<Batch>),
    Backward(Arc<Vec<f32>>),
    ClipAndUpdate(Arc<Batch>, f32),
}

impl Job {
    pub(super) fn run(self, shard: &mut Shard) {
        match self {
            Job::Forward(batch) => shard.forward(&batch),
            Job::Backward(dscores) => shard.backward(&dscores),
            Job::ClipAndUpdate(batch, rate) => shard.clip_and_update(&batch, rate),
        }
    }
}

/// A shard that a worker and the trainer lock in turn, never at the same time.
pub(super) type Shared = Arc<Mutex<Shard>>;

/// After a panic the shard may be half updated, but the run then ends with an error.
pub(super) fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The panic that ended a job.
pub(super) type Panic = Box<dyn Any + Send>;

/// A thread that works on one shard. It ends when its `Worker` is dropped.
pub(super) struct Worker {
    jobs: Sender<Job>,
    /// In a `Mutex` only to be `Sync`: it is never locked.
    done: Mutex<Receiver<Result<(), Panic>>>,
    /// Jobs that were started and not waited for.
    pending: usize,
}

impl Worker {
    /// # Errors
    /// The system's, if no thread can be started.
    pub(super) fn spawn(shard: Shared) -> io::Result<Self> {
        let (jobs, incoming) = channel();
        let (finished, done) = channel();
        std::thread::Builder::new().name("textbook".into()).spawn(move || work(&shard, &incoming, &finished))?;
        Ok(Self { jobs, done: Mutex::new(done), pending: 0 })
    }

    /// Starts `job` after those that were started before.
    pub(super) fn start(&mut self, job: Job) {
        self.jobs.send(job).expect("a worker waits for jobs as long as its `Worker` lives");
        self.pending += 1;
    }

    /// Waits until every job is done.
    ///
    /// # Errors
    /// The first panic.
    pub(super) fn finish(&mut self) -> Result<(), Panic> {
        let done = self.done.get_mut().expect("a lock that is never taken is not poisoned");
        let pending = std::mem::take(&mut self.pending);
        let outcomes = (0..pending).map(|_| receive(done).expect("a worker reports every job"));
        outcomes.fold(Ok(()), Result::and)
    }
}

fn work(shard: &Mutex<Shard>, jobs: &Receiver<Job>, finished: &Sender<Result<(), Panic>>) {
    while let Some(job) = receive(jobs) {
        let mut shard = lock(shard);
        // `run` drops the job, so that its batch can be reused as soon as the job is done.
        let outcome = catch_unwind(AssertUnwindSafe(|| job.run(&mut shard)));
        drop(shard);
        if finished.send(outcome).is_err() {
            return;
        }
    }
}

/// The next value; `None` if the other end is gone.
fn receive<T>(from: &Receiver<T>) -> Option<T> {
    for _ in 0..SPINS {
        match from.try_recv() {
            Ok(value) => return Some(value),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => std::hint::spin_loop(),
        }
    }
    from.recv().ok()
}

/// How many seconds workers may cost more than they save before training continues without them.
const TRIAL: f64 = 0.004;

/// The same for workers that have saved time so far: a few time slices, so that a short load does not disable them.
const MAX_CREDIT: f64 = 0.020;

/// Seconds without workers after the first failed trial. Each further one doubles them.
const FIRST_BREAK: f64 = 0.050;

/// The maximum number of seconds without workers.
const MAX_BREAK: f64 = 2.0;

/// Decides whether workers pay: on a busy machine they may wait longer for a core than the work would take here. All times
/// are in seconds.
pub(super) struct Pace {
    /// Columns of the workers' shards for each column of the shard that is trained here.
    others: f64,
    /// Time spent on the shard here, in this step.
    pub(super) worked: f64,
    /// Time spent waiting for the workers, in this step.
    pub(super) waited: f64,
    /// The shortest `worked` of any step: longer ones may include time in which another program had the core.
    fastest: f64,
    /// Time that the workers saved, less what they cost.
    credit: f64,
    /// Remaining time of the current break.
    alone: f64,
    /// Length of the next break.
    next_break: f64,
}

impl Pace {
    pub(super) fn new(others: f64) -> Self {
        Self {
            others,
            worked: 0.0,
            waited: 0.0,
            fastest: f64::INFINITY,
            credit: TRIAL,
            alone: 0.0,
            next_break: FIRST_BREAK,
        }
    }

    /// Whether this step runs without workers.
    pub(super) fn is_alone(&self) -> bool {
        self.alone > 0.0
    }

    /// Begins to measure a step.
    pub(super) fn begin_step(&mut self) {
        (self.worked, self.waited) = (0.0, 0.0);
    }

    /// Evaluates a step, and begins the next.
    pub(super) fn end_step(&mut self) {
        let (worked, waited) = (self.worked, self.waited);
        self.begin_step();
        if self.is_alone() {
            self.alone -= worked;
            return;
        }
        self.fastest = self.fastest.min(worked);
        self.credit += self.others * self.fastest - waited;
        if self.credit < 0.0 {
            self.alone = self.next_break;
            self.next_break = MAX_BREAK.min(2.0 * self.next_break);
            self.credit = TRIAL;
        } else if self.credit > MAX_CREDIT {
            self.credit = MAX_CREDIT;
            self.next_break = FIRST_BREAK;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(pace: &mut Pace, count: usize, worked: f64, waited: f64) {
        for _ in 0..count {
            (pace.worked, pace.waited) = (worked, waited);
            pace.end_step();
        }
    }

    #[test]
    fn workers_that_take_longer_than_their_work_would_take_here_are_done_without() {
        let mut pace = Pace::new(2.0);
        steps(&mut pace, 1000, 10e-6, 19e-6);
        assert!(!pace.is_alone(), "waiting was shorter than the work");
        steps(&mut pace, 1000, 10e-6, 30e-6);
        assert!(pace.is_alone());
    }

    #[test]
    fn one_interruption_is_forgiven_where_workers_proved_useful() {
        let mut pace = Pace::new(2.0);
        steps(&mut pace, 1000, 50e-6, 10e-6);
        steps(&mut pace, 1, 50e-6, 10e-3);
        assert!(!pace.is_alone());
        let mut pace = Pace::new(2.0);
        steps(&mut pace, 1, 50e-6, 10e-3);
        assert!(pace.is_alone(), "a trial ends at the first");
    }

    #[test]
    fn breaks_get_longer_until_a_trial_succeeds() {
        let mut pace = Pace::new(1.0);
        let mut fail = |successes| {
            steps(&mut pace, successes, 1e-3, 0.0);
            while !pace.is_alone() {
                steps(&mut pace, 1, 1e-3, 10e-3);
            }
            let mut alone = 0;
            while pace.is_alone() {
                steps(&mut pace, 1, 1e-3, 0.0);
                alone += 1;
            }
            alone
        };
        let first = fail(0);
        assert!((50..=51).contains(&first), "50 ms: {first}");
        assert!((100..=101).contains(&fail(0)));
        assert_eq!(fail(30), first, "30 steps without waiting are a success");
    }
}
