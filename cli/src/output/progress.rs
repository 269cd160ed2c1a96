//! How progress is shown.

use super::stream::is_quiet;
use clap::ValueEnum;
use std::io::IsTerminal;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProgressMode {
    /// A bar on a terminal, a few lines per epoch elsewhere
    Auto,
    /// A bar, and a line per epoch
    Bar,
    /// A line for every average loss
    Lines,
    /// Nothing, and no sample queries at the end
    None,
}

impl ProgressMode {
    /// Whether to show a bar.
    pub fn is_bar(self) -> bool {
        match self {
            _ if is_quiet() => false,
            ProgressMode::Auto => std::io::stderr().is_terminal(),
            ProgressMode::Bar => true,
            ProgressMode::Lines | ProgressMode::None => false,
        }
    }
}
