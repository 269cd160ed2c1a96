"""The parts of the race, each with its targets. A part gives a dict that goes into the JSON file as it is."""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.racing import order  # noqa: E402

# Times gensim's speed, by what the processor can do: form of the text, then skip-gram and CBOW.
TRAINING = {"avx512": {"lists": (15, 8), "file": (17, 8)}, "avx2": {"lists": (9, 6), "file": (9, 6)}}
# The file read by `Word2Vec` against the file read by the command line.
AS_COMMAND = 1.25
FEEDING = {"English": 6, "Korean": 5, "English, interned": 3}
TURN = 0.010
COLUMN = 3
TOY, IMPORT = 3, 0.050
MEMORY, TOUCHING = 1.10, 0.02
ANALOGY_POINTS, CORRELATION = 0.5, 0.01
SIMILAR, MANY, TEXT, BINARY, ANALOGIES = 5, 30, 10, 5, 50
MODELS = {1: "skip-gram", 0: "CBOW"}


def bar(what, measured, limit, at_least=True, unit=" times"):
    """What was asked for and what came out; not measured, or not a number, is not met."""
    met = measured is not None and (measured >= limit if at_least else measured <= limit)
    return {"what": what, "measured": measured, "limit": limit, "at_least": at_least, "unit": unit, "met": bool(met)}


def ratio(rounds, slow, fast, value=lambda found: found["seconds"]):
    """How many times as long `slow` takes: the median of the ratios of each round."""
    return statistics.median(value(r[slow]) / value(r[fast]) for r in rounds)


def middle(rounds, side, value=lambda found: found["seconds"]):
    """The median over the rounds."""
    return statistics.median(value(r[side]) for r in rounds)


def in_turns(context, what, contenders, measure):
    """This many rounds, each in another order."""
    rounds = []
    for number in range(context.rounds):
        found = {"load_average": context.load_average()}
        for contender in order(tuple(contenders), number):
            found[contender] = measure(contender, number)
        rounds.append(found)
        context.say(f"{what}, round {number + 1} of {context.rounds}: " + "; ".join(f"{name} {shown(found[name])}" for name in contenders))
    return rounds


def shown(found):
    """The seconds in what a job gives, for display."""
    seconds = found.get("seconds", found.get("first", {}).get("seconds"))
    return f"{seconds:.3f} s" if seconds is not None else "done"


def train(context):
    """Lists and a file, skip-gram and CBOW; quality of what was learned; memory."""
    tasks, bars = [], []
    limits = TRAINING[context.instructions]
    for form in ("lists", "file"):
        for sg in (1, 0):
            task = train_one(context, form, sg)
            tasks.append(task)
            bars.append(bar(f"{MODELS[sg]}, {'lists of lists' if form == 'lists' else 'corpus_file'}, over gensim", task["ratio"], limits[form][1 - sg]))
            if form == "file":
                over = ratio(task["rounds"], "rapidvec", "command")
                bars.append(bar(f"{MODELS[sg]}, corpus_file, time over the command line's", over, AS_COMMAND, at_least=False))
    bars += memory_bars(tasks)
    found = quality(context, tasks)
    return {"tasks": tasks, "quality": found["means"], "bars": bars + found["bars"]} | context.settings


def train_one(context, form, sg):
    """Rounds of one form of the text and one model."""
    sides = ["gensim", "rapidvec"] + (["command"] if form == "file" else [])

    def once(side, number):
        vectors = context.work / f"{form}-{sg}-{side}-{number}.{'safetensors' if side == 'command' else 'bin'}"
        asked = context.settings | {"corpus": str(context.corpus), "form": form, "sg": sg, "seed": number + 1, "vectors": str(vectors)}
        found = command(context, asked) if side == "command" else context.run("train", side, asked)
        return found | {"vectors": str(vectors)}

    rounds = in_turns(context, f"training, {form}, {MODELS[sg]}", sides, once)
    return {"form": form, "sg": sg, "rounds": rounds, "ratio": ratio(rounds, "gensim", "rapidvec"),
            "seconds": {side: middle(rounds, side) for side in sides}}


def command(context, asked):
    """The command line with the same settings, from its first moment to its last."""
    flags = {"model": "skipgram" if asked["sg"] else "cbow", "learning-rate": 0.025, "vector-size": asked["vector_size"], "epochs": asked["epochs"],
             "min-count": asked["min_count"], "subsample": asked["sample"], "threads": asked["workers"], "seed": asked["seed"], "output": asked["vectors"]}
    parts = [part for name, value in flags.items() for part in (f"--{name}", str(value))]
    start = time.perf_counter()
    context.program("train", asked["corpus"], "--force", *parts)
    return {"seconds": time.perf_counter() - start}


