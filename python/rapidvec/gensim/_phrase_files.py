"""Files of `Phrases` and `FrozenPhrases`: JSON of our own, and gensim's pickles, of which nothing is executed.

A scorer is stored by the names of its module and function. When the file is read the module has to be imported already, and the function
must have a scorer's parameters; nothing is imported because of a file.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from inspect import signature
from types import FunctionType
from typing import Any

from rapidvec.errors import FormatError
from rapidvec.gensim._unpickle import Inert, read
from rapidvec.gensim.utils import open as open_file

__all__ = ["PARAMETERS", "load", "save"]

#: The parameters of a scorer.
PARAMETERS = ("worda_count", "wordb_count", "bigram_count", "len_vocab", "min_count", "corpus_word_count")

_FORMAT = 1

#: gensim's scorers, by the last part of their names, and the names that settings have for them.
_NAMED = {"default": "original_scorer", "npmi": "npmi_scorer", "original_scorer": "original_scorer", "npmi_scorer": "npmi_scorer"}

#: The attributes in a file, and what they are.
_NUMBERS = ("min_count", "threshold", "max_vocab_size", "min_reduce", "progress_per", "corpus_word_count")
_DEFAULTS = {"min_count": 5, "threshold": 10.0, "max_vocab_size": 40_000_000, "min_reduce": 1, "progress_per": 10_000, "corpus_word_count": 0}

State = dict[str, Any]


def save(made: Any, fname: Any) -> None:
    """Writes an object's attributes as JSON."""
    state = {name: value for name, value in made.__dict__.items() if name not in ("lifecycle_events", "scoring", "connector_words")}
    scorer = made.scoring
    state["scoring"] = [scorer.__module__, scorer.__qualname__]
    state["connector_words"] = sorted(made.connector_words)
    text = json.dumps({"rapidvec_phrases": _FORMAT, "class": type(made).__name__, **state})
    if hasattr(fname, "write"):
        fname.write(text.encode("ascii"))
        return
    with open_file(fname, "wb") as out:
        out.write(text.encode("ascii"))


def load(cls: Any, fname: Any) -> Any:
    """Makes an object of a file of `save`, or of gensim's."""
    where = str(getattr(fname, "name", fname))
    if hasattr(fname, "read"):
        content = fname.read()
    else:
        with open_file(fname, "rb") as file:
            content = file.read()
    kind, state = _of_json(content, where) if content[:1] == b"{" else _of_pickle(content, where)
    wanted = "FrozenPhrases" if _is_frozen(cls) else "Phrases"
    if kind != wanted:
        raise AttributeError(f"{where} has an object of class {kind}, which {cls.__name__} cannot load; {kind}.load opens it")
    made = object.__new__(cls)
    for name, default in _DEFAULTS.items():
        if name in state or name in ("min_count", "threshold") or wanted == "Phrases":
            setattr(made, name, _number(state.get(name, default), name, where))
    made.connector_words = frozenset(_word(word, where) for word in _words(state, where))
    made.delimiter = _word(state.get("delimiter", "_"), where)
    made.scoring = _scorer(state.get("scoring"), where)
    if wanted == "FrozenPhrases":
        made.phrasegrams = _phrasegrams(state.get("phrasegrams"), made.delimiter, where)
    else:
        made.vocab = {token: int(count) for token, count in _numbers(state.get("vocab"), "vocab", where).items()}
    return made


def _is_frozen(cls: Any) -> bool:
    return any(base.__name__ == "FrozenPhrases" for base in cls.__mro__)


def _of_json(content: bytes, where: str) -> tuple[str, State]:
    try:
        state = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where}: not a complete file of phrases ({error})") from None
    if state.get("rapidvec_phrases") != _FORMAT:
        raise FormatError(f"{where}: expected phrases of format {_FORMAT}, got {state.get('rapidvec_phrases')!r}")
    return str(state.get("class")), state


def _of_pickle(content: bytes, where: str) -> tuple[str, State]:
    made = read(io.BytesIO(content), where)
    if not isinstance(made, Inert) or not isinstance(made.state, dict):
        raise FormatError(f"{where}: expected phrases of gensim, got a pickled {type(made).__name__}")
    kind = "FrozenPhrases" if made.name == "Phraser" else made.name
    return kind, {str(name): value for name, value in made.state.items()}


# Values, checked: a file may have anything in any place.


def _words(state: State, where: str) -> Any:
    words = state.get("connector_words", state.get("common_terms", ()))
    if not isinstance(words, (list, tuple, set, frozenset)):
        raise FormatError(f"{where}: expected connector words, got {type(words).__name__}")
    return words


def _word(word: Any, where: str) -> str:
    """A token; gensim 3 had bytes."""
    if isinstance(word, bytes):
        try:
            return word.decode("utf8")
        except UnicodeDecodeError:
            raise FormatError(f"{where}: a word is not valid UTF-8: {word!r}") from None
    if not isinstance(word, str):
        raise FormatError(f"{where}: expected a word, got {type(word).__name__}")
    return word


def _number(value: Any, name: str, where: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FormatError(f"{where}: expected a number for {name}, got {type(value).__name__}")
    return value


def _numbers(values: Any, name: str, where: str) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise FormatError(f"{where}: expected {name}, got {type(values).__name__}")
    return {_word(token, where): _number(value, name, where) for token, value in values.items()}


def _phrasegrams(values: Any, delimiter: str, where: str) -> dict[str, Any]:
    """Phrases and their scores; before gensim 4 the keys were tuples of words, and the values had the count as well."""
    if not isinstance(values, dict):
        raise FormatError(f"{where}: expected phrasegrams, got {type(values).__name__}")
    found = {}
    for key, value in values.items():
        words = key if isinstance(key, tuple) else (key,)
        score = value[1] if isinstance(value, tuple) and len(value) == 2 else value
        found[delimiter.join(_word(word, where) for word in words)] = _number(score, "a score", where)
    return found


def _scorer(stored: Any, where: str) -> Callable[..., float]:
    """The function that a file names."""
    from rapidvec.gensim.models import phrases

    if stored is None:
        return phrases.original_scorer
    if isinstance(stored, str) and stored in _NAMED:
        return getattr(phrases, _NAMED[stored])  # type: ignore[no-any-return]
    path = getattr(stored, "path", "")
    if path.startswith("gensim.models.phrases.") and path.rsplit(".", 1)[-1] in _NAMED:
        return getattr(phrases, _NAMED[path.rsplit(".", 1)[-1]])  # type: ignore[no-any-return]
    if isinstance(stored, list) and len(stored) == 2 and all(isinstance(part, str) for part in stored):
        return _function(stored[0], stored[1], where)
    raise FormatError(f"{where}: expected a scorer, got {stored!r}")


def _function(module: str, name: str, where: str) -> Callable[..., float]:
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, FunctionType):
        raise FormatError(f"{where}: there is no scorer {name} in {module}; import the module that has it before loading")
    if not set(PARAMETERS) <= set(signature(found).parameters):
        raise FormatError(f"{where}: {module}.{name} is not a scorer: expected the parameters {', '.join(PARAMETERS)}")
    return found
