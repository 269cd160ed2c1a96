"""Kills a worker at random moments: does every run end in the same file?

    python bench/cluster/kills.py TEXT [--kills 50] [--workers 2] [--program target/release/rapidvec]

Runs `train --engine env` once undisturbed, then as often as `--kills` says with kill -9 of a random worker at a random moment, and resumes from
the checkpoint until the run ends. One thread a worker, and synchronisation by words: every file has to have the bytes of the first. Exits with
1 if one does not.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUN = ["--threads", "1", "--progress", "none", "-q", "--checkpoint-every", "0.000001"]


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def start(program: str, workers: int, arguments: list[str]) -> list[subprocess.Popen[str]]:
    env = {**os.environ, "WORLD_SIZE": str(workers), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    env["RAPIDVEC_TOKEN"] = secrets.token_hex(16)
    command = [program, "train", "--engine", "env", *arguments, *RUN]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return [subprocess.Popen(command, env={**env, "RANK": str(rank)}, **quiet) for rank in range(workers)]


def ended(processes: list[subprocess.Popen[str]], patience: float = 600) -> list[int]:
    """How all end. Those that wait for one that is gone before they have met are ended too, as a launcher does."""
    codes = []
    for process in processes:
        try:
            process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        codes.append(process.returncode)
    return codes


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("text")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--program", default="target/release/rapidvec")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("flags", nargs="*", help="behind --: more flags of train")
    given = parser.parse_args()
    draw, flags = random.Random(given.seed), ["--sync-words", "50000", "--full-sync-every", "2", *given.flags]
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = Path(folder, "whole"), Path(folder, "killed")
        began = time.monotonic()
        assert ended(start(given.program, given.workers, [given.text, "-o", str(whole), *flags])) == [0] * given.workers
        took = time.monotonic() - began
        expected, hits, wrong, moments = whole.read_bytes(), 0, 0, []
        print(f"undisturbed: {took:.1f} s, {len(expected)} bytes", flush=True)
        for number in range(given.kills):
            killed.unlink(missing_ok=True)
            processes = start(given.program, given.workers, [given.text, "-o", str(killed), *flags])
            moment, victim = draw.uniform(0, took), draw.randrange(given.workers)
            time.sleep(moment)
            processes[victim].kill()
            hit = ended(processes, 2 * took + 5)[victim] != 0
            hits += hit
            for _ in range(5 if hit else 0):
                source = ["--resume", str(killed)] if killed.exists() else [given.text, "-o", str(killed), *flags]
                if ended(start(given.program, given.workers, source)) == [0] * given.workers:
                    break
            same = killed.exists() and killed.read_bytes() == expected
            wrong += not same
            moments.append(moment)
            print(f"{number + 1}: worker {victim} after {moment:.2f} s, {'hit' if hit else 'too late'}, {'same' if same else 'OTHER'}", flush=True)
    print(f"{given.kills} kills, {hits} of running workers; {given.kills - wrong} files with the same bytes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
