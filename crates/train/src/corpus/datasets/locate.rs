//! Finds a data set's file.

use super::data_file::{DataFile, Timeouts};
use super::error::DatasetError;
use crate::error::{Error, Result};
use etcetera::BaseStrategy;
use std::path::PathBuf;

/// Where the chapter's program downloads Penn Treebank from; a file's name comes after it.
pub const PTB_URL: &str = "https://raw.githubusercontent.com/tomsercu/lstm/master/data/";

/// Where to look for files, and where to fetch them from.
///
/// Another address is safe: what comes from it is checked like everything else.
#[derive(Debug, Clone)]
pub struct Locator {
    /// Searched first; downloads go here if it is given.
    pub data_dir: Option<PathBuf>,
    /// Searched second.
    pub shared_dir: Option<PathBuf>,
    /// Searched last; downloads go here if no `data_dir` is given. By default `rapidvec` in the user's cache folder.
    pub cache_dir: Option<PathBuf>,
    /// Never use the network.
    pub offline: bool,
    /// The address of the files, without their names.
    pub base_url: String,
    /// How long a server may take.
    pub timeouts: Timeouts,
    /// Called with the address and the length in bytes before a download starts.
    pub on_download: Option<fn(&str, u64)>,
}

impl Default for Locator {
    fn default() -> Self {
        Self {
            data_dir: None,
            shared_dir: None,
            cache_dir: etcetera::choose_base_strategy().ok().map(|folders| folders.cache_dir().join("rapidvec")),
            offline: false,
            base_url: PTB_URL.to_owned(),
            timeouts: Timeouts::default(),
            on_download: None,
        }
    }
}

impl Locator {
    /// The content of `file`, checked. Downloads it if it is in none of the folders.
    ///
    /// # Errors
    /// The file is not found, the first one found is not the right one (others are not tried then, because somebody put it
    /// there to be used), or the download failed.
    pub fn read(&self, file: &DataFile) -> Result<Vec<u8>> {
        let folders = [&self.data_dir, &self.shared_dir, &self.cache_dir].into_iter().flatten();
        let mut looked_in: Vec<PathBuf> = Vec::new();
        for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
            let path = folder.join(file.name);
            if path.try_exists().map_err(Error::io(&path))? {
                return file.read(&path);
            }
            looked_in.push(folder.clone());
        }
        let path = self.fetch(file, looked_in)?;
        file.read(&path)
    }

    /// The address of `file`.
    pub fn url(&self, file: &DataFile) -> String {
        format!("{}/{}", self.base_url.trim_end_matches('/'), file.name)
    }

    #[cfg(feature = "download")]
    fn fetch(&self, file: &DataFile, looked_in: Vec<PathBuf>) -> Result<PathBuf> {
        let folder = self.data_dir.as_ref().or(self.cache_dir.as_ref());
        match folder {
            _ if self.offline => Err(self.not_found(file, looked_in, "downloads are disabled")),
            None => Err(self.not_found(file, looked_in, "there is no folder to download it to")),
            Some(folder) => {
                use super::download::Transfer;
                let transfer = Transfer { url: self.url(file), file, timeouts: &self.timeouts };
                transfer.download(folder, self.on_download)
            }
        }
    }

    #[cfg(not(feature = "download"))]
    fn fetch(&self, file: &DataFile, looked_in: Vec<PathBuf>) -> Result<PathBuf> {
        Err(self.not_found(file, looked_in, "this build cannot download (it lacks the feature `download`)"))
    }

    fn not_found(&self, file: &DataFile, looked_in: Vec<PathBuf>, reason: &'static str) -> Error {
        DatasetError::NotFound { file: file.name, looked_in, reason, url: self.url(file) }.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// `printf 'you say goodbye\n' | sha256sum`
    const FILE: DataFile = DataFile {
        name: "small.txt",
        bytes: 16,
        sha256: "d432bbbb4cf2b50d893715044ab7b468a0215aabf4d6753b1003be1ef3c4a60b",
    };
    const TEXT: &[u8] = b"you say goodbye\n";

    fn locator(data: Option<&Path>, shared: Option<&Path>, cache: Option<&Path>) -> Locator {
        let own = |path: Option<&Path>| path.map(Path::to_owned);
        let (data_dir, shared_dir, cache_dir) = (own(data), own(shared), own(cache));
        Locator { data_dir, shared_dir, cache_dir, offline: true, ..Locator::default() }
    }

    #[test]
    fn looks_into_the_folders_in_order() {
        let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        let [data, shared, cache] = [0, 1, 2].map(|i| Some(folders[i].path()));
        for (i, folder) in folders.iter().enumerate().rev() {
            // The folders after this one have good files by now; a wrong one here must win all the same.
            std::fs::write(folder.path().join(FILE.name), b"wrong").unwrap();
            let error = locator(data, shared, cache).read(&FILE).unwrap_err().to_string();
            assert!(error.contains(&folder.path().join(FILE.name).display().to_string()), "folder {i}: {error}");
            assert!(error.contains("expected length in bytes 16, got 5"), "{error}");
            std::fs::write(folder.path().join(FILE.name), TEXT).unwrap();
            assert_eq!(locator(data, shared, cache).read(&FILE).unwrap(), TEXT);
        }
    }

    #[test]
    fn refuses_a_wrong_byte_with_expected_and_got() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE.name), b"you say goodbyf\n").unwrap();
        let error = locator(Some(folder.path()), None, None).read(&FILE).unwrap_err();
        let Error::Dataset(DatasetError::WrongFile { what, expected, got, .. }) = error else { panic!("{error}") };
        assert_eq!((what, expected.as_str()), ("SHA-256", FILE.sha256));
        assert!(got.len() == 64 && got != expected);
    }

    #[test]
    fn says_where_it_looked_and_where_the_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut locator = locator(Some(folder.path()), None, None);
        locator.base_url = "http://example.org/data//".into();
        let error = locator.read(&FILE).unwrap_err().to_string();
        assert!(error.contains(&folder.path().display().to_string()), "{error}");
        assert!(error.contains("Download http://example.org/data/small.txt"), "{error}");
    }

    #[test]
    fn a_folder_in_the_place_of_the_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(FILE.name)).unwrap();
        assert!(locator(Some(folder.path()), None, None).read(&FILE).is_err());
    }
}
