//! The built-in corpus: small-town and newspaper English, made from a seed.
//!
//! It lets `rapidvec train` show something sensible with nothing to download. A grammar of our own writes the sentences;
//! the analogies it supports are nowhere spelled out. As in any language, tense, number, gender and degree each leave
//! their marks on the words around (`yesterday`, `these`, `she`, `than`), while what a verb is done to, or what a noun
//! does, marks the word itself. Words that stand in one relation therefore differ in their contexts alike.
//!
//! It is a toy: some 1,600 words, few constructions, short memory. Use it to see that training works, not how well.

mod corpus;
mod grammar;
mod lexicon;
mod phrases;
#[cfg(test)]
mod tests;

pub use corpus::corpus;
pub use grammar::{DEFAULT_SEED, text};
