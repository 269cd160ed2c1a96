//! Results in a page of the documentation: each program rewrites its own section.

use anyhow::{Context, Result};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Writes `text` as the section `name` of the file at `path`: in the place of the one before, or at the end.
pub fn write_section(path: &Path, name: &str, text: &str) -> Result<()> {
    let page = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        page => page.with_context(|| format!("cannot read {}", path.display()))?,
    };
    fs::write(path, with_section(&page, name, text)).with_context(|| format!("cannot write {}", path.display()))
}

fn with_section(page: &str, name: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let section = format!("{begin}{}\n{end}", text.trim_end());
    let place = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    match place {
        Some((before, after)) => format!("{before}{section}{after}"),
        None if page.is_empty() => section,
        None => format!("{}\n\n{section}", page.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_the_one_before_and_leaves_the_rest() {
        let page = with_section("# Title\n", "a", "one");
        assert_eq!(page, "# Title\n\n<!-- a -->\none\n<!-- end of a -->\n");
        let page = with_section(&page, "b", "two\n\n");
        let page = with_section(&page, "a", "three");
        assert_eq!(page, "# Title\n\n<!-- a -->\nthree\n<!-- end of a -->\n\n<!-- b -->\ntwo\n<!-- end of b -->\n");
        assert_eq!(with_section("", "a", "x"), "<!-- a -->\nx\n<!-- end of a -->\n");
    }

    #[test]
    fn a_page_that_cannot_be_read_is_not_replaced() {
        assert!(write_section(&std::env::temp_dir(), "a", "x").is_err());
    }
}
