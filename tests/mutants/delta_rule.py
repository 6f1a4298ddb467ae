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
    ("only one weight", {NEW_WEIGHTS: "[weights[0] + lr * inputs[0] * error, *weights[1:]]"}),
    ("bias forgotten", {"output = bias + sum": "output = sum"}),
    ("bias not learned", {"bias + lr * error": "bias"}),
    ("bias once per input", {"bias + lr * error": "bias + len(inputs) * lr * error"}),
    ("changes, not weights", {"[w + lr": "[lr", "bias + lr * error": "lr * error"}),
    (
        "changes its arguments",
        {
            f"    return {NEW_WEIGHTS}": f"    weights[:] = {NEW_WEIGHTS}\n    return weights",
        },
    ),
    ("off by one", {"range(sweeps)": "range(1, sweeps)"}),
    ("one sweep only", {"    return weights, bias\n": "        return weights, bias\n    return weights, bias\n"}),
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
