"""Wrong answers to task 18."""

LOOPS = "for column in range(width)] for row in range(height)"
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
GATHERED = "    return [[ink(row - down, column - right) for column in range(width)] for row in range(height)]\n"
SCATTERED = """    new = [[0] * width for _ in range(height)]
    for row in range(height):
        for column in range(width):
            if row + down < height and column + right < width:
                new[row + down][column + right] = image[row][column]
    return new
"""
SCATTERED_INTO_ONE_ROW = """    new = [[0] * width] * height
    for row in range(height):
        for column in range(width):
            if 0 <= row - down < height and 0 <= column - right < width:
                new[row][column] = image[row - down][column - right]
    return new
"""
RETURN_IN_THE_LOOP = """    for image, label in zip(images, labels):
        return [shifted(image, right, down) for right, down in moves], [label] * 5
"""
ROWS_IN_PLACE_OF_IMAGES = """    copies = []
    for image in images:
        for right, down in moves:
            copies += shifted(image, right, down)
    return copies, [label for label in labels for _ in moves]
"""

SLICED = """    if right >= 0:
        rows = [[0] * right + row[: width - right] for row in image]
    else:
        rows = [row[-right:] + [0] * -right for row in image]
    if down >= 0:
        return [[0] * width] * down + rows[: height - down]
    return rows[-down:] + [[0] * width] * -down
"""
SLICED_DOWN_FIRST = """    if down >= 0:
        rows = [[0] * width] * down + image[: height - down]
    else:
        rows = image[-down:] + [[0] * width] * -down
    if right >= 0:
        return [[0] * right + row[: width - right] for row in rows]
    return [row[-right:] + [0] * -right for row in rows]
"""

MUTANTS = [
    ("wraps round", {INSIDE: "row < height and column < width"}),
    ("wraps round", {"height, width = len(image), len(image[0])": ROLLED}),
    ("wraps round", {GATHERED: SCATTERED}),
    ("same list again", {GATHERED: SCATTERED_INTO_ONE_ROW}),
    ("nothing moves", {GATHERED: "    return image\n"}),
    ("slices past the end", {GATHERED: SLICED}),
    ("slices past the end", {GATHERED: SLICED_DOWN_FIRST}),
    ("rows and columns exchanged", {LOOPS: "for row in range(height)] for column in range(width)"}),
    ("taken as square", {"width = len(image), len(image[0])": "width = len(image), len(image)"}),
    ("taken as square", {"width = len(image), len(image[0])": "width = len(image[0]), len(image[0])"}),
    ("off by one", {INSIDE: "0 < row < height and 0 < column < width"}),
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
    ("returns too early", {RETURNED: RETURN_IN_THE_LOOP}),
    ("wrong shape", {"[label for label in labels for _ in moves]": "[labels for _ in images for _ in moves]"}),
    ("wrong shape", {RETURNED: ROWS_IN_PLACE_OF_IMAGES}),
    ("too many", {"(0, -1)": "(0, -1), (1, 1)"}),
    ("changes its arguments", {RETURNED: IN_PLACE}),
    ("wrong shape", {"        [label for label in labels for _ in moves],\n": ""}),
]
