//! Signals to programs that tests have started.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test program uses a part of this

use std::process::{Child, Command, Stdio};

/// Sends a signal that is not ignored: a shell's background jobs ignore Ctrl-C (INT), and so do the programs they start. Then
/// it is TERM, which rapidvec handles in the same way. It is not a failure if the program has ended already.
pub fn signal(child: &Child, name: &str) {
    send(child, if name == "INT" && ctrl_c_is_ignored() { "TERM" } else { name });
}

/// Sends this signal.
pub fn send(child: &Child, name: &str) {
    let _ = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).stderr(Stdio::null()).status();
}

/// As Linux reports it; elsewhere it is assumed to be handled.
fn ctrl_c_is_ignored() -> bool {
    const INT: u32 = 2;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() >> (INT - 1) & 1 == 1)
}
