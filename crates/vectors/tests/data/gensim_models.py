"""Writes gensim's own files into a folder, and beside each NAME the words, counts and bits of its vectors: NAME.tsv.

gensim 4 writes its files itself. The layouts of gensim 3 and 1 are rebuilt from objects of classes of the same names, as its
documentation describes them: gensim 3 does not install beside a current NumPy.
"""

import os
import pickle
import sys
import types

import numpy as np
from gensim.models import Doc2Vec, FastText, KeyedVectors, Word2Vec
from gensim.models.doc2vec import TaggedDocument

folder = sys.argv[1]
text = [line.split() for line in ("the king rules the city 안녕", "the queen rules the land", "a dog chased a cat", "café 'quoted' the end")] * 5


def path(name):
    return os.path.join(folder, name)


def note(name, words, counts, vectors, output=None, more=()):
    """A line for each word: word, count, the bits of its vector, those of its output vector."""
    with open(path(name + ".tsv"), "w", encoding="utf-8") as file:
        for row, word in enumerate(words):
            bits = " ".join(map(str, np.asarray(vectors[row], np.float32).view(np.uint32)))
            outs = " ".join(map(str, np.asarray(output[row], np.float32).view(np.uint32))) if output is not None else ""
            file.write(f"{word}\t{int(counts[row])}\t{bits}\t{outs}\n")
        for word, vector in more:
            file.write(f"{word}\t-\t" + " ".join(map(str, np.asarray(vector, np.float32).view(np.uint32))) + "\t\n")


def counts_of(wv):
    return [wv.get_vecattr(word, "count") for word in wv.index_to_key]


def save(model, name, wv, output=None, more=(), **options):
    model.save(path(name), **options)
    note(name, wv.index_to_key, counts_of(wv), wv.vectors, output, more)


settings = dict(vector_size=6, min_count=1, epochs=2, workers=1, seed=1)
model = Word2Vec(text, **settings)
for protocol in (2, 3, 4, 5):
    save(model, f"w2v-p{protocol}.model", model.wv, model.syn1neg, pickle_protocol=protocol)
save(model, "w2v-apart.model", model.wv, model.syn1neg, separately=["syn1neg"], sep_limit=0)
save(model, "w2v-packed.model.gz", model.wv, model.syn1neg, sep_limit=0)
save(model.wv, "vectors.kv", model.wv)
save(model.wv, "vectors-apart.kv", model.wv, sep_limit=0)
save(model.wv, "ko.bin", model.wv)  # under a false name
hs = Word2Vec(text, hs=1, negative=0, sg=1, **settings)
save(hs, "hs.model", hs.wv)
both = Word2Vec(text, hs=1, sg=1, **settings)
save(both, "both.model", both.wv, both.syn1neg)
doc = Doc2Vec([TaggedDocument(words, [str(i)]) for i, words in enumerate(text)], **settings)
save(doc, "doc.model", doc.wv, doc.syn1neg)
fast = FastText(text, bucket=50, min_n=2, max_n=4, **settings)
unknown = ["kings", "고양이", "x"]
for name, options in (("fast.model", {}), ("fast-apart.model", {"sep_limit": 0})):
    save(fast, name, fast.wv, fast.syn1neg, [(word, fast.wv[word]) for word in unknown], **options)
save(fast.wv, "fast.kv", fast.wv, None, [(word, fast.wv[word]) for word in unknown])
half = KeyedVectors(4)
half.add_vectors(["a", "b c", "1999"], np.arange(12, dtype=np.float16).reshape(3, 4))
half.vectors = half.vectors.astype(np.float16)
half.save(path("half.kv"))
note("half.kv", half.index_to_key, [0] * 3, half.vectors)
pickle.dump(model.wv, open(path("dumped.pkl"), "wb"))
note("dumped.pkl", model.wv.index_to_key, counts_of(model.wv), model.wv.vectors)


# gensim 3 and 1: classes of these names, with the attributes of those versions.


def of_class(module, name, **attributes):
    parent = sys.modules.setdefault(module, types.ModuleType(module))
    kind = type(name, (object,), {"__module__": module})
    kind = parent.__dict__.setdefault("old " + name, kind)
    kind.__qualname__ = name
    made = kind()
    made.__dict__.update(attributes)
    return made


class Old(pickle._Pickler):
    """Writes our classes under the names of gensim's, which pickle would compare with those it finds."""

    def save_global(self, obj, name=None):
        if isinstance(obj, type) and obj.__module__.startswith("gensim.") and f"old {obj.__name__}" in sys.modules[obj.__module__].__dict__:
            self.write(b"c" + f"{obj.__module__}\n{obj.__name__}\n".encode())
            self.memoize(obj)
        else:
            super().save_global(obj, name)

    dispatch = dict(pickle._Pickler.dispatch)
    dispatch[type] = save_global


def dump(made, name, protocol=2):
    with open(path(name), "wb") as file:
        Old(file, protocol).dump(made)


KEYED = "gensim.models.keyedvectors"
words, counts = model.wv.index_to_key, counts_of(model.wv)
vocab = {word: of_class(KEYED, "Vocab", count=count, index=row, sample_int=4294967296 + row) for row, (word, count) in enumerate(zip(words, counts))}
notes = {"__recursive_saveloads": [], "__numpys": [], "__scipys": [], "__ignoreds": []}


def three(apart):
    """gensim 3.8's Word2Vec; its arrays inside, or in files of their own."""
    inner = dict(notes, __numpys=["vectors"] if apart else [], __ignoreds=["vectors_norm"])
    wv = of_class(KEYED, "Word2VecKeyedVectors", vocab=vocab, index2word=words, vector_size=6, vectors_norm=None, vectors=None if apart else model.wv.vectors, **inner)
    trainables = of_class("gensim.models.word2vec", "Word2VecTrainables", hashfxn=hash, layer1_size=6, seed=1, vectors_lockf=np.ones(len(words), np.float32),
                          syn1neg=None if apart else model.syn1neg, **dict(notes, __numpys=["syn1neg"] if apart else []))
    vocabulary = of_class("gensim.models.word2vec", "Word2VecVocab", raw_vocab=None, cum_table=np.arange(5, dtype=np.uint32), **notes)
    return of_class("gensim.models.word2vec", "Word2Vec", wv=wv, trainables=trainables, vocabulary=vocabulary, random=np.random.RandomState(1),
                    sg=0, alpha=0.025, callbacks=(), epochs=5, **dict(notes, __recursive_saveloads=["wv", "trainables", "vocabulary"]))


for protocol in (2, 4):
    dump(three(False), f"three-p{protocol}.model", protocol)
    note(f"three-p{protocol}.model", words, counts, model.wv.vectors, model.syn1neg)
dump(three(True), "three-apart.model")
np.save(path("three-apart.model.wv.vectors.npy"), model.wv.vectors)
np.save(path("three-apart.model.trainables.syn1neg.npy"), model.syn1neg)
note("three-apart.model", words, counts, model.wv.vectors, model.syn1neg)
one = of_class("gensim.models.word2vec", "Word2Vec", vocab=vocab, index2word=words, syn0=model.wv.vectors, syn1neg=model.syn1neg, syn0norm=None, **notes)
dump(one, "one.model")
note("one.model", words, counts, model.wv.vectors, model.syn1neg)
dump(of_class("gensim.models.ldamodel", "LdaModel", num_topics=2, **notes), "lda.model")
