"""What the commands print besides the verdicts: the list of tasks, hints, counts, and what to do next."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from demos.exercises.checking.judge import NOT_WRITTEN
from demos.exercises.task import TASKS, Task
from demos.exercises.verdict import INDENT, WIDTH, Verdict

from .progress import Record
from .workspace import State, Workspace, default_folder

STATES: dict[State, str] = {
    "passed": "passed",
    "changed": "changed since passing",
    "tried": "tried",
    "begun": "begun",
    "": "not begun",
}


class Paragraphs:
    """Prints what it is called with, at once, and an empty line before and after what is longer than a line."""

    def __init__(self) -> None:
        self._before = ""

    def __call__(self, text: str) -> None:
        apart = self._before and "\n" in self._before + text
        print(f"\n{text}" if apart else text, flush=True)
        self._before = text


def command(space: Workspace, words: str) -> str:
    """What to type for these words, such as `check 7`."""
    return command_in(space.folder, words)


def command_in(folder: Path, words: str) -> str:
    """What to type for these words where one's files are in this folder."""
    if folder == default_folder():
        return f"python -m demos.exercises {words}"
    quoted = shlex.quote(str(folder))
    between = "=" if quoted.startswith("-") else " "  # else it would be taken for an option
    return f"python -m demos.exercises {words} --folder{between}{quoted}"


def place(space: Workspace) -> str:
    """The folder in a sentence."""
    return "this folder" if space.folder == Path(".") else str(space.folder)


def steps(*pairs: tuple[str, str]) -> str:
    """What to type or open, and what for, in two columns, or below each other where they would become too wide."""
    width = max(len(left) for left, _ in pairs)
    if all(4 + width + 4 + len(right) <= WIDTH for _, right in pairs):
        return "\n".join(f"    {left:<{width}}    {right}" for left, right in pairs)
    return "\n".join(f"    {left}\n        {right}" for left, right in pairs)


