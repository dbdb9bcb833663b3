"""Models of several nodes, as passes see them: what exporters write around views, products, normalisations and activations."""

import numpy as np

from case import Case, Dice, node


class Graph:
    """Nodes over f32 values of known shapes; no extent is 0."""

    def __init__(self, d: Dice):
        self.d, self.nodes, self.inputs, self.constants, self.values, self.symbols = d, [], {}, {}, [], {}

    def input(self, shape):
        name = f"x{len(self.inputs)}"
        self.inputs[name] = self.d.array(shape, low=-1, high=1, special=0)
        self.values.append((name, list(shape)))

    def constant(self, array) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(array)
        return name

    def floats(self, shape, low=-1.0, high=1.0) -> str:
        return self.constant(self.d.array(shape, low=low, high=high, special=0))

    def ints(self, *values) -> str:
        return self.constant(np.array(values, np.int64))

    def scalar(self, value) -> str:
        return self.constant(np.array(value, np.float32))

    def add(self, op, inputs, *shapes, **attributes):
        """Returns the name of the first output; what has a shape can be read by later nodes."""
        names = [f"v{len(self.nodes)}_{i}" for i in range(max(1, len(shapes)))]
        self.nodes.append(node(op, inputs, names, name=f"n{len(self.nodes)}", **attributes))
        self.values += zip(names, (list(s) for s in shapes))
        return names[0]

    def any(self, rank=None):
        fitting = [v for v in self.values if rank is None or len(v[1]) in rank]
        return self.d.choice(fitting[-4:]) if fitting else None


def unary(g, x, shape):
    op = g.d.choice(["Relu", "Sigmoid", "Tanh", "Neg", "Abs", "Erf", "HardSwish", "Identity", "Softplus", "Mish", "Gelu", "Elu"])
    g.add(op, [x], shape)


def scalar_arithmetic(g, x, shape):
    op = g.d.choice(["Add", "Sub", "Mul", "Div"])
    kind = g.d.randint(0, 3)
    c = (g.scalar(g.d.choice([0.5, 1.0, 2.0, 3.0])) if kind == 0 else g.floats(shape[-1:], 0.5, 2) if kind == 1
         else g.floats([shape[1]] + [1] * (len(shape) - 2), 0.5, 2) if kind == 2 and len(shape) > 2
         else g.floats(g.d.broadcast_to(shape), 0.5, 2))
    if op == "Div" and g.d.coin():  # by something that is not near 0
        return g.add(op, [c, g.add("Add", [g.add("Abs", [x]), g.scalar(1)])], shape)
    g.add(op, [x, c] if g.d.coin(0.7) or op == "Div" else [c, x], shape)


def two(g, x, shape):
    same = [v for v, s in g.values if s == shape]
    g.add(g.d.choice(["Add", "Mul", "Sub", "Max", "Min"]), [x, g.d.choice(same)], shape)


def clip(g, x, shape):
    if g.d.coin():
        return g.add("Clip", [x, g.scalar(0), g.scalar(6)], shape)
    y = g.add("Clip", [g.add("Add", [x, g.scalar(3)]), g.scalar(0), g.scalar(6)])  # a hard swish in parts
    g.add("Div", [g.add("Mul", [x, y]), g.scalar(6)], shape)


