#!/usr/bin/env python3
"""Runs the sample networks with Pharos and with ONNX Runtime on the same inputs; they must agree within 1e-4 relative to
the scale of each output. Exit code 77 (skipped) where numpy or onnxruntime is missing: tools/venv.sh installs them.

usage: zoo_onnxruntime_test.py PHAROS [NETWORK...]
"""
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnxruntime as ort
except ImportError:
    print("numpy or onnxruntime is missing; run tools/venv.sh")
    sys.exit(77)

# Small sizes keep the test short; the layers are those of the full networks.
NETWORKS = {"resnet50": ["--size", "96"], "mobilenet_v2": ["--size", "96", "--dynamic-batch"], "unet": ["--size", "64"],
            "yolov8n": ["--size", "160"], "vit_b16": ["--size", "64"], "bert_base": ["--seq-len", "32"]}


def random_input(info, rng):
    dims = [d if isinstance(d, int) else 2 for d in info.shape]
    if "int64" in info.type:
        return rng.integers(0, 2, dims)
    return rng.standard_normal(dims).astype(np.float32)


def check(pharos, name, options, folder):
    model, out = folder / f"{name}.onnx", folder / name
    subprocess.run([pharos, "zoo", name, "-o", model, *options], check=True, stdout=subprocess.DEVNULL)
    session = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(7)
    feeds, words = {}, []
    for info in session.get_inputs():
        feeds[info.name] = random_input(info, rng)
        np.save(folder / f"{info.name}.npy", feeds[info.name])
        words += ["--input", f"{info.name}={folder / info.name}.npy"]
        if any(not isinstance(d, int) for d in info.shape):
            words += ["--shapes", f"{info.name}:{'x'.join(map(str, feeds[info.name].shape))}"]
    subprocess.run([pharos, "run", model, "--output-dir", out, "--quiet", *words], check=True, stdout=subprocess.DEVNULL)
    worst = 0.0
    for info, expected in zip(session.get_outputs(), session.run(None, feeds)):
        actual = np.load(out / f"{info.name}.npy")
        assert actual.shape == expected.shape, f"{name} {info.name}: {actual.shape}, expected {expected.shape}"
        worst = max(worst, float(np.abs(actual - expected).max() / np.abs(expected).max()))
    print(f"{name:<13} {worst:.2e} {'fine' if worst <= 1e-4 else 'DIFFERS'}")
    return worst <= 1e-4


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    pharos = str(pathlib.Path(sys.argv[1]).resolve())
    names = sys.argv[2:] or list(NETWORKS)
    with tempfile.TemporaryDirectory() as folder:
        results = [check(pharos, name, NETWORKS[name], pathlib.Path(folder)) for name in names]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
