"""Says which part of an iteration the time goes to, by wrapping the parts of the real program with a clock.

Takes textbook.py's arguments. The parts do not overlap; "the rest" is what none of them covers (scores, losses, lookups, batches).
"""

import sys
import time
from collections import Counter

import layers
import textbook
import training

PARTS = {
    "drawing negatives": (layers.UnigramSampler, "draw"),
    "clearing dense gradients": (layers, "clear"),
    "np.add.at": (layers, "scatter_add"),
    "adding shared gradients": (training, "add_shared_gradients"),
    "Adam": (training.Adam, "update"),
}


def clocked(function, name, seconds):
    """The function, with its time added to `seconds[name]`."""

    def wrapper(*args):
        start = time.perf_counter()
        try:
            return function(*args)
        finally:
            seconds[name] += time.perf_counter() - start

    return wrapper


def forget_warm_up(seconds, warm_up):
    """Clears the clocks when the warm-up is over; the first iterations fetch their memory from the system."""
    step = training.Trainer.step

    def wrapper(trainer, *batch):
        if len(trainer.step_seconds) == warm_up:
            seconds.clear()
        return step(trainer, *batch)

    training.Trainer.step = wrapper


def main():
    args = textbook.parser().parse_args()
    seconds = Counter()
    for name, (owner, attribute) in PARTS.items():
        setattr(owner, attribute, clocked(getattr(owner, attribute), name, seconds))
    forget_warm_up(seconds, args.warm_up)
    try:
        result = textbook.train(args)
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    iterations = result["iterations_timed"]
    total = result["ms_per_iteration_mean"] * iterations / 1000
    print(f"{result['ms_per_iteration_mean']:.2f} ms an iteration over {iterations} ({args.warm_up} of warm-up)")
    for name, spent in (seconds + Counter({"the rest": total - seconds.total()})).most_common():
        print(f"  {name:25} {1000 * spent / iterations:7.2f} ms  {100 * spent / total:5.1f} %")


if __name__ == "__main__":
    main()
