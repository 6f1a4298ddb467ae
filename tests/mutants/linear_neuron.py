"""Wrong answers to task 3."""

TOTAL = "    return fee + sum(w * x for w, x in zip(prices, portions, strict=True))\n"
LOOP = "    for w, x in zip(prices, portions):\n        total = w * x\n    return total + fee\n"
LOOP_FROM_FEE = "    total = fee\n    for w, x in zip(prices, portions):\n        total = w * x\n    return total\n"

MUTANTS = [
    ("bias forgotten", {"return fee + sum": "return sum"}),
    ("sign", {"return fee + sum": "return -fee + sum"}),
    ("bias once per input", {"fee + sum(w * x": "sum(w * x + fee"}),
    ("bias times the inputs", {"fee + sum(w * x": "sum((w + fee) * x"}),
    ("plus for times", {"w * x": "w + x"}),
    ("= instead of +=", {TOTAL: LOOP}),
    ("= instead of +=", {TOTAL: LOOP_FROM_FEE}),
    ("returns too early", {TOTAL: LOOP_FROM_FEE.replace(" = w", " += w").replace("    return", "        return")}),
    ("forgot the weights", {"w * x": "x"}),
    ("forgot the input", {"w * x": "w"}),
    ("all pairs", {"for w, x in zip(prices, portions, strict=True)": "for w in prices for x in portions"}),
    ("off by one", {"zip(prices, portions, strict=True)": "zip(prices[1:], portions[1:])"}),
    ("mean instead of sum", {"prices, portions, strict=True))": "prices, portions, strict=True)) / len(prices)"}),
    ("fixed numbers", {"return fee + sum": "return 0.5 + sum"}),
    ("wrong result", {"return fee + sum(": "return round(fee) + sum("}),
    ("sign", {"t - bill(x, prices, fee)": "bill(x, prices, fee) - t"}),
    ("bias forgotten", {"t - bill(x, prices, fee)": "t - bill(x, prices, 0)"}),
    ("absolute values", {"t - bill(x, prices, fee)": "abs(t - bill(x, prices, fee))"}),
    ("squared errors", {"t - bill(x, prices, fee)": "(t - bill(x, prices, fee)) ** 2"}),
    ("factor", {"t - bill(x, prices, fee)": "(t - bill(x, prices, fee)) / 2"}),
    ("sum of the errors", {"return [t - bill": "return sum([t - bill", "totals, strict=True)]": "totals)])"}),
    ("returns too early", {"totals, strict=True)]": "totals)][:1]"}),
    ("returns too early", {"totals, strict=True)]": "totals)][0]"}),
    ("starts over", {"totals, strict=True)]": "totals)][-1:]"}),
    ("reversed", {"totals, strict=True)]": "totals)][::-1]"}),
    ("not a list", {"return [t": "return {t", "totals, strict=True)]": "totals)}"}),
    ("outputs, not errors", {"t - bill(x, prices, fee)": "bill(x, prices, fee)"}),
]
