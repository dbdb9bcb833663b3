#!/usr/bin/env python3
"""Pharos against ONNX Runtime, in turn, in one run.

For every model and thread count the two are measured in interleaved rounds (Pharos, ONNX Runtime, Pharos, ...), so that a
disturbance of the machine hits both; medians over the rounds and their ratio are printed. Each measurement is a process
of its own: nothing is shared, and peak memory is that of the process. ONNX Runtime's memory is given without what the
Python interpreter and its imports take.

    python3 benchmarks/compare.py --pharos build/bin/pharos --json benchmarks/runs/today.json

Models are the sample networks of `pharos zoo`; any ONNX file with fixed float inputs can be named too.
Needs numpy and onnxruntime (benchmarks/requirements.txt); the product needs neither.
"""
import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ZOO = ["resnet50", "mobilenet_v2", "bert_base", "vit_b16", "yolov8n", "unet"]
DEFAULT = ["resnet50", "mobilenet_v2", "bert_base"]
# Each measurement follows a short discarded one of the same kind: files are in the page cache, and memory that the host of
# a virtual machine had taken back is there again. Load times are those of a warm start, for both.
WARM_START = "0.05"

PEER = r"""
import json, resource, sys, time
import numpy as np
import onnxruntime as ort
model, threads, seconds, least = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
ort.set_default_logger_severity(3)
options = ort.SessionOptions()
options.intra_op_num_threads = threads
options.inter_op_num_threads = 1
options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
baseline = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
created = time.perf_counter() - start
kinds = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_}
rng = np.random.default_rng(0)
feed = {}
for i in session.get_inputs():
    shape = [d if isinstance(d, int) else 1 for d in i.shape]
    kind = kinds[i.type]
    feed[i.name] = rng.standard_normal(shape, dtype=np.float32) if kind == np.float32 else np.ones(shape, kind)
names = [o.name for o in session.get_outputs()]
start = time.perf_counter()
session.run(names, feed)
first = time.perf_counter() - start
until = time.perf_counter() + 0.3
while time.perf_counter() < until:
    session.run(names, feed)
times = []
until = time.perf_counter() + seconds
while time.perf_counter() < until or len(times) < least:
    start = time.perf_counter()
    session.run(names, feed)
    times.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
times.sort()
print(json.dumps({"median_ms": 1e3 * times[len(times) // 2], "load_ms": 1e3 * created, "first_ms": 1e3 * first,
                  "peak_mib": (peak - baseline) / 1024, "version": ort.__version__}))
"""


def run_json(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"failed ({done.returncode}): {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def measure_pharos(args, engine, threads, folder):
    report = folder / "bench.json"
    for seconds in WARM_START, args.seconds:
        run_json([args.pharos, "bench", engine, "--threads", threads, "--duration", seconds, "--iterations", args.iterations,
                  "--warmup", "0.3", "--json", report, "--quiet"])
    data = json.loads(report.read_text())
    return {"median_ms": data["compute_ms"]["median"] + data["enqueue_ms"]["median"], "load_ms": data["load_ms"],
            "first_ms": data["first_run_ms"], "peak_mib": data["peak_rss_bytes"] / 2**20, "version": data["pharos_version"]}


def measure_peer(args, model, threads):
    for seconds in WARM_START, args.seconds:
        result = run_json([sys.executable, "-c", PEER, model, threads, seconds, args.iterations])
    return json.loads(result)


def prepare(args, name, folder):
    if name.endswith(".onnx"):
        model = pathlib.Path(name)
    else:
        model = folder / f"{name}.onnx"
        run_json([args.pharos, "zoo", name, "-o", model, "--batch", args.batch])
    return model


def build_engine(args, model, threads, folder):
    engine = folder / f"{model.stem}_t{threads}.engine"
    start = time.perf_counter()
    run_json([args.pharos, "build", model, "-o", engine, "--threads", threads, "--timing-cache", folder / "timing.cache", "--quiet"])
    return engine, time.perf_counter() - start


def medians(rounds):
    keys = ["median_ms", "load_ms", "first_ms", "peak_mib"]
    result = {k: statistics.median(r[k] for r in rounds) for k in keys}
    result["spread_ms"] = [min(r["median_ms"] for r in rounds), max(r["median_ms"] for r in rounds)]
    result["version"] = rounds[0]["version"]
    return result


def compare(args, name, threads, folder):
    model = prepare(args, name, folder)
    engine, build_s = build_engine(args, model, str(threads), folder)
    ours, theirs = [], []
    for _ in range(args.rounds):
        ours.append(measure_pharos(args, engine, str(threads), folder))
        theirs.append(measure_peer(args, model, str(threads)))
    a, b = medians(ours), medians(theirs)
    # Median of the rounds' ratios: each pair was measured side by side.
    ratio = statistics.median(t["median_ms"] / o["median_ms"] for o, t in zip(ours, theirs))
    return {"model": model.stem, "threads": threads, "batch": args.batch, "pharos": a, "onnxruntime": b, "speedup": ratio,
            "load_to_first_result": (a["load_ms"] + a["first_ms"]) / b["load_ms"], "memory": a["peak_mib"] / b["peak_mib"],
            "build_s": build_s}


def cpu_name():
    try:
        for line in open("/proc/cpuinfo", encoding="utf-8"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


HEAD = ("| model | threads | Pharos ms | ONNX Runtime ms | speed-up | load + first result / session creation ms | memory MiB |\n"
        "| --- | --- | --- | --- | --- | --- | --- |")


def row(r):
    a, b = r["pharos"], r["onnxruntime"]
    return (f"| {r['model']} | {r['threads']} | {a['median_ms']:.2f} ({a['spread_ms'][0]:.2f}-{a['spread_ms'][1]:.2f}) "
            f"| {b['median_ms']:.2f} ({b['spread_ms'][0]:.2f}-{b['spread_ms'][1]:.2f}) | {r['speedup']:.2f}x "
            f"| {a['load_ms'] + a['first_ms']:.0f} / {b['load_ms']:.0f} | {a['peak_mib']:.0f} / {b['peak_mib']:.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=DEFAULT, help=f"zoo names ({', '.join(ZOO)}) or ONNX files")
    parser.add_argument("--pharos", default="build/bin/pharos")
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--batch", default="1")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", default="2")
    parser.add_argument("--iterations", default="10")
    parser.add_argument("--json", help="where the results go")
    args = parser.parse_args()
    try:
        import onnxruntime  # noqa: F401
    except ImportError:
        sys.exit("compare.py needs onnxruntime and numpy: pip install -r benchmarks/requirements.txt")
    results = []
    print(f"{cpu_name()}\n\n{HEAD}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name in args.models:
            for threads in args.threads:
                results.append(compare(args, name, threads, pathlib.Path(scratch)))
                print(row(results[-1]), flush=True)
    if len(results) > 1:
        print(f"\ngeometric mean of the speed-ups: {statistics.geometric_mean(r['speedup'] for r in results):.2f}x")
    if args.json:
        data = {"cpu": cpu_name(), "command": "python3 benchmarks/compare.py " + " ".join(sys.argv[1:]), "results": results}
        pathlib.Path(args.json).write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
