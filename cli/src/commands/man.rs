//! `rapidvec man FOLDER`: a manual page for the program and one for each command.

use anyhow::Context;
use clap::Command;
use clap_mangen::generate_to;
use std::path::PathBuf;

/// Write the manual pages into a folder
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec man ~/.local/share/man/man1")]
pub struct Args {
    /// Folder to write into; created if it is missing
    folder: PathBuf,
}

pub fn run(args: &Args, cli: Command) -> anyhow::Result<()> {
    let folder = || args.folder.display().to_string();
    std::fs::create_dir_all(&args.folder).with_context(folder)?;
    generate_to(cli, &args.folder).with_context(folder)
}
