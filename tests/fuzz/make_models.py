"""Small ONNX models, sound ones and ones that a program might stumble over: models() is target -> name -> bytes."""

import numpy as np
import onnx
from onnx import TensorProto, ValueInfoProto, helper, numpy_helper

RANDOM = np.random.default_rng(0)


def constant(name, *shape):
    return numpy_helper.from_array(RANDOM.standard_normal(shape).astype(np.float32), name)


def info(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def model(nodes, weights=(), inputs=None, outputs=None, functions=()):
    graph = helper.make_graph(nodes, "graph", inputs or [info("x", ["batch", 4])],
                              outputs or [info("logits", None)], list(weights))
    made = helper.make_model(graph, ir_version=8, functions=list(functions),
                             opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("own", 1)])
    return made.SerializeToString()


def named(name):
    """An input of this name that is no tensor."""
    return model([node("Relu", ["x"], ["logits"])], inputs=[info("x", ["batch", 4]), ValueInfoProto(name=name)])


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, outputs[0] if outputs else "", **attributes)


def linear(weight):
    """logits = x · weight."""
    return model([node("MatMul", ["x", "weight"], ["logits"])], [weight])


def weight(dims, data=b"", **fields):
    proto = TensorProto(name="weight", data_type=TensorProto.FLOAT, dims=dims, **fields)
    if not fields:
        proto.raw_data = data
    return proto


def external(dims=(4, 4), **entries):
    proto = weight(dims, data_location=TensorProto.EXTERNAL)
    for key, value in entries.items():
        proto.external_data.add(key=key, value=str(value))
    return proto


def attention():
    """A class token, one block of attention with a skip connection, a linear head."""
    names = ("query", "key", "value")
    weights = [constant(name, 4, 4) for name in names] + [constant("head", 4, 3), constant("token", 1, 1, 4)]
    weights += [numpy_helper.from_array(np.array(values, np.int64), name)
                for name, values in {"zero": 0, "shape": [0, 3, 4], "ends": [1]}.items()]
    nodes = [node("Reshape", ["x", "shape"], ["patches"]), node("Shape", ["x"], ["sizes"]),
             node("Slice", ["sizes", "starts", "ends"], ["batch"]), node("Concat", ["batch", "tail"], ["wide"], axis=0),
             node("Expand", ["token", "wide"], ["tokens"]), node("Concat", ["tokens", "patches"], ["stream"], axis=1),
             *(node("MatMul", ["stream", name], [name[0]]) for name in names),
             node("Transpose", ["k"], ["turned"], perm=[0, 2, 1]), node("MatMul", ["q", "turned"], ["products"]),
             node("Softmax", ["products"], ["attention"], axis=-1), node("MatMul", ["attention", "v"], ["context"]),
             node("Add", ["stream", "context"], ["block"]), node("Gather", ["block", "zero"], ["feature"], axis=1),
             node("MatMul", ["feature", "head"], ["logits"])]
    weights += [numpy_helper.from_array(np.array(values, np.int64), name)
                for name, values in {"starts": [0], "tail": [1, 4]}.items()]
    return model(nodes, weights, [info("x", ["batch", 12])])


def constant_node(proto):
    return model([node("Constant", [], ["weight"], value=proto), node("MatMul", ["x", "weight"], ["logits"])])


def branch(body_nodes, weights=()):
    body = helper.make_graph(body_nodes, "body", [], [info("inner", None)], list(weights))
    return node("If", ["yes"], ["logits"], then_branch=body, else_branch=body)


YES = numpy_helper.from_array(np.array(True), "yes")


def nested(depth):
    plain = helper.make_graph([node("Identity", ["x"], ["inner"])], "body", [], [info("inner", None)])
    inner = plain.node[0]
    for _ in range(depth):
        body = helper.make_graph([inner], "body", [], [info("inner", None)])
        inner = helper.make_node("If", ["unknown"], ["inner"], "if", then_branch=body, else_branch=plain)
    asked = [node("ReduceSum", ["x"], ["sum"], keepdims=0), node("Cast", ["sum"], ["unknown"], to=TensorProto.BOOL)]
    return model([*asked, inner, node("Identity", ["inner"], ["logits"])])


