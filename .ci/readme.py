"""Runs the commands of a README, in their order, in one folder, as written.

    python3 .ci/readme.py README.md FOLDER [--skip COMMAND]...

Lines of `sh` blocks have to succeed. In `console` blocks, lines that begin with `$` are run, and what follows them has to be what they print;
so in `pycon` blocks, which the first `python` on PATH runs. The program is the one on PATH, so `cargo install` needs CARGO_INSTALL_ROOT and its
`bin` on PATH, and `pip install` an environment's. Prints what it runs; exits with code 1 at
the first failure.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(sh|console|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(text):
    """Commands in their order, each with the output that the README shows, or None."""
    for kind, body in BLOCK.findall(text):
        if kind == "sh":
            yield from ((line, None) for line in body.splitlines() if line.strip())
        elif kind == "pycon":
            yield body, "pycon"
        else:
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield command, output


def run_python(session, folder):
    """Runs one session of Python; what is wrong, or None."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(session)
        file.flush()
        return run(f"python -m doctest -o ELLIPSIS {file.name}", None, folder)


def run(command, expected, folder):
    """Runs one command; what is wrong, or None."""
    if expected == "pycon":
        return run_python(command, folder)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if expected is None:
        sys.stdout.write(done.stdout)
        return f"exit code {done.returncode}" if done.returncode else None
    return f"expected\n{expected}got\n{done.stdout}" if done.stdout != expected else None


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("readme", type=Path)
    p.add_argument("folder", type=Path, help="where the commands run")
    p.add_argument("--skip", action="append", default=[], help="a command that is not run")
    args = p.parse_args()
    for command, expected in steps(args.readme.read_text(encoding="utf-8")):
        if command in args.skip:
            continue
        print(command if expected == "pycon" else f"$ {command}", flush=True)
        fault = run(command, expected, args.folder)
        if fault:
            sys.exit(f"{args.readme}: `{command}`: {fault}")


if __name__ == "__main__":
    main()
