"""Programs that stand on gensim: do their own tests pass with rapidvec in gensim's place as they pass with gensim?

    python bench/python/dependents.py [NAME ...] [--checkouts FOLDER] [--markdown docs/python-gensim.md]

Each program gets a virtual environment of its own, with what pip finds. Its tests run twice: with gensim, and with `rapidvec.gensim.patch()`
called before anything is imported. The tests are those of the source package on PyPI. Where that has none, clone the program's repository at the
version that pip installs and pass the folder of clones, each under the program's name. Exit code 1 when a test passes with gensim only.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import machine, report  # noqa: E402  (found through the line above)
from outcomes import Outcomes, read_outcomes, table  # noqa: E402
from programs import PROGRAMS  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
GENSIM = "gensim==4.4.0"
#: What Python runs at its start, in child processes too, so that programs find rapidvec from their first import on.
PATCH = "import rapidvec.gensim\n\nrapidvec.gensim.patch()\n"


def main():
    options = arguments()
    results = []
    for program in [PROGRAMS[name] for name in options.names or PROGRAMS]:
        try:
            results.append(compare(program, options))
        except RuntimeError as error:
            print(f"{program.name}: {str(error).strip().splitlines()[-1][:300]}", file=sys.stderr)
    if not results:
        return 1
    text = f"{table(results)}\n{machine.describe()['date']}, {GENSIM.replace('==', ' ')}, Python {sys.version.split()[0]}.\n"
    print(text)
    if options.markdown:
        report.write_section(options.markdown, "dependents", text)
    return 1 if any(result.lost() for result in results) else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=" ".join(__doc__.splitlines()[4:]))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"programs [default: all]: {', '.join(PROGRAMS)}")
    parser.add_argument("--checkouts", type=Path, metavar="FOLDER", help="folder of clones, for tests that PyPI does not have")
    parser.add_argument("--work", type=Path, default=cache_folder(), metavar="FOLDER", help="where environments are kept [default: %(default)s]")
    parser.add_argument("--timeout", type=int, default=1800, metavar="SECONDS", help="for one program's tests [default: %(default)s]")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="page whose section `dependents` is written")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in PROGRAMS]
    if unknown:
        parser.error(f"unknown program {unknown[0]}; known: {', '.join(PROGRAMS)}")
    options.work = options.work.resolve()
    return options


def cache_folder():
    """Where environments may lie that can be made again."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "rapidvec-dependents")


def compare(program, options):
    """Runs a program's tests with gensim and with rapidvec."""
    print(f"{program.name}: environment", file=sys.stderr, flush=True)
    python = environment(program, options.work / program.name)
    version = machine.run([str(python), "-c", f"from importlib.metadata import version; print(version({program.name!r}))"])[0].strip()
    outcomes = []
    for side in ("gensim", "rapidvec"):
        print(f"{program.name}: tests with {side}", file=sys.stderr, flush=True)
        folder = options.work / program.name / f"tests-{side}"
        lay_tests(program, version, folder, options)
        outcomes.append(run_tests(program, python, folder, side, options.timeout))
    return Outcomes(program.name, version, *outcomes, own=program.ours is None)


def environment(program, folder):
    """The Python of the program's environment, made where it is missing."""
    python = folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = folder / "installed"
    if not done.exists():
        machine.run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")])
        pip(python, "install", GENSIM, "pytest", *program.needs, *(() if program.alone else (program.name,)))
        if program.alone:
            pip(python, "install", "--no-deps", program.name)
        done.touch()
    if not built():
        pip(python, "install", "--force-reinstall", "--no-deps", str(ROOT / "python"))
    return python


def pip(python, command, *arguments):
    machine.run([str(python), "-m", "pip", command, "--quiet", "--disable-pip-version-check", *arguments], stdin=subprocess.DEVNULL)


def built():
    """Whether the package in the tree has its compiled part (`maturin develop` puts it there): then it is used as it is, else pip builds it."""
    return any((ROOT / "python/rapidvec").glob("_native*.so")) or any((ROOT / "python/rapidvec").glob("_native*.pyd"))


def lay_tests(program, version, folder, options):
    """Puts the program's tests, and what they read, into a fresh `folder`; not the program, so that the installed one is tested."""
    shutil.rmtree(folder, ignore_errors=True)
    if program.ours is not None:
        folder.mkdir(parents=True)
        shutil.copy(Path(__file__).parent / "programs" / program.ours, folder)
        return
    source = options.checkouts / program.name if options.checkouts else None
    if source is None or not source.is_dir():
        source = from_package_index(program, version, options.work / program.name)
    if not all((source / name).exists() for name in program.tests):
        raise RuntimeError(f"its source package has no {program.tests[0]}: clone {program.repository} and pass --checkouts")
    shutil.copytree(source, folder, ignore=lambda where, names: program.hidden if Path(where) == source else ())


def from_package_index(program, version, folder):
    """The program's source package, unpacked."""
    sources = folder / "sources"
    if not sources.exists():
        name = f"{program.name}=={version}"
        pip(sys.executable, "download", "--no-deps", "--no-binary", program.name, "--dest", str(sources), name)
        for packed in sources.glob("*.tar.gz"):
            with tarfile.open(packed) as archive:
                archive.extractall(sources, filter="data")
    unpacked = [path for path in sources.iterdir() if path.is_dir()]
    if len(unpacked) != 1:
        raise RuntimeError(f"no source package of {program.name} {version} on PyPI: clone {program.repository} and pass --checkouts")
    return unpacked[0]


def run_tests(program, python, folder, side, seconds):
    """The outcome of each test by name: "passed", "failed" or "skipped"."""
    settings = dict(os.environ, NUMBA_CACHE_DIR=str(folder.parent / "numba"), MPLBACKEND="agg")
    settings.pop("PYTHONPATH", None)
    settings["PATH"] = os.pathsep.join([str(python.parent), settings.get("PATH", "")])  # for tests that start the program
    if side == "rapidvec":
        start = folder.parent / "patched"
        start.mkdir(exist_ok=True)
        (start / "sitecustomize.py").write_text(PATCH, encoding="utf-8")
        settings["PYTHONPATH"] = os.pathsep.join([str(start), *([str(ROOT / "python")] if built() else [])])
    log, found = folder.parent / f"{side}.log", folder.parent / f"{side}.xml"
    found.unlink(missing_ok=True)
    tests = [program.ours] if program.ours is not None else program.tests
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", f"--junitxml={found}", *program.pytest, *tests]
    with log.open("w") as output:
        try:
            subprocess.run(command, cwd=folder, env=settings, stdout=output, stderr=output, stdin=subprocess.DEVNULL, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"its tests with {side} took over {seconds} s: see {log}") from None
    if not found.exists():
        raise RuntimeError(f"pytest wrote no results with {side}: see {log}")
    return read_outcomes(found)


if __name__ == "__main__":
    sys.exit(main())
