"""The exercises: solutions pass, stubs and planted mistakes fail with the right words, and what a task consists of."""

import doctest
import importlib
import re

import pytest

from demos.exercises import TASKS, find
from demos.exercises.checking.judge import NOT_WRITTEN, judge, judge_source, run

tasks = pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.id)


def mutants():
    for task in TASKS.values():
        for i, (diagnosis, answer) in enumerate(importlib.import_module(f"tests.mutants.{task.name}").MUTANTS):
            yield pytest.param(task, diagnosis, answer, id=f"{task.id}-{i}-{diagnosis}")


def edited(text, edits):
    """The text with each old part, which stands there once, replaced by its new one."""
    for old, new in edits.items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the solution"
        text = text.replace(old, new)
    return text


@tasks
def test_reference_solution_passes(task):
    assert judge_source(task, task.solution.read_bytes(), task.stub.name).passed


@tasks
def test_stub_fails_with_words_that_help_and_no_traceback(task):
    verdict = judge_source(task, task.stub.read_bytes(), task.stub.name)
    assert (verdict.status, verdict.diagnosis) == ("failed", NOT_WRITTEN)
    assert "Traceback" not in repr(verdict) and verdict.finding.advice
    assert max(map(len, repr(verdict).splitlines())) < 80


@pytest.mark.parametrize(("task", "diagnosis", "answer"), list(mutants()))
def test_planted_mistake_is_named(task, diagnosis, answer):
    solution = task.solution.read_text(encoding="utf-8")
    source = answer if isinstance(answer, str) else edited(solution, answer)
    assert source != solution
    verdict = judge_source(task, source.encode(), task.stub.name)
    assert verdict.diagnosis == diagnosis, repr(verdict)
    assert verdict.finding.cause or verdict.finding.expected or verdict.finding.got
    assert verdict.finding.advice
    assert max(map(len, repr(verdict).splitlines())) < 80


@tasks
def test_at_least_three_different_mistakes_are_planted(task):
    found = [diagnosis for diagnosis, _ in importlib.import_module(f"tests.mutants.{task.name}").MUTANTS]
    assert len(set(found)) >= 3


@tasks
def test_examples_in_the_stub_hold_for_the_solution(task):
    names = run(task.solution.read_bytes(), task.stub.name)
    examples = doctest.DocTestParser().get_doctest(task.text, names, task.id, task.stub.name, 0)
    assert examples.examples
    failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples)
    assert failed == 0


@tasks
def test_three_hints_and_a_title_that_fit(task):
    assert len(task.hints) == len(set(task.hints)) == 3 and all(len(hint) > 30 for hint in task.hints)
    assert 8 < len(task.title) < 40 and not task.title.endswith(".")
    assert max(map(len, task.text.splitlines())) <= 79
    assert max(map(len, task.stub.read_text(encoding="utf-8").splitlines())) <= 120


@tasks
def test_stub_defines_what_the_check_needs_and_leaves_it_to_be_written(task):
    stub = task.stub.read_text(encoding="utf-8")
    assert all(re.search(rf"^(def |class )?{name}\b", stub, re.MULTILINE) for name in task.needs)
    assert "raise NotImplementedError" in stub or re.search("[=:] None", stub)


@tasks
@pytest.mark.parametrize("thing", [None, 3, "x", print, lambda *anything: None, lambda *anything: 1 / 0, type])
def test_things_that_are_no_answer_are_refused_with_words(task, thing):
    verdict = judge(task, dict.fromkeys(task.needs, thing))
    assert not verdict.passed
    assert verdict.finding.advice and verdict.diagnosis


@tasks
def test_answer_without_the_names_says_which_is_missing(task):
    verdict = judge(task, {"something_else": 1})
    assert verdict.diagnosis == "missing name" and task.needs[0] in verdict.finding.expected


def test_tasks_are_numbered_from_one_without_gaps():
    assert list(TASKS) == list(range(1, len(TASKS) + 1))
    assert all(find(task.name) is find(task.number) is task for task in TASKS.values())
