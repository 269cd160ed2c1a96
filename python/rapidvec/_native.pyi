"""The compiled part of rapidvec. Private: the modules around it are for users.

Letters of shapes: V words, D numbers per vector, N queries. Paths are `str` or path objects. Every function that works on files or
numbers releases the GIL meanwhile; a panic in it is an `InternalError`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__version__: str

__all__ = [
    "DROP",
    "Corpus",
    "DivergedError",
    "FormatError",
    "InternalError",
    "Reading",
    "RowSearch",
    "Run",
    "Text",
    "Trained",
    "Training",
    "Vectors",
    "Worker",
    "WorkerError",
    "__version__",
    "builtin_text",
    "checkpoint_reading",
    "cli",
    "compose_vectors",
    "huffman",
    "load_fasttext",
    "load_model",
    "load_vectors",
    "ngram_buckets",
    "ngram_hash",
    "ngrams_of_word",
    "part_reading",
    "random_ngrams",
    "random_vectors",
    "save_fasttext",
    "save_model",
    "save_vectors",
    "summary",
]

#: The id of a dropped token, see `Corpus.renumber`.
DROP: int

_Path: TypeAlias = str | PathLike[str]
#: Shortest and longest n-gram, and buckets; 0 buckets: no n-grams.
_Sizes: TypeAlias = tuple[int, int, int]
#: Window, epochs, minimum count, negatives, word n-grams, loss, model, update rate, sampling, tokens.
_How: TypeAlias = tuple[int, int, int, int, int, int, int, int, float, int]
_Scored: TypeAlias = tuple[str, float]
#: Block, blocks per epoch, epochs, words, words per epoch, seconds, learning rate, loss.
_Now: TypeAlias = tuple[int, int, int, int, int, float, float, float | None]
#: Epoch, block of the epoch, words, loss, pairs, learning rate, seconds.
_Point: TypeAlias = tuple[int, int, int, float, int, float, float]

# Training like gensim's.

@final
class Corpus:
    """A text as ids, and its distinct tokens."""

    @staticmethod
    def from_sentences(
        sentences: Iterable[Iterable[Any]],
        tick: Callable[[int, int, int], object] | None = None,
    ) -> Corpus:
        """Reads sentences in memory: any iterable of iterables of `str` or other hashable tokens, each used unchanged.

        Ids are given in the order of first appearance. A `str` among the sentences is read letter by letter, as Python iterates it.
        `tick(sentences, tokens, distinct)` is called every few ten thousand tokens; its exceptions end the reading.
        Raises what the iterable raises; TypeError for a sentence that cannot be iterated or an unhashable token;
        UnicodeEncodeError for a lone surrogate; KeyboardInterrupt.
        """
    @staticmethod
    def from_files(paths: Sequence[_Path], *, threads: int = 0) -> Corpus:
        """Reads text files, plain or compressed: a line is a sentence, tokens are separated by white space. Threads 0: all cores.

        Raises FileNotFoundError, OSError, UnicodeDecodeError (not UTF-8).
        """
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
    def renumber(self, ids: NDArray[np.uint32], words: int, *, names: Iterable[str] | None = None) -> None:
        """Gives token `i` the id `ids[i]`, below `words`, or drops it (`DROP`). `names`: the words, needed for n-grams. Afterwards `keys` and `counts` are gone (RuntimeError).

        Raises ValueError if a token has no id, or an id is out of range.
        """
    def pairs(
        self, connector_words: Sequence[str] = ..., *, delimiter: str = "_", threads: int = 0
    ) -> tuple[list[str], NDArray[np.uint64]]:
        """The distinct pairs of neighbouring words of the sentences, joined, and how often each occurs, in no particular order.

        Connector words may stand between two words and join them; they begin and end no pair. Raises RuntimeError after `renumber`.
        """
    def is_renumbered(self) -> bool:
        """Whether `renumber` was called."""

@final
class Training:
    """Training of gensim's model on a renumbered corpus: `epochs` passes over it.

    `vectors` (V, D), `syn1` (V, D) and `syn1neg` (V, D) are C-contiguous float32 arrays of the caller, or None: `vectors` then start
    random, as `random_vectors`, the others at zero. `syn1` is used with `hs`, `syn1neg` with `negative`. The trainer has its own
    copies: `load` reads the arrays (the constructor does it once), `store` writes them. `counts` (V): how often each word occurs.
    `locked` (V): words whose vectors are not trained.
    """

    def __new__(
        cls,
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
        ngrams: _Sizes | None = None,
        locked_ngrams: NDArray[np.uint32] | None = None,
        ngram_rows: NDArray[np.float32] | None = None,
        ngram_buckets: NDArray[np.uint32] | None = None,
    ) -> Training:
        """With `ngrams`, words are composed: `vectors` are the rows that they have of their own, `ngram_rows` those of the buckets
        `ngram_buckets` (ascending; None: of all), `locked_ngrams` the buckets that are not trained. The corpus must know the words' names.

        Raises ValueError with the setting's name as gensim spells it, expected and got; RuntimeError if the corpus is not renumbered;
        MemoryError."""
    def epoch(self, tick: Callable[[float, int, float], object] | None = None) -> bool:
        """Trains to the end of the epoch; whether all epochs are done. The GIL is released.

        Several times a second signals are checked, and about every second `tick(share of this epoch's words done, words done in this
        call, learning rate)` is called with the GIL. An exception of either (such as KeyboardInterrupt) ends the epoch soon; the weights stay valid,
        and `epoch` can be called again to continue. Raises DivergedError; RuntimeError after `take`.
        """
    def load(self) -> None:
        """Copies the caller's arrays to the trainer. Raises RuntimeError if one was resized."""
    def store(self) -> None:
        """Copies the trainer's matrices to the caller's arrays. Raises RuntimeError if one was resized or is being written to."""
    def take(self) -> tuple[NDArray[np.float32], NDArray[np.float32] | None, NDArray[np.float32] | None]:
        """The matrices (vectors, syn1, syn1neg) as arrays that own the trainer's memory, without a copy. The training is over then."""
    def ngrams(self) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """The buckets in use, ascending, and their rows: copies."""
    def composed(self) -> NDArray[np.float32]:
        """The vectors of the words as they are now, with their n-grams: a copy."""
    @property
    def words(self) -> int:
        """Words processed since the start, including those that subsampling dropped."""
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
    def epochs_done(self) -> int:
        """Whole epochs done."""

