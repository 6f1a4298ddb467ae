"""The stages of jit one by one: structures, formulas, flattening, groups, loops, alignment."""

import dataclasses
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import TABLE, Op, Parameter, ParameterVector, Value, jit, ops, sum
from autograd.jit.align import aligned
from autograd.jit.flatten import Map, Sum, flatten
from autograd.jit.formula import partial_formula
from autograd.jit.group import group
from autograd.jit.reroll import FEW, SMALL, loops, separated, squeezed
from autograd.jit.structure import argument_names, build, nested, split, split_call
from autograd.jit.trace import trace

# --- structures ----------------------------------------------------------------------------------------------

Pair = namedtuple("Pair", "first second")


@dataclasses.dataclass
class Box:
    content: Any
    name: str = "box"


numbers = st.floats(-9.0, 9.0) | st.integers(-9, 9)
words = st.sampled_from(["a", None, True, False])
structures = st.recursive(
    numbers | words | st.just(Value(1.0)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.builds(Pair, inner, inner)
        | st.builds(Box, inner)
    ),
    max_leaves=8,
)


def rebuilt(x: Any) -> tuple[Any, Any, list[Any]]:
    """The description of x, what is built from it with its own parts, and these parts."""
    parts: list[Any] = []
    description = split(x, parts)
    left = iter(parts)

    def own(kind: Any) -> Any:
        part = next(left)
        return nested(kind.kinds, part) if isinstance(part, np.ndarray) else part

    return description, build(description, own), parts


@given(structures)
def test_what_is_split_is_built_again_as_it_was(x):
    description, again, parts = rebuilt(x)
    assert type(again) is type(x)
    assert again == x
    assert hash(description) == hash(split(x, []))
    assert description == split(x, [])
    assert all(isinstance(part, (int, float, np.ndarray, Value)) for part in parts)


@given(structures, structures)
def test_structures_that_differ_in_more_than_numbers_have_different_descriptions(x, y):
    """Equal descriptions mean: what one is built to, with the parts of the other, is the other."""
    mine, theirs = [], []
    if split(x, mine) == split(y, theirs):
        left = iter(theirs)
        description = split(x, [])

        def given_part(kind: Any) -> Any:
            part = next(left)
            return nested(kind.kinds, part) if isinstance(part, np.ndarray) else part

        assert build(description, given_part) == y


def test_a_regular_block_of_numbers_is_one_part():
    for x in ([[1.0, 2.0], [3.0, 4.0]], ((1, 2), (3, 4)), [np.ones(2), np.ones(2)], np.ones((2, 2))):
        _, again, parts = rebuilt(x)
        assert [part.shape for part in parts] == [(2, 2)]
        assert type(again) is type(x) and type(again[0]) is type(x[0])
        np.testing.assert_array_equal(again, x)


def test_ragged_and_mixed_lists_fall_into_their_items():
    assert len(rebuilt([[1.0], [2.0, 3.0]])[2]) == 2
    assert len(rebuilt([1.0, "a", [2.0, 3.0]])[2]) == 2
    assert rebuilt([])[2] == []


def test_descriptions_tell_lists_from_tuples_and_shapes_from_each_other():
    alike = [split(x, []) for x in ([1.0, 2.0], (1.0, 2.0), np.ones(2), [1.0, 2.0, 3.0], [1.0, "a"], {"a": 1.0}, 1.0)]
    assert len(set(alike)) == len(alike)


def test_things_that_cannot_be_hashed_are_told_apart_by_identity():
    one, two = {1, 2}, {1, 2}
    assert split(one, []) == split(one, [])
    assert split(one, []) != split(two, [])


def test_arguments_are_named_after_the_parameters_of_the_function():
    def f(xs: Any, y: Any, *, scale: Any = 1.0) -> Any:
        return xs

    args, kwargs = ([1.0, 2.0], [3.0, [4.0]]), {"scale": 2.0}
    parts: list[Any] = []
    description = split_call(args, kwargs, parts)
    assert len(parts) == 4
    assert argument_names(f, args, kwargs, description) == ["xs", "y.0", "y.1", "scale"]


