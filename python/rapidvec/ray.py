"""Training on a Ray cluster: several workers, on one machine or on many, train one model together.

Needs ``pip install "rapidvec[ray]"``. Each worker is a Ray actor that reads its part of the text and trains; `docs/cluster.md` explains.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _native, training
from .progress import Callback, Progress, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .vectors import Vectors

__all__ = ["ClusterError", "Costs", "Result", "train"]

#: Seconds between two looks at the workers.
_LOOK = 0.2
#: Seconds in which a worker notices that another is gone, and in which all save when they are asked to stop.
_NOTICE = 30.0
_STOP = 600.0


class ClusterError(RuntimeError):
    """Workers were lost more often than `max_failures` allows. `checkpoint` is the file to resume from, or None."""

    def __init__(self, message: str, checkpoint: str | None) -> None:
        super().__init__(message)
        self.checkpoint = checkpoint


class Costs(NamedTuple):
    """What the first worker spent its time on, in seconds; synchronisations, those of all rows among them; bytes that it sent."""

    training: float
    waiting: float
    synchronising: float
    rounds: int
    full_rounds: int
    sent: int


class Result(NamedTuple):
    """A finished run: the file of the model, what the last gang of workers cost, and how often workers were lost."""

    path: str
    costs: Costs
    failures: int

    @property
    def vectors(self) -> Vectors:
        """The word vectors, opened from the file."""
        from .vectors import open as open_vectors

        return open_vectors(self.path)


class _Lost(Exception):
    """A worker is gone."""


class _Worker:
    """The work of an actor. Calls come from several threads: one trains, others ask."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._progress: tuple[Any, ...] | None = None
        self._saved: list[tuple[str, str]] = []
        self._native: _native.Worker | None = None

    def open(self) -> str:
        """Open a door to the other workers."""
        import ray

        self._native = _native.Worker(ray.util.get_node_ip_address())
        return self._native.address

    def run(self, rank: int, addresses: list[str], token: str, job: dict[str, Any], part: Any) -> tuple[str, tuple[Any, ...], str | None]:
        """Train; how it ended, the costs, and the file that was saved."""
        native = self._native
        assert native is not None
        native.meet(rank, addresses, token, answer_seconds=job["answer_seconds"])
        threads = job["threads"]
        if job["resume"] is not None:
            names, options = native.tell(job["resume"], threads=threads)
        else:
            names, options = job["names"], _native.Reading(threads=threads, **job["options"])
        if part is not None:
            native.take(_part(part, job["column"], options), job["name"], options)
        else:
            native.read(job["names"] or names, options)
        native.start(json.dumps(job["settings"]), threads=threads, **job["sync"])
        native.save_to(**job["saving"])
        outcome = native.run(on_progress=self._look, on_saved=lambda kind, text: self._saved.append((kind, text)))
        return outcome, native.costs, None if native.saved is None else os.fspath(native.saved)

    def _look(self, now: tuple[Any, ...]) -> bool:
        self._progress = now
        return not self._stop.is_set()

    def look(self) -> tuple[tuple[Any, ...] | None, list[tuple[str, str]], int]:
        """The progress of all workers, what was saved since the last look, and the process."""
        saved, self._saved = self._saved, []
        return self._progress, saved, os.getpid()

    def stop(self) -> None:
        """Stop soon, after a checkpoint."""
        self._stop.set()


def _part(part: Any, column: str | None, options: _native.Reading) -> _native.Text | None:
    """The part of a data set, read into memory as ids; None if it is empty."""
    from itertools import chain

    def values() -> Iterable[Any]:
        for row in part.iter_rows():
            value = row[column] if column is not None else next(iter(row.values()))
            if value is not None:
                yield value

    items = iter(values())
    first = next(items, None)
    if first is None:
        return None
    reading = _native.part_reading(options)
    if isinstance(first, str):
        return _native.Text.from_texts(chain([first], items), reading)
    tokens = (value if isinstance(value, list) else list(value) for value in chain([first], items))
    return _native.Text.from_sentences(tokens, reading)


