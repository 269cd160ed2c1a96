//! The floors of ARCHITECTURE.md, held: who may import whom.
//!
//! Reads the library's source, resolves every path that starts with `crate`, `super` or `self` (in `use` lines and in code)
//! to the module it leads to, and compares with [`ALLOWED`]. Comments, string literals and test code do not count.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the library, and the others it may import. Down this list goes the data; nothing points up.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("error", &[]),
    ("config", &["error"]),
    ("math", &["error", "config"]),
    ("compress", &["error"]),
    ("file", &["error", "config", "math", "compress"]),
    ("words", &["error", "config", "math", "compress", "file"]),
    ("corpus", &["error", "config", "math", "compress", "file", "words"]),
    ("nn", &["error", "config", "math", "compress", "file", "words", "corpus"]),
    ("engine", &["error", "config", "math", "compress", "file", "words", "corpus"]),
    ("vectors", &["error", "config", "math", "compress", "file", "words"]),
    ("checkpoint", &["error", "config", "math", "compress", "file", "words", "corpus", "nn", "engine", "vectors"]),
];

#[test]
fn every_module_imports_from_the_floors_below_it_only() {
    let sources = rust_files(&root().join("src"));
    assert!(sources.len() > 50, "only {} files read: is the source elsewhere now?", sources.len());
    let found = violations(&sources);
    assert!(found.is_empty(), "imports against the floors of ARCHITECTURE.md:\n{}", found.join("\n"));
}

#[test]
fn the_rules_name_the_modules_there_are() {
    let lib = lex(&fs::read_to_string(root().join("src/lib.rs")).unwrap());
    let declared: BTreeSet<_> =
        lib.windows(3).filter(|w| w[0] == "mod" && w[2] == ";").map(|w| w[1].as_str()).collect();
    assert_eq!(declared, ALLOWED.iter().map(|(name, _)| *name).collect());
}

#[test]
fn the_command_line_depends_on_the_library_alone() {
    let manifest = fs::read_to_string(root().join("cli/Cargo.toml")).unwrap();
    let ours: Vec<_> = manifest.lines().filter(|line| line.contains("path = \"..")).collect();
    assert_eq!(ours, ["rapidvec = { path = \"..\" }"]);
    for (path, text) in rust_files(&root().join("cli/src")) {
        let tokens = lex(&text);
        // A text that lies beside the source, under a bare name, is part of the command line.
        let beside = |w: &[String]| w[0] == "include_str" && w[2] == "(" && !w[3].contains(['/', '\\']);
        let reaches_out = tokens
            .windows(4)
            .any(|w| w[0].starts_with("include") && w[1] == "!" && !beside(w) || w[..3] == ["#", "[", "path"]);
        assert!(!reaches_out, "{} takes in a file by its path", path.display());
    }
}

