//! The losses of a run as a picture.

use super::display::Unit;
use super::flags::Flags;
use crate::output::{LineChart, Series, messages};
use rapidvec::{LossPoint, Session};

/// The maximum number of epochs with a line each; more would hide the curve.
const MAX_EPOCH_LINES: usize = 30;

/// The losses of a run over its iterations or its millions of words, with a line where an epoch begins.
pub fn chart<T: Flags>(session: &Session<T>) -> LineChart {
    let (now, history) = (session.trainer().progress(), session.trainer().history());
    let in_epoch = |point: &LossPoint| match T::UNIT {
        Unit::Iterations => point.block as f64,
        Unit::Words => point.words as f64 / 1e6,
    };
    let (epoch, end) = match T::UNIT {
        Unit::Iterations => (now.blocks_per_epoch as f64, now.block as f64),
        Unit::Words => (now.words_per_epoch as f64 / 1e6, now.words as f64 / 1e6),
    };
    let begun = (end / epoch.max(f64::MIN_POSITIVE)).ceil() as usize;
    let label = |epoch| if begun <= 10 { messages::epoch(epoch) } else { format!("{epoch}") };
    // A label is to the right of its line, so each line begins an epoch.
    let epochs = (2..=begun).filter(|_| begun <= MAX_EPOCH_LINES);
    let counted = history.iter().filter(|point| point.pairs > 0);
    let losses = counted.map(|point| ((point.epoch - 1) as f64 * epoch + in_epoch(point), point.loss));
    let held_out = session.held_out().iter().map(|point| (point.epoch as f64 * epoch, point.loss));
    LineChart {
        title: messages::plot_title(),
        x_label: match T::UNIT {
            Unit::Iterations => messages::plot_iterations(now.blocks_per_epoch),
            Unit::Words => messages::plot_words(format_args!("{epoch:.2}")),
        },
        y_label: messages::plot_loss(),
        series: vec![Series::new(messages::plot_training(), losses.collect(), held_out.collect())],
        dots_name: messages::plot_held_out(),
        marks: epochs.map(|number| ((number - 1) as f64 * epoch, label(number))).collect(),
        x_max: end * 1.02, // room for the last point
    }
}
