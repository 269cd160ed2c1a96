"""CBOW and SkipGram, wired from the layers as in the chapter: a layer for each position of the window.

Layers that share a matrix each have a gradient of their own; the trainer adds those up.
"""

import numpy as np

from layers import Embedding, NegativeSamplingLoss


def initial_weights(vocab_size, hidden_size, rng):
    """0.01 times standard normal numbers, V x D, float32."""
    return np.float32(0.01) * rng.randn(vocab_size, hidden_size).astype(np.float32)


class _Model:
    """What both models are to the trainer: lists of parameters and gradients, one entry for each layer."""

    def _collect(self, layers):
        self.params = [p for layer in layers for p in layer.params]
        self.grads = [g for layer in layers for g in layer.grads]


class CBOW(_Model):
    """The mean of the context's vectors answers for the target."""

    def __init__(self, w_in, w_out, window, sampler, label_type=np.float32):
        self.in_layers = [Embedding(w_in) for _ in range(2 * window)]
        self.ns_loss = NegativeSamplingLoss(w_out, sampler, label_type)
        self._collect([*self.in_layers, self.ns_loss])

    def forward(self, contexts, target):
        h = sum(layer.forward(contexts[:, i]) for i, layer in enumerate(self.in_layers))
        h *= 1 / len(self.in_layers)
        return self.ns_loss.forward(h, target)

    def backward(self, dout=1.0):
        dh = self.ns_loss.backward(dout)
        dh *= 1 / len(self.in_layers)
        for layer in self.in_layers:
            layer.backward(dh)


class SkipGram(_Model):
    """The target's vector answers for each word of the context; every position draws its own negatives."""

    def __init__(self, w_in, w_out, window, sampler, label_type=np.float32):
        self.in_layer = Embedding(w_in)
        self.ns_losses = [NegativeSamplingLoss(w_out, sampler, label_type) for _ in range(2 * window)]
        self._collect([self.in_layer, *self.ns_losses])

    def forward(self, contexts, target):
        h = self.in_layer.forward(target)
        return sum(layer.forward(h, contexts[:, i]) for i, layer in enumerate(self.ns_losses))

    def backward(self, dout=1.0):
        self.in_layer.backward(sum(layer.backward(dout) for layer in self.ns_losses))


MODELS = {"cbow": CBOW, "skipgram": SkipGram}
