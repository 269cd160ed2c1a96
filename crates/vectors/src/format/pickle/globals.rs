//! The functions and classes that a file of vectors may name.

use crate::error::PickleError;

/// Everything a pickle may name. The list is closed: add a name only if it is harmless.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Global {
    Reconstruct,
    FromBuffer,
    NdArray,
    Dtype,
    Scalar,
    Encode,
    OrderedDict,
}

impl Global {
    /// The function or class called `name` in `module`, if it is allowed.
    pub(super) fn find(module: &str, name: &str) -> Result<Global, PickleError> {
        Ok(match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Global::Reconstruct,
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Global::Scalar,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Global::FromBuffer,
            ("numpy", "ndarray") => Global::NdArray,
            ("numpy", "dtype") => Global::Dtype,
            ("_codecs", "encode") => Global::Encode,
            ("collections", "OrderedDict") => Global::OrderedDict,
            _ => return Err(PickleError::ForbiddenGlobal { name: short(&format!("{}.{}", cut(module), cut(name))) }),
        })
    }
}

/// The first 100 characters: a message must not grow with the file.
pub(super) fn cut(text: &str) -> &str {
    text.char_indices().nth(100).map_or(text, |(end, _)| &text[..end])
}

/// The same, with everything escaped that a terminal could mistake for a command.
pub(super) fn short(text: &str) -> String {
    cut(text).escape_debug().to_string()
}
