"""The models, engines and logs that the command lines of examples.py name."""
import gzip
import os
import subprocess

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper


def value(name, dims, dtype=T.FLOAT):
    return h.make_tensor_value_info(name, dtype, dims)


def array(name, values, dtype=np.float32):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def model(nodes, inputs, outputs, weights=(), opset=17, **more):
    graph = h.make_graph(nodes, "g", inputs, outputs, list(weights))
    return h.make_model(graph, opset_imports=[h.make_opsetid("", opset)], ir_version=8, **more)


def relu():
    return model([h.make_node("Relu", ["x"], ["y"], name="r")], [value("x", [2, 3])], [value("y", [2, 3])])


def conv(seed, extra=(), outputs=("y",)):
    w = np.random.default_rng(seed).standard_normal((4, 3, 3, 3))
    ones = [array(n, np.ones(4)) for n in "sbmv"]
    nodes = [h.make_node("Conv", ["x", "w"], ["y"], name="conv", pads=[1, 1, 1, 1]), *extra]
    return model(nodes, [value("x", [1, 3, 8, 8])], [value(o, [1, 4, 8, 8]) for o in outputs], [array("w", w), *(ones if extra else [])])


def dynamic(cols=3):
    return model([h.make_node("Relu", ["x"], ["y"], name="r")], [value("x", ["n", cols])], [value("y", ["n", cols])])


def det(n, batch):
    return model([h.make_node("Det", ["x"], ["y"], name="d")], [value("x", [batch, n, n])], [value("y", [batch])])


def changed(base, change):
    change(base)
    return base


