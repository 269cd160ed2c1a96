"""Runs the program once, and says what it did wrong."""

import os
import resource
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field

MOST_SECONDS = 5.0  # of the processor's time
MOST_WAIT = 60.0  # by the clock: who waits has no time of its own
MOST_MEMORY = 64 << 20  # beyond the files' sizes; what is smaller than this program itself, some 30 MB, is not seen


@dataclass
class Run:
    """What a command did. `faults` is empty if it behaved."""

    code: int
    seconds: float
    memory: int
    output: bytes
    messages: bytes
    faults: list = field(default_factory=list)


def run(command, folder, given=b"", sizes=0, interrupt_after=None):
    """Runs `command` in `folder` with `given` on its standard input; the files that it reads have `sizes` bytes together.

    After `interrupt_after` seconds it is sent Ctrl-C, after which it has to end as soon as any other.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        source.write(given)
        source.seek(0)
        process = subprocess.Popen(command, cwd=folder, stdin=source, stdout=out, stderr=err)
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (int(2 * MOST_SECONDS), int(2 * MOST_SECONDS)))
        waited = threading.Event()
        killer = threading.Timer(MOST_WAIT, lambda: (waited.set(), process.kill()))
        killer.start()
        interrupter = threading.Timer(interrupt_after or MOST_WAIT, process.send_signal, [signal.SIGINT])
        interrupter.start()
        _, status, usage = os.wait4(process.pid, 0)
        killer.cancel()
        interrupter.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        done = Run(process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, out.read(), err.read())
    done.faults = faults(done, waited.is_set(), sizes)
    return done


def faults(done, waited, sizes):
    """What a run must not do, whatever it was given."""
    found = []
    if waited:
        found.append(f"no end after {MOST_WAIT:.0f} s")
    elif done.code < 0:
        found.append(f"ended by {signal.Signals(-done.code).name}")
    elif b"panicked at" in done.messages or done.code == 101:
        found.append("panic")
    elif done.code not in (0, 1, 2, 130):
        found.append(f"exit code {done.code}")
    if done.code == 1 and not done.messages.strip():
        found.append("failed without a message")
    if done.seconds > MOST_SECONDS:
        found.append(f"{done.seconds:.1f} s")
    if done.memory > sizes + MOST_MEMORY:
        found.append(f"{done.memory >> 20} MB for files of {sizes} bytes")
    if b"\x1b" in done.messages or b"\x1b" in done.output:
        found.append("an escape of a terminal")
    if len(done.messages) > 20_000:
        found.append(f"{len(done.messages)} bytes of messages")
    return found
