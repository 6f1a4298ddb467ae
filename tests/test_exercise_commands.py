"""The student's commands, and check and hint at a prompt: from the list to the solution, and what can go wrong."""

import builtins
import json
import operator
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import demos.exercises
from demos.exercises import TASKS, CannotCheck, CheckFailed, check, commands, hint
from demos.exercises.commands import main
from demos.exercises.student.printed import MOST, Tail
from demos.exercises.student.progress import NAME, fingerprint
from demos.exercises.student.workspace import Workspace
from demos.exercises.task import FOLDER
from demos.exercises.verdict import Finding, Verdict

from .processes import gone, soon, written_by

ALL = list(TASKS.values())
FIRST, SECOND = ALL[:2]
WRONG = "def decide(facts, weights, threshold):\n    return sum(w * x for w, x in zip(weights, facts)) >= threshold\n"
RIGHT = WRONG.replace(">=", ">")
ENDLESS = "import os\nopen({pid!r}, 'w').write(str(os.getpid()))\nwhile True:\n    pass\n"
# Ctrl-C between open and `with` leaves a file to the garbage collector, which warns of it.
WARNINGS = ["-W", "error", "-W", "ignore::ResourceWarning"]
ANSWERS_CTRL_C = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background may have it ignored
from demos.exercises.commands import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder that the student is in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def exercises(here):
    """The folder `exercises` there, with all tasks in it."""
    Workspace(Path("exercises")).start(ALL)
    return here / "exercises"


@pytest.fixture
def typed(capsys):
    """A function: what a command line prints and ends with. Nothing is wider than 80 columns."""

    def run(words, status=0):
        try:
            ended = main(words.split() if isinstance(words, str) else words)
        except SystemExit as leaving:
            ended = leaving.code
        out, err = capsys.readouterr()
        assert ended == status, f"{words}: {ended}\n{out}{err}"
        assert max(map(len, (out + err).splitlines()), default=0) <= 80 or "solution" in words, out + err
        assert "Traceback" not in out + err
        return out + err

    return run


def answer(folder, task, text):
    """The student's file, with this text in it."""
    path = folder / task.stub.name
    path.write_text(text, encoding="utf-8")
    return path


