"""save and load: every kind of module comes back to the bit, and a file that is not whole is a clear error."""

import io
import json
import math
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from autograd import ArgumentError, Parameter, tanh
from nets import MLP, Layer, LoadError, Module, Neuron, Sequential, load, save, saving


class Scaled(Module):
    """A user's own module, with another module and a number among the arguments of its __init__."""

    def __init__(self, inner, factor=1.0, names=()):
        self.inner, self.factor, self.names = inner, factor, names
        self.offset = Parameter(0.0)

    def __call__(self, xs):
        return self.inner(xs) * self.factor + self.offset

    def config(self):
        return {"inner": self.inner, "factor": self.factor, "names": self.names}


def tied(layer):
    return Sequential([layer, layer, Layer(2, 1, seed=2)])


MODELS = {
    "neuron": lambda: Neuron(2, "softplus", seed=1),
    "sparse neuron": lambda: Neuron(2, seed=1, connections=[1]),
    "layer": lambda: Layer(2, 3, "sigmoid", seed=1),
    "sparse layer": lambda: Layer(2, 3, seed=1, connections=[[0], None, []]),
    "masked layer": lambda: Layer(2, 2, seed=1, connections=np.array([[1, 0], [1, 1]], dtype=bool)),
    "mlp": lambda: MLP(2, [4, 1], "leaky_relu", "tanh", seed=1),
    "mlp of numpy widths": lambda: MLP(np.int64(2), np.array([4, 1]), seed=1),
    "sequential": lambda: Sequential(
        [Layer(2, 2, "step", seed=1), Sequential([Layer(2, 2, seed=2), MLP(2, [2], seed=3)])]
    ),
    "tied": lambda: tied(Layer(2, 2, "tanh", seed=1)),
    "own": lambda: Scaled(Sequential([MLP(2, [1], seed=1)]), factor=np.float64(0.5), names=["a", None, True]),
}


def bits(model):
    return {path: x.hex() for path, x in model.state_dict().items()}


def model_of(activation="relu", seed=1):
    return MLP(2, [3, 1], activation, seed=seed)


@pytest.fixture
def file(tmp_path):
    return save(model_of(), tmp_path / "model.npz")


def contents(file):
    with np.load(file) as arrays:
        return dict(arrays)


# --- round trips ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_every_kind_of_model_comes_back_to_the_bit(name, tmp_path):
    model = MODELS[name]()
    rng = np.random.default_rng(0)
    for parameter in model.parameters():
        parameter.data = rng.normal()
    assert save(model, tmp_path / "model.npz") == tmp_path / "model.npz"
    twin = load(tmp_path / "model.npz")
    assert type(twin) is type(model) and repr(twin) == repr(model) and bits(twin) == bits(model)
    ys, twins = model([0.3, -0.7]), twin([0.3, -0.7])
    assert [float(y) for y in np.atleast_1d(ys)] == [float(y) for y in np.atleast_1d(twins)]
    assert json.dumps(saving._described(twin, [])) == json.dumps(saving._described(model, []))


def test_a_layer_that_stands_twice_is_one_layer_after_loading(tmp_path):
    save(tied(Layer(2, 2, "tanh", seed=1)), tmp_path / "model.npz")
    layers = load(tmp_path / "model.npz").layers
    assert layers[0] is layers[1] and layers[2] is not layers[0]


def test_frozen_parameters_are_frozen_after_loading(tmp_path):
    model = model_of()
    model.layers[0].freeze()
    model.layers[0].neurons[1].b.frozen = False
    twin = load(save(model, tmp_path / "model.npz"))
    assert [p.frozen for p in twin.parameters()] == [p.frozen for p in model.parameters()]
    assert load(tmp_path / "model.npz", into=model_of()).parameters()[0].frozen


