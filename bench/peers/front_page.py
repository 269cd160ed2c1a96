"""The front page: the picture and one short table of speed and quality, between two marks of a README.

A column for each model and system, a row for each thing that was measured. What was not measured is left empty; a system, a row or
a model of which nothing was measured is left out. All of it comes from the numbers as they are in the JSON file.
"""

from quality import SETS
from report import TRAINING, middle_seconds, shown, table
from systems import MODELS, NAMES, SYSTEMS

BEGIN, END = "<!-- peers: begin -->\n", "<!-- peers: end -->"
OVER = "over gensim"  # the column of ratios
ENGLISH = {
    "corner": "`{name}`, {tokens:.1f} M words", "over": "over gensim", "times": "{} times",
    "speed": "training alone, M words/s", "d300": "training, vectors of 300 numbers", "hs": "training, hierarchical softmax",
    "whole": "one epoch, text to saved model, s", "memory": "peak memory, MB",
    "analogy": "analogies answered right, %", "ws353": "WordSim-353, Spearman", "simlex": "SimLex-999, Spearman",
    "picture": "Words a second in training: {}", "place": "{processor}, {threads} threads",
    "day": {"speed": "training", "d300": "300 numbers", "hs": "hierarchical softmax", "whole": "text to model", "memory": "memory",
            "quality": "quality"},
    "rounds": "medians of {} rounds in turns, vectors of 100 numbers where no other size is named",
    "seeds": "quality after {epochs} epochs, mean of {seeds} seeds, analogies among the {restrict:,} most frequent words",
    "links": "Measured by `python bench/peers/race.py {name}`: [all numbers](docs/peers.md), [how](bench/peers/README.md).",
}
KOREAN = {
    "corner": "`{name}`, {myriads:,.0f}만 단어", "over": "gensim의", "times": "{}배",
    "speed": "학습만, 초당 백만 단어", "d300": "학습, 벡터 크기 300", "hs": "학습, 계층적 소프트맥스",
    "whole": "텍스트에서 모델 저장까지 1 에폭, 초", "memory": "최대 메모리, MB",
    "analogy": "유추 정답률, %", "ws353": "WordSim-353, 스피어만", "simlex": "SimLex-999, 스피어만",
    "picture": "초당 학습한 단어 수: {}", "place": "{processor}, 스레드 {threads}개",
    "day": {"speed": "학습", "d300": "벡터 크기 300", "hs": "계층적 소프트맥스", "whole": "모델 저장까지", "memory": "메모리", "quality": "품질"},
    "rounds": "번갈아 {}번 잰 중앙값, 따로 적지 않으면 벡터 크기 100",
    "seeds": "품질은 {epochs} 에폭 뒤 시드 {seeds}개의 평균, 유추는 가장 흔한 단어 {restrict:,}개 안에서",
    "links": "재는 명령: `python bench/peers/race.py {name}` ([모든 수치](docs/peers.md), [방법](bench/peers/README.md)).",
}


def language_of(path):
    """The words for a README of this name."""
    return KOREAN if path.name.endswith(".ko.md") else ENGLISH


