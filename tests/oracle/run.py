#!/usr/bin/env python3
"""Compares Pharos with ONNX Runtime and the ONNX reference on random legal models.

    tests/oracle/run.py --pharos build/bin/pharos [--seed S] [--cases N] [--time SECONDS] [--only GENERATOR] [--reference]

Models with expected outputs are written in the layout of the ONNX backend tests and handed to one `pharos verify`. Where ONNX
Runtime and the reference evaluator of the `onnx` package give different results, either of them will do; such cases are
counted as disputed. Engines are compared with the unoptimised graph too (`--against-reference`). A failure is made again with
smaller shapes and fewer nodes; the smallest one is printed with the seed that repeats it and, with --save, kept as a model that the test `oracle_kept` runs from then on. Needs numpy, onnx and onnxruntime from PyPI; without
them it says so and exits with 77 (skipped).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

try:
    import numpy as np
    import onnx
    import onnx.reference
    import onnx.shape_inference
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed (numpy, onnx and onnxruntime from PyPI are needed)")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import generators_elementwise
import generators_graphs
import generators_network
import generators_other
import generators_recent
import generators_shape
import shrink
from case import Case, Dice, retyped, tensor_of

warnings.filterwarnings("ignore")
np.seterr(all="ignore")
GENERATORS = {g.__name__.strip("_"): g
              for module in (generators_elementwise, generators_shape, generators_network, generators_other, generators_recent, generators_graphs)
              for g in module.GENERATORS}
# Operators without a generator, and what tests them instead.
LEFT_OUT = {
    **dict.fromkeys(["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"],
                    "random: their distributions are tested in src/ops/random_test.cpp"),
    **dict.fromkeys(["CastMap", "DictVectorizer", "ZipMap"], "maps: src/ops/ml/ml_test.cpp and the conformance pack"),
    "ImageDecoder": "encoded images: the conformance pack",
}


def by_onnxruntime(case: Case):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(case.model().SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(case.outputs, case.inputs)


def by_reference(case: Case):
    model = case.model()
    results = onnx.reference.ReferenceEvaluator(model).run(case.outputs, case.inputs)
    declared = {o.name: o.type.tensor_type.elem_type for o in onnx.shape_inference.infer_shapes(model).graph.output}
    for name, result in zip(case.outputs, results):
        if isinstance(result, np.ndarray) and result.dtype.kind in "iufb" and declared.get(name):
            if onnx.helper.np_dtype_to_tensor_dtype(result.dtype) != declared[name]:
                raise TypeError(f"the evaluator gives {name} another type than the operator's definition")
    return results


def expected(case: Case, oracles=(("ort", by_onnxruntime), ("reference", by_reference))):
    """Outputs of ONNX Runtime where it has the operator, otherwise of the reference; None where neither computes it."""
    for name, oracle in oracles:
        if case.only not in ("", name):
            continue
        try:
            return oracle(case)
        except Exception:  # not implemented for these types: the other may know
            pass
    return None


def other_opinion(case: Case):
    return expected(case, [("reference", by_reference)]) if not case.only else None


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


def operators_of(nodes) -> set:
    found = set()
    for n in nodes:
        found.add(f"{n.domain}::{n.op_type}" if n.domain else n.op_type)
        for a in n.attribute:
            if a.HasField("g"):
                found |= operators_of(a.g.node)
    return found


def coverage(seen: set) -> str:
    wanted = {f"{s.domain}::{s.name}" if s.domain else s.name for s in onnx.defs.get_all_schemas() if "training" not in s.domain}
    missing = sorted(o for o in wanted - seen if o.split("::")[-1] not in LEFT_OUT)
    text = f"operators covered: {len(wanted & seen)} of {len(wanted)}, {sum(o.split('::')[-1] in LEFT_OUT for o in wanted)} tested elsewhere"
    return text + (f"; not met in this run: {', '.join(missing)}" if missing else "")


def keep(root: pathlib.Path, folder: pathlib.Path, failure) -> pathlib.Path:
    """Copies the model of a failure to where the test `oracle_kept` finds it."""
    case = failure[2]
    outputs = expected(case)
    text = case.model().SerializeToString() + b"".join(a.tobytes() for a in case.inputs.values())
    name = f"{case.op.lower()}_{hashlib.sha256(text).hexdigest()[:8]}"
    if (folder / name).exists():
        return folder / name
    write(case, outputs, root / name)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(root / name, folder / name)
    (folder / name / "tolerance.json").write_text(json.dumps({"rtol": case.rtol, "atol": case.atol}))
    return folder / name


class Run:
    def __init__(self, pharos: list, root: pathlib.Path):
        self.pharos, self.root = pharos, root
        self.count = self.unsupported = self.disputed = 0
        self.operators: set = set()

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
            self.operators |= operators_of(case.nodes)
            groups.setdefault((case.rtol, case.atol), {})[name] = (generator, seed, case)
        failed = []
        for (rtol, atol), group in groups.items():
            failures, unsupported = verify(self.pharos, self.root, list(group), rtol, atol)
            self.unsupported += unsupported
            disputed = self.agreeing_with_the_other(group, failures, rtol, atol)
            self.disputed += len(disputed)
            failed += [(*group[name], line) for name, line in failures.items() if name not in disputed]
        return failed

    def agreeing_with_the_other(self, group: dict, failures: dict, rtol: float, atol: float) -> set:
        """Of failing cases those that the other oracle confirms."""
        again = {}
        for name in failures:
            case = group[name][2]
            outputs = other_opinion(case)
            if outputs is not None:
                write(case, outputs, self.root / f"{name}_other")
                again[f"{name}_other"] = name
        if not again:
            return set()
        still, _ = verify(self.pharos, self.root, list(again), rtol, atol)
        return {name for other, name in again.items() if other not in still}


def make(generator: str, seed: str, extent: int = 0, rank: int = 4):
    dice = Dice(seed, extent or 7, rank)
    if not extent and dice.coin(0.15):  # now and then beyond the width of vectors and blocks
        dice.extent, dice.max_rank = 37, 3
    try:
        case = GENERATORS[generator](dice)
        return retyped(case, dice) if dice.coin(0.15) else case
    except (IndexError, ValueError):  # limits too low for this generator
        return None


def smallest(run: Run, generator: str, op: str, first):
    """The smallest failing case of the same operator that smaller limits give, less the nodes that do not matter."""
    best = first
    for extent, rank in ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3)):
        cases = [(generator, f"{seed}", make(generator, f"{seed}", extent, rank)) for seed in range(60)]
        cases = [c for c in cases if c[2] is not None and c[2].op == op and c[2].size() < best[2].size()]
        for failure in run.check(cases):
            if failure[2].size() < best[2].size():
                best = (*failure[:1], f"{failure[1]}:{extent}:{rank}", *failure[2:])
        if best is not first:
            break
    return shrink.fewer_nodes(best, run.check, by_reference)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pharos", default="build/bin/pharos")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--time", type=float, default=0, help="seconds after which no new cases are made")
    parser.add_argument("--only", default="", help="one generator: " + ", ".join(GENERATORS))
    parser.add_argument("--keep", default="", help="folder for the models (kept)")
    parser.add_argument("--save", default="", help="folder for the smallest model of each failure, as tests/oracle/kept")
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
    mode = ["--reference"] if options.reference else ["--against-reference"]
    command = [options.pharos, "verify", "--jobs", str(options.jobs), *mode]
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
        if options.save:
            print(f"kept as {keep(root, pathlib.Path(options.save), least)}")
        print(f"FAILED {op} ({len(group)} cases, generator {generator}, seed {least[1]})\n  {least[2].describe()[:700]}\n  {least[3]}", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps([[f[0], f[1], f[2].op, f[3]] for f in failures], indent=1))
    mode = "the reference" if options.reference else "engines, these against the unoptimised graph"
    print(f"figure: random models through {mode}, seed {options.seed}: {checked - len(failures) - unsupported} of {checked} agree")
    print(f"{checked - len(failures) - unsupported} passed, {len(failures)} failed, {unsupported} unsupported, "
          f"{run.disputed} disputed between the oracles (seed {options.seed})" + ("" if options.only else f"\n{coverage(run.operators)}"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
