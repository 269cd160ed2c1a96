"""The compiled part of rapidvec. Private: what users call is in the modules around it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

__version__: str

#: The id of a token that is left out, see `Corpus.renumber`.
DROP: int

@final
class Corpus:
    """A text as ids, and its distinct tokens."""

    @staticmethod
    def from_sentences(
        sentences: Iterable[Iterable[Any]],
        tick: Callable[[int, int, int], object] | None = None,
    ) -> Corpus:
        """Reads sentences in memory: any iterable of iterables of `str` or other hashable tokens, each taken as it is.

        Ids are given in the order of first appearance. A `str` among the sentences is read letter by letter, as Python iterates it.
        `tick(sentences, tokens, distinct)` is called every few ten thousand tokens; what it raises ends the reading.
        Raises what the iterable raises; TypeError for a sentence that cannot be iterated or an unhashable token;
        UnicodeEncodeError for a lone surrogate; KeyboardInterrupt.
        """
    @staticmethod
    def from_files(
        paths: Sequence[str], *, threads: int = 0, max_sentence_length: int | None = None
    ) -> Corpus:
        """Reads text files, plain or compressed: a line is a sentence, tokens stand between white space."""
    def __len__(self) -> int:
        """Distinct tokens."""
    def keys(self) -> list[Any]:
        """The distinct tokens, in the order of their ids."""
    def counts(self) -> NDArray[np.uint64]:
        """How often each occurs, by id."""
    @property
    def tokens(self) -> int:
        """Tokens in the text."""
    @property
    def sentences(self) -> int:
        """Sentences, empty ones included."""
    def renumber(self, ids: NDArray[np.uint32], words: int) -> None:
        """Gives token `i` the id `ids[i]`, below `words`, or drops it (`DROP`). Afterwards `keys` and `counts` are gone (RuntimeError)."""
    def is_renumbered(self) -> bool: ...

@final
class Training:
    """Training of gensim's model on a renumbered corpus: `epochs` passes over it.

    `vectors` (V, D), `syn1` (V, D) and `syn1neg` (V, D) are C-contiguous float32 arrays of the caller, or None: `syn1` is needed with
    `hs`, `syn1neg` with `negative`. The trainer has copies of its own: `load` reads the arrays (done once by the constructor),
    `store` writes them. `vectors` None: random ones, see `take`.
    """

    def __init__(
        self,
        corpus: Corpus,
        counts: NDArray[np.uint64],
        vectors: NDArray[np.float32] | None,
        syn1: NDArray[np.float32] | None,
        syn1neg: NDArray[np.float32] | None,
        *,
        vector_size: int,
        sg: bool,
        hs: bool,
        negative: int,
        ns_exponent: float,
        sample: float,
        window: int,
        shrink_windows: bool,
        cbow_mean: bool,
        alpha: float,
        min_alpha: float,
        epochs: int,
        seed: int,
        threads: int,
        shuffle: bool,
        locked: NDArray[np.bool_] | None = None,
    ) -> None:
        """Raises ValueError with the setting's name as gensim spells it, expected and got; MemoryError."""
    def epoch(self, tick: Callable[[float, int, int, float], object] | None = None) -> bool:
        """Trains to the end of the epoch; whether all epochs are done. The GIL is released.

        About every 50 ms signals are looked at, and about every second `tick(share of this call's words done, words done,
        words kept after subsampling, learning rate)` is called with the GIL. What either raises ends the epoch at once (KeyboardInterrupt); the weights are whole, and
        `epoch` can be called again to continue.
        """
    def load(self) -> None: ...
    def store(self) -> None: ...
    def take(self) -> tuple[NDArray[np.float32], NDArray[np.float32] | None, NDArray[np.float32] | None]:
        """The matrices (vectors, syn1, syn1neg) as arrays that own the trainer's memory, without a copy. The training is over then."""
    @property
    def words(self) -> int:
        """Words processed since the start, dropped ones of subsampling included."""
    @property
    def words_kept(self) -> int:
        """Words trained on since the start (after subsampling)."""
    @property
    def loss(self) -> float:
        """Sum of the losses of all pairs since the start."""
    @property
    def alpha(self) -> float:
        """The learning rate now."""
    @property
    def epochs_done(self) -> int: ...

