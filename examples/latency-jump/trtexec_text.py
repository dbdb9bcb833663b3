"""Lines as trtexec 8.6 prints them: prefixes, the option dump, a line of the performance summary."""


class Log:
    def __init__(self, week, start):
        self.week, self.seconds, self.lines = week, start, []

    def stamp(self):
        s = int(self.seconds)
        return f"[{self.week.day}-{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}]"

    def say(self, text, level="I", trt=False):
        self.lines.append(f"{self.stamp()} [{level}] " + ("[TRT] " if trt else "") + text)

    def trt(self, text, level="I"):
        self.say(text, level, True)

    def bare(self, text):
        self.lines.append(text)

    def wait(self, seconds):
        self.seconds += seconds

    def text(self):
        return "\n".join(self.lines) + "\n"


def number(value):
    return f"{value:.6g}"


def dump_options(log, week, build, batch, profile=False):
    engine = f"week{week.number}.engine"
    model_line = f"Model: {week.onnx}" if build else "Model: "
    sections = [
        ("Model Options", [f"Format: {'ONNX' if build else '*'}", model_line, "Output:"]),
        ("Build Options", ["Max batch: explicit batch", "Memory Pools: workspace: default, dlaSRAM: default, dlaLocalDRAM: default, dlaGlobalDRAM: default", "minTiming: 1",
                           "avgTiming: 8", f"Precision: {'FP32+FP16' if build else 'FP32'}", "LayerPrecisions: ", "Layer Device Types: ", "Calibration: ", "Refit: Disabled",
                           "Version Compatible: Disabled", "TensorRT runtime: full", "Lean DLL Path: ", "Tempfile Controls: { in_memory: allow, temporary: allow }",
                           "Exclude Lean Runtime: Disabled", "Sparsity: Disabled", "Safe mode: Disabled", "Build DLA standalone loadable: Disabled",
                           "Allow GPU fallback for DLA: Disabled", "DirectIO mode: Disabled", "Restricted mode: Disabled",
                           f"Skip inference: {'Enabled' if build else 'Disabled'}", f"Save engine: {engine if build else ''}", f"Load engine: {'' if build else engine}",
                           f"Profiling verbosity: {2 if build else 0}", "Tactic sources: Using default tactic sources", "timingCacheMode: local", "timingCacheFile: ",
                           "Heuristic: Disabled", "Preview Features: Use default preview flags.", "MaxAuxStreams: -1", "BuilderOptimizationLevel: -1",
                           "Input(s)s format: fp32:CHW", "Output(s)s format: fp32:CHW",
                           f"Input build shape: frames=1x3x256x256+{batch}x3x256x256+{batch}x3x256x256" if build else "Input build shapes: model", "Input calibration shapes: model"]),
        ("System Options", ["Device: 0", "DLACore: ", "Plugins: libvision_plugins.so", "setPluginsToSerialize:", "dynamicPlugins:", "ignoreParsedPluginLibs: 0", ""]),
        ("Inference Options", ["Batch: Explicit", f"Input inference shape: frames={batch}x3x256x256", "Iterations: 10", "Duration: 1s (+ 500ms warm up)", "Sleep time: 0ms",
                               "Idle time: 0ms", "Inference Streams: 1", "ExposeDMA: Disabled", "Data transfers: Enabled", "Spin-wait: Disabled", "Multithreading: Disabled",
                               "CUDA Graph: Disabled", f"Separate profiling: {'Enabled' if profile else 'Disabled'}", "Time Deserialize: Disabled", "Time Refit: Disabled",
                               "NVTX verbosity: 0", "Persistent Cache Ratio: 0", "Inputs:"]),
        ("Reporting Options", [f"Verbose: {'Enabled' if build else 'Disabled'}", "Averages: 10 inferences", "Percentiles: 90,95,99", "Dump refittable layers:Disabled",
                               "Dump output: Disabled", f"Profile: {'Enabled' if profile else 'Disabled'}", f"Export timing to JSON file: {'times.json' if profile else ''}",
                               "Export output to JSON file: ", f"Export profile to JSON file: {'profile.json' if profile else ''}", ""]),
        ("Device Information", ["Selected Device: NVIDIA A100-SXM4-40GB", "Compute Capability: 8.0", "SMs: 108", "Device Global Memory: 40370 MiB", "Shared Memory per SM: 164 KiB",
                                "Memory Bus Width: 5120 bits (ECC enabled)", "Application Compute Clock Rate: 1.41 GHz", "Application Memory Clock Rate: 1.215 GHz", "",
                                "Note: The application clock rates do not reflect the actual clock rates that the GPU is currently running at.", ""]),
    ]
    for title, lines in sections:
        log.say(f"=== {title} ===")
        for line in lines:
            log.say(line)
    log.say("TensorRT version: 8.6.1")


def statistic(values, name):
    v = sorted(values)
    n = len(v)
    median = (v[(n - 1) // 2] + v[n // 2]) / 2
    text = f"{name}: min = {number(v[0])} ms, max = {number(v[-1])} ms, mean = {number(sum(v) / n)} ms, median = {number(median)} ms"
    for p in (90, 95, 99):
        text += f", percentile({p}%) = {number(v[n - 1 - int((1 - p / 100) * n)])} ms"
    return text
