"""Operators that the other files leave out: recent ones, images, integer products, optionals, sequences, maps."""

import numpy as np
import onnx
from onnx import TensorProto, helper

from case import FLOATS, INTS, NUMERIC, Case, Dice, node, simple

ML = "ai.onnx.ml"
LOOSE = {"rtol": 1e-3, "atol": 1e-4}


def opset_of(op: str) -> int:
    return max(21, onnx.defs.get_schema(op, onnx.defs.onnx_opset_version()).since_version)


def recent(op: str, **more) -> dict:
    return {**LOOSE, "opset": opset_of(op), "only": "reference", **more}


def gates(d: Dice) -> Case:
    op = d.choice(["Swish", "SwiGLU", "Shrink", "Dropout", "Det"])
    if op == "Det":
        n = d.randint(1, 4)
        return simple(op, [d.array([*d.shape(0, 2), n, n], d.choice([np.float32, np.float64]), special=0)], case={"rtol": 1e-2, "atol": 1e-3})
    x = d.array(d.shape(), d.choice(FLOATS if op != "Dropout" else [np.float32, np.float64]), special=0.1)
    loose = {"rtol": 1e-2, "atol": 1e-2} if x.dtype == np.float16 else LOOSE
    if op == "Shrink":
        return simple(op, [x], bias=round(d.uniform(-1, 1), 2), lambd=round(d.uniform(0, 2), 2), case=loose)
    if op == "Dropout":
        return simple(op, [x, np.array(0.5, np.float32) if d.coin() else None], ["y", "m"] if d.coin() else ["y"], case={"opset": 13})
    alpha = round(d.uniform(-2, 2), 2) if d.coin() else None
    if op == "Swish":
        return simple(op, [x], alpha=alpha, case={**recent(op), **loose})
    return simple(op, [x, d.array(x.shape, x.dtype)], alpha=alpha, case={**recent(op), **loose})


def bits(d: Dice) -> Case:
    sizes = {1: [np.int8, np.uint8], 2: [np.int16, np.uint16, np.float16], 4: [np.int32, np.uint32, np.float32], 8: [np.int64, np.uint64, np.float64]}
    kinds = d.choice(list(sizes.values()))
    if d.coin():
        return simple("BitCast", [d.array(d.shape(), d.choice(kinds), 0, 100)], to=helper.np_dtype_to_tensor_dtype(np.dtype(d.choice(kinds))), case=recent("BitCast"))
    return simple("CastLike", [d.array(d.shape(), d.choice(NUMERIC), 0, 100, special=0), d.array([1], d.choice(NUMERIC))], case={"opset": 19, "only": "reference"})


def constants(d: Dice) -> Case:
    op = d.choice(["ConstantOfShape", "EyeLike", "Shape", "Size", "Constant"])
    if op == "ConstantOfShape":
        value = onnx.numpy_helper.from_array(d.array([1], d.choice(NUMERIC), special=0)) if d.coin(0.8) else None
        return simple(op, [np.array(d.shape(), np.int64)], value=value)
    if op == "EyeLike":
        dtype = d.choice([np.float32, np.int64, np.int32, np.float64])
        to = helper.np_dtype_to_tensor_dtype(np.dtype(d.choice([np.float32, np.int64, np.uint8]))) if d.coin() else None
        return simple(op, [d.array([d.dim(), d.dim()], dtype)], k=d.randint(-3, 3), dtype=to)
    if op == "Shape":
        x = d.array(d.shape(), d.choice(NUMERIC))
        return simple(op, [x], start=d.randint(-5, 5) if d.coin() else None, end=d.randint(-5, 5) if d.coin() else None)
    if op == "Size":
        return simple(op, [d.array(d.shape(), d.choice(NUMERIC))])
    shape = d.shape(0, 3)
    nodes = [node("Constant", [], ["c"], value=onnx.numpy_helper.from_array(d.array(shape, np.float32))), node("Add", ["x", "c"], ["y"])]
    return Case(nodes, {"x": d.array(d.broadcast_to(shape))}, ["y"])


