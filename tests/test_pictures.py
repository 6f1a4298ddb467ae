"""The pictures: each shows the numbers it was given, keeps to its axes and its paper, and no words overlap."""

import re

import numpy as np
import pytest

from autograd import ArgumentError, Value, draw, log
from demos import pictures
from demos.pictures import Plane
from demos.pictures.decisions import TINTS
from demos.pictures.paper import CLASSES
from nets import MLP, SGD, Epoch, History, Layer, Step, fit, moons, mse

pytest.importorskip("matplotlib")

XS, YS = moons(40, noise=0.1, seed=0)
PLANE = Plane.around(XS, size=40)
BOWL = Plane.between((-3, 3), (-2, 3), size=50)
PATH = np.stack([-2.5 * 0.7 ** np.arange(20), 2.5 * 0.4 ** np.arange(20)], axis=1)
IMAGES = np.random.default_rng(0).random((7, 8, 8))
CHANCES = np.random.default_rng(1).dirichlet(np.full(10, 0.2), 7)

WALLS = np.array([[0, 1, 0, 1, 0], [0, 0, 0, 1, 0], [1, 1, 0, 0, 0]], dtype=bool)
WORTH = np.random.default_rng(4).random((3, 5, 4)) * ~WALLS[:, :, None]


def bowl(a, b):
    return a * a + 2.0 * b * b


def canyon(a, b):
    return (1 - a) ** 2 + 1000 * (b - a * a) ** 2


