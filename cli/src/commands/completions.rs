//! `rapidvec completions SHELL`: the script that lets a shell complete commands and flags.

use crate::output::to_stdout;
use clap::Command;
use clap_complete::{Shell, generate};

/// Write a shell's completion script to standard output
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec completions bash > ~/.local/share/bash-completion/completions/rapidvec
  rapidvec completions zsh > ~/.zfunc/_rapidvec
  rapidvec completions fish > ~/.config/fish/completions/rapidvec.fish")]
pub struct Args {
    /// The shell to complete in
    shell: Shell,
}

pub fn run(args: &Args, mut cli: Command) -> anyhow::Result<()> {
    let mut script = Vec::new();
    generate(args.shell, &mut cli, "rapidvec", &mut script);
    to_stdout(|out| out.write_all(&script))
}
