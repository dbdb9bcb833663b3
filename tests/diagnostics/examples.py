#!/usr/bin/env python3
"""Every code of the engine can be produced, and is: by a command line below, by a unit test, or (named with the reason) not
on purpose. A code that is none of these has no use, or no proof that its message is right.

usage: examples.py PHAROS      exits with 77 where the onnx package is missing
The findings of the doctor (PH91xx to PH99xx) have samples of their own in their rules, which test_findings runs.
"""
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

try:
    import onnx  # noqa: F401
except ImportError:
    print("the onnx package is missing (tools/venv.sh)")
    sys.exit(77)

import files  # noqa: E402  (beside this file)

ROOT = pathlib.Path(__file__).resolve().parents[2]

# code: command line; the files it names are those of files.py
COMMANDS = {
    "PH0002": "ulimit -v 150000; pharos run resnet50.engine",
    "PH0011": "chmod 000 secret.onnx; as_nobody pharos build secret.onnx",
    "PH0010": "pharos build no_such.onnx",
    "PH0012": "pharos build .",
    "PH0013": "pharos build /dev/zero",
    "PH0016": "pharos build relu.onnx -o /no/such/folder/model.engine",
    "PH0017": "pharos build outside.onnx",
    "PH0101": "pharos biuld relu.onnx",
    "PH0102": "pharos build relu.onnx --thread 2",
    "PH0103": "pharos bench relu.onnx --iterations many",
    "PH0104": "pharos build",
    "PH0105": "pharos lint relu.onnx extra words",
    "PH0106": "pharos run relu.engine --opt-level 5",
    "PH0107": "pharos explain PH9999",
    "PH0110": "pharos run relu.onnx --input x=short.raw",
    "PH0111": "pharos run relu.onnx --input imgae=short.raw",
    "PH0112": "pharos run relu.onnx",
    "PH0114": "pharos build det.onnx --fail-on-warning",
    "PH0115": "pharos build relu.onnx --log-json /no/such/folder/log.json",
    "PH0116": "pharos run conv.engine --compare other_conv.onnx",
    "PH0118": "pharos build dynamic.onnx --min-shapes x:4x3 --max-shapes x:1x3",
    "PH0130": "pharos trtexec --onnx=relu.onnx --useCudaGraph --duration=0 --iterations=1",
    "PH0131": "pharos trtexec --onnx=relu.onnx --buildOnly",
    "PH0132": "pharos trtexec --onnx=relu.onnx --int8 --skipInference",
    "PH0133": "pharos trtexec --onnx relu.onnx",
    "PH0134": "pharos trtexec --onnx=dynamic.onnx --skipInference",
    "PH0140": "pharos verify wrong_expectation",
    "PH0143": "mkdir -p nothing; pharos verify nothing",
    "PH1001": "pharos build half.onnx",
    "PH1002": "pharos build no_outputs.onnx",
    "PH1003": "pharos build cyclic.onnx",
    "PH1004": "pharos build undefined.onnx",
    "PH1005": "pharos build twice.onnx",
    "PH1006": "pharos build no_opset.onnx",
    "PH1007": "pharos build opset99.onnx",
    "PH1008": "pharos build ir99.onnx",
    "PH1009": "pharos build domain_not_imported.onnx",
    "PH1010": "pharos build custom.onnx",
    "PH1011": "pharos build recursive.onnx",
    "PH1012": "pharos build type_unknown.onnx",
    "PH1013": "pharos build dims_negative.onnx",
    "PH1014": "pharos build size_mismatch.onnx",
    "PH1015": "pharos build external_beyond.onnx",
    "PH1017": "pharos build sparse_beyond.onnx",
    "PH1018": "pharos build declared_shape.onnx",
    "PH1019": "pharos build declared_type.onnx",
    "PH1020": "pharos build model.uff",
    "PH1022": "pharos build model.tflite",
    "PH1023": "pharos build model.pt",
    "PH1024": "pharos build model.h5",
    "PH1026": "pharos build model.safetensors",
    "PH1027": "pharos build pointer.onnx",
    "PH1028": "pharos build empty.onnx",
    "PH1029": "pharos build page.onnx",
    "PH1030": "pharos build model.onnx.gz",
    "PH1031": "pharos build model.ort",
    "PH1032": "pharos build relu.engine",
    "PH1033": "pharos build training.onnx",
    "PH1034": "pharos run relu.onnx --input x=cut.pb",
    "PH1036": "pharos build constant_repeated.onnx",
    "PH1101": "pharos lint det.onnx --target tensorrt:10.7",
    "PH1102": "pharos lint maxpool.onnx --target tensorrt:8.6",
    "PH1104": "pharos lint new_operator.onnx --target tensorrt:7.2",
    "PH1105": "pharos lint opset9.onnx",
    "PH1106": "pharos lint dynamic.onnx",
    "PH1107": "pharos lint resize_cubic.onnx",
    "PH1108": "pharos lint double_weights.onnx",
    "PH1109": "pharos lint wide_integers.onnx --target tensorrt:8.6",
    "PH1110": "pharos lint fp16_range.onnx",
    "PH1111": "pharos lint relu.onnx",
    "PH1112": "pharos lint relu.onnx --target openvino:1",
    "PH1120": "pharos lint custom.onnx",
    "PH2002": "pharos graph broken.txt",
    "PH2101": "pharos build bad_attribute.onnx",
    "PH2103": "pharos build add_mismatch.onnx",
    "PH2104": "pharos run gather.onnx --input i=beyond.npy",
    "PH2201": "pharos build shared_conv.onnx --verbose",
    "PH2109": "pharos build before_its_time.onnx",
    "PH2207": "pharos build conv_batchnorm.onnx --verbose",
    "PH2208": "pharos build qdq.onnx",
    "PH2301": "pharos build relu.onnx --plugin page.onnx",
    "PH2302": "pharos build relu.onnx --plugin ./libm.so",
    "PH4101": "pharos build dynamic.onnx",
    "PH4102": "pharos build dynamic.onnx --min-shapes x:1x4 --max-shapes x:8x4",
    "PH4103": "pharos build det.onnx",
    "PH4105": "pharos build relu.onnx",
    "PH4106": "pharos build relu.onnx --verbose",
    "PH4109": "pharos build relu.onnx --timing-cache cut.cache",
    "PH4110": "pharos build half_precision.onnx",
    "PH4111": "pharos build relu.onnx --force-tactic r=cpu.no_such",
    "PH4112": "pharos build small_det.onnx --verbose",
    "PH4113": "pharos build resnet50.onnx --build-budget 0.001",
    "PH4114": "pharos build conv.onnx --error-on-cache-miss",
    "PH4204": "pharos build relu.onnx --timing-cache relu.onnx",
    "PH4205": "pharos build conv.onnx --timing-cache new.cache --verbose",
    "PH4206": "pharos build conv.onnx --timing-cache /no/such/folder/times.cache",
    "PH5001": "pharos run page.engine",
    "PH5002": "pharos run renamed.engine",
    "PH5004": "pharos run pointer.engine",
    "PH5012": "pharos run huge.engine",
    "PH5006": "pharos run cut.engine",
    "PH5007": "pharos run flipped.engine --verbose",
    "PH6003": "pharos run dynamic.engine --shapes x:9x3",
    "PH6006": "pharos run resnet50.engine --max-memory 1M",
    "PH8002": "pharos run relu.onnx --threads 4000",
    "PH9001": "pharos doctor no_such.log",
    "PH9002": "pharos doctor resnet50.engine",
    "PH9003": "pharos doctor cut.log.gz",
    "PH9004": "pharos doctor long_line.log",
    "PH9005": "pharos doctor excerpt.log --migrate-to 11",
    "PH9006": "pharos doctor /dev/null",
    "PH9010": "pharos doctor unknown_error.log",
    "PH9011": "pharos doctor unknown_warning.log --all",
    "PH9012": "pharos doctor run_failed.log",
    "PH9013": "pharos doctor ended.log",
    "PH9016": "pharos doctor exception.log",
    "PH9021": "pharos doctor excerpt.log --policy page.onnx",
    "PH9022": "pharos doctor unknown_error.log --fail-on error",
    "PH9023": "pharos doctor performance.log --policy latency.toml",
    "PH9024": "pharos doctor excerpt.log --policy latency.toml",
    "PH9025": "pharos doctor unknown_error.log --fail-on error --policy waiver.toml",
    "PH9026": "pharos doctor unknown_error.log --fail-on error --policy expired.toml",
    "PH9032": "timeout 20 \"$PHAROS\" doctor --follow excerpt.log --metrics $BUSY_PORT",
    "PH9031": "pharos doctor -- no-such-program",
    "PH9066": "sed s/45/95/g performance.log > slower.log; pharos compare performance.log slower.log --fail-on-regression 5",
    "PH9067": "pharos compare excerpt.log performance.log --fail-on-regression 5",
    "PH9068": "mkdir -p empty; pharos compare empty performance.log",
    "PH9069": "pharos compare excerpt.log#7 performance.log",
}

