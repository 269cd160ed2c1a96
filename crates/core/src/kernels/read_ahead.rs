//! Tells the system which part of a mapped file is needed soon, so that it is read while others are worked on.

/// Bytes that are asked for at a time: of more Linux may read only the first.
#[cfg(target_os = "linux")]
const AT_ONCE: usize = 128 << 10;

/// Asks for these pages, if they lie in a file that is mapped. A hint: it changes nothing in memory.
#[cfg(target_os = "linux")]
pub fn will_need<T>(data: &[T]) {
    const PAGE: usize = 4096;
    for part in data.chunks((AT_ONCE / size_of::<T>()).max(1)) {
        let before = part.as_ptr().addr() % PAGE;
        // SAFETY: the advice has pages read that hold what is borrowed here, and changes no content. A refusal is harmless.
        unsafe {
            let start = part.as_ptr().cast::<u8>().wrapping_sub(before);
            libc::madvise(start.cast_mut().cast(), before + size_of_val(part), libc::MADV_WILLNEED);
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub fn will_need<T>(_: &[T]) {}
