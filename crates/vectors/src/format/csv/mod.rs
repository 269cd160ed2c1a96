//! Tables of vectors: CSV and its relatives, a row for each word.
//!
//! Fields are separated by commas, semicolons, bars or tabs, and may be in quotes. The first row may name the columns. One column
//! has the words: that with a common name, otherwise the first whose fields are not numbers; whole numbers before it, as pandas
//! writes for its index, are left out. All columns after it are numbers; or there is one column, with a list in it: `[0.1, 0.2]`,
//! also as NumPy prints it. With semicolons between fields a comma may be the decimal point.

mod fields;
mod layout;
mod read;

pub(super) use layout::is_one;
pub use read::read;