def history(epochs=3, steps=20):
    """A History of falling losses and an annealed rate, as of `fit`."""
    count = epochs * steps
    done = [Step(i, i // steps, 2.0 * 0.95**i, 0.1 * 0.9**i, 1.0) for i in range(count)]
    return History(done, [Epoch(i, 1.0, {"loss": 1.5 * 0.5**i}) for i in range(epochs)])


def counts(classes):
    return np.random.default_rng(0).poisson(3, (classes, classes)) + 1500 * np.eye(classes, dtype=int)


def ramps(plane, classes):
    """Scores of so many classes, each the highest in its own direction."""
    turns = np.linspace(0, 2 * np.pi, classes, endpoint=False)
    return (plane.points - plane.points.mean(axis=0)) @ np.stack([np.cos(turns), np.sin(turns)])


PICTURES = {
    "curves": lambda ax=None: pictures.curves(
        {f"rate {r}": [4.0 * abs(1 - r) ** i for i in range(200)] for r in (0.01, 0.5, 0.1, 0.3, 2.5)}, title="A", ax=ax
    ),
    "curves of epochs": lambda ax=None: pictures.curves(
        {"training": [0.5, 0.2, 0.1], "test": [0.5, 0.3, 0.35]}, at=[1, 2, 3], xlabel="epoch", ax=ax
    ),
    "loss_curve": lambda ax=None: pictures.loss_curve(np.linspace(2, 0.1, 40), 10, [1.0, 0.5, 0.3, 0.2], ax=ax),
    "learning_rate_curve": lambda ax=None: pictures.learning_rate_curve(history().learning_rate, ax=ax),
    "learning_rate_curve of two": lambda ax=None: pictures.learning_rate_curve(
        {"constant": [0.1] * 9, "falling": [0.1 / 9**i for i in range(9)]}, ax=ax
    ),
    "training_curves": lambda ax=None: pictures.training_curves(history(), ylabel="cross-entropy", ax=ax),
    "regions": lambda ax=None: pictures.regions(PLANE, PLANE.points[:, 1] - 0.3, XS, YS, margin=0.2, title="A", ax=ax),
    "regions of five": lambda ax=None: pictures.regions(PLANE, ramps(PLANE, 5), names=list("abcde"), ax=ax),
    "regions_over_time": lambda ax=None: pictures.regions_over_time(
        PLANE, {f"after {n} epochs": PLANE.points @ (1, n) for n in range(5)}, XS, YS, title="A net learns", ax=ax
    ),
    "activities": lambda ax=None: pictures.activities(
        PLANE, Layer(2, 8, "tanh", seed=1), XS, YS, title="A layer", ax=ax
    ),
    "activities of one": lambda ax=None: pictures.activities(PLANE, Layer(2, 1, "relu", seed=1), names=["only"], ax=ax),
    "contours": lambda ax=None: pictures.contours(
        BOWL, bowl, {"slow": PATH, "fast": 3 * PATH[:, ::-1]}, xlabel="weight", ylabel="bias", title="A bowl", ax=ax
    ),
    "contours of a canyon": lambda ax=None: pictures.contours(BOWL, canyon, PATH, ax=ax),
    "contours of a strip": lambda ax=None: pictures.contours(Plane.between((0, 1), (0, 50), 30), bowl, ax=ax),
    "surface": lambda ax=None: pictures.surface(BOWL, bowl, {"slow": PATH, "fast": PATH[::2]}, title="A bowl", ax=ax),
    "surface of a canyon": lambda ax=None: pictures.surface(BOWL, canyon, PATH, log=True, view=(50, -110), ax=ax),
    "weight_images": lambda ax=None: pictures.weight_images(IMAGES.reshape(7, 64) - 0.5, (8, 8), title="A", ax=ax),
    "weight_images with names": lambda ax=None: pictures.weight_images(
        IMAGES.reshape(7, 64), (4, 16), names=[f"digit {i}" for i in range(7)], title="Weights", ax=ax
    ),
    "weight_grid": lambda ax=None: pictures.weight_grid(
        np.tril(np.full((4, 4), 0.25)) + 0.75 * np.eye(4),
        "mina",
        ["m", "i", "n", "a"],
        title="Who looks at whom",
        ax=ax,
    ),
    "weight_grid of 12": lambda ax=None: pictures.weight_grid(
        np.full((12, 12), 1.0), ".christopher", ".christopher", title="Who looks at whom", ax=ax
    ),
    "confusion_matrix of 2": lambda ax=None: pictures.confusion_matrix(counts(2), names=["no", "yes"], ax=ax),
    "confusion_matrix": lambda ax=None: pictures.confusion_matrix(counts(10), ax=ax),
    "confusion_matrix of 20": lambda ax=None: pictures.confusion_matrix(
        counts(20), names=[f"class {i}" for i in range(20)], ax=ax
    ),
    "digit_sheet": lambda ax=None: pictures.digit_sheet(IMAGES, range(7), CHANCES, columns=5, ax=ax),
    "maze": lambda ax=None: pictures.maze(
        WALLS, WORTH, (0, 4), marked=[(1, 1), (2, 2)], marked_name="new", title="A maze", ax=ax
    ),
    "maze of one cell": lambda ax=None: pictures.maze([[0]], np.zeros((1, 1, 4)), (0, 0), ax=ax),
    "drawings": lambda ax=None: pictures.drawings({"one": draw(Value(1.0)), "two": draw(Value(2.0) * 3)}, ax=ax),
    "staircases": lambda ax=None: pictures.staircases({"weight": [0, 1, 2, 3] * 2, "sum": [0, 0, 1, 1] * 2}, 4, ax=ax),
    "time_bars": lambda ax=None: pictures.time_bars({"slow": 9.0, "fast": 4e-5}, 65_077, ax=ax),
}

every = pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)


def drawn(figure):
    """The figure, after it has been drawn to the last pixel; every warning is an error here."""
    from matplotlib.figure import Figure

    assert isinstance(figure, Figure)
    pixels(figure)
    return figure


def pixels(figure):
    """The figure as an array of shape (height, width, 3) of numbers 0 .. 1."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3] / 255


def words(figure):
    """What is written on the figure, and the four corners of each, in pixels; they lie a pixel inside its box."""
    from matplotlib.text import Text

    draw, written = Text.draw, {}

    def noted(self, renderer, *args, **kwargs):
        if self.get_visible() and self.get_text().strip():
            written[self] = corners(self, renderer)
        return draw(self, renderer, *args, **kwargs)

    drawn(figure)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", noted)
        pixels(figure)
    return [(text.get_text(), box) for text, box in written.items()]


def corners(text, renderer):
    """Those of a text that may be rotated: as an upright one's, turned around the same middle."""
    angle, box = text.get_rotation(), text.get_window_extent(renderer)
    text.set_rotation(0)
    upright = text.get_window_extent(renderer)
    text.set_rotation(angle)
    sine, cosine = np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (upright.size / 2 - 1)
    return (box.min + box.max) / 2 + half @ [[cosine, sine], [-sine, cosine]]


def collisions(figure):
    """The pairs of words that overlap, and those words that leave the figure."""
    from matplotlib.path import Path

    written = [(text, Path(box)) for text, box in words(figure)]
    over = [(a, b) for i, (a, one) in enumerate(written) for b, other in written[:i] if one.intersects_path(other)]
    low, high = figure.bbox.min, figure.bbox.max
    out = [text for text, box in written if not np.all((low <= box.vertices) & (box.vertices <= high))]
    return over + out


def panels(figure):
    """The axes inside the first axes, less the colour bar."""
    return [panel for panel in figure.axes[0].child_axes if panel.get_label() != "<colorbar>"]


# --- all of them ---------------------------------------------------------------------------------------------


def test_every_public_picture_stands_in_the_table():
    drawing = {name for name in pictures.__all__ if name.islower()} - {"frames", "keep", "ready"}
    assert {name.partition(" ")[0] for name in PICTURES} == drawing


@every
def test_no_words_overlap_and_none_leave_the_paper(draw):
    figure = draw()
    assert len(words(figure)) > 1 and collisions(figure) == []
    assert max(figure.get_size_inches()) <= 9.5


@every
def test_words_are_large_enough_to_read_on_a_page(draw):
    from matplotlib.text import Text

    figure = drawn(draw())
    shrunk = min(1.0, 6.3 / figure.get_size_inches()[0])
    sizes = [text.get_fontsize() * shrunk for text in figure.findobj(Text) if text.get_text().strip()]
    assert min(sizes) > 5


def test_overlapping_words_are_found():
    [ax] = pictures.frames(1, 1, (4, 3))
    ax.text(0.5, 0.5, "one")
    ax.text(0.51, 0.5, "other")
    ax.text(0.9, 0.1, "a long way out of it")
    ax.text(0.0, 0.1, "a long one that rises", rotation=45)
    ax.text(0.0, 0.4, "up")
    ax.figure.set_layout_engine("none")
    ax.axis("off")
    assert collisions(ax.figure) == [("other", "one"), "a long way out of it"]


@every
def test_a_given_ax_is_drawn_into_and_nothing_else_is_touched(draw):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(16, 6))
    other, ax = figure.subplots(1, 2)
    other.plot([0, 1], [1, 0])
    place, box = ax.get_position(), other.bbox.extents.astype(int)
    before, children = pixels(figure), list(other.get_children())
    assert draw(ax=ax) is figure
    after = pixels(figure)
    area = slice(len(after) - box[3], len(after) - box[1]), slice(box[0], box[2])
    assert np.array_equal(before[area], after[area]) and not np.array_equal(before, after)
    assert list(other.get_children()) == children
    for new in [*figure.axes[1:], *ax.child_axes]:
        x0, y0, x1, y1 = new.get_position().extents
        assert place.x0 - 1e-9 <= x0 < x1 <= place.x1 + 1e-9 and place.y0 - 1e-9 <= y0 < y1 <= place.y1 + 1e-9


