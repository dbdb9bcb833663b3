#!/usr/bin/env python3
"""Single operators beside ONNX Runtime at sizes that models have.

    .venv/bin/python benchmarks/operators.py --pharos build/bin/pharos [--threads N] [--only NAME] [--limit 2.0]

Medians of the compute time, ONNX Runtime and Pharos in turn; exit code 1 where Pharos takes more than `--limit` times as long
(and more than 20 us). Overhead of a run counts on both sides; inputs are random, the same for both.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
dice = np.random.default_rng(1)


def floats(*dims):
    return dice.uniform(-1, 1, dims).astype(np.float32)


def indices(below, *dims):
    return dice.integers(0, below, dims)


def case(name, op, inputs, constants=(), outputs=1, domain="", opset=20, **attributes):
    """`inputs` are arrays or None; those whose position is in `constants` become initialisers."""
    return name, op, inputs, set(constants), outputs, domain, opset, attributes


def resize(name, dims, scale, **attributes):
    scales = np.array([1, 1, scale, scale], np.float32)
    return case(f"Resize {name}", "Resize", [floats(*dims), None, scales], {2}, **attributes)


def recurrent(op, gates, hidden=128, steps=64, features=64):
    return case(f"{op} {steps} steps", op, [floats(steps, 1, features), floats(1, gates * hidden, features), floats(1, gates * hidden, hidden)],
                {1, 2}, hidden_size=hidden)


def boxes(n):
    corner = dice.uniform(0, 600, (1, n, 2))
    return np.concatenate([corner, corner + dice.uniform(5, 60, (1, n, 2))], 2).astype(np.float32)


def trees(count, depth):
    a = {k: [] for k in ("nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_values", "nodes_modes", "nodes_truenodeids",
                         "nodes_falsenodeids", "target_treeids", "target_nodeids", "target_ids", "target_weights")}
    inner = 2 ** depth - 1
    for tree in range(count):
        for node in range(2 * inner + 1):
            leaf = node >= inner
            for key, value in (("treeids", tree), ("nodeids", node), ("featureids", int(dice.integers(32))), ("values", float(dice.uniform(-1, 1))),
                               ("modes", "LEAF" if leaf else "BRANCH_LEQ"), ("truenodeids", 0 if leaf else 2 * node + 1),
                               ("falsenodeids", 0 if leaf else 2 * node + 2)):
                a[f"nodes_{key}"].append(value)
            if leaf:
                for key, value in (("treeids", tree), ("nodeids", node), ("ids", 0), ("weights", float(dice.uniform(-1, 1)))):
                    a[f"target_{key}"].append(value)
    return a | {"n_targets": 1}


def cases():
    image, wide = floats(1, 64, 56, 56), floats(1, 32, 80, 80)
    i64 = lambda *v: np.array(v, np.int64)  # noqa: E731
    one = lambda v: np.array(v, np.float32)  # noqa: E731
    yield resize("nearest 2x", (1, 128, 40, 40), 2, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    yield resize("linear 2x", (1, 64, 64, 64), 2, mode="linear")
    yield resize("linear align 2x", (1, 64, 64, 64), 2, mode="linear", coordinate_transformation_mode="align_corners")
    yield resize("linear down", (1, 3, 480, 640), 0.4, mode="linear")
    yield resize("linear antialias", (1, 3, 480, 640), 0.4, mode="linear", antialias=1)
    yield resize("cubic 2x", (1, 16, 64, 64), 2, mode="cubic")
    yield case("Gather rows", "Gather", [floats(30000, 384), indices(30000, 1, 128)], {0})
    yield case("Gather columns", "Gather", [floats(1024, 1024), indices(1024, 256)], axis=1)
    yield case("GatherElements", "GatherElements", [floats(1000, 256), indices(1000, 500, 256)], axis=0)
    yield case("GatherND", "GatherND", [floats(1, 64, 80, 80), np.stack([indices(1, 1000), indices(64, 1000), indices(80, 1000)], 1)])
    yield case("ScatterND", "ScatterND", [floats(2048, 64), indices(2048, 1024, 1), floats(1024, 64)])
    yield case("ScatterElements", "ScatterElements", [floats(1000, 256), np.argsort(dice.random((500, 256)), 0), floats(500, 256)], axis=0)
    yield case("TopK 100 of 8400", "TopK", [floats(1, 8400), i64(100)], {1}, outputs=2)
    yield case("TopK 5 of 80 rows", "TopK", [floats(8400, 80), i64(5)], {1}, outputs=2)
    yield case("ArgMax rows", "ArgMax", [floats(8400, 80)], axis=1)
    yield case("ArgMax channels", "ArgMax", [floats(1, 21, 256, 256)], axis=1)
    for op in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2", "ReduceProd", "ReduceLogSumExp"):
        yield case(f"{op} last", op, [floats(512, 768), i64(1)], {1})
        yield case(f"{op} first", op, [floats(512, 768), i64(0)], {1})
    yield case("ReduceMean space", "ReduceMean", [image, i64(2, 3)], {1})
    yield case("CumSum", "CumSum", [floats(256, 1024), i64(1)[0]], {1})
    for mode in ("constant", "reflect", "edge"):
        yield case(f"Pad {mode}", "Pad", [image, i64(0, 0, 3, 3, 0, 0, 3, 3)], {1}, mode=mode)
    yield case("Slice stride 2", "Slice", [floats(1, 3, 640, 640), i64(0, 1), i64(640, 640), i64(2, 3), i64(2, 2)], {1, 2, 3, 4})
    yield case("Slice rows", "Slice", [image, i64(16), i64(48), i64(1)], {1, 2, 3})
    yield case("Concat channels", "Concat", [wide, wide, wide], axis=1)
    yield case("Concat last", "Concat", [floats(4, 256, 64), floats(4, 256, 64)], axis=2)
    yield case("Split channels", "Split", [image, i64(32, 32)], {1}, outputs=2, axis=1)
    yield case("Split last", "Split", [floats(4, 256, 192), i64(64, 64, 64)], {1}, outputs=3, axis=2)
    yield case("Transpose heads", "Transpose", [floats(1, 256, 12, 64)], perm=[0, 2, 1, 3])
    yield case("Transpose NHWC", "Transpose", [image], perm=[0, 2, 3, 1])
    yield case("Expand", "Expand", [floats(1, 64, 1, 1), i64(1, 64, 56, 56)], {1})
    yield case("Tile", "Tile", [floats(1, 256, 64), i64(8, 1, 1)], {1})
    yield case("ConvTranspose 2x2", "ConvTranspose", [floats(1, 128, 28, 28), floats(128, 64, 2, 2)], {1}, strides=[2, 2])
    yield case("ConvTranspose 4x4", "ConvTranspose", [floats(1, 64, 32, 32), floats(64, 32, 4, 4)], {1}, strides=[2, 2], pads=[1, 1, 1, 1])
    yield case("GridSample linear", "GridSample", [floats(1, 32, 64, 64), floats(1, 64, 64, 2)], mode="linear")
    yield case("GridSample nearest", "GridSample", [floats(1, 32, 64, 64), floats(1, 64, 64, 2)], mode="nearest")
    yield case("GridSample cubic", "GridSample", [floats(1, 32, 64, 64), floats(1, 64, 64, 2)], mode="cubic")
    yield recurrent("LSTM", 4)
    yield recurrent("GRU", 3)
    yield recurrent("RNN", 1)
    yield case("Einsum bhqd,bhkd", "Einsum", [floats(1, 12, 128, 64), floats(1, 12, 128, 64)], equation="bhqd,bhkd->bhqk")
    yield case("Einsum bij,bjk", "Einsum", [floats(8, 64, 96), floats(8, 96, 64)], equation="bij,bjk->bik")
    yield case("NonMaxSuppression", "NonMaxSuppression", [boxes(2000), floats(1, 8, 2000), i64(100)[0], one(0.5), one(0.3)], {2, 3, 4})
    yield case("InstanceNormalization", "InstanceNormalization", [image, floats(64), floats(64)], {1, 2})
    yield case("GroupNormalization", "GroupNormalization", [image, floats(64), floats(64)], {1, 2}, opset=21, num_groups=8)
    yield case("LayerNormalization", "LayerNormalization", [floats(256, 768), floats(768), floats(768)], {1, 2})
    yield case("Softmax", "Softmax", [floats(12, 128, 128)])
    yield case("TreeEnsemble 100 rows", "TreeEnsembleRegressor", [floats(100, 32)], domain="ai.onnx.ml", **trees(100, 6))
    yield case("TreeEnsemble 1 row", "TreeEnsembleRegressor", [floats(1, 32)], domain="ai.onnx.ml", **trees(100, 6))
    yield case("TreeEnsemble 10000 rows", "TreeEnsembleRegressor", [floats(10000, 32)], domain="ai.onnx.ml", **trees(100, 6))
    heads = floats(1, 12, 128, 64)
    yield case("Attention 12 x 128", "Attention", [heads, heads, heads], opset=23)
    for queries, past in ((1, 511), (16, 496)):
        new, seen = floats(1, 12, queries, 64), floats(1, 12, past, 64)
        yield case(f"Attention {queries} after {past}", "Attention", [new, new, new, None, seen, seen], outputs=3, opset=23, is_causal=1)
    yield case("DFT 512", "DFT", [floats(64, 512, 1), None, i64(1)[0]], {2}, onesided=1)
    yield case("DFT 400", "DFT", [floats(64, 400, 1), None, i64(1)[0]], {2}, onesided=1)
    yield case("STFT 400", "STFT", [floats(1, 16000, 1), i64(160)[0], floats(400)], {1, 2})
    yield case("STFT 512", "STFT", [floats(1, 16000, 1), i64(128)[0], floats(512)], {1, 2})
    yield case("OneHot", "OneHot", [indices(1000, 512), i64(1000)[0], one([0, 1])], {1, 2})
    yield case("NonZero", "NonZero", [(floats(512, 512) > 0.8)])
    yield case("Where", "Where", [floats(256, 256) > 0, floats(256, 256), floats(256, 256)])
    yield case("Cast f32 to f16", "Cast", [floats(512, 512)], to=TensorProto.FLOAT16)
    yield case("QuantizeLinear", "QuantizeLinear", [image, one(0.01), np.array(3, np.uint8)], {1, 2})
    yield case("DequantizeLinear", "DequantizeLinear", [indices(255, 1, 64, 56, 56).astype(np.uint8), one(0.01), np.array(3, np.uint8)], {1, 2})
    yield case("MatMulInteger", "MatMulInteger", [indices(255, 64, 256).astype(np.uint8), indices(255, 256, 256).astype(np.uint8)], {1})
    yield case("MatMulInteger 1 row", "MatMulInteger", [indices(255, 1, 768).astype(np.uint8), indices(127, 768, 768).astype(np.int8)], {1})
    yield case("MatMulInteger 512", "MatMulInteger", [indices(255, 512, 512).astype(np.uint8), indices(127, 512, 512).astype(np.int8)], {1})
    yield case("BatchNormalization", "BatchNormalization", [image, *(np.abs(floats(64)) + 0.1 for _ in range(4))], {1, 2, 3, 4})
    yield case("DepthToSpace", "DepthToSpace", [floats(1, 64, 64, 64)], blocksize=2)
    yield case("Trilu", "Trilu", [floats(8, 256, 256)], upper=0)
    yield case("Gelu", "Gelu", [floats(128, 3072)])
    yield case("Erf", "Erf", [floats(128, 3072)])


def model_of(op, inputs, constants, outputs, domain, opset, attributes):
    names = [f"x{i}" if x is not None else "" for i, x in enumerate(inputs)]
    typed = lambda n, x: helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)  # noqa: E731
    node = helper.make_node(op, names, [f"y{o}" for o in range(outputs)], name=op, domain=domain, **attributes)
    feeds = {n: np.asarray(x) for i, (n, x) in enumerate(zip(names, inputs)) if x is not None and i not in constants}
    graph = helper.make_graph([node], "operator", [typed(n, x) for n, x in feeds.items()],
                              [helper.make_empty_tensor_value_info(f"y{o}") for o in range(outputs)],
                              [onnx.numpy_helper.from_array(np.asarray(inputs[i]), names[i]) for i in sorted(constants)])
    domains = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 3)] if domain else [])
    return helper.make_model(graph, opset_imports=domains, ir_version=10), feeds


def by_onnxruntime(path, feeds, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        times, end = [], time.perf_counter() + 0.4
        session.run(None, feeds)
    except Exception:  # noqa: BLE001: it lacks the operator or the case
        return None
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        session.run(None, feeds)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e3


def by_pharos(pharos, path, feeds, threads, folder):
    inputs = []
    for name, x in feeds.items():
        file = folder / f"{name}.pb"
        file.write_bytes(onnx.numpy_helper.from_array(x, name).SerializeToString())
        inputs += ["--input", f"{name}={file}"]
    report = folder / "bench.json"
    command = [pharos, "bench", path, "--threads", str(threads), "-d", "0.4", "--warmup", "0.1", "--profile", "-q", "--json", report, *inputs]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        return None, done.stderr.strip().splitlines()[:1]
    made = json.loads(report.read_text())
    tactics = sorted({s["tactic"] for s in made.get("profile", [])} - {"cpu.reorder"})
    return made["compute_ms"]["median"], ", ".join(tactics)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pharos", default="build/bin/pharos")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--limit", type=float, default=2.0)
    options = parser.parse_args()
    slow = 0
    print("| operator | ONNX Runtime ms | Pharos ms | ratio | tactic |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, *what in cases():
            if options.only.lower() not in title.lower():
                continue
            model, feeds = model_of(*what)
            path = folder / "model.onnx"
            path.write_bytes(model.SerializeToString())
            theirs = by_onnxruntime(path, feeds, options.threads)
            ours, tactic = by_pharos(options.pharos, path, feeds, options.threads, folder)
            bad = ours is None or (theirs is not None and ours > options.limit * theirs and ours - theirs > 0.02)
            slow += bad
            ratio = "-" if None in (ours, theirs) else f"{ours / theirs:.2f}"
            show = lambda t: "-" if t is None else f"{t:.4f}"  # noqa: E731
            print(f"| {title} | {show(theirs)} | {show(ours)} | {ratio}{' !' if bad else ''} | {tactic} |", flush=True)
    print(f"{slow} slower than {options.limit} times ONNX Runtime")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
