"""The stepper: what each line does; then over a pipe, in a terminal, and every lesson to its end."""

import os
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

import demos
from autograd import ArgumentError
from demos import runner, stepper
from demos.cells import Lesson
from demos.stepper import COMMANDS, Stepper

ROOT = Path(__file__).resolve().parent.parent
TINY = '''"""Counts, draws and divides."""

# %% [markdown]
# # Counting
#
# From 0 on, as far as the settings say. This is a paragraph of more than eighty letters.

# %%
import random
import time

from autograd import Value
from demos.runner import settings

options = settings("tiny", quick={"size": 2}, size=(5, "how many"))
numbers = list(range(options.size))
print("numbers", numbers)

# %% [markdown]
# ## Drawing

# %%
drawn = random.Random(options.seed).random()
weight = Value(drawn)
print("drawn", drawn)

# %% [markdown]
# ## Dividing

# %%


def part():
    """What may fail."""
    return 1 / len(numbers)


print("part", part())

# %%
print("waiting", flush=True)
while len(numbers) == 3:
    time.sleep(0.01)

# %% [markdown]
# ## Three things to try
#
# 1. One
'''
SCRIPT = """
import sys
from pathlib import Path
from demos import runner, stepper
runner.FOLDER = stepper.FOLDER = Path(sys.argv[1])
runner.LESSONS = ("tiny",)
sys.exit(runner.main(["tiny", "--step", *sys.argv[2:]]))
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a lesson of four cells and an end."""
    (tmp_path / "tiny.py").write_text(TINY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def tiny(folder, monkeypatch):
    """Makes a Stepper of it with these settings, and types these lines."""
    monkeypatch.setattr(stepper, "FOLDER", folder)
    monkeypatch.setattr(runner, "FOLDER", folder)
    monkeypatch.setattr(runner, "LESSONS", ("tiny",))
    monkeypatch.setenv("COLUMNS", "80")

    def typed(*lines, settings=()):
        stepping = Stepper("tiny", list(settings))
        stepping.open()
        for line in lines:
            stepping.do(line)
        return stepping

    return typed


def shown(tiny, capsys, *lines, settings=()):
    """The Stepper, and what the last line made it write."""
    stepping = tiny(*lines[:-1], settings=settings)
    capsys.readouterr()
    stepping.do(lines[-1])
    return (stepping, *capsys.readouterr())


# --- what is shown -------------------------------------------------------------------------------------------


def test_opening_shows_what_the_lesson_is_and_its_first_cell_with_the_lines_of_the_file(tiny, capsys):
    stepping = tiny()
    out = capsys.readouterr().out
    assert out.startswith(
        "Counts, draws and divides.\n\n"
        "Enter runs the cell that is shown. Any Python can be typed before. :help tells\nmore.\n\n"
        "--- cell 1 of 5 ---"
    )
    assert (
        "# Counting\n\n"
        "From 0 on, as far as the settings say. This is a paragraph of more than eighty\nletters.\n\n"
        "   9  import random\n"
    ) in out
    assert out.endswith('  17  print("numbers", numbers)\n')
    assert stepping.prompt == "tiny 1/5>>> " and "numbers" not in stepping.names


def test_enter_runs_the_cell_and_shows_the_next(tiny, capsys):
    stepping, out, err = shown(tiny, capsys, "")
    assert out.startswith("numbers [0, 1, 2, 3, 4]\n\n--- cell 2 of 5 ---") and "## Drawing" in out and err == ""
    assert stepping.names["numbers"] == [0, 1, 2, 3, 4] and stepping.prompt == "tiny 2/5>>> "


def test_last_cell_is_followed_by_the_end_which_is_told_again(tiny, capsys):
    stepping, out, _ = shown(tiny, capsys, *[""] * 4)
    assert "1. One\n\nThat was the last cell." in out and stepping.prompt == "tiny 5/5>>> "
    stepping.do("")
    assert capsys.readouterr().out.startswith("\nThat was the last cell.") and not stepping.over
    assert stepping.at == 4


def test_prose_is_filled_by_paragraph_and_item_and_left_alone_where_it_is_a_table_or_code(tiny):
    kept = "1. an item that is\n   long\n2. a second\n\n| a | b |\n| 1 | 2 |\n\n    x = 1\n    y = 2\n"
    filled = "\n".join(stepper._filled(f"# A heading\nwords and\nmore words\n\n{kept}", 20))
    assert filled == f"# A heading\nwords and more words\n\n{kept}"


# --- Python in between ---------------------------------------------------------------------------------------


def test_typed_expression_is_shown_and_kept_as_in_a_prompt(tiny, capsys):
    stepping, out, err = shown(tiny, capsys, "", "sum(numbers)")
    assert (out, err) == ("10\n", "")
    stepping.do("_ + 1")
    assert capsys.readouterr().out == "11\n"


def test_typed_statement_changes_what_the_next_cell_sees(tiny, capsys):
    stepping = tiny("", "options.seed = 8", "numbers += [5, 6, 7]", "", "")
    assert stepping.names["drawn"] == tiny("", "", settings=["--seed", "8"]).names["drawn"]
    assert "part 0.125" in capsys.readouterr().out


def test_block_goes_on_to_an_empty_line(tiny, capsys):
    stepping = tiny("", "for n in numbers[:2]:", "    print('n', n)")
    assert stepping.prompt == "........... " and capsys.readouterr().out.count("n 0") == 0
    stepping.do("")
    assert capsys.readouterr().out == "n 0\nn 1\n" and stepping.prompt == "tiny 2/5>>> "


def test_lines_of_a_block_may_be_commands_for_slices_and_empty_in_strings(tiny):
    stepping = tiny("text = '''", "", ":quit", "'''")
    assert stepping.names["text"] == "\n\n:quit\n" and not stepping.over and stepping.at == 0


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1 / 0", '  File "<typed 1>", line 1, in <module>\n'),
        ("nothing", "NameError: name 'nothing' is not defined\n"),
        ("1 +", "SyntaxError: "),  # incomplete input or invalid syntax, as the version of Python has it
        ("x = '", "SyntaxError: "),
        ("raise KeyboardInterrupt", "KeyboardInterrupt\n"),
        ("Value(-1.0).log()", "DomainError: log: argument is -1.0 (<typed 1>:1)"),
    ],
)
def test_exception_in_typed_code_does_not_end_the_lesson(typed, message, tiny, capsys):
    stepping, out, err = shown(tiny, capsys, "", typed)
    assert message in err and out == "" and not stepping.over and stepping.prompt == "tiny 2/5>>> "
    stepping.do("")
    assert "drawn 0.8444" in capsys.readouterr().out


