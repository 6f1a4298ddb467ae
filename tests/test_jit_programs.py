"""What jit makes of each architecture: the same numbers, as dense array operations."""

import re
from typing import Any

import numpy as np
import pytest

from autograd import FlatParameters, Parameter, ParameterVector, Value, dot, jit, mean, pick, sum, vmap
from autograd.jit.program import Contract, Pick
from nets import MLP, SGD
from tests.architectures import (
    ALL,
    causal_attention,
    convolution,
    embedding,
    lstm,
    recurrent,
    transformer,
)

every_architecture = pytest.mark.parametrize("name", ALL)
looped_and_mapped = pytest.mark.parametrize("way", ["loss", "mapped"])


def gradients(result: Any, parameters: Any) -> np.ndarray:
    flat = FlatParameters(parameters)
    flat.grad = 0.0
    result.backward()
    return flat.grad.copy()


def assert_same(ours: Any, theirs: Any, parameters: Any, tolerance: float = 1e-12) -> None:
    """Fails unless number and gradients agree."""
    assert ours.data == pytest.approx(theirs.data, rel=tolerance)
    expected = gradients(theirs, parameters)
    np.testing.assert_allclose(
        gradients(ours, parameters), expected, rtol=10 * tolerance, atol=10 * tolerance * np.abs(expected).max()
    )


# --- they agree ----------------------------------------------------------------------------------------------


@every_architecture
@looped_and_mapped
def test_each_architecture_agrees_with_its_scalar_code_call_after_call(name, way):
    net = ALL[name]()
    f = jit(getattr(net, way))
    descent = SGD(net.parameters, lr=0.05)
    for seed in range(3):
        examples = net.examples(seed, 3)
        total = f(*examples)
        assert_same(total, net.loss(*examples), net.parameters)
        descent.step()
    assert f.cache_info().misses == 1


@every_architecture
def test_float32_agrees_to_its_digits(name):
    net = ALL[name]()
    f = jit(net.mapped, dtype="float32")
    for seed in range(2):
        examples = net.examples(seed, 3)
        total, expected = f(*examples), net.loss(*examples)
        assert total.data == pytest.approx(expected.data, rel=1e-4)
        theirs = gradients(expected, net.parameters)
        np.testing.assert_allclose(gradients(total, net.parameters), theirs, atol=1e-4 * np.abs(theirs).max())


@every_architecture
def test_any_size_of_the_batch_runs_the_same_program(name):
    net = ALL[name]()
    f = jit(net.mapped)
    for seed, size in enumerate((2, 5, 1, 4)):
        examples = net.examples(seed, size)
        assert_same(f(*examples), net.loss(*examples), net.parameters)
    assert f.cache_info().misses == 1


@pytest.mark.parametrize("name", ["mlp", "shared_weights", "recurrent", "lstm", "causal_attention"])
def test_parameters_of_two_models_that_are_joined_afterwards_agree(name):
    net, other = ALL[name](), ALL[name]()
    f, g = jit(net.mapped), jit(lambda *batches: net.mapped(*batches) * other.mapped(*batches))
    examples = net.examples(1, 3)
    f(*examples)
    g(*examples)
    FlatParameters([p for pair in zip(other.parameters, net.parameters, strict=True) for p in pair])
    assert_same(f(*examples), net.loss(*examples), net.parameters)
    both = [*other.parameters, *net.parameters]
    assert_same(g(*examples), net.loss(*examples) * other.loss(*examples), both)


# --- they are dense ------------------------------------------------------------------------------------------

