//! The textbook.