def started(*arguments, cwd):
    """A process of the command line, in the group of its own that a terminal would make for it."""
    return subprocess.Popen(
        [sys.executable, *WARNINGS, "-c", ANSWERS_CTRL_C, *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


# --- the way of a student ------------------------------------------------------------------------------------


def test_a_student_goes_from_the_list_to_the_solution(here, typed):
    assert "python -m demos.exercises start" in typed("list")
    assert "exercises/01_perceptron.py" in typed("start")
    assert "not written yet" in typed("check 1", 1)

    path = answer(here / "exercises", FIRST, WRONG)
    failed = typed("check 1", 1)
    for words in ("at the threshold", "expected", "got", "likely cause", "try next", "hint 1     read hint 1 of 3"):
        assert words in failed
    assert "3 of 3 hints are left" in typed("solution 1", 1)
    assert "Hint 1 of 3" in typed("hint 1")
    assert re.search(r"\n 1  perceptron +tried +1 +Decide", typed("list"))

    path.write_text(RIGHT)
    passed = typed("check 1")
    assert passed.startswith(" 1 perceptron: passed\n") and f"Next is task {SECOND.number}, {SECOND.name}:" in passed
    assert typed("solution 1") == FIRST.solution.read_text(encoding="utf-8")
    assert re.search(r"\n 1  perceptron +passed +1 +Decide", typed("list"))
    assert f"Next is task {SECOND.number}, {SECOND.name}:" in typed("list")


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"], ["help"]])
def test_without_a_command_there_are_tasks_commands_and_what_to_do_next(words, here, typed):
    shown = typed(words)
    for task in ALL:
        assert f"{task.number:>2}  {task.name}" in shown
    for name in commands.COMMANDS:
        assert re.search(rf"^    {name} ", shown, re.MULTILINE)
    assert "grade DIR" in shown
    assert "To begin:\n    python -m demos.exercises start" in shown
    assert not any(here.iterdir())


def test_list_shows_every_title_whole_and_writes_nothing(here, typed):
    shown = " ".join(typed("list").split())
    assert all(f"{task.number} {task.name} {task.title}" in shown for task in ALL)
    assert f"0 of {len(ALL)} passed, {len(ALL)} not begun." in shown and not any(here.iterdir())


def test_list_tells_what_was_changed_since_it_passed(exercises, typed):
    path = answer(exercises, FIRST, RIGHT)
    typed("check 1")
    path.write_text(WRONG)
    shown = typed("list")
    assert re.search(r"\n 1  perceptron +changed +Decide", shown) and "1 changed since passing" in shown


def test_start_twice_copies_nothing_the_second_time(here, typed):
    assert "Copied into exercises: task 1, perceptron." in typed("start 1")
    answer(here / "exercises", FIRST, RIGHT)
    again = typed("start")
    assert "Copied into exercises: tasks" in again and "Kept as you have them: task 1, perceptron." in again
    assert "Nothing was copied." in typed("start 1 perceptron 01")
    assert (here / "exercises" / FIRST.stub.name).read_text() == RIGHT


def test_a_deleted_stub_comes_back_with_start(exercises, typed):
    (exercises / FIRST.stub.name).unlink()
    missing = typed("check 1", 1)
    assert "missing (no file)" in missing and "python -m demos.exercises start 1" in missing
    assert "start 1" in typed("list")
    typed("start")
    assert (exercises / FIRST.stub.name).read_bytes() == FIRST.stub.read_bytes()


def test_reset_twice_keeps_both_versions_and_says_where(exercises, typed):
    for number, text in enumerate((WRONG, RIGHT), 1):
        answer(exercises, FIRST, text)
        assert f"Yours is kept as exercises/01_perceptron.py.{number}\n" in typed("reset 1")
        assert (exercises / f"01_perceptron.py.{number}").read_text() == text
    assert "nothing had been written" in typed("reset perceptron")
    assert "Not written yet: tasks" in typed("check", 1)


def test_hints_come_one_by_one_and_then_all(exercises, typed):
    for number, text in enumerate(FIRST.hints, 1):
        shown = " ".join(typed("hint 1").split())
        assert f"Hint {number} of 3" in shown and " ".join(text.split()) in shown
    assert "solution 1 --anyway" in typed("hint 1")
    every = " ".join(typed("hint 1").split())
    assert "These are all three hints" in every and all(" ".join(text.split()) in every for text in FIRST.hints)
    assert "all 3 hints were shown" in typed("solution 1", 1)


def test_solution_is_shown_after_passing_or_anyway(exercises, typed):
    assert typed("solution 1 --anyway") == FIRST.solution.read_text(encoding="utf-8")
    path = answer(exercises, FIRST, RIGHT)
    assert "not passed yet" in typed("solution 1", 1)
    typed("check 1")
    path.unlink()
    assert typed("solution 1") == FIRST.solution.read_text(encoding="utf-8")


def test_all_passed_says_so(exercises, typed, monkeypatch):
    for task in ALL:
        answer(exercises, task, task.solution.read_text(encoding="utf-8"))
    monkeypatch.setattr(commands, "judge_apart", lambda task, *_: Verdict(task.id))
    shown = typed("check")
    assert f"{len(ALL)} of {len(ALL)} passed." in shown and f"All {len(ALL)} tasks are passed." in shown

    third = ALL[2]
    answer(exercises, third, third.solution.read_text(encoding="utf-8") + "# better\n")
    shown = typed("list")
    assert "tasks are passed" not in shown
    assert f"Task 3, {third.name}, has changed since it passed:\n    python -m demos.exercises check 3    see" in shown
    answer(exercises, SECOND, "")
    monkeypatch.setattr(commands, "judge_apart", lambda task, *_: Verdict(task.id, Finding("sign")))
    assert "What to do next, for task 2:" in typed("check 2", 1)
    shown = typed("list")
    assert re.search(r"\n 2  bias +tried ", shown) and f"Next is task 2, {SECOND.name}:" in shown
    assert f"{len(ALL) - 2} of {len(ALL)} passed, 1 changed since passing, 1 tried." in shown
    assert typed("solution 2") == SECOND.solution.read_text(encoding="utf-8")


def test_a_hint_for_a_task_that_has_passed_leads_on_to_the_next(exercises, typed):
    answer(exercises, FIRST, RIGHT)
    typed("check 1")
    shown = typed("hint 1")
    assert "write what is missing" not in shown and f"Next is task {SECOND.number}, {SECOND.name}:" in shown


def test_next_is_the_task_after_the_one_that_passed_and_at_last_what_was_left_out(exercises, typed):
    for task in (SECOND, ALL[-1]):
        answer(exercises, task, task.solution.read_text(encoding="utf-8"))
    assert f"Next is task 3, {ALL[2].name}:" in typed("check 2")
    assert f"Next is task 1, {FIRST.name}:" in typed(f"check {len(ALL)}")


@pytest.mark.parametrize("words", ["list", "check"])
def test_files_that_have_gone_are_named(words, exercises, typed):
    for task in (FIRST, ALL[3]):
        answer(exercises, task, WRONG)
        typed(f"check {task.number}", 1)
    assert "Without a file" not in typed(words, words == "check")
    for task in (FIRST, ALL[3], ALL[4]):
        (exercises / task.stub.name).unlink()
    assert "\nWithout a file in exercises: tasks 1, 4.\n" in typed(words, words == "check")


# --- in the folder itself ------------------------------------------------------------------------------------


def test_commands_typed_in_the_folder_of_the_tasks_work_on_it(exercises, typed, monkeypatch):
    monkeypatch.chdir(exercises)
    answer(exercises, SECOND, SECOND.solution.read_text(encoding="utf-8"))
    for name in (SECOND.stub.name, f"./{SECOND.stub.name}", "2"):
        assert typed(f"check {name}").startswith(" 2 bias: passed\n")
    typed("hint 1")
    (exercises / FIRST.stub.name).unlink()
    assert "Without a file in this folder: task 1, perceptron." in typed("list")
    shown = typed("start")
    assert shown.startswith("Copied into this folder: task 1, perceptron.\n") and "--folder" not in shown
    assert "\n    01_perceptron.py " in typed("list")
    assert "01_perceptron.py was not there" not in typed("reset 1")
    assert "no/01_perceptron.py is not in this folder. To use that" in typed("check no/01_perceptron.py", 2)
    assert sorted(os.listdir(exercises)) == [NAME, *(task.stub.name for task in ALL)]
    with pytest.raises(CheckFailed, match="not written yet"):
        check(1)


# --- files of other folders ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["check", "hint", "solution", "reset", "start"])
@pytest.mark.parametrize("folder", ["x", "nowhere", "loop"])
def test_a_file_of_another_folder_is_refused_and_nothing_is_done(name, folder, exercises, typed, tmp_path):
    (tmp_path / "x").mkdir()
    answer(exercises, FIRST, RIGHT)
    (tmp_path / "loop").symlink_to("loop")
    assert f"{name} 1 --folder {folder}\n" in typed(f"{name} {folder}/01_perceptron.py", 2)
    assert sorted(os.listdir(exercises)) == [task.stub.name for task in ALL]
    assert (exercises / FIRST.stub.name).read_text() == RIGHT and not any((tmp_path / "x").iterdir())


def test_a_file_of_another_folder_is_told_with_the_command_for_that(exercises, typed):
    told = "no/01_perceptron.py is not in the folder exercises. To use that folder:\n"
    way = "    python -m demos.exercises check 1 --folder no\n"
    assert typed("check no/01_perceptron.py", 2) == told + way
    assert "is not in the folder no. To" in typed("check 2 exercises/01_perceptron.py --folder no", 2)
    assert typed(f"check {exercises}/01_perceptron.py", 1) == typed("check exercises/01_perceptron.py", 1)


@pytest.mark.parametrize("words", ["check 1-3", "check 1,2,3", "check 1, 2-3", "check 1 2 3", "check perceptron,2 3"])
def test_several_tasks_can_be_named_in_several_ways(words, exercises, typed):
    shown = typed(words, 1)
    assert re.findall(r"^ *(\d+) \w+: failed", shown, re.MULTILINE) == ["1", "2", "3"]


# --- check ---------------------------------------------------------------------------------------------------


def test_check_of_all_names_what_is_not_written_in_one_line(exercises, typed):
    shown = typed("check", 1)
    assert "NotImplementedError" not in shown and shown.startswith(f"Not written yet: tasks {FIRST.number}")
    assert f"0 of {len(ALL)} passed, {len(ALL)} not written yet." in shown


def test_check_of_all_says_of_one_that_is_half_written_no_more_than_a_line(exercises, typed):
    answer(exercises, FIRST, f"# Begun.\n{FIRST.stub.read_text(encoding='utf-8')}")
    answer(exercises, SECOND, SECOND.solution.read_text(encoding="utf-8"))
    shown = typed("check", 1)
    assert shown.startswith(f" 1 perceptron: failed (not written yet)\n {SECOND.number} {SECOND.name}: passed\nNot wri")
    assert f"1 of {len(ALL)} passed, {len(ALL) - 1} not written yet." in shown
    assert re.search(r"\n 1  perceptron +begun ", typed("list"))


def test_check_of_several_goes_on_after_each_and_counts_them(exercises, typed):
    answer(exercises, FIRST, "def decide(:\n")
    answer(exercises, SECOND, SECOND.solution.read_text(encoding="utf-8"))
    shown = typed(f"check {FIRST.name} {SECOND.stub.name} exercises/{FIRST.stub.name}", 1)
    assert shown.index("error (syntax error)") < shown.index(f"{SECOND.name}: passed")
    assert "1 of 2 passed, 1 stopped with an error." in shown and shown.count("syntax error)") == 1
    assert "What to do next, for task 1:" in shown


def test_check_looks_only_at_files_with_the_very_name(here, typed):
    (here / "exercises").mkdir()
    for name in (f"{FIRST.stub.name}.1", "1_perceptron.py", "perceptron.py", "01_perceptron.py~", ".01_perceptron.py"):
        (here / "exercises" / name).write_text("1 / 0")
    assert "The folder exercises has no task in it." in typed("check", 1)


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(exercises, typed):
    (exercises / FIRST.stub.name).unlink()
    (exercises / FIRST.stub.name).mkdir()
    answer(exercises, SECOND, SECOND.solution.read_text(encoding="utf-8"))
    shown = typed("check", 1)
    assert "error (not readable)" in shown and f"{SECOND.name}: passed" in shown
    assert "cannot read" in typed("reset 1", 1)


def test_an_answer_without_an_end_takes_no_longer_than_the_timeout(exercises, typed):
    answer(exercises, FIRST, "while True:\n    pass\n")
    assert "no end after 0.5 seconds" in typed("check 1 --timeout 0.5", 1)


def test_a_check_that_cannot_begin_is_told_without_a_traceback(exercises, typed, monkeypatch):
    def broken(*anything):
        raise OSError("No answer can be checked: the process for it ended with 1.")

    monkeypatch.setattr(commands, "judge_apart", broken)
    assert typed("check 1", 1) == "No answer can be checked: the process for it ended with 1.\n"


def test_what_an_answer_prints_is_shown_also_where_the_output_has_no_such_letters(here):
    subprocess.run([sys.executable, "-m", "demos.exercises", "start", "1"], cwd=here, check=True, capture_output=True)
    answer(here / "exercises", FIRST, "print('Grüße \\N{SLICE OF PIZZA}')\ndecide = None\n")
    ran = subprocess.run(
        [sys.executable, "-m", "demos.exercises", "check", "1"],
        cwd=here,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=120,
    )
    assert ran.returncode == 1 and ran.stderr == b"" and rb"it printed    Gr\xfc\xdfe \U0001f355" in ran.stdout


def test_only_the_core_is_needed(exercises, typed, monkeypatch):
    needed = builtins.__import__

    def without(name, *rest):
        if name.partition(".")[0] in ("rich", "matplotlib", "watchfiles", "platformdirs", "pygraphviz", "IPython"):
            raise ImportError(name)
        return needed(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    for words in ("list", "start", "hint 1", "solution 1 --anyway", "reset 1"):
        typed(words)
    typed("check", 1)
    missing = typed("watch", 1)
    assert 'pip install "glassgrad[demos]"' in missing and "watchfiles" in missing


# --- what can be typed wrongly -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("chek 1", "There is no command 'chek'; did you mean 'check'?"),
        ("qqq", "There is no command 'qqq'; there are\n    list, start, check, watch, hint, solution, reset, grade"),
        ("--folder x list", "The command comes first, then its options"),
        ("check 0", "There is no task '0'; there are 1 to"),
        ("check 99", "There is no task '99'; there are 1 to"),
        ("check -1", "There is no task '-1'; there are 1 to"),
        ("check 1.5", "There is no task '1.5'; there are 1 to"),
        ("check 1 sigmod", "There is no task 'sigmod'; did you mean 'sigmoid'?"),
        ("check .", "There is no task '.'; there are 1 to"),
        (["check", ""], "No task is named in ''; such as 1,2,7-9 is expected"),
        ("check ,", "No task is named in ','; such as 1,2,7-9 is expected"),
        ("check 3-1", "3-1 goes backwards; 1-3 is expected"),
        ("check 1-99", "There is no task '99'; there are 1 to"),
        ("hint 1-2", "hint needs the number or the name of one task"),
        ("reset 01_perceptron.py.1", "There is no task '01_perceptron.py.1'; did you mean 'perceptron'?"),
        ("hint", "hint needs the number or the name of one task, as in\n    python -m demos.exercises hint 1"),
        ("hint 1 2", "hint needs the number or the name of one task"),
        ("solution", "solution needs the number or the name of one task"),
        ("reset", "reset needs the number or the name of a task, or of several"),
        ("list 3", "list takes no task"),
        ("list extra", "list takes no task:\n    python -m demos.exercises list\n"),
        ("watch 3", "watch takes no task"),
        ("grade", "grade: it needs the folder of the class, as in\n    python -m demos.exercises grade handed-in\n"),
        ("grade --csv marks.csv", "grade: it needs the folder of the class, as in\n"),
        ("check --quick", "unrecognized arguments: --quick"),
        ("check --folder", "argument --folder: expected one argument"),
        ("check --timeout soon", "--timeout is 'soon'; it needs to be seconds, above 0 and at most a day"),
        ("check --timeout 0", "--timeout is '0'; it needs"),
        ("check --timeout -3", "--timeout is '-3'; it needs"),
        ("check --timeout nan", "--timeout is 'nan'; it needs"),
        ("watch --timeout inf", "--timeout is 'inf'; it needs"),
        ("check --timeout 1e300", "--timeout is '1e300'; it needs"),
    ],
)
def test_what_does_not_fit_is_told_in_words_with_status_2(words, told, here, typed):
    assert told in typed(words, 2)
    assert not any(here.iterdir())


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_has_a_help(name, typed):
    shown = typed(f"{name} --help")
    assert f"python -m demos.exercises {name}" in shown and "--folder DIR" in shown


@pytest.mark.parametrize("words", ["check", "check 1", "watch", "hint 1", "reset 1"])
def test_without_a_folder_the_way_is_start(words, here, typed):
    assert "python -m demos.exercises start" in typed(words, 1)
    assert not any(here.iterdir())


@pytest.mark.parametrize("words", ["list", "start", "check", "check 1", "watch", "hint 1", "solution 1", "reset 1"])
@pytest.mark.parametrize("folder", ["file", "file/inside", "loop"])
def test_a_file_in_the_place_of_the_folder_is_told(words, folder, here, typed):
    (here / "file").touch()
    (here / "loop").symlink_to("loop")
    assert f"{folder} cannot be a folder" in typed(f"{words} --folder {folder}", 1)


def test_the_folder_of_the_package_itself_is_refused(monkeypatch, typed):
    monkeypatch.chdir(FOLDER.parent)
    assert "the folder of the package itself" in typed("reset 1", 2)


@pytest.mark.parametrize("name", ["Übungen", "my exercises", "it's $HOME", "-x", "a\nb", "ordner-" + "x" * 70])
def test_what_to_type_next_can_be_typed_whatever_the_folder_is_called(name, here, capsys):
    assert main(["start", "1", f"--folder={name}"]) == 0
    said = capsys.readouterr().out
    assert Path(name, FIRST.stub.name).is_file()
    line = said[said.index("python -m demos.exercises check 1") :].strip().rpartition("    ")[0] or said
    line = line[line.index("python -m") :].removeprefix("python")
    ran = subprocess.run(["sh", "-c", f"{sys.executable}{line}"], cwd=here, capture_output=True, timeout=120)
    assert ran.returncode == 1 and b"not written yet" in ran.stdout, said


def test_damaged_progress_is_told_once_and_the_tasks_go_on(exercises, typed):
    (exercises / NAME).write_text("{")
    answer(exercises, FIRST, RIGHT)
    shown = typed("check 1")
    assert shown.count("Progress starts anew") == 1 and "perceptron: passed" in shown
    assert "Progress starts anew" not in typed("list") and "passed" in typed("list")


def test_grade_is_handed_its_arguments(monkeypatch):
    from demos.exercises.grading import grade

    monkeypatch.setattr(grade, "main", lambda arguments: len(arguments))
    assert main(["grade", "class", "--csv", "marks.csv"]) == 3


# --- pipes and Ctrl-C ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["list"], ["check"], ["hint", "1"], ["solution", "1", "--anyway"]])
def test_a_reader_that_has_seen_enough_is_no_failure(words, exercises):
    process = started(*words, cwd=exercises.parent)
    process.stdout.close()
    assert (process.stderr.read(), process.wait(timeout=60)) == ("", 0)
    process.stderr.close()


def test_each_verdict_comes_through_a_pipe_as_soon_as_it_is_known(exercises):
    answer(exercises, FIRST, RIGHT)
    answer(exercises, SECOND, ENDLESS.format(pid=str(exercises / "pid")))
    with started("check", FIRST.name, SECOND.name, cwd=exercises.parent) as process:
        assert process.stdout.readline() == " 1 perceptron: passed\n"
        assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)


