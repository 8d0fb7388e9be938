"""Models of several subgraphs: branches, loops, and streaming state in resource variables."""

import numpy as np
import tflite

from draw import Draw
from graph import Case, Graph
from quantizing import activation, recorded


def branch(draw: Draw) -> Case:
    shape = draw.shape(2, 4)
    main, branches = Graph(), [_shifted(shape, 1.0), _shifted(shape, -2.0)]
    condition, source = main.input([1], "bool"), main.input(shape, "float32")
    result = main.activation(shape, "float32")
    main.operator("IF", [condition, source], [result], ("IfOptions", {"ThenSubgraphIndex": 1, "ElseSubgraphIndex": 2}))
    return Case("branch", [main.returning(result), *branches], recorded(draw, main))


def _shifted(shape, amount: float) -> Graph:
    graph = Graph()
    source = graph.input(shape, "float32")
    result = graph.activation(shape, "float32")
    graph.operator("ADD", [source, graph.constant(np.array([amount], np.float32))], [result], ("AddOptions", {}))
    return graph.returning(result)


def loop(draw: Draw) -> Case:
    """Counts to a limit; the body doubles a value each time."""
    limit, shape = draw.integer(0, 5), draw.shape(2, 4)
    condition, body, main = Graph(), Graph(), Graph()
    count, _ = condition.input([1], "int32"), condition.input(shape, "float32")
    goes_on = condition.activation([1], "bool")
    condition.operator("LESS", [count, condition.constant(np.array([limit], np.int32))], [goes_on], ("LessOptions", {}))
    count, value = body.input([1], "int32"), body.input(shape, "float32")
    next_count, next_value = body.activation([1], "int32"), body.activation(shape, "float32")
    body.operator("ADD", [count, body.constant(np.array([1], np.int32))], [next_count], ("AddOptions", {}))
    body.operator("ADD", [value, value], [next_value], ("AddOptions", {}))
    count, value = main.input([1], "int32"), main.input(shape, "float32")
    counted, doubled = main.activation([1], "int32"), main.activation(shape, "float32")
    main.operator("WHILE", [count, value], [counted, doubled], ("WhileOptions", {"CondSubgraphIndex": 1, "BodySubgraphIndex": 2}))
    inputs = recorded(draw, main)
    inputs[0] = np.arange(inputs[0].size, dtype=np.int32).reshape(inputs[0].shape)
    subgraphs = [main.returning(counted, doubled), condition.returning(goes_on), body.returning(next_count, next_value)]
    return Case("loop", subgraphs, inputs)


def streaming(draw: Draw) -> Case:
    """The wake-word pattern: a ring of past frames in a resource variable, set up once, shifted on every inference."""
    frames, width = draw.integer(1, 4), draw.integer(1, 6)
    quantization = activation(draw, "int8")
    main, setup = Graph(), Graph()
    handle = setup.activation([1], "resource")
    setup.operator("VAR_HANDLE", [], [handle], _named("stream"))
    empty = setup.constant(np.full([1, frames, width], quantization.zero_point, np.int8), quantization)
    setup.operator("ASSIGN_VARIABLE", [handle, empty], [], ("AssignVariableOptions", {}))
    source = main.input([1, 1, width], "int8", quantization)
    main.operator("CALL_ONCE", [], [], ("CallOnceOptions", {"InitSubgraphIndex": 1}))
    handle = main.activation([1], "resource")
    main.operator("VAR_HANDLE", [], [handle], _named("stream"))
    past = main.activation([1, frames, width], "int8", quantization)
    main.operator("READ_VARIABLE", [handle], [past], ("ReadVariableOptions", {}))
    joined = main.activation([1, frames + 1, width], "int8", quantization)
    main.operator("CONCATENATION", [past, source], [joined], ("ConcatenationOptions", {"Axis": 1}))
    kept = main.activation([1, frames, width], "int8", quantization)
    bounds = [main.constant(np.array(values, np.int32)) for values in ([0, 1, 0], [0, 0, 0], [1, 1, 1])]
    main.operator("STRIDED_SLICE", [joined, *bounds], [kept], ("StridedSliceOptions", {"BeginMask": 5, "EndMask": 7}))
    main.operator("ASSIGN_VARIABLE", [handle, kept], [], ("AssignVariableOptions", {}))
    return Case("streaming", [main.returning(joined), setup.returning()], recorded(draw, main))


def _named(name: str) -> tuple[str, dict]:
    return ("VarHandleOptions", {"Container": "", "SharedName": name})


FAMILIES = (branch, loop, streaming)
