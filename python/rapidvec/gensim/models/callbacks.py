"""Functions that are called while a model trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapidvec.gensim.models.word2vec import Word2Vec

__all__ = ["CallbackAny2Vec"]


class CallbackAny2Vec:
    """Base class of callbacks; derive from it and override the methods you need.

    The methods are called on the thread that called `train`, while no thread changes the weights: `model.wv.vectors` shows the end of the
    epoch, and what is assigned there is trained on. An exception ends training and is raised unchanged; the model stays usable.

    Examples
    --------
    >>> from rapidvec.gensim.models.callbacks import CallbackAny2Vec
    >>> class Count(CallbackAny2Vec):
    ...     epochs = 0
    ...     def on_epoch_end(self, model):
    ...         self.epochs += 1
    """

    def on_epoch_begin(self, model: Word2Vec) -> None:
        """Called before each epoch."""

    def on_epoch_end(self, model: Word2Vec) -> None:
        """Called after each epoch."""

    def on_train_begin(self, model: Word2Vec) -> None:
        """Called before the first epoch."""

    def on_train_end(self, model: Word2Vec) -> None:
        """Called after the last epoch."""
