"""Classes that count gensim's own objects among theirs while `patch` has put them in gensim's place."""

from __future__ import annotations

from typing import Any

__all__ = ["StandIn"]


class StandIn(type):
    """The type of a class that can stand in for one of gensim's.

    gensim's other models, such as FastText, have vectors of gensim's own class. Programs that test `isinstance(x, gensim.models.KeyedVectors)` take
    these, and have to take them still when the name means our class.
    """

    #: gensim's class, while ours is in its place.
    stands_in_for: type | None = None

    def __instancecheck__(cls, instance: Any) -> bool:
        if super().__instancecheck__(instance):
            return True
        # Asked of the class itself: its subclasses are in nobody's place.
        replaced = cls.__dict__.get("stands_in_for")
        return replaced is not None and isinstance(instance, replaced)

    def __subclasscheck__(cls, subclass: type) -> bool:
        if super().__subclasscheck__(subclass):
            return True
        replaced = cls.__dict__.get("stands_in_for")
        return replaced is not None and issubclass(subclass, replaced)