DENSE: dict[str, tuple[int, int, list[str]]] = {
    # name: lines of the program, gathers and scatters, what is to be found in it (once each) when mapped
    "elementary_mlp": (4, 0, [r"tanh\(batches\[\d\] \(batch, 3\) @ \S+\.T \+ ", r"tanh\(h1 @ \S+\.T \+ ", r"h2 @ "]),
    "mlp": (4, 0, [r"relu\(batches\[\d\] \(batch, 3\) @ \S+\.T \+ ", r"relu\(h1 @ \S+\.T \+ ", r"h2 @ "]),
    "classifier": (
        3,
        2,
        [r"batches\[\d\] \(batch, 4\) @ ", r"h2 \(batch, 3\) = h1 @ ", r"logsumexp\(h2\) - pick\(h2, "],
    ),
    "softmax_classifier": (3, 2, [r"h1 @ ", r"log\(pick\(exp\(h2 - logsumexp\(h2\)\), "]),
    "hinge_with_penalty": (4, 0, [r"batches\[\d\] \(batch, 2\) @ ", r"relu\(h1 @ ", r"\((\S+) @ \1\) \* 0\.01"]),
    "tied_weights": (3, 0, [r"tanh\(batches\[\d\] \(batch, 5\) @ \S+\.T\)", r"h1 @ [^.\s]+\.?\w* \+"]),
    "shared_weights": (5, 0, [r"batches\[\d\] \(batch, 4\) @ ", r"tanh\(h1 @ ", r"tanh\(h2 @ ", r"h3 @ "]),
    "residual": (
        5,
        0,
        [r"batches\[\d\] \(batch, 4\) \+ relu\(batches\[0\] .{10} @ ", r"h1 \+ relu\(h1 @ ", r"h2 \+ relu\(h2"],
    ),
    "matrix_chain": (4, 0, [r"batches\[\d\] \(batch, 4\) @ ", r"= h1 @ ", r"= h2 @ "]),
    "polynomial": (
        2,
        0,
        [r"batches\[\d\] \(batch, 6\) \*\* 3", r"batches\[\d\] \(batch, 6\) \* batches\[\d\] \(batch, 6\)"],
    ),
    "choosing": (4, 0, [r"batches\[\d\] \(batch, 3\) @ ", r"where\(step\(h1 - 0\.1\), h1 \* \S+, \(h1 \* h1\) \* "]),
    "convolution": (
        3,
        2,
        [r"einsum\('[^']+', batches\[\d\] \(batch, 6, 6\), \S+\) \+ ", r"einsum\('[^']+', relu\(h1\)"],
    ),
    "padded_convolution": (3, 3, [r"gather\(batches\[\d\] \(batch, 6, 6\)\) @ ", r"einsum\('[^']+', h1, "]),
    "max_pooling": (4, 0, [r"einsum\('[^']+', batches\[\d\] \(batch, 6, 6\)", r"= maximum\(h1", r"\(maximum\(h2"]),
    "mean_pooling": (3, 0, [r"einsum\('[^']+', batches\[\d\] \(batch, 6, 6\)", r"\(sum\(h1\) / 4\) @ "]),
    "recurrent": (7, 0, []),
    "lstm": (14, 0, []),
    "embedding": (2, 4, [r"sum\(pick\(\S+, batches\[\d\] \(batch, 3\)\)\) / 3\) @ "]),
    "causal_attention": (4, 10, [r"h1 \(batch, 5, 12\) = batches\[\d\] \(batch, 5, 4\) @ "]),
    "transformer": (11, 14, []),
}  # fmt: skip


@every_architecture
def test_each_architecture_is_recovered_as_dense_array_operations(name):
    net = ALL[name]()
    f = jit(net.mapped)
    f(*net.examples(0, 3))
    lines, gathers, patterns = DENSE[name]
    program = str(f.program)
    assert len(f.program.lines) <= lines
    assert f.stats.gathers <= gathers
    assert " | " not in program
    for pattern in patterns:
        assert len(re.findall(pattern, program)) == 1, f"{pattern}\n{program}"


@every_architecture
def test_a_loop_over_examples_is_recovered_as_the_same_program_as_vmap(name):
    net = ALL[name]()
    looped, mapped = jit(net.loss), jit(net.mapped)
    looped(*net.examples(0, 6)), mapped(*net.examples(0, 6))
    assert looped.stats.gathers <= mapped.stats.gathers
    assert looped.stats.array_calls <= mapped.stats.array_calls + 2
    assert len(looped.program.lines) <= len(mapped.program.lines)


@every_architecture
def test_the_program_does_not_grow_with_the_number_of_examples(name):
    net = ALL[name]()
    f = jit(net.loss)
    f(*net.examples(0, 4))
    few, lines = f.stats, len(f.program.lines)
    f(*net.examples(0, 9))
    assert len(f.program.lines) == lines
    assert (f.stats.array_calls, f.stats.gathers) == (few.array_calls, few.gathers)
    assert f.stats.nodes > 2 * few.nodes or net.penalty() != 0.0


@every_architecture
def test_the_lines_account_for_every_scalar_node(name):
    net = ALL[name]()
    for way in (net.loss, net.mapped):
        f = jit(way)
        f(*net.examples(0, 3))
        counts = [int(count.replace(",", "")) for count in re.findall(r"# ([\d,]+) nodes?\b", str(f.program))]
        assert sum(counts) == f.stats.nodes


def contractions(f: Any) -> list[Contract]:
    """The contractions of two factors that sum over something, in the forward program."""
    return [
        i
        for i in f._last.program.forward
        if isinstance(i, Contract) and len(i.factors) == 2 and not all(
            stride or size == 1 for size, stride in zip(i.sizes, i.out.strides, strict=True)
        )
    ]  # fmt: skip


def test_the_four_gates_of_an_lstm_are_one_product_with_the_input_and_one_with_the_state_per_step():
    for steps in (3, 5):
        net = lstm(steps)
        f = jit(net.mapped)
        f(*net.examples(0, 4))
        assert len(contractions(f)) == steps + (steps - 1) + 1  # there is no state before the first; one for the output


def test_a_concatenation_is_split_into_a_product_for_each_of_its_segments():
    net = recurrent(4)
    f = jit(net.mapped)
    f(*net.examples(0, 3))
    assert len(contractions(f)) == 4 + 3 + 1
    assert f.stats.gathers == 0
    assert [str(f.program).count(f"batches[0][:, {step}] @ ") for step in range(4)] == [1] * 4


