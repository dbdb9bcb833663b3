#!/usr/bin/env python3
"""Plugins from outside: the example and its command lines, and one library for every fault that has to be noticed.

    python3 tests/plugins/run.py PHAROS C-COMPILER [--bless]
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "examples" / "plugin"))
import make_model as m  # noqa: E402

# What each fault of faulty.c comes to: a code when a model is run with it, and the check of the test kit that fails (None:
# the kit does not get that far, the code is the same).
FAULTS = {
    "NONE": (None, None),
    "ABI_FUTURE": ("PH2303", None), "ABI_MAJOR": ("PH2303", None), "STRUCT_SIZE": ("PH2304", None),
    "NULL_OPERATORS": ("PH2304", None), "NULL_RUN": ("PH2304", None), "BAD_NAME": ("PH2304", None),
    "TAKES_RELU": ("PH2306", None), "BAD_TYPES": ("PH2304", None), "DECLINES": ("PH2305", None),
    "NO_OUTPUT_TYPE": ("PH2309", "inference"), "BAD_DTYPE": ("PH2309", "inference"), "BAD_RANK": ("PH2309", "inference"),
    "BAD_DIM": ("PH2309", "inference"), "UNDECLARED_TYPE": ("PH2309", "inference"), "MISPLACED": ("PH2309", "inference"),
    "SILENT": ("PH2309", "run"), "FAILS": ("PH2308", "refusal"), "WRONG_SIZE": ("PH2309", "run"),
    "WORKSPACE": ("PH2309", "run"), "HUGE_WORKSPACE": ("PH2309", "run"), "SYMBOLS": ("", "symbols"),
    "OVER_BOUND": ("PH2309", "run"), "NEEDS_TYPES": ("", "unknown types"), "OVERRUN": ("", "bounds"),
    "UNWRITTEN": ("", "every element"), "CRASH": ("", "no crash"), "HANGS": ("", "no crash"), "ALIGNED": ("", "alignment"),
    "THREADS": ("", "threads"), "STATIC_STATE": ("", "concurrent"), "LEAKS": ("", "leaks"), "WRITES_INPUT": ("", "bounds"),
    "SCRATCH_DIRTY": ("", "every element"), "REFERENCE": ("", "reference"), "IN_PLACE": ("", "in place"),
    "EMPTY_CRASH": ("", "no crash"),
}
faults = []


def run(*command, cwd=None):
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout, done.stderr


def expect(what, good, *output):
    if not good:
        faults.append(what)
        print(f"FAILED {what}\n" + "".join(output))


def compile(cc, source, out, *flags):
    code, _, err = run(cc, "-std=c99", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O1", f"-I{ROOT / 'include'}", *flags, source,
                       "-o", out)
    assert code == 0, err


def check_fault(pharos, cc, folder, name, number):
    library = folder / f"{name.lower()}.so"
    compile(cc, HERE / "faulty.c", library, f"-DFAULT={number}")
    run_code, kit_check = FAULTS[name]
    if run_code != "":  # memory faults need not show in a run, and may end it
        code, out, err = run(pharos, "run", folder / "twice.onnx", "--plugin", library)
        if run_code:
            expect(f"{name}: run says {run_code}", code not in (0, 1) and f"[{run_code}]" in err, out, err)
        else:
            expect(f"{name}: runs", code == 0, out, err)
    code, out, err = run(pharos, "plugin-check", library, "--case", "test::Twice f32[5,3]", "--timeout", "10" if name != "HANGS" else "0.1")
    if kit_check:
        lines = [line for line in out.splitlines() if line.startswith("FAILED")]
        expect(f"{name}: the kit names '{kit_check}'", code == 1 and lines and lines[0].startswith(f"FAILED {kit_check} ") and "[PH2310]" in err,
               out, err)
    elif run_code:
        expect(f"{name}: the kit says {run_code}", code not in (0, 1) and f"[{run_code}]" in err, out, err)
    else:
        expect(f"{name}: the kit finds nothing", code == 0, out, err)


def check_versions(pharos, cc, folder):
    """An engine and other versions of the plugin that it was built with (1.2.0)."""
    engine = folder / "twice.engine"
    expect("engine is built", run(pharos, "build", folder / "twice.onnx", "--plugin", folder / "none.so", "-o", engine)[0] == 0)
    for version, fits in (("1,2,0", True), ("1,2,7", True), ("1,3,0", True), ("1,1,9", False), ("2,0,0", False), ("0,9,0", False)):
        other = folder / f"v{version.replace(',', '_')}.so"
        compile(cc, HERE / "faulty.c", other, f"-DPLUGIN_VERSION={version}")
        code, out, err = run(pharos, "run", engine, "--plugin", other)
        expect(f"version {version} {'fits' if fits else 'does not fit'}", code == 0 if fits else "[PH5021]" in err, out, err)
    code, out, err = run(pharos, "run", engine, "--plugin", folder / "none.so", "--plugin", folder / "v1_3_0.so")
    expect("two versions at once", "[PH2307]" in err, out, err)


ALIKE = "MatMul Gemm Conv Relu Sigmoid Add Mul Softmax Identity Reshape Transpose Cast Clip Concat".split()


def alike(op):
    """An operator with the name of a standard one between standard ones that passes would join with that."""
    d = "alike"
    nodes = [
        m.node("Constant", [], ["c"], value_floats=[1.0, 2.0, 3.0, 4.0]),
        m.node("Constant", [], ["shape"], value_ints=[1, 4, 4, 4]),
        m.node("Constant", [], ["w"], value_floats=[1.0] * 16),
        m.node("Constant", [], ["w_shape"], value_ints=[4, 4]),
        m.node("Reshape", ["w", "w_shape"], ["w4"]),
        m.node("Reshape", ["x", "shape"], ["x4"]),
        m.node(op, ["x4", "w4"], ["a"], f"first {op}", d),
        m.node("Add", ["a", "c"], ["b"]),
        m.node("Mul", ["b", "c"], ["e"]),
        m.node("Relu", ["e"], ["f"]),
        m.node(op, ["f", "w4"], ["g"], f"second {op}", d),
        m.node("Softmax", ["g"], ["h"], axis=-1),
        m.node(op, ["h", "w4"], ["i"], f"third {op}", d),
        m.node("MatMul", ["i", "w4"], ["j"]),
        m.node("Transpose", ["j"], ["k"], perm=[0, 1, 3, 2]),
        m.node(op, ["k"], ["l"], f"fourth {op}", d),
        m.node("Transpose", ["l"], ["y"], perm=[0, 1, 3, 2]),
    ]
    return m.model([m.value("x", m.FLOAT, [4, 16])], [m.value("y"), m.value("e")], nodes, [d])


def check_alike(pharos, cc, folder):
    library = folder / "alike.so"
    compile(cc, HERE / "alike.c", library)
    for op in ALIKE:
        path = folder / f"{op}.onnx"
        path.write_bytes(alike(op))
        code, out, err = run(pharos, "run", path, "--plugin", library, "--compare", path)
        expect(f"alike::{op} is not taken for {op}", code == 0 and out.count("agrees with the reference") == 2, out, err)


def check_subgraph(pharos, folder):
    """A plugin's operator cannot have a body: said with the node, by lint and by build, not at the first run."""
    body = m.field(1, m.node("Relu", ["x"], ["z"])) + m.field(2, "body") + m.field(12, m.value("z"))
    node = m.node("Twice", ["x"], ["y"], "double", "test") + m.field(5, m.field(1, "body") + m.field(6, body) + m.field(20, 5))
    path = folder / "subgraph.onnx"
    path.write_bytes(m.model([m.value("x", m.FLOAT, [5, 3])], [m.value("y")], [node], ["test"]))
    for verb in ("lint", "build"):
        code, out, err = run(pharos, verb, path, "--plugin", folder / "none.so", cwd=folder)
        expect(f"{verb}: subgraphs are refused with PH2106 and the node", code != 0 and "[PH2106]" in out + err and "'double'" in out + err, out, err)


