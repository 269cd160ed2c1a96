//! The flags of the textbook trainer.

use crate::commands::named::{Named, named};
use rapidvec_textbook::OptimizerKind;

/// Settings that only the textbook trainer has.
#[derive(Debug, Default, Clone, clap::Args)]
#[command(next_help_heading = "Settings of --trainer textbook")]
pub struct TextbookSettings {
    /// Optimize by adam or sgd [default: adam]
    #[arg(long, value_parser = named::<OptimizerKind>(), value_name = "NAME", hide_short_help = true, hide_possible_values = true)]
    pub optimizer: Option<OptimizerKind>,

    /// Put N examples in a mini-batch [default: 100]
    #[arg(long, value_name = "N", value_parser = crate::commands::numbers::count::<usize>, allow_negative_numbers = true)]
    #[arg(hide_short_help = true)]
    pub batch_size: Option<usize>,

    /// Scale gradients down to this norm [default: off]
    #[arg(long, value_name = "X", allow_negative_numbers = true, hide_short_help = true)]
    pub max_grad: Option<f32>,
}

impl Named for OptimizerKind {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[(Self::Adam, "adam", ""), (Self::Sgd, "sgd", "")];
}

impl TextbookSettings {
    /// The first of these flags that was given.
    pub fn given(&self) -> Option<&'static str> {
        let given = [
            ("optimizer", self.optimizer.is_some()),
            ("batch-size", self.batch_size.is_some()),
            ("max-grad", self.max_grad.is_some()),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
    }
}
