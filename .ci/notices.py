#!/usr/bin/env python3
"""Prints the notices that whoever ships a binary of rapidvec has to pass on: every crate in it, with its licence's text.

    .ci/notices.py rapidvec-cli > THIRD-PARTY.txt
    .ci/notices.py rapidvec-python --features gpu --target x86_64-unknown-linux-gnu

The crates are those that cargo links into the package, with the versions of Cargo.lock; texts come from the crates themselves. A crate
without one gets the standard text of its licence, with its authors; where that is not MIT's or Apache's, the command fails.
"""

import argparse
import collections
import json
import re
import subprocess
import sys
from pathlib import Path

TEXT = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


def linked(package, features, target):
    """Name and version of every crate that is linked into `package`."""
    command = ["cargo", "tree", "--locked", "-p", package, "-e", "normal", "--prefix", "none", "--format", "{p}", "--target", target]
    lines = subprocess.run([*command, *features], capture_output=True, text=True, check=True).stdout.splitlines()
    found = {tuple(line.split()[:2]) for line in lines if line.strip()}
    return {(name, version.removeprefix("v")) for name, version in found if not name.startswith("rapidvec")}


def described():
    """What cargo knows of every crate, by name and version."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--all-features"]
    packages = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["packages"]
    return {(package["name"], package["version"]): package for package in packages}


def texts(package):
    """The licences and notices in a crate's folder, without those of its tests and vendored build scripts."""
    folder = Path(package["manifest_path"]).parent
    names = [folder / package["license_file"]] if package["license_file"] else []
    names += sorted(path for path in folder.iterdir() if path.is_file() and TEXT.match(path.name))
    names += sorted(path for path in (folder / "LICENSES").glob("*") if path.is_file())
    # C sources that a crate compiles have a licence of their own.
    names += sorted(path for path in folder.glob("*/*") if path.is_file() and TEXT.match(path.name))
    read = dict.fromkeys(path.resolve() for path in names)
    return [path.read_text(encoding="utf-8", errors="replace").strip() for path in read]


def standard(package):
    """The text of the licence that a crate names, for one that ships none; nothing if it is not one of ours."""
    choices = re.split(r"\s+OR\s+|/", package["license"] or "")
    if "MIT" in choices:
        permission = Path("LICENSE-MIT").read_text(encoding="utf-8")
        authors = ", ".join(package["authors"]) or f"the authors of {package['name']}"
        return [f"MIT License\n\nCopyright (c) {authors}\n\n{permission[permission.index('Permission is hereby'):].strip()}"]
    return [Path("LICENSE-APACHE").read_text(encoding="utf-8").strip()] if "Apache-2.0" in choices else []


def notices(package, features, target):
    """The whole document; and crates of which there is no text."""
    known, missing = described(), []
    users = collections.defaultdict(list)
    lines = [f"Third-party software in {package}", "", "Crate, version, licence, source:", ""]
    for key in sorted(linked(package, features, target)):
        crate = known[key]
        lines.append(f"  {crate['name']} {crate['version']}  {crate['license'] or 'see its text'}  {crate['repository'] or ''}".rstrip())
        own = texts(crate) or standard(crate)
        if not own:
            missing.append(f"{crate['name']} {crate['version']} ({crate['license']}, {crate['repository']})")
        for text in own:
            users[text].append(f"{crate['name']} {crate['version']}")
    for text, crates in sorted(users.items(), key=lambda item: item[1]):
        lines += ["", "-" * 100, ", ".join(crates), "-" * 100, "", text]
    return "\n".join(lines) + "\n", missing


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", help="rapidvec-cli or rapidvec-python")
    parser.add_argument("--features", default="", help="features that the binary is built with, as cargo takes them")
    parser.add_argument("--no-default-features", action="store_true", help="as cargo's")
    parser.add_argument("--target", default="all", help="the platform; all platforms together unless given")
    options = parser.parse_args()
    features = ["--features", options.features] if options.features else []
    features += ["--no-default-features"] if options.no_default_features else []
    text, missing = notices(options.package, features, options.target)
    if missing:
        sys.exit("no licence text: " + "; ".join(missing))
    print(text, end="")


if __name__ == "__main__":
    main()
