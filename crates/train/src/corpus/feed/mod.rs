//! Tokens in memory, taken as they are, become a corpus.

mod pieces;
mod table;
#[cfg(test)]
mod tests;
mod tokens;

pub use pieces::{FeedProgress, Feeds};
pub use tokens::Feed;
