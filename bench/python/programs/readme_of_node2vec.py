"""node2vec has no tests of its own; this is what its readme shows."""

import networkx as nx
import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec
from node2vec import Node2Vec
from node2vec.edges import AverageEmbedder, HadamardEmbedder


@pytest.fixture(scope="module")
def model():
    walks = Node2Vec(nx.karate_club_graph(), dimensions=16, walk_length=20, num_walks=50, workers=1, seed=1, quiet=True)
    return walks.fit(window=5, min_count=1, batch_words=4, epochs=5, seed=1)


def test_nodes_are_words(model):
    assert isinstance(model, Word2Vec)
    assert sorted(map(int, model.wv.index_to_key)) == list(range(34))


def test_near_nodes_are_neighbours(model):
    graph = nx.karate_club_graph()
    nearest = [int(model.wv.most_similar(str(node), topn=1)[0][0]) for node in graph]
    assert np.mean([nx.shortest_path_length(graph, node, other) <= 2 for node, other in zip(graph, nearest)]) > 0.9


def test_edges_are_embedded(model):
    edges = HadamardEmbedder(keyed_vectors=model.wv, quiet=True)
    np.testing.assert_allclose(edges[("1", "2")], model.wv["1"] * model.wv["2"])
    every = AverageEmbedder(keyed_vectors=model.wv, quiet=True).as_keyed_vectors()
    assert isinstance(every, KeyedVectors) and len(every) == 34 * 35 // 2
    assert len(every.most_similar(str(("1", "2")))) == 10
    with pytest.raises(KeyError):
        edges[("1", "nobody")]


def test_vectors_and_models_are_saved(model, tmp_path):
    model.wv.save_word2vec_format(str(tmp_path / "nodes.txt"))
    again = KeyedVectors.load_word2vec_format(str(tmp_path / "nodes.txt"))
    np.testing.assert_allclose(again["1"], model.wv["1"], atol=1e-6)
    model.save(str(tmp_path / "nodes.model"))
    np.testing.assert_array_equal(Word2Vec.load(str(tmp_path / "nodes.model")).wv["1"], model.wv["1"])


def test_a_graph_with_names_and_weights_and_several_workers():
    graph = nx.relabel_nodes(nx.karate_club_graph(), "member {}".format)
    model = Node2Vec(graph, dimensions=8, walk_length=5, num_walks=4, p=0.5, q=2, workers=2, quiet=True).fit(min_count=1, sg=0)
    assert model.wv["member 3"].shape == (8,)
