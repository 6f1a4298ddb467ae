"""A check in a process of its own survives what an answer does, tells it in words, and leaves nothing behind."""

import os
import secrets
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from demos.exercises import find
from demos.exercises.checking import process
from demos.exercises.checking.isolated import Limits, end_all, judge_apart
from demos.exercises.checking.judge import judge_source

from .hostile import HOSTILE, SOLUTION, first, inside, last
from .processes import gone, soon, written_by

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the limits, groups and signals of POSIX")

TASK = find(1)
PATIENT = Limits(60.0, 2**29)
BRIEF = Limits(2.0, 2**29)


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def printed_by(source, limits=PATIENT):
    verdict = judge_apart(TASK, source, "01_perceptron.py", limits)
    assert verdict.passed, repr(verdict)
    return verdict.printed


def stopped(source, file_name="01_perceptron.py"):
    """The verdict on an answer that prints something and does not end; where the machine is slow it is given longer."""
    verdicts = (judge_apart(TASK, source, file_name, Limits(seconds, 2**29)) for seconds in (2.0, 8.0, 32.0))
    verdict = next(each for each in verdicts if each.printed)
    assert verdict.diagnosis == "took too long"
    return verdict


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answer_is_survived_and_told_in_words(name, own_temporary_folder):
    hostile = HOSTILE[name]
    verdict = judge_apart(TASK, hostile.source, "01_perceptron.py", BRIEF if hostile.slow else PATIENT)
    assert verdict.status == hostile.status, repr(verdict)
    assert verdict.diagnosis in hostile.diagnoses, repr(verdict)
    assert verdict.task == TASK.id
    assert max(map(len, repr(verdict).splitlines())) < 80
    assert len(repr(verdict)) < 5000 and repr(verdict).replace("\n", "").isprintable()
    assert not list(own_temporary_folder.iterdir()), "its folder is gone"


@pytest.mark.parametrize("name", ["stub", "Windows line ends", "syntax error", "own BaseException", "sys.exit"])
def test_verdict_is_that_of_a_check_in_this_process(name):
    source = HOSTILE[name].source
    assert judge_apart(TASK, source, "a.py", PATIENT) == judge_source(TASK, source, "a.py")


@pytest.mark.parametrize("crash", ["import os; os.kill(os.getpid(), 11)", "import ctypes; ctypes.string_at(0)"])
def test_place_where_it_crashed_is_told(crash):
    name = "grün und 😀.py"
    assert judge_apart(TASK, inside("", crash), name, PATIENT).finding.place == f"{name}, line 3, in decide"
    assert judge_apart(TASK, crash.encode(), name, PATIENT).finding.place == f"{name}, line 1"


def test_place_where_it_went_round_and_what_it_printed_come_along():
    verdict = stopped(inside("print('x =', 1, end='')", "while True: pass"), "grün und 😀.py")
    assert verdict.finding.place == "grün und 😀.py, line 3, in decide"
    assert verdict.printed == "x = 1"


@pytest.mark.parametrize(
    "source",
    [
        b"\nxs = [0] * 10**11\n",
        inside("xs = [0]", "while True: xs += xs"),
        inside("xs = []", "while True: xs.append(bytes(100))"),  # leaves nothing for the report
    ],
)
def test_line_on_which_memory_ran_out_is_told(source):
    finding = judge_apart(TASK, source, "a.py", PATIENT).finding
    assert finding.diagnosis == "out of memory" and finding.place.startswith("a.py, line ")


def test_signal_that_ended_it_is_named():
    verdict = judge_apart(TASK, inside("import os", "os.kill(os.getpid(), 11)"), "a.py", PATIENT)
    assert "SIGSEGV (segmentation fault)" in verdict.finding.got


def test_of_much_that_it_printed_the_end_comes_along_in_legible_form():
    printed = printed_by(last("print('x' * 100000)\nprint('\\x1b[2J', end='')\nimport os; os.write(2, b'\\xff end')"))
    assert printed.endswith("x\n\\x1b[2J\ufffd end") and 9_000 < len(printed) < 11_000


