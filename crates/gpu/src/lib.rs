//! rapidvec's trainers on a graphics card: NVIDIA, AMD and Intel (Vulkan), Apple (Metal), Windows (DirectX 12).
//!
//! The drivers are loaded at run time. A machine without one builds and runs this crate, and gets [`GpuError::NoAdapter`].
//!
//! | to | use |
//! |---|---|
//! | train word2vec on a card | [`GpuTrainer`], as `rapidvec::CpuTrainer` |
//! | see which cards there are | [`adapters`] |
//! | open one and run shaders on it | [`Device`], [`Kernel`] |
//! | keep a matrix on it | [`DeviceRows`] |
//! | train as the chapter does | [`GpuTextbookTrainer`], [`to_gpu`], [`to_cpu`] |

#![deny(unsafe_code)]

pub mod device;
pub mod textbook;
mod word2vec;

pub use device::{Adapter, AdapterKind, Device, DeviceBuffer, DeviceRows, GpuError, Kernel, adapters};
pub use textbook::{GpuTextbookTrainer, to_cpu, to_gpu};
pub use word2vec::{GpuTrainer, MAX_VECTOR_SIZE, WINDOWS_IN_FLIGHT};