def models():
    m = {"relu": relu(), "conv": conv(0), "other_conv": conv(1), "dynamic": dynamic(), "det": det(128, 64), "small_det": det(2, 1)}
    batchnorm = h.make_node("BatchNormalization", ["y", "s", "b", "m", "v"], ["z"], name="bn")
    m["conv_batchnorm"] = conv(0, [batchnorm], ("z",))
    m["shared_conv"] = conv(0, [batchnorm], ("y", "z"))
    two = [value("x", [2, 3])], [value("y", [2, 3])]
    m["no_rank"] = model([h.make_node("Relu", ["x"], ["y"])], [value("x", None)], [value("y", None)])
    m["before_its_time"] = model([h.make_node("GridSample", ["x", "g"], ["y"])], [value("x", [1, 1, 2, 2]), value("g", [1, 2, 2, 2])],
                                 [value("y", [1, 1, 2, 2])], opset=12)
    m["no_outputs"] = model([h.make_node("Relu", ["x"], ["y"])], [value("x", [1])], [])
    m["cyclic"] = model([h.make_node("Add", ["x", "b"], ["a"]), h.make_node("Relu", ["a"], ["b"])], [value("x", [1])], [value("a", [1])])
    m["undefined"] = model([h.make_node("Relu", ["x7"], ["y"], name="r")], *two)
    m["twice"] = model([h.make_node("Relu", ["x"], ["y"]), h.make_node("Neg", ["x"], ["y"])], *two)
    m["no_opset"] = changed(relu(), lambda p: p.ClearField("opset_import"))
    m["opset99"] = model([h.make_node("Relu", ["x"], ["y"])], *two, opset=99)
    m["ir99"] = changed(relu(), lambda p: setattr(p, "ir_version", 99))
    m["domain_not_imported"] = model([h.make_node("FastGelu", ["x"], ["y"], domain="com.microsoft")], *two)
    m["custom"] = changed(model([h.make_node("Foo", ["x"], ["y"], domain="com.example")], *two),
                          lambda p: p.opset_import.append(h.make_opsetid("com.example", 1)))
    call = h.make_node("F", ["a"], ["b"], domain="local")
    m["recursive"] = model([h.make_node("F", ["x"], ["y"], domain="local")], *two,
                           functions=[h.make_function("local", "F", ["a"], ["b"], [call], [h.make_opsetid("", 17), h.make_opsetid("local", 1)])])
    m["recursive"].opset_import.append(h.make_opsetid("local", 1))
    weight = ([h.make_node("Add", ["x", "w"], ["y"], name="a")], *two)
    m["type_unknown"] = changed(model(*weight, [array("w", [1, 2, 3])]), lambda p: setattr(p.graph.initializer[0], "data_type", 77))
    m["dims_negative"] = changed(model(*weight, [array("w", [1, 2, 3])]), lambda p: p.graph.initializer[0].dims.__setitem__(0, -3))
    m["size_mismatch"] = changed(model(*weight, [array("w", [1, 2, 3])]), lambda p: p.graph.initializer[0].dims.__setitem__(0, 5))
    for name, location, offset in (("outside", "../../etc/passwd", 0), ("external_beyond", "weights.bin", 1 << 30)):
        t = T(name="w", data_type=T.FLOAT, dims=[3], data_location=T.EXTERNAL)
        for key, text in (("location", location), ("offset", str(offset)), ("length", "12")):
            t.external_data.add(key=key, value=text)
        m[name] = model(*weight, [t])
    sparse = onnx.SparseTensorProto(values=array("w", [1.0]), indices=array("", [7], np.int64), dims=[3])
    m["sparse_beyond"] = changed(model(*weight), lambda p: p.graph.sparse_initializer.append(sparse))
    m["declared_shape"] = model([h.make_node("Relu", ["x"], ["y"], name="r")], [value("x", [2, 3])], [value("y", [2, 4])])
    m["declared_type"] = model([h.make_node("Relu", ["x"], ["y"], name="r")], [value("x", [2, 3])], [value("y", [2, 3], T.FLOAT16)])
    m["training"] = changed(relu(), lambda p: p.training_info.add())
    twice = [h.make_node("Constant", [], ["w"], value=array("", [1, 2, 3])) for _ in range(2)]
    m["constant_repeated"] = model([*twice, *weight[0]], *two)
    m["maxpool"] = model([h.make_node("MaxPool", ["x"], ["y"], name="p", kernel_shape=[2, 2])], [value("x", [1, 3, 8, 8])], [value("y", [1, 3, 7, 7])])
    m["new_operator"] = model([h.make_node("Mish", ["x"], ["y"], name="m")], *two, opset=18)
    m["opset9"] = model([h.make_node("Relu", ["x"], ["y"])], *two, opset=9)
    m["resize_cubic"] = model([h.make_node("Resize", ["x", "", "s"], ["y"], name="u", mode="cubic")], [value("x", [1, 1, 4, 4])],
                              [value("y", [1, 1, 8, 8])], [array("s", [1, 1, 2, 2])])
    m["double_weights"] = model(weight[0], [value("x", [2, 3], T.DOUBLE)], [value("y", [2, 3], T.DOUBLE)], [array("w", [1, 2, 3], np.float64)])
    m["wide_integers"] = model(weight[0], [value("x", [2, 3], T.INT64)], [value("y", [2, 3], T.INT64)], [array("w", [1, 1 << 40, 3], np.int64)])
    m["fp16_range"] = model(*weight, [array("w", [1, -1e9, 3])])
    m["bad_attribute"] = model([h.make_node("Softmax", ["x"], ["y"], name="s", axis=9)], *two)
    m["add_mismatch"] = model([h.make_node("Add", ["x", "z"], ["y"], name="a")], [value("x", [2, 3]), value("z", [4, 3])], [value("y", None)])
    m["gather"] = model([h.make_node("Gather", ["w", "i"], ["y"], name="g")], [value("i", [1], T.INT64)], [value("y", [1])], [array("w", [1, 2, 3])])
    q = [h.make_node("DequantizeLinear", ["q", "s"], ["w"], name="dq"), h.make_node("MatMul", ["x", "w"], ["y"], name="mm")]
    m["qdq"] = model(q, [value("x", [2, 64])], [value("y", [2, 64])], [array("q", np.arange(64 * 64).reshape(64, 64) % 100, np.int8), array("s", 0.1)])
    m["half_precision"] = model([h.make_node("Relu", ["x"], ["y"])], [value("x", [2, 3], T.FLOAT16)], [value("y", [2, 3], T.FLOAT16)])
    return m


LOGS = {
    "excerpt.log": "[05/04/2024-10:00:00] [I] [TRT] Loaded engine size: 97 MiB\n",
    "unknown_error.log": "[05/04/2024-10:00:00] [E] [TRT] the frobnicator of this site is out of order\n",
    "unknown_warning.log": "[05/04/2024-10:00:00] [W] [TRT] the frobnicator of this site is nearly out of order\n",
    "run_failed.log": "&&&& FAILED TensorRT.trtexec [TensorRT v100300] # trtexec --onnx=m.onnx\n",
    "exception.log": "Traceback (most recent call last):\n  File \"serve.py\", line 3, in <module>\nValueError: the model is not ready\n",
    "ended.log": "[05/04/2024-10:00:00] [E] Out of memory during engine build. Requested: 2.1GB, Free: 1.8GB\n"
                 "[05/04/2024-10:00:00] [E] Engine set up failed\n",
    "performance.log": "[05/04/2024-10:00:00] [I] === Performance summary ===\n[05/04/2024-10:00:00] [I] Throughput: 22 qps\n"
                       "[05/04/2024-10:00:00] [I] Latency: min = 44 ms, max = 47 ms, mean = 45 ms, median = 45 ms, percentile(90%) = 46 ms, "
                       "percentile(95%) = 46 ms, percentile(99%) = 47 ms\n",
    "latency.toml": "[budgets]\nlatency_p99_ms = 12\n",
    "waiver.toml": 'fail_on = "error"\n[[waiver]]\ncode = "PH9010"\nreason = "known on this site"\nexpires = 2999-01-01\n',
    "expired.toml": 'fail_on = "error"\n[[waiver]]\ncode = "PH9010"\nreason = "known on this site"\nexpires = 2020-01-01\n',
    "unknown_operator.txt": "graph g (x: f32[2]) {\n  y = com.example::Foo(x)\n  return y\n}\n",
    "broken.txt": "graph {\n  this is no graph\n",
    "page.onnx": "<!DOCTYPE html><html><body>404 not found</body></html>\n",
    "page.engine": "<!DOCTYPE html><html><body>404 not found</body></html>\n",
    "pointer.onnx": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 1234\n",
}