def test_forged_verdict_counts_as_print():
    printed = judge_apart(TASK, HOSTILE["forged everywhere"].source, "a.py", PATIENT).printed
    assert printed.count('"finding": null') >= 4


def test_process_that_a_fork_left_behind_is_ended():
    pid = int(printed_by(last("import os, time\npid = os.fork()\nif pid == 0:\n    time.sleep(1000)\nprint(pid)")))
    assert soon(lambda: gone(pid))


def test_fork_of_an_answer_that_is_stopped_is_ended_too():
    source = last("import os, time\npid = os.fork()\nprint(pid if pid else '', flush=True)\ntime.sleep(1000)")
    pid = int(stopped(source).printed)
    assert soon(lambda: gone(pid))


def test_environment_here_is_not_seen_there(monkeypatch):
    secret = secrets.token_hex(8)
    monkeypatch.setenv("SECRET", secret)
    monkeypatch.setenv("PYTHONPATH", f"/{secret}")
    printed = printed_by(last("import os, sys\nprint(os.environ, sys.path, sys.argv)"))
    assert secret not in printed and "HOME" in printed


def test_home_and_temporary_files_are_in_the_folder_it_runs_in():
    printed = printed_by(
        last(
            "import os, tempfile\nprint(os.path.realpath(os.path.expanduser('~')) == os.getcwd())\n"
            "print(os.path.realpath(tempfile.gettempdir()) == os.getcwd())"
        )
    )
    assert printed == "True\nTrue\n"


def test_descriptors_here_are_not_inherited():
    with open(os.devnull) as kept:
        os.set_inheritable(kept.fileno(), True)
        high = os.dup2(kept.fileno(), 99)
        try:
            printed = printed_by(first("import os\ntry:\n    os.fstat(99)\nexcept OSError:\n    print('closed')"))
        finally:
            os.close(high)
    assert printed == "closed\n"


def test_limits_cannot_be_raised_again_by_the_answer():
    if os.geteuid() == 0:
        pytest.skip("root may raise its limits")
    source = first("import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))")
    assert judge_apart(TASK, source, "a.py", PATIENT).diagnosis == "ValueError"


def test_folder_replaced_by_a_link_leaves_what_it_points_to(own_temporary_folder, tmp_path_factory):
    precious = tmp_path_factory.mktemp("precious")
    (precious / "file").write_text("kept")
    precious.chmod(0o500)
    printed_by(last(f"import os\nhere = os.getcwd()\nos.rmdir(here)\nos.symlink({str(precious)!r}, here)"))
    assert (precious / "file").read_text() == "kept" and precious.stat().st_mode & 0o777 == 0o500
    assert not list(own_temporary_folder.iterdir())


def test_file_larger_than_a_file_may_be_is_refused():
    verdict = judge_apart(TASK, b"#" * 101, "a.py", Limits(file_size=100))
    assert (verdict.status, verdict.diagnosis) == ("error", "file too large")


def test_several_answers_are_judged_at_once():
    names = ["stub", "empty file", "fork that returns", "os._exit", "Windows line ends", "sleep"]
    limits = {name: BRIEF if HOSTILE[name].slow else PATIENT for name in names}
    with ThreadPoolExecutor(len(names)) as pool:
        verdicts = list(
            pool.map(lambda name: judge_apart(TASK, HOSTILE[name].source, f"{name}.py", limits[name]), names)
        )
    assert [(v.status, v.diagnosis in HOSTILE[name].diagnoses) for name, v in zip(names, verdicts, strict=True)] == [
        (HOSTILE[name].status, True) for name in names
    ]


def test_checks_under_way_in_other_threads_can_be_ended():
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(judge_apart, TASK, HOSTILE["sleep"].source, "a.py", Limits(1000.0))
        assert soon(lambda: process._running)
        end_all()
        assert not waiting.result().passed
    assert not process._running and judge_apart(TASK, SOLUTION.encode(), "a.py", PATIENT).passed


