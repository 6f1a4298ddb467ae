"""Checks a task whenever its file is saved."""

from __future__ import annotations

import time
from collections.abc import Callable

from demos.exercises.task import Task
from demos.exercises.verdict import Verdict
from demos.runner import MissingExtra

from . import screens
from .workspace import Workspace


def watch(space: Workspace, judge: Callable[[Task], Verdict]) -> None:
    """Nothing, after Ctrl-C: that is how watching ends, and no failure. One task is checked at a time.

    What is compared are the contents, so it does not matter how an editor saves: into the file, or into a new one that
    is then renamed. A look each second finds what the system does not report, as in folders of another machine.
    MissingExtra if watchfiles is not installed.
    """
    try:
        from watchfiles import watch as changes
    except ImportError:
        raise MissingExtra(
            'watch needs the package watchfiles: pip install "glassgrad[demos]"\n'
            "Without it, check does the same once: python -m demos.exercises check"
        ) from None
    known = _contents(space)
    print(f"Watching {screens.place(space)}. Save a task's file, and it is checked. Ctrl-C ends.", flush=True)
    try:
        for _ in changes(space.folder, watch_filter=None, recursive=False, rust_timeout=1000, yield_on_timeout=True):
            for task, content in _saved(space, known).items():
                known[task] = content
                print(f"\n{time.strftime('%H:%M:%S')}: {space.file(task)} was saved", flush=True)
                _show(space, task, judge(task))
    except KeyboardInterrupt:
        states = {task: space.state(task) for task in space.tasks()}
        print(f"\nWatching has ended. {screens.in_all(states)}", flush=True)


def _contents(space: Workspace) -> dict[Task, bytes]:
    """What is in the files that can be read. An editor may be about to put one in its place."""
    found = {}
    for task in space.tasks():
        try:
            found[task] = space.source(task)
        except OSError:
            continue
    return found


def _saved(space: Workspace, known: dict[Task, bytes]) -> dict[Task, bytes]:
    """The files that are not as they were when they were checked, or first seen; stubs that came new do not count."""
    now = _contents(space)
    for task, content in now.items():
        if task not in known and content == task.stub.read_bytes():
            known[task] = content
    return {task: content for task, content in now.items() if known.get(task) != content}


def _show(space: Workspace, task: Task, verdict: Verdict) -> None:
    print(f"{verdict!r}\n", flush=True)
    print(screens.go_on(space, after=task) if verdict.passed else screens.stuck_on(space, task), flush=True)
