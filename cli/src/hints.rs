//! What the user means who types what other programs, or other builds of this one, understand.
//!
//! word2vec.c and fastText have flags with one dash, gensim has names with `_`. Some of them clap would take for something else
//! (`-hs` for help, `-output` for `-o utput`), so that the arguments are looked at before it sees them.
#![forbid(unsafe_code)]

use crate::output::UsageError;
use clap::Command;

/// Flags of word2vec.c, fastText and gensim, in lower case and with `-` for `_`, and what `train` has for them.
const TRAIN: [(&str, &str); 33] = [
    ("alpha", "--learning-rate"),
    ("binary", "quickvec convert MODEL OUT.bin, when the model is trained"),
    ("cbow", "--model cbow or --model skipgram"),
    ("cbow-mean", "--context-sum mean or --context-sum sum"),
    ("corpus-file", "the name of the text, without a flag"),
    ("dim", "--vector-size"),
    ("epoch", "--epochs"),
    ("hs", "--hierarchical-softmax"),
    ("input", "the name of the text, without a flag"),
    ("iter", "--epochs"),
    ("lr", "--learning-rate"),
    ("max-final-vocab", "--vocab, with the words that quickvec vocab --top N wrote"),
    ("max-vocab-size", "--max-vocab"),
    ("min-alpha", "--min-learning-rate"),
    ("mincount", "--min-count"),
    ("neg", "--negatives"),
    ("negative", "--negatives"),
    ("ns-exponent", "--power"),
    ("output", "--output"),
    ("read-vocab", "--vocab"),
    ("sample", "--subsample"),
    ("save-vocab", "quickvec vocab TEXT -o FILE"),
    ("sentences", "the name of the text, without a flag"),
    ("sg", "--model skipgram"),
    ("shrink-windows", "--fixed-window, for windows that do not shrink"),
    ("size", "--vector-size"),
    ("skipgram", "--model skipgram"),
    ("thread", "--threads"),
    ("train", "the name of the text, without a flag"),
    ("verbose", "--progress lines"),
    ("wordngrams", "nothing: n-grams are read (fastText's .bin), but not trained"),
    ("workers", "--threads"),
    ("ws", "--window"),
];

/// Names that are known elsewhere, and what they are here.
///
/// # Errors
/// All of those in `args`, the program's name first among them.
pub fn check(args: &[String], cli: &Command) -> Result<(), UsageError> {
    let Some(command) = args.get(1) else { return Ok(()) };
    let flags = || args[2..].iter().take_while(|arg| *arg != "--").filter(|arg| arg.starts_with('-'));
    if !cfg!(feature = "ann") {
        let asked = || flags().any(|flag| ["--approximate", "--index"].contains(&name(flag)));
        if command == "index" || command == "similar" && asked() {
            let help = "approximate search needs a build of its own, with a C++ compiler: cargo build --release --features ann";
            return Err(UsageError(help.into()));
        }
    }
    let Some(train) = cli.find_subcommand("train").filter(|_| command == "train") else { return Ok(()) };
    let meant: Vec<_> = flags().filter_map(|flag| Some((name(flag), meaning(name(flag), train)?))).collect();
    if meant.is_empty() {
        return Ok(());
    }
    let lines = meant.iter().map(|(flag, here)| format!("\n  {flag} is here {here}"));
    Err(UsageError(format!("quickvec has other names for some of these flags:{}", lines.collect::<String>())))
}

/// A flag without the value behind its `=`.
fn name(flag: &str) -> &str {
    flag.split_once('=').map_or(flag, |(name, _)| name)
}

/// What `flag` is called here, if it is not ours.
fn meaning(flag: &str, train: &Command) -> Option<String> {
    let word = flag.trim_start_matches('-').replace('_', "-").to_lowercase();
    let is_own = train.get_arguments().any(|arg| arg.get_long() == Some(&word));
    let dashes = flag.len() - flag.trim_start_matches('-').len();
    if is_own {
        // `--vector_size`, `-window`; `-o` and its like are too short to be words.
        let written = dashes == 2 && flag[2..] == word;
        return (!written && word.len() > 1).then(|| format!("--{word}"));
    }
    TRAIN.iter().find(|(known, _)| *known == word).map(|(_, here)| (*here).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn hints(args: &str) -> Option<String> {
        let args: Vec<_> = args.split(' ').map(str::to_owned).collect();
        check(&args, &crate::Cli::command()).err().map(|error| error.to_string())
    }

    #[test]
    fn flags_of_other_programs_are_translated_all_at_once() {
        let told = hints("quickvec train -train a.txt -output m -size 100 -hs 1 --min_count=3 -window 5").unwrap();
        for line in [
            "-train is here the name of the text",
            "-output is here --output",
            "-size is here --vector-size",
            "-hs is here --hierarchical-softmax",
            "--min_count is here --min-count",
            "-window is here --window",
        ] {
            assert!(told.contains(&format!("\n  {line}")), "{told}");
        }
    }

    #[test]
    fn our_own_flags_and_values_are_left_alone() {
        for args in [
            "quickvec train a.txt -o size --vector-size 100 --window=5 --power -0.5 --output m",
            "quickvec train -- -size",
            "quickvec train - --model skipgram",
            "quickvec similar m --positive size -k 5",
            "quickvec",
        ] {
            assert_eq!(hints(args), None, "{args}");
        }
    }

    #[test]
    fn every_translation_is_of_a_flag_that_is_there_and_in_order() {
        assert!(TRAIN.is_sorted_by_key(|(name, _)| name));
        let cli = crate::Cli::command();
        let train = cli.find_subcommand("train").unwrap();
        let is_flag = |flag: &str| train.get_arguments().any(|arg| arg.get_long() == Some(&flag[2..]));
        for (_, here) in TRAIN.iter().filter(|(_, here)| here.starts_with("--")) {
            let flag = here.split([' ', ',']).next().unwrap();
            assert!(is_flag(flag), "{flag}");
        }
    }
}
