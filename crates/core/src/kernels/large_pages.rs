//! Memory for large tables, on 2 MB pages where the system provides them.
//!
//! A step reads rows all over a table. With 4 kB pages nearly every one needs a page walk; with 2 MB pages the translations of
//! a whole table fit the TLB.
#![allow(unsafe_code)]

use crate::Chunk;

/// Below this many bytes large pages gain nothing.
const WORTHWHILE: usize = 4 << 20;

/// `count` chunks of zeros.
pub fn zeros(count: usize) -> Vec<Chunk> {
    filled(count, Chunk::ZERO)
}

/// `count` copies of `item`.
pub fn filled<T: Clone>(count: usize, item: T) -> Vec<T> {
    // The first write decides the kind of page: it has to come after the advice.
    let mut data = with_capacity(count);
    data.resize(count, item);
    data
}

/// An empty vector with capacity for `count`. Filling it costs a page fault for each 2 MB instead of one for each 4 kB.
pub fn with_capacity<T>(count: usize) -> Vec<T> {
    let mut data = Vec::with_capacity(count);
    if data.capacity() * size_of::<T>() >= WORTHWHILE {
        advise(&mut data);
    }
    data
}

/// Advises the system to use large pages here.
#[cfg(target_os = "linux")]
fn advise<T>(data: &mut Vec<T>) {
    const PAGE: usize = 4096;
    let start = data.as_mut_ptr().cast::<u8>();
    let skip = start.align_offset(PAGE);
    let length = (data.capacity() * size_of::<T>()).saturating_sub(skip) / PAGE * PAGE;
    if length == 0 {
        return;
    }
    // SAFETY: the range lies within the vector's own allocation, and the advice changes no content. A refusal is harmless.
    unsafe {
        libc::madvise(start.add(skip).cast(), length, libc::MADV_HUGEPAGE);
    }
}

#[cfg(not(target_os = "linux"))]
fn advise<T>(_: &mut Vec<T>) {}

/// Returns freed memory to the system. Otherwise the allocator keeps it for later requests: after a large piece of work that
/// leaves only small allocations behind, that memory serves nobody.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn give_back() {
    // SAFETY: it touches only free memory, and may be called from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Does nothing where the allocator has no such call.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_vector_is_empty_and_has_capacity() {
        for count in [0, 5, WORTHWHILE, WORTHWHILE + 4097] {
            let mut bytes: Vec<u8> = with_capacity(count);
            assert!(bytes.is_empty() && bytes.capacity() >= count);
            bytes.extend(std::iter::repeat_n(7, count));
            assert!(bytes.iter().all(|&byte| byte == 7));
        }
    }

    #[test]
    fn large_and_small_tables_are_zeros() {
        for count in [0, 1, WORTHWHILE / 64 - 1, WORTHWHILE / 64 + 12_345] {
            let data = zeros(count);
            assert_eq!(data.len(), count);
            assert!(data.iter().all(|chunk| *chunk == Chunk::ZERO));
        }
        let numbers = filled(WORTHWHILE / 4 + 3, 7u32);
        assert!(numbers.len() == WORTHWHILE / 4 + 3 && numbers.iter().all(|&x| x == 7));
    }
}