BYTES = {
    "empty.onnx": b"", "short.raw": b"1234", "weights.bin": b"\0" * 64,
    "model.tflite": b"\x1c\0\0\0TFL3" + b"\0" * 64, "model.h5": b"\x89HDF\r\n\x1a\n" + b"\0" * 64,
    "model.ort": b"\x1c\0\0\0ORTM" + b"\0" * 64, "model.pt": b"PK\x03\x04" + b"\0" * 26 + b"archive/data.pkl" + b"\0" * 64,
    "model.safetensors": (80).to_bytes(8, "little") + b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(80) + b"\0" * 4,
    "cut.pb": array("x", np.ones((2, 3))).SerializeToString()[:15],
}


def write_logs(folder):
    for name, text in LOGS.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, data in BYTES.items():
        (folder / name).write_bytes(data)
    (folder / "pointer.engine").write_text(LOGS["pointer.onnx"])
    (folder / "cut.log.gz").write_bytes(gzip.compress(LOGS["excerpt.log"].encode() * 1000)[:60])
    (folder / "long_line.log").write_text("[E] " + "x" * (3 << 20) + "\n")


def write_all(folder, pharos):
    def run(*words):
        subprocess.run([pharos, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    write_logs(folder)
    for name, proto in models().items():
        (folder / f"{name}.onnx").write_bytes(proto.SerializeToString())
    np.save(folder / "cut.npy", np.zeros((2, 3), np.float32))
    (folder / "cut.npy").write_bytes((folder / "cut.npy").read_bytes()[:100])
    np.save(folder / "beyond.npy", np.asarray([7], np.int64))
    conv_bytes = (folder / "conv.onnx").read_bytes()
    (folder / "secret.onnx").write_bytes(conv_bytes)
    (folder / "half.onnx").write_bytes(conv_bytes[: len(conv_bytes) // 2])
    (folder / "model.onnx.gz").write_bytes(gzip.compress(conv_bytes))
    (folder / "renamed.engine").write_bytes(conv_bytes)
    (folder / "model.uff").write_bytes(b"\x08\x01\x10\x01\x1a\x12\n\x02tf\x10\x01" + b"\x22\x10uff" + b"\0" * 32)
    run("zoo", "resnet50", "-o", "resnet50.onnx")
    run("build", "resnet50.onnx", "-o", "resnet50.engine")
    for name in ("relu", "conv"):
        run("build", f"{name}.onnx", "-o", f"{name}.engine")
    run("build", "dynamic.onnx", "-o", "dynamic.engine", "--min-shapes", "x:1x3", "--opt-shapes", "x:4x3", "--max-shapes", "x:8x3")
    run("build", "conv.onnx", "--timing-cache", "whole.cache")
    (folder / "cut.cache").write_bytes((folder / "whole.cache").read_bytes()[:-20])
    os.truncate(os.open(folder / "huge.engine", os.O_CREAT | os.O_RDWR), 1 << 40)
    with open("/proc/self/maps", encoding="utf-8") as maps:
        libm = next(line.split()[-1] for line in maps if "/libm" in line)
    (folder / "libm.so").symlink_to(libm)
    engine = bytearray((folder / "resnet50.engine").read_bytes())
    (folder / "cut.engine").write_bytes(engine[:1000])
    engine[len(engine) // 2] ^= 1
    (folder / "flipped.engine").write_bytes(engine)
    case = folder / "wrong_expectation" / "test_data_set_0"
    case.mkdir(parents=True)
    (case.parent / "model.onnx").write_bytes((folder / "relu.onnx").read_bytes())
    (case / "input_0.pb").write_bytes(array("x", -np.ones((2, 3))).SerializeToString())
    (case / "output_0.pb").write_bytes(array("y", np.ones((2, 3))).SerializeToString())
