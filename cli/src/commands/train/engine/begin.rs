//! A run from its start: everything that can be refused is refused before the corpus is read.

use super::super::args::Args;
use super::super::begin::{DEFAULT_OUTPUT, check_outputs};
use super::super::keeping::Keeping;
use super::super::memory::MEGABYTE;
use super::super::signals::Signals;
use super::known::Known;
use super::session::EngineSession;
use super::settings;
use crate::commands::corpus::{Choice, note_punctuation};
use crate::commands::counting;
use crate::output::{UsageError, counted, note, say, thousands};
use rapidvec::checkpoint::{CorpusRecord, Storage};
use rapidvec::corpus::{Corpus, CorpusOptions, CorpusReport, check_memory};
use rapidvec::error::Error;
use rapidvec::{Config, CpuTrainer, ModelKind, Trainer, Vocabulary, read_vocabulary};
use std::sync::Arc;

/// Bytes of the program itself, and of what it links to, that are in memory while it trains.
const PROGRAM: u64 = 6 * MEGABYTE;

/// Trains on `choice`.
pub fn begin(args: &Args, choice: Choice, signals: &Signals) -> anyhow::Result<()> {
    let update = args.engine.update.as_deref().map(Known::model).transpose()?;
    let (update, base) = update.map_or((None, None), |(known, config)| (Some(known), config));
    let before = base.as_ref().map(|base| base.model);
    let mut config = settings::config(args, base);
    if let Some(before) = before.filter(|before| *before != config.model) {
        note(format_args!("what was trained with {before} is trained on with {}", config.model));
    }
    if let (Some(known), None) = (&update, args.settings.vector_size) {
        config.vector_size = known.vector_size();
    }
    config.validate().map_err(Error::from)?;
    if config.model == ModelKind::SkipGram && args.engine.context_sum.is_some() {
        let help = "--context-sum is a setting of --model cbow: skipgram takes the words around one by one";
        return Err(UsageError(help.into()).into());
    }
    let output = args.output.clone().unwrap_or_else(|| DEFAULT_OUTPUT.into());
    check_outputs(args, &output, &choice, false)?;
    let known = match &args.engine.init {
        Some(path) => Some(Known::open(path, config.vector_size)?),
        None => None,
    };
    update.iter().try_for_each(|known| known.check_size(config.vector_size))?;

    let options = args.engine.count_options(&args.reading, args.engine.min_count.unwrap_or(5), args.threads);
    let text = Text::read(args, &choice, &options, update.as_ref())?;
    let record = text.record(&choice, &options);
    let vocabulary = text.vocabulary();
    check_fits(args, &config, &vocabulary, &text.sentences, 0)?;
    let mut trainer = CpuTrainer::new(&config, &text.sentences, vocabulary.counts(), args.threads)?;
    if let Some(kernel) = args.engine.kernel {
        trainer.use_kernels(kernel.name()).map_err(Error::from)?;
    }
    for known in known.iter().chain(&update) {
        let both = known.start(&mut trainer, &vocabulary, !config.hierarchical_softmax);
        if args.engine.freeze {
            trainer.freeze(&both).map_err(Error::from)?;
        }
    }
    drop((known, update));
    let valid = read_valid(args, &options, &vocabulary)?;
    tell(&config, &text.sentences, &vocabulary, &trainer);
    signals.training_begins();
    let storage = Storage { half: args.half, keep_state: args.keep_state, one_thread: args.threads == 1 };
    EngineSession {
        keeping: Keeping::new(args, signals, output, storage, choice.is_stdin()),
        config: &config,
        record: &record,
        vocabulary: &vocabulary,
        held_out: Vec::new(),
        valid,
        trainer,
    }
    .run()
}

/// The text, and whether its words were known beforehand.
struct Text {
    sentences: Corpus,
    /// Of a model that is trained on, its counts and those of the text together.
    merged: Option<Arc<Vocabulary>>,
    given: bool,
}

