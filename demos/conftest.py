"""Keeps pytest, which imports modules to find their doctests, from running the lessons by importing them."""

from demos.runner import LESSONS

collect_ignore = [f"{name}.py" for name in LESSONS]
