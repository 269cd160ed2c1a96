"""The front page: one short table of speed and quality, between two markers of a README.

A row for each model and measure, a column for each system, and the ratio to gensim. What was not measured is left empty; a system or a
row without any figure is left out. Every number comes from the JSON file.
"""

from quality import SETS
from report import TRAINING, middle_seconds, shown, table
from systems import MODELS, NAMES, SYSTEMS

BEGIN, END = "<!-- peers: begin -->\n", "<!-- peers: end -->"
OVER = "over gensim"  # the column of ratios
ENGLISH = {
    "corner": "`{name}`, {tokens:.1f} M tokens", "over": "over gensim", "times": "{}x",
    "speed": "{}, M words/s", "d300": "{}, 300 dimensions, M words/s", "hs": "{}, hierarchical softmax, M words/s",
    "whole": "{}, text to saved model, s", "memory": "{}, peak memory, MB",
    "analogy": "{}, analogies, % correct", "ws353": "{}, WordSim-353, Spearman", "simlex": "{}, SimLex-999, Spearman",
    "place": "{processor}, {threads} threads",
    "day": {"speed": "training", "d300": "300 dimensions", "hs": "hierarchical softmax", "whole": "text to model", "memory": "memory",
            "quality": "quality"},
    "rounds": "medians of {} alternating rounds, 100 dimensions unless noted",
    "seeds": "quality after {epochs} epochs, mean of {seeds} seeds, analogies over the {restrict:,} most frequent words",
    "links": "Measured with `python bench/peers/race.py {name}`: [all numbers](docs/peers.md), [method](bench/peers/README.md).",
}
KOREAN = {
    "corner": "`{name}`, {myriads:,.0f}만 토큰", "over": "gensim 대비", "times": "{}배",
    "speed": "{}, 초당 백만 단어", "d300": "{}, 300차원, 초당 백만 단어", "hs": "{}, 계층적 소프트맥스, 초당 백만 단어",
    "whole": "{}, 텍스트에서 모델 저장까지, 초", "memory": "{}, 최대 메모리, MB",
    "analogy": "{}, 유추 정답률, %", "ws353": "{}, WordSim-353, 스피어만", "simlex": "{}, SimLex-999, 스피어만",
    "place": "{processor}, 스레드 {threads}개",
    "day": {"speed": "학습", "d300": "300차원", "hs": "계층적 소프트맥스", "whole": "모델 저장까지", "memory": "메모리", "quality": "품질"},
    "rounds": "번갈아 {}번 측정한 중앙값, 따로 적지 않으면 100차원",
    "seeds": "품질은 {epochs} 에폭 뒤 시드 {seeds}개의 평균, 유추는 빈도 상위 {restrict:,}개 단어 기준",
    "links": "측정 명령: `python bench/peers/race.py {name}` ([모든 수치](docs/peers.md), [방법](bench/peers/README.md)).",
}


def language_of(path):
    """The words for a README of this name."""
    return KOREAN if path.name.endswith(".ko.md") else ENGLISH


def fill(readme, result, words=ENGLISH):
    """A README with the table between its two markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README needs the lines {BEGIN.strip()} and {END} to write between")
    blocks = [whole_table(result, words), notes(result, words)]
    return f"{before}{begin}" + "\n\n".join(block for block in blocks if block) + f"\n{end}{after}"


def whole_table(result, words):
    """The table; empty where nothing was measured."""
    corpus = result["corpus"]
    found = rows(result["parts"])
    columns = columns_of(found)
    if not columns:
        return ""
    head = [words["corner"].format(name=corpus["name"], tokens=corpus["tokens"] / 1e6, myriads=corpus["tokens"] / 1e4),
            *(words["over"] if column == OVER else NAMES[column] for column in columns)]
    return table(head, [[words[measure].format(MODELS[model]), *(cell(cells.get(column), column, words) for column in columns)]
                        for measure, model, cells in found])


def cell(text, column, words):
    """A figure; a ratio with its unit."""
    return "" if text is None else f"**{words['times'].format(text)}**" if column == OVER else text


def columns_of(found):
    """The columns that some row has a figure for."""
    return [column for column in (*SYSTEMS, OVER) if any(column in cells for _, _, cells in found)]


def rows(parts):
    """What was measured: measure, model, and the figures by system."""
    found = []
    for name in TRAINING:
        found += timed(name, parts.get(name), lambda task, system: task["median"][system] / 1e6)
    found += timed("whole", parts.get("whole"), middle_seconds)
    if "memory" in parts:
        found.append(("memory", "skipgram", {system: f"{peak / 1e6:.0f}" for system, peak in parts["memory"]["peak_bytes"].items()}))
    if "quality" in parts:
        found += [(measure, model, scored(by_system, measure)) for measure in SETS for model, by_system in parts["quality"]["mean"].items()]
    return [row for row in found if row[2]]


def timed(measure, part, figure):
    """A row for each model: what each system took or reached, and how many times as fast as gensim rapidvec is."""
    return [(measure, task["model"], {system: places(figure(task, system)) for system in SYSTEMS if system in task["median"]} | ratio(task))
            for task in (part or {"tasks": []})["tasks"]]


def ratio(task):
    """The cell of the ratio, if gensim raced."""
    return {OVER: times(task["ratio"]["gensim"])} if "gensim" in task["ratio"] else {}


def scored(by_system, measure):
    """A measure of quality, where it was measured."""
    return {system: shown(scores[measure], measure) for system, scores in by_system.items() if scores.get(measure) is not None}


def places(number):
    """As many decimal places as two rounds have in common."""
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def times(ratio):
    """How many times."""
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def notes(result, words):
    """Where, when, with which versions, how many rounds and seeds."""
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
    """Machine and date; with what was measured there, if there are several."""
    found = {}
    for name, part in parts.items():
        machine = words["place"].format(processor=part["machine"]["processor"], threads=part["threads"])
        found.setdefault((machine, part["machine"]["date"]), []).append(words["day"][name])
    if len(found) == 1:
        return ", ".join(next(iter(found)))
    return "; ".join(f"{machine}, {date} ({', '.join(names)})" for (machine, date), names in found.items())


def versions(parts, found):
    """Of the systems that have a column."""
    systems = [name for name in SYSTEMS if name in columns_of(found)]
    told = {name: sorted({part["versions"][name] for part in parts.values() if name in part["versions"]}) for name in systems}
    return ", ".join(f"{NAMES[name]} {'/'.join(numbers)}" for name, numbers in told.items() if numbers)


def headline(result):
    """How many times as fast as gensim each model trains, as in the table; a README's first sentence repeats it."""
    return [times(task["ratio"]["gensim"]) for task in result["parts"]["speed"]["tasks"] if "gensim" in task["ratio"]]
