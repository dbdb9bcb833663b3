#!/usr/bin/env python3
"""Writes week1/, week2/ and week3/: what trtexec 8.6 prints and exports, for three builds of one model.

The logs are written, not recorded: the model, the device and all times are made up for the story in README.md; the lines, tables
and JSON files have the shapes of trtexec 8.6.1. One table of layer times is the source of all figures, so that the profile, the
summary, the exported times and the throughput of a week agree with each other. Same input, same bytes.

usage: generate.py [FOLDER]
"""
import pathlib
import random
import sys

from trtexec_text import Log, dump_options, number, statistic

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 64
STAGES = [(3, 64, 256, 56), (4, 128, 512, 28), (6, 256, 1024, 14), (3, 512, 2048, 7)]


class Node:
    def __init__(self, op, index):
        self.op, self.name = op, f"{op}_{index}"


def model():
    """The nodes as PyTorch numbers them, and the layers that TensorRT makes of them: (name, type, channels, size, GFLOP)."""
    nodes, layers, n = [], [], 0

    def add(op):
        nonlocal n
        nodes.append(Node(op, n))
        n += 1
        return nodes[-1].name

    for op in ("Shape", "Constant", "Constant", "Constant", "Slice", "Constant", "Cast", "Constant", "Constant", "Concat", "Constant", "Constant"):
        add(op)
    layers.append((add("Resize"), "Resize", 3, 224, 0))
    add("Constant")
    sub = add("Sub")
    add("Constant")
    layers.append((f"PWN({sub}, {add('Div')})", "PointWiseV2", 3, 224, 0))
    layers.append((f"{add('Conv')} + {add('Relu')}", "CaskConvolution", 64, 112, 0.118))
    layers.append((add("MaxPool"), "CaskPooling", 64, 56, 0))
    inputs = 64
    for blocks, width, outputs, size in STAGES:
        for block in range(blocks):
            def gflop(k, c_in, c_out):
                return k * k * c_in * c_out * size * size / 1e9
            layers.append((f"{add('Conv')} + {add('Relu')}", "CaskConvolution", width, size, gflop(1, inputs, width)))
            layers.append((f"{add('Conv')} + {add('Relu')}", "CaskConvolution", width, size, gflop(3, width, width)))
            last = add("Conv")
            if block == 0:
                layers.append((add("Conv"), "CaskConvolution", outputs, size, gflop(1, inputs, outputs)))
            layers.append((f"{last} + {add('Add')} + {add('Relu')}", "CaskConvolution", outputs, size, gflop(1, width, outputs)))
            inputs = outputs
    layers.append((add("GlobalAveragePool"), "CaskPooling", 2048, 1, 0))
    add("Flatten")
    layers.append((add("Gemm"), "CaskGemmConvolution", 1000, 1, 0.002))
    return nodes, layers


class Week:
    """One build and its runs. `layers`: (name, type, type of the output, tactic, ms)."""

    def __init__(self, number, day, opset, onnx):
        self.number, self.day, self.opset, self.onnx = number, day, opset, onnx
        self.layers, self.fallback = [], False
        self.h2d, self.d2h, self.gap, self.enqueue = 2.046, 0.0137, 0.08, 0.31
        self.spread, self.tail = 0.006, 1.03
        self.build_seconds, self.engine_mib, self.clock = 94.6, 50, 9 * 3600 + 14 * 60 + 2
        self.random = random.Random(number)

    @property
    def compute(self):
        return sum(layer[4] for layer in self.layers) + self.gap


def base_layers(layers, total):
    """Times of the layers in proportion to work and traffic, `total` ms together without the Resize."""
    raw = {}
    for name, kind, channels, size, gflop in layers:
        traffic = channels * size * size * BATCH * 2 / 1.3e9
        raw[name] = 0.0045 + gflop * 2 * BATCH / 125 + traffic
    rest = sum(ms for name, ms in raw.items() if not name.startswith("Resize"))
    return {name: ms * total / rest for name, ms in raw.items()}


