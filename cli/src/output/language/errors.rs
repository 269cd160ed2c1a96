//! The common errors of the library in Korean. What is not here is shown in English.

/// The error in Korean, if it is one of the common kinds.
pub fn translated(_error: &anyhow::Error) -> Option<String> {
    None
}
