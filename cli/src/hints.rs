//! What the user means who types what other programs, or other builds of this one, understand.
//!
//! word2vec.c and fastText have flags with one dash and commands of their own, gensim has names with `_`. Some of the flags clap
//! would take for something else (`-hs` for help, `-output` for `-o utput`), so that the arguments are looked at before it sees
//! them.

use crate::output::UsageError;
use clap::Command;

/// Flags of word2vec.c, fastText and gensim, in lower case and with `-` for `_`, and what `train` has for them.
const TRAIN: [(&str, &str); 36] = [
    ("alpha", "--learning-rate"),
    ("binary", "rapidvec convert MODEL OUT.bin, when the model is trained"),
    ("cbow", "--model cbow or --model skipgram"),
    ("cbow-mean", "--context-sum mean or --context-sum sum"),
    ("corpus-file", "the name of the text, without a flag"),
    ("debug", "--progress none, where it was 0"),
    ("dim", "--vector-size"),
    ("epoch", "--epochs"),
    ("hs", "--hierarchical-softmax"),
    ("input", "the name of the text, without a flag"),
    ("iter", "--epochs"),
    ("loss", "--hierarchical-softmax, where it was hs; ns, negative sampling, is the default"),
    ("lr", "--learning-rate"),
    ("max-final-vocab", "--vocab, with the words that rapidvec vocab --top N wrote"),
    ("max-vocab-size", "--max-vocab"),
    ("min-alpha", "--min-learning-rate"),
    ("mincount", "--min-count"),
    ("neg", "--negatives"),
    ("negative", "--negatives"),
    ("ns-exponent", "--power"),
    ("output", "--output"),
    ("pretrainedvectors", "--init"),
    ("read-vocab", "--vocab"),
    ("sample", "--subsample"),
    ("save-vocab", "rapidvec vocab TEXT -o FILE"),
    ("sentences", "the name of the text, without a flag"),
    ("sg", "--model skipgram"),
    ("shrink-windows", "--fixed-window, for windows that do not shrink"),
    ("size", "--vector-size"),
    ("skipgram", "--model skipgram"),
    ("t", "--subsample"),
    ("thread", "--threads"),
    ("train", "the name of the text, without a flag"),
    ("verbose", "--progress lines"),
    ("workers", "--threads"),
    ("ws", "--window"),
];

/// Flags for which `train` has nothing, and what they did, or why none is needed.
const NOTHING: [(&str, &str); 17] = [
    ("batch-words", "how much text a thread got at a time, which is chosen for you"),
    ("bucket", "how many letter n-grams are told apart; they are read (fastText's .bin) but not trained"),
    ("classes", "it wrote groups of words instead of vectors"),
    ("compute-loss", "the loss is always calculated and shown"),
    ("cutoff", "it is for making a model smaller; --half halves what train writes"),
    ("dsub", "it is for making a model smaller; --half halves what train writes"),
    ("label", "it is for text classification, which rapidvec does not do"),
    ("lrupdaterate", "how often the learning rate was set, which here follows the place in the text"),
    ("maxn", "the size of letter n-grams, which are read (fastText's .bin) but not trained"),
    ("mincountlabel", "it is for text classification, which rapidvec does not do"),
    ("minn", "the size of letter n-grams, which are read (fastText's .bin) but not trained"),
    ("qnorm", "it is for making a model smaller; --half halves what train writes"),
    ("qout", "it is for making a model smaller; --half halves what train writes"),
    ("retrain", "it is for making a model smaller; --half halves what train writes"),
    ("saveoutput", "a model always has the output weights"),
    ("sorted-vocab", "word2vec's formats are always written with the most frequent words first"),
    ("wordngrams", "it is for text classification, which rapidvec does not do"),
];

/// Programs and subcommands of others, and ours.
const COMMANDS: [(&str, &str); 13] = [
    ("analogies", "rapidvec analogy"),
    ("cbow", "rapidvec train --model cbow"),
    ("compute-accuracy", "rapidvec eval MODEL questions-words.txt"),
    ("distance", "rapidvec similar"),
    ("doesnt-match", "rapidvec odd"),
    ("evaluate-word-analogies", "rapidvec eval"),
    ("evaluate-word-pairs", "rapidvec eval"),
    ("nn", "rapidvec similar"),
    ("print-sentence-vectors", "rapidvec embed, a vector for each line of text"),
    ("print-word-vectors", "rapidvec convert MODEL - --to text, which writes the vectors of all words"),
    ("skipgram", "rapidvec train --model skipgram"),
    ("word-analogy", "rapidvec analogy"),
    ("word2vec", "rapidvec train"),
];

/// Subcommands of others that are not here, and why, or what comes near.
const COMMANDS_WITHOUT: [(&str, &str); 5] = [
    ("predict", CLASSIFY),
    ("print-ngrams", "similar and embed use the n-grams of unknown words, and show none"),
    ("quantize", "rapidvec convert --half halves a model"),
    ("supervised", CLASSIFY),
    ("word2phrase", "join the words of phrases by _ before training"),
];

