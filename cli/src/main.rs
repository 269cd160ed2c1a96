//! `rapidvec`: train word vectors, query them.

use std::process::ExitCode;

fn main() -> ExitCode {
    rapidvec_cli::run(std::env::args_os().collect()).into()
}

/// Runs before Rust opens the null device in place of a closed standard output.
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod before_main {
    #![allow(unsafe_code)]

    extern "C" fn look() {
        rapidvec_cli::look_at_stdout();
    }

    // SAFETY: the section holds functions without parameters that are called once at the start, before other threads exist;
    // this one needs nothing of Rust's runtime.
    #[used]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
    static LOOK: extern "C" fn() = look;
}
