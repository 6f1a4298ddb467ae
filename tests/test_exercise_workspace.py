"""The student's folder: what is copied, what is kept, and what is remembered, whatever happens to the files."""

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from autograd import ArgumentError
from demos.exercises import TASKS
from demos.exercises.student.progress import NAME, Progress, Record, fingerprint
from demos.exercises.student.watch import _saved
from demos.exercises.student.workspace import Workspace, default_folder
from demos.exercises.task import FOLDER

FIRST, SECOND = list(TASKS.values())[:2]
ALL = list(TASKS.values())


@pytest.fixture
def space(tmp_path):
    """A folder with all tasks in it."""
    made = Workspace(tmp_path / "my exercises")
    made.start(ALL)
    return made


def state(space):
    """What stands in the file."""
    return json.loads((space.folder / NAME).read_text(encoding="utf-8"))


def names(space):
    return sorted(os.listdir(space.folder))


# --- starting ------------------------------------------------------------------------------------------------


def test_start_copies_every_stub_as_it_is(space):
    assert space.tasks() == ALL and names(space) == [task.stub.name for task in ALL]
    assert all(space.source(task) == task.stub.read_bytes() for task in ALL)


def test_start_copies_only_what_is_asked_for(tmp_path):
    space = Workspace(tmp_path / "a" / "b")
    assert space.start([SECOND]) == ([SECOND], []) and names(space) == [SECOND.stub.name]


def test_start_never_overwrites(space):
    space.file(FIRST).write_text("mine")
    space.file(SECOND).unlink()
    copied, kept = space.start(ALL)
    assert copied == [SECOND] and kept == [task for task in ALL if task != SECOND]
    assert space.source(FIRST) == b"mine"


def test_start_leaves_a_dangling_link_and_a_folder_alone(tmp_path):
    space = Workspace(tmp_path)
    space.file(FIRST).symlink_to(tmp_path / "nowhere")
    space.file(SECOND).mkdir()
    assert space.start([FIRST, SECOND]) == ([], [FIRST, SECOND])
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(OSError, match=f"cannot read .*{SECOND.stub.name}: Is a directory"):
        space.source(SECOND)


@pytest.mark.parametrize("name", ["file", "file/inside", "file/in/side"])
def test_a_file_in_the_place_of_the_folder_is_told(name, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="cannot be a folder: there is a file of that name"):
        Workspace(tmp_path / name)


@pytest.mark.parametrize("inside", ["", "solutions", "checks/../../exercises"])
def test_the_folder_of_the_package_itself_is_refused(inside):
    with pytest.raises(ArgumentError, match="the folder of the package itself"):
        Workspace(FOLDER / inside)


def test_the_usual_folder_is_the_one_we_are_in_if_there_are_tasks_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert default_folder() == Path("exercises")
    (tmp_path / NAME).touch()
    assert default_folder() == Path("exercises")  # it may be that of another program
    (tmp_path / SECOND.stub.name).touch()
    assert default_folder() == Path(".")
    (tmp_path / "exercises").mkdir()
    assert default_folder() == Path("exercises")


def test_watch_passes_over_stubs_that_come_new_and_sees_what_is_written_then(space):
    known = {FIRST: FIRST.stub.read_bytes()}
    assert _saved(space, known) == {}
    space.file(SECOND).write_bytes(b"mine")
    assert _saved(space, known) == {SECOND: b"mine"}
    space.file(FIRST).unlink()
    assert _saved(space, known) == {SECOND: b"mine"}


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_the_folder_of_the_package_is_refused_by_any_way_to_it(tmp_path):
    (tmp_path / "link").symlink_to(FOLDER.parent)
    with pytest.raises(ArgumentError, match="the folder of the package itself"):
        Workspace(tmp_path / "link" / FOLDER.name)


# --- taking back ---------------------------------------------------------------------------------------------


