//! Files that appear whole or not at all: written under a temporary name next to their place, flushed to disk, then renamed.
//!
//! A reader (or a query that has the old file mapped) never sees half a file, and a full disk or a kill does not change the
//! old file. A kill can leave a hidden `.rapidvec-NAME.*.tmp` behind, which the next write of the same file removes; a program
//! that exits during a write removes it with [`abandon_writes`]. The new file belongs to the user who writes it, even if the old one belonged to another; its mode,
//! also while it is written, is that of the old file, or `rw-rw-rw-` minus the umask.
//!
//! [`Existing`] states whether a file of that name may be replaced. If it may not, the file system itself decides which
//! of two writers is first (`renameat2` with `RENAME_NOREPLACE`, or a link); the other keeps its work under a free name.

pub(crate) mod error;
mod leftovers;
mod unfinished;

use crate::error::{Error, Result};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

pub use error::OutputError;
#[doc(hidden)]
pub use unfinished::{Abandoned, Unfinished, abandon_writes};

/// The maximum number of links to follow, as in Linux.
const MAX_LINKS: usize = 40;

/// What happens to a file that already has the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced.
    Replace,
    /// It stays, even if it appears during the write.
    Keep,
}

impl Existing {
    /// [`Existing::Replace`] if `replace`.
    pub fn replace_if(replace: bool) -> Self {
        if replace { Self::Replace } else { Self::Keep }
    }
}

/// Creates the file at `path` from what `write` writes, or changes nothing.
///
/// Links are followed: the target is written.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// use rapidvec_core::atomic_file::{self, Existing};
///
/// let path = folder.path().join("loss.csv");
/// atomic_file::write(&path, Existing::Keep, |out| out.write_all(b"iteration,loss\n"))?;
/// assert_eq!(std::fs::read(&path).unwrap(), b"iteration,loss\n");
/// assert!(atomic_file::write(&path, Existing::Keep, |out| out.write_all(b"")).is_err());
/// # Ok::<(), rapidvec_core::Error>(())
/// ```
///
/// # Errors
/// As [`check`], before `write` is called. [`Error::Io`] if `write` or the system fails, a full disk included; then the
/// temporary file is removed and an old file untouched. [`OutputError::NameTaken`] if the name was free at first, is taken
/// now, and must not be replaced; then the output has another name, which the error contains.
pub fn write<T>(path: &Path, existing: Existing, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T> {
    let target = target(path, existing)?;
    let temporary = temporary_beside(&target)?;
    let written = fill(&temporary, &target, write).map_err(Error::io(path))?;
    match existing {
        Existing::Replace => temporary.persist(&target).map_err(Error::io(path))?,
        Existing::Keep => persist_new(temporary, &target, path)?,
    }
    sync_folder(folder_of(&target)).map_err(Error::io(path))?;
    Ok(written)
}

/// Checks that `path` can be written, before hours are spent on its content.
///
/// # Errors
/// [`Error::Output`] if there is something that is not a file, or a file that must be kept; if the folder is missing or
/// cannot be written to.
pub fn check(path: &Path, existing: Existing) -> Result<()> {
    temporary_beside(&target(path, existing)?).map(drop) // removed again at once
}

/// Where `path` leads, if it may be written.
fn target(path: &Path, existing: Existing) -> Result<PathBuf> {
    let target = follow_links(path)?;
    refuse_other_than_file(&target)?;
    if existing == Existing::Keep && target.exists() {
        return Err(OutputError::Exists { path: path.to_owned() }.into());
    }
    Ok(target)
}

/// Gives `temporary` the name `target`, or, if that was taken meanwhile, the first free one of `name.1.ending`,
/// `name.2.ending` and so on.
fn persist_new(temporary: Unfinished, target: &Path, path: &Path) -> Result<()> {
    let mut temporary = temporary;
    for number in 0_u32.. {
        let name = if number == 0 { target.to_owned() } else { numbered(target, number) };
        match temporary.persist_new(&name) {
            Ok(()) if number == 0 => return Ok(()),
            Ok(()) => return Err(OutputError::NameTaken { path: path.to_owned(), kept: name }.into()),
            Err((error, again)) if error.kind() == ErrorKind::AlreadyExists => temporary = again,
            Err((error, _)) => return Err(Error::io(path)(error)),
        }
    }
    Err(OutputError::Exists { path: path.to_owned() }.into()) // four billion names are taken
}

/// The first of `name.1.ending`, `name.2.ending` and so on that no file has now.
pub fn free_name(path: &Path) -> PathBuf {
    (1..).map(|number| numbered(path, number)).find(|name| !name.exists()).unwrap_or_else(|| path.to_owned())
}

/// `model.safetensors` becomes `model.1.safetensors`.
fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name: OsString = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{number}"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

/// The file that `path` leads to; it need not exist.
fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = folder_of(&target).join(next),
            Err(_) => return Ok(target), // not a link, or nothing there
        }
        // Links under /proc lead to pipes without a path: stop if the system itself does not see a plain file.
        refuse_other_than_file(&target)?;
    }
    Err(OutputError::EndlessLink { path: path.to_owned(), steps: MAX_LINKS }.into())
}

