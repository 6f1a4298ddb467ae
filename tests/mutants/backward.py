"""Wrong answers to task 9."""

LOOP = """\
    for node in reversed(arguments_first(root)):
        for arg, partial in zip(node.args, node.partials, strict=True):
            arg.grad += node.grad * partial
"""
BY_SEARCH = """\
    waiting, seen = [root], {root}
    while waiting:
        node = waiting.pop(0)
        for arg, partial in zip(node.args, node.partials):
            arg.grad += node.grad * partial
            if arg not in seen:
                seen.add(arg)
                waiting.append(arg)
"""
EACH_TIME = BY_SEARCH.replace("            if arg not in seen:\n", "            if True:\n")
NAIVE = """\
def backward(root):
    root.grad = 1.0
    naive(root)


def naive(node):
    for arg, partial in zip(node.args, node.partials):
        arg.grad += node.grad * partial
        naive(arg)
"""
NAIVE_AFTERWARDS = """\
def backward(root):
    root.grad = 1.0
    naive(root)


def naive(node):
    for arg, partial in zip(node.args, node.partials):
        arg.grad += node.grad * partial
    for arg in node.args:
        naive(arg)
"""
PATHS = """\
def backward(root, upstream=1.0):
    root.grad += upstream
    for arg, partial in zip(root.args, root.partials):
        backward(arg, upstream * partial)
"""
RECURSIVE = """\
def backward(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for arg in node.args:
                visit(arg)
            order.append(node)

    visit(root)
    root.grad = 1.0
    for node in reversed(order):
        for arg, partial in zip(node.args, node.partials):
            arg.grad += node.grad * partial
"""
BY_LAYERS = """\
    layer = [root]
    while layer:
        below = []
        for node in layer:
            for arg, partial in zip(node.args, node.partials):
                arg.grad += node.grad * partial
                if arg not in below:
                    below.append(arg)
        layer = below
"""
CALLS_ITSELF = """\
def backward(root):
    root.grad = 1.0
    for arg, partial in zip(root.args, root.partials):
        arg.grad += root.grad * partial
        backward(arg)
"""
IN_A_DICT = """\
def backward(root):
    grads, waiting = {root: 1.0}, [root]
    while waiting:
        node = waiting.pop()
        for arg, partial in zip(node.args, node.partials):
            grads[arg] = grads.get(arg, 0.0) + grads[node] * partial
            waiting.append(arg)
    return grads
"""
FROM_SETS = """\
def backward(root):
    root.grad = 1.0
    hand_on(root)


def hand_on(node):
    for arg, partial in zip(node.args, node.partials):
        arg.grad += node.grad * partial
    for arg in reversed(node.args):
        hand_on(arg)
"""

MUTANTS = [
    ("= instead of +=", {"arg.grad += node.grad": "arg.grad = node.grad"}),
    ("forgot the seed", {"    root.grad = 1.0\n": ""}),
    ("forgot to multiply by the upstream gradient", {"node.grad * partial": "partial"}),
    ("forgot the local derivative", {"node.grad * partial": "node.grad"}),
    ("sign", {"arg.grad +=": "arg.grad -="}),
    ("stops below the root", {"reversed(arguments_first(root))": "arguments_first(root)"}),
    ("arguments swapped", {"node.partials, strict": "reversed(node.partials), strict"}),
    (
        "node counted once",
        {"zip(node.args, node.partials, strict=True)": "dict(zip(node.args, node.partials)).items()"},
    ),
    (
        "node counted once",
        {
            "for arg, partial in zip(node.args, node.partials, strict=True)": "for arg in set(node.args)",
            "node.grad * partial": "node.grad * node.partials[node.args.index(arg)]",
        },
    ),
    ("breadth-first order", {LOOP: BY_SEARCH}),
    ("breadth-first order", {LOOP: EACH_TIME}),
    ("depth-first order", {LOOP: BY_SEARCH.replace("pop(0)", "pop()")}),
    ("recursion instead of a topological order", NAIVE),
    ("recursion instead of a topological order", NAIVE_AFTERWARDS),
    ("recursion too deep", RECURSIVE),
    ("path by path", PATHS),
    ("stops below the root", {"reversed(arguments_first(root))": "[root]"}),
    ("nodes repeated", RECURSIVE.replace("if node not in seen", "if True")),
    ("recursion instead of a topological order", {"elif node not in seen": "else"}),
    ("breadth-first order", {LOOP: BY_LAYERS}),
    (
        "depth-first order",
        RECURSIVE.replace("reversed(order)", "order")
        .replace("            seen.add(node)", "            seen.add(node)\n            order.append(node)")
        .replace("visit(arg)\n            order.append(node)", "visit(arg)"),
    ),
    ("recursion instead of a topological order", CALLS_ITSELF),
    ("nodes repeated", FROM_SETS),
    ("returns instead of storing", IN_A_DICT),
    ("one argument forgotten", {"zip(node.args, node.partials, strict=True)": "zip(node.args[:1], node.partials)"}),
    (
        "stale gradients",
        {"root: Node) -> list[Node]": "root: Node, order=[]) -> list[Node]", "    order: list[Node] = []\n": ""},
    ),
    ("wrong result", {"root.grad = 1.0": "root.grad = root.data"}),
    ("wrong result", {"node.grad * partial": "node.data * partial"}),
    ("changes its arguments", {LOOP: LOOP + "            node.args = ()\n"}),
    ("not a number", {"root.grad = 1.0": "root.grad = None", "arg.grad += node.grad * partial": "pass"}),
    ("TypeError", {"node.grad * partial": "node * partial"}),
]
