"""Results in a page of the documentation: each program rewrites its own section.

The Rust programs do the same, in `bench/src/report.rs`.
"""

from pathlib import Path


def with_section(page, name, text):
    """`page` with `text` as its section `name`: in the place of the one before, or at the end."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    section = f"{begin}{text.rstrip()}\n{end}"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if found and closed:
        return before + section + after
    return f"{page.rstrip()}\n\n{section}" if page else section


def write_section(path, name, text):
    """Writes the section `name` of the file at `path`."""
    path = Path(path)
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(with_section(page, name, text), encoding="utf-8")
