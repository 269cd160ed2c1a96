//! An error with advice about a flag.

use std::fmt;

/// Said about an error: the whole message, and the part of it that names a flag that helps.
#[derive(Debug)]
pub struct Advised {
    /// In English, but for the advice.
    pub whole: String,
    /// In the current language.
    pub advice: String,
}

impl fmt::Display for Advised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)
    }
}
