"""Wrong answers to task 5."""

FORWARD = "(f(x + h) - f(x)) / h"
CENTRAL = "(f(x + h) - f(x - h)) / (2 * h)"
BEST = "min(steps, key=lambda h: abs(difference(f, x, h) - slope))"

MUTANTS = [
    ("backward difference", {FORWARD: "(f(x) - f(x - h)) / h"}),
    ("forgot to divide", {FORWARD: "f(x + h) - f(x)"}),
    ("sign", {FORWARD: "(f(x) - f(x + h)) / h"}),
    ("brackets", {FORWARD: "f(x + h) - f(x) / h"}),
    ("factor", {"(2 * h)": "h"}),
    ("brackets", {"(2 * h)": "2 * h"}),
    ("forward difference", {CENTRAL: "(f(x + h) - f(x)) / h + 0"}),
    ("half the step", {CENTRAL: "(f(x + h / 2) - f(x - h / 2)) / h"}),
    ("always the smallest step", {BEST: "min(steps)"}),
    ("always the largest step", {BEST: "max(steps)"}),
    ("error, not step", {BEST: "min(abs(difference(f, x, h) - slope) for h in steps)"}),
    ("forgot abs", {"abs(difference(f, x, h) - slope)": "difference(f, x, h) - slope"}),
    ("other way round", {"min(steps": "max(steps"}),
    ("off by one", {"range(1, 16)": "range(1, 15)"}),
    ("off by one", {"range(1, 16)": "range(16)"}),
    ("always the same difference", {"abs(difference(": "abs(central_difference("}),
]