def test_ctrl_c_during_a_check_ends_it_with_status_130_and_leaves_nothing_running(exercises):
    pid = exercises / "pid"
    answer(exercises, FIRST, ENDLESS.format(pid=str(pid)))
    process = started("check", "1", cwd=exercises.parent)
    running = int(written_by(pid))
    assert not gone(running)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "\nstopped\n")
    assert soon(lambda: gone(running))


# --- watch ---------------------------------------------------------------------------------------------------


class Watching:
    """A process that watches, and what it has said."""

    def __init__(self, here):
        self.process = started("watch", "--timeout", "30", cwd=here)
        self.said = self.process.stdout.readline()
        time.sleep(0.3)  # no test depends on it; mostly the system's notices have begun by then

    def hear(self, words):
        """Reads on until a line has these words in it."""
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        raise AssertionError(f"{words!r} did not come:\n{self.said}{self.process.stderr.read()}")

    def end(self):
        """Presses Ctrl-C, and returns the exit status and what was said to the end."""
        os.killpg(self.process.pid, signal.SIGINT)
        rest, err = self.process.communicate(timeout=60)
        return self.process.returncode, rest, err


@pytest.fixture
def watching(exercises):
    pytest.importorskip("watchfiles")
    watching = Watching(exercises.parent)
    yield watching
    if watching.process.poll() is None:
        watching.end()


