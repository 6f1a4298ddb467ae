"""Wrong answers to task 2."""

TOTAL = "    total = bias + sum(w * x for w, x in zip(weights, facts, strict=True))\n"
LOOP = "    total = bias\n    for w, x in zip(weights, facts):\n        total += w * x\n"

MUTANTS = [
    ("sign", {"return -threshold": "return -abs(threshold)"}),
    ("offset", {"return -threshold": "return 1 - threshold"}),
    ("sign", {"return -threshold": "return threshold"}),
    ("at the threshold", {"if total > 0": "if total >= 0"}),
    ("bias forgotten", {"total = bias + sum(": "total = sum("}),
    ("sign", {"if total > 0": "if total > 2 * bias"}),
    ("bias times the inputs", {"bias + sum(w * x": "sum((w + bias) * x"}),
    ("bias once per input", {"bias + sum(w * x": "sum(w * x + bias"}),
    ("bias forgotten", {"if total > 0": "if total > bias"}),
    ("forgot the weights", {"w * x": "x"}),
    ("forgot the input", {"w * x": "w"}),
    ("plus for times", {"w * x": "w + x"}),
    ("= instead of +=", {TOTAL: LOOP.replace("+=", "=")}),
    ("returns too early", {TOTAL: LOOP + "        break\n"}),
    ("off by one", {"zip(weights, facts, strict=True)": "zip(weights[:-1], facts[:-1])"}),
    ("other way round", {"1 if total > 0 else 0": "0 if total > 0 else 1"}),
    ("-1 instead of 0", {"0 else 0": "0 else -1"}),
    ("no decision", {"return 1 if total > 0 else 0": "return total"}),
    ("another gate", {"-1.5": "-0.5"}),
    ("at the threshold", {"-1.5": "-2"}),
    ("always the same", {"-1.5": "-2.5"}),
    ("wrong result", {"([1.0, 1.0], -1.5)": "([1.0, 0.0], -0.5)"}),
    ("another gate", {"3.0)": "1.0)"}),
    ("always the same", {"([-1.0], 0.5)": "([-1.0], 1.5)"}),
    ("sign", {"-1.5": "1.5"}),
    ("sign", {"[-1.0]": "[1.0]"}),
    ("not weights and bias", {"([-1.0], 0.5)": "(-1.0, 0.5)"}),
    ("other way round", {"([-2.0, -2.0], 3.0)": "([2.0, 2.0], -3.0)"}),
    ("not written yet", {"([-2.0, -2.0], 3.0)": "None"}),
]