def train(
    data: Any = None,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    workers: int = 2,
    threads_per_worker: int = 1,
    sync_seconds: float | None = None,
    sync_words: int | None = None,
    full_sync_every: int | None = None,
    column: str | None = None,
    checkpoint_seconds: float = 60.0,
    resume: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    keep_state: bool = False,
    half: bool = False,
    max_failures: int = 3,
    answer_seconds: float = 1800.0,
    progress: bool | Callback | None = None,
    **settings: Any,
) -> Result:
    """Train a model with several workers of a Ray cluster, or of this machine.

    Connects to the cluster that `ray.init` connected to, or that the environment variable ``RAY_ADDRESS`` names; else starts Ray here.
    A worker that is lost ends the gang: a new one starts and continues from the last checkpoint. Ctrl-C saves a checkpoint.

    Parameters
    ----------
    data
        Paths, folders and patterns (a str or a list), of which each worker reads a part: the files must be there under the same names on
        every machine. Or a ``ray.data.Dataset``. Not needed to resume from files.
    checkpoint
        The file of the checkpoints and, in the end, of the model. It must be on a disk that the workers' machines share, unless there is
        one machine.
    workers, threads_per_worker
        How many workers, and their threads. With one thread each, and without `sync_seconds`, results are reproducible bit for bit.
    sync_seconds, sync_words
        Workers synchronise this often, or when each has trained so many words. The default is 40,000 words of all together.
    full_sync_every
        All rows are synchronised, not only the frequent ones, every time this often. The default is 64.
    column
        The column of a data set that has the texts, or the lists of tokens; the first one by default.
    checkpoint_seconds, overwrite, keep_state, half
        As in `rapidvec.train`.
    resume
        A checkpoint to continue. The number of workers must be the same.
    max_failures
        How often workers may be lost.
    answer_seconds
        How long workers wait for each other. A worker that ends is noticed at once; this is for machines that vanish.
    progress
        True shows a bar of the whole run; a function is called with a `Progress`.
    settings
        Settings of the word2vec trainer and of reading, as in `rapidvec.train`.

    Raises
    ------
    ClusterError
        If workers were lost more often than `max_failures`; its `checkpoint` can be resumed.
    ValueError, TypeError, FileNotFoundError, FileExistsError
        As `rapidvec.train`.
    KeyboardInterrupt
        After a checkpoint was saved.
    """
    if "threads" in settings:
        raise TypeError("train() of rapidvec.ray takes threads_per_worker instead of threads")
    if workers < 1 or max_failures < 0:
        raise ValueError(f"workers must be at least 1 and max_failures at least 0, got {workers} and {max_failures}")
    options, trainer_settings = training._split(settings)
    path = os.path.abspath(os.fspath(checkpoint if checkpoint is not None else resume or _no_path()))
    names, dataset, name = _source(data, resume is not None)
    if not overwrite and os.path.exists(path) and (resume is None or os.path.abspath(os.fspath(resume)) != path):
        raise FileExistsError(17, "the file exists; pass overwrite=True to replace it", path)
    job: dict[str, Any] = {
        "names": names,
        "name": name,
        "column": column,
        "options": options,
        "settings": trainer_settings,
        "threads": threads_per_worker,
        "answer_seconds": answer_seconds,
        "sync": {"sync_seconds": sync_seconds, "sync_words": sync_words, "full_sync_every": full_sync_every},
        "saving": {"path": path, "seconds": checkpoint_seconds, "overwrite": True, "keep_state": keep_state, "half": half},
        "resume": None if resume is None else os.path.abspath(os.fspath(resume)),
    }
    _init()
    parts = [None] * workers if dataset is None else dataset.materialize().split(workers)
    before = _stamp(path)
    with shown(progress) as show:
        for failures in range(max_failures + 1):
            try:
                outcome, costs, saved = _Gang(workers, threads_per_worker).train(job, parts, show)
            except _Lost as lost:
                if _stamp(path) != before:
                    job["resume"] = path
                if failures == max_failures:
                    raise _given_up(lost, failures + 1, job["resume"]) from None
                warnings.warn(f"{lost}; starting {workers} new workers{_from(job['resume'])}", RuntimeWarning, stacklevel=2)
                continue
            if outcome == "interrupted":
                raise KeyboardInterrupt(f"saved {saved or path}; rapidvec.ray.train(resume=...) continues it")
            return Result(saved or path, costs, failures)
    raise AssertionError("the loop returns or raises")


