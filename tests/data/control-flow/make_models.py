#!/usr/bin/env python3
"""Writes the small models beside this file and their input. Needs numpy, onnx and safetensors.

Every model but two reads x [batch, 5, 6]; all end in the mean over the tokens and a linear layer, and have control flow
before it.
Mostly the input shapes decide its course: NAME-by-hand.onnx is the same model without control flow. In those that
undecided(), by_list(), long(), picture() and text() write it depends on what the input holds.
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
RANDOM = np.random.default_rng(0)
WIDTH, TOKENS, CLASSES = 6, 5, 3


def weight(name, *shape):
    return numpy_helper.from_array((RANDOM.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32), name)


WEIGHTS = [weight(name, WIDTH, WIDTH) for name in ("query", "key", "value", "mlp", "turn")] + [weight("head", WIDTH, CLASSES)]


def constant(name, values, kind=np.int64):
    return numpy_helper.from_array(np.array(values, kind), name)


YES = constant("yes", True, np.bool_)
ZERO, ONE, TWO, THREE = (constant(name, i) for i, name in enumerate(("zero", "one", "two", "three")))
HALF, NOTHING = constant("half", 0.5, np.float32), constant("nothing", 0, np.float32)


def node(op, inputs, outputs, name=None, **attributes):
    return helper.make_node(op, inputs, outputs, name or outputs[0], **attributes)


def info(name, shape=None, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def body(nodes, inputs, outputs):
    return helper.make_graph(nodes, "body", inputs, outputs)


STEP = [info("i", [], TensorProto.INT64), info("go", [], TensorProto.BOOL)]
ON = info("on", [], TensorProto.BOOL)
GOES_ON = node("Identity", ["go"], ["on"])


def block(x, prefix, y):
    """Attention with a skip connection and an MLP with another."""
    q, k, v, turned, products, attention, context, middle, inner, outer = (
        prefix + name for name in ("q", "k", "v", "turned", "products", "attention", "context", "middle", "in", "out"))
    return [node("MatMul", [x, "query"], [q]), node("MatMul", [x, "key"], [k]), node("MatMul", [x, "value"], [v]),
            node("Transpose", [k], [turned], perm=[0, 2, 1]), node("MatMul", [q, turned], [products]),
            node("Softmax", [products], [attention], axis=-1), node("MatMul", [attention, v], [context]),
            node("Add", [x, context], [middle]), node("MatMul", [middle, "mlp"], [inner]),
            node("Tanh", [inner], [outer]), node("Add", [middle, outer], [y])]


def blocks(count, x="x", y="y"):
    """Some of them, one after the other; between them lie y1, y2, …"""
    names = [x] + [f"{y}{i}" for i in range(1, count)] + [y]
    return [one for i in range(count) for one in block(names[i], f"block{i}_", names[i + 1])]


def write(name, nodes, constants=(), functions=(), opset=17, inputs=(info("x", ["batch", "tokens", WIDTH]),)):
    ends = [node("ReduceMean", ["y"], ["feature"], axes=[1], keepdims=0), node("MatMul", ["feature", "head"], ["logits"])]
    used = {str(graph) for graph in nodes}
    weights = [one for one in WEIGHTS if any(f'"{one.name}"' in text for text in used) or one.name == "head"]
    graph = helper.make_graph([*nodes, *ends], name, list(inputs),
                              [info("logits", ["batch", CLASSES])], [*weights, *constants])
    model = helper.make_model(graph, ir_version=8, functions=list(functions),
                              opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid("own", 1)])
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


def loop(inputs, outputs, nodes, more=(), collected=(), name="loop"):
    """A Loop that carries one tensor; `more` pairs of other values that it carries."""
    return node("Loop", inputs, outputs, name,
                body=body(nodes, [*STEP, *(one for one, _ in more), info("carried")],
                          [ON, *(one for _, one in more), info("next"), *collected]))


def counted():
    """A constant number of steps."""
    write("counted", [loop(["three", "yes", "x"], ["y"], [GOES_ON, *block("carried", "b", "next")])], [YES, THREE])
    write("counted-by-hand", blocks(3))


def by_tokens():
    """As many steps as there are tokens, and no first condition."""
    nodes = [node("Shape", ["x"], ["sizes"]), node("Gather", ["sizes", "one"], ["count"]),
             loop(["count", "", "x"], ["y"], [node("Not", ["no"], ["on"]), *block("carried", "b", "next")])]
    write("by-tokens", nodes, [ONE, constant("no", False, np.bool_)])
    write("by-tokens-by-hand", blocks(TOKENS))


def while_less():
    """No number of steps: n = 0; while n < 3: n += 1. The condition is read, as 1. A value outside has the name that a copy
    would get."""
    nodes = [node("Neg", ["x"], ["bq_0"]), node("Neg", ["bq_0"], ["x0"]),
             loop(["", "yes", "zero", "x0"], ["n_last", "y"],
                  [node("Add", ["n", "one"], ["n_next"]), node("Less", ["n_next", "three"], ["on"]),
                   node("Cast", ["go"], ["factor"], to=TensorProto.FLOAT), node("Mul", ["carried", "factor"], ["again"]),
                   *block("again", "b", "next")],
                  [(info("n", [], TensorProto.INT64), info("n_next", [], TensorProto.INT64))])]
    write("while-less", nodes, [YES, ZERO, ONE, THREE])
    write("while-less-by-hand", [node("Neg", ["x"], ["bq_0"]), node("Neg", ["bq_0"], ["x0"]), *blocks(3, "x0")])


def collected(name, opset):
    """The results of all steps, stacked; their sum and the last one go on."""
    ends = [node("ReduceSum", ["all", "zeros"], ["sum"], keepdims=0) if opset >= 13 else
            node("ReduceSum", ["all"], ["sum"], axes=[0], keepdims=0), node("Add", ["sum", "last"], ["y"])]
    write(name, [loop(["three", "yes", "x"], ["last", "all"],
                      [GOES_ON, *block("carried", "b", "next"), node("Identity", ["next"], ["each"])],
                      collected=[info("each")]), *ends], [YES, THREE, constant("zeros", [0])], opset=opset)
    write(name + "-by-hand", [*blocks(3, y="last"), node("Sum", ["last1", "last2", "last"], ["sum"]),
                              node("Add", ["sum", "last"], ["y"])], opset=opset)


def listed():
    """The results of all steps in a list, which is stacked on a new axis; its first element goes on, too."""
    lists = [helper.make_tensor_sequence_value_info(name, TensorProto.FLOAT, None) for name in ("list", "longer")]
    write("listed", [node("SequenceEmpty", [], ["empty"]),
                     loop(["three", "yes", "empty", "x"], ["full", "last"],
                          [GOES_ON, *block("carried", "b", "next"), node("SequenceInsert", ["list", "next"], ["longer"])],
                          [tuple(lists)]),
                     node("ConcatFromSequence", ["full"], ["all"], axis=0, new_axis=1),
                     node("ReduceSum", ["all", "zeros"], ["sum"], keepdims=0),
                     node("SequenceAt", ["full", "zero"], ["first"]), node("Sub", ["sum", "first"], ["y"])],
          [YES, ZERO, THREE, constant("zeros", [0])])
    write("listed-by-hand", [*blocks(3, y="last"), node("Add", ["last2", "last"], ["y"])])


def split():
    """The tokens as a list of two parts, and as a list of rows: the second part plus the last row."""
    lists = [("parts", "two_three", {}), ("pairs", "two", {}), ("rows", "", {"keepdims": 0})]
    at = lambda name, place, y: node("SequenceAt", [name, place], [y])
    write("split", [*(node("SplitToSequence", [one for one in ("x", sizes) if one], [name], axis=-2, **more)
                      for name, sizes, more in lists),
                    at("parts", "one", "part"), at("pairs", "two", "single"), at("rows", "last_one", "row"),
                    node("Unsqueeze", ["row", "ones"], ["raised"]), node("Sum", ["part", "raised", "single"], ["x1"]),
                    *blocks(1, "x1")],
          [ONE, TWO, constant("two_three", [2, 3]), constant("last_one", -1), constant("ones", [1])])
    write("split-by-hand", [node("Slice", ["x", "twos", "fives", "ones"], ["part"]),
                            node("Slice", ["x", "fours", "fives", "ones"], ["raised"]),
                            node("Sum", ["part", "raised", "raised"], ["x1"]), *blocks(1, "x1")],
          [constant(f"{name}s", [i]) for i, name in ((1, "one"), (2, "two"), (4, "four"), (5, "five"))])


def by_list():
    """A list whose length depends on what the input holds."""
    lists = [helper.make_tensor_sequence_value_info(name, TensorProto.FLOAT, None) for name in ("list", "longer")]
    write("list-by-data", [node("SequenceEmpty", [], ["empty"]),
                           loop(["three", "yes", "empty", "x"], ["full", "last"],
                                [*block("carried", "b", "next"), node("SequenceInsert", ["list", "next"], ["longer"]),
                                 node("ReduceMax", ["next"], ["largest"], keepdims=0),
                                 node("Less", ["largest", "half"], ["on"])], [tuple(lists)]),
                           node("ConcatFromSequence", ["full"], ["y"], axis=1)], [YES, THREE, HALF])


def branches():
    """A branch in a loop that the number of the step decides."""
    then = body(block("carried", "b", "deep"), [], [info("deep")])
    otherwise = body([node("Mul", ["carried", "half"], ["scaled"])], [], [info("scaled")])
    write("branches", [loop(["three", "yes", "x"], ["y"], [
        GOES_ON, node("Less", ["i", "two"], ["early"]),
        node("If", ["early"], ["next"], "branch", then_branch=then, else_branch=otherwise)])], [YES, TWO, THREE, HALF])
    write("branches-by-hand", [*blocks(2, y="deep"), node("Mul", ["deep", "half"], ["y"])], [HALF])


def nested():
    """A loop of i + 1 steps in a loop of two, which reads what the outer one computes."""
    inner = node("Loop", ["steps", "yes", "carried"], ["next"], "inner", body=body(
        [node("Identity", ["go2"], ["on2"]), node("MatMul", ["u", "turn"], ["turned"]),
         node("Add", ["turned", "share"], ["u2"])],
        [info("j", [], TensorProto.INT64), info("go2", [], TensorProto.BOOL), info("u")],
        [info("on2", [], TensorProto.BOOL), info("u2")]))
    write("nested", [loop(["two", "yes", "x"], ["x1"], [
        GOES_ON, node("Mul", ["carried", "half"], ["share"]), node("Add", ["i", "one"], ["steps"]), inner], name="outer"),
        *blocks(1, "x1")], [YES, ONE, TWO, HALF])
    step = lambda u, share, y: [node("MatMul", [u, "turn"], [y + "t"]), node("Add", [y + "t", share], [y])]
    write("nested-by-hand", [node("Mul", ["x", "half"], ["s1"]), *step("x", "s1", "u1"),
                             node("Mul", ["u1", "half"], ["s2"]), *step("u1", "s2", "u2"), *step("u2", "s2", "x1"),
                             *blocks(1, "x1")], [HALF])


def scan(name, backwards):
    """A recurrence over the tokens, whose states are the new tokens."""
    first = [node("ReduceMean", ["x"], ["mean"], axes=[1], keepdims=0), node("Mul", ["mean", "nothing"], ["start"])]
    steps = body([node("MatMul", ["state", "turn"], ["moved"]), node("Add", ["moved", "token"], ["sum"]),
                  node("Tanh", ["sum"], ["new"]), node("Identity", ["new"], ["given"])],
                 [info("state"), info("token")], [info("new"), info("given")])
    write(name, [*first, node("Scan", ["start", "x"], ["end", "x1"], "scan", body=steps, num_scan_inputs=1,
                              scan_input_axes=[1], scan_output_axes=[-2], scan_input_directions=[backwards],
                              scan_output_directions=[backwards]), *blocks(1, "x1")], [NOTHING])
    nodes, state, constants = [*first], "start", [NOTHING, constant("second", [1])]
    for t in reversed(range(TOKENS)) if backwards else range(TOKENS):
        constants.append(constant(f"at{t}", t))
        nodes += [node("Gather", ["x", f"at{t}"], [f"token{t}"], axis=1), node("MatMul", [state, "turn"], [f"moved{t}"]),
                  node("Add", [f"moved{t}", f"token{t}"], [f"sum{t}"]), node("Tanh", [f"sum{t}"], [f"new{t}"]),
                  node("Unsqueeze", [f"new{t}", "second"], [f"row{t}"])]
        state = f"new{t}"
    nodes.append(node("Concat", [f"row{t}" for t in range(TOKENS)], ["x1"], axis=1))
    write(name + "-by-hand", [*nodes, *blocks(1, "x1")], constants)


def in_function():
    """A loop in a function of the file."""
    names = ["query", "key", "value", "mlp"]
    carried = body([node("Identity", ["going"], ["on"]), *block("carried", "b", "next")],
                   [STEP[0], info("going", [], TensorProto.BOOL), info("carried")], [ON, info("next")])
    repeat = helper.make_function("own", "Repeat", ["x", "n", *names], ["y"], [
        node("Constant", [], ["go"], value=YES), node("Loop", ["n", "go", "x"], ["y"], "loop", body=carried)],
        [helper.make_opsetid("", 17)])
    write("in-function", [node("Repeat", ["x", "three", *names], ["y"], "call", domain="own")], [THREE], [repeat])
    write("in-function-by-hand", blocks(3))


def undecided():
    largest = [node("ReduceMax", ["x"], ["largest"], keepdims=0), node("Greater", ["largest", "half"], ["large"])]
    then = body(block("x", "b", "deep"), [], [info("deep")])
    otherwise = body([node("Neg", ["x"], ["scaled"])], [], [info("scaled")])
    write("if-by-data", [*largest, node("If", ["large"], ["y"], "branch", then_branch=then, else_branch=otherwise)],
          [HALF])
    write("loop-by-data", [loop(["three", "yes", "x"], ["y"], [
        *block("carried", "b", "next"), node("ReduceMax", ["next"], ["largest"], keepdims=0),
        node("Less", ["largest", "half"], ["on"])])], [YES, THREE, HALF])
    some = [node("ReduceMax", ["x"], ["each"], axes=[0, 2], keepdims=0), node("Greater", ["each", "nothing"], ["kept"])]
    write("non-zero", [*some, node("NonZero", ["kept"], ["places"], "non_zero"),
                       node("Squeeze", ["places", "zeros"], ["flat"]), node("Gather", ["x", "flat"], ["x1"], axis=1),
                       *blocks(1, "x1")], [NOTHING, constant("zeros", [0])])
    write("compress", [*some, node("Compress", ["x", "kept"], ["x1"], "compress", axis=1), *blocks(1, "x1")], [NOTHING])


def long():
    """A loop of more steps than are written out."""
    write("long", [loop(["many", "yes", "x"], ["x1"], [GOES_ON, node("Neg", ["carried"], ["next"])]), *blocks(1, "x1")],
          [YES, constant("many", 6000)])


def picture():
    """Pictures of 8 x 8 in four patches; where the largest pixel is large, a block more."""
    then = body(blocks(1, "patches", "deep"), [], [info("deep")])
    otherwise = body([node("Neg", ["patches"], ["scaled"])], [], [info("scaled")])
    write("picture-by-data", [
        node("Conv", ["pixel_values", "filters"], ["map"], strides=[4, 4]),
        node("Reshape", ["map", "rows"], ["columns"]), node("Transpose", ["columns"], ["patches"], perm=[0, 2, 1]),
        node("ReduceMax", ["pixel_values"], ["largest"], keepdims=0), node("Greater", ["largest", "half"], ["large"]),
        node("If", ["large"], ["y"], "branch", then_branch=then, else_branch=otherwise)],
        [HALF, constant("rows", [0, WIDTH, -1]), weight("filters", WIDTH, 3, 4, 4)],
        inputs=[info("pixel_values", ["batch", 3, 8, 8])])


def text():
    """Token ids of one text, whose padding is left out."""
    ids = [info(name, [1, "tokens"], TensorProto.INT64) for name in ("input_ids", "attention_mask")]
    write("text-by-data", [
        node("Gather", ["words", "input_ids"], ["all"]), node("Squeeze", ["attention_mask", "zeros"], ["row"]),
        node("Cast", ["row"], ["kept"], to=TensorProto.BOOL), node("Compress", ["all", "kept"], ["real"], "unpad", axis=1),
        *blocks(1, "real")], [constant("zeros", [0]), weight("words", 20, WIDTH)], inputs=ids)


def marked(opset):
    """The last of each sample's rows whose id is 2, as BART reads its answer."""
    reduced = node("Shape", ["y"], ["sizes"]), node("Gather", ["sizes", "first"], ["count"]), \
        node("Concat", ["count", "rest"], ["split"], axis=0)
    nodes = [node("Gather", ["words", "input_ids"], ["x"]), *blocks(2), node("Equal", ["input_ids", "two"], ["ends"]),
             node("NonZero", ["ends"], ["places"], "ends_of_sentences"), node("Transpose", ["places"], ["turned"], perm=[1, 0]),
             node("GatherND", ["y", "turned"], ["rows"]), *reduced, node("Reshape", ["rows", "split"], ["each"]),
             node("Gather", ["each", "last"], ["feature"], axis=1), node("MatMul", ["feature", "head"], ["logits"])]
    constants = [constant("two", 2), constant("first", [0]), constant("rest", [-1, WIDTH]), constant("last", -1),
                 weight("words", 20, WIDTH)]
    graph = helper.make_graph(nodes, "marked", [info("input_ids", ["batch", "tokens"], TensorProto.INT64)],
                              [info("logits", ["batch", CLASSES])], [*WEIGHTS, *constants])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)])
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"marked-opset{opset}.onnx")


for make in (counted, listed, split, by_list, by_tokens, while_less, branches, nested, in_function, undecided, long, picture, text):
    make()
collected("collected", 17)
collected("collected-opset11", 11)
scan("scan", 0)
scan("scan-backwards", 1)
save_file({"x": RANDOM.standard_normal((2, TOKENS, WIDTH)).astype(np.float32)}, HERE / "inputs.safetensors")
marked(13)
marked(18)
