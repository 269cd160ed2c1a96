//! `rapidvec`: train word vectors, query them.

#![deny(unsafe_code)]

mod commands;
#[cfg(unix)]
mod file_faults;
mod hints;
mod output;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use std::fmt::Display;
use std::process::ExitCode;

/// Word vectors, learned fast: train them, query them.
#[derive(Parser)]
#[command(name = "rapidvec", version, about, propagate_version = true, arg_required_else_help = true)]
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

impl Command {
    /// Whether it writes files, and nothing else is lost when it is stopped; training listens to signals itself.
    fn writes_a_file(&self) -> bool {
        #[cfg(feature = "ann")]
        if let Command::Index(_) = self {
            return true;
        }
        matches!(
            self,
            Command::Embed(_) | Command::Convert(_) | Command::Map(_) | Command::Project(_) | Command::Vocab(_)
        )
    }
}

/// Ends the program as clap does when an argument of a subcommand is wrong: its usage, and exit code 2.
fn wrong_usage(subcommand: &str, message: impl Display) -> ! {
    let mut cli = Cli::command();
    cli.build(); // so that the subcommand knows its full name
    let command = cli.find_subcommand_mut(subcommand);
    command.map_or_else(Cli::command, |command| command.clone()).error(ErrorKind::ValueValidation, message).exit()
}

fn main() -> ExitCode {
    #[cfg(unix)]
    file_faults::report();
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    if let Err(error) = hints::check(&args, &Cli::command()) {
        return output::report(&error.into());
    }
    let command = Cli::parse().command;
    if command.writes_a_file() {
        commands::interrupt::listen();
    }
    let outcome = match command {
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
