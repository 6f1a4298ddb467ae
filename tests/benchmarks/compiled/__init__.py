"""Steps compiled by `jit` beside the same steps in hand-written NumPy, jax.jit and PyTorch, on one thread."""
