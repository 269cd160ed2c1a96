//! Turns the names a user gives into a list of texts: files, all files in a folder, all matches of a pattern, standard input.
//!
//! A folder is searched with the folders in it. Its files come in the order of their paths, so that the same folder gives
//! the same corpus on every machine. Hidden and empty files and what is not a regular file (pipes, devices) are skipped and
//! counted, and so is a file that was found already, under whatever name. A file named explicitly is always read.

use super::error::CorpusError;
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

/// Where text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A text file, or a pipe that has a path. Read once, from start to end.
    File(PathBuf),
    /// Standard input, to its end.
    Stdin,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Source::File(path) => write!(f, "{}", path.display()),
            Source::Stdin => f.write_str("stdin"),
        }
    }
}

/// Texts in the order in which they are read, and what was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Sources {
    /// The texts.
    pub list: Vec<Source>,
    /// Hidden files and folders (their name starts with a dot) in the folders named.
    pub hidden: u64,
    /// Files of 0 bytes in the folders named, or matching a pattern.
    pub empty: u64,
    /// Pipes, devices and sockets in the folders named, or matching a pattern.
    pub special: u64,
    /// Files that were found more than once; they are read once.
    pub repeated: Vec<PathBuf>,
}

impl Source {
    /// Whether it is a file: standard input and pipes can be read only once.
    pub fn can_be_read_again(&self) -> bool {
        matches!(self, Source::File(path) if fs::metadata(path).is_ok_and(|about| about.is_file()))
    }
}

impl Sources {
    /// Finds the texts that `names` mean: `-` is standard input; a folder means the files in it; a name with `*`, `?` or
    /// `[` that no file has is a pattern (`**` matches folders, too). A missing file is reported when it is opened.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// for name in ["b.txt", "a.txt", ".hidden"] {
    ///     std::fs::write(folder.path().join(name), "you say goodbye").unwrap();
    /// }
    /// let sources = rapidvec::corpus::Sources::find(&[folder.path()])?;
    /// assert_eq!(sources.list[0].to_string(), folder.path().join("a.txt").display().to_string());
    /// assert_eq!((sources.list.len(), sources.hidden), (2, 1));
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`CorpusError::NoMatch`], [`CorpusError::BadPattern`], [`CorpusError::NoFiles`], and an error of the system where a folder
    /// cannot be read.
    pub fn find(names: &[impl AsRef<OsStr>]) -> Result<Self> {
        let mut search = Search::default();
        for name in names {
            search.name(name.as_ref())?;
        }
        Ok(search.found)
    }

    /// Whether a file at `place`, a path from the root, would be found under `name` if it existed: it is in the folder of that
    /// name, or matches the pattern.
    pub fn would_find(name: &str, place: &Path) -> bool {
        let hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
        if let Some(folder) = Path::new(name).canonicalize().ok().filter(|path| path.is_dir()) {
            return place.strip_prefix(folder).is_ok_and(|within| !within.iter().any(hidden));
        }
        if !is_pattern(name) || fs::symlink_metadata(name).is_ok() {
            return false;
        }
        // The folders before the first pattern may be links.
        let parts: Vec<_> = Path::new(name).iter().collect();
        let fixed = parts.iter().take_while(|part| part.to_str().is_some_and(|part| !is_pattern(part))).count();
        let folder = match fixed {
            0 => Path::new(".").canonicalize(),
            _ => parts[..fixed].iter().collect::<PathBuf>().canonicalize(),
        };
        let pattern = parts[fixed..].iter().collect::<PathBuf>();
        let pattern = pattern.to_str().and_then(|pattern| glob::Pattern::new(pattern).ok());
        let within = folder.ok().and_then(|folder| place.strip_prefix(folder).ok().map(Path::to_owned));
        within.zip(pattern).is_some_and(|(within, pattern)| pattern.matches_path_with(&within, AS_IN_A_SHELL))
    }
}

/// A search in progress.
#[derive(Default)]
struct Search {
    found: Sources,
    /// Files and folders by their canonical names: links may lead to the same file, and in circles.
    seen: HashSet<PathBuf>,
}

impl Search {
    fn name(&mut self, name: &OsStr) -> Result<()> {
        let path = Path::new(name);
        match (name.to_str(), fs::metadata(path)) {
            (Some("-"), _) => {
                self.found.list.push(Source::Stdin);
                Ok(())
            }
            (_, Ok(about)) if about.is_dir() => self.whole(&path.display().to_string(), vec![path.to_owned()]),
            (Some(pattern), Err(_)) if fs::symlink_metadata(path).is_err() && is_pattern(pattern) => {
                self.whole(pattern, fitting(pattern)?)
            }
            _ => {
                self.file(path.to_owned());
                Ok(())
            }
        }
    }

