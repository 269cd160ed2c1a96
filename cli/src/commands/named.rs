//! Names of library values on the command line.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// A type whose values flags name.
pub trait Named: Copy + PartialEq + Send + Sync + 'static {
    /// Every value, its name, and its help; no help if the flag's own line lists the names.
    const NAMES: &'static [(Self, &'static str, &'static str)];

    /// Its name.
    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(value, ..)| *value == self).map_or("another", |(_, name, _)| name)
    }
}

/// For clap's `value_parser`.
pub fn named<T: Named>() -> impl TypedValueParser<Value = T> {
    let values = T::NAMES.iter().map(|(_, name, help)| {
        let value = PossibleValue::new(*name);
        if help.is_empty() { value } else { value.help(*help) }
    });
    PossibleValuesParser::new(values).try_map(|given| {
        T::NAMES.iter().find(|(_, name, _)| *name == given).map(|(value, ..)| *value).ok_or("no such value")
    })
}
