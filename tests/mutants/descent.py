"""Wrong answers to task 12."""

MUTANTS = [
    ("missing zero_grad", {"        for p in parameters:\n            p.grad = 0.0\n": ""}),
    (
        "missing zero_grad",
        {
            "    for step, batch in enumerate(batches):\n        for p in parameters:\n            p.grad = 0.0\n": (
                "    for p in parameters:\n        p.grad = 0.0\n    for step, batch in enumerate(batches):\n"
            )
        },
    ),
    ("sign", {"p.data -=": "p.data +="}),
    ("not annealed", {"annealed(lr, step, half_after) * p.grad": "lr * p.grad"}),
    ("off by one", {"enumerate(batches)": "enumerate(batches, 1)"}),
    ("off by one", {"1 + step / half_after": "1 + (step + 1) / half_after"}),
    (
        "annealed twice",
        {
            "            p.grad = 0.0\n": "            p.grad = 0.0\n        lr = annealed(lr, step, half_after)\n",
            "annealed(lr, step, half_after) * p.grad": "lr * p.grad",
        },
    ),
    ("forgot the learning rate", {"annealed(lr, step, half_after) * p.grad": "p.grad"}),
    ("= instead of -=", {"p.data -= annealed": "p.data = annealed"}),
    ("= instead of -=", {"p.data -= annealed": "p.data = -annealed"}),
    ("forgot to divide", {"step / half_after)": "step)"}),
    ("nothing moves", {"p.data -= annealed": "p = p - annealed"}),
    ("nothing moves", {".backward()": ""}),
    (
        "one parameter only",
        {"        for p in parameters:\n            p.data": "        for p in parameters[:1]:\n            p.data"},
    ),
    ("one parameter only", {"        for p in parameters:\n            p.data": "        p.data"}),
    (
        "one by one",
        {"        loss(batch).backward()\n        for p in parameters:\n": "            loss(batch).backward()\n"},
    ),
    ("returns too early", {"* p.grad": "* p.grad\n        return"}),
    ("one step too few", {"enumerate(batches)": "enumerate(batches[:-1])"}),
    (
        "one step at the end",
        {
            "    for step, batch in enumerate(batches):\n        for p in parameters:\n            p.grad = 0.0\n": (
                "    for step, batch in enumerate(batches):\n"
            ),
            "        for p in parameters:\n            p.data": "    for p in parameters:\n        p.data",
        },
    ),
    ("another schedule", {"lr / (1 + step / half_after)": "lr * 0.5 ** (step / half_after)"}),
    ("brackets", {"lr / (1 + step / half_after)": "lr / 1 + step / half_after"}),
    ("rounded down", {"step / half_after)": "step // half_after)"}),
    ("returns nothing", {"return lr": "lr"}),
]