# --- formulas ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "sample"),
    [pytest.param(op, x, id=op.name) for op in TABLE.values() if isinstance(op, Op) for x in op.domain.samples],
)
def test_the_formula_of_a_partial_gives_what_the_record_gives(op, sample):
    args = [float(x) for x in sample]
    out = op.value(*args)
    for k in range(len(args)):
        for constants in {(None,) * len(args), tuple(x if i != k else None for i, x in enumerate(args))}:
            formula = partial_formula(op, k, constants)
            known: dict[int, float] = {}

            def number(x: Any, known: dict[int, float] = known) -> float:
                if isinstance(x, float):
                    return x
                kind, at = x
                return [out, *args][at] if kind == "symbol" else known[at]

            for step in formula.steps:
                known[step.number] = step.op.value(*map(number, step.args))
            assert number(formula.result) == pytest.approx(float(op.partials[k](out, *args)), rel=1e-14, abs=1e-300)


# --- loops ---------------------------------------------------------------------------------------------------


def positions(block: Any, operand: int) -> np.ndarray:
    """The positions that an operand of a block reads."""
    at = np.array(block.bases[operand])
    for size, stride in zip(block.sizes, block.strides[operand], strict=True):
        at = np.add.outer(at, stride * np.arange(size))
    return at.reshape(-1)


def given_back(blocks: Any, columns: list[np.ndarray], length: int) -> None:
    """Fails unless the blocks tile the row and read these positions."""
    start = 0
    for block in blocks:
        assert block.start == start
        for k, column in enumerate(columns):
            np.testing.assert_array_equal(positions(block, k), column[start : start + block.length])
        start += block.length
    assert start == length


@given(st.lists(st.integers(0, 12), min_size=1, max_size=24), st.integers(1, 2))
def test_blocks_give_back_the_positions_if_they_are_few_enough_to_be_used(row, operands):
    columns = [np.array(row), np.array(row)[::-1].copy()][:operands]
    blocks = loops(columns, len(row))
    if blocks is not None:
        assert len(blocks) <= FEW
        given_back(blocks, columns, len(row))


def test_blocks_of_three_steps_back_and_one_forth_are_too_small_or_too_many():
    row = np.array([3, 0, 1, 7, 4, 5, 11, 8, 9])
    assert loops([row], 9) is None
    assert loops([np.concatenate([row + 12 * k for k in range(20)])], 180) is None


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(-2, 3), st.integers(SMALL, 30)), min_size=1, max_size=FEW),
    st.integers(0, 3),
)
def test_a_few_stretches_that_are_long_enough_are_found(stretches, lift):
    pieces = [1000 * k + base + step * np.arange(n) for k, (base, step, n) in enumerate(stretches)]
    row = np.concatenate(pieces)
    blocks = loops([row, row + lift], len(row))
    assert blocks is not None
    assert len(blocks) <= FEW
    given_back(blocks, [row, row + lift], len(row))


def test_a_matrix_and_another_one_behind_it_are_two_blocks():
    rows = [
        np.add.outer(stride * np.arange(n), np.arange(m)).reshape(-1) for n, m, stride in ((16, 2, 3), (16, 16, 17))
    ]
    row = np.concatenate([rows[0], 100 + rows[1]])
    blocks = loops([row], len(row))
    assert blocks is not None and [block.sizes for block in blocks] == [(16, 2), (16, 16)]
    given_back(blocks, [row], len(row))


def test_small_pieces_are_rather_gathered():
    assert loops([np.array([0, 1, 2, 10, 11, 30, 31, 32, 33])], 9) is None


def test_positions_without_any_order_are_no_loops():
    assert loops([np.random.default_rng(0).permutation(100)], 100) is None


@given(
    st.lists(st.integers(2, 5), min_size=1, max_size=4),
    st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=1, max_size=3),
    st.lists(st.integers(0, 50), min_size=3, max_size=3),
)
def test_positions_from_nested_loops_are_one_block(sizes, strides, bases):
    n = int(np.prod(sizes))
    columns = []
    for steps, base in zip(strides, bases, strict=False):
        at = np.array(base)
        for size, step in zip(sizes, steps, strict=False):
            at = np.add.outer(at, step * np.arange(size))
        columns.append(at.reshape(-1))
    blocks = loops(columns, n)
    given_back(blocks, columns, n)
    assert len(blocks) == 1