# Root may read everything; another user may not be able to start a program in root's home, so it is started through a copy.
AS_NOBODY = """if [ "$(id -u)" = 0 ]; then shift; cp "$PHAROS" ./pharos_copy; chmod 755 ./pharos_copy;
    setpriv --reuid=65534 --regid=65534 --clear-groups ./pharos_copy "$@"; else "$@"; fi;"""

# Not on purpose, and why.
EXCUSED = {
    "PH0001": "a defect in Pharos",
    "PH0113": "a defect: the build asks for the profile first",
    "PH0117": "needs a machine whose speed changes during the measurement",
    "PH0142": "needs a case that kills the process",
    "PH2001": "a defect in a pass",
    "PH2203": "a defect in a pass", "PH2204": "a defect in a pass", "PH2205": "a defect in a pass",
    "PH4108": "a defect: an operator without reference and without a tactic",
    "PH6007": "PH0002, but later: which allocation fails first is chance",
    "PH6008": "a defect: the builder takes no tactic that rejects a shape of the range",
    "PH4001": "needs another oneDNN than the one linked",
    "PH6009": "needs two builds of Pharos",
    "PH6011": "needs two machines",
    "PH8001": "needs a container with fewer CPUs than the machine",
    "PH8003": "needs an old processor",
    "PH9007": "needs a log of thousands of runs with every error there is",
}


