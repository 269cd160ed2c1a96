"""Tables of docs/recipe.md from what sweep.py wrote.

    python bench/recipe/table.py sweep.jsonl

For each text, size and vector size: 5 epochs at the default rate of both models, the best of the settings that were tried for each (of how many, is beside it; a
maximum over more settings is higher by chance alone), and `--recipe best`. Subsampling is 1e-4 where nothing else is said; the program's default is 1e-3.
The score is the mean of eight sets for English (x 100), WS-353 in Korean for Korean. Sets that nothing was chosen by are beside it.
"""

import json
import sys
from collections import defaultdict

CHOSEN_BY = {
    "en": ("questions-words", "ws353", "SimLex999", "MEN-TR-3k", "RW-STANFORD", "MTurk-287", "MTurk-771", "SimVerb-3500"),
    "ko": ("ws353-ko",),
}
KEPT_BACK = {"en": ("msr", "semeval17"), "ko": ()}
DEFAULT_RATE = {"cbow": 0.05, "skipgram": 0.025}


def mean(scores, sets):
    """The mean of these sets; one without a known question counts as 0."""
    return sum((scores[name][0] or 0) for name in sets) / len(sets) if sets else None


def runs(path):
    """(group, setting, weight, score, kept back, seconds) of every run and weight."""
    for line in open(path, encoding="utf-8"):
        record = json.loads(line)
        setting = record["setting"]
        language = setting["language"]
        group = (language, setting["text"], setting["tokens"], setting["size"])
        for weight, scores in record["scores"].items():
            yield (group, setting, weight, mean(scores, CHOSEN_BY[language]), mean(scores, KEPT_BACK[language]),
                   record["cpu_seconds"])


def row(name, found):
    """A line of the table: the mean over seeds of each best setting."""
    _, setting, weight, score, kept_back, seconds = found
    how = "as the recipe says" if "recipe" in setting else (
        f"rate {setting['rate']}, {setting['epochs']} epochs" + (f", subsampling {setting['sample']}" if setting["sample"] != 1e-4 else "")
        + (f", joined × {weight}" if float(weight) else ""))
    back = "" if kept_back is None else f"{kept_back:.1f}"
    return f"| {name} | {how} | {score:.1f} | {back} | {seconds:.1f} |"


def main():
    groups = defaultdict(list)
    for found in runs(sys.argv[1]):
        groups[found[0]].append(found)
    for group in sorted(groups):
        language, text, tokens, size = group
        print(f"\n**{text}, {tokens:,} tokens, {size} numbers**\n\n| settings | | score | kept back | CPU s |\n|---|---|---|---|---|")
        grid = [found for found in groups[group] if "recipe" not in found[1]]
        for model, name in (("cbow", "CBOW"), ("skipgram", "skip-gram")):
            of_model = [found for found in grid if found[1]["model"] == model]
            plain = [found for found in of_model if found[1]["epochs"] == 5 and found[1]["rate"] == DEFAULT_RATE[model]
                     and float(found[2]) == 0 and found[1]["sample"] == 1e-4 and found[1]["seed"] == 1]
            if plain:
                print(row(f"{name}, 5 epochs", plain[0]))
            if of_model:
                tried = len({json.dumps(found[1], sort_keys=True) for found in of_model})
                print(row(f"{name}, best of {tried} runs x 5 weights", max(of_model, key=lambda found: found[3])))
        for found in groups[group]:
            if "recipe" in found[1] and found[1]["seed"] == 1:
                print(row("`--recipe best`", found))


if __name__ == "__main__":
    main()
