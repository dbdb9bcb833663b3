#!/usr/bin/env python3
"""Writes a small ONNX model that uses the operators of rows.c: the tail of a detector. Needs no package.

    python3 make_model.py detections.onnx
"""
import struct
import sys

FLOAT, INT64 = 1, 7


def varint(n):
    out = bytearray()
    n &= (1 << 64) - 1
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    """One field of a protobuf message: an int, a float, text, or the bytes of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def attribute(name, value):
    if isinstance(value, bool) or isinstance(value, int):
        return field(1, name) + field(3, int(value)) + field(20, 2)
    if isinstance(value, float):
        return field(1, name) + field(2, value) + field(20, 1)
    if isinstance(value, str):
        return field(1, name) + field(4, value) + field(20, 3)
    if all(isinstance(v, int) for v in value):
        return field(1, name) + b"".join(field(8, v) for v in value) + field(20, 7)
    return field(1, name) + b"".join(field(7, float(v)) for v in value) + field(20, 6)


def node(op, inputs, outputs, name="", domain="", **attributes):
    body = b"".join(field(1, i) for i in inputs) + b"".join(field(2, o) for o in outputs)
    body += field(3, name or f"{op}_{outputs[0]}") + field(4, op)
    body += b"".join(field(5, attribute(k, v)) for k, v in sorted(attributes.items()))
    return body + (field(7, domain) if domain else b"")


def value(name, dtype=FLOAT, dims=None):
    """A value with its type; without dims the rank is unknown too. A dim is a number or a symbol."""
    shape = b"" if dims is None else field(2, b"".join(field(1, field(1, d) if isinstance(d, int) else field(2, d)) for d in dims))
    return field(1, name) + field(2, field(1, field(1, dtype) + shape))


def model(inputs, outputs, nodes, domains=(), opset=17):
    graph = b"".join(field(1, n) for n in nodes) + field(2, "example")
    graph += b"".join(field(11, v) for v in inputs) + b"".join(field(12, v) for v in outputs)
    opsets = field(8, field(2, opset)) + b"".join(field(8, field(1, d) + field(2, 1)) for d in domains)
    return field(1, 8) + field(2, "make_model.py") + field(7, graph) + opsets


def detections():
    """boxes[N,4] and scores[N] to the best 5 boxes, and to all boxes with a score of 0.25 or more."""
    return model(
        [value("boxes", FLOAT, ["N", 4]), value("logits", FLOAT, ["N"])],
        [value("best"), value("best_indices", INT64), value("kept")],
        [
            node("Sigmoid", ["logits"], ["scores"], "scores"),
            node("TopRows", ["boxes", "scores"], ["top", "best_indices"], "top", "com.example", k=5),
            node("Relu", ["top"], ["best"], "clip"),
            node("KeepRows", ["boxes", "scores"], ["confident"], "confident", "com.example", threshold=0.25),
            node("Relu", ["confident"], ["kept"], "clip_kept"),
        ],
        ["com.example"])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "wb") as out:
        out.write(detections())
