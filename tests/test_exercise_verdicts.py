"""Verdicts on answers in this process: how an error is told, what a verdict says, and which task is meant."""

import sys
from types import SimpleNamespace

import pytest

from autograd import ArgumentError
from demos.exercises import CheckFailed, Finding, Verdict, check, find
from demos.exercises.checking.judge import judge_source

TASK = find(1)

# --- errors in an answer -------------------------------------------------------------------------------------

HELPED = b"def helper(x):\n    return 1 / x\n\ndef decide(facts, weights, threshold):\n    return helper(0)\n"


def test_line_of_an_error_is_the_innermost_one_of_the_answer():
    finding = judge_source(TASK, HELPED, "a.py").finding
    assert finding.place == "a.py, line 2: return 1 / x" and finding.where.startswith("decide(")


@pytest.mark.parametrize(
    "source",
    [HELPED, b"x = 1\ndef decide(:\n", b"# gr\xfcn\n", b"raise SyntaxError\n", b"import nothing_of_the_name\n"],
)
def test_file_is_called_by_its_name_in_whatever_folder_it_is(source):
    verdict = judge_source(TASK, source, "some/where/a.py")
    assert verdict == judge_source(TASK, source, "a.py")
    assert (
        verdict.status == "error"
        and "Did you mean" not in verdict.finding.advice
        and verdict.finding.place.startswith("a.py")
    )


@pytest.mark.parametrize("before", [b"", b"x = 1\n", b"x = 1\n\n\n"])
@pytest.mark.parametrize("line", [b"# gr\xfcn\n", b"x = 'gr\xfcn'\n"])
def test_file_in_another_encoding_is_told_so_wherever_its_first_strange_letter_is(before, line):
    verdict = judge_source(TASK, before + line + TASK.solution.read_bytes(), "a.py")
    assert verdict.diagnosis == "syntax error" and verdict.finding.cause == "The file was saved in another encoding."


def test_missing_name_is_told_with_those_that_the_answer_defines_itself():
    source = b"import math\nfrom random import random\nfrom collections import Counter\n_x = 1\ndef f(): pass\ny = 2\n"
    assert judge_source(TASK, source, "a.py").finding.got == "f, y"
    assert "decid, which looks like it" in judge_source(TASK, b"def decid(): pass\n", "a.py").finding.got


def test_place_in_a_notebook_is_called_as_the_notebook_calls_it(monkeypatch):
    compiler = SimpleNamespace(format_code_name=lambda name: ("Cell", "In[3]") if "ipykernel" in name else None)
    shell = SimpleNamespace(compile=compiler)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    names = {}
    exec(compile("def decide(a, b, c):\n    return 1 / 0", "/tmp/ipykernel_7/123.py", "exec"), names)
    with pytest.raises(CheckFailed) as caught:
        check(1, names["decide"])
    assert caught.value.finding.place.startswith("Cell In[3], line 2")


# --- what a verdict says -------------------------------------------------------------------------------------


def test_verdict_goes_through_json_fields_and_back():
    for verdict in (Verdict("01_perceptron"), Verdict("02_x", Finding("sign", "f(1)", "1", "-1"), "printed")):
        assert Verdict.from_dict(verdict.as_dict()) == verdict


def test_report_shows_the_last_lines_that_were_printed():
    report = repr(Verdict("01_x", Finding("sign"), "\n".join(map(str, range(100)))))
    assert "it printed" in report and "99" in report and " 50" not in report
    assert len(repr(Verdict("01_x", Finding("sign"), "x" * 10**5))) < 1000


def test_finding_can_never_count_as_passed():
    verdict = Verdict("01_x", Finding("sign", status="passed"))
    assert verdict.status == "failed" and not verdict.passed


@pytest.mark.parametrize("wanted", [0, 99, "sigmiod", "", -1, 1.5, None, "../01_perceptron", True])
def test_unknown_task_is_refused(wanted):
    with pytest.raises(ArgumentError, match="There is no task"):
        find(wanted)


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(ArgumentError, match="did you mean 'sigmoid'"):
        find("sigmiod")


def test_check_takes_answers_by_position_or_name_and_refuses_others():
    def decide(facts, weights, threshold):
        return sum(w * x for w, x in zip(weights, facts, strict=True)) > threshold

    assert check(1, decide).passed and check("perceptron", decide=decide).passed
    for wrong in ([decide, decide], [decide, 3]):
        with pytest.raises(ArgumentError, match=r"needs 1 thing, decide, and got 2\.\n.*check\(1, decide\)"):
            check(1, *wrong)
    with pytest.raises(ArgumentError, match="got decides by name"):
        check(1, decides=decide)
    with pytest.raises(ArgumentError, match="got 1 by position and decide by name"):
        check(1, decide, decide=decide)
