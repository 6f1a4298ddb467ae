"""Wrong answers to task 4."""

NEW_WEIGHTS = "[w + lr * x * error for w, x in zip(weights, inputs, strict=True)]"
STEP = "            weights, bias = delta_step(weights, bias, portions, total, lr)"

MUTANTS = [
    ("sign", {"target - output": "output - target"}),
    ("forgot the input", {"lr * x * error": "lr * error"}),
    ("forgot the learning rate", {"lr * x * error": "x * error", "bias + lr * error": "bias + error"}),
    ("arguments swapped", {"lr * x * error": "lr * w * error"}),
    (
        "output computed anew",
        {
            f"    return {NEW_WEIGHTS}, bias + lr * error\n": """\
    weights = list(weights)
    for k, x in enumerate(inputs):
        weights[k] += lr * x * error
        error = target - bias - sum(w * x for w, x in zip(weights, inputs))
    return weights, bias + lr * error
"""
        },
    ),
    (
        "output computed anew",
        {
            f"    return {NEW_WEIGHTS}, bias + lr * error\n": """\
    weights = list(weights)
    for k, x in enumerate(inputs):
        error = target - bias - sum(w * x for w, x in zip(weights, inputs))
        weights[k] += lr * x * error
    return weights, bias + lr * error
"""
        },
    ),
    ("only one weight", {NEW_WEIGHTS: "[weights[0] + lr * inputs[0] * error, *weights[1:]]"}),
    ("bias forgotten", {"output = bias + sum": "output = sum"}),
    ("bias not learned", {"bias + lr * error": "bias"}),
    ("bias once per input", {"bias + lr * error": "bias + len(inputs) * lr * error"}),
    ("sign", {"bias + lr * error": "bias - lr * error"}),
    ("sign", {"[w + lr": "[w - lr"}),
    ("forgot the learning rate", {"bias + lr * error": "bias + error"}),
    ("arguments swapped", {"bias + lr * error": "bias + lr * bias * error"}),
    (
        "brackets",
        {
            "error = target - output": "",
            "lr * x * error": "lr * x * target - output",
            "lr * error": "lr * target - output",
        },
    ),
    ("squared errors", {"target - output": "(target - output) ** 2"}),
    ("absolute values", {"target - output": "abs(target - output)"}),
    ("times for plus", {"w + lr * x": "w * lr * x", "bias + lr": "bias * lr"}),
    ("factor", {"target - output": "2 * (target - output)"}),
    ("factor", {"target - output": "(target - output) / 2"}),
    ("bias times the inputs", {"bias + lr * error": "bias + lr * inputs[-1] * error"}),
    ("bias times the inputs", {"bias + lr * error": "bias + lr * sum(inputs) * error"}),
    ("weights not learned", {NEW_WEIGHTS: "weights"}),
    (
        "output computed anew",
        {
            "    error = target - output\n": """\
    bias += lr * (target - output)
    error = target - bias - sum(w * x for w, x in zip(weights, inputs))
""",
            "bias + lr * error": "bias",
        },
    ),
    ("returns too early", {NEW_WEIGHTS: f"{NEW_WEIGHTS}[:1]"}),
    ("flat list", {f"{NEW_WEIGHTS}, bias + lr * error": f"[*{NEW_WEIGHTS}, bias + lr * error]"}),
    ("wrong order", {f"{NEW_WEIGHTS}, bias + lr * error": f"bias + lr * error, {NEW_WEIGHTS}"}),
    ("wrong length", {f"{NEW_WEIGHTS}, bias + lr * error": NEW_WEIGHTS}),
    ("nothing learned", {f"{NEW_WEIGHTS}, bias + lr * error": "weights, bias"}),
    ("changes, not weights", {"[w + lr": "[lr", "bias + lr * error": "lr * error"}),
    (
        "changes its arguments",
        {
            f"    return {NEW_WEIGHTS}": f"    weights[:] = {NEW_WEIGHTS}\n    return weights",
        },
    ),
    ("returns too early", {"    return weights, bias\n": "            return weights, bias\n"}),
    ("weights not learned", {"weights, bias = delta_step": "_, bias = delta_step"}),
    ("bias not learned", {"weights, bias = delta_step": "weights, _ = delta_step"}),
    ("all pairs", {"zip(lunches, totals, strict=True)": "[(x, t) for x in lunches for t in totals]"}),
    ("off by one", {"range(sweeps)": "range(1, sweeps)"}),
    ("one sweep only", {"    return weights, bias\n": "        return weights, bias\n    return weights, bias\n"}),
    (
        "one sweep only",
        {
            "    for _ in range(sweeps)": "    pairs = zip(lunches, totals)\n    for _ in range(sweeps)",
            "zip(lunches, totals, strict=True)": "pairs",
        },
    ),
    ("nothing learned", {"weights, bias = delta_step": "delta_step"}),
    ("starts over", {"weights, bias = delta_step": "w, b = delta_step", "return weights, bias\n": "return w, b\n"}),
    (
        "batch instead of online",
        {
            "        for portions": "        old_weights, old_bias = weights, bias\n        for portions",
            STEP: """\
            new_weights, new_bias = delta_step(old_weights, old_bias, portions, total, lr)
            weights = [w + new - old for w, new, old in zip(weights, new_weights, old_weights, strict=True)]
            bias += new_bias - old_bias""",
        },
    ),
    (
        "wrong order",
        {
            "    for _ in range(sweeps):\n        for portions, total in zip(lunches, totals, strict=True):": """\
    for portions, total in zip(lunches, totals, strict=True):
        for _ in range(sweeps):"""
        },
    ),
]
