//! `quickvec`: train word vectors, query them.
#![forbid(unsafe_code)]

mod commands;
mod output;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Word vectors, learned fast: train them, query them.
#[derive(Parser)]
#[command(name = "quickvec", version, about, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Train(Box<commands::train::Args>),
    Similar(commands::similar::Args),
    Analogy(commands::analogy::Args),
    Odd(commands::odd::Args),
    Similarity(commands::similarity::Args),
    Rank(commands::rank::Args),
    #[cfg(feature = "ann")]
    Index(commands::index::Args),
    Eval(commands::eval::Args),
    Embed(commands::embed::Args),
    Convert(commands::convert::Args),
    Info(commands::info::Args),
    Map(commands::map::Args),
    Project(commands::project::Args),
    Verify(commands::verify::Args),
    Vocab(commands::vocab::Args),
}

fn main() -> ExitCode {
    quickvec::vectors::exit_if_a_mapped_file_is_lost();
    let outcome = match Cli::parse().command {
        Command::Train(args) => commands::train::run(*args),
        Command::Similar(args) => commands::similar::run(&args),
        Command::Analogy(args) => commands::analogy::run(&args),
        Command::Odd(args) => commands::odd::run(&args),
        Command::Similarity(args) => commands::similarity::run(&args),
        Command::Rank(args) => commands::rank::run(&args),
        #[cfg(feature = "ann")]
        Command::Index(args) => commands::index::run(&args),
        Command::Eval(args) => commands::eval::run(&args),
        Command::Embed(args) => commands::embed::run(&args),
        Command::Convert(args) => commands::convert::run(&args),
        Command::Info(args) => commands::info::run(&args),
        Command::Map(args) => commands::map::run(&args),
        Command::Project(args) => commands::project::run(&args),
        Command::Verify(args) => commands::verify::run(&args),
        Command::Vocab(args) => commands::vocab::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output::report(&error),
    }
}
