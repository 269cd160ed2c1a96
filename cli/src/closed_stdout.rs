//! Whether standard output was closed when the program started (`rapidvec info MODEL >&-`).
//!
//! Rust opens the null device in place of a closed standard stream before `main` runs, and takes what is written to a closed one
//! for written, so that results would be lost with exit code 0. `main.rs` therefore looks before Rust does.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Looks whether it is closed. Allocates nothing, so that it may run before `main`.
pub fn look() {
    // SAFETY: it only reads the descriptor's flags, and is allowed to fail.
    if unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) } == -1 {
        CLOSED.store(true, Ordering::Relaxed);
    }
}

/// Whether it was closed when somebody looked.
pub fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}
