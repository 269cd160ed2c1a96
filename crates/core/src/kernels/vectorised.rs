//! Plain code, compiled for each instruction set.
#![allow(unsafe_code)]

/// Work whose plain code the compiler vectorises. Everything that [`run`](Self::run) calls has to be
/// `#[inline(always)]`, like `run` itself, or it is compiled for the baseline CPU. No operation is fused: every CPU gives
/// the same result.
pub trait Vectorised: Sized {
    /// Runs it.
    fn run(self);

    /// Runs it with the widest registers of this CPU.
    fn run_vectorised(self) {
        versions::<Self>().into_iter().flatten().next().unwrap_or(Self::run)(self);
    }
}

/// Every version, best first; `None` where this CPU cannot run it.
pub fn versions<W: Vectorised>() -> [Option<fn(W)>; 3] {
    #[cfg(target_arch = "x86_64")]
    let [avx512, avx2]: [Option<fn(W)>; 2] = [
        // SAFETY: the feature was detected.
        is_x86_feature_detected!("avx512f").then_some(|work| unsafe { run_avx512(work) }),
        // SAFETY: the feature was detected.
        is_x86_feature_detected!("avx2").then_some(|work| unsafe { run_avx2(work) }),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let [avx512, avx2] = [None, None];
    [avx512, avx2, Some(W::run)]
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn run_avx512<W: Vectorised>(work: W) {
    work.run();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2<W: Vectorised>(work: W) {
    work.run();
}
