"""The command line: ``python -m rapidvec`` and the console script ``rapidvec``."""

import signal
import sys


def main() -> int:
    """Runs the command line with the arguments of this process; returns the exit status."""
    from rapidvec import _native

    if sys.argv[1:2] == ["train"] and _asks_for_ray(sys.argv[2:]):
        from rapidvec import ray

        return ray.main(sys.argv[2:])
    # The program handles Ctrl-C itself: the first one saves, the second one quits.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.cli(sys.argv[1:])


def _asks_for_ray(arguments: list[str]) -> bool:
    pairs = zip(arguments, [*arguments[1:], ""])
    return any(one == "--engine=ray" or (one, other) == ("--engine", "ray") for one, other in pairs)


if __name__ == "__main__":
    sys.exit(main())
