//! Memory for large tables, on 2 MB pages where the system provides them.
//!
//! A step reads rows scattered over a table. With 4 kB pages nearly every read needs a page walk; with 2 MB pages the
//! translations of a whole table fit the TLB.
#![allow(unsafe_code)]

use crate::chunk::Chunk;

/// The minimum size in bytes for which large pages pay.
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
    let mut data = Vec::<T>::with_capacity(count);
    if data.capacity() * size_of::<T>() >= WORTHWHILE {
        // SAFETY: the vector owns this memory, and the advice changes no content.
        unsafe { advise(data.as_mut_ptr().cast(), data.capacity() * size_of::<T>(), Advice::LargePages) };
    }
    data
}

/// Returns the memory of chunks that are not needed for now; their contents are unspecified afterwards.
pub fn discard(unused: &mut [Chunk]) {
    if size_of_val(unused) >= WORTHWHILE {
        // SAFETY: the caller has the only reference to these chunks. Their pages become zeros, or do not
        // change if this is not anonymous memory: valid numbers in either case.
        unsafe { advise(unused.as_mut_ptr().cast(), size_of_val(unused), Advice::Unused) };
    }
}

/// Advice to the system about some memory.
#[derive(Clone, Copy)]
enum Advice {
    LargePages,
    Unused,
}

/// Advises the system on the whole pages among these bytes. A refusal is harmless.
///
/// # Safety
/// The bytes belong to one allocation, and no content that the advice changes is needed.
#[cfg(target_os = "linux")]
unsafe fn advise(start: *mut u8, bytes: usize, advice: Advice) {
    const PAGE: usize = 4096;
    let skip = start.align_offset(PAGE);
    let length = bytes.saturating_sub(skip) / PAGE * PAGE;
    if length == 0 {
        return;
    }
    let advice = match advice {
        Advice::LargePages => libc::MADV_HUGEPAGE,
        Advice::Unused => libc::MADV_DONTNEED,
    };
    // SAFETY: the range lies within the caller's bytes.
    unsafe {
        libc::madvise(start.add(skip).cast(), length, advice);
    }
}

#[cfg(not(target_os = "linux"))]
unsafe fn advise(_: *mut u8, _: usize, _: Advice) {}

/// Returns freed memory to the system. Otherwise the allocator keeps it for later requests, which is a waste
/// after a large piece of work that leaves only small allocations.
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
    fn discarded_chunks_can_be_written_again_and_their_neighbours_stay() {
        let mut data = filled(2 * WORTHWHILE / 64, Chunk([1.0; 16]));
        discard(&mut data[WORTHWHILE / 128..]);
        assert!(data[..WORTHWHILE / 128].iter().all(|chunk| *chunk == Chunk([1.0; 16])));
        data[WORTHWHILE / 128..].fill(Chunk::ZERO);
        assert!(data[WORTHWHILE / 128..].iter().all(|chunk| *chunk == Chunk::ZERO));
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
