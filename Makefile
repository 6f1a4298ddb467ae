# Two commands: `make demo` and `make test`. Both first make .venv and install what they need.

PYTHON ?= python3
VENV := .venv/bin

.PHONY: demo test lint bench clean

demo: .venv/installed
	$(VENV)/python -m demos digits

test: .venv/installed
	$(VENV)/python -m pytest

lint: .venv/installed
	$(VENV)/ruff check .
	$(VENV)/mypy

# Side by side with micrograd and xad, as far as they can be had; with torch and jax where they are installed already.
bench: .venv/installed
	-$(VENV)/python -m pip install --quiet micrograd
	-$(VENV)/python -m pip install --quiet xad
	$(VENV)/python -m tests.benchmarks

clean:
	rm -rf .venv out build *.egg-info

.venv/installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(VENV)/python -m pip install --quiet --editable ".[demos,test,browser,dev]"
	touch $@
