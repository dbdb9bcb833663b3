#!/usr/bin/env python3
"""Replays the story and compares what is printed with expected/; also: the figures of the logs agree with each other, and the
terms of the split add up.

usage: check.py PHAROS [--bless]
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parents[1] / "docs" / "schema" / "compare.schema.json"
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)


def replay(pharos, language, bless):
    done = subprocess.run(["sh", str(HERE / "run.sh"), pharos, language], capture_output=True, text=True)
    said = re.sub(r"\[\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d\] (?=\[[EWI]\] \[PH)", "[time] ", done.stdout)
    said = re.sub(r"\b20[2-9]\d-\d\d-\d\d \d\d:\d\d\b", "[day]", said)  # when it was recorded
    expected = HERE / "expected" / f"{language}.txt"
    if bless:
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(said, encoding="utf-8")
    wanted = expected.read_text(encoding="utf-8")
    expect(said == wanted, f"{language}: the output differs from {expected.name}; --bless rewrites it")
    expect(done.stderr == "", f"{language}: stderr: {done.stderr[:300]}")


# Pages that show the split, and in which language.
PAGES = (("README.md", "en"), ("README.zh-CN.md", "zh"), ("../../README.md", "en"), ("../../README.zh-CN.md", "zh"))


def pages(pharos, bless):
    for name, language in PAGES:
        done = subprocess.run([pharos, "compare", "week1", "week2", "--lang", language], capture_output=True, text=True, cwd=HERE)
        shown = done.stdout.split("\n\n")
        block = f"$ pharos compare week1 week2{'' if language == 'en' else ' --lang zh'}\n{shown[0]}\n\n{shown[1]}\n...\n"
        page = HERE / name
        text = page.read_text(encoding="utf-8")
        found = re.search(r"\$ pharos compare week1 week2( --lang zh)?\n.*?(?=```)", text, re.S)
        expect(found, f"{name} does not show the split")
        if found and bless:
            page.write_text(text.replace(found.group(0), block), encoding="utf-8")
        elif found:
            expect(found.group(0) == block, f"{name} shows another split; --bless rewrites it")


def compare(pharos, *words):
    done = subprocess.run([pharos, "compare", *words, "--format", "json"], capture_output=True, text=True, cwd=HERE)
    return json.loads(done.stdout), done.returncode


def adds_up(report, what):
    split = report["latency"]
    expect(sum(c["ns"] for c in split["causes"]) == split["change_ns"], f"{what}: the causes do not sum to the change")
    for cause in split["causes"]:
        if cause["layers"]:
            expect(sum(layer["change_ns"] for layer in cause["layers"]) == cause["ns"], f"{what}: the layers of {cause['cause']}")
    if split["causes"][0]["share_percent"] is not None:
        expect(sum(round(10 * c["share_percent"]) for c in split["causes"]) == 1000, f"{what}: the shares do not sum to 100 %")
    try:
        import jsonschema
    except ImportError:
        return
    for error in jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(report):
        failures.append(f"{what}: schema: {error.message[:200]}")


def splits(pharos):
    jump, code = compare(pharos, "week1", "week2", "--fail-on-regression", "5")
    expect(code == 1, "a jump to 45 ms passes --fail-on-regression 5")
    adds_up(jump, "week1 week2")
    first = jump["latency"]["causes"][0]
    expect(first["cause"] == "fallback" and first["layers"][0]["b"] == ["Resize_12"], f"the first cause is {first['cause']}")
    expect(90 <= first["share_percent"] <= 92, f"its share is {first['share_percent']}")
    expect(jump["latency"]["causes"][-1]["cause"] == "unexplained", "the rest is not last")
    for words in (("week2", "week3"), ("week1", "week3"), ("week2/run.log", "week1/times.json"), ("week1/profile.json", "week2/run.log"),
                  ("week1", "week2", "--of", "compute"), ("week1", "week2", "--of", "period"), ("week1", "week2", "--of", "profile")):
        report, code = compare(pharos, *words)
        expect(code == 0, f"{words}: exit code {code}")
        adds_up(report, " ".join(words))
    same, code = compare(pharos, "week1", "week1", "--fail-on-regression", "0")
    expect(code == 0 and same["changes"] == [], "a week differs from itself")
    logs, _ = compare(pharos, "week1/run.log", "week2/run.log", "--a", "week1/build.log", "--b", "week2/build.log")
    for key in ("before_ms", "after_ms"):
        expect(logs["latency"][key] == jump["latency"][key], "a folder tells another latency than its logs")


def statistics(text):
    return {name: [float(v) for v in re.findall(r"([\d.e+-]+) ms", rest)] for name, rest in re.findall(r"\[I\] ([\w ]+): (min = .*)", text)}


def logs_agree():
    """The summary is that of times.json, the table that of profile.json, trtexec's percentile included."""
    for week in ("week1", "week2", "week3"):
        text = (HERE / week / "run.log").read_text()
        times = json.loads((HERE / week / "times.json").read_text())
        profile = json.loads((HERE / week / "profile.json").read_text())
        stats = statistics(text)
        for name, key in (("Latency", "latencyMs"), ("GPU Compute Time", "computeMs"), ("H2D Latency", "h2dMs"), ("D2H Latency", "d2hMs")):
            v = sorted(q[key] for q in times)
            n = len(v)
            wanted = [v[0], v[-1], sum(v) / n, (v[(n - 1) // 2] + v[n // 2]) / 2, *(v[n - 1 - int((1 - p / 100) * n)] for p in (90, 95, 99))]
            expect(all(abs(a - b) <= 2e-5 * max(b, 1) for a, b in zip(stats[name], wanted, strict=True)), f"{week}: {name} is not that of times.json")
        rows = re.findall(r"\[I\] +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+) {3}(.+)", text)
        expect([r[4] for r in rows] == [p["name"] for p in profile[1:]] + ["Total"], f"{week}: the table is not that of profile.json")
        expect(abs(sum(p["medianMs"] for p in profile[1:]) - stats["GPU Compute Time"][3]) < 0.07 * stats["GPU Compute Time"][3], f"{week}: the layers are not the compute time")


def logs_are_generated():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(HERE / "generate.py"), folder], check=True)
        for file in sorted(pathlib.Path(folder).rglob("*.*")):
            kept = HERE / file.relative_to(folder)
            expect(kept.read_bytes() == file.read_bytes(), f"{kept.relative_to(HERE)} is not what generate.py writes")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    pharos = str(pathlib.Path(sys.argv[1]).resolve())
    for language in ("en", "zh"):
        replay(pharos, language, "--bless" in sys.argv)
    pages(pharos, "--bless" in sys.argv)
    splits(pharos)
    logs_agree()
    logs_are_generated()
    print("\n".join(failures) or "the story is as told")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
