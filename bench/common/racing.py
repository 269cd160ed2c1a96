"""What all races share: who begins when, a text for smoke runs, readers of numbers for command lines."""

import argparse
import random
from pathlib import Path


def order(contenders, round_number):
    """The contenders in the order of a round: with n of them, each has each place once in n rounds."""
    shift = round_number % len(contenders)
    return contenders[shift:] + contenders[:shift]


def made_up_corpus(path, tokens=20_000, words=300, seed=1):
    """Writes a text of words that occur as words do in text, for a smoke run."""
    generator = random.Random(seed)
    drawn = generator.choices([f"w{i}" for i in range(words)], [1 / (i + 1) for i in range(words)], k=tokens)
    lines = (" ".join(drawn[i:i + 20]) for i in range(0, tokens, 20))
    Path(path).write_text("".join(f" {line} \n" for line in lines), encoding="utf-8")


def positive(text):
    """A whole number from 1 up, for argparse."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return int(text)
