"""Operators that move elements."""

import numpy as np

from case import Case, Dice, simple

TYPES = [np.float32, np.int64, np.int32, np.uint8, np.bool_, np.float64, np.float16, np.int16]


def data(d: Dice, least=0, least_dim=0, most=9):
    return d.array(d.shape(least, most, least_dim), d.choice(TYPES))


def transpose(d: Dice) -> Case:
    x = data(d)
    perm = list(range(x.ndim))
    d.shuffle(perm)
    return simple("Transpose", [x], perm=perm if perm and d.coin(0.8) else None)


def reshape(d: Dice) -> Case:
    x = data(d, least_dim=1)
    target, rest = [], x.size
    for i in range(d.randint(1, 4)):
        divisors = [k for k in range(1, rest + 1) if rest % k == 0]
        target.append(d.choice(divisors))
        rest //= target[-1]
    target.append(rest)
    if d.coin():
        target[d.randrange(len(target))] = -1
    for i in range(min(len(target), x.ndim)):
        if target[i] == x.shape[i] and d.coin(0.3):
            target[i] = 0
    return simple("Reshape", [x, np.array(target, np.int64)])


def squeeze(d: Dice) -> Case:
    x = data(d)
    ones = [a for a in range(x.ndim) if x.shape[a] == 1]
    if d.coin(0.3):
        return simple("Squeeze", [x])
    axes = [a - x.ndim if d.coin(0.4) else a for a in d.sample(ones, d.randint(0, len(ones)))]
    if not axes:  # an empty list of axes means nothing to some and everything to others
        return simple("Squeeze", [x])
    return simple("Squeeze", [x, np.array(axes, np.int64)])


def unsqueeze(d: Dice) -> Case:
    x = data(d, most=3)
    n = d.randint(1, 2)
    axes = d.sample(range(x.ndim + n), n)
    return simple("Unsqueeze", [x, np.array([a - x.ndim - n if d.coin(0.4) else a for a in axes], np.int64)])


def flatten(d: Dice) -> Case:
    x = data(d, 1)
    return simple("Flatten", [x], axis=d.randint(-x.ndim, x.ndim))


def expand(d: Dice) -> Case:
    shape = d.shape(1)
    return simple("Expand", [d.array(d.broadcast_to(shape), d.choice(TYPES)), np.array(d.broadcast_to(shape), np.int64)])


def tile(d: Dice) -> Case:
    x = data(d, 1, most=3)
    return simple("Tile", [x, np.array([d.randint(0, 3) for _ in range(x.ndim)], np.int64)])


def concat(d: Dice) -> Case:
    shape, dtype = d.shape(1), d.choice(TYPES)
    axis = d.axis(len(shape))
    parts = []
    for _ in range(d.randint(1, 4)):
        part = list(shape)
        part[axis] = d.dim()
        parts.append(d.array(part, dtype))
    return simple("Concat", parts, axis=axis)


def split(d: Dice) -> Case:
    x = data(d, 1)
    axis, n = d.axis(x.ndim), d.randint(1, 3)
    if d.coin():
        return simple("Split", [x], [f"y{i}" for i in range(n)], axis=axis, num_outputs=n) if x.shape[axis] >= 2 * n else simple("Identity", [x])
    cuts = sorted(d.randint(0, x.shape[axis]) for _ in range(n - 1))
    lengths = np.diff([0, *cuts, x.shape[axis]]).astype(np.int64)
    return simple("Split", [x, lengths], [f"y{i}" for i in range(n)], axis=axis)


def slice_(d: Dice) -> Case:
    x = data(d, 1)
    axes = d.axes(x.ndim, 1)
    kind = d.choice([np.int32, np.int64])
    bound = lambda: d.choice([d.randint(-9, 9), -2**63, 2**63 - 1]) if kind == np.int64 else d.randint(-9, 9)
    clip = lambda v: np.clip(np.array(v, np.int64), np.iinfo(kind).min, np.iinfo(kind).max).astype(kind)
    starts, ends = [bound() for _ in axes], [bound() for _ in axes]
    steps = clip([d.choice([-3, -2, -1, 1, 2, 3]) for _ in axes]) if d.coin(0.7) else None
    if steps is not None:
        # ONNX Runtime reads the largest end with a negative step as the beginning, unlike the specification.
        ends = [0 if s < 0 and e == 2**63 - 1 else e for e, s in zip(ends, steps)]
    return simple("Slice", [x, clip(starts), clip(ends), clip(axes), steps], case={"only": "ort"})


def pad(d: Dice) -> Case:
    mode = d.choice(["constant", "reflect", "edge", "wrap"])
    x = d.array(d.shape(1, 3, 2), d.choice([np.float32, np.int32, np.float64]))
    most = 3 if mode == "constant" else 1
    pads = [d.randint(-1 if mode == "constant" else 0, most) for _ in range(2 * x.ndim)]
    value = d.array([], x.dtype, special=0) if mode == "constant" and d.coin() else None
    return simple("Pad", [x, np.array(pads, np.int64), value], mode=mode)


def indices(d: Dice, shape, extent):
    return d.array(shape, d.choice([np.int32, np.int64]), -extent, extent - 1)


def gather(d: Dice) -> Case:
    x = data(d, 1, 1, 3)
    axis = d.axis(x.ndim)
    return simple("Gather", [x, indices(d, d.shape(0, 2), x.shape[axis])], axis=axis)