def random_vectors(rows: int, vector_size: int, seed: int, first: int = 0) -> NDArray[np.float32]:
    """The initial vectors of rows `first` to `first + rows` of a new model: (rows, vector_size), uniform in +-1/D.

    Raises ValueError for a size out of range.
    """

def random_ngrams(buckets: NDArray[np.uint32], vector_size: int, seed: int) -> NDArray[np.float32]:
    """The initial rows of these buckets in a new model."""

def ngram_hash(ngram: bytes) -> int:
    """fastText's hash of an n-gram."""

def ngrams_of_word(word: str, min_n: int, max_n: int) -> list[bytes]:
    """The n-grams of a word, from left to right, at each place the shortest first."""

def ngram_buckets(words: Sequence[str], sizes: _Sizes) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """The buckets of the n-grams of all words, and where those of each word end. Raises TypeError for a word that is not a `str`."""

def compose_vectors(
    own: NDArray[np.float32], rows: NDArray[np.float32], numbers: NDArray[np.uint32], ends: NDArray[np.uint64]
) -> NDArray[np.float32]:
    """The means (V, D) of the rows of words, `own` (V, D), and those of their n-grams in `rows` (N, D), listed as by `ngram_buckets`.

    Raises ValueError for lists that do not fit.
    """

def load_fasttext(
    path: _Path,
) -> tuple[
    list[bytes],
    NDArray[np.uint64],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.float32] | None,
    _Sizes,
    _How,
]:
    """All parts of a fastText model: words, counts, rows of words, rows of buckets, output rows (none of a classifier), n-grams, training.

    Raises FormatError; OSError.
    """

def save_fasttext(
    path: _Path,
    words: Iterable[str],
    counts: NDArray[np.uint64],
    own: NDArray[np.float32],
    rows: NDArray[np.float32] | None,
    buckets: NDArray[np.uint32] | None,
    output: NDArray[np.float32] | None,
    sizes: _Sizes,
    how: _How,
) -> None:
    """Writes a fastText model; `rows` are those of `buckets` (ascending; None: of all). An existing file is replaced.

    Raises FormatError for what the format cannot hold; OSError.
    """

