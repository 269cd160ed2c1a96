//! `rapidvec devices`: which graphics adapters can train?

use crate::output::{Facts, FactsForm, to_stdout};
use rapidvec_gpu::{Adapter, GpuError, adapters};

/// List the graphics adapters that train --device gpu can use
#[derive(clap::Args)]
#[command(after_help = "\
RAPIDVEC_ADAPTER chooses one by its number or a part of its name; without it the first one is used.

Examples:
  rapidvec devices
  RAPIDVEC_ADAPTER=1 rapidvec train corpus.txt --device gpu")]
pub struct Args {
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = FactsForm::Table)]
    format: FactsForm,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let found = adapters();
    if found.is_empty() {
        return Err(rapidvec::Error::from(GpuError::NoAdapter).into());
    }
    let all: Vec<Facts> = found.iter().enumerate().map(|(number, adapter)| facts(number, adapter)).collect();
    to_stdout(|out| match args.format {
        FactsForm::Json => writeln!(out, "{}", serde_json::to_string(&all)?),
        FactsForm::Table => all.iter().enumerate().try_for_each(|(number, facts)| {
            if number > 0 {
                writeln!(out)?;
            }
            args.format.write(out, facts)
        }),
    })
}

fn facts(number: usize, adapter: &Adapter) -> Facts {
    let mut facts = Facts::default();
    facts.add("number", number);
    facts.add("name", adapter.name.clone());
    facts.add("backend", adapter.backend);
    facts.add("driver", adapter.driver.clone());
    facts.add("kind", adapter.kind.to_string());
    facts.add("memory_bytes", adapter.memory.map_or(serde_json::Value::Null, Into::into));
    facts.add("largest_buffer_bytes", adapter.max_binding);
    facts.add("buffers_per_shader", adapter.max_bindings);
    facts.add("workgroup_memory_bytes", adapter.max_workgroup_memory);
    facts
}
