//! Where a run trains: on the CPU, or on a graphics card.

use super::args::{Args, Device};
use crate::output::{UsageError, messages, note};

/// Where a run trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    Cpu,
    #[cfg(feature = "gpu")]
    Gpu,
}

/// What `--device` means on this computer, for a run with hierarchical softmax or without.
///
/// # Errors
/// `--device gpu` where that is not possible.
pub fn choose(args: &Args, hierarchical_softmax: bool) -> anyhow::Result<Chosen> {
    match args.device {
        Device::Cpu if args.word2vec.windows_in_flight.is_some() => {
            Err(UsageError("--windows-in-flight needs --device gpu".into()).into())
        }
        Device::Cpu => Ok(Chosen::Cpu),
        Device::Auto if hierarchical_softmax => {
            note(messages::not_for_cards("--hierarchical-softmax"));
            Ok(Chosen::Cpu)
        }
        Device::Auto if args.word2vec.subwords || args.word2vec.position_weights => {
            note(messages::not_for_cards(if args.word2vec.subwords { "--subwords" } else { "--position-weights" }));
            Ok(Chosen::Cpu)
        }
        asked => on_card(asked),
    }
}

#[cfg(not(feature = "gpu"))]
fn on_card(asked: Device) -> anyhow::Result<Chosen> {
    if asked == Device::Gpu {
        let help =
            "this program was built without support for graphics cards; build it with --features gpu, or omit --device";
        return Err(UsageError(help.into()).into());
    }
    note(messages::no_cards_in_this_build());
    Ok(Chosen::Cpu)
}

#[cfg(feature = "gpu")]
fn on_card(asked: Device) -> anyhow::Result<Chosen> {
    use rapidvec_gpu::Adapter;
    if asked == Device::Gpu {
        Adapter::chosen().map_err(rapidvec::Error::from)?;
        return Ok(Chosen::Gpu);
    }
    if Adapter::card().is_some() {
        return Ok(Chosen::Gpu);
    }
    note(messages::no_adapter_so_cpu());
    Ok(Chosen::Cpu)
}
