"""Module: anything that has parameters. It finds them by looking at its own attributes."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

import numpy as np

from autograd import ArgumentError, Parameter, ParameterVector, Scope, Value, belongs

from .errors import LoadError

if TYPE_CHECKING:
    from .train import History

Self = TypeVar("Self", bound="Module")

KINDS: dict[str, type[Module]] = {}
"""Every subclass of Module by the name that saved files know it by."""


class _Naming(ABCMeta):
    """The class of Module classes: once a module has been made, its parameters are told their paths in it.

    It comes from ABCMeta so that a module may be an abstract base class as well.
    """

    def __call__(cls, *args: Any, **options: Any) -> Any:
        module = super().__call__(*args, **options)
        if isinstance(module, Module):
            _name_parameters(module)
        return module


class Module(metaclass=_Naming):
    """Base of everything with parameters: assign Parameters, Modules, or lists or dicts of them, as attributes.

    A subclass defines `__call__`, and `config` if it is to be saved. What `__init__` has assigned is called by its
    path in the outermost module that was made of it; a label that was given stays.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Parameter(2.0), Parameter(1.0)
    ...
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> [name for name, _ in Line().named_parameters()]
    ['slope', 'offset']
    >>> Line()(1.0).args
    (Value(2.0, op=mul), Parameter(1.0, label='offset'))
    """

    training: bool = True
    fit: ClassVar[Callable[..., History]]  # stands in train.py, which sets it
    evaluate: ClassVar[Callable[..., dict[str, float]]]  # stands in train.py, which sets it

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        KINDS[kind_name(cls)] = cls

    def __call__(self, xs: Any) -> Any:
        raise ArgumentError(f"{type(self).__name__} defines no __call__; write what it computes from its inputs there")

    def parameters(self) -> list[Any]:
        """The parameters, in the order of the attributes; a shared one stands there once."""
        items = (item for _, item in _contents(self) if not isinstance(item, Module))
        rows = (item if isinstance(item, ParameterVector) else (item,) for item in items)
        return list(dict.fromkeys(chain.from_iterable(rows)))

    def named_parameters(self) -> list[tuple[str, Any]]:
        """Pairs of path and parameter, such as ("layers.0.neurons.3.w.1", p); a shared one under its first path.

        A leaf Value among the attributes counts as a parameter too; optimisers ask for Parameters.
        """
        names: dict[Value, str] = {}
        for path, item in _contents(self):
            if isinstance(item, ParameterVector):
                stem = _dotted(path)
                for at, parameter in enumerate(item):
                    names.setdefault(parameter, f"{stem}.{at}")
            elif isinstance(item, Value) and item not in names:
                names[item] = _dotted(path)
        return [(path, parameter) for parameter, path in names.items()]

    def named_modules(self) -> list[tuple[str, Module]]:
        """Pairs of path and module for every module inside, outer before inner; itself is not among them."""
        return [(_dotted(path), item) for path, item in _contents(self) if isinstance(item, Module)]

    def zero_grad(self) -> None:
        """Sets the gradient of every parameter to 0."""
        for _, item in _contents(self):
            if isinstance(item, ParameterVector):
                item.span.grad[:] = 0.0
            elif isinstance(item, Value):
                item.grad = 0.0

    def train(self: Self, training: bool = True) -> Self:
        """Itself, in training mode (in which dropout drops) together with everything inside."""
        self.training = training
        for _, module in self.named_modules():
            module.training = training
        return self

    def eval(self: Self) -> Self:
        """Itself, out of training mode."""
        return self.train(False)

    def freeze(self: Self, frozen: bool = True) -> Self:
        """Itself, with every parameter left alone by optimisers; `freeze(False)` takes that back."""
        for _, item in _contents(self):
            if isinstance(item, ParameterVector):
                item.span.frozen[:] = frozen
            elif isinstance(item, Parameter):
                item.frozen = frozen
        return self

    def state_dict(self) -> dict[str, float]:
        """The number of each parameter by its path."""
        return {path: parameter.data for path, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Sets each parameter to the number at its path.

        Raises LoadError, and changes nothing, if a path is missing or unknown or what it holds is no number.
        """
        if not isinstance(state, Mapping):
            raise LoadError(f"a state is a dict of numbers by path, as from state_dict(); got {type(state).__name__}")
        own = dict(self.named_parameters())
        _refuse_difference("missing", own.keys() - state.keys())
        _refuse_difference("unknown to this model", state.keys() - own.keys())
        numbers = {path: _number(path, state[path]) for path in own}
        for path, parameter in own.items():
            parameter.data = numbers[path]

    def config(self) -> dict[str, Any]:
        """The arguments that make another one like it; what `save` writes and `load` calls the class with."""
        raise ArgumentError(
            f"{type(self).__name__} cannot be saved as a whole: define config(), returning the arguments "
            "of its __init__ as a dict, or save its state_dict()"
        )

    def summary(self) -> str:
        """A table of the modules directly inside and their numbers of parameters, as text 80 columns wide at most."""
        rows = [("module", "what", "parameters")]
        for path, module in _contents(self, enter_modules=False):
            if isinstance(module, Module):
                rows.append((_dotted(path), repr(module), f"{len(module.parameters()):,}"))
        parameters = self.parameters()
        rows.append(("total", repr(self), f"{len(parameters):,}"))
        rows = [(_shortened(path, 30), what, number) for path, what, number in rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        widths[1] = min(widths[1], 76 - widths[0] - widths[2])
        rows = [(path, _shortened(what, widths[1]), number) for path, what, number in rows]
        lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c in rows]
        frozen = sum(getattr(parameter, "frozen", False) for parameter in parameters)
        return "\n".join(lines + ([f"{frozen:,} of them frozen"] if frozen else []))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def kind_name(kind: type[Module]) -> str:
    """The name of a class in saved files: bare for those of `nets`, with its module for a user's own."""
    module = kind.__module__
    return kind.__qualname__ if module.partition(".")[0] == "nets" else f"{module}.{kind.__qualname__}"


