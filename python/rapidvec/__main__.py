"""The command line: ``python -m rapidvec`` and the console script ``rapidvec``."""

import signal
import sys


def main() -> int:
    """Runs the command line with the arguments of this process; returns the exit status."""
    from rapidvec import _native

    # The program handles Ctrl-C itself: the first one saves, the second one quits.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.cli(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