const CLASSIFY: &str = "rapidvec does not classify texts";

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
    let written = command.replace('_', "-").to_lowercase();
    let of_others = |known| find(known, &written).filter(|_| cli.find_subcommand(command).is_none());
    let (here, without) = (of_others(&COMMANDS), of_others(&COMMANDS_WITHOUT));
    let trains = command == "train" || here.is_some_and(|here| here.starts_with("rapidvec train"));
    let train = cli.find_subcommand("train").filter(|_| trains);
    let of_flags = flags().filter_map(|flag| Some((name(flag), meaning(name(flag), train?)?)));
    let of_command = here
        .map(|here| format!("is here {here}"))
        .or(without.map(|why| format!("has no counterpart here: {why}")))
        .map(|what| (command.as_str(), what));
    let is_command = of_command.is_some();
    let lines: String =
        of_command.into_iter().chain(of_flags).map(|(name, what)| format!("\n  {name} {what}")).collect();
    match (lines.is_empty(), is_command) {
        (true, _) => Ok(()),
        (_, false) => Err(UsageError(format!("rapidvec has other names for some of these flags:{lines}"))),
        (_, true) => Err(UsageError(format!("this is a command of another program:{lines}"))),
    }
}

fn find(known: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    known.iter().find(|(name, _)| *name == word).map(|(_, here)| *here)
}

/// A flag without the value behind its `=`.
fn name(flag: &str) -> &str {
    flag.split_once('=').map_or(flag, |(name, _)| name)
}

/// What `flag` is called here, or why it is not there, if it is not ours.
fn meaning(flag: &str, train: &Command) -> Option<String> {
    let word = flag.trim_start_matches('-').replace('_', "-").to_lowercase();
    let is_own = train.get_arguments().any(|arg| arg.get_long() == Some(&word));
    let dashes = flag.len() - flag.trim_start_matches('-').len();
    if is_own {
        // `--vector_size`, `-window`; `-o` and its like are too short to be words.
        let written = dashes == 2 && flag[2..] == word;
        return (!written && word.len() > 1).then(|| format!("is here --{word}"));
    }
    let nothing = || find(&NOTHING, &word).map(|what| format!("has no counterpart here: {what}"));
    find(&TRAIN, &word).map(|here| format!("is here {here}")).or_else(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn hints(args: &str) -> Option<String> {
        let args: Vec<_> = args.split(' ').map(str::to_owned).collect();
        check(&args, &crate::Cli::command()).err().map(|error| error.to_string())
    }

    fn assert_told(args: &str, lines: &[&str]) {
        let told = hints(args).unwrap();
        for line in lines {
            assert!(told.contains(&format!("\n  {line}")), "{told}");
        }
    }

    #[test]
    fn flags_of_other_programs_are_translated_all_at_once() {
        let args = "rapidvec train -train a.txt -output m -size 100 -hs 1 --min_count=3 -window 5";
        let lines = [
            "-train is here the name of the text",
            "-output is here --output",
            "-size is here --vector-size",
            "-hs is here --hierarchical-softmax",
            "--min_count is here --min-count",
            "-window is here --window",
        ];
        assert_told(args, &lines);
    }

    #[test]
    fn flags_that_do_nothing_here_are_told_what_they_did() {
        let args = "rapidvec train a -loss hs -t 1e-4 -minn 3 -wordNgrams 2 -debug 2 --batch_words 9";
        let lines = [
            "-loss is here --hierarchical-softmax, where it was hs",
            "-t is here --subsample",
            "-minn has no counterpart here: the size of letter n-grams",
            "-wordNgrams has no counterpart here: it is for text classification",
            "-debug is here --progress none",
            "--batch_words has no counterpart here: how much text",
        ];
        assert_told(args, &lines);
    }

    #[test]
    fn commands_of_other_programs_are_translated_with_their_flags() {
        let args = "rapidvec skipgram -input ko.txt -output x -dim 50";
        let lines =
            ["skipgram is here rapidvec train --model skipgram", "-input is here the name", "-dim is here --vec"];
        assert_told(args, &lines);
        assert!(hints("rapidvec nn model.bin -t").unwrap().ends_with(":\n  nn is here rapidvec similar"));
        assert!(hints("rapidvec word2phrase").unwrap().contains("word2phrase has no counterpart here: join"));
        assert!(hints("rapidvec doesnt_match").unwrap().contains("is here rapidvec odd"));
        assert_eq!(hints("rapidvec nonsense -input a"), None);
    }

    #[test]
    fn our_own_flags_and_values_are_left_alone() {
        for args in [
            "rapidvec train a.txt -o size --vector-size 100 --window=5 --power -0.5 --output m",
            "rapidvec train -- -size",
            "rapidvec train - --model skipgram",
            "rapidvec similar m --positive size -k 5",
            "rapidvec",
        ] {
            assert_eq!(hints(args), None, "{args}");
        }
    }

    #[test]
    fn every_translation_is_of_a_flag_that_is_there_and_in_order() {
        assert!(
            [&TRAIN[..], &NOTHING, &COMMANDS, &COMMANDS_WITHOUT]
                .iter()
                .all(|known| known.is_sorted_by_key(|(name, _)| name))
        );
        let cli = crate::Cli::command();
        for (other, here) in COMMANDS {
            assert!(cli.find_subcommand(other).is_none(), "{other}");
            let ours = here.strip_prefix("rapidvec ").unwrap().split([' ', ',']).next().unwrap();
            assert!(cli.find_subcommand(ours).is_some(), "{here}");
        }
        let train = cli.find_subcommand("train").unwrap();
        let is_flag = |flag: &str| train.get_arguments().any(|arg| arg.get_long() == Some(&flag[2..]));
        for (_, here) in TRAIN.iter().filter(|(_, here)| here.starts_with("--")) {
            let flag = here.split([' ', ',']).next().unwrap();
            assert!(is_flag(flag), "{flag}");
        }
    }
}
