"""A picture of training speed: a bar for each system, in groups; readable on light and on dark pages.

Colours are style rules that follow the reader's colour scheme; the background is the page's own.
"""

from xml.sax.saxutils import escape

from report import TRAINING, present
from systems import MODELS, NAMES

WIDTH, LEFT, RIGHT = 900, 260, 120
TOP, BAR, GAP, GROUP_GAP = 70, 18, 3, 16
STYLE = """
text { font: 14px "DejaVu Sans", Verdana, Arial, sans-serif; fill: #24292f }
.title { font-size: 17px; font-weight: bold } .small { font-size: 12px; fill: #57606a }
.gensim { fill: #9aa5b1 } .fasttext { fill: #6c8ebf } .rapidvec { fill: #d9480f } .axis { stroke: #8c959f }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #9da7b3 }
.gensim { fill: #768390 } .fasttext { fill: #6ca0e8 } .rapidvec { fill: #ff8f4c } .axis { stroke: #768390 }
}
""".strip()


def picture(result):
    """The SVG; empty where there is nothing to show."""
    tasks = [(MODELS[task["model"]] + suffix, task) for name, suffix in TRAINING.items() if name in result["parts"]
             for task in result["parts"][name]["tasks"]]
    if not tasks:
        return ""
    names = present([task for _, task in tasks])
    fastest = max(speed for _, task in tasks for speed in task["median"].values())
    scale = (WIDTH - LEFT - RIGHT) / fastest
    shapes, y = [], TOP
    for title, task in tasks:
        shapes.append(group(title, task, names, y, scale))
        y += len(names) * (BAR + GAP) + GROUP_GAP
    part = next(result["parts"][name] for name in TRAINING if name in result["parts"])
    about = f"{part['machine']['processor']}, {part['threads']} threads, {part['machine']['date']}; {result['corpus']['name']}, " \
            "100 dimensions unless noted"
    head = [text(20, 28, "Training alone, million words per second (more is better)", "title"), text(20, 50, about, "small"),
            f'<line class="axis" x1="{LEFT}" y1="{TOP - 6}" x2="{LEFT}" y2="{y - GROUP_GAP + 4}"/>']
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 8}" viewBox="0 0 {WIDTH} {y + 8}" '
                      f'role="img" aria-label="Training speed of {escape(", ".join(NAMES[name] for name in names))}">',
                      f"<style>{STYLE}</style>", *head, *shapes, "</svg>"]) + "\n"


def group(title, task, names, y, scale):
    """The bars of a task."""
    shapes = [text(20, y + len(names) * (BAR + GAP) / 2 + 4, title)]
    for number, name in enumerate(names):
        if name not in task["median"]:
            continue
        at, speed = y + number * (BAR + GAP), task["median"][name]
        shapes.append(f'<rect class="{name}" x="{LEFT}" y="{at}" width="{max(speed * scale, 1):.1f}" height="{BAR}" rx="2"/>')
        shapes.append(text(LEFT + speed * scale + 6, at + BAR - 4, f"{NAMES[name]} {speed / 1e6:.2f}", "small"))
    return "\n".join(shapes)


def text(x, y, words, kind=None):
    """A line of text."""
    return f'<text{f" class={chr(34)}{kind}{chr(34)}" if kind else ""} x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
