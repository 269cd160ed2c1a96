"""Small texts, and the command line to compare with."""

import random
import subprocess
import sys
from collections.abc import Callable

Sentences = list[list[str]]
Program = Callable[..., subprocess.CompletedProcess[str]]


def made_sentences(number: int, seed: int = 1) -> Sentences:
    """Sentences of 0 to 40 words out of 300, so that blocks of sixteen are met at every length."""
    draw = random.Random(seed)
    words = [f"w{i}" for i in range(290)] + ["왕", "여왕", "나무", "café", "naïve", "Ω", "🙂", "ﬁne", "it's", "…"]
    weights = [1 / (place + 3) for place in range(len(words))]
    return [draw.choices(words, weights, k=length % 41) for length in range(number)]


def made_lines(sentences: Sentences) -> str:
    return "".join(" ".join(sentence) + "\n" for sentence in sentences)


def run_program(*arguments: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs the command line of the package as users do."""
    command = [sys.executable, "-m", "rapidvec", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == status, done.stdout + done.stderr
    return done
