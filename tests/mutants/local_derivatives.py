"""Wrong answers to task 7."""

ADD = "            self.grad += out.grad\n            other.grad += out.grad\n"
MUL = "            self.grad += out.grad * other.data\n            other.grad += out.grad * self.data\n"
POW = "self.grad += out.grad * exponent * self.data ** (exponent - 1)"
EXP = "self.grad += out.grad * out.data"
RELU = "self.grad += out.grad * (self.data > 0)"
AT_ONCE = """\
        self.grad += other.data
        other.grad += self.data

        def backward() -> None:
            pass
"""

MUTANTS = [
    ("= instead of +=", {ADD: ADD.replace("+=", "=")}),
    ("= instead of +=", {MUL: MUL.replace("+=", "=")}),
    ("= instead of +=", {RELU: RELU.replace("+=", "=")}),
    ("forgot to multiply by the upstream gradient", {ADD: ADD.replace("out.grad", "1.0")}),
    ("forgot to multiply by the upstream gradient", {MUL: MUL.replace("out.grad * ", "")}),
    ("forgot to multiply by the upstream gradient", {POW: POW.replace("out.grad * ", "").replace("+=", "=")}),
    ("forgot to multiply by the upstream gradient", {EXP: EXP.replace("out.grad * ", "")}),
    ("data instead of grad", {ADD: ADD.replace("out.grad", "out.data")}),
    ("not the upstream gradient", {EXP: EXP.replace("out.grad", "self.grad")}),
    ("forgot to multiply by the upstream gradient", {MUL: MUL.replace("out.grad * self.data", "self.data")}),
    ("= instead of +=", {MUL: MUL.replace("other.grad +=", "other.grad =")}),
    ("= instead of +=", {RELU: "if self.data > 0:\n                self.grad = out.grad"}),
    ("not the upstream gradient", {MUL: MUL.replace("out.grad", "self.grad")}),
    ("sign", {MUL: MUL.replace("other.grad +=", "other.grad -=")}),
    ("sign", {POW: POW.replace("+=", "-=")}),
    ("sign", {ADD: ADD.replace("+=", "-=")}),
    ("factor", {ADD: ADD.replace("out.grad", "2 * out.grad")}),
    ("factor", {EXP: EXP + " / 2"}),
    (
        "arguments swapped",
        {MUL: MUL.replace("* other.data", "* mine").replace("self.data", "other.data").replace("mine", "self.data")},
    ),
    ("one argument forgotten", {MUL: MUL[: MUL.index("            other")]}),
    ("one argument forgotten", {ADD: ADD[ADD.index("            other") :]}),
    ("forgot the local derivative", {MUL: ADD}),
    ("forgot the local derivative", {RELU: "self.grad += out.grad"}),
    ("forgot the local derivative", {RELU: "self.grad += out.grad * (out.data >= 0)"}),
    ("condition reversed", {RELU: "self.grad += out.grad * (self.data < 0)"}),
    ("forgot the exponent", {POW: POW.replace("exponent * ", "")}),
    ("exponent not lowered", {POW: POW.replace("(exponent - 1)", "exponent - 1")}),
    ("brackets", {POW: "self.grad += (exponent * self.data**exponent - 1) * out.grad"}),
    ("right for squares only", {POW: "self.grad += out.grad * 2 * self.data"}),
    ("exponent not lowered", {POW: POW.replace("(exponent - 1)", "exponent")}),
    ("exponent lowered first", {POW: POW.replace("* exponent *", "* (exponent - 1) *")}),
    ("argument instead of result", {EXP: EXP.replace("out.data", "self.data")}),
    ("argument as a factor", {EXP: EXP.replace("out.data", "self.data * out.data")}),
    ("Value instead of data", {MUL: MUL.replace("other.data", "other")}),
    ("Value instead of data", {MUL: MUL.replace("out.grad * other.data", "other * out.grad")}),
    ("Value instead of data", {EXP: EXP.replace("out.data", "out")}),
    ("numbers, not Values", {POW: POW.replace("* exponent *", "* exponent.data *")}),
    ("not a function", {POW + "\n\n        out._backward = backward": POW + "\n\n        out._backward = self"}),
    ("power rule for exp", {EXP: EXP.replace("out.data", "self.data * math.exp(self.data - 1)")}),
    ("at the threshold", {RELU: RELU.replace("self.data > 0", "self.data >= 0")}),
    ("condition on the gradient", {RELU: RELU.replace("self.data > 0", "out.grad > 0")}),
    ("value instead of slope", {RELU: RELU.replace("(self.data > 0)", "out.data")}),
    ("value instead of slope", {MUL: ADD.replace("out.grad", "out.grad * out.data")}),
    ("nothing is added", {MUL: "            pass\n"}),
    ("wrong derivative", {POW: POW.replace("exponent - 1", "exponent - 2")}),
    (
        "ZeroDivisionError",
        {MUL: MUL.replace("other.data", "out.data / self.data").replace("* self.data", "* out.data / other.data")},
    ),
    ("wrong start", {"        self.data = data": "        import numpy as np\n\n        self.data = np.float32(data)"}),
    ("wrong result", {"max(self.data, 0.0)": "abs(self.data)"}),
    ("changes its arguments", {RELU: RELU + "\n            self.data = 0.0"}),
    ("not a number", {RELU: "self.grad = out"}),
    ("adds in the forward pass", {"\n        def backward() -> None:\n" + MUL: AT_ONCE}),
    (
        "called too early",
        {POW + "\n\n        out._backward = backward": POW + "\n\n        out._backward = backward()"},
    ),
    ("returns nothing", {EXP + "\n\n        out._backward = backward\n        return out": EXP + "\n"}),
    (
        "not a Value",
        {"        out = Value(max(self.data, 0.0))": "        return max(self.data, 0.0)\n        out = Value(0.0)"},
    ),
    ("the engine's own", "from autograd import Value\n"),
    ("the engine's own", "import autograd\n\n\nclass Value(autograd.Value):\n    __slots__ = ()\n"),
]