def test_traceback_shows_the_frames_of_the_user_alone_and_the_debugger_finds_all(tiny, capsys):
    _, _, err = shown(tiny, capsys, "", "def f(x):", "    return Value(x).log()", "", "f(-1)")
    files = re.findall(r'File "(.*?)", line (\d+)', err)
    assert files == [("<typed 2>", "1"), ("<typed 1>", "2")] and "    return Value(x).log()\n" in err
    assert sys.last_value.__class__.__name__ == "DomainError" and sys.last_traceback.tb_frame.f_globals is vars(stepper)


def test_traceback_through_a_cell_names_its_line_in_the_file(tiny, capsys, folder):
    _, _, err = shown(tiny, capsys, "", "", "", "numbers = []", "part()")
    assert f'  File "{folder / "tiny.py"}", line 35, in part\n    return 1 / len(numbers)\n' in err


def test_settings_are_passed_to_the_lesson_and_hold_at_the_prompt(tiny):
    stepping = tiny("", settings=["--quick", "--seed", "3"])
    assert stepping.names["numbers"] == [0, 1] and stepping.names["options"].seed == 3
    stepping.do("again = settings('tiny', quick={}, size=(5, 'of it'))")
    assert stepping.names["again"].seed == 3 and runner._arguments is None


def test_settings_that_do_not_fit_end_the_lesson_as_they_would_without_stepping(tiny, capsys):
    stepping, _, err = shown(tiny, capsys, "", settings=["--size", "0"])
    assert stepping.over and stepping.ended_by.code == 2 and "--size is 0; it needs to be above 0" in err


