//! Why a graphics card cannot be used.

/// Why a graphics card cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// No driver reports a card.
    #[error("no graphics adapter: {}", install())]
    NoAdapter,
    /// No adapter has the number or the name that was asked for.
    #[error("no graphics adapter matches '{wanted}'. There are: {}", available.join(", "))]
    NoSuchAdapter {
        /// What was asked for.
        wanted: String,
        /// The names of those there are.
        available: Vec<String>,
    },
    /// The driver refused to open the adapter.
    #[error("the graphics adapter {adapter} cannot be opened: {reason}")]
    Open {
        /// Its name.
        adapter: String,
        /// What the driver says.
        reason: String,
    },
    /// The estimate exceeds the memory of the adapter.
    #[error(
        "training needs about {needed} MB of memory on {adapter}, which has {available} MB. \
         Use a smaller vector size or fewer words, or train on the CPU"
    )]
    OutOfMemory {
        /// The adapter's name.
        adapter: String,
        /// Megabytes that training needs.
        needed: u64,
        /// Megabytes there are.
        available: u64,
    },
    /// The driver has no memory left for a buffer.
    #[error(
        "{adapter} has no memory left for {bytes} bytes of {what}. Use a smaller vector size or fewer words, or train on the CPU"
    )]
    NoRoom {
        /// The adapter's name.
        adapter: String,
        /// What was to be stored.
        what: String,
        /// Its size.
        bytes: u64,
    },
    /// A matrix needs more bindings than a shader of this adapter may have.
    #[error(
        "{what} takes {parts} buffers on {adapter}, but its shaders can use {limit}. Use a smaller vector size or fewer words, or train on the CPU"
    )]
    TooManyParts {
        /// The adapter's name.
        adapter: String,
        /// The matrices.
        what: String,
        /// Buffers they take.
        parts: usize,
        /// Buffers there can be.
        limit: usize,
    },
    /// The card stopped working: it was reset, removed, or its driver failed.
    #[error("the graphics adapter {adapter} was lost: {reason}. Resume from the last checkpoint")]
    Lost {
        /// Its name.
        adapter: String,
        /// What the driver says.
        reason: String,
    },
    /// The driver refused a command.
    #[error("the graphics adapter {adapter} failed: {reason}")]
    Failed {
        /// Its name.
        adapter: String,
        /// What the driver says.
        reason: String,
    },
    /// A setting that only the CPU supports.
    #[error("training on a graphics card does not support {what}. Train on the CPU")]
    Unsupported {
        /// The setting.
        what: String,
    },
}

/// What to install, on this system.
fn install() -> &'static str {
    if cfg!(target_vendor = "apple") {
        "this computer has no Metal device"
    } else if cfg!(windows) {
        "install the driver of your graphics card"
    } else {
        "install the driver of your graphics card and the Vulkan loader (Debian: libvulkan1; without a card, \
         mesa-vulkan-drivers computes on the CPU)"
    }
}

impl From<GpuError> for rapidvec::Error {
    fn from(error: GpuError) -> Self {
        rapidvec::Error::Device(Box::new(error))
    }
}
