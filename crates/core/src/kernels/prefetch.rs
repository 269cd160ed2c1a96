//! Prefetch instructions, on the CPUs whose instructions are known.
#![allow(unsafe_code)]

/// Prefetches the cache line at `at`. A hint: it changes no value, and any address is allowed.
#[inline(always)]
pub(super) fn prefetch_line(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of x86-64; a prefetch has no visible effect, and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: every CPU of this kind has the instruction. It has no visible effect, never faults, and leaves
    // registers, flags and stack unchanged.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{at}]", at = in(reg) at, options(readonly, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = at;
}

/// Prefetches the cache line at `at` for writing: other cores give it up in advance, so the write does not wait for them. It
/// changes no value, and any address is allowed.
#[inline(always)]
pub(super) fn prefetch_line_to_write(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a CPU that lacks the instruction treats it as one that does nothing. It has no visible effect, never faults, and
    // leaves registers, flags and stack unchanged.
    unsafe {
        std::arch::asm!("prefetchw [{at}]", at = in(reg) at, options(readonly, nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as in `prefetch_line`.
    unsafe {
        std::arch::asm!("prfm pstl1keep, [{at}]", at = in(reg) at, options(readonly, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = at;
}
