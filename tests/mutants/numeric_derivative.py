"""Wrong answers to task 5."""

FORWARD = "(f(x + h) - f(x)) / h"
CENTRAL = "(f(x + h) - f(x - h)) / (2 * h)"
BEST = "min(steps, key=lambda h: abs(difference(f, x, h) - slope))"

MUTANTS = [
    ("backward difference", {FORWARD: "(f(x) - f(x - h)) / h"}),
    ("forgot to divide", {FORWARD: "f(x + h) - f(x)"}),
    ("sign", {FORWARD: "(f(x) - f(x + h)) / h"}),
    ("brackets", {FORWARD: "f(x + h) - f(x) / h"}),
    ("plus for minus", {FORWARD: "(f(x + h) + f(x)) / h"}),
    ("h is not used", {FORWARD: "(f(x + 1e-8) - f(x)) / 1e-8"}),
    ("wrong result", {FORWARD: "round((f(x + h) - f(x)) / h, 3)"}),
    ("factor", {"(2 * h)": "h"}),
    ("h is not used", {CENTRAL: "(f(x + 1e-5) - f(x - 1e-5)) / 2e-5"}),
    ("forgot to divide", {"(2 * h)": "2"}),
    ("backward difference", {CENTRAL: "(f(x) - f(x - h)) / h"}),
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
    ("off by one", {"range(1, 16)": "range(1, 17)"}),
    ("off by one", {"range(1, 16)": "range(2, 16)"}),
    ("off by one", {BEST: f"10 * {BEST}"}),
    ("exponent, not step", {BEST: f"steps.index({BEST})"}),
    ("exponent, not step", {BEST: f"steps.index({BEST}) + 1"}),
    ("sign", {"10.0**-k": "10.0**k"}),
    ("^ for **", {"10.0**-k": "10 ^ -k"}),
    ("always the same step", {BEST: "1e-8"}),
    (
        "stops too early",
        {
            f"    return {BEST}": """\
    for h, smaller in zip(steps, steps[1:]):
        if abs(difference(f, x, smaller) - slope) >= abs(difference(f, x, h) - slope):
            return h
    return steps[-1]"""
        },
    ),
    (
        "stops too early",
        {
            f"    return {BEST}": """\
    h = 0.1
    while abs(difference(f, x, h / 10) - slope) < abs(difference(f, x, h) - slope):
        h /= 10
    return h"""
        },
    ),
    ("always the same difference", {"abs(difference(": "abs(central_difference("}),
]
