"""Those who take a problem's step: eager Values, the same compiled, NumPy by hand, jax.jit, PyTorch, micrograd."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from autograd import jit
from nets import SGD, Adam
from nets.optim import Optimizer

from ..engines import Engine
from ..net_jobs import moons_job
from ..workloads import Job
from .problem import Arrays, Problem, Scalar


class Contender(Engine):
    """One who takes the step of one problem, in one precision; an Engine, so that `measure` can time it."""

    name: ClassVar[str]
    package: ClassVar[str] = "numpy"

    def __init__(self, problem: Problem, dtype: str) -> None:
        self.problem, self.dtype, self.data = problem, dtype, problem.data_as(dtype)

    def step(self) -> Any:
        """One step: the loss, its gradients, the update."""
        raise NotImplementedError

    def loss_and_gradients(self) -> tuple[float, Arrays]:
        """Both at the weights of now, which stay."""
        raise NotImplementedError

    def numbers(self) -> Arrays:
        """The weights of now."""
        raise NotImplementedError

    def initial(self) -> Arrays:
        """The weights that all start from."""
        weights = self.problem.scalar().read("data")
        return {name: np.ascontiguousarray(array, dtype=self.dtype) for name, array in weights.items()}

    def job(self, steps: int) -> Job:
        """So many steps as one job for `measure.times`."""

        def run(_: Any) -> None:
            step = self.step
            for _ in range(steps):
                step()

        return Job(self, lambda: None, run, lambda _: [])


class Eager(Contender):
    """The scalar code as it is."""

    name = "eager"

    def __init__(self, problem: Problem, dtype: str) -> None:
        super().__init__(problem, dtype)
        self.scalar = problem.scalar()
        self.optimizer = optimizer(problem, self.scalar)
        self.loss = self.prepared(self.scalar.loss)

    def prepared(self, loss: Callable[..., Any]) -> Callable[..., Any]:
        """The function that each step calls."""
        return loss

    def step(self) -> None:
        total = self.loss(*self.data)
        self.optimizer.zero_grad()
        total.backward()
        self.optimizer.step()

    def loss_and_gradients(self) -> tuple[float, Arrays]:
        total = self.loss(*self.data)
        self.optimizer.zero_grad()
        total.backward()
        return total.data, self.scalar.read("grad")

    def numbers(self) -> Arrays:
        return self.scalar.read("data")


class Compiled(Eager):
    """The same scalar code, under `jit`."""

    name = "jit"

    def prepared(self, loss: Callable[..., Any]) -> Callable[..., Any]:
        return jit(loss, dtype=self.dtype)


class Hand(Contender):
    """NumPy by hand."""

    name = "numpy"

    def __init__(self, problem: Problem, dtype: str) -> None:
        super().__init__(problem, dtype)
        self.by_hand = problem.by_hand(self.initial(), self.data, problem.descent, dtype)

    def step(self) -> None:
        self.by_hand.step()

    def loss_and_gradients(self) -> tuple[float, Arrays]:
        loss = self.by_hand.loss()
        return loss, {name: array.copy() for name, array in self.by_hand.gradients.items()}

    def numbers(self) -> Arrays:
        return self.by_hand.weights


class Jax(Contender):
    """One function under jax.jit, with the update in it and the weights donated to it; each step is waited for."""

    name = package = "jax"

    def __init__(self, problem: Problem, dtype: str) -> None:
        super().__init__(problem, dtype)
        import jax

        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_cpu_enable_async_dispatch", False)  # a step is waited for anyway
        self.jax = jax
        put = jax.numpy.asarray
        self.data = tuple(put(array) for array in self.data)
        weights = {name: put(array) for name, array in self.initial().items()}
        zeros = [{name: jax.numpy.zeros_like(array) for name, array in weights.items()} for _ in range(2)]
        self.state: Any = (weights, *zeros, put(0.0, dtype=self.dtype)) if problem.descent.adam else (weights,)
        self.value_and_grad = jax.value_and_grad(lambda weights, *data: problem.jax_loss(jax, weights, *data))
        self.jitted = jax.jit(self._moved, donate_argnums=0)

    def _moved(self, state: Any, *data: Any) -> Any:
        loss, gradients = self.value_and_grad(state[0], *data)
        tree_map, descent = self.jax.tree.map, self.problem.descent
        if not descent.adam:
            return loss, (tree_map(lambda w, g: w - descent.rate * g, state[0], gradients),)
        weights, mean, square, step = state
        (b1, b2), step = descent.betas, step + 1
        mean = tree_map(lambda m, g: b1 * m + (1 - b1) * g, mean, gradients)
        square = tree_map(lambda v, g: b2 * v + (1 - b2) * g * g, square, gradients)
        rate, correction = descent.rate / (1 - b1**step), 1 / (1 - b2**step)
        root = self.jax.numpy.sqrt
        new = tree_map(lambda w, m, v: w - rate * m / (root(v * correction) + descent.eps), weights, mean, square)
        return loss, (new, mean, square, step)

    def step(self) -> None:
        loss, self.state = self.jitted(self.state, *self.data)
        self.jax.block_until_ready((loss, self.state))

    def loss_and_gradients(self) -> tuple[float, Arrays]:
        loss, gradients = self.value_and_grad(self.state[0], *self.data)
        return float(loss), {name: np.asarray(array) for name, array in gradients.items()}

    def numbers(self) -> Arrays:
        return {name: np.asarray(array) for name, array in self.state[0].items()}


class Torch(Contender):
    """PyTorch, eager, with its own optimisers."""

    name = package = "torch"

    def __init__(self, problem: Problem, dtype: str) -> None:
        super().__init__(problem, dtype)
        import torch

        torch.set_num_threads(1)
        self.torch, descent = torch, problem.descent
        self.data = tuple(torch.from_numpy(array) for array in self.data)
        self.weights = {name: torch.from_numpy(w).requires_grad_() for name, w in self.initial().items()}
        chosen, rate = list(self.weights.values()), descent.rate
        self.optimizer: Any = torch.optim.SGD(chosen, lr=rate)
        if descent.adam:
            self.optimizer = torch.optim.Adam(chosen, lr=rate, betas=descent.betas, eps=descent.eps)

    def step(self) -> None:
        loss = self.problem.torch_loss(self.torch, self.weights, *self.data)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def loss_and_gradients(self) -> tuple[float, Arrays]:
        loss = self.problem.torch_loss(self.torch, self.weights, *self.data)
        self.optimizer.zero_grad()
        loss.backward()
        return loss.item(), {name: w.grad.numpy().copy() for name, w in self.weights.items()}

    def numbers(self) -> Arrays:
        return {name: w.detach().numpy() for name, w in self.weights.items()}


class Micrograd(Contender):
    """micrograd's two-moons step, which is that of workload (b)."""

    name = package = "micrograd"

    def __init__(self, problem: Problem, dtype: str) -> None:
        from ..engines import Micrograd as Adapter

        super().__init__(problem, dtype)
        self.adapter = Adapter()
        self.micrograd = moons_job(self.adapter)

    def step(self) -> None:
        self.micrograd.backward(self.micrograd.forward())

    def loss_and_gradients(self) -> tuple[float, Arrays]:
        scalar, job = self.problem.scalar(), moons_job(self.adapter)
        graph = job.forward()
        job.backward(graph)
        for p, gradient in zip(scalar.trained, job.gradients(graph), strict=True):
            p.grad = gradient
        return graph.data, scalar.read("grad")


FAST: tuple[type[Contender], ...] = (Compiled, Hand, Jax, Torch)
"""Those who take microseconds; the first is timed next to each of the others."""


@dataclass(frozen=True)
class Present:
    """The fast contenders that can be had, and a sentence about each of the others."""

    kinds: tuple[type[Contender], ...]
    skipped: tuple[str, ...]


def present() -> Present:
    """Who of FAST is there."""
    skipped = tuple(f"skipped: {kind.name} is not installed" for kind in FAST if not installed(kind))
    return Present(tuple(filter(installed, FAST)), skipped)


def installed(kind: type[Contender]) -> bool:
    """Whether what it needs can be imported."""
    return importlib.util.find_spec(kind.package) is not None


def optimizer(problem: Problem, scalar: Scalar) -> Optimizer:
    """The optimiser of `nets` that the problem asks for."""
    descent = problem.descent
    if descent.adam:
        return Adam(scalar.trained, lr=descent.rate, betas=descent.betas, eps=descent.eps)
    return SGD(scalar.trained, lr=descent.rate)