def test_frames_are_axes_of_one_figure_row_by_row():
    axes = pictures.frames(2, 3, size=(6, 4))
    assert len({ax.figure for ax in axes}) == 1 and axes == axes[0].figure.axes and len(axes) == 6
    assert (
        axes[1].get_position().x0 > axes[0].get_position().x0 and axes[3].get_position().y0 < axes[0].get_position().y0
    )


REFUSED = {
    "weights of another shape": (
        lambda: pictures.weight_grid([[1.0]], "ab", "ab"),
        r"weights has shape \(1, 1\); it needs shape \(2, 2\)",
    ),
    "weights above 1": (lambda: pictures.weight_grid([[2.0]], "a", "a"), "weights holds 2; it needs 0 .. 1"),
    "no weights": (lambda: pictures.weight_grid([], "", ""), "weights has shape"),
    "ax of several": (
        lambda: pictures.loss_curve([1.0], 1, ax=pictures.frames(1, 2)),
        "ax is .*; it needs one axes of a figure",
    ),
    "no lines": (lambda: pictures.curves({}), "no lines"),
    "a line of pairs": (lambda: pictures.curves({"a": [(1, 2)]}), r"the line 'a' has shape \(1, 2\).*in a row"),
    "words": (lambda: pictures.curves({"a": ["x"]}), "the line 'a' cannot be read as numbers"),
    "at too short": (lambda: pictures.curves({"a": [1, 2]}, at=[1]), "'a' has 2 numbers, but `at` 1"),
    "no epochs": (lambda: pictures.loss_curve([1.0], 0), "steps_per_epoch is 0; it needs a whole number of at least 1"),
    "losses for a history": (lambda: pictures.training_curves([1.0]), "History that fit returns, got list"),
    "plane of one number": (lambda: Plane([1.0], [0, 1]), r"across is \[1.\]; it needs two or more finite numbers"),
    "plane downwards": (lambda: Plane([0, 1], [1, 0]), "up is .* that ascend"),
    "plane of 3-D points": (lambda: Plane.around([[1, 2, 3]]), r"points has shape \(1, 3\); it needs shape \(n, 2\)"),
    "plane of nothing": (lambda: Plane.around([[np.nan, 0]]), "no point with two finite numbers"),
    "scores of other points": (
        lambda: pictures.regions(PLANE, np.zeros(7)),
        r"scores has shape \(7,\); it needs a row for each of the plane's 1,600 points, as evaluated at plane.points",
    ),
    "ragged scores": (lambda: pictures.regions(PLANE, [[1], [1, 2]]), "scores cannot be read as numbers"),
    "points without classes": (lambda: pictures.regions(PLANE, np.zeros(1600), XS), "ys is None; points need both"),
    "classes of other points": (
        lambda: pictures.regions(PLANE, np.zeros(1600), XS, YS[:3]),
        r"ys has shape \(3,\); it needs shape \(40,\)",
    ),
    "signs for classes": (
        lambda: pictures.regions(PLANE, np.zeros(1600), XS, 2 * YS - 1),
        r"ys has the class -1; it needs whole numbers from 0 to 1; of -1 and 1, make \(ys > 0\) \* 1",
    ),
    "a class too many": (lambda: pictures.regions(PLANE, np.zeros(1600), XS, YS + 1), "class 2; .* from 0 to 1"),
    "names too few": (lambda: pictures.regions(PLANE, np.zeros(1600), names=["a"]), "names has 1 entries; it needs 2"),
    "times of unequal classes": (
        lambda: pictures.regions_over_time(PLANE, {"a": np.zeros(1600), "b": np.zeros((1600, 3))}),
        "scores are of 2 and of 3 classes",
    ),
    "no times": (lambda: pictures.regions_over_time(PLANE, {}), "scores is empty"),
    "no columns": (lambda: pictures.activities(PLANE, np.zeros(1600), columns=0), "columns is 0"),
    "two losses": (lambda: pictures.contours(BOWL, lambda a, b: (a, b)), "one number for each of the plane's points"),
    "no loss": (lambda: pictures.contours(BOWL, np.full(2500, np.nan)), "losses is nowhere finite"),
    "log of less than 0": (lambda: pictures.surface(BOWL, lambda a, b: a, log=True), "losses has -3 in it; for log"),
    "a flat path": (
        lambda: pictures.contours(BOWL, bowl, [1, 2]),
        r"the path has shape \(2,\); it needs shape \(points",
    ),
    "a path of NaN": (lambda: pictures.contours(BOWL, bowl, {"a": [[np.nan, 0]]}), "the path 'a' begins with .*nan"),
    "no path": (lambda: pictures.surface(BOWL, bowl, np.zeros((0, 2))), "begins with"),
    "images of other shape": (
        lambda: pictures.weight_images(np.zeros((3, 60)), (8, 8)),
        r"weights has 3 rows of 60 numbers; it needs one or more rows of 8 x 8 = 64",
    ),
    "oblong counts": (lambda: pictures.confusion_matrix(np.zeros((2, 3))), r"shape \(2, 3\); it needs as many columns"),
    "parts for counts": (lambda: pictures.confusion_matrix(np.eye(2) / 2), "counts holds 0.5; it needs whole numbers"),
    "labels too few": (lambda: pictures.digit_sheet(IMAGES, [1], CHANCES), "7 images and 1 labels"),
    "chances too few": (lambda: pictures.digit_sheet(IMAGES, range(7), CHANCES[:2]), r"\(2, 10\); it needs shape \(7,"),
    "a flat maze": (
        lambda: pictures.maze([0, 1], WORTH, (0, 0)),
        r"walls has shape \(2,\); it needs shape \(height, w",
    ),
    "values of another maze": (
        lambda: pictures.maze(WALLS, WORTH[:2], (0, 0)),
        r"values has shape \(2, 5, 4\); it needs shape \(3, 5, 4\): the values of moving up",
    ),
    "a goal in a wall": (
        lambda: pictures.maze(WALLS, WORTH, (0, 1)),
        r"goal is \(0, 1\); it needs a free cell of the 3",
    ),
    "a mark outside": (
        lambda: pictures.maze(WALLS, WORTH, (0, 0), marked=[(3, 0)]),
        r"marked is \(3, 0\); it needs a free cell",
    ),
    "a history": (lambda: pictures.loss_curve(History()), r"write training_curves\(history\)"),
    "no drawings": (lambda: pictures.drawings({}), "a title and a drawing for each"),
    "stairs of two lengths": (lambda: pictures.staircases({"a": [1], "b": [1, 2]}, 1), r"rows of \[1, 2\] numbers"),
}