def test_reset_brings_the_stub_back_and_keeps_every_version(space):
    kept = []
    for version in ("one", "two", "three"):
        space.file(FIRST).write_text(version)
        kept.append(space.reset(FIRST))
        assert space.source(FIRST) == FIRST.stub.read_bytes()
    assert [path.name for path in kept] == [f"{FIRST.stub.name}.{number}" for number in (1, 2, 3)]
    assert [path.read_text() for path in kept] == ["one", "two", "three"]
    assert space.tasks() == ALL


def test_reset_of_a_stub_or_of_no_file_keeps_nothing(space):
    space.file(SECOND).unlink()
    assert space.reset(FIRST) is space.reset(SECOND) is None
    assert names(space) == [task.stub.name for task in ALL]


def test_reset_that_cannot_move_the_file_leaves_all_as_it_was(space, monkeypatch):
    def refused(*paths):
        raise PermissionError(13, "Permission denied")

    space.file(FIRST).write_text("mine")
    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(OSError, match=r"cannot move .*: Permission denied"):
        space.reset(FIRST)
    assert space.source(FIRST) == b"mine" and names(space) == [task.stub.name for task in ALL]


# --- states --------------------------------------------------------------------------------------------------


def test_a_task_goes_from_not_begun_to_passed_and_changed(space):
    assert space.state(FIRST) == ""
    space.file(FIRST).write_text("first try")
    assert space.state(FIRST) == "begun"
    space.progress.note_failed(FIRST, space.source(FIRST))
    assert space.state(FIRST) == "tried"
    space.progress.note_passed(FIRST, space.source(FIRST))
    assert space.state(FIRST) == "passed"
    space.file(FIRST).write_text("another thought")
    assert space.state(FIRST) == "changed"
    space.file(FIRST).write_text("first try")
    assert space.state(FIRST) == "passed"
    space.file(FIRST).unlink()
    assert space.state(FIRST) == "passed"
    assert space.state(SECOND) == ""


def test_a_task_that_passed_and_failed_since_is_tried_until_it_is_as_it_was_when_it_passed(space):
    space.progress.note_passed(FIRST, b"right")
    space.progress.note_failed(FIRST, b"wrong")
    for content in (b"wrong", b"wrong in another way"):
        space.file(FIRST).write_bytes(content)
        assert space.state(FIRST) == "tried"
    space.file(FIRST).unlink()
    assert space.state(FIRST) == "tried"
    space.file(FIRST).write_bytes(b"right")
    assert space.state(FIRST) == "passed"
    space.progress.note_failed(FIRST, b"right")
    assert space.state(FIRST) == "tried"
    space.progress.note_passed(FIRST, b"right")
    assert space.state(FIRST) == "passed"


# --- progress ------------------------------------------------------------------------------------------------


def test_progress_is_there_for_the_next_process(space):
    space.progress.note_passed(FIRST, b"source")
    space.progress.note_hints(SECOND, 2)
    again = Progress(space.folder)
    assert again.of(FIRST) == Record(fingerprint(b"source"))
    assert again.of(SECOND) == Record(hints=2)


def test_hints_are_never_unseen(space):
    space.progress.note_hints(FIRST, 2)
    space.progress.note_hints(FIRST, 1)
    assert space.progress.of(FIRST).hints == 2


def test_what_other_versions_know_of_other_tasks_is_kept(space):
    later = {"version": 1, "tasks": {"quantum": {"hints": 1, "stars": 5}, FIRST.name: {"stars": 4}}, "theme": "dark"}
    (space.folder / NAME).write_text(json.dumps(later))
    space.progress.note_failed(FIRST, b"source")
    later["tasks"][FIRST.name]["failed"] = fingerprint(b"source")
    assert state(space) == later


