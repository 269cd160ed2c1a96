//! When output is coloured, and the styles of the labels before messages.

use anstream::ColorChoice;
use clap::ValueEnum;
use clap::builder::styling::{AnsiColor, Style};

pub const ERROR: Style = AnsiColor::Red.on_default().bold();
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub const NOTE: Style = AnsiColor::Cyan.on_default().bold();

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On terminals; NO_COLOR and CLICOLOR_FORCE are respected
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for clap::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// The value of an option such as `--color`, read before the arguments are parsed: it applies to help and usage errors too.
pub fn early_choice<T: ValueEnum>(args: &[String], flag: &str) -> Option<T> {
    let args: Vec<&str> = args.iter().map(String::as_str).take_while(|arg| *arg != "--").collect();
    let joined = args.iter().filter_map(|arg| arg.strip_prefix(flag)?.strip_prefix('='));
    let apart = args.windows(2).filter(|pair| pair[0] == flag).map(|pair| pair[1]);
    joined.chain(apart).find_map(|value| T::from_str(value, false).ok())
}

/// Turns colours on or off for everything written through [`anstream`] from now on.
pub fn set_color(color: Color) {
    match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_is_found_at_any_position() {
        let words = |args: &str| args.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let choice = |args: &str| early_choice::<Color>(&words(args), "--color").unwrap_or_default();
        assert_eq!(choice("rapidvec --color=never --help"), Color::Never);
        assert_eq!(choice("rapidvec train --color always"), Color::Always);
        assert_eq!(choice("rapidvec train -- --color always"), Color::Auto);
        assert_eq!(choice("rapidvec --color red"), Color::Auto);
    }
}
