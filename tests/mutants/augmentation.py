"""Wrong answers to task 18."""

INSIDE = "0 <= row < height and 0 <= column < width"
ROLLED = """import numpy as np
    return np.roll(image, (down, right), axis=(0, 1)).tolist()
"""
IN_PLACE = """    for image, label in list(zip(images, labels)):
        for right, down in moves[1:]:
            images.append(shifted(image, right, down))
            labels.append(label)
    return images, labels
"""
ONE_AFTER_ANOTHER = """    copies = []
    for image in images:
        for right, down in moves:
            image = shifted(image, right, down)
            copies.append(image)
    return copies, [label for label in labels for _ in moves]
"""
RETURNED = """    return (
        [shifted(image, right, down) for image in images for right, down in moves],
        [label for label in labels for _ in moves],
    )
"""

MUTANTS = [
    ("wraps round", {INSIDE: "row < height and column < width"}),
    ("wraps round", {"height, width = len(image), len(image[0])": ROLLED}),
    (
        "repeats the border",
        {f" if {INSIDE} else 0": "", "[row][column]": "[max(0, min(row, height - 1))][max(0, min(column, width - 1))]"},
    ),
    ("right and down exchanged", {"ink(row - down, column - right)": "ink(row - right, column - down)"}),
    ("opposite direction", {"ink(row - down, column - right)": "ink(row + down, column + right)"}),
    ("opposite direction", {"row - down": "row + down"}),
    ("opposite direction", {"column - right": "column + right"}),
    ("moves one way only", {"row - down": "row"}),
    ("labels not repeated", {"[label for label in labels for _ in moves]": "labels"}),
    ("labels in another order", {"[label for label in labels for _ in moves]": "[*labels] * 5"}),
    ("original missing", {"(0, 0), ": ""}),
    ("neighbour missing", {", (0, -1)": ""}),
    ("neighbour missing", {RETURNED: ONE_AFTER_ANOTHER}),
    ("too many", {"(0, -1)": "(0, -1), (1, 1)"}),
    ("changes its arguments", {RETURNED: IN_PLACE}),
    ("wrong shape", {"        [label for label in labels for _ in moves],\n": ""}),
]
