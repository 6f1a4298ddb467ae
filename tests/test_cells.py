"""Lessons read in percent format: their cells, the lines they stand in, and where errors in them are said to be."""

import traceback

import pytest

from autograd import Value, debug
from demos import runner
from demos.cells import Lesson, Stop, read

TEXT = '''"""Counts.

In words.
"""

# %% [markdown]
# # Counting
#
# Two lines
# of prose.

# %%
x = 1

# %%


def later(y):
    return (
        x / y
    )


# %% [markdown] slideshow={"slide_type": "skip"}
# no heading
#
# %% [md]
# ## Another
# ### Deeper

# %% a title
z = """
# %%% no marker
"""

# %% [markdown]
# The end
'''


@pytest.fixture
def lesson(tmp_path):
    path = tmp_path / "tiny.py"
    path.write_text(TEXT, encoding="utf-8")
    return Lesson(path)


def test_cells_are_read_with_their_kind_text_and_line():
    assert [(cell.kind, cell.line) for cell in read(TEXT)] == [
        ("code", 1),
        ("markdown", 7),
        ("code", 13),
        ("code", 18),
        ("markdown", 25),
        ("markdown", 28),
        ("code", 32),
        ("markdown", 37),
    ]
    for cell in read(TEXT):
        if cell.kind == "code":
            assert TEXT.splitlines()[cell.line - 1] == cell.text.splitlines()[0]
    assert read(TEXT)[1].text == "# Counting\n\nTwo lines\nof prose."


@pytest.mark.parametrize("name", runner.LESSONS)
def test_every_line_of_code_of_a_lesson_is_in_a_cell_at_its_place(name):
    text = (runner.FOLDER / f"{name}.py").read_text(encoding="utf-8")
    left = text.splitlines()
    for cell in read(text):
        for i in range(cell.line - 1, cell.line - 1 + len(cell.text.splitlines())):
            left[i] = ""
    assert all(line.startswith("# %%") for line in left if line)


@pytest.mark.parametrize("text", ["", "\n\n", '"""Doc."""\n', "x = 1"])
def test_file_without_a_marker_is_one_cell(text):
    assert [(cell.kind, cell.text) for cell in read(text)] == [("code", text.strip())]


def test_prose_stands_before_the_code_it_is_about_and_may_end_the_lesson(lesson):
    assert lesson.docstring == "Counts.\n\nIn words."
    assert [stop.heading for stop in lesson.stops] == ["Counting", "def later(y):", "Deeper", "The end"]
    assert [stop.code is None for stop in lesson.stops] == [False, False, False, True]
    assert lesson.stops[2].prose == "no heading\n\n\n## Another\n### Deeper"
    assert Stop("", None).heading == ""


@pytest.mark.parametrize("name", runner.LESSONS)
def test_every_lesson_begins_with_its_docstring_and_ends_with_three_things_to_try(name):
    lesson = Lesson(runner.FOLDER / f"{name}.py")
    assert lesson.docstring.splitlines()[0] == runner.one_line(name)
    assert lesson.stops[-1].heading == "Three things to try" and lesson.stops[-1].code is None
    assert all(stop.code for stop in lesson.stops[:-1]) and all(stop.heading for stop in lesson.stops)


def test_names_are_those_of_a_script_that_runs(lesson):
    names = lesson.names()
    assert names["__name__"] == "__main__" and names["__file__"] == str(lesson.path)
    assert names["__doc__"].startswith("Counts.") and "x" not in names


def test_cells_run_one_after_the_other_leave_what_the_file_leaves(lesson):
    names, whole = lesson.names(), {}
    for stop in lesson.stops[:-1]:
        exec(lesson.compiled(stop.code), names)
    exec(TEXT, whole)
    assert {name for name in names if not name.startswith("__")} == {"x", "later", "z"}
    assert (names["x"], names["z"], names["later"](4)) == (whole["x"], whole["z"], 0.25)
    assert repr(names) == "<the 3 names of tiny: x, later, z>"


def test_tracebacks_name_the_file_and_the_line_in_it(lesson):
    names = lesson.names()
    for stop in lesson.stops[:2]:
        exec(lesson.compiled(stop.code), names)
    with pytest.raises(ZeroDivisionError) as failed:
        names["later"](0)
    frame = traceback.extract_tb(failed.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno, frame.line) == (str(lesson.path), 20, "x / y")


def test_errors_inside_debug_name_the_line_of_the_lesson(tmp_path):
    path = tmp_path / "tiny.py"
    path.write_text('"""Doc."""\n\n# %%\nx = 0\n\n# %%\n\ny = Value(1e200) * 1e200\n')
    lesson = Lesson(path)
    with pytest.raises(ValueError, match=r"tiny\.py:8"), debug():
        exec(lesson.compiled(lesson.stops[1].code), {"Value": Value})


def test_what_is_imported_from_future_holds_in_all_cells(tmp_path):
    path = tmp_path / "tiny.py"
    path.write_text('"""Doc."""\n\n# %%\nfrom __future__ import annotations\n\n# %%\ndef f(x: nowhere): ...\n')
    lesson, names = Lesson(path), {}
    exec(lesson.compiled(lesson.stops[1].code), names)
    assert names["f"].__annotations__ == {"x": "nowhere"}
