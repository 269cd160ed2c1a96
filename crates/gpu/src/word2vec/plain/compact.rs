//! The twin of `compact.wgsl`.

use super::random::{KEEP, random};
use super::{END, FROZEN};

/// The ids that are kept, ends of sentences included. `keep` is the table that the shader reads.
pub fn compact(ids: &[u32], key: [u32; 2], keep: &[u32]) -> Vec<u32> {
    let kept = ids.iter().zip(0..).filter_map(|(&id, at)| {
        if id == END {
            return Some(END);
        }
        let limit = keep[id as usize];
        let stays = random([key[0], key[1], at, KEEP])[0] >> 1 <= limit >> 1;
        stays.then_some(id | ((limit & 1) * FROZEN))
    });
    kept.collect()
}
