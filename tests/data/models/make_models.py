#!/usr/bin/env python3
"""Writes the small models beside this file, which the tests of the command line read. Needs numpy and onnx.

two-inputs.onnx    a picture and a vector
no-attention.onnx  a convolution, mean over the places, a linear layer: pictures of 8 x 8
no-rule.onnx       a convolution, Det, a linear layer; no rule set covers Det
nan-weight.onnx    the same with a weight that is not a number
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
RANDOM = np.random.default_rng(0)


def constant(name, *shape):
    return numpy_helper.from_array(RANDOM.standard_normal(shape).astype(np.float32), name)


def write(name, nodes, inputs, weights):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 3])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, HERE / f"{name}.onnx")


def convolutional(name, between=None, spoil=False):
    weights = [constant("filters", 4, 3, 2, 2), constant("weight", 4, 3), constant("bias", 3)]
    if spoil:
        values = numpy_helper.to_array(weights[1]).copy()
        values[0, 0] = np.nan
        weights[1] = numpy_helper.from_array(values, "weight")
    pooled = [helper.make_node("Relu", ["patches"], ["bent"], "between"),
              helper.make_node("GlobalAveragePool", ["bent"], ["mean"], "mean"),
              helper.make_node("Flatten", ["mean"], ["feature"], "flatten")]
    nodes = [helper.make_node("Conv", ["pixel_values", "filters"], ["patches"], "patch_convolution", strides=[2, 2]),
             *([helper.make_node(between, ["patches"], ["feature"], "between")] if between else pooled),
             helper.make_node("Gemm", ["feature", "weight", "bias"], ["logits"], "head")]
    write(name, nodes, [("pixel_values", ["batch", 3, 8, 8])], weights)


def two_inputs():
    nodes = [helper.make_node("GlobalAveragePool", ["pixel_values"], ["mean"]),
             helper.make_node("Flatten", ["mean"], ["colour"]),
             helper.make_node("Add", ["colour", "extra"], ["sum"]),
             helper.make_node("Gemm", ["sum", "weight"], ["logits"])]
    write("two-inputs", nodes, [("pixel_values", ["batch", 3, 8, 8]), ("extra", ["batch", 3])],
          [constant("weight", 3, 3)])


convolutional("no-attention")
convolutional("no-rule", between="Det")
convolutional("nan-weight", spoil=True)
two_inputs()