def _no_path() -> str:
    raise TypeError("train() of rapidvec.ray needs checkpoint, the file of the checkpoints and the model")


def _from(checkpoint: str | None) -> str:
    return " from the start of the run" if checkpoint is None else f" from {checkpoint}"


def _given_up(lost: Exception, failures: int, checkpoint: str | None) -> ClusterError:
    rest = "nothing was saved" if checkpoint is None else f"continue with resume={checkpoint!r}"
    return ClusterError(f"workers were lost {failures} times, the last time: {lost}; {rest}", checkpoint)


def _stamp(path: str) -> tuple[int, int] | None:
    """What changes when a file is replaced."""
    try:
        about = os.stat(path)
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns


def _source(data: Any, is_resumed: bool) -> tuple[list[str], Any, str]:
    """The names of files, or a data set; and a name."""
    from . import reading

    if data is None:
        if not is_resumed:
            raise TypeError("train() of rapidvec.ray needs data: paths, or a ray.data.Dataset")
        return [], None, ""
    if reading.is_path(data):
        data = [data]
    if isinstance(data, (list, tuple)) and all(reading.is_path(item) for item in data):
        names = [os.fspath(item) for item in data]
        return names, None, " + ".join(names)
    if hasattr(data, "materialize") and hasattr(data, "iter_rows"):
        return [], data, "a Ray data set"
    raise TypeError(f"expected paths or a ray.data.Dataset, got {type(data).__name__}; rapidvec.train takes text in memory")


def _init() -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise ImportError("rapidvec.ray needs Ray: pip install 'rapidvec[ray]'") from error
    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False, logging_level="warning")


