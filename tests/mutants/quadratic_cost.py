"""Wrong answers to task 10."""

SQUARES = "total += sum((y - t) ** 2 for y, t in zip(output, target, strict=True))"

MUTANTS = [
    ("factor", {"total / (2 * len(outputs))": "total / len(outputs)"}),
    ("sum instead of mean", {"total / (2 * len(outputs))": "total / 2"}),
    ("sum instead of mean", {"total / (2 * len(outputs))": "total"}),
    ("mean over components", {"(2 * len(outputs))": "(2 * len(outputs) * len(outputs[0]))"}),
    ("forgot the square", {"(y - t) ** 2": "abs(y - t)"}),
    ("forgot the square", {"(y - t) ** 2": "y - t"}),
    ("doubled, not squared", {"(y - t) ** 2": "(y - t) * 2"}),
    (
        "length not squared",
        {
            "+= sum((y - t) ** 2 for y, t in zip(output, target, strict=True))": (
                "+= sum((y - t) ** 2 for y, t in zip(output, target, strict=True)) ** 0.5"
            )
        },
    ),
    (
        "square of the sum",
        {
            "sum((y - t) ** 2 for y, t in zip(output, target, strict=True))": (
                "sum(y - t for y, t in zip(output, target, strict=True)) ** 2"
            )
        },
    ),
    ("square of the sum", {SQUARES: "total += sum(abs(y - t) for y, t in zip(output, target, strict=True)) ** 2"}),
    ("= instead of +=", {"total += ": "total = "}),
    ("returns too early", {"    return total": "        return total"}),
    ("sign", {"(y - t) / n": "(t - y) / n"}),
    ("factor", {"(y - t) / n": "2 * (y - t) / n"}),
    ("sum instead of mean", {"(y - t) / n": "y - t"}),
    ("value instead of slope", {"(y - t) / n": "(y - t) ** 2 / (2 * n)"}),
    ("forgot the square", {"(y - t) / n": "(1 if y > t else -1 if y < t else 0) / n"}),
    (
        "returns too early",
        {
            SQUARES: "for y, t in zip(output, target, strict=True):\n            total += (y - t) ** 2",
            "    return total": "            return total",
        },
    ),
    ("brackets", {"total / (2 * len(outputs))": "total / 2 * len(outputs)"}),
    ("brackets", {"(y - t) ** 2": "(y - t**2)"}),
    ("brackets", {"(y - t) / n": "y - t / n"}),
    ("mean over components", {"    n = len(outputs)\n": "    n = len(outputs[0])\n"}),
    (
        "same list again",
        {
            "    n = len(outputs)\n": (
                "    n = len(outputs)\n"
                "    slopes = [[0.0] * len(outputs[0])] * n\n"
                "    for i, output in enumerate(outputs):\n"
                "        for k, y in enumerate(output):\n"
                "            slopes[i][k] = (y - targets[i][k]) / n\n"
                "    return slopes\n"
            )
        },
    ),
    ("returns nothing", {"    return total": "    total"}),
]
