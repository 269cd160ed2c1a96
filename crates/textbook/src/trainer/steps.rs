//! One stretch of training, step after step, on all threads, until something asks for a pause.

use super::clock::Clock;
use super::examples::{Examples, Scratch};
use super::learner::Learner;
use super::state::{LossPoint, Progress};
use super::team::{Ranked, Side, Team, Turn};
use crate::{AllColumns, Columns, Optimizer, Stopped, UnigramSampler};
use rapidvec::error::TrainError;
use rapidvec_core::{Purpose, Rng};

/// What all threads may look at.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) examples: Examples<'a>,
    pub(super) sampler: &'a UnigramSampler,
    /// Order of the examples in this epoch.
    pub(super) order: &'a [u32],
    pub(super) seed: u64,
    pub(super) batch_size: usize,
    /// Steps of an epoch, and the step that turn 0 is.
    pub(super) iterations: usize,
    pub(super) first_step: u64,
}

/// What changes from step to step beside the weights.
pub(super) struct Books<'a> {
    pub(super) clock: &'a mut Clock,
    pub(super) optimizers: &'a mut [Optimizer; 2],
    pub(super) pause: &'a mut dyn FnMut(Progress) -> bool,
    pub(super) on_loss: &'a mut dyn FnMut(&LossPoint),
}

/// Lets every learner go through the turns until the pause. The last one is the leader's, on this thread.
pub(super) fn run(plan: Plan, books: Books, learners: &mut [Learner], turns: &[Turn; 2]) -> Result<(), TrainError> {
    let team = Team::new(learners.len(), turns);
    let Books { clock, optimizers: [input_optimizer, output_optimizer], pause, on_loss } = books;
    let inputs = Preparer::new(plan, Side::Inputs, input_optimizer);
    let outputs = Preparer::new(plan, Side::Outputs, output_optimizer);
    let Some((own, others)) = learners.split_last_mut() else { return Ok(()) };
    if others.is_empty() {
        let mut leader = Leader::new(clock, pause, on_loss, vec![inputs, outputs]);
        return outcome(leader.follow(&team, own, &mut AllColumns), &mut leader);
    }
    let last = others.len();
    std::thread::scope(|scope| {
        // The leader prepares everything if it has columns enough less than the others to have the time for it.
        let columns = |learner: &Learner| learner.model().parameters().w_in.cols();
        let idle = 4 * columns(own) <= 3 * others.iter().map(columns).max().unwrap_or(0);
        let (preparers, mut helper) = if idle { (vec![inputs, outputs], None) } else { (vec![inputs], Some(outputs)) };
        let mut handles = Vec::new();
        for (index, learner) in others.iter_mut().enumerate() {
            let (helper, team) = (helper.take(), &team);
            let work = move || match helper {
                Some(mut preparer) => help(&mut preparer, team, learner, &mut Ranked::new(team, index)),
                None => follow(team, learner, &mut Ranked::new(team, index), |_, _| Ok(())),
            };
            match std::thread::Builder::new().spawn_scoped(scope, work) {
                Ok(handle) => handles.push(handle),
                Err(error) => {
                    team.stop();
                    return Err(TrainError::Worker(format!("it could not be started: {error}; try fewer --threads")));
                }
            }
        }
        let mut leader = Leader::new(clock, pause, on_loss, preparers);
        let followed = leader.follow(&team, own, &mut Ranked::new(&team, last));
        // All are joined before one that panicked is told.
        let joined: Vec<_> = handles.into_iter().map(|handle| handle.join()).collect();
        match joined.into_iter().find_map(Result::err) {
            None => outcome(followed, &mut leader),
            Some(panic) => Err(TrainError::of_panic(panic.as_ref())),
        }
    })
}

fn outcome(followed: Result<(), Stopped>, leader: &mut Leader) -> Result<(), TrainError> {
    match leader.failed.take() {
        Some(failed) => Err(failed),
        None => followed.map_err(|stopped| TrainError::Worker(stopped.to_string())),
    }
}

