"""Wrong answers to task 6."""

MUTANTS = [
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
    ("not the slope", {"y * (1 - y)": "y"}),
    ("half of the product", {"y * (1 - y)": "1 - y"}),
    ("plus for minus", {"1 - y)": "1 + y)"}),
    ("sign", {"return y * (1 - y)": "return y * (y - 1)"}),
    ("returns nothing", {"return y * (1 - y)": "y * (1 - y)"}),
]
