"""Wrong answers to task 13."""

SCALE = "scale = longest / length if length > longest else 1.0"
ENTRIES = "[scale * g for g in gradient]"

MUTANTS = [
    ("inf missed", {"not math.isfinite(loss)": "math.isnan(loss)"}),
    ("nan missed", {"not math.isfinite(loss)": "math.isinf(loss)"}),
    ("nan missed", {"not math.isfinite(loss)": "math.isinf(loss) or loss == math.nan"}),
    ("-inf missed", {"not math.isfinite(loss)": "loss != loss or loss == math.inf"}),
    ("finds none", {"not math.isfinite(loss)": "loss == math.nan"}),
    ("finds none", {"            return i\n": "            i\n"}),
    ("value, not index", {"return i\n": "return loss\n"}),
    ("off by one", {"enumerate(losses)": "enumerate(losses, 1)"}),
    ("not None", {"return None": "return -1"}),
    ("not None", {"return None": 'return "None"'}),
    ("off by one", {"return i\n": "return i - 1\n"}),
    ("other way round", {"not math.isfinite(loss)": "math.isfinite(loss)"}),
    ("other way round", {SCALE: SCALE.replace(">", "<")}),
    ("length 1", {SCALE: "scale = 1 / length"}),
    ("returns too early", {"    return None": "        return None"}),
    ("factor", {"2 / max": "1 / max"}),
    ("smallest curvature", {"max(curvatures)": "min(curvatures)"}),
    ("sum, not largest", {"max(curvatures)": "sum(curvatures)"}),
    ("upside down", {"2 / max": "2 * max"}),
    ("each entry by itself", {ENTRIES: "[max(-longest, min(longest, g)) for g in gradient]"}),
    ("scales short ones", {SCALE: "scale = longest / length"}),
    ("zero gradient", {SCALE: "scale = min(1.0, longest / length)"}),
    ("length 1", {SCALE: "scale = 1 / length if length > longest else 1.0"}),
    ("root forgotten", {"math.sqrt(sum(g * g for g in gradient))": "sum(g * g for g in gradient)"}),
    ("root forgotten", {SCALE: "scale = longest / length**2 if length > longest else 1.0"}),
    ("sum, not length", {"math.sqrt(sum(g * g for g in gradient))": "sum(abs(g) for g in gradient)"}),
    ("returns nothing", {f"return {ENTRIES}": ENTRIES}),
]
