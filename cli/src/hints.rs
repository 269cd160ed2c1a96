//! Recognises flags and commands of other programs, or of other builds of this one.
//!
//! word2vec.c and fastText have flags with one dash and other commands, gensim has names with `_`. clap would misread some of
//! the flags (`-hs` as help, `-output` as `-o utput`), so the arguments are checked before it parses them.

use crate::output::{UsageError, messages, shell_words};
use Meaning::{Called, Card, No, Said};
use clap::Command;

/// The meaning here of a name of another program.
#[derive(Clone, Copy)]
enum Meaning {
    /// Another name.
    Called(&'static str),
    /// Another name, and more to say.
    Said(fn() -> String),
    /// Not available, and why.
    No(fn() -> String),
    /// A flag for graphics cards, which every command answers.
    Card,
}

const CLASSIFY: Meaning = No(messages::hint_classify);
const TEXT: Meaning = Said(messages::hint_text);
const QUANTIZE: Meaning = No(messages::hint_quantize);

/// Flags of word2vec.c, fastText and gensim, in lower case and with `-` for `_`.
const FLAGS: [(&str, Meaning); 60] = [
    ("alpha", Called("--learning-rate")),
    ("batch-words", No(messages::hint_batch)),
    ("binary", Said(messages::hint_binary)),
    ("bucket", Called("--buckets")),
    ("cbow", Said(messages::hint_cbow)),
    ("cbow-mean", Said(messages::hint_cbow_mean)),
    ("classes", No(messages::hint_classes)),
    ("compute-loss", No(messages::hint_loss_shown)),
    ("corpus-file", TEXT),
    ("cuda", Card),
    ("cutoff", QUANTIZE),
    ("debug", Said(messages::hint_debug)),
    ("device", Card),
    ("dim", Called("--vector-size")),
    ("dsub", QUANTIZE),
    ("epoch", Called("--epochs")),
    ("gpu", Card),
    ("gpus", Card),
    ("hs", Called("--hierarchical-softmax")),
    ("input", TEXT),
    ("iter", Called("--epochs")),
    ("label", CLASSIFY),
    ("loss", Said(messages::hint_loss)),
    ("lr", Called("--learning-rate")),
    ("lrupdaterate", No(messages::hint_update_rate)),
    ("max-final-vocab", Said(messages::hint_final_vocab)),
    ("max-vocab-size", Called("--max-vocab")),
    ("maxn", Called("--max-n")),
    ("min-alpha", Called("--min-learning-rate")),
    ("mincount", Called("--min-count")),
    ("mincountlabel", CLASSIFY),
    ("minn", Called("--min-n")),
    ("neg", Called("--negatives")),
    ("negative", Called("--negatives")),
    ("ns-exponent", Called("--power")),
    ("output", Called("--output")),
    ("pretrainedvectors", Called("--init")),
    ("qnorm", QUANTIZE),
    ("qout", QUANTIZE),
    ("read-vocab", Called("--vocab")),
    ("retrain", QUANTIZE),
    ("sample", Called("--subsample")),
    ("save-vocab", Called("rapidvec vocab TEXT -o FILE")),
    ("saveoutput", No(messages::hint_output_kept)),
    ("sentences", TEXT),
    ("sg", Called("--model skipgram")),
    ("shrink-windows", Said(messages::hint_shrink)),
    ("size", Called("--vector-size")),
    ("skipgram", Called("--model skipgram")),
    ("sorted-vocab", No(messages::hint_sorted)),
    ("t", Called("--subsample")),
    ("thread", Called("--threads")),
    ("train", TEXT),
    ("use-cuda", Card),
    ("use-gpu", Card),
    ("verbose", Called("--progress lines")),
    ("wordngrams", CLASSIFY),
    ("workers", Called("--threads")),
    ("ws", Called("--window")),
    ("yes-cuda", Card),
];

/// Commands of other programs, and their programs.
const COMMANDS: [(&str, Meaning); 22] = [
    ("analogies", Called("rapidvec analogy")),
    ("cbow", Called("rapidvec train --model cbow")),
    ("compute-accuracy", Called("rapidvec eval MODEL questions-words.txt")),
    ("distance", Called("rapidvec similar")),
    ("doesnt-match", Called("rapidvec odd")),
    ("evaluate-word-analogies", Called("rapidvec eval")),
    ("evaluate-word-pairs", Called("rapidvec eval")),
    ("most-similar", Called("rapidvec similar")),
    ("neighbors", Called("rapidvec similar")),
    ("neighbours", Called("rapidvec similar")),
    ("nn", Called("rapidvec similar")),
    ("predict", CLASSIFY),
    ("print-ngrams", No(messages::hint_print_ngrams)),
    ("print-sentence-vectors", Said(messages::hint_print_sentences)),
    ("print-word-vectors", Said(messages::hint_print_words)),
    ("quantize", Said(messages::hint_halve)),
    ("skipgram", Called("rapidvec train --model skipgram")),
    ("supervised", CLASSIFY),
    ("visualize", Called("rapidvec map")),
    ("word-analogy", Called("rapidvec analogy")),
    ("word2phrase", Called("rapidvec phrases")),
    ("word2vec", Called("rapidvec train")),
];

/// Commands whose arguments are words, which may begin with a dash.
const OF_WORDS: [&str; 6] = ["analogy", "axis", "odd", "rank", "similar", "similarity"];

/// Rejects names of other programs, with their names here, and words that look like flags.
///
/// # Errors
/// Lists all of those in `args`, which begin with the program's name.
pub fn check(args: &[String], cli: &Command) -> Result<(), UsageError> {
    let args = without_global_flags(args, cli);
    let Some(command) = args.first() else { return Ok(()) };
    if command.starts_with('-') {
        return check_line_of_word2vec(args, cli);
    }
    let own = cli.find_subcommand(command);
    let rest: Vec<&String> = args[1..].iter().take_while(|arg| *arg != "--").collect();
    let flags = || rest.iter().filter(|arg| arg.starts_with('-'));
    if !cfg!(feature = "ann") {
        let wants_index = || flags().any(|flag| ["--approximate", "--index"].contains(&name(flag)));
        if command == "index" || command == "similar" && wants_index() {
            return Err(UsageError(messages::no_approximate_search()));
        }
    }
    let of_command = find(&COMMANDS, &normal(command)).filter(|_| own.is_none());
    let trains = match of_command {
        Some(Called(here)) => here.starts_with("rapidvec train"),
        _ => command == "train",
    };
    let meaning = |flag: &str| match trains {
        true => meaning(flag, cli.find_subcommand("train")?),
        false => find(&FLAGS, &normal(flag)).filter(|what| matches!(what, Card) && own.is_some()).map(explained),
    };
    let of_flags = flags().filter_map(|flag| Some(line(name(flag), &meaning(name(flag))?)));
    let lines: String = of_command.map(|what| line(command, &explained(what))).into_iter().chain(of_flags).collect();
    match (lines.is_empty(), of_command) {
        (true, _) => check_words(command, own.filter(|_| OF_WORDS.contains(&command.as_str())), &rest),
        (_, None) => Err(UsageError(messages::other_names(lines))),
        (_, Some(_)) => Err(UsageError(messages::other_programs_command(lines))),
    }
}

/// `rapidvec -train text.txt -output vectors.bin`, as for word2vec.c: flags without a command.
fn check_line_of_word2vec(args: &[String], cli: &Command) -> Result<(), UsageError> {
    let Some(train) = cli.find_subcommand("train") else { return Ok(()) };
    let flags = args.iter().filter(|arg| arg.starts_with('-') && !["--help", "--version"].contains(&arg.as_str()));
    let lines: String = flags.filter_map(|flag| Some(line(name(flag), &meaning(name(flag), train)?))).collect();
    match lines.is_empty() {
        true => Ok(()),
        false => Err(UsageError(messages::command_comes_first(lines))),
    }
}

/// Words such as `-PRON-` or `-5`, which would be taken for flags.
fn check_words(command: &str, own: Option<&Command>, rest: &[&String]) -> Result<(), UsageError> {
    let Some(own) = own else { return Ok(()) };
    let is_short =
        |c: char| c == 'h' || c == 'V' || c == 'q' || own.get_arguments().any(|arg| arg.get_short() == Some(c));
    let is_word = |arg: &str| {
        let first = arg.strip_prefix('-').and_then(|word| word.chars().next());
        first.is_some_and(|first| first != '-' && !is_short(first))
    };
    let takes_dashes = |arg: &clap::Arg| arg.is_allow_hyphen_values_set() || arg.is_allow_negative_numbers_set();
    for (index, word) in rest.iter().enumerate().filter(|(_, arg)| is_word(arg)) {
        let before = index.checked_sub(1).and_then(|before| rest[before].strip_prefix("--"));
        let flag = own.get_arguments().find(|arg| arg.get_long().is_some() && arg.get_long() == before);
        let flag = flag.filter(|flag| flag.get_action().takes_values());
        let tip = match flag {
            Some(flag) if takes_dashes(flag) => continue,
            Some(_) => messages::dash_in_value(word, before.unwrap_or_default()),
            None if own.get_positionals().any(takes_dashes) => continue,
            None => messages::dash_in_word(word, shell_words(["rapidvec", command, "MODEL", "--", word])),
        };
        return Err(UsageError(tip));
    }
    Ok(())
}

/// The arguments after the program's name and the options before the command.
fn without_global_flags<'a>(args: &'a [String], cli: &Command) -> &'a [String] {
    let mut rest = args.get(1..).unwrap_or_default();
    while let Some(flag) = rest.first() {
        let is_it = |arg: &&clap::Arg| {
            let short = arg.get_short().is_some_and(|short| *flag == format!("-{short}"));
            short || arg.get_long().is_some_and(|long| name(flag) == format!("--{long}"))
        };
        let Some(arg) = cli.get_arguments().find(is_it) else { break };
        let takes_next = arg.get_action().takes_values() && !flag.contains('=');
        rest = rest.get(if takes_next { 2 } else { 1 }..).unwrap_or_default();
    }
    rest
}