def test_exit_that_is_typed_ends_python(tiny):
    with pytest.raises(SystemExit) as ended:
        tiny("", "raise SystemExit(3)")
    assert ended.value.code == 3


# --- a cell that fails ---------------------------------------------------------------------------------------


def test_cell_that_fails_can_be_mended_and_run_once_more(tiny, capsys, folder):
    stepping, out, err = shown(tiny, capsys, "", "", "numbers = []", "")
    assert "ZeroDivisionError" in err and f'"{folder / "tiny.py"}", line 38, in <module>' in err
    assert "demos/stepper.py" not in err
    assert out == "Cell 3 came to no end. Enter runs it once more, :skip goes on without it.\n"
    assert stepping.prompt == "tiny 3/5>>> "
    stepping.do("numbers = [1]")
    stepping.do("")
    assert "part 1.0" in capsys.readouterr().out and stepping.at == 3


def test_cell_that_fails_can_be_left_out_or_gone_back_from(tiny, capsys):
    stepping = tiny("", "", "numbers = []", "", ":skip", "numbers")
    assert stepping.at == 3 and stepping.names["numbers"] == []
    stepping.do(":back")
    assert stepping.at == 2 and stepping.names["numbers"] == [0, 1, 2, 3, 4]


def test_going_on_through_a_cell_that_fails_stops_there(tiny, capsys):
    stepping, out, err = shown(tiny, capsys, "", "numbers = []", ":goto 5")
    assert stepping.at == 2 and "ZeroDivisionError" in err and "Cell 3 came to no end." in out


# --- commands ------------------------------------------------------------------------------------------------


def test_back_starts_anew_and_runs_the_cells_before_quietly(tiny, capsys):
    stepping = tiny("", "", "")
    drawn = stepping.names["drawn"]
    stepping.do("weight.data = drawn = 0")
    stepping.do("extra = 1")
    capsys.readouterr()
    stepping.do(":back")
    out = capsys.readouterr().out
    assert out.startswith("running cells 1 to 2 again ...\n\n--- cell 3 of 5 ---") and "numbers [" not in out
    assert stepping.names["drawn"] == stepping.names["weight"].data == drawn
    assert "extra" not in stepping.names and stepping.at == 2


def test_back_leads_cell_by_cell_to_the_start_and_no_further(tiny, capsys):
    stepping = tiny("", "", "", "")
    for at in (3, 2, 1, 0):
        stepping.do(":back")
        assert stepping.at == at
    assert "numbers" not in stepping.names and "back at the start\n" in capsys.readouterr().out
    stepping.do(":back")
    assert (stepping.at, capsys.readouterr().out) == (0, "this is the first cell\n")


def test_goto_runs_up_to_a_cell_and_shows_it(tiny, capsys):
    stepping, out, _ = shown(tiny, capsys, ":goto 3")
    assert re.sub(r"drawn .*", "drawn", out).startswith("numbers [0, 1, 2, 3, 4]\ndrawn\n\n--- cell 3 of 5 ---")
    stepping.do(":goto 3")
    assert capsys.readouterr().out.startswith("\n--- cell 3 of 5 ---")
    stepping.do(":goto 2")
    assert stepping.at == 1 and "drawn" not in stepping.names
    stepping.do(":goto 5")
    assert stepping.at == 4 and capsys.readouterr().out.endswith("Python's own prompt.\n")


