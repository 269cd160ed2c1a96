"""What the tests of the gensim-compatible classes share."""

import logging

import pytest

TEXTS = [
    ["human", "interface", "computer"],
    ["survey", "user", "computer", "system", "response", "time"],
    ["eps", "user", "interface", "system"],
    ["system", "human", "system", "eps"],
    ["user", "response", "time"],
    ["trees"],
    ["graph", "trees"],
    ["graph", "minors", "trees"],
    ["graph", "minors", "survey"],
]


@pytest.fixture
def texts():
    """Nine short sentences with 29 words, 12 of them different."""
    return [list(sentence) for sentence in TEXTS]


@pytest.fixture(autouse=True)
def quiet():
    """Keeps warnings in the log out of the output; `caplog` still sees them."""
    logging.getLogger("rapidvec").addHandler(logging.NullHandler())
