//! `rapidvec plot MODEL... -o FILE`: the losses of finished models and checkpoints, as a picture.

use super::default_model::or_default;
use super::open;
use crate::output::{LineChart, Place, Series, chart_path, messages, save_chart, say};
use rapidvec::Error;
use rapidvec::atomic_file::Existing;
use rapidvec::checkpoint::{Summary, Trained};
use rapidvec::vectors::format::open_model;
use std::path::{Path, PathBuf};

/// Draw the training loss of models and checkpoints
///
/// The line is the loss on the training text over the epochs, as the model recorded it; dots are the loss on held-out text
/// after an epoch (train --valid). Several models are drawn in one picture.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  rapidvec plot model.safetensors -o loss.svg
  rapidvec plot cbow.safetensors skipgram.safetensors -o both.svg")]
pub struct Args {
    /// Models trained by rapidvec [default: model.safetensors]
    #[arg(value_name = "MODEL")]
    models: Vec<PathBuf>,
    /// Write the picture to FILE.svg, or FILE.png in builds that draw it
    #[arg(short, long, value_name = "FILE", value_parser = chart_path)]
    output: PathBuf,
    /// Overwrite FILE if it exists
    #[arg(short, long)]
    force: bool,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let models = match &args.models[..] {
        [] => vec![or_default(None)?],
        models => models.iter().map(PathBuf::as_path).collect(),
    };
    let place = Place::named(&args.output);
    place.check_unread(&models)?;
    place.check_file(args.force)?;
    let trained = models.iter().map(|model| trained(model)).collect::<anyhow::Result<Vec<_>>>()?;
    let end = trained.iter().map(|trained| position(trained, 0, trained.blocks)).fold(0.0, f64::max);
    let alone = models.len() == 1;
    let name = |model: &Path| if alone { messages::plot_training() } else { model.display().to_string() };
    let chart = LineChart {
        title: messages::plot_title(),
        x_label: messages::plot_epochs(),
        y_label: messages::plot_loss(),
        series: models.iter().zip(&trained).map(|(model, trained)| series(name(model), trained)).collect(),
        dots_name: messages::plot_held_out(),
        marks: Vec::new(),
        x_max: end * 1.02, // room for the last point
    };
    save_chart(&chart, &args.output, Existing::replace_if(args.force))?;
    say(messages::plot_saved(args.output.display(), models.len()));
    Ok(())
}

/// The model's training record, with at least one loss.
fn trained(path: &Path) -> anyhow::Result<Trained> {
    let model = open_model(path).map_err(|error| open::name_file(path, error))?;
    let summary = Summary::of(&model).map_err(|error| open::name_file(path, Error::from(error)))?;
    let trained = summary.trained.filter(|trained| !trained.losses.is_empty() || !trained.held_out.is_empty());
    trained.ok_or_else(|| anyhow::anyhow!(messages::no_losses(path.display())))
}

fn series(name: String, trained: &Trained) -> Series {
    // A loss of 0 means that no pair was trained.
    let losses = trained.losses.iter().filter(|(_, _, loss)| *loss != 0.0);
    let losses = losses.map(|&(epoch, block, loss)| (position(trained, epoch.saturating_sub(1), block), loss));
    let held_out = trained.held_out.iter().map(|point| (point.epoch as f64, point.loss));
    Series::new(name, losses.collect(), held_out.collect())
}

/// Epochs done after `block` blocks more than `epochs` whole ones.
fn position(trained: &Trained, epochs: usize, block: u64) -> f64 {
    epochs as f64 + block as f64 / trained.blocks_per_epoch.max(1) as f64
}
