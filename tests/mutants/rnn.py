"""Wrong answers to task 20."""

MUTANTS = [
    ("no memory", {"h = tanh(w * x + u * h + b)": "h = tanh(w * x + u * 0.0 + b)"}),
    ("forgot tanh", {"h = tanh(w * x + u * h + b)": "h = w * x + u * h + b"}),
    ("only the last step", {"return said": "return said[-1]"}),
    ("only the last step", {"range(len(xs), 0, -1)": "[len(xs)]"}),
    ("= instead of +=", {"dw += dz": "dw = dz", "du += dz": "du = dz", "db += dz": "db = dz"}),
    ("= instead of +=", {"db += dz": "db = dz"}),
    ("nothing is added", {"range(len(xs), 0, -1)": "range(len(xs), 0)"}),
    ("slope of the sigmoid", {"1 - hs[t] ** 2": "hs[t] * (1 - hs[t])"}),
    ("bias forgotten", {"u * h + b": "u * h"}),
    ("wrong order", {"xs[t - 1]\n": "xs[-t]\n"}),
    ("only the last step", {"    return dw": "        return dw"}),
    ("forgot the slope", {" * (1 - hs[t] ** 2)": ""}),
    ("tanh taken twice", {"1 - hs[t] ** 2": "1 - tanh(hs[t]) ** 2"}),
    ("forgot the factor u", {"dh = dz * u": "dh = dz"}),
    ("forgot to multiply by the upstream gradient", {"dh = dz * u": "dh = u"}),
    ("forgot to multiply by the upstream gradient", {"        dh = dz * u\n": ""}),
    ("off by one", {"du += dz * hs[t - 1]": "du += dz * hs[t]"}),
    (
        "off by one",
        {
            "[0.0, *states(xs, w, u, b)]": "states(xs, w, u, b)",
            "range(len(xs), 0, -1)": "range(len(xs) - 1, -1, -1)",
            "xs[t - 1]\n": "xs[t]\n",
        },
    ),
    ("wrong order", {"range(len(xs), 0, -1)": "range(1, len(xs) + 1)"}),
    ("wrong order", {"return dw, du, db": "return db, dw, du"}),
    ("sign", {"hs[-1] - target": "target - hs[-1]"}),
    ("forgot the target", {"hs[-1] - target": "hs[-1]"}),
    ("factor", {"hs[-1] - target": "2 * (hs[-1] - target)"}),
    (
        "off by one",
        {
            "range(len(xs), 0, -1)": "range(len(xs) - 1, 0, -1)",
            "[0.0, *states(xs, w, u, b)]": "states(xs, w, u, b)",
            "xs[t - 1]\n": "xs[t]\n",
        },
    ),
    ("mean instead of sum", {"return dw, du, db": "return dw / len(xs), du / len(xs), db / len(xs)"}),
    ("returns nothing", {"    return dw, du, db": "    dw, du, db"}),
]
