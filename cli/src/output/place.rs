//! The destination of a result: a file that appears whole, or standard output, named `-`.

use super::exit::UsageError;
use super::language::message as messages;
use super::stream::to_stdout;
use rapidvec::atomic_file::{self, Existing};
use rapidvec::vectors::format::write_packed;
use std::io::{self, Write};
use std::path::Path;

/// The destination of a result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place<'p> {
    Stdout,
    File(&'p Path),
}

impl<'p> Place<'p> {
    /// The destination that a user named. A file called `-` is `./-`.
    pub fn named(path: &'p Path) -> Self {
        if path == Path::new("-") { Self::Stdout } else { Self::File(path) }
    }

    /// Checks that it can be written.
    pub fn check(self, force: bool) -> rapidvec::Result<()> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(path) => Ok(atomic_file::check(path, Existing::replace_if(force))?),
        }
    }

    /// The same for results that must be a file.
    pub fn check_file(self, force: bool) -> anyhow::Result<()> {
        if self == Self::Stdout {
            return Err(UsageError(messages::not_to_stdout()).into());
        }
        Ok(self.check(force)?)
    }

    /// Rejects a file that is among those that are `read`.
    pub fn check_unread<P: AsRef<Path>>(self, read: impl IntoIterator<Item = P>) -> Result<(), UsageError> {
        let Self::File(path) = self else { return Ok(()) };
        if !read.into_iter().any(|read| is_same(path, read.as_ref())) {
            return Ok(());
        }
        Err(UsageError(messages::input_not_output(path.display())))
    }

    /// Writes there; a file is compressed if its extension says so.
    pub fn write(self, force: bool, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
        match self {
            Self::Stdout => to_stdout(write),
            Self::File(path) => Ok(write_packed(path, Existing::replace_if(force), write)?),
        }
    }
}

/// Whether both paths lead to the same existing file.
pub fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