/// One thread's way through the turns; `between` is called with the turn and the loss, halfway through each step.
fn follow(
    team: &Team,
    learner: &mut Learner,
    columns: &mut dyn Columns,
    mut between: impl FnMut(u64, f64) -> Result<(), Stopped>,
) -> Result<(), Stopped> {
    for i in 0.. {
        if !team.goes_on(i)? {
            break;
        }
        let (inputs, outputs) = (team.read(i, Side::Inputs)?, team.read(i, Side::Outputs)?);
        let loss = learner.forward(&inputs, &outputs, columns)?;
        between(i, loss)?;
        if let Some([inputs, outputs]) = team.ready(i + 1) {
            learner.expect(&inputs, &outputs);
        }
        learner.backward(&inputs, &outputs, columns)?;
    }
    Ok(())
}

/// The way of the thread that prepares the outputs.
fn help(preparer: &mut Preparer, team: &Team, learner: &mut Learner, columns: &mut dyn Columns) -> Result<(), Stopped> {
    let mut prepare = |i| {
        if team.goes_on(i)? {
            preparer.prepare(team, i);
        }
        Ok(())
    };
    prepare(0)?;
    follow(team, learner, columns, |i, _| prepare(i + 1))
}

/// Fills one side of the turns.
struct Preparer<'a> {
    plan: Plan<'a>,
    side: Side,
    optimizer: &'a mut Optimizer,
    scratch: Scratch,
}

impl<'a> Preparer<'a> {
    fn new(plan: Plan<'a>, side: Side, optimizer: &'a mut Optimizer) -> Self {
        Self { plan, side, optimizer, scratch: Scratch::default() }
    }

    /// Fills turn `i`, which will be.
    fn prepare(&mut self, team: &Team, i: u64) {
        let Plan { examples, sampler, order, seed, batch_size, iterations, first_step } = self.plan;
        let step = first_step + i;
        let iteration = (step % iterations as u64) as usize;
        let batch = &order[iteration * batch_size..][..batch_size];
        let mut lookup = team.prepare(i, self.side);
        match self.side {
            Side::Inputs => examples.inputs(batch, &mut self.scratch, &mut lookup),
            Side::Outputs => {
                let mut rng = Rng::stream(seed, Purpose::Negatives, step);
                examples.outputs(batch, sampler, &mut rng, &mut self.scratch, &mut lookup);
            }
        }
        self.optimizer.plan(&mut lookup);
        drop(lookup);
        team.announce(i, self.side);
    }
}

/// The thread that decides and keeps the books, beside working on its own columns.
struct Leader<'a> {
    clock: &'a mut Clock,
    pause: &'a mut dyn FnMut(Progress) -> bool,
    on_loss: &'a mut dyn FnMut(&LossPoint),
    preparers: Vec<Preparer<'a>>,
    failed: Option<TrainError>,
}

impl<'a> Leader<'a> {
    fn new(
        clock: &'a mut Clock,
        pause: &'a mut dyn FnMut(Progress) -> bool,
        on_loss: &'a mut dyn FnMut(&LossPoint),
        preparers: Vec<Preparer<'a>>,
    ) -> Self {
        Self { clock, pause, on_loss, preparers, failed: None }
    }

    fn follow(&mut self, team: &Team, learner: &mut Learner, columns: &mut dyn Columns) -> Result<(), Stopped> {
        self.lead(team, 0);
        follow(team, learner, columns, |i, loss| {
            let point = self.record(loss);
            self.lead(team, i + 1);
            if point && let Some(point) = self.clock.history.last() {
                (self.on_loss)(point);
            }
            Ok(())
        })
    }

    /// Decides whether turn `i` will be, and prepares its share of it. The clock stands at its step already.
    fn lead(&mut self, team: &Team, i: u64) {
        let epoch_done = i > 0 && self.clock.iteration() == 0;
        let goes_on = self.failed.is_none() && !epoch_done && !(self.pause)(self.clock.progress());
        team.decide(i, goes_on);
        if goes_on {
            self.preparers.iter_mut().for_each(|preparer| preparer.prepare(team, i));
        }
    }

    /// Whether a point of the history is complete.
    fn record(&mut self, loss: f64) -> bool {
        let (epoch, iteration) = (self.clock.epoch() as usize + 1, self.clock.iteration() + 1);
        if !loss.is_finite() {
            self.failed = Some(TrainError::Diverged { epoch, block: iteration as u64, loss });
        }
        self.clock.record(loss)
    }
}
