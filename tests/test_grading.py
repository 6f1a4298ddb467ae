"""Grading a class: marks in a fixed order, tables that fit, files written whole, and whatever an answer may do."""

import csv
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from demos.exercises import TASKS, Finding, Verdict, find
from demos.exercises.checking.isolated import Limits
from demos.exercises.checking.judge import judge_source
from demos.exercises.commands import main as exercises
from demos.exercises.grading import files, grade
from demos.exercises.grading.grade import ProgressLine, main
from demos.exercises.grading.marks import Mark, Row, marks_of
from demos.exercises.grading.report import columns, report
from demos.exercises.grading.submissions import Student
from tests.processes import written_by
from tests.test_submissions import pack, put

TASK, SIGMOID = find("perceptron"), find("sigmoid")
STUB = TASK.stub.name
RIGHT = TASK.solution.read_bytes()
WRONG = RIGHT.replace(b"> threshold", b">= threshold")
SHOWN = 79


def here(task, source, name, limits):
    """The verdict on an answer that can be trusted, in this process."""
    return judge_source(task, source, name)


def never(*anything):
    raise AssertionError("this is not to be judged")


def passing(task, source, name, limits):
    return Verdict(task.id)


def graded(folder, *options, judge=here):
    """The exit status and what the JSON says."""
    path = folder.parent / "marks.json"
    status = main([str(folder), "--json", str(path), *options], judge, lambda: None)
    return status, json.loads(path.read_text(encoding="utf-8"))


def marks(contents, task=TASK):
    """(status, diagnosis) of one task for each student."""
    return {
        each["student"]: (each["marks"][task.id]["status"], each["marks"][task.id]["diagnosis"])
        for each in contents["students"]
    }


@pytest.fixture
def klass(tmp_path):
    """The folder of a class in which each kind of hand-in occurs."""
    folder = tmp_path / "class"
    for name, source in {
        "anna": RIGHT,
        "Bob the 2nd": WRONG,
        "Zoë": TASK.stub.read_bytes(),
        "syntax": b"def decide(:\n",
        "empty": b"",
    }.items():
        put(folder / name, {STUB: source})
    put(folder / "nothing", {})
    pack(folder / "zipped.zip", [(f"zipped/{STUB}", RIGHT)])
    pack(folder / "outward.zip", [(f"../{STUB}", RIGHT)])
    return folder


def test_every_kind_of_hand_in_gets_its_mark(klass, capsys):
    status, contents = graded(klass, "--tasks", "perceptron")
    assert status == 0
    assert marks(contents) == {
        "anna": ("passed", ""),
        "Bob the 2nd": ("failed", "at the threshold"),
        "empty": ("failed", "missing name"),
        "nothing": ("missing", "not handed in"),
        "outward": ("error", "refused archive"),
        "syntax": ("error", "syntax error"),
        "zipped": ("passed", ""),
        "Zoë": ("failed", "not written yet"),
    }
    assert (
        capsys.readouterr().err == "outward: nothing was read: refused archive, a member called '../01_perceptron.py'\n"
    )


def test_tables_say_how_the_tasks_and_the_students_did(klass, capsys):
    put(klass / "carl", {STUB: WRONG, SIGMOID.stub.name: SIGMOID.solution.read_bytes()})
    assert main([str(klass), "--tasks", "1,6"], here) == 0
    assert capsys.readouterr().out.splitlines() == [
        "   task                passed  written  unwritten  most frequent diagnosis",
        " 1 perceptron               2        6          1  at the threshold (2)",
        " 6 sigmoid                  1        1          0",
        "",
        "9 students            16  passed",
        "anna                  .-       1",
        "Bob the 2nd           x-       0",
        "carl                  x.       1",
        "empty                 x-       0",
        "nothing               --       0",
        "outward               EE       0",
        "syntax                E-       0",
        "zipped                .-       1",
        "Zoë                   o-       0",
        "",
        "  . passed   x failed   o unwritten   E not run to its end   - not handed in",
    ]