class _Gang:
    """Workers that train together, once."""

    def __init__(self, workers: int, threads: int) -> None:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        self._ray = ray
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
        actor = ray.remote(num_cpus=max(threads, 1), max_concurrency=4, max_restarts=0)(_Worker)
        # The first worker writes the files: on the machine of the driver, if there is room.
        self._actors = [actor.options(scheduling_strategy=here).remote() if rank == 0 else actor.remote() for rank in range(workers)]

    def train(self, job: dict[str, Any], parts: Sequence[Any], show: Callback | None) -> tuple[str, Costs, str | None]:
        ray = self._ray
        try:
            try:
                addresses = ray.get([actor.open.remote() for actor in self._actors])
            except ray.exceptions.RayActorError as error:
                raise _Lost(f"a worker did not start: {_first_line(error)}") from None
            token = secrets.token_hex(32)
            work = [actor.run.remote(rank, addresses, token, job, parts[rank]) for rank, actor in enumerate(self._actors)]
            self._watch(work, show)
            outcome, costs, saved = self._results(work)[0]
            return outcome, Costs(*costs), saved
        finally:
            for actor in self._actors:
                ray.kill(actor)

    def _watch(self, work: list[Any], show: Callback | None) -> None:
        """Wait until a worker is done or lost, and show the progress."""
        stops_by = math.inf
        while time.monotonic() < stops_by:
            try:
                done, _ = self._ray.wait(work, num_returns=1, timeout=_LOOK)
                self._look(show)
                if done:
                    return
            except KeyboardInterrupt:
                if stops_by < math.inf:
                    raise
                stops_by = time.monotonic() + _STOP
                for actor in self._actors:
                    actor.stop.remote()

    def _look(self, show: Callback | None) -> None:
        ray = self._ray
        try:
            now, saved, _ = ray.get(self._actors[0].look.remote(), timeout=_NOTICE)
        except (ray.exceptions.RayActorError, ray.exceptions.GetTimeoutError):
            return  # the result says why
        for kind, text in saved:
            training._saved(kind, text)
        if show is not None and now is not None:
            show(Progress(*now))

    def _results(self, work: list[Any]) -> list[Any]:
        """What all workers return. One that is lost takes the others with it; the reason is that of the first."""
        ray = self._ray
        ray.wait(work, num_returns=len(work), timeout=_NOTICE)
        results, lost, failed = [], [], []
        for rank, one in enumerate(work):
            try:
                results.append(ray.get(one, timeout=_NOTICE))
            except ray.exceptions.RayActorError as error:
                lost.append(f"worker {rank} is gone ({_first_line(error)})")
            except ray.exceptions.GetTimeoutError:
                lost.append(f"worker {rank} did not answer within {_NOTICE:.0f} s")
            except ray.exceptions.RayTaskError as error:
                failed.append(error.cause if error.cause is not None else error)
        own = [error for error in failed if not isinstance(error, (ConnectionError, _native.WorkerError))]
        if own:
            raise own[0]
        if lost or failed:
            raise _Lost(lost[0] if lost else str(failed[0]))
        return results


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def main(arguments: Sequence[str]) -> int:
    """``rapidvec train --engine ray ...``: the arguments behind ``train``."""
    given = vars(_parser().parse_args(arguments))
    given.pop("engine")
    texts, output = given.pop("texts"), given.pop("output")
    given = {name: value for name, value in given.items() if value is not None}
    if "resume" not in given:
        output = output or "model.safetensors"
    try:
        result = train(texts or None, checkpoint=output, progress=sys.stderr.isatty(), **given)
    except KeyboardInterrupt as stopped:
        print(stopped, file=sys.stderr)
        return 130
    except (ClusterError, ImportError, OSError, TypeError, ValueError, ArithmeticError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    costs = result.costs
    whole = max(costs.training + costs.waiting + costs.synchronising, 1e-9)
    print(
        f"note: {costs.rounds} synchronisations, {costs.full_rounds} of all rows: {costs.synchronising / whole:.1%} of the time, "
        f"and {costs.waiting / whole:.1%} waiting for other workers; {costs.sent / 1e6:.0f} MB sent",
        file=sys.stderr,
    )
    print(f"saved {result.path}", file=sys.stderr)
    return 0


#: Flags of the command line that are not named as the settings here, with the values that they set.
_SWITCHES = {
    "--fixed-window": ("dynamic_window", False),
    "--force": ("overwrite", True),
    "--half": ("half", True),
    "--hierarchical-softmax": ("hierarchical_softmax", True),
    "--keep-state": ("keep_state", True),
    "--lower": ("lower", True),
    "--no-shuffle": ("shuffle", False),
}


def _parser() -> Any:
    import argparse

    parser = argparse.ArgumentParser("rapidvec train --engine ray", allow_abbrev=False)
    parser.add_argument("texts", nargs="*", metavar="TEXT", help="text files, folders or patterns")
    parser.add_argument("--engine", choices=["ray"], required=True, help=argparse.SUPPRESS)
    parser.add_argument("-o", "--output", metavar="FILE", help="write checkpoints and the model to FILE")
    parser.add_argument("--resume", metavar="FILE", help="resume from a checkpoint")
    parser.add_argument("--workers", type=int, metavar="N", help="start N workers")
    parser.add_argument("--threads", type=int, dest="threads_per_worker", metavar="N", help="threads of each worker")
    parser.add_argument("--sync-seconds", type=float, metavar="SECONDS", help="synchronise this often")
    parser.add_argument("--sync-words", type=int, metavar="N", help="synchronise every N words of each worker")
    parser.add_argument("--full-sync-every", type=int, metavar="N", help="synchronise all rows every N times")
    parser.add_argument("--checkpoint-every", type=float, dest="checkpoint_seconds", metavar="SECONDS")
    parser.add_argument("--max-failures", type=int, metavar="N", help="start new workers at most N times")
    for flag, (name, value) in _SWITCHES.items():
        short = ["-f"] if flag == "--force" else []
        parser.add_argument(*short, flag, dest=name, action="store_const", const=value)
    own = {"batch_size", "max_grad", "optimizer", *(name for name, _ in _SWITCHES.values())}
    for name, kind in training._SETTINGS.items():
        if name not in own:
            parser.add_argument(_flag(name), dest=name, type=kind)
    for name in ("min_count", "max_vocab"):
        parser.add_argument(_flag(name), dest=name, type=int)
    for name in ("field", "normalize", "tokenizer", "temporary_folder"):
        parser.add_argument(_flag(name), dest=name)
    return parser


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
