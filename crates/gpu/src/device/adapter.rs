//! The graphics adapters of this computer, and which of them is used.

use super::error::GpuError;
use super::kind::AdapterKind;
use super::memory;
use super::ready::ready;
use std::fmt;

/// The environment variable that chooses an adapter: its number in [`adapters`], or a part of its name in any case.
pub const ADAPTER_VARIABLE: &str = "RAPIDVEC_ADAPTER";

/// Part of a card's memory beyond which creating a buffer fails, in percent: the system needs some too.
const MEMORY_LIMIT: u8 = 97;

/// A graphics adapter.
#[derive(Debug, Clone)]
pub struct Adapter {
    /// The name that the driver gives it.
    pub name: String,
    /// The interface it is used by: Vulkan, Metal, DirectX 12.
    pub backend: &'static str,
    /// The driver and its version.
    pub driver: String,
    /// What it is.
    pub kind: AdapterKind,
    /// Bytes of its memory, where the driver says; for a software adapter those of the computer.
    pub memory: Option<u64>,
    /// The largest buffer that a shader can use, in bytes.
    pub max_binding: u64,
    /// How many buffers a shader can use.
    pub max_bindings: usize,
    /// The most memory that the threads of a workgroup can share, in bytes.
    pub max_workgroup_memory: usize,
    pub(super) handle: wgpu::Adapter,
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.backend)
    }
}

/// The adapters of this computer, real cards first. Empty where no driver is installed.
pub fn adapters() -> Vec<Adapter> {
    let descriptor = wgpu::InstanceDescriptor {
        backends: wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12,
        flags: wgpu::InstanceFlags::empty(), // validation would need a layer that few computers have
        memory_budget_thresholds: wgpu::MemoryBudgetThresholds {
            for_resource_creation: Some(MEMORY_LIMIT),
            for_device_loss: None,
        },
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    };
    let instance = wgpu::Instance::new(descriptor);
    let mut found: Vec<Adapter> =
        ready(instance.enumerate_adapters(wgpu::Backends::all())).into_iter().map(describe).collect();
    found.sort_by_key(|adapter| adapter.kind); // stable: the driver's order within a kind
    found
}

fn describe(handle: wgpu::Adapter) -> Adapter {
    let (info, limits) = (handle.get_info(), handle.limits());
    let kind = AdapterKind::of(info.device_type);
    Adapter {
        backend: match info.backend {
            wgpu::Backend::Vulkan => "Vulkan",
            wgpu::Backend::Metal => "Metal",
            wgpu::Backend::Dx12 => "DirectX 12",
            _ => "other",
        },
        driver: [info.driver, info.driver_info].join(" ").trim().to_owned(),
        kind,
        memory: memory::of(&handle, kind),
        max_binding: limits.max_storage_buffer_binding_size.min(limits.max_buffer_size),
        max_bindings: limits.max_storage_buffers_per_shader_stage as usize,
        max_workgroup_memory: limits.max_compute_workgroup_storage_size as usize,
        name: info.name,
        handle,
    }
}

impl Adapter {
    /// The adapter that [`ADAPTER_VARIABLE`] asks for; the first one where it is not set.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`], [`GpuError::NoSuchAdapter`].
    pub fn chosen() -> Result<Self, GpuError> {
        let wanted = std::env::var(ADAPTER_VARIABLE).unwrap_or_default();
        let found = adapters();
        let names: Vec<String> = found.iter().map(|adapter| adapter.name.clone()).collect();
        let place = choose(&names, wanted.trim())?;
        found.into_iter().nth(place).ok_or(GpuError::NoAdapter)
    }

    /// The [`chosen`](Self::chosen) adapter if it is a real card. A program that computes on the CPU what a card would is
    /// slower than the trainers of the CPU, so a user who leaves the choice open does not want it.
    pub fn card() -> Option<Self> {
        Self::chosen().ok().filter(|adapter| adapter.kind != AdapterKind::Software)
    }
}

/// Which of the adapters with these names is meant by `wanted`.
fn choose(names: &[String], wanted: &str) -> Result<usize, GpuError> {
    if names.is_empty() {
        return Err(GpuError::NoAdapter);
    }
    if wanted.is_empty() {
        return Ok(0);
    }
    let by_number = wanted.parse().ok().filter(|&number: &usize| number < names.len());
    let lower = wanted.to_lowercase();
    let by_name = || names.iter().position(|name| name.to_lowercase().contains(&lower));
    let none = || GpuError::NoSuchAdapter { wanted: wanted.to_owned(), available: names.to_vec() };
    by_number.or_else(by_name).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_is_chosen_by_number_or_by_part_of_its_name() {
        let names = ["NVIDIA H200", "Intel Graphics 770"].map(str::to_owned);
        for (wanted, expected) in [("", 0), ("0", 0), ("1", 1), ("intel", 1), ("h200", 0), ("770", 1)] {
            assert_eq!(choose(&names, wanted), Ok(expected), "{wanted}");
        }
        let error = choose(&names, "radeon").unwrap_err().to_string();
        assert_eq!(error, "no graphics adapter matches 'radeon'. There are: NVIDIA H200, Intel Graphics 770");
        assert!(choose(&[], "").unwrap_err().to_string().starts_with("no graphics adapter: "));
    }
}
