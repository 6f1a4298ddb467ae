"""Wrong answers to task 19."""

MUTANTS = [
    ("flipped kernel", {"kernel[i][j] * image": "kernel[height - 1 - i][width - 1 - j] * image"}),
    (
        "off by one",
        {"len(image[0]) - width + 1": "len(image[0]) - width", "len(image) - height + 1": "len(image) - height"},
    ),
    ("off by one", {"len(image[0]) - width + 1": "len(image[0]) - width"}),
    ("off by one", {"len(image[0]) - width + 1": "len(image[0]) - width + 2"}),
    (
        "not set to 0",
        {
            "    height, width": "    total = 0\n    height, width",
            "sum(kernel": "(total := total + sum(kernel",
            "for j in range(width))": "for j in range(width)))",
        },
    ),
    (
        "window leaves the image",
        {
            "range(len(image[0]) - width + 1)": "range(len(image[0]))",
            "range(len(image) - height + 1)": "range(len(image))",
        },
    ),
    ("returns too early", {"        for r in range(len(image) - height + 1)\n": "        for r in [0]\n"}),
    ("taken as square", {"height, width = len(kernel), len(kernel[0])": "height = width = len(kernel)"}),
    ("taken as square", {"len(image[0]) - width + 1": "len(image) - width + 1"}),
    ("rows and columns exchanged", {"kernel[i][j] * image[r + i][c + j]": "kernel[i][j] * image[c + j][r + i]"}),
    ("mean instead of sum", {" for j in range(width))": " for j in range(width)) / (height * width)"}),
    ("= instead of +=", {"row[j] += ": "row[j] = "}),
    (
        "mean instead of sum",
        {"+= upstream[r][c] * image[r + i][c + j]": "+= upstream[r][c] * image[r + i][c + j] / (rows * columns)"},
    ),
    ("forgot to multiply by the upstream gradient", {"upstream[r][c] * ": ""}),
    (
        "off by one",
        {"for r in range(rows)": "for r in range(rows - 1)", "for c in range(columns)": "for c in range(columns - 1)"},
    ),
    (
        "same list again",
        {
            "[[0] * (len(image[0]) - columns + 1) for _ in range(len(image) - rows + 1)]": (
                "[[0] * (len(image[0]) - columns + 1)] * (len(image) - rows + 1)"
            )
        },
    ),
    ("flat list", {"    return gradient": "    return [x for row in gradient for x in row]"}),
    ("returns too early", {"    return gradient": "        return gradient[:1]"}),
    ("sign", {"row[j] +=": "row[j] -="}),
    ("returns nothing", {"    return gradient": "    gradient"}),
]
