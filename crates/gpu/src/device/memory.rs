//! How much memory an adapter has. wgpu does not say, so Vulkan is asked.

#![allow(unsafe_code)]

use super::kind::AdapterKind;

/// Bytes of an adapter's memory, where they are known.
pub fn of(adapter: &wgpu::Adapter, kind: AdapterKind) -> Option<u64> {
    match kind {
        AdapterKind::Software => rapidvec_core::memory::available_memory(),
        _ => largest_heap(adapter),
    }
}

/// The size of the largest heap of the card's own memory.
#[cfg(not(target_vendor = "apple"))]
fn largest_heap(adapter: &wgpu::Adapter) -> Option<u64> {
    // SAFETY: the handle is only used while `adapter` is borrowed, and nothing is destroyed with it.
    let adapter = unsafe { adapter.as_hal::<wgpu::hal::api::Vulkan>() }?;
    let instance = adapter.shared_instance().raw_instance();
    // SAFETY: the physical device belongs to this instance.
    let properties = unsafe { instance.get_physical_device_memory_properties(adapter.raw_physical_device()) };
    let local = |flags| format!("{flags:?}").contains("DEVICE_LOCAL");
    properties.memory_heaps_as_slice().iter().filter(|heap| local(heap.flags)).map(|heap| heap.size).max()
}

/// Apple's cards share the memory of the computer, and Metal is not asked.
#[cfg(target_vendor = "apple")]
fn largest_heap(_: &wgpu::Adapter) -> Option<u64> {
    None
}
