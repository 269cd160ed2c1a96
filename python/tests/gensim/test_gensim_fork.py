"""Children that are forked after their parent has trained and asked: they ask and train too, and none of a hundred hangs."""

import multiprocessing
import random

import pytest

from rapidvec.gensim.models import Word2Vec

#: Seconds that four children get together. One that hangs hangs for ever.
PATIENCE = 60

TURNS, CHILDREN = 25, 4

pytestmark = [
    pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def ask_and_train(model, sentences):
    """What a worker of a server or of a search over settings does."""
    near = model.wv.most_similar("w3", topn=3)
    fresh = Word2Vec(sentences, vector_size=8, min_count=1, epochs=1, workers=2)
    model.train(sentences, total_examples=len(sentences), epochs=1)
    return near, len(fresh.wv), model.train_count


def child(model, sentences, answers):
    answers.send(ask_and_train(model, sentences))
    answers.close()


def test_none_of_a_hundred_children_hangs():
    draw = random.Random(1)
    sentences = [[f"w{draw.randrange(50)}" for _ in range(12)] for _ in range(300)]
    model = Word2Vec(sentences, vector_size=8, min_count=1, epochs=2, workers=2)
    near = model.wv.most_similar("w3", topn=3)
    fork = multiprocessing.get_context("fork")
    for _ in range(TURNS):
        pairs = [fork.Pipe(duplex=False) for _ in range(CHILDREN)]
        children = [fork.Process(target=child, args=(model, sentences, theirs)) for _, theirs in pairs]
        try:
            for each in children:
                each.start()
            for ours, _ in pairs:
                assert ours.poll(PATIENCE), f"a child did not answer in {PATIENCE} s"
                assert ours.recv() == (near, len(model.wv), model.train_count + 1)
            for each in children:
                each.join(PATIENCE)
                assert each.exitcode == 0, "a child did not end"
        finally:
            for each in children:
                each.kill()
