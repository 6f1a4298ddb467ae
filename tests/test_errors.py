"""What an error says of the place: the user's own line, not one of ours."""

import sys
from types import SimpleNamespace

import pytest

from autograd import DomainError, NotANumberError, Value, dot, log, softmax
from autograd.errors import node_and_line, user_line


def test_line_is_that_of_the_caller_even_below_several_of_ours():
    namespace = {"__name__": "moons", "Value": Value, "log": log, "dot": dot}
    for statement in ("Value(-1.0).log()", "log(-1.0)", "log(dot([Value(1.0)], [-1.0]))", "Value(1.0) / 0"):
        code = compile(f"\n\n{statement}\n", "/home/someone/lessons/moons.py", "exec")
        with pytest.raises(DomainError, match=r"moons\.py:3"):
            exec(code, namespace)


def test_line_on_windows_and_in_a_notebook_is_short():
    for file, short in ((r"C:\lessons\moons.py", "moons.py:1"), ("<stdin>", "<stdin>:1")):
        with pytest.raises(NotANumberError) as caught:
            exec(compile("Value('a')", file, "exec"), {"__name__": "__main__", "Value": Value})
        assert str(caught.value).endswith(f"({short})")


def test_package_whose_name_only_begins_like_ours_is_the_users():
    for name in ("autograd_lessons", "netsuite.main"):
        scope = {"__name__": name, "user_line": user_line}
        exec(compile("line = user_line()", "mine.py", "exec"), scope)
        assert scope["line"] == "mine.py:1"


def test_words_are_made_of_what_is_known():
    assert node_and_line("p").startswith(" (node 'p', test_errors.py:")
    assert node_and_line("").startswith(" (test_errors.py:")


def test_domain_error_names_the_node_of_each_argument():
    with pytest.raises(DomainError, match=r"arguments are 1.0 and 0.0 \(node 'b'\), at test_errors.py"):
        Value(1.0) / Value(0.0, label="b")
    with pytest.raises(DomainError, match=r"arguments are 1.0 \(node 'a'\) and 0.0 \(node 'b'\), at test_errors.py"):
        Value(1.0, label="a") / Value(0.0, label="b")


def test_error_about_many_numbers_is_short():
    xs = [Value(1e308, label="huge")] * 500 + [-1e308] * 500
    with pytest.raises(DomainError) as caught:
        dot(xs, [1e300, -1e300] * 500)
    assert len(str(caught.value)) < 280 and "numbers)" in str(caught.value) and "'huge'" in str(caught.value)


def test_infinite_input_is_told_apart_from_a_number_out_of_the_domain():
    with pytest.raises(DomainError, match=r"finite numbers.*first gave an infinite one"):
        Value(float("inf")).cos()


def test_softmax_of_ordinary_scores_raises_nothing():
    assert [round(p, 3) for p in softmax([1.0, 2.0])] == [0.269, 0.731]


def test_line_in_a_notebook_names_the_cell(monkeypatch):
    class Compiler:
        def format_code_name(self, filename):
            return ("Cell", "In[3]") if filename == __file__ else None

    shell = SimpleNamespace(compile=Compiler())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    with pytest.raises(DomainError, match=r"log: argument is -1.0 \(node 'p', Cell In\[3\]:\d+\)"):
        log(Value(-1.0, "p"))