def test_numbers_of_another_activation_are_not_loaded(file):
    other = model_of("tanh")
    before = bits(other)
    with pytest.raises(LoadError, match=r'activation="relu".*, not MLP\(2, \[3, 1\], .tanh.'):
        load(file, into=other)
    assert bits(other) == before


def test_a_model_that_its_config_does_not_make_again_is_not_saved(tmp_path):
    class Narrow(MLP):
        def __init__(self, width):
            super().__init__(2, [width, 1], seed=0)

    class Wider(Narrow):
        def config(self):
            return {"width": 7}

    for model, message in ((Narrow(3), "would not load again: .*mend its config"), (Wider(3), "other parameters")):
        with pytest.raises(ArgumentError, match=message):
            save(model, tmp_path / "model.npz")
    assert not list(tmp_path.iterdir())


def test_dicts_of_any_keys_come_back(tmp_path):
    model = Scaled(MLP(2, [1], seed=1), names={"class": "x", 3: [None], "again": {"dict": 1}})
    assert load(save(model, tmp_path / "model.npz")).names == model.names


def test_numbers_at_the_edge_of_the_floats_keep_their_bits(tmp_path):
    model = model_of()
    edges = [0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1, -1 / 3, math.pi, 2.0**-1022]
    for parameter, x in zip(model.parameters(), edges, strict=False):
        parameter.data = x
    assert bits(load(save(model, tmp_path / "m.npz"))) == bits(model)


def test_a_file_is_read_in_another_process(file):
    code = f"from nets import load; print([x.hex() for x in load({str(file)!r}).state_dict().values()])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == str(list(bits(model_of()).values()))


@pytest.mark.parametrize("name", ["plain", "with.dots.npz", "ünïcode näme.npz"])
def test_the_path_is_taken_as_it_is(name, tmp_path):
    save(model_of(), str(tmp_path / name))
    assert os.listdir(tmp_path) == [name] and bits(load(str(tmp_path / name))) == bits(model_of())


def test_loading_into_a_model_sets_its_parameters(file):
    other = model_of(seed=2)
    own = other.parameters()
    assert load(file, into=other) is other and other.parameters() == own
    assert bits(other) == bits(model_of())


def test_the_file_holds_numbers_and_text_and_no_pickle(file):
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        headers = [archive.read(name)[:128] for name in names]
    assert sorted(names) == ["format.npy", "frozen.npy", "model.npy", "numbers.npy", "paths.npy"]
    kinds = (b"'descr': '<U", b"'descr': '<f8'", b"'descr': '|b1'")
    assert all(any(kind in header for kind in kinds) for header in headers)
    np.load(file, allow_pickle=False).close()


# --- writing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["np.savez_compressed", "os.fsync", "os.replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(where, error, file, monkeypatch):
    def fail(target, *args, **kwargs):
        if hasattr(target, "write"):
            target.write(b"half of it")
        raise error

    owner, name = where.split(".")
    before = file.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(getattr(saving, owner), name, fail)
        with pytest.raises(type(error)):
            save(model_of(seed=2), file)
    assert os.listdir(file.parent) == [file.name] and file.read_bytes() == before
    save(model_of(seed=2), file)
    assert bits(load(file)) == bits(model_of(seed=2))


def test_the_file_may_be_read_by_whom_the_umask_allows(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    assert save(model_of(), tmp_path / "model.npz").stat().st_mode == plain.stat().st_mode


class NoConfig(Module):
    pass


class WithASet(Module):
    def config(self):
        return {"when": {1, 2}}


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (MLP(2, [1], activation=tanh, output=lambda z: z, seed=0), "Use an activation by its name, such as 'tanh', or"),
        (MLP(2, [2, 1], activation=tanh, seed=0), r"<op tanh: .* cannot be saved.*by its name, such as 'tanh'"),
        (Sequential([lambda xs: xs]), r"cannot be saved.*state_dict\(\)"),
        (NoConfig(), r"NoConfig cannot be saved as a whole: define config\(\)"),
        (WithASet(), r"\{1, 2\} cannot be saved"),
        ({"a": 1}, "save writes a Module such as an MLP, got {'a': 1}"),
    ],
)
def test_what_cannot_be_saved_is_refused_with_the_way_out_and_writes_nothing(model, message, tmp_path):
    with pytest.raises(ArgumentError, match=message):
        save(model, tmp_path / "model.npz")
    assert os.listdir(tmp_path) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere to save model\.npz in"):
        save(model_of(), tmp_path / "nowhere" / "model.npz")


