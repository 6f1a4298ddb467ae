"""The student's commands: list, start, check, watch, hint, solution, reset; and `grade` for the teacher."""

from __future__ import annotations

import difflib
import io
import sys
from argparse import Namespace
from collections.abc import Callable

from autograd import ArgumentError, AutogradError
from demos.runner import mute_stdout

from .checking.isolated import Limits, judge_apart
from .student import screens
from .student.options import parse
from .student.screens import command, go_on, place, steps, stuck_on, work_on
from .student.workspace import Workspace, default_folder
from .task import TASKS, Task
from .verdict import Finding, Verdict


def main(arguments: list[str]) -> int:
    """The exit status: 0, 1 if not all passed or something cannot be done, 2 for wrong arguments, 130 for Ctrl-C.

    Only --help ends with SystemExit.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # an answer may print what this terminal cannot show
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _answer(arguments)
    except BrokenPipeError:  # whoever read the output, as in `| head`, has seen enough
        mute_stdout()
        return 0
    except ArgumentError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}" if error.filename else error, file=sys.stderr)
        return 1
    except AutogradError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def _answer(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        return _overview()
    name, rest = arguments[0], arguments[1:]
    if name == "grade":
        from .grading.grade import main as grade

        return grade(rest)
    if name not in COMMANDS:
        raise ArgumentError(_no_command(name))
    run, takes, words = COMMANDS[name]
    given = parse(name, takes, words, rest)
    return run(Workspace(given.folder), given.tasks, given)


def _overview() -> int:
    """Shows the tasks, the commands, and what to do next."""
    space = Workspace(default_folder())
    print(screens.task_list(space))
    print("\nCommands: python -m demos.exercises COMMAND (--help after it: its options)")
    uses = {name: f"{name} {takes}".strip() for name, (_, takes, _) in COMMANDS.items()} | {"grade": "grade DIR"}
    for name, words in [(name, words) for name, (_, _, words) in COMMANDS.items()] + [("grade", GRADE)]:
        print(f"    {uses[name]:<17}{words}")
    print(f"Tasks are named by number or name: `check 1`, `check {TASKS[1].name}`, `check 1-3`.")
    print(f"\n{go_on(space)}", flush=True)
    return 0


def _no_command(name: str) -> str:
    if name.startswith("-"):
        return "The command comes first, then its options, as in\n    python -m demos.exercises list --folder DIR"
    nearest = difflib.get_close_matches(name, [*COMMANDS, "grade"], n=1, cutoff=0.5)
    if nearest:
        return f"There is no command {name!r}; did you mean {nearest[0]!r}?"
    return f"There is no command {name!r}; there are\n    {', '.join(COMMANDS)}, grade"


# --- the commands: each returns the exit status ---


def _list(space: Workspace, _: list[Task], given: Namespace) -> int:
    print(f"{screens.task_list(space)}\n\n{go_on(space)}", flush=True)
    return 0


def _start(space: Workspace, tasks: list[Task], given: Namespace) -> int:
    copied, kept = space.start(tasks or list(TASKS.values()))
    if copied:
        print(f"Copied into {place(space)}: {screens.these(copied)}.")
    if kept:
        print(f"Kept as you have them: {screens.these(kept)}.")
    if copied:
        print(f"\nNext is task {copied[0].number}, {copied[0].name}:\n{work_on(space, copied[0])}", flush=True)
    else:
        print(f"Nothing was copied. To begin a task anew there is `reset`.\n\n{go_on(space)}", flush=True)
    return 0


def _check(space: Workspace, tasks: list[Task], given: Namespace) -> int:
    if not tasks and not space.tasks():
        return _nothing_there(space)
    untouched = [] if tasks else [task for task in space.tasks() if space.is_stub(task)]
    verdicts: dict[Task, Verdict] = {}
    say = screens.Paragraphs()
    for task in tasks or [task for task in space.tasks() if task not in untouched]:
        verdicts[task] = verdict = judged(space, task, given.timeout)
        in_short = screens.is_unwritten(verdict) and not tasks
        say(repr(verdict).partition("\n")[0] if in_short else repr(verdict))
    if untouched:
        say(f"Not written yet: {screens.these(untouched)}.")
    if len(verdicts) + len(untouched) > 1:
        print(f"\n{screens.count_of(list(verdicts.values()), untouched)}")
    if not tasks:
        for line in screens.without_file(space):
            print(line)
    print(f"\n{_after_check(space, verdicts, tasks)}", flush=True)
    return 0 if all(verdict.passed for verdict in verdicts.values()) and not untouched else 1


def _after_check(space: Workspace, verdicts: dict[Task, Verdict], asked: list[Task]) -> str:
    """What to do next: about the first wrong answer, then one that was asked for and is not written, then go on."""
    wrong = [task for task, verdict in verdicts.items() if not verdict.passed and not screens.is_unwritten(verdict)]
    unwritten = [task for task in asked if screens.is_unwritten(verdicts[task])]
    if wrong and space.is_there(wrong[0]):
        return stuck_on(space, wrong[0])
    if unwritten:
        return stuck_on(space, unwritten[0])
    return go_on(space, after=asked[-1] if asked and not wrong else None)


def judged(space: Workspace, task: Task, seconds: float) -> Verdict:
    """The verdict on the student's file, noted in the folder."""
    if not space.is_there(task):
        start = command(space, f"start {task.number}")
        where, advice = str(space.file(task)), f"This puts the task there:\n{start}"
        return Verdict(task.id, Finding("no file", where, "a file", "none", "", advice, status="missing"))
    try:
        source = space.source(task)
    except OSError as error:
        return Verdict(
            task.id, Finding("not readable", got=str(error), advice="Is it a file of yours?", status="error")
        )
    verdict = judge_apart(task, source, task.stub.name, Limits(seconds=seconds))
    if verdict.passed:
        space.progress.note_passed(task, source)
    elif not screens.is_unwritten(verdict):
        space.progress.note_failed(task, source)
    return verdict