def test_a_convolution_is_one_einsum_over_windows_of_the_image():
    net = convolution(side=7, filters=3)
    f = jit(net.mapped)
    f(*net.examples(0, 2))
    [windows, _] = contractions(f)
    image = windows.factors[0]
    assert [size for size in windows.sizes if size > 0] == [5, 5, 3, 3, 3]
    assert sorted(stride for stride in image.strides if stride > 0) == [1, 1, 7, 7]
    [line] = [line for line in f.program.lines if "einsum" in line and "batches[0] (batch, 7, 7)" in line]
    letters = re.search(r"einsum\('(\w+),(\w+)->(\w+)'", line)
    assert letters is not None
    pixels, kernel, out = map(set, letters.groups())
    assert len(out) == 4 and len(kernel - out) == 2 and len(kernel & out) == 1 and kernel - out < pixels


@pytest.mark.parametrize("make", [causal_attention, transformer])
@looped_and_mapped
def test_growing_sums_are_one_padded_group(make, way):
    """The program has as many calls for long sequences as for short ones."""
    seen = set()
    for steps in (5, 8, 11):
        net = make(steps)
        f = jit(getattr(net, way))
        f(*net.examples(0, 5))
        seen.add((f.stats.array_calls, f.stats.gathers))
        assert len(f.program.lines) <= 12  # a long formula may get a line more
    assert len(seen) == 1


def test_padding_adds_nothing_to_the_gradients_of_growing_sums():
    net = causal_attention(6)
    f = jit(net.mapped)
    for seed in range(3):
        examples = net.examples(seed, 2)
        assert_same(f(*examples), net.loss(*examples), net.parameters)


def test_a_lookup_is_one_pick_for_all_words():
    net = embedding(words=9, length=5)
    f = jit(net.mapped)
    f(*net.examples(0, 3))
    picks = [i for i in f._last.program.forward if isinstance(i, Pick)]
    assert len(picks) == 2  # the vectors, and the score of the label
    assert {i.count for i in picks} == {9}


def test_l2_over_all_parameters_reads_them_where_they_lie():
    model = MLP(3, [5, 5, 1], seed=1)
    FlatParameters(model.parameters())
    f = jit(lambda strength: strength * sum([p * p for p in model.parameters()]))
    assert_same(f(0.1), 0.1 * sum([p * p for p in model.parameters()]), model.parameters())
    assert f.stats.gathers == 0
    assert len(contractions(f)) == 1


def test_products_are_named_after_the_parameters_and_arguments_they_are_of():
    model = MLP(3, [4, 2], activation="tanh", seed=1)
    FlatParameters(model.parameters())
    f = jit(lambda points: [model(x) for x in points])
    f(np.ones((5, 3)))
    first, second = f.program.lines
    assert first.startswith("h1 (5, 4) = tanh(points (5, 3) @ layers.0.w.T + layers.0.b)")
    assert re.match(r"\w+ \(5, 2\) = h1 @ layers\.1\.w\.T \+ layers\.1\.b", second)
    assert first.endswith("# 40 nodes") and second.endswith("# 10 nodes")


def test_the_program_shows_as_text_and_in_a_notebook():
    w = Parameter(2.0, "w")
    f = jit(lambda x: (w * x < 3.0) * w)
    f(1.0)
    assert str(f.program) == repr(f.program) == "\n".join(f.program.lines)
    assert f.program._repr_html_().startswith("<pre")


def test_the_batch_is_one_dimension_and_not_one_group_per_example():
    ws = ParameterVector([0.5, -0.3])
    f = jit(lambda xs: mean(vmap(lambda x: dot(ws, x).tanh())(xs)))
    f(np.ones((4, 2)))
    nodes = f.stats.nodes
    f(np.ones((400, 2)))
    assert f.stats.nodes == nodes
    assert f.program.lines[0].startswith("result ()") or "(batch,)" in f.program.lines[0]


def test_a_graph_without_any_order_falls_back_to_gather_and_scatter_and_agrees():
    ws = ParameterVector(np.random.default_rng(0).normal(size=12))
    rng = np.random.default_rng(1)
    edges = [rng.integers(0, 12, 3) for _ in range(20)]

    def loss(xs: Any) -> Any:
        return sum([(ws[a] * xs[b] + ws[c]).tanh() * ws[b] for a, b, c in edges])

    f = jit(loss)
    for seed in range(3):
        xs = np.random.default_rng(seed).normal(size=12)
        assert_same(f(xs), loss(xs), ws)
    assert f.stats.gathers > 0
    assert f.stats.array_calls < 40


def test_a_traced_index_looks_up_a_computed_row():
    ws = ParameterVector([0.5, -1.0, 2.0])

    def loss(indices: Any, x: Any) -> Any:
        return sum([pick([w * x for w in ws], i) * pick([Value(1.0), 2.0, 3.0], i) for i in indices])

    f = jit(loss)
    for indices in ([0, 1], [2, 2], [1, 0]):
        assert_same(f(indices, 1.5), loss(indices, 1.5), ws)
    assert f.cache_info().misses == 1
