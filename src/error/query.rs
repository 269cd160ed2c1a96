//! See [`QueryError`].

/// Placeholder until the module that fails this way is written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {}
