"""Wrong answers to task 16."""

ORDER = "order = rng.permutation(len(xs))"
TEST_LABELS = "[ys[i] for i in test]"
WITH_REPLACEMENT = "test = rng.choice(len(xs), size)\n    train = [i for i in order if i not in test]"
RATE = "return sum(predict(x) != y for x, y in zip(xs, ys, strict=True)) / len(xs)"
RETURN_IN_THE_LOOP = """wrong = 0
    for x, y in zip(xs, ys):
        wrong += predict(x) != y
        return wrong / len(xs)"""
WAITS = "            best = epoch\n        elif epoch - best >= patience"
COUNTS_THE_FIRST = """            best, waited = epoch, 0
        else:
            waited += 1
        if waited >= patience"""
STOP = "            break\n"
RETURNS_INSIDE = {f"{STOP}    return best\n": "            return best\n"}
FALLS_BACK = """\
    waited = 0
    for i in range(1, len(losses)):
        waited = 0 if losses[i] < losses[i - 1] else waited + 1
        if waited >= patience:
            return i - patience
    return len(losses) - 1
    best = 0
"""

MUTANTS = [
    ("overlap", {"order[:size], order[size:]": "order[:size], order"}),
    ("overlap", {"order[size:]\n": "rng.permutation(len(xs))[size:]\n"}),
    ("something lost", {"order[size:]": "order[size + 1 :]"}),
    ("drawn twice", {"test, train = order[:size], order[size:]": WITH_REPLACEMENT}),
    ("not shuffled", {ORDER: "order = range(len(xs))"}),
    ("shuffled apart", {TEST_LABELS: "[ys[i] for i in rng.permutation(test)]"}),
    ("shuffled apart", {"for i in train], [ys[i] for i in train]": "for i in train], ys[size:]"}),
    ("parts exchanged", {"test, train = order": "train, test = order"}),
    ("wrong share", {"round(share * len(xs))": "1"}),
    ("rounded down", {"round(share * len(xs))": "int(share * len(xs))"}),
    ("wrong share", {"round(share * len(xs))": "int((rng.random(len(xs)) < share).sum())"}),
    ("wrong shape", {ORDER: f"{ORDER}\n    ys = xs"}),
    ("wrong shape", {ORDER: "xs, ys = zip(*rng.permutation(list(zip(xs, ys))))\n    order = range(len(xs))"}),
    ("not reproducible", {ORDER: "order = np.random.default_rng().permutation(len(xs))"}),
    ("always the same", {ORDER: "order = np.random.default_rng(0).permutation(len(xs))"}),
    ("changes its arguments", {ORDER: "rng.shuffle(xs)\n    order = range(len(xs))"}),
    ("wrong shape", {f"for i in train]), ([xs[i] for i in test], {TEST_LABELS})": "for i in train])"}),
    ("accuracy, not error", {"!= y": "== y"}),
    ("sum instead of mean", {" / len(xs)": ""}),
    ("factor", {"return sum": "return 100 * sum"}),
    ("identity, not equality", {"predict(x) != y": "predict(x) is not y"}),
    ("returns too early", {RATE: RETURN_IN_THE_LOOP}),
    ("distance, not mistakes", {"predict(x) != y": "(predict(x) - y) ** 2"}),
    ("no prediction", {"predict(x) != y": "x != y"}),
    ("looks ahead", {"            break": "            continue"}),
    ("the last, not the best", {"return best": "return epoch"}),
    ("the last, not the best", {STOP: "            return epoch\n"}),
    ("always epoch 0", {"    best = 0\n": "    best, smallest = 0, 0\n", "loss < losses[best]": "loss < smallest"}),
    ("previous, not best", {"loss < losses[best]": "epoch and loss < losses[epoch - 1]"}),
    ("off by one", {"    best = 0\n": "    best, waited = 0, 0\n", WAITS: COUNTS_THE_FIRST}),
    ("off by one", {"    best = 0\n": "    best, waited = 0, 0\n", WAITS: COUNTS_THE_FIRST, **RETURNS_INSIDE}),
    ("previous, not best", {"    best = 0\n": FALLS_BACK}),
    ("off by one", {">= patience": "> patience"}),
    ("off by one", {"return best": "return best + 1"}),
    ("last of equals", {"loss < losses[best]": "loss <= losses[best]"}),
    ("no patience", {">= patience": ">= 1"}),
    (
        "previous, not best",
        {
            "    best = 0\n": "    best, since = 0, 0\n",
            "        if loss < losses[best]:\n            best = epoch\n        elif epoch - best >= patience": (
                "        best = epoch if loss < losses[best] else best\n"
                "        if loss < losses[epoch - 1]:\n            since = epoch\n"
                "        elif epoch - since >= patience"
            ),
        },
    ),
    (
        "waiting goes on",
        {
            "    best = 0\n": "    best, waited = 0, -1\n",
            "        elif epoch - best >= patience:\n            break": (
                "        else:\n            waited += 1\n            if waited == patience:\n                break"
            ),
        },
    ),
    ("the loss, not its epoch", {"return best": "return losses[best]"}),
    ("returns nothing", {"    return best": "    best"}),
]
