"""ONNX Runtime's CPU provider, all optimisations."""
import sys

import numpy as np
import onnxruntime as ort

from peers import measure

KINDS = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_}


def load(model, threads):
    ort.set_default_logger_severity(3)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feed = measure.inputs([(i.name, [d if isinstance(d, int) else 1 for d in i.shape], KINDS[i.type])
                           for i in session.get_inputs()])
    names = [o.name for o in session.get_outputs()]
    return ort.__version__, lambda: session.run(names, feed)


if __name__ == "__main__":
    sys.exit(measure.main(load))
