//! The program `rapidvec`: train word vectors, query them. A library, so that the Python package runs the same program.

#![deny(unsafe_code)]

#[cfg(unix)]
mod closed_stdout;
mod commands;
#[cfg(unix)]
mod file_faults;
mod help;
mod hints;
mod output;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};
use output::{Color, Language};
use std::ffi::OsString;
use std::io::Write;

/// Train word vectors and query them
#[derive(Parser)]
#[command(name = "rapidvec", version, propagate_version = true, arg_required_else_help = true)]
#[command(styles = help::STYLES, after_long_help = help::AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

/// The options that every command has.
#[derive(clap::Args)]
struct Global {
    /// Print results and errors only: no progress, no notes
    #[arg(short, long, global = true, action = ArgAction::SetTrue, help_heading = help::GLOBAL)]
    quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, hide_short_help = true)]
    #[arg(help_heading = help::GLOBAL)]
    color: Color,
    /// Language of messages [default: ko in a Korean locale, else en]
    #[arg(long, global = true, value_enum, hide_short_help = true, help_heading = help::GLOBAL)]
    lang: Option<Language>,
}

#[derive(Subcommand)]
enum Command {
    Train(Box<commands::train::Args>),
    Vocab(commands::vocab::Args),
    Phrases(commands::phrases::Args),
    Similar(commands::similar::Args),
    Analogy(commands::analogy::Args),
    Odd(commands::odd::Args),
    Similarity(commands::similarity::Args),
    Rank(commands::rank::Args),
    Synonyms(commands::synonyms::Args),
    Weat(commands::weat::Args),
    Axis(commands::axis::Args),
    Align(commands::align::Args),
    Average(commands::average::Args),
    Embed(commands::embed::Args),
    Eval(commands::eval::Args),
    Convert(commands::convert::Args),
    Project(commands::project::Args),
    #[cfg(feature = "ann")]
    Index(commands::index::Args),
    Verify(commands::verify::Args),
    Formats(commands::formats::Args),
    #[cfg(feature = "gpu")]
    Devices(commands::devices::Args),
    Info(commands::info::Args),
    Map(commands::map::Args),
    Plot(commands::plot::Args),
    #[command(hide = true)]
    Completions(commands::completions::Args),
    #[command(hide = true)]
    Man(commands::man::Args),
}

impl Command {
    /// Whether an interrupt can only leave a half-written file behind; `train` handles signals itself.
    fn writes_a_file(&self) -> bool {
        #[cfg(feature = "ann")]
        if let Command::Index(_) = self {
            return true;
        }
        matches!(
            self,
            Command::Embed(_)
                | Command::Align(_)
                | Command::Average(_)
                | Command::Convert(_)
                | Command::Map(_)
                | Command::Plot(_)
                | Command::Project(_)
                | Command::Vocab(_)
                | Command::Phrases(_)
        )
    }

    fn run(self) -> anyhow::Result<()> {
        match self {
            Command::Train(args) => commands::train::run(*args),
            Command::Vocab(args) => commands::vocab::run(&args),
            Command::Phrases(args) => commands::phrases::run(&args),
            Command::Similar(args) => commands::similar::run(&args),
            Command::Analogy(args) => commands::analogy::run(&args),
            Command::Odd(args) => commands::odd::run(&args),
            Command::Similarity(args) => commands::similarity::run(&args),
            Command::Rank(args) => commands::rank::run(&args),
            Command::Synonyms(args) => commands::synonyms::run(&args),
            Command::Weat(args) => commands::weat::run(&args),
            Command::Axis(args) => commands::axis::run(&args),
            Command::Align(args) => commands::align::run(&args),
            Command::Average(args) => commands::average::run(&args),
            Command::Embed(args) => commands::embed::run(&args),
            Command::Eval(args) => commands::eval::run(&args),
            Command::Convert(args) => commands::convert::run(&args),
            Command::Project(args) => commands::project::run(&args),
            #[cfg(feature = "ann")]
            Command::Index(args) => commands::index::run(&args),
            Command::Verify(args) => commands::verify::run(&args),
            Command::Formats(args) => commands::formats::run(&args),
            #[cfg(feature = "gpu")]
            Command::Devices(args) => commands::devices::run(&args),
            Command::Info(args) => commands::info::run(&args),
            Command::Map(args) => commands::map::run(&args),
            Command::Plot(args) => commands::plot::run(&args),
            Command::Completions(args) => commands::completions::run(&args, command()),
            Command::Man(args) => commands::man::run(&args, command()),
        }
    }
}

/// The whole command line, for parsing, completion and documentation.
fn command() -> clap::Command {
    help::grouped(Cli::command())
}

/// Parses the arguments. Help and usage errors end the program here.
fn parse(args: Vec<OsString>, color: Color) -> Cli {
    let matches = command().color(color.into()).try_get_matches_from(args);
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| output::refuse(&error))
}

/// Looks whether standard output is closed: results that have nowhere to go are then an error. Rust's runtime hides it, so a
/// program calls this before `main`; where Rust's runtime does not start the program, [`run`] is early enough.
pub fn look_at_stdout() {
    #[cfg(unix)]
    closed_stdout::look();
}

/// Runs the program with these arguments, of which the first is the program's name, and returns the exit status: 0 for success,
/// 1 for a failure, 2 for wrong usage, 130 after Ctrl-C. Help, usage errors and a second Ctrl-C end the process at once.
pub fn run(args: Vec<OsString>) -> u8 {
    look_at_stdout();
    #[cfg(unix)]
    file_faults::report();
    let shown: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let color = output::early_choice(&shown, "--color").unwrap_or_default();
    output::set_color(color);
    if let Some(language) = output::early_choice::<Language>(&shown, "--lang") {
        language.use_from_now_on();
    }
    if let Err(error) = hints::check(&shown, &Cli::command()) {
        return output::report(&error.into());
    }
    if let Some(text) = help::of_command(&command(), &shown) {
        let _ = write!(anstream::stdout(), "{}", text.ansi()); // nobody reads the output any more
        return output::SUCCESS;
    }
    let Cli { command, global } = parse(args, color);
    output::set_quiet(global.quiet);
    if command.writes_a_file() {
        commands::interrupt::listen();
    }
    match command.run() {
        Ok(()) => output::SUCCESS,
        Err(error) => output::report(&error),
    }
}
