"""A Python environment with the peers, outside the tree: made once, used again.

gensim is held to one version. fastText is built from its source where that works, since the build is for this very processor and
so the faster peer; else a wheel is taken. A peer that cannot be had is left out of the race, and the reason is kept.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from common import machine

GENSIM = ["gensim==4.4.0", "numpy"]
# A package that has sets of analogies and of pairs with it; nothing of its code is run.
DATA = "svd2vec==0.3.3"
FASTTEXT = (["fasttext", "numpy"], ["fasttext-wheel", "numpy"])
# What each peer needs to be there, and how its version is found.
PROBE = """
import importlib, importlib.metadata, json, sys
found = {}
for name, packages in json.loads(sys.argv[1]).items():
    try:
        importlib.import_module(name)
    except Exception:
        continue
    for package in packages:
        try:
            found[name] = importlib.metadata.version(package)
            break
        except importlib.metadata.PackageNotFoundError:
            pass
print(json.dumps(found))
"""
PACKAGES = {"gensim": ["gensim"], "fasttext": ["fasttext", "fasttext-wheel"], "numpy": ["numpy"]}


@dataclass
class Environment:
    """An environment: its Python, what it has, and why it does not have the rest."""

    python: Path
    versions: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)


def cache_folder():
    """Where things that can be made again may lie: `$XDG_CACHE_HOME/rapidvec-peers`, or under `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "rapidvec-peers")


def default_folder():
    """The environment for this Python."""
    return cache_folder() / f"venv-{sys.version_info.major}.{sys.version_info.minor}"


def python_of(folder):
    """The Python of an environment."""
    return Path(folder, "Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def versions(python):
    """The peers that this Python can import, and NumPy, with their versions."""
    try:
        output, _ = machine.run([str(python), "-c", PROBE, json.dumps(PACKAGES)])
        return json.loads(output)
    except (RuntimeError, ValueError):
        return {}


def prepare(folder, wanted, say):
    """The environment in `folder`, created if it is missing; `wanted` are names of peers, `say` gets what is done."""
    python = python_of(folder)
    env = Environment(python, versions(python) if python.exists() else {})
    if all(name in env.versions for name in wanted):
        return env
    try:
        if not env.versions:
            say(f"making a Python environment in {folder}")
            machine.run([sys.executable, "-m", "venv", "--clear", str(folder)])
        for name in wanted:
            if name not in env.versions:
                say(f"installing {name}")
                env.missing |= install(python, name)
    except RuntimeError as error:
        env.missing |= {name: last_line(error) for name in wanted if name not in env.versions}
    env.versions = versions(python)
    env.missing |= {name: "installed, but it cannot be imported" for name in wanted
                    if name not in env.versions and name not in env.missing}
    return env


def pip_install(python, *arguments):
    """Runs pip, which asks nothing; a RuntimeError where it fails."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    machine.run(command, stdin=subprocess.DEVNULL)


def install(python, name):
    """Installs a peer; {} or {name: why not}."""
    reason = ""
    for packages in [GENSIM] if name == "gensim" else FASTTEXT:
        try:
            pip_install(python, *packages)
            return {}
        except RuntimeError as error:
            reason = reason or last_line(error)
    return {name: reason}


def data_folder(python, folder, say):
    """The folder with more sets, fetched into `folder` where it is not there; None where it cannot be had."""
    data = Path(folder, "svd2vec", "datasets")
    if not data.is_dir():
        say(f"fetching more sets into {folder}")
        try:
            pip_install(python, "--no-deps", "--target", str(folder), DATA)
        except RuntimeError as error:
            say(f"without more sets: {last_line(error)}")
    return data if data.is_dir() else None


def last_line(error):
    """The end of a message, where programs say what went wrong."""
    return str(error).strip().splitlines()[-1][:300]
