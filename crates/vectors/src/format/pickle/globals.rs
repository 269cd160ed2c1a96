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
    DefaultDict,
    Set,
    Reconstructor,
    /// A class of random numbers, whose objects are not needed.
    Random,
    /// A name that a model holds as a value (its hash function, the type of its numbers) and that must not be called.
    Value(Inert),
}

/// A name that may be in a file, but not be called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Inert {
    Hash,
    Int,
    Long,
    Float,
    Str,
    Object,
    Numpy,
}

impl Inert {
    /// What to call it in a message.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hash => "builtins.hash",
            Self::Int => "builtins.int",
            Self::Long => "builtins.long",
            Self::Float => "builtins.float",
            Self::Str => "builtins.str",
            Self::Object => "builtins.object",
            Self::Numpy => "a number type of numpy",
        }
    }
}

impl Global {
    /// The function or class called `name` in `module`, if it is allowed.
    pub(super) fn find(module: &str, name: &str) -> Result<Global, PickleError> {
        Ok(match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Global::Reconstruct,
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Global::Scalar,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Global::FromBuffer,
            ("numpy", "ndarray" | "memmap") => Global::NdArray,
            ("numpy.core.memmap" | "numpy._core.memmap", "memmap") => Global::NdArray,
            ("numpy", "dtype") => Global::Dtype,
            ("_codecs", "encode") => Global::Encode,
            ("collections", "OrderedDict") => Global::OrderedDict,
            ("collections", "defaultdict") => Global::DefaultDict,
            ("copyreg" | "copy_reg", "_reconstructor") => Global::Reconstructor,
            ("builtins" | "__builtin__", name) => match name {
                "set" | "frozenset" => Global::Set,
                "hash" => Global::Value(Inert::Hash),
                "int" => Global::Value(Inert::Int),
                "long" => Global::Value(Inert::Long),
                "float" => Global::Value(Inert::Float),
                "str" | "unicode" => Global::Value(Inert::Str),
                "object" => Global::Value(Inert::Object),
                _ => return Err(Self::forbidden(module, name)),
            },
            ("numpy", "float16" | "float32" | "float64" | "int32" | "int64" | "uint32" | "uint64") => {
                Global::Value(Inert::Numpy)
            }
            ("numpy.random", "__RandomState_ctor")
            | ("numpy.random._pickle", "__randomstate_ctor" | "__bit_generator_ctor" | "__generator_ctor")
            | ("numpy.random.mtrand", "RandomState")
            | ("numpy.random._mt19937", "MT19937")
            | ("numpy.random._pcg64", "PCG64") => Global::Random,
            ("numpy.random._generator", "Generator") => Global::Random,
            _ => return Err(Self::forbidden(module, name)),
        })
    }

    /// Whether it is a name of gensim: a class, whose objects are read as data, or a function that a model only holds.
    pub(super) fn is_of_a_model(module: &str, name: &str) -> bool {
        let is_name = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        module.split('.').next() == Some("gensim") && module.split('.').all(is_name) && is_name(name)
    }

    pub(super) fn forbidden(module: &str, name: &str) -> PickleError {
        PickleError::ForbiddenGlobal { name: short(&format!("{}.{}", cut(module), cut(name))) }
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
