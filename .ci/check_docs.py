"""Checks the documents: relative links, paths named in ARCHITECTURE.md, the book's table of contents, the README's length.

    python3 .ci/check_docs.py

Reads tracked Markdown files only. Prints every fault and exits with code 1 if there is one.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAX_README_LINES = 150
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
# A path in backticks: with a slash, or a file name with a known ending.
PATH = re.compile(r"[\w.-]+(/[\w.-]*)+|[\w-]+\.(rs|md|py|toml|svg)")


def tracked(pattern):
    """The tracked files that match a pattern, also before they are committed."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
                            cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def anchors(text):
    """The anchors of a page's headings, as GitHub and mdBook form them."""
    headings = re.findall(r"^#+ +(.+?)\s*$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page):
    """Relative links of a page that lead nowhere."""
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: dead link {target}"
        elif anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"{page.relative_to(ROOT)}: {target}: no such heading"


def missing_paths(page):
    """Paths in backticks that are not in the tree: not in the repository, nor in the folder that the heading above names."""
    base = ROOT
    for line in FENCE.sub("", page.read_text(encoding="utf-8")).splitlines():
        codes = [code for code in CODE.findall(line) if PATH.fullmatch(code)]
        if line.startswith("#"):
            base = ROOT / codes[0] if codes else ROOT
        for code in codes:
            if not any((folder / code).exists() for folder in (ROOT, base, base / "src")):
                yield f"{page.relative_to(ROOT)}: {code} does not exist"


def faults():
    """Everything that is wrong, a line each."""
    for page in tracked("*.md"):
        yield from dead_links(page)
    for name in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
        yield from missing_paths(ROOT / name)
    contents = (ROOT / "docs/SUMMARY.md").read_text(encoding="utf-8")
    for page in tracked("docs/*.md"):
        if page.name != "SUMMARY.md" and f"({page.name})" not in contents:
            yield f"docs/SUMMARY.md: does not list {page.name}"
    lines = len((ROOT / "README.md").read_text(encoding="utf-8").splitlines())
    if lines > MAX_README_LINES:
        yield f"README.md: {lines} lines, at most {MAX_README_LINES}"


def main():
    found = list(faults())
    print("\n".join(found) or "documents: links, paths and contents are right")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
