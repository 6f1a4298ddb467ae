"""Wrong answers, a module for each exercise: MUTANTS is a list of (the diagnosis that is expected, the answer).

The answer is a dict of edits of the reference solution, each old text standing there exactly once, or a whole file.
"""
