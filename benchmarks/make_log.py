#!/usr/bin/env python3
"""Writes a large verbose trtexec log: lines of the formats that trtexec prints, with names, numbers and times varied.

usage: make_log.py FILE [MIB]
"""
import random
import sys

RUNNERS = ["CaskConvolution", "CaskGemmConvolution", "CudaDepthwiseConvolution", "TiledPooling", "PointWiseV2", "CublasConvolution"]
OPS = ["Conv", "Relu", "Add", "MatMul", "Concat", "Resize", "Sigmoid", "Mul", "Softmax", "Transpose"]


def blocks(rng):
    """Endless groups of lines as the builder prints them for a layer."""
    n = 0
    while True:
        n += 1
        op = rng.choice(OPS)
        name = f"/model.{rng.randrange(200)}/{op.lower()}/{op}"
        c, h = 2 ** rng.randrange(4, 11), rng.choice([7, 14, 28, 56, 112, 160])
        yield "V", f"Parsing node: {name} [{op}]"
        yield "V", f"Searching for input: {name}_output_{rng.randrange(3)}"
        yield "V", f"{name} [{op}] inputs: [x{n} -> (1, {c}, {h}, {h})[FLOAT]], [w{n} -> ({c}, {c}, 3, 3)[FLOAT]], "
        yield "V", f"Registering layer: {name} for ONNX node: {name}"
        yield "V", f"Registering tensor: {name}_output_0 for ONNX tensor: {name}_output_0"
        yield "V", f"*************** Autotuning format combination: Float({c * h * h},{h * h},{h},1) -> Half({c * h * h // 8}:8,{h * h},{h},1) ***************"
        runner = rng.choice(RUNNERS)
        yield "V", f"--------------- Timing Runner: {name} + relu{n} ({runner}[0x{rng.getrandbits(32):08x}])"
        for _ in range(rng.randrange(3, 24)):
            tactic = f"0x{rng.getrandbits(64):016x}"
            yield "V", f"Tactic Name: sm80_xmma_fprop_implicit_gemm_indexed_tf32f32_tf32f32_f32_nhwckrsc_nhwc_tilesize{rng.choice([64, 128, 256])}x64x32_stage{rng.randrange(2, 6)}_warpsize2x2x1_g1 Tactic: {tactic} Time: {rng.random():.6g}"
        yield "V", f"{name} ({runner}[0x80000009]) profiling completed in {rng.random():.3f} seconds. Fastest Tactic: {tactic} Time: {rng.random():.6g}"
        yield "V", f">>>>>>>>>>>>>>> Chose Runner Type: {runner} Tactic: {tactic}"
        if n % 400 == 0:
            yield "W", f"Tactic Device request: {rng.randrange(600, 4000)}MB Available: {rng.randrange(100, 600)}MB. Device memory is insufficient to use tactic."
            yield "W", f"Skipping tactic {rng.randrange(9)} due to insufficient memory on requested size of {rng.randrange(2**30)} detected for tactic {tactic}."
        if n % 150 == 0:
            yield "I", f"[MemUsageChange] TensorRT-managed allocation in building engine: CPU +{rng.randrange(9)}, GPU +{rng.randrange(90)}, now: CPU {rng.randrange(900)}, GPU {rng.randrange(9000)} (MiB)"
        if n % 700 == 0:
            yield "W", f"Missing scale and zero-point for tensor {name}_output_0, expect fall back to non-int8 implementation for any layer consuming or producing given tensor"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    size = int(sys.argv[2] if len(sys.argv) > 2 else 1024) << 20
    rng = random.Random(1)
    # One part is written again and again with other times: a gigabyte of fresh lines takes Python minutes.
    lines, length = [], 0
    for level, text in blocks(rng):
        lines.append(f"] [{level}] [TRT] {text}\n")
        length += len(lines[-1]) + 20
        if length > min(size, 32 << 20):
            break
    with open(sys.argv[1], "w") as out:
        out.write("&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=model.onnx --int8 --verbose\n")
        written, second = 0, 0
        while written < size:
            second += 7
            stamp = f"[09/19/2024-{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
            text = "".join(stamp + line for line in lines)
            out.write(text[:size - written + 200])
            written += len(text)
        out.write("&&&& PASSED TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=model.onnx --int8 --verbose\n")


if __name__ == "__main__":
    main()
