//! Why a [`Config`](rapidvec_textbook::Config) was refused.

/// Why a configuration was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A number lies outside the range that makes sense.
    #[error("{name} must be {expected}, got {got}")]
    OutOfRange {
        /// The field of `Config`, with dashes as on the command line.
        name: &'static str,
        /// The range, in words.
        expected: &'static str,
        /// The value given.
        got: String,
    },
    /// Kernels that there are not, or not for this CPU.
    #[error("kernel must be one that this CPU can run ({}), got {got}", available.join(", "))]
    Kernel {
        /// Names of those it can run.
        available: Vec<&'static str>,
        /// The name given.
        got: String,
    },
}