def task_list(space: Workspace) -> str:
    """A line for each task: its number, name, state, hints seen and title; below them how many are how far.

    Tasks whose files have gone are named, too. States and hints take no room as long as there are none.
    """
    states = {task: space.state(task) for task in TASKS.values()}
    seen = {task: space.progress.of(task).hints for task in states}
    rows = [["", "task", "state" * any(states.values()), "hints" * any(seen.values())]]
    rows += [[f"{task.number:>2}", task.name, state, str(seen[task] or "")] for task, state in states.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row, title in zip(rows, ["title", *(task.title for task in TASKS.values())], strict=True):
        head = "".join(f"{x:<{width}}  " for x, width in zip(row, widths, strict=True) if width)
        lines.append(head + title)
    return "\n".join([*lines, "", in_all(states), *without_file(space)])


def in_all(states: dict[Task, State]) -> str:
    """How many tasks are how far, in a sentence."""
    counts = {state: list(states.values()).count(state) for state in STATES}
    parts = [f"{counts['passed']} of {len(states)} passed"]
    parts += [f"{counts[state]} {STATES[state]}" for state in STATES if state != "passed" and counts[state]]
    return textwrap.fill(f"{', '.join(parts)}.", WIDTH)


def without_file(space: Workspace) -> list[str]:
    """A sentence about the tasks that were worked on and whose files have gone; none if there are no such."""
    records = {task: space.progress.of(task) for task in TASKS.values()}
    missing = [task for task, record in records.items() if record != Record() and not space.is_there(task)]
    if not missing:
        return []
    return [textwrap.fill(f"Without a file in {place(space)}: {these(missing)}.", WIDTH, break_on_hyphens=False)]


def these(tasks: Iterable[Task]) -> str:
    """One task by number and name, several by their numbers.

    >>> these([TASKS[1]]), these([TASKS[1], TASKS[3], TASKS[4], TASKS[2], TASKS[6]])
    ('task 1, perceptron', 'tasks 1 to 4, 6')
    """
    tasks = sorted(tasks, key=lambda task: task.number)
    if len(tasks) == 1:
        return f"task {tasks[0].number}, {tasks[0].name}"
    runs: list[list[int]] = []
    for task in tasks:
        if runs and task.number == runs[-1][-1] + 1:
            runs[-1].append(task.number)
        else:
            runs.append([task.number])
    return "tasks " + ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def hint_text(task: Task, seen: int) -> str:
    """The hint after so many; after the third all of them, since a hint that went by can be read again nowhere else."""
    if seen < 3:
        return _one_hint(task, seen)
    every = (f"These are all three hints for task {task.number}, {task.name}.", *(_one_hint(task, i) for i in range(3)))
    return "\n\n".join(every)


def _one_hint(task: Task, index: int) -> str:
    head = f"Hint {index + 1} of 3 for task {task.number}, {task.name}:"
    return f"{head}\n{textwrap.fill(task.hints[index], WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)}"


def go_on(space: Workspace, after: Task | None = None) -> str:
    """What to do next: the first task that has not passed yet, from the one after this on; at last what has changed."""
    states = {task: space.state(task) for task in TASKS.values()}
    changed = [task for task in TASKS.values() if states[task] == "changed" and not space.is_stub(task)]
    left = [task for task in TASKS.values() if states[task] != "passed" and task not in changed] or changed
    if not left:
        again = steps((command(space, "solution 1"), "how we would have written it"))
        return f"All {len(TASKS)} tasks are passed. To compare yours with ours:\n{again}"
    later = [task for task in left if after is None or task.number > after.number]
    task = (later or left)[0]
    if not space.tasks():
        return "To begin:\n" + steps((command(space, "start"), f"copy the tasks into {place(space)}"))
    if task in changed:
        again = steps((command(space, f"check {task.number}"), "see whether it is still right"))
        return f"Task {task.number}, {task.name}, has changed since it passed:\n{again}"
    if not space.is_there(task):
        copy = steps((command(space, f"start {task.number}"), f"copy it into {place(space)}"))
        return f"Next is task {task.number}, {task.name}:\n{copy}"
    return f"Next is task {task.number}, {task.name}:\n{work_on(space, task)}"


def work_on(space: Workspace, task: Task) -> str:
    """The file to open and the command that checks it."""
    return steps(
        (str(space.file(task)), "open it: it says what to write"),
        (command(space, f"check {task.number}"), "see whether it is right"),
    )


def stuck_on(space: Workspace, task: Task) -> str:
    """What to do about a task: write or mend it, check, read a hint; if it has passed, go on."""
    state = space.state(task)
    if state == "passed":
        return go_on(space)
    answered = state in ("tried", "changed") and not space.is_stub(task)
    seen = space.progress.of(task).hints
    if seen < 3:
        help_ = (command(space, f"hint {task.number}"), f"read hint {seen + 1} of 3")
    else:
        help_ = (command(space, f"solution {task.number} --anyway"), "read the solution")
    return f"What to do next, for task {task.number}:\n" + steps(
        (str(space.file(task)), "mend it" if answered else "write what is missing"),
        (command(space, f"check {task.number}"), "check again" if answered else "see whether it is right"),
        help_,
    )


def count_of(verdicts: Sequence[Verdict], left: Sequence[Task]) -> str:
    """How many of the checked tasks passed, and what became of the others, in a sentence."""
    kinds = {"failed": "failed", "error": "stopped with an error", "missing": "without a file"}
    written = [verdict for verdict in verdicts if not is_unwritten(verdict)]
    passed = sum(verdict.passed for verdict in verdicts)
    parts = [f"{passed} of {len(verdicts) + len(left)} passed"]
    for status, words in kinds.items():
        many = sum(verdict.status == status for verdict in written)
        parts += [f"{many} {words}"] * bool(many)
    waiting = len(verdicts) - len(written) + len(left)
    parts += [f"{waiting} not written yet"] * bool(waiting)
    return textwrap.fill(f"{', '.join(parts)}.", WIDTH)


def is_unwritten(verdict: Verdict) -> bool:
    """Whether the answer still waits to be written where the check came to."""
    return verdict.diagnosis == NOT_WRITTEN
