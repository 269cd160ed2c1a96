//! The loss history as CSV, a row at a time.

use anyhow::Context;
use rapidvec::LossPoint;
use rapidvec::atomic_file::{self, Existing};
use rapidvec::checkpoint::HeldOutLoss;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A point of a loss history, as a row of a table.
pub trait Row {
    /// Names of the columns.
    const HEADER: &'static str;

    /// Writes the row.
    fn write(&self, out: &mut dyn Write) -> io::Result<()>;
}

impl Row for rapidvec_textbook::LossPoint {
    const HEADER: &'static str = "epoch,iteration,seconds,loss";

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { epoch, iteration, seconds, loss } = self;
        writeln!(out, "{epoch},{iteration},{seconds:.3},{loss:.6}")
    }
}

/// A point of the fast trainer's history; the last of an epoch has the loss on held-out text, where there is such text.
pub struct EngineRow<'p> {
    pub point: &'p LossPoint,
    pub held_out: Option<f64>,
}

impl<'p> EngineRow<'p> {
    /// The rows of a history.
    pub fn all(history: &'p [LossPoint], held_out: &[HeldOutLoss]) -> Vec<Self> {
        let ends = |index: usize| history.get(index + 1).is_none_or(|next| next.epoch > history[index].epoch);
        let loss = |epoch| held_out.iter().find(|found| found.epoch == epoch).map(|found| found.loss);
        let row = |(index, point): (usize, &'p LossPoint)| {
            let held_out = if ends(index) { loss(point.epoch) } else { None };
            Self { point, held_out }
        };
        history.iter().enumerate().map(row).collect()
    }
}

impl Row for EngineRow<'_> {
    const HEADER: &'static str = "epoch,words,seconds,loss,learning_rate,held_out_loss";

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let LossPoint { epoch, words, seconds, loss, learning_rate, .. } = self.point;
        let held_out = self.held_out.map_or(String::new(), |loss| format!("{loss:.6}"));
        writeln!(out, "{epoch},{words},{seconds:.3},{loss:.6},{learning_rate:.8},{held_out}")
    }
}

/// Rows wait no longer than this.
const FLUSH: Duration = Duration::from_secs(1);

/// A log that is being written. Trouble with it never stops training; it is told at the end.
pub struct Log {
    path: PathBuf,
    out: BufWriter<File>,
    flushed: Instant,
    failed: Option<io::Error>,
}

impl Log {
    /// Starts the file with the rows there are already.
    pub fn create<R: Row>(path: &Path, history: &[R]) -> anyhow::Result<Self> {
        atomic_file::write(path, Existing::Replace, |out| {
            writeln!(out, "{}", R::HEADER)?;
            history.iter().try_for_each(|point| point.write(out))
        })?;
        let file = OpenOptions::new().append(true).open(path).with_context(|| path.display().to_string())?;
        Ok(Self { path: path.to_owned(), out: BufWriter::new(file), flushed: Instant::now(), failed: None })
    }

    /// Adds a row.
    pub fn row(&mut self, point: &impl Row) {
        let written = point.write(&mut self.out);
        self.note(written);
    }

    /// To be called often: brings rows to the file that have waited.
    pub fn tick(&mut self) {
        if self.flushed.elapsed() >= FLUSH {
            self.flushed = Instant::now();
            let flushed = self.out.flush();
            self.note(flushed);
        }
    }

    /// Ends the file, and tells of the first trouble there was.
    pub fn finish(mut self) -> anyhow::Result<()> {
        let flushed = self.out.flush();
        self.note(flushed);
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

/// Whether a log lies there: a resumed run goes on with it.
pub fn is_log(path: &Path) -> bool {
    let first_line = File::open(path).and_then(|file| {
        let mut line = String::new();
        BufReader::new(io::Read::take(file, 100)).read_line(&mut line)?;
        Ok(line)
    });
    let headers = [rapidvec_textbook::LossPoint::HEADER, EngineRow::HEADER];
    first_line.is_ok_and(|line| headers.contains(&line.trim_end()))
}