def deep_bytes(depth):
    """What nested() gives, by hand: Python can't write that deep."""
    field = lambda number, content: bytes([number << 3 | 2]) + varint(len(content)) + content
    body = field(4, b"Identity")
    for _ in range(depth):
        graph = field(1, body) + field(2, b"g")
        body = field(1, b"yes") + field(2, b"inner") + field(4, b"If") + field(5, field(1, b"then_branch") + field(6, graph))
    return field(7, field(1, body) + field(2, b"g"))


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def function(name, calls):
    nodes = [helper.make_node(op, ["a" if i == 0 else f"v{i}"], ["b" if i == len(calls) - 1 else f"v{i + 1}"],
                              domain="own" if op.startswith("F") else "") for i, op in enumerate(calls)]
    return helper.make_function("own", name, ["a"], ["b"], nodes, [helper.make_opsetid("", 17),
                                                                  helper.make_opsetid("own", 1)])


def calling(functions, first="F0"):
    return model([helper.make_node(first, ["x"], ["logits"], "call", domain="own")], functions=functions)


def loop(steps=2**62, inputs=("count", "yes", "x")):
    body = helper.make_graph([node("Identity", ["go"], ["on"]), node("Add", ["value", "value"], ["next"])], "body",
                             [info("i", [], TensorProto.INT64), info("go", [], TensorProto.BOOL), info("value", None)],
                             [info("on", [], TensorProto.BOOL), info("next", None)])
    count = numpy_helper.from_array(np.array(steps, np.int64), "count")
    return model([node("Loop", inputs, ["logits"], body=body)], [YES, count])


def filled(*sizes):
    sizes = numpy_helper.from_array(np.array(sizes, np.int64), "sizes")
    return model([node("ConstantOfShape", ["sizes"], ["large"]), node("ReduceSum", ["large"], ["sum"], keepdims=0),
                  node("Add", ["x", "sum"], ["logits"])], [sizes])


def files():
    good = linear(constant("weight", 4, 5))
    fields = weight([4, 5], float_data=[float(i) for i in range(20)])
    sparse = TensorProto(name="weight", data_type=TensorProto.FLOAT, dims=[1], raw_data=bytes(4))
    ends = {"dims": (4, 4), "location": "weights.bin"}
    yield "good-plain", good
    yield "good-fields", linear(fields)
    yield "good-external", linear(external(**ends))
    yield "good-attribute", constant_node(constant("weight", 4, 5))
    yield "good-external-attribute", constant_node(external(**ends))
    yield "bad-truncated", good[:-20]
    yield "bad-empty-graph", model([])
    yield "bad-short-data", linear(weight([4, 5], bytes(12)))
    yield "bad-short-fields", linear(weight([2**20, 2**20], float_data=[1.0]))
    yield "bad-wrapped", linear(weight([2**62], b""))
    yield "bad-wrapped-twice", linear(weight([2**32, 2**32], b""))
    yield "bad-negative", linear(weight([-4, -5], bytes(80)))
    yield "bad-half-bytes", linear(TensorProto(name="weight", data_type=TensorProto.INT4, dims=[2**62],
                                               data_location=TensorProto.EXTERNAL))
    yield "bad-twice", model([node("MatMul", ["x", "weight"], ["logits"])], [constant("weight", 4, 5)] * 2)
    yield "bad-deep", deep_bytes(400)
    yield "bad-no-input", model([node("Identity", ["weight"], ["logits"])], [constant("weight", 4, 5)],
                                [info("weight", [4, 5])])
    yield "bad-sequence", model([node("Identity", ["x"], ["logits"])], inputs=[
        helper.make_tensor_sequence_value_info("x", TensorProto.FLOAT, None)])
    for name, where in {"absolute": "/proc/self/maps", "outside": "../weights.bin", "inner": "a/../../weights.bin",
                        "folder": ".", "missing": "other.bin", "nowhere": "", "memory": "*/_ORT_MEM_ADDR_/*"}.items():
        yield f"bad-external-{name}", linear(external(location=where))
        yield f"bad-attribute-{name}", constant_node(external(location=where))
    yield "bad-external-beyond", linear(external(location="weights.bin", offset=32))
    yield "bad-external-offset", linear(external(location="weights.bin", offset=2**63 - 8))
    yield "bad-external-negative", linear(external(location="weights.bin", offset=-8))
    yield "bad-external-length", linear(external(location="weights.bin", length=8))
    yield "bad-external-wrapped", linear(external((2**62,), location="weights.bin"))
    yield "bad-external-small", model([node("Reshape", ["x", "weight"], ["logits"])], [
        external((1,), location="/proc/self/maps")])
    yield "bad-external-branch", model([branch([node("MatMul", ["x", "weight"], ["inner"])],
                                               [external(location="/proc/self/maps")])], [YES])
    yield "bad-external-function", calling([helper.make_function(
        "own", "F0", ["a"], ["b"], [node("Constant", [], ["c"], value=external(location="/proc/self/maps")),
                                    node("MatMul", ["a", "c"], ["b"])], [helper.make_opsetid("", 17)])])
    listed = onnx.load_from_string(good)
    listed.graph.initializer[0].external_data.add(key="location", value="/proc/self/maps")
    yield "good-location-unused", listed.SerializeToString()
    strange = onnx.load_from_string(good)
    strange.graph.sparse_initializer.add(values=external(location="/proc/self/maps"), indices=sparse, dims=[4, 4])
    yield "bad-external-sparse", strange.SerializeToString()
    yield "bad-function-endless", calling([function("F0", ["F0"])])
    yield "bad-function-round", calling([function("F0", ["F1"]), function("F1", ["F0"])])
    yield "bad-function-many", calling([function(f"F{i}", [f"F{i + 1}"] * 30) for i in range(12)]
                                       + [function("F12", ["Relu"])])