DAMAGED = {
    "empty": b"",
    "cut off": b'{"version": 1, "tasks": {"perceptron": {"pas',
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "another version": b'{"version": 2, "tasks": {}}',
    "another program": b'{"tasks": []}',
    "a strange record": b'{"version": 1, "tasks": {"perceptron": 3}}',
    "strange hints": b'{"version": 1, "tasks": {"perceptron": {"hints": "two"}}}',
    "strange failure": b'{"version": 1, "tasks": {"perceptron": {"failed": true}}}',
    "hints below 0": b'{"version": 1, "tasks": {"perceptron": {"hints": -1}}}',
    "very deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_progress_is_set_aside_told_once_and_begun_anew(content, space, capsys):
    (space.folder / NAME).write_bytes(content)
    assert space.progress.of(FIRST) == Record()
    space.progress.note_failed(FIRST, b"source")
    assert space.progress.of(FIRST) == Record(failed=fingerprint(b"source"))
    assert capsys.readouterr().err.count("Progress starts anew") == 1
    assert (space.folder / f"{NAME}.damaged").read_bytes() == content


def test_progress_that_cannot_be_written_is_told_once_and_stops_nothing(space, monkeypatch, capsys):
    def refused(*paths):
        raise PermissionError(13, "Permission denied")

    before = names(space)
    monkeypatch.setattr(os, "replace", refused)
    space.progress.note_failed(FIRST, b"source")
    space.progress.note_failed(SECOND, b"source")
    assert capsys.readouterr().err == (
        f"Progress is not remembered: cannot write {space.folder / NAME}: Permission denied\n"
    )
    assert names(space) == before


def test_a_folder_by_the_name_of_the_progress_stops_nothing(space, capsys):
    (space.folder / NAME).mkdir()
    assert space.progress.of(FIRST) == Record()
    space.progress.note_failed(FIRST, b"source")
    told = capsys.readouterr().err
    assert "Progress is unknown" in told and "Progress is not remembered" in told and "Traceback" not in told


def test_what_is_remembered_already_is_not_written_again(space, monkeypatch, capsys):
    space.progress.note_passed(FIRST, b"source")
    monkeypatch.setattr(os, "replace", None)
    space.progress.note_passed(FIRST, b"source")
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="modes do not hold for root")
def test_a_read_only_folder_is_told_in_words(space, capsys):
    space.folder.chmod(0o500)
    try:
        space.progress.note_failed(FIRST, b"source")
        assert "Progress is not remembered" in capsys.readouterr().err
        space.file(FIRST).write_text("mine")
        with pytest.raises(OSError, match="cannot write"):
            space.reset(FIRST)
    finally:
        space.folder.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="modes do not hold for root")
def test_a_folder_that_may_not_be_looked_into_is_told_in_words(space):
    space.folder.chmod(0o000)
    try:
        with pytest.raises(OSError, match="cannot look into the folder"):
            Workspace(space.folder)
    finally:
        space.folder.chmod(0o700)


def _many_notes(folder, name, times):
    task = next(task for task in ALL if task.name == name)
    for _ in range(times):
        Progress(Path(folder)).note_passed(task, os.urandom(8))
        Progress(Path(folder)).of(task)


def test_two_processes_that_write_at_once_leave_a_whole_file(space, capfd):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(_many_notes, str(space.folder), task.name, 100) for task in (FIRST, SECOND)]
        for run in runs:
            run.result()
    assert state(space)["tasks"] and "anew" not in capfd.readouterr().err
    assert names(space) == [NAME, *(task.stub.name for task in ALL)]


def test_a_process_ended_while_it_writes_leaves_the_old_state(space):
    space.progress.note_passed(FIRST, b"source")
    code = f"""
import os
from pathlib import Path
from demos.exercises import find
from demos.exercises.student.progress import Progress
os.replace = lambda *paths: os._exit(9)
Progress(Path({str(space.folder)!r})).note_hints(find({FIRST.name!r}), 3)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 9
    assert Progress(space.folder).of(FIRST) == Record(fingerprint(b"source"))
