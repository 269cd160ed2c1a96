//! Signals to programs that tests have started.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test program uses a part of this

use std::process::{Child, Command, Stdio};

/// Sends a signal that is heard: a shell has its background jobs ignore Ctrl-C (INT), and with them all that they start, so
/// also a test's programs. Then it is TERM, which rapidvec takes alike. That the program is over already is no failure.
pub fn signal(child: &Child, name: &str) {
    send(child, if name == "INT" && ctrl_c_is_ignored() { "TERM" } else { name });
}

/// Sends this signal.
pub fn send(child: &Child, name: &str) {
    let _ = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).stderr(Stdio::null()).status();
}

/// Linux tells; elsewhere it is taken to be heard.
fn ctrl_c_is_ignored() -> bool {
    const INT: u32 = 2;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() >> (INT - 1) & 1 == 1)
}
