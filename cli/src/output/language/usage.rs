//! The argument parser's errors in Korean.

use super::message;
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error as _;

/// The error in Korean, with the usage; `None` for help, version and rare kinds, which clap prints itself.
pub fn translated(error: &Error) -> Option<String> {
    let get = |kind| error.get(kind).map(shown).filter(|text| !text.is_empty());
    let arg = get(ContextKind::InvalidArg).unwrap_or_default();
    let problem = match error.kind() {
        ErrorKind::InvalidValue => match get(ContextKind::InvalidValue) {
            Some(value) => message::invalid_value(value, arg, ""),
            None => message::value_missing(arg),
        },
        ErrorKind::ValueValidation => {
            let reason = error.source().map(|reason| format!(": {reason}")).unwrap_or_default();
            message::invalid_value(get(ContextKind::InvalidValue)?, arg, reason)
        }
        ErrorKind::UnknownArgument => message::unknown_argument(arg),
        ErrorKind::InvalidSubcommand => message::unknown_command(get(ContextKind::InvalidSubcommand)?),
        ErrorKind::MissingRequiredArgument => message::argument_missing(arg),
        ErrorKind::ArgumentConflict => match get(ContextKind::PriorArg)? {
            same if same == arg => message::argument_repeated(arg),
            other => message::argument_conflict(arg, other),
        },
        _ => return None,
    };
    let valid = get(ContextKind::ValidValue).map(message::valid_values);
    let suggestions = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let similar = suggestions.into_iter().find_map(get).map(message::did_you_mean);
    let usage = get(ContextKind::Usage).map(|usage| usage.replacen("Usage:", &message::usage(), 1));
    let lines = [Some(problem), valid, similar, usage, Some(message::see_help())];
    Some(lines.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(all) => all.join(", "),
        ContextValue::StyledStrs(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ContextValue::None => String::new(),
        other => other.to_string(),
    }
}