def memory_bars(tasks):
    """Peak memory of the processes that trained on lists, and what it takes to touch the vectors."""
    lists = [task for task in tasks if task["form"] == "lists"]
    bars = []
    for task in lists:
        peak = ratio(task["rounds"], "rapidvec", "gensim", lambda found: found["peak_bytes"])
        bars.append(bar(f"{MODELS[task['sg']]}, lists of lists, peak memory over gensim's", peak, MEMORY, at_least=False))
    touched = [r["rapidvec"] for task in lists for r in task["rounds"] if r["rapidvec"]["touching_bytes"] is not None]
    share = statistics.median(found["touching_bytes"] / found["peak_bytes"] for found in touched) if touched else None
    bars.append(bar("memory that touching wv.vectors adds", None if share is None else 100 * share, 100 * TOUCHING, at_least=False, unit=" %"))
    return bars


def quality(context, tasks):
    """Means over the rounds, whose seeds differ: one evaluator, the same words in the same order."""
    if not context.questions:
        return {"means": [], "bars": []}
    means, bars = [], []
    for sg in (1, 0):
        mine = [task for task in tasks if task["sg"] == sg]
        names = [(task["form"], side) for task in mine for side in task["rounds"][0] if side != "load_average"]
        scores = {name: [] for name in names}
        for number in range(context.rounds):
            files = [task["rounds"][number][side]["vectors"] for task in mine for side in task["rounds"][0] if side != "load_average"]
            asked = {"files": files, "questions": str(context.questions), "pairs": str(context.pairs), "restrict": context.restrict}
            for name, found in zip(names, context.run("quality", "rapidvec", asked)["found"], strict=True):
                scores[name].append(found)
        by_name = {name: {measure: mean(found[measure] for found in each) for measure in ("analogies", "ws353")} for name, each in scores.items()}
        means += [{"sg": sg, "form": form, "side": side} | found for (form, side), found in by_name.items()]
        bars += quality_bars(sg, by_name)
    return {"means": means, "bars": bars}


def quality_bars(sg, found):
    """Lists against the command line, as the same trainer has to learn the same from both."""
    ours, theirs = found["lists", "rapidvec"], found["file", "command"]
    bars = []
    for measure, allowed, what, unit in (("analogies", ANALOGY_POINTS, "analogies", " points"), ("ws353", CORRELATION, "WS-353", "")):
        known = ours[measure] is not None and theirs[measure] is not None
        difference = ours[measure] - theirs[measure] if known else None
        bars.append(bar(f"{MODELS[sg]}, lists of lists, {what} minus the command line's", difference, -allowed, unit=unit))
    return bars


def mean(numbers):
    """The mean of those that are there."""
    known = [number for number in numbers if number is not None]
    return statistics.fmean(known) if known else None


def feed(context):
    """Counting alone."""
    texts = {"English": {"corpus": str(context.corpus)}, "English, interned": {"corpus": str(context.corpus), "interned": True}}
    if context.korean:
        texts["Korean"] = {"corpus": str(context.korean)}
    tasks, bars = [], []
    for name, text in texts.items():
        asked = text | {"min_count": context.settings["min_count"], "workers": context.settings["workers"]}
        rounds = in_turns(context, f"feeding, {name}", ("gensim", "rapidvec"), lambda side, _, asked=asked: context.run("feed", side, asked))
        task = {"text": name, "rounds": rounds, "tokens": rounds[0]["gensim"]["tokens"]}
        for time_ in ("first", "again"):
            task[time_] = ratio(rounds, "gensim", "rapidvec", lambda found, t=time_: found[t]["seconds"])
            task[f"{time_}_cpu"] = ratio(rounds, "gensim", "rapidvec", lambda found, t=time_: found[t]["cpu_seconds"])
        tasks.append(task)
        bars.append(bar(f"build_vocab, {name}, over gensim", task["first"], FEEDING[name]))
    waits = statistics.median(r["rapidvec"]["waits"]["most"] for task in tasks if task["text"] == "English" for r in task["rounds"])
    bars.append(bar("99 of 100 waits of another Python thread", 1000 * waits, 1000 * TURN, at_least=False, unit=" ms"))
    return {"tasks": tasks, "bars": bars} | context.settings


def arrow(context):
    """A column against the list that it was made of."""
    asked = {"corpus": str(context.corpus), "min_count": context.settings["min_count"], "workers": context.settings["workers"], "repeats": 3}
    rounds = in_turns(context, "Arrow", ("list", "column"), lambda side, _: best(context.run("arrow", side, asked)))
    same = all(r["list"]["model"] == r["column"]["model"] for r in rounds)
    python_bytes = max(r["column"]["python_bytes"] for r in rounds)
    over = ratio(rounds, "list", "column")
    bars = [bar("a column of lists of str, over a list of lists", over, COLUMN),
            bar("Python objects made while the column is read", python_bytes / 1e3, 100, at_least=False, unit=" kB"),
            bar("models from both that are the same to the bit", float(same), 1, unit="")]
    return {"rounds": rounds, "ratio": over, "cpu_ratio": ratio(rounds, "list", "column", lambda found: found["cpu_seconds"]), "bars": bars} | context.settings