def weeks():
    nodes, layers = model()
    base = base_layers(layers, 5.65)
    rng = random.Random(50)
    tactic = {name: f"0x{rng.getrandbits(64):016x}" for name, *_ in layers}
    first = Week(1, "11/10/2025", 13, "resnet50_week1.onnx")
    first.layers = [(name, kind, "Half", tactic[name], 0.152 if kind == "Resize" else base[name]) for name, kind, *_ in layers]
    first.layers.insert(0, ("Reformatting CopyNode for Input Tensor 0 to " + layers[0][0], "Reformat", "Half", "0x00000000000003e8", 0.058))

    second = Week(2, "11/17/2025", 11, "resnet50_week2.onnx")
    second.fallback = True
    second.gap, second.enqueue, second.h2d, second.d2h = 2.35, 35.24, 2.087, 0.0141
    second.spread, second.tail = 0.011, 1.04
    second.build_seconds, second.engine_mib, second.clock = 101.3, 51, 10 * 3600 + 2 * 60 + 41
    for name, kind, *_ in layers:
        ms, output, chosen = base[name], "Half", tactic[name]
        if kind == "Resize":
            second.layers.append(("Reformatting CopyNode for Output Tensor 0 to " + name, "Reformat", "Float", "0x0000000000000000", 0.334))
            ms, output, kind, chosen = 33.91, "Float", "PluginV2", "0x0000000000000000"
        elif kind == "PointWiseV2":
            ms, output = ms + 0.127, "Float"  # behind the plugin, which has FP32 only
        elif name.startswith("Conv") and " + " not in name or "Conv_37 " in name or "Conv_39 " in name:
            ms, chosen = ms * 1.33, f"0x{rng.getrandbits(64):016x}"
        second.layers.append((name, kind, output, chosen, ms))
        if kind == "PluginV2":
            second.layers[-2:] = [second.layers[-1], second.layers[-2]]
    where = next(i for i, layer in enumerate(second.layers) if layer[0].startswith("PWN"))
    second.layers.insert(where + 1, ("Reformatting CopyNode for Input Tensor 0 to " + layers[2][0], "Reformat", "Half", "0x00000000000003e8", 0.238))

    third = Week(3, "11/19/2025", 13, "resnet50_week3.onnx")
    third.spread, third.tail = 0.062, 1.43
    third.h2d, third.build_seconds, third.clock = 2.051, 96.2, 15 * 3600 + 31 * 60 + 7
    third.layers = [(name, kind, output, chosen, 0.29 if kind == "Resize" else ms * 1.145) for name, kind, output, chosen, ms in first.layers]
    return nodes, [first, second, third]


def parse_lines(log, week, nodes):
    rule = "-" * 64
    log.say("Start parsing network model.")
    log.trt(rule)
    for key, value in (("Input filename:", week.onnx), ("ONNX IR version:", "0.0.7" if week.opset == 13 else "0.0.6"), ("Opset version:", week.opset), ("Producer name:", "pytorch"),
                       ("Producer version:", "1.10" if week.opset == 13 else "1.8"), ("Domain:", ""), ("Model version:", 0), ("Doc string:", "")):
        log.trt(f"{key:<18}{value}")
    log.trt(rule)
    for plugin in ("NMS_TRT", "BatchedNMS_TRT", "Clip_TRT", "CropAndResize", "InstanceNormalization_TRT", "ScatterND", "ROIAlign_TRT", "ResizeNearest_TRT"):
        log.trt(f"Plugin creator already registered - ::{plugin} version 1" if plugin == "ScatterND" else f"Registered plugin creator - ::{plugin} version 1", "V")
    log.trt("Adding network input: frames with dtype: float32, dimensions: (-1, 3, 256, 256)", "V")
    log.trt("Registering tensor: frames for ONNX tensor: frames", "V")
    for name in ("fc.weight", "fc.bias"):
        log.trt(f"Importing initializer: {name}", "V")
    for i, node in enumerate(nodes):
        custom = node.op == "Resize" and week.fallback  # at opset 11 the exporter of the story writes an operator of its own
        log.trt(f"Parsing node: {node.name} [{'ResizeNearest' if custom else node.op}]", "V")
        if node.op == "Resize":
            if custom:
                log.trt(f"{node.name} [ResizeNearest] inputs: [frames -> (-1, 3, 256, 256)[FLOAT]], ", "V")
                log.trt("No importer registered for op: ResizeNearest. Attempting to import as plugin.")
                log.trt("Searching for plugin: ResizeNearest, plugin_version: 1, plugin_namespace: ")
                log.trt("Successfully created plugin: ResizeNearest")
                log.bare("[WARNING] Falling back to CPU implementation for plugin: ResizeNearest")
            else:
                log.trt(f"{node.name} [Resize] inputs: [frames -> (-1, 3, 256, 256)[FLOAT]], [optional input, not set], [optional input, not set], [{i} -> (4)[INT64]], ", "V")
                log.trt("Running resize layer with: Transformation mode: half_pixel, Resize mode: linear", "V")
        if node.op in ("Conv", "Gemm") and i % 7 == 0:
            log.trt(f"Registering layer: {node.name} for ONNX node: {node.name}", "V")
            log.trt(f"Registering tensor: {400 + i} for ONNX tensor: {400 + i}", "V")
    log.trt("onnx2trt_utils.cpp:374: Your ONNX model has been generated with INT64 weights, while TensorRT does not natively support INT64. Attempting to cast down to INT32.", "W")
    log.trt("Marking scores_174 as output: scores", "V")
    log.wait(1)
    log.say("Finished parsing network model. Parse time: 0.0912846")
    log.say(f"Set shape of input tensor frames for optimization profile 0 to: MIN=1x3x256x256 OPT={BATCH}x3x256x256 MAX={BATCH}x3x256x256")


