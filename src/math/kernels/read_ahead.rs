//! Tells the system which part of a mapped file is needed soon, so that it is read while others are worked on.

/// Asks for these pages, if they lie in a file that is mapped. A hint: it changes nothing in memory.
#[cfg(target_os = "linux")]
pub fn will_need<T>(data: &[T]) {
    const PAGE: usize = 4096;
    let before = data.as_ptr().addr() % PAGE;
    // SAFETY: the advice has pages read that hold what is borrowed here, and changes no content. A refusal is harmless.
    unsafe {
        let start = data.as_ptr().cast::<u8>().wrapping_sub(before);
        libc::madvise(start.cast_mut().cast(), before + size_of_val(data), libc::MADV_WILLNEED);
    }
}

#[cfg(not(target_os = "linux"))]
pub fn will_need<T>(_: &[T]) {}
