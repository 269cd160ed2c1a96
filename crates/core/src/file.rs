//! Files appear whole or not at all: written beside their place, flushed to disk, then renamed into it.
//!
//! A reader (or a query that has the old file mapped) never sees half a file, and a full disk or a kill leaves the old
//! one as it was. A kill can leave a hidden `.rapidvec-*.tmp` behind; a program that ends itself in the midst of writing
//! takes it away by [`abandon_writes`]. The new file belongs to who writes it, also where the old one belonged to another;
//! its mode is the old file's, or what the umask leaves of `rw-rw-rw-`.

mod unfinished;

use crate::error::{Error, OutputError, Result};
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

#[doc(hidden)]
pub use unfinished::{Abandoned, Unfinished, abandon_writes};

/// As many links as Linux follows before it gives up.
const MAX_LINKS: usize = 40;

/// Replaces the file at `path` by what `write` writes, or leaves everything as it was.
///
/// A link is followed: its target is replaced.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("loss.csv");
/// rapidvec_core::file::write_atomically(&path, |out| out.write_all(b"iteration,loss\n"))?;
/// assert_eq!(std::fs::read(&path).unwrap(), b"iteration,loss\n");
/// # Ok::<(), rapidvec_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Output`] if something other than a file lies at `path`, or its folder is missing or cannot be written to;
/// [`Error::Io`] if `write` or the system fails, a full disk included. Then the temporary file is gone and an old file untouched.
pub fn write_atomically<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T> {
    let target = follow_links(path)?;
    refuse_other_than_file(&target)?;
    let temporary = temporary_beside(&target)?;
    let written = fill(&temporary, &target, write).map_err(Error::io(path))?;
    temporary.persist(&target).map_err(Error::io(path))?;
    sync_folder(folder_of(&target)).map_err(Error::io(path))?;
    Ok(written)
}

/// Checks that `path` can be written, before hours go into what shall stand there.
///
/// # Errors
/// [`Error::Output`] if there is a file already (unless `force`), something that is no file, or no folder for it that
/// can be written to.
pub fn check_writable(path: &Path, force: bool) -> Result<()> {
    let target = follow_links(path)?;
    refuse_other_than_file(&target)?;
    if !force && target.exists() {
        return Err(OutputError::Exists { path: path.to_owned() }.into());
    }
    temporary_beside(&target).map(drop) // gone again at once
}

/// The place that `path` means in the end; it need not exist.
fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = folder_of(&target).join(next),
            Err(_) => return Ok(target), // no link, or nothing there
        }
        // Links under /proc lead to pipes that have no path: stop where the system itself sees no plain file.
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
        Err(_) => return Ok(()), // missing; other troubles show when the temporary file is made
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
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rapidvec-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // the umask takes from it
    Unfinished::new(&builder, folder).map_err(|error| refused(folder, &error).into())
}

/// Why no file could be made in `folder`. It is not to name our temporary file, of which the user knows nothing.
fn refused(folder: &Path, error: &io::Error) -> OutputError {
    let path = folder.to_owned();
    let missing = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    if missing && !folder.is_dir() {
        return OutputError::NoFolder { path };
    }
    // `tempfile` adds the name to what the system said.
    let said = error.to_string();
    let said = said.split_once(" at path ").map_or(said.as_str(), |(said, _)| said);
    // So answer folders such as /proc, whose files are the system's own.
    let reason = if missing { "it takes no new files" } else { said }.to_owned();
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

/// The new name is on disk only when the folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(()); // elsewhere folders cannot be opened
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
    fn replaces_a_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for text in ["one", "two"] {
            let length = write_atomically(&path, |out| out.write_all(text.as_bytes()).map(|()| text.len())).unwrap();
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
        let failed = write_atomically(&path, |out| {
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
        let caught = std::panic::catch_unwind(|| write_atomically::<()>(&path, |_| panic!("on purpose")));
        assert!(caught.is_err());
        assert_eq!(names_in(folder.path()), [""; 0]);
    }

    #[test]
    fn refuses_a_folder_as_output() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("."), PathBuf::from("/"), PathBuf::from("..")] {
            let write = write_atomically(&path, |_| -> io::Result<()> { panic!("must not be asked to write") });
            assert!(matches!(write, Err(Error::Output(OutputError::NotAFile { got: "a folder", .. }))), "{path:?}");
            assert!(check_writable(&path, true).is_err());
        }
    }

    #[test]
    fn refuses_a_missing_folder_and_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no/a.txt");
        for result in [check_writable(&path, false), write_atomically(&path, |_| Ok(()))] {
            let Err(Error::Output(OutputError::NoFolder { path })) = result else { panic!("{result:?}") };
            assert_eq!(path, folder.path().join("no"));
        }
    }

    #[test]
    fn check_refuses_an_existing_file_unless_forced_and_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        check_writable(&path, false).unwrap();
        assert_eq!(names_in(folder.path()), [""; 0]);
        fs::write(&path, "old").unwrap();
        assert!(matches!(check_writable(&path, false), Err(Error::Output(OutputError::Exists { .. }))));
        check_writable(&path, true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn a_bare_name_goes_to_the_current_folder() {
        assert_eq!(folder_of(Path::new("model.safetensors")), Path::new("."));
        check_writable(Path::new("rapidvec-test-of-a-bare-name"), false).unwrap();
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
            write_atomically(&ours, |_| Ok(())).unwrap();
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
                write_atomically(&path, |_| Ok(())).unwrap();
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
                write_atomically(&link, |out| out.write_all(text.as_bytes())).unwrap();
                assert_eq!(fs::read_to_string(there.join("target")).unwrap(), text);
                assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            }
            assert!(matches!(check_writable(&link, false), Err(Error::Output(OutputError::Exists { .. }))));
        }

        #[test]
        fn refuses_links_in_a_ring() {
            let folder = tempfile::tempdir().unwrap();
            let (a, b) = (folder.path().join("a"), folder.path().join("b"));
            symlink(&b, &a).unwrap();
            symlink(&a, &b).unwrap();
            let result = write_atomically(&a, |_| Ok(()));
            assert!(matches!(result, Err(Error::Output(OutputError::EndlessLink { steps: 40, .. }))));
        }

        #[test]
        fn a_folder_that_takes_no_files_is_named_and_no_temporary_file_is() {
            let folder = tempfile::tempdir().unwrap();
            let denied = || io::Error::from_raw_os_error(libc::EACCES);
            let refusal = refused(folder.path(), &denied()).to_string();
            let name = folder.path().display();
            assert!(
                refusal.starts_with(&format!("the folder {name} cannot be written to ({}); ", denied())),
                "{refusal}"
            );
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
            // Root may write there all the same.
            if let Err(refusal) = check_writable(&folder.path().join("a.txt"), false) {
                let refusal = refusal.to_string();
                assert!(refusal.starts_with(&format!("the folder {name} cannot")), "{refusal}");
                assert!(!refusal.contains(".tmp"), "{refusal}");
            }
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn a_folder_of_the_system_is_there_but_takes_no_files() {
            for folder in ["/proc", "/sys"] {
                let refusal = check_writable(&Path::new(folder).join("rapidvec-test"), false).unwrap_err();
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
                let result = write_atomically(path, |_| Ok(()));
                assert!(matches!(result, Err(Error::Output(OutputError::NotAFile { .. }))), "{path:?}: {result:?}");
            }
        }
    }
}
