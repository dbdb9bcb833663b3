#!/usr/bin/env python3
"""Damages random legal models (attributes, contents and shapes of inputs) and checks that each ends with a result or a
diagnostic: no crash, no time-out.

    tests/oracle/hostile.py --pharos build/bin/pharos [--seed S] [--cases N] [--only GENERATOR] [--reference]
"""

from __future__ import annotations

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

sys.argv[0] = __file__
import run
from run import GENERATORS, make, write

import numpy as np
import onnx
from onnx import AttributeProto

# Nothing between 1000 and 2^40: results of gigabytes are legal, and only slow.
INTS = [0, -1, 1, 2, 3, 7, 64, 1000, -(2**40), 2**40, 2**62, 2**63 - 1, -(2**63)]
FLOATS = [0.0, -1.0, 1e30, float("nan"), float("inf"), float("-inf"), 1e-38]
STRINGS = [b"", b"SAME_UPPER", b"x", b"\xff\xfe", b"NOTSET", b"((((", b"a" * 1000, b"ij,jk->ik"]


def damage_attribute(dice, node):
    if not node.attribute:
        return
    a = dice.choice(node.attribute)
    act = dice.random()
    if act < 0.1:
        node.attribute.remove(a)
    elif a.type == AttributeProto.INT:
        a.i = dice.choice(INTS)
    elif a.type == AttributeProto.FLOAT:
        a.f = dice.choice(FLOATS)
    elif a.type == AttributeProto.STRING:
        a.s = dice.choice(STRINGS)
    elif a.type in (AttributeProto.INTS, AttributeProto.FLOATS, AttributeProto.STRINGS):
        values = {AttributeProto.INTS: a.ints, AttributeProto.FLOATS: a.floats, AttributeProto.STRINGS: a.strings}[a.type]
        pool = {AttributeProto.INTS: INTS, AttributeProto.FLOATS: FLOATS, AttributeProto.STRINGS: STRINGS}[a.type]
        if act < 0.3 and len(values):
            del values[dice.randrange(len(values))]
        elif act < 0.5:
            values.append(dice.choice(pool))
        elif len(values):
            values[dice.randrange(len(values))] = dice.choice(pool)


def damage_array(dice, array):
    act = dice.random()
    if array.dtype.kind in "iu" and act < 0.5 and array.size:
        array = array.copy()
        info = np.iinfo(array.dtype)
        array.ravel()[dice.randrange(array.size)] = dice.choice([v for v in INTS if info.min <= v <= info.max])
        return array
    if act < 0.65 and array.ndim:
        return array.reshape(array.shape[::-1])
    if act < 0.75:
        return array.reshape((1, *array.shape))
    if act < 0.85 and array.ndim:
        return array[..., :0]
    if act < 0.95 and array.size:
        return array.ravel()[: dice.randint(0, array.size)]
    return array.ravel()[:1].reshape(()) if array.size else array


def damage(dice, case):
    for _ in range(dice.choice([1, 1, 2])):
        if dice.random() < 0.5:
            damage_attribute(dice, dice.choice(case.nodes))
        elif case.inputs:
            name = dice.choice([n for n in case.inputs if n != "m"] or list(case.inputs))  # endless loops are legal, and slow
            try:
                case.inputs[name] = damage_array(dice, case.inputs[name])
            except ValueError:
                pass
    return case


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pharos", default="build/bin/pharos")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--only", default="")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--keep", default="", help="folder for the models (kept)")
    options = parser.parse_args()
    if not pathlib.Path(options.pharos).exists():
        print(f"skipped: {options.pharos} is not built")
        return 77
    names = [options.only] if options.only else list(GENERATORS)
    temporary = None if options.keep else tempfile.TemporaryDirectory(prefix="pharos-hostile-")
    root = pathlib.Path(options.keep or temporary.name)
    described = {}
    for i in range(options.cases):
        case = make(names[i % len(names)], f"{options.seed}/{i}")
        if case is None:
            continue
        case = damage(random.Random(f"{options.seed}/{i}/damage"), case)
        try:
            write(case, [np.zeros(0, np.float32)] * len(case.outputs), root / f"case_{i:06d}", declare=False)
        except (ValueError, TypeError, OverflowError):  # protobuf itself refuses
            continue
        described[f"case_{i:06d}"] = f"{names[i % len(names)]} {options.seed}/{i}: {case.describe()[:500]}"
    report = root / "result.json"
    command = [options.pharos, "verify", "--jobs", "2", "--timeout", "20", "--json", str(report), str(root)]
    done = subprocess.run(command + (["--reference"] if options.reference else []), capture_output=True, text=True, errors="replace")
    if not report.exists():
        print(f"pharos verify ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
        return 1
    codes = collections.Counter()
    bad = 0
    for case in json.loads(report.read_text(errors="replace"))["cases"]:
        code = case.get("code", "passed")
        codes[code] += 1
        if code in ("PH0141", "PH0142"):  # verify-timeout, verify-crash
            bad += 1
            print(f"FAILED [{code}] {case['message']}\n  {described.get(pathlib.PurePath(case['name']).name, case['name'])}", flush=True)
    print(f"figure: damaged models, seed {options.seed}: {sum(codes.values()) - bad} of {sum(codes.values())} end with a result or a diagnostic")
    print(f"{sum(codes.values()) - bad} ended well, {bad} did not (seed {options.seed}); " + ", ".join(f"{c}: {n}" for c, n in sorted(codes.items())))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
