//! Kinds of graphics adapters.

use std::fmt;

/// What an adapter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdapterKind {
    /// A card with its own memory.
    Discrete,
    /// A part of the processor.
    Integrated,
    /// A share of a card, in a virtual machine.
    Virtual,
    /// Not known.
    Other,
    /// A program that computes on the CPU what a card would.
    Software,
}

impl AdapterKind {
    pub(super) fn of(kind: wgpu::DeviceType) -> Self {
        match kind {
            wgpu::DeviceType::DiscreteGpu => Self::Discrete,
            wgpu::DeviceType::IntegratedGpu => Self::Integrated,
            wgpu::DeviceType::VirtualGpu => Self::Virtual,
            wgpu::DeviceType::Other => Self::Other,
            wgpu::DeviceType::Cpu => Self::Software,
        }
    }

    /// Iterations of loops that a thread can rely on, where there is a limit. Mesa's program leaves every loop of a shader after
    /// 65,535 (`LP_MAX_TGSI_LOOP_ITERATIONS`), without saying so. Less a reserve.
    pub fn max_iterations(self) -> Option<usize> {
        (self == Self::Software).then_some(60_000)
    }
}

impl fmt::Display for AdapterKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Discrete => "discrete",
            Self::Integrated => "integrated",
            Self::Virtual => "virtual",
            Self::Other => "other",
            Self::Software => "software",
        })
    }
}
