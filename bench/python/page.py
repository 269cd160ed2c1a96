"""The page, as Markdown, from the numbers as they are in the JSON file."""

MODELS = {1: "skip-gram", 0: "CBOW"}
FORMS = {"lists": "lists of lists", "file": "`corpus_file`"}
SIDES = {"gensim": "gensim", "rapidvec": "rapidvec", "command": "`rapidvec train`"}
INSTRUCTIONS = {"avx512": "AVX-512", "avx2": "no AVX-512"}


def markdown(result):
    """Every table that has figures."""
    head = ("# Speed of the Python package\n\n"
            "Written by `python bench/python/race.py all TEXT`; [bench/README.md](../bench/README.md) says what is compared. Both sides run the same lines and\n"
            "differ in the import. Each runs in its own process, in turns; ratios are formed within a round, and medians are shown. Times are those of a wall\n"
            "clock where nothing else is said.")
    shown = [write(result[name]) for name, write in WRITERS.items() if name in result]
    return "\n\n".join([head, *shown, bars(result)]) + "\n"


def place(part):
    """Machine, date and versions of a part."""
    about, versions = part["machine"], part["versions"]
    named = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    load = f", load average before it {about['load_average'][0]:g}" if about.get("load_average") else ""
    return (f"{about['processor']} ({INSTRUCTIONS[about['instructions']]}), {about['cores']} cores, {about['system']}, {about['date']}{load}; {named}; "
            f"{part['rounds_run']} {'round' if part['rounds_run'] == 1 else 'rounds'}.")


def table(head, rows):
    """A table; numbers to the right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def number(value, digits=3):
    """This many significant digits, without an exponent."""
    return "" if value is None else f"{value:.{digits}g}" if value < 10 ** digits else f"{value:,.0f}"


def times(value):
    return f"{value:.1f}"


def train(part):
    """Training, its memory and its quality."""
    rows = [[f"{MODELS[task['sg']]}, {FORMS[task['form']]}", *(number(task["seconds"].get(side)) for side in SIDES), times(task["ratio"]),
             times(median(r["gensim"]["cpu_seconds"] / r["rapidvec"]["cpu_seconds"] for r in task["rounds"]))] for task in part["tasks"]]
    first = table(["constructor to usable `wv`, s", *SIDES.values(), "over gensim", "CPU, over gensim"], rows)
    blocks = ["## Training", place(part), f"`{part['text']['name']}`: {part['epochs']} epochs, {part['vector_size']} dimensions, {part['workers']} workers, subsampling {part['sample']:g}, "
              f"minimum count {part['min_count']}. The time of `rapidvec train` is that of the whole command, from its start to the saved model.", first, memory(part)]
    if part["quality"]:
        blocks += [scores(part["quality"], part["rounds_run"])]
    return "\n\n".join(blocks)


def memory(part):
    """Peak memory of training on lists."""
    rows = []
    for task in part["tasks"]:
        if task["form"] == "lists":
            found = {side: [r[side] for r in task["rounds"]] for side in ("gensim", "rapidvec")}
            peaks = [median(each["peak_bytes"] for each in found[side]) / 1e6 for side in found]
            before = median(each["before_bytes"] for each in found["rapidvec"]) / 1e6
            touching = median(each["touching_bytes"] or 0 for each in found["rapidvec"]) / 1e6
            rows.append([f"{MODELS[task['sg']]}, lists of lists", f"{before:,.0f}", *(f"{peak:,.0f}" for peak in peaks), f"{touching:.1f}"])
    return table(["peak memory, MB", "with the list alone", "gensim", "rapidvec", "added by touching `wv.vectors`"], rows)


def median(numbers):
    """The middle one."""
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2]


def scores(means, rounds):
    """Quality."""
    rows = [[f"{MODELS[each['sg']]}, {FORMS[each['form']]}, {SIDES[each['side']]}", f"{each['analogies']:.1f}", f"{each['ws353']:.3f}"] for each in means]
    return table([f"mean of {rounds} seeds", "Google's analogies, %", "WS-353"], rows)


def feed(part):
    """Counting alone."""
    rows = []
    for task in part["tasks"]:
        nanoseconds = [median(r[side][when]["seconds"] for r in task["rounds"]) / task["tokens"] * 1e9
                       for side in ("gensim", "rapidvec") for when in ("first", "again")]
        rows.append([f"{task['text']}, {task['tokens'] / 1e6:.1f} M tokens", *(f"{each:.0f}" for each in nanoseconds), times(task["first"]), times(task["again"])])
    waits = [r["rapidvec"]["waits"] for task in part["tasks"] if task["text"] == "English" for r in task["rounds"]]
    said = ", ".join(f"{name} {1000 * median(each[key] for each in waits):.1f} ms" for name, key in (("half of them at most", "middle"), ("99 of 100", "most"),
                                                                                            ("the longest", "longest")))
    head = ["`build_vocab` of a list of lists, ns a token", "gensim", "again", "rapidvec", "again", "over gensim", "again"]
    return "\n\n".join(["## Feeding", place(part), table(head, rows), "Reading for the first time, Python makes and keeps the UTF-8 form of each `str` that is not ASCII.",
                        f"Waits of another Python thread while a list is read: {said}."])


def arrow(part):
    """A column against a list."""
    sides = {"list": "list of lists", "column": "pyarrow column"}
    rows = [[name, *(f"{median(r[side][key] for r in part['rounds']) / part['rounds'][0][side]['tokens'] * 1e9:.1f}" for key in ("seconds", "cpu_seconds")),
             f"{median(r[side]['python_bytes'] for r in part['rounds']) / 1e3:,.0f}"] for side, name in sides.items()]
    text = f"The column is read {part['ratio']:.1f} times as fast (CPU: {part['cpu_ratio']:.1f} times), on {part['workers']} threads."
    return "\n\n".join(["## Columns of lists", place(part), table(["reading and choosing words", "ns a token", "CPU, ns a token", "Python objects, kB"], rows), text])


def toy(part):
    """Small models and the import."""
    rows = [[task["what"], *(number(1000 * task["cpu_seconds"][side]) for side in ("gensim", "rapidvec")), times(task["ratio"])] for task in part["tasks"]]
    return "\n\n".join(["## Small models, import", place(part), table(["CPU, ms", "gensim", "rapidvec", "over gensim"], rows),
                        "The imports are those beyond NumPy's own; gensim's are of `gensim.models`."])


def query(part):
    """Questions and files."""
    rows = [[task["what"], *(number(1000 * task["seconds"][side]) for side in ("gensim", "rapidvec")), times(task["ratio"])] for task in part["tasks"]]
    return "\n\n".join(["## Questions and files", place(part), table(["ms", "gensim", "rapidvec", "over gensim"], rows),
                        "Words at once are asked of `rapidvec.Vectors`, and of gensim one after the other (100 of them are timed)."])


WRITERS = {"train": train, "feed": feed, "arrow": arrow, "toy": toy, "query": query}


def bar_text(found):
    """A target in a line."""
    measured = "not measured" if found["measured"] is None else f"{found['measured']:.4g}{found['unit']}"
    return f"{found['what']}: {measured} ({'at least' if found['at_least'] else 'at most'} {found['limit']:.4g}{found['unit']})"


def bars(result):
    """Every target."""
    lines = [f"- {'met' if found['met'] else '**missed**'}: {bar_text(found)}" for name in WRITERS if name in result for found in result[name]["bars"]]
    return "## Targets\n\n" + "\n".join(lines)
