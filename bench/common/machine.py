"""Where and when something was measured, and how a program ran: its output, its peak memory."""

import datetime
import os
import platform
import subprocess
import sys
import tempfile


def processor():
    """The processor's name as the system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            return next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def load_average():
    """Load averages over 1, 5 and 15 minutes; None if the system does not report them."""
    try:
        return [round(load, 2) for load in os.getloadavg()]
    except OSError:
        return None


def describe():
    """Machine, cores and date."""
    return {"processor": processor(), "cores": os.cpu_count(), "system": platform.system(),
            "date": datetime.date.today().isoformat()}


def run(command, **settings):
    """Runs a program to its end: (its standard output, its peak memory in bytes). A failure is a RuntimeError with what it said.

    On Linux a child's peak begins at its parent's size (a few dozen MB of Python), so what is smaller than that is not seen.
    """
    # Into a file, not a second pipe: a pipe that is not read blocks its writer.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        try:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, **settings)
        except OSError as error:
            raise RuntimeError(f"cannot run {command[0]}: {error}") from error
        with process.stdout:
            output = process.stdout.read()
        # wait4 alone gives the memory of this one child.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().strip()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit code {process.returncode}: {said[-2000:]}")
    # Kilobytes on Linux, bytes on macOS.
    return output, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
