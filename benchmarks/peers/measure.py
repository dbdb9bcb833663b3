"""What every peer's script shares: `python3 -m peers.NAME MODEL THREADS SECONDS LEAST` prints one line of JSON.

A peer gives `load(model, threads)`, which returns (version, run): `run()` is one inference of prepared inputs.
"""
import json
import sys
import time

import numpy as np


def peak_mib():
    """Of this program alone: getrusage counts what the parent held when it forked."""
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def inputs(described):
    """Arrays for [(name, shape, numpy type)]: seeded noise, ones for integers (as `pharos bench` runs them)."""
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape, dtype=np.float32) if kind == np.float32 else np.ones(shape, kind)
            for name, shape, kind in described}


def main(load):
    model, threads, seconds, least = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    # What the interpreter and the imports take is not the peer's.
    before = peak_mib()
    start = time.perf_counter()
    version, run = load(model, threads)
    loaded = time.perf_counter()
    run()
    first = time.perf_counter()
    until = first + min(0.3, seconds)
    while time.perf_counter() < until:
        run()
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < least:
        t = time.perf_counter()
        run()
        times.append(time.perf_counter() - t)
    times.sort()
    print(json.dumps({"median_ms": 1e3 * times[len(times) // 2], "load_ms": 1e3 * (loaded - start),
                      "first_ms": 1e3 * (first - loaded), "peak_mib": peak_mib() - before, "runs": len(times),
                      "version": version}))