def test_a_row_of_one_position_is_one_block():
    [block] = loops([np.array([7])], 1)
    assert (block.length, block.bases) == (1, (7,))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.lists(st.integers(0, 9), min_size=0, max_size=5))
def test_sums_of_rows_and_columns_are_separated(rows, columns):
    columns = [0, *columns]
    found = separated(np.add.outer(np.array(rows), np.array(columns)))
    assert found is not None
    assert (found[0].tolist(), found[1].tolist()) == (rows, columns)


def test_what_is_no_sum_of_rows_and_columns_is_not_separated():
    assert separated(np.array([[0, 1], [0, 2]])) is None


@given(st.lists(st.sampled_from([0, 1]), min_size=3, max_size=3), st.integers(0, 10**6))
def test_squeezed_values_are_read_back_by_their_strides(moving, seed):
    rng = np.random.default_rng(seed)
    full = np.broadcast_to(rng.integers(0, 3, [3 if m else 1 for m in moving]), (3, 3, 3))
    kept, strides = squeezed(full)
    at = np.zeros((), dtype=int)
    for stride in strides:
        at = np.add.outer(at, stride * np.arange(3))
    np.testing.assert_array_equal(kept.reshape(-1)[at], full)


# --- alignment -----------------------------------------------------------------------------------------------


def test_growing_sums_fill_the_first_columns():
    rows = [np.arange(10 * n, 10 * n + n + 1) for n in range(4)]
    fit = aligned([rows], [50])
    assert fit.valid.sum(axis=1).tolist() == [1, 2, 3, 4]
    assert [columns.tolist() for columns in fit.columns] == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]
    np.testing.assert_array_equal(fit.positions[0], np.add.outer(10 * np.arange(4), np.arange(4)))


def test_a_window_cut_off_at_the_border_keeps_the_columns_of_its_kernel():
    kernel = [np.array([0, 1, 2])] * 3 + [np.array([1, 2])]
    image = [np.array([i, i + 1, i + 2]) for i in range(3)] + [np.array([0, 1])]
    fit = aligned([kernel, image], [3, 5])
    assert fit.columns[3].tolist() == [1, 2]
    np.testing.assert_array_equal(fit.positions[0][3][1:], [1, 2])


@given(st.lists(st.lists(st.integers(0, 8), min_size=0, max_size=4), min_size=2, max_size=5).filter(any))
def test_aligned_positions_hold_each_sum_whatever_the_rows(rows):
    arrays = [np.array(row, dtype=np.int64) for row in rows]
    fit = aligned([arrays, [row[::-1] for row in arrays]], [9, 9])
    for i, row in enumerate(arrays):
        assert len(fit.columns[i]) == len(row) == fit.valid[i].sum()
        assert fit.valid[i, fit.columns[i]].all()
        np.testing.assert_array_equal(fit.positions[0][i, fit.columns[i]], row)
        np.testing.assert_array_equal(fit.positions[1][i, fit.columns[i]], row[::-1])
    for at in fit.positions:
        assert at.min() >= 0 and at.max() < 9


# --- flattening and grouping ---------------------------------------------------------------------------------


def flat_of(function: Any, *args: Any) -> Any:
    """The flat form of a function's graph."""
    parts: list[Any] = []
    description = split_call(args, {}, parts)
    return flatten(trace(function, description, parts, ["x"] * len(parts)))


def test_a_chain_of_additions_becomes_one_sum_of_products_and_addends():
    ws = ParameterVector([1.0, 2.0, 3.0])

    def neuron(xs: Any) -> Any:
        z = 0.0
        for w, x in zip(ws, xs, strict=True):
            z = z + w * x
        return z + ws[0] + 5.0

    flat = flat_of(neuron, [1.0, 2.0, 3.0])
    [form] = flat.forms.values()
    assert isinstance(form, Sum)
    assert (len(form.a), len(form.b), len(form.addends)) == (3, 3, 2)
    assert flat.scalar_nodes == 3 + 3 + 2
    assert 5.0 in flat.constants


