"""walk: what each key shows, as a dialogue without a terminal; then over a pipe and in a terminal."""

import math
import os
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import ArgumentError, DomainError, Value, debug, label, ops, sqrt, steps, sum, topological_order, walk
from autograd.number import figure
from autograd.render.dialogue import COMMANDS, Walk
from tests.strategies import follow, recipes, small

ROOT = Path(__file__).resolve().parent.parent


def example():
    """L = (a * b + a) * -2, in 3 steps forward and 6 back."""
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = a * b
    d = c + a
    L = d * -2
    label(c=c, d=d, L=L)
    return L


def words(lines):
    return "\n".join(line.text for line in lines)


def dialogue(root, *typed, width=80):
    """The Walk and what it showed last, after these lines."""
    walking = Walk(steps(root))
    shown = words(walking.opening(width))
    for line in typed:
        shown = words(walking.do(line, width))
    return walking, shown


def shown(root, *typed, width=80):
    return dialogue(root, *typed, width=width)[1]


def position(root, *typed):
    return dialogue(root, *typed)[0].at


# --- what is shown -------------------------------------------------------------------------------------------


def test_opening_tells_what_is_given_and_the_first_keys():
    assert shown(example()) == (
        "steps of L: 3 forward, 6 backward\n"
        "Enter: next step; ?: predict its number; h: all keys; q: end\n"
        "given:\n"
        "             value   gradient\n"
        "  a           2.00       0.00\n"
        "  b          -3.00       0.00"
    )


def test_step_is_shown_with_its_sentence_and_its_nodes():
    assert shown(example(), "n", "n") == (
        "step 2 of 9, forward\n"
        "  d = c + a = -6.00 + 2.00 = -4.00\n"
        "\n"
        "             value   gradient\n"
        "  c          -6.00       0.00   = a * b\n"
        "  a           2.00       0.00\n"
        "> d          -4.00       0.00   = c + a"
    )
    assert shown(example(), *["n"] * 7) == (
        "step 7 of 9, backward\n"
        "  dL/da += dL/dd * dd/da = -2.00 * 1 = -2.00   (a.grad 0.00 -> -2.00)\n"
        "\n"
        "             value   gradient\n"
        "  c          -6.00      -2.00   = a * b\n"
        "> a           2.00      -2.00\n"
        "  d          -4.00      -2.00   = c + a"
    )


@given(recipes(3, kinked=True), st.tuples(small, small, small))
def test_gradients_shown_are_those_after_the_steps_made_so_far(recipe, numbers):
    root = follow(recipe, tuple(map(Value, numbers)))
    walking = Walk(found := steps(root))
    views = [words(walking.opening())]
    for step in found:
        step.perform()
        views.append(words(walking.do("n")))
        rows = [line[2:].split() for line in views[-1].splitlines() if re.match(r"[> ] [xv]\d+ ", line)]
        for name, value, gradient, *_ in [row for row in rows if row[1] != "="]:
            node = found.names.node(name)
            assert (value, gradient) == (figure(node.data), figure(node.grad))
    for view in views[-2:0:-1]:
        assert words(walking.do("b")) == view


def test_walking_changes_nothing():
    root = example()
    for i, node in enumerate(topological_order(root)):
        node.grad = float(i)
    before = [(node.data, node.grad, node.label) for node in topological_order(root)]
    dialogue(root, *["n"] * 12, "b", "g a", "u b", "?", "3", "nan", "l", "h", "q")
    assert [(node.data, node.grad, node.label) for node in topological_order(root)] == before


def test_leaf_starts_from_the_gradient_it_had_and_inner_nodes_from_none():
    root = example()
    for node in topological_order(root):
        node.grad = 5.0
    assert "  a           2.00       5.00" in shown(root)
    assert "> c          -6.00       0.00" in shown(root, "n")
    assert "(a.grad 5.00 -> 3.00)" in shown(root, "g a")


