//! What users see: results on stdout, errors and notes on stderr, exit codes. One file per form of output.

mod advised;
mod answer;
mod bar;
mod chart;
mod color;
mod comparison;
mod evaluation;
mod exit;
mod facts;
mod form;
mod histogram;
mod json;
mod language;
mod line_chart;
mod losses;
mod measures;
mod picture;
mod place;
#[cfg(feature = "png")]
mod png;
mod progress;
mod scored;
mod stream;
mod table;
mod text;
mod tsv;
mod words;

pub use advised::Advised;
pub use answer::{Answer, Query};
pub use bar::{Bar, Share, columns, left};
pub use chart::Charts;
pub use color::{Color, early_choice, set_color};
pub use comparison::{Comparison, RunDeviation};
pub use evaluation::{Evaluation, Measured};
pub use exit::{INTERRUPTED, Interrupted, SUCCESS, UsageError, message, refuse, report, shown};
pub use facts::Facts;
pub use form::{FactsForm, Form, ScoresForm};
pub use histogram::Histogram;
#[cfg(test)]
pub use language::tests::SPOKEN;
#[allow(unused_imports)]
pub use language::{Language, message as messages};
pub use line_chart::{LineChart, Series};
pub use losses::LossCurve;
pub use measures::Measures;
pub use picture::{chart_path, save_chart};
pub use place::{Place, is_same};
pub use progress::ProgressMode;
pub use scored::Scored;
#[allow(unused_imports)] // for commands to come
pub use stream::{is_quiet, note, say, set_quiet, to_stdout, warn};
pub use text::{counted, shell_words, thousands};
pub use words::WordsForm;
