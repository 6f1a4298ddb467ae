"""Wrong answers to task 17."""

DRAWN = "0.0 if rng.random() < rate else x / (1 - rate)"
RETURNED = f"return [{DRAWN} for x in xs]"

FIXED_COUNT = """gone = rng.permutation(len(xs))[: round(rate * len(xs))]
    return [0.0 if i in gone else x / (1 - rate) for i, x in enumerate(xs)]"""

IN_PAIRS = """draws = rng.random(len(xs))
    return [0.0 if draws[i // 2] < rate else x / (1 - rate) for i, x in enumerate(xs)]"""

ONE_FOR_HALF = """draws = rng.random(2)
    return [0.0 if draws[i % 2] < rate else x / (1 - rate) for i, x in enumerate(xs)]"""

AT_ONCE = f"""for x in xs:
        return [{DRAWN}]"""

IN_PLACE = """for i, x in enumerate(xs):
        xs[i] = 0.0 if rng.random() < rate else x / (1 - rate)
    return xs"""

MUTANTS = [
    ("forgot to scale", {"x / (1 - rate)": "x"}),
    ("wrong scale", {"x / (1 - rate)": "x / rate if rate else x"}),
    ("wrong scale", {"x / (1 - rate)": "x * (1 - rate)"}),
    ("wrong scale", {"x / (1 - rate)": "2 * x"}),
    ("brackets", {"x / (1 - rate)": "x / 1 - rate"}),
    ("keep and drop exchanged", {"rng.random() < rate": "rng.random() > rate"}),
    ("drops in evaluation", {"    if not training:\n        return list(xs)\n": ""}),
    ("scales in evaluation", {"return list(xs)": "return [x * (1 - rate) for x in xs]"}),
    ("other way round", {"if not training": "if training"}),
    ("nothing dropped", {"rng.random() < rate": "rng.random() < 0"}),
    ("wrong share", {"rng.random() < rate": "rng.random() ** 2 < rate"}),
    ("one draw for all", {RETURNED: f"draw = rng.random()\n    {RETURNED}".replace("rng.random() <", "draw <")}),
    ("always the same", {"    if not training": "    rng = np.random.default_rng(0)\n    if not training"}),
    ("not reproducible", {"rng.random()": "np.random.random()"}),
    ("fixed count", {RETURNED: FIXED_COUNT}),
    ("not independent", {RETURNED: IN_PAIRS}),
    ("wrong share", {RETURNED: ONE_FOR_HALF}),
    ("wrong share", {"rng.random() < rate": "rng.integers(0, 2) < rate"}),
    ("not a number", {RETURNED: "return rng.random(len(xs)) >= rate"}),
    ("returns too early", {RETURNED: AT_ONCE}),
    ("gradient lost", {"return list(xs)": "return np.array([float(x) for x in xs])"}),
    ("returns nothing", {"return list(xs)": "list(xs)", "    return [": "    if training:\n        return ["}),
    ("changes its arguments", {RETURNED: IN_PLACE}),
    ("gradient lost", {"x / (1 - rate)": "float(x) / (1 - rate)"}),
    ("wrong length", {DRAWN + " for x in xs": "x / (1 - rate) for x in xs if rng.random() >= rate"}),
    ("returns nothing", {"    return [": "    ["}),
]
