"""What the benchmarks need to know of an ONNX model: its arithmetic, and its conversion for ncnn."""
import functools
import importlib.util
import json
import math
import pathlib
import shutil
import subprocess

FLOAT = 1


def is_installed(module):
    return importlib.util.find_spec(module) is not None


@functools.cache
def gflop(path):
    """Multiplications and additions of products and convolutions, computed directly, in 1e9. None without the onnx package."""
    if not is_installed("onnx"):
        return None
    import onnx

    model = onnx.shape_inference.infer_shapes(onnx.load(path, load_external_data=False))
    shapes = {t.name: list(t.dims) for t in model.graph.initializer}
    for v in [*model.graph.value_info, *model.graph.input, *model.graph.output]:
        shapes[v.name] = [d.dim_value for d in v.type.tensor_type.shape.dim]
    total = 0
    for node in model.graph.node:
        out = math.prod(shapes.get(node.output[0], [0]))
        if node.op_type == "Conv":
            total += 2 * out * math.prod(shapes[node.input[1]][1:])
        elif node.op_type in ("MatMul", "Gemm"):
            transposed = any(a.name == "transA" and a.i for a in node.attribute)
            total += 2 * out * shapes[node.input[0]][0 if transposed else -1]
    return total / 1e9


def image_input(path):
    """The shape of the only input where that is a float image, otherwise None."""
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    weights = {t.name for t in graph.initializer}
    inputs = [i.type.tensor_type for i in graph.input if i.name not in weights]
    if len(inputs) != 1 or inputs[0].elem_type != FLOAT:
        return None
    shape = [d.dim_value for d in inputs[0].shape.dim]
    return shape if len(shape) == 4 else None


def convert_for_ncnn(path):
    """Makes PATH.ncnn.{param,bin,json} (one image; ncnn knows no batch); False where it is no image network or pnnx fails."""
    base = pathlib.Path(path).with_suffix("")
    shape_file = pathlib.Path(f"{base}.ncnn.json")
    # The program inside of the package; its Python module would need PyTorch.
    package = importlib.util.find_spec("pnnx")
    if not package or not is_installed("onnx"):
        return False
    tool = pathlib.Path(package.origin).parent / "pnnx"
    if not shape_file.exists():
        shape = image_input(path)
        # The file of the single image converts for every batch.
        single = pathlib.Path(str(path).replace(f"_b{shape[0]}.", "_b1.")) if shape else None
        if not shape or not single.exists():
            return False
        subprocess.run([tool, single.resolve()], cwd=base.parent, capture_output=True, timeout=300, check=False)
        made = pathlib.Path(f"{single.with_suffix('')}.ncnn.param")
        if not made.exists():
            return False
        for end in "param", "bin":
            if single != path:
                shutil.copy(f"{single.with_suffix('')}.ncnn.{end}", f"{base}.ncnn.{end}")
        shape_file.write_text(json.dumps(shape))
    return True