@pytest.mark.parametrize(("draw", "message"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_with_what_was_got_and_what_is_needed(draw, message):
    with pytest.raises(ArgumentError) as refused:
        draw()
    assert re.search(message, str(refused.value))


# --- curves --------------------------------------------------------------------------------------------------


def test_curves_show_their_numbers_in_styles_that_differ():
    lines = {f"line {i}": np.random.default_rng(i).random(5) for i in range(12)}
    [ax] = drawn(pictures.curves(lines)).axes
    for line, row in zip(ax.lines, lines.values(), strict=True):
        assert np.array_equal(line.get_ydata(), row) and list(line.get_xdata()) == [0, 1, 2, 3, 4]
    looks = {(line.get_color(), line.get_linestyle(), line.get_marker()) for line in ax.lines}
    assert len(looks) == 12 and [text.get_text() for text in ax.get_legend().get_texts()] == list(lines)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ([1.0, 5.0, 4000.0, 1e300], "fast (above 10 from step 2 on)"),
        ([1.0, np.nan, 0.5], "fast (not finite from step 1 on)"),
        ([1.0, np.inf, np.nan], "fast (not finite from step 1 on)"),
        ([np.nan, np.nan], "fast (not finite from step 0 on)"),
        ([1.0, 5.0, 900.0], "fast"),
    ],
)
def test_a_line_that_explodes_leaves_the_others_readable_and_is_told_of(line, words):
    [ax] = drawn(pictures.curves({"slow": [1.0, 0.5, 0.01], "fast": line})).axes
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["slow", words]
    low, high = ax.get_ylim()
    assert 0.001 < low < 0.01 and 1 < high < 10_000


@pytest.mark.parametrize(
    ("line", "scale"),
    [([1.0, 0.01], "log"), ([1.0, 0.5], "linear"), ([1.0, 0.0], "linear"), ([1.0, -9.0], "linear"), ([], "linear")],
)
def test_the_axis_is_logarithmic_where_numbers_span_much_and_are_above_0(line, scale):
    assert drawn(pictures.curves({"": line})).axes[0].get_yscale() == scale
    assert drawn(pictures.curves({"": [1.0, 0.5]}, log=True)).axes[0].get_yscale() == "log"


