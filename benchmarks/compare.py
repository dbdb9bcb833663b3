#!/usr/bin/env python3
"""Pharos against other CPU runtimes, in turn, in one run.

For every model, batch and thread count all are measured in interleaved rounds (peak, Pharos, ONNX Runtime, OpenVINO,
ncnn, peak, Pharos, ...), so that a disturbance of the machine hits all; reported are medians over the rounds, and the
median of the rounds' ratios. Each measurement is a process of its own: nothing is shared, and peak memory is that of the
process, for Python packages without what the interpreter and the imports take. Every model is built anew with an empty
timing cache. "Peak" is the processor's multiply-add rate (fma_peak), measured in the same rounds.

    python3 benchmarks/compare.py                                # all models, batch 1 and 8, 1 and 2 threads: an hour
    python3 benchmarks/compare.py resnet50 unet --batch 1 --threads 1 --json benchmarks/runs/today.json
    python3 benchmarks/compare.py --batch 1 --seconds 0 --iterations 1 --rounds 9    # only loading and building

Models are the sample networks of `pharos zoo`; an ONNX file with fixed inputs can be named too. Results are merged into
the JSON file, so that a long run may be done in pieces; `report.py` makes the table and the plot of it. Peers that are
not installed are left out (tools/venv.sh --benchmarks installs them); the product needs none of this.
"""
import argparse
import datetime
import filecmp
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import models
import report

HERE = pathlib.Path(__file__).parent
ZOO = ["resnet50", "mobilenet_v2", "yolov8n", "unet", "vit_b16", "bert_base"]
PEERS = ["onnxruntime", "openvino", "ncnn"]
# Each measurement follows a short discarded one of the same kind: files are in the page cache, and memory that the host of
# a virtual machine had taken back is there again. Load times are those of a warm start, for all.
WARM_START = "0.05"


