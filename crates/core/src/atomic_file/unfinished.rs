//! Temporary files that are being written, and how a program that exits during a write removes them.
//!
//! Creating, renaming and removing such a file takes a lock around the list of all of them. [`abandon_writes`] removes the
//! files on the list and keeps the lock: other threads continue to write to files without a name, and a thread that has
//! finished waits for the end of the process instead of reporting that its file is gone.

use super::leftovers;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::{Builder, PathPersistError, TempPath};

/// All temporary files of this process.
static LIST: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The list is valid even after a panic: each change of it is a single call.
fn list() -> MutexGuard<'static, Vec<PathBuf>> {
    LIST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file on the list, removed on drop.
#[derive(Debug)]
pub struct Unfinished {
    file: File,
    path: PathBuf,
}

impl Unfinished {
    /// A new file in `folder`, locked for as long as it is open. Its name has these two ends and some characters between them;
    /// what killed runs left of such files is removed. On Unix it has this mode, minus the umask.
    ///
    /// # Errors
    /// The system's.
    pub fn new(ends: [&str; 2], mode: u32, folder: &Path) -> io::Result<Self> {
        leftovers::remove(folder, ends);
        let mut builder = Builder::new();
        builder.prefix(ends[0]).suffix(ends[1]);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
        let mut list = list();
        loop {
            let (file, path) = builder.tempfile_in(folder)?.keep().map_err(|failed| failed.error)?;
            if leftovers::hold(&file)? {
                list.push(path.clone());
                return Ok(Self { file, path });
            }
        }
    }

    /// The file itself.
    pub fn as_file(&self) -> &File {
        &self.file
    }

    /// Its temporary path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Renames it to `target`, replacing any file there.
    ///
    /// # Errors
    /// The system's.
    pub fn persist(self, target: &Path) -> io::Result<()> {
        let mut list = list();
        // On failure the lock is released before `self` is dropped, which takes it: locals are dropped before parameters.
        fs::rename(&self.path, target)?;
        list.retain(|path| *path != self.path);
        Ok(())
    }

    /// Renames it to `target` if nothing has that name.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] if something has that name; the system's. The file is returned, for another attempt.
    pub fn persist_new(self, target: &Path) -> Result<(), (io::Error, Self)> {
        let mut list = list();
        if let Err(error) = rename_new(&self.path, target) {
            drop(list);
            return Err((error, self));
        }
        list.retain(|path| *path != self.path);
        Ok(())
    }
}

/// Renames `old` to `new`, which must not exist.
fn rename_new(old: &Path, new: &Path) -> io::Result<()> {
    let temporary = TempPath::try_from_path(old)?;
    match temporary.persist_noclobber(new) {
        Ok(()) => Ok(()),
        Err(PathPersistError { error, path }) => {
            let _ = path.keep(); // it is still on the list
            // FAT and some network file systems have neither renameat2 nor links: take the name with an empty file first.
            if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) {
                File::create_new(new)?;
                return fs::rename(old, new).inspect_err(|_| drop(fs::remove_file(new)));
            }
            Err(error)
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut list = list();
        if let Some(at) = list.iter().position(|path| *path == self.path) {
            list.swap_remove(at);
            let _ = fs::remove_file(&self.path); // if even that fails, nothing can be done
        }
    }
}

/// All writes were abandoned; none continues or begins until this is dropped.
#[derive(Debug)]
#[must_use = "other threads may begin to write again as soon as this is dropped"]
pub struct Abandoned {
    _list: MutexGuard<'static, Vec<PathBuf>>,
}

/// Removes the temporary files of all writes of this process that are in progress, for a program that is about to exit, as on
/// a second Ctrl-C. The files they would have replaced are not changed.
///
/// Call it from a thread, not from a signal handler, because it takes a lock, and keep the result until the process exits.
pub fn abandon_writes() -> Abandoned {
    let mut list = list();
    for path in list.drain(..) {
        let _ = fs::remove_file(path); // the others still have to be removed
    }
    Abandoned { _list: list }
}
