//! How long a reader takes, and a watchdog for one that never ends.
//!
//! The clock is the thread's own: on a machine that is busy, or was stopped for a while, nothing took longer. A reader that
//! waits has no time of its own, so one that gave no answer for [`MAX_WAIT`] ends the program, with its input.

use std::sync::{Mutex, Once, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// More of the processor's time than this is a hang.
pub const MOST: Duration = Duration::from_secs(5);

/// A wait of this length is one on any machine.
const MAX_WAIT: Duration = Duration::from_secs(180);

/// Who reads what, and since when.
struct Reading {
    thread: ThreadId,
    since: Instant,
    bytes: Vec<u8>,
}

static READINGS: Mutex<Vec<Reading>> = Mutex::new(Vec::new());

/// What `read` returns, and how long this thread calculated for it.
pub fn watched<T>(bytes: &[u8], read: impl FnOnce() -> T) -> (T, Duration) {
    static WATCHER: Once = Once::new();
    WATCHER.call_once(|| drop(thread::spawn(watch)));
    let _reading = Entry::new(bytes);
    let before = processor_time();
    let result = read();
    (result, processor_time().saturating_sub(before))
}

/// A place in the list, given up also where a reader panics.
struct Entry(ThreadId);

impl Entry {
    fn new(bytes: &[u8]) -> Self {
        let thread = thread::current().id();
        readings().push(Reading { thread, since: Instant::now(), bytes: bytes.to_vec() });
        Self(thread)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        readings().retain(|reading| reading.thread != self.0);
    }
}

fn readings() -> std::sync::MutexGuard<'static, Vec<Reading>> {
    READINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch() {
    loop {
        thread::sleep(Duration::from_secs(1));
        if let Some(reading) = endless(&readings(), MAX_WAIT) {
            eprintln!("no answer for {:?}, given {:?}", reading.since.elapsed(), reading.bytes);
            std::process::abort();
        }
    }
}

fn endless(readings: &[Reading], most: Duration) -> Option<&Reading> {
    readings.iter().find(|reading| reading.since.elapsed() > most)
}

#[cfg(unix)]
fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it writes to the `timespec` it is given.
    let done = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(done, 0, "the thread has a clock");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The time on the wall: a busy machine seems slow here.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed()
}

#[test]
fn calculating_counts_and_waiting_does_not() {
    let ((), waited) = watched(b"", || thread::sleep(Duration::from_millis(100)));
    assert!(cfg!(not(unix)) || waited < Duration::from_millis(50), "{waited:?}");
    let ((), calculated) = watched(b"", || {
        let before = processor_time();
        while processor_time() - before < Duration::from_millis(20) {}
    });
    assert!(calculated >= Duration::from_millis(20), "{calculated:?}");
}

#[test]
fn an_input_without_an_answer_is_noticed() {
    let thread = thread::current().id();
    let reading = Reading { thread, since: Instant::now() - Duration::from_millis(5), bytes: b"x".to_vec() };
    assert!(endless(&[reading], Duration::from_secs(60)).is_none());
    let reading = Reading { thread, since: Instant::now() - Duration::from_millis(5), bytes: b"x".to_vec() };
    assert_eq!(endless(&[reading], Duration::from_millis(1)).unwrap().bytes, b"x");
}