def build_log(week, nodes):
    command = (f"trtexec --onnx={week.onnx} --saveEngine=week{week.number}.engine --fp16 --minShapes=frames:1x3x256x256 --optShapes=frames:{BATCH}x3x256x256 "
               f"--maxShapes=frames:{BATCH}x3x256x256 --plugins=libvision_plugins.so --profilingVerbosity=detailed --skipInference --verbose")
    log = Log(week, week.clock)
    log.bare(f"&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # {command}")
    dump_options(log, week, build=True, batch=BATCH)
    log.say("Loading standard plugins")
    log.say("Loading supplied plugin library: libvision_plugins.so")
    log.trt("[MemUsageChange] Init CUDA: CPU +14, GPU +0, now: CPU 20, GPU 427 (MiB)")
    log.trt("Trying to load shared library libnvinfer_builder_resource.so.8.6.1", "V")
    log.wait(4)
    log.trt("[MemUsageChange] Init builder kernel library: CPU +1450, GPU +266, now: CPU 1546, GPU 693 (MiB)")
    log.trt("CUDA lazy loading is enabled.", "V")
    parse_lines(log, week, nodes)
    original = len(nodes) + 4
    for pass_name, count in (("Original", original), ("After dead-layer removal", original - 9), ("After Myelin optimization", original - 9), ("After scale fusion", original - 9),
                             ("After vertical fusions", len([x for x in week.layers if x[1] != "Reformat"])), ("After dupe layer removal", len([x for x in week.layers if x[1] != "Reformat"]))):
        log.trt(f"{pass_name}: {count} layers", "V")
        if pass_name == "After scale fusion":
            for name, *_ in week.layers:
                parts = name.split(" + ")
                if len(parts) > 1 and name.startswith("Conv"):
                    log.trt(f"ConvReluFusion: Fusing {parts[0]} with {parts[-1]}" if len(parts) == 2 else f"ConvEltwiseSumFusion: Fusing {parts[0]} with {parts[1]} + {parts[2]}", "V")
            log.trt("PointWiseFusion: Fusing Sub_14 with Div_16", "V")
    log.trt("Graph optimization time: 0.0614937 seconds.", "V")
    log.trt("[MemUsageChange] Init cuBLAS/cuBLASLt: CPU +6, GPU +10, now: CPU 1753, GPU 703 (MiB)")
    log.trt("[MemUsageChange] Init cuDNN: CPU +1, GPU +10, now: CPU 1754, GPU 713 (MiB)")
    log.trt("Local timing cache in use. Profiling results in this builder pass will not be stored.")
    log.trt("Constructing optimization profile number 0 [1/1].", "V")
    tune = week.build_seconds - 8
    for name, kind, output, tactic, ms in week.layers:
        log.wait(tune / len(week.layers))
        if kind in ("Reformat", "PluginV2"):
            continue
        runner = "CaskConvolution[0x80000009]" if kind == "CaskConvolution" else f"{kind}[0x80000001]"
        log.trt(f"--------------- Timing Runner: {name} ({runner})", "V")
        log.trt(f"{name} ({runner}) profiling completed in {0.2 + ms:.6g} seconds. Fastest Tactic: {tactic} Time: {number(ms * 0.98)}", "V")
    log.trt("Formats and tactics selection completed in " + number(tune) + " seconds.", "V")
    log.trt(f"After reformat layers: {len(week.layers)} layers", "V")
    log.trt("Detected 1 inputs and 1 output network tensors.")
    log.trt("Total Host Persistent Memory: 338624")
    log.trt(f"Total Device Persistent Memory: {38912 if not week.fallback else 40448}")
    log.trt(f"Total Scratch Memory: {4608 if not week.fallback else 38535168}")
    plan = sum(1 for layer in week.layers)
    log.trt(f"[BlockAssignment] Started assigning block shifts. This will take {plan} steps to complete.")
    activation = 205520896 if not week.fallback else 282591232
    log.trt(f"[BlockAssignment] Algorithm ShiftNTopDown took 1.0273ms to assign 5 blocks to {plan} nodes requiring {activation} bytes.")
    log.trt(f"Total Activation Memory: {activation}")
    log.trt(f"Engine generation completed in {number(week.build_seconds - 1.2)} seconds.", "V")
    log.trt("Engine Layer Information:", "V")
    source = "frames[Float(-1,3,256,256)]"
    for i, (name, kind, output, tactic, ms) in enumerate(week.layers):
        target = f"t{i}[{output}(-1,64,56,56)]" if i + 1 < len(week.layers) else f"scores[{output}(-1,1000)]"
        log.bare(f"Layer({kind}): {name}, Tactic: {tactic}, {source} -> {target}")
        source = target
    log.trt("[MemUsageStats] Peak memory usage of TRT CPU/GPU memory allocators: CPU 6 MiB, GPU 392 MiB")
    log.trt(f"[MemUsageChange] TensorRT-managed allocation in building engine: CPU +{week.engine_mib - 2}, GPU +{week.engine_mib}, now: CPU {week.engine_mib - 2}, GPU {week.engine_mib} (MiB)")
    log.say(f"Engine built in {number(week.build_seconds)} sec.")
    log.trt(f"Loaded engine size: {week.engine_mib} MiB")
    log.say("Skipped inference phase since --skipInference is added.")
    log.bare(f"&&&& PASSED TensorRT.trtexec [TensorRT v8601] # {command}")
    return log.text()