def test_numbers_above_the_top_are_cut():
    [ax] = drawn(pictures.curves({"a": [1.0, 2.0, 3.0]}, top=2.5)).axes
    assert ax.get_ylim()[1] == 2.5 and ax.get_legend().get_texts()[0].get_text() == "a (above 2.5 from step 2 on)"


@pytest.mark.parametrize(
    ("losses", "steps_per_epoch", "validation"),
    [
        (np.linspace(2, 0.1, 40), 10, [1.0, 0.5, 0.3, 0.2]),
        ([2.0, 1.0, 0.5], 10, []),
        ([2.0], 1, [1.0]),
        ([1.0, 0.0, 0.0], 2, [0.0]),
        ([], 10, []),
        ([1.0, np.nan, np.inf, 1.0], 2, [np.nan]),
    ],
    ids=["whole", "part of an epoch", "one step", "zeros", "nothing", "NaN"],
)
def test_loss_curve_draws_what_there_is_without_warnings(losses, steps_per_epoch, validation):
    figure = drawn(pictures.loss_curve(losses, steps_per_epoch, validation))
    lines = {line.get_label().split(",")[0].split(" of")[0]: line for line in figure.axes[0].lines}
    assert np.array_equal(lines["batch"].get_ydata(), losses, equal_nan=True)
    assert ("validation" in lines) == bool(len(validation))
    if len(validation):
        ends = [steps_per_epoch * (i + 1) for i in range(len(validation))]
        assert list(lines["validation"].get_xdata()) == ends


def test_the_running_mean_is_that_of_the_batches_before():
    [ax] = drawn(pictures.loss_curve([float(i + 1) for i in range(20)], 20)).axes
    mean = next(line for line in ax.lines if line.get_label() == "mean of 4 batches")
    assert list(mean.get_xdata()[:2]) == [3, 4] and mean.get_ydata()[:2] == pytest.approx([2.5, 3.5])


def test_training_curves_show_the_losses_above_the_rates_on_one_axis_of_steps():
    kept = history()
    above, below = panels(drawn(pictures.training_curves(kept)))
    batch, _, validation = above.lines
    assert list(batch.get_ydata()) == kept.loss and list(validation.get_xdata()) == [20, 40, 60]
    [rates] = below.lines
    assert list(rates.get_ydata()) == kept.learning_rate and list(rates.get_xdata()) == list(batch.get_xdata())
    assert above.get_xlim() == below.get_xlim() and below.get_yscale() == "log"


@pytest.mark.parametrize("kept", [History(), history(epochs=1, steps=1), History(history().steps[:7])])
def test_training_curves_hold_up_after_an_early_interruption(kept):
    assert len(panels(drawn(pictures.training_curves(kept)))) == 2


def test_training_curves_take_what_fit_returns():
    model = MLP(1, [1], seed=0)
    kept = fit(model, mse, ([[0.0], [1.0]], [1.0, 3.0]), SGD(model.parameters(), lr=0.1), epochs=5)
    assert collisions(pictures.training_curves(kept)) == []


def test_a_rate_that_stays_the_same_is_shown_above_0():
    [ax] = drawn(pictures.learning_rate_curve([0.1] * 5)).axes
    assert ax.get_ylim()[0] == 0 and ax.get_legend() is None


# --- the plane -----------------------------------------------------------------------------------------------


def test_a_plane_around_points_has_the_same_margin_on_all_sides():
    plane = Plane.around([[0, 0], [4, 2], [np.nan, 9]], margin=0.25, size=5)
    assert plane.extent == (-1, 5, -1, 3) and plane.points.shape == (25, 2)
    assert Plane.around([[1, 1]]).extent == (0.5, 1.5, 0.5, 1.5)


def test_values_are_rows_for_the_points_or_a_function_of_them():
    plane = Plane.between((0, 2), (0, 3), size=4)
    expected = plane.up[:, None] + 10 * plane.across
    for given in (expected, expected.reshape(-1), expected.reshape(-1, 1), lambda point: point[1] + 10 * point[0]):
        assert plane.values(given) == pytest.approx(expected)
    assert plane.values(Layer(2, 3, seed=0)).shape == (4, 4, 3)


def test_where_a_function_fails_by_its_numbers_its_value_is_nan():
    plane = Plane.between((-1, 1), (0, 1), size=3)
    assert np.isnan(plane.values(lambda point: float(log(point[0])))[0]).tolist() == [True, True, False]
    assert np.isnan(plane.values(lambda point: [1 / point[0], 1.0])[0, 1]).all()


# --- regions and activities ----------------------------------------------------------------------------------


def blend(k):
    """The colour of a region: that of class k, thinned with white."""
    from matplotlib.colors import to_rgb

    return 1 - TINTS[k] * (1 - np.array(to_rgb(CLASSES[k])))