def test_leaf_as_the_root_is_one_step():
    assert shown(Value(2.0, "a"), "n") == (
        "step 1 of 1, backward\n"
        "  da/da = 1.00   (a.grad 0.00 -> 1.00)\n"
        "\n"
        "             value   gradient\n"
        "> a           2.00       1.00\n"
        "that was the last step: all gradients are complete"
    )


@pytest.mark.parametrize("width", [40, 60, 80])
def test_nothing_is_wider_than_the_terminal(width):
    xs = [Value(float(i), f"a long name of the number {i}") for i in range(12)]
    root = (sum(xs).tanh() * xs[3]).exp() ** 2
    walking = Walk(steps(root))
    lines = walking.opening(width)
    for typed in ["n", "?", "1", "l", "h", "g nobody", "?", "x", *["n"] * 20, "u", "zzz"]:
        lines += walking.do(typed, width)
    assert max(len(line.text) for line in lines) <= width


def test_long_sentence_is_broken_before_an_equals_sign():
    root = Value(0.5, "a").tanh()
    assert shown(root, "n", "n", "n", width=60).splitlines()[1:5] == [
        "  dv1/da += dv1/dv1 * dv1/da = 1.00 * (1 - v1 * v1)",
        "    = 1.00 * (1 - 0.4621 * 0.4621) = 1.00 * 0.7864 = 0.7864",
        "    (a.grad 0.00 -> 0.7864)",
        "",
    ]


def test_long_row_shows_its_first_operands_and_the_one_that_changes():
    xs = [Value(float(i), f"x{i}") for i in range(12)]
    names = re.findall(r"^[> ] (\S+)", shown(sum(xs), "g x8"), re.MULTILINE)
    assert names[1:] == ["x0", "x1", "x2", "x3", "...", "x8", "...", "v1"]
    assert shown(sum(xs)).splitlines()[-1] == "  ..."


def test_operands_of_equal_value_are_not_taken_for_each_other():
    xs = [Value(1.0, f"x{i}") for i in range(12)]
    names = re.findall(r"^([>] \S+|  x\d+)", shown(sum(xs), "g x2"), re.MULTILINE)
    assert names == ["  x0", "  x1", "> x2", "  x3"]


def test_line_of_the_node_is_told_inside_debug():
    with debug():
        root = Value(1.0, "a") * 2
    assert re.search(r"= 2.00   \(test_walk.py:\d+\)", shown(root, "n"))


# --- going about ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        (["n"], 1),
        ([""], 1),
        (["next", " N "], 2),
        (["n", "b"], 0),
        (["b"], 0),
        (["n"] * 20, 9),
        (["g d"], 2),
        (["g d", "g d"], 5),
        (["g a"], 7),
        (["g a", "g a", "g a"], 7),
        (["g L", "g L", "g L", "g L"], 3),
        (["g   c"], 1),
        (["g 6"], 6),
        (["g 0"], 0),
        (["g 10"], 0),
        (["g nobody"], 0),
        (["g"], 0),
        (["u c"], 1),
        (["u c", "u c"], 6),
        (["u a"], 8),
        (["u a", "u a"], 8),
        (["u L", "u L"], 4),
        (["nan"], 0),
        (["n", "l", "h", "zzz"], 1),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_keys_lead_to_steps(typed, at):
    assert position(example(), *typed) == at


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["b"], "this is the beginning; n goes on"),
        (["n"] * 10, "that was the last step; b goes back, q ends"),
        (["g 9", "?"], "that was the last step; b goes back, q ends"),
        (["g z"], "no node of this graph is called 'z'; there are L, d, c, b, a"),
        (["u z"], "no node of this graph is called 'z'; there are L, d, c, b, a"),
        (["g"], "g needs the name of a node, as in: g L"),
        (["u"], "u needs the name of a node, as in: u L"),
        (["g 99"], "no node of this graph is called '99'; there are L, d, c, b, a"),
        (["g 9", "u c"], "c is done: its last number came in step 6"),
        (["nan"], "there is no NaN and no infinity in the steps from here on"),
        (["zzz"], "there is no key 'zzz'; there are n, b, ?, g, u, nan, l, h, q, and h tells what\nthey do"),
        (["?", "z"], "'z' is no number; type one such as -0.75, or Enter to see it"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else "",
)
def test_what_cannot_be_done_is_told_and_moves_nothing(typed, why):
    walking, _ = dialogue(example(), *typed[:-1])
    at = walking.at
    assert words(walking.do(typed[-1])) == why
    assert walking.at == at and not walking.over