def huffman(counts: NDArray[np.uint64]) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.uint32]]]:
    """The codes and the points (inner nodes, from the root) of each word in the tree of hierarchical softmax."""

@final
class RowSearch:
    """Queries on the rows of a C-contiguous float32 array (V, D), which is borrowed, not copied, and kept alive.

    Scores are cosines; a row of zeros scores 0, and a row with NaN or infinity is never an answer. Equal scores are ordered by ascending row number. The
    lengths of the rows are computed once: make a new object if numbers change. Candidates are the rows ``first <= i < last``. `threads` 0: all
    cores; the GIL is released.

    Every method raises ValueError for a query with another number of columns than D, or that is not contiguous.
    """

    def __new__(cls, vectors: NDArray[np.float32]) -> RowSearch:
        """Raises ValueError if `vectors` is not C-contiguous, FormatError if it has no row or no column."""
    def nearest(
        self,
        query: NDArray[np.float32],
        k: int,
        *,
        exclude: Sequence[int] = ...,
        first: int = 0,
        last: int | None = None,
        threads: int = 0,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The numbers and scores of the `k` rows nearest to `query` (D,), best first; fewer if there are fewer."""
    def nearest_batch(
        self,
        queries: NDArray[np.float32],
        k: int,
        *,
        exclude: Sequence[Sequence[int]] | None = None,
        first: int = 0,
        last: int | None = None,
        threads: int = 0,
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """`nearest` for each row of `queries` (N, D), by matrix products; `exclude` has a list for each."""
    def by_product(
        self,
        positive: NDArray[np.float32],
        negative: NDArray[np.float32],
        k: int,
        *,
        exclude: Sequence[int] = ...,
        first: int = 0,
        last: int | None = None,
        threads: int = 0,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The rows with the highest 3CosMul (Levy and Goldberg 2014): the product of ``(1 + cos) / 2`` with the rows of `positive` (P, D), over that with
        the rows of `negative` (N, D) plus 0.000001."""
    def cosines(
        self, query: NDArray[np.float32], *, first: int = 0, last: int | None = None, threads: int = 0
    ) -> NDArray[np.float32]:
        """The cosine of `query` (D,) with every candidate; NaN for a row that is not finite."""
    def nearer_than(
        self, query: NDArray[np.float32], other: int, *, exclude: Sequence[int] = ..., threads: int = 0
    ) -> NDArray[np.int64]:
        """The rows nearer to `query` (D,) than row `other` is, in ascending order. Raises IndexError if row `other` does not exist."""
    def analogies(
        self,
        questions: NDArray[np.int64],
        *,
        method: Literal["add", "mul"] | str = "add",
        variants: dict[int, list[int]] = ...,
        last: int | None = None,
        threads: int = 0,
    ) -> NDArray[np.int64]:
        """The answer to each row (a, b, c, expected) of `questions` (N, 4), by 3CosAdd or 3CosMul: never a, b, c, or one of their `variants`, which are other
        spellings of the same word. -1 if there is no answer. All rows of questions must be below `last`."""

# rapidvec's own training.

@final
class Reading:
    """How text is read: the options of `rapidvec.train`. None is the default of the command line (of the textbook's trainer if `textbook`)."""

    def __new__(
        cls,
        *,
        textbook: bool = False,
        min_count: int | None = None,
        max_vocab: int | None = None,
        max_tokens: int | None = None,
        lower: bool = False,
        normalize: Literal["nfc"] | str | None = None,
        tokenizer: Literal["whitespace", "unicode"] | str | None = None,
        field: str | None = None,
        skip_missing_field: bool = False,
        invalid_utf8: Literal["error", "replace", "skip-line"] | str | None = None,
        threads: int = 0,
        temporary_folder: _Path | None = None,
        vocabulary: _Path | None = None,
        phrases: Sequence[str | tuple[_Path]] = ...,
    ) -> Reading:
        """`phrases`: names of files, each in a tuple, and contents of such files.

        Raises ValueError for an unknown choice; errors of reading the files `vocabulary` and `phrases`."""

def part_reading(reading: Reading) -> Reading:
    """How a `Worker` reads a part that it passes to `take`: every word, in the order of appearance."""

@final
class Worker:
    """A process that trains together with others: it meets them, reads its part of the text, starts and runs, in this order."""

    def __new__(cls, host: str) -> Worker:
        """Opens a door at an address of this machine. Raises ConnectionError."""
    @property
    def address(self) -> str:
        """Where others connect to."""
    def meet(
        self,
        rank: int,
        addresses: Sequence[str],
        token: str,
        *,
        start_seconds: float = 300.0,
        answer_seconds: float = 1800.0,
    ) -> None:
        """Meets the others, whose doors are at these addresses. Raises ConnectionError; ValueError for a token below 16 bytes."""
    def tell(self, path: str, *, threads: int = 0) -> tuple[list[str], Reading]:
        """Learns what is in the checkpoint at `path`, which only worker 0 opens; the names of its text, and how to read it."""
    def read(
        self, names: Sequence[str], reading: Reading, tick: Callable[[int, int | None, int], object] | None = None
    ) -> None:
        """Reads this worker's part of files, folders and patterns. Raises as `Text.from_files`; WorkerError if another worker failed."""
    def take(self, part: Text | None, name: str, reading: Reading) -> None:
        """Takes a part that this worker has read as `part_reading` says, None if it has no words; `name` is that of the whole text."""
    def start(
        self,
        settings: str,
        *,
        threads: int = 0,
        sync_seconds: float | None = None,
        sync_words: int | None = None,
        full_sync_every: int | None = None,
    ) -> None:
        """Starts a run with settings in JSON, or continues the checkpoint that this worker was told of."""
    def save_to(
        self, path: str, *, seconds: float = 60.0, overwrite: bool = False, keep_state: bool = False, half: bool = False
    ) -> None:
        """Says where worker 0 saves."""
    def run(
        self,
        *,
        on_progress: Callable[[tuple[Any, ...]], bool | None] | None = None,
        on_saved: Callable[[str, str], object] | None = None,
    ) -> str:
        """Trains to the end: "finished"; or until `on_progress` returns False in any worker: "interrupted", after a checkpoint."""
    @property
    def costs(self) -> tuple[float, float, float, int, int, int]:
        """Seconds of training, of waiting and of synchronising; synchronisations, those of all rows; bytes sent."""
    @property
    def saved(self) -> str | None:
        """The file that was saved last."""

@final
class Text:
    """A text as ids with its vocabulary, the most frequent word first."""

    @staticmethod
    def from_files(
        names: Sequence[str], reading: Reading, tick: Callable[[int, int | None, int], object] | None = None
    ) -> Text:
        """Reads files, folders and patterns, plain or compressed.

        `tick(bytes, bytes in all or None, tokens)` is called several times a second. Its exceptions end the reading, as KeyboardInterrupt does.
        Raises FileNotFoundError, OSError, UnicodeDecodeError; ValueError if no word is left.
        """
    @staticmethod
    def from_sentences(
        sentences: Iterable[Iterable[Any]],
        reading: Reading,
        tick: Callable[[int, int, int], object] | None = None,
    ) -> Text:
        """Reads sentences in memory, see `Corpus.from_sentences`; of `reading` only the selection of words applies. ValueError if no word is left."""
    @staticmethod
    def from_texts(texts: Iterable[str], reading: Reading) -> Text:
        """Reads texts, each a `str` that is split into words like a file. Raises what the iterable raises; TypeError for another item."""
    @staticmethod
    def from_arrow(
        column: object, reading: Reading, tick: Callable[[int, int | None, int], object] | None = None
    ) -> Text | None:
        """Reads a column of an Arrow library, of texts or of lists of tokens, in place; None if `column` is not such an object.

        Raises TypeError for a column of another kind; else as `from_texts` and `from_sentences`.
        """
    def held_out_reading(self) -> Reading:
        """How to read held-out text: with the words of this one."""
    def __len__(self) -> int:
        """Words: V."""
    def words(self) -> list[str]:
        """The words, by id."""
    def counts(self) -> NDArray[np.uint64]:
        """How often each occurs: (V,)."""
    def report(self) -> dict[str, int]:
        """What was kept, dropped, cut or replaced: numbers by name."""

def devices() -> list[tuple[str, str, str, str, int | None]]:
    """Name, backend, driver, kind and bytes of memory of each graphics adapter. Raises RuntimeError if the build cannot use any."""

def builtin_text() -> str:
    """The text that the command line trains on when it is given none: sentences, one a line."""

@final
class Run:
    """A training run. One thread at a time: RuntimeError for a concurrent call, and for any call after `take_model`."""

    @staticmethod
    def start(
        text: Text,
        trainer: Literal["word2vec", "textbook"] | str,
        settings: str,
        *,
        threads: int = 0,
        device: Literal["cpu", "gpu", "auto"] | str = "cpu",
        init: _Path | None = None,
        freeze: bool = False,
        held_out: Text | None = None,
    ) -> Run:
        """Starts a run with `settings`, JSON that replaces the trainer's defaults.

        Raises ValueError for a setting, with its range; RuntimeError if there is no card, or it cannot train this.
        """
    @staticmethod
    def resume(
        path: _Path,
        text: Text,
        *,
        epochs: int | None = None,
        threads: int = 0,
        device: Literal["cpu", "gpu", "auto"] | str = "cpu",
    ) -> Run:
        """A run that continues the checkpoint `path` on the text that it was made with. Raises ValueError if it cannot be continued."""
    def save_to(
        self,
        path: _Path,
        *,
        seconds: float = 60.0,
        overwrite: bool = False,
        keep_state: bool = False,
        half: bool = False,
    ) -> None:
        """Saves checkpoints and the finished model to `path`. Raises ValueError for `seconds`."""
    def run(
        self,
        *,
        blocks: int | None = None,
        epoch: bool = False,
        on_progress: Callable[[_Now], object] | None = None,
        on_epoch: Callable[[int, float | None, float | None], object] | None = None,
        on_saved: Callable[[str, str], object] | None = None,
    ) -> Literal["finished", "reached", "interrupted"]:
        """Trains `blocks` more blocks, or to the end of the epoch or of the run. The GIL is released.

        `on_progress` is called several times a second, `on_epoch(epoch, loss, held-out loss)` after each epoch, `on_saved(kind, text)` after a
        checkpoint. Their exceptions end the run after the blocks in progress, as KeyboardInterrupt does; it can be continued.
        Raises DivergedError, FileExistsError.
        """
    def checkpoint(self) -> None:
        """Saves a checkpoint now, if `save_to` was called."""
    def write(self, path: _Path, *, with_state: bool = True) -> None:
        """Writes the run in its current state, with what is needed to resume if `with_state`. An existing file is replaced."""
    @property
    def progress(self) -> _Now:
        """The progress of the run."""
    @property
    def losses(self) -> list[_Point]:
        """The loss history so far."""
    @property
    def held_out(self) -> list[tuple[int, float]]:
        """Epochs with their loss on held-out text."""
    @property
    def settings(self) -> str:
        """The settings, defaults included, in JSON."""
    @property
    def device(self) -> str | None:
        """The graphics card that the run trains on, `None` for the CPU."""
    @property
    def saved(self) -> str | None:
        """The path of the last checkpoint."""
    def vectors(self) -> NDArray[np.float32]:
        """The vectors as they are now, (V, D): a copy."""
    def words(self) -> list[str]:
        """The words, by id."""
    def take_model(self) -> Trained:
        """Takes the current model; the run ends."""

@final
class Trained:
    """A trained model in memory."""

    def vectors(self) -> Vectors:
        """The word vectors, which share the model's memory."""
    def output(self) -> NDArray[np.float32]:
        """The output vectors, (V, D), or (V - 1, D) with hierarchical softmax: a copy."""
    def save(self, path: _Path, *, overwrite: bool = False) -> None:
        """Writes the model. Raises FileExistsError if there is a file and not `overwrite`."""

def checkpoint_reading(
    path: _Path, threads: int, phrases: Sequence[str | tuple[_Path]] = ...
) -> tuple[list[str], Reading]:
    """Where a checkpoint's text came from (["-"]: from memory), and how to read it again. Raises ValueError if the file does not say."""

def summary(path: _Path) -> tuple[dict[str, str], bool]:
    """The metadata of a model, as JSON texts by key, and whether training can resume from it. Raises FileNotFoundError, FormatError."""

# Queries.

@final
class Vectors:
    """Words with their vectors. Threads 0: all cores. `restrict`: answer with that many of the most frequent words only.

    An unknown word raises `rapidvec.UnknownWordError`, a KeyError.
    """

    @staticmethod
    def open(
        path: _Path,
        *,
        limit: int | None = None,
        allow_nan: bool = False,
        invalid: Literal["error", "replace", "skip"] | str = "error",
        words: _Path | None = None,
        member: str | None = None,
        language: str | None = None,
        matrix: Literal["input", "output", "joined"] | str | None = None,
    ) -> Vectors:
        """Opens a file of any format, by its content. Raises FileNotFoundError, EOFError (cut short), UnicodeDecodeError, FormatError."""
    @staticmethod
    def from_arrays(
        words: Iterable[str], vectors: NDArray[np.float32], counts: NDArray[np.uint64] | None = None
    ) -> Vectors:
        """V distinct words, (V, D) C-contiguous numbers, (V,) counts: copies. Raises ValueError if they do not fit each other."""
    def to_bytes(self) -> bytes:
        """The vectors as the bytes of a model's file."""
    @staticmethod
    def from_bytes(bytes: bytes) -> Vectors:
        """Vectors from the bytes of a model's file. Raises EOFError (cut short), FormatError."""
    def __len__(self) -> int:
        """Words: V."""
    def __contains__(self, word: str, /) -> bool:
        """Whether a word is in the vocabulary."""
    @property
    def vector_size(self) -> int:
        """Numbers per vector: D."""
    @property
    def is_half(self) -> bool:
        """Whether the numbers are stored in half precision."""
    @property
    def has_subwords(self) -> bool:
        """Whether words outside the vocabulary have vectors by their n-grams."""
    @property
    def metadata(self) -> dict[str, str]:
        """The metadata about the training, as JSON by key."""
    def words(self) -> list[str]:
        """The words, by id."""
    def counts(self) -> NDArray[np.uint64] | None:
        """How often each occurs, (V,), if known: a copy."""
    def id(self, word: str) -> int | None:
        """The id of a word."""
    def vector(self, word: str) -> NDArray[np.float32] | None:
        """The vector of a word, (D,), by its n-grams too: a copy."""
    def rows(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The rows of these ids, (N, D): a copy. Raises ValueError for an id out of range."""
    def matrix(self) -> NDArray[np.float32]:
        """All vectors, (V, D): read-only and without a copy if they are stored as f32, otherwise a copy."""
    def most_similar(
        self, word: str, k: int = 10, *, restrict: int | None = None, threads: int = 0
    ) -> list[_Scored]:
        """The `k` words nearest by cosine, nearest first, without the word itself."""
    def most_similar_batch(
        self, words: Sequence[str], k: int = 10, *, restrict: int | None = None, threads: int = 0
    ) -> list[list[_Scored]]:
        """`most_similar` for each word, by matrix products."""
    def most_similar_to(
        self, vectors: NDArray[np.float32], k: int = 10, *, restrict: int | None = None, threads: int = 0
    ) -> list[list[_Scored]]:
        """The words nearest to each row of `vectors`, (N, D) and C-contiguous. Raises ValueError for another shape."""
    def most_similar_weighted(
        self, weights: Sequence[tuple[str, float]], k: int = 10, *, restrict: int | None = None, threads: int = 0
    ) -> list[_Scored]:
        """The words nearest to a weighted sum of unit vectors."""
    def analogy(
        self,
        a: str,
        b: str,
        c: str,
        k: int = 10,
        *,
        method: Literal["add", "mul", "textbook"] | str = "add",
        restrict: int | None = None,
        threads: int = 0,
    ) -> list[_Scored]:
        """The answers to "a is to b as c is to what?"."""
    def similarity(self, a: str, b: str) -> float:
        """The cosine of two words."""
    def n_similarity(self, a: Sequence[str], b: Sequence[str]) -> float:
        """The cosine of the mean vectors of two lists of words. Raises ValueError for an empty one."""
    def rank_by_centrality(self, words: Sequence[str]) -> list[_Scored]:
        """The words with their cosine to the mean of all, the most central first."""
    def rank(self, word: str, other: str, *, restrict: int | None = None, threads: int = 0) -> int:
        """The rank of `other` among the words near `word`, from 1."""
    def embed(
        self, texts: Sequence[str], *, sif: float | None = None, lower: bool = False, threads: int = 0
    ) -> NDArray[np.float32]:
        """A vector for each text, (N, D), weighted by smooth inverse frequency if `sif` is given, which needs counts (ValueError)."""
    def evaluate(
        self,
        path: _Path,
        *,
        restrict: int | None = None,
        case_sensitive: bool = False,
        count_unknown: bool = False,
        method: Literal["add", "mul", "textbook"] | str = "add",
        threads: int = 0,
    ) -> dict[str, Any]:
        """Evaluates by a file of analogies or of pairs. Raises FileNotFoundError; ValueError if it is neither."""
    def save(
        self,
        path: _Path,
        *,
        format: str | None = None,
        top: int | None = None,
        normalize: bool = False,
        half: bool = False,
        overwrite: bool = False,
    ) -> list[str]:
        """Writes the vectors; returns what the format cannot hold. Raises FileExistsError unless `overwrite`; ValueError for `format`."""

# Files.

def load_vectors(
    path: _Path, *, limit: int | None = None, invalid: Literal["error", "replace", "skip"] | str = "error"
) -> tuple[list[str], NDArray[np.float32], NDArray[np.uint64] | None]:
    """Words, matrix (V, D; owned, writable) and counts (V) if the file has them, of a file of any format that rapidvec reads, by its content.

    Raises FileNotFoundError, EOFError (cut short), UnicodeDecodeError (not UTF-8), FormatError.
    """

def save_vectors(
    path: _Path, words: Iterable[str], vectors: NDArray[np.float32], counts: NDArray[np.uint64] | None, *, format: str
) -> None:
    """Writes vectors (V, D): format "word2vec-text", "word2vec-binary", "glove", "npz", "pickle" or "safetensors".

    A file at `path` is replaced, atomically. Raises ValueError if the sizes do not fit or the format cannot hold a word; OSError.
    """

def save_model(
    path: _Path,
    words: Iterable[str],
    counts: NDArray[np.uint64],
    vectors: NDArray[np.float32],
    output: NDArray[np.float32] | None,
    metadata: Mapping[str, str],
    extra: dict[str, NDArray[Any]],
    *,
    subwords: tuple[_Sizes, NDArray[np.uint32] | None, NDArray[np.float32], NDArray[np.float32]] | None = None,
) -> None:
    """Writes one safetensors model. `extra`: one-dimensional float32, uint32 or uint64 arrays under names of your own, for example "gensim.syn1".
    `subwords`: which n-grams words have, the bucket of each row (ascending; None: all), the rows of n-grams, those of words.

    Raises ValueError if the sizes do not fit, TypeError for another array, OSError.
    """

def load_model(
    path: _Path, *, mmap: bool = False
) -> tuple[
    list[str],
    NDArray[np.uint64],
    NDArray[np.float32],
    NDArray[np.float32] | None,
    dict[str, str],
    dict[str, NDArray[Any]],
    tuple[_Sizes, NDArray[np.uint32] | None, NDArray[np.float32], NDArray[np.float32]] | None,
]:
    """Opens what `save_model` wrote, or any model of the command line: words, counts, vectors, output, metadata, extra, subwords of letters.

    Checksums are compared, unless `mmap`: then the matrices are the mapped file, read-only. Raises FileNotFoundError, EOFError, FormatError.
    """

def cli(arguments: Sequence[_Path]) -> int:
    """Runs the command line with these arguments (without the program's name); returns its exit status. Wrong arguments end the process with status 2."""

class FormatError(ValueError):
    """A file is not valid."""

class DivergedError(ArithmeticError):
    """The loss is not finite, or higher than that of an untrained model."""

class WorkerError(RuntimeError):
    """Another worker of a run failed."""

class InternalError(RuntimeError):
    """A bug in rapidvec. Please report it."""