@pytest.mark.parametrize("classes", [1, 2, 3, 4])
def test_each_point_of_the_plane_has_the_colour_of_its_class(classes):
    scores = ramps(PLANE, classes) - 0.3
    figure = pictures.regions(PLANE, scores, legend=False)
    [ax] = figure.axes
    image = pixels(figure)
    at = ax.transData.transform(PLANE.points).astype(int)
    inner = np.all(np.abs((at - ax.bbox.min) / ax.bbox.size - 0.5) < 0.48, axis=1)
    chosen = (scores[:, 0] > 0) * 1 if classes == 1 else scores.argmax(axis=1)
    best = np.sort(np.c_[scores, np.zeros(len(scores))] if classes == 1 else scores, axis=1)
    clear = inner & (best[:, -1] - best[:, -2] > 0.15)
    assert clear.sum() > 500 and set(chosen[clear]) == set(range(max(classes, 2)))
    for (x, y), k in zip(at[clear], chosen[clear], strict=True):
        assert image[-1 - y, x] == pytest.approx(blend(k), abs=0.01)


def test_untrained_zeros_are_class_0_and_nan_stays_white():
    scores = np.zeros(1600)
    scores[800:] = np.nan
    figure = pictures.regions(PLANE, scores, legend=False)
    image, [ax] = pixels(figure), figure.axes
    for point, colour in ((PLANE.points[410], blend(0)), (PLANE.points[1210], np.ones(3))):
        x, y = ax.transData.transform(point).astype(int)
        assert image[-1 - y, x] == pytest.approx(colour, abs=0.01)
    drawn(pictures.regions(PLANE, np.full(1600, np.nan)))


def test_the_line_is_where_the_score_is_0_and_the_margin_on_both_sides():
    [ax] = drawn(pictures.regions(PLANE, PLANE.points[:, 0], XS, YS, margin=0.5)).axes
    found = [path.vertices[:, 0] for lines in ax.collections for path in lines.get_paths() if len(path.vertices)]
    straight = {round(float(xs[0]), 6) + 0.0 for xs in found if np.allclose(xs, xs[0], atol=1e-6)}
    assert straight == {-0.5, 0.0, 0.5}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1"]


def test_points_lie_where_they_are_with_a_marker_for_each_class():
    [ax] = drawn(pictures.regions(PLANE, PLANE.points[:, 0], XS, YS)).axes
    zeros, ones = ax.collections[-2:]
    assert np.array_equal(zeros.get_offsets(), XS[YS == 0]) and np.array_equal(ones.get_offsets(), XS[YS == 1])
    assert not np.array_equal(zeros.get_paths()[0].vertices, ones.get_paths()[0].vertices)


def test_regions_over_time_have_a_panel_for_each_time():
    figure = drawn(pictures.regions_over_time(PLANE, {"early": np.zeros(1600), "late": ramps(PLANE, 2)}))
    assert [panel.get_title() for panel in panels(figure)] == ["early", "late"]


def test_activities_show_each_neurons_outputs_in_one_symmetric_scale():
    outputs = np.stack([PLANE.points[:, 0], -3 * PLANE.points[:, 1], np.zeros(1600)], axis=1)
    outputs[5, 0] = np.nan
    shown = [panel.collections[0] for panel in panels(drawn(pictures.activities(PLANE, outputs)))]
    most = np.nanmax(np.abs(outputs))
    for k, mesh in enumerate(shown):
        assert np.array_equal(np.ma.filled(mesh.get_array(), np.nan).reshape(-1), outputs[:, k], equal_nan=True)
        assert mesh.get_clim() == (-most, most)


# --- descent -------------------------------------------------------------------------------------------------


def test_lines_of_equal_loss_are_where_the_loss_has_their_level():
    ax = drawn(pictures.contours(BOWL, bowl)).axes[0]
    bands, lines = ax.collections
    assert len(lines.levels) == 11 and list(lines.levels) == list(bands.levels[1:-1])
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        assert len(path.vertices) and bowl(*path.vertices.T) == pytest.approx(level, abs=0.02)


def test_a_loss_given_at_the_points_is_the_loss_given_as_a_function():
    by_function, by_numbers = (pictures.contours(BOWL, x).axes[0] for x in (bowl, bowl(*BOWL.points.T)))
    for one, other in zip(by_function.collections, by_numbers.collections, strict=True):
        assert all(
            np.array_equal(a.vertices, b.vertices) for a, b in zip(one.get_paths(), other.get_paths(), strict=True)
        )


def test_levels_of_a_canyon_are_multiples_unless_it_is_said_otherwise():
    multiples = drawn(pictures.contours(BOWL, canyon)).axes[0].collections[1].levels
    assert np.diff(np.log(multiples)) == pytest.approx(np.log(multiples[1] / multiples[0]))
    roots = np.sqrt(pictures.contours(BOWL, bowl, log=None).axes[0].collections[1].levels)
    assert np.diff(roots) == pytest.approx(roots[1] - roots[0], rel=0.02)
    evenly = np.sqrt(pictures.contours(BOWL, canyon, log=False).axes[0].collections[1].levels)
    assert np.diff(evenly) == pytest.approx(evenly[1] - evenly[0], rel=0.02)


def test_paths_are_drawn_as_they_are_and_their_markers_stand_apart():
    paths = {"a": PATH, "b": np.repeat(PATH[:3], 50, axis=0)}
    ax = drawn(pictures.contours(BOWL, bowl, paths)).axes[0]
    lines = {line.get_label(): line for line in ax.lines}
    for name, path in paths.items():
        assert np.array_equal(lines[name].get_xydata(), path)
    assert lines["b"].get_markevery() == [0, 50, 100]
    assert ax.get_aspect() == 1 and [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]