def test_number_of_a_step_gives_way_to_a_node_of_that_name():
    a = Value(1.0, "2")
    assert position(a * 3, "g 2") == 3


def test_names_may_hold_spaces():
    a = Value(1.0, "my weight")
    assert position(a * 3, "g my  weight") == 3


def test_node_that_no_gradient_reaches_has_no_steps():
    x = Value(0.0, "x")
    root = sqrt(x) * 0.0 + Value(1.0, "y")
    assert shown(root, "g x") == "no step is about x: no gradient is passed on to it"
    assert shown(root, "u x") == shown(root, "g x")
    x.grad = 5.0
    assert "  x           0.00       5.00" in shown(root, "n")
    x.grad = None
    assert "  x           0.00       None" in shown(root, "n")


def test_nan_leads_to_each_value_and_gradient_that_is_not_finite():
    a = Value(math.inf, "a")
    b = a * 0
    root = b * 2 + Value(1.0, "c")
    label(b=b)
    walking = Walk(steps(root))
    stops = []
    while "there is no" not in words(walking.do("nan")):
        stops.append(walking.at)
    assert stops == [1, 2, 3]  # the gradients are finite
    assert position((a * 1e-3) * a, "nan", "nan", "nan") == 4
    assert shown((a * 1e-3) * a, "nan", "nan", "nan").splitlines()[0] == "step 4 of 6, backward"


def test_list_shows_the_steps_around_on_one_line_each():
    lines = shown(example(), "g 3", "l").splitlines()
    assert len(lines) == 9
    assert lines[0] == "      1  c = a * b = 2.00 * -3.00 = -6.00" and lines[2].startswith(">     3  L = d * -2")
    long = sum([Value(1.0)])
    for _ in range(50):
        long = long * 2
    for at, first in [(0, 1), (5, 1), (60, 56), (103, 94)]:
        lines = shown(long, f"g {at}", "l").splitlines()
        assert [int(line[2:7]) for line in lines] == list(range(first, first + 10))
        assert [line[0] for line in lines].count(">") == (at > 0)


def test_help_tells_every_key():
    lines = shown(example(), "h").splitlines()
    assert [re.match(r"[^\s,]+", line)[0] for line in lines] == list(COMMANDS)
    assert shown(example(), "help") == shown(example(), "H") == "\n".join(lines)
    assert not any(line.endswith("...") for line in lines)


@pytest.mark.parametrize("typed", ["q", "quit", "exit", "Q"])
def test_q_ends_it_also_in_the_middle_of_a_question(typed):
    for before in ([], ["?"]):
        walking, last = dialogue(example(), *before, typed)
        assert walking.over and last == ""


@pytest.mark.parametrize("length", [10_000])
def test_long_graph_is_walked_like_any_other(length):
    y = Value(1.0, "x")
    for _ in range(length):
        y = y * 1.0
    walking, last = dialogue(y, "u v9999", "u x", "?")
    assert walking.at == 2 * length + 1 and last == "that was the last step; b goes back, q ends"
    assert "steps of v10000: 10,000 forward, 10,001 backward" in shown(y)


# --- predictions ---------------------------------------------------------------------------------------------


def test_question_hides_the_number_of_the_next_step_and_an_answer_shows_it():
    walking, asked = dialogue(example(), "n", "?")
    assert asked == ("step 2 of 9, forward\n  d = c + a = -6.00 + 2.00 = ____\ntype a number, or Enter to see it")
    assert (walking.at, walking.prompt) == (1, "your number> ")
    answer = words(walking.do("-4"))
    assert answer.splitlines()[:3] == ["right: -4.00", "step 2 of 9, forward", "  d = c + a = -6.00 + 2.00 = -4.00"]
    assert (walking.at, walking.prompt) == (2, "walk> ")


