"""Replays recorded runs of the chapter's program through ours and reports how far the two are apart.

Every `*.npz` in the folder holds weights, batches and negatives of a run (keys below); ours gets the same and must come to the
same gradients at step 1, the same loss at every step and the same weights at every mark. Exit code 1 when one is off.

Keys: W_in0, W_out0 (V x D), contexts (T, B, 2w), target (T, B), negatives (T, B, K) for CBOW or (T, 2w, B, K) for SkipGram,
loss (T), grad_in_1, grad_out_1 (V x D), W_in_N and W_out_N (weights after N steps), word_p (the sampler's distribution), corpus.
"""

import argparse
import re
import sys
from pathlib import Path

import numpy as np

from layers import UnigramSampler
from models import CBOW, SkipGram
from textbook import number_types
from training import Adam, Trainer

# Float32 rounds otherwise than the recorded program, which went through float64 in places. With --widen gradients and weights came
# out equal to the bit where these limits were set (NumPy 2.4.6, x86-64); another machine's exp may differ, so it gets the same limits.
LIMITS = {
    "sampler": 1e-12,  # largest difference of a probability
    "gradient": 2e-6,  # norm of the difference over the norm of the recorded gradient
    "loss": 2e-6,  # largest relative difference of a step's loss
    "loss_bias": 1e-7,  # mean relative difference over all steps: a loss without the 1e-7 inside its log is off by 3e-7 here
    "weights": 1e-5,  # norm of the difference over the norm of the recorded weights
    "weights_abs": 5e-6,  # largest difference of a weight
}


class RecordedSampler:
    """Returns the negatives of the recording in the order they were drawn."""

    def __init__(self, negatives):
        self.negatives = negatives.shape[-1]
        self._draws = iter(negatives.reshape(-1, *negatives.shape[-2:]))

    def draw(self, target):
        drawn = next(self._draws)
        assert len(drawn) == len(target), "recording and model disagree on the batch"
        return drawn.astype(np.int64)


def relative(got, expected):
    """Norm of the difference over the norm of what was expected."""
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    return float(np.linalg.norm(got - expected) / np.linalg.norm(expected))


def largest(got, expected):
    """The largest absolute difference."""
    return float(np.max(np.abs(got.astype(np.float64) - expected.astype(np.float64))))


def marks(run):
    """The steps after which the recording kept its weights."""
    return sorted(int(m[1]) for key in run if (m := re.fullmatch(r"W_in_(\d+)", key)))


def replay(run, widen):
    """Yields (kind, where, deviation) for all that the recording lets us compare."""
    counts = np.bincount(run["corpus"], minlength=len(run["word_p"]))
    yield "sampler", "word_p", largest(UnigramSampler(counts, 1).word_p, run["word_p"])

    w_in, w_out = run["W_in0"].copy(), run["W_out0"].copy()
    contexts, target = run["contexts"].astype(np.int64), run["target"].astype(np.int64)
    kind = SkipGram if run["negatives"].ndim == 4 else CBOW
    label_type, step_type = number_types(widen)
    model = kind(w_in, w_out, contexts.shape[2] // 2, RecordedSampler(run["negatives"]), label_type)
    trainer = Trainer(model, Adam(step_type=step_type), rng=None, report=None)
    kept, bias = marks(run), []
    assert kept and kept[-1] == len(target), f"the last mark should be step {len(target)}, got marks {kept}"
    for step, (batch, words, expected) in enumerate(zip(contexts, target, run["loss"]), start=1):
        loss = trainer.step(batch, words)
        bias.append((loss - expected) / expected)
        yield "loss", f"step {step}", abs(bias[-1])
        if step == 1:
            yield from gradients(model, run)
        if step in kept:
            yield from weights(w_in, w_out, run, step)
    yield "loss_bias", "all steps", abs(np.mean(bias))


def gradients(model, run):
    """The gradients of the step just done: after it the first layer of each matrix holds the sum of all."""
    for layer, name in ((0, "grad_in_1"), (-1, "grad_out_1")):
        matrix = model.params[layer]
        first = next(g for p, g in zip(model.params, model.grads) if p is matrix)
        yield "gradient", name, relative(first, run[name])


def weights(w_in, w_out, run, step):
    """Both matrices after a step."""
    for name, matrix in ((f"W_in_{step}", w_in), (f"W_out_{step}", w_out)):
        yield "weights", name, relative(matrix, run[name])
        yield "weights_abs", name, largest(matrix, run[name])


def check(path, widen):
    """Prints the largest deviation of each kind; returns whether all are within their limits."""
    with np.load(path) as file:
        run = {key: file[key] for key in file}
    worst, compared = {}, 0
    for kind, where, deviation in replay(run, widen):
        compared += 1
        if kind not in worst or not deviation <= worst[kind][0]:  # written so that NaN counts as worst
            worst[kind] = (deviation, where)
    print(f"{path.name}: {len(run['target'])} steps, {compared} comparisons")
    fine = True
    for kind, limit in LIMITS.items():
        deviation, where = worst[kind]
        within = deviation <= limit
        fine = fine and within
        print(f"  {kind:12} {deviation:.2e} at {where:11} limit {limit:.0e}  {'ok' if within else 'OFF'}")
    return fine


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("folder", type=Path, help="folder of *.npz recordings")
    p.add_argument("--widen", action="store_true", help="check textbook.py's --widen instead")
    args = p.parse_args()
    files = sorted(args.folder.glob("*.npz"))
    if not files:
        sys.exit("error: no *.npz there, nothing was checked")
    results = [check(path, args.widen) for path in files]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
