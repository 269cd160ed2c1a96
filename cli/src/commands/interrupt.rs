//! Handles Ctrl-C, SIGTERM and SIGHUP, and ends the program without a half-written file.

use crate::output::INTERRUPTED;
use rapidvec::atomic_file::abandon_writes;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

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
///
/// # Errors
/// The system's, if no thread can be started; signals then do what they did before.
#[cfg(unix)]
pub fn on_signal(mut handler: impl FnMut() + Send + 'static) -> io::Result<()> {
    let (send, receive) = std::sync::mpsc::channel::<signal_hook::iterator::Signals>();
    // The thread first: a signal that is registered and not handled would be ignored.
    let wait = move || receive.iter().for_each(|mut signals| signals.forever().for_each(|_| handler()));
    std::thread::Builder::new().name("signals".into()).spawn(wait)?;
    send.send(signal_hook::iterator::Signals::new(heard())?).map_err(io::Error::other)
}

#[cfg(not(unix))]
pub fn on_signal(handler: impl FnMut() + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(handler).map_err(io::Error::other)
}

/// From now on the first of these signals sets `flag`, and the next ends the program. It needs no thread.
#[cfg(unix)]
pub fn flag_on_signal(flag: &Arc<AtomicBool>) -> io::Result<()> {
    use signal_hook::flag;
    for signal in heard() {
        flag::register_conditional_shutdown(signal, INTERRUPTED.into(), flag.clone())?;
        flag::register(signal, flag.clone())?;
    }
    Ok(())
}

#[cfg(not(unix))]
pub fn flag_on_signal(_: &Arc<AtomicBool>) -> io::Result<()> {
    Ok(())
}

/// The signals that end the program and were not ignored when it started.
#[cfg(unix)]
fn heard() -> impl Iterator<Item = i32> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    [SIGINT, SIGTERM, SIGHUP].into_iter().filter(move |signal| ignored >> (signal - 1) & 1 == 0)
}

/// The ignored signals, one bit each, as Linux reports them; none on other systems.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
