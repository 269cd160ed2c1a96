//! Prefetch instructions, on the CPUs whose instructions are known.
#![allow(unsafe_code)]

/// Prefetches the cache line at `at`. A hint: it changes no value, and any address is allowed.
#[inline(always)]
pub(super) fn prefetch_line(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of x86-64; a prefetch reads nothing that the program can see, and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: every CPU of this kind has the instruction. It reads nothing that the program can see, never faults, and leaves
    // registers, flags and stack alone.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{at}]", at = in(reg) at, options(readonly, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = at;
}

/// Asks for the cache line at `at`, because it is needed soon and will be written: no other core keeps it then, and the write need not
/// wait for that. It changes no number, and any address is allowed.
#[inline(always)]
pub(super) fn prefetch_line_to_write(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a CPU that lacks the instruction takes it for one that does nothing. It reads nothing that the program can see, never
    // faults, and leaves registers, flags and stack alone.
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
