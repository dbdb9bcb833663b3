"""ncnn, FP32. The model was converted by pnnx: MODEL.ncnn.param, .bin and .json (the shape of the input) beside MODEL.onnx."""
import json
import pathlib
import sys

import ncnn
import numpy as np

from peers import measure


def load(model, threads):
    base = pathlib.Path(model).with_suffix("")
    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    if net.load_param(f"{base}.ncnn.param") or net.load_model(f"{base}.ncnn.bin"):
        sys.exit("ncnn cannot load it")
    shape = json.loads(pathlib.Path(f"{base}.ncnn.json").read_text())
    mats = [ncnn.Mat(image) for image in measure.inputs([("x", shape, np.float32)])["x"]]

    def run():
        for mat in mats:  # one image at a time: ncnn knows no batch
            extractor = net.create_extractor()
            extractor.input(net.input_names()[0], mat)
            for name in net.output_names():
                extractor.extract(name)

    return ncnn.__version__, run


if __name__ == "__main__":
    sys.exit(measure.main(load))