def test_question_about_a_gradient_hides_what_follows_too():
    asked = shown(example(), "g 7", "?")
    assert asked == (
        "step 8 of 9, backward\n"
        "  dL/da += dL/dc * dc/da = -2.00 * b = -2.00 * -3.00 = ____\n"
        "    (a.grad -2.00 -> ____)\n"
        "type a number, or Enter to see it"
    )


@pytest.mark.parametrize("line", ["", "n", "  "])
def test_empty_line_gives_up(line):
    walking, answer = dialogue(example(), "?", line)
    assert answer.startswith("step 1 of 9, forward\n  c = a * b = 2.00 * -3.00 = -6.00")
    assert not walking.asked


def test_what_is_no_number_is_asked_again():
    walking, answer = dialogue(example(), "?", "six")
    assert answer == "'six' is no number; type one such as -0.75, or Enter to see it"
    assert walking.asked and words(walking.do("-6")).startswith("right: -6.00\nstep 1 of 9")


@pytest.mark.parametrize(
    ("result", "typed", "verdict"),
    [
        (0.97381, "0.97381", "right: 0.9738"),
        (0.97381, "0.97", "right: 0.9738"),
        (0.97381, "1.0", "right: 0.9738"),
        (0.97381, "1", "not quite: it is 0.9738, off by 0.02619"),
        (0.97381, "0.98", "right: 0.9738"),
        (0.97381, "0.99", "not quite: it is 0.9738, off by 0.01619"),
        (0.6, "1", "not quite: it is 0.60, off by 0.40"),
        (0.6, ".6", "right: 0.60"),
        (-12.0, "-12", "right: -12.00"),
        (-12.0, "12", "not quite: it is -12.00, with the other sign"),
        (1234.4, "1234", "right: 1234.40"),
        (1234.4, "1.2e3", "right: 1234.40"),
        (1e300, "1e300", "right: 1e300"),
        (0.0, "0", "right: 0.00"),
        (1e-17, "0", "right: 1e-17"),
        (0.4, "0", "not quite: it is 0.40, off by 0.40"),
        (0.0004, "0.0000", "not quite: it is 0.0004, off by 0.0004"),
        (0.0, "1e-30", "not quite: it is 0.00, off by 1e-30"),
        (2.0, "0e999", "not quite: it is 2.00, off by 2.00"),
        (2.0, "12e999", "not quite: it is 2.00"),
        (math.nan, "nan", "right: nan"),
        (math.nan, "3", "not quite: it is nan"),
        (3.0, "nan", "not quite: it is 3.00"),
        (math.inf, "inf", "right: inf"),
        (math.inf, "7", "not quite: it is inf"),
        (-math.inf, "inf", "not quite: it is -inf, with the other sign"),
    ],
)
def test_prediction_is_right_to_the_digits_typed_or_to_one_percent(result, typed, verdict):
    assert shown(Value(result, "a") * 1.0, "?", typed).splitlines()[0] == verdict


# --- in a terminal -------------------------------------------------------------------------------------------

SCRIPT = """
from autograd import Value, label, walk
a, b = Value(2.0, "a"), Value(-3.0, "b")
c = a * b
L = (c + a) * c.tanh()
label(c=c, L=L)
result = walk(L)
print("walk returned", result, a.grad)
"""


def started(**options):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm", **options.pop("env", {})}
    return subprocess.Popen([sys.executable, "-c", options.pop("script", SCRIPT)], env=environment, **options)


