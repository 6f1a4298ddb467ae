"""The lessons: the runner around them, their tables and pictures, and the digits lesson from end to end."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograd import softmax
from demos import runner, terminal
from demos.data import mnist
from nets import accuracy, evaluate, load

ESCAPE = "\x1b"
SHORT = ["--epochs", "1", "--train-size", "300"]
TINY = [*SHORT, "--hidden", "8"]
FILES = ["confusion.png", "digits.png", "hidden.png", "loss.png", "model.npz"]


def python(*arguments, cwd, **environment):
    """What a Python process with these arguments wrote to its pipes, and its exit status."""
    kept = {name: x for name, x in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def probability(text, row):
    """The number for digit 4 in a row of the nudge's table."""
    line = next(line for line in text.splitlines() if line.split()[:1] == [row])
    return float(line.split()[5])


# --- the runner ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_without_a_name_the_lessons_are_listed_with_one_line_each(arguments, capsys):
    assert runner.main(arguments) == 0
    head, blank, *lessons, gap, foot = capsys.readouterr().out.splitlines()
    assert "python -m demos NAME" in head and blank == gap == "" and "python -m demos.exercises" in foot
    assert [line.split()[0] for line in lessons] == list(runner.LESSONS)
    assert [line.split()[1:3] for line in lessons] == [[str(seconds), "s"] for seconds in runner.LESSONS.values()]
    assert all(len(line.split()) > 5 for line in lessons) and max(map(len, [head, *lessons])) <= 80


def test_every_lesson_stands_in_the_folder_in_cells_with_a_one_line_docstring():
    for name in runner.LESSONS:
        text = (runner.FOLDER / f"{name}.py").read_text(encoding="utf-8")
        assert text.startswith('"""') and len(runner.one_line(name)) + 23 <= 80
        assert "\n# %% [markdown]\n" in text and "\n# %%\n" in text


def test_pytest_finds_doctests_without_running_the_lessons():
    root = runner.FOLDER.parent
    found = python("-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "demos", cwd=root).stdout
    assert "demos.data" in found and not any(f"demos/{name}.py" in found for name in runner.LESSONS)


@pytest.mark.parametrize("name", ["digit", "Digits", "digist", "dgits"])
def test_an_unknown_name_suggests_the_nearest(name, capsys):
    assert runner.main([name]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err == f"There is no lesson {name!r}; did you mean 'digits'?\n"


@pytest.mark.parametrize("name", ["", "qqq", "--quick", "../www"])
def test_a_name_near_none_lists_the_lessons(name, capsys):
    assert runner.main([name]) == 2
    assert f"There is no lesson {name!r}; there are: {', '.join(runner.LESSONS)}" in capsys.readouterr().err


def test_help_tells_every_setting_with_its_default(capsys):
    with pytest.raises(SystemExit) as ended:
        runner.main(["digits", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0 and "python -m demos digits" in text
    for option in ("--epochs", "--lr", "--hidden", "--batch", "--train-size", "--seed", "--quick", "--out"):
        assert option in text
    assert "(default 12; 4 with --quick)" in text and "(default 0.1)" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "--epochs is 0; it needs to be above 0"),
        (["--epochs", "-3"], "--epochs is -3; it needs to be above 0"),
        (["--epochs", "1.5"], "argument --epochs: invalid int value: '1.5'"),
        (["--lr", "fast"], "argument --lr: invalid float value: 'fast'"),
        (["--lr", "nan"], "--lr is nan; it needs to be above 0 and finite"),
        (["--lr", "inf"], "--lr is inf; it needs to be above 0 and finite"),
        (["--train-size", "0"], "--train-size is 0; it needs to be above 0"),
        (["--seed", "-1"], "--seed is -1; it needs to be 0 or above"),
        (["--width", "3"], "unrecognized arguments: --width 3"),
        (["--hidden"], "argument --hidden: expected one argument"),
    ],
)
def test_option_values_that_do_not_fit_end_with_status_2(arguments, message, capsys):
    with pytest.raises(SystemExit) as ended:
        runner.main(["digits", *arguments])
    assert ended.value.code == 2 and message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--train-size", "10001"], "digits: --train-size is 10001; there are 10000 images"),
        (["--train-size", "1"], "digits: There is 1 example; a split needs at least 2"),
        (["--out", "{file}/inside"], "digits: cannot write into the folder .*Not a directory; name another"),
        (["--out", "{file}"], "digits: cannot write into the folder .*File exists; name another"),
    ],
)
def test_a_lesson_that_cannot_start_says_why_in_one_line(arguments, message, tmp_path, capsys):
    (tmp_path / "file").touch()
    out = ["--out", str(tmp_path / "out")]
    given = [argument.format(file=tmp_path / "file") for argument in arguments]
    assert runner.main(["digits", *out, *TINY, *given]) == 1
    out, err = capsys.readouterr()
    assert re.fullmatch(message + r".*\n", err) and "Each epoch" not in out


