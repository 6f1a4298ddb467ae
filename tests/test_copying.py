"""deepcopy, copy and pickle of graphs: shared nodes stay shared, gradients flow, no recursion."""

import copy
import io
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given

from autograd import Parameter, ParameterVector, Value, dot, grad, logsumexp, sum, topological_order
from tests.strategies import follow, recipes


def python_pickle(x):
    """By the pure Python pickler, which fetches items far ahead of saving them; other libraries build on it."""
    file = io.BytesIO()
    pickle._Pickler(file).dump(x)
    return pickle.loads(file.getvalue())


COPIERS = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "pickle protocol 2": lambda x: pickle.loads(pickle.dumps(x, protocol=2)),
    "Python's pickle": python_pickle,
}
copiers = pytest.mark.parametrize("copied", COPIERS.values(), ids=COPIERS)


def chain(length):
    """A leaf with as many additions on it."""
    x = node = Value(1.0, label="x")
    for _ in range(length):
        node = node + 1.0
    return x, node


@given(recipes(inputs=3, kinked=True))
def test_copy_of_a_random_graph_has_its_shape_numbers_and_gradients(recipe):
    xs = (Value(0.5, "a"), Value(-0.25, "b"), Parameter(1.0, "c"))
    root = follow(recipe, xs)
    root.backward()
    order = topological_order(root)
    for copied in COPIERS.values():
        twins = topological_order(copied(root))
        place = {node: i for i, node in enumerate(order)}
        twin_place = {node: i for i, node in enumerate(twins)}
        assert not set(map(id, order)) & set(map(id, twins))
        for node, twin in zip(order, twins, strict=True):
            assert (type(twin), twin.op, twin.data, twin.grad, twin.label) == (
                (type(node), node.op, node.data, node.grad, node.label)
            )
            assert [twin_place.get(arg, arg) for arg in twin.args] == [place.get(arg, arg) for arg in node.args]
        if root.op is not None:
            before = [node.grad for node in order]
            twins[-1].backward()
            leaves = [twin for twin in twins if twin.op is None]
            assert [x.grad for x in leaves] == pytest.approx([2 * n.grad for n in order if n.op is None], rel=1e-12)
            assert [node.grad for node in order] == before


@copiers
def test_gradients_flow_in_the_copy_and_not_into_the_original(copied):
    x = Value(3.0, label="x")
    twin = copied(x * x + x)
    twin.backward()
    (leaf,) = (node for node in topological_order(twin) if node.op is None)
    assert leaf.label == "x" and leaf is not x and leaf.grad == 7.0 and x.grad == 0.0
    assert grad(grad(twin, leaf, create_graph=True), leaf) == 2.0


@copiers
def test_two_roots_and_a_leaf_in_one_container_keep_sharing(copied):
    x = Value(2.0)
    shared = x * x
    one, two = shared + 1, shared * 3
    twins = copied({"one": one, "two": two, "x": x, "again": one, "shared": shared})
    assert twins["again"] is twins["one"]
    assert twins["one"].args[0] is twins["two"].args[0] is twins["shared"]
    assert twins["shared"].args[0] is twins["shared"].args[1] is twins["x"]
    (twins["one"] + twins["two"]).backward()
    assert twins["x"].grad == 16.0 and x.grad == 0.0


@copiers
def test_node_below_after_its_root_and_root_after_its_node_are_the_same(copied):
    x = Value(2.0)
    inner = x * x
    root = inner + 1
    for pair in ([inner, root], [root, inner]):
        first, second = copied(pair)
        low, high = (first, second) if pair[0] is inner else (second, first)
        assert high.args[0] is low


@copiers
@pytest.mark.parametrize("length", [1, 2, 998, 999, 1000, 1001, 1999, 2000, 2001])
def test_no_length_of_chain_falls_between_a_picklers_batches(copied, length):
    _, root = chain(length)
    twin = copied(root)
    assert len(topological_order(twin)) == length + 1
    assert twin.data == length + 1.0


@pytest.mark.parametrize("copied", [COPIERS["deepcopy"], COPIERS["pickle"]], ids=["deepcopy", "pickle"])
def test_chain_of_a_hundred_thousand_is_copied_without_recursion(copied):
    _, root = chain(100_000)
    twin = copied(root)
    twin.backward()
    order = topological_order(twin)
    assert len(order) == 100_001 and order[0].label == "x" and order[0].grad == 1.0


@copiers
def test_rows_are_copied_with_their_parameters_and_constants(copied):
    ws, x = ParameterVector([1.0, 2.0]), Value(3.0)
    root = dot(ws, [x, 4.0]) * dot(ws, np.array([5.0, 6.0])) + logsumexp([x, 1.0]) + sum(ws)
    twin, twin_ws, twin_x = copied((root, ws, x))
    assert grad(twin, [*twin_ws, twin_x]) == grad(root, [*ws, x])
    assert grad(twin, [*ws, x]) == [0.0, 0.0, 0.0]
    twin.backward()
    assert [w.grad for w in twin_ws] == grad(root, list(ws)) and [w.grad for w in ws] == [0.0, 0.0]


@copiers
def test_copy_that_failed_halfway_does_not_harm_the_next_one(copied):
    class Stubborn:
        def __reduce__(self):
            raise RuntimeError("not me")

        def __deepcopy__(self, memo):
            raise RuntimeError("not me")

    x, root = chain(5)
    _, other = chain(5000)
    stubborn = dot(ParameterVector([1.0]), [root]) * 2
    stubborn.args[0].args[0].label = Stubborn()
    with pytest.raises(RuntimeError, match="not me") as kept:
        copied(Stubborn() if copied is copy.deepcopy else stubborn)
    assert kept.value is not None  # whose traceback keeps alive what the failed copy was made of
    assert copied(other).data == other.data and copied(root).data == root.data == 6.0
    x.label = "x"
    assert copied([root * 2])[0].data == 12.0


def test_two_threads_may_copy_at_once():
    _, root = chain(3000)
    lengths = []

    def work():
        for _ in range(5):
            lengths.append(len(topological_order(copy.deepcopy(root))))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lengths == [3001] * 20


def test_shallow_copy_is_a_node_of_its_own_on_the_same_arguments():
    x = Value(3.0)
    for node in (x, x * x, dot([x, x], [1.0, 2.0])):
        node.label, node.grad = "n", 5.0
        twin = copy.copy(node)
        assert twin is not node and twin.op is node.op and list(twin.args) == list(node.args)
        assert (twin.data, twin.grad, twin.label) == (node.data, 5.0, "n")
    x.grad = 0.0
    copy.copy(x * x).backward()
    assert x.grad == 6.0
