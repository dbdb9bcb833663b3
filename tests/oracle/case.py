"""A test case of the oracle: one small model with inputs, and the dice that generators roll."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOATS = [np.float32, np.float64, np.float16]
SIGNED = [np.int8, np.int16, np.int32, np.int64]
UNSIGNED = [np.uint8, np.uint16, np.uint32, np.uint64]
INTS = SIGNED + UNSIGNED
NUMERIC = FLOATS + INTS


@dataclasses.dataclass
class Case:
    """`nodes` read `inputs` by name and produce `outputs`; constants are inputs that the model holds as initializers."""

    nodes: list
    inputs: dict
    outputs: list
    constants: dict = dataclasses.field(default_factory=dict)
    rtol: float = 1e-3
    atol: float = 1e-5
    opset: int = 21
    ml_opset: int = 3
    open_dims: dict = dataclasses.field(default_factory=dict)  # of inputs that have symbols in their shapes: all dims
    only: str = ""  # "ort" or "reference": trust only that one

    @property
    def op(self) -> str:
        return self.nodes[-1].op_type

    def size(self) -> int:
        return sum(a.size for a in list(self.inputs.values()) + list(self.constants.values()))

    def model(self) -> onnx.ModelProto:
        def info(name, array):
            dtype = TensorProto.STRING if array.dtype.kind in "UO" else helper.np_dtype_to_tensor_dtype(array.dtype)
            return helper.make_tensor_value_info(name, dtype, self.open_dims.get(name, list(array.shape)))

        graph = helper.make_graph(
            self.nodes,
            "case",
            [info(n, a) for n, a in self.inputs.items()],
            [onnx.ValueInfoProto(name=n) for n in self.outputs],
            [tensor_of(a, n) for n, a in self.constants.items()],
        )
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid("ai.onnx.ml", self.ml_opset)]
        if any(n.domain == "ai.onnx.preview" for n in self.nodes):
            opsets.append(helper.make_opsetid("ai.onnx.preview", 1))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        return model

    def describe(self) -> str:
        node = self.nodes[-1]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute if a.type != onnx.AttributeProto.GRAPH}
        shapes = {n: f"{a.dtype}{list(a.shape)}" for n, a in {**self.inputs, **self.constants}.items()}
        return f"{node.op_type} {attributes} {shapes}"


def tensor_of(array: np.ndarray, name: str = "") -> TensorProto:
    if array.dtype.kind in "UO":
        return helper.make_tensor(name, TensorProto.STRING, array.shape, [str(s).encode() for s in array.ravel()])
    return numpy_helper.from_array(array, name)


# Not with other types, which leave only the reference evaluator: it gives AffineGrid, LinearRegressor and RMSNormalization a
# type that their definitions do not, rounds the grid of GridSample, sums LRN over too few channels, adds the first bias to every
# group of ConvTranspose, sums too much in the last window of LpPool and ignores the lengths of sequences in recurrent layers. What
# fractions of integers (Gemm, Resize), logarithms of integers that are not positive (ReduceLogSum) and scales of 0 (QuantizeLinear)
# give is open; keys of a LabelEncoder have its type.
FIXED_TYPES = {"AffineGrid", "ConvTranspose", "GRU", "Gemm", "GridSample", "LRN", "LSTM", "LabelEncoder", "LinearRegressor", "LpPool",
               "QuantizeLinear", "RMSNormalization", "RNN", "ReduceLogSum", "ReduceLogSumExp", "Resize"}
# Products on the way leave the range of f16, which shows only where every one of them is rounded.
NOT_IN_HALF = {"CumProd"}


def retyped(case: Case, dice) -> Case:
    """The same node with another element type that its definition allows, where one type of its inputs can be chosen."""
    if len(case.nodes) != 1 or case.constants or case.op in FIXED_TYPES:
        return case
    n = case.nodes[0]
    try:
        schema = onnx.defs.get_schema(n.op_type, case.ml_opset if n.domain == "ai.onnx.ml" else case.opset, n.domain)
    except onnx.defs.SchemaError:
        return case
    bound: dict = {}
    for i, name in enumerate(n.input):
        formal = schema.inputs[min(i, len(schema.inputs) - 1)]
        if name in case.inputs and formal.type_str in {c.type_param_str for c in schema.type_constraints}:
            bound.setdefault(formal.type_str, []).append(name)
    if not bound:
        return case
    variable = dice.choice(sorted(bound))
    allowed = [c.allowed_type_strs for c in schema.type_constraints if c.type_param_str == variable][0]
    dtypes = [t for t in map(_numpy_type, allowed) if t is not None and t.kind in "iuf"]
    arrays = [case.inputs[name] for name in bound[variable]]
    if not dtypes or any(a.dtype.kind not in "iuf" or (a.dtype.kind == "f" and not np.isfinite(a).all()) for a in arrays):
        return case
    to = dice.choice(sorted(dtypes, key=str))
    if to == np.float16 and case.op in NOT_IN_HALF:
        return case
    info = np.finfo(to) if to.kind == "f" else np.iinfo(to)
    if any(a.size and (a.min() < info.min or a.max() > info.max) for a in arrays):
        return case
    for name in bound[variable]:
        case.inputs[name] = case.inputs[name].astype(to)
    if to == np.float16:
        case.rtol, case.atol = max(case.rtol, 1e-2), max(case.atol, 2e-2)
    return case


def _numpy_type(text: str):
    """Of "tensor(float)"; nothing for types that numpy lacks."""
    names = {"float": "float32", "double": "float64"}
    inner = text[7:-1] if text.startswith("tensor(") else ""
    try:
        return np.dtype(names.get(inner, inner)) if inner and inner not in ("string", "bool") else None
    except TypeError:
        return None


class Dice(random.Random):
    """Random shapes and contents within limits that shrinking lowers."""

    def __init__(self, seed, extent: int = 7, rank: int = 4):
        super().__init__(seed)
        self.extent, self.max_rank = extent, rank

    def coin(self, p: float = 0.5) -> bool:
        return self.random() < p

    def dim(self, least: int = 0) -> int:
        if least == 0 and self.coin(0.04):
            return 0
        return max(least, 1 if self.coin(0.2) else self.randint(1, self.extent))

    def rank(self, least: int = 0, most: int = 9) -> int:
        most = min(most, max(least, self.max_rank))
        return self.randint(least, most)

    def shape(self, least: int = 0, most: int = 9, least_dim: int = 0) -> list:
        return [self.dim(least_dim) for _ in range(self.rank(least, most))]

    def axis(self, rank: int) -> int:
        return self.randint(-rank, rank - 1)

    def axes(self, rank: int, least: int = 0) -> list:
        if rank == 0:
            return []
        picked = self.sample(range(rank), self.randint(min(least, rank), rank))
        return [a - rank if self.coin(0.4) else a for a in picked]

    def broadcast_to(self, shape: list) -> list:
        """A shape that broadcasts with `shape`."""
        out = [1 if self.coin(0.3) else d for d in shape]
        return out[self.randint(0, len(out)):] if self.coin(0.4) else out

    def array(self, shape, dtype=np.float32, low=-4, high=4, special=0.1) -> np.ndarray:
        """Numbers in [low, high]; floats now and then hold values that are not finite."""
        dtype = np.dtype(dtype)
        count = int(np.prod(shape, dtype=np.int64))
        if dtype == np.bool_:
            return np.array([self.coin() for _ in range(count)], dtype=dtype).reshape(shape)
        if dtype.kind in "iu":
            low, high = max(int(low), np.iinfo(dtype).min), min(int(high), np.iinfo(dtype).max)
            return np.array([self.randint(low, high) for _ in range(count)], dtype=dtype).reshape(shape)
        values = np.array([self.uniform(low, high) for _ in range(count)], dtype=dtype)
        if special and count and self.coin(special):
            for _ in range(self.randint(1, 3)):
                values[self.randrange(count)] = self.choice([np.nan, np.inf, -np.inf, 0.0, -0.0])
        return values.reshape(shape)

    def words(self, shape, alphabet=("a", "b", "ab", "", "é", "A b", "x,y", " a  b ")) -> np.ndarray:
        count = int(np.prod(shape, dtype=np.int64))
        return np.array([self.choice(alphabet) for _ in range(count)], dtype=object).reshape(shape)


def node(op, inputs, outputs=("y",), domain="", **attributes):
    return helper.make_node(op, list(inputs), list(outputs), domain=domain, **{k: v for k, v in attributes.items() if v is not None})


def simple(op, arrays, outputs=("y",), domain="", case=None, **attributes) -> Case:
    """One node over arrays; None leaves an optional input out."""
    names = ["" if a is None else f"x{i}" for i, a in enumerate(arrays)]
    while names and not names[-1]:
        names.pop()
    inputs = {f"x{i}": np.asarray(a) for i, a in enumerate(arrays) if a is not None}
    return Case([node(op, names, outputs, domain, **attributes)], inputs, list(outputs), **(case or {}))
