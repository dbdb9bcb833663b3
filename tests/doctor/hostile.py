#!/usr/bin/env python3
"""Logs that mean harm or are broken: one clear coded message or a diagnosis, bounded memory, time that grows with the bytes,
no escape sequence on the terminal.

usage: hostile.py PHAROS [--quick] [--sanitized] [--only-time | --without-time]

--only-time: what is measured and wants the machine for itself; --without-time: the rest. --sanitized: PHAROS is built with a sanitizer, whose memory is not measured.
"""
import codecs
import ctypes
import ctypes.util
import gzip
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

RSS_LIMIT = 64 << 20
ADDRESS_LIMIT = 1 << 30            # what the program may map at all
MIB = 1 << 20
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ERROR = "[09/19/2024-22:15:31] [E] [TRT] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network must have at least one output)\n"


# A small process between: the peak of a child counts what its parent held when it forked.
SHIM = f"""
import os, resource, sys
child = os.fork()
if child == 0:
    if "--sanitized" not in sys.argv[-1:]:
        resource.setrlimit(resource.RLIMIT_AS, ({ADDRESS_LIMIT}, {ADDRESS_LIMIT}))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(sys.argv[2], sys.argv[2:-1])
_, status, usage = os.wait4(child, 0)
os.write(int(sys.argv[1]), f"{{os.waitstatus_to_exitcode(status)}} {{usage.ru_maxrss * 1024}}".encode())
"""


class Runner:
    def __init__(self, pharos, folder, sanitized):
        self.pharos, self.folder, self.sanitized, self.runs, self.worst = pharos, folder, sanitized, 0, 0

    def doctor(self, log, feed=None, format="text"):
        """Exit status, output, error text, seconds. `feed`: blocks for its standard input."""
        output, errors = self.folder / "out", self.folder / "err"
        begin = time.monotonic()
        told, tell = os.pipe()
        command = [sys.executable, "-S", "-c", SHIM, str(tell), self.pharos, "doctor", str(log), "--format", format, "--lang", "en",
                   "--sanitized" if self.sanitized else "--limited"]
        with open(output, "wb") as out, open(errors, "wb") as err:
            shim = subprocess.Popen(command, stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=out, stderr=err, pass_fds=[tell])
            os.close(tell)
            if feed:
                try:
                    for block in feed:
                        shim.stdin.write(block)
                    shim.stdin.close()
                except BrokenPipeError:
                    pass
            shim.wait()
        with os.fdopen(told) as pipe:
            code, rss = map(int, pipe.read().split())
        seconds = time.monotonic() - begin
        self.runs += 1
        self.worst = max(self.worst, rss)
        said, wrong = output.read_bytes(), errors.read_bytes()
        name = f"{log} ({code}, {rss >> 20} MiB, {seconds:.1f} s): {wrong[-300:]!r}"
        assert code in (0, 1, 2, 3, 4), name
        assert self.sanitized or rss < RSS_LIMIT, name
        for stream in (said, wrong):
            control = CONTROL.search(stream.decode(errors="replace"))
            assert not control, f"{name}: control character {control}"
        return code, said.decode(errors="replace"), wrong.decode(errors="replace"), seconds

    def expect(self, log, code=None, verdict=None, **more):
        status, said, wrong, _ = self.doctor(log, format="json", **more)
        text = said + wrong
        if code:
            assert code in text, f"{log}: no {code} in {text[:400]}"
        if verdict:
            assert f'"verdict": "{verdict}"' in said, f"{log}: {said[:200]}"
        return text

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