def piped(typed, **env):
    pipe = subprocess.PIPE
    with started(env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        out, err = process.communicate("".join(f"{line}\n" for line in typed))
    return process.returncode, out, err


PROMPTS = (b"walk> ", b"your number> ")


class Terminal:
    """A process in a pseudo-terminal."""

    def __init__(self, **env):
        self.screen, inside = pytest.importorskip("pty").openpty()
        self.process = started(env=env, stdin=inside, stdout=inside, stderr=inside, start_new_session=True)
        os.close(inside)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.screen)
        self.process.kill()
        self.process.wait()

    def read(self, until):
        """All that is shown up to one of these ends, or to the end of it all."""
        found = b""
        while not found.endswith(until):
            assert select.select([self.screen], [], [], 60)[0], found
            try:
                more = os.read(self.screen, 4096)
            except OSError:  # what Linux says once the process has ended
                break
            if not more:
                break
            found += more
        return found.decode().replace("\r\n", "\n")

    def session(self, typed):
        """The transcript of a session, in which each line is typed when it is asked for."""
        found = self.read(PROMPTS)
        for line in typed:
            os.write(self.screen, f"{line}\n".encode())
            found += self.read(PROMPTS)
        return found


TYPED = ["n", "?", "-4", "u a", "b", "g c", "zz", "l", "h", "q"]


def test_session_over_a_pipe_shows_what_was_typed_and_returns_none():
    code, out, err = piped(["n", "?", "-3", "q"])
    assert (code, err) == (0, "")
    prompts = [line for line in out.splitlines() if "> " in line and not line.startswith("> ")]
    assert prompts == ["walk> n", "walk> ?", "your number> -3", "walk> q"]
    assert "not quite: it is -4.00, off by 1.00\nstep 2 of" in out
    assert out.endswith("walk returned None 0.0\n") and "\x1b" not in out


def test_end_of_the_input_ends_the_walk():
    code, out, err = piped(["n"])
    assert (code, err) == (0, "") and out.endswith("walk> \nwalk returned None 0.0\n")


def test_reader_that_has_seen_enough_ends_the_walk_without_a_traceback():
    with started(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write("n\n" * 30)
        process.stdin.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["colour", "NO_COLOR", "dumb"])
def test_terminal_shows_the_words_of_the_pipe_and_colour_only_if_it_is_wanted(env):
    pytest.importorskip("rich")
    _, plain, _ = piped(TYPED)
    with Terminal(**env) as terminal:
        found = terminal.session(TYPED)
    assert ("\x1b" in found) == (env == {})
    assert re.sub(r"\x1b\[[\d;]*m", "", found) == plain


def test_terminal_is_as_wide_as_it_says():
    with Terminal(COLUMNS="50", NO_COLOR="1") as terminal:
        found = terminal.session(TYPED)
    assert 40 < max(map(len, found.splitlines())) <= 50


@pytest.mark.parametrize("end", [KeyboardInterrupt, EOFError])
def test_ctrl_c_and_ctrl_d_end_the_walk_on_a_line_of_its_own(end, monkeypatch, capsys):
    def typed(prompt):
        print(prompt, end="")
        raise end

    monkeypatch.setattr("builtins.input", typed)
    assert walk(example()) is None
    assert capsys.readouterr().out.endswith("walk> \n")


def test_walk_in_a_repl_reads_the_lines_that_follow_it(monkeypatch, capsys):
    typed = iter(["n", "", "q"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    monkeypatch.setenv("COLUMNS", "80")
    assert walk(example()) is None
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("step ")] == [
        "step 1 of 9, forward",
        "step 2 of 9, forward",
    ]


@pytest.mark.parametrize("installed", [True, False])
def test_terminal_without_rich_is_shown_the_plain_words(installed, monkeypatch, capsys):
    pytest.importorskip("rich")
    monkeypatch.setattr("builtins.input", lambda prompt: "q")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not installed:
        monkeypatch.setitem(sys.modules, "rich.console", None)
    walk(example())
    out = capsys.readouterr().out
    assert ("\x1b" in out) == installed and "steps of L: 3 forward, 6 backward" in out


@pytest.mark.parametrize(
    ("root", "error"), [(3, ArgumentError), (sqrt(Value(0.0)) * 2, DomainError)], ids=["number", "no derivative"]
)
def test_what_has_no_steps_is_refused_before_anything_is_read(root, error):
    with pytest.raises(error):
        walk(root)


def test_each_op_can_be_walked_through():
    for op in (ops.maximum, ops.pow, ops.where):
        root = op(*(Value(x) for x in op.domain.samples[0]))
        assert "last step" in shown(root, *["n"] * 10)