def view(g, x, shape):
    d, count = g.d, int(np.prod(shape))
    kind = d.randint(0, 4)
    if kind == 0:
        axis = d.randint(0, len(shape))
        if len(shape) < 5:
            g.add("Unsqueeze", [x, g.ints(axis)], shape[:axis] + [1] + shape[axis:])
    elif kind == 1 and 1 in shape and len(shape) > 1:
        axis = shape.index(1)
        g.add("Squeeze", [x, g.ints(axis)], shape[:axis] + shape[axis + 1:])
    elif kind == 2:
        axis = d.randint(1, len(shape))
        g.add("Flatten", [x], [int(np.prod(shape[:axis])), int(np.prod(shape[axis:]))], axis=axis)
    elif kind == 3:
        g.add("Reshape", [x, g.ints(-1, shape[-1])], [count // shape[-1], shape[-1]])
    else:
        same = [(v, s) for v, s in g.values if int(np.prod(s)) == count and s != shape]
        if same:  # to the shape of another value, as only the run knows it
            other, target = d.choice(same)
            g.add("Reshape", [x, g.add("Shape", [other])], target)


def transpose(g, x, shape):
    perm = g.d.sample(range(len(shape)), len(shape))
    g.add("Transpose", [x], [shape[p] for p in perm], perm=perm)


def product(g, x, shape):
    n = g.d.randint(1, 9)
    if g.d.coin(0.3) and len(shape) == 2:
        return g.add("Gemm", [x, g.floats([n, shape[-1]]), g.floats([n])], [shape[0], n], transB=1)
    y = g.add("MatMul", [x, g.floats([shape[-1], n])], shape[:-1] + [n])
    if g.d.coin(0.7):
        y = g.add("Add", [y, g.floats([n])], shape[:-1] + [n])
    if g.d.coin():
        g.add(g.d.choice(["Relu", "Gelu", "Sigmoid"]), [y], shape[:-1] + [n])


def convolution(g, x, shape):
    d, (n, c, h, w) = g.d, shape
    o, k = d.randint(1, 9), d.choice([1, 3])
    if d.coin(0.3):
        x = g.add("Pad", [x, g.ints(0, 0, 1, 1, 0, 0, 1, 1)])
        h, w = h + 2, w + 2
    out = [n, o, h + 2 * (k // 2) - k + 1, w + 2 * (k // 2) - k + 1]
    y = g.add("Conv", [x, g.floats([o, c, k, k]), *([g.floats([o])] if d.coin() else [])], out, pads=[k // 2] * 4)
    if d.coin():
        y = g.add("BatchNormalization", [y, g.floats([o], 0.5, 2), g.floats([o]), g.floats([o]), g.floats([o], 0.5, 2)], out)
    elif d.coin():
        y = g.add(d.choice(["Mul", "Add"]), [y, g.floats([o, 1, 1], 0.5, 2)], out)
    same = [v for v, s in g.values if s == out and v != y]
    if same and d.coin():
        y = g.add("Add", [y, d.choice(same)], out)
    if d.coin():
        g.add(d.choice(["Relu", "HardSwish", "LeakyRelu"]), [y], out)


def pool(g, x, shape):
    if g.d.coin() or min(shape[2:]) < 2:
        return g.add("ReduceMean", [x, g.ints(2, 3)], shape[:2] + [1, 1])
    g.add(g.d.choice(["MaxPool", "AveragePool"]), [x], shape[:2] + [s // 2 for s in shape[2:]], kernel_shape=[2, 2], strides=[2, 2])


def normalisation(g, x, shape):
    """LayerNormalization, whole or in parts, after a residual or alone."""
    d, n = g.d, shape[-1]
    scale, bias = g.floats([n], 0.5, 2), g.floats([n])
    if d.coin(0.3):
        x = g.add("Add", [x, g.floats([n])], shape)
    if d.coin():
        return g.add("LayerNormalization", [x, scale, bias], shape, axis=-1)
    centred = g.add("Sub", [x, g.add("ReduceMean", [x, g.ints(-1)])])
    square = g.add("Mul", [centred, centred]) if d.coin() else g.add("Pow", [centred, g.scalar(2)])
    deviation = g.add("Sqrt", [g.add("Add", [g.add("ReduceMean", [square, g.ints(-1)]), g.scalar(1e-3)])])
    y = g.add("Div", [centred, deviation], shape)
    g.add("Add", [g.add("Mul", [y, scale]), bias], shape)


def gelu(g, x, shape):
    inner = g.add("Erf", [g.add("Div", [x, g.scalar(np.sqrt(2))])])
    g.add("Mul", [g.add("Mul", [x, g.add("Add", [inner, g.scalar(1)])]), g.scalar(0.5)], shape)


def softmax(g, x, shape):
    g.add("Softmax", [x], shape, axis=g.d.axis(len(shape)))


def heads(g, x, shape):
    """Attention of projections whose heads are separated by views and transposes."""
    d, (b, s, n) = g.d, shape
    h, size = d.randint(1, 3), d.randint(1, 5)
    parts = []
    for _ in range(3):
        p = g.add("Add", [g.add("MatMul", [x, g.floats([n, h * size])]), g.floats([h * size])])
        p = g.add("Reshape", [p, g.ints(0, 0, h, size) if d.coin() else g.ints(0, -1, h, size)])
        parts.append(g.add("Transpose", [p], perm=[0, 2, 1, 3]))
    scores = g.add("MatMul", [parts[0], g.add("Transpose", [parts[1]], perm=[0, 1, 3, 2])])
    scores = g.add("Div", [scores, g.scalar(np.sqrt(size))]) if d.coin() else g.add("Mul", [scores, g.scalar(0.5)])
    y = g.add("Transpose", [g.add("MatMul", [g.add("Softmax", [scores], axis=-1), parts[2]])], perm=[0, 2, 1, 3])
    g.add("Reshape", [y, g.ints(0, 0, h * size)], [b, s, h * size])


def pieces(g, x, shape):
    d, axis = g.d, g.d.randint(0, len(shape) - 1)
    length = shape[axis]
    at = lambda n: shape[:axis] + [n] + shape[axis + 1:]  # noqa: E731
    if length > 1 and d.coin():
        cut = d.randint(1, length - 1)
        g.add("Split", [x, g.ints(cut, length - cut)], at(cut), at(length - cut), axis=axis)
    elif length > 1 and d.coin():
        start = d.randint(0, length - 1)
        g.add("Slice", [x, g.ints(start), g.ints(length), g.ints(axis)], at(length - start))
    else:
        g.add("Concat", [x, x], at(2 * length), axis=axis)


def expand(g, x, shape):
    wide = [d if d > 1 else g.d.randint(1, 3) for d in shape]
    y = g.add("Expand", [x, g.ints(*wide)], wide)
    g.add("Add", [y, g.floats(wide)], wide)


STEPS = [(unary, None, 4), (scalar_arithmetic, None, 3), (two, None, 3), (clip, None, 1), (view, None, 5), (transpose, None, 3), (product, (2, 3, 4), 3),
         (convolution, (4,), 4), (pool, (4,), 1), (normalisation, (2, 3, 4), 2), (gelu, None, 1), (softmax, (2, 3, 4), 1), (heads, (3,), 2),
         (pieces, None, 2), (expand, None, 1)]


def graph(d: Dice) -> Case:
    """Up to a dozen steps; what nobody reads is an output. Half of the models leave the first extent of inputs open."""
    g = Graph(d)
    shape = [d.dim(1) for _ in range(d.randint(2, max(2, d.max_rank)))]
    if d.extent >= 7 and d.max_rank >= 4 and d.coin(0.3):  # images of more pixels than a vector has lanes
        shape = [d.randint(1, 2), d.randint(1, 9), d.randint(7, 15), d.randint(7, 15)]
    for _ in range(2):
        g.input(shape)
    for _ in range(d.randint(2, 12)):
        step, ranks, _ = d.choices(STEPS, [s[2] for s in STEPS])[0]
        value = g.any(ranks)
        if value and np.prod(value[1]) < 60000:
            step(g, *value)
    if not g.nodes:
        unary(g, *g.values[0])
    read = {i for n in g.nodes for i in n.input}
    outputs = [v for v, _ in g.values if v not in read and v not in g.inputs] or [g.nodes[-1].output[0]]
    inputs = {n: a for n, a in g.inputs.items() if n in read}
    open_dims = {n: ["N", *a.shape[1:]] for n, a in inputs.items()} if d.coin() and opens(g.nodes) else {}
    return Case(g.nodes, inputs, outputs, g.constants, rtol=1e-3, atol=1e-4, open_dims=open_dims)


def opens(nodes) -> bool:
    """Whether the first extent may be left open: then no constant was made for it."""
    return not any(n.op_type in ("Expand", "Gemm") for n in nodes)


GENERATORS = [graph]
