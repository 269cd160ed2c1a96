"""rapidvec under gensim's names, so that a script changes one import line.

`from gensim.models import Word2Vec` becomes `from rapidvec.gensim.models import Word2Vec`; `import gensim` becomes
`import rapidvec.gensim as gensim`. For programs that import gensim themselves, use `patch`. Not affiliated with gensim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapidvec.gensim._events import GENSIM_VERSION as __version__
from rapidvec.gensim.patch import patch, unpatch

if TYPE_CHECKING:
    from rapidvec.gensim import downloader, models, utils

__all__ = ["__version__", "downloader", "models", "patch", "unpatch", "utils"]

_MODULES = ("downloader", "models", "utils")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"rapidvec.gensim has no {name!r}; gensim itself may have it")


def __dir__() -> list[str]:
    return sorted(__all__)
