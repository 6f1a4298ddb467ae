"""jit and vmap on random graphs: whatever the ops, the sharing and the shape, they agree with the function itself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import Parameter, Value, grad, jit, mean, sum, vmap
from tests.strategies import KINKED, SMOOTH, Recipe, follow, recipes, small

MENU = {**SMOOTH, **KINKED}
KINDS = ("float", "value", "parameter", "leaf", "constant")
"""What an input may be: a float or a Value as argument, a Parameter or a Value from outside, a constant made inside."""

seeds = st.integers(0, 2**32 - 1)
kinds_of_inputs = st.lists(st.sampled_from(KINDS), min_size=4, max_size=4)
rows_of_numbers = st.lists(st.tuples(small, small, small, small), min_size=3, max_size=3)


def long_recipe(seed: int, inputs: int, steps: int, recent: int = 0) -> Recipe:
    """A recipe of so many steps; operands are among the `recent` numbers before, or (0) any that went before."""
    rng = np.random.default_rng(seed)
    names = sorted(MENU)
    made = []
    for i in range(steps):
        name = names[rng.integers(len(names))]
        low = max(0, inputs + i - recent) if recent else 0
        made.append((name, tuple(int(at) for at in rng.integers(low, inputs + i, MENU[name][0]))))
    return tuple(made)


def make_examples(seed: int, count: int) -> list[list[float]]:
    return np.random.default_rng(seed).uniform(-2.0, 2.0, (count, 4)).round(3).tolist()


def clear_of_kinks(recipe: Recipe, numbers: Sequence[float], margin: float = 1e-7) -> bool:
    """Whether no kinked op stands so near to its kink that rounding alone decides on which side of it.

    Exactly on the kink is allowed for what involves no rounding: inputs, and 0 that relu or step gave.
    """
    made: list[Any] = [Value(x) for x in numbers]
    exact = [True] * len(made)
    for name, at in recipe:
        args = [made[i] for i in at]
        if name in KINKED:
            distance = abs(args[0]._data - (args[1]._data if name in ("maximum", "minimum") else 0.0))
            compared = at[:2] if name in ("maximum", "minimum") else at[:1]
            if distance < margin and not (distance == 0.0 and all(exact[i] for i in compared)) and len(set(at)) > 1:
                return False
            if distance < margin and len(at) == 1 and not exact[at[0]]:
                return False
        made.append(MENU[name][1](*args))
        kept = name in ("neg", "abs", "maximum", "minimum", "where") and all(exact[i] for i in at)
        exact.append(name == "step" or (name == "relu" and made[-1]._data == 0.0) or kept)
    return True


class Subject:
    """A random function with what it closes over; its arguments are (floats, Values)."""

    def __init__(self, recipe: Recipe, kinds: Sequence[str], numbers: Sequence[float], outputs: int = 1) -> None:
        self.recipe, self.kinds, self.outputs = recipe, tuple(kinds), outputs
        self.outside = {
            i: Parameter(x) if kind == "parameter" else Value(x)
            for i, (kind, x) in enumerate(zip(kinds, numbers, strict=True))
            if kind in ("parameter", "leaf")
        }
        self.constants = dict(enumerate(numbers))

    def numbers(self, numbers: Sequence[float]) -> list[float]:
        """The inputs as they are when called with these numbers."""
        pairs = enumerate(zip(self.kinds, numbers, strict=True))
        return [self.constants[i] if kind == "constant" else x for i, (kind, x) in pairs]

    def arguments(self, numbers: Sequence[float]) -> tuple[list[float], tuple[Value, ...]]:
        """The arguments for a call, after the numbers outside have been set."""
        for i, leaf in self.outside.items():
            leaf.data = numbers[i]
        floats = [x for kind, x in zip(self.kinds, numbers, strict=True) if kind == "float"]
        return floats, tuple(Value(x) for kind, x in zip(self.kinds, numbers, strict=True) if kind == "value")

    def __call__(self, floats: Any, values: Any) -> Any:
        floats, values = iter(floats), iter(values)
        zero = Value(0.0)
        inputs = []
        for i, kind in enumerate(self.kinds):
            if kind == "float":
                inputs.append(next(floats) + zero)
            elif kind == "value":
                inputs.append(next(values))
            else:
                inputs.append(Value(self.constants[i]) if kind == "constant" else self.outside[i])
        made = list(inputs)
        for name, positions in self.recipe:
            made.append(MENU[name][1](*(made[at] for at in positions)))
        return made[-1] if self.outputs == 1 else made[-self.outputs :]

    def leaves(self, values: tuple[Value, ...]) -> list[Value]:
        return [*self.outside.values(), *values]


def value_and_gradients(function: Callable[..., Any], arguments: Any, leaves: Sequence[Value]) -> list[Any]:
    """Each result of the function with its gradients in the leaves; a number, as what hangs on none, has none."""
    found = []
    results = function(*arguments)
    for result in results if isinstance(results, (list, np.ndarray)) else [results]:
        for leaf in leaves:
            leaf.grad = 0.0
        if isinstance(result, Value):
            result.backward()
        found.append((float(result), np.array([leaf.grad for leaf in leaves])))
    return found


def assert_alike(ours: list[Any], theirs: list[Any], tolerance: float = 1e-9) -> None:
    assert len(ours) == len(theirs)
    for (x, gradient), (expected, expected_gradient) in zip(ours, theirs, strict=True):
        assert x == pytest.approx(expected, rel=tolerance, abs=tolerance)
        scale = max(1.0, float(np.max(np.abs(expected_gradient), initial=0.0)))
        np.testing.assert_allclose(gradient, expected_gradient, rtol=tolerance, atol=tolerance * scale)


def assert_agrees(subject: Subject, rows: Sequence[Sequence[float]], tolerance: float = 1e-9, **options: Any) -> None:
    """jit(subject) agrees with the subject called with each row of numbers in turn, compiled once."""
    compiled = jit(subject.__call__, **options)
    for row in rows:
        arguments = subject.arguments(row)
        leaves = subject.leaves(arguments[1])
        expected = value_and_gradients(subject, arguments, leaves)
        assert_alike(value_and_gradients(compiled, arguments, leaves), expected, tolerance)
    assert compiled.cache_info().misses == 1


# --- one function of a few numbers ---------------------------------------------------------------------------


@given(recipes(inputs=4, kinked=True), kinds_of_inputs, rows_of_numbers)
def test_any_graph_of_any_inputs_agrees_in_value_and_all_gradients(recipe, kinds, rows):
    subject = Subject(recipe, kinds, rows[0])
    assume(all(clear_of_kinks(recipe, subject.numbers(row)) for row in rows))
    assert_agrees(subject, rows)


@given(recipes(inputs=4, kinked=True), kinds_of_inputs, rows_of_numbers)
def test_several_results_of_one_graph_agree_each_with_its_own_gradients(recipe, kinds, rows):
    subject = Subject(recipe, kinds, rows[0], outputs=3)
    assume(all(clear_of_kinks(recipe, subject.numbers(row)) for row in rows))
    assert_agrees(subject, rows)


@pytest.mark.parametrize("recent", [0, 6, 40])
@given(seed=seeds, kinds=kinds_of_inputs)
@settings(max_examples=12)
def test_graphs_of_two_hundred_steps_agree(recent, seed, kinds):
    recipe = long_recipe(seed, 4, 200, recent)
    rows = make_examples(seed, 3)
    subject = Subject(recipe, kinds, rows[0], outputs=4)
    assume(all(clear_of_kinks(recipe, subject.numbers(row)) for row in rows))
    assert_agrees(subject, rows, tolerance=1e-8)


@given(recipes(inputs=4, kinked=True, longest=6), kinds_of_inputs, rows_of_numbers)
@settings(max_examples=40)
def test_float32_agrees_as_far_as_its_digits_go(recipe, kinds, rows):
    subject = Subject(recipe, kinds, rows[0])
    assume(all(clear_of_kinks(recipe, subject.numbers(row), margin=1e-3) for row in rows))
    assert_agrees(subject, rows, tolerance=2e-3, dtype="float32")


@given(recipes(inputs=4, kinked=True), kinds_of_inputs, rows_of_numbers)
@settings(max_examples=40)
def test_without_gradients_results_are_the_same_floats(recipe, kinds, rows):
    subject = Subject(recipe, kinds, rows[0])
    assume(all(clear_of_kinks(recipe, subject.numbers(row)) for row in rows))
    compiled = jit(subject.__call__, grad=False)
    for row in rows:
        arguments = subject.arguments(row)
        result = compiled(*arguments)
        assert type(result) is float
        assert result == pytest.approx(float(subject(*arguments)), rel=1e-9, abs=1e-12)


# --- many examples -------------------------------------------------------------------------------------------


def shared_parameters(seed: int) -> list[Parameter]:
    return [Parameter(x) for x in np.random.default_rng(seed).uniform(-1.0, 1.0, 3).round(3)]


def gradients_of(result: Any, parameters: Sequence[Value]) -> np.ndarray:
    """The gradients of a result; 0 for a number, as which jit gives what hangs on no parameter."""
    for p in parameters:
        p.grad = 0.0
    if isinstance(result, Value):
        result.backward()
    return np.array([p.grad for p in parameters])


@given(recipes(inputs=7, kinked=True), seeds, st.integers(1, 9))
def test_one_graph_for_many_examples_in_a_loop_agrees(recipe, seed, count):
    ps = shared_parameters(seed)

    def loss(examples: Any) -> Any:
        return sum([follow(recipe, (*(x + Value(0.0) for x in row), *ps)) for row in examples]) / len(examples)

    compiled = jit(loss)
    for k in range(3):
        examples = make_examples(seed + k, count)
        assume(all(clear_of_kinks(recipe, [*row, *(p.data for p in ps)]) for row in examples))
        expected = loss(examples)
        expected_gradient = gradients_of(expected, ps)
        result = compiled(examples)
        assert float(result) == pytest.approx(expected.data, rel=1e-10, abs=1e-12)
        np.testing.assert_allclose(gradients_of(result, ps), expected_gradient, rtol=1e-8, atol=1e-10)
        for p in ps:
            p.data -= 0.1 * p.grad


@given(st.lists(recipes(inputs=7, kinked=True, longest=6), min_size=2, max_size=5), seeds)
@settings(max_examples=40)
def test_examples_that_go_through_different_graphs_and_share_numbers_agree(several, seed):
    """Irregular: each example has a graph of its own, over its numbers, the parameters and the results before it."""
    ps = shared_parameters(seed)

    def loss(examples: Any) -> Any:
        results: list[Any] = []
        for recipe, row in zip(several, examples, strict=True):
            numbers = [x + Value(0.0) for x in row]
            if results:
                numbers[0] = results[-1]
            results.append(follow(recipe, (*numbers, *ps)))
        return sum(results) * results[0] + results[-1]

    compiled = jit(loss)
    for k in range(3):
        examples = make_examples(seed + k, len(several))
        previous = None
        for recipe, row in zip(several, examples, strict=True):
            inputs = [row[0] if previous is None else previous, *row[1:], *(p.data for p in ps)]
            assume(clear_of_kinks(recipe, inputs))
            previous = follow(recipe, tuple(map(Value, inputs))).data
            assume(min(abs(previous), 1.0) > 1e-7)
        expected = loss(examples)
        expected_gradient = gradients_of(expected, ps)
        result = compiled(examples)
        assert float(result) == pytest.approx(expected.data, rel=1e-10, abs=1e-12)
        np.testing.assert_allclose(gradients_of(result, ps), expected_gradient, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("mapped", [False, True])
@given(seed=seeds, count=st.integers(1, 6), recent=st.sampled_from([0, 5, 15]))
@settings(max_examples=15)
def test_long_graphs_for_many_examples_agree(mapped, seed, count, recent):
    recipe, ps = long_recipe(seed, 7, 50, recent), shared_parameters(seed)

    def one(row: Any) -> Any:
        return follow(recipe, (*(x + Value(0.0) for x in row), *ps))

    def loss(examples: Any) -> Any:
        return mean(vmap(one)(examples)) if mapped else sum([one(row) * row[0] for row in examples])

    compiled = jit(loss)
    for k in range(3):
        examples = make_examples(seed + k, count)
        assume(all(clear_of_kinks(recipe, [*row, *(p.data for p in ps)]) for row in examples))
        expected, result = loss(examples), compiled(examples)
        expected_gradient = gradients_of(expected, ps)
        assert float(result) == pytest.approx(float(expected), rel=1e-9, abs=1e-11)
        np.testing.assert_allclose(gradients_of(result, ps), expected_gradient, rtol=1e-7, atol=1e-9)


terms = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=0, max_size=5)


@given(st.lists(terms, min_size=1, max_size=6), st.booleans(), seeds)
def test_sums_of_any_length_with_repeated_terms_agree(sums, plain, seed):
    """Each sum is of products of a parameter and a number, in any order, also the same one twice; or of parameters."""
    ps = shared_parameters(seed)

    def loss(row: Any) -> Any:
        rows = [sum([ps[i] if plain and j == 0 else ps[i] * row[j] for i, j in pairs], start=ps[0]) for pairs in sums]
        return sum([x * (k + 1.0) for k, x in enumerate(rows)])

    compiled = jit(loss)
    for row in make_examples(seed, 3):
        expected, result = loss(row), compiled(row)
        expected_gradient = gradients_of(expected, ps)
        assert float(result) == pytest.approx(expected.data, rel=1e-12, abs=1e-12)
        np.testing.assert_allclose(gradients_of(result, ps), expected_gradient, rtol=1e-12, atol=1e-12)


@given(recipes(inputs=7, kinked=True), seeds, st.lists(st.integers(1, 12), min_size=4, max_size=4))
def test_vmap_of_any_graph_is_the_loop_for_batches_of_any_size_compiled_once(recipe, seed, sizes):
    ps = shared_parameters(seed)

    def one(row: Any) -> Any:
        return follow(recipe, (*(x + Value(0.0) for x in row), *ps))

    def loss(examples: Any) -> Any:
        return mean(vmap(one)(examples))

    compiled = jit(loss)
    for k, size in enumerate(sizes):
        examples = make_examples(seed + k, size)
        assume(all(clear_of_kinks(recipe, [*row, *(p.data for p in ps)]) for row in examples))
        expected = loss(examples)
        expected_gradient = gradients_of(expected, ps)
        result = compiled(examples)
        assert float(result) == pytest.approx(expected.data, rel=1e-10, abs=1e-12)
        np.testing.assert_allclose(gradients_of(result, ps), expected_gradient, rtol=1e-8, atol=1e-10)
        for p in ps:
            p.data -= 0.1 * p.grad
    assert compiled.cache_info().misses == 1


@given(recipes(inputs=7, kinked=True), seeds, st.integers(1, 5))
@settings(max_examples=40)
def test_results_of_vmap_go_backward_one_by_one(recipe, seed, size):
    ps = shared_parameters(seed)

    def predictions(examples: Any) -> Any:
        return vmap(lambda row: follow(recipe, (*(x + Value(0.0) for x in row), *ps)))(examples)

    compiled = jit(predictions)
    for k in range(2):
        examples = make_examples(seed + k, size)
        assume(all(clear_of_kinks(recipe, [*row, *(p.data for p in ps)]) for row in examples))
        results, expected = compiled(examples), predictions(examples)
        assert [float(x) for x in results] == pytest.approx([x.data for x in expected], rel=1e-10, abs=1e-12)
        for x, y in zip(results, expected, strict=True):
            np.testing.assert_allclose(gradients_of(x, ps), gradients_of(y, ps), rtol=1e-8, atol=1e-10)


# --- second derivatives --------------------------------------------------------------------------------------


@given(recipes(inputs=3, kinked=True, longest=7), st.lists(st.tuples(small, small, small), min_size=3, max_size=3))
@settings(max_examples=50)
def test_gradients_taken_inside_are_differentiated_again(recipe, rows):
    ps = [Parameter(x) for x in rows[0]]

    def penalty() -> Any:
        slopes = grad(follow(recipe, tuple(ps)), ps, create_graph=True)
        return sum([slope * slope for slope in slopes])

    compiled = jit(penalty)
    for row in rows:
        assume(clear_of_kinks(recipe, row))
        for p, x in zip(ps, row, strict=True):
            p.data = x
        expected = penalty()
        theirs = gradients_of(expected, ps)
        result = compiled()
        ours = gradients_of(result, ps)
        assert float(result) == pytest.approx(float(expected), rel=1e-9, abs=1e-9)
        scale = max(1.0, float(np.abs(theirs).max()))
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-9 * scale)
