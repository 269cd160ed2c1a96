//! Where a run trains: on the CPU, or on a graphics card.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rapidvec::{Error, Result};
use std::str::FromStr;

/// The argument `device`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Cpu,
    Gpu,
    /// A card if there is one that can do it, and else the CPU.
    Auto,
}

impl FromStr for Asked {
    type Err = PyErr;

    fn from_str(name: &str) -> PyResult<Self> {
        match name {
            "cpu" => Ok(Self::Cpu),
            "gpu" => Ok(Self::Gpu),
            "auto" => Ok(Self::Auto),
            got => Err(PyValueError::new_err(format!("device must be cpu, gpu or auto, got {got}"))),
        }
    }
}

impl Asked {
    /// Whether a run is to train on a card; `possible` says whether a card can train it. A run that no card can train is left
    /// to the card's trainer to refuse where a card was asked for.
    #[cfg(feature = "gpu")]
    pub fn is_card(self, possible: bool) -> bool {
        match self {
            Self::Cpu => false,
            Self::Gpu => true,
            Self::Auto => possible && rapidvec_gpu::Adapter::card().is_some(),
        }
    }

    /// Refuses a card in a build that has no trainers for it.
    pub fn check(self) -> Result<()> {
        if self == Self::Gpu { Err(unsupported()) } else { Ok(()) }
    }
}

fn unsupported() -> Error {
    let text = "this build of rapidvec has no support for graphics cards; \
        build the package with the feature gpu, or leave device out";
    Error::Device(text.into())
}

/// Name, backend, driver, kind, bytes of memory.
type Described = (String, String, String, String, Option<u64>);

/// The graphics adapters of this computer, real cards first.
#[pyfunction]
pub fn devices(py: Python<'_>) -> PyResult<Vec<Described>> {
    crate::errors::run(py, described)
}

#[cfg(feature = "gpu")]
fn described() -> Result<Vec<Described>> {
    let adapters = rapidvec_gpu::adapters().into_iter();
    Ok(adapters
        .map(|adapter| {
            (adapter.name, adapter.backend.to_owned(), adapter.driver, adapter.kind.to_string(), adapter.memory)
        })
        .collect())
}

#[cfg(not(feature = "gpu"))]
fn described() -> Result<Vec<Described>> {
    Err(unsupported())
}
