//! What a pickle holds: the chapter's dictionary, words with their vectors, or a model of another program.

use super::input::Input;
use super::value::{Heap, Value};
use super::{machine, textbook, words};
use crate::error::{FormatError, PickleError};
use crate::format::{OpenOptions, OpenReport, VectorTable};

/// Reads words and vectors, running nothing in the file: the chapter's dictionary; a dictionary of words and vectors; a
/// pair of words and a matrix, in either order; a list of words and vectors.
///
/// Numbers of 8 bytes are rounded to 4. Rejecting a file takes less memory than its length and 16 MB, not counting `bytes`; this
/// limit also rejects more than half a million words with fewer than 20 numbers each, and some 20 MB in protocol 0.
///
/// # Errors
/// [`PickleError`] in [`FormatError::Pickle`] if the pickle names anything but NumPy's arrays and classes of
/// gensim, is damaged, truncated or nested too deeply, or if its words and vectors do not fit together;
/// [`FormatError::Empty`] for a limit of 0.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let (root, mut heap) = machine::run(bytes)?;
    let is_chapters = heap.pairs(root).is_some_and(|pairs| textbook::is_one(&heap, pairs));
    if !is_chapters && words::holds_some(&heap, root) {
        return words::read(&mut heap, root, options);
    }
    if !is_chapters && heap.pairs(root).is_some() {
        return Err(PickleError::NoVectors { got: "another dictionary" }.into());
    }
    let table = textbook::read(&mut heap, root)?;
    words::first_rows(table, options)
}

/// Whether `bytes` look like a Python pickle, of vectors or not. [`read`] says why one is rejected.
pub fn looks_like_pickle(bytes: &[u8]) -> bool {
    match bytes {
        // A safetensors file whose header is 1,152 bytes long begins with 80 04, too; its header with a brace.
        [0x80, _, _, _, _, 0, 0, 0, b'{', ..] => false,
        [0x80, 2..=5, first, ..] => b"\x95}](cNKJMXCB)\x8c\x8d\x8e\x88\x89".contains(first),
        [b'(' | b'}' | b']', b'd' | b'l' | b'q' | b'(' | b'p', .., b'.'] => true,
        [b'c' | b'(', .., b'.'] => names_a_function(bytes),
        _ => false,
    }
}

/// Protocol 0: `c`, a module and a name, each on its own line.
fn names_a_function(bytes: &[u8]) -> bool {
    let start = usize::from(bytes.starts_with(b"("));
    let mut input = Input::new(&bytes[start..]);
    let mut is_name = || {
        let line = input.line().unwrap_or_default();
        !line.is_empty() && line.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
    };
    matches!(bytes[start], b'c' | b'i') && is_name() && is_name()
}

/// The class of the outermost object, if it is one.
pub(super) fn class_of<'a>(heap: &Heap<'a>, root: Value) -> Option<(&'a str, &'a str)> {
    match heap.body(root) {
        Some(super::value::Body::Object(class, _)) => Some(heap.class(*class)),
        _ => None,
    }
}