fn refuse_other_than_file(path: &Path) -> Result<()> {
    let got = match fs::metadata(path) {
        Ok(found) if found.is_file() => return Ok(()),
        Ok(found) if found.is_dir() => "a folder",
        Ok(_) => "a device or a pipe",
        Err(_) if path.file_name().is_none() => "a folder",
        Err(error) if error.kind() == ErrorKind::InvalidFilename => {
            return Err(OutputError::Unwritable { path: folder_of(path).to_owned(), reason: error.to_string() }.into());
        }
        Err(_) => return Ok(()), // missing; other problems show when the temporary file is created
    };
    Err(OutputError::NotAFile { path: path.to_owned(), got }.into())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn temporary_beside(target: &Path) -> Result<Unfinished> {
    let folder = folder_of(target);
    // The mode of the old file, which may be private, minus the umask.
    #[cfg(unix)]
    let mode =
        fs::metadata(target).map_or(0o666, |old| std::os::unix::fs::PermissionsExt::mode(&old.permissions()) & 0o777);
    #[cfg(not(unix))]
    let mode = 0o666;
    Unfinished::new([&leftovers::prefix(target), ".tmp"], mode, folder).map_err(|error| refused(folder, &error).into())
}

/// Why no file could be created in `folder`. The message must not name our temporary file, which the user does not know.
fn refused(folder: &Path, error: &io::Error) -> OutputError {
    let path = folder.to_owned();
    let missing = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    if missing && !folder.is_dir() {
        return OutputError::NoFolder { path };
    }
    // `tempfile` adds the name to the system's message.
    let said = error.to_string();
    let said = said.split_once(" at path ").map_or(said.as_str(), |(said, _)| said);
    // Folders such as /proc, whose files belong to the system, answer this.
    let reason = if missing { "no files can be created in it" } else { said }.to_owned();
    OutputError::Unwritable { path, reason }
}

fn fill<T>(
    temporary: &Unfinished,
    target: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> io::Result<T> {
    let mut buffered = BufWriter::with_capacity(1 << 18, temporary.as_file());
    let written = write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    if let Ok(old) = fs::metadata(target) {
        temporary.as_file().set_permissions(old.permissions())?;
    }
    temporary.as_file().sync_all()?;
    Ok(written)
}

/// The new name is on disk only after the folder was flushed.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(()); // folders cannot be opened on other systems
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some network file systems refuse; a folder may be writable but not readable. The file itself is safe.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::PermissionDenied) => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn replaces_a_file_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for text in ["one", "two"] {
            let length =
                write(&path, Existing::Replace, |out| out.write_all(text.as_bytes()).map(|()| text.len())).unwrap();
            assert_eq!(length, 3);
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names_in(folder.path()), ["a.txt"]);
    }

    #[test]
    fn an_error_midway_keeps_the_old_file_and_removes_the_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        let failed = write(&path, Existing::Replace, |out| {
            out.write_all(&[b'x'; 3 << 20])?; // more than the buffer: some of it reaches the temporary file
            Err::<(), _>(io::Error::from(ErrorKind::StorageFull))
        });
        assert!(matches!(failed, Err(Error::Io { source, .. }) if source.kind() == ErrorKind::StorageFull));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names_in(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_panic_midway_removes_the_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let caught = std::panic::catch_unwind(|| write::<()>(&path, Existing::Replace, |_| panic!("on purpose")));
        assert!(caught.is_err());
        assert_eq!(names_in(folder.path()), [""; 0]);
    }

    #[test]
    fn refuses_a_folder_as_output() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("."), PathBuf::from("/"), PathBuf::from("..")] {
            let written = write(&path, Existing::Replace, |_| -> io::Result<()> { panic!("must not write") });
            assert!(matches!(written, Err(Error::Output(OutputError::NotAFile { got: "a folder", .. }))), "{path:?}");
            assert!(check(&path, Existing::Replace).is_err());
        }
    }

    #[test]
    fn refuses_a_missing_folder_and_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no/a.txt");
        for result in [check(&path, Existing::Keep), write(&path, Existing::Replace, |_| Ok(()))] {
            let Err(Error::Output(OutputError::NoFolder { path })) = result else { panic!("{result:?}") };
            assert_eq!(path, folder.path().join("no"));
        }
    }

    #[test]
    fn check_refuses_a_file_to_keep_and_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        check(&path, Existing::Keep).unwrap();
        assert_eq!(names_in(folder.path()), [""; 0]);
        fs::write(&path, "old").unwrap();
        assert!(matches!(check(&path, Existing::Keep), Err(Error::Output(OutputError::Exists { .. }))));
        check(&path, Existing::Replace).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn a_bare_name_goes_to_the_current_folder() {
        assert_eq!(folder_of(Path::new("model.safetensors")), Path::new("."));
        check(Path::new("rapidvec-test-of-a-bare-name"), Existing::Keep).unwrap();
    }

    #[test]
    fn an_existing_file_is_kept_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        let written = write(&path, Existing::Keep, |_| -> io::Result<()> { panic!("must not write") });
        assert!(matches!(written, Err(Error::Output(OutputError::Exists { .. }))));
        assert_eq!(names_in(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_file_that_appears_during_the_write_is_kept_and_so_is_what_was_written() {
        for (name, kept) in [("a.txt", ["a.1.txt", "a.2.txt"]), ("a", ["a.1", "a.2"])] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(name);
            for kept in kept {
                let taken = write(&path, Existing::Keep, |out| {
                    fs::write(&path, "theirs")?;
                    out.write_all(b"ours")
                });
                let expected = OutputError::NameTaken { path: path.clone(), kept: folder.path().join(kept) };
                match taken {
                    Err(Error::Output(got)) => assert_eq!(got, expected),
                    other => panic!("{other:?}"),
                }
                assert_eq!(fs::read_to_string(folder.path().join(kept)).unwrap(), "ours");
                fs::remove_file(&path).unwrap();
            }
            assert_eq!(names_in(folder.path()), kept);
        }
    }

    #[test]
    fn of_two_writers_one_gets_the_name_and_both_texts_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..50 {
            let path = folder.path().join(format!("{round}.txt"));
            let barrier = std::sync::Barrier::new(2);
            let results = crate::parallel::map(2, ["one", "two"], |text| {
                write(&path, Existing::Keep, |out| {
                    out.write_all(text.as_bytes())?;
                    barrier.wait();
                    Ok(text)
                })
            });
            let [Ok(first), Err(Error::Output(OutputError::NameTaken { kept, .. }))] = &results[..] else {
                let [Err(Error::Output(OutputError::NameTaken { kept, .. })), Ok(second)] = &results[..] else {
                    panic!("{results:?}")
                };
                assert_eq!((&*fs::read_to_string(&path).unwrap(), *second), ("two", "two"));
                assert_eq!(fs::read_to_string(kept).unwrap(), "one");
                continue;
            };
            assert_eq!((&*fs::read_to_string(&path).unwrap(), *first), ("one", "one"));
            assert_eq!(fs::read_to_string(kept).unwrap(), "two");
        }
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{PermissionsExt, symlink};

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o7777
        }

        #[test]
        fn a_new_file_has_the_mode_of_any_other_new_file() {
            let folder = tempfile::tempdir().unwrap();
            let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
            write(&ours, Existing::Replace, |_| Ok(())).unwrap();
            File::create(&plain).unwrap();
            assert_eq!(mode(&ours), mode(&plain));
        }

        #[test]
        fn an_old_file_keeps_its_mode() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.txt");
            for wanted in [0o640, 0o600, 0o666] {
                fs::write(&path, "old").unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(wanted)).unwrap();
                write(&path, Existing::Replace, |_| Ok(())).unwrap();
                assert_eq!(mode(&path), wanted);
            }
        }

        #[test]
        fn a_link_stays_and_its_target_is_written() {
            let folder = tempfile::tempdir().unwrap();
            let (link, there) = (folder.path().join("link"), folder.path().join("there"));
            fs::create_dir(&there).unwrap();
            symlink("middle", &link).unwrap();
            symlink("there/target", folder.path().join("middle")).unwrap(); // dangling at first
            for text in ["one", "two"] {
                write(&link, Existing::Replace, |out| out.write_all(text.as_bytes())).unwrap();
                assert_eq!(fs::read_to_string(there.join("target")).unwrap(), text);
                assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            }
            assert!(matches!(check(&link, Existing::Keep), Err(Error::Output(OutputError::Exists { .. }))));
        }

        #[test]
        fn refuses_links_in_a_ring() {
            let folder = tempfile::tempdir().unwrap();
            let (a, b) = (folder.path().join("a"), folder.path().join("b"));
            symlink(&b, &a).unwrap();
            symlink(&a, &b).unwrap();
            let result = write(&a, Existing::Replace, |_| Ok(()));
            assert!(matches!(result, Err(Error::Output(OutputError::EndlessLink { steps: 40, .. }))));
        }

        #[test]
        fn a_folder_that_takes_no_files_is_named_and_no_temporary_file_is() {
            let folder = tempfile::tempdir().unwrap();
            let denied = || io::Error::from_raw_os_error(libc::EACCES);
            let refusal = refused(folder.path(), &denied()).to_string();
            let name = folder.path().display();
            assert!(refusal.starts_with(&format!("cannot write to the folder {name} ({}); ", denied())), "{refusal}");
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
            // Root may write there anyway.
            if let Err(refusal) = check(&folder.path().join("a.txt"), Existing::Keep) {
                let refusal = refusal.to_string();
                assert!(refusal.starts_with(&format!("cannot write to the folder {name} ")), "{refusal}");
                assert!(!refusal.contains(".tmp"), "{refusal}");
            }
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn a_folder_of_the_system_is_there_but_takes_no_files() {
            for folder in ["/proc", "/sys"] {
                let refusal = check(&Path::new(folder).join("rapidvec-test"), Existing::Keep).unwrap_err();
                let Error::Output(OutputError::Unwritable { path, reason }) = refusal else { panic!("{refusal:?}") };
                assert_eq!(path, Path::new(folder));
                assert!(!reason.contains(".tmp"), "{reason}");
            }
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn refuses_devices_also_behind_a_link() {
            let folder = tempfile::tempdir().unwrap();
            let link = folder.path().join("link");
            symlink("/dev/full", &link).unwrap();
            for path in [Path::new("/dev/full"), Path::new("/dev/null"), &link] {
                let result = write(path, Existing::Replace, |_| Ok(()));
                assert!(matches!(result, Err(Error::Output(OutputError::NotAFile { .. }))), "{path:?}: {result:?}");
            }
        }
    }
}
