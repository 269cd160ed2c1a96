//! The files that belong to another one: gensim keeps large arrays in `FILE.ATTR.npy`, in the same folder or archive.

use crate::container::Archive;
use crate::error::{Error, Result};
use crate::mapped::Bytes;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Where files that belong to one are.
pub(crate) enum Beside<'a> {
    /// There are none: the bytes came from memory.
    Nowhere,
    /// In the folder of this file.
    File(&'a Path),
    /// In the archive, of which the file is the member of this name.
    Member(&'a Archive, &'a str),
}

impl Beside<'_> {
    /// The file whose name is that of the first one with `ending` after it, if it is there.
    ///
    /// # Errors
    /// Those of the system; those of an archive.
    pub fn open(&self, ending: &str) -> Result<Option<Bytes>> {
        match self {
            Self::Nowhere => Ok(None),
            Self::File(path) => {
                let path = with_ending(path, ending);
                if path.exists() { Bytes::map(&path).map(Some) } else { Ok(None) }
            }
            Self::Member(archive, name) => archive.open_if_there(&format!("{name}{ending}")),
        }
    }

    /// How many bytes the files have whose names begin with that of the first one and a dot.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Nowhere => 0,
            Self::File(path) => bytes_in_folder(path).unwrap_or(0),
            Self::Member(archive, name) => archive.bytes_of(&format!("{name}.")),
        }
    }

    /// Its name in messages, with `ending`.
    pub fn named(&self, ending: &str) -> String {
        match self {
            Self::Nowhere => format!("FILE{ending}"),
            Self::File(path) => with_ending(path, ending).display().to_string(),
            Self::Member(_, name) => format!("{name}{ending}"),
        }
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

fn bytes_in_folder(path: &Path) -> Result<u64> {
    let name = path.file_name().unwrap_or_default();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let start = [name.as_encoded_bytes(), b"."].concat();
    let mut bytes = 0u64;
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let entry = entry.map_err(Error::io(folder))?;
        if entry.file_name().as_encoded_bytes().starts_with(&start) {
            bytes = bytes.saturating_add(entry.metadata().map_or(0, |about| about.len()));
        }
    }
    Ok(bytes)
}