def best(found):
    """With the least of some repeated times: each side reads the same text again and again."""
    return found | {name: min(each[name] for each in found["times"]) for name in ("seconds", "cpu_seconds")}


def toy(context):
    """Nine titles, and the import."""
    jobs = {"model of nine titles": ("toy", {"times": context.times}), "import rapidvec": ("importing", {"whole": False}),
            "import of Word2Vec": ("importing", {"whole": True})}
    tasks = []
    for name, (job, asked) in jobs.items():
        context.run(job, "rapidvec", asked), context.run(job, "gensim", asked)  # so that files are in the cache
        rounds = in_turns(context, name, ("gensim", "rapidvec"), lambda side, _, job=job, asked=asked: context.run(job, side, asked))
        tasks.append({"what": name, "rounds": rounds, "ratio": ratio(rounds, "gensim", "rapidvec", lambda found: found["cpu_seconds"]),
                      "cpu_seconds": {side: middle(rounds, side, lambda found: found["cpu_seconds"]) for side in ("gensim", "rapidvec")}})
    bars = [bar("model of nine titles, CPU, over gensim", tasks[0]["ratio"], TOY),
            bar("import rapidvec, CPU beyond NumPy's", 1000 * tasks[1]["cpu_seconds"]["rapidvec"], 1000 * IMPORT, at_least=False, unit=" ms")]
    return {"tasks": tasks, "bars": bars}


def query(context):
    """Questions, files, analogies."""
    tasks = [similar_task(context, "one", "most_similar", SIMILAR), similar_task(context, "many", f"{context.many} words at once", MANY)]
    tasks[1]["rounds"] = tasks[0]["rounds"] = rounds = similar_rounds(context)
    for task in tasks:
        task["ratio"] = ratio(rounds, "gensim", "rapidvec", lambda found, key=task["key"]: found[key])
        task["seconds"] = {side: middle(rounds, side, lambda found, key=task["key"]: found[key]) for side in ("gensim", "rapidvec")}
    tasks += load_tasks(context) + analogy_tasks(context)
    bars = [bar(f"{task['what']}, over gensim", task["ratio"], task["limit"]) for task in tasks]
    bars += [bar(f"{task['what']}: the same answers", float(task["same"]), 1, unit="") for task in tasks if "same" in task]
    return {"tasks": tasks, "words": context.many_words, "file_words": context.file_words, "bars": bars}


def similar_task(context, key, what, limit):
    return {"key": key, "what": f"{what}, {context.many_words:,} x 100", "limit": limit}


def similar_rounds(context):
    asked = {"words": context.many_words, "vector_size": 100, "times": 9, "many": context.many, "some": 100}
    return in_turns(context, "most_similar", ("gensim", "rapidvec"), lambda side, _: context.run("similar", side, asked))


def load_tasks(context):
    """Files in word2vec's two forms."""
    files = {"text": context.work / "vectors.vec", "binary": context.work / "vectors.bin"}
    context.run("prepare", "rapidvec", {"words": context.file_words, "vector_size": 100, "files": [str(path) for path in files.values()]})
    tasks = []
    for form, limit in (("text", TEXT), ("binary", BINARY)):
        asked = {"file": str(files[form]), "binary": form == "binary"}
        rounds = in_turns(context, f"load_word2vec_format, {form}", ("gensim", "rapidvec"), lambda side, _, asked=asked: context.run("load", side, asked))
        same = all(r["gensim"][name] == r["rapidvec"][name] for r in rounds for name in ("words", "sum"))
        tasks.append(task_of(f"load_word2vec_format, {form}, {context.file_words:,} x 100", rounds, limit, same))
    return tasks


def analogy_tasks(context):
    """Analogies among the most frequent words, of vectors that are trained now."""
    if not context.questions:
        return []
    trained = context.work / "questions.bin"
    context.run("train", "rapidvec", context.settings | {"corpus": str(context.corpus), "form": "file", "sg": 1, "seed": 1, "vectors": str(trained)})
    asked = {"file": str(trained), "questions": str(context.questions), "restrict": context.restrict}
    rounds = in_turns(context, "evaluate_word_analogies", ("gensim", "rapidvec"), lambda side, _: context.run("analogies", side, asked))
    same = all(r["gensim"]["counts"] == r["rapidvec"]["counts"] for r in rounds)
    return [task_of("evaluate_word_analogies", rounds, ANALOGIES, same)]


def task_of(what, rounds, limit, same):
    """A comparison of seconds."""
    return {"what": what, "rounds": rounds, "limit": limit, "same": same, "ratio": ratio(rounds, "gensim", "rapidvec"),
            "seconds": {side: middle(rounds, side) for side in ("gensim", "rapidvec")}}


PARTS = {"train": train, "feed": feed, "arrow": arrow, "toy": toy, "query": query}
