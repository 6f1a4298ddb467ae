"""Parameter: a leaf whose number lives in an array, so that an optimiser can move a million of them in one call.

`Parameter` is one leaf. `ParameterVector` is a row of them with their numbers side by side. `FlatParameters` is all
the parameters of a model as one vector. Two parameters that were ever put into one FlatParameters share one pair
of arrays (their Storage) from then on. Storages are joined and never split, so that any number of optimisers,
compiled programs and models may hold the same parameters, and each sees what the others write.
"""

from __future__ import annotations

import copy
import copyreg
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from .errors import ArgumentError
from .number import number
from .storage import Place, Scope, Span, Storage, join
from .value import Value, checked_label
from .watch import watcher


class Parameter(Value):
    """A leaf that training may move: a Value in every way, with `data` and `grad` kept in a flat array.

    A `frozen` one is left alone by optimisers.

    >>> w = Parameter(0.5, label="w")
    >>> (w * w).backward()
    >>> w
    Parameter(0.5, grad=1.0, label='w')
    """

    __slots__ = ("_label", "at", "span")

    span: Span
    at: int
    _label: str | None

    def __init__(self, data: Any, label: str = "") -> None:
        self._put(Span(np.array([number(data, "Parameter")]), place=Place(checked_label(label))), 0, None)

    def __copy__(self) -> Parameter:
        given = self._label is not None or self.span.place.label  # not only its path in a model, where the copy is not
        out = Parameter(self._data, self.label if given else "")
        out.grad, out.frozen = self.grad, self.frozen
        return out

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        return _parameter(copy.deepcopy(self.span, memo), self.at, self._label)

    def _put(self, span: Span, at: int, label: str | None) -> None:
        self.span = span
        self.at = at
        self.op = self._a = self._b = None
        self._label = label

    @property
    def label(self) -> str:
        """What it is called: the label it was given, or else its path in the model, such as layers.0.neurons.3.b."""
        return self.span.place.name(self.at) if self._label is None else self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = label

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The parts of the model that it belongs to, from outer to inner; none outside of models."""
        return self.span.place.scopes

    @property
    def _data(self) -> float:
        return self.span.cells[self.at]

    @_data.setter
    def _data(self, data: float) -> None:
        self.span.cells[self.at] = data

    @property
    def grad(self) -> float:
        """d root / d self of the backward passes since it was last set to 0.0."""
        return self.span.grad_cells[self.at]

    @grad.setter
    def grad(self, grad: Any) -> None:
        if (watching := watcher.get()) is not None:
            watching.need(self, "assignment to .grad")
        try:
            self.span.grad_cells[self.at] = grad
        except (TypeError, OverflowError):
            self.span.grad_cells[self.at] = number(grad, "Parameter.grad")

    @property
    def frozen(self) -> bool:
        """Whether optimisers leave it as it is."""
        return bool(self.span.frozen[self.at])

    @frozen.setter
    def frozen(self, frozen: bool) -> None:
        self.span.frozen[self.at] = frozen


class ParameterVector(tuple[Parameter, ...]):
    """A tuple of new Parameters whose numbers lie side by side, such as the weights of a neuron.

    >>> ws = ParameterVector([0.5, -1.0], label="w")
    >>> ws[1]
    Parameter(-1.0, label='w.1')
    """

    span: Span

    def __new__(cls, data: Iterable[Any], label: str = "") -> ParameterVector:
        cells = np.array([number(x, "Parameter") for x in data], dtype=np.float64)
        span = Span(cells, place=Place(checked_label(label), numbered=True))
        return cls._of(span, [_parameter(span, at, None) for at in range(len(cells))])

    @classmethod
    def _of(cls, span: Span, parameters: Iterable[Parameter]) -> ParameterVector:
        vector = super().__new__(cls, parameters)
        vector.span = span
        return vector

    def __reduce__(self) -> tuple[Any, ...]:
        return ParameterVector._of, (self.span, tuple(self))


class FlatParameters:
    """Parameters as one vector, in the order given, each once: arrays to compute with instead of a loop.

    >>> flat = FlatParameters([Parameter(1.0), Parameter(2.0)])
    >>> flat.data
    array([1., 2.])
    >>> flat.data = flat.data - 0.5
    >>> flat.parameters[1]
    Parameter(1.5)

    Raises ArgumentError for anything but Parameters.
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        if isinstance(parameters, Value) or not isinstance(parameters, Iterable):
            raise ArgumentError(f"parameters need to be a list, got the single {parameters!r}; write [...] around it")
        given = list(parameters)
        for p in given:
            if not isinstance(p, Parameter):
                mend = f"make it Parameter({p.data!r})" if isinstance(p, Value) else "give a flat list of Parameters"
                raise ArgumentError(f"only Parameters can be trained, got {p!r}; {mend}")
        self.parameters: tuple[Parameter, ...] = tuple(dict.fromkeys(given))
        self._spans = list(dict.fromkeys(p.span for p in self.parameters)) or [Span(np.empty(0))]
        self._storage: Storage | None = None
        self._where: Any = slice(0)
        self._views: dict[str, np.ndarray] = {}
        self._stretch: np.ndarray | None = None
        join(self._spans)

    def __len__(self) -> int:
        return len(self.parameters)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __repr__(self) -> str:
        return f"FlatParameters({len(self)} parameters)"

    def __reduce__(self) -> tuple[Any, ...]:
        return FlatParameters, (self.parameters,)

    @property
    def data(self) -> np.ndarray:
        """The numbers, float64 of shape (n,), to be read; assigning an array, or one number for all, writes them."""
        return self._read("data")

    @data.setter
    def data(self, data: Any) -> None:
        self._locate().data[self._where] = data

    @property
    def grad(self) -> np.ndarray:
        """The gradients, float64 of shape (n,), to be read; assigning an array, or one number for all, writes them."""
        return self._read("grad")

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._locate().grad[self._where] = grad

    @property
    def frozen(self) -> np.ndarray:
        """Which of them are frozen, bool of shape (n,), to be read."""
        return self._read("frozen")

    def add_gradient(self, gradient: np.ndarray) -> None:
        """Adds to the gradients, an array of shape (n,)."""
        self._combine(np.add, "grad", gradient)

    def subtract(self, move: np.ndarray) -> None:
        """Subtracts from the numbers, an array of shape (n,), in one go."""
        self._combine(np.subtract, "data", move)

    def _combine(self, how: np.ufunc, name: str, other: np.ndarray) -> None:
        stored = getattr(self._locate(), name)
        if isinstance(self._where, slice):
            stored = stored[self._where]
            how(stored, other, stored)
        else:
            stored[self._where] = how(stored[self._where], other)

    def stretch(self) -> np.ndarray:
        """Where their numbers lie now, from the first to the last of them in the order given, gaps included.

        It can be written, and is theirs until they are joined with other parameters.
        """
        storage = self._locate()
        if self._stretch is None:
            places = [p.span.start + p.at for p in (*self.parameters[:1], *self.parameters[-1:])]
            self._stretch = storage.data[places[0] : places[-1] + 1] if places else storage.data
        return self._stretch

    def places(self) -> np.ndarray:
        """Where in the stretch each of them lies."""
        self._locate()
        return np.arange(len(self)) if isinstance(self._where, slice) else self._where - self._where[:1]

    def _read(self, name: str) -> np.ndarray:
        """The part of that array of the storage that is theirs, not writeable: where they lie apart it is a copy."""
        if self._spans[0].storage is not self._storage:
            self._locate()
        return self._views[name] if self._views else _read_only(getattr(self._storage, name)[self._where])

    def _locate(self) -> Storage:
        """The arrays that hold them now. `_where` is a slice if they lie side by side, else their positions.

        `_views` are the stretches of those arrays by name, to be read again and again; it is empty if they lie apart.
        """
        storage = self._spans[0].storage
        if storage is not self._storage:
            where = np.array([p.span.start + p.at for p in self.parameters], dtype=np.intp)
            side_by_side = len(where) > 0 and bool(np.all(np.diff(where) == 1))
            self._where = slice(int(where[0]), int(where[-1]) + 1) if side_by_side else where
            names = ("data", "grad", "frozen") if side_by_side else ()
            self._views = {name: _read_only(getattr(storage, name)[self._where]) for name in names}
            self._storage, self._stretch = storage, None
        return storage


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


def belongs(item: Parameter | ParameterVector, path: str, scopes: tuple[Scope, ...]) -> None:
    """Nothing; says where in a model parameters are. They are called by that path unless they were given a label.

    A Parameter that is one number of a vector says it for the whole vector.
    """
    if isinstance(item, Parameter) and item.span.place.numbered:
        path = path.removesuffix(f".{item.at}")
    item.span.place = replace(item.span.place, path=path, scopes=scopes)


def _parameter(span: Span, at: int, label: str | None) -> Parameter:
    parameter = Parameter.__new__(Parameter)
    parameter._put(span, at, label)
    return parameter


def _reduce(parameter: Parameter) -> tuple[Any, ...]:
    return _parameter, (parameter.span, parameter.at, parameter._label)


copyreg.pickle(Parameter, _reduce)
