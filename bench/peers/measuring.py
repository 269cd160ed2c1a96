"""Rounds, medians, ratios, bars; and a journal, so that an interrupted race can continue."""

import json
import math
import statistics
from pathlib import Path

from common import machine
from common.racing import order


class Journal:
    """Keeps every single measurement as soon as it is made. Those of earlier races are taken up only with `resume`; within a race a
    measurement that two parts share is made once."""

    def __init__(self, path, resume):
        self.path, self.found = Path(path), {}
        if resume and self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    entry = json.loads(line)
                    self.found[entry["key"]] = entry["value"]
                except (ValueError, KeyError, TypeError):
                    continue  # the last line may have been cut off

    def measure(self, key, function, valid=lambda value: True):
        """What `function` gives, or what it gave under this key; `valid` says whether that can still be used."""
        key = json.dumps(key, sort_keys=True)
        if key not in self.found or not valid(self.found[key]):
            self.found[key] = function()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "a", encoding="utf-8") as out:
                out.write(json.dumps({"key": key, "value": self.found[key]}) + "\n")
        return self.found[key]


def rounds(contenders, count, measure, say):
    """`count` rounds of all contenders, each round in another order: `measure(contender, round)` gives a dict with
    `words_per_second`."""
    found = []
    for number in range(count):
        result = {"order": list(order(contenders, number)), "load_average": machine.load_average()}
        for contender in result["order"]:
            result[contender] = measure(contender, number)
            say(f"round {number + 1}: {contender} {result[contender]['words_per_second'] / 1e6:.3f} M words/s")
        found.append(result)
    return found


def summary(found, ours="rapidvec"):
    """Medians of the rounds; ratios of ours to each other contender, formed within a round."""
    contenders = found[0]["order"]
    speed = {name: [r[name]["words_per_second"] for r in found] for name in contenders}
    ratios = {name: statistics.median(a / b for a, b in zip(speed[ours], speed[name]))
              for name in contenders if name != ours and ours in speed}
    return {"median": {name: statistics.median(values) for name, values in speed.items()}, "ratio": ratios}


def bar(what, measured, limit, at_least=True, unit=""):
    """What was asked for and what came out. Not measured, or not a number, is not met."""
    known = measured is not None and not math.isnan(measured)
    met = known and (measured >= limit if at_least else measured <= limit)
    return {"what": what, "measured": measured if known else None, "limit": limit, "at_least": at_least, "unit": unit, "met": met}


def bar_text(found):
    """A bar in a line."""
    measured = "not measured" if found["measured"] is None else f"{found['measured']:.4g}{found['unit']}"
    side = "at least" if found["at_least"] else "at most"
    return f"{found['what']}: {measured} ({side} {found['limit']:.4g}{found['unit']})"


def mean(numbers):
    """The mean of those that are there; None of none."""
    known = [number for number in numbers if number is not None]
    return statistics.fmean(known) if known else None