def test_watch_checks_what_is_saved_however_it_is_saved_and_ends_with_ctrl_c(exercises, watching):
    assert watching.said == "Watching exercises. Save a task's file, and it is checked. Ctrl-C ends.\n"
    path = answer(exercises, FIRST, WRONG)
    watching.hear("at the threshold")
    watching.hear("hint 1")
    new = exercises / ".01_perceptron.py.swp"
    new.write_text(RIGHT)
    os.replace(new, path)
    watching.hear("1 perceptron: passed")
    watching.hear("Next is task")
    path.unlink()
    (exercises / "other.py").touch()
    path.write_bytes(b"def decide(\xff")
    watching.hear("error (syntax error)")
    status, rest, err = watching.end()
    assert (status, err) == (0, ""), rest
    assert f"Watching has ended. 0 of {len(ALL)} passed, 1 tried" in rest
    assert not any(len(line) > 80 for line in (watching.said + rest).splitlines())


def test_watch_checks_again_what_was_saved_during_a_check(exercises, watching):
    pid = exercises / "pid"
    slow = f"import time\nopen({str(pid)!r}, 'w').write('1')\ntime.sleep(1)\n"
    path = answer(exercises, FIRST, slow + WRONG)
    written_by(pid)
    path.write_text(RIGHT)
    watching.hear("at the threshold")
    watching.hear("1 perceptron: passed")
    assert watching.end()[0] == 0


