//! Saves a run: where, and when.

use crate::checkpoint::Storage;
use crate::error::{CoreError, Error, FormatError, OutputError, Result, VectorsError};
use crate::observer::{Observer, SaveEvent};
use rapidvec_core::atomic_file::{self, Existing};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The default time between two checkpoints.
pub const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(60);

/// Where and how a run is saved.
///
/// A file that another program writes to the same path while the run trains is never replaced: the run then saves under another
/// name, and reports it by [`SaveEvent::Moved`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkpoints {
    /// The file of the checkpoints and, in the end, the model.
    pub path: PathBuf,
    /// The time between two checkpoints; zero saves one only when the run is stopped. Default: a minute.
    pub interval: Duration,
    /// Whether the finished model has the trainer's state, so that training can continue with more epochs.
    pub keep_state: bool,
    /// Whether vectors are stored in half precision.
    pub half: bool,
    /// Whether a file that is at `path` when the run starts is replaced.
    pub overwrite: bool,
}

impl Checkpoints {
    /// Saves to `path`, every minute.
    pub fn to(path: impl Into<PathBuf>) -> Self {
        let interval = CHECKPOINT_INTERVAL;
        Self { path: path.into(), interval, keep_state: false, half: false, overwrite: false }
    }
}

rapidvec_core::setters!(Checkpoints { interval: Duration, keep_state: bool, half: bool, overwrite: bool });

/// The identity of the file at a path: a file that replaces it has another one.
type FileId = (u64, u64, Option<std::time::SystemTime>);

/// Saves a run.
#[derive(Debug)]
pub(crate) struct Keeper {
    policy: Checkpoints,
    /// The file this run may replace: the one it found and was allowed to overwrite, or its own.
    own: Option<FileId>,
    /// The last file saved, and its block.
    saved: Option<(PathBuf, u64)>,
    last_try: Instant,
}

impl Keeper {
    pub fn new(policy: Checkpoints) -> Self {
        let own = if policy.overwrite { identity(&policy.path) } else { None };
        Self { policy, own, saved: None, last_try: Instant::now() }
    }

    pub fn saved(&self) -> Option<(&Path, u64)> {
        self.saved.as_ref().map(|(path, block)| (path.as_path(), *block))
    }

    /// When the next checkpoint is due.
    pub fn due(&self) -> Option<Instant> {
        let interval = self.policy.interval;
        (!interval.is_zero()).then(|| self.last_try.checked_add(interval)).flatten()
    }

    /// The next checkpoint is due an interval from now.
    pub fn tried(&mut self) {
        self.last_try = Instant::now();
    }

    /// Saves in half precision if that was requested and every weight fits; otherwise, from now on, in single precision: a larger
    /// model is better than none. Returns how it is stored.
    ///
    /// `write` writes the run, which is at `block`, to a path.
    pub fn save(
        &mut self,
        storage: Storage,
        block: u64,
        write: &dyn Fn(&Path, Existing, Storage) -> Result<()>,
        observer: &mut dyn Observer,
    ) -> Result<Storage> {
        match self.save_unclaimed(storage, block, write, observer) {
            Err(Error::Vectors(VectorsError::Format(FormatError::HalfOverflow { word, got }))) if storage.half => {
                observer.saved(&SaveEvent::SinglePrecision { word: &word, got });
                let storage = Storage { half: false, ..storage };
                self.save_unclaimed(storage, block, write, observer)?;
                Ok(storage)
            }
            saved => saved.map(|()| storage),
        }
    }

    /// Saves to the path, or next to it if another program has written a file there.
    fn save_unclaimed(
        &mut self,
        storage: Storage,
        block: u64,
        write: &dyn Fn(&Path, Existing, Storage) -> Result<()>,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        let is_own = self.own.is_some() && identity(&self.policy.path) == self.own;
        let existing = Existing::replace_if(is_own);
        match write(&self.policy.path, existing, storage) {
            Err(Error::Vectors(VectorsError::Core(CoreError::Output(OutputError::NameTaken { kept, .. })))) => {
                self.move_to(kept, observer)
            }
            Err(Error::Vectors(VectorsError::Core(CoreError::Output(OutputError::Exists { .. })))) => {
                self.move_to(atomic_file::free_name(&self.policy.path), observer);
                return self.save_unclaimed(storage, block, write, observer);
            }
            saved => saved?,
        }
        self.own = identity(&self.policy.path);
        self.saved = Some((self.policy.path.clone(), block));
        observer.saved(&SaveEvent::Saved(&self.policy.path));
        Ok(())
    }

    fn move_to(&mut self, path: PathBuf, observer: &mut dyn Observer) {
        observer.saved(&SaveEvent::Moved { taken: &self.policy.path, path: &path });
        (self.policy.path, self.own) = (path, None);
    }
}

fn identity(path: &Path) -> Option<FileId> {
    let about = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let (device, number) = {
        use std::os::unix::fs::MetadataExt;
        (about.dev(), about.ino())
    };
    #[cfg(not(unix))]
    let (device, number) = (0, about.len());
    Some((device, number, about.modified().ok()))
}
