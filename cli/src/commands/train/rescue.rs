//! A second place for a finished model that could not be saved where it should be.

use rapidvec::{Session, Trainer, atomic_file};
use std::path::{Path, PathBuf};

/// Saves the model in the working folder, or else in the folder for temporary files, under a name that is free. Where it is then.
pub fn rescue<T: Trainer>(session: &Session<T>, output: &Path, with_state: bool) -> Option<PathBuf> {
    let folders = [std::env::current_dir().ok(), Some(std::env::temp_dir())];
    let names = [output.file_name().map(PathBuf::from), Some(PathBuf::from("model.safetensors"))];
    let places = folders.iter().flatten().flat_map(|folder| names.iter().flatten().map(|name| folder.join(name)));
    let free = places.map(|place| if place.exists() { atomic_file::free_name(&place) } else { place });
    free.into_iter().find(|place| session.save_to(place, with_state).is_ok())
}