impl Text {
    fn read(args: &Args, choice: &Choice, options: &CorpusOptions, update: Option<&Known>) -> anyhow::Result<Self> {
        let name = choice.names().join(" ");
        let (words, first) = match update {
            Some(known) => {
                let (words, report) = merge(args, choice, options, known.words())?;
                (Some(Arc::new(words)), Some(report))
            }
            None => (args.engine.vocab.as_deref().map(read_vocabulary).transpose()?.map(Arc::new), None),
        };
        let options = options.clone().vocabulary(words.clone());
        let sentences = counting::read(choice, &args.reading, &options)?;
        if let Some(first) = first {
            first.check_unchanged(sentences.report(), &name).map_err(Error::from)?;
        }
        counting::print_counts(&name, &options, sentences.report());
        note_punctuation(&name, sentences.vocabulary(), sentences.report());
        Ok(Self { sentences, given: words.is_some(), merged: words.filter(|_| update.is_some()) })
    }

    /// The words with the counts that training draws by.
    fn vocabulary(&self) -> Arc<Vocabulary> {
        match &self.merged {
            Some(merged) => Arc::clone(merged),
            None => self.sentences.counted_vocabulary(),
        }
    }

    fn record(&self, choice: &Choice, options: &CorpusOptions) -> CorpusRecord {
        let record = CorpusRecord::new(&self.sentences, choice.names(), options);
        // Which words were forgotten is known from the vocabulary alone.
        let given_vocabulary = self.given || self.sentences.report().pruned.counted_again;
        CorpusRecord { given_vocabulary, ..record }
    }
}

/// The words of a model and the new ones of a text that are frequent enough; and what was counted in the text.
fn merge(
    args: &Args,
    choice: &Choice,
    options: &CorpusOptions,
    old: &Vocabulary,
) -> anyhow::Result<(Vocabulary, CorpusReport)> {
    if !choice.can_be_read_again() {
        let help =
            "--update goes through the text twice, which standard input and pipes do not allow; put it into a file";
        return Err(UsageError(help.into()).into());
    }
    let all = options.clone().min_count(1);
    let (new, report) = counting::count(choice, &args.reading, &all)?;
    counting::note_pruned(&choice.names().join(" "), &all, &report);
    let (both, added) = old.extended_by(&new, options.min_count);
    note(format_args!("{} added to {}", counted(added as u64, "new word(s)"), thousands(old.len() as u64)));
    Ok((both, report))
}

/// Refuses what cannot fit beside what is in memory already, of which `held` bytes are part of what training needs, and tells an estimate.
pub fn check_fits(
    args: &Args,
    config: &Config,
    vocabulary: &Vocabulary,
    text: &Corpus,
    held: u64,
) -> anyhow::Result<()> {
    let needed = CpuTrainer::memory_needed(config, vocabulary.len(), 0, args.threads);
    check_memory(needed, held).map_err(Error::from)?;
    let ids = if text.is_spilled() { 0 } else { text.ids().size() };
    let all = needed + ids as u64 + 40 * vocabulary.len() as u64 + PROGRAM;
    say(format_args!("training takes about {} MB of memory", thousands(all.div_ceil(MEGABYTE))));
    Ok(())
}

/// Other text, in the words of the first.
pub fn read_valid(
    args: &Args,
    options: &CorpusOptions,
    vocabulary: &Arc<Vocabulary>,
) -> anyhow::Result<Option<Corpus>> {
    let Some(name) = &args.valid else { return Ok(None) };
    let choice = Choice::parse(std::slice::from_ref(name))?;
    let options = options.clone().vocabulary(Arc::clone(vocabulary)).max_tokens(None);
    let valid = counting::read(&choice, &args.reading, &options)?;
    crate::commands::corpus::print_notes(valid.name(), valid.report());
    Ok(Some(valid))
}

/// The line before the first step.
pub fn tell(config: &Config, sentences: &Corpus, vocabulary: &Vocabulary, trainer: &CpuTrainer) {
    let [kept, words] = [sentences.report().kept, vocabulary.len() as u64].map(thousands);
    let threads = match trainer.threads() {
        1 => "1 thread".to_owned(),
        threads => format!("{threads} threads"),
    };
    let against = match config.negatives {
        0 => "hierarchical softmax".to_owned(),
        negatives => format!("{negatives} negatives"),
    };
    say(format_args!(
        "{}: {kept} words kept, {words} different; {}, {against}, vector size {}; {threads}, {} kernels",
        sentences.name(),
        config.model,
        config.vector_size,
        trainer.kernels()
    ));
}
