#!/usr/bin/env python3
"""One small model for each kind of bad input: indices, sizes, lengths and attributes that do not fit. Each ends with its code, the node,
the value and what is allowed, whether the value is known at import or comes with a run.

    tests/oracle/bad_values.py --pharos build/bin/pharos [--only TEXT]
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx
    import onnx.parser
    from onnx import helper, numpy_helper
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed")
    sys.exit(77)

F = np.float32
VALUE, INDEX, MISFIT, ATTRIBUTE, INPUT, LARGE, NAMED = "PH2105", "PH2104", "PH2103", "PH2101", "PH2102", "PH2107", "PH4102"


def i64(*v):
    return np.array(v, np.int64)


def one(v):
    return i64(v)[0]


def f(*shape):
    return np.ones(shape, F)


# operator, inputs, which of them hold the bad value (tried as constants and as inputs), code, what the message says, more
CONTENTS = [
    ("Gather", [f(4, 3), i64(0, 7)], (1,), INDEX, "7; allowed -4 to 3"),
    ("Gather", [f(4, 3), i64(-5)], (1,), INDEX, "-5; allowed -4 to 3"),
    ("GatherElements", [f(4, 3), i64(9).reshape(1, 1)], (1,), INDEX, "9; allowed -4 to 3"),
    ("GatherND", [f(4, 3), i64(1, 5).reshape(1, 2)], (1,), INDEX, "5; allowed -3 to 2"),
    ("ScatterND", [f(4, 3), i64(6).reshape(1, 1), f(1, 3)], (1,), INDEX, "6; allowed -4 to 3"),
    ("ScatterElements", [f(4, 3), i64(6).reshape(1, 1), f(1, 1)], (1,), INDEX, "6; allowed -4 to 3"),
    ("CumSum", [f(4, 2), one(5)], (1,), INDEX, "5; allowed -2 to 1"),
    ("ReverseSequence", [f(4, 2), i64(9, 1)], (1,), INDEX, "9; allowed 0 to 4"),
    ("MaxRoiPool", [f(1, 1, 4, 4), np.array([[9, 0, 0, 2, 2]], F)], (1,), INDEX, "9; allowed 0 to 0", {"pooled_shape": [2, 2]}),
    ("RoiAlign", [f(1, 1, 4, 4), f(1, 4), i64(7)], (2,), INDEX, "7; allowed 0 to 0"),
    ("MaxUnpool", [f(1, 1, 1, 1), i64(999).reshape(1, 1, 1, 1)], (1,), INDEX, "999; allowed 0 to 3", {"kernel_shape": [2, 2]}),
    ("ai.onnx.ml::ArrayFeatureExtractor", [f(1, 4), i64(9)], (1,), INDEX, "9; allowed 0 to 3"),
    ("OneHot", [i64(0, 1), one(-3), f(2)], (1,), VALUE, "-3; expected a depth of 0 or more"),
    ("OneHot", [i64(0, 1), one(2**50), f(2)], (1,), LARGE, "2x1125899906842624"),
    ("TopK", [f(4), i64(9)], (1,), VALUE, "9; expected 0 to 4", {"outputs": 2}),
    ("TopK", [f(4), i64(-1)], (1,), VALUE, "-1; expected 0 to ", {"outputs": 2}),
    ("Tile", [f(4), i64(2**60)], (1,), LARGE, "4611686018427387904"),
    ("Tile", [f(4), i64(-2)], (1,), VALUE, "-2; expected repeats of 0 or more"),
    ("Expand", [f(1), i64(2**40, 2**40)], (1,), LARGE, "1099511627776x1099511627776"),
    ("Reshape", [f(4), i64(-1, -1)], (1,), VALUE, "-1 twice"),
    ("Reshape", [f(4), i64(3, 1)], (1,), MISFIT, "cannot reshape"),
    ("Pad", [f(4), i64(2**61, 2**61)], (1,), LARGE, "2305843009213693952"),
    ("Pad", [f(4), i64(-9, 0)], (1,), VALUE, "leave -5 of axis 0"),
    ("ConstantOfShape", [i64(-1)], (0,), VALUE, "-1; expected sizes of 0 or more"),
    ("ConstantOfShape", [i64(2**31, 2**31, 2**31)], (0,), LARGE, "2147483648x2147483648x2147483648"),
    ("Resize", [f(1, 1, 4, 4), None, np.array([1, 1, np.nan, 2], F)], (2,), VALUE, "nan; expected factors above 0"),
    ("Resize", [f(1, 1, 4, 4), None, np.array([1, 1, np.inf, 2], F)], (2,), VALUE, "inf; expected factors above 0"),
    ("Resize", [f(1, 1, 4, 4), None, np.array([1, 1, -2, 2], F)], (2,), VALUE, "-2; expected factors above 0"),
    ("Resize", [f(1, 1, 4, 4), None, None, i64(1, 1, 2**40, 2**40)], (3,), LARGE, "1x1x1099511627776x1099511627776"),
    ("Range", [one(0), one(9), one(0)], (0, 1, 2), VALUE, "0; expected a step other than 0"),
    ("Range", [F(0), F(np.nan), F(1)], (0, 1, 2), VALUE, "nan; expected a finite number"),
    ("Range", [F(0), F(1e30), F(1e-10)], (0, 1, 2), LARGE, "the limit is 2^63 elements"),
    ("Split", [f(4), i64(1, 1)], (1,), MISFIT, "sizes add up to 2, the axis has 4", {"outputs": 2}),
    ("Split", [f(4), i64(5, -1)], (1,), VALUE, "-1; expected sizes of 0 or more", {"outputs": 2}),
    ("Slice", [f(4), i64(0), i64(4), i64(0), i64(0)], (1, 2, 3, 4), VALUE, "0; expected steps other than 0"),
    ("Slice", [f(4), i64(0), i64(4), i64(7)], (1, 2, 3), ATTRIBUTE, "7; expected -1 to 0"),
    ("Unsqueeze", [f(4, 2), i64(1, 1)], (1,), ATTRIBUTE, "1 twice"),
    ("ReduceSum", [f(4, 2), i64(5)], (1,), ATTRIBUTE, "5; expected -2 to 1"),
    ("NonMaxSuppression", [f(1, 4, 4), f(1, 1, 4), one(3), F(np.nan), F(0)], (2, 3, 4), VALUE, "nan; expected 0 to 1"),
    ("STFT", [f(1, 64, 1), one(0), f(16)], (1,), VALUE, "0; expected 1 or more"),
    ("STFT", [f(1, 64, 1), one(4), None, one(2**40)], (1, 3), VALUE, "frames of 1099511627776 in a signal of 64"),
    ("DFT", [f(1, 64, 1), one(-4)], (1,), VALUE, "length -4; expected 1 or more"),
    ("DFT", [f(1, 64, 1), one(2**45)], (1,), LARGE, "1x35184372088832x2"),
    ("HannWindow", [one(2**50)], (0,), LARGE, "1125899906842624"),
    ("HannWindow", [one(-5)], (0,), VALUE, "-5; expected 0 or more"),
    ("MelWeightMatrix", [one(-8), one(16), one(8000), F(0), F(4000)], (0, 1, 2, 3, 4), VALUE, "-8; expected 0 or more"),
    ("Compress", [f(4), np.ones(6, bool)], (1,), VALUE, "at most 4 flags", {"axis": 0}),
    ("CenterCropPad", [f(4), i64(-4)], (1,), VALUE, "-4; expected sizes of 0 or more"),
    ("Col2Im", [f(1, 4, 4), i64(0, 3), i64(2, 2)], (1, 2), VALUE, "0; expected 1 or more"),
    ("LSTM", [f(3, 1, 2), f(1, 8, 2), f(1, 8, 2), None, np.array([9], np.int32)], (4,), VALUE, "9; expected 0 to 3", {"hidden_size": 2}),
]
# What can be told from shapes and attributes alone.
SHAPES = [
    ("Conv", [f(1, 1, 4), f(1, 1, 3, 3)], INPUT, "rank 4; expected rank 3"),
    ("Conv", [f(1, 3, 4, 4), f(4, 2, 3, 3)], MISFIT, "3 input channels in 2 groups", {"group": 2}),
    ("Conv", [f(1, 1, 2, 2), f(1, 1, 5, 5)], MISFIT, "the window covers 5 positions"),
    ("Conv", [f(1, 1, 4, 4), f(1, 1, 3, 3)], ATTRIBUTE, "'strides' is 0; expected 1 to", {"strides": [0, 1]}),
    ("Conv", [f(1, 1, 4, 4), f(1, 1, 3, 3)], ATTRIBUTE, "1 numbers; expected 4 numbers", {"pads": [1]}),
    ("Conv", [f(1, 1, 4, 4), f(1, 1, 3, 3)], ATTRIBUTE, "'dilations' is 4611686018427387904", {"dilations": [2**62, 1]}),
    ("MaxPool", [f(1, 1, 4, 4)], ATTRIBUTE, "'kernel_shape' is 0; expected 1 to", {"kernel_shape": [0, 1]}),
    ("ConvTranspose", [f(1, 1, 4, 4), f(1, 1, 3, 3)], ATTRIBUTE, "'strides' is 1099511627776", {"strides": [2**40, 1]}),
    ("MatMul", [f(2, 3), f(4, 5)], MISFIT, "[2,3] and [4,5]"),
    ("Gemm", [f(2, 3), f(4, 5)], MISFIT, "[4,5]"),
    ("Concat", [f(2, 3), f(4)], MISFIT, "does not fit [", {"axis": 0}),
    ("Concat", [f(2, 3), f(2, 3)], ATTRIBUTE, "'axis' is 9; expected -2 to 1", {"axis": 9}),
    ("Transpose", [f(2, 3)], ATTRIBUTE, "'perm' is 0 twice", {"perm": [0, 0]}),
    ("Softmax", [f(2, 3)], ATTRIBUTE, "'axis' is 5; expected -2 to 1", {"axis": 5}),
    ("Add", [f(2), i64(1, 2)], INPUT, "element type i64; expected f32"),
    ("Einsum", [f(2, 3), f(4, 5)], MISFIT, "input 1 has 4 where another has 3", {"equation": "ij,jk->ik"}),
    ("DepthToSpace", [f(1, 3, 2, 2)], MISFIT, "3 is no multiple of 4", {"blocksize": 2}),
    ("LayerNormalization", [f(2, 3), f(3)], ATTRIBUTE, "'axis' is 7; expected -2 to 1", {"axis": 7}),
    ("Cast", [f(2)], ATTRIBUTE, "'to' is 77", {"to": 77}),
    ("DequantizeLinear", [np.ones((2, 3), np.uint8), f(5)], INPUT, "shape 5; expected a scalar or shape 3", {"axis": 1}),
    ("RandomUniform", [], LARGE, "1099511627776x1048576", {"shape": [2**40, 2**20]}),
    ("Multinomial", [f(1, 4)], LARGE, "1x1099511627776", {"sample_size": 2**40}),
    ("ArgMax", [f(0, 3)], INPUT, "0x3; expected a non-empty axis", {"axis": 0}),
]

# Shapes that contradict each other only in a run, in places where passes could do away with the operator that notices. Constants stand
# before the body, inputs in the head; input shapes are those of the arrays.
GRAPHS = [
    ("(float[2,6] x, int64[2] s) => (float[12] y) <int64[1] t = {12}> { a = Reshape(x, s) y = Reshape(a, t) }",
     [f(2, 6), i64(5, 5)], MISFIT, "Reshape_0", "cannot reshape [2,6] to [5,5]"),
    ("(float[2,6] x, int64[2] s) => (float[2,6] y) <int64[2] t = {2,6}> { a = Reshape(x, s) y = Reshape(a, t) }",
     [f(2, 6), i64(5, 5)], MISFIT, "Reshape_0", "cannot reshape [2,6] to [5,5]"),
    ("(float[N] x) => (float[M] y) <int64[2] s = {-1,4}, int64[1] t = {-1}> { a = Reshape(x, s) y = Reshape(a, t) }",
     [f(6)], MISFIT, "Reshape_0", "cannot reshape [6] to [1,4]"),
    ("(float[N,4] x, float[M,4] w) => (float[M,4] y) { s = Shape(w) y = Reshape(x, s) }",
     [f(2, 4), f(3, 4)], MISFIT, "Reshape_1", "cannot reshape [2,4] to [3,4]"),
    ("(float[N,4] x, float[M,4] w) => (float[P] y) <int64[1] t = {-1}> { s = Shape(w) a = Reshape(x, s) y = Reshape(a, t) }",
     [f(2, 4), f(3, 4)], MISFIT, "Reshape_1", "cannot reshape [2,4] to [3,4]"),
    ("(float[N,4] x, float[M,4] w) => (float[P] y) <float[4,1] k = {1, 2, 3, 4}, int64[1] t = {-1}>"
     "{ s = Shape(w) a = Reshape(x, s) b = MatMul(a, k) y = Reshape(b, t) }",
     [f(2, 4), f(3, 4)], MISFIT, "Reshape_1", "cannot reshape [2,4] to [3,4]"),
    ("(float[N,3] x) => (float[1,3] y) <int64[1] a = {0}> { b = Squeeze(x, a) y = Unsqueeze(b, a) }",
     [f(2, 3)], MISFIT, "Squeeze_0", "axis 0 of [2,3] is not 1"),
    ("(float[2,3] x, int64[1] a) => (float[P] y) <int64[1] t = {-1}> { b = Squeeze(x, a) y = Reshape(b, t) }",
     [f(2, 3), i64(0)], MISFIT, "Squeeze_0", "axis 0 of [2,3] is not 1"),
    ("(float[2,3] x, int64[1] a) => (float[P] y) <int64[1] t = {-1}> { b = Unsqueeze(x, a) y = Reshape(b, t) }",
     [f(2, 3), i64(7)], ATTRIBUTE, "Unsqueeze_0", "'axes' is 7; expected -3 to 2"),
    ("(float[N,3] x, float[M,3] w) => (float[M,3] y) { s = Shape(w) a = Expand(x, s) y = Add(a, w) }",
     [f(2, 3), f(3, 3)], MISFIT, "Expand_1", "cannot broadcast [2,3] to [3,3]"),
    ("(float[2,3] x, float[4,3] w, int64[2] s) => (float[4,3] y) { a = Expand(x, s) y = Add(a, w) }",
     [f(2, 3), f(4, 3), i64(4, 3)], MISFIT, "Expand_0", "cannot broadcast [2,3] to [4,3]"),
    ("(float[1,3] x, float[4,3] w, int64[2] s) => (float[4,3] y) { a = Expand(x, s) y = Add(a, w) }",
     [f(1, 3), f(4, 3), i64(5, 3)], MISFIT, "Add_1", "cannot broadcast 5x3 with 4x3"),
    ("(float[N,4] x, float[N,4] w) => (float[N,4] y) { s = Shape(w) y = Reshape(x, s) }",
     [f(2, 4), f(3, 4)], NAMED, "N", "is 3; 'x' has 2 for it"),
    ("(float[N] x) => (float[2] y, float[2] z) <int64[2] s = {2,2}> { y, z = Split(x, s) }",
     [f(5)], MISFIT, "Split_0", "sizes add up to 4, the axis has 5"),
    ("(float[N] x, int64[2] s) => (float[2] y, float[2] z) { y, z = Split(x, s) }",
     [f(4), i64(3, 2)], MISFIT, "Split_0", "sizes add up to 5, the axis has 4"),
    ("(float[N] x, int64[1] k) => (float[K] y, int64[K] z) { y, z = TopK(x, k) }",
     [f(3), i64(7)], VALUE, "TopK_0", "7; expected 0 to 3"),
    ("(float[N] x) => (float[K] y) <int64[2] p = {-2,-2}> { y = Pad(x, p) }",
     [f(3)], VALUE, "Pad_0", "leave -1 of axis 0"),
    ("(float[1,C,H,W] x) => (float[1,K,A,B] y) { y = DepthToSpace <blocksize = 2> (x) }",
     [f(1, 3, 2, 2)], MISFIT, "DepthToSpace_0", "3 is no multiple of 4"),
    ("(float[1,1,H,W] x) => (float[1,1,A,B] y) <float[1,1,3,3] w = {1, 1, 1, 1, 1, 1, 1, 1, 1}> { y = Conv(x, w) }",
     [f(1, 1, 2, 2)], MISFIT, "Conv_0", "the window covers 3 positions"),
]


def run(pharos, folder, op, inputs, constants, more, mode, open_dims=False):
    attributes = dict(more)
    outputs = attributes.pop("outputs", 1)
    domain, _, name = op.rpartition("::")
    names = [f"x{i}" if x is not None else "" for i, x in enumerate(inputs)]
    options, values, shapes = [], [], []
    for i, x in enumerate(inputs):
        if x is None or i in constants:
            continue
        x = np.asarray(x)
        dims = [f"{names[i]}_{d}" for d in range(x.ndim)] if open_dims else x.shape
        values.append(helper.make_tensor_value_info(names[i], helper.np_dtype_to_tensor_dtype(x.dtype), dims))
        if open_dims and x.ndim:
            shapes.append(f"{names[i]}:{'x'.join(map(str, x.shape))}")
        file = folder / f"{names[i]}.pb"
        file.write_bytes(numpy_helper.from_array(x, names[i]).SerializeToString())
        options += ["--input", f"{names[i]}={file}"]
    node = helper.make_node(name, names, [f"y{o}" for o in range(outputs)], name="the node", domain=domain, **attributes)
    graph = helper.make_graph([node], "bad", values, [helper.make_empty_tensor_value_info(f"y{o}") for o in range(outputs)],
                              [numpy_helper.from_array(np.asarray(inputs[i]), names[i]) for i in constants])
    opsets = [helper.make_opsetid("", 21)] + ([helper.make_opsetid(domain, 3)] if domain else [])
    model = folder / "model.onnx"
    model.write_bytes(helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString())
    done = subprocess.run([pharos, "run", model, "-q", "--log-level", "error", *options,
                           *(["--shapes", ",".join(shapes)] if shapes else []), *mode], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def run_graph(pharos, folder, text, inputs, mode):
    model = onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["": 21]> g {text}')
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    options, shapes = [], []
    for value, x in zip(model.graph.input, inputs):
        file = folder / f"{value.name}.pb"
        file.write_bytes(numpy_helper.from_array(x, value.name).SerializeToString())
        options += ["--input", f"{value.name}={file}"]
        if any(d.dim_param for d in value.type.tensor_type.shape.dim):
            shapes.append(f"{value.name}:{'x'.join(map(str, x.shape))}")
    options += ["--shapes", ",".join(shapes)] if shapes else []
    done = subprocess.run([pharos, "run", folder / "model.onnx", "-q", "--log-level", "error", *options, *mode], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pharos", default="build/bin/pharos")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    cases = [(op, inputs, bad, code, says, more[0] if more else {}) for op, inputs, bad, code, says, *more in CONTENTS]
    cases += [(op, inputs, (), code, says, more[0] if more else {}) for op, inputs, code, says, *more in SHAPES]
    tried = failed = 0
    with tempfile.TemporaryDirectory() as name:
        for op, inputs, bad, code, says, more in cases:
            if options.only not in op:
                continue
            for constants, open_dims in {((), False), ((), True), (bad, False), (bad, True)}:
                for mode in ([], ["--reference"]):
                    tried += 1
                    status, text = run(options.pharos, pathlib.Path(name), op, inputs, constants, more, mode, open_dims)
                    if status == 4 and f"[{code}]" in text and "'the node'" in text and says in text:
                        continue
                    failed += 1
                    print(f"{op} {'constant' if constants else 'given'}{', shapes open' if open_dims else ''} {' '.join(mode)}: exit code {status}, expected [{code}] … {says}\n  {text.strip()[:300]}")
        for text, inputs, code, node, says in GRAPHS if not options.only else ():
            for mode in ([], ["--reference"]):
                tried += 1
                status, output = run_graph(options.pharos, pathlib.Path(name), text, inputs, mode)
                if status in (2, 4) and f"[{code}]" in output and f"'{node}'" in output and says in output:
                    continue
                failed += 1
                print(f"{text} {' '.join(mode)}: exit code {status}, expected [{code}] '{node}' … {says}\n  {output.strip()[:300]}")
    print(f"figure: bad values: {tried - failed} of {tried} models end with code, node, value and range")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