/// A clock that is set meanwhile changes nothing: only times that passed are measured ([`std::time::Instant`]), and a file's
/// time is compared with its own.
#[test]
fn nobody_asks_what_time_it_is() {
    for folder in ["src", "cli/src"] {
        let sources = rust_files(&root().join(folder));
        let tests: BTreeSet<_> =
            sources.iter().flat_map(|(path, text)| Scan::of(path, &lex(text)).test_files).collect();
        for (path, text) in sources.iter().filter(|(path, _)| !tests.contains(*path)) {
            let mut tokens = lex(text);
            while let Some(start) = tokens.windows(7).position(|w| w == ["#", "[", "cfg", "(", "test", ")", "]"]) {
                let end = end_of_item(&tokens, start + 7);
                tokens.drain(start..end);
            }
            let asks = tokens.windows(3).any(|w| w == ["SystemTime", "::", "now"]);
            let asks = asks || tokens.iter().any(|token| token == "UNIX_EPOCH");
            assert!(!asks, "{folder}/{} asks for the time of day", path.display());
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Files under `folder`, by their path in it.
fn rust_files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// One line for each import that the rules forbid.
fn violations(sources: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let lib = sources.get(Path::new("lib.rs")).map_or("", String::as_str);
    let exports = exports(&lex(lib));
    let files: Vec<_> = sources.iter().map(|(path, text)| (path, Scan::of(path, &lex(text)))).collect();
    let tests: BTreeSet<_> = files.iter().flat_map(|(_, scan)| scan.test_files.clone()).collect();
    let mut found = Vec::new();
    for (path, scan) in files.iter().filter(|(path, _)| path.as_path() != Path::new("lib.rs") && !tests.contains(*path))
    {
        let own = module_of(path)[0].clone();
        let rule = ALLOWED.iter().find(|(name, _)| *name == own);
        for target in &scan.targets {
            let target = exports.get(target).unwrap_or(target);
            if *target != own && !rule.is_some_and(|(_, allowed)| allowed.contains(&target.as_str())) {
                found.push(format!("  {}: `{own}` may not import `{target}`", path.display()));
            }
        }
    }
    found
}

/// `nn/layers/embedding.rs` is the module nn, layers, embedding.
fn module_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<_> = path.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// What `lib.rs` exports under the crate's own name: `Config` is `config`'s.
fn exports(lib: &[String]) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for (i, _) in lib.windows(2).enumerate().filter(|(_, w)| w[0] == "pub" && w[1] == "use") {
        let statement: Vec<_> = lib[i + 2..].iter().take_while(|token| *token != ";").collect();
        let names = statement.iter().skip(1).filter(|token| is_name(token));
        exports.extend(names.map(|name| ((*name).clone(), statement[0].clone())));
    }
    exports
}

/// What one file says of other modules.
#[derive(Default)]
struct Scan {
    /// Top modules (or exports of the crate) that its paths lead to.
    targets: BTreeSet<String>,
    /// Files of its test modules.
    test_files: Vec<PathBuf>,
}

impl Scan {
    fn of(path: &Path, tokens: &[String]) -> Self {
        let mut scan = Self::default();
        let file = module_of(path);
        // Modules that are open, with the depth of braces in which each stands.
        let (mut modules, mut depth, mut i) = (Vec::new(), 0, 0);
        while i < tokens.len() {
            if tokens[i..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"].map(String::from)) {
                let end = end_of_item(tokens, i + 7);
                scan.test_files.extend(test_file(path, &tokens[i + 7..end]));
                i = end;
                continue;
            }
            match tokens[i].as_str() {
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    modules.retain(|(_, at)| *at < depth);
                }
                "mod" if tokens.get(i + 2).is_some_and(|next| next == "{") => {
                    modules.push((tokens[i + 1].clone(), depth))
                }
                "crate" | "super" | "self" if i == 0 || tokens[i - 1] != "::" => {
                    let here = file.iter().chain(modules.iter().map(|(name, _)| name)).cloned().collect();
                    scan.targets.extend(targets(tokens, i, here));
                }
                _ => {}
            }
            i += 1;
        }
        scan
    }
}

/// The top modules that a path leads to, which starts at `tokens[i]` in module `here`.
fn targets(tokens: &[String], mut i: usize, mut here: Vec<String>) -> Vec<String> {
    while tokens.get(i + 1).is_some_and(|next| next == "::") {
        match tokens[i].as_str() {
            "crate" => here.clear(),
            "super" => drop(here.pop()),
            "self" => {}
            _ => break,
        }
        i += 2;
    }
    match (here.first(), tokens.get(i).map(String::as_str)) {
        (Some(top), _) => vec![top.clone()],
        (None, Some("{")) => first_names(tokens, i),
        (None, Some(name)) => vec![name.to_owned()],
        (None, None) => Vec::new(),
    }
}

/// From `{a::b, c::{d, e}}`: a, c.
fn first_names(tokens: &[String], start: usize) -> Vec<String> {
    let (mut depth, mut names, mut first) = (0, Vec::new(), false);
    for token in &tokens[start..] {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 && first => names.push(token.clone()),
            _ => {}
        }
        first = depth == 1 && matches!(token.as_str(), "{" | ",");
        if depth == 0 {
            break;
        }
    }
    names
}