def test_json_holds_the_whole_verdict_and_where_the_file_was(klass):
    _, contents = graded(klass, "--tasks", "1", "--timeout", "7.5", "--memory", "512")
    assert contents["tasks"] == [{"number": 1, "id": TASK.id, "title": TASK.title}]
    assert contents["limits"] == {"seconds": 7.5, "memory": 512 * 2**20}
    of = {each["student"]: each["marks"][TASK.id] for each in contents["students"]}
    assert Verdict.from_dict(of["Bob the 2nd"]) == judge_source(TASK, WRONG, STUB)
    assert of["Bob the 2nd"]["finding"]["advice"] == "Compare with >."
    assert (of["zipped"]["file"], of["nothing"]["file"]) == (f"zipped/{STUB}", "")
    assert sum(each["passed"] for each in contents["students"]) == 2


def test_answers_get_the_limits_that_were_asked_for_and_the_name_of_the_task(klass):
    given = set()
    options = ["--tasks", "1", "--timeout", "3", "--memory", "300"]
    assert main([str(klass), *options], lambda *answer: given.add(answer[2:]) or Verdict(TASK.id)) == 0
    assert given == {(STUB, Limits(seconds=3.0, memory=300 * 2**20))}


def test_untouched_stub_is_not_run(tmp_path):
    put(tmp_path / "class" / "anna", {task.stub.name: task.stub.read_bytes() for task in TASKS.values()})
    _, contents = graded(tmp_path / "class", judge=never)
    assert all(marks(contents, task) == {"anna": ("failed", "not written yet")} for task in TASKS.values())


def test_what_goes_wrong_beside_an_answer_is_told_and_costs_no_other_mark(klass, capsys):
    def judge(task, source, name, limits):
        if source == WRONG:
            raise OSError(errno.EAGAIN, "no more processes")
        return here(task, source, name, limits)

    status, contents = graded(klass, "--tasks", "1", judge=judge)
    assert status == 1 and marks(contents)["anna"] == ("passed", "")
    assert "1 not checked" in (said := capsys.readouterr().err) and "no more processes" in said
    assert marks(contents)["Bob the 2nd"] == ("error", "not checked")


def test_error_in_reading_that_nobody_foresaw_costs_no_other_mark(klass, monkeypatch):
    answer = Student.answer

    def reading(student, task):
        if student.name == "anna":
            raise IndexError("string index out of range")
        return answer(student, task)

    monkeypatch.setattr(Student, "answer", reading)
    status, contents = graded(klass, "--tasks", "1")
    assert status == 1
    assert marks(contents)["anna"] == ("error", "not checked") and marks(contents)["zipped"] == ("passed", "")


def test_diagnoses_are_those_of_what_was_written_and_could_be_read(tmp_path, capsys):
    for name in "abcd":
        put(tmp_path / name, {STUB: TASK.stub.read_bytes()})
    put(tmp_path / "e", {STUB: WRONG})
    for name in "fgh":
        put(tmp_path, {f"{name}.zip": b"Rar!"})
    assert main([str(tmp_path), "--tasks", "1"], here) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1] == " 1 perceptron               0        1          4  at the threshold (1)"
    assert [line for line in err.splitlines() if "broken archive" in line] == err.splitlines() and len(err) > 100


def test_student_of_whom_nothing_was_found_is_named_with_what_is_there(tmp_path, capsys):
    put(tmp_path / "anna", {STUB: RIGHT, "notes.rar": b""})
    put(tmp_path / "bob", {"exercises.rar": b""})
    put(tmp_path / "carl", {"week 1/week1.ipynb": b"", "01_perceptron (1).py": b""})
    put(tmp_path / "dora", {"a.zip": b"", "b.zip": b""})
    put(tmp_path / "emil", {})
    assert main([str(tmp_path), "--tasks", "6"], never) == 0
    assert capsys.readouterr().err.splitlines() == [
        "bob: no task was found, but there is exercises.rar (archives of this kind are not opened)",
        "carl: no task was found, but there is 01_perceptron (1).py, week 1/week1.ipynb (notebooks are not graded)",
        "dora: no task was found, but there is a.zip (of several zips none is opened), "
        "b.zip (of several zips none is opened)",
    ]


