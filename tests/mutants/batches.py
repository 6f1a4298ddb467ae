"""Wrong answers to task 11."""

MUTANTS = [
    ("mean instead of sum", {"return of_w, of_b": "return [s / len(examples) for s in of_w], of_b / len(examples)"}),
    ("= instead of +=", {"of_w[k] += slope": "of_w[k] = slope", "of_b += db": "of_b = db"}),
    ("= instead of +=", {"of_b += db": "of_b = db"}),
    ("= instead of +=", {"of_w[k] += slope": "of_w[k] = slope"}),
    ("returns too early", {"    return of_w, of_b": "        return of_w, of_b"}),
    ("bias forgotten", {"        of_b += db\n": ""}),
    (
        "lists joined",
        {"        for k, slope in enumerate(dw):\n            of_w[k] += slope\n": "        of_w += dw\n"},
    ),
    (
        "steps within the batch",
        {
            "        of_b += db\n": (
                "        of_b += db\n        w = [w_k - slope for w_k, slope in zip(w, dw)]\n        b -= db\n"
            )
        },
    ),
    (
        "changes its arguments",
        {"            of_w[k] += slope\n": ("            of_w[k] += slope\n            w[k] -= 0.1 * slope\n")},
    ),
    (
        "mean example",
        {
            "    of_w, of_b = [0.0] * len(w), 0.0\n": (
                "    n = len(examples)\n"
                "    middle = [sum(x[k] for x, _ in examples) / n for k in range(len(w))]\n"
                "    return example_gradient(middle, sum(t for _, t in examples) / n, w, b)\n"
                "    of_w, of_b = [0.0] * len(w), 0.0\n"
            )
        },
    ),
    ("bias forgotten", {"return of_w, of_b": "return of_w"}),
    ("wrong order", {"return of_w, of_b": "return of_b, of_w"}),
    ("flat list", {"return of_w, of_b": "return [*of_w, of_b]"}),
    ("bias once per input", {"        of_b += db\n": "            of_b += db\n"}),
    (
        "= instead of +=",
        {"    for x, t in examples:\n": "    for x, t in examples:\n        of_w, of_b = [0.0] * len(w), 0.0\n"},
    ),
    ("returns nothing", {"    return of_w, of_b": "    of_w, of_b"}),
    ("drops the rest", {"range(0, len(examples), size)": "range(0, len(examples) - size + 1, size)"}),
    ("overlapping", {"range(0, len(examples), size)": "range(len(examples))"}),
    ("empty batch", {"range(0, len(examples), size)": "range(0, len(examples) + 1, size)"}),
    (
        "same list again",
        {
            "    return [examples[start": (
                "    cut, batch = [], []\n"
                "    for example in examples:\n"
                "        batch.append(example)\n"
                "        if len(batch) == size:\n"
                "            cut.append(batch)\n"
                "            batch.clear()\n"
                "    return [*cut, batch] if batch else cut\n"
                "    return [examples[start"
            )
        },
    ),
    ("off by one", {"start + size]": "start + size - 1]"}),
    ("wrong order", {"[examples[start : start + size]": "[sorted(examples[start : start + size])"}),
]