def test_both_parameters_have_one_scale_so_that_right_angles_stay_right():
    ax = drawn(pictures.contours(BOWL, bowl, PATH)).axes[0]
    scale = ax.transData.transform([[1, 0], [0, 1]]) - ax.transData.transform([0, 0])
    assert scale[0, 0] == pytest.approx(scale[1, 1]) and scale[0, 1] == scale[1, 0] == 0


@pytest.mark.parametrize(
    ("path", "border"),
    [
        ([[0, 0], [6, 0]], (3, 0)),
        ([[0, 0], [6, 0], [0, 0], [0, 300]], (0, 3)),
        ([[-9, 1], [9, 1]], (3, 1)),
        ([[0, 0], [1e300, 0]], (3, 0)),
        ([[0, 0], [2, -4], [np.inf, np.nan]], (1, -2)),
    ],
)
def test_an_arrow_shows_where_a_path_leaves_for_good(path, border):
    ax = drawn(pictures.contours(BOWL, bowl, path)).axes[0]
    [arrow] = ax.texts
    assert arrow.xy == pytest.approx(border, abs=1e-6)
    assert np.array_equal(ax.lines[0].get_xydata()[0], path[0])


@pytest.mark.parametrize("path", [PATH, [[0, 0]], [[9, 9]], [[9, 9], [8, 9]], [[0, 0], [9, 0], [1, 1]]])
def test_there_is_no_arrow_where_a_path_stays_or_comes_back_or_never_was_there(path):
    assert not drawn(pictures.contours(BOWL, bowl, path)).axes[0].texts


def test_a_path_ends_in_a_cross_before_its_first_nan():
    ax = drawn(pictures.contours(BOWL, bowl, [[0, 0], [1, 1], [np.nan, 1], [2, 2]])).axes[0]
    line, _, cross = ax.lines
    assert line.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert cross.get_marker() == "x" and cross.get_xydata().tolist() == [[1, 1]] and not ax.texts


@pytest.mark.parametrize(
    "loss",
    [
        lambda a, b: np.inf if a > 1 else a * a + b * b,
        lambda a, b: 1 / a if abs(a) > 0.5 else np.nan,
        lambda a, b: 0.0,
        lambda a, b: 1e300 * a * a,
        lambda a, b: a - 100.0,
    ],
    ids=["infinite", "a hole", "flat", "huge", "below 0"],
)
@pytest.mark.parametrize("draw", [pictures.contours, pictures.surface])
def test_losses_that_explode_or_do_nothing_are_drawn_without_warnings(draw, loss):
    drawn(draw(BOWL, loss, PATH))


def test_a_path_runs_on_the_surface():
    figure = drawn(pictures.surface(BOWL, bowl, PATH, view=(20, 10)))
    [space] = panels(figure)
    xs, ys, zs = space.lines[0].get_data_3d()
    assert np.array_equal(np.stack([xs, ys], axis=1), PATH)
    assert zs == pytest.approx(bowl(*PATH.T), abs=0.02) and (space.elev, space.azim) == (20, 10)


def test_the_part_of_a_path_off_the_surface_is_left_out():
    [space] = panels(drawn(pictures.surface(BOWL, bowl, [[0, 0], [9, 0], [1, 1], [np.nan, 0]])))
    assert np.isnan(space.lines[0].get_data_3d()[2]).tolist() == [False, True, False, True]


def test_a_surface_takes_an_ax_in_space_as_it_is():
    from matplotlib.figure import Figure

    ax = Figure().add_subplot(projection="3d")
    assert drawn(pictures.surface(BOWL, bowl, PATH, ax=ax)) is ax.figure and not ax.child_axes and ax.lines


# --- images and counts ---------------------------------------------------------------------------------------


def test_weight_images_are_the_rows_in_one_symmetric_scale():
    layer = Layer(12, 5, seed=0)
    rows = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
    shown = [p.images[0] for p in panels(drawn(pictures.weight_images([n.w for n in layer.neurons], (3, 4))))]
    assert len(shown) == 5 and {image.get_clim() for image in shown} == {(-np.abs(rows).max(), np.abs(rows).max())}
    for image, row in zip(shown, rows, strict=True):
        assert np.array_equal(image.get_array(), row.reshape(3, 4))


def test_weight_images_hold_up_with_zeros_and_nan():
    assert panels(drawn(pictures.weight_images(np.zeros((1, 4)), (2, 2))))[0].images[0].get_clim() == (-1, 1)
    drawn(pictures.weight_images([[np.nan, 1, 2, -3]], (2, 2)))


@pytest.mark.parametrize(
    "table",
    [np.diag([5] * 10) + 1, np.diag([3, 0, 2]), np.zeros((2, 2), dtype=int), [[1]], counts(20), [[1, 2], [0, 0]]],
)
def test_confusion_matrix_writes_every_count_that_is_not_0(table):
    axes = drawn(pictures.confusion_matrix(table)).axes[0]
    table = np.array(table)
    written = {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in axes.texts}
    assert written == {(row, column): str(n) for (row, column), n in np.ndenumerate(table) if n}
    assert f"{table.sum() - np.trace(table):,} mistakes" in axes.get_title()


