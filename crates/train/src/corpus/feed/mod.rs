//! Makes a corpus of tokens in memory, without changing them.

mod pieces;
mod table;
#[cfg(test)]
mod tests;
mod tokens;

pub use pieces::{FeedProgress, Feeds};
pub use tokens::Feed;