fn find(known: &[(&str, Meaning)], word: &str) -> Option<Meaning> {
    known.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning)
}

/// A flag without the value behind its `=`.
fn name(flag: &str) -> &str {
    flag.split_once('=').map_or(flag, |(name, _)| name)
}

/// A name in the form of the tables.
fn normal(name: &str) -> String {
    name.trim_start_matches('-').replace('_', "-").to_lowercase()
}

fn line(name: &str, meaning: &str) -> String {
    format!("\n  {name}: {meaning}")
}

fn explained(meaning: Meaning) -> String {
    match meaning {
        Called(here) => messages::hint_called(here),
        Said(text) => messages::hint_called(text()),
        No(why) => messages::hint_none(why()),
        Card => messages::hint_none(messages::hint_gpu()),
    }
}

/// The name of `flag` in `train`, or why it is missing, if `train` does not have it.
fn meaning(flag: &str, train: &Command) -> Option<String> {
    let word = normal(flag);
    let is_own = train.get_arguments().any(|arg| arg.get_long() == Some(&word));
    if is_own {
        // `--vector_size`, `-window`; flags like `-o` are too short to be words.
        let is_written_so = flag.strip_prefix("--") == Some(word.as_str());
        return (!is_written_so && word.len() > 1).then(|| messages::hint_called(format_args!("--{word}")));
    }
    find(&FLAGS, &word).map(explained)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn hints(args: &str) -> Option<String> {
        let args: Vec<_> = args.split(' ').map(str::to_owned).collect();
        check(&args, &crate::Cli::command()).err().map(|error| error.to_string())
    }

    fn assert_hints(args: &str, lines: &[&str]) {
        let hints = hints(args).unwrap();
        for line in lines {
            assert!(hints.contains(&format!("\n  {line}")), "{hints}");
        }
    }

    #[test]
    fn flags_of_other_programs_are_translated_all_at_once() {
        let args = "rapidvec train -train a.txt -output m -size 100 -hs 1 --min_count=3 -window 5";
        let lines = [
            "-train: rapidvec calls it a plain argument",
            "-output: rapidvec calls it --output",
            "-size: rapidvec calls it --vector-size",
            "-hs: rapidvec calls it --hierarchical-softmax",
            "--min_count: rapidvec calls it --min-count",
            "-window: rapidvec calls it --window",
        ];
        assert_hints(args, &lines);
    }

    #[test]
    fn flags_without_a_counterpart_are_explained() {
        let args = "rapidvec train a -loss hs -t 1e-4 -minn 3 -wordNgrams 2 -debug 2 --batch_words 9 --gpu";
        let lines = [
            "-loss: rapidvec calls it --hierarchical-softmax, instead of hs",
            "-t: rapidvec calls it --subsample",
            "-minn: rapidvec calls it --min-n",
            "-wordNgrams: no counterpart; rapidvec does not classify texts",
            "-debug: rapidvec calls it --progress none",
            "--batch_words: no counterpart; rapidvec chooses how much text",
            "--gpu: no counterpart; rapidvec trains on the CPU",
        ];
        assert_hints(args, &lines);
    }

    #[test]
    fn every_command_answers_flags_for_graphics_cards() {
        for flag in ["--gpu", "--device=cuda", "--cuda", "--use-gpu", "--use_cuda"] {
            assert_hints(&format!("rapidvec similar m king {flag}"), &[&format!("{}: no counterpart", name(flag))]);
        }
    }

    #[test]
    fn commands_of_other_programs_are_translated_with_their_flags() {
        let args = "rapidvec skipgram -input ko.txt -output x -dim 50";
        let lines = [
            "skipgram: rapidvec calls it rapidvec train --model skipgram",
            "-input: rapidvec calls it a plain argument",
            "-dim: rapidvec calls it --vec",
        ];
        assert_hints(args, &lines);
        assert!(hints("rapidvec nn model.bin -t").unwrap().ends_with(":\n  nn: rapidvec calls it rapidvec similar"));
        assert!(hints("rapidvec word2phrase").unwrap().contains("word2phrase: rapidvec calls it rapidvec phrases"));
        assert!(hints("rapidvec --quiet --lang ko doesnt_match").unwrap().contains("rapidvec odd"));
        assert_eq!(hints("rapidvec nonsense -input a"), None);
    }

    #[test]
    fn word2vecs_own_line_gets_a_tip() {
        let args = "rapidvec -train text.txt -output vectors.bin -size 100 -cbow 0";
        assert_hints(args, &["-size: rapidvec calls it --vector-size", "-cbow: rapidvec calls it --model cbow"]);
        assert!(hints(args).unwrap().starts_with("a command comes first"));
        for args in ["rapidvec --help", "rapidvec -h", "rapidvec --version", "rapidvec -V", "rapidvec -q"] {
            assert_eq!(hints(args), None, "{args}");
        }
    }

    #[test]
    fn words_with_a_dash_are_not_taken_for_flags() {
        let tip = hints("rapidvec similar model.bin -PRON-").unwrap();
        assert!(tip.ends_with("write -- before the words: rapidvec similar MODEL -- -PRON-"), "{tip}");
        assert_eq!(hints("rapidvec similar model.bin -- -PRON-"), None);
        assert_eq!(hints("rapidvec similar model.bin king -k5"), None);
        if let Some(tip) = hints("rapidvec similar model.bin --positive -5") {
            assert!(tip.ends_with("write --positive=-5"), "{tip}");
        }
    }

    #[test]
    fn our_own_flags_and_values_are_left_alone() {
        for args in [
            "rapidvec train a.txt -o size --vector-size 100 --window=5 --power -0.5 --output m",
            "rapidvec -q --color never train a.txt -o m",
            "rapidvec train -- -size",
            "rapidvec train - --model skipgram",
            "rapidvec similar m --positive size -k 5",
            "rapidvec",
        ] {
            assert_eq!(hints(args), None, "{args}");
        }
    }

    #[test]
    fn every_translation_names_a_flag_or_a_command_that_exists_and_tables_are_sorted() {
        assert!([&FLAGS[..], &COMMANDS].iter().all(|known| known.is_sorted_by_key(|(name, _)| name)));
        let cli = crate::Cli::command();
        let train = cli.find_subcommand("train").unwrap();
        let is_flag = |flag: &str| train.get_arguments().any(|arg| arg.get_long() == Some(&flag[2..]));
        assert!(COMMANDS.iter().all(|(other, _)| cli.find_subcommand(other).is_none()));
        assert_eq!(FLAGS.iter().filter(|(_, meaning)| matches!(meaning, Card)).count(), 7);
        for (_, meaning) in COMMANDS.iter().chain(&FLAGS) {
            let here = match meaning {
                Called(here) => (*here).to_owned(),
                Said(text) => text(),
                No(_) | Card => continue,
            };
            let first = here.split([' ', ',']).next().unwrap();
            let command = here.strip_prefix("rapidvec ").and_then(|here| here.split([' ', ',']).next());
            assert!(!first.starts_with("--") || is_flag(first), "{here}");
            assert!(command.is_none_or(|command| cli.find_subcommand(command).is_some()), "{here}");
        }
    }
}