    /// Checks that something was found under a name.
    fn whole(&mut self, name: &str, paths: Vec<PathBuf>) -> Result<()> {
        let before = self.counts();
        for path in paths {
            self.entry(path)?;
        }
        let now = self.counts();
        if now[0] > before[0] {
            return Ok(());
        }
        let [_, hidden, empty, special] = std::array::from_fn(|i| now[i] - before[i]);
        Err(CorpusError::NoFiles { name: name.to_owned(), hidden, empty, special }.into())
    }

    /// Files found, for the first time or again; hidden, empty and special ones skipped.
    fn counts(&self) -> [u64; 4] {
        let Sources { list, hidden, empty, special, repeated } = &self.found;
        [(list.len() + repeated.len()) as u64, *hidden, *empty, *special]
    }

    /// Adds what is in a folder, or matches a pattern.
    fn entry(&mut self, path: PathBuf) -> Result<()> {
        let Ok(about) = fs::metadata(&path) else {
            self.file(path); // a broken link: reported when it is opened
            return Ok(());
        };
        if about.is_dir() {
            return self.folder(&path);
        }
        match (about.is_file(), about.len()) {
            (false, _) => self.found.special += 1,
            (true, 0) => self.found.empty += 1,
            (true, _) => self.file(path),
        }
        Ok(())
    }

    fn folder(&mut self, path: &Path) -> Result<()> {
        if !self.is_new(path) {
            return Ok(());
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(Error::io(path))? {
            let entry = entry.map_err(Error::io(path))?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                self.found.hidden += 1;
            } else {
                inside.push(entry.path());
            }
        }
        inside.sort();
        inside.into_iter().try_for_each(|path| self.entry(path))
    }

    fn file(&mut self, path: PathBuf) {
        if self.is_new(&path) {
            self.found.list.push(Source::File(path));
        } else {
            self.found.repeated.push(path);
        }
    }

