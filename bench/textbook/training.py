"""SGD, Adam and the loop around them, as in the chapter."""

import math
import time
from dataclasses import dataclass

import numpy as np


def add_shared_gradients(params, grads):
    """One entry for each distinct matrix, the gradients of all its layers added into the first one's."""
    first = {}
    for param, grad in zip(params, grads):
        if id(param) in first:
            first[id(param)][1][...] += grad
        else:
            first[id(param)] = (param, grad)
    return [p for p, _ in first.values()], [g for _, g in first.values()]


class SGD:
    """w -= lr g."""

    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for param, grad in zip(params, grads):
            param -= self.lr * grad


class Adam:
    """Dense Adam: every row moves at every step, also where the gradient is zero.

    m += (1-b1)(g - m); v += (1-b2)(g^2 - v); w -= lr_t m / (sqrt(v) + 1e-7), lr_t = lr sqrt(1-b2^t) / (1-b1^t).
    The step size is a Python float, which leaves float32 arrays as they are; as an np.float64 it widens them on the way.
    """

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, step_type=float):
        self.lr, self.beta1, self.beta2, self.step_type = lr, beta1, beta2, step_type
        self.steps = 0
        self.m = self.v = None

    def update(self, params, grads):
        if self.m is None:
            self.m = [np.zeros_like(p) for p in params]
            self.v = [np.zeros_like(p) for p in params]
        self.steps += 1
        lr_t = self.lr * math.sqrt(1 - self.beta2**self.steps) / (1 - self.beta1**self.steps)
        lr_t = self.step_type(lr_t)
        for param, grad, m, v in zip(params, grads, self.m, self.v):
            m += (1 - self.beta1) * (grad - m)
            v += (1 - self.beta2) * (grad**2 - v)
            param -= lr_t * m / (np.sqrt(v) + 1e-7)


@dataclass
class LossPoint:
    """The average loss since the point before, seen at a numbered iteration of an epoch (both counted from 1)."""

    epoch: int
    iteration: int
    iterations: int  # in the whole epoch
    seconds: float
    loss: float


class Trainer:
    """Shuffled mini-batches; the examples that do not fill the last batch are left out of the epoch."""

    EVERY = 20  # iterations between two loss points

    def __init__(self, model, optimizer, rng, report):
        self.model, self.optimizer, self.rng, self.report = model, optimizer, rng, report
        self.step_seconds = []

    def step(self, contexts, target):
        """One batch through the model and the optimizer; returns its loss."""
        loss = self.model.forward(contexts, target)
        self.model.backward()
        self.optimizer.update(*add_shared_gradients(self.model.params, self.model.grads))
        return loss

    def fit(self, contexts, target, epochs, batch_size, limit=math.inf):
        """Trains for `epochs`, or until `limit` iterations are done."""
        self._start, self._pending = time.perf_counter(), []
        for epoch in range(1, epochs + 1):
            order = self.rng.permutation(len(target))
            if not self._epoch(epoch, contexts[order], target[order], batch_size, limit):
                return

    def _epoch(self, epoch, contexts, target, batch_size, limit):
        """Returns whether there is time for another epoch."""
        iterations = len(target) // batch_size
        for i in range(iterations):
            if len(self.step_seconds) >= limit:
                return False
            self._pending.append(self._timed_step(contexts, target, slice(i * batch_size, (i + 1) * batch_size)))
            if i % self.EVERY == 0:
                seconds = time.perf_counter() - self._start
                self.report(LossPoint(epoch, i + 1, iterations, seconds, sum(self._pending) / len(self._pending)))
                self._pending = []
        return True

    def _timed_step(self, contexts, target, batch):
        start = time.perf_counter()
        loss = self.step(contexts[batch], target[batch])
        self.step_seconds.append(time.perf_counter() - start)
        return loss
