//! Processes that work together: sums, merged rows, bytes and barriers over TCP, by the standard library alone.
//!
//! N processes, *ranks* from 0 to N - 1, form a [`Group`]. They find each other by a list of addresses or at the address of rank 0; who does
//! not have the [`Token`] of the job does not get in. All ranks then call the same operations in the same order. Each waits for the others at
//! most [`Waits::answer`]; a process that ends is noticed at once. After an error a group is of no use: drop it, so that the others
//! notice too, and start a new one.
//!
//! Sums are added in a fixed order, so the same numbers give the same bits, on all ranks and every time.
//!
//! What is sent is neither encrypted nor authenticated beyond the token: use a network that is trusted.
//!
//! ```
//! use rapidvec_core::collective::{Group, Seat, Token, Waits};
//!
//! let token = Token::new("0123456789abcdef")?;
//! let mut alone = Group::at_root("127.0.0.1:0", Seat { rank: 0, size: 1 }, &token, Waits::default())?;
//! let mut numbers = [1.0, 2.0];
//! alone.sum(&mut numbers)?;
//! assert_eq!(numbers, [1.0, 2.0]);
//! # Ok::<(), rapidvec_core::collective::CollectiveError>(())
//! ```

mod door;
mod error;
mod group;
mod hello;
mod link;
mod ring;
mod rows;
#[cfg(test)]
mod tests;
mod token;

pub use door::Door;
pub use error::{CollectiveError, Refusal};
pub use group::{Group, Seat, Waits};
pub use rows::{RowChanges, RowSums};
pub use token::Token;
