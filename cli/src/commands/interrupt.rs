//! Ctrl-C, SIGTERM and SIGHUP where nothing but a file that is being written can be lost.
#![forbid(unsafe_code)]

use crate::output::INTERRUPTED;
use quickvec::file::abandon_writes;

/// From now on a signal ends the program without leaving a half-written file.
pub fn listen() {
    // Where it cannot be listened to, a signal ends the program all the same.
    let _ = ctrlc::set_handler(|| end());
}

/// Ends the program and leaves no half-written file. Signals come to a thread of their own, which may wait for a lock.
pub fn end() -> ! {
    let _abandoned = abandon_writes();
    std::process::exit(INTERRUPTED.into())
}