# --- damaged and foreign files -------------------------------------------------------------------------------


def test_a_truncated_file_is_refused_at_every_length(file):
    whole = file.read_bytes()
    into = model_of(seed=2)
    for length in range(0, len(whole), 3):
        file.write_bytes(whole[:length])
        with pytest.raises(LoadError, match="was it cut short"):
            load(file)
        with pytest.raises(LoadError, match="was it cut short"):
            load(file, into=into)
    assert bits(into) == bits(model_of(seed=2))


def test_a_flipped_bit_is_refused_or_does_not_matter(file):
    whole = file.read_bytes()
    refused = 0
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position % 8
        file.write_bytes(flipped)
        try:
            model = load(file)
        except LoadError:
            refused += 1
        else:
            assert repr(model) == repr(model_of()) and bits(model) == bits(model_of())
    assert refused > len(whole) / 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello\n",
        b"\x80\x04K\x05.",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        b"\x93NUMPY\x01\x00",
        b"\0" * 1000,
        b"text" + b"PK\x05\x06" + b"\0" * 18,
    ],
    ids=["empty", "text", "pickle", "half a header", "empty zip", "half an npy", "zeros", "text and a zip"],
)
def test_a_file_that_is_no_model_is_refused_without_bad_advice(content, tmp_path):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(LoadError, match=r"file is not a (whole )?model file that save\(\) wrote") as caught:
        load(tmp_path / "file")
    assert "allow_pickle" not in str(caught.value)


def test_foreign_archives_are_refused(tmp_path):
    np.savez(tmp_path / "foreign.npz", weights=np.ones(3))
    np.savez(tmp_path / "objects.npz", format=np.array({"a": 1}, dtype=object))
    np.save(tmp_path / "array.npy", np.ones(3))
    with zipfile.ZipFile(tmp_path / "text.zip", "w") as archive:
        archive.writestr("format.npy", "glassgrad model 1")
    for name in os.listdir(tmp_path):
        with pytest.raises(LoadError, match=name):
            load(tmp_path / name)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing"):
        load(tmp_path / "nothing")
    with pytest.raises(LoadError, match="cannot be read"):
        load(tmp_path)


# --- whole files that hold something else --------------------------------------------------------------------

PATHS = list(model_of().state_dict())
MLP_ARGUMENTS = {"nin": 2, "nouts": [3, 1], "activation": "relu", "output": "linear"}


def made_of(kind, arguments):
    return json.dumps({"class": kind, "arguments": arguments})


