//! Handles Ctrl-C, SIGTERM and SIGHUP, and ends the program without a half-written file.

use crate::output::INTERRUPTED;
use rapidvec::atomic_file::abandon_writes;
use std::io;

/// From now on a signal ends the program without leaving a half-written file.
pub fn listen() {
    // If listening fails, a signal still ends the program.
    let _ = on_signal(|| end());
}

/// Ends the program without leaving a half-written file. Signals have their own thread, which may wait for a lock.
pub fn end() -> ! {
    let _abandoned = abandon_writes();
    std::process::exit(INTERRUPTED.into())
}

/// From now on calls `handler`, on its own thread, for each Ctrl-C, SIGTERM and SIGHUP; except those that were
/// ignored when the program started, as by `nohup`.
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

/// The ignored signals, one bit each, as Linux reports them; none on other systems.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