def output_of(command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"failed ({done.returncode}): {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def measure_pharos(args, engine, threads, folder):
    target = folder / "bench.json"
    for seconds in WARM_START, args.seconds:
        output_of([args.pharos, "bench", engine, "--threads", threads, "--duration", seconds, "--iterations", args.iterations,
                   "--warmup", min(0.3, float(seconds)), "--json", target, "--quiet"])
    data = json.loads(target.read_text())
    return {"median_ms": data["compute_ms"]["median"] + data["enqueue_ms"]["median"], "load_ms": data["load_ms"] + data["context_ms"],
            "first_ms": data["first_run_ms"], "peak_mib": data["peak_rss_bytes"] / 2**20, "version": data["pharos_version"]}


def measure_peer(args, peer, model, threads):
    for seconds in WARM_START, args.seconds:
        result = output_of([sys.executable, "-m", f"peers.{peer}", model.resolve(), threads, seconds, args.iterations], cwd=HERE)
    return json.loads(result.splitlines()[-1])


def measure_peak(args, threads):
    tool = pathlib.Path(args.pharos).with_name("fma_peak")
    return float(output_of([tool, threads])) if tool.exists() else None


def prepare(args, name, batch, folder):
    if name.endswith(".onnx"):
        return pathlib.Path(name)
    model = folder / f"{name}_b{batch}.onnx"
    if not model.exists():
        output_of([args.pharos, "zoo", name, "-o", model, "--batch", batch])
    return model


def build(args, model, threads, folder):
    """The engine, and its times: with an empty timing cache, and again with the cache that the first build has filled."""
    engine = folder / f"{model.stem}_t{threads}.engine"
    log = folder / "build.json"
    known = json.loads(log.read_text()) if log.exists() else {}
    if engine.exists() and engine.name in known:
        return engine, known[engine.name]
    cache, again = folder / "timing.cache", folder / "again.engine"
    cache.unlink(missing_ok=True)
    times = {}
    for key, target in ("build_s", engine), ("rebuild_s", again):
        start = time.perf_counter()
        output_of([args.pharos, "build", model, "-o", target, "--threads", threads, "--timing-cache", cache, "--quiet"])
        times[key] = time.perf_counter() - start
    times["same_bytes"] = filecmp.cmp(engine, again, shallow=False)
    again.unlink()
    known[engine.name] = times
    log.write_text(json.dumps(known))
    return engine, times


def to_first_result(r):
    return r["load_ms"] + r["first_ms"]


def medians(rounds):
    keys = ["median_ms", "load_ms", "first_ms", "peak_mib"]
    result = {k: statistics.median(r[k] for r in rounds) for k in keys}
    result["spread_ms"] = [min(r["median_ms"] for r in rounds), max(r["median_ms"] for r in rounds)]
    result["to_first_result_ms"] = statistics.median(map(to_first_result, rounds))
    result["version"] = rounds[0]["version"]
    return result


def compare(args, name, batch, threads, folder):
    model = prepare(args, name, batch, folder)
    engine, times = build(args, model, threads, folder)
    peers = [p for p in args.peers if p != "ncnn" or models.convert_for_ncnn(model)]
    rounds = []
    for _ in range(args.rounds):
        this = {"peak": measure_peak(args, threads), "pharos": measure_pharos(args, engine, threads, folder)}
        for peer in list(peers):
            try:
                this[peer] = measure_peer(args, peer, model, threads)
            except RuntimeError as e:
                peers.remove(peer)
                print(f"{peer} is left out: {str(e).splitlines()[-1]}", file=sys.stderr)
        rounds.append(this)
    result = {"model": name, "batch": batch, "threads": threads, "gflop": models.gflop(model), **times,
              "peak_gflops": statistics.median(r["peak"] or 0 for r in rounds) or None,
              "pharos": medians([r["pharos"] for r in rounds])}
    for peer in peers:
        result[peer] = medians([r[peer] for r in rounds])
        # Each pair was measured side by side.
        for key, ms in ("speedup", lambda r: r["median_ms"]), ("load_speedup", to_first_result):
            result[peer][key] = statistics.median(ms(r[peer]) / ms(r["pharos"]) for r in rounds)
    return result


def cpu_name():
    try:
        for line in open("/proc/cpuinfo", encoding="utf-8"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def merge(path, data):
    if path.exists():
        old = json.loads(path.read_text())
        key = lambda r: (r["model"], r["batch"], r["threads"])  # noqa: E731
        fresh = {key(r) for r in data["results"]}
        data = {**data, "results": [r for r in old["results"] if key(r) not in fresh] + data["results"],
                "commands": [c for c in old["commands"] if c not in data["commands"]] + data["commands"]}
    path.write_text(json.dumps(data, indent=1) + "\n")
    return data


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=ZOO, help=f"zoo names ({', '.join(ZOO)}) or ONNX files")
    parser.add_argument("--pharos", default="build/bin/pharos", type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument("--peers", nargs="*", default=PEERS, choices=PEERS)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--batch", type=int, nargs="*", default=[1, 8])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", default="1.5")
    parser.add_argument("--iterations", default="5")
    parser.add_argument("--json", type=pathlib.Path, help="where the results go, merged with those that are there")
    parser.add_argument("--keep", type=pathlib.Path, help="folder of models and engines, for the next time")
    args = parser.parse_args()
    args.peers = [p for p in args.peers if models.is_installed(p)]
    if not args.peers:
        sys.exit("compare.py needs a peer to compare with: tools/venv.sh --benchmarks, then .venv/bin/python benchmarks/compare.py")
    data = {"cpu": cpu_name(), "date": datetime.date.today().isoformat(),
            "commands": ["python3 benchmarks/compare.py " + " ".join(sys.argv[1:])], "results": []}
    print(f"{cpu_name()}\n\n{report.head(args.peers)}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for name in args.models:
            for batch in args.batch:
                for threads in args.threads:
                    data["results"].append(compare(args, name, batch, threads, folder))
                    print(report.row(data["results"][-1], args.peers), flush=True)
                    if args.json:  # each time: a run that is cut short keeps what it has
                        merge(args.json, data)
    print(f"\n{report.means(data)}\n\n{report.loads(data)}")


if __name__ == "__main__":
    main()