TAMPERED = [
    ("format", "glassgrad model 2", "its format is 'glassgrad model 2', this version reads 'glassgrad model 1'"),
    ("model", made_of("Perceptron", {}), "it holds a Perceptron, which is not known here; import the module"),
    ("model", made_of("os.system", {"command": "true"}), "it holds a os.system, which is not known here"),
    ("model", made_of(["MLP"], {}), "a description of no model"),
    ("model", made_of("MLP", {"sides": 3}), "its MLP cannot be made again: .*sides"),
    ("model", made_of("MLP", [1]), "its MLP cannot be made again"),
    ("model", json.dumps({"class": "MLP"}), "a description of no model"),
    ("model", made_of("__main__.Net", {}), r"a class of the script that saved it; .* load\(path, into=it\)"),
    ("model", json.dumps({"again": 0}), "a description of no model"),
    ("frozen", np.zeros(12, dtype=bool), r"13 paths, but frozen flags of bool and shape \(12,\)"),
    ("frozen", np.zeros(13), "frozen flags of float64"),
    ("model", made_of("MLP", {**MLP_ARGUMENTS, "activation": "x"}), "cannot be made again: there is no activation 'x'"),
    ("model", made_of("MLP", {**MLP_ARGUMENTS, "seed": -1}), "its MLP cannot be made again: seed is -1"),
    ("model", made_of("MLP", {**MLP_ARGUMENTS, "nouts": [3, 2]}), r"does not fit this model: missing: layers\.1"),
    ("model", made_of("MLP", {**MLP_ARGUMENTS, "nouts": [2, 1]}), "unknown to this model: layers"),
    ("model", made_of("Sequential", {"layers": [5]}), "its Sequential cannot be made again"),
    ("model", "[]", r"it describes no model, but \[\]"),
    ("model", "null", "it describes no model, but None"),
    ("model", "{", "is not a whole model file"),
    ("model", "[" * 100_000, "is not a whole model file"),
    ("paths", "{", "is not a whole model file"),
    ("paths", "5", "its paths are no list of names"),
    ("paths", json.dumps(dict.fromkeys(PATHS, 1)), "its paths are no list of names"),
    ("paths", json.dumps([*PATHS[:-1], 7]), "its paths are no list of names"),
    ("paths", json.dumps(PATHS[:-1]), "12 paths, but numbers of float64 and shape"),
    ("paths", json.dumps([*PATHS[:-1], PATHS[0]]), "missing: layers.1.neurons.0.b"),
    ("paths", json.dumps([*PATHS[:-1], "layers.9"]), "missing: layers.1.neurons.0.b"),
    ("numbers", np.zeros(12), r"13 paths, but numbers of float64 and shape \(12,\)"),
    ("numbers", np.zeros((13, 1)), r"shape \(13, 1\)"),
    ("numbers", np.zeros(13, dtype=np.float32), "numbers of float32"),
    ("numbers", np.array(["1"] * 13), "numbers of <U1"),
]


@pytest.mark.parametrize(("part", "content", "message"), TAMPERED)
def test_a_file_with_other_contents_is_refused_and_named(part, content, message, file):
    arrays = {**contents(file), part: np.array(content)}
    np.savez(file, **arrays)
    with pytest.raises(LoadError, match=message) as caught:
        load(file)
    assert str(file) in str(caught.value)


def test_bytes_in_the_place_of_an_array_are_refused(file):
    arrays = contents(file)
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("format", "frozen", "model", "paths"):
            content = io.BytesIO()
            np.save(content, arrays[name])
            archive.writestr(f"{name}.npy", content.getvalue())
        archive.writestr("numbers.npy", b"0.5 " * 13)
    with pytest.raises(LoadError, match="13 paths, but numbers of"):
        load(file)


@pytest.mark.parametrize(
    "into", [MLP(2, [4, 1], seed=0), MLP(2, [2, 1], seed=0), Layer(2, 3, seed=0), Scaled(model_of())]
)
def test_a_model_that_the_file_does_not_fit_stays_as_it_was(into, file):
    before = bits(into)
    with pytest.raises(LoadError, match=r"model\.npz: the file holds MLP\(nin=2, .*\), not .*; nothing was changed"):
        load(file, into=into)
    assert bits(into) == before


def test_only_a_module_can_be_loaded_into(file):
    with pytest.raises(LoadError, match="no model, but 5"):
        load(file, into=5)


def test_classes_are_known_by_their_module_so_that_a_users_mlp_is_not_ours(tmp_path):
    mine = type("MLP", (Scaled,), {"__module__": __name__})
    model = mine(model_of())
    assert saving.kind_name(mine) == f"{__name__}.MLP" and saving.kind_name(MLP) == "MLP"
    assert type(load(save(model, tmp_path / "m.npz"))) is mine