def test_order_is_that_of_the_names_whatever_ends_first(tmp_path):
    for name in "dbac":
        put(tmp_path / "class" / name, {STUB: name.encode()})
    last_is_through = threading.Event()

    def judge(task, source, name, limits):
        if source == b"d":
            last_is_through.set()
        assert source != b"a" or last_is_through.wait(30)
        return Verdict(task.id, printed=source.decode())

    _, contents = graded(tmp_path / "class", "--tasks", "1", "--jobs", "2", judge=judge)
    assert last_is_through.is_set()
    printed = [(each["student"], each["marks"][TASK.id]["printed"]) for each in contents["students"]]
    assert printed == [(name, name) for name in "abcd"]


@pytest.mark.parametrize(("jobs", "cores", "at_a_time"), [(1, 8, 1), (3, 8, 3), (8, 2, 2), (2, 1, 1)])
def test_so_many_answers_are_judged_at_a_time_and_no_more(tmp_path, monkeypatch, capsys, jobs, cores, at_a_time):
    monkeypatch.setattr(grade, "_cores", lambda: cores)
    for i in range(12):
        put(tmp_path / f"{i}", {STUB: b""})
    lock, running, most = threading.Lock(), [], []

    def judge(task, source, name, limits):
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.01)
        with lock:
            running.pop()
        return Verdict(task.id)

    assert main([str(tmp_path), "--tasks", "1", "--jobs", str(jobs)], judge) == 0
    assert 1 <= max(most) <= at_a_time and len(most) == 12
    assert ("2 at a time, since this machine has no more cores" in capsys.readouterr().err) == (jobs == 8)


# --- CSV and JSON ---


def test_csv_opens_in_a_spreadsheet_with_its_names(klass, tmp_path):
    path = tmp_path / "marks.csv"
    assert main([str(klass), "--tasks", "1,6", "--csv", str(path)], here) == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert table[0] == ["student", TASK.id, SIGMOID.id, "passed"]
    assert ["anna", "passed", "missing", "1"] in table and ["Zoë", "failed", "missing", "0"] in table
    assert len(table) == 9


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", '=a";b'])  # noqa: RUF001
def test_name_that_is_a_formula_stays_text(tmp_path, name):
    put(tmp_path / "class" / name, {STUB: RIGHT})
    path = tmp_path / "marks.csv"
    assert main([str(tmp_path / "class"), "--tasks", "1", "--csv", str(path)], here) == 0
    assert list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))[1] == [f"'{name}", "passed", "1"]


def test_semicolon_in_a_name_begins_no_cell(tmp_path):
    put(tmp_path / "class" / "a;=1+1", {STUB: RIGHT})
    path = tmp_path / "marks.csv"
    assert main([str(tmp_path / "class"), "--tasks", "1", "--csv", str(path)], here) == 0
    table = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";")
    assert list(table)[1] == ['a;=1+1,"passed",1']


def test_text_that_is_no_unicode_costs_no_marks(klass):
    status, contents = graded(klass, "--tasks", "1", judge=lambda *answer: Verdict(TASK.id, printed="\udcff \ud800 ü"))
    assert status == 0
    assert contents["students"][0]["marks"][TASK.id]["printed"] == "\udcff \ud800 ü"


@pytest.mark.parametrize("option", ["--csv", "--json"])
@pytest.mark.parametrize(
    "target", ["nowhere/marks", ".", pytest.param("/dev/null", marks=pytest.mark.skipif("os.name != 'posix'"))]
)
def test_target_that_cannot_be_written_is_found_before_anything_is_judged(klass, tmp_path, capsys, option, target):
    assert main([str(klass), option, str(tmp_path / target)], never) == 2
    output = capsys.readouterr()
    assert "cannot be written" in output.err and output.out == ""


