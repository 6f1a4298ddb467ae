"""Wrong answers to task 6."""

BODY = "    if z >= 0:\n        return 1 / (1 + exp(-z))\n    return exp(z) / (1 + exp(z))"
CAUGHT = "    try:\n        return 1 / (1 + exp(-z))\n    except OverflowError:\n        return 1.0"
NUMPY = {"from math import exp": "from numpy import errstate, exp"}
SILENTLY = "with errstate(all='ignore'):\n        return"

MUTANTS = [
    ("brackets", {BODY: "    return 1 / 1 + exp(-z)"}),
    ("overflow", {"z >= 0": "z <= 0"}),
    ("overflow", NUMPY | {BODY: f"    {SILENTLY} exp(z) / (1 + exp(z))"}),
    ("sign of z", {BODY: "    return 1 / (1 + exp(-abs(z)))"}),
    ("wrong limit", {BODY: CAUGHT}),
    ("wrong limit", {BODY: CAUGHT.replace("1 / (1 + exp(-z))", "exp(z) / (1 + exp(z))").replace("1.0", "0.0")}),
    ("sign of z", {"exp(z) / (1 + exp(z))": "exp(-z) / (1 + exp(-z))"}),
    ("sign of z", {BODY: "    return 1 / (1 + exp(z))"}),
    ("sign of z", {BODY: "    return exp(-z) / (1 + exp(-z))"}),
    ("wrong result", {BODY: "    return 1 / (1 + exp(-z)) if abs(z) < 10 else z > 0"}),
    ("sigmoid taken twice", {"y = sigmoid(z)": "y = sigmoid(sigmoid(z))"}),
    ("always the same", {"y * (1 - y)": "y * 1 - y"}),
    ("another function", {"y * (1 - y)": "1 - y * y"}),
    ("overflow", {"y * (1 - y)": "exp(-z) / (1 + exp(-z)) ** 2"}),
    ("overflow", {"y * (1 - y)": "1 / (2 + exp(z) + exp(-z))"}),
    ("overflow", NUMPY | {"return y * (1 - y)": f"{SILENTLY} exp(z) / (1 + exp(z)) ** 2"}),
    ("factor", {"y * (1 - y)": "2 * y * (1 - y)"}),
    ("overflow", {"    if z >= 0:\n        return 1 / (1 + exp(-z))\n    return": "    return"}),
    ("overflow", {"    if z >= 0:\n    ": "", "    return exp(z) / (1 + exp(z))\n": ""}),
    (
        "sign of z",
        {
            "z >= 0": "z <= 0",
            "return 1 / (1 + exp(-z))": "return 1 / (1 + exp(z))",
            "exp(z) / (1 + exp(z))": "exp(-z) / (1 + exp(-z))",
        },
    ),
    (
        "another function",
        {
            "from math import exp": "from math import tanh",
            "    if z >= 0:\n        return 1 / (1 + exp(-z))\n    return exp(z) / (1 + exp(z))": "    return tanh(z)",
        },
    ),
    ("sigmoid of z forgotten", {"y = sigmoid(z)": "y = z"}),
    ("value instead of slope", {"y * (1 - y)": "y"}),
    ("half of the product", {"y * (1 - y)": "1 - y"}),
    ("plus for minus", {"1 - y)": "1 + y)"}),
    ("sign", {"return y * (1 - y)": "return y * (y - 1)"}),
    ("returns nothing", {"return y * (1 - y)": "y * (1 - y)"}),
]
