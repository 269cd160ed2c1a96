//! Training by several processes, on one machine or on many, each of which reads a part of the text.
//!
//! The processes meet as a [`Group`](rapidvec_core::collective::Group) and become a [`Gang`]. [`SharedText::read`] gives each its part of
//! the text, with the words and ids that one process would give the whole. A [`GangSession`] trains: each process by a
//! [`CpuTrainer`](crate::CpuTrainer) of its own on all words, whose matrices are made equal now and then ([`SyncPlan`]). The first process saves the
//! same file that one process would. If any process ends, all others fail; a new gang continues from the last checkpoint ([`Resumed`]).
//!
//! ```
//! use rapidvec::corpus::CorpusOptions;
//! use rapidvec::distributed::collective::{Group, Seat, Token, Waits};
//! use rapidvec::distributed::{Gang, GangSession, SharedText, SyncPlan};
//! use rapidvec::{Checkpoints, Config};
//! use std::ops::ControlFlow;
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let text = folder.path().join("tale.txt");
//! # std::fs::write(&text, "the king and the queen\nthe man and the woman\n".repeat(200)).unwrap();
//! # let names = [text.display().to_string()];
//! // In each of the processes, with its own rank:
//! let token = Token::new("a secret of this job")?;
//! let seat = Seat { rank: 0, size: 1 };
//! let mut gang = Gang::from(Group::at_root("127.0.0.1:0", seat, &token, Waits::default())?);
//! let text = SharedText::read(&mut gang, &names, &CorpusOptions::default(), &mut |_| ControlFlow::Continue(()))?;
//! let config = Config::skip_gram().vector_size(10);
//! let mut session = GangSession::start(gang, text, &config, 1, SyncPlan::default())?;
//! session.set_checkpoints(Checkpoints::to(folder.path().join("model.safetensors")));
//! session.run(&mut ())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Limits: held-out text, vectors to start from and frozen vectors are not supported, nor the textbook's trainer or a graphics card.

mod error;
mod gang;
mod plan;
mod session;
mod standing;
mod state;
mod sync;
#[cfg(test)]
mod tests;
mod text;
mod watch;
mod words;

pub use error::GangError;
pub use gang::Gang;
pub use plan::{Period, SyncPlan};
pub use rapidvec_core::collective;
pub use session::{Costs, GangSession, StopIf, memory_needed};
pub use state::Resumed;
pub use text::{SharedText, options_of_part};
pub use words::Counted;
