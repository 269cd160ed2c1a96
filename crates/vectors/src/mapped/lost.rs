//! What is said where a mapped file loses its end while it is read.
//!
//! The system tells a program by SIGBUS, which ends it without a word, and Rust has no way to make an error of it: the
//! instruction that read the byte has no result. A program of its own (the command line) can ask for a message and exit
//! code 1 instead, by [`tell_file_faults`]. A library has no right to; it keeps a list of its maps for that.
//!
//! The handler does what a handler may: it reads atomics, writes to stderr, and ends the process. A fault at any other
//! address goes on to whoever handled the signal before, such as the standard library, which tells of stacks that overflow.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// As many maps are watched at a time; a program that has more open gets the bare signal for those.
const MOST: usize = 64;

/// A mapped file, as the handler finds it.
struct Place {
    taken: AtomicBool,
    /// Set last and cleared first: 0 where the rest means nothing.
    end: AtomicUsize,
    start: AtomicUsize,
    message: AtomicPtr<u8>,
    message_length: AtomicUsize,
}

static PLACES: [Place; MOST] = [const {
    Place {
        taken: AtomicBool::new(false),
        end: AtomicUsize::new(0),
        start: AtomicUsize::new(0),
        message: AtomicPtr::new(ptr::null_mut()),
        message_length: AtomicUsize::new(0),
    }
}; MOST];

/// Keeps a map on the list for as long as it lives.
#[derive(Debug)]
pub(super) struct Watched {
    place: Option<usize>,
    /// What the handler's pointer points to.
    _message: Box<[u8]>,
}

impl Watched {
    /// Puts the map of the file at `path` on the list.
    pub fn new(map: &[u8], path: &Path) -> Self {
        let what = "a part of the file cannot be read any more: another program cut it short, or its disk failed";
        let message = format!("error: {}: {what}\n", path.display()).into_bytes().into_boxed_slice();
        let free = |place: &Place| !place.taken.swap(true, Ordering::AcqRel);
        let place = PLACES.iter().position(free);
        if let Some(place) = place.map(|place| &PLACES[place]) {
            let start = map.as_ptr().addr();
            place.message.store(message.as_ptr().cast_mut(), Ordering::Relaxed);
            place.message_length.store(message.len(), Ordering::Relaxed);
            place.start.store(start, Ordering::Relaxed);
            place.end.store(start + map.len(), Ordering::Release);
        }
        Self { place, _message: message }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(place) = self.place.map(|place| &PLACES[place]) {
            place.end.store(0, Ordering::Release);
            place.taken.store(false, Ordering::Release);
        }
    }
}

/// Who handled the signal before.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

/// From now on a mapped file that is cut short while it is read ends this process with a message on stderr that names it,
/// and exit code 1, rather than with SIGBUS; and a write beyond the size that files may have (`ulimit -f`) is an error as on a
/// full disk, rather than SIGXFSZ, which ends the process with its temporary files left. For programs, not for libraries: it
/// sets the process's handlers.
pub fn tell_file_faults() {
    BEFORE.get_or_init(|| {
        // SAFETY: to ignore a signal runs no code of ours.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        // SAFETY: all zeros is a `sigaction`: the default action, no flags, an empty mask. Both pointers are to live ones.
        unsafe {
            let (mut ours, mut before): (libc::sigaction, libc::sigaction) = (std::mem::zeroed(), std::mem::zeroed());
            ours.sa_sigaction = on_bus_error as *const () as usize;
            // On the stack that the standard library set up for the thread, if it did: where there is no handler before
            // ours that needs it, it does no harm.
            ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigaction(libc::SIGBUS, &ours, &mut before); // it cannot fail for this signal
            before
        }
    });
}

extern "C" fn on_bus_error(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the system calls with what a fault happened at, since the handler was set with `SA_SIGINFO`.
    let address = unsafe { (*info).si_addr() }.addr();
    for place in &PLACES {
        let end = place.end.load(Ordering::Acquire);
        let start = place.start.load(Ordering::Relaxed);
        if (start..end).contains(&address) {
            let (message, length) =
                (place.message.load(Ordering::Relaxed), place.message_length.load(Ordering::Relaxed));
            // SAFETY: the map is read at this moment, so that what keeps it, and the message with it, lives. Both calls are
            // allowed in a handler.
            unsafe {
                let _ = libc::write(libc::STDERR_FILENO, message.cast_const().cast(), length);
                libc::_exit(1);
            }
        }
    }
    hand_on(signal, info, context);
}

/// Does what would have been done without us.
fn hand_on(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let before = BEFORE.get().filter(|before| ![libc::SIG_DFL, libc::SIG_IGN].contains(&before.sa_sigaction));
    // SAFETY: a handler that is neither of the two is a function, of the kind that its flags say, and is called with what
    // the system gave. Without one the default comes back, and ends the process as the instruction is tried again.
    unsafe {
        match before {
            Some(before) if before.sa_flags & libc::SA_SIGINFO != 0 => {
                let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) =
                    std::mem::transmute(before.sa_sigaction);
                handler(signal, info, context);
            }
            Some(before) => {
                let handler: extern "C" fn(c_int) = std::mem::transmute(before.sa_sigaction);
                handler(signal);
            }
            None => {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(map: &[u8]) -> bool {
        let at = map.as_ptr().addr();
        PLACES.iter().any(|place| place.end.load(Ordering::Acquire) == at + map.len())
    }

    #[test]
    fn a_map_is_on_the_list_while_it_lives_and_more_than_fit_do_no_harm() {
        let maps: Vec<Vec<u8>> = (0..2 * MOST).map(|i| vec![0; 100 + i]).collect();
        let first = Watched::new(&maps[0], Path::new("a"));
        assert!(watched(&maps[0]));
        let all: Vec<_> = maps.iter().map(|map| Watched::new(map, Path::new("b"))).collect();
        assert!(all.iter().any(|watched| watched.place.is_none()));
        drop(all);
        assert!(watched(&maps[0]) && !watched(&maps[MOST + 1]));
        drop(first);
        assert!(!watched(&maps[0]));
    }
}