def check_lists(pharos, folder):
    for what, name in (("ops", "TopRows"), ("tactics", "plugin.rows.TopRows")):
        code, out, err = run(pharos, "list", what, "--plugin", folder / "librows.so")
        expect(f"list {what} shows the plugin's", code == 0 and name in out and len(out.splitlines()) > 40, out, err)
        expect(f"list {what} without it does not", name not in run(pharos, "list", what)[1])


def main():
    words = [w for w in sys.argv[1:] if w != "--bless"]
    pharos, cc = os.path.abspath(words[0]), words[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "detections.onnx").write_bytes(m.detections())
        (folder / "unknown.onnx").write_bytes(unknown_operators())
        compile(cc, ROOT / "examples" / "plugin" / "rows.c", folder / "librows.so")
        (folder / "cases.txt").write_bytes((ROOT / "examples" / "plugin" / "cases.txt").read_bytes())
        golden = [sys.executable, ROOT / "tests" / "golden" / "golden.py", pharos, HERE / "golden.txt", f"--with={folder}"]
        code, out, err = run(*golden, *(["--bless"] if "--bless" in sys.argv else []))
        expect("golden.txt", code == 0, out, err)
        (folder / "twice.onnx").write_bytes(m.model(
            [m.value("x", m.FLOAT, [5, 3])], [m.value("y")], [m.node("Twice", ["x"], ["y"], "double", "test")], ["test"]))
        numbers = dict(re.findall(r"^#define (\w+) (\d+)", (HERE / "faulty.c").read_text(), re.M))
        assert set(numbers) == set(FAULTS) | ({"FAULT"} & set(numbers)), set(numbers) ^ set(FAULTS)
        # What is in use cannot be asked from the address sanitizer's allocator.
        unseen = {"LEAKS"} if os.environ.get("PHAROS_SANITIZED") else set()
        for fault in FAULTS.keys() - unseen:
            check_fault(pharos, cc, folder, fault, numbers[fault])
        check_versions(pharos, cc, folder)
        check_alike(pharos, cc, folder)
        check_subgraph(pharos, folder)
        check_lists(pharos, folder)
    print(f"{len(FAULTS)} kinds of faults, {len(ALIKE)} namesakes, {len(faults)} failed")
    return 1 if faults else 0


def unknown_operators():
    """Custom operators of several tools, for what is said about them."""
    x = [m.value("x", m.FLOAT, [1, 8, 4])]
    nodes = [
        m.node("EfficientNMS_TRT", ["x", "x"], ["num", "boxes", "scores", "classes"], "nms", score_threshold=0.25),
        m.node("MMCVRoiAlign", ["x", "x"], ["rois"], "roi", "mmcv"),
        m.node("Frobnicate", ["x"], ["a"], "first", "com.example"),
        m.node("Frobnicate", ["a"], ["b"], "second", "com.example"),
    ]
    return m.model(x, [m.value("b")], nodes, ["mmcv", "com.example"])


if __name__ == "__main__":
    sys.exit(main())