@pytest.mark.parametrize("number", ["0", "6", "-1", "1.5", "x", "²", "9" * 5000])
def test_goto_out_of_range_says_the_range(number, tiny, capsys):
    stepping, out, _ = shown(tiny, capsys, "", f":goto {number}")
    assert " ".join(out.split()).endswith("they are numbered 1 to 5") and stepping.at == 1


def test_list_shows_the_headings_and_marks_the_cell_that_is_next(tiny, capsys):
    _, out, _ = shown(tiny, capsys, "", "", ":list")
    assert out == (
        '   1  Counting\n   2  Drawing\n>  3  Dividing\n   4  print("waiting", flush=True)\n   5  Three things to try\n'
    )


def test_skip_goes_on_without_running(tiny, capsys):
    stepping, out, _ = shown(tiny, capsys, "", ":skip")
    assert "drawn" not in stepping.names and stepping.at == 2 and "cell 3 of 5" in out
    stepping.do(":skip")
    stepping.do(":skip")
    capsys.readouterr()
    stepping.do(":skip")
    assert (stepping.at, capsys.readouterr().out) == (4, "there is no cell left to run\n")


def test_help_tells_every_command_within_80_columns(tiny, capsys):
    _, out, _ = shown(tiny, capsys, ":help")
    assert all(f":{name}" in out for name in COMMANDS) and max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("word", [":quit", ":q", ":QUIT", " :quit "])
def test_quit_ends_the_lesson_with_its_names(word, tiny):
    stepping = tiny("", word)
    assert stepping.over and stepping.quit and stepping.names["numbers"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (":", "there is no command :; there are :back, :goto, :list, :skip, :help, :quit"),
        (":qwit", "there is no command :qwit; there are :back, :goto, :list, :skip, :help, :quit"),
        (":goto", ":goto needs a number, as in :goto 3"),
        (":back 2", ":back stands alone"),
    ],
)
def test_wrong_command_is_answered_in_a_line(typed, message, tiny, capsys):
    stepping, out, err = shown(tiny, capsys, "", typed)
    assert (out, err) == (f"{message}\n", "") and stepping.at == 1 and not stepping.over


# --- walk, in a prompt of one's own --------------------------------------------------------------------------


@pytest.fixture
def keyboard(monkeypatch):
    """Types these lines; an exception among them is raised instead, and at the end of them the input ends."""

    def type_in(*lines):
        waiting = iter([*lines, EOFError()])

        def typed(prompt):
            line = next(waiting)
            if isinstance(line, BaseException):
                raise line
            return line

        monkeypatch.setattr("builtins.input", typed)

    return type_in


@pytest.mark.parametrize("end", [[":quit"], []])
def test_walk_returns_the_names(end, tiny, keyboard, capsys):
    keyboard("", "mine = 1", *end)
    names = demos.walk("tiny", "--quick", "--seed", 3)
    assert names["numbers"] == [0, 1] and names["mine"] == 1 and names["options"].seed == 3
    assert repr(names) == "<the 7 names of tiny: random, time, Value, settings, options, numbers, mine>"


def test_walk_refuses_a_name_that_is_none():
    with pytest.raises(ArgumentError, match="There is no lesson 'digist'; did you mean 'digits'"):
        demos.walk("digist")


def test_walk_survives_settings_that_do_not_fit(tiny, keyboard, capsys):
    keyboard("", "never typed")
    assert "numbers" not in demos.walk("tiny", "--size", "x") and "invalid int value" in capsys.readouterr().err


def test_ctrl_c_at_the_prompt_drops_the_line_and_no_more(tiny, keyboard, capsys):
    keyboard("", "for n in numbers:", KeyboardInterrupt(), "mine = 1", ":quit")
    assert demos.walk("tiny")["mine"] == 1
    assert "\nKeyboardInterrupt\n" in capsys.readouterr().out


def test_demos_is_imported_without_anything_heavy():
    code = "import sys, demos; print({'numpy', 'autograd', 'rich', 'demos.stepper'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, text=True).stdout == "set()\n"


# --- over a pipe ---------------------------------------------------------------------------------------------