def fill(readme, result, words=ENGLISH):
    """A README with picture and table between its two marks."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README has no lines {BEGIN.strip()} and {END} to write between")
    blocks = [picture(result["parts"], words), whole_table(result, words), notes(result, words)]
    return f"{before}{begin}" + "\n\n".join(block for block in blocks if block) + f"\n{end}{after}"


def picture(parts, words):
    """The picture of training speed, if it was measured."""
    names = [NAMES[name] for name in SYSTEMS if any(name in task["median"] for part in TRAINING if part in parts
                                                    for task in parts[part]["tasks"])]
    return f"![{words['picture'].format(', '.join(names))}](docs/peers.svg)" if names else ""


def whole_table(result, words):
    """The table; empty where nothing was measured."""
    parts, corpus = result["parts"], result["corpus"]
    found = rows(parts)
    columns = columns_of(found)
    if not columns:
        return ""
    head = [words["corner"].format(name=corpus["name"], tokens=corpus["tokens"] / 1e6, myriads=corpus["tokens"] / 1e4),
            *(f"{MODELS[model]}, {words['over'] if system == OVER else NAMES[system]}" for model, system in columns)]
    return table(head, [[words[what], *(cell(cells.get(column), column, words) for column in columns)] for what, cells in found])


def cell(text, column, words):
    """A figure; a ratio with its word."""
    return "" if text is None else f"**{words['times'].format(text)}**" if column[1] == OVER else text


def columns_of(found):
    """The columns that some row has something for."""
    return [(model, system) for model in MODELS for system in (*SYSTEMS, OVER) if any((model, system) in cells for _, cells in found)]


def rows(parts):
    """Names of rows, and their figures by (model, system)."""
    found = [(name, timed(parts[name]["tasks"], lambda task, system: task["median"][system] / 1e6)) for name in TRAINING if name in parts]
    if "whole" in parts:
        found.append(("whole", timed(parts["whole"]["tasks"], middle_seconds)))
    if "memory" in parts:
        peaks = parts["memory"]["peak_bytes"]
        found.append(("memory", {("skipgram", system): f"{peak / 1e6:.0f}" for system, peak in peaks.items()}))
    if "quality" in parts:
        found += [(measure, scored(parts["quality"]["mean"], measure)) for measure in SETS]
    return [(what, cells) for what, cells in found if cells]


def timed(tasks, figure):
    """What each system took or reached, and how many times as fast as gensim rapidvec is."""
    cells = {(task["model"], system): places(figure(task, system)) for task in tasks for system in SYSTEMS if system in task["median"]}
    return cells | {(task["model"], OVER): times(task["ratio"]["gensim"]) for task in tasks if "gensim" in task["ratio"]}


def scored(means, measure):
    """A measure of quality, where it was measured."""
    return {(model, system): shown(scores[measure], measure) for model, by_system in means.items()
            for system, scores in by_system.items() if scores.get(measure) is not None}


def places(number):
    """As many places as two rounds have in common."""
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def times(ratio):
    """How many times."""
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def notes(result, words):
    """Where, when, by which versions, how often, and of how many seeds."""
    found = rows(result["parts"])
    if not found:
        return ""
    shown_parts = {name: part for name, part in result["parts"].items() if name in words["day"]}
    sentences = [where(shown_parts, words), versions(shown_parts, found)]
    counts = sorted({len(task["rounds"]) for part in shown_parts.values() for task in part.get("tasks", [])})
    if counts:
        sentences.append(words["rounds"].format("/".join(map(str, counts))))
    if "quality" in shown_parts:
        sentences.append(words["seeds"].format(**shown_parts["quality"]))
    return "; ".join(sentences) + ".\n" + words["links"].format(name=result["corpus"]["name"])


def where(parts, words):
    """Machine and date; with what was measured on it where there are several."""
    found = {}
    for name, part in parts.items():
        machine = words["place"].format(processor=part["machine"]["processor"], threads=part["threads"])
        found.setdefault((machine, part["machine"]["date"]), []).append(words["day"][name])
    if len(found) == 1:
        return ", ".join(next(iter(found)))
    return "; ".join(f"{machine}, {date} ({', '.join(names)})" for (machine, date), names in found.items())


def versions(parts, found):
    """Of the systems that have a column."""
    systems = [name for name in SYSTEMS if any(name == system for _, system in columns_of(found))]
    told = {name: sorted({part["versions"][name] for part in parts.values() if name in part["versions"]}) for name in systems}
    return ", ".join(f"{NAMES[name]} {'/'.join(numbers)}" for name, numbers in told.items() if numbers)


def headline(result):
    """How many times as fast as gensim each model is trained, as the table writes it; a README's first sentence says so too."""
    cells = timed(result["parts"]["speed"]["tasks"], lambda task, system: task["median"][system])
    return [text for (_, system), text in cells.items() if system == OVER]
