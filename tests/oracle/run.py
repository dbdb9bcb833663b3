#!/usr/bin/env python3
"""Compares Pharos with ONNX Runtime and the ONNX reference on random legal models.

    tests/oracle/run.py --pharos build/bin/pharos [--seed S] [--cases N] [--time SECONDS] [--only GENERATOR] [--reference]

Models with expected outputs are written in the layout of the ONNX backend tests and handed to one `pharos verify`. A failure is
made again with smaller shapes, and the smallest one is printed with the command that repeats it. Needs numpy, onnx and
onnxruntime from PyPI; without them it says so and exits with 77 (skipped).
"""

from __future__ import annotations

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import warnings

try:
    import numpy as np
    import onnx
    import onnx.reference
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed (numpy, onnx and onnxruntime from PyPI are needed)")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import generators_elementwise
import generators_network
import generators_other
import generators_shape
from case import Case, Dice, tensor_of

warnings.filterwarnings("ignore")
np.seterr(all="ignore")
GENERATORS = {g.__name__.strip("_"): g for module in (generators_elementwise, generators_shape, generators_network, generators_other)
              for g in module.GENERATORS}


def expected(case: Case):
    """Outputs of ONNX Runtime where it has the operator, otherwise of the reference; None where neither computes it."""
    model = case.model()
    if case.only != "reference":
        try:
            options = onnxruntime.SessionOptions()
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
            options.log_severity_level = 4
            options.intra_op_num_threads = 1
            session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
            return session.run(case.outputs, case.inputs)
        except Exception:  # not implemented for these types: the reference may know
            if case.only == "ort":
                return None
    try:
        return onnx.reference.ReferenceEvaluator(model).run(case.outputs, case.inputs)
    except Exception:
        return None


def write(case: Case, outputs, folder: pathlib.Path, declare: bool = True):
    data = folder / "test_data_set_0"
    data.mkdir(parents=True)
    model = case.model()
    # Declared output types, as exporters write them.
    for info, array in zip(model.graph.output, outputs if declare else []):
        array = np.asarray(array)
        dtype = onnx.TensorProto.STRING if array.dtype.kind in "UO" else onnx.helper.np_dtype_to_tensor_dtype(array.dtype)
        info.CopyFrom(onnx.helper.make_tensor_value_info(info.name, dtype, [None] * array.ndim))
    onnx.save(model, folder / "model.onnx")
    for i, (name, array) in enumerate(case.inputs.items()):
        (data / f"input_{i}.pb").write_bytes(tensor_of(array, name).SerializeToString())
    for i, (name, array) in enumerate(zip(case.outputs, outputs)):
        (data / f"output_{i}.pb").write_bytes(tensor_of(np.asarray(array), name).SerializeToString())


def verify(pharos: list, root: pathlib.Path, folders: list, rtol: float, atol: float) -> tuple:
    """Runs `pharos verify` once: what it says of failing folders by name, and how many cases it does not support."""
    result = root / "result.json"
    command = [*pharos, "--rtol", str(rtol), "--atol", str(atol), "--json", str(result), *(str(root / f) for f in folders)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1) or not result.exists():
        raise SystemExit(f"{command[:6]} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
    cases = json.loads(result.read_text())["cases"]
    result.unlink()
    name = lambda case: pathlib.PurePath(case["name"]).name
    failures = {name(c): f"[{c.get('code', '')}] {c.get('message', '')}" for c in cases if c["outcome"] == "failed"}
    return failures, sum(c["outcome"] == "unsupported" for c in cases)


class Run:
    def __init__(self, pharos: list, root: pathlib.Path):
        self.pharos, self.root = pharos, root
        self.count = self.unsupported = 0

    def check(self, cases: list) -> list:
        """(generator, seed, case, line) of each failing case of (generator, seed, case)."""
        groups: dict = {}
        for generator, seed, case in cases:
            outputs = expected(case)
            if outputs is None:
                continue
            name = f"case_{self.count:06d}"
            self.count += 1
            write(case, outputs, self.root / name)
            groups.setdefault((case.rtol, case.atol), {})[name] = (generator, seed, case)
        failed = []
        for (rtol, atol), group in groups.items():
            failures, unsupported = verify(self.pharos, self.root, list(group), rtol, atol)
            self.unsupported += unsupported
            failed += [(*group[name], line) for name, line in failures.items()]
        return failed


def make(generator: str, seed: str, extent: int = 0, rank: int = 4):
    dice = Dice(seed, extent or 7, rank)
    if not extent and dice.coin(0.15):  # now and then beyond the width of vectors and blocks
        dice.extent, dice.max_rank = 37, 3
    try:
        return GENERATORS[generator](dice)
    except (IndexError, ValueError):  # limits too low for this generator
        return None


def smallest(run: Run, generator: str, op: str, first):
    """The smallest failing case of the same operator that smaller limits give."""
    best = first
    for extent, rank in ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3)):
        cases = [(generator, f"{seed}", make(generator, f"{seed}", extent, rank)) for seed in range(60)]
        cases = [c for c in cases if c[2] is not None and c[2].op == op and c[2].size() < best[2].size()]
        for failure in run.check(cases):
            if failure[2].size() < best[2].size():
                best = (*failure[:1], f"{failure[1]}:{extent}:{rank}", *failure[2:])
        if best is not first:
            break
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pharos", default="build/bin/pharos")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--time", type=float, default=0, help="seconds after which no new cases are made")
    parser.add_argument("--only", default="", help="one generator: " + ", ".join(GENERATORS))
    parser.add_argument("--keep", default="", help="folder for the models (kept)")
    parser.add_argument("--reference", action="store_true", help="check the reference operators instead of engines")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--json", default="", help="writes the failures to a file")
    options = parser.parse_args()
    if not pathlib.Path(options.pharos).exists():
        print(f"skipped: {options.pharos} is not built")
        return 77
    print(f"seed {options.seed}", flush=True)
    names = [options.only] if options.only else list(GENERATORS)
    temporary = None if options.keep else tempfile.TemporaryDirectory(prefix="pharos-oracle-")
    root = pathlib.Path(options.keep or temporary.name)
    command = [options.pharos, "verify", "--jobs", str(options.jobs), *(["--reference"] if options.reference else [])]
    run, start, failures = Run(command, root), time.monotonic(), []
    for first in range(0, options.cases, 250):
        if options.time and time.monotonic() - start > options.time:
            break
        batch = []
        for i in range(first, min(first + 250, options.cases)):
            generator = names[i % len(names)]
            case = make(generator, f"{options.seed}/{i}")
            if case is not None:
                batch.append((generator, f"{options.seed}/{i}", case))
        failures += run.check(batch)
    reported = {}
    for failure in failures:
        reported.setdefault((failure[0], failure[2].op), []).append(failure)
    checked, unsupported = run.count, run.unsupported
    for (generator, op), group in sorted(reported.items()):
        least = min(group, key=lambda f: f[2].size())
        if not options.no_shrink:
            least = smallest(run, generator, op, least)
        print(f"FAILED {op} ({len(group)} cases, generator {generator}, seed {least[1]})\n  {least[2].describe()[:700]}\n  {least[3]}", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps([[f[0], f[1], f[2].op, f[3]] for f in failures], indent=1))
    print(f"{checked - len(failures) - unsupported} passed, {len(failures)} failed, {unsupported} unsupported (seed {options.seed})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
