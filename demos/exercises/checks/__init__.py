"""The checks, a module for each task: HINTS, and `check`, whose parameters are the names an answer defines."""