@contextmanager
def modes_kept(model: Module) -> Iterator[None]:
    """A context after which the model, and every module inside, is in the mode it was in before."""
    modes = [(module, module.training) for module in (model, *(module for _, module in model.named_modules()))]
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


Path: TypeAlias = "tuple[Path | None, Any]"
"""The path above, and the last key: strings are made of it only where a name is asked for."""


def _contents(module: Module, enter_modules: bool = True) -> Iterator[tuple[Path, Any]]:
    """Every parameter and module inside, with its path; each module, list and dict is entered once: cycles end.

    A ParameterVector comes as a whole, so that what is done to all its parameters may be done to its arrays.
    """
    entered = {id(module)}
    stack: list[tuple[Path, Any]] = [((None, name), item) for name, item in reversed(vars(module).items())]
    while stack:
        path, item = stack.pop()
        if isinstance(item, Value):
            if item.op is None:
                yield path, item
            continue
        if id(item) in entered:
            continue
        entered.add(id(item))
        inside: Iterable[tuple[Any, Any]] = ()
        if isinstance(item, Module):
            yield path, item
            inside = vars(item).items() if enter_modules else ()
        elif isinstance(item, dict):
            inside = item.items()
        elif isinstance(item, ParameterVector):
            yield path, item
        elif isinstance(item, (list, tuple)) or (isinstance(item, np.ndarray) and item.dtype == object):
            inside = enumerate(item)
        stack += reversed([((path, key), value) for key, value in inside])


def _name_parameters(module: Module) -> None:
    """Tells the parameters inside where they are: their paths, and the modules around them from outer to inner."""
    around: dict[Path | None, tuple[Scope, ...]] = {None: (Scope("", type(module).__name__),)}
    found: list[tuple[Path, Any, tuple[Scope, ...]]] = []
    for path, item in _contents(module):
        outer = path[0]
        while outer not in around:
            assert outer is not None
            outer = outer[0]
        if isinstance(item, Module):
            around[path] = (*around[outer], Scope(_dotted(path), type(item).__name__))
        elif isinstance(item, (Parameter, ParameterVector)):
            found.append((path, item, around[outer]))
    found.sort(key=lambda each: isinstance(each[1], Parameter))  # a number of a vector is called by the vector's path
    named = set()
    for path, item, scopes in found:
        if item.span not in named:  # a shared one by its first path
            named.add(item.span)
            belongs(item, _dotted(path), scopes)


def _dotted(path: Path | None) -> str:
    """The keys of a path with dots between them."""
    keys = []
    while path is not None:
        path, key = path
        keys.append(str(key))
    return ".".join(reversed(keys))


def _number(path: str, x: Any) -> float:
    if x.__class__ is float:
        return x
    try:
        return Value(x).data
    except TypeError as error:
        raise LoadError(f"the state does not fit this model: {path}: {error}; nothing was changed") from None


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _refuse_difference(what: str, paths: set[str]) -> None:
    if paths:
        shown = ", ".join(sorted(map(str, paths))[:3])
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        raise LoadError(f"the state does not fit this model: {what}: {shown}{more}; nothing was changed")
