"""What notebooks show: whole, escaped, small, without colours that a page could hide."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import rapidvec
from rapidvec import html
from rapidvec.training import Loss

SENTENCES = [["the", "king", "rules"], ["the", "queen", "rules"]] * 200


@pytest.fixture(scope="module")
def trained():
    return rapidvec.train(SENTENCES, vector_size=8, epochs=3, subsample=0, threads=1, valid=SENTENCES[:100])


def texts(source):
    """The texts of a piece, which must be well-formed."""
    return [text for text in ElementTree.fromstring(source).itertext() if text.strip()]


def vectors(words, size=3, counts=None):
    numbers = np.random.default_rng(0).normal(size=(len(words), size))
    return rapidvec.Vectors.from_arrays(words, numbers, counts)


def test_a_model_shows_settings_losses_and_a_map(trained):
    source = trained._repr_html_()
    shown = texts(source)
    assert shown[0] == "cbow, 4 words x 8"
    assert shown[shown.index("epochs") + 1] == "3"
    assert shown[shown.index("text") + 1] == "1,200 words"
    assert shown[shown.index("dynamic window") + 1] == "yes"
    assert {"loss", "held-out text", "3,600 words", "king", "queen"} <= set(shown)
    assert source.count("held-out ") == 3 + 1  # a point for each epoch


def test_losses_are_drawn_from_left_to_right(trained):
    path = re.search(r'<path d="(M[^"]*)" fill="none" stroke="#', html.model(trained)).group(1)
    across = [float(point.split()[0]) for point in re.split("[ML]", path)[1:]]
    assert len(across) > 2
    assert across == sorted(across)


def test_vectors_show_size_counts_and_a_map():
    shown = texts(vectors(["the", "king", "queen"], counts=[2000, 20, 10])._repr_html_())
    assert shown[0] == "3 words x 3"
    assert shown[shown.index("memory") + 1] == "0.0 MB as float32"
    assert shown[shown.index("the") + 1] == "2,000"
    assert "first words" in texts(vectors(["the", "king", "queen"])._repr_html_())


def test_neighbours_have_a_bar_each():
    piece = html.neighbours([("queen", 0.75), ("anti", -0.5), ("odd", float("nan"))])
    assert repr(piece) == "<rapidvec.html.HTML: 3 rows>"
    assert piece._repr_html_() == str(piece)
    assert texts(str(piece)) == ["queen", "0.750", "anti", "-0.500", "odd", "nan"]
    assert re.findall(r"width:(\d+)px;background:(#\w+)", str(piece)) == [("75", html._BLUE), ("50", html._ORANGE)]


def test_neighbours_of_several_words_have_titles():
    piece = html.neighbours({"king": [("queen", 0.7)], "car": [("bus", 0.6)]})
    assert texts(str(piece)) == ["king", "queen", "0.700", "car", "bus", "0.600"]


@pytest.mark.parametrize("word", ["<script>alert(1)</script>", '"><img src=x>', "&amp;", "a\u202eb", "\x01", "\u2028", "x" * 10_000])
def test_words_are_escaped_and_cut(word):
    own = vectors([word, "b", "c", "d"])
    for source in (own._repr_html_(), str(html.neighbours([(word, 1.0)])), str(html.neighbours({word: []}))):
        shown = texts(source)
        assert "<script" not in source and "<img" not in source and "\u202e" not in source
        assert max(map(len, shown), default=0) <= 60
    assert texts(str(html.neighbours([("<b>", 1.0)])))[0] == "<b>"


def test_size_is_bounded():
    words = ["<\u1112>&\"'" * 50 + str(place) for place in range(300)]
    own = vectors(words, size=50, counts=range(300, 0, -1))
    model = ManyLosses(own)
    rows = html.neighbours({f"{'&' * 30}{place}": [(word, 0.5) for word in words] for place in range(100)})
    assert len(html.vectors(own).encode()) < 60_000
    assert len(html.model(model).encode()) < 60_000
    texts(html.model(model))
    texts(str(rows))


class ManyLosses:
    """What `html.model` reads of a model, as large as it gets."""

    def __init__(self, own):
        self.vectors = own
        self.settings = {f"<setting> {place}": "&" * 1000 for place in range(500)}
        self.losses = [Loss(epoch, block, block * 10, 1 / (epoch + block), 9, 0.1, 1.0) for epoch in range(1, 51) for block in range(1, 101)]
        self.held_out = {epoch: 1 / epoch for epoch in range(1, 51)}

    def __len__(self):
        return len(self.vectors)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [(["a"], [[1.0]]), (["a", "b", "c"], [[1.0], [2.0], [3.0]]), (["a", "b", "c"], np.zeros((3, 2))), (["a", "b", "c"], np.ones((3, 2)))],
)
def test_degenerate_vectors_are_shown(words, numbers):
    source = rapidvec.Vectors.from_arrays(words, numbers)._repr_html_()
    texts(source)
    assert "nan" not in source


@pytest.mark.parametrize("losses", [[], [float("nan")] * 3, [1.0], [2.0, 2.0, float("inf")]])
def test_losses_that_cannot_be_drawn_leave_the_rest(losses):
    model = ManyLosses(vectors(["a", "b", "c"]))
    model.losses = [Loss(1, place + 1, place + 1, loss, 1, 0.1, 1.0) for place, loss in enumerate(losses)]
    source = html.model(model)
    texts(source)
    assert "nan" not in source and "inf" not in source


def test_text_has_the_colour_of_the_page(trained):
    """A colour that is neither the page's nor visible on both light and dark pages would be a mistake."""
    source = trained._repr_html_() + trained.vectors._repr_html_() + str(html.neighbours([("a", 0.1), ("b", -0.1)]))
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", source)) <= {html._BLUE, html._ORANGE}
    for colour in (html._BLUE, html._ORANGE):
        assert min(contrast(colour, "#ffffff"), contrast(colour, "#111111")) > 3


def contrast(one, other):
    """By WCAG 2: (lighter + .05) / (darker + .05) of the relative luminances."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_documented_examples_run():
    import doctest

    assert doctest.testmod(html).failed == 0
