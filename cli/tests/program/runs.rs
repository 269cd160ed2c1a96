//! What queries show of a model that is the mean of several runs.

use crate::trial::Case;
use serde_json::Value;

/// A model of three runs, `m`, and one without their vectors, `plain`.
fn trained() -> Case {
    let case = Case::new();
    case.text(30_000);
    let common = ["text.txt", "--runs", "3", "--vector-size", "20", "--epochs", "2", "--threads", "1", "--quiet"];
    case.run(&[&common[..], &["--keep-runs", "-o", "m"]].concat()).succeeds();
    case.run(&[&common[..], &["-o", "plain"]].concat()).succeeds();
    case
}

fn ask(case: &Case, args: &[&str]) -> String {
    let output = case.rapidvec().args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(case: &Case, args: &[&str]) -> Value {
    serde_json::from_str(&ask(case, &[args, &["--format", "json"]].concat())).unwrap()
}

#[test]
fn answers_have_deviations_and_the_share_of_runs_that_find_a_word() {
    let case = trained();
    let table = ask(&case, &["similar", "m", "word1", "-k", "4"]);
    assert!(table.contains("± over 3 runs") && table.matches(" ± ").count() == 4 && table.contains(" %"), "{table}");
    for args in [
        &["similar", "m", "word1", "word4"][..],
        &["similar", "m", "--positive", "word1", "--negative", "word25"],
        &["analogy", "m", "word1", "word4", "word25"],
        &["analogy", "m", "word1", "word4", "word25", "--method", "mul"],
    ] {
        let answers = json(&case, args);
        for answer in answers.as_array().unwrap() {
            assert_eq!(answer["runs"], 3, "{args:?}");
            let found = answer["neighbours"].as_array().unwrap();
            assert_eq!(found.len(), 5);
            for word in found {
                let [deviation, stability] = ["deviation", "stability"].map(|name| word[name].as_f64().unwrap());
                assert!(deviation > 0.0 && (0.0..=1.0).contains(&stability), "{args:?}: {word}");
            }
        }
    }
    let tsv = ask(&case, &["similar", "m", "word1", "-k", "2", "--format", "tsv"]);
    assert!(tsv.starts_with("query\tword\tsimilarity\tdeviation\tstability\n"), "{tsv}");
    assert!(tsv.lines().all(|line| line.split('\t').count() == 5), "{tsv}");
    // Without vectors of runs everything is as before.
    let plain = json(&case, &["similar", "plain", "word1"]);
    assert!(plain[0].get("runs").is_none() && plain[0]["neighbours"][0].get("deviation").is_none(), "{plain}");
    let of_both =
        ["m", "plain"].map(|model| json(&case, &["similar", model, "word1"])[0]["neighbours"][0]["word"].clone());
    assert_eq!(of_both[0], of_both[1], "the mean is the same");
}

#[test]
fn a_similarity_a_rank_and_a_score_have_deviations() {
    let case = trained();
    let table = ask(&case, &["similarity", "m", "word1", "word4"]);
    assert!(table.contains(" ± 0.") && table.lines().count() == 1, "{table}");
    let similarity = &json(&case, &["similarity", "m", "word1", "word4"])[0];
    assert!(similarity["runs"] == 3 && similarity["deviation"].as_f64().unwrap() > 0.0, "{similarity}");
    assert!(ask(&case, &["rank", "m", "word1", "word4"]).contains(" ± "));
    let rank = &json(&case, &["rank", "m", "word1", "word4"])[0];
    assert!(rank["rank_deviation"].as_f64().is_some() && rank["deviation"].as_f64().is_some(), "{rank}");
    let tsv = ask(&case, &["rank", "m", "word1", "word4", "--format", "tsv"]);
    assert!(tsv.starts_with("a\tb\tsimilarity\trank\tdeviation\trank_deviation\n"), "{tsv}");
    let pairs: String = (0..20).map(|i| format!("word{i}\tword{}\t{i}\n", (i * 7 + 3) % 40)).collect();
    case.write("pairs.tsv", pairs);
    let scores = &json(&case, &["eval", "m", "pairs.tsv"])[0];
    assert!(scores["runs"] == 3 && scores["spearman_deviation"].as_f64().unwrap() > 0.0, "{scores}");
    assert!(ask(&case, &["eval", "m", "pairs.tsv"]).contains("standard deviation of one of 3 runs: Spearman"));
    assert!(!ask(&case, &["eval", "plain", "pairs.tsv"]).contains("standard deviation"));
}

#[test]
fn info_names_stable_words_align_has_deviations_and_convert_says_what_it_drops() {
    let case = trained();
    let info = json(&case, &["info", "m"]);
    assert_eq!((&info["runs"]["count"], &info["agreement"]["runs"]), (&3.into(), &3.into()), "{info}");
    let [least, most] = ["least_stable", "most_stable"].map(|name| info[name][0]["agreement"].as_f64().unwrap());
    assert!(least <= most && most <= 1.0, "{least} {most}");
    let table = ask(&case, &["info", "m"]);
    assert!(table.contains("least stable") && table.contains("most stable"), "{table}");
    assert!(!ask(&case, &["info", "plain"]).contains("stable"));
    let changes = json(&case, &["align", "m", "m"]);
    assert!(changes["changes"][0]["deviation"].as_f64().is_some(), "{changes}");
    assert!(ask(&case, &["align", "m", "m", "-k", "2"]).contains(" ± "));
    assert!(!ask(&case, &["align", "m", "plain", "-k", "2"]).contains(" ± "));
    let converted = case.rapidvec().args(["convert", "m", "m.txt"]).output().unwrap();
    let told = String::from_utf8_lossy(&converted.stderr).into_owned();
    assert!(converted.status.success() && told.contains("vectors of the runs"), "{told}");
    case.rapidvec().args(["convert", "m", "again.safetensors", "--top", "50"]).output().unwrap();
    assert_eq!(json(&case, &["similar", "again.safetensors", "word1"])[0]["runs"], 3);
}