def environment(**changes):
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    return {**kept, "PYTHON_BASIC_REPL": "1", **changes}  # the prompt of 3.13 draws each line anew, letter by letter


def piped(typed, *arguments, **changes):
    """What Python with these arguments answers to these lines."""
    return subprocess.run(
        [sys.executable, *arguments],
        input="".join(f"{line}\n" for line in typed),
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_session_over_a_pipe_reads_like_one_and_hands_over_to_a_prompt(folder):
    ran = piped(["", "len(numbers)", ":quit", "numbers", "1/0", "drawn"], "-c", SCRIPT, folder, "--quick")
    assert ran.returncode == 0 and "\x1b" not in ran.stdout
    assert "tiny 2/5>>> len(numbers)\n2\ntiny 2/5>>> :quit\n>>> " in ran.stdout
    assert ran.stdout.count(">>> numbers\n[0, 1]\n>>> 1/0\n") == 1
    assert ran.stderr.startswith("The lesson's names are here. Ctrl-D ends.\n")
    assert "ZeroDivisionError" in ran.stderr and "name 'drawn' is not defined" in ran.stderr


def test_end_of_the_input_ends_the_lesson(folder):
    ran = piped(["", ""], "-c", SCRIPT, folder)
    assert (ran.returncode, ran.stderr) == (0, "") and ran.stdout.endswith("tiny 3/5>>> \n")


@pytest.mark.parametrize(("typed", "arguments", "status"), [([""], ["--size", "0"], 2), (["exit(4)"], [], 4)])
def test_exit_status_is_that_of_the_lesson_or_what_was_typed(typed, arguments, status, folder):
    ran = piped(typed, "-c", SCRIPT, folder, *arguments)
    assert ran.returncode == status and "Traceback" not in ran.stderr


def test_help_is_shown_without_stepping_and_tells_of_step():
    ran = piped([], "-m", "demos", "digits", "--step", "--help")
    assert "--step" in ran.stdout and "--epochs" in ran.stdout and ">>>" not in ran.stdout


def test_unknown_name_is_answered_as_without_step():
    for arguments in (["zzz", "--step"], ["--step", "zzz"]):
        ran = piped([], "-m", "demos", *arguments)
        assert ran.returncode == 2 and "There is no lesson 'zzz'; there are: " in ran.stderr


def test_reader_that_has_seen_enough_ends_the_lesson_without_a_traceback(folder):
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, folder], env=environment(), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write("1\n" * 30)
        process.stdin.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


# --- in a terminal -------------------------------------------------------------------------------------------

PROMPT = re.compile(rb"(\d+/\d+|^|\n|\x1b\[\?2004h)>>> $|\.\.\. $")
CODES = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]")


BY_KEYBOARD = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
"""Python that becomes another program, to which the terminal sends its interrupts."""


class Terminal:
    """Python with these arguments in a pseudo-terminal, where the keys for interrupt and end of input work."""

    def __init__(self, *arguments, **changes):
        self.screen, inside = pytest.importorskip("pty").openpty()
        command = [sys.executable, "-c", BY_KEYBOARD, sys.executable, *arguments]
        streams = {"stdin": inside, "stdout": inside, "stderr": inside}
        environ = environment(COLUMNS="80", **changes)
        self.process = subprocess.Popen(command, env=environ, start_new_session=True, **streams)
        os.close(inside)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.screen)
        self.process.kill()
        self.process.wait()

    def read(self, until=PROMPT):
        """What is shown up to the next prompt, or to the end of it all."""
        found = b""
        while not until.search(found):
            assert select.select([self.screen], [], [], 120)[0], found.decode()
            try:
                more = os.read(self.screen, 4096)
            except OSError:  # what Linux says once the process has ended
                more = b""
            if not more:
                break
            found += more
        return CODES.sub("", found.decode()).replace("\r\n", "\n")

    def type(self, line, end="\n", until=PROMPT):
        """What is shown after this line."""
        os.write(self.screen, f"{line}{end}".encode())
        return self.read(until)