def test_ctrl_c_ends_watch_also_during_a_check_and_leaves_nothing_running(exercises, watching):
    pid = exercises / "pid"
    answer(exercises, FIRST, ENDLESS.format(pid=str(pid)))
    running = int(written_by(pid))
    status, rest, err = watching.end()
    assert (status, err) == (0, "") and "Watching has ended." in rest
    assert soon(lambda: gone(running))


# --- in a notebook or at Python's prompt ---------------------------------------------------------------------


def test_check_and_hint_at_a_prompt(exercises, monkeypatch):
    with pytest.raises(CheckFailed, match="not written yet"):
        check(1)
    answer(exercises, FIRST, RIGHT)
    assert repr(check(1)) == repr(check("perceptron")) == " 1 perceptron: passed"
    monkeypatch.setattr(demos.exercises, "_hints_shown", {})
    heads = [repr(hint(task)).partition("\n")[0] for task in (1, "perceptron", 1, 1)]
    assert heads[:3] == [f"Hint {number} of 3 for task 1, perceptron:" for number in (1, 2, 3)]
    assert heads[3] == "These are all three hints for task 1, perceptron."
    assert not (exercises / NAME).exists()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: check(1), "check(1) was given no answer, and there is no file exercises/01_perceptron.py here."),
        (
            lambda: check(1, len, len),
            "check(1, ...) needs 1 thing, decide, and got 2.\nTask 1, perceptron, is checked with check(1, d",
        ),
        (lambda: check(6, len), "check(6, ...) needs 2 things, sigmoid and sigmoid_derivative, and got 1.\nTask 6"),
        (lambda: check(1, decider=len), "check(1, ...) needs 1 thing, decide, and got decider by name."),
        (
            lambda: check(1, len, decide=len),
            "check(1, ...) needs 1 thing, decide, and got 1 by position and decide by name.",
        ),
        (
            lambda: check("no/01_perceptron.py"),
            "check(1) was given no answer, and there is no file no/01_perceptron.py here.",
        ),
        (lambda: check("exercises/"), "There is no task 'exercises/'; there are 1 to"),
        (lambda: check("sigmod", len), "There is no task 'sigmod'; did you mean 'sigmoid'?"),
        (lambda: hint(99), "There is no task 99; there are 1 to"),
    ],
)
def test_a_call_that_does_not_fit_is_told_without_a_traceback_in_a_notebook(call, told, here):
    with pytest.raises(CannotCheck) as raised:
        call()
    assert str(raised.value).startswith(told)
    assert raised.value._render_traceback_() == str(raised.value).splitlines()