/// Behind the item that starts at `start`: after its `;`, or after its block.
fn end_of_item(tokens: &[String], start: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(start) {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(token.as_str(), "}" | ";") {
            return i + 1;
        }
    }
    tokens.len()
}

/// The file of `mod name;`, or the one that `#[path = "..."]` names, beside `path`.
fn test_file(path: &Path, item: &[String]) -> Option<PathBuf> {
    let [.., module, name, end] = item else { return None };
    if module != "mod" || end != ";" {
        return None;
    }
    if let Some(i) = item.iter().position(|token| token == "path") {
        return Some(path.with_file_name(item.get(i + 2)?.trim_matches('"')));
    }
    Some(module_of(path).iter().collect::<PathBuf>().join(format!("{name}.rs")))
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The names and marks of a Rust text, without comments; string literals keep their quotes, so that they are no names.
fn lex(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut i) = (Vec::new(), 0);
    while i < chars.len() {
        let rest = &chars[i..];
        let length = match rest {
            ['/', '/', ..] => rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] | ['b' | 'c', '"', ..] => string(rest),
            ['r', '"' | '#', ..] | ['b' | 'c', 'r', '"' | '#', ..] if raw_string(rest).is_some() => {
                raw_string(rest).unwrap_or(1)
            }
            ['\'', ..] => char_or_lifetime(rest),
            [':', ':', ..] => 2,
            [c, ..] if c.is_alphanumeric() || *c == '_' => {
                rest.iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(rest.len())
            }
            _ => 1,
        };
        let token: String = rest[..length].iter().collect();
        if !token.starts_with("//") && !token.starts_with("/*") && !token.trim().is_empty() {
            tokens.push(token);
        }
        i += length;
    }
    tokens
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut i) = (0, 0);
    while i < rest.len() {
        match &rest[i..] {
            ['/', '*', ..] => (depth, i) = (depth + 1, i + 2),
            ['*', '/', ..] => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    rest.len()
}

fn string(rest: &[char]) -> usize {
    let mut i = 1 + usize::from(rest[0] != '"');
    while i < rest.len() && rest[i] != '"' {
        i += 1 + usize::from(rest[i] == '\\');
    }
    (i + 1).min(rest.len())
}

/// Its length, if it is one: `r"..."`, `br#"..."#`.
fn raw_string(rest: &[char]) -> Option<usize> {
    let start = 1 + usize::from(rest[0] != 'r');
    let hashes = rest[start..].iter().take_while(|&&c| c == '#').count();
    let quote = start + hashes;
    (rest.get(quote) == Some(&'"')).then_some(())?;
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let inside = rest[quote + 1..].windows(end.len()).position(|window| window == end);
    Some(inside.map_or(rest.len(), |inside| quote + 1 + inside + end.len()))
}

fn char_or_lifetime(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, tail @ ..] => 3 + tail.iter().position(|&c| c == '\'').map_or(0, |end| end + 1),
        ['\'', _, '\'', ..] => 3,
        _ => 1, // a lifetime: its name follows as a name of its own
    }
}

mod the_checker {
    use super::*;

    const LIB: &str =
        "pub mod nn; pub use nn::Trainer; pub use config::{Config, ModelKind}; pub use vectors::WordVectors;";

    fn found_in(path: &str, text: &str) -> Vec<String> {
        let sources = [("lib.rs", LIB), (path, text)].map(|(path, text)| (PathBuf::from(path), text.to_owned()));
        violations(&sources.into())
    }

    #[track_caller]
    fn allows(path: &str, text: &str) {
        assert_eq!(found_in(path, text), [""; 0], "{text}");
    }

    #[track_caller]
    fn forbids(path: &str, text: &str, target: &str) {
        let found = found_in(path, text);
        assert!(found.len() == 1 && found[0].ends_with(&format!("`{target}`")), "{text}: {found:?}");
    }