def catalogue(pharos):
    """Codes and the names of their constants, of everything but the doctor's findings."""
    known = set(re.findall(r"\bPH\d{4}\b", subprocess.run([pharos, "list", "diagnostics"], capture_output=True, text=True, check=True).stdout))
    names = {}
    for header in (ROOT / "src/catalog").glob("*.h"):
        text = header.read_text(encoding="utf-8")
        names.update({code: name for name, code in re.findall(r"Diagnostic (\w+)\s*\{\s*\.code = \"(PH\d{4})\"", text)})
    missing = known - names.keys()
    assert not missing, f"not found in src/catalog: {missing}"
    return {code: name for code, name in names.items() if not ("PH9100" <= code <= "PH9999")}


def proven_by_units(names):
    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*_test.cpp"))
    text += "\n".join(p.read_text(encoding="utf-8") for folder in ("golden", "plugins", "fuzz", "install") for p in (ROOT / "tests" / folder).rglob("*")
                      if p.suffix in (".txt", ".py", ".cpp", ".c"))
    words = set(re.findall(r"\bdiag::(\w+)", text)) | set(re.findall(r"\bPH\d{4}\b", text))
    return {code for code, name in names.items() if name in words or code in words}


def never_raised(names):
    text = "\n".join(p.read_text(encoding="utf-8") for p in [*(ROOT / "src").rglob("*.cpp"), *(ROOT / "src").rglob("*.h")]
                     if not p.name.endswith("_test.cpp") and p.parent.name != "catalog")
    used = set(re.findall(r"\bdiag::(\w+)", text)) | set(re.findall(r"\bPH\d{4}\b", text))
    return [f"{code} {name}: nothing raises it" for code, name in sorted(names.items()) if name not in used and code not in used]


def busy_port():
    s = socket.socket()
    s.bind(("0.0.0.0", 0))
    s.listen()
    return s


def produce(pharos, code, command, folder, port):
    shell = 'pharos() { command "$PHAROS" "$@"; }; as_nobody() { ' + AS_NOBODY + ' }; ' + command
    run = subprocess.run(["bash", "-c", shell], cwd=folder, capture_output=True, timeout=120,
                         env={**os.environ, "PHAROS": pharos, "BUSY_PORT": str(port), "LC_ALL": "C", "PHAROS_LOG_LEVEL": "", "PHAROS_LANG": "en"})
    said = (run.stdout + run.stderr).decode("utf-8", "replace")
    if code not in said:
        return f"{code}: not said by: {command}\n    exit {run.returncode}: " + said.strip().replace("\n", "\n    ")[-700:]
    if run.returncode < 0 or run.returncode > 4:
        return f"{code}: exit {run.returncode} by: {command}"
    return ""


def main():
    pharos = str(pathlib.Path(sys.argv[1]).resolve())
    names = catalogue(pharos)
    units = proven_by_units(names)
    failures = [f"{code} {names[code]}: no command, no unit test, no excuse" for code in sorted(names)
                if code not in COMMANDS and code not in units and code not in EXCUSED]
    failures += never_raised(names)
    failures += [f"{code}: not in the catalogue" for code in sorted((COMMANDS.keys() | EXCUSED.keys()) - names.keys())]
    with tempfile.TemporaryDirectory() as folder, busy_port() as port:
        os.chmod(folder, 0o755)
        files.write_all(pathlib.Path(folder), pharos)
        for code, command in COMMANDS.items():
            if failure := produce(pharos, code, command, folder, port.getsockname()[1]):
                failures.append(failure)
    print("\n".join(failures))
    print(f"{len(names)} codes: {len(COMMANDS)} by a command, {len(units - COMMANDS.keys())} by unit tests alone, {len(EXCUSED)} not on purpose; "
          f"{len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
