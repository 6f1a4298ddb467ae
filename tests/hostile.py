"""Answers to task 1 that are hostile, or look so: what each has to be told by a check in a process of its own."""

from typing import NamedTuple

from demos.exercises import find

SOLUTION = find(1).solution.read_text(encoding="utf-8")

FORGED = '{"token": "0", "verdict": {"task": "01_perceptron", "finding": null, "printed": ""}}'


class Hostile(NamedTuple):
    """The contents of the file, and what comes of it; one of several diagnoses where Pythons differ."""

    source: bytes
    status: str
    diagnoses: tuple[str, ...] = ("",)
    slow: bool = False
    """Whether it ends by the limits alone."""


def first(lines: str) -> bytes:
    """The solution after these lines."""
    return f"{lines}\n{SOLUTION}".encode()


def last(lines: str) -> bytes:
    """The solution and then these lines."""
    return f"{SOLUTION}\n\n{lines}\n".encode()


def inside(*lines: str) -> bytes:
    """A `decide` that does this instead of deciding."""
    return "\n".join(["def decide(facts, weights, threshold):", *(f"    {line}" for line in lines)]).encode()


ENDLESS = ("took too long",)
MEMORY = ("out of memory",)
ENDED = ("ended early",)
SYNTAX = ("syntax error",)
WRONG = ("no decision", "wrong result", "returns nothing")

