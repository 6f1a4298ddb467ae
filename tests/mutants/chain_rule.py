"""Wrong answers to task 8."""

ABOVE = """\
TABLE = {
    "v1": -6, "v2": 5, "v3": 10, "y": 30, "dy/dy": 1, "dy/dv3": 3, "dy/dv2": 30,
"""

MUTANTS = [
    ("sign", {"-2 * 3": "6"}),
    ("doubled, not squared", {"5**2": "5 * 2"}),
    ("doubled, not squared", f'{ABOVE} "dy/dv1": 30, "dy/db": 30, "dy/dw": 90, "dy/dx": 10 - 60}}'),
    ("doubled, not squared", f'{ABOVE} "dy/dv1": 6, "dy/db": 6, "dy/dw": 18, "dy/dx": 10 - 12}}'),
    ("plus for times", {"-2 * 3": "-2 + 3"}),
    ("wrong argument", {"25 * 3": "5 * 3"}),
    ("value instead of slope", {'"dy/dy": 1': '"dy/dy": 75'}),
    ("forgot the seed", {'"dy/dy": 1': '"dy/dy": 0'}),
    ("arguments swapped", {"1 * 3": "25"}),
    ("forgot to multiply by the upstream gradient", {"3 * (2 * 5)": "2 * 5"}),
    ("forgot the exponent", {"3 * (2 * 5)": "3 * 5"}),
    ("sum taken for product", {'"dy/dv1": 30 * 1': '"dy/dv1": 30 * 11'}),
    ("taken as a constant", {'"dy/db": 30 * 1': '"dy/db": 0'}),
    ("arguments swapped", {"30 * 3": "30 * -2"}),
    ("= instead of +=", {"1 * 25 + 30 * -2": "30 * -2"}),
    ("= instead of +=", {"1 * 25 + 30 * -2": "25"}),
    ("sign", {"1 * 25 + 30 * -2": "25 + 60"}),
    ("forgot to multiply by the upstream gradient", {"1 * 25 + 30 * -2": "25 - 2"}),
    ("wrong result", {"1 * 25 + 30 * -2": "1000"}),
    ("NameError", {"-2 * 3": "w * x"}),
    ("not written yet", {"30 * 3": "None"}),
    ("not a number", {"5**2": "'25'"}),
    ("not a number", {"5**2": "[25]"}),
    ("not a number", {"5**2": "..."}),
    ("^ for **", {"5**2": "5 ^ 2"}),
    ("not a table", "TABLE = [-6, 5, 25, 75, 1, 3, 30, 30, 30, 90, -35]"),
    ("missing entry", {"dy/dv3": "dy/v3"}),
]
