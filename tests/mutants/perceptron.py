"""Wrong answers to task 1."""

SUM = "    total = sum(w * x for w, x in zip(weights, facts, strict=True))\n"
LOOP = "    total = 0\n    for w, x in zip(weights, facts):\n        total += w * x\n"
DECISION = "    return 1 if total > threshold else 0\n"

MUTANTS = [
    ("at the threshold", {"total > threshold": "total >= threshold"}),
    ("other way round", {"total > threshold": "total < threshold"}),
    ("forgot the weights", {"w * x": "x"}),
    ("forgot the input", {"w * x": "w"}),
    ("no decision", {"return 1 if total > threshold else 0": "return total"}),
    ("no decision", {"return 1 if total > threshold else 0": "return total - threshold"}),
    ("other way round", {"1 if total > threshold else 0": "0 if total > threshold else 1"}),
    ("sign", {"total > threshold": "total + threshold > 0"}),
    ("plus for times", {"w * x": "w + x"}),
    ("all pairs", {"for w, x in zip(weights, facts, strict=True)": "for w in weights for x in facts"}),
    ("= instead of +=", {SUM: LOOP.replace("+=", "=")}),
    ("returns too early", {SUM + DECISION: f"{LOOP}    {DECISION}"}),
    ("returns too early", {SUM: f"{LOOP}        if total > threshold:\n            return 1\n"}),
    ("off by one", {"zip(weights, facts, strict=True)": "zip(weights[1:], facts[1:])"}),
    ("off by one", {"zip(weights, facts, strict=True)": "zip(weights[:-1], facts[:-1])"}),
    ("value as index", {SUM: "    total = sum(facts[i] * weights[i] for i in facts)\n"}),
    ("value as index", {SUM: "    total = sum(i * weights[i] for i in facts)\n"}),
    ("mean instead of sum", {"strict=True))": "strict=True)) / len(facts)"}),
    ("fixed numbers", {"total > threshold": "total > 7"}),
    ("-1 instead of 0", {"threshold else 0": "threshold else -1"}),
    ("not a number", {"1 if total > threshold else 0": "'yes' if total > threshold else 'no'"}),
    ("changes its arguments", {SUM: f"    facts[0] = facts[0] * weights[0]\n{SUM}"}),
    ("returns nothing", {"    return 1 if": "    1 if"}),
]
