"""Wrong answers to task 14."""

LOSS = "log(sum(exp(s - highest) for s in scores)) + highest - scores[label]"

MUTANTS = [
    ("overflow", {"    powers = [exp(s - highest)": "    powers = [exp(s)"}),
    ("overflow", {"    highest = max(scores)\n    powers": "    highest = scores[0]\n    powers"}),
    ("overflow", {"    highest = max(scores)\n    powers": "    highest = sum(scores) / len(scores)\n    powers"}),
    ("shifted in part", {"total = sum(powers)": "total = sum(exp(s) for s in scores)"}),
    (
        "shifted in part",
        {"    return [power / total for power in powers]": "    return [exp(s) / total for s in scores]"},
    ),
    ("forgot exp", {"    powers = [exp(s - highest) for s in scores]": "    powers = list(scores)"}),
    ("not normalised", {"power / total": "power"}),
    ("sign", {"    powers = [exp(s - highest)": "    powers = [exp(min(scores) - s)"}),
    ("log of 0", {LOSS: "-log(softmax(scores)[label])"}),
    ("log of 0", {LOSS: "-log(softmax(scores)[label] + 1e-12)"}),
    ("log of 0", {LOSS: "-log(max(softmax(scores)[label], 1e-15))"}),
    ("overflow", {LOSS: "log(sum(exp(s) for s in scores)) - scores[label]"}),
    ("sign", {LOSS: f"-({LOSS})"}),
    ("sign", {LOSS: "log(softmax(scores)[label])"}),
    ("factor", {LOSS: f"({LOSS}) / log(2)"}),
    ("factor", {LOSS: "-log(softmax(scores)[label], 10)"}),
    ("factor", {"    return log(sum": "    from math import log10\n\n    return log10(sum"}),
    ("shift not undone", {" + highest - scores": " - scores"}),
    ("shift not undone", {" + highest - scores": " - highest - scores"}),
    ("off by one", {"scores[label]": "scores[label - 1]"}),
    ("wrong result", {LOSS: f"-log(softmax(scores)[label]) if softmax(scores)[label] else {LOSS[42:]}"}),
    ("forgot log", {LOSS: "1 - softmax(scores)[label]"}),
    ("all labels", {LOSS: "sum(log(sum(exp(s - highest) for s in scores)) + highest - s for s in scores)"}),
    ("sign", {"p - (1.0 if i == label else 0.0)": "(1.0 if i == label else 0.0) - p"}),
    ("sign", {"p - (1.0 if i == label else 0.0)": "1 - p if i == label else p"}),
    ("not the loss", {"p - (1.0 if i == label else 0.0)": "p * (1 - p)"}),
    ("one-hot forgotten", {"p - (1.0 if i == label else 0.0)": "p"}),
    ("label only", {"p - (1.0 if i == label else 0.0)": "p - 1.0 if i == label else 0.0"}),
    ("returns nothing", {"return [p - ": "[p - "}),
]
