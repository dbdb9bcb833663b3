"""Layers of networks: convolution, pooling, products, normalisation, recurrence, resizing."""

import numpy as np

from case import Case, Dice, node, simple

LOOSE = {"rtol": 1e-3, "atol": 1e-4}


def window(d: Dice, n, kernel, dilations=True):
    """Strides, pads and dilations under which every output has an extent of one or more."""
    attributes = {"strides": [d.randint(1, 3) for _ in range(n)] if d.coin(0.7) else None}
    if d.coin(0.3):
        attributes["auto_pad"] = d.choice(["SAME_UPPER", "SAME_LOWER", "VALID"])
        if attributes["strides"]:  # longer strides than kernels would give negative pads, which runtimes treat differently
            attributes["strides"] = [min(s, k) for s, k in zip(attributes["strides"], kernel)]
    elif d.coin(0.7):
        attributes["pads"] = [d.randint(0, max(0, k - 1)) for k in kernel] + [d.randint(0, max(0, k - 1)) for k in kernel]
    if dilations and d.coin(0.4) and "auto_pad" not in attributes:
        attributes["dilations"] = [d.randint(1, 2) for _ in range(n)]
    return attributes


def conv(d: Dice) -> Case:
    n, group = d.randint(1, 3), d.choice([1, 1, 1, 2, 3])
    cin, cout = group * d.randint(1, 5), group * d.randint(1, 5)
    if d.coin(0.2):
        group, cout = cin, cin * d.randint(1, 2)  # depthwise
    kernel = [d.randint(1, 3) for _ in range(n)]
    x = d.array([d.randint(1, 2), cin, *(2 * k + d.randint(0, 5) for k in kernel)], special=0)
    w = d.array([cout, cin // group, *kernel], special=0)
    bias = d.array([cout], special=0) if d.coin() else None
    return simple("Conv", [x, w, bias], group=group, case=LOOSE, **window(d, n, kernel))


def conv_transpose(d: Dice) -> Case:
    n, group = d.randint(1, 2), d.choice([1, 1, 2])
    cin, cout = group * d.randint(1, 3), d.randint(1, 3)
    kernel = [d.randint(1, 3) for _ in range(n)]
    strides = [d.randint(1, 3) for _ in range(n)]
    x = d.array([d.randint(1, 2), cin, *(d.randint(2, 5) for _ in kernel)], special=0)
    attributes = {"strides": strides, "group": group}
    if d.coin():
        attributes["output_padding"] = [d.randint(0, s - 1) for s in strides]
    if d.coin():
        attributes["pads"] = [d.randint(0, (k - 1) // 2) for k in kernel] * 2
    return simple("ConvTranspose", [x, d.array([cin, cout, *kernel], special=0), d.array([cout * group], special=0) if d.coin() else None],
                  case=LOOSE, **attributes)


def conv_block(d: Dice) -> Case:
    """Convolution, batch normalisation, residual and activation, as fusions see them."""
    c, o = d.randint(1, 20), d.randint(1, 36)
    x = d.array([d.randint(1, 2), c, d.randint(3, 9), d.randint(3, 9)], special=0)
    k = d.choice([1, 3])
    constants = {"w": d.array([o, c, k, k], special=0), "s": d.array([o], low=0.5, high=2, special=0), "b": d.array([o], special=0),
                 "m": d.array([o], special=0), "v": d.array([o], low=0.5, high=2, special=0)}
    nodes = [node("Conv", ["x", "w"], ["c"], pads=[k // 2] * 4), node("BatchNormalization", ["c", "s", "b", "m", "v"], ["n"])]
    inputs, last = {"x": x}, "n"
    if d.coin():
        inputs["z"] = d.array([x.shape[0], o, *x.shape[2:]], special=0)
        nodes.append(node("Add", [last, "z"], ["a"]))
        last = "a"
    if d.coin(0.8):
        nodes.append(node(d.choice(["Relu", "Sigmoid", "HardSwish", "LeakyRelu", "Tanh"]), [last], ["r"]))
        last = "r"
    return Case(nodes, inputs, [last], constants, **LOOSE)


def pool(d: Dice) -> Case:
    op = d.choice(["MaxPool", "AveragePool", "LpPool"])
    n = d.randint(1, 3)
    kernel = [d.randint(1, 3) for _ in range(n)]
    x = d.array([d.randint(1, 2), d.randint(1, 3), *(2 * k + d.randint(0, 5) for k in kernel)], special=0)
    attributes = window(d, n, kernel)
    if "auto_pad" not in attributes:
        attributes["ceil_mode"] = d.randint(0, 1)
    if op == "AveragePool":
        attributes["count_include_pad"] = d.randint(0, 1)
    outputs = ["y", "i"] if op == "MaxPool" and n == 2 and d.coin(0.4) and not attributes.get("dilations") else ["y"]
    return simple(op, [x], outputs, kernel_shape=kernel, case={**LOOSE, "opset": 19}, **attributes)


def global_pool(d: Dice) -> Case:
    x, op = d.array(d.shape(3, 5, 1), special=0), d.choice(["GlobalAveragePool", "GlobalMaxPool"])
    # The evaluator of the onnx package loses a dimension of rank 3.
    return simple(op, [x], case={"only": "ort"} if op == "GlobalMaxPool" and x.ndim == 3 else None)


def gemm(d: Dice) -> Case:
    m, k, n = d.dim(1), d.dim(1), d.dim(1)
    ta, tb = d.randint(0, 1), d.randint(0, 1)
    a, b = d.array([k, m] if ta else [m, k], special=0), d.array([n, k] if tb else [k, n], special=0)
    c = d.array(d.choice([[], [n], [1, n], [m, 1], [m, n]]), special=0) if d.coin(0.7) else None
    return simple("Gemm", [a, b, c], transA=ta, transB=tb, alpha=round(d.uniform(0.5, 2), 2), beta=round(d.uniform(0.5, 2), 2))


def matmul(d: Dice) -> Case:
    dtype = d.choice([np.float32, np.float64, np.int32, np.float32])
    batch = d.shape(0, 2, 1)
    k = d.randint(0, 9) if d.coin(0.1) else d.randint(1, 40)
    m, n = d.dim(1), d.randint(1, 40)
    a, b = [*batch, m, k], [*d.broadcast_to(batch), k, n]
    if d.coin(0.1):
        a = [k]
    if d.coin(0.1):
        b = [k]
    return simple("MatMul", [d.array(a, dtype, special=0), d.array(b, dtype, special=0)], case=LOOSE)


def matmul_block(d: Dice) -> Case:
    """Product, bias, residual, activation with constant weights."""
    k, n = d.randint(1, 40), d.randint(1, 40)
    x = d.array([*d.shape(1, 2, 1), k], special=0)
    constants = {"w": d.array([k, n], special=0), "b": d.array([n], special=0)}
    nodes = [node("MatMul", ["x", "w"], ["p"]), node("Add", ["p", "b"] if d.coin() else ["b", "p"], ["q"])]
    last = "q"
    if d.coin(0.7):
        nodes.append(node(d.choice(["Relu", "Gelu", "Sigmoid", "Tanh"]), [last], ["r"]))
        last = "r"
    return Case(nodes, {"x": x}, [last], constants, **LOOSE)


def normalization(d: Dice) -> Case:
    op = d.choice(["LayerNormalization", "InstanceNormalization", "BatchNormalization", "LRN", "LpNormalization", "MeanVarianceNormalization"])
    if op == "LayerNormalization":
        x = d.array(d.shape(1, 4, 1), special=0)
        axis = d.axis(x.ndim)
        shape = list(x.shape[axis:])
        return simple(op, [x, d.array(shape, special=0), d.array(shape, special=0) if d.coin() else None], axis=axis, case=LOOSE)
    if op == "MeanVarianceNormalization":
        return simple(op, [d.array([2, 3, d.randint(2, 5), d.randint(2, 5)], special=0)], case=LOOSE)
    if op == "LpNormalization":
        x = d.array(d.shape(1, 4, 1), low=0.5, special=0)
        return simple(op, [x], axis=d.axis(x.ndim), p=d.randint(1, 2))
    x = d.array([d.randint(1, 3), d.randint(1, 5), d.randint(2, 5), d.randint(2, 5)], special=0)
    per_channel = lambda low=-2: d.array([x.shape[1]], low=low, high=3, special=0)
    if op == "InstanceNormalization":
        return simple(op, [x, per_channel(), per_channel()], case=LOOSE)
    if op == "BatchNormalization":
        return simple(op, [x, per_channel(), per_channel(), per_channel(), per_channel(0.2)], case=LOOSE)
    return simple(op, [x], size=d.choice([1, 3, 5]), case=LOOSE)


def attention_pattern(d: Dice) -> Case:
    """Scaled dot-product attention written out, with a mask now and then."""
    b, h, s, t, k = d.randint(1, 2), d.randint(1, 3), d.randint(1, 6), d.randint(1, 6), d.randint(1, 8)
    inputs = {"q": d.array([b, h, s, k], special=0), "k": d.array([b, h, k, t], special=0), "v": d.array([b, h, t, k], special=0)}
    constants = {"scale": np.array(k**-0.5, np.float32)}
    nodes = [node("MatMul", ["q", "k"], ["p"]), node("Mul", ["p", "scale"], ["a"])]
    last = "a"
    if d.coin():
        inputs["m"] = d.array([b, 1, 1, t], special=0)
        nodes.append(node("Add", ["a", "m"], ["c"]))
        last = "c"
    nodes += [node("Softmax", [last], ["e"], axis=-1), node("MatMul", ["e", "v"], ["y"])]
    return Case(nodes, inputs, ["y"], constants, **LOOSE)


def recurrent(d: Dice) -> Case:
    op = d.choice(["LSTM", "GRU", "RNN"])
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[op]
    direction = d.choice(["forward", "reverse", "bidirectional"])
    dirs = 2 if direction == "bidirectional" else 1
    seq, batch, size, hidden = d.randint(1, 4), d.randint(1, 3), d.randint(1, 4), d.randint(1, 4)
    x = d.array([seq, batch, size], special=0)
    arrays = [x, d.array([dirs, gates * hidden, size], special=0), d.array([dirs, gates * hidden, hidden], special=0)]
    arrays.append(d.array([dirs, 2 * gates * hidden], special=0) if d.coin() else None)
    arrays.append(d.array([batch], np.int32, 1, seq) if d.coin(0.4) else None)
    arrays.append(d.array([dirs, batch, hidden], special=0) if d.coin() else None)
    attributes = {"hidden_size": hidden, "direction": direction}
    if op == "GRU":
        attributes["linear_before_reset"] = d.randint(0, 1)
    outputs = ["y", "h"]
    if op == "LSTM":
        arrays.append(d.array([dirs, batch, hidden], special=0) if d.coin() else None)
        outputs.append("c")
    return simple(op, arrays, outputs, case=LOOSE, **attributes)


def resize(d: Dice) -> Case:
    n = d.randint(1, 2)
    x = d.array([1, d.randint(1, 2), *(d.randint(1, 6) for _ in range(n))], special=0)
    mode = d.choice(["nearest", "linear", "cubic"] if n == 2 else ["nearest", "linear"])
    coordinates = d.choice(["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"])
    sizes = np.array([*x.shape[:2], *(d.randint(2 if coordinates == "pytorch_half_pixel" else 1, 9) for _ in range(n))], np.int64)
    attributes = {"mode": mode, "coordinate_transformation_mode": coordinates}
    if mode == "nearest":
        attributes["nearest_mode"] = d.choice(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
    # With scales it is open in these modes whether lengths are rounded before or after.
    if d.coin() or coordinates in ("align_corners", "pytorch_half_pixel"):
        return simple("Resize", [x, None, None, sizes], case={**LOOSE, "opset": 13}, **attributes)
    scales = np.array([1, 1, *(d.choice([0.5, 2.0, 1.5, 3.0]) for _ in range(n))], np.float32)
    return simple("Resize", [x, None, scales], case={**LOOSE, "opset": 13}, **attributes)


def einsum(d: Dice) -> Case:
    equation = d.choice(["ij,jk->ik", "bij,bjk->bik", "ij->ji", "ii->i", "ij->", "bhid,bhjd->bhij", "...ij,...jk->...ik", "i,j->ij", "ij,ij->i"])
    sizes = {}
    arrays = []
    for term in equation.split("->")[0].split(","):
        shape = [d.randint(1, 3)] if "..." in term and arrays == [] else [arrays[0].shape[0]] if "..." in term else []
        shape += [sizes.setdefault(c, d.randint(1, 5)) for c in term if c.isalpha()]
        arrays.append(d.array(shape, special=0))
    return simple("Einsum", arrays, equation=equation, case=LOOSE)


GENERATORS = [conv, conv_transpose, conv_block, pool, global_pool, gemm, matmul, matmul_block, normalization, attention_pattern, recurrent,
              resize, einsum]
