"""The chapter's layers, dense gradients and all.

Shapes: V words, D numbers a word, B examples a batch, K negatives an example. Every layer that looks rows up owns a gradient as
large as its weights (V x D) and clears it at each backward pass: that is the chapter's program, and what it costs is what we measure.
Everything stays float32 unless asked otherwise (`label_type`), see README.md, "Two arithmetics".
"""

import numpy as np

LOG_FLOOR = np.float32(1e-7)  # the chapter's guard against log(0); it is part of the recorded losses


def clear(gradient):
    """Set a dense gradient to zero in place."""
    gradient[...] = 0


def scatter_add(gradient, rows, values):
    """Add `values[i]` to `gradient[rows[i]]`, repeated rows adding up."""
    np.add.at(gradient, rows, values)


class Embedding:
    """Looks up rows of a matrix: `out[b] = weights[ids[b]]`."""

    def __init__(self, weights):
        self.params = [weights]
        self.grads = [np.zeros_like(weights)]
        self.ids = None

    def forward(self, ids):
        self.ids = ids
        return self.params[0][ids]

    def backward(self, dout):
        clear(self.grads[0])
        scatter_add(self.grads[0], self.ids, dout)


class EmbeddingDot:
    """Scores one row against the hidden vector: `score[b] = weights[ids[b]] . h[b]`."""

    def __init__(self, weights):
        self.embed = Embedding(weights)
        self.params, self.grads = self.embed.params, self.embed.grads
        self.h = self.rows = None

    def forward(self, h, ids):
        self.h, self.rows = h, self.embed.forward(ids)
        return np.sum(self.rows * h, axis=1)

    def backward(self, dscore):
        column = dscore[:, np.newaxis]
        self.embed.backward(column * self.h)
        return column * self.rows


class SigmoidWithLoss:
    """Binary cross entropy of sigmoid(score) against one label for the whole batch, averaged over it.

    loss = -mean(log(p + 1e-7)) where p is the probability given to the right answer; dscore = (sigmoid(score) - label) / B.
    The label's type decides the gradient's: float32 minus np.float32 stays float32, float32 minus np.int32 is float64.
    """

    def __init__(self, label):
        self.label = label
        self.y = None

    def forward(self, score):
        self.y = 1 / (1 + np.exp(-score))
        right = self.y if self.label else 1 - self.y
        return -float(np.mean(np.log(right + LOG_FLOOR)))

    def backward(self, dout=1.0):
        return (self.y - self.label) * (dout / len(self.y))


class UnigramSampler:
    """Draws K different words for each target, never the target, with probability proportional to count^power.

    The chapter's path on a CPU: for each example the whole distribution is copied, the target struck out, the rest renormalised.
    """

    def __init__(self, counts, negatives, power=0.75, rng=None):
        if np.count_nonzero(counts) <= negatives:
            raise ValueError(f"{negatives} negatives and a target need {negatives + 1} different words, "
                             f"got {np.count_nonzero(counts)}: lower --negatives or give more text")
        weights = np.power(counts.astype(np.float64), power)
        self.word_p = weights / weights.sum()
        self.negatives = negatives
        self.rng = rng or np.random

    def draw(self, target):
        """Returns ids of shape (B, K)."""
        drawn = np.empty((len(target), self.negatives), dtype=np.int64)
        for row, word in zip(drawn, target):
            p = self.word_p.copy()
            p[word] = 0
            p /= p.sum()
            row[:] = self.rng.choice(len(p), size=self.negatives, replace=False, p=p)
        return drawn


class NegativeSamplingLoss:
    """One true word and K drawn ones, each a yes-or-no question; the K + 1 losses are added."""

    def __init__(self, w_out, sampler, label_type=np.float32):
        questions = sampler.negatives + 1
        self.sampler = sampler
        self.dots = [EmbeddingDot(w_out) for _ in range(questions)]
        self.losses = [SigmoidWithLoss(label_type(i == 0)) for i in range(questions)]
        self.params = [p for dot in self.dots for p in dot.params]
        self.grads = [g for dot in self.dots for g in dot.grads]

    def forward(self, h, target):
        words = [target, *self.sampler.draw(target).T]
        return sum(loss.forward(dot.forward(h, ids)) for dot, loss, ids in zip(self.dots, self.losses, words))

    def backward(self, dout=1.0):
        return sum(dot.backward(loss.backward(dout)) for dot, loss in zip(self.dots, self.losses))
