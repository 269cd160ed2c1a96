//! Why a configuration is refused.

/// Why a configuration is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A number is out of range.
    #[error("{name} must be {expected}, got {got}")]
    OutOfRange {
        /// The setting, with dashes between words.
        name: &'static str,
        /// The range, in words.
        expected: &'static str,
        /// The value given.
        got: String,
    },
    /// Kernels that do not exist, or that this CPU cannot run.
    #[error("kernel must be one this CPU can run ({}), got {got}", available.join(", "))]
    Kernel {
        /// The names of those it can run.
        available: Vec<&'static str>,
        /// The name given.
        got: String,
    },
}
