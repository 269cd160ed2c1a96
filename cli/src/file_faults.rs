//! The message if a mapped file is truncated while it is read.
//!
//! The system reports that by SIGBUS, which ends a program without a message, and Rust cannot turn it into an error: the
//! instruction that read the byte has no result. A program can print a message and exit with code 1 instead. (A library
//! must not: signal handlers belong to the program.)
//!
//! The handler does only what a handler may: it looks the address up in `/proc/self/maps` to name the file, writes to stderr
//! and ends the process. A fault at an address outside of any file is passed on to the previous handler, such as the
//! standard library's, which reports stack overflows. Limit: only Linux has such a list; other systems end with the signal.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;

/// The handler before ours.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

/// From now on a mapped file that is truncated while it is read ends this process with a message on stderr that names it,
/// and exit code 1, rather than with SIGBUS. And a write beyond the size that files may have (`ulimit -f`) is an error, as on a
/// full disk, rather than SIGXFSZ, which would end the process and leave its temporary files behind.
pub fn report() {
    BEFORE.get_or_init(|| {
        // SAFETY: ignoring a signal runs no code of ours.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        // SAFETY: all zeros is a `sigaction`: the default action, no flags, an empty mask. Both pointers are to live ones.
        unsafe {
            let (mut ours, mut before): (libc::sigaction, libc::sigaction) = (std::mem::zeroed(), std::mem::zeroed());
            ours.sa_sigaction = on_bus_error as *const () as usize;
            // On the stack that the standard library set up for the thread, if it did.
            ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigaction(libc::SIGBUS, &ours, &mut before); // it cannot fail for this signal
            before
        }
    });
}

extern "C" fn on_bus_error(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the system passes the address of the fault, since the handler was set with `SA_SIGINFO`.
    let address = unsafe { (*info).si_addr() }.addr();
    let mut line = Line::default();
    if line.find(address) {
        print(b"error: ");
        print(line.path());
        print(b": a part of the file can no longer be read: another program truncated it, or its disk failed\n");
        // SAFETY: allowed in a handler.
        unsafe { libc::_exit(1) };
    }
    pass_on(signal, info, context);
}

fn print(bytes: &[u8]) {
    // SAFETY: allowed in a handler; the pointer and length are those of a slice.
    let _ = unsafe { libc::write(libc::STDERR_FILENO, bytes.as_ptr().cast(), bytes.len()) };
}

/// A line of `/proc/self/maps`: `start-end permissions offset device inode path`. A longer line is cut: a handler's
/// stack is small.
struct Line {
    bytes: [u8; 1024],
    length: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self { bytes: [0; 1024], length: 0 }
    }
}

impl Line {
    /// Reads the line of the file that is mapped at `address`. No memory is allocated.
    fn find(&mut self, address: usize) -> bool {
        // SAFETY: allowed in a handler; the name ends with a NUL.
        let maps = unsafe { libc::open(c"/proc/self/maps".as_ptr(), libc::O_RDONLY) };
        let mut some = [0; 256];
        loop {
            // SAFETY: allowed in a handler; the buffer has that length.
            let length = unsafe { libc::read(maps, some.as_mut_ptr().cast(), some.len()) };
            let Some(read) = usize::try_from(length).ok().filter(|&length| length > 0) else { return false };
            for &byte in &some[..read] {
                if byte != b'\n' {
                    self.push(byte);
                } else if self.covers(address) {
                    return self.path().starts_with(b"/");
                } else {
                    self.length = 0;
                }
            }
        }
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn covers(&self, address: usize) -> bool {
        let mut ends = self.bytes[..self.length].split(|&byte| byte == b'-' || byte == b' ').map(hexadecimal);
        matches!((ends.next(), ends.next()), (Some(start), Some(end)) if (start..end).contains(&address))
    }

    /// The sixth field, which may hold spaces; empty if no file is mapped.
    fn path(&self) -> &[u8] {
        let line = &self.bytes[..self.length];
        let path = line.iter().position(|&byte| byte == b'/').map_or(&[][..], |start| &line[start..]);
        path.strip_suffix(b" (deleted)").unwrap_or(path)
    }
}

fn hexadecimal(digits: &[u8]) -> usize {
    digits.iter().fold(0, |number, &digit| number << 4 | char::from(digit).to_digit(16).unwrap_or(0) as usize)
}

/// Does what would have happened without this handler.
fn pass_on(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let before = BEFORE.get().filter(|before| ![libc::SIG_DFL, libc::SIG_IGN].contains(&before.sa_sigaction));
    // SAFETY: a handler that is neither of the two is a function, of the kind that its flags say, and is called with what
    // the system passed. Without one, the default is restored, and ends the process when the instruction is retried.
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

    fn line(text: &str) -> Line {
        let mut line = Line::default();
        text.bytes().for_each(|byte| line.push(byte));
        line
    }

    #[test]
    fn a_line_of_the_maps_has_a_range_and_a_path() {
        let mapped = line("7f00a000-7f00c000 r--p 00000000 fd:00 1234      /home/me/my model.safetensors (deleted)");
        assert!(mapped.covers(0x7f00_a000) && mapped.covers(0x7f00_bfff));
        assert!(!mapped.covers(0x7f00_9fff) && !mapped.covers(0x7f00_c000));
        assert_eq!(mapped.path(), b"/home/me/my model.safetensors");
        assert_eq!(line("7f00a000-7f00c000 rw-p 00000000 00:00 0").path(), b"");
        assert!(line(&"x".repeat(10_000)).path().is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_of_no_file_is_not_named() {
        let stack = 1;
        let mut found = Line::default();
        assert!(!found.find((&raw const stack).addr()));
    }
}
