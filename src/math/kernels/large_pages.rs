//! Memory for large tables, on 2 MB pages where the system gives them.
//!
//! A step reads rows all over a table. With 4 kB pages nearly each of them needs a walk of the page table; with pages of
//! 2 MB the addresses of a whole table fit the processor's own list.

use crate::math::Chunk;

/// Below this many bytes large pages gain nothing.
const WORTHWHILE: usize = 4 << 20;

/// `count` chunks of zeros.
pub fn zeros(count: usize) -> Vec<Chunk> {
    let mut data: Vec<Chunk> = Vec::with_capacity(count);
    if count * size_of::<Chunk>() >= WORTHWHILE {
        advise(&mut data);
    }
    // The first write decides what kind of page it is: it has to come after the advice.
    data.resize(count, Chunk::ZERO);
    data
}

/// Tells the system that large pages are welcome here.
#[cfg(target_os = "linux")]
fn advise(data: &mut Vec<Chunk>) {
    const PAGE: usize = 4096;
    let start = data.as_mut_ptr().cast::<u8>();
    let skip = start.align_offset(PAGE);
    let length = (data.capacity() * size_of::<Chunk>()).saturating_sub(skip) / PAGE * PAGE;
    if length == 0 {
        return;
    }
    // SAFETY: the range lies within the vector's own allocation, and the advice changes no content. A refusal is harmless.
    unsafe {
        libc::madvise(start.add(skip).cast(), length, libc::MADV_HUGEPAGE);
    }
}

#[cfg(not(target_os = "linux"))]
fn advise(_: &mut Vec<Chunk>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_tables_are_zeros() {
        for count in [0, 1, WORTHWHILE / 64 - 1, WORTHWHILE / 64 + 12_345] {
            let data = zeros(count);
            assert_eq!(data.len(), count);
            assert!(data.iter().all(|chunk| *chunk == Chunk::ZERO));
        }
    }
}
