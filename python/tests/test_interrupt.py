"""Ctrl-C: KeyboardInterrupt soon, at any moment; what was interrupted is valid and can continue."""

import os
import random
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers import Sentences, made_lines, made_sentences

#: What the design promises, for most moments; all of them have to be below the second.
SOON = 0.3
#: For a machine on which other programs keep every core busy. On a quiet one RAPIDVEC_INTERRUPT_LIMIT=0.3 asks for more.
SURELY = float(os.environ.get("RAPIDVEC_INTERRUPT_LIMIT", "2.0"))
MOMENTS = 7
#: Of gensim's class, over its constructor, its training and questions.
MANY_MOMENTS = 20

#: Every program prints `at work` when it begins what is interrupted, then the time of the exception. The clock is the same in every process.
HEAD = """
import os, sys, time, threading
import rapidvec
from rapidvec import Trainer, _native

text, rounds = sys.argv[1], int(sys.argv[2])
sentences = [line.split() for line in open(text, encoding="utf-8")]

def interrupted(work):
    print("at work", flush=True)
    try:
        while True:
            work()
    except KeyboardInterrupt:
        print(time.monotonic(), flush=True)
"""

PROGRAMS = {
    "feeding lists": """
for _ in range(rounds):
    interrupted(lambda: _native.Corpus.from_sentences(sentences * 400))
assert len(_native.Corpus.from_sentences(sentences)) == 300
""",
    "feeding a generator": """
for _ in range(rounds):
    interrupted(lambda: _native.Corpus.from_sentences(words for _ in range(400) for words in sentences))
assert len(_native.Corpus.from_sentences(sentences)) == 300
""",
    "feeding texts": """
lines = [" ".join(words) for words in sentences]
for _ in range(rounds):
    interrupted(lambda: rapidvec.train(texts=lines * 400, epochs=1, threads=2))
assert len(rapidvec.train(texts=lines, min_count=1, epochs=1)) == 300
""",
    "reading files": """
for _ in range(rounds):
    interrupted(lambda: _native.Text.from_files([text] + [f"{text}.{i}" for i in range(40)], _native.Reading(threads=2)))
assert len(_native.Text.from_files([text], _native.Reading(min_count=1))) == 300
""",
    "training": """
trainer = Trainer(sentences, epochs=1_000_000, threads=2)
blocks = 0
for _ in range(rounds):
    interrupted(trainer.run)
    assert trainer.progress.block > blocks
    blocks = trainer.progress.block
    assert trainer.vectors().shape[1] == 100 and trainer.vectors().sum() == trainer.vectors().sum()
assert trainer.run(until=1) == "reached"
model = trainer.model()
assert len(model.vectors.most_similar("w3", 3)) == 3
assert threading.active_count() == 1
""",
    "training with callbacks": """
trainer = Trainer(sentences, epochs=1_000_000, threads=2, callbacks=[lambda epoch: None])
for _ in range(rounds):
    interrupted(lambda: trainer.run(progress=lambda now: None))
trainer.run(until=1)
assert len(trainer.model().vectors.most_similar("w3", 3)) == 3
""",
    "Word2Vec": """
from rapidvec import Word2Vec
model = Word2Vec(sentences, vector_size=20, min_count=1, epochs=1)
many, threads = sentences * 100, lambda: len(os.listdir("/proc/self/task")) if sys.platform == "linux" else threading.active_count()
model.wv.most_similar("w3")
at_rest = threads()

def is_at_rest():
    # The system shows a thread for a moment after it has ended.
    until = time.monotonic() + 10
    while threads() > at_rest and time.monotonic() < until:
        time.sleep(0.01)
    return threads() <= at_rest

work = [
    lambda: Word2Vec(many, vector_size=20, workers=2, epochs=100_000),
    lambda: model.train(many, total_examples=len(many), epochs=100_000),
    lambda: model.build_vocab(many, update=True),
    lambda: model.train((words for words in many), total_examples=len(many), epochs=1),
    lambda: model.wv.most_similar("w3"),
]
for turn in range(rounds):
    interrupted(work[turn % len(work)])
    assert is_at_rest(), "a thread is left"
    assert len(model.wv.most_similar("w3", topn=3)) == 3
    assert model.train(sentences, total_examples=len(sentences), epochs=1)[1] > 0
    assert not (model.wv.vectors != model.wv.vectors).any()
""",
    "the textbook's training": """
trainer = Trainer(texts=[" ".join(words) for words in sentences], trainer="textbook", epochs=10_000, threads=1)
for _ in range(rounds):
    interrupted(trainer.run)
trainer.run(until=1)
assert len(trainer.model().vectors.most_similar("w3", 3)) == 3
""",
}


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 24,000 words, forty times under other names."""
    folder = tmp_path_factory.mktemp("text")
    sentences: Sentences = made_sentences(1200)
    for name in ["text", *(f"text.{i}" for i in range(40))]:
        (folder / name).write_text(made_lines(sentences * (1 if name == "text" else 20)), encoding="utf-8")
    return folder / "text"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("kind", PROGRAMS)
def test_ctrl_c(kind: str, text: Path) -> None:
    moments = MANY_MOMENTS if kind == "Word2Vec" else MOMENTS
    command = [sys.executable, "-c", HEAD + PROGRAMS[kind], str(text), str(moments)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    draw, waits = random.Random(kind), []
    try:
        for _ in range(moments):
            assert child.stdout.readline() == "at work\n", "the program has ended"
            time.sleep(draw.uniform(0.005, 0.25))
            sent = time.monotonic()
            os.kill(child.pid, signal.SIGINT)
            waits.append(float(child.stdout.readline()) - sent)
        _, errors = child.communicate(timeout=60)
    except (AssertionError, ValueError):
        child.kill()
        pytest.fail(child.communicate()[1])
    finally:
        child.kill()
    assert child.returncode == 0, errors
    print(kind, [f"{wait:.3f}" for wait in waits])
    assert statistics.median(waits) < SOON and max(waits) < SURELY, waits