    #[test]
    fn lets_modules_import_from_below() {
        allows("nn/trainer/train.rs", "use crate::{config::Config, math::{Matrix, Rng}, words::WordId};");
        allows("corpus/text.rs", "use crate::words::Vocabulary; use super::read::Source;");
        allows("nn/batch.rs", "use crate::nn::Columns; use crate::Config;");
    }

    #[test]
    fn refuses_imports_from_above_and_from_siblings() {
        forbids("words/vocabulary.rs", "use crate::corpus::Corpus;", "corpus");
        forbids("vectors/search.rs", "use crate::nn::Weights;", "nn");
        forbids("vectors/search.rs", "use crate::corpus::Corpus;", "corpus");
        forbids("nn/mod.rs", "use crate::vectors::WordVectors;", "vectors");
        forbids("math/mod.rs", "use crate::file;", "file");
        forbids("error/mod.rs", "use crate::config::Config;", "config");
        forbids("corpus.rs", "use crate::checkpoint;", "checkpoint");
    }

    #[test]
    fn knows_the_crate_s_own_exports() {
        forbids("math/mod.rs", "fn f() { crate::Trainer::new() }", "nn");
        forbids("error/mod.rs", "fn f(_: &crate::ModelKind) {}", "config");
        forbids("nn/mod.rs", "use crate::{Config, WordVectors};", "vectors");
    }

    #[test]
    fn an_unknown_module_is_no_way_round() {
        forbids("helpers.rs", "use crate::error::Error;", "error");
        forbids("nn/mod.rs", "use crate::helpers::f;", "helpers");
    }

    #[test]
    fn sees_groups_code_macros_and_paths_that_climb() {
        forbids("math/mod.rs", "use crate::{error::{Error, nn}, config as c, vectors::{self}};", "vectors");
        forbids("math/mod.rs", "fn f() -> usize { 1 + crate::words::count() }", "words");
        forbids("math/mod.rs", "macro_rules! m { () => { $crate::nn::f() } }", "nn");
        forbids("vectors/format/mod.rs", "use super::super::nn;", "nn");
        forbids("vectors/format/mod.rs", "mod inner { use super::super::super::nn; }", "nn");
        forbids("vectors/format/mod.rs", "mod inner {} use super::super::{nn, words};", "nn");
        allows("vectors/format/mod.rs", "mod inner { fn f() { {} } use super::super::search; }");
    }

    #[test]
    fn skips_comments_strings_and_tests() {
        allows("math/mod.rs", "//! See crate::nn::Trainer.\n/* crate::nn /* crate::nn */ crate::nn */");
        allows("math/mod.rs", r###"const A: &str = "crate::nn \" crate::nn"; const B: &str = r#"" crate::nn"#;"###);
        allows("math/mod.rs", "const C: char = '\"'; const D: char = '\\''; fn f<'a>() {}\n// crate::nn");
        allows("math/mod.rs", "#[cfg(test)]\nmod tests { use crate::nn::f; mod more { use crate::nn::g; } }");
        forbids("math/mod.rs", "#[cfg(test)] mod tests { use crate::nn; } use crate::vectors::f;", "vectors");
        forbids("math/mod.rs", "#[cfg(test)] use crate::nn::f; use crate::vectors::f;", "vectors");
    }

    #[test]
    fn leaves_out_the_files_of_test_modules_only() {
        let files = |declared: &str| {
            let test = ("math/odd.rs", "use crate::nn::f;");
            let sources = [("math/mod.rs", declared), test].map(|(path, text)| (PathBuf::from(path), text.to_owned()));
            violations(&sources.into()).len()
        };
        assert_eq!(files("mod odd;"), 1);
        assert_eq!(files("#[cfg(test)] mod odd;"), 0);
        assert_eq!(files("#[cfg(test)] #[path = \"odd.rs\"] mod tests;"), 0);
    }
}