@pytest.mark.parametrize("name", runner.LESSONS)
def test_every_lesson_is_stepped_to_its_end_in_a_terminal(name, tmp_path):
    lesson = Lesson(runner.FOLDER / f"{name}.py")
    stops = len(lesson.stops)
    with Terminal("-m", "demos", name, "--step", "--quick", "--out", tmp_path, NO_COLOR="1") as terminal:
        shown = terminal.read()
        for number in range(1, stops):
            assert f"cell {number} of {stops}" in shown and "came to no end" not in shown, shown
            shown = terminal.type("")
        assert f"cell {stops} of {stops}" in shown and "That was the last cell." in shown, shown
        assert "The lesson's names are here." in terminal.type(":quit")
        assert "\nTrue\n" in terminal.type("options.quick")
        terminal.type("", end="\x04")
        assert terminal.process.wait(60) == 0
    assert any(tmp_path.iterdir())


def test_terminal_is_coloured_only_if_it_is_wanted(folder):
    pytest.importorskip("rich")
    for changes, coloured in [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]:
        with Terminal("-c", SCRIPT, folder, **changes) as terminal:
            found = b""
            while not PROMPT.search(found):
                found += os.read(terminal.screen, 4096)
        assert bool(re.search(rb"\x1b\[[\d;]*m", found)) == coloured
        assert (b"--- cell 1 of 5 ---" in found) != coloured


def test_ctrl_c_interrupts_the_cell_and_what_was_typed_but_not_the_lesson(folder):
    with Terminal("-c", SCRIPT, folder, "--size", "3", NO_COLOR="1") as terminal:
        terminal.read()
        terminal.type(":goto 4")
        terminal.type("", until=re.compile(rb"waiting\r\n"))
        shown = terminal.type("", end="\x03")
        assert "KeyboardInterrupt" in shown and "Cell 4 came to no end." in shown and shown.endswith("tiny 4/5>>> ")
        terminal.type("print('on'); time.sleep(60)", until=re.compile(rb"\non\r\n"))
        shown = terminal.type("", end="\x03")
        assert "KeyboardInterrupt" in shown and shown.endswith("tiny 4/5>>> ")
        assert "3" in terminal.type("len(numbers)")
        assert "cell 5 of 5" in terminal.type(":skip")


def test_ctrl_d_ends_the_lesson(folder):
    with Terminal("-c", SCRIPT, folder, NO_COLOR="1") as terminal:
        terminal.read()
        terminal.type("", end="\x04")
        assert terminal.process.wait(60) == 0


def test_tab_completes_the_names_of_the_lesson(folder):
    pytest.importorskip("readline")
    with Terminal("-c", SCRIPT, folder, NO_COLOR="1") as terminal:
        terminal.read()
        terminal.type("")
        assert "[0, 1, 2, 3, 4]" in terminal.type("numb\t")


def test_walk_in_a_python_prompt_gives_the_names_back_to_it(tmp_path):
    with Terminal("-i", "-c", "from demos import walk", NO_COLOR="1") as terminal:
        terminal.read()
        assert "digits 1/" in terminal.type(f"names = walk('digits', '--quick', '--out', {str(tmp_path)!r})")
        assert "digits 2/" in terminal.type("")
        assert terminal.type(":quit").endswith("\n>>> ")
        assert "True" in terminal.type("names['options'].quick")


@pytest.mark.parametrize("option", [[], ["--step"]])
def test_python_i_leaves_the_lessons_names_at_its_prompt(option, tmp_path):
    with Terminal("-i", "-m", "demos", "chain_rule", "--quick", *option, "--out", tmp_path, NO_COLOR="1") as terminal:
        shown = terminal.read()
        if option:
            terminal.type("")
            shown = terminal.type(":quit")
        assert shown.endswith("\n>>> ") and "Traceback" not in shown
        assert "True" in terminal.type("options.quick")
