#!/usr/bin/env python3
"""Writes the small models beside this file, which the tests of the command line read. Needs numpy and onnx.

two-inputs.onnx    a picture and a vector
no-attention.onnx  a convolution, mean over the places, a linear layer: pictures of 8 x 8
no-rule.onnx       a convolution, Det, a linear layer; no rule set covers Det
old-opset.onnx     Clip, Slice, Pad and Upsample of opset 9 on the way
young-opset.onnx   RMSNormalization, RotaryEmbedding and Swish of opset 24 on the way
nan-weight.onnx    no-attention.onnx with a weight that is not a number
unusual.onnx       two blocks of attention by ReLU, joined by Concat instead of Add; its scores are the second output
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
RANDOM = np.random.default_rng(0)


def constant(name, *shape, scale=1.0):
    return numpy_helper.from_array((scale * RANDOM.standard_normal(shape)).astype(np.float32), name)


def write(name, nodes, inputs, weights, opset=17, ir=8, before=()):
    outputs = [*before, ("logits", ["batch", 3])]
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
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


def of_opset(name, opset, between, weights):
    """Patches of 4 x 4 places, `between` from "patches" to "bent", the mean over the places, a linear layer."""
    nodes = [helper.make_node("Conv", ["pixel_values", "filters"], ["patches"], "patch_convolution", strides=[2, 2]),
             *between,
             helper.make_node("GlobalAveragePool", ["bent"], ["mean"], "mean"),
             helper.make_node("Flatten", ["mean"], ["feature"], "flatten"),
             helper.make_node("Gemm", ["feature", "weight", "bias"], ["logits"], "head")]
    weights = [constant("filters", 4, 3, 2, 2), constant("weight", 4, 3), constant("bias", 3), *weights]
    write(name, nodes, [("pixel_values", ["batch", 3, 8, 8])], weights, opset, 11)


def old_opset():
    scales = numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "scales")
    of_opset("old-opset", 9, [
        helper.make_node("Clip", ["patches"], ["clipped"], "clip", min=-1.0, max=1.5),
        helper.make_node("Slice", ["clipped"], ["cut"], "slice", axes=[2], starts=[1], ends=[100]),
        helper.make_node("Pad", ["cut"], ["padded"], "pad", pads=[0, 0, 0, 1, 0, 0, 0, 2], mode="reflect"),
        helper.make_node("Upsample", ["padded", "scales"], ["large"], "upsample", mode="linear"),
        helper.make_node("Mul", ["large", "large"], ["bent"], "square")], [scales])


def young_opset():
    of_opset("young-opset", 24, [
        helper.make_node("Gather", ["patches", "zero"], ["channel"], "channel", axis=1),
        helper.make_node("Split", ["channel"], ["angles", "rest"], "angles", axis=2, num_outputs=2),
        helper.make_node("Cos", ["angles"], ["cosine"], "cosine"),
        helper.make_node("Sin", ["angles"], ["sine"], "sine"),
        helper.make_node("RMSNormalization", ["patches", "gain"], ["normed"], "norm"),
        helper.make_node("RotaryEmbedding", ["normed", "cosine", "sine"], ["turned"], "rotate"),
        helper.make_node("RotaryEmbedding", ["turned", "cosine", "sine"], ["twice"], "rotate_pairs", interleaved=1),
        helper.make_node("Swish", ["twice"], ["bent"], "swish", alpha=1.5)],
             [constant("gain", 4), numpy_helper.from_array(np.array(0, np.int64), "zero")])


def flat():
    """The mean of what was normalised: nothing in the picture changes the answer."""
    gain = numpy_helper.from_array(np.ones(4, np.float32), "gain")
    shift = numpy_helper.from_array(np.full(4, 0.5, np.float32), "shift")
    of_opset("flat", 17, [helper.make_node("InstanceNormalization", ["patches", "gain", "shift"], ["bent"], "norm")],
             [gain, shift])


def unusual_block(block, tokens, joined):
    """Attention whose weights are a ReLU of the scores over the number of tokens; its result is put beside the tokens."""
    names = {name: f"block.{block}/{name}" for name in ("q", "k", "v", "keys", "scores", "open", "weights", "context", "both")}
    nodes = [helper.make_node("MatMul", [tokens, f"{part}{block}"], [names[part]], names[part]) for part in "qkv"]
    nodes += [helper.make_node("Transpose", [names["k"]], [names["keys"]], names["keys"], perm=[0, 2, 1]),
              helper.make_node("MatMul", [names["q"], names["keys"]], [names["scores"]], names["scores"]),
              helper.make_node("Relu", [names["scores"]], [names["open"]], names["open"]),
              helper.make_node("Mul", [names["open"], "share"], [names["weights"]], names["weights"]),
              helper.make_node("MatMul", [names["weights"], names["v"]], [names["context"]], names["context"]),
              helper.make_node("Concat", [tokens, names["context"]], [names["both"]], names["both"], axis=2),
              helper.make_node("MatMul", [names["both"], f"join{block}"], [joined], joined)]
    return nodes, [constant(f"{part}{block}", 8, 8, scale=0.5) for part in "qkv"] + [constant(f"join{block}", 16, 8, scale=0.3)]


def unusual():
    shape = numpy_helper.from_array(np.array([0, 8, 16], np.int64), "rows")
    share = numpy_helper.from_array(np.array(1 / 16, np.float32), "share")
    nodes = [helper.make_node("Conv", ["pixel_values", "filters"], ["patches"], "patches", strides=[2, 2]),
             helper.make_node("Reshape", ["patches", "rows"], ["columns"], "columns"),
             helper.make_node("Transpose", ["columns"], ["tokens"], "tokens", perm=[0, 2, 1])]
    weights = [constant("filters", 8, 3, 2, 2), shape, share, constant("weight", 8, 3), constant("bias", 3)]
    for block, (tokens, joined) in enumerate([("tokens", "middle"), ("middle", "hidden")]):
        more, needed = unusual_block(block, tokens, joined)
        nodes += more
        weights += needed
    nodes += [helper.make_node("ReduceMean", ["hidden"], ["feature"], "mean", axes=[1], keepdims=0),
              helper.make_node("Gemm", ["feature", "weight", "bias"], ["logits"], "head")]
    write("unusual", nodes, [("pixel_values", ["batch", 3, 8, 8])], weights, before=[("hidden", ["batch", 16, 8])])


def tokens_first_block(block, tokens, result):
    """Attention in Einsums on [tokens, batch, width], with two heads, and its residual sum."""
    names = {name: f"block.{block}/{name}" for name in ("q", "k", "v", "values", "scores", "weights", "context", "out")}
    nodes = [helper.make_node("Einsum", [tokens, f"{part}{block}"], [names[part]], names[part], equation="tbi,ino->tbno")
             for part in "qkv"]
    nodes += [helper.make_node("Add", [names["v"], f"shift{block}"], [names["values"]], names["values"]),
              helper.make_node("Einsum", [names["q"], names["k"]], [names["scores"]], names["scores"], equation="ibnd,jbnd->bnij"),
              helper.make_node("Softmax", [names["scores"]], [names["weights"]], names["weights"], axis=-1),
              helper.make_node("Einsum", [names["weights"], names["values"]], [names["context"]], names["context"],
                               equation="bnij,jbnd->ibnd"),
              helper.make_node("Einsum", [names["context"], f"out{block}"], [names["out"]], names["out"], equation="tbno,noi->tbi"),
              helper.make_node("Add", [tokens, names["out"]], [result], result)]
    weights = [constant(f"{part}{block}", 8, 2, 4, scale=0.5) for part in "qkv"]
    return nodes, [*weights, constant(f"shift{block}", 2, 4), constant(f"out{block}", 2, 4, 8, scale=0.5)]


def tokens_first():
    nodes = [helper.make_node("Transpose", ["features"], ["turned"], "turn", perm=[1, 0, 2])]
    weights = [constant("weight", 8, 3), constant("bias", 3)]
    for block, (tokens, result) in enumerate([("turned", "middle"), ("middle", "hidden")]):
        more, needed = tokens_first_block(block, tokens, result)
        nodes += more
        weights += needed
    nodes += [helper.make_node("ReduceMean", ["hidden"], ["feature"], "mean", axes=[0], keepdims=0),
              helper.make_node("Gemm", ["feature", "weight", "bias"], ["logits"], "head")]
    write("tokens-first", nodes, [("features", ["batch", 6, 8])], weights)


convolutional("no-attention")
convolutional("no-rule", between="Det")
convolutional("nan-weight", spoil=True)
two_inputs()
old_opset()
young_opset()
unusual()
flat()
tokens_first()
