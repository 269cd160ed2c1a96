"""Executes the notebooks, each in a process of its own, and fails if one fails, takes too long, or was stored with its outputs.

    python python/notebooks/run.py [NAME ...] [--show]

A notebook names the packages that it needs in its metadata (``rapidvec.needs``); where one is missing, it is skipped and that is said.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

FOLDER = Path(__file__).resolve().parent

#: Processor seconds that a notebook may take, over all cores: less than a minute of a reader's time, also where a test machine is loaded.
SECONDS = 60

#: Seconds that a cell may take by the clock.
CELL_SECONDS = 600


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="notebooks, without .ipynb [default: all]")
    parser.add_argument("--show", action="store_true", help="print what the cells print")
    options = parser.parse_args()
    # The kernel imports the package that this process would import.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(FOLDER.parent)]))
    paths = [FOLDER / f"{name}.ipynb" for name in options.names] or sorted(FOLDER.glob("*.ipynb"))
    failed = [path.stem for path in paths if not run(path, options.show)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def run(path: Path, show: bool) -> bool:
    """Executes a notebook; whether it is as it should be."""
    notebook = nbformat.read(path, as_version=4)
    if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells):
        print(f"{path.name}: stored with outputs; clear them before you commit", file=sys.stderr)
        return False
    missing = [name for name in notebook.metadata.get("rapidvec", {}).get("needs", []) if importlib.util.find_spec(name) is None]
    if missing:
        print(f"{path.name}: skipped, since {', '.join(missing)} is not installed")
        return True
    before = processor_seconds()
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=CELL_SECONDS, kernel_name="python3", resources=where, extra_arguments=["--log-level=ERROR"])
    try:
        client.execute()
    except (CellExecutionError, DeadKernelError, TimeoutError) as error:
        print(f"{path.name}: {error}", file=sys.stderr)
        return False
    seconds = processor_seconds() - before
    if show:
        print_outputs(notebook)
    print(f"{path.name}: {seconds:.0f} s of processor time")
    if seconds > SECONDS:
        print(f"{path.name}: expected at most {SECONDS} s of processor time, took {seconds:.0f}", file=sys.stderr)
    return seconds <= SECONDS


def processor_seconds() -> float:
    """What the kernels that have ended took; 0 on Windows, which does not say."""
    times = os.times()
    return times.children_user + times.children_system


def print_outputs(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            print(f"  [{cell['id']}] {text.rstrip()}".replace("\n", "\n      "))


if __name__ == "__main__":
    sys.exit(main())