def graphs():
    yield "good-attention", attention()
    yield "good-linear", linear(constant("weight", 4, 5))
    yield "good-function", calling([function("F0", ["Relu", "F1"]), function("F1", ["Relu", "Relu"])])
    yield "good-branch", model([branch([node("Relu", ["x"], ["inner"])])], [YES])
    yield "bad-cycle", model([node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["logits"])])
    yield "bad-output-twice", model([node("Relu", ["x"], ["logits"]), node("Sigmoid", ["x"], ["logits"])])
    yield "bad-output-is-input", model([node("Relu", ["x"], ["x"]), node("Relu", ["x"], ["logits"])])
    yield "bad-undefined", model([node("Add", ["x", "nothing"], ["logits"])])
    yield "bad-no-output", model([node("Relu", ["x"], ["other"])])
    yield "bad-weight-type", linear(TensorProto(name="weight", data_type=77, dims=[4, 5], raw_data=bytes(80)))
    yield "bad-type", model([node("And", ["x", "x"], ["logits"])])
    yield "bad-operator", model([node("Nonsense", ["x"], ["logits"])])
    yield "bad-domain", model([helper.make_node("F0", ["x"], ["logits"], domain="own")])
    yield "bad-attribute", model([node("Softmax", ["x"], ["logits"], axis="last")])
    yield "bad-shapes", model([node("MatMul", ["x", "weight"], ["logits"])], [constant("weight", 5, 5)])
    yield "bad-reshape", model([node("Reshape", ["x", "shape"], ["logits"])], [
        numpy_helper.from_array(np.array([-1, -1, 7], np.int64), "shape")])
    yield "bad-nested", nested(30)
    yield "bad-loop", loop()
    yield "bad-loop-body", loop(3, ["count", "yes", "x", "x"])
    yield "good-loop", loop(3)
    yield "bad-name-of-two-lines", named("two\nlines")
    yield "bad-filled-twice", filled(2**40, 2**40)
    yield "bad-filled-large", filled(2**17, 2**16)
    yield "bad-filled-negative", filled(-1, 5)
    yield "bad-range", model([node("Range", ["zero", "most", "one"], ["logits"])], [
        numpy_helper.from_array(np.array(value, np.int64), name)
        for name, value in {"zero": 0, "most": 2**60, "one": 1}.items()])


def models():
    return {"onnx_file": dict(files()), "onnx_model": dict(graphs())}
