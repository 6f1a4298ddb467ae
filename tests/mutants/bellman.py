"""Wrong answers to task 22."""

MUTANTS = [
    ("future after the end", {"    if ended:\n        return reward\n": ""}),
    ("forgot the reward", {"        return reward\n": "        return 0.0\n"}),
    (
        "forgot the reward",
        {"return reward + discount": "return discount", "        return reward\n": "        return 0.0\n"},
    ),
    ("forgot the reward", {"return reward + discount": "return discount"}),
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
    ("future after the end", {"target(reward, ended, numbers": "target(reward, False, numbers"}),
    ("factor", {"return 0.5 * (": "return ("}),
    (
        "backward in the loss",
        {"return 0.5 * (": "e = 0.5 * (", "- value) ** 2": "- value) ** 2\n    e.backward()\n    return e"},
    ),
    ("changes its arguments", {"    return 0.5": "    next_values[:] = numbers\n    return 0.5"}),
    (
        "changes its arguments",
        {"    return 0.5": "    value.data = target(reward, ended, numbers, discount)\n    return 0.5"},
    ),
    ("forgot the square", {"return 0.5 * (": "return (", "discount) - value) ** 2": "discount) - value)"}),
    ("returns nothing", {"    return 0.5": "    0.5"}),
]
