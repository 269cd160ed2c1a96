"""The command line: ``python -m rapidvec`` and the console script ``rapidvec``."""

import signal
import sys


def main() -> int:
    """Runs the command line with the arguments of this process; returns the exit status."""
    from rapidvec import _native

    # The program has its own way to stop: the first Ctrl-C saves, the second ends it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.cli(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