    fn is_new(&mut self, path: &Path) -> bool {
        // Without a canonical name (a missing file, a pipe under /dev/fd) the name itself counts.
        self.seen.insert(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

const AS_IN_A_SHELL: glob::MatchOptions =
    glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// The matching paths, sorted; as in a shell, hidden ones match only a pattern with their dot.
fn fitting(pattern: &str) -> Result<Vec<PathBuf>> {
    let bad = |error: glob::PatternError| CorpusError::BadPattern {
        pattern: pattern.to_owned(),
        reason: error.msg.to_owned(),
    };
    let mut paths = Vec::new();
    for path in glob::glob_with(pattern, AS_IN_A_SHELL).map_err(bad)? {
        match path {
            Ok(path) => paths.push(path),
            Err(error) if error.error().kind() == ErrorKind::NotFound => {} // removed since
            Err(error) => {
                let path = error.path().to_owned();
                return Err(Error::io(&path)(error.into()));
            }
        }
    }
    paths.sort();
    if paths.is_empty() { Err(CorpusError::NoMatch { pattern: pattern.to_owned() }.into()) } else { Ok(paths) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_would_be_found_in_a_folder_or_under_a_pattern() {
        let place = Place::with(&["data/a.txt", "data/deep/b.txt"]);
        let root = place.0.path().canonicalize().unwrap();
        let name = |name: &str| place.path(name).to_str().unwrap().to_owned();
        let found = |text: &str, model: &str| Sources::would_find(&name(text), &root.join(model));
        for (text, model) in [
            ("data", "data/model"),
            ("data", "data/deep/model"),
            ("data/*", "data/model"),
            ("data/**/*.txt", "data/deep/model.txt"),
            ("d?ta/*.safetensors", "data/model.safetensors"),
        ] {
            assert!(found(text, model), "{text} {model}");
        }
        for (text, model) in [
            ("data", "model"),
            ("data", "data/.model"),
            ("data/*", "data/deep/model"),
            ("data/*.txt", "data/model.safetensors"),
            ("data/*", "data/.model"),
            ("data/a.txt", "data/model"),
            ("nowhere/*", "data/model"),
        ] {
            assert!(!found(text, model), "{text} {model}");
        }
    }

    struct Place(tempfile::TempDir);

    impl Place {
        /// A folder with these files; each holds its own name, those that end in `empty` nothing.
        fn with(files: &[&str]) -> Self {
            let place = Place(tempfile::tempdir().unwrap());
            for file in files {
                let path = place.path(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, if file.ends_with("empty") { "" } else { file }).unwrap();
            }
            place
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn find(&self, names: &[&str]) -> Result<Sources> {
            Sources::find(&names.iter().map(|name| self.path(name)).collect::<Vec<_>>())
        }

        /// What was found, by names in the folder.
        fn list(&self, found: &Sources) -> Vec<String> {
            let name = |source: &Source| match source {
                Source::Stdin => "-".to_owned(),
                Source::File(path) => path.strip_prefix(self.0.path()).unwrap().to_str().unwrap().to_owned(),
            };
            found.list.iter().map(name).collect()
        }

        fn names(&self, names: &[&str]) -> Vec<String> {
            self.list(&self.find(names).unwrap())
        }
    }

    #[test]
    fn a_folder_is_searched_to_its_bottom_in_the_order_of_paths() {
        let place = Place::with(&["b/z", "b/a/deep", "a", "c", ".hidden", ".git/config", "b/.x", "b/empty"]);
        let found = place.find(&[""]).unwrap();
        assert_eq!(place.list(&found), ["a", "b/a/deep", "b/z", "c"]);
        assert_eq!((found.hidden, found.empty, found.special), (3, 1, 0));
        assert!(found.repeated.is_empty());
    }

    #[test]
    fn what_is_named_is_taken_hidden_empty_or_missing_in_the_order_given() {
        let place = Place::with(&["b", ".hidden", "empty"]);
        let found = place.find(&["missing", "empty", "b", ".hidden"]).unwrap();
        assert_eq!(place.list(&found), ["missing", "empty", "b", ".hidden"]);
        assert_eq!((found.hidden, found.empty), (0, 0));
        assert_eq!(Sources::find(&["-"]).unwrap().list, [Source::Stdin]);
    }

    #[test]
    fn patterns_fit_files_and_folders_as_in_a_shell() {
        let place = Place::with(&["a1.txt", "a2.txt", "b1.txt", ".a3.txt", "d/a4.txt", "d/e/a5.txt", "d/empty"]);
        assert_eq!(place.names(&["a*.txt"]), ["a1.txt", "a2.txt"]);
        assert_eq!(place.names(&["?1.txt"]), ["a1.txt", "b1.txt"]);
        assert_eq!(place.names(&["[ab]1.txt"]), ["a1.txt", "b1.txt"]);
        assert_eq!(place.names(&["**/a*.txt"]), ["a1.txt", "a2.txt", "d/a4.txt", "d/e/a5.txt"]);
        assert_eq!(place.names(&["[d]"]), ["d/a4.txt", "d/e/a5.txt"]);
        assert_eq!(place.find(&["d/*"]).unwrap().empty, 1);
    }

    #[test]
    fn a_file_whose_name_looks_like_a_pattern_is_a_file() {
        let place = Place::with(&["a[1].txt", "a1.txt", "what?"]);
        assert_eq!(place.names(&["a[1].txt"]), ["a[1].txt"]);
        assert_eq!(place.names(&["what?"]), ["what?"]);
    }

    #[test]
    fn no_file_is_read_twice_in_silence() {
        let place = Place::with(&["a", "d/b"]);
        let found = place.find(&["a", "", "./d/b", "a"]).unwrap();
        assert_eq!(place.list(&found), ["a", "d/b"]);
        assert_eq!(found.repeated, [place.path("a"), place.path("./d/b"), place.path("a")]);
    }

    #[test]
    fn a_pattern_that_fits_nothing_or_makes_no_sense_is_an_error() {
        let place = Place::with(&["a"]);
        let error = |name: &str| match place.find(&[name]) {
            Err(Error::Corpus(error)) => error,
            other => panic!("{name}: {other:?}"),
        };
        assert!(matches!(error("*.txt"), CorpusError::NoMatch { pattern } if pattern.ends_with("*.txt")));
        assert!(matches!(error("[a"), CorpusError::BadPattern { pattern, .. } if pattern.ends_with("[a")));
        assert!(matches!(error("a***"), CorpusError::BadPattern { .. }));
    }

    #[test]
    fn a_folder_without_a_text_is_an_error_that_counts() {
        let place = Place::with(&["d/.hidden", "d/empty", "a"]);
        let Err(Error::Corpus(error)) = place.find(&["a", "d"]) else { panic!("it passed") };
        let name = place.path("d").display().to_string();
        assert_eq!(error, CorpusError::NoFiles { name, hidden: 1, empty: 1, special: 0 });
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_pipes_are_left_out() {
        use std::os::unix::fs::symlink;
        let place = Place::with(&["d/a", "e/b"]);
        symlink(place.path("d"), place.path("d/loop")).unwrap();
        symlink(place.path("e"), place.path("d/other")).unwrap();
        symlink(place.path("d/a"), place.path("d/link")).unwrap();
        symlink(place.path("nothing"), place.path("d/z")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(place.path("d/pipe")).status().unwrap();
        assert!(pipe.success());
        let found = place.find(&["d"]).unwrap();
        assert_eq!(place.list(&found), ["d/a", "d/other/b", "d/z"]);
        assert_eq!((found.special, found.repeated), (1, vec![place.path("d/link")]));
    }
}
