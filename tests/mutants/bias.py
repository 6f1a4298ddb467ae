"""Wrong answers to task 2."""

MUTANTS = [
    ("sign", {"return -threshold": "return threshold"}),
    ("at the threshold", {"if total > 0": "if total >= 0"}),
    ("bias forgotten", {"total = bias + sum(": "total = sum("}),
    ("sign", {"if total > 0": "if total > 2 * bias"}),
    ("bias times the inputs", {"bias + sum(w * x": "sum((w + bias) * x"}),
    ("bias once per input", {"bias + sum(w * x": "sum(w * x + bias"}),
    ("no decision", {"return 1 if total > 0 else 0": "return total"}),
    ("another gate", {"-1.5": "-0.5"}),
    ("at the threshold", {"-1.5": "-2"}),
    ("sign", {"-1.5": "1.5"}),
    ("sign", {"[-1.0]": "[1.0]"}),
    ("not weights and bias", {"([-1.0], 0.5)": "(-1.0, 0.5)"}),
    ("other way round", {"([-2.0, -2.0], 3.0)": "([2.0, 2.0], -3.0)"}),
    ("not written yet", {"([-2.0, -2.0], 3.0)": "None"}),
]
