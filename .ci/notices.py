#!/usr/bin/env python3
"""Writes the notices that who ships a binary of rapidvec has to ship too: licences and their texts of every crate in it.

Usage: notices.py [--package NAME] [--features LIST] [--target TRIPLE] [OUT]   (OUT: standard output if left out)

The crates are those that `cargo metadata` resolves for the package on the target, as normal or build dependencies. Their licence texts are the
files that they come with. Equal texts are written once. It fails if a crate has neither a text nor a licence whose text
another crate comes with.
"""

import argparse
import json
import pathlib
import subprocess
import sys

NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT")


def resolved(package: str, features: str, target: str) -> list[dict]:
    """The packages in a binary of `package`, without those of this repository."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    if features:
        command += ["--features", features]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    by_id = {each["id"]: each for each in found["packages"]}
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    left = [each["id"] for each in found["packages"] if each["name"] == package]
    seen: set[str] = set()
    while left:
        node = left.pop()
        if node in seen:
            continue
        seen.add(node)
        for dependency in nodes[node]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                left.append(dependency["pkg"])
    own = set(found["workspace_members"])
    return sorted((by_id[each] for each in seen - own), key=lambda each: (each["name"], each["version"]))


def texts(package: dict) -> dict[str, str]:
    """The licence files of a package, by name."""
    folder = pathlib.Path(package["manifest_path"]).parent
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.upper().startswith(NAMES) and path.suffix not in (".rs", ".py", ".c", ".h"):
            text = path.read_text(encoding="utf-8", errors="replace").strip()
            if text:
                found[str(path.relative_to(folder))] = text
    return found


def host() -> str:
    """The triple that rustc compiles for."""
    told = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return next(line.split()[1] for line in told.splitlines() if line.startswith("host:"))


def alternatives(package: dict) -> set[str]:
    """The identifiers in a package's licence."""
    words = (package["license"] or "").replace("/", " OR ").replace("(", " ").replace(")", " ").split()
    return {word for word in words if word not in ("OR", "AND", "WITH")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", default="rapidvec-cli")
    parser.add_argument("--features", default="")
    parser.add_argument("--target", default=None)
    parser.add_argument("out", nargs="?")
    options = parser.parse_args()
    packages = resolved(options.package, options.features, options.target or host())
    by_text: dict[str, list[str]] = {}
    lines = [f"What a binary of {options.package} holds: {len(packages)} crates of others.", ""]
    with_text: set[str] = set()
    without = []
    for package in packages:
        name = f"{package['name']} {package['version']}"
        found = texts(package)
        lines.append(f"{name}: {package['license'] or 'see its text'} ({package['repository'] or 'crates.io'})")
        if found:
            with_text |= alternatives(package)
        else:
            without.append(package)
        for file, text in found.items():
            by_text.setdefault(text, []).append(f"{name} ({file})")
    missing = [each for each in without if not alternatives(each) & with_text]
    for text, owners in by_text.items():
        lines += ["", "=" * 100, *owners, "-" * 100, text]
    written = "\n".join(lines) + "\n"
    if options.out:
        pathlib.Path(options.out).write_text(written, encoding="utf-8")
    else:
        sys.stdout.write(written)
    counts = f"{len(packages)} crates, {len(by_text)} texts, {len(without)} crates without a text of their own"
    print(counts, file=sys.stderr)
    for each in missing:
        print(f"no text for {each['name']} {each['version']}: {each['license']}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