def sample(week, mean, spread, tail):
    """A time: near the middle, one in a hundred at the tail."""
    if week.random.random() < 0.02:
        return mean * tail * week.random.uniform(0.97, 1.03)
    return mean * (1 + spread * max(-2.0, min(2.0, week.random.gauss(0, 1))))


def queries(week):
    """Per query: start, enqueue, H2D, compute, D2H; one second of them."""
    out, at = [], 0.0
    while at < 1000 or len(out) < 24:
        compute = sample(week, week.compute, week.spread, week.tail)
        out.append((at, sample(week, week.enqueue, 0.03, 1.2), sample(week, week.h2d, 0.004, 1.05), compute, sample(week, week.d2h, 0.03, 1.3)))
        at += max(compute, out[-1][2]) + 0.02
    return out


def run_log(week, runs):
    command = (f"trtexec --loadEngine=week{week.number}.engine --plugins=libvision_plugins.so --shapes=frames:{BATCH}x3x256x256 --duration=1 --warmUp=500 --dumpProfile "
               f"--separateProfileRun --exportTimes=times.json --exportProfile=profile.json")
    log = Log(week, week.clock + 300)
    log.bare(f"&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # {command}")
    dump_options(log, week, build=False, batch=BATCH, profile=True)
    log.say("Loading standard plugins")
    log.say("Loading supplied plugin library: libvision_plugins.so")
    log.say("Engine loaded in 0.0316148 sec.")
    log.trt(f"Loaded engine size: {week.engine_mib} MiB")
    log.trt(f"[MemUsageChange] TensorRT-managed allocation in engine deserialization: CPU +0, GPU +{week.engine_mib - 1}, now: CPU 0, GPU {week.engine_mib - 1} (MiB)")
    log.say("Engine deserialized in 0.0482113 sec.")
    total = week.engine_mib - 1 + (196 if not week.fallback else 306)
    log.trt(f"[MemUsageChange] TensorRT-managed allocation in IExecutionContext creation: CPU +0, GPU +{total - week.engine_mib + 1}, now: CPU 0, GPU {total} (MiB)")
    log.say("Setting persistentCacheLimit to 0 bytes.")
    log.say("Using random values for input frames")
    log.say(f"Input binding for frames with dimensions {BATCH}x3x256x256 is created.")
    log.say(f"Output binding for scores with dimensions {BATCH}x1000 is created.")
    log.say("Starting inference")
    log.wait(2)
    wall = runs[-1][0] + runs[-1][2] + runs[-1][3] + runs[-1][4]
    log.say(f"Warmup completed {max(1, int(500 / week.compute))} queries over 500 ms")
    log.say(f"Timing trace has {len(runs)} queries over {number(wall / 1000)} s")
    log.say("")
    log.say("=== Trace details ===")
    log.say("Trace averages of 10 runs:")
    for i in range(0, len(runs) // 10 * 10, 10):
        ten = runs[i:i + 10]
        compute, host = sum(q[3] for q in ten) / 10, sum(q[2] + q[3] + q[4] for q in ten) / 10
        log.say(f"Average on 10 runs - GPU latency: {number(compute)} ms - Host latency: {number(host)} ms (enqueue {number(sum(q[1] for q in ten) / 10)} ms)")
    log.say("")
    log.say("=== Performance summary ===")
    log.say(f"Throughput: {number(len(runs) / wall * 1000)} qps")
    log.say(statistic([q[2] + q[3] + q[4] for q in runs], "Latency"))
    log.say(statistic([q[1] for q in runs], "Enqueue Time"))
    log.say(statistic([q[2] for q in runs], "H2D Latency"))
    log.say(statistic([q[3] for q in runs], "GPU Compute Time"))
    log.say(statistic([q[4] for q in runs], "D2H Latency"))
    log.say(f"Total Host Walltime: {number(wall / 1000)} s")
    log.say(f"Total GPU Compute Time: {number(sum(q[3] for q in runs) / 1000)} s")
    mean = sum(q[3] for q in runs) / len(runs)
    cov = 100 * (sum((q[3] - mean) ** 2 for q in runs) / len(runs)) ** 0.5 / mean
    if week.enqueue > 0.8 * week.compute:
        log.say("* Throughput may be bound by Enqueue Time rather than GPU Compute and the GPU may be under-utilized.", "W")
        log.say("  If not already in use, --useCudaGraph (utilize CUDA graphs where possible) may increase the throughput.", "W")
    if cov > 1:
        log.say(f"* GPU compute time is unstable, with coefficient of variance = {number(cov)}%.", "W")
        log.say("  If not already in use, locking GPU clock frequency or adding --useSpinWait may improve the stability.", "W")
    log.say("Explanations of the performance metrics are printed in the verbose logs.")
    log.say("")
    table, profile = profile_tables(week)
    for line in table:
        log.say(line)
    log.say("")
    log.bare(f"&&&& PASSED TensorRT.trtexec [TensorRT v8601] # {command}")
    return log.text(), profile


def profile_tables(week):
    count = max(24, int(1000 / (week.compute + 0.1)))
    rows = []
    for name, _, _, _, ms in week.layers:
        median = round(ms, 4)
        rows.append((name, median * count * (1 + 0.004 * week.random.random()), median))
    total = sum(row[1] for row in rows)
    lines = [f"=== Profile ({count} iterations ) ===", "   Time(ms)     Avg.(ms)   Median(ms)   Time(%)   Layer"]
    records = [f'{{ "count" : {count} }}']
    for name, time, median in [*rows, ("Total", total, sum(row[2] for row in rows))]:
        lines.append(f"{time:>11.2f}{time / count:>13.4f}{median:>13.4f}{100 * time / total:>10.1f}   {name}")
        if name != "Total":
            records.append(f'{{ "name" : "{name}", "timeMs" : {number(time)}, "averageMs" : {number(time / count)}, "medianMs" : {number(median)}, "percentage" : {number(100 * time / total)} }}')
    return lines, "[\n  " + "\n, ".join(records) + "\n]\n"


def times_json(runs):
    entries = []
    for at, enqueue, h2d, compute, d2h in runs:
        start = at + h2d
        fields = (("startEnqMs", at), ("endEnqMs", at + enqueue), ("startH2dMs", at), ("endH2dMs", start), ("startComputeMs", start), ("endComputeMs", start + compute),
                  ("startD2hMs", start + compute), ("endD2hMs", start + compute + d2h), ("h2dMs", h2d), ("computeMs", compute), ("d2hMs", d2h), ("latencyMs", h2d + compute + d2h))
        entries.append("{ " + ", ".join(f'"{key}" : {number(value)}' for key, value in fields) + " }")
    return "[\n  " + "\n, ".join(entries) + "\n]\n"


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    nodes, builds = weeks()
    for week in builds:
        out = folder / f"week{week.number}"
        out.mkdir(parents=True, exist_ok=True)
        runs = queries(week)
        log, profile = run_log(week, runs)
        for name, text in (("build.log", build_log(week, nodes)), ("run.log", log), ("profile.json", profile), ("times.json", times_json(runs))):
            (out / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