def products(d: Dice) -> Case:
    """Integer convolutions and products, quantised or not."""
    op = d.choice(["ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul"])
    a_type, b_type = d.choice([(np.uint8, np.uint8), (np.uint8, np.int8), (np.int8, np.int8)])
    low = lambda t: -128 if t == np.int8 else 0
    top = lambda t: 127 if t == np.int8 else 255
    full = lambda shape, t: d.array(shape, t, low(t), top(t))
    scalar = lambda v: np.array(v, np.float32)
    if "MatMul" in op:
        batch, m, k, n = d.shape(0, 2, 1), d.dim(1), d.choice([d.dim(1), d.randint(200, 600)]), d.dim(1)
        a, b = full([*batch, m, k], a_type), full([*batch, k, n], b_type)
        if op == "MatMulInteger":
            za = full([], a_type) if d.coin(0.7) else None
            zb = full([n] if d.coin() else [], b_type) if d.coin(0.7) else None
            return simple(op, [a, b, za, zb])
        y_type = a_type
        return simple(op, [a, scalar(0.01), full([], a_type), b, scalar(0.02), full([], b_type), scalar(0.01 * k), full([], y_type)],
                      case={"rtol": 0, "atol": 1.01})
    group = d.choice([1, 1, 2])
    cin, cout = group * d.randint(1, 6), group * d.randint(1, 4)
    kernel = [d.randint(1, 3), d.randint(1, 3)]
    x = full([d.randint(1, 2), cin, *(2 * k + d.randint(0, 5) for k in kernel)], a_type)
    w = full([cout, cin // group, *kernel], b_type)
    attributes = {"group": group, "strides": [d.randint(1, 2) for _ in kernel], "pads": [d.randint(0, k - 1) for k in kernel] * 2}
    if op == "ConvInteger":
        return simple(op, [x, w, full([], a_type) if d.coin() else None, full([], b_type) if d.coin() else None], **attributes)
    bias = d.array([cout], np.int32, -1000, 1000) if d.coin() else None
    return simple(op, [x, scalar(0.01), full([], a_type), w, scalar(0.02), full([], b_type), scalar(0.5), full([], a_type), bias],
                  case={"rtol": 0, "atol": 1.01}, **attributes)


def dynamic_quantize(d: Dice) -> Case:
    return simple("DynamicQuantizeLinear", [d.array(d.shape(least_dim=1), special=0)], ["y", "s", "z"], case={"atol": 1e-5})


def group_norm(d: Dice) -> Case:
    groups = d.randint(1, 4)
    x = d.array([d.randint(1, 2), groups * d.randint(1, 3), *d.shape(1, 2, 1)], special=0)
    c = x.shape[1]
    if d.coin():
        return simple("GroupNormalization", [x, d.array([c], special=0), d.array([c], special=0)], num_groups=groups, epsilon=1e-3, case={**LOOSE, "only": "reference"})
    axis = d.axis(x.ndim)
    return simple("RMSNormalization", [x, d.array(list(x.shape[axis:]), special=0)], axis=axis, case=recent("RMSNormalization"))


def attention(d: Dice) -> Case:
    b, h, s, t, k, v = d.randint(1, 2), d.randint(1, 3), d.randint(1, 5), d.randint(1, 6), d.randint(1, 6), d.randint(1, 5)
    shared = d.randint(1, 2)
    t = s if d.coin() else t
    q, key, value = d.array([b, h * shared, s, k], special=0), d.array([b, h, t, k], special=0), d.array([b, h, t, v], special=0)
    p = d.randint(0, 5) if d.coin() else None  # keys and values seen before
    past = [d.array([b, h, p, k], special=0), d.array([b, h, p, v], special=0)] if p is not None else [None, None]
    t += p or 0
    mask = d.choice([None, d.array([s, t], special=0), d.array([s, t], np.bool_), d.array([b, 1, s, t], special=0)])
    if mask is not None and mask.dtype == np.bool_:
        mask[:, 0] = True  # what attends to nothing is open
    attributes = {"is_causal": d.randint(0, 1) if mask is None else 0, "scale": round(d.uniform(0.1, 1), 2) if d.coin() else None,
                  "softcap": 2.0 if d.coin(0.3) else None}
    if attributes["is_causal"] and s > t:
        attributes["is_causal"] = 0
    if d.coin(0.4):  # heads side by side
        q, key, value = (x.transpose(0, 2, 1, 3).reshape(b, x.shape[2], -1) for x in (q, key, value))
        attributes |= {"q_num_heads": h * shared, "kv_num_heads": h}
    outputs = ["y", "present_k", "present_v"] if p is not None or d.coin(0.2) else ["y"]
    return simple("Attention", [q, key, value, mask, *past], outputs, case=recent("Attention", opset=23), **attributes)


def flex_attention(d: Dice) -> Case:
    b, h, s, t, k = d.randint(1, 2), d.randint(1, 3), d.randint(1, 5), d.randint(1, 6), d.randint(1, 6)
    return simple("FlexAttention", [d.array([b, h, s, k], special=0), d.array([b, h, t, k], special=0), d.array([b, h, t, k], special=0)],
                  domain="ai.onnx.preview", scale=round(d.uniform(0.1, 1), 2) if d.coin() else None, case={**LOOSE, "only": "reference", "opset": 26})


def linear_attention(d: Dice) -> Case:
    b, t, kv, shared, dk, dv = d.randint(1, 2), d.randint(1, 4), d.randint(1, 2), d.randint(1, 2), d.randint(1, 4), d.randint(1, 4)
    rule = d.choice(["linear", "gated", "delta", "gated_delta"])
    arrays = [d.array([b, t, kv * shared * dk], special=0), d.array([b, t, kv * dk], low=-1, high=1, special=0), d.array([b, t, kv * dv], special=0),
              d.array([b, kv, dk, dv], special=0) if d.coin() else None,
              d.array([b, t, kv], low=-2, high=0, special=0) if "gated" in rule else None, d.array([b, t, kv], low=0, high=1, special=0) if "delta" in rule else None]
    return simple("LinearAttention", arrays, ["y", "s"], q_num_heads=kv * shared, kv_num_heads=kv, update_rule=rule, scale=0.5, case=recent("LinearAttention"))


def causal_conv(d: Dice) -> Case:
    b, c, length, k = d.randint(1, 2), d.randint(1, 4), d.randint(1, 7), d.randint(1, 4)
    return simple("CausalConvWithState", [d.array([b, c, length], special=0), d.array([c, 1, k], special=0), d.array([c], special=0) if d.coin() else None,
                                          d.array([b, c, k - 1], special=0) if d.coin() and k > 1 else None], ["y", "s"],
                  activation=d.choice(["none", "silu"]), case=recent("CausalConvWithState"))


def rotary(d: Dice) -> Case:
    b, h, s, half = d.randint(1, 2), d.randint(1, 3), d.randint(1, 5), d.randint(1, 4)
    x = d.array([b, h, s, 2 * half], special=0)
    positions = d.array([b, s], np.int64, 0, 7) if d.coin() else None
    rows = [8, half] if positions is not None else [b, s, half]
    return simple("RotaryEmbedding", [x, d.array(rows, low=-1, high=1, special=0), d.array(rows, low=-1, high=1, special=0), positions],
                  interleaved=d.randint(0, 1), case=recent("RotaryEmbedding"))


def tensor_scatter(d: Dice) -> Case:
    b, h, length, k = d.randint(1, 3), d.randint(1, 2), d.randint(2, 7), d.randint(1, 4)
    n = d.randint(1, length)
    mode = d.choice(["linear", "circular"])
    at = d.array([b], np.int64, 0, length - n if mode == "linear" else length - 1) if d.coin(0.8) else None
    return simple("TensorScatter", [d.array([b, h, length, k], special=0), d.array([b, h, n, k], special=0), at], mode=mode, case=recent("TensorScatter"))


def cumulative_product(d: Dice) -> Case:
    x = d.array(d.shape(1), d.choice([np.float32, np.float64, np.int64]), special=0)
    return simple("CumProd", [x, np.array(d.axis(x.ndim), np.int64)], exclusive=d.randint(0, 1), reverse=d.randint(0, 1), case=recent("CumProd"))


def images(d: Dice) -> Case:
    op = d.choice(["AffineGrid", "GridSample", "CenterCropPad", "Col2Im", "DeformConv", "MaxUnpool", "Upsample", "GlobalLpPool"])
    n, c, h, w = d.randint(1, 2), d.randint(1, 3), d.randint(2, 6), d.randint(2, 6)
    if op == "AffineGrid":
        size = [n, c, h, w] if d.coin() else [n, c, 3, h, w]
        return simple(op, [d.array([n, len(size) - 2, len(size) - 1], special=0), np.array(size, np.int64)], align_corners=d.randint(0, 1), case={**LOOSE, "only": "reference"})
    if op == "GridSample":
        return simple(op, [d.array([n, c, h, w], special=0), d.array([n, d.randint(1, 5), d.randint(1, 5), 2], low=-1.3, high=1.3, special=0)],
                      mode=d.choice(["linear", "nearest", "cubic"]), padding_mode=d.choice(["zeros", "border", "reflection"]),
                      align_corners=d.randint(0, 1), case={**LOOSE, "opset": 20})
    if op == "CenterCropPad":
        x = d.array(d.shape(1, 3, 1), special=0)
        axes = d.axes(x.ndim, 1)
        return simple(op, [x, np.array([d.randint(1, 7) for _ in axes], np.int64)], axes=axes, case={"only": "reference"})
    if op == "Col2Im":
        k = [d.randint(1, 2), d.randint(1, 2)]
        blocks = (h - k[0] + 1) * (w - k[1] + 1)
        return simple(op, [d.array([n, c * k[0] * k[1], blocks], special=0), np.array([h, w], np.int64), np.array(k, np.int64)], case=LOOSE)
    if op == "DeformConv":
        k, o = d.randint(1, 2), d.randint(1, 3)
        oh, ow = h - k + 1, w - k + 1
        return simple(op, [d.array([n, c, h, w], special=0), d.array([o, c, k, k], special=0), d.array([n, 2 * k * k, oh, ow], low=-1, high=1, special=0),
                           d.array([o], special=0) if d.coin() else None, d.array([n, k * k, oh, ow], low=0, high=1, special=0) if d.coin() else None],
                      kernel_shape=[k, k], pads=[0, 0, 0, 0], case={**LOOSE, "opset": 19})
    if op == "MaxUnpool":
        x = d.array([n, c, h, w], special=0)
        places = np.array([d.sample(range(4 * h * w), h * w) for _ in range(n * c)], np.int64).reshape(n, c, h, w)
        places += np.arange(n * c).reshape(n, c, 1, 1) * 4 * h * w
        return simple(op, [x, places], kernel_shape=[2, 2], strides=[2, 2], case={"only": "ort"})
    if op == "Upsample":
        return simple(op, [d.array([n, c, h, w], special=0), np.array([1, 1, d.randint(1, 3), d.randint(1, 3)], np.float32)],
                      mode=d.choice(["nearest", "linear"]), case={**LOOSE, "opset": 9, "only": "ort"})
    return simple(op, [d.array([n, c, h, w], special=0)], p=d.randint(1, 3), case=LOOSE)


def regions(d: Dice) -> Case:
    n, c, h, w, count = d.randint(1, 2), d.randint(1, 3), d.randint(3, 8), d.randint(3, 8), d.randint(1, 3)
    corner = [[d.uniform(0, w - 2), d.uniform(0, h - 2)] for _ in range(count)]
    rois = np.array([[x, y, x + d.uniform(1, w - x), y + d.uniform(1, h - y)] for x, y in corner], np.float32)
    x = d.array([n, c, h, w], special=0)
    if d.coin(0.3):
        indexed = np.concatenate([d.array([count, 1], np.int64, 0, n - 1).astype(np.float32), rois.round()], axis=1)
        return simple("MaxRoiPool", [x, indexed], pooled_shape=[d.randint(1, 3), d.randint(1, 3)], case={**LOOSE, "only": "ort"})
    mode = d.choice(["avg", "max"])  # with more samples ONNX Runtime's maximum is another
    return simple("RoiAlign", [x, rois, d.array([count], np.int64, 0, n - 1)], mode=mode, output_height=d.randint(1, 3),
                  output_width=d.randint(1, 3), sampling_ratio=1 if mode == "max" else d.randint(1, 3), spatial_scale=1.0,
                  coordinate_transformation_mode=d.choice(["half_pixel", "output_half_pixel"]), case={**LOOSE, "opset": 16, "only": "ort"})


def mel(d: Dice) -> Case:
    scalars = [np.array(d.randint(2, 12), np.int64), np.array(d.choice([16, 32, 64]), np.int64), np.array(8000, np.int64)]
    return simple("MelWeightMatrix", [*scalars, np.array(0.0, np.float32), np.array(d.choice([2000.0, 4000.0]), np.float32)], case={**LOOSE, "only": "reference"})


def sequence_parts(d: Dice) -> Case:
    """A sequence made, changed, read and mapped."""
    x = [d.array([d.randint(1, 4), 3], special=0) for _ in range(d.randint(2, 4))]
    names = [f"x{i}" for i in range(len(x))]
    inputs = dict(zip(names, x))
    nodes = [node("SequenceConstruct", names, ["s"])]
    last = "s"
    if d.coin():
        inputs["e"] = np.array(d.randint(-len(x), len(x) - 1), np.int64)
        nodes.append(node("SequenceErase", ["s", "e"], ["t"]))
        last, x = "t", x[:-1]
    if d.coin():
        f = TensorProto.FLOAT
        inner = helper.make_graph([node("Neg", ["a"], ["b"])], "body", [helper.make_tensor_value_info("a", f, None)], [helper.make_tensor_value_info("b", f, None)])
        nodes.append(node("SequenceMap", [last], ["m"], body=inner))
        last = "m"
    inputs["i"] = np.array(d.randint(-len(x), len(x) - 1), np.int64)
    nodes += [node("SequenceLength", [last], ["n"]), node("SequenceAt", [last, "i"], ["y"])]
    return Case(nodes, inputs, ["n", "y"], opset=17, only="reference")


def empty_sequence(d: Dice) -> Case:
    nodes = [node("SequenceEmpty", [], ["s"]), node("SequenceInsert", ["s", "x"], ["t"]), node("SequenceAt", ["t", "i"], ["y"])]
    return Case(nodes, {"x": d.array(d.shape()), "i": np.array(0, np.int64)}, ["y"])


def optionals(d: Dice) -> Case:
    nodes = [node("Optional", ["x"], ["o"]), node("OptionalHasElement", ["o"], ["h"]), node("OptionalGetElement", ["o"], ["e"]), node("Neg", ["e"], ["y"])]
    return Case(nodes, {"x": d.array(d.shape())}, ["h", "y"], opset=18, only="ort")


def old_scatter(d: Dice) -> Case:
    x = d.array(d.shape(2, 3, 2), special=0)
    index = np.zeros([1] * x.ndim, np.int64)
    return simple("Scatter", [x, index, d.array(index.shape, special=0)], axis=d.randint(0, x.ndim - 1), case={"opset": 10, "only": "ort"})


def categories(d: Dice) -> Case:
    op = d.choice(["CategoryMapper", "FeatureVectorizer"])
    if op == "CategoryMapper":
        words, numbers = ["a", "b", "c"], [3, 5, 9]
        x = d.words(d.shape(1, 2, 1), ("a", "b", "c", "zz")) if d.coin() else d.array(d.shape(1, 2, 1), np.int64, 3, 9)
        return simple(op, [x], domain=ML, cats_strings=words, cats_int64s=numbers, default_string="none", default_int64=-1, case={"only": "ort"})
    n, widths = d.randint(1, 3), [d.randint(1, 3) for _ in range(d.randint(1, 3))]
    return simple(op, [d.array([n, w], special=0) for w in widths], domain=ML, inputdimensions=widths, case={"only": "ort"})


GENERATORS = [gates, bits, constants, products, dynamic_quantize, group_norm, attention, flex_attention, linear_attention, causal_conv, rotary,
              tensor_scatter, cumulative_product, images, regions, mel, sequence_parts, empty_sequence, optionals, old_scatter, categories]
