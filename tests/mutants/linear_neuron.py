"""Wrong answers to task 3."""

TOTAL = "    return fee + sum(w * x for w, x in zip(prices, portions, strict=True))\n"
LOOP = "    for w, x in zip(prices, portions):\n        total = w * x\n    return total + fee\n"

MUTANTS = [
    ("bias forgotten", {"return fee + sum": "return sum"}),
    ("sign", {"return fee + sum": "return -fee + sum"}),
    ("bias once per input", {"fee + sum(w * x": "sum(w * x + fee"}),
    ("bias times the inputs", {"fee + sum(w * x": "sum((w + fee) * x"}),
    ("plus for times", {"w * x": "w + x"}),
    ("= instead of +=", {TOTAL: LOOP}),
    ("sign", {"t - bill(x, prices, fee)": "bill(x, prices, fee) - t"}),
    ("bias forgotten", {"t - bill(x, prices, fee)": "t - bill(x, prices, 0)"}),
    ("absolute values", {"t - bill(x, prices, fee)": "abs(t - bill(x, prices, fee))"}),
    ("outputs, not errors", {"t - bill(x, prices, fee)": "bill(x, prices, fee)"}),
]
