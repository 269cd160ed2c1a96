"""Outcomes of a program's tests, with gensim and with rapidvec, and the table of them."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass


@dataclass
class Outcomes:
    """What each test did; `own` says whether the tests are the program's."""

    name: str
    version: str
    gensim: dict
    rapidvec: dict
    own: bool = True

    def lost(self):
        """Tests that pass with gensim and do not pass with rapidvec."""
        return sorted(test for test, outcome in self.gensim.items() if outcome == "passed" and self.rapidvec.get(test) != "passed")


def read_outcomes(path):
    """The outcomes in a file that pytest wrote with `--junitxml`, by test."""
    outcomes = {}
    for case in ElementTree.parse(path).iter("testcase"):
        name = "::".join(filter(None, [case.get("classname"), case.get("name")]))
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        # A test that passes and whose clean-up fails is there twice.
        outcomes[name] = "failed" if outcomes.get(name) == "failed" else outcome
    return outcomes


def counted(outcomes):
    """`12 passed, 1 failed`."""
    counts = Counter(outcomes.values())
    return ", ".join(f"{counts[kind]} {kind}" for kind in ("passed", "failed", "skipped") if counts[kind] or kind == "passed")


def table(results):
    """The results in Markdown, and the tests that only pass with gensim."""
    lines = ["| program | tests with gensim | with rapidvec | pass with gensim only |", "|---|---|---|---:|"]
    for result in results:
        name = f"{result.name} {result.version}" + ("" if result.own else " (our tests)")
        lines.append(f"| {name} | {counted(result.gensim)} | {counted(result.rapidvec)} | {len(result.lost())} |")
    lost = [f"- {result.name}: `{test}`" for result in results for test in result.lost()]
    return "\n".join([*lines, *(["", "Only with gensim:", "", *lost] if lost else [])]) + "\n"