def test_a_sum_that_is_used_twice_stays_a_value_of_its_own():
    w, u = Parameter(1.0), Parameter(2.0)

    def f(x: Any) -> Any:
        inner = w * x + u
        return inner + inner * x

    flat = flat_of(f, 3.0)
    assert sorted(type(form).__name__ for form in flat.forms.values()) == ["Sum", "Sum"]


def test_two_addends_alone_are_one_addition():
    w, u = Parameter(1.0), Parameter(2.0)
    [form] = flat_of(lambda x: w + u, 3.0).forms.values()
    assert form == Map(ops.add, form.args)


def test_what_is_made_of_constants_alone_is_one():
    w = Parameter(2.0)
    flat = flat_of(lambda x: w * (Value(3.0) * Value(4.0)).tanh() ** 2, 1.0)
    assert [form.op for form in flat.forms.values()] == [ops.mul]


def test_two_hundred_thousand_additions_in_a_chain_compile_without_recursion():
    w = Parameter(0.5)

    @jit
    def f(x: Any) -> Any:
        total = w * x
        for _ in range(200_000):
            total = total + x
        return total

    y = f(1.0)
    assert y.data == 200_000.5
    y.backward()
    assert w.grad == 1.0
    assert f.stats.nodes == 200_001
    assert f.stats.array_calls < 20


def test_two_thousand_ops_in_a_chain_that_cannot_be_joined_compile_without_recursion():
    w = Parameter(0.5)

    def f(x: Any) -> Any:
        y = w * x
        for _ in range(2000):
            y = y.sin() * 1.01
        return y

    y, expected = jit(f)(1.0), f(1.0)
    assert y.data == pytest.approx(expected.data, rel=1e-12)


def test_values_of_one_op_over_the_same_arrays_are_one_group():
    ws = ParameterVector([1.0, 2.0, 3.0])
    flat = flat_of(lambda xs: sum([(w * x).tanh() for w in ws for x in xs]), [1.0, 2.0])
    groups = group(flat).groups
    assert [(g.op, len(g.ids)) for g in groups] == [(ops.mul, 6), (ops.tanh, 6), (Sum, 1)]
    assert [g.level for g in groups] == sorted(g.level for g in groups)


def test_sums_of_unequal_length_are_one_group():
    ws = ParameterVector([1.0, 2.0, 3.0, 4.0])
    flat = flat_of(lambda xs: [sum([ws[j] * xs[j] for j in range(i + 1)]) for i in range(1, 4)], [1.0, 2.0, 3.0, 4.0])
    assert [len(g.ids) for g in group(flat).groups] == [3]


def test_lonely_values_of_one_op_and_level_are_pooled():
    ws = [Parameter(0.1 * k) for k in range(12)]

    def irregular(xs: Any) -> Any:
        layers: list[Any] = [[w * xs[0] for w in ws[:3]]]
        kinds = [lambda a: a.sin(), lambda a: a.cos(), lambda a: a.tanh(), lambda a: a.exp(), lambda a: a.sigmoid()]
        once = [kind(layers[0][0]) for kind in kinds]
        return [a.tanh() for a in once]

    flat = flat_of(irregular, [1.0])
    grouped = group(flat)
    pooled = [g for g in grouped.groups if g.pooled]
    assert [(g.op, len(g.ids)) for g in pooled] == [(ops.tanh, 5)]
    assert {g.array for g in pooled} == {grouped.pools[0]}


def test_every_op_of_the_table_has_an_array_form_that_agrees_with_its_value():
    w = Parameter(1.0)
    for op in [op for op in TABLE.values() if isinstance(op, Op)]:
        samples = [[float(x) for x in sample] for sample in op.domain.samples]
        compiled = jit(lambda rows, op=op: [op(*row) * w for row in rows])
        for y, sample in zip(compiled(samples), samples, strict=True):
            assert y.data == pytest.approx(op.value(*sample), rel=1e-14)
