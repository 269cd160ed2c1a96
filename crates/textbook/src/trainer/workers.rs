//! Threads that each work on one shard of the model.
//!
//! A shard is sent to its worker together with a job and comes back when the job is done, so nothing is shared and nothing is
//! locked. A step is some hundred microseconds: whoever waits spins for a few of them, since waking a sleeping thread takes
//! as long, and then sleeps, so that a thread that lost its core to another program does not hold up a second one.

use super::shard::Shard;
use crate::Batch;
use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Polls before a waiting thread goes to sleep: some 20 microseconds.
const SPINS: u32 = 500;

/// What a worker does with its shard. Without the `Arc`s, a copy of a batch would be made for each worker.
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

/// A shard that comes back, and the panic that ended its job, if one did.
type Done = (Shard, Option<Box<dyn Any + Send>>);

/// A thread that waits for jobs. It ends when its `Worker` is dropped.
pub(super) struct Worker {
    jobs: Sender<(Shard, Job)>,
    /// In a `Mutex` only to be `Sync`: it is never locked.
    done: Mutex<Receiver<Done>>,
}

impl Worker {
    /// # Errors
    /// The system's, where no thread can be started.
    pub(super) fn spawn() -> io::Result<Self> {
        let (jobs, incoming) = channel();
        let (finished, done) = channel();
        std::thread::Builder::new().name("textbook".into()).spawn(move || work(&incoming, &finished))?;
        Ok(Self { jobs, done: Mutex::new(done) })
    }

    /// Starts `job` on `shard`.
    pub(super) fn start(&self, shard: Shard, job: Job) {
        self.jobs.send((shard, job)).expect("a worker waits for jobs as long as its `Worker` lives");
    }

    /// Waits for the shard that was sent last.
    pub(super) fn finish(&mut self) -> Done {
        let done = self.done.get_mut().expect("a lock that is never taken is not poisoned");
        receive(done).expect("a worker returns every shard")
    }
}

fn work(jobs: &Receiver<(Shard, Job)>, finished: &Sender<Done>) {
    while let Some((mut shard, job)) = receive(jobs) {
        // `run` drops the job, so that its batch can be reused as soon as the shard is back.
        let outcome = catch_unwind(AssertUnwindSafe(|| job.run(&mut shard)));
        if finished.send((shard, outcome.err())).is_err() {
            return;
        }
    }
}

/// The next value; `None` where the other end is gone.
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

/// Steps over which waiting is measured before it is judged.
const MEASURED: u32 = 128;

/// Steps without workers after they turned out to be too slow.
const ALONE: u32 = 2048;

/// Decides whether workers pay: on a busy machine they may take longer to get a core than the work would take here.
pub(super) struct Pace {
    /// Columns of the workers' shards for each column of the shard that is trained here.
    others: f64,
    worked: Duration,
    waited: Duration,
    steps: u32,
    alone: u32,
}

impl Pace {
    pub(super) fn new(others: f64) -> Self {
        Self { others, worked: Duration::ZERO, waited: Duration::ZERO, steps: 0, alone: 0 }
    }

    /// Whether the next job runs without workers.
    pub(super) fn is_alone(&self) -> bool {
        self.alone > 0
    }

    /// A step without workers.
    pub(super) fn record_alone(&mut self) {
        self.alone -= 1;
    }

    /// A step with them: `worked` on the shard here, then `waited` for the others. If waiting took longer than their work would
    /// have taken here, the next steps do without them.
    pub(super) fn record(&mut self, worked: Duration, waited: Duration) {
        self.worked += worked;
        self.waited += waited;
        self.steps += 1;
        if self.steps == MEASURED {
            let too_slow = self.waited.as_secs_f64() > self.others * self.worked.as_secs_f64();
            *self = Self { alone: if too_slow { ALONE } else { 0 }, ..Self::new(self.others) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_that_take_too_long_are_done_without_for_a_while() {
        let mut pace = Pace::new(2.0);
        let worked = Duration::from_micros(10);
        (0..MEASURED).for_each(|_| pace.record(worked, Duration::from_micros(19)));
        assert!(!pace.is_alone(), "waiting was shorter than the work");
        (0..MEASURED).for_each(|_| pace.record(worked, Duration::from_micros(21)));
        assert!(pace.is_alone());
        (0..ALONE).for_each(|_| pace.record_alone());
        assert!(!pace.is_alone());
    }
}
