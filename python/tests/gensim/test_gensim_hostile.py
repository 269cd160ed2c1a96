"""Pickles that want to run something: nothing of them is run, and nothing is imported on their behalf."""

import copyreg
import os
import pickle
import sys

import pytest

from rapidvec import FormatError
from rapidvec.gensim.models import KeyedVectors, Word2Vec


def call(module, name, *arguments):
    """A pickle of protocol 2 that calls `module.name(*arguments)`."""
    body = pickle.dumps(arguments, protocol=2)[2:-1]
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + body + b"R."


def short(text):
    data = text.encode()
    return b"\x8c" + bytes([len(data)]) + data


def dotted(module, name, argument):
    """The same by protocol 4, whose names may have dots: `module` itself may be harmless."""
    return b"\x80\x04" + short(module) + short(name) + b"\x93" + short(argument) + b"\x85R."


def inside(pickled):
    """As the state of a model: its class is gensim's own."""
    return b"\x80\x02cgensim.models.word2vec\nWord2Vec\n)\x81}X\x02\x00\x00\x00wv" + pickled[2:-1] + b"sb."


def built(module, name, argument):
    """By the instruction BUILD: the state goes to `__setstate__` or `__dict__` of what was made."""
    body = pickle.dumps({"__setstate__": argument, "__class__": argument}, protocol=2)[2:-1]
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + b")\x81" + body + b"b."


def hostile(mark, module):
    """By what they try: each would make the file `mark`, or import `module`, which makes it."""
    touch, python = f"touch {mark}", f"open({str(mark)!r}, 'w')"
    return {
        "os.system": call("os", "system", touch),
        "posix.system": call("posix", "system", touch),
        "nt.system": call("nt", "system", touch),
        "os.popen": call("os", "popen", touch),
        "subprocess": call("subprocess", "call", ["touch", str(mark)]),
        "Popen": call("subprocess", "Popen", ["touch", str(mark)]),
        "eval": call("builtins", "eval", python),
        "exec": call("builtins", "exec", python),
        "exec of Python 2": call("__builtin__", "eval", python),
        "open": call("builtins", "open", str(mark), "w"),
        "io.open": call("io", "open", str(mark), "w"),
        "import": call("builtins", "__import__", module),
        "importlib": call("importlib", "import_module", module),
        "a module of the user": call(module, "anything", 1),
        "runpy": call("runpy", "run_module", module),
        "a pickle in a pickle": call("pickle", "loads", call("os", "system", touch)),
        "joblib": call("joblib", "load", str(mark)),
        "numpy.load": call("numpy", "load", str(mark), None, True),
        "a function of gensim": call("gensim.utils", "check_output", touch),
        "gensim's own unpickler": call("gensim.utils", "unpickle", str(mark)),
        "a name with dots": dotted("gensim.utils", "os.system", touch),
        "a name of ours": dotted("rapidvec.gensim.utils", "os.system", touch),
        "dots through NumPy": dotted("numpy", "f2py.os.system", touch),
        "getattr": call("builtins", "getattr", "a", "upper"),
        "operator": call("operator", "methodcaller", "upper"),
        "copyreg": call("copyreg", "__newobj__", "a"),
        "inside a model": inside(call("os", "system", touch)),
        "state of a harmless class": built("gensim.models.word2vec", "Word2Vec", touch),
        "INST": b"(S" + repr(touch).encode() + b"\nios\nsystem\n.",
        "OBJ": b"\x80\x02(cos\nsystem\nX" + len(touch).to_bytes(4, "little") + touch.encode() + b"o.",
        "a reference to something outside": b"\x80\x02X\x01\x00\x00\x00aQ.",
        "an array of objects that are calls": call("numpy.core.multiarray", "_reconstruct", Ellipsis.__class__.__name__),
    }


@pytest.fixture
def evil(tmp_path, monkeypatch):
    """A file that must not come to be, and a module whose import makes it."""
    mark = tmp_path / "executed"
    (tmp_path / "evil_module_of_a_pickle.py").write_text(f"open({str(mark)!r}, 'w')\n")
    monkeypatch.syspath_prepend(tmp_path)
    return mark, "evil_module_of_a_pickle"


NAMES = sorted(hostile("mark", "module"))


def test_there_are_enough():
    assert len(NAMES) >= 20


@pytest.mark.parametrize("opener", [KeyedVectors.load, Word2Vec.load], ids=["KeyedVectors", "Word2Vec"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_executed(name, opener, evil, tmp_path):
    mark, module = evil
    path = tmp_path / "hostile.model"
    path.write_bytes(hostile(mark, module)[name])
    before = set(sys.modules)
    with pytest.raises((FormatError, AttributeError)):
        opener(str(path))
    assert not mark.exists()
    assert not [new for new in set(sys.modules) - before if new.split(".")[0] not in ("rapidvec", "encodings", "bz2", "gzip", "_bz2", "lzma", "_lzma")]


def test_the_pickles_are_hostile(evil):
    """Python's own unpickler runs them: else the test above would show nothing."""
    mark, module = evil
    ran = 0
    for name in ("os.system", "posix.system", "subprocess", "eval", "open", "import", "a pickle in a pickle", "INST", "OBJ"):
        pickle.loads(hostile(mark, module)[name])
        assert mark.exists(), name
        mark.unlink()
        sys.modules.pop(module, None)
        ran += 1
    assert ran == 9


def test_numbers_of_the_registry_are_not_looked_up(evil, tmp_path):
    """Programs may give functions a number; a pickle then needs no name."""
    mark, _ = evil
    copyreg.add_extension("os", "system", 0x12)
    try:
        path = tmp_path / "hostile.kv"
        touch = f"touch {mark}"
        path.write_bytes(b"\x80\x02\x82\x12X" + len(touch).to_bytes(4, "little") + touch.encode() + b"\x85R.")
        with pytest.raises((FormatError, AttributeError)):
            KeyedVectors.load(str(path))
    finally:
        copyreg.remove_extension("os", "system", 0x12)
    assert not mark.exists()
    assert os.path.exists(path)
