//! Writes the loss history as CSV, a row at a time.

use super::display::Unit;
use anyhow::Context;
use rapidvec::LossPoint;
use rapidvec::atomic_file::{self, Existing};
use rapidvec::checkpoint::HeldOutLoss;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The columns of a log.
#[derive(Debug, Clone, Copy)]
pub enum Columns {
    /// The textbook trainer's columns.
    Iterations,
    /// The last row of an epoch has the loss on held-out text, if there is such text.
    Words,
}

impl Columns {
    pub fn of(unit: Unit) -> Self {
        match unit {
            Unit::Iterations => Self::Iterations,
            Unit::Words => Self::Words,
        }
    }

    const fn header(self) -> &'static str {
        match self {
            Self::Iterations => "epoch,iteration,seconds,loss",
            Self::Words => "epoch,words,seconds,loss,learning_rate,held_out_loss",
        }
    }

    fn write(self, out: &mut dyn Write, point: &LossPoint, held_out: Option<f64>) -> io::Result<()> {
        let LossPoint { epoch, block, words, seconds, loss, learning_rate, .. } = point;
        match self {
            Self::Iterations => writeln!(out, "{epoch},{block},{seconds:.3},{loss:.6}"),
            Self::Words => {
                let held_out = held_out.map_or(String::new(), |loss| format!("{loss:.6}"));
                writeln!(out, "{epoch},{words},{seconds:.3},{loss:.6},{learning_rate:.8},{held_out}")
            }
        }
    }
}

/// The maximum time before a row is written.
const FLUSH: Duration = Duration::from_secs(1);

/// A log that is being written. Its errors never stop training; they are reported at the end.
pub struct Log {
    path: PathBuf,
    columns: Columns,
    out: BufWriter<File>,
    flushed: Instant,
    failed: Option<io::Error>,
}

impl Log {
    /// Starts the file with the existing rows.
    pub fn create(
        path: &Path,
        columns: Columns,
        history: &[LossPoint],
        held_out: &[HeldOutLoss],
    ) -> anyhow::Result<Self> {
        let ends = |index: usize| history.get(index + 1).is_none_or(|next| next.epoch > history[index].epoch);
        let loss = |epoch| held_out.iter().find(|found| found.epoch == epoch).map(|found| found.loss);
        atomic_file::write(path, Existing::Replace, |out| {
            writeln!(out, "{}", columns.header())?;
            history.iter().enumerate().try_for_each(|(index, point)| {
                columns.write(out, point, if ends(index) { loss(point.epoch) } else { None })
            })
        })?;
        let file =
            OpenOptions::new().append(true).open(path).with_context(|| format!("cannot open {}", path.display()))?;
        Ok(Self { path: path.to_owned(), columns, out: BufWriter::new(file), flushed: Instant::now(), failed: None })
    }

    /// Adds a row.
    pub fn row(&mut self, point: &LossPoint, held_out: Option<f64>) {
        let written = self.columns.write(&mut self.out, point, held_out);
        self.note(written);
    }

    /// Writes waiting rows to the file. Call this often.
    pub fn tick(&mut self) {
        if self.flushed.elapsed() >= FLUSH {
            self.flush();
        }
    }

    /// Writes all rows to the file now.
    pub fn flush(&mut self) {
        self.flushed = Instant::now();
        let flushed = self.out.flush();
        self.note(flushed);
    }

    /// Ends the file, and reports the first error there was.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.flush();
        match self.failed {
            Some(error) => Err(error).with_context(|| format!("the log {} is not complete", self.path.display())),
            None => Ok(()),
        }
    }

    fn note(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.failed.get_or_insert(error);
        }
    }
}

/// Whether the file is a log: a resumed run continues it.
pub fn is_log(path: &Path) -> bool {
    let first_line = File::open(path).and_then(|file| {
        let mut line = String::new();
        BufReader::new(io::Read::take(file, 100)).read_line(&mut line)?;
        Ok(line)
    });
    let headers = [Columns::Iterations.header(), Columns::Words.header()];
    first_line.is_ok_and(|line| headers.contains(&line.trim_end()))
}
