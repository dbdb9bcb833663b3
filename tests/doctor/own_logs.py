#!/usr/bin/env python3
"""Pharos' own logs, made here by Pharos, read by its doctor: text, JSON lines and what the console shows.

usage: own_logs.py PHAROS
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ENV = {**os.environ, "LC_ALL": "C.UTF-8"}


class Story:
    def __init__(self, pharos, folder):
        self.pharos, self.folder, self.checks = pharos, folder, 0

    def run(self, name, *words):
        """Runs a verb; three logs of it: what the console showed, the text log, the JSON lines."""
        logs = {kind: self.folder / f"{name}.{kind}" for kind in ("console", "text", "jsonl")}
        command = [self.pharos, *words, "--log-file", logs["text"], "--log-json", logs["jsonl"]]
        done = subprocess.run([str(w) for w in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENV, cwd=self.folder)
        logs["console"].write_bytes(done.stdout)
        return {kind: path for kind, path in logs.items() if path.exists() and path.stat().st_size}

    def doctor(self, log, *more):
        done = subprocess.run([self.pharos, "doctor", str(log), "--format", "json", "--lang", "en", *more], capture_output=True, env=ENV)
        return json.loads(done.stdout), done.returncode

    def expect(self, logs, verdict, code, stage=None, argument=None):
        for kind, log in logs.items():
            report, _ = self.doctor(log)
            top = report["findings"][0] if report["findings"] else {"code": None}
            said = f"{log.name}: {report['verdict']} {top['code']}"
            assert report["verdict"] == verdict, said
            if code:
                assert top["code"] == code and top["remedy"] and top["evidence"][0]["line"] > 0, said
            if stage:
                assert top["stage"] == stage, f"{said} {top['stage']}"
            if argument:
                assert argument in top["message"], f"{said} {top['message']}"
            self.checks += 1


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        s = Story(str(pathlib.Path(sys.argv[1]).resolve()), folder)
        zoo = ["zoo", "mobilenet_v2", "--size", "32"]
        subprocess.run([s.pharos, *zoo, "-o", str(folder / "m.onnx")], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([s.pharos, *zoo, "--dynamic-batch", "-o", str(folder / "d.onnx")], check=True, stdout=subprocess.DEVNULL)

        # A build that is fine, in both languages, with every detail.
        for language in ("en", "zh"):
            s.expect(s.run(f"good-{language}", "build", "m.onnx", "-o", "m.engine", "-v", "--lang", language), "clean", None)
        # An input without shapes: the option to type is in the message.
        s.expect(s.run("profile", "build", "d.onnx", "-o", "d.engine"), "dynamic_shape", "PH4101", argument="--shapes input:1x3x32x32")
        # A file that is no model, a model that is cut short.
        (folder / "cut.onnx").write_bytes((folder / "m.onnx").read_bytes()[:5000])
        (folder / "text.onnx").write_text("not a model\n" * 20)
        s.expect(s.run("cut", "build", "cut.onnx", "-o", "x.engine"), "parse_error", None, stage="parse")
        s.expect(s.run("text", "build", "text.onnx", "-o", "x.engine"), "parse_error", "PH1029", stage="parse")
        s.expect(s.run("missing", "build", "missing.onnx", "-o", "x.engine"), "environment", "PH0010")
        # A limit that the run does not fit in.
        s.expect(s.run("memory", "bench", "m.engine", "--max-memory", "10K", "--duration", "0.1"), "out_of_memory", "PH6006")
        # Scratch memory is limited: skipped tactics cost time.
        logs = s.run("workspace", "build", "m.onnx", "-o", "w.engine", "--workspace", "1K", "-v")
        for log in logs.values():
            report, _ = s.doctor(log)
            if "PH4104" in log.read_text():
                assert report["verdict"] == "performance" and report["findings"][0]["code"] == "PH4104", (log, report["verdict"])
                s.checks += 1
        # Engines that are refused: cut, damaged, of TensorRT.
        engine = (folder / "m.engine").read_bytes()
        (folder / "short.engine").write_bytes(engine[:3000])
        (folder / "bent.engine").write_bytes(engine[:-2000] + bytes(2000))
        s.expect(s.run("short", "run", "short.engine"), "engine_mismatch", "PH5006", stage="load", argument="3000 bytes")
        s.expect(s.run("bent", "run", "bent.engine"), "engine_mismatch", "PH5007", stage="load")
        # Reference kernels because they were asked for are no fault.
        s.expect(s.run("reference", "build", "m.onnx", "-o", "r.engine", "--reference", "--lang", "en"), "clean", None)
        # A bench with layers is a profile; its figures are facts that a policy can hold to.
        logs = s.run("bench", "bench", "m.engine", "--profile", "--duration", "0.1", "--iterations", "20")
        report, _ = s.doctor(logs["console"])
        assert "PH9660" in [f["code"] for f in report["findings"]], report["findings"]  # a busy machine adds findings
        policy = folder / "policy.toml"
        policy.write_text("[budgets]\nlatency_median_ms = 0.000001\n")
        _, status = s.doctor(logs["console"], "--policy", str(policy))
        assert status == 1, status
        policy.write_text("[budgets]\nlatency_median_ms = 1000000\n")
        _, status = s.doctor(logs["console"], "--policy", str(policy))
        assert status == 0, status
        # trtexec's shape: a good run, and one whose model is missing.
        logs = s.run("trtexec", "trtexec", "--onnx=m.onnx", "--duration=0.3", "--dumpProfile", "--saveEngine=t.engine")
        report, _ = s.doctor(logs["console"])
        errors = [f["code"] for f in report["findings"] if f["severity"] in ("ERROR", "INTERNAL_ERROR")]
        assert not errors and "PH9660" in [f["code"] for f in report["findings"]], report["findings"]
        logs = s.run("trtexec-missing", "trtexec", "--onnx=none.onnx")
        for log in logs.values():
            report, _ = s.doctor(log)
            assert report["verdict"] == "environment" and report["findings"][0]["code"] == "PH0010", (log, report["verdict"], report["findings"][:1])
        assert len(logs) == 3, logs
        # Nothing that only a GPU has is advised: the device in the log is a processor.
        busy = folder / "busy.console"
        busy.write_text("&&&& RUNNING Pharos.trtexec [Pharos v100] # pharos trtexec --onnx=m.onnx\n"
                        "[09/19/2024-22:15:35] [I] === Performance summary ===\n"
                        "[09/19/2024-22:15:35] [I] Enqueue Time: min = 8 ms, max = 30 ms, mean = 9 ms, median = 8 ms, percentile(99%) = 25 ms\n"
                        "[09/19/2024-22:15:35] [I] GPU Compute Time: min = 8 ms, max = 30 ms, mean = 9 ms, median = 8 ms, percentile(99%) = 25 ms\n"
                        "[09/19/2024-22:15:35] [W] * Throughput may be bound by Enqueue Time rather than GPU Compute and the GPU may be under-utilized.\n"
                        "[09/19/2024-22:15:35] [W]   The model is small: group several requests into a batch.\n"
                        "[09/19/2024-22:15:35] [W] * GPU compute time is unstable, with coefficient of variance = 40%.\n"
                        "[09/19/2024-22:15:35] [W]   If not already in use, measure on an idle machine and with a longer --duration.\n"
                        "[09/19/2024-22:15:35] [I] Engine built in 900 sec.\n"
                        "&&&& PASSED Pharos.trtexec [Pharos v100] # pharos trtexec --onnx=m.onnx\n")
        report, _ = s.doctor(busy)
        codes = {f["code"] for f in report["findings"]}
        assert {"PH9613", "PH9614", "PH9615", "PH9617"} <= codes and "PH9011" not in codes, codes
        advice = " ".join(step for f in report["findings"] for step in f["remedy"])
        assert not any(word in advice for word in ("nvidia-smi", "CUDA", "cuda", "SpinWait", "TensorRT")), advice
        s.checks += 8
        print(f"{s.checks} logs of Pharos read as they should be")


if __name__ == "__main__":
    main()