def random_vectors(rows: int, vector_size: int, seed: int, first: int = 0) -> NDArray[np.float32]:
    """What the trainer starts rows `first` to `first + rows` of a new model from: uniform in +-1/D."""

def huffman(counts: NDArray[np.uint64]) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.uint32]]]:
    """The codes and the points (inner nodes, from the root) of each word in the tree of hierarchical softmax."""

# Searching. `vectors`: (V, D) float32, C-contiguous; `norms`: (V,) float32 or None (computed on the way). Scores are
# dot(row, query) / norm(row); a row of zeros scores 0, NaN sorts last. Candidates are the rows first <= i < last. Threads 0: all cores.

def norms(vectors: NDArray[np.float32], threads: int = 0) -> NDArray[np.float32]: ...
def top_k(
    vectors: NDArray[np.float32],
    norms: NDArray[np.float32] | None,
    query: NDArray[np.float32],
    k: int,
    *,
    exclude: Sequence[int] = (),
    first: int = 0,
    last: int | None = None,
    threads: int = 0,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The ids and scores of the k best rows, best first; equal scores by rising id. Fewer if there are fewer."""

def top_k_batch(
    vectors: NDArray[np.float32],
    norms: NDArray[np.float32] | None,
    queries: NDArray[np.float32],
    k: int,
    *,
    exclude: Sequence[Sequence[int]] = (),
    first: int = 0,
    last: int | None = None,
    threads: int = 0,
) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """`top_k` for each row of `queries` (N, D), by matrix products."""

def analogies(
    vectors: NDArray[np.float32],
    norms: NDArray[np.float32] | None,
    questions: NDArray[np.int64],
    *,
    last: int | None = None,
    threads: int = 0,
) -> NDArray[np.int64]:
    """For each row (a, b, c, expected) of `questions` (N, 4) the row among the first `last` that is nearest to b - a + c of the
    unit vectors, without a, b and c; -1 if there is none."""

# Files.

def load_vectors(
    path: str, *, limit: int | None = None, no_header: bool = False, binary: bool | None = None, skip_invalid: bool = False
) -> tuple[list[str], NDArray[np.float32], NDArray[np.uint64] | None]:
    """Words, matrix (owned, writable) and counts if the file has them, of a file of any format that rapidvec reads, by its content.

    Raises FileNotFoundError, EOFError (cut short), UnicodeDecodeError (not UTF-8), FormatError.
    """

def save_vectors(
    path: str, words: Sequence[str], vectors: NDArray[np.float32], counts: NDArray[np.uint64] | None, *, format: str
) -> None:
    """Writes vectors: format "word2vec-text", "word2vec-binary", "glove", "npz" or "safetensors". A file at `path` is replaced, atomically."""

def save_model(
    path: str,
    words: Sequence[str],
    counts: NDArray[np.uint64],
    vectors: NDArray[np.float32],
    output: NDArray[np.float32] | None,
    metadata: dict[str, str],
    extra: dict[str, NDArray[Any]],
) -> None:
    """Writes one safetensors model. `extra`: float32, uint32 or uint64 arrays under names of your own, for example "gensim.syn1"."""

def load_model(
    path: str, *, mmap: bool = False
) -> tuple[
    list[str],
    NDArray[np.uint64],
    NDArray[np.float32],
    NDArray[np.float32] | None,
    dict[str, str],
    dict[str, NDArray[Any]],
]:
    """What `save_model` wrote, or any model of the command line: words, counts, vectors, output, metadata, extra; checksums are compared."""

def cli(arguments: Sequence[str]) -> int:
    """Runs the command line with these arguments (without the program's name); its exit status."""

class FormatError(ValueError):
    """A file is not what it should be."""

class DivergedError(ArithmeticError):
    """The loss is not finite."""

class InternalError(RuntimeError):
    """A fault of rapidvec."""
