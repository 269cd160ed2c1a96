//! A graphics card: which there are, buffers and matrices on one, shaders that run on it.

mod adapter;
mod buffer;
mod error;
mod faults;
mod kernel;
mod kind;
mod memory;
mod open;
mod ready;
mod rows;

pub use adapter::{ADAPTER_VARIABLE, Adapter, adapters};
pub use buffer::{DeviceBuffer, Mailbox, Sent};
pub use error::GpuError;
pub use kernel::{Bindings, Kernel};
pub use kind::AdapterKind;
pub use open::Device;
pub use rows::DeviceRows;

#[cfg(test)]
pub(crate) mod tests;
