"""Wrong answers to task 1."""

MUTANTS = [
    ("at the threshold", {"total > threshold": "total >= threshold"}),
    ("other way round", {"total > threshold": "total < threshold"}),
    ("no weights", {"w * x": "x"}),
    ("no facts", {"w * x": "w"}),
    ("no decision", {"return 1 if total > threshold else 0": "return total"}),
    ("returns nothing", {"    return 1 if": "    1 if"}),
]