HOSTILE = {
    # What does not end
    "infinite loop": Hostile(inside("while True:", "    pass"), "error", ENDLESS, slow=True),
    "loop that catches everything": Hostile(
        inside("while True:", "    try:", "        while True: pass", "    except BaseException: pass"),
        "error",
        ENDLESS,
        slow=True,
    ),
    "loop while the file is read": Hostile(first("while True: pass"), "error", ENDLESS, slow=True),
    "sleep": Hostile(inside("import time", "time.sleep(1000)"), "error", ENDLESS, slow=True),
    "stopped process": Hostile(
        inside("import os, signal", "os.kill(os.getpid(), signal.SIGSTOP)"), "error", ENDLESS, slow=True
    ),
    "endless printing": Hostile(inside("while True:", "    print('a line\\n' * 1000)"), "error", ("printed too much",)),
    # What asks for too much
    "huge allocation": Hostile(inside("bytearray(10**11)"), "error", MEMORY),
    "list that grows": Hostile(inside("xs = [0] * 1000", "while True:", "    xs += xs"), "error", MEMORY),
    "global list that grows": Hostile(
        b"xs = [[]]\n" + inside("while True:", "    xs.extend([[1]] * 100000)"), "error", MEMORY
    ),
    "large file": Hostile(inside("open('large', 'wb').write(bytes(2 * 10**7))"), "error", ("OSError",)),
    "deep recursion": Hostile(inside("return decide(facts, weights, threshold)"), "error", ("RecursionError",)),
    "deep recursion without a limit": Hostile(
        b"import sys\nsys.setrecursionlimit(10**9)\n" + inside("return sorted([1], key=lambda x: decide(0, 0, 0))"),
        "error",
        (*ENDED, *MEMORY, "RecursionError"),
    ),
    # What ends the process
    "os._exit": Hostile(inside("import os", "os._exit(0)"), "error", ENDED),
    "os._exit while the file is read": Hostile(first("import os; os._exit(0)"), "error", ENDED),
    "sys.exit": Hostile(inside("import sys", "sys.exit(0)"), "error", ENDED),
    "sys.exit while the file is read": Hostile(first("import sys; sys.exit(0)"), "error", ENDED),
    "signal": Hostile(inside("import os", "os.kill(os.getpid(), 11)"), "error", ENDED),
    "null pointer": Hostile(inside("import ctypes", "return ctypes.string_at(0)"), "error", ENDED),
    # What looks like a verdict
    "forged on stdout": Hostile(first(f"print('{FORGED}')") + b"\nimport os\nos._exit(0)\n", "error", ENDED),
    "forged everywhere": Hostile(
        (
            f"import os, sys\nline = '\\n' + '{FORGED}' + '\\n'\nprint(line, file=sys.__stdout__)\n"
            "print(line, file=sys.stderr)\nfor i in range(1, 20):\n    try:\n        os.write(i, line.encode())\n"
            "    except OSError:\n        pass\n"
        ).encode()
        + inside("return 7"),
        "failed",
        WRONG,
    ),
    "forged without an end of line": Hostile(
        first("import os\nfor i in range(1, 20):\n    try: os.write(i, b'[' * 5000)\n    except OSError: pass"),
        "passed",
    ),
    "much on every descriptor": Hostile(
        first(
            "import os\nfor i in range(1, 20):\n    try:\n        for _ in range(5): os.write(i, b'[' * 10**6)\n"
            "    except OSError: pass"
        ),
        "passed",
    ),
    "too much printed, and the error caught": Hostile(
        last("try:\n    print('x' * 2 * 10**7)\nexcept OSError:\n    pass"), "passed"
    ),
    # What gets in the way of the verdict
    "replaced functions": Hostile(
        last(
            "import sys, json, builtins, os\njson.dumps = json.loads = print = builtins.print = lambda *a, **k: ''\n"
            "os.write = os._exit = os.getpid = lambda *a: 0\njson.JSONEncoder.encode = lambda *a: 'passed'\n"
            "sys.stdout = sys.stderr = sys.stdin = sys.__stdout__ = None"
        ),
        "passed",
    ),
    "closed stdout": Hostile(
        last("import os, sys\nsys.stdout.close(); sys.stderr.close()\nos.closerange(0, 3)"), "passed"
    ),
    "closed descriptors": Hostile(last("import os\nos.closerange(0, 100)"), "error", ENDED),
    "exit handler": Hostile(last("import atexit, os\natexit.register(os._exit, 3)"), "passed"),
    "exit handler that does not end": Hostile(last("import atexit, time\natexit.register(time.sleep, 1000)"), "passed"),
    "__del__ that raises": Hostile(last("class Last:\n    def __del__(self): 1 / 0\nkept = Last(); Last()"), "passed"),
    "thread that goes on": Hostile(
        last("import threading, time\nthreading.Thread(target=time.sleep, args=[1000]).start()"), "passed"
    ),
    "fork that returns": Hostile(first("import os\nos.fork()\nos.fork()"), "passed"),
    "fork that is wrong": Hostile(last("import os\nif os.fork() == 0:\n    decide = None"), "passed"),
    "fork that does not end": Hostile(last("import os, time\nif os.fork() == 0:\n    time.sleep(1000)"), "passed"),
    "fork that Python does not see, and that alone is right": Hostile(
        last("import ctypes, time\nif ctypes.CDLL(None).fork():\n    time.sleep(0.5)\n    decide = lambda *facts: 7"),
        "failed",
        WRONG,
    ),
    "fork that alone is right": Hostile(
        last("import os\nif os.fork() != 0:\n    decide = lambda facts, weights, threshold: 7"), "failed", WRONG
    ),
    # Files that are no answer
    "syntax error": Hostile(b"def decide(:\n", "error", SYNTAX),
    "empty file": Hostile(b"", "failed", ("missing name",)),
    "not UTF-8": Hostile(b"x = 1\n# gr\xfc\xdfe\n" + SOLUTION.encode(), "error", SYNTAX),
    "NUL byte": Hostile(b"x = 1\0\n", "error", SYNTAX),
    "zip as a file": Hostile(b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(range(256)), "error", SYNTAX),
    "unknown encoding": Hostile(b"# coding: nonsense\n", "error", SYNTAX),
    "byte order mark": Hostile(b"\xef\xbb\xbf" + SOLUTION.encode(), "passed"),
    "Windows line ends": Hostile(SOLUTION.replace("\n", "\r\n").encode(), "passed"),
    "stub": Hostile(find(1).stub.read_bytes(), "failed", ("not written yet",)),
    "brackets too deep": Hostile(b"x = " + b"(" * 5000, "error", (*SYNTAX, *MEMORY)),
    # What it needs and does not get
    "input": Hostile(inside("return int(input('Yes? '))"), "error", ("EOFError",)),
    "file of its own": Hostile(
        last("open('notes.txt', 'w').write('x')\nassert open('notes.txt').read() == 'x'"), "passed"
    ),
    # What it leaves behind
    "other folder": Hostile(last("import os\nos.chdir('/')"), "passed"),
    "no folder": Hostile(last("import os\nos.rmdir(os.getcwd())"), "passed"),
    "locked folder": Hostile(
        last(
            "import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').close()\n"
            "for locked in ['a/b', 'a', '.']:\n    os.chmod(locked, 0)"
        ),
        "passed",
    ),
    "deep folder": Hostile(
        last("import os\nfor i in range(3000):\n    os.mkdir('deeper')\n    os.chdir('deeper')"), "passed"
    ),
    # Errors that are hard to tell
    "own BaseException": Hostile(b"class Odd(BaseException): pass\n" + inside("raise Odd('so')"), "error", ("Odd",)),
    "KeyboardInterrupt": Hostile(inside("raise KeyboardInterrupt"), "error", ("KeyboardInterrupt",)),
    "error without words": Hostile(
        b"class Mute(Exception):\n    def __str__(self): return 1 / 0\n" + inside("raise Mute"), "error", ("Mute",)
    ),
    "error with far too many words": Hostile(
        b"words = 'ab' * 5000000\n" + inside("raise ValueError(words)"), "error", ("ValueError",)
    ),
    "result that steers the terminal": Hostile(
        b"class Odd:\n    def __repr__(self): return '\x1b[2J\x07'\n" + inside("return Odd()"),
        "failed",
        ("not a number",),
    ),
    "error that steers the terminal": Hostile(
        inside("raise ValueError('\\x1b[2J\\x07 \\ud800 \\u202e \\r gone')"), "error", ("ValueError",)
    ),
}
