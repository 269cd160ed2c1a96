"""The parts of the race, each with its bars. A part gives a dict that goes into the JSON file as it is."""

import statistics

import quality
import systems
from measuring import bar, mean, rounds, summary
from systems import ALONE, MODELS, NAMES, settings

# Times gensim's speed, by part and task.
TIMES_GENSIM = {
    "speed": {"skipgram": 17, "cbow": 7},
    "d300": {"skipgram": 12, "cbow": 5},
    "hs": {"skipgram": 5, "cbow": 5},
    "whole": {"skipgram": 11},
}
COUNTING = 40e6  # tokens a second, counted and encoded
SCALING = 1.85  # two threads over one
MEMORY = 1.10  # times matrices, ids and vocabulary
LARGE_SPEED = 1.5e6  # trained words a second and core
# What rapidvec may be worse than gensim: points of accuracy, and Spearman's coefficient. A tie, as far as seeds scatter.
QUALITY = {"analogy": 0.5, "ws353": 0.01, "simlex": 0.01}
QUALITY_NAMES = {"analogy": "analogies, points", "ws353": "WS-353", "simlex": "SimLex-999"}
FASTTEXT_THREADS = 12  # it gives first weights to min(threads, 10) tenths of its rows only


def key(context, what, system, asked, **more):
    """What makes a measurement the same as another."""
    return {"what": what, "system": system, "identity": systems.identity(context, system), "corpus": context.corpus_identity,
            "settings": asked} | more


def race(context, part, measure, run, changes):
    """SkipGram and CBOW, all systems in turns."""
    tasks = []
    for model in MODELS:
        asked = settings(model, context.threads, **(context.base | changes))
        context.say(f"{part}, {MODELS[model]}")

        def once(system, number, asked=asked):
            return context.journal.measure(key(context, measure, system, asked, round=number), lambda: run(context, system, asked))

        found = rounds(tuple(context.systems), context.rounds, once, context.say)
        tasks.append({"model": model, "settings": asked, "rounds": found} | summary(found))
    return {"measure": measure, "tasks": tasks, "bars": times_gensim(part, tasks)}


def times_gensim(part, tasks):
    """The bars against gensim."""
    limits = TIMES_GENSIM[part]
    what = {"speed": "training", "d300": "training with 300 numbers", "hs": "training with hierarchical softmax",
            "whole": "text to saved model"}[part]
    return [bar(f"{MODELS[task['model']]}, {what}, over gensim", task["ratio"].get("gensim"), limits[task["model"]], unit=" times")
            for task in tasks if task["model"] in limits]


def speed(context):
    """Training alone."""
    return race(context, "speed", "train", systems.train, {})


def d300(context):
    """Training alone, vectors of 300 numbers."""
    return race(context, "d300", "train", systems.train, {"vector_size": 300})


def hs(context):
    """Training alone, hierarchical softmax."""
    return race(context, "hs", "train", systems.train, {"hierarchical_softmax": True})


def whole(context):
    """From text to saved model; and counting and encoding, of which that begins."""
    result = race(context, "whole", "whole", systems.whole, {})
    counted = systems.count(context.program("count_speed"), context.corpus, 3 * context.rounds, context.threads)
    tokens_per_second = counted["tokens"] / statistics.median(counted["seconds"])
    context.say(f"counting and encoding: {tokens_per_second / 1e6:.1f} M tokens/s")
    result["counting"] = counted | {"tokens_per_second": tokens_per_second}
    result["bars"].append(bar("counting and encoding", tokens_per_second / 1e6, COUNTING / 1e6, unit=" M tokens/s"))
    return result


def scaling(context):
    """One thread against all that race."""
    tasks, many = [], f"{context.threads} threads"
    for model in MODELS:
        context.say(f"scaling, {MODELS[model]}")

        def once(contender, number, model=model):
            threads = 1 if contender == "1 thread" else context.threads
            asked = settings(model, threads, **context.base)
            return context.journal.measure(key(context, "scaling", "rapidvec", asked, round=number),
                                           lambda: systems.train(context, "rapidvec", asked))

        found = rounds(("1 thread", many), context.rounds, once, context.say)
        tasks.append({"model": model, "rounds": found} | summary(found, many))
    # The bar is for two threads; for more, as large a share of each further one.
    limit = 1 + (SCALING - 1) * (context.threads - 1)
    bars = [bar(f"{MODELS[task['model']]}, {many} over one", task["ratio"]["1 thread"], limit, unit=" times") for task in tasks]
    return {"tasks": tasks, "bars": bars}


def needed(found):
    """What a run is compared with, in bytes, from the output of engine_speed: the numbers of the matrices, ids of 4 bytes, the vocabulary."""
    return {name: found[f"{name}_bytes"] for name in ("matrix", "id", "vocabulary")}


def memory(context):
    """Peak memory of whole runs."""
    asked, peaks = settings("skipgram", context.threads, **context.base), {}
    for system in context.systems:
        found = context.journal.measure(key(context, "whole", system, asked, round=0),
                                        lambda system=system: systems.whole(context, system, asked))
        peaks[system] = found["peak_bytes"]
        context.say(f"memory: {NAMES[system]} {peaks[system] / 1e6:.0f} MB")
    parts = needed(systems.train(context, "rapidvec", asked))
    bars = [memory_bar("memory, text to saved model, over matrices + ids + vocabulary", peaks.get("rapidvec"), parts)]
    return {"settings": asked, "peak_bytes": peaks, "needed_bytes": parts, "bars": bars}


