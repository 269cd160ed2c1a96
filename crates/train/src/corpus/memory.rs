//! Checks that there is enough memory.

use crate::error::TrainError;
use rapidvec_core::memory::available_memory;

const MEGABYTE: u64 = 1_000_000;

/// Checks that `needed` bytes fit, of which `held` are in memory already. Passes where the available memory is unknown.
///
/// # Errors
/// [`TrainError::OutOfMemory`].
pub fn check_memory(needed: u64, held: u64) -> Result<(), TrainError> {
    compare(needed.saturating_sub(held), available_memory())
}

fn compare(needed: u64, available: Option<u64>) -> Result<(), TrainError> {
    match available {
        Some(available) if needed > available => {
            Err(TrainError::OutOfMemory { needed: needed.div_ceil(MEGABYTE), available: available / MEGABYTE })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_more_than_there_is() {
        assert_eq!(compare(5_000_000, Some(5_000_000)), Ok(()));
        assert_eq!(compare(u64::MAX, None), Ok(()));
        let refused = compare(5_000_001, Some(5_000_000));
        assert_eq!(refused, Err(TrainError::OutOfMemory { needed: 6, available: 5 }));
        assert_eq!(check_memory(u64::MAX, u64::MAX), Ok(()));
    }
}
