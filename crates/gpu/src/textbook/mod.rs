//! The chapter's training on a graphics card.
//!
//! [`GpuTextbookTrainer`] is [`TextbookTrainer`] with its steps elsewhere: the host
//! shuffles the examples, draws the negatives and sorts each batch by rows; the card computes scores, gradients and updates.
//! Its state is the same, so a run that one started the other can resume.
//!
//! | the book | here |
//! |---|---|
//! | `config.GPU = True` | [`GpuTextbookTrainer`], or `--device gpu` on the command line |
//! | `to_gpu(x)` of `common/util.py` | [`to_gpu`]: the model, its optimizer and their place in the corpus |
//! | `to_cpu(x)` | [`to_cpu`] |
//! | `np` of `common/np.py`, NumPy or CuPy | the trait `Engine` of `rapidvec-textbook`: CPU threads or a card |
//! | its `np.add.at = np.scatter_add` | `shaders/scatter_rows.wgsl`, `shaders/scatter_products.wgsl` |
//!
//! The book's `scatter_add` adds with atomic operations, in an order that changes from run to run. Here the host lists the
//! places of each distinct row, one workgroup sums the gradients of a row in their order, and the same adapter gives the same
//! bits each time.

mod batch_plan;
mod fields;
mod kernels;
mod learner;
mod losses;
mod model_shape;

pub use learner::GpuLearner;

use rapidvec::Result;
use rapidvec_textbook::{TextbookTrainer, TextbookTrainerOn};

/// The chapter's trainer on the graphics card that [`Device::open`](crate::Device::open) chooses. The same adapter gives the
/// same bits each time.
///
/// ```
/// use rapidvec::corpus::{Corpus, CorpusOptions};
/// use rapidvec::{Trainer, Until};
/// use rapidvec_gpu::{GpuTextbookTrainer, adapters};
/// use rapidvec_textbook::Config;
///
/// let text = "you say goodbye and i say hello .\n".repeat(50);
/// let corpus = Corpus::from_text("book", &text, &CorpusOptions::textbook())?;
/// let config = Config { epochs: 2, vector_size: 10, window: 2, ..Config::textbook() };
/// if adapters().is_empty() {
///     return Ok(());
/// }
/// let mut trainer = GpuTextbookTrainer::new(&config, &corpus, corpus.counts(), 0)?;
/// trainer.run(Until::End, &mut ())?;
/// assert_eq!(trainer.weights().input.rows(), 8);
/// # Ok::<(), rapidvec::Error>(())
/// ```
pub type GpuTextbookTrainer = TextbookTrainerOn<GpuLearner>;

/// The book's `to_gpu`: a model in training, its optimizer and their place in the corpus, moved to the graphics card that
/// [`Device::open`](crate::Device::open) chooses. Training continues there.
///
/// # Errors
/// [`Error::Device`](rapidvec::Error::Device) if there is no card, or it has not enough memory.
pub fn to_gpu(trainer: TextbookTrainer) -> Result<GpuTextbookTrainer> {
    trainer.on(0)
}

/// The book's `to_cpu`: what [`to_gpu`] moved to the card, moved back, to continue on `threads` threads (0: one for each core).
///
/// # Errors
/// None that is known: a trainer between two runs has its numbers in the computer's memory.
pub fn to_cpu(trainer: GpuTextbookTrainer, threads: usize) -> Result<TextbookTrainer> {
    trainer.on(threads)
}
