//! Temporary files that are being written, and how a program that ends in the midst of it leaves none behind.
//!
//! To make such a file, to rename it and to remove it one takes a lock, behind which lies the list of all of them. Who abandons
//! all writes removes the files on the list and keeps the lock: other threads go on writing into files without a name, and
//! who is done waits for the end of the process instead of telling that a file is gone.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::Builder;

/// The temporary files that there are.
static LIST: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A panic elsewhere leaves the list as good as it was: each change of it is one call.
fn list() -> MutexGuard<'static, Vec<PathBuf>> {
    LIST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file on the list; it is removed when this is dropped.
#[derive(Debug)]
pub struct Unfinished {
    file: File,
    path: PathBuf,
}

impl Unfinished {
    /// A new file in `folder`.
    pub fn new(builder: &Builder, folder: &Path) -> io::Result<Self> {
        let mut list = list();
        let (file, path) = builder.tempfile_in(folder)?.keep().map_err(|failed| failed.error)?;
        list.push(path.clone());
        Ok(Self { file, path })
    }

    /// The file itself.
    pub fn as_file(&self) -> &File {
        &self.file
    }

    /// Where it lies until it has its name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, and whatever lay there is gone.
    pub fn persist(self, target: &Path) -> io::Result<()> {
        let mut list = list();
        // On failure the lock is free again before `self` is dropped, which takes it: what was made last goes first.
        fs::rename(&self.path, target)?;
        list.retain(|path| *path != self.path);
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut list = list();
        if let Some(at) = list.iter().position(|path| *path == self.path) {
            list.swap_remove(at);
            let _ = fs::remove_file(&self.path); // nothing is left to do where even that fails
        }
    }
}

/// All writes were abandoned; none goes on, and none begins, before this is dropped.
#[derive(Debug)]
#[must_use = "other threads may begin to write again as soon as this is dropped"]
pub struct Abandoned {
    _list: MutexGuard<'static, Vec<PathBuf>>,
}

/// For a program that is about to end in the midst of writing, as on a second Ctrl-C: removes the temporary files of all
/// writes of this process that are under way. What they would have replaced stays as it was.
///
/// Call it from a thread, not from a signal handler, as it takes a lock, and keep the result until the process ends.
pub fn abandon_writes() -> Abandoned {
    let mut list = list();
    for path in list.drain(..) {
        let _ = fs::remove_file(path); // the others still have to go
    }
    Abandoned { _list: list }
}