def _nothing_there(space: Workspace) -> int:
    missing = "has no task in it" if space.folder.is_dir() else "is not there"
    start = steps((command(space, "start"), "copy the tasks into it"))
    print(f"The folder {space.folder} {missing}. To begin:\n{start}", file=sys.stderr)
    return 1


def _watch(space: Workspace, _: list[Task], given: Namespace) -> int:
    if not space.tasks():
        return _nothing_there(space)
    from .student.watch import watch

    watch(space, lambda task: judged(space, task, given.timeout))
    return 0


def _hint(space: Workspace, tasks: list[Task], given: Namespace) -> int:
    (task,) = tasks
    if not space.folder.is_dir():
        return _nothing_there(space)
    seen = space.progress.of(task).hints
    print(f"{screens.hint_text(task, seen)}\n")
    space.progress.note_hints(task, min(seen + 1, 3))
    print(stuck_on(space, task) if space.is_there(task) else go_on(space), flush=True)
    return 0


def _solution(space: Workspace, tasks: list[Task], given: Namespace) -> int:
    (task,) = tasks
    record = space.progress.of(task)
    if record.passed or given.anyway:
        print(task.solution.read_text(encoding="utf-8"), end="", flush=True)
        return 0
    left = 3 - record.hints
    hints = f"{left} of 3 hints are left" if left != 1 else "1 of 3 hints is left"
    words = f"Task {task.number}, {task.name}, is not passed yet, and {hints if left else 'all 3 hints were shown'}."
    ways = [
        (command(space, f"check {task.number}"), "is it right by now?"),
        *[(command(space, f"hint {task.number}"), f"hint {record.hints + 1} of 3")] * bool(left),
        (command(space, f"solution {task.number} --anyway"), "the solution, all the same"),
    ]
    print(f"{words}\n{steps(*ways)}", file=sys.stderr)
    return 1


def _reset(space: Workspace, tasks: list[Task], given: Namespace) -> int:
    if not space.folder.is_dir():
        return _nothing_there(space)
    for task in tasks:
        was_there = space.is_there(task)
        aside = space.reset(task)
        if aside:
            print(f"{space.file(task)} is as it was at first.\nYours is kept as {aside}", flush=True)
        else:
            changed = "is as it was at first; nothing had been written" if was_there else "was not there, and is now"
            print(f"{space.file(task)} {changed}.", flush=True)
    print(f"\nNext is task {tasks[0].number}, {tasks[0].name}:\n{work_on(space, tasks[0])}", flush=True)
    return 0


COMMANDS: dict[str, tuple[Callable[[Workspace, list[Task], Namespace], int], str, str]] = {
    "list": (_list, "", "what there is, and how far you are"),
    "start": (_start, "[N ...]", "copy all tasks, or some, into your folder"),
    "check": (_check, "[N ...]", "check what you have written: all tasks, or some"),
    "watch": (_watch, "", "check a task whenever you save its file"),
    "hint": (_hint, "N", "read the next of its three hints"),
    "solution": (_solution, "N", "read our solution, once yours has passed"),
    "reset": (_reset, "N ...", "begin anew; what you have written is kept beside it"),
}
"""For each command what runs it, what it takes besides options, and what it does."""

GRADE = "for teachers: check the folders of a whole class"
