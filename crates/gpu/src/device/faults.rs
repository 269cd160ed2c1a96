//! Errors that a driver reports at some later time: the first one is kept until somebody asks.

use super::error::GpuError;
use std::sync::{Arc, Mutex, PoisonError};

/// The first error of a device, shared with wgpu's handlers.
#[derive(Debug, Clone)]
pub struct Faults {
    adapter: String,
    first: Arc<Mutex<Option<GpuError>>>,
}

impl Faults {
    /// Listens to `device`.
    pub fn of(device: &wgpu::Device, adapter: &str) -> Self {
        let faults = Self { adapter: adapter.to_owned(), first: Arc::default() };
        let listener = faults.clone();
        device.on_uncaptured_error(Arc::new(move |error| listener.record(error)));
        let listener = faults.clone();
        device.set_device_lost_callback(move |reason, text| {
            if reason != wgpu::DeviceLostReason::Destroyed {
                listener.keep(listener.lost(text));
            }
        });
        faults
    }

    /// The first error so far.
    pub fn check(&self) -> Result<(), GpuError> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.clone().map_or(Ok(()), Err)
    }

    /// The device stopped answering.
    pub fn lost(&self, reason: impl ToString) -> GpuError {
        GpuError::Lost { adapter: self.adapter.clone(), reason: one_line(&reason.to_string()) }
    }

    /// A command was refused.
    pub fn failed(&self, error: &wgpu::Error) -> GpuError {
        GpuError::Failed { adapter: self.adapter.clone(), reason: one_line(&error.to_string()) }
    }

    fn record(&self, error: wgpu::Error) {
        self.keep(self.failed(&error));
    }

    /// Loss explains all later errors, so it replaces an earlier one.
    fn keep(&self, error: GpuError) {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_none() || matches!(error, GpuError::Lost { .. }) {
            *first = Some(error);
        }
    }
}

/// A driver's message, without line ends.
fn one_line(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.is_empty() { "the driver gave no reason".to_owned() } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_kept_unless_the_device_is_lost() {
        let faults = Faults { adapter: "card".to_owned(), first: Arc::default() };
        assert_eq!(faults.check(), Ok(()));
        let failed = |reason: &str| GpuError::Failed { adapter: "card".to_owned(), reason: reason.to_owned() };
        faults.keep(failed("first"));
        faults.keep(failed("second"));
        assert_eq!(faults.check(), Err(failed("first")));
        faults.keep(faults.lost("a\n reset"));
        assert_eq!(faults.check(), Err(GpuError::Lost { adapter: "card".to_owned(), reason: "a reset".to_owned() }));
        assert_eq!(one_line(" \n"), "the driver gave no reason");
    }
}
