"""Finds circles of imports between the files of a crate; exits with 1 if there is one.

A file imports another if it names an item that the other defines: in a `use`, or by a path that begins with `crate`, `super`,
`self`, a module of its own or one that it imported. A name that a file only passes on (`pub use`) is looked up where it is
defined, so a parent that declares its children and re-exports their items imports none of them; it does if it works with
their items. Tests are left out, and so are methods, which need no import.
"""

import re
import sys
from pathlib import Path

WORD = r"[A-Za-z_]\w*"
ROOT = Path(__file__).resolve().parent.parent
CRATES = sorted([*ROOT.glob("crates/*/src"), *(ROOT / name / "src" for name in ("bench", "cli", "python"))])
# Circles that are still to be opened, by their files.
KNOWN = [["crates/train/src/cpu/plan.rs", "crates/train/src/cpu/replicas.rs"]]


def without_comments_and_strings(text):
    literal = r'//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?\'(?:\\.[^\']*|[^\\\'])\''
    return re.sub(literal, " ", text, flags=re.S)


def without_tests(text):
    """Drops every item behind `#[cfg(test)]`, up to its `;` or the end of its block."""
    while found := re.search(r"#\[cfg\((?:all\()?test\b[^\]]*\]", text):
        end, depth = found.end(), 0
        while end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
            if depth == 0 and text[end - 1] in ";}":
                break
        text = text[: found.start()] + text[end:]
    return text


def use_tree(tree, before=()):
    """`a::{b, c as d}` as pairs of a path and the name it gets; the name of a glob is `*`."""
    tree = tree.strip()
    head, brace, rest = tree.partition("{")
    if brace:
        inner, depth, start = rest[: rest.rindex("}")], 0, 0
        before = (*before, *[part.strip() for part in head.split("::") if part.strip()])
        for at, char in enumerate(inner + ","):
            depth += {"{": 1, "}": -1}.get(char, 0)
            if char == "," and depth == 0:
                if inner[start:at].strip():
                    yield from use_tree(inner[start:at], before)
                start = at + 1
        return
    path, _, name = tree.partition(" as ")
    path = (*before, *[part.strip() for part in path.split("::") if part.strip()])
    if path[-1] == "self":
        path = path[:-1]
    yield path, name.strip() or path[-1]


class Module:
    def __init__(self, file, parent=None):
        self.file, self.parent, self.children = file, parent, {}
        text = without_tests(without_comments_and_strings(file.read_text()))
        folder = file.parent if file.name in ("lib.rs", "main.rs", "mod.rs") else file.with_suffix("")
        for attribute, name in re.findall(rf"(#\[path[^\]]*\]\s*)?\bmod\s+({WORD})\s*;", text):
            child = next((p for p in (folder / f"{name}.rs", folder / name / "mod.rs") if p.exists()), None)
            if child and not attribute:
                self.children[name] = Module(child, self)
        self.uses = []
        for public, tree in re.findall(r"\b(pub(?:\s*\([^)]*\))?\s+)?use\s+([^;]+);", text):
            self.uses += [(path, name, bool(public)) for path, name in use_tree(tree)]
        self.names = {name: path for path, name, _ in self.uses if name != "*"}
        body = re.sub(r"\buse\s+[^;]+;", "", text)
        self.paths = {tuple(path.split("::")) for path in re.findall(rf"(?<![\w:])(?:{WORD})(?:::{WORD})+", body)}

    def root(self):
        return self.parent.root() if self.parent else self

    def all(self):
        yield self
        for child in self.children.values():
            yield from child.all()

    def definer(self, path, seen=()):
        """The module that defines what `path` names here; None for other crates, and for a module itself."""
        if not path or (self, path) in seen:
            return None
        first, rest, seen = path[0], path[1:], (*seen, (self, path))
        if first == "crate":
            return self.root().item(rest, seen)
        if first == "self":
            return self.item(rest, seen)
        if first == "super":
            return self.parent.item(rest, seen) if self.parent else None
        return self.item(path, seen) if first in self.children or first in self.names else None

    def item(self, path, seen=()):
        if not path:
            return None
        first, rest = path[0], path[1:]
        if first == "super":
            return self.parent.item(rest, seen) if self.parent else None
        if first in self.children:
            return self.children[first].item(rest, seen)
        if first == "*":
            return None
        if first in self.names:
            # `use anyhow::anyhow` is of another crate.
            return None if self.names[first][0] == first else self.definer((*self.names[first], *rest), seen)
        for glob in (path for path, name, _ in self.uses if name == "*"):
            return self.definer((*glob[:-1], first, *rest), seen)
        return self

    def imports(self):
        paths = {path for path, _, public in self.uses if not public} | self.paths
        return {found for path in paths if (found := self.definer(path)) and found is not self}


def circles(modules):
    """Groups of modules that import each other, by Tarjan's algorithm."""
    index, low, stack, found = {}, {}, [], []

    def visit(module):
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in module.imports():
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            at = stack.index(module)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                found.append(group)

    for module in modules:
        if module not in index:
            visit(module)
    return found


def main():
    sys.setrecursionlimit(10_000)
    failed = False
    for source in CRATES:
        root = next((source / name for name in ("lib.rs", "main.rs") if (source / name).exists()), None)
        for group in circles(list(Module(root).all())) if root else []:
            if sorted(str(module.file.relative_to(ROOT)) for module in group) in KNOWN:
                continue
            failed = True
            print(f"a circle of imports among {len(group)} files:")
            for module in sorted(group, key=lambda module: module.file):
                others = sorted(other.file.relative_to(source).as_posix() for other in module.imports() if other in group)
                print(f"  {module.file.relative_to(ROOT)} imports {', '.join(others)}")
    print("imports: " + ("circles found" if failed else "no circles between files"))
    return failed


if __name__ == "__main__":
    sys.exit(main())