def gather_elements(d: Dice) -> Case:
    x = data(d, 1, 1)
    axis = d.axis(x.ndim)
    shape = [d.randint(1, n) for n in x.shape]
    shape[axis] = d.dim(1)
    return simple("GatherElements", [x, indices(d, shape, x.shape[axis])], axis=axis)


def nd_indices(d: Dice, shape, depth, outer):
    columns = [d.array([*outer, 1], np.int64, -shape[i], shape[i] - 1) for i in range(depth)]
    return np.concatenate(columns, axis=-1)


def gather_nd(d: Dice) -> Case:
    x = data(d, 1, 1)
    return simple("GatherND", [x, nd_indices(d, x.shape, d.randint(1, x.ndim), d.shape(0, 2, 1))])


def scatter(d: Dice) -> Case:
    x = d.array(d.shape(1, 4, 1), d.choice([np.float32, np.int64, np.float64]), special=0)
    reduction = d.choice(["none", "add", "mul", "max", "min"])
    if d.coin():
        axis = d.axis(x.ndim)
        shape = [d.randint(1, n) for n in x.shape]
        index = indices(d, shape, x.shape[axis])
        if reduction == "none":  # repeated indices have no defined order
            order = np.array([d.sample(range(x.shape[axis]), shape[axis]) for _ in range(index.size // shape[axis])])
            moved = list(shape)
            moved.append(moved.pop(axis % x.ndim))
            index = np.moveaxis(order.reshape(moved), -1, axis).astype(np.int64)
        return simple("ScatterElements", [x, index, d.array(shape, x.dtype, special=0)], axis=axis, reduction=reduction, case={"opset": 18})
    depth = d.randint(1, x.ndim)
    outer = [1] if reduction == "none" else d.shape(1, 2, 1)
    index = nd_indices(d, x.shape, depth, outer)
    return simple("ScatterND", [x, index, d.array(outer + list(x.shape[depth:]), x.dtype, special=0)], reduction=reduction, case={"opset": 18})


def depth_space(d: Dice) -> Case:
    b = d.randint(1, 3)
    n, c, h, w = (d.dim(1) for _ in range(4))
    if d.coin():
        return simple("DepthToSpace", [d.array([n, c * b * b, h, w])], blocksize=b, mode=d.choice(["DCR", "CRD"]))
    return simple("SpaceToDepth", [d.array([n, c, h * b, w * b])], blocksize=b)


def one_hot(d: Dice) -> Case:
    depth = d.randint(1, 5)
    x = d.array(d.shape(0, 3), np.int64, -depth - 1, depth)
    return simple("OneHot", [x, np.array(depth, np.int64), d.array([2], np.float32, special=0)], axis=d.randint(-x.ndim - 1, x.ndim))


def trilu(d: Dice) -> Case:
    k = np.array(d.randint(-4, 4), np.int64) if d.coin(0.7) else None
    return simple("Trilu", [d.array(d.shape(2), d.choice([np.float32, np.int64])), k], upper=d.randint(0, 1))


def top_k(d: Dice) -> Case:
    shape = d.shape(1, least_dim=1)
    axis = d.axis(len(shape))
    x = np.array(d.sample(range(1000), int(np.prod(shape))), np.float32).reshape(shape) if np.prod(shape) < 900 else d.array(shape, special=0)
    return simple("TopK", [x, np.array([d.randint(0, shape[axis])], np.int64)], ["y", "i"], axis=axis, largest=d.randint(0, 1), sorted=1)


def non_zero(d: Dice) -> Case:
    return simple("NonZero", [d.array(d.shape(1), d.choice([np.float32, np.int64, np.bool_]), -1, 1, special=0)])


def unique(d: Dice) -> Case:
    x = d.array(d.shape(1, 3, 1), d.choice([np.float32, np.int64]), 0, 2, special=0).round()
    return simple("Unique", [x], ["y", "i", "v", "c"], axis=d.axis(x.ndim) if d.coin(0.6) else None, sorted=1)


def compress(d: Dice) -> Case:
    x = data(d, 1, 1)
    axis = d.axis(x.ndim) if d.coin(0.7) else None
    length = x.size if axis is None else x.shape[axis]
    return simple("Compress", [x, d.array([d.randint(1, length)], np.bool_)], axis=axis)


def reverse(d: Dice) -> Case:
    x = d.array(d.shape(2, 4, 1))
    time = d.randint(0, 1)
    lengths = d.array([x.shape[1 - time]], np.int64, 1, x.shape[time])
    return simple("ReverseSequence", [x, lengths], time_axis=time, batch_axis=1 - time)


def range_(d: Dice) -> Case:
    dtype = d.choice([np.int64, np.int32, np.float32])
    delta = d.array([], dtype, 1, 3, special=0) * d.choice([1, -1])
    return simple("Range", [d.array([], dtype, special=0), d.array([], dtype, -9, 9, special=0), delta.astype(dtype)])


GENERATORS = [transpose, reshape, squeeze, unsqueeze, flatten, expand, tile, concat, split, slice_, pad, gather, gather_elements,
              gather_nd, scatter, depth_space, one_hot, trilu, top_k, non_zero, unique, compress, reverse, range_]
