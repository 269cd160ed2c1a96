"""Mistakes that the checkers must report: each line with `type: ignore` would itself be an error if it were right.

mypy's `warn_unused_ignores` and pyright's `reportUnnecessaryTypeIgnoreComment` say so. Never run.
"""

import rapidvec
from rapidvec import Trainer, Vectors


def ask(vectors: Vectors, trainer: Trainer) -> None:
    vectors.most_similar("king", "ten")  # type: ignore
    vectors.similarity("king")  # type: ignore
    vectors.analogy("man", "king")  # type: ignore
    vectors.embed(3)  # type: ignore
    one: list[tuple[str, float]] = vectors.most_similar(["king", "queen"])  # type: ignore
    missing: int = vectors.counts.sum()  # type: ignore
    vectors.matrixx()  # type: ignore
    trainer.run(until=["epoch"])  # type: ignore
    rapidvec.open(3)  # type: ignore
    print(one, missing)
