//! `rapidvec`: train word vectors, query them.

use std::process::ExitCode;

fn main() -> ExitCode {
    rapidvec_cli::run(std::env::args_os().collect()).into()
}