def test_target_that_is_read_only_is_found_before_anything_is_judged(klass, tmp_path, capsys, monkeypatch):
    old = tmp_path / "marks.csv"
    old.write_text("old")

    def denied(path, *arguments, usual=Path.open, **options):
        if path == old:
            assert arguments == ("ab",)  # what it holds is to stay
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return usual(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", denied)
    assert main([str(klass), "--csv", str(old)], never) == 2
    monkeypatch.undo()
    assert "cannot be written: Permission denied" in capsys.readouterr().err and old.read_text() == "old"


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_link_to_where_nothing_can_be_written_is_found_before_anything_is_judged(klass, tmp_path, capsys):
    (tmp_path / "marks.csv").symlink_to(tmp_path / "nowhere" / "marks.csv")
    assert main([str(klass), "--csv", str(tmp_path / "marks.csv")], never) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_link_to_itself_is_replaced_by_the_marks(klass, tmp_path):
    (tmp_path / "marks.csv").symlink_to("marks.csv")
    assert main([str(klass), "--tasks", "1", "--csv", str(tmp_path / "marks.csv")], here) == 0
    assert (tmp_path / "marks.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_both_files_cannot_be_one(klass, tmp_path, capsys):
    path = tmp_path / "marks"
    assert main([str(klass), "--csv", str(path), "--json", f"{tmp_path}/class/../marks"], never) == 2
    assert "both name" in capsys.readouterr().err


def test_old_marks_survive_a_full_disk_and_the_tables_are_printed(klass, tmp_path, capsys, monkeypatch):
    targets = [tmp_path / "marks.csv", tmp_path / "marks.json"]
    for path in targets:
        path.write_text("old")

    def full(path, contents):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main([str(klass), "--tasks", "1", "--csv", str(targets[0]), "--json", str(targets[1])], here) == 1
    monkeypatch.undo()
    output = capsys.readouterr()
    assert "No space left on device" in output.err and "Bob the 2nd" in output.out
    assert [path.read_text() for path in targets] == ["old", "old"]
    assert {path.name for path in tmp_path.iterdir()} == {"class", "marks.csv", "marks.json"}


def test_marks_that_cannot_be_put_in_place_are_kept_and_the_file_is_named(klass, tmp_path, capsys, monkeypatch):
    table, everything = tmp_path / "marks.csv", tmp_path / "marks.json"
    for path in (table, everything):
        path.write_text("old")

    def open_elsewhere(beside, path, replace=os.replace):
        if path.suffix == ".json":
            raise PermissionError(errno.EACCES, "Permission denied")
        replace(beside, path)

    monkeypatch.setattr(files.os, "replace", open_elsewhere)
    assert main([str(klass), "--tasks", "1", "--csv", str(table), "--json", str(everything)], here) == 1
    said = capsys.readouterr().err
    (kept,) = [path for path in tmp_path.iterdir() if path.name.startswith(".marks.json")]
    assert f"{everything} could not be written (Permission denied) and is as it was" in said and str(kept) in said
    assert everything.read_text() == "old" and json.loads(kept.read_text(encoding="utf-8"))["students"]
    assert table.read_bytes().startswith(b"\xef\xbb\xbf") and str(table) not in said


def test_marks_inside_the_folder_are_no_student_in_the_next_run(klass, capsys):
    (klass / "outward.zip").unlink()
    options = [str(klass), "--tasks", "1", "--csv", str(klass / "marks.csv"), "--json", str(klass / "marks.json")]
    assert main(options, here) == 0
    before = (klass / "marks.csv").read_bytes(), (klass / "marks.json").read_bytes()
    capsys.readouterr()
    assert main(options, here) == 0
    assert capsys.readouterr().err == "Left out, since a student is a folder or a .zip: marks.csv, marks.json\n"
    assert before == ((klass / "marks.csv").read_bytes(), (klass / "marks.json").read_bytes())


@pytest.mark.skipif(os.name != "posix", reason="permissions and links as POSIX has them")
def test_files_are_as_others_are_and_a_link_stays_one(klass, tmp_path):
    real, link, usual = tmp_path / "real.csv", tmp_path / "marks.csv", tmp_path / "usual"
    usual.touch()
    link.symlink_to(real)
    assert main([str(klass), "--tasks", "1", "--csv", str(link)], here) == 0
    assert link.is_symlink() and real.stat().st_mode == usual.stat().st_mode


# --- the tables ---


def many(names, tasks=23):
    """Tasks, and a row with each status for each name."""
    tasks = [
        SimpleNamespace(number=i, id=f"{i:02}_x", name="a_name_that_takes_more_room_than_there_is")
        for i in range(1, tasks + 1)
    ]
    findings = [None, Finding("a"), Finding("a diagnosis that is longer than any of ours may be", status="error")]
    verdicts = [Mark(Verdict(task.id, findings[i % 3])) for i, task in enumerate(tasks)]
    return tasks, [Row(SimpleNamespace(name=name, refusal=None), tuple(verdicts)) for name in names]


def test_tables_fit_80_columns_with_200_students_and_long_names():
    names = [
        "Wolfeschlegelsteinhausenbergerdorff, Hubert_123456_assignsubmission_file_",
        "学" * 30,
        "e\u0301" * 70,
        "x",
    ]
    lines = report(*many(names * 50)).splitlines()
    assert max(map(columns, lines)) <= SHOWN and len(lines) == 1 + 23 + 1 + 2 + 200 + 2
    rows = lines[27:-2]
    assert len({columns(line) for line in rows}) == 1 and rows[0].endswith(".xE.x E.xE. xE.xE .xE.x E.x       8")
    assert rows[0].startswith("Wolfeschlegelstein") and "... " in rows[0]


def test_numbers_of_the_tasks_stand_above_their_columns():
    lines = report(*many(["x"])).splitlines()
    assert lines[25:27] == [
        "                                1 11111 11112 222",
        "1 student             12345 67890 12345 67890 123  passed",
    ]


def test_terminal_without_the_letters_shows_question_marks(klass, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    assert main([str(klass), "--tasks", "1"], here) == 0
    assert b"Zo?  " in raw.getvalue()


def test_reader_that_has_seen_enough_is_no_error(klass, monkeypatch):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    assert main([str(klass), "--tasks", "1"], here) == 0


def test_closed_output_is_no_error(klass, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main([str(klass), "--tasks", "1"], here) == 0


def test_progress_is_a_line_that_is_rewritten_on_a_terminal(klass, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    (klass / "outward.zip").unlink()
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main([str(klass), "--tasks", "1"], here) == 0
    shown = sys.stderr.getvalue()
    assert [part for part in shown.split("\r") if part.strip()] == [f"{i} of 7 checked" for i in range(1, 8)]
    assert shown.endswith("\r") and "\n" not in shown


# --- arguments ---


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tasks", "99"], "no task '99'"),
        (["--tasks", "6-1"], "backwards"),
        (["--tasks", ","], "1,2,7-9"),
        (["--tasks", "perzeptron"], "did you mean 'perceptron'"),
        (["--jobs", "0"], "above 0"),
        (["--jobs", "two"], "above 0"),
        (["--timeout", "0"], "above 0"),
        (["--timeout", "nan"], "above 0"),
        (["--memory", "-1"], "above 0"),
        (["--memory", "255"], "255 is too little"),
        (["--what"], "unrecognized"),
    ],
)
def test_wrong_arguments_are_told(klass, capsys, options, said):
    assert main([str(klass), *options], never) == 2
    assert said in capsys.readouterr().err


def test_folder_that_is_none_of_a_class_is_told(klass, capsys):
    assert main([str(klass / "anna")], never) == 2
    assert "looks like the folder of one student" in capsys.readouterr().err
    assert main([], never) == 2


def test_help_says_what_there_is(capsys):
    assert main(["--help"], never) == 0
    said = capsys.readouterr().out
    assert all(option in said for option in ("DIR", "--tasks", "--csv", "--json", "--jobs", "--timeout", "--memory"))


def test_some_tasks_are_graded_once_and_in_their_order(klass):
    _, contents = graded(klass, "--tasks", "sigmoid,1-2,1", judge=passing)
    assert [task["number"] for task in contents["tasks"]] == [number for number in (1, 2, 6) if number in TASKS]


# --- what README says ---

README = (Path(grade.__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def program(word):
    """The program in README in which this word occurs."""
    (found,) = [text for text in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if word in text]
    return found


def test_reports_are_written_one_file_per_student(klass, tmp_path, monkeypatch):
    graded(klass, "--tasks", "1,6")
    monkeypatch.chdir(tmp_path)
    exec(program("reports"))
    assert len(list((tmp_path / "reports").iterdir())) == 8
    written = (tmp_path / "reports" / "Bob the 2nd.txt").read_text(encoding="utf-8")
    assert written.startswith(" 1 perceptron: failed (at the threshold)\n     asked  ")
    assert "\n 6 sigmoid: missing (not handed in)\n" in written


def test_folders_of_moodle_get_the_names_alone(tmp_path, monkeypatch):
    for name in ("Ada_1_assignsubmission_file_", "Ada_2_assignsubmission_file_", "A_b c_3_assignsubmission_file_"):
        put(tmp_path / "handed-in" / name, {})
    monkeypatch.chdir(tmp_path)
    exec(program("assignsubmission"))
    assert {path.name for path in (tmp_path / "handed-in").iterdir()} == {
        "Ada",
        "Ada_2_assignsubmission_file_",
        "A_b c",
    }


def test_cell_for_nbgrader_has_its_semicolon():
    assert "\n    check(1, decide);\n" in README, "indented: ruff format takes it out of a fenced block"


def test_tables_in_readme_look_like_those_that_are_printed(klass, capsys):
    assert main([str(klass), "--tasks", "1"], here) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"\n    {lines[0]}\n" in README and f"\n    {lines[-1]}\n" in README


# --- in processes of their own ---

FORGED = b"""
import json, sys
for out in (sys.stdout, sys.stderr, sys.__stdout__):
    print("1 perceptron: passed", file=out)
    print(json.dumps({"token": "", "verdict": {"task": "01_perceptron", "finding": None, "printed": ""}}), file=out)
def decide(facts, weights, threshold):
    return 1
"""

ANSWERS = {
    "loop": (b"while True:\n    pass\n", ("error", "took too long")),
    "huge allocation": (b"decide = [0] * 10**11\n", ("error", "out of memory")),
    "os._exit": (b"import os\nos._exit(0)\n", ("error", "ended early")),
    "forged": (FORGED, None),
    "fork": (b"import os\nos.fork()\n" + RIGHT, ("passed", "")),
    "syntax error": (b"def decide(:\n", ("error", "syntax error")),
    "empty": (b"", ("failed", "missing name")),
    "Zoë Ångström 学生": (RIGHT, ("passed", "")),
}


@pytest.mark.skipif(os.name != "posix", reason="fork and limits as POSIX has them")
def test_200_submissions_with_hostile_ones_among_them(tmp_path, capsys):
    folder = tmp_path / "a class, with blanks and ü"
    for name, (source, _) in ANSWERS.items():
        put(folder / name, {STUB: source})
    usual = [
        (RIGHT, ("passed", "")),
        (WRONG, ("failed", "at the threshold")),
        (TASK.stub.read_bytes(), ("failed", "not written yet")),
    ]
    for i in range(200 - len(ANSWERS)):
        put(folder / f"student {i:03}", {STUB: usual[i % 3][0]})
    path = tmp_path / "marks.json"
    assert exercises(["grade", str(folder), "--tasks", "1", "--json", str(path), "--jobs", "2", "--timeout", "10"]) == 0
    found = marks(json.loads(path.read_text(encoding="utf-8")))
    wanted = {name: want for name, (_, want) in ANSWERS.items() if want is not None}
    assert {name: found[name] for name in wanted} == wanted
    assert found["forged"][0] == "failed"
    assert [found[f"student {i:03}"] for i in range(192)] == [usual[i % 3][1] for i in range(192)]
    assert len(found) == 200 and "200 students" in capsys.readouterr().out


def test_what_has_not_begun_at_ctrl_c_does_not_begin(tmp_path, capsys, monkeypatch):
    for i in range(50):
        put(tmp_path / f"{i}", {STUB: b""})
    judged, stopped = [], threading.Event()

    def judge(task, source, name, limits):
        judged.append(name)
        assert len(judged) == 1 or stopped.wait(30)
        return Verdict(task.id)

    def pressed(progress, checked):
        progress.checked = checked
        raise KeyboardInterrupt

    monkeypatch.setattr(ProgressLine, "__call__", pressed)
    assert main([str(tmp_path), "--tasks", "1", "--jobs", "1"], judge, stopped.set) == 130
    assert len(judged) <= 2
    assert capsys.readouterr() == ("", "Stopped: 1 of 50 answers were checked.\n")


def test_second_ctrl_c_is_waited_through(tmp_path, monkeypatch):
    put(tmp_path, {STUB: b""})
    begun, stopped = threading.Event(), threading.Event()
    presses = iter([KeyboardInterrupt, KeyboardInterrupt, KeyboardInterrupt])

    def judge(task, source, name):
        begun.set()
        assert stopped.wait(30)
        return Verdict(task.id)

    def stop():
        for press in presses:
            raise press
        stopped.set()

    def pressed(*anything):
        assert begun.wait(30)
        raise next(presses)
        yield

    monkeypatch.setattr("demos.exercises.grading.marks.as_completed", pressed)
    with pytest.raises(KeyboardInterrupt):
        marks_of([Student("anna", tmp_path)], [TASK], judge, stop=stop)
    assert stopped.is_set()


INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background may have left it ignored
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from demos.exercises.grading.grade import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_signal_ends_what_runs_and_leaves_the_old_marks(tmp_path, name, status):
    (folders := tmp_path / "folders").mkdir()
    for student in ("anna", "bob", "carl"):
        begun = tmp_path / f"{student} has begun"
        source = f"import os\nopen({str(begun)!r}, 'w').write(str(os.getpid()))\nwhile True:\n    pass\n"
        put(tmp_path / "class" / student, {STUB: source.encode()})
    old = tmp_path / "marks.csv"
    old.write_text("old")
    arguments = [str(tmp_path / "class"), "--csv", str(old), "--tasks", "1", "--jobs", "2", "--timeout", "300"]
    command = [sys.executable, "-c", INTERRUPTIBLE, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": {**os.environ, "TMPDIR": str(folders)}}
    with subprocess.Popen(command, text=True, **pipes) as process:
        try:
            pids = [int(written_by(tmp_path / f"{student} has begun")) for student in ("anna", "bob")]
            process.send_signal(getattr(signal, name))
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (
        status,
        "",
        "Stopped: 0 of 3 answers were checked. No file was written.\n",
    )
    assert old.read_text() == "old" and not (tmp_path / "carl has begun").exists()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert not list(folders.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_signals_are_afterwards_what_they_were_and_one_that_is_ignored_stays_so(tmp_path):
    put(tmp_path / "anna", {STUB: RIGHT})
    during = []

    def judge(task, source, name, limits):
        during.append((signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGHUP)))
        return Verdict(task.id)

    before = signal.signal(signal.SIGTERM, signal.SIG_DFL), signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert main([str(tmp_path), "--tasks", "1"], judge) == 0
        assert during == [(grade._stop, signal.SIG_IGN)]
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGHUP, before[1])


def test_grading_works_in_a_thread_that_is_not_the_main_one(tmp_path, capsys):
    put(tmp_path / "anna", {STUB: RIGHT})
    statuses = []
    thread = threading.Thread(target=lambda: statuses.append(main([str(tmp_path), "--tasks", "1"], passing)))
    thread.start()
    thread.join()
    assert statuses == [0]