def memory_bar(what, peak, parts):
    """Peak memory against what is needed."""
    return bar(what, peak / sum(parts.values()) if peak else None, MEMORY, at_least=False, unit=" times")


def quality_part(context):
    """Vectors after some epochs, several seeds, all measured by the same program over the same words."""
    if context.sets is None:
        raise RuntimeError(f"no folder has {', '.join(quality.SETS)}: name it with --shared or RAPIDVEC_SHARED")
    epochs = context.quality_epochs
    files = train_for_quality(context, epochs)
    firsts = [next(path for (_, name, _), path in files.items() if name == system) for system in ours_first(context.systems)]
    words = quality.common_words(firsts)
    context.say(f"quality: {len(words)} words in common")
    found = []
    for (model, name, seed), path in files.items():
        scores = quality.evaluate(context, path, words, context.sets)
        context.say(f"quality: {MODELS[model]} {NAMES[name]} seed {seed}: {scores}")
        found.append({"model": model, "system": name, "seed": seed} | scores)
    means = {model: {name: means_of(found, model, name) for name, _, _ in contenders(context)} for model in MODELS}
    return {"epochs": epochs, "seeds": context.seeds, "words": len(words), "restrict": quality.RESTRICT, "runs": found,
            "mean": means, "bars": quality_bars(means)}


def contenders(context):
    """Who is compared on quality: its name, the system, its threads."""
    found = []
    for system in context.systems:
        found.append((system, system, max(FASTTEXT_THREADS, context.threads) if system == "fasttext" else context.threads))
        if system == "gensim" and context.threads > 1:
            found.append((ALONE, system, 1))
    return found


def ours_first(names):
    """rapidvec first: the order of its words is taken."""
    return sorted(names, key=lambda name: name != "rapidvec")


def train_for_quality(context, epochs):
    """Files of vectors by (model, name of the contender, seed)."""
    files = {}
    for model in MODELS:
        for seed in range(1, context.seeds + 1):
            for name, system, threads in contenders(context):
                asked = settings(model, threads, **(context.base | {"epochs": epochs, "seed": seed}))
                path = context.work / f"quality-{model}-{name}-{seed}.bin"

                def once(system=system, asked=asked, path=path):
                    return systems.train(context, system, asked, vectors_path=path)

                found = context.journal.measure(key(context, "quality", system, asked), once, valid=lambda _, p=path: p.exists())
                context.say(f"quality: {MODELS[model]} {NAMES[name]} seed {seed}: {found['words_per_second'] / 1e6:.3f} M words/s")
                files[model, name, seed] = path
    return files


def means_of(found, model, name):
    """The means over the seeds."""
    runs = [run for run in found if (run["model"], run["system"]) == (model, name)]
    measures = [measure for measure in quality.SETS | quality.MORE_SETS if any(measure in run for run in runs)]
    return {measure: mean(run[measure] for run in runs) for measure in measures}


def quality_bars(means):
    """How far rapidvec's means are from gensim's."""
    bars = []
    for model, by_system in means.items():
        for measure, allowed in QUALITY.items():
            ours, theirs = (by_system.get(name, {}).get(measure) for name in ("rapidvec", "gensim"))
            difference = None if ours is None or theirs is None else ours - theirs
            bars.append(bar(f"{MODELS[model]}, {QUALITY_NAMES[measure]}, minus gensim's", difference, -allowed))
    return bars


def large(context):
    """A large vocabulary: rapidvec alone, on a text that is made up."""
    tokens, words = context.large
    text = context.large_text(tokens, words)
    there = context.over(text, tokens)
    asked = settings("skipgram", context.threads, min_count=1)
    found = [context.journal.measure(key(there, "large", "rapidvec", asked, round=number),
                                     lambda: systems.train(there, "rapidvec", asked)) for number in range(context.rounds)]
    trained = statistics.median(run["trained_words"] / run["train_seconds"] / run["threads"] for run in found)
    context.say(f"large: {trained / 1e6:.2f} M trained words/s a core")
    product = context.journal.measure(key(there, "whole", "rapidvec", asked, round=0),
                                      lambda: systems.whole(there, "rapidvec", asked))
    context.say(f"large: {product['peak_bytes'] / 1e6:.0f} MB, {product['whole_seconds']:.1f} s from text to saved model")
    parts = needed(found[0])
    bars = [bar("large vocabulary, SkipGram", trained / 1e6, LARGE_SPEED / 1e6, unit=" M trained words/s a core"),
            memory_bar("large vocabulary, memory over matrices + ids + vocabulary", product["peak_bytes"], parts)]
    return {"tokens": tokens, "words": words, "settings": asked, "rounds": found, "trained_words_per_second_a_core": trained,
            "whole": product, "needed_bytes": parts, "bars": bars}


PARTS = {"speed": speed, "d300": d300, "hs": hs, "whole": whole, "scaling": scaling, "memory": memory, "quality": quality_part,
         "large": large}