def test_ipython_shows_the_report_and_nothing_else(here):
    pytest.importorskip("IPython")
    lines = "from demos.exercises import check\ncheck(1, lambda f, w, t: sum(a * b for a, b in zip(w, f)) >= t)\n"
    (here / "lines.ipy").write_text(lines)
    ran = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "lines.ipy"],
        cwd=here,
        env={**os.environ, "IPYTHONDIR": str(here)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert ran.stdout.startswith("at the threshold\n     asked") and "Traceback" not in ran.stdout + ran.stderr


def test_a_file_can_be_named_at_a_prompt_in_whatever_folder_it_is(exercises, monkeypatch):
    answer(exercises, FIRST, RIGHT)
    for name in ("01_perceptron.py", "exercises/01_perceptron.py", str(exercises / "01_perceptron.py")):
        assert check(name).passed
    with pytest.raises(CheckFailed, match="returns nothing"):
        check("exercises/01_perceptron.py", lambda *facts: None)
    monkeypatch.setattr(demos.exercises, "_hints_shown", {})
    assert hint("exercises/01_perceptron.py").startswith("Hint 1 of 3 for task 1, perceptron:")


def noisy(decides):
    """A perceptron that prints, and decides as it is told."""

    def decide(facts, weights, threshold):
        print("\x1b[2Jhi")
        return decides(sum(w * x for w, x in zip(weights, facts, strict=True)), threshold)

    return decide


IN_SHORT = "\n".join(["     it printed    ...", *[f"{' ' * 19}\\x1b[2Jhi"] * 10])


def test_what_a_wrong_answer_prints_at_a_prompt_is_at_the_end_of_the_report_in_short(capsys):
    with pytest.raises(CheckFailed) as raised:
        check(1, noisy(operator.ge))
    assert str(raised.value).endswith(f"Compare with >.\n{IN_SHORT}")
    assert raised.value._render_traceback_() == str(raised.value).splitlines()
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    assert capsys.readouterr().out == ""


def test_what_a_right_answer_prints_at_a_prompt_is_shown_in_short(capsys):
    verdict = check(1, noisy(operator.gt))
    assert repr(verdict) == " 1 perceptron: passed" and verdict.printed.startswith("\\x1b[2Jhi\n")
    assert capsys.readouterr().out == f"{IN_SHORT}\n"

    def quiet(facts, weights, threshold):
        return sum(w * x for w, x in zip(weights, facts, strict=True)) > threshold

    assert check(1, quiet).passed and capsys.readouterr().out == ""


def interrupted(*facts):
    """Prints, and is stopped."""
    print("so far")
    raise KeyboardInterrupt


def closing(*facts):
    """Does away with the stream, and is wrong, too."""
    sys.stdout.close()
    sys.stdout = None


@pytest.mark.parametrize(
    ("call", "raised", "shown"),
    [
        (lambda: check(1, interrupted), KeyboardInterrupt, "     it printed    so far\n"),
        (lambda: check(1, closing), CheckFailed, ""),
        (lambda: check(1, len, len), CannotCheck, ""),
        (lambda: check("sigmod", len), CannotCheck, ""),
    ],
)
def test_the_stream_is_there_again_however_a_check_at_a_prompt_ends(call, raised, shown, capsys):
    before = sys.stdout
    with pytest.raises(raised):
        call()
    assert sys.stdout is before and capsys.readouterr().out == shown


def test_of_what_is_printed_without_end_only_the_end_is_kept():
    stream = Tail()
    for number in range(100_000):
        print("line", number, file=stream)
    assert stream.writable() and stream.text.endswith("line 99999\n") and len(stream.text) == MOST


def test_progress_is_what_check_and_hint_note(exercises, typed):
    answer(exercises, FIRST, WRONG)
    typed("check 1", 1)
    typed("hint 1")
    assert json.loads((exercises / NAME).read_text())["tasks"] == {
        "perceptron": {"failed": fingerprint(WRONG.encode()), "hints": 1}
    }
