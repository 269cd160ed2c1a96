//! Threads that go through the same steps, each on its own columns.
//!
//! The leader prepares a step while the others work on the one before; all meet once for each prediction, to add up their
//! parts of the scores. A step is tens of microseconds, so waiting is by spinning first and yielding later. Nobody waits
//! for a thread that is gone: whoever stops early says so, and the others stop too.
//!
//! Two turns are in flight at most. A thread that writes for turn i + 2 has been at the meeting of turn i + 1, and so has
//! everybody else, which means that nobody still reads turn i: two buffers, used in turn, are enough.
#![forbid(unsafe_code)]

use crate::math::kernels::kernels;
use crate::nn::{Batch, Columns, Plan, Stopped};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What all threads do in one step.
pub(super) struct Turn {
    pub(super) batch: Batch,
    pub(super) plan: Plan,
    /// There is nothing to do any more.
    pub(super) end: bool,
}

impl Turn {
    pub(super) fn new(vocab_size: usize) -> Self {
        Self { batch: Batch::new(vocab_size), plan: Plan::default(), end: false }
    }
}

/// What the threads share.
pub(super) struct Team<'a> {
    size: u64,
    turns: &'a [RwLock<Turn>; 2],
    /// Turns that the leader has prepared.
    ready: AtomicU64,
    /// Arrivals at meetings, over all threads.
    arrived: AtomicU64,
    /// `boards[i % 2][t]`: what thread t brings to meeting i.
    boards: [Vec<RwLock<Vec<f32>>>; 2],
    stopped: AtomicBool,
}

impl<'a> Team<'a> {
    pub(super) fn new(size: usize, turns: &'a [RwLock<Turn>; 2]) -> Self {
        let board = || (0..size).map(|_| RwLock::default()).collect();
        Self {
            size: size as u64,
            turns,
            ready: AtomicU64::new(0),
            arrived: AtomicU64::new(0),
            boards: [board(), board()],
            stopped: AtomicBool::new(false),
        }
    }

    /// The leader writes turn `i`, and then calls [`announce`](Self::announce).
    pub(super) fn prepare(&self, i: u64) -> RwLockWriteGuard<'_, Turn> {
        self.turns[(i % 2) as usize].write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turn `i` is ready.
    pub(super) fn announce(&self, i: u64) {
        self.ready.store(i + 1, Ordering::Release);
    }

    /// Turn `i`, as soon as it is ready.
    pub(super) fn turn(&self, i: u64) -> Result<RwLockReadGuard<'_, Turn>, Stopped> {
        self.wait(&self.ready, i + 1)?;
        Ok(self.turns[(i % 2) as usize].read().unwrap_or_else(PoisonError::into_inner))
    }

    fn wait(&self, counter: &AtomicU64, until: u64) -> Result<(), Stopped> {
        let mut spins = 0;
        while counter.load(Ordering::Acquire) < until {
            if self.stopped.load(Ordering::Relaxed) {
                return Err(Stopped);
            }
            spins += 1;
            if spins < 200 { std::hint::spin_loop() } else { std::thread::yield_now() }
        }
        Ok(())
    }

    /// Lets nobody wait any longer.
    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// One thread's place in the team. The order of `index` is the order of the columns.
pub(super) struct Member<'a> {
    team: &'a Team<'a>,
    index: usize,
    meetings: u64,
}

impl<'a> Member<'a> {
    pub(super) fn new(team: &'a Team<'a>, index: usize) -> Self {
        Self { team, index, meetings: 0 }
    }
}

impl Drop for Member<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.team.stop();
        }
    }
}

impl Columns for Member<'_> {
    fn sum(&mut self, partial: &[f32], scores: &mut [f32]) -> Result<(), Stopped> {
        let board = &self.team.boards[(self.meetings % 2) as usize];
        {
            let mut mine = board[self.index].write().unwrap_or_else(PoisonError::into_inner);
            mine.clear();
            mine.extend_from_slice(partial);
        }
        self.meetings += 1;
        self.team.arrived.fetch_add(1, Ordering::AcqRel);
        self.team.wait(&self.team.arrived, self.meetings * self.team.size)?;
        scores.fill(0.0);
        for part in board {
            kernels().add_panels(&part.read().unwrap_or_else(PoisonError::into_inner), scores);
        }
        Ok(())
    }
}
