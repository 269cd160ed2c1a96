//! A graphics card: which there are, buffers and matrices on one, shaders that run on it.

mod adapter;
mod buffer;
mod error;
mod faults;
mod kernel;
mod memory;
mod open;
mod ready;
mod rows;

pub use adapter::{ADAPTER_VARIABLE, Adapter, AdapterKind, adapters};
pub use buffer::DeviceBuffer;
pub use error::GpuError;
pub use kernel::{Bindings, Kernel};
pub use open::Device;
pub use rows::DeviceRows;

#[cfg(test)]
pub(crate) mod tests;
