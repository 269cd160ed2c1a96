//! The flags of training by several processes.

use crate::commands::numbers::count;
use clap::ValueEnum;
use rapidvec::distributed::{Period, SyncPlan};

/// How processes that train together are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Env,
    Ray,
}

/// How processes train together.
#[derive(Debug, Default, Clone, clap::Args)]
#[command(next_help_heading = "Several processes")]
pub struct GangSettings {
    /// Train with processes that mpirun or srun start (env), or ray
    #[arg(long, value_enum, value_name = "NAME", hide_short_help = true, hide_possible_values = true)]
    pub engine: Option<Engine>,

    /// Start N workers with --engine ray
    #[arg(long, value_name = "N", value_parser = count::<usize>, requires = "engine", hide_short_help = true)]
    #[arg(allow_negative_numbers = true)]
    pub workers: Option<usize>,

    /// Synchronise this often, not after a number of words
    #[arg(long, value_name = "SECONDS", requires = "engine", conflicts_with = "sync_words", hide_short_help = true)]
    #[arg(value_parser = seconds)]
    pub sync_seconds: Option<f64>,

    /// Synchronise after N words of each worker [default: 40,000 of all together]
    #[arg(long, value_name = "N", value_parser = count::<u64>, requires = "engine", hide_short_help = true)]
    #[arg(allow_negative_numbers = true)]
    pub sync_words: Option<u64>,

    /// Synchronise all rows every N times [default: 64]
    #[arg(long, value_name = "N", value_parser = count::<u64>, requires = "engine", hide_short_help = true)]
    #[arg(allow_negative_numbers = true)]
    pub full_sync_every: Option<u64>,
}

impl GangSettings {
    /// When processes synchronise; what is not given is that of `base`.
    pub fn plan(&self, base: SyncPlan) -> SyncPlan {
        let words = self.sync_words.map(|words| Period::Words(words.max(1)));
        let period = words.or(self.sync_seconds.map(Period::Seconds)).unwrap_or(base.period);
        SyncPlan { period, full_every: self.full_sync_every.map_or(base.full_every, |every| every.max(1)) }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|error| format!("{error}; expected seconds, such as 1 or 0.5"))?;
    if seconds > 0.0 && seconds <= 3600.0 {
        Ok(seconds)
    } else {
        Err("expected seconds above 0, up to 3600".to_owned())
    }
}