def blocks(piece, total):
    block = piece * max(1, (1 << 20) // len(piece))
    for _ in range(total // len(block)):
        yield block


def zstd(content, window_log=None, level=3):
    """Compressed through the library that the product links with; nothing where it cannot be found."""
    name = ctypes.util.find_library("zstd")
    if not name:
        return None
    lib = ctypes.CDLL(name)
    lib.ZSTD_compressBound.restype = lib.ZSTD_compress2.restype = ctypes.c_size_t
    lib.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
    lib.ZSTD_createCCtx.restype = ctypes.c_void_p
    lib.ZSTD_CCtx_setParameter.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
    lib.ZSTD_compress2.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
    lib.ZSTD_freeCCtx.argtypes = [ctypes.c_void_p]
    context = lib.ZSTD_createCCtx()
    lib.ZSTD_CCtx_setParameter(context, 100, level)
    if window_log:
        lib.ZSTD_CCtx_setParameter(context, 101, window_log)
    out = ctypes.create_string_buffer(lib.ZSTD_compressBound(len(content)))
    n = lib.ZSTD_compress2(context, out, len(out), content, len(content))
    lib.ZSTD_freeCCtx(context)
    return out.raw[:n]


def long_lines(r, size):
    """A line without end, from a generator: empty words, words that rules wait for, a JSON wrapper, escapes."""
    pieces = [b"x", b"[E] [TRT] Out of memory during engine build. Requested: 2.1GB ", b'{"log":"[E] \\u0041', b"\x1b[31m", b"\r", b"While parsing node number 1 [A -> \"b\"]: "]
    for piece in pieces:
        status, said, _, _ = r.doctor("-", feed=blocks(piece, size))
        assert status == 0 and "PH9004" in said, said[:300]
    text = r.expect("-", code="PH9802", feed=(b for part in (blocks(b"x", size // 4), [b"\n" + ERROR.encode()]) for b in part))
    assert "PH9004" in text


def time_is_linear(r, size):
    """Twice the bytes, about twice the time: for repetition, for hits in every line, for many runs, for joined lines."""
    patterns = {
        "errors": ERROR.encode(),
        "runs": b"&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx\n" + ERROR.encode() + b"&&&& FAILED TensorRT.trtexec [TensorRT v8601] # trtexec\n",
        "continued": b"[E] [TRT] ModelImporter.cpp:1: While parsing node number 1 [Foo -> \"x\"]:\n" + b"  input: \"a\"\n" * 40,
        "brackets": b"[" * 2000 + b"\n",
        "heads": b"[E] " * 500 + b"\n",
        "quotes": b'{"log":"' + b'\\"' * 1000 + b'"}\n',
        "options": b"=== Build Options ===\n" + b"key: value\n" * 100,
    }
    for name, piece in patterns.items():
        once = min(r.doctor("-", feed=blocks(piece, size))[3] for _ in range(2))
        twice = min(r.doctor("-", feed=blocks(piece, 2 * size))[3] for _ in range(2))
        assert twice < 3.2 * once + 1, f"{name}: {size >> 20} MiB in {once:.2f} s, twice as much in {twice:.2f} s"


def facts_are_bounded(r):
    """Names and values as long as a line may be, each of them another one."""
    wide = "v" * 60_000
    many = range(700)
    logs = {
        "settings": "[I] === Build Options ===\n" + "".join(f"[I] key{i}: {wide}\n" for i in range(200)) * 1,
        "headers": "".join(f"[I] === Build Options ===\n[I] key{i}: {wide}\n" for i in many),
        "layers": "[I] === Profile (162 iterations ) ===\n[I]    Time(ms)     Avg.(ms)   Median(ms)   Time(%)   Layer\n" + "".join(f"[I]     1.0       1.0       1.0      1.0   {i}{wide}\n" for i in many),
        "nodes": "".join(f"[E] While parsing node number {i} [{wide} -> \"{wide[:2000]}\"]:\n" for i in many),
        "inputs": "".join(f"[V] Adding network input: {i}{wide} with dtype: float32, dimensions: (-1, 3)\n" for i in many),
        "profiles": "".join(f"[I] Set shape of input tensor {i}{wide} for optimization profile 0 to: MIN=1 OPT=1 MAX=1\n" for i in many),
        "memory": "".join(f"[I] [MemUsageChange] {i}{wide}: CPU +1, GPU +1, now: CPU 1, GPU 1 (MiB)\n" for i in many),
        "command": "".join(f"&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --o{i}={wide}\n" for i in many),
        "options": "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec" + "".join(f" --o{i}" for i in range(9000)) + "\n",
        "unknown": "".join(f"[E] something new {i} {wide}\n" for i in many),
        "scales": "".join(f"[W] Missing scale and zero-point for tensor t{i}{wide}, expect fall back to non-int8 implementation\n" for i in many),
        "plugins": "".join(f"[E] getPluginCreator could not find plugin: p{i}{wide} version: 1\n" for i in many),
        "records": "".join('{"time": "2026-11-25T09:07:38.226135Z", "severity": "ERROR", "stage": "parse", "code": "PH4101", "arguments": {"inputs": "%d%s"}, "message": "m"}\n' % (i, wide) for i in many),
    }
    for name, log in logs.items():
        path = r.file(f"{name}.log", log)
        r.doctor(path)
        r.doctor(path, format="json")
        path.unlink()


def every_rule_at_once(r):
    """All lines that any rule waits for, long and often: what is kept of them has one budget."""
    listed = subprocess.run([r.pharos, "list", "literals"], capture_output=True, text=True).stdout.splitlines()[1:]
    wide = " word" * 3000
    log = "".join(f"[E] [TRT] {literal.rstrip()}{wide}\n" for literal in listed)
    path = r.file("rules.log", log * 8)
    r.doctor(path)
    r.doctor(path, format="json")
    path.unlink()


def encodings(r):
    mark = "[E] [TRT] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network must have at least one output)\r\n"
    for codec, bom in (("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE), ("utf-8", codecs.BOM_UTF8)):
        whole = bom + mark.encode(codec)
        r.expect(r.file("bom.log", whole), code="PH9802", verdict="api_misuse")
        r.expect(r.file("odd.log", whole + b"\x41"), code="PH9802")             # half a character at the end
    r.expect(r.file("surrogate.log", codecs.BOM_UTF16_LE + mark.encode("utf-16-le") + b"\x00\xd8\x00\xd8"), code="PH9802")
    r.expect(r.file("bytes.log", mark.encode() + bytes(range(128, 256)) + b"\n" + mark.encode()), code="PH9802")
    r.expect(r.file("nul.log", mark.encode() + b"\x00\x00[E]\x00\n" + b"x" * 500 + b"\n" + mark.encode()), code="PH9802")
    r.expect(r.file("nuls.log", bytes(100_000)), code="PH9002")
    r.expect(r.file("random.log", os.urandom(100_000)), code="PH9002")
    r.expect(r.file("escapes.log", "[E] \x1b]0;owned\x07\x1b[2J\x1b[31m Could not find any implementation for node a\x1b[0m\x9b31m\u202e.\n\x1b"), verdict="no_implementation")
    r.doctor(r.folder / "escapes.log")


def compressed(r, size):
    packed = gzip.compress(ERROR.encode() * 1000)
    r.expect(r.file("whole.log", packed), code="PH9802")
    for cut in (5, 12, len(packed) // 2, len(packed) - 3):
        text = r.expect(r.file("cut.gz", packed[:cut]))
        assert "PH90" in text, text[:300]
    bent = bytearray(packed)
    bent[len(bent) // 2] ^= 0xff
    r.expect(r.file("bent.gz", bytes(bent)))
    # Members one after another are one file: a bomb of any size from one small piece.
    r.expect(r.file("bomb.gz", gzip.compress(b"[W] x\n" * (1 << 18)) * (size // (6 << 18))))
    r.expect(r.file("zeros.gz", gzip.compress(bytes(1 << 20)) * (size >> 20)), code="PH9002")
    r.expect(r.file("nested.gz", gzip.compress(gzip.compress(gzip.compress(gzip.compress(packed))))), code="PH9002")
    packed = zstd(ERROR.encode() * 1000)
    if packed is None:
        return
    r.expect(r.file("whole.zst", packed), code="PH9802")
    for cut in (5, 12, len(packed) // 2, len(packed) - 3):
        r.expect(r.file("cut.zst", packed[:cut]))
    r.expect(r.file("bomb.zst", zstd(b"[W] x\n" * (1 << 18)) * (size // (6 << 18))))
    wide = zstd(os.urandom(1 << 20) * 200, window_log=27)    # asks for a window of 128 MiB
    r.expect(r.file("wide.zst", wide), code="PH90")


def places(r):
    r.expect(r.folder / "missing.log", code="PH9001")
    r.expect(r.folder, code="PH9001")
    r.expect(r.file("empty.log", ""), code="PH9006")
    closed = r.file("closed.log", ERROR)
    closed.chmod(0)
    if os.geteuid() != 0:  # root reads it all the same
        r.expect(closed, code="PH9001")
    r.expect("/proc/self/mem", code="PH9001")
    pipe = r.folder / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["sh", "-c", f"printf '%s' '{ERROR.strip()}' > '{pipe}'"])
    r.expect(pipe, code="PH9802", verdict="api_misuse")
    writer.wait()
    (r.folder / "loop").symlink_to("loop")
    r.expect(r.folder / "loop", code="PH9001")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    quick, timed = "--quick" in sys.argv, "--without-time" not in sys.argv and "--sanitized" not in sys.argv
    with tempfile.TemporaryDirectory() as name:
        r = Runner(str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(name), "--sanitized" in sys.argv)
        if "--only-time" not in sys.argv:
            places(r)
            encodings(r)
            compressed(r, 12 * MIB if quick else 128 * MIB)
            facts_are_bounded(r)
            every_rule_at_once(r)
            long_lines(r, 64 * MIB if quick else 1024 * MIB)
        if timed:
            time_is_linear(r, 4 * MIB if quick else 32 * MIB)
        print(f"figure: hostile logs: {r.runs} end as they should, peak memory {r.worst >> 20} MiB (at most {RSS_LIMIT >> 20})")


if __name__ == "__main__":
    main()