def test_settings_are_defaults_unless_quick_or_given(monkeypatch):
    def settings(*arguments):
        monkeypatch.setattr(runner, "_arguments", list(arguments))
        return runner.settings("digits", quick={"size": 5}, size=(50, "of it"), rate=(0.5, "of change"))

    assert (settings().size, settings().rate, settings().quick) == (50, 0.5, False)
    assert (settings("--quick").size, settings("--quick").rate) == (5, 0.5)
    assert settings("--quick", "--size", "7").size == 7
    assert settings("--out", "x").out == Path("x") and settings().out == Path("out/digits")
    assert settings("--seed", "3").seed == 3


def test_a_notebook_gets_the_defaults(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["ipykernel_launcher.py", "-f", "kernel.json"])
    assert runner.settings("digits", quick={}, size=(50, "of it")).size == 50
    monkeypatch.setattr(sys, "argv", ["demos/digits.py", "--size", "3"])
    assert runner.settings("digits", quick={}, size=(50, "of it")).size == 3


@pytest.mark.parametrize("missing", ["rich", "matplotlib"])
def test_a_missing_package_is_told_before_training_with_the_extra_to_install(missing, monkeypatch, tmp_path, capsys):
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert runner.main(["digits", "--out", str(tmp_path / "out"), *TINY]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("digits: ") and 'pip install "glassgrad[demos]"' in err and missing in err
    assert "Each epoch" not in out and not (tmp_path / "out" / "model.npz").exists()


# --- the terminal --------------------------------------------------------------------------------------------


def test_no_color_is_honoured_and_narrow_terminals_are_not_overrun(tmp_path):
    code = "from demos.terminal import *; show_table('title', ['a'] * 12, [['0.123'] * 12]); print(console().no_color)"
    colourless = python("-c", code, cwd=tmp_path, NO_COLOR="1", FORCE_COLOR="1", COLUMNS="60")
    assert not re.search(ESCAPE + r"\[(3|4|9|10)\d", colourless.stdout) and colourless.stdout.endswith("True\n")
    piped = python("-c", code, cwd=tmp_path, COLUMNS="60")
    assert ESCAPE not in piped.stdout and max(map(len, piped.stdout.splitlines())) <= 60


def test_tables_are_plain_ascii_where_the_output_is(tmp_path):
    code = "from demos.terminal import show_table; show_table('title', ['a', 'b'], [[1, 2.5]])"
    shown = python("-c", code, cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert shown.returncode == 0 and shown.stdout.isascii() and "2.5" in shown.stdout


def test_progress_is_told_in_lines_where_there_is_no_terminal(capsys):
    with terminal.progress(3, "training") as bar:
        for i in range(3):
            bar.move(f"loss {i}")
        bar.note("epoch 1: loss 2")
    assert capsys.readouterr() == ("epoch 1: loss 2\n", "")


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path):
    for arguments in ([], ["digits", *SHORT, "--out", str(tmp_path)]):
        lesson = subprocess.Popen(
            [sys.executable, "-u", "-m", "demos", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        lesson.stdout.close()
        assert (lesson.stderr.read(), lesson.wait()) == ("", 0)
        lesson.stderr.close()


# --- the digits lesson, from end to end ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The lesson over a pipe, as it was written and what it wrote."""
    folder = tmp_path_factory.mktemp("lesson")
    arguments = ["-W", "error", "-m", "demos", "digits", *SHORT, "--out", "results"]
    return python(*arguments, cwd=folder), folder / "results"


def test_the_lesson_writes_its_files_and_no_escape_codes_to_a_pipe(lesson):
    ran, out = lesson
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ESCAPE not in ran.stdout and max(map(len, ran.stdout.splitlines())) <= 80
    assert sorted(os.listdir(out)) == FILES
    for name in FILES[:3]:
        assert (out / name).read_bytes().startswith(b"\x89PNG")
    assert "270 images to learn from, 30 to watch, 2,000 to test" in ran.stdout and "79,510" in ran.stdout


def test_the_nudge_raises_the_right_class(lesson):
    text = lesson[0].stdout
    before, after = probability(text, "before"), probability(text, "after")
    assert after > before
    assert f"made a 4 more probable: from {before}% to {after}%" in text


def test_the_saved_model_reads_digits_better_than_chance_and_as_the_table_says(lesson):
    ran, out = lesson
    model, images = load(out / "model.npz"), mnist()
    measured = evaluate(model, (images.test_images, images.test_labels), {"accuracy": accuracy})["accuracy"]
    assert measured > 0.2
    assert f"Test accuracy: {measured:.1%} of 2,000 images" in ran.stdout
    assert sum(float(p) for p in softmax(model(images.test_images[0]))) == pytest.approx(1.0)


def test_one_seed_gives_one_lesson_in_process_and_out_of_it(lesson, tmp_path, capsys):
    names = runner.run("digits", ["--quick", *SHORT, "--out", str(tmp_path / "again")])
    assert sorted(os.listdir(tmp_path / "again")) == FILES
    assert names["model"].state_dict() == load(lesson[1] / "model.npz").state_dict()
    assert len(names["history"].epochs) == 1 and names["confusion"].sum() == 2000
    assert capsys.readouterr().out.splitlines()[:-1] == lesson[0].stdout.splitlines()[:-1]


def test_ctrl_c_during_training_still_writes_the_results(tmp_path):
    code = f"""
import os, signal, sys
from nets import train
descend, calls = train._descend, []
def interrupted(*arguments):
    calls.append(1)
    if len(calls) == 4:
        os.kill(os.getpid(), signal.SIGINT)
    return descend(*arguments)
train._descend = interrupted
from demos.runner import main
sys.exit(main(["digits", *{TINY!r}, "--epochs", "1000", "--out", "results"]))
"""
    ran = python("-W", "error", "-c", code, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Interrupted: what follows is of the net as far as it came." in ran.stdout
    assert sorted(os.listdir(tmp_path / "results")) == FILES
    assert len(load(tmp_path / "results" / "model.npz").parameters()) == 785 * 8 + 90


def test_ctrl_c_elsewhere_ends_with_status_130(monkeypatch, capsys):
    def stop(name, arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run", stop)
    assert runner.main(["digits"]) == 130
    assert capsys.readouterr().err == "\ndigits: stopped\n"


# --- the compile lesson --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The names that the compile lesson leaves behind."""
    return runner.run("compile", ["--quick", "--out", str(tmp_path_factory.mktemp("compile"))])


def test_the_compile_lesson_runs_in_a_pipe_and_writes_its_pictures(tmp_path):
    ran = python("-W", "error", "-m", "demos", "compile", "--quick", "--out", "results", cwd=tmp_path, COLUMNS="80")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ESCAPE not in ran.stdout and max(map(len, ran.stdout.splitlines())) <= 80
    assert sorted(os.listdir(tmp_path / "results")) == ["programs.png", "regions.png", "speed.png", "staircases.png"]
    for path in (tmp_path / "results").iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")
    assert "h1 (30, 16) = relu(xs (30, 2) @ layers.0.w.T + layers.0.b)   # 2,400 nodes" in ran.stdout


def test_the_small_case_is_explained_by_strides_to_the_last_position(compiled):
    assert compiled["rows"] and compiled["explained"] == 3 * len(compiled["products"]) == 72
    assert compiled["apart"] < 1e-15
    assert compiled["read"]["sum"] == [i // 2 for i in range(24)]
    assert compiled["read"]["weight"] == [*range(8)] * 3


def test_the_recovered_program_is_made_of_matrix_products_and_gathers_nothing(compiled):
    lines = compiled["f"].program.lines
    assert len([line for line in lines if "@" in line]) == len(lines) == 4
    assert compiled["stats"].nodes == compiled["operation_count"] and compiled["stats"].gathers == 0


def test_jitted_and_eager_loss_and_gradients_agree(compiled):
    assert compiled["loss_difference"] < 1e-12 and compiled["gradient_difference"] < 1e-12
    assert np.abs(compiled["eager_gradient"]).max() > 0.1


def test_one_program_serves_for_all_sizes_of_a_batch(compiled):
    assert compiled["programs"] == 1
    assert compiled["batch_loss"].cache_info().misses == 1
    assert compiled["batch_loss"].stats.nodes < compiled["stats"].nodes / 10


def test_the_compiled_loss_trains_a_net_that_knows_the_moons(compiled):
    assert compiled["accuracy"] > 0.95 and compiled["right"] > 0.95
    assert compiled["opinion"].shape == (14_400,)


def test_an_if_on_a_number_is_refused_with_the_line_and_what_to_write_instead(compiled):
    assert "bool()" in compiled["refusal"] and "compile.py:" in compiled["refusal"] and "where" in compiled["refusal"]
