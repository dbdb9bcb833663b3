#!/usr/bin/env python3
"""How much of a model's time passes in reference operators, for every sample network and every real model.

    .venv/bin/python tests/models/fallbacks.py build/bin/pharos [MODEL ...]

Prints a line per model; fails where one operator takes more than 5 % of a model's time in the reference. Steps of less than
0.01 ms are no finding, as for diagnostic PH4103. Needs the onnx package and, for real models, the data that
tests/conformance/run.py reads; skipped (exit code 77) without.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import onnx
except ImportError:
    print("skipped: onnx is not installed")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
MOST_SHARE, LEAST_MS = 0.05, 0.01
ZOO = ["resnet50", "mobilenet_v2", "vit_b16", "bert_base", "yolov8n", "unet"]


def models_folder():
    named = os.environ.get("PHAROS_TEST_DATA")
    return (pathlib.Path(named) if named else HERE.parent.parent.parent / "shared") / "conformance" / "models"


def stored_inputs(folder):
    """Options that give the inputs of the first data set, with shapes for dynamic ones."""
    graph = onnx.load(folder / "model.onnx", load_external_data=False).graph
    constants = {i.name for i in graph.initializer}
    options, shapes = [], []
    for k, value in enumerate(v for v in graph.input if v.name not in constants):
        file = folder / "test_data_set_0" / f"input_{k}.pb"
        if not file.exists():
            continue
        options += ["--input", f"{value.name}={file}"]
        tensor = onnx.TensorProto.FromString(file.read_bytes())
        dims = value.type.tensor_type.shape.dim
        if not value.type.tensor_type.HasField("shape") or any(d.WhichOneof("value") != "dim_value" or d.dim_value < 0 for d in dims):
            shapes.append(f"{value.name}:{'x'.join(map(str, tensor.dims)) or 'scalar'}")
    return options + (["--shapes", ",".join(shapes)] if shapes else [])


def profile(pharos, model, options):
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [pharos, "bench", str(model), "-n", "5", "-d", "0.1", "--warmup", "0.02", "--profile", "--top", "1", "-q", "--json", report.name, *options]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return None, (done.stdout + done.stderr).strip().splitlines()[:1]
        return json.loads(pathlib.Path(report.name).read_text()), None


def judge(name, report):
    """Prints the line of a model; returns its largest share of one operator in the reference."""
    total = sum(s["mean_ms"] for s in report["profile"]) or 1e-9
    by_op = collections.Counter()
    for s in report["profile"]:
        if s["tactic"] == "reference":
            by_op[s["op"]] += s["share"]
    listed = ", ".join(f"{op} {share:.1%}" for op, share in by_op.most_common(4) if share >= 0.001)
    print(f"{name:32} {total:9.3f} ms {sum(by_op.values()):7.1%}  {listed}", flush=True)
    return max((share for share in by_op.values() if share * total >= LEAST_MS), default=0)


def main():
    pharos, only = sys.argv[1], sys.argv[2:]
    cases = []
    temporary = tempfile.TemporaryDirectory()
    for name in ZOO:
        if not only or name in only:
            path = pathlib.Path(temporary.name) / f"{name}.onnx"
            subprocess.run([pharos, "zoo", name, "-o", path, "-q"], check=True, stdout=subprocess.DEVNULL)
            cases.append((name, path, []))
    folder = models_folder()
    for real in sorted(p for p in folder.iterdir() if (p / "model.onnx").exists()) if folder.is_dir() else []:
        if not only or real.name in only:
            cases.append((real.name, real / "model.onnx", stored_inputs(real)))
    worst, bad = 0, 0
    for name, path, options in cases:
        report, error = profile(pharos, path, options)
        if error:
            print(f"{name}: {error[0]}")
            bad += 1
            continue
        share = judge(name, report)
        worst = max(worst, share)
        bad += share > MOST_SHARE
    print(f"figure: largest share of one operator in the reference, {len(cases)} models: {worst:.1%} (limit {MOST_SHARE:.0%})")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
