#!/usr/bin/env python3
"""The sample networks against ONNX Runtime: outputs agree within 1e-4 of the output's scale in FP32.

    python3 tests/oracle/zoo.py --pharos build/bin/pharos [NAME ...]

Needs numpy and onnxruntime (PyPI). Exit code 0: all agree; 1: some do not; 77: the packages are missing (skipped).
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnxruntime as ort
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

NAMES = ["resnet50", "mobilenet_v2", "vit_b16", "bert_base", "yolov8n", "unet"]
TOLERANCE = 1e-4
KINDS = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_}


def feeds(session, seed):
    rng = np.random.default_rng(seed)
    out = {}
    for i in session.get_inputs():
        shape = [d if isinstance(d, int) else 2 for d in i.shape]
        kind = KINDS[i.type]
        if kind == np.float32:
            out[i.name] = rng.standard_normal(shape, dtype=np.float32)
        elif "mask" in i.name:
            out[i.name] = np.ones(shape, kind)
        else:
            out[i.name] = rng.integers(0, 2 if "type" in i.name else 1000, shape).astype(kind)
    return out


def run(command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}")


def check(pharos, name, folder, threads):
    model = folder / f"{name}.onnx"
    run([pharos, "zoo", name, "-o", model])
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    inputs = feeds(session, 1)
    arguments = []
    for key, value in inputs.items():
        np.save(folder / f"{key}.npy", value)
        arguments += ["--input", f"{key}={folder / (key + '.npy')}"]
    results = folder / "results"
    run([pharos, "run", model, *arguments, "--output-dir", results, "--threads", threads, "--quiet"])
    worst = 0.0
    for output, expected in zip(session.get_outputs(), session.run(None, inputs)):
        actual = np.load(results / f"{output.name}.npy")
        if actual.shape != expected.shape or actual.dtype != expected.dtype:
            return f"{output.name}: {actual.dtype}{actual.shape} instead of {expected.dtype}{expected.shape}", 0.0
        if not np.isfinite(actual).all():
            return f"{output.name}: not finite", 0.0
        worst = max(worst, float(np.abs(actual - expected).max() / max(np.abs(expected).max(), 1e-30)))
    model.unlink()
    return ("" if worst <= TOLERANCE else f"differs by {worst:.2e} of the scale; allowed {TOLERANCE:.0e}"), worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--pharos", default="build/bin/pharos")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    failed = 0
    for name in args.names or NAMES:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                problem, worst = check(args.pharos, name, pathlib.Path(scratch), args.threads)
            except RuntimeError as error:
                problem, worst = str(error), 0.0
        failed += bool(problem)
        print(f"{name}: {problem or f'agrees, largest difference {worst:.1e} of the scale'}", flush=True)
    print(f"{len(args.names or NAMES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
