//! Threads that go through the same steps, each on its own columns.
//!
//! All meet once for each prediction, to add up their parts of the scores, and once more if gradients are clipped. Between that meeting and its own backward pass
//! the leader prepares the next step, or its inputs alone, and another thread its outputs. A step is tens of microseconds, so
//! waiting is by spinning first and yielding later. Nobody waits for a thread that is gone: whoever stops early says so,
//! and the others stop too.
//!
//! Two turns are in flight at most. A thread that writes for turn i + 2 has been at the meeting of turn i + 1, and so has
//! everybody else, which means that nobody still reads turn i: two buffers, used in turn, are enough.

use crate::{Columns, Lookup, Stopped};
use rapidvec_core::kernels::kernels;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Which matrix a lookup is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Inputs = 0,
    Outputs = 1,
}

/// What all threads read in one step: a lookup for each [`Side`].
pub(super) type Turn = [RwLock<Lookup>; 2];

/// An empty turn.
pub(super) fn turn(vocab_size: usize) -> Turn {
    [(); 2].map(|()| RwLock::new(Lookup::new(vocab_size)))
}

/// What the threads share.
pub(super) struct Team<'a> {
    size: u64,
    turns: &'a [Turn; 2],
    /// Turns of which the leader has said that they will be.
    decided: AtomicU64,
    /// The first turn that will not be.
    end: AtomicU64,
    /// Turns that are ready, for each side.
    ready: [AtomicU64; 2],
    /// Arrivals at meetings, over all threads.
    arrived: AtomicU64,
    /// `boards[i % 2][t]`: what thread t brings to meeting i.
    boards: [Vec<RwLock<Vec<f32>>>; 2],
    stopped: AtomicBool,
}

impl<'a> Team<'a> {
    pub(super) fn new(size: usize, turns: &'a [Turn; 2]) -> Self {
        let board = || (0..size).map(|_| RwLock::default()).collect();
        Self {
            size: size as u64,
            turns,
            decided: AtomicU64::new(0),
            end: AtomicU64::new(u64::MAX),
            ready: [AtomicU64::new(0), AtomicU64::new(0)],
            arrived: AtomicU64::new(0),
            boards: [board(), board()],
            stopped: AtomicBool::new(false),
        }
    }

    /// The leader says whether turn `i` will be.
    pub(super) fn decide(&self, i: u64, goes_on: bool) {
        if !goes_on {
            self.end.store(i, Ordering::Relaxed);
        }
        self.decided.store(i + 1, Ordering::Release);
    }

    /// Whether turn `i` will be, as soon as that is decided.
    pub(super) fn goes_on(&self, i: u64) -> Result<bool, Stopped> {
        self.wait(&self.decided, i + 1)?;
        Ok(i < self.end.load(Ordering::Relaxed))
    }

    /// One side of turn `i`, to write; [`announce`](Self::announce) it afterwards.
    pub(super) fn prepare(&self, i: u64, side: Side) -> RwLockWriteGuard<'_, Lookup> {
        self.lookup(i, side).write().unwrap_or_else(PoisonError::into_inner)
    }

    /// One side of turn `i` is ready.
    pub(super) fn announce(&self, i: u64, side: Side) {
        self.ready[side as usize].store(i + 1, Ordering::Release);
    }

    /// One side of turn `i`, as soon as it is ready.
    pub(super) fn read(&self, i: u64, side: Side) -> Result<RwLockReadGuard<'_, Lookup>, Stopped> {
        self.wait(&self.ready[side as usize], i + 1)?;
        Ok(self.lookup(i, side).read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Both sides of turn `i`, if they are ready already.
    pub(super) fn ready(&self, i: u64) -> Option<[RwLockReadGuard<'_, Lookup>; 2]> {
        let ready = self.ready.iter().all(|ready| ready.load(Ordering::Acquire) > i);
        ready.then(|| {
            [Side::Inputs, Side::Outputs]
                .map(|side| self.lookup(i, side).read().unwrap_or_else(PoisonError::into_inner))
        })
    }

    fn lookup(&self, i: u64, side: Side) -> &RwLock<Lookup> {
        &self.turns[(i % 2) as usize][side as usize]
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
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// One thread's place in the team. The order of `index` is the order of the columns.
pub(super) struct Ranked<'a> {
    team: &'a Team<'a>,
    index: usize,
    meetings: u64,
}

impl<'a> Ranked<'a> {
    pub(super) fn new(team: &'a Team<'a>, index: usize) -> Self {
        Self { team, index, meetings: 0 }
    }
}

impl Drop for Ranked<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.team.stop();
        }
    }
}

impl Columns for Ranked<'_> {
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
