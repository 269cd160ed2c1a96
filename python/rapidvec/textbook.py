"""The text that goes with the textbook's chapter, so that its run needs no download.

>>> import rapidvec
>>> from rapidvec.textbook import builtin_text
>>> lines = builtin_text().splitlines()
>>> lines[0]
'the bath was really cold and the pipes froze'
>>> model = rapidvec.train(texts=lines, trainer="textbook", epochs=1)
>>> len(model)
1589
"""

from __future__ import annotations

from . import _native

__all__ = ["builtin_text"]


def builtin_text() -> str:
    """The text that ``rapidvec train`` uses when it is given none: 15,000 generated sentences about a small town, one a line.

    It shows that training works. It is not a sample of English.
    """
    return _native.builtin_text()
