"""Elementwise operators, reductions and casts."""

import numpy as np
from onnx import helper

from case import FLOATS, INTS, NUMERIC, SIGNED, UNSIGNED, Case, Dice, node, simple

UNARY = {
    "Abs": NUMERIC, "Neg": FLOATS + SIGNED, "Sign": NUMERIC, "Ceil": FLOATS, "Floor": FLOATS, "Round": FLOATS, "Sqrt": FLOATS,
    "Exp": FLOATS, "Log": FLOATS, "Reciprocal": FLOATS, "Sigmoid": FLOATS, "Tanh": FLOATS, "Erf": FLOATS, "Sin": FLOATS,
    "Cos": FLOATS, "Tan": FLOATS, "Asin": FLOATS, "Acos": FLOATS, "Atan": FLOATS, "Sinh": FLOATS, "Cosh": FLOATS, "Asinh": FLOATS,
    "Acosh": FLOATS, "Atanh": FLOATS, "Relu": FLOATS + [np.int32, np.int8], "Softplus": FLOATS, "Softsign": FLOATS, "Mish": FLOATS,
    "HardSwish": FLOATS, "Identity": NUMERIC, "IsNaN": FLOATS, "Not": [np.bool_], "BitwiseNot": INTS, "IsInf": [np.float32, np.float64],
}
ACTIVATIONS = {
    "LeakyRelu": ["alpha"], "Elu": ["alpha"], "Selu": ["alpha", "gamma"], "HardSigmoid": ["alpha", "beta"],
    "ThresholdedRelu": ["alpha"], "Celu": ["alpha"],
}
BINARY = {
    "Add": NUMERIC, "Sub": NUMERIC, "Mul": NUMERIC, "Div": NUMERIC, "Pow": [np.float32, np.float64, np.int32, np.int64],
    "Equal": NUMERIC + [np.bool_], "Less": NUMERIC, "Greater": NUMERIC, "LessOrEqual": NUMERIC, "GreaterOrEqual": NUMERIC,
    "And": [np.bool_], "Or": [np.bool_], "Xor": [np.bool_], "BitwiseAnd": INTS, "BitwiseOr": INTS, "BitwiseXor": INTS,
    "BitShift": UNSIGNED, "Mod": NUMERIC, "PRelu": FLOATS,
}


def tolerance(dtype):
    return {"rtol": 1e-2, "atol": 1e-2} if np.dtype(dtype) == np.float16 else {}


def unary(d: Dice) -> Case:
    op = d.choice(list(UNARY))
    dtype = d.choice(UNARY[op])
    x = d.array(d.shape(), dtype, special=0.2)
    if op == "Round":
        x = np.round(x * 2) / np.dtype(dtype).type(2)  # halves are the interesting ones
    attributes = {"detect_negative": d.randint(0, 1), "detect_positive": d.randint(0, 1)} if op == "IsInf" else {}
    return simple(op, [x], case=tolerance(dtype), **attributes)


def activation(d: Dice) -> Case:
    op = d.choice(list(ACTIVATIONS))
    dtype = d.choice([np.float32, np.float64] if op != "Celu" else [np.float32])
    attributes = {a: round(d.uniform(0.1, 2), 2) for a in ACTIVATIONS[op] if d.coin(0.7)}
    return simple(op, [d.array(d.shape(), dtype)], **attributes)


def binary(d: Dice) -> Case:
    op = d.choice(list(BINARY))
    dtype = d.choice(BINARY[op])
    shape = d.shape()
    other = d.broadcast_to(shape)
    a, b = d.array(shape, dtype), d.array(other, dtype)
    attributes = {}
    if np.dtype(dtype).kind in "iu" and op in ("Div", "Mod"):
        b = np.where(b == 0, np.dtype(dtype).type(1), b).astype(dtype)
    if op == "Mod":
        attributes["fmod"] = 1 if np.dtype(dtype).kind == "f" else d.randint(0, 1)
    if op == "BitShift":
        attributes["direction"] = d.choice(["LEFT", "RIGHT"])
        b = d.array(other, dtype, 0, np.dtype(dtype).itemsize * 8 - 1)
    if op == "Pow":
        a, b = (np.abs(a) if np.dtype(dtype).kind == "f" else a), d.array(other, dtype, 0, 3)
    if op != "PRelu" and d.coin():
        a, b = b, a
        if op in ("Div", "Mod") and np.dtype(dtype).kind in "iu":
            b = np.where(b == 0, np.dtype(dtype).type(1), b).astype(dtype)
        if op == "BitShift":
            b = np.clip(b, 0, np.dtype(dtype).itemsize * 8 - 1).astype(dtype)
        if op == "Pow":
            a, b = b, a
    return simple(op, [a, b], case=tolerance(dtype), **attributes)


def variadic(d: Dice) -> Case:
    op = d.choice(["Min", "Max", "Sum", "Mean"])
    dtype = d.choice([np.float32, np.float64] + ([np.int32, np.int64, np.uint8] if op in ("Min", "Max") else []))
    shape = d.shape()
    return simple(op, [d.array(shape if i == 0 else d.broadcast_to(shape), dtype) for i in range(d.randint(1, 4))])


