"""Wrong answers to task 22."""

MUTANTS = [
    ("goal has no future", {"    if ended:\n        return reward\n": ""}),
    ("forgot the reward", {"        return reward\n": "        return 0.0\n"}),
    (
        "forgot the reward",
        {"return reward + discount": "return discount", "        return reward\n": "        return 0.0\n"},
    ),
    ("other way round", {"if ended": "if not ended"}),
    ("min instead of max", {"max(next_values)": "min(next_values)"}),
    ("mean instead of max", {"max(next_values)": "sum(next_values) / len(next_values)"}),
    ("maximum from 0", {"max(next_values)": "max([0.0, *next_values])"}),
    ("forgot the discount", {"discount * max": "max"}),
    ("discounted reward", {"reward + discount * max(next_values)": "discount * (reward + max(next_values))"}),
    ("sign", {"reward + discount": "reward - discount"}),
    ("numbers, not Values", {"max(next_values)": "max(v.data for v in next_values)"}),
    ("gradient through the target", {"[v.data for v in next_values]": "next_values"}),
    (
        "value taken as a number",
        {"[v.data for v in next_values]": "next_values", "discount) - value)": "discount) - value.data)"},
    ),
    ("value taken as a number", {"discount) - value)": "discount) - value.data)"}),
    ("goal has no future", {"target(reward, ended, numbers": "target(reward, False, numbers"}),
    ("factor", {"return 0.5 * (": "return ("}),
    ("forgot the square", {"return 0.5 * (": "return (", "discount) - value) ** 2": "discount) - value)"}),
    ("returns nothing", {"    return 0.5": "    0.5"}),
]
