"""The tables, as Markdown, from the numbers as they are in the JSON file."""

from measuring import bar_text
from quality import ANALOGIES
from systems import MODELS, NAMES, SYSTEMS

MEASURES = {"analogy": "Google's analogies, %", "msr": "MSR's analogies, %", "ws353": "WS-353", "simlex": "SimLex-999", "men": "MEN",
            "mturk": "MTurk-287", "rare": "Rare Words"}
TRAINING = {"speed": "", "d300": ", 300 dimensions", "hs": ", hierarchical softmax"}


def markdown(result):
    """Every table that has figures."""
    parts = result["parts"]
    blocks = ["# Training speed and quality", heading(result), drawing(parts), training(parts), whole(parts.get("whole")),
              memory(parts.get("memory")), scaling(parts.get("scaling")), quality(parts.get("quality")), large(parts.get("large")), bars(parts)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def heading(result):
    """Where and when, and on what."""
    corpus = result["corpus"]
    lines = [f"`{corpus['name']}`: {corpus['tokens']:,} tokens, {corpus['vocabulary']:,} words seen at least 5 times. Window 5, 5 negatives, "
             f"subsampling 1e-4; each system runs in its own process, in alternating rounds."]
    where, who = {}, {"rapidvec"}.union(*map(raced, result["parts"].values()))
    for name, part in result["parts"].items():
        where.setdefault(place(part, who), []).append(name)
    for text, names in where.items():
        lines.append(text if len(where) == 1 else f"{', '.join(names)}: {text}")
    return "\n".join(lines)


def drawing(parts):
    """The picture of training speed, if it was measured."""
    tasks = [task for name in TRAINING if name in parts for task in parts[name]["tasks"]]
    names = ", ".join(NAMES[name] for name in present(tasks))
    return f"![Training speed in words per second: {names}](peers.svg)" if names else ""


def raced(part):
    """The systems with a figure in a part: an installed peer may not have run."""
    by_task = (set(task["median"]) for task in part.get("tasks", []))
    by_model = (set(by_system) for by_system in part.get("mean", {}).values())
    return set(part.get("peak_bytes", {})).union(*by_task, *by_model)


def place(part, who):
    """Machine and date of a part, and the versions of the systems in `who`."""
    about = part["machine"]
    versions = {name: version for name, version in part["versions"].items() if name in who or name not in SYSTEMS}
    named = ", ".join(f"{NAMES.get(name, name.capitalize() if name == 'python' else 'NumPy')} {version}"
                      for name, version in versions.items())
    return f"{about['processor']}, {part['threads']} threads on {about['cores']} cores, {about['system']}, {about['date']}; {named}."


def table(head, rows):
    """A table; numbers to the right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def present(tasks):
    """The systems that raced, in their order."""
    return [name for name in SYSTEMS if any(name in task["median"] for task in tasks)]


def times(task, peer):
    """How many times faster than a peer."""
    ratio = task["ratio"].get(peer)
    return "" if ratio is None else f"{ratio:.1f} x"


def training(parts):
    """Training alone."""
    rows = [(MODELS[task["model"]] + suffix, task) for name, suffix in TRAINING.items() if name in parts
            for task in parts[name]["tasks"]]
    if not rows:
        return ""
    names = present([task for _, task in rows])
    peers = [name for name in names if name != "rapidvec"]
    head = ["training alone, M words/s", *(NAMES[name] for name in names), *(f"over {NAMES[name]}" for name in peers)]
    return table(head, [[title, *(f"{task['median'][name] / 1e6:.2f}" if name in task["median"] else "" for name in names),
                         *(times(task, peer) for peer in peers)] for title, task in rows])


def whole(part):
    """From text to saved model."""
    if not part:
        return ""
    names = present(part["tasks"])
    peers = [name for name in names if name != "rapidvec"]
    head = ["one epoch, text to saved model, s", *(NAMES[name] for name in names), *(f"over {NAMES[name]}" for name in peers)]
    rows = [[MODELS[task["model"]], *(f"{middle_seconds(task, name):.2f}" for name in names), *(times(task, peer) for peer in peers)]
            for task in part["tasks"]]
    counting = part["counting"]["tokens_per_second"] / 1e6
    return table(head, rows) + f"\n\nCounting and encoding alone: {counting:.1f} M tokens/s."


def middle_seconds(task, name):
    """The seconds of the run whose speed is the median."""
    seconds = sorted(r[name]["whole_seconds"] for r in task["rounds"])
    middle = len(seconds) // 2
    return seconds[middle] if len(seconds) % 2 else (seconds[middle - 1] + seconds[middle]) / 2


def memory(part):
    """Peak memory."""
    if not part:
        return ""
    names = [name for name in SYSTEMS if name in part["peak_bytes"]]
    needed = part["needed_bytes"]
    rows = [["SkipGram", *(f"{part['peak_bytes'][name] / 1e6:.0f}" for name in names)]]
    what = " + ".join(f"{name} {needed[key] / 1e6:.1f}" for key, name in
                      (("matrix", "matrices"), ("id", "ids of 4 bytes"), ("vocabulary", "vocabulary")))
    return (table(["peak memory, text to saved model, MB", *(NAMES[name] for name in names)], rows)
            + f"\n\nFor comparison: {what} = {sum(needed.values()) / 1e6:.1f} MB. (rapidvec pads rows to whole cache lines and "
            "packs ids into 2 or 3 bytes.)")


def scaling(part):
    """Threads."""
    if not part:
        return ""
    many = next(name for name in part["tasks"][0]["median"] if name != "1 thread")
    rows = [[MODELS[task["model"]], f"{task['median']['1 thread'] / 1e6:.2f}", f"{task['median'][many] / 1e6:.2f}",
             f"{task['ratio']['1 thread']:.2f} x"] for task in part["tasks"]]
    return table(["rapidvec, training alone, M words/s", "1 thread", many, "ratio"], rows)


def quality(part):
    """Quality of the vectors."""
    if not part:
        return ""
    measures = [name for name in MEASURES if any(name in scores for by_system in part["mean"].values() for scores in by_system.values())]
    head = [f"after {part['epochs']} epochs, mean of {part['seeds']} seeds", *(MEASURES[measure] for measure in measures)]
    rows = [[f"{MODELS[model]}, {NAMES[system]}", *(shown(scores.get(measure), measure) for measure in measures)]
            for model, by_system in part["mean"].items() for system, scores in by_system.items()]
    return (table(head, rows) + f"\n\nAnalogies over the {part['restrict']:,} most frequent words, pairs (Spearman) over all "
            f"{part['words']:,}; the same words in the same order for all.")


def shown(score, measure):
    """A score with its significant decimal places."""
    return "-" if score is None else f"{score:.1f}" if measure in ANALOGIES else f"{score:.3f}"


def large(part):
    """A large vocabulary."""
    if not part:
        return ""
    peak, needed = part["whole"]["peak_bytes"], sum(part["needed_bytes"].values())
    return (f"{part['words']:,} words, {part['tokens']:,} tokens generated by Zipf's law, SkipGram: "
            f"{part['trained_words_per_second_a_core'] / 1e6:.2f} M words per second and core after subsampling; peak memory "
            f"{peak / 1e6:.0f} MB; matrices, ids of 4 bytes and vocabulary: {needed / 1e6:.0f} MB.")


def bars(parts):
    """Every bar."""
    lines = [f"- {'met' if found['met'] else '**missed**'}: {bar_text(found)}" for part in parts.values() for found in part["bars"]]
    return "Targets:\n\n" + "\n".join(lines) if lines else ""