def where(d: Dice) -> Case:
    dtype = d.choice([np.float32, np.int64, np.uint8, np.float64])
    shape = d.shape()
    return simple("Where", [d.array(d.broadcast_to(shape), np.bool_), d.array(shape, dtype), d.array(d.broadcast_to(shape), dtype)])


def clip(d: Dice) -> Case:
    dtype = d.choice([np.float32, np.float64, np.int32, np.int8, np.uint8, np.int64])
    low = d.array([], dtype, -2, 0, special=0) if d.coin(0.7) else None
    high = d.array([], dtype, 0, 3, special=0) if d.coin(0.7) else None
    # Where a limit is left out, infinities become the largest number for some and stay for others.
    return simple("Clip", [d.array(d.shape(), dtype, special=0 if low is None or high is None else 0.2), low, high])


def reduce(d: Dice) -> Case:
    op = d.choice(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare",
                   "ReduceLogSum", "ReduceLogSumExp"])
    dtype = d.choice([np.float32, np.float64] + ([np.int32, np.int64] if op in ("ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd") else []))
    x = d.array(d.shape(least_dim=1), dtype, 0.1 if op == "ReduceLogSum" else -3, 3, special=0)
    axes = np.array(d.axes(x.ndim), np.int64) if d.coin(0.8) else None
    return simple(op, [x, axes], keepdims=d.randint(0, 1), noop_with_empty_axes=d.randint(0, 1), case={"opset": 18})


def arg(d: Dice) -> Case:
    x = d.array(d.shape(1, least_dim=1), d.choice([np.float32, np.int32, np.float64]), -3, 3, special=0)
    if x.dtype.kind == "f" and d.coin():
        x = np.round(x).astype(x.dtype)  # ties
    return simple(d.choice(["ArgMax", "ArgMin"]), [x], axis=d.axis(x.ndim), keepdims=d.randint(0, 1), select_last_index=d.randint(0, 1))


def softmax(d: Dice) -> Case:
    op = d.choice(["Softmax", "LogSoftmax", "Hardmax"])
    opset = d.choice([9, 11, 13, 21]) if d.coin() else 21
    x = d.array(d.shape(1, least_dim=1), d.choice([np.float32, np.float64]) if opset >= 13 else np.float32, special=0)
    axis = d.axis(x.ndim) if opset >= 11 else d.randint(0, x.ndim - 1)
    return simple(op, [x], axis=axis, case={"opset": opset, "only": "ort" if opset < 13 else ""})


def cumulative(d: Dice) -> Case:
    x = d.array(d.shape(1), d.choice([np.float32, np.int32, np.int64, np.float64]))
    return simple("CumSum", [x, np.array(d.axis(x.ndim), np.int64)], exclusive=d.randint(0, 1), reverse=d.randint(0, 1))


def cast(d: Dice) -> Case:
    source, to = d.choice(NUMERIC + [np.bool_]), d.choice(NUMERIC + [np.bool_])
    unsigned = np.dtype(to).kind == "u"
    x = d.array(d.shape(), source, 0 if unsigned else -100, 100, special=0)
    return simple("Cast", [x], to=helper.np_dtype_to_tensor_dtype(np.dtype(to)))


def quantize(d: Dice) -> Case:
    dtype = d.choice([np.uint8, np.int8])
    x = d.array(d.shape(1, least_dim=1), np.float32, -50, 50, special=0)
    axis = d.axis(x.ndim)
    per_axis = d.coin()
    shape = [x.shape[axis]] if per_axis else []
    scale = d.array(shape, np.float32, 0.1, 2, special=0)
    zero = d.array(shape, dtype, -20 if dtype == np.int8 else 0, 20) if d.coin(0.8) else None
    if d.coin():
        return simple("QuantizeLinear", [x, scale, zero], axis=axis if per_axis else None)
    q = d.array(x.shape, dtype if zero is not None else np.uint8, -128, 255)
    return simple("DequantizeLinear", [q, scale, zero], axis=axis if per_axis else None)


def chain(d: Dice) -> Case:
    """Several elementwise nodes, as passes like to fuse them."""
    shape = d.shape(1, least_dim=1)
    nodes, last = [], "x0"
    inputs = {"x0": d.array(shape, special=0.3)}
    for i in range(d.randint(2, 6)):
        if d.coin():
            nodes.append(node(d.choice(["Relu", "Sigmoid", "Tanh", "Neg", "Abs", "Exp", "Erf", "Softplus"]), [last], [f"t{i}"]))
        else:
            inputs[f"x{i + 1}"] = d.array(d.broadcast_to(shape), special=0.3)
            nodes.append(node(d.choice(["Add", "Sub", "Mul", "Max"]), [last, f"x{i + 1}"], [f"t{i}"]))
        last = f"t{i}"
    return Case(nodes, inputs, [last])


GENERATORS = [unary, activation, binary, variadic, where, clip, reduce, arg, softmax, cumulative, cast, quantize, chain]
