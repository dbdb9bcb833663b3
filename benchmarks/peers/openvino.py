"""OpenVINO's CPU plugin: latency mode, one stream, FP32 (its default on this kind of processor may be BF16)."""
import sys

import openvino as ov
import openvino.properties as props
import openvino.properties.hint as hints

from peers import measure


def load(model, threads):
    core = ov.Core()
    compiled = core.compile_model(model, "CPU", {
        props.inference_num_threads(): threads, props.num_streams(): 1, hints.inference_precision(): ov.Type.f32,
        hints.performance_mode(): hints.PerformanceMode.LATENCY})
    request = compiled.create_infer_request()
    feed = measure.inputs([(i.any_name, list(i.shape), i.element_type.to_dtype().type) for i in compiled.inputs])
    for name, value in feed.items():
        request.set_tensor(name, ov.Tensor(value, shared_memory=True))
    return ov.__version__.split("-")[0], request.infer


if __name__ == "__main__":
    sys.exit(measure.main(load))