def test_ctrl_c_here_ends_the_process_and_its_forks_and_leaves_nothing(own_temporary_folder):
    note = own_temporary_folder / "note"
    source = last(f"import os, time\nos.fork()\nopen({str(note)!r}, 'a').write(f'{{os.getpid()}} ')\ntime.sleep(1000)")

    def interrupt():
        assert soon(lambda: note.exists() and len(note.read_text().split()) == 2)
        os.kill(os.getpid(), 2)

    helper = threading.Thread(target=interrupt)
    helper.start()
    with pytest.raises(KeyboardInterrupt):
        judge_apart(TASK, source, "a.py", Limits(1000.0))
    helper.join()
    assert all(soon(lambda pid=int(pid): gone(pid)) for pid in note.read_text().split())
    assert list(own_temporary_folder.iterdir()) == [note]


@pytest.mark.parametrize("endless", ["time.sleep(1000)", "signal.alarm(0)\nwhile True: pass"])
def test_answer_comes_to_an_end_also_if_nobody_waits_for_it_any_more(endless, tmp_path):
    note = tmp_path / "note"
    source = f"import os, signal, time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\n{endless}\n"
    line = (
        "from demos.exercises import find; from demos.exercises.checking.isolated import Limits, judge_apart; "
        f"judge_apart(find(1), {source.encode()!r}, 'a.py', Limits(1.0))"
    )
    with subprocess.Popen([sys.executable, "-c", line], env={**os.environ, "TMPDIR": str(tmp_path)}) as waiting:
        pid = int(written_by(note))
        waiting.kill()
    assert soon(lambda: gone(pid))


def test_process_that_cannot_even_begin_is_not_laid_to_the_answer(monkeypatch):
    monkeypatch.setattr(process, "_START", "raise SystemError('broken')")
    verdict = judge_apart(TASK, SOLUTION.encode(), "a.py", PATIENT)
    assert (verdict.status, verdict.diagnosis) == ("error", "not checked") and "broken" in verdict.printed


def test_time_that_the_process_needs_to_begin_is_not_the_answers(monkeypatch):
    busy = "import time\nwhile time.process_time() < 2.2:\n    pass\n"
    monkeypatch.setattr(process, "_START", busy + process._START)
    assert judge_apart(TASK, SOLUTION.encode(), "a.py", Limits(1.0, 2**29)).passed


def test_process_that_does_not_begin_is_ended_and_not_laid_to_the_answer(monkeypatch):
    monkeypatch.setattr(process, "_START", "import time; time.sleep(1000)")
    monkeypatch.setattr(process, "_STARTING", 0.3)
    verdict = judge_apart(TASK, SOLUTION.encode(), "a.py", PATIENT)
    assert (verdict.status, verdict.diagnosis) == ("error", "not checked")
    assert "had not begun" in verdict.finding.got and not process._running


def test_plots_open_no_windows():
    assert printed_by(last("import os\nprint(os.environ['MPLBACKEND'])")) == "Agg\n"


def test_coroutine_that_nobody_awaits_shows_no_line_of_ours():
    verdict = judge_apart(TASK, b"async def decide(facts, weights, threshold):\n    return 1\n", "a.py", PATIENT)
    assert verdict.status == "failed" and verdict.printed == ""


def test_of_too_much_that_is_printed_it_is_told_how_much_may_be():
    verdict = judge_apart(TASK, HOSTILE["endless printing"].source, "a.py", PATIENT)
    assert verdict.finding.got == "more than 10 MB"


def test_answers_in_the_folder_one_is_in_are_not_imported(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("1 / 0")
    (tmp_path / "neighbour.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert judge_apart(TASK, first("import neighbour"), "a.py", PATIENT).diagnosis == "ModuleNotFoundError"


def test_it_works_from_a_source_checkout_that_is_not_installed(tmp_path):
    root = Path(process.__file__).parents[3]
    line = (
        f"import sys; sys.path.append({str(root)!r}); from demos.exercises import find; "
        "from demos.exercises.checking.isolated import judge_apart; task = find(1); "
        "print(judge_apart(task, task.solution.read_bytes(), 'a.py'))"
    )
    done = subprocess.run([sys.executable, "-c", line], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == " 1 perceptron: passed\n", done.stderr