@pytest.mark.parametrize("n", [1, 5, 20])
def test_digit_sheet_shows_each_image_beside_its_probabilities(n):
    images, labels = np.random.default_rng(0).random((n, 8, 8)), np.arange(n) % 10
    probabilities = np.full((n, 10), 0.05)
    probabilities[:, 3] = 0.55
    figure = pictures.digit_sheet(images, labels, probabilities, columns=5)
    assert collisions(figure) == [] and len(panels(figure)) == 2 * n
    for i, (picture, bars) in enumerate(zip(panels(figure)[::2], panels(figure)[1::2], strict=True)):
        assert np.array_equal(picture.images[0].get_array(), images[i])
        assert [bar.get_width() for bar in bars.patches] == list(probabilities[i])
        assert bars.get_title() == "3 (55%)" + ("" if labels[i] == 3 else f", is {labels[i]}")


# --- attention -----------------------------------------------------------------------------------------------


def test_a_grid_of_weights_holds_each_in_hundredths_and_leaves_0_empty():
    figure = pictures.weight_grid([[1.0, 0.0, 0.0], [0.254, 0.001, 0.745]], "ab", ["x", "y", "z"])
    [ax] = drawn(figure).axes
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "100", (0, 1): "25", (1, 1): "0", (2, 1): "74"}
    assert [[label.get_text() for label in axis.get_ticklabels()] for axis in (ax.yaxis, ax.xaxis)] == [
        ["a", "b"],
        ["x", "y", "z"],
    ]


# --- mazes ---------------------------------------------------------------------------------------------------


def arrows(figure):
    """Where each arrow begins, to the cell it begins in: the sign of what it adds to column and row."""
    from matplotlib.text import Annotation

    found = [each for each in drawn(figure).findobj(Annotation) if each.arrow_patch is not None]
    return {
        tuple(np.add(each.xyann, each.xy)[::-1] / 2): tuple(np.sign(np.round(np.subtract(each.xy, each.xyann), 9)))
        for each in found
    }


def test_arrows_of_a_maze_show_the_best_move_of_each_free_cell_but_the_goal():
    shown = arrows(pictures.maze(WALLS, WORTH, (0, 4)))
    steps = [(0, -1), (1, 0), (0, 1), (-1, 0)]
    best = {(r, c): steps[WORTH[r, c].argmax()] for r, c in np.argwhere(~WALLS).tolist() if (r, c) != (0, 4)}
    assert shown == best and len({*best.values()}) == 4


def test_a_cell_of_a_maze_whose_moves_are_all_worth_the_same_gets_a_question_mark():
    worth = WORTH.copy()
    worth[1, 1] = -0.5
    figure = pictures.maze(WALLS, worth, (0, 4))
    assert (1, 1) not in arrows(figure) and [text for text, _ in words(figure)].count("?") == 1


def test_the_colours_of_a_maze_are_the_best_values_with_0_at_the_goal_and_none_in_walls():
    [square] = panels(drawn(pictures.maze(WALLS, WORTH, (0, 4), marked=[(1, 1)])))
    [image] = square.images
    expected = WORTH.max(axis=2)
    expected[0, 4] = 0.0
    assert np.array_equal(image.get_array().mask, WALLS)
    assert np.array_equal(image.get_array().data[~WALLS], expected[~WALLS])
    assert image.get_clim() == (-expected.max(), expected.max())
    assert [text.get_text() for text in square.get_legend().get_texts()] == ["goal", "marked"]


# --- the lesson on compiling ---------------------------------------------------------------------------------


def test_staircases_show_every_position_and_where_the_outer_loop_moves_on():
    positions = {"weight": [0, 1, 2, 3] * 2, "sum": [0, 0, 1, 1, 2, 2, 3, 3]}
    strips = panels(drawn(pictures.staircases(positions, period=4)))
    assert [axes.get_ylabel() for axes in strips] == list(positions)
    for axes, row in zip(strips, positions.values(), strict=True):
        cut, stairs, squares = axes.lines
        assert list(cut.get_xdata()) == [3.5, 3.5]
        assert list(stairs.get_ydata()) == list(squares.get_ydata()) == row


@pytest.mark.parametrize("seconds", [{"slow": 9.0, "fast": 4e-5}, {"a": 1e-3, "b": 1e-3}, {"a": 1.0}])
def test_time_bars_are_as_long_as_the_times_and_their_words_stay_inside(seconds):
    figure = drawn(pictures.time_bars(seconds, operations=65_077))
    [axes] = figure.axes
    assert [bar.get_width() / 1e6 for bar in axes.patches] == pytest.approx(list(seconds.values()))
    assert [label.get_text() for label in axes.get_yticklabels()] == list(seconds)
    assert all(words.get_window_extent().x1 <= axes.bbox.x1 for words in axes.texts)
    assert f"{max(seconds.values()) / min(seconds.values()):,.0f} times" in axes.get_title()
