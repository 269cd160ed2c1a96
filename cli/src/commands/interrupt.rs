//! Ctrl-C, SIGTERM and SIGHUP: who hears them, and what they end where nothing but a file that is being written can be lost.

use crate::output::INTERRUPTED;
use rapidvec::atomic_file::abandon_writes;
use std::io;

/// From now on a signal ends the program without leaving a half-written file.
pub fn listen() {
    // Where it cannot be listened to, a signal ends the program all the same.
    let _ = on_signal(|| end());
}

/// Ends the program and leaves no half-written file. Signals come to a thread of their own, which may wait for a lock.
pub fn end() -> ! {
    let _abandoned = abandon_writes();
    std::process::exit(INTERRUPTED.into())
}

/// From now on calls `handler`, on a thread of its own, for each Ctrl-C, SIGTERM and SIGHUP; but not for those that were to be
/// ignored when the program was started, as `nohup` has it.
#[cfg(unix)]
pub fn on_signal(mut handler: impl FnMut() + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    let heard = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = signal_hook::iterator::Signals::new(heard)?;
    let wait = move || signals.forever().for_each(|_| handler());
    std::thread::Builder::new().name("signals".into()).spawn(wait).map(|_| ())
}

#[cfg(not(unix))]
pub fn on_signal(handler: impl FnMut() + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(handler).map_err(io::Error::other)
}

/// The signals that are ignored, a bit each, where the system tells (Linux).
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
