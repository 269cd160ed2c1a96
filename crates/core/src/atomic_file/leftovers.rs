//! What killed runs left behind: temporary files that no living process holds a lock on.
//!
//! A temporary file is named after its target and locked from its creation to its end; the system releases the lock when a
//! process dies, however it dies. So a file of that name that can be locked is nobody's, and the next write of the same target
//! removes it. Between creation and lock a file looks like nobody's, too: whoever creates one looks, once it has the lock,
//! whether the file still has a name. Limits: only on Unix. A file system without locks keeps what is left behind, and one whose
//! locks are local to a machine takes the writes of another machine for dead.

use std::fs::File;
use std::io;
use std::path::Path;

/// The characters of a target's name that its temporary files have: names may have 255 bytes, and on some file systems 143.
const NAME_CHARACTERS: usize = 24;

/// What `tempfile` puts between the two ends of a name.
const RANDOM_CHARACTERS: usize = 6;

/// The start of the names of the temporary files of `target`.
pub fn prefix(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    format!(".rapidvec-{}.", name.chars().take(NAME_CHARACTERS).collect::<String>())
}

/// Locks a new file until it is closed. Returns whether it still has a name: otherwise a new one is needed.
///
/// # Errors
/// The system's.
pub fn hold(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => return Ok(false), // somebody is about to remove it
        Ok(()) | Err(std::fs::TryLockError::Error(_)) => {}         // without locks nobody removes it
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Ok(file.metadata()?.nlink() > 0)
    }
    #[cfg(not(unix))]
    Ok(true)
}

/// Removes what killed runs left of the files whose names have these ends. What cannot be removed stays.
#[cfg(unix)]
pub fn remove(folder: &Path, [prefix, suffix]: [&str; 2]) {
    let is_ours = |name: &str| {
        name.strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix(suffix))
            .is_some_and(|random| random.chars().count() == RANDOM_CHARACTERS)
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_ours) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = remove_if_dead(&entry.path());
        }
    }
}

#[cfg(not(unix))]
pub fn remove(_: &Path, _: [&str; 2]) {}

/// The lock is kept until the file is gone.
#[cfg(unix)]
fn remove_if_dead(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    // Whatever has the name by now: no link is followed, and no pipe waited for.
    let file = File::options().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)?;
    if file.try_lock().is_ok() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)] // helpers of tests are tests
mod tests {
    use super::super::{Existing, check, write};
    use super::*;
    use std::fs;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_nobody_holds_is_removed_by_the_next_write_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| File::create(folder.path().join(name)).unwrap();
        let target = folder.path().join("m.st");
        for begin in [0, 1] {
            put(".rapidvec-m.st.dead01.tmp");
            let held = put(".rapidvec-m.st.held01.tmp");
            held.try_lock().unwrap();
            let others = [".rapidvec-m.st.tmp", ".rapidvec-other.st.dead01.tmp", ".rapidvec-m.st.x.dead01.tmp"];
            others.iter().for_each(|name| drop(put(name)));
            let _ = std::os::unix::fs::symlink("elsewhere", folder.path().join(".rapidvec-m.st.link01.tmp"));
            match begin {
                0 => check(&target, Existing::Keep).unwrap(),
                _ => write(&target, Existing::Replace, |out| out.write_all(b"whole")).unwrap(),
            }
            let mut expected = vec![others[0], others[1], others[2]];
            expected.extend([".rapidvec-m.st.held01.tmp", ".rapidvec-m.st.link01.tmp"]);
            expected.extend((begin == 1).then_some("m.st"));
            expected.sort_unstable();
            assert_eq!(names(folder.path()), expected);
        }
    }

    #[test]
    fn a_file_is_held_while_it_is_written_and_not_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("m.st");
        write(&target, Existing::Replace, |_| {
            let [name] = &names(folder.path())[..] else { panic!() };
            assert!(name.starts_with(".rapidvec-m.st.") && name.ends_with(".tmp"), "{name}");
            check(&target, Existing::Keep).unwrap(); // as another run would begin
            assert_eq!(names(folder.path()), [name.as_str()]);
            Ok(())
        })
        .unwrap();
        File::open(&target).unwrap().try_lock().unwrap();
    }

    #[test]
    fn the_longest_name_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["x".repeat(255), "한".repeat(85)] {
            write(&folder.path().join(&name), Existing::Keep, |out| out.write_all(b"whole")).unwrap();
            assert!(names(folder.path()).contains(&name));
        }
    }
}
