//! Starts reading a part of a mapped file while other parts are being processed.
#![allow(unsafe_code)]

/// Bytes requested at a time; Linux may read only the beginning of a longer range.
#[cfg(target_os = "linux")]
const AT_ONCE: usize = 128 << 10;

/// Requests these pages, if they belong to a mapped file. A hint: it changes nothing in memory.
#[cfg(target_os = "linux")]
pub fn will_need<T>(data: &[T]) {
    const PAGE: usize = 4096;
    for part in data.chunks((AT_ONCE / size_of::<T>()).max(1)) {
        let before = part.as_ptr().addr() % PAGE;
        // SAFETY: the advice concerns pages of memory that is borrowed here, and changes no content. A refusal is harmless.
        unsafe {
            let start = part.as_ptr().cast::<u8>().wrapping_sub(before);
            libc::madvise(start.cast_mut().cast(), before + size_of_val(part), libc::MADV_WILLNEED);
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub fn will_need<T>(_: &[T]) {}
